"""Work that grows with the number of pictures, and not with its square: counted by how often an id is hashed."""

from types import SimpleNamespace

import numpy as np

from leitmotiv.records import Clusters, PlacedPicture
from leitmotiv.workflows import likeness, placing
from leitmotiv.workflows.vectors import Vectors


class Counted(str):
    """An id that counts how often any of its kind is hashed."""

    __slots__ = ()
    hashed = 0

    def __hash__(self):
        Counted.hashed += 1
        return str.__hash__(self)


def test_writing_placed_pictures_looks_through_those_with_vectors_once(monkeypatch):
    known = [Counted(f"k{number}") for number in range(500)]
    new = [Counted(f"n{number}") for number in range(200)]
    vector = np.ones(4, np.int16)
    vectors = Vectors(("", *known), np.zeros((501, 4), np.int16), None, None, 0, 1.0, np.zeros((2, 2)))
    clusters = Clusters(tuple(known), np.zeros(500, np.int64), np.zeros(1, np.int64), np.zeros(500), (), 1, 1.0, 1.0)
    put = []
    monkeypatch.setattr(placing, "put_vectors", lambda *given: put.append(given[-1]))
    found = [PlacedPicture(image, 0, 0.1, None, vector, b"") for image in [*new, known[3]]]
    Counted.hashed = 0
    made, _ = placing._written(None, None, (clusters, None), vectors, found)
    assert put[0].ids == (*known, *new)
    assert put[0].coordinates.shape == (700, 4)
    assert made.ids == (*known, *new, known[3])
    assert Counted.hashed < 4 * (len(known) + len(new))


def test_order_by_trends_looks_through_the_members_once(monkeypatch):
    members = [Counted(f"m{number}") for number in range(500)]
    unknown = [*members, *(Counted(f"u{number}") for number in range(200))]
    groups = [SimpleNamespace(exemplar=part[0], members=part) for part in (members[:200], members[200:])]
    mixtures = SimpleNamespace(get=lambda _: None)
    session = SimpleNamespace(library=SimpleNamespace(mixtures=mixtures))
    monkeypatch.setattr(likeness.trends, "cut", lambda _: groups)
    monkeypatch.setattr(likeness, "to_many", lambda *_: np.array([0.4, 0.1]))
    monkeypatch.setattr(likeness, "EXACT", 302)
    Counted.hashed = 0
    near, far = likeness._by_trend(session, "query", unknown)
    assert near == members[200:]
    assert far == [*members[:200], *unknown[500:]]
    assert Counted.hashed < 6 * len(unknown)
