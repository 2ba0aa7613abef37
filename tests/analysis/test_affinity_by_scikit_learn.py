"""scikit-learn's own tests of affinity propagation, run with our function inside its function and its estimator."""

import warnings

import numpy as np
import pytest
from sklearn.cluster import _affinity_propagation as package
from sklearn.cluster.tests import test_affinity_propagation as theirs
from sklearn.cluster.tests.test_affinity_propagation import *  # noqa: F403 - the tests themselves

from leitmotiv.analysis.affinity import affinity_propagation

pytestmark = pytest.mark.filterwarnings("ignore:All samples have mutually equal similarities")

WORDS = {
    "The matrix of similarities must be square": "The matrix of similarities must be a square array",
    "All similarities are equal": "All samples have mutually equal similarities",
    "Affinity propagation did not converge": "Affinity propagation did not converge, this model may return degenerate "
    "cluster centers and labels.",
}
"""How our messages begin, and what their tests look for: the text is our own, its class and its moment are not."""
LEFT_OUT = {
    "test_equal_similarities_and_preferences": "of a private function; what it decides is tested by "
    "test_affinity_propagation_equal_mutual_similarities",
}
for _name in LEFT_OUT:
    del globals()[_name]


@pytest.fixture(params=[np.float32, np.float64])
def global_dtype(request):
    return request.param


@pytest.fixture(params=range(5))
def global_random_seed(request):
    return request.param


def ours(*arguments, **options):
    """Our function, with its messages in their words."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = affinity_propagation(*arguments, **options)
        except ValueError as error:
            raise ValueError(translate(error)) from error
    for warning in caught:
        warnings.warn(translate(warning.message), warning.category, stacklevel=2)
    return result


def translate(message):
    return next(theirs for ours, theirs in WORDS.items() if str(message).startswith(ours))


@pytest.fixture(autouse=True)
def calls(monkeypatch):
    """How often ours was called: directly, and by their estimator."""
    counts = {"function": 0, "estimator": 0}

    def function(*arguments, **options):
        counts["function"] += 1
        return ours(*arguments, **options)

    def inside(S, **options):
        counts["estimator"] += 1
        return ours(S, copy=False, **options)

    monkeypatch.setattr(theirs, "affinity_propagation", function)
    monkeypatch.setattr(package, "_affinity_propagation", inside)
    return counts


def test_every_test_of_theirs_is_run_or_left_out_for_a_reason():
    written = {name for name in vars(theirs) if name.startswith("test_")}
    assert written - LEFT_OUT.keys() <= globals().keys()
    assert written >= LEFT_OUT.keys()


def test_the_function_in_those_tests_is_ours(calls):
    theirs.test_affinity_propagation_no_copy()
    assert calls == {"function": 3, "estimator": 1}
