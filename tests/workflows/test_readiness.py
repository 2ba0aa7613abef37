"""What `leitmotiv doctor` says of a library."""

from dataclasses import replace

import pytest

from leitmotiv.settings import Settings
from leitmotiv.workflows import readiness
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.session import Session
from tests.postgres import name_database

from .synthetic import add


@pytest.fixture(params=["sqlite", "postgresql"])
def folder(request, tmp_path):
    """Of a library that is not there yet, in its own file or on a server."""
    if request.param == "sqlite":
        yield tmp_path / "library"
        return
    server = request.getfixturevalue("postgres")
    url = server.lend()
    yield name_database(tmp_path / "library", url)
    server.give_back(url)


def test_the_index_is_told_of_on_both_databases(folder):
    settings = replace(Settings(), library=folder, workers=1)
    assert readiness.index(settings) == []
    with Session(settings) as session:
        add(session.library, range(12))
        build_index(session)
    (told,) = readiness.index(settings)
    assert told.good
    assert told.text.startswith("12 pictures in ")
