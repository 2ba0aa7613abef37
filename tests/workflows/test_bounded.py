"""Work that grows with the number of pictures, and not with its square: counted by how often an id is hashed."""

from types import SimpleNamespace

import numpy as np

from leitmotiv.workflows import likeness, placing


class Counted(str):
    """An id that counts how often any of its kind is hashed."""

    __slots__ = ()
    hashed = 0

    def __hash__(self):
        Counted.hashed += 1
        return str.__hash__(self)


def test_placing_looks_through_the_pictures_with_vectors_once(monkeypatch):
    known = [Counted(f"k{number}") for number in range(500)]
    new = [Counted(f"n{number}") for number in range(200)]
    asked = []

    def add(*given):
        asked.extend(given[3])
        return SimpleNamespace(ids=tuple(given[3]))

    monkeypatch.setattr(placing, "stored_vectors", lambda *_: SimpleNamespace(ids=("", *known)))
    monkeypatch.setattr(placing, "with_vectors", add)
    monkeypatch.setattr(placing, "put_vectors", lambda *_: None)
    Counted.hashed = 0
    placing._shortlists(None, None, [*new, known[3]], known[:3], None)
    assert asked == [*known, *new]
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
