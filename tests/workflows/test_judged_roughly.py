"""The recall of candidates, where few points tell which pictures all points are asked about."""

from dataclasses import replace

import numpy as np
import pytest

from leitmotiv.settings import Settings
from leitmotiv.workflows import sparse_index
from leitmotiv.workflows.executors import Here
from leitmotiv.workflows.session import Session

from .synthetic import add

SIZE = 360


def test_few_points_lead_to_the_recall_that_all_points_tell(tmp_path, monkeypatch):
    settings = replace(Settings(), library=tmp_path / "library", limit=100, points=240, workers=1)
    with Session(settings) as session:
        add(session.library, range(SIZE))

        def judged():
            made = sparse_index._judged(session.library, settings, vectors, lists, comparer, lambda *_: None)
            return made.recall, made.curve

        with session.library.writer("a test"):
            ids = sorted(session.library.images.ids())
            vectors, lists, comparer = sparse_index._prepared(
                session.library, settings, ids, lambda *_: None, Here(settings), skip=False
            )
            # lists that miss some, so that there is something to tell
            lists = replace(lists, lists=np.where(np.arange(lists.lists.shape[1]) % 5 == 3, -1, lists.lists))
            monkeypatch.setattr(sparse_index, "LEAST_ROUGHLY", 64)
            exactly = judged()
            monkeypatch.setattr(sparse_index, "HELD", 100)
            monkeypatch.setattr(sparse_index, "LIKELY", 60)
            roughly = judged()
    assert 0.6 < exactly[0] < 0.95
    assert roughly[0] == pytest.approx(exactly[0], abs=0.004)
    assert np.allclose(roughly[1], exactly[1], rtol=0.01)


def test_more_pictures_are_looked_at_where_few_points_do():
    assert sparse_index.queried(20) == 20
    assert sparse_index.queried(20_000) == 20
    assert sparse_index.queried(100_000) == sparse_index.queried(1_000_000) == 32
