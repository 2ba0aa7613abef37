import numpy as np
import pytest

from leitmotiv.analysis import background as ground
from leitmotiv.analysis import decoys, joint
from leitmotiv.analysis.joint import Places, Ranker

from .features import average_precision, kinds

CLASSES, WIDTH, DIM = 30, 96, 24


def unit(values):
    return values / np.linalg.norm(values, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def space():
    rng = np.random.default_rng(0)
    return joint.word_space(*(unit(rng.normal(size=(CLASSES, DIM)) + 1).astype(np.float32) for _ in range(3)))


@pytest.fixture(scope="module")
def collection(space):
    """Pictures of eight kinds, and a head that tells each kind as the class of its number, not very surely."""
    features, truth = kinds(8, 20)
    marks = np.stack([features[truth == kind].astype(np.float32).mean(axis=0) for kind in range(8)])
    weight = np.zeros((CLASSES, WIDTH), np.float32)
    weight[:8] = 3 * unit(marks - marks.mean(axis=0))
    places = joint.placed(features, (weight, np.zeros(CLASSES, np.float32)), space)
    background = ground.learn(features)
    return features, truth, weight, places, Ranker(places, background, CLASSES), background


def test_words_of_classes_are_centred_and_their_covariance_is_levelled():
    rng = np.random.default_rng(1)
    stretched = unit(rng.normal(size=(400, 6)) * [5, 1, 1, 1, 1, 0.1] + 2).astype(np.float32)
    space = joint.word_space(stretched, stretched, stretched)
    before, after = (np.linalg.eigvalsh(np.cov(values.T)) for values in (stretched, space.words))
    assert after[-1] / after[1] < before[-1] / before[1]
    np.testing.assert_allclose(np.linalg.norm(space.words, axis=1), 1, rtol=1e-5)
    # The same texts as a phrase lie where the class lies.
    np.testing.assert_allclose(space.place(stretched), space.words, atol=1e-5)


def test_nothing_has_no_place(space):
    assert not space.place(np.zeros((2, DIM), np.float32)).any()


def test_a_picture_lies_where_its_likely_classes_lie(space, collection):
    features, _, weight, places, *_ = collection
    vectors = places.vectors(space)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-4)
    for row in (0, 50, 159):
        logits = features[row].astype(np.float64) @ weight.T.astype(np.float64) / 2
        chances = np.exp(logits) / np.exp(logits).sum()
        mixture = sum(chance * space.words[number] for number, chance in enumerate(chances))
        np.testing.assert_allclose(vectors[row], mixture / np.linalg.norm(mixture), atol=1e-4)


def test_only_the_likeliest_classes_count():
    rng = np.random.default_rng(2)
    many = joint.word_space(*(unit(rng.normal(size=(80, 8))).astype(np.float32) for _ in range(3)))
    weight = rng.normal(size=(80, 5)).astype(np.float32)
    features = rng.random((7, 5)).astype(np.float16)
    places = joint.placed(features, (weight, np.zeros(80, np.float32)), many)
    assert places.classes.shape == (7, joint.LIKELIEST)
    logits = features.astype(np.float32) @ weight.T
    for row in range(7):
        assert set(places.classes[row]) == set(np.argsort(-logits[row])[: joint.LIKELIEST])


def test_first_scores_are_the_mixture_spread_twice_over_neighbours(space, collection):
    *_, places, ranker, background = collection
    said = np.random.default_rng(3).normal(size=CLASSES)
    scores = np.array(
        [sum(s * said[c] for c, s in zip(*row, strict=True)) for row in zip(places.classes, places.shares, strict=True)]
    )
    for _ in range(2):
        scores = np.array(
            [
                (
                    scores[row]
                    + 2
                    * sum(w * scores[at] for w, at in zip(background.closeness[row], background.near[row], strict=True))
                )
                / 3
                for row in range(len(scores))
            ]
        )
    np.testing.assert_allclose(ranker.first(said), scores, rtol=1e-4, atol=1e-5)


def test_phrases_at_once_and_one_by_one_are_the_same(collection):
    ranker = collection[4]
    said = np.random.default_rng(4).normal(size=(CLASSES, 3))
    together = ranker.first(said)
    for column in range(3):
        np.testing.assert_allclose(together[:, column], ranker.first(said[:, column]), rtol=1e-5, atol=1e-6)


def test_the_first_question_is_answered_like_the_same_one_asked_again(collection):
    *_, places, _, background = collection
    said = np.random.default_rng(7).normal(size=CLASSES)
    fresh = Ranker(places, background, CLASSES)
    np.testing.assert_allclose(fresh.first(said), fresh.first(said), rtol=1e-6)


def test_gathered_is_the_product_of_a_sparse_matrix():
    rng = np.random.default_rng(8)
    weights, columns = rng.random((9_000, 5), np.float32), rng.integers(0, 40, (9_000, 5)).astype(np.int16)
    values = rng.random(40, np.float32)
    naive = [sum(w * values[c] for w, c in zip(*row, strict=True)) for row in zip(weights, columns, strict=True)]
    np.testing.assert_allclose(joint.gathered(weights, columns, values), naive, rtol=1e-6)


def test_the_second_ranking_finds_a_kind_better_than_the_first(collection):
    _, truth, _, _, ranker, _ = collection
    rng = np.random.default_rng(5)
    gain = []
    for kind in range(8):
        first = ((truth == kind) + rng.normal(0, 0.5, len(truth))).astype(np.float32)
        second = ranker.second(first)
        assert second.mean() == pytest.approx(0, abs=1e-9)
        assert second.std() == pytest.approx(1)
        gain.append(average_precision(second, truth == kind) - average_precision(first, truth == kind))
    assert np.mean(gain) > 0.1


def test_a_collection_of_one_picture_is_ranked():
    features, _ = kinds(1, 1)
    space = joint.word_space(*(unit(np.random.default_rng(n).normal(size=(4, 3))).astype(np.float32) for n in range(3)))
    places = joint.placed(features, (np.ones((4, WIDTH), np.float32), np.zeros(4, np.float32)), space)
    ranker = Ranker(places, ground.learn(features), 4)
    first = ranker.first(np.ones(4))
    np.testing.assert_array_equal(ranker.second(first), [0.0])


def test_the_top_is_that_of_a_stable_sort():
    scores = np.random.default_rng(6).integers(0, 6, 50).astype(np.float32)
    for count in (1, 5, 49, 50, 60):
        np.testing.assert_array_equal(joint.top(scores, count), np.argsort(-scores, kind="stable")[:count])


def test_equal_scores_are_standardised_to_nothing():
    np.testing.assert_array_equal(joint.standardised(np.full(9, 0.1)), 0)


def test_a_kind_that_is_there_stands_out_and_one_that_is_not_does_not(space, collection):
    _, truth, _, places, ranker, _ = collection
    unrelated = decoys.unrelated(space, places)
    asked = decoys.ask(ranker, space.words @ space.names[unrelated[:20]].T)
    said = np.where(np.arange(CLASSES) == 3, 1.0, 0.0)
    first = ranker.first(said)
    count = decoys.cut(first, ranker.second(first), asked, 1.0)
    assert 10 <= count <= 40
    assert (truth[joint.top(ranker.second(first), count)] == 3).mean() > 0.9
    nothing = ranker.first(np.where(np.arange(CLASSES) == 25, 1.0, 0.0))
    assert decoys.cut(nothing, ranker.second(nothing), asked, 1.0) == 0
    assert decoys.cut(first, ranker.second(first), asked, 5 * float(first.max())) == 0


def test_decoys_are_far_from_what_is_shown_and_are_counted_by_hand():
    """Three decoys over four pictures: at each level, the 0.8 quantile of how many pictures reach it."""

    class Answers:
        def first(self, said):
            return said

    said = np.array([[0.0, 1.0, 0.2], [0.1, 0.9, 0.3], [0.2, 0.0, 0.4], [0.5, 0.0, 0.5]], np.float32)
    asked = decoys.ask(Answers(), said)
    assert asked.found[0] == 4
    level = int(np.searchsorted(asked.levels, 0.45))
    assert asked.found[level] == pytest.approx(np.quantile([1, 2, 1], 0.8))


def test_unrelated_classes_are_those_farthest_from_the_likeliest_of_any_picture(space):
    places = Places(np.array([[0, 5], [1, 6]], np.int16), np.array([[0.9, 0.1], [0.8, 0.7]], np.float32))
    order = decoys.unrelated(space, places)
    nearest = [max(float(space.names[c] @ space.words[s]) for s in (0, 1)) for c in range(CLASSES)]
    assert list(order) == sorted(range(CLASSES), key=nearest.__getitem__)
