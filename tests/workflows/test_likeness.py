"""Orders of a large library: as deep as they are looked at, and every page goes on where the one before it ended."""

from dataclasses import replace

import numpy as np
import pytest

from leitmotiv.settings import Settings
from leitmotiv.workflows import browse, likeness, vectors
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.placing import place_new
from leitmotiv.workflows.session import Session

from .synthetic import add, image_id


@pytest.fixture
def session(tmp_path, monkeypatch):
    monkeypatch.setattr(vectors.embedding, "LANDMARKS", 256)
    monkeypatch.setattr(likeness, "EXACT", 20)
    monkeypatch.setattr(likeness, "NEAR", 10)
    with Session(replace(Settings(), library=tmp_path / "library", limit=50, points=48, workers=1)) as opened:
        add(opened.library, range(140))
        build_index(opened)
        add(opened.library, range(140, 150))
        place_new(opened)
        yield opened


@pytest.mark.parametrize("number", [7, 145])
def test_an_order_is_the_beginning_of_every_deeper_one(session, number):
    whole = likeness.order(session, image_id(number))
    everything = list(whole.ids)
    assert sorted([*everything, image_id(number)]) == sorted(session.library.images.ids())
    assert whole.total == 149
    for wanted in (5, 10, 11, 20, 21, 79, 81, 149):
        found = likeness.order(session, image_id(number), wanted)
        assert (found.total, len(found.ids) >= wanted) == (149, True)
        assert list(found.ids[:wanted]) == everything[:wanted]
        assert np.array_equal(found.scores[:wanted], whole.scores[:wanted], equal_nan=True)
    pages = [browse.similar(session, image_id(number), n=10, offset=offset) for offset in range(0, 149, 10)]
    assert [one.id for page in pages for one in page.results] == everything
    assert {page.total for page in pages} == {149}


def test_an_order_looks_no_deeper_than_it_is_asked_for(session, monkeypatch):
    depths, look = [], likeness._by_vector

    def noted(session, found, query, count=None):
        depths.append(count)
        return look(session, found, query, count)

    monkeypatch.setattr(likeness, "_by_vector", noted)
    for wanted in (5, 10, 15, 20, 25, 80, 90, None):
        likeness.order(session, image_id(3), wanted)
    assert depths == [20, 80, None]  # a page on may be as deep as the last one, and is not made twice
