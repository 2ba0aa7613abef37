"""Trees of terms over scores that are written down by hand."""

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitmotiv.workflows.joining import joined
from leitmotiv.workflows.query import parse

CAT, DOG, RED = (2.0, 0.5, -1.0), (-1.0, 1.5, -0.5), (0.25, 1.0, 3.0)


def values(line: str, *scores) -> list[float]:
    whole = joined(parse(line).tree, [np.array(one) for one in scores], [np.zeros(3, bool)] * len(scores))
    assert np.array(list(whole.parts.values())).sum(axis=0) == pytest.approx(whole.values)
    return whole.values.tolist()


def test_a_plus_is_the_larger_and_a_minus_takes_away_what_is_more_than_usual():
    assert values("cat + dog", CAT, DOG) == [2.0, 1.5, -0.5]
    assert values("cat - dog", CAT, DOG) == [2.0, -1.0, -1.0]
    assert values("cat & dog", CAT, DOG) == [-1.0, 0.5, -1.0]
    assert values("cat | dog", CAT, DOG) == [2.0, 1.5, -0.5]


def test_a_weight_counts_as_odds():
    assert values("cat + 3*dog", CAT, DOG) == pytest.approx([2 - log(3), 1.5, -0.5])
    assert values("3*cat & dog", CAT, DOG) == pytest.approx([-1 + log(3), 0.5, -1.0])
    assert values("2*cat - dog", CAT, DOG) == [2.0, 0.5 - 0.75, -1.0]
    assert values("2*(cat + dog)", CAT, DOG) == values("cat + dog", CAT, DOG)
    assert values("cat + 2*(dog - red)", CAT, DOG, RED) == pytest.approx([2 - log(2), 0.5, -1 - log(2)])


def test_a_colour_that_is_added_is_wanted_too():
    assert values("cat + colour:red", CAT, RED) == values("cat & colour:red", CAT, RED) == [0.25, 0.5, -1.0]
    assert values("cat + dog + colour:red", CAT, DOG, RED) == [0.25, 1.0, -0.5]
    assert values("colour:red | cat", RED, CAT) == [2.0, 1.0, 3.0]


def test_where_nothing_is_wanted_the_least_of_it_comes_first():
    assert values("-cat", CAT) == [-2.0, -0.5, 1.0]
    assert values("-cat - dog", CAT, DOG) == [-2.0, -1.5, 0.5]
    assert values("-(cat + dog)", CAT, DOG) == [-2.0, -1.5, 0.5]
    assert values("dog | -cat", DOG, CAT) == [-1.0, 1.5, 1.0]


LEAVES = st.sampled_from(["cat", "dog", "cow", "2*hen", "colour:red"])
LINES = st.recursive(
    LEAVES,
    lambda inner: st.tuples(inner, st.sampled_from([" + ", " - ", " & ", " | "]), inner).map(
        lambda one: f"({one[0]}){one[1]}({one[2]})"
    ),
    max_leaves=6,
)


@given(LINES, st.integers(0, 1000))
def test_shares_add_up_and_more_of_what_is_wanted_is_never_worse(line, seed):
    query = parse(line)
    if query.tree is None or not query.terms:
        return
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(len(query.terms), 3))
    before = values(line, *scores)
    at = int(rng.integers(len(scores)))
    scores[at] += 1
    after = values(line, *scores)
    if query.terms[at].weight > 0:
        assert all(new >= old - 1e-9 for new, old in zip(after, before, strict=True))
    else:
        assert all(new <= old + 1e-9 for new, old in zip(after, before, strict=True))
