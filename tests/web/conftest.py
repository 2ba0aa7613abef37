"""The pages over a library in memory."""

from pathlib import Path
from types import SimpleNamespace

import flask.testing
import pytest

from leitmotiv.settings import Settings
from leitmotiv.web.app import create_app
from leitmotiv.workflows import browse, editing, grid, portraits
from tests.web.fake import GRID, NAMES, PORTRAITS, FakeLibrary


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeLibrary:
    made = FakeLibrary.of(Settings(library=tmp_path / "shoebox"))
    for name in NAMES:
        monkeypatch.setattr(browse, name, getattr(made, name))
    for name in GRID:
        monkeypatch.setattr(grid, name, getattr(made, name))
    for name in PORTRAITS:
        monkeypatch.setattr(portraits, name, getattr(made, name))
    monkeypatch.setattr(portraits, "palette", lambda session, members: made.palette(session, members[0]))
    monkeypatch.setattr(editing, "statements", lambda session: [])
    return made


@pytest.fixture
def client(library: FakeLibrary) -> flask.testing.FlaskClient:
    app = create_app(SimpleNamespace(settings=library.settings))  # type: ignore[arg-type]
    return app.test_client()
