"""How likely pictures belong: read off the scores, and true of heaps whose sizes are known."""

import numpy as np
import pytest

from leitmotiv.analysis import likelihood


def heaps(share: float, count: int = 200) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    belongs = np.arange(count) < share * count
    return np.where(belongs, rng.normal(1, 0.12, count), rng.normal(0, 0.08, count)), belongs


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5, 0.8])
def test_the_share_that_belongs_is_read_off_the_scores(share):
    scores, belongs = heaps(share)
    rest, _, found = likelihood.apart(np.sort(scores), 1.0, 4)
    assert found == pytest.approx(share, abs=0.02)
    assert rest == pytest.approx(0, abs=0.05)
    likely = likelihood.probability(scores, np.sort(scores), 1.0, 4)
    # half of a small collection may be what is meant, and is believed to be
    assert likely[belongs].mean() > 0.5
    assert likely[~belongs].mean() < 0.02
    assert (np.diff(likely[np.argsort(scores)]) >= 0).all()


def test_a_large_collection_is_judged_by_its_best_and_stretches_of_the_others(monkeypatch):
    scores = np.sort(heaps(0.01, 20_000)[0])
    quick = likelihood.apart(scores, 1.0, 4)
    monkeypatch.setattr(likelihood, "_SHARP", len(scores))
    assert quick == pytest.approx(likelihood.apart(scores, 1.0, 4), abs=2e-3)


@pytest.mark.parametrize("top", [-0.05, 0.0, 0.02, 0.1])
def test_a_board_whose_pictures_have_nothing_in_common_makes_nothing_likely(top):
    scores = np.random.default_rng(1).normal(0, 0.08, 800)
    likely = likelihood.probability(scores, np.sort(scores), top, 4)
    assert (likely > 0.5).mean() < 0.02


@pytest.mark.parametrize("scores", [[0.3], [0.0, 1.0], [0.5] * 40, [-1.0, *[1.0] * 30]])
def test_no_collection_breaks_it(scores):
    scores = np.array(scores)
    likely = likelihood.probability(scores, scores, 1.0, 1)
    assert ((likely > 0) & (likely < 1)).all()
