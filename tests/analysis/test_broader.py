import numpy as np
import pytest

from leitmotiv.analysis import background as ground
from leitmotiv.analysis import broader, decoys, joint
from leitmotiv.analysis.broader import Broader
from leitmotiv.analysis.joint import Places, Ranker
from leitmotiv.nets import classes

from .features import average_precision, kinds

EACH = 15
THREE = np.arange(17) < 3
"""Classes that are such things."""


@pytest.fixture(scope="module")
def table():
    return Broader(classes.broader(), 1000)


@pytest.mark.parametrize(
    ("phrase", "there", "absent"),
    [
        ("animal", ["Asian elephant", "starfish", "flamingo", "goldfish"], ["pizza", "daisy", "airliner"]),
        ("The Birds", ["flamingo", "ostrich"], ["monarch butterfly", "airliner"]),
        ("musical instrument", ["accordion", "grand piano"], ["stethoscope"]),
        ("vehicle", ["airliner", "electric locomotive", "steam locomotive"], ["flamingo", "accordion"]),
        ("insect", ["monarch butterfly", "bee"], ["scorpion", "tarantula"]),
    ],
)
def test_a_broader_term_is_of_all_classes_that_are_such_things(table, phrase, there, absent):
    names = [one.name for one in classes.texts()]
    beneath = {names[number] for number in np.flatnonzero(table.beneath(phrase))}
    assert beneath >= set(there)
    assert not beneath & set(absent)


def test_what_is_no_broader_term_says_nothing_of_classes(table):
    for phrase in ("", "the", "a red bird", "justice", "entity", "artifact", "日本"):
        assert table.beneath(phrase) is None, phrase


def test_every_line_of_the_table_names_several_classes_and_never_half_of_them():
    for words, numbers in classes.broader():
        assert all(words)
        assert numbers == sorted(set(numbers))
        assert 2 <= len(numbers) < 500
        assert 0 <= numbers[0] <= numbers[-1] < 1000


def test_classes_beneath_are_said_more_of_and_are_more_alike():
    plain, beneath = np.array([0.2, 0.6, 0.4, 0.3]), np.array([True, True, False, False])
    np.testing.assert_allclose(broader.said(plain, beneath), [0.5 + 0.4 - 0.14, 0.5 + 0.4 + 0.14, 0.4, 0.3])


@pytest.fixture(scope="module")
def collection():
    """Pictures of sixteen kinds, each told surely as a class of its number; class 16 is of no picture."""
    features, truth = kinds(16, EACH)
    places = Places(truth[:, None].astype(np.int16), np.ones((len(truth), 1), np.float32))
    ranker = Ranker(places, ground.learn(features), 17)
    levels = np.linspace(0, 1, 64, dtype=np.float32)
    return truth, ranker, decoys.Decoys(levels, np.where(levels < 0.3, 30, 0).astype(np.float32))


def test_the_first_results_of_a_broader_term_are_of_all_its_kinds(collection):
    truth, ranker, unrelated = collection
    # the network is a little surer of the first kind than of the others
    first = ranker.first(np.array([1, 0.97, 0.97] + [0] * 14))
    plain, taught = joint.standardised(first), ranker.second(first)
    assert set(truth[joint.top(plain, 12)]) == set(truth[joint.top(taught, 12)]) == {0}
    found, count = broader.ranked(ranker, first, unrelated, 1.0, THREE)
    assert set(truth[joint.top(found, 12)]) == {0, 1, 2}
    # the same pictures stand out, with the same scores among them
    assert (
        count == decoys.cut(first, plain, unrelated, 1.0) > decoys.cut(first, taught, unrelated, 1.0, broader.LONGEST)
    )
    assert set(joint.top(found, count)) == set(joint.top(plain, count))
    np.testing.assert_array_equal(np.sort(found), np.sort(plain))
    assert found[joint.top(plain, 1)] == found.max()


def test_of_a_kind_by_itself_its_best_pictures_teach_as_ever(collection):
    truth, ranker, unrelated = collection
    first = ranker.first(np.eye(17)[3])
    found, count = broader.ranked(ranker, first, unrelated, 1.0, np.eye(17, dtype=bool)[3])
    np.testing.assert_array_equal(found, ranker.second(first))
    assert average_precision(found, truth == 3) > 0.95
    assert count == decoys.cut(first, found, unrelated, 1.0, broader.LONGEST)
    _, none = broader.ranked(ranker, ranker.first(np.eye(17)[16]), unrelated, 1.0, np.eye(17, dtype=bool)[16])
    assert none == 0


def test_results_of_a_broader_term_go_on_while_most_of_them_are_such_things(collection):
    truth, ranker, unrelated = collection
    # of the third kind the word is far, as that of a leopard is from an animal, and of the fourth as far
    first = ranker.first(np.array([1, 0.97, 0.55, 0.5] + [0] * 13))
    plain = joint.standardised(first)
    assert decoys.cut(first, plain, unrelated, 1.0) == 2 * EACH < decoys.above(first, unrelated, 1.0)
    found, count = broader.ranked(ranker, first, unrelated, 1.0, THREE)
    assert np.bincount(truth[joint.top(found, count)]).tolist() == [EACH] * 3
    # what is not likely such a thing is kept where it stands out, behind what is
    _, fewer = broader.ranked(ranker, first, unrelated, 1.0, np.arange(17) == 1)
    assert fewer == 2 * EACH
    order = truth[joint.top(broader.ranked(ranker, first, unrelated, 1.0, np.arange(17) == 1)[0], fewer)]
    assert set(order[:EACH]) == {1}


def test_how_likely_a_picture_is_of_some_classes_is_its_share_of_them():
    features, _ = kinds(2, 4)
    shares = np.array([[0.6, 0.2], [0.3, 0.1], [0.5, 0.5], [1.0, 0.0]] * 2, np.float32)
    places = Places(np.array([[0, 1], [1, 2], [2, 0], [1, 2]] * 2, np.int16), shares)
    likely = Ranker(places, ground.learn(features), 3).share(np.array([True, False, False]))
    np.testing.assert_allclose(likely[:4], [0.75, 0, 0.5, 0])
