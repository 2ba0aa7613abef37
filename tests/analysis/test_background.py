import numpy as np
import pytest

from leitmotiv.analysis import background as ground

from .features import WIDTH, kinds


def naive_rows(features):
    """The rows of a background, one picture at a time; the axes are all kept, so that none is missing."""
    roots = np.sqrt(features.astype(np.float64))
    centred = roots - roots.mean(axis=0)
    plain = np.array([row / np.linalg.norm(row) for row in centred])
    rows = plain
    weights = []
    for at, row in enumerate(plain):
        cosine = plain @ row
        cosine[at] = -np.inf
        near = np.argsort(-cosine)[: ground.NEIGHBOURS]
        power = np.maximum(cosine[near], 0) ** ground.POWER
        weights.append((near, power / power.sum()))
    for _ in range(ground.ROUNDS):
        summed = [row + share @ rows[near] for row, (near, share) in zip(rows, weights, strict=True)]
        rows = np.array([row / np.linalg.norm(row) for row in summed])
    return rows


def test_rows_are_those_of_the_definition():
    features, _ = kinds(6, 20)
    made = ground.learn(features)
    np.testing.assert_allclose(made.rows @ made.axes.T, naive_rows(features), atol=2e-4)


def test_axes_are_orthonormal_and_variances_those_of_the_rows():
    made = ground.learn(kinds(5, 12)[0])
    np.testing.assert_allclose(made.axes.T @ made.axes, np.eye(made.axes.shape[1]), atol=1e-4)
    covariance = made.rows.T @ made.rows / len(made)
    rebuilt = (made.directions * made.variances) @ made.directions.T
    np.testing.assert_allclose(rebuilt, covariance, atol=1e-5)
    assert (np.diff(made.variances) <= 1e-7).all()


def test_the_metric_is_the_inverse_of_the_shrunk_covariance():
    made = ground.learn(kinds(5, 12)[0])
    shrunk = made.rows.T.astype(np.float64) @ made.rows / len(made)
    shrunk += ground.shrinkage(made, 3) * np.eye(len(shrunk))
    np.testing.assert_allclose(ground.metric(made, 3) @ shrunk, np.eye(len(shrunk)), atol=1e-3)
    own = np.einsum("np,pq,nq->n", made.rows, ground.metric(made, 3), made.rows)
    assert ground.ordinary(made, 3) == pytest.approx(own.mean(), rel=1e-3)


def test_more_examples_are_measured_finer_and_few_kinds_coarser():
    many, few = (ground.learn(kinds(count, 60 // count)[0]) for count in (12, 2))
    assert ground.shrinkage(many, 1) > ground.shrinkage(many, 8) > ground.shrinkage(many, 50) > 0
    assert ground.shrinkage(few, 8) > few.variances[0] / 2 > ground.shrinkage(many, 8)


def test_the_same_pictures_have_the_same_background():
    features, _ = kinds(4, 10)
    one, other = ground.learn(features), ground.learn(features.copy())
    np.testing.assert_array_equal(one.rows, other.rows)


def test_a_picture_from_outside_lies_among_its_kind():
    features, truth = kinds(6, 21)
    outside = np.arange(len(features)) % 21 == 0
    made = ground.learn(features[~outside])
    placed = ground.placed(made, features[outside])
    nearest = truth[~outside][np.argmax(placed @ made.rows.T, axis=1)]
    np.testing.assert_array_equal(nearest, truth[outside])
    np.testing.assert_allclose(np.linalg.norm(placed, axis=1), 1, atol=1e-4)


@pytest.mark.parametrize("count", [1, 2, 3, 11])
def test_small_collections_have_one_too(count):
    made = ground.learn(kinds(1, count)[0])
    assert len(made) == count
    assert np.isfinite(made.rows).all()
    assert np.isfinite(ground.metric(made, 1)).all()
    assert np.isfinite(ground.placed(made, np.ones((2, WIDTH)))).all()


def test_identical_and_empty_pictures_are_no_harm():
    features = np.zeros((20, WIDTH), np.float16)
    features[10:] = 1
    made = ground.learn(features)
    assert np.isfinite(made.rows).all()
    assert np.isfinite(ground.learn(np.zeros((5, WIDTH), np.float16)).rows).all()


def test_progress_ends_with_all():
    told = []
    ground.learn(kinds(3, 10)[0], lambda done, total: told.append((done, total)))
    assert told[-1] == (30, 30)
