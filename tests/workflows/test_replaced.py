"""What is replaced just while it is asked about: the answer may be the old one, but is never kept as the new one."""

from dataclasses import replace

import numpy as np
import pytest

from leitmotiv.records import Clusters, Merge, Rating
from leitmotiv.settings import Settings
from leitmotiv.workflows import asking, browse, facets, scopes, selecting, timeline, trends
from leitmotiv.workflows.measuring import MATRIX, measure_digest
from leitmotiv.workflows.session import Session

from .synthetic import add, image_id

COUNT = 12
IDS = tuple(image_id(number) for number in range(COUNT))


def halves(step):
    """Two clusters: pictures by turns, or the first and the last half."""
    labels = np.arange(COUNT) % 2 if step else np.arange(COUNT) // (COUNT // 2)
    exemplars = np.array([0, 1 if step else COUNT - 1])
    return Clusters(IDS, labels, exemplars, np.full(COUNT, 0.1), (Merge(0, 1, 0.3, 0),), 2, 0.5, 0.5)


def put_index(library, settings, seed):
    """Divergences and trends, as an index leaves them."""
    points = np.random.default_rng(seed).uniform(0, 0.4, (COUNT, 2))
    matrix = np.hypot(*(points[:, None] - points).T).astype(np.float32)
    library.arrays.put(MATRIX, {"values": matrix}, IDS, measure_digest(settings))
    library.clusters.replace(halves(seed), digest=f"{measure_digest(settings)} these")


@pytest.fixture
def session(tmp_path):
    with Session(replace(Settings(), library=tmp_path / "library", correction="none")) as opened:
        add(opened.library, range(COUNT))
        put_index(opened.library, opened.settings, 0)
        yield opened


@pytest.fixture
def writer(session):
    """Another process that has the library open."""
    with Session(session.settings) as opened:
        yield opened.library


def once(monkeypatch, place, name, act):
    """Let something happen just behind the first answer of a function."""
    ask, done = getattr(place, name), []

    def asked(*given, **options):
        found = ask(*given, **options)
        if not done:
            done.append(True)
            act()
        return found

    monkeypatch.setattr(place, name, asked)
    return done


QUESTIONS = {
    "groups": lambda session: browse.clusters(session).clusters,
    "group of each": lambda session: [browse.cluster_of(session, image) for image in IDS],
    "order": lambda session: selecting.ordered(session, sort="cluster").sections,
    "facets": lambda session: next(one.values for one in facets.facets(session) if one.name == "cluster"),
    "over time": lambda session: repr(timeline.timeline(session)),  # some of its numbers are none
    "of a part": lambda session: scopes.clusters(session, "year:2024").clusters,
}
PLACES = (
    (trends, "cut"),
    (trends, "by_tree"),
    (asking, "trend_places"),
    (scopes, "_part"),
    (scopes, "between"),
    ("clusters", "indexed"),
    ("clusters", "stamp"),
    ("clusters", "revision"),
    ("placed", "all"),
)


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_what_is_replaced_in_the_middle_of_an_answer_is_told_by_the_next(session, writer, monkeypatch, question):
    replaced = 0
    for step, (place, name) in enumerate(PLACES, 1):
        with Session(session.settings) as server, Session(session.settings) as fresh, monkeypatch.context() as patch:
            where = getattr(server.library, place) if isinstance(place, str) else place
            done = once(patch, where, name, lambda seed=step % 2: put_index(writer, session.settings, seed))
            question(server)
            replaced += len(done)
            if not done:
                put_index(writer, session.settings, step % 2)
            assert question(server) == question(fresh), f"replaced behind {name}"
    assert replaced > 3


def test_ratings_are_those_of_the_rows_that_are_asked_about(session, writer):
    asked = asking.ask(session)
    add(writer, [COUNT])
    writer.changes.apply("Four stars", writer.ratings.edits({image_id(COUNT): Rating(stars=4)}))
    assert asked.rated.stars.shape == (COUNT,)
    assert asking.ask(session).rated.stars.tolist() == [0] * COUNT + [4]
