"""Groups that are kept with the index: the same as those found anew, and never those of another index."""

from dataclasses import replace

import numpy as np
import pytest

from leitmotiv.analysis import tree
from leitmotiv.settings import Settings
from leitmotiv.workflows import index, shown, trends, vectors
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.placing import place_new
from leitmotiv.workflows.session import Session

from .synthetic import add, image_id


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.setattr(vectors.embedding, "LANDMARKS", 256)
    monkeypatch.setattr(index, "KEPT_FROM", 100)
    monkeypatch.setattr(shown, "KEPT_FROM", 100)
    return replace(Settings(), library=tmp_path / "library", limit=50, points=48, workers=1)


def found(settings):
    """The groups that a server shows which is started now."""
    with Session(settings) as session:
        return trends.cut(session)


def test_a_server_that_is_started_reads_the_groups_of_the_index(settings, monkeypatch):
    with Session(settings) as session:
        add(session.library, range(120))
        build_index(session)
    cut, asked = tree.cut, []
    monkeypatch.setattr(shown.tree, "cut", lambda *given: asked.append(given) or cut(*given))
    kept = found(settings)
    assert asked == []
    with Session(settings) as session:
        session.library.arrays.remove(shown.SHOWN)
    assert found(settings) == kept
    assert len(asked) == 1
    with Session(settings) as session:
        build_index(session)  # nothing is new, and yet they are kept again
        add(session.library, range(120, 124))
        place_new(session)
    asked.clear()
    joined = found(settings)
    assert asked == []
    members = {member for group in joined for member in group.members}
    assert members == {image_id(number) for number in range(124)}


def test_groups_of_clusters_that_are_gone_are_not_taken_for_those_there_are(settings):
    with Session(settings) as session:
        add(session.library, range(120))
        build_index(session)
        before = session.library.clusters.indexed()
        add(session.library, range(120, 130))
        build_index(session)
        for clusters in (before, session.library.clusters.indexed()):
            members = [member for group in shown.groups(session, clusters) for member in group.members]
            assert sorted(members) == sorted(clusters.ids)


def in_other_rows(old, turn):
    """The same clusters with the last rows before the others."""
    count = len(old.ids)
    return replace(
        old,
        ids=(*old.ids[-turn:], *old.ids[:-turn]),
        labels=np.roll(old.labels, turn),
        distances=np.roll(old.distances, turn),
        exemplars=(old.exemplars + turn) % count,
        merges=tuple(replace(merge, exemplar=(merge.exemplar + turn) % count) for merge in old.merges),
    )


def test_groups_of_a_library_that_was_brought_back_are_not_those_it_had_later(settings):
    database = settings.library / "leitmotiv.db"
    with Session(settings) as session:
        add(session.library, range(120))
        build_index(session)
    before = database.read_bytes()
    for turn in (1, 7):
        with Session(settings) as session:
            turned = in_other_rows(session.library.clusters.indexed(), turn)
            session.library.clusters.replace(turned, digest=session.library.clusters.digest())
            shown.keep(session)
            kept = shown.groups(session, session.library.clusters.indexed())
            session.library.arrays.remove(shown.SHOWN)
            assert kept == shown.groups(session, session.library.clusters.indexed())
            shown.keep(session)
        assert not database.with_name("leitmotiv.db-wal").exists()
        database.write_bytes(before)
