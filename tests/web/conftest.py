"""The pages over a library in memory."""

from pathlib import Path
from types import SimpleNamespace

import flask.testing
import pytest

from leitmotiv.settings import Settings
from leitmotiv.web.app import create_app
from leitmotiv.workflows import browse, captions, editing, grid, metadata, own, portraits, technical, viewing
from tests.web.fake import GRID, NAMES, OWN, PORTRAITS, VIEWING, FakeLibrary


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeLibrary:
    made = FakeLibrary.of(Settings(library=tmp_path / "shoebox"))
    monkeypatch.setattr(captions, "told", lambda session, image_id: [("Caption", "A <harbour>")])
    monkeypatch.setattr(technical, "told", lambda session, image_id: None)
    monkeypatch.setattr(metadata, "told", lambda session, image_id: [("Artist", "Monet <i>")])
    for module, names in ((browse, NAMES), (grid, GRID), (viewing, VIEWING), (own, OWN), (portraits, PORTRAITS)):
        for name in names:
            monkeypatch.setattr(module, name, getattr(made, name))
    monkeypatch.setattr(portraits, "palette", lambda session, members: made.palette(session, members[0]))
    monkeypatch.setattr(editing, "statements", lambda session: [])
    return made


@pytest.fixture
def client(library: FakeLibrary) -> flask.testing.FlaskClient:
    app = create_app(SimpleNamespace(settings=library.settings))  # type: ignore[arg-type]
    return app.test_client()
