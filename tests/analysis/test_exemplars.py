import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from leitmotiv.analysis.exemplars import as_divergences, exemplars, total_cost
from tests.kernels import naive_affinity as naive


def divergences(size, seed=0, looks=6):
    rng = np.random.default_rng(seed)
    points = 3 * rng.standard_normal((looks, 3))[rng.integers(0, looks, size)] + rng.standard_normal((size, 3))
    squares = np.square(points[:, None] - points).sum(axis=2)
    return (np.log(2) * -np.expm1(-squares / 10)).astype(np.float32)


@st.composite
def small(draw):
    size = draw(st.integers(1, 7))
    values = draw(st.lists(st.integers(0, 8), min_size=size * size, max_size=size * size))
    upper = np.triu(np.array(values, np.float32).reshape(size, size), 1) / 8
    return upper + upper.T


@given(small(), st.sampled_from([0.05, 0.3, 0.7, 3.0]))
@settings(max_examples=150)
def test_every_point_has_its_nearest_exemplar_and_no_move_helps(divergence, price):
    rows, labels = exemplars(divergence, preference=price)
    assert np.array_equal(rows, np.unique(rows))
    assert np.array_equal(labels[rows], np.arange(len(rows)))
    assert np.array_equal(divergence[np.arange(len(labels)), rows[labels]], divergence[:, rows].min(axis=1))
    cost = naive.cost(divergence, rows, price)
    assert total_cost(divergence, rows, labels, price) == pytest.approx(cost)
    for others in naive.neighbours(divergence, rows.tolist()):
        assert naive.cost(divergence, others, price) > cost - 1e-5


@pytest.mark.parametrize("price", [0.2, 0.5, 1.5])
def test_tiny_problems_reach_the_optimum_or_nearly(price):
    found, best = [], []
    for seed in range(25):
        divergence = divergences(9, seed, looks=3)
        rows, _ = exemplars(divergence, preference=price)
        found.append(naive.cost(divergence, rows, price))
        best.append(naive.best_cost(divergence, price))
    found, best = np.array(found), np.array(best)
    assert (found > best - 1e-6).all()
    assert (found <= 1.05 * best + 1e-6).all()
    assert np.mean(found < best + 1e-6) > 0.9


def test_separate_groups_are_found():
    places = np.array([0.0, 0.1, 0.2, 5.0, 5.1, 9.0])
    rows, labels = exemplars(np.abs(places[:, None] - places), preference=1.0)
    assert rows.tolist() == [1, 3, 5]
    assert labels.tolist() == [0, 0, 0, 1, 1, 2]


def test_a_higher_price_gives_no_more_exemplars():
    divergence = divergences(150)
    counts = [len(exemplars(divergence, preference=price)[0]) for price in (0.01, 0.1, 0.4, 1.0, 4.0, 100.0)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 100
    assert counts[-1] == 1


def test_search_is_not_worse_than_propagation_alone():
    from leitmotiv.analysis.affinity import affinity_propagation

    divergence = divergences(200)
    rows, _ = exemplars(divergence, preference=0.7)
    centres, _ = affinity_propagation(-divergence.astype(float), preference=-0.7, random_state=0)
    assert naive.cost(divergence, rows, 0.7) <= naive.cost(divergence, centres, 0.7) + 1e-6


def test_result_does_not_depend_on_threads_or_run(monkeypatch):
    monkeypatch.setattr("leitmotiv.analysis.exemplars.FEW", 50)
    divergence = divergences(160)
    expected = exemplars(divergence, preference=0.5)
    for threads in (1, 2, 3):
        for ours, theirs in zip(exemplars(divergence, preference=0.5, threads=threads), expected, strict=True):
            assert np.array_equal(ours, theirs)


def test_warm_start_passes_no_messages_and_keeps_what_is_good():
    divergence = divergences(120)
    rows, labels = exemplars(divergence, preference=0.6)
    calls = []
    again = exemplars(divergence, preference=0.6, start=rows, progress=lambda *done: calls.append(done))
    assert not calls
    assert np.array_equal(again[0], rows)
    assert np.array_equal(again[1], labels)


def test_warm_start_keeps_groups_when_a_few_points_come():
    divergence = divergences(300, looks=12)
    part = divergence[:294, :294]
    rows, labels = exemplars(part, preference=0.6)
    _, warm = exemplars(divergence, preference=0.6, start=rows)
    assert adjusted_rand_score(labels, warm[:294]) > 0.95


def test_warm_start_moves_where_that_is_worth_it():
    """One exemplar for all is far from good, and so are all points as exemplars."""
    divergence = divergences(120)
    rows, _ = exemplars(divergence, preference=0.6)
    best = naive.cost(divergence, rows, 0.6)
    for start in ([7], range(120)):
        warm, _ = exemplars(divergence, preference=0.6, start=np.array(start))
        assert naive.cost(divergence, warm, 0.6) < 1.03 * best
        for others in naive.neighbours(divergence, warm.tolist()):
            assert naive.cost(divergence, others, 0.6) > naive.cost(divergence, warm, 0.6) - 0.1 * 0.6 - 1e-5


def test_progress_never_passes_its_end():
    calls = []
    exemplars(divergences(60), preference=0.5, progress=lambda done, total: calls.append((done, total)))
    assert calls[0][0] == 1
    assert all(done <= total for done, total in calls)


@pytest.mark.parametrize("size", [0, 1, 2, 3])
@pytest.mark.parametrize("value", [0.0, 0.5])
def test_tiny_and_equal_input(size, value):
    divergence = np.full((size, size), value) * (1 - np.eye(size))
    rows, labels = exemplars(divergence, preference=0.3)
    assert len(labels) == size
    assert len(rows) == (min(size, 1) if value == 0 else size)


def test_copies_share_one_exemplar():
    divergence = np.kron(np.abs(np.arange(4)[:, None] - np.arange(4)), np.ones((5, 5)))
    rows, labels = exemplars(divergence, preference=0.5)
    assert len(rows) == 4
    assert labels.tolist() == np.repeat(np.arange(4), 5).tolist()


def test_matrix_is_not_changed():
    divergence = divergences(40)
    before = divergence.copy()
    exemplars(divergence, preference=0.5)
    assert np.array_equal(divergence, before)


@pytest.mark.parametrize("price", [0.0, -1.0, np.inf, np.nan])
def test_price_must_be_a_positive_number(price):
    with pytest.raises(ValueError, match="positive number"):
        exemplars(divergences(5), preference=price)


@pytest.mark.parametrize(
    ("values", "match"),
    [
        (np.zeros((2, 3)), "square"),
        (np.zeros(4), "square"),
        (np.full((2, 2), np.nan), "finite"),
        (np.array([[0, -1.0], [-1.0, 0]]), "not negative"),
        (np.array([[0, np.inf], [np.inf, 0]]), "finite"),
        (np.ones((3, 3)), "zero on the diagonal"),
        (np.array([[0, 1.0], [2.0, 0]]), "symmetric"),
    ],
)
def test_what_is_no_divergence_is_refused(values, match):
    with pytest.raises(ValueError, match=match):
        as_divergences(values)


def test_far_corners_must_be_symmetric_too():
    divergence = np.zeros((600, 600), np.float32)
    divergence[3, 599] = 0.5
    with pytest.raises(ValueError, match="symmetric"):
        as_divergences(divergence)
