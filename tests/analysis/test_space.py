"""Spaces that are learnt: slopes against differences, negatives as they are named, descent that gains and repeats."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from leitmotiv.analysis import space
from leitmotiv.analysis.space import Lesson, Plan


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(rows.dtype)


def differences(function, at, step=1e-6):
    """The slope of a function of an array by central differences."""
    slope = np.zeros_like(at)
    for place in np.ndindex(at.shape):
        moved = at.copy()
        moved[place] += step
        more = function(moved)
        moved[place] -= 2 * step
        slope[place] = (more - function(moved)) / (2 * step)
    return slope


@pytest.fixture
def batch():
    rng = np.random.default_rng(3)
    return 2 * rng.normal(size=(7, 5)), unit(rng.normal(size=(7, 5)))


def test_the_slope_of_the_triplet_loss_is_its_difference(batch):
    outputs, captions = batch
    against = np.array([3, 2, 5, 0, -1, 6, 1])
    loss, slope = space.triplet(outputs, captions, against, 0.7)
    assert loss > 0
    np.testing.assert_allclose(
        slope, differences(lambda x: space.triplet(x, captions, against, 0.7)[0], outputs), atol=1e-8
    )
    assert not slope[4].any()  # without a negative it is satisfied
    far = space.triplet(captions, captions, against, 0.0)
    assert far[0] == 0
    assert not far[1].any()


def test_the_triplet_loss_is_the_one_of_the_definition(batch):
    outputs, captions = batch
    against = np.array([3, 2, 5, 0, 1, 6, 1])
    places = unit(outputs)
    wanted = [
        max(0, 0.7 + np.sum((a - p) ** 2) - np.sum((a - captions[n]) ** 2))
        for a, p, n in zip(places, captions, against, strict=True)
    ]
    assert space.triplet(outputs, captions, against, 0.7)[0] == pytest.approx(sum(wanted) / (2 * len(wanted)))


def test_the_slope_of_the_sigmoid_loss_is_its_difference(batch):
    outputs, captions = batch
    targets = space.scaled(captions).astype(np.float64)
    assert targets.min() == 0
    assert targets.max() == 1
    loss, slope = space.sigmoid(outputs, targets)
    shares = 1 / (1 + np.exp(-outputs))
    assert loss == pytest.approx(-(targets * np.log(shares) + (1 - targets) * np.log(1 - shares)).sum() / 7)
    np.testing.assert_allclose(slope, differences(lambda x: space.sigmoid(x, targets)[0], outputs), atol=1e-8)
    assert np.isfinite(space.sigmoid(np.full((1, 2), 1e4), np.array([[0.0, 1.0]]))[0])


def test_negatives_are_what_their_names_say():
    rng = np.random.default_rng(0)
    captions = unit(rng.normal(size=(30, 4)))
    captions[1] = captions[0]
    same = np.array([0, 0, *range(1, 29)])
    places = unit(captions + 0.3 * rng.normal(size=captions.shape))
    between = ((captions[:, None] - captions[None]) ** 2).sum(axis=2)
    to = ((places[:, None] - captions[None]) ** 2).sum(axis=2)
    chosen = {kind: space.negatives(places, captions, same, kind, 0.5, rng) for kind in space.NEGATIVES}
    for found in chosen.values():
        assert (same[found] != same).all()
    mean = between[~np.eye(30, dtype=bool)].mean()
    rows = np.arange(30)
    assert (between[rows, chosen["soft"]] > mean).all()
    assert (between[rows, chosen["hard"]] == between.max(axis=1)).all()
    own, other = to[rows, rows], to[rows, chosen["semi-hard"]]
    assert (other > own).mean() > 0.9
    assert (other < own + 0.5).mean() > 0.7
    for kind in space.NEGATIVES:  # nothing else in the batch
        assert (space.negatives(places[:2], captions[:2], same[:2], kind, 0.5, rng) == -1).all()


@pytest.fixture(scope="module")
def lesson():
    """Pictures whose captions follow from their features, and whose untrained places say little."""
    rng = np.random.default_rng(1)
    kinds = rng.integers(0, 12, 240)
    features = unit(rng.normal(size=(12, 20))[kinds] + 0.4 * rng.normal(size=(240, 20))).astype(np.float32)
    captions = unit(rng.normal(size=(12, 16)))[kinds].astype(np.float32)
    starts = unit(captions + 1.5 * rng.normal(size=captions.shape)).astype(np.float32)
    return Lesson(features, starts, captions, kinds)


def found(lesson, state, loss, rows):
    located = space.places(lesson.features[rows], lesson.starts[rows], state, loss)
    captions = lesson.captions[[np.flatnonzero(lesson.same == kind)[0] for kind in range(12)]]
    return float(((located @ captions.T).argmax(axis=1) == lesson.same[rows]).mean())


@pytest.mark.parametrize("plan", [Plan(negatives=kind) for kind in space.NEGATIVES] + [Plan("sigmoid"), Plan("ridge")])
def test_what_is_learnt_finds_more_of_what_nothing_was_learnt_from(lesson, plan):
    kept, out = np.arange(160), np.arange(160, 240)
    part = Lesson(lesson.features[kept], lesson.starts[kept], lesson.captions[kept], lesson.same[kept])
    beginning = space.beginning(20, 16)
    state = space.ridge(part)[0] if plan.loss == "ridge" else list(space.descend(part, plan, beginning))[-1]
    assert found(lesson, state, plan.loss, out) > found(lesson, beginning, "triplet", out) + 0.1
    if plan.loss != "ridge":
        assert state.epochs[-1].loss < state.epochs[0].loss
        assert state.epochs[-1].satisfied > state.epochs[0].satisfied


def test_training_begins_at_the_untrained_space(lesson):
    beginning = space.beginning(20, 16)
    np.testing.assert_allclose(
        space.places(lesson.features, lesson.starts, beginning, "triplet"), lesson.starts, atol=1e-6
    )
    flat = space.unit(lesson.starts - lesson.starts.mean(axis=1, keepdims=True))
    near = np.sum(space.places(lesson.features, lesson.starts, beginning, "sigmoid") * flat, axis=1)
    assert near.min() > 0.99


def test_a_descent_that_goes_on_ends_where_one_that_did_not_stop_ends(lesson):
    plan = Plan(epochs=4, seed=5)
    whole = list(space.descend(lesson, plan, space.beginning(20, 16)))
    resumed = list(space.descend(lesson, plan, whole[1]))
    assert len(resumed) == 2
    assert whole[-1].weights.tobytes() == resumed[-1].weights.tobytes()
    other = list(space.descend(lesson, replace(plan, seed=6), space.beginning(20, 16)))[-1]
    assert other.weights.tobytes() != whole[-1].weights.tobytes()


def test_the_ridge_regression_is_the_least_of_its_sum(lesson):
    state, penalty = space.ridge(lesson)
    rows = lesson.features - lesson.features.mean(axis=0)
    targets = lesson.captions - lesson.captions.mean(axis=0)
    scale = penalty * np.linalg.eigvalsh(rows @ rows.T).clip(0).mean()
    wanted = np.linalg.solve(rows.T @ rows + scale * np.eye(20), rows.T @ targets)
    np.testing.assert_allclose(state.weights, wanted, atol=1e-4)
    assert penalty in space.PENALTIES


def test_the_ridge_regression_holds_no_square_of_the_pictures():
    rng = np.random.default_rng(2)
    features = rng.normal(size=(3000, 6)).astype(np.float32)
    captions = unit(features @ rng.normal(size=(6, 4)).astype(np.float32))
    tracemalloc.start()
    space.ridge(Lesson(features, captions, captions, np.arange(3000)))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 3000 * 3000 * 8 / 10


def test_axes_are_principal_and_the_same_each_time(lesson):
    axes = space.axes(lesson.features, 5)
    np.testing.assert_allclose(axes.T @ axes, np.eye(5), atol=1e-5)
    spread = np.var(lesson.features @ axes, axis=0)
    assert (np.diff(spread) <= 1e-7).all()
    assert space.axes(lesson.features, 5).tobytes() == axes.tobytes()
