"""One small library for each test that asks for it, on each of the two databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from leitmotiv.store.library import Library
from tests.postgres import Server, name_database

sqlite_only = pytest.mark.parametrize("folder", ["sqlite"], indirect=True)
"""Of what only a library in its own file has: its bytes, its log, its copies."""


@pytest.fixture(params=["sqlite", "postgresql"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """The folder of a library that is not there yet; in its own file, or in a database that the folder names."""
    if request.param == "sqlite":
        yield tmp_path / "library"
        return
    server: Server = request.getfixturevalue("postgres")
    url = server.lend()
    yield name_database(tmp_path / "library", url)
    server.give_back(url)


@pytest.fixture
def library(folder: Path, request: pytest.FixtureRequest) -> Iterator[Library]:
    with Library.open(folder) as opened:
        yield opened
