"""Breeding: laws of the operators, ties, plateaus, twins, and a next round that follows from those before alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitmotiv.analysis import composition, evolution
from leitmotiv.records import Round

GENES, BATCH = 7, 12


def judged(number=0, scores=None, *, picks=(), twins=None, winner=None, seed=0, novelty=None) -> Round:
    rng = np.random.default_rng([seed, number])
    scores = rng.uniform(3, 6, BATCH) if scores is None else np.array(scores, float)
    count = len(scores)
    return Round(
        number,
        rng.random((count, GENES)),
        scores,
        np.full(count, 0.1),
        np.zeros(count) if novelty is None else novelty,
        tuple([-1] * count if twins is None else twins),
        rng.random((count, 4)).astype(np.float16),
        int(np.argmax(scores)) if winner is None else winner,
        picks,
    )


@given(st.lists(st.floats(-5, 6), min_size=1, max_size=8))
def test_genes_are_mirrored_at_0_and_1(values):
    found = evolution.mirrored(np.array(values))
    assert ((found >= 0) & (found <= 1)).all()
    assert evolution.mirrored(found) == pytest.approx(found)
    assert evolution.mirrored(np.array([1.2, -0.3])) == pytest.approx([0.8, 0.3])


def test_a_variation_changes_some_genes_and_a_child_lies_about_its_parents():
    rng = np.random.default_rng(0)
    genome = rng.random(40)
    moved = [int((evolution.varied(genome, rng) != genome).sum()) for _ in range(50)]
    assert min(moved) >= 1
    assert np.mean(moved) == pytest.approx(40 * evolution.GENES_CHANGED, rel=0.2)
    assert evolution.crossed(genome, genome, rng) == pytest.approx(genome)
    one, other = np.full(500, 0.4), np.full(500, 0.6)
    child = evolution.crossed(one, other, rng)
    assert child.min() >= 0.4 - 0.2 * evolution.BLEND - 1e-9
    assert ((child == 0.4) | (child == 0.6)).mean() == pytest.approx(0.5, abs=0.1)


def test_the_next_round_follows_from_the_rounds_before_and_the_seed_alone():
    rounds = [judged(number) for number in range(3)]
    one, again = (evolution.brood(rounds, GENES, BATCH, 5) for _ in range(2))
    assert (one.genomes == again.genomes).all()
    assert (one.genomes != evolution.brood(rounds, GENES, BATCH, 6).genomes).any()
    assert one.genomes.shape == (BATCH, GENES)
    assert ((one.genomes >= 0) & (one.genomes <= 1)).all()
    for row, where, there in one.kept:
        assert (one.genomes[row] == rounds[where].genomes[there]).all()
    assert one.kept[0][2] == int(np.argmax(rounds[-1].scores))


def test_the_greedy_loop_has_the_parent_and_variations_of_it():
    last = judged(0, winner=4)
    found = evolution.brood([last], GENES, BATCH, 0, greedy=True)
    assert found.kept == ((0, 0, 4),)
    assert (found.genomes[0] == last.genomes[4]).all()
    assert np.abs(found.genomes[1:] - last.genomes[4]).mean() < 0.1
    first = evolution.brood([], GENES, BATCH, 0, greedy=True, first=[0.5] * GENES).genomes
    assert (first[0] == 0.5).all()
    assert np.abs(first - 0.5).mean() < 0.1


def test_what_a_person_chose_lives_on_and_has_most_children():
    last = judged(0, picks=(5, 7))
    found = evolution.brood([last], GENES, 32, 0)
    assert [there for _, _, there in found.kept] == [5, 7]
    far = np.abs(found.genomes[:, None] - last.genomes[None]).mean(axis=2)
    assert np.isin(far.argmin(axis=1), (5, 7)).mean() > 0.5


def test_steps_grow_on_a_plateau_and_new_designs_come_after_it():
    rounds = [judged(number, [5.0, 4.0, 3.0, 4.5]) for number in range(6)]
    assert [evolution.plateau(rounds[:count]) for count in range(1, 7)] == [0, 1, 2, 3, 4, 5]
    notes = [evolution.brood(rounds[:count], GENES, 16, 0).note for count in range(1, 7)]
    assert notes == ["", "", "wider", "wider", "restart", "wider"]
    restarted = evolution.brood(rounds[:5], GENES, 16, 0)
    assert (restarted.genomes[0] == rounds[4].genomes[0]).all()  # the best is never lost
    assert evolution.plateau([*rounds, judged(6, [5.0, 5.1, 3, 3])]) == 0
    assert evolution.plateau([*rounds, judged(6, [4.0, 4.1, 3, 3], picks=(1,))]) == 0


def test_among_what_the_critic_cannot_tell_apart_the_most_novel_wins():
    scores, bands = np.array([6.0, 5.9, 5.0, 5.95]), np.array([0.1, 0.1, 0.1, 0.1])
    novelty = np.array([0.1, 0.6, 0.9, 0.7])
    assert evolution.winner(scores, bands, novelty, (-1, -1, -1, 0)) == 1  # 2 is worse, 3 is a twin of the best
    assert evolution.winner(scores, bands, np.zeros(4), (-1,) * 4) == 0
    assert evolution.winner(scores, bands * 0, novelty, (-1,) * 4) == 0


def test_twins_are_marked_after_the_better_one_whatever_their_scores():
    pictures = np.zeros((4, 16, 16, 3), np.uint8)
    pictures[2:, :8] = 255
    pictures[3, 0, 0] = 128
    assert evolution.twins(pictures, np.array([5.0, 6.0, 4.0, 4.0])) == (1, -1, -1, 2)
    assert evolution.apart(pictures)[0, 2] == pytest.approx(np.sqrt(0.5))


def test_novelty_is_the_angle_to_the_nearest_winner():
    traits = np.array([[1.0, 0.0], [0.0, 2.0]])
    assert evolution.novelty(traits, np.array([[3.0, 0.0]])) == pytest.approx([0, 1])
    assert evolution.novelty(traits, np.empty((0, 2))) == pytest.approx([0, 0])


def test_a_run_comes_to_the_best_there_ever_was_or_to_what_a_person_chose():
    rounds = [judged(0, [4, 6]), judged(1, [5, 3], winner=0)]
    assert evolution.champion(rounds) == (0, 1)
    assert evolution.champion([rounds[0], judged(1, [5, 3], picks=(1,))]) == (1, 1)
    assert evolution.champion([judged(0, [4, 6], picks=(0,)), judged(1, [5, 3])]) == (1, 0)


def test_the_plain_measure_puts_blank_and_noise_below_a_composition():
    rng = np.random.default_rng(0)
    pictures = np.full((3, 224, 224, 3), 200, np.uint8)
    pictures[1] = rng.integers(0, 256, (224, 224, 3))
    pictures[2, 100:] = (30, 60, 120)
    pictures[2, 30:90, 60:120] = (220, 120, 40)
    blank, noise, composed = composition.scores(pictures)
    assert 1 <= blank < noise < composed <= 10
    assert composition.blank(pictures).tolist() == [True, False, False]
