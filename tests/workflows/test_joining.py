"""Trees of terms over scores that are written down by hand."""

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitmotiv.analysis.joining import GROUND
from leitmotiv.workflows.joining import joined
from leitmotiv.workflows.query import parse

CAT, DOG, RED = (2.0, 0.5, -1.0), (-1.0, 1.5, -0.5), (0.25, 1.0, 3.0)


def values(line: str, *scores) -> list[float]:
    whole = joined(parse(line).tree, [np.array(one) for one in scores], [np.zeros(3, bool)] * len(scores))
    assert np.array(list(whole.parts.values())).sum(axis=0) == pytest.approx(whole.values)
    return whole.values.tolist()


HIGH, LOW = 0.967421566, -0.967421566
"""What the best and the worst of three have by their rank; the one between has 0."""


def test_a_plus_is_the_larger_by_rank_and_a_minus_takes_away_what_is_more_than_usual():
    assert values("cat + dog", CAT, DOG) == pytest.approx([HIGH, HIGH, 0])
    assert values("cat | dog", CAT, DOG) == pytest.approx([HIGH, HIGH, 0])
    assert values("cat - dog", CAT, DOG) == [2.0, -1.0, -1.0]
    assert values("cat & dog", CAT, DOG) == pytest.approx([-1.0, (0.5 * 1.5) ** 0.5, -1.0])
    assert values("cat + dog - colour:red", CAT, DOG, RED) == pytest.approx([HIGH - 0.25, HIGH - 1, -3])


def test_a_weight_counts_as_odds():
    assert values("cat + 3*dog", CAT, DOG) == pytest.approx([HIGH - log(3), HIGH, 0])
    assert values("3*cat & dog", CAT, DOG) == pytest.approx([-1, 0.5**0.75 * 1.5**0.25, -1.0])
    assert values("2*cat - dog", CAT, DOG) == [2.0, 0.5 - 0.75, -1.0]
    assert values("2*(cat + dog)", CAT, DOG) == values("cat + dog", CAT, DOG)
    assert values("cat + 2*(dog - colour:red)", CAT, DOG, RED) == pytest.approx([HIGH - log(2), HIGH - 1, LOW - log(2)])


def test_a_colour_that_is_added_is_wanted_too():
    both = [(2 * (0.25 + GROUND)) ** 0.5, (0.5 * (1 + GROUND)) ** 0.5, -1.0]
    assert values("cat + colour:red", CAT, RED) == pytest.approx(both)
    assert values("cat & colour:red", CAT, RED) == pytest.approx(both)
    assert values("cat + dog + colour:red", CAT, DOG, RED) == pytest.approx(
        [(HIGH * (0.25 + GROUND)) ** 0.5, (HIGH * (1 + GROUND)) ** 0.5, 0]
    )


def test_what_stands_out_beside_others_is_told_less_strictly_and_alone_and_taken_away_as_ever():
    scores = [np.array(CAT), np.array(RED)]
    shows, visible, spot = (np.array(one) for one in ([True, True, False], [False, False, True], [False, True, True]))

    def found(line: str) -> list[bool]:
        return joined(parse(line).tree, scores, [shows, visible], [None, spot]).found.tolist()

    assert found("cat & colour:red") == found("cat + colour:red") == [False, True, False]
    assert found("cat | colour:red") == [True, True, True]
    assert found("cat - colour:red") == [True, True, False]


@pytest.mark.parametrize("line", ["(cat + dog) colour:red", "(cat | dog) colour:red", "colour:red + cat + dog"])
def test_what_stands_out_for_none_of_several_things_does_not_come_first_for_its_colour(line):
    cat, dog, red = [3.0, 0.2, -1.0, -1.1, -1.2], [-1.0, -0.9, 2.0, -1.1, -1.2], [0.5, 4.0, 0.4, -0.5, -0.4]
    shows = [np.array([True, False, False, False, False]), np.array([False, False, True, False, False])]
    order = (2, 0, 1) if line.startswith("colour") else (0, 1, 2)
    scores = [np.array([cat, dog, red][at]) for at in order]
    found = [[*shows, scores[-1] > 0][at] for at in order]
    whole = joined(parse(line).tree, scores, found)
    assert np.array(list(whole.parts.values())).sum(axis=0) == pytest.approx(whole.values)
    assert set(np.argsort(-whole.values, kind="stable")[:2].tolist()) == {0, 2}
    assert whole.values[1] <= 0


def test_where_nothing_is_wanted_the_least_of_it_comes_first():
    assert values("-cat", CAT) == [-2.0, -0.5, 1.0]
    assert values("-cat - dog", CAT, DOG) == pytest.approx([-HIGH, -HIGH, 0])
    assert values("-(cat + dog)", CAT, DOG) == pytest.approx([-HIGH, -HIGH, 0])
    assert values("dog | -cat", DOG, CAT) == pytest.approx([LOW, HIGH, HIGH])


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
    at, which = int(rng.integers(len(scores))), int(rng.integers(3))
    before = values(line, *scores)[which]
    scores[at, which] += 1
    after = values(line, *scores)[which]
    assert after >= before - 1e-9 if query.terms[at].weight > 0 else after <= before + 1e-9


def masks(line: str, *found: list[bool], silent: dict[int, bool] | None = None) -> list[bool]:
    scores = [np.array(one) for one in (CAT, DOG, RED)][: len(found)]
    return joined(parse(line).tree, scores, [np.array(one) for one in found], silent=silent or {}).found.tolist()


def test_nothing_parts_from_chance_of_what_is_taken_away_from_itself():
    shows, other = [True, True, False], [False, True, True]
    assert masks("cat - cat", shows, shows) == [False] * 3
    assert masks("cat & dog - dog", shows, other, other) == [False] * 3
    assert masks("cat - 0.5*dog", shows, [False] * 3) == shows


def test_what_says_nothing_is_left_out_and_what_nobody_knows_is_not_found_beside_others():
    assert values("cat & dog", CAT, DOG) != list(CAT)
    whole = joined(parse("cat & dog").tree, [np.array(CAT), np.array(DOG)], [np.ones(3, bool)] * 2, silent={1: True})
    assert whole.values.tolist() == list(CAT)
    shows = [True, True, False]
    assert masks("cat & dog", shows, shows, silent={1: True}) == [False] * 3
    assert masks("cat & dog", shows, [False] * 3, silent={1: False}) == shows
    assert masks("cat | dog", shows, [False] * 3, silent={1: True}) == shows
    taken = joined(parse("cat - dog").tree, [np.array(CAT), np.array(DOG)], [np.ones(3, bool)] * 2, silent={1: True})
    assert taken.values.tolist() == list(CAT)


def test_either_of_two_colours_of_a_thing_finds_what_each_of_them_finds():
    scores = [np.array(one) for one in (RED, (3.0, -0.5, 0.0), CAT)]
    strict, spots, shows = (
        np.zeros(3, bool),
        [np.array([False, True, True]), np.array([True, False, False])],
        [True] * 3,
    )

    def of(line: str, *terms: int):
        beside = [None if at == 2 else spots[at] for at in terms]
        found = [np.array(shows) if at == 2 else strict for at in terms]
        return joined(parse(line).tree, [scores[at] for at in terms], found, beside)

    red, blue = of("colour:red & cat", 0, 2), of("colour:blue & cat", 1, 2)
    either = of("(colour:red | colour:blue) & cat", 0, 1, 2)
    assert either.found.tolist() == (red.found | blue.found).tolist() == [True] * 3
    assert either.values == pytest.approx(np.maximum(red.values, blue.values))
    assert np.sum(list(either.parts.values()), axis=0) == pytest.approx(either.values)
