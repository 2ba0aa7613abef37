"""scikit-learn is the reference: every test here compares with it, or with what its documentation promises."""

import inspect
import warnings

import numpy as np
import pytest
from sklearn.cluster import affinity_propagation as reference
from sklearn.exceptions import ConvergenceWarning

from leitmotiv.analysis import affinity
from leitmotiv.analysis.affinity import affinity_propagation
from tests.kernels.test_affinity import clumps, copies, one_way, places

MATRICES = {
    "two": places(2),
    "three": places(3),
    "places": places(80),
    "clumps": clumps(150),
    "whole numbers tie": np.round(clumps(90)),
    "copies tie": copies(40),
    "not symmetric": one_way(50),
    "single precision": clumps(60).astype(np.float32),
    "columns first": np.asfortranarray(places(60)),
}
PREFERENCES = {"median": None, "least": np.min, "lower": lambda s: 8 * s.min(), "free": lambda s: 0.1}


def run(function, similarity, **options):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = function(similarity, return_n_iter=True, **options)
    return result, {warning.category for warning in caught}


def assert_same(similarity, **options):
    ours, our_warnings = run(affinity_propagation, similarity, **options)
    theirs, their_warnings = run(reference, similarity, **options)
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(mine, other)
    assert our_warnings == their_warnings
    return ours


def test_arguments_are_those_of_the_reference():
    ours, theirs = (inspect.signature(function).parameters for function in (affinity_propagation, reference))
    assert {name: (p.kind, p.default) for name, p in ours.items()} == {
        name: (p.kind, p.default) for name, p in theirs.items()
    }


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("preference", PREFERENCES)
@pytest.mark.parametrize("name", MATRICES)
def test_result_equals_the_reference(name, preference, seed):
    similarity, choose = MATRICES[name], PREFERENCES[preference]
    chosen = None if choose is None else choose(similarity)
    assert_same(similarity, preference=chosen, random_state=seed)


@pytest.mark.parametrize("options", [{"damping": 0.9}, {"max_iter": 1}, {"max_iter": 20}, {"convergence_iter": 3}])
@pytest.mark.parametrize("name", ["places", "clumps", "copies tie"])
def test_result_equals_the_reference_with_other_settings(name, options):
    assert_same(MATRICES[name], random_state=1, **options)


def test_each_point_may_have_a_preference_of_its_own():
    assert_same(clumps(70), preference=np.linspace(-30, 0, 70), random_state=0)


def test_threads_come_in_where_there_is_more_to_do(monkeypatch):
    monkeypatch.setattr("leitmotiv.analysis.affinity.FEW", 100)
    assert_same(clumps(150), random_state=0)
    assert_same(clumps(150), preference=-500.0, random_state=0)


@pytest.mark.slow
@pytest.mark.parametrize("preference", PREFERENCES)
@pytest.mark.parametrize("seed", range(20))
def test_result_equals_the_reference_for_thousands(seed, preference):
    similarity = clumps(3000, seed) if seed % 2 else np.round(places(3000, seed), 3)
    choose = PREFERENCES[preference]
    assert_same(similarity, preference=None if choose is None else choose(similarity), random_state=seed)


def test_textbook_groups():
    points = np.array([[1, 2], [1, 4], [1, 0], [4, 2], [4, 4], [4, 0]], float)
    similarity = -np.square(points[:, None] - points).sum(axis=2)
    centres, labels = affinity_propagation(similarity, random_state=0)
    assert centres.tolist() == [0, 3]
    assert labels.tolist() == [0, 0, 0, 1, 1, 1]


def test_no_convergence_is_a_warning():
    with pytest.warns(ConvergenceWarning, match="still changed"):
        _, labels = affinity_propagation(clumps(60), max_iter=14, random_state=0)
    assert labels.min() >= 0


def test_no_exemplar_is_a_warning_and_no_label():
    with pytest.warns(ConvergenceWarning, match="no exemplar"):
        centres, labels = affinity_propagation(places(30), max_iter=1, preference=-9.0, random_state=0)
    assert list(centres) == []
    assert labels.tolist() == [-1] * 30


@pytest.mark.parametrize("preference", [-2.0, 0.0, None, [-2.0, -2.0, -2.0, -2.0], [-2.0, -1.0, -2.0, -2.0]])
def test_equal_similarities_equal_the_reference(preference):
    similarity = -np.ones((4, 4)) + np.eye(4)
    assert_same(similarity, preference=preference, random_state=0)


@pytest.mark.parametrize("preference", [-1.0, 1.0, None])
def test_one_point_equals_the_reference(preference):
    assert_same(np.zeros((1, 1)), preference=preference)


def test_no_noise_is_drawn_where_the_similarities_are_equal():
    ours, untouched = np.random.RandomState(3), np.random.RandomState(3)
    with pytest.warns(UserWarning, match="equal"):
        affinity_propagation(np.ones((5, 5)), random_state=ours)
    assert ours.random_sample() == untouched.random_sample()


def test_random_state_is_used_up_as_by_the_reference():
    ours, theirs = np.random.RandomState(3), np.random.RandomState(3)
    affinity_propagation(places(21), random_state=ours)
    reference(places(21), random_state=theirs)
    assert ours.random_sample() == theirs.random_sample()


def test_matrix_stays_unless_the_copy_is_declined():
    similarity = clumps(40)
    before = similarity.copy()
    affinity_propagation(similarity, random_state=0)
    assert np.array_equal(similarity, before)
    theirs = before.copy()
    affinity_propagation(similarity, copy=False, random_state=0)
    reference(theirs, copy=False, random_state=0)
    assert np.array_equal(similarity, theirs)


def test_verbose_says_how_many_steps(capsys):
    affinity_propagation(places(20), verbose=True, random_state=0)
    ours = capsys.readouterr().out
    reference(places(20), verbose=True, random_state=0)
    assert ours == capsys.readouterr().out
    with pytest.warns(ConvergenceWarning):
        affinity_propagation(places(20), verbose=True, max_iter=2, random_state=0)
    assert capsys.readouterr().out == "Did not converge\n"


def test_whole_numbers_are_taken_as_floats():
    whole = np.round(clumps(30)).astype(int)
    ours = affinity_propagation(whole, random_state=0)
    theirs = reference(whole.astype(float), random_state=0)
    assert ours[1].tolist() == theirs[1].tolist()


@pytest.mark.parametrize(
    ("similarity", "options", "match"),
    [
        (np.zeros((2, 3)), {}, "square"),
        (np.full((3, 3), np.nan), {}, "NaN"),
        (np.full((3, 3), np.inf), {}, "infinity"),
        (np.zeros((0, 0)), {}, "0 sample"),
        (places(4), {"damping": 0.4}, "damping is 0.4"),
        (places(4), {"damping": 1.0}, "damping is 1.0"),
        (places(4), {"max_iter": 0}, "max_iter is 0"),
        (places(4), {"convergence_iter": 1.5}, r"convergence_iter is 1\.5"),
    ],
)
def test_bad_arguments_are_refused_by_both(similarity, options, match):
    with pytest.raises(ValueError, match=match):
        affinity_propagation(similarity, **options)
    with pytest.raises(ValueError):  # noqa: PT011
        reference(similarity, **options)


@pytest.mark.parametrize("size", [1, 2, 3, 40, 301])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("shape", ["normal", "ties", "two far ends", "sorted", "one value"])
def test_median_is_numpy_s(size, kind, shape):
    values = np.random.default_rng(size).standard_normal((size, size)).astype(kind)
    values = {
        "normal": values,
        "ties": np.round(values),
        "two far ends": np.sign(values) * kind(1e6) + values,
        "sorted": np.sort(values, axis=None).reshape(size, size),
        "one value": np.full_like(values, 0.1),
    }[shape]
    found, expected = affinity._median(values), np.median(values)
    assert found == expected
    assert found.dtype == expected.dtype


def test_median_holds_where_the_sample_misleads(monkeypatch):
    monkeypatch.setattr(affinity, "SAMPLE", 10)
    values = np.ones(1000)
    values[::100] = 1e9
    assert affinity._median(values) == np.median(values)


def test_columns_first_changes_in_place_as_rows_first():
    kept, rows = np.asfortranarray(one_way(60)), one_way(60)
    affinity_propagation(kept, random_state=0, copy=False)
    affinity_propagation(rows, random_state=0, copy=False)
    assert np.array_equal(kept, rows)
    assert not np.array_equal(rows, one_way(60))
