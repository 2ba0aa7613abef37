import numpy as np
import pytest

from leitmotiv.analysis import embedding
from leitmotiv.analysis.divergence import Look, js_matrix, pack
from tests.kernels.divergence_cases import mixture

MIXTURES = [mixture(seed, 1 + seed % 6) for seed in range(90)]


@pytest.fixture(scope="module")
def packed():
    return pack(MIXTURES)


@pytest.fixture(scope="module")
def found(packed):
    return embedding.fit(packed, landmarks=512)


def test_products_of_vectors_are_exact_in_float32(found, packed):
    vectors = embedding.embed(found, packed)
    assert vectors.shape == (90, 256)
    assert vectors.dtype == np.int16
    lengths = np.square(vectors.astype(np.int64)).sum(axis=1)
    assert 0 < lengths.max() < 2**22
    exact = vectors.astype(np.int64) @ vectors.T.astype(np.int64)
    floats = vectors.astype(np.float32)
    assert np.array_equal(floats @ floats.T, exact)
    assert np.array_equal(2 * floats @ floats.T - lengths.astype(np.float32), 2 * exact - lengths)


def test_vectors_do_not_depend_on_company_order_or_threads(found, packed):
    vectors = embedding.embed(found, packed)
    order = np.random.default_rng(0).permutation(90)
    again = embedding.embed(found, pack([MIXTURES[row] for row in order[:40]]), threads=2)
    # A matrix product of other shape may round otherwise, which moves a number by one step at most.
    assert np.abs(again - vectors[order[:40]]).max() <= 1


def test_distances_follow_the_bhattacharyya_coefficient(packed):
    """With all axes kept nothing is lost but the sampling: the divergence falls as the overlap grows."""
    full = embedding.fit(packed, landmarks=2016, axes=90)
    vectors = embedding.embed(full, packed)
    divergence = js_matrix(packed)
    for row in range(0, 90, 10):
        squares = embedding.squared_distances(vectors[row], vectors)
        assert squares[row] == 0
        others = np.delete(np.arange(90), row)
        ranks = [np.argsort(np.argsort(values[others])) for values in (squares, divergence[row])]
        assert np.corrcoef(*ranks)[0, 1] > 0.8


def test_copies_have_one_vector(found):
    vectors = embedding.embed(found, pack([MIXTURES[3], MIXTURES[5], MIXTURES[3]]))
    assert np.array_equal(vectors[0], vectors[2])
    assert not np.array_equal(vectors[0], vectors[1])


def test_a_picture_far_from_all_landmarks_still_has_a_vector(found):
    far = mixture(1, 2, shift=np.array([0.5, 0.5, 1e4, 1e4, 0.0]))
    vectors = embedding.embed(found, pack([far, MIXTURES[0]]))
    assert np.isfinite(vectors).all()
    assert np.square(vectors.astype(np.int64)).sum(axis=1).max() < 2**22


@pytest.mark.parametrize("count", [1, 2, 5])
def test_few_pictures_are_enough(count):
    packed = pack(MIXTURES[:count], look=Look(points=48))
    few = embedding.fit(packed, landmarks=64)
    assert embedding.embed(few, packed).shape == (count, 256)
    assert few.landmarks.shape == (2, 5, 64)


def test_no_pictures_are_refused():
    with pytest.raises(ValueError, match="no pictures"):
        embedding.fit(pack([]))


def test_a_calibrated_curve_rises_from_nothing_and_meets_the_means():
    rng = np.random.default_rng(0)
    squares = rng.uniform(0, 2, 5000)
    divergences = 0.3 * squares + rng.normal(0, 0.02, 5000)
    curve = embedding.calibrate(squares, divergences.astype(np.float32))
    assert curve[0].tolist() == [0, 0]
    assert (np.diff(curve, axis=0) >= 0).all()
    asked = np.linspace(0.1, 1.9, 30)
    assert np.allclose(embedding.expected_divergences(curve, asked), 0.3 * asked, atol=0.02)
    assert embedding.expected_divergences(embedding.calibrate(np.zeros(0), np.zeros(0)), asked).tolist() == [0] * 30
