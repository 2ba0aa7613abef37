"""Breeding designs: who becomes a parent, how children differ, when steps grow, and which design wins a round.

Everything is a function of the rounds before and of the seed, so that a run goes on after any interruption as if there
had been none.

References
----------
.. [1] L. J. Eshelman and J. D. Schaffer, Real-coded genetic algorithms and interval-schemata (1993): blend crossover.
.. [2] J. Lehman and K. O. Stanley, Abandoning objectives: evolution through the search for novelty alone (2011).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis.quasirandom import sobol
from leitmotiv.records import Float, Round

ELITES = 2
"""Designs that live on unchanged, with the scores that they had."""
CROSSED = 0.7
"""Share of children that have two parents."""
BLEND = 0.25
"""How far beyond its parents a child's gene may lie, in their distance (BLX-alpha, [1]_)."""
STEP = 0.11
"""Deviation of a mutated gene."""
GENES_CHANGED = 0.25
"""Share of the genes that a mutation changes, at least one."""
RIVALS = 8
"""Designs of which the best becomes a parent."""
NOVELTY = 0.1
"""What the most novel design of a round gains as a parent, in deviations of the scores."""
PATIENCE = 2
"""Rounds without a better design after which steps grow; twice as many bring new designs."""
WIDER = 2.0
IMMIGRANTS = 0.25
"""Share of the batch that is drawn anew at a restart; a person's own choice stays."""
NEAREST = 0.02
"""Least mean difference of a child's genes to those of any other of its round."""
TRIES = 5
ALIKE = 0.06
"""Two pictures nearer than this, as `apart` measures it, are twins."""


@dataclass(frozen=True, eq=False)
class Brood:
    """The designs of a round before they are judged.

    Attributes
    ----------
    genomes : (B, D) float64
    kept : tuple of (row, round, row there)
        Designs of rounds before, whose scores are known.
    """

    genomes: Float
    kept: tuple[tuple[int, int, int], ...] = ()
    note: str = ""


def brood(
    rounds: Sequence[Round],
    genes: int,
    batch: int,
    seed: int,
    *,
    greedy: bool = False,
    first: Sequence[float] | None = None,
) -> Brood:
    """The next designs.

    Parameters
    ----------
    rounds : sequence of Round
        All that were judged, in order.
    genes : int
        D.
    seed : int
        With the number of the round it gives the draws.
    greedy : bool
        The best of the last round with variations of it, nothing else.
    first : sequence of float, optional
        A genome that the first round begins with.
    """
    number = len(rounds)
    rng = np.random.default_rng([seed, number])
    if number == 0:
        return Brood(_first(rng, genes, batch, greedy, first))
    if greedy:
        parent = rounds[-1].chosen
        genome = rounds[-1].genomes[parent]
        return Brood(np.stack([genome, *(varied(genome, rng) for _ in range(batch - 1))]), ((0, number - 1, parent),))
    idle = plateau(rounds)
    wide = WIDER if idle >= PATIENCE else 1.0
    restart = idle >= 2 * PATIENCE and (idle - 2 * PATIENCE) % PATIENCE == 0
    kept = _elites(rounds)[: max(1, batch // 2)]
    genomes = [rounds[where].genomes[row] for where, row in kept]
    fresh = round(IMMIGRANTS * batch) if restart else 0
    while len(genomes) < batch - fresh:
        child = _child(rounds, rng, STEP * wide)
        for _ in range(TRIES):  # a copy would be judged for nothing
            if np.abs(np.stack(genomes) - child).mean(axis=1).min() >= NEAREST:
                break
            child = varied(child, rng, WIDER * STEP)
        genomes.append(child)
    genomes += list(rng.random((batch - len(genomes), genes)))
    known = tuple((place, where, row) for place, (where, row) in enumerate(kept))
    return Brood(np.stack(genomes), known, "restart" if restart else "wider" if wide > 1 else "")


def varied(genome: Float, rng: np.random.Generator, step: float = STEP) -> Float:
    """A variation: some genes move by a normal step and are mirrored at 0 and 1."""
    changed = rng.random(len(genome)) < GENES_CHANGED
    changed[rng.integers(len(genome))] = True
    return mirrored(genome + changed * rng.normal(0, step, len(genome)))


def crossed(one: Float, other: Float, rng: np.random.Generator) -> Float:
    """A child of two: each gene from between its parents' or a little beyond [1]_, or from one of them whole."""
    share = rng.uniform(-BLEND, 1 + BLEND, len(one))
    whole = rng.random(len(one)) < 0.5
    share[whole] = rng.integers(0, 2, int(whole.sum()))
    return mirrored(one + share * (other - one))


def mirrored(genome: Float) -> Float:
    """Genes beyond 0 and 1 reflected to the inside."""
    folded = np.abs(genome) % 2
    return np.asarray(np.where(folded > 1, 2 - folded, folded))


def plateau(rounds: Sequence[Round]) -> int:
    """For how many rounds no design was better than the best before; a person's choice begins anew."""
    best, idle = -np.inf, 0
    for one in rounds:
        top = float(one.scores.max())
        idle = 0 if top > best + 1e-9 or one.picks else idle + 1
        best = max(best, top)
    return idle


def winner(scores: Float, bands: Float, novelty: Float, twins: Sequence[int]) -> int:
    """The design that wins a round: the most novel of those that the judge cannot tell from the best.

    Equal is what lies within both bands together; where nothing was won before, all are equally novel and the best
    wins.
    """
    best = int(np.argmax(scores))
    reach = np.sqrt(bands[best] ** 2 + bands**2)
    tied = (scores >= scores[best] - reach) & (np.asarray(twins) < 0)
    tied[best] = True
    return int(max(np.flatnonzero(tied), key=lambda row: (novelty[row], scores[row], -row)))


def novelty(traits: NDArray[Any], won: NDArray[Any]) -> Float:
    """How far pictures (B, T) lie from winners before (W, T), 0 to 1: one minus the cosine to the nearest [2]_."""
    if not len(won):
        return np.zeros(len(traits))
    return np.asarray(np.clip(1 - (_unit(traits) @ _unit(won).T).max(axis=1), 0, 1))


def apart(pictures: NDArray[np.uint8]) -> Float:
    """Distances (B, B) of small pictures (B, S, S, 3): roots of mean squared differences, 1 is black to white."""
    flat = pictures.reshape(len(pictures), -1).astype(np.float64) / 255
    squares = (flat**2).sum(axis=1)
    return np.asarray(np.sqrt(np.maximum(squares[:, None] + squares - 2 * flat @ flat.T, 0) / flat.shape[1]))


def twins(pictures: NDArray[np.uint8], scores: Float) -> tuple[int, ...]:
    """For each of small pictures (B, S, S, 3) the better one that it nearly equals, or -1."""
    near = apart(pictures) < ALIKE
    found = [-1] * len(scores)
    order = np.argsort(-scores, kind="stable").tolist()
    for place, row in enumerate(order):
        found[row] = next((one for one in order[:place] if found[one] < 0 and near[row, one]), -1)
    return tuple(found)


def champion(rounds: Sequence[Round]) -> tuple[int, int]:
    """The design (round, row) that a run comes to: the best since a person chose last, or that choice.

    Without a choice it is the best that there ever was.
    """
    picked = next((one for one in reversed(rounds) if one.picks), None)
    if picked is not None:
        rounds = [one for one in rounds if one.number > picked.number]
        if not rounds or max(float(one.scores.max()) for one in rounds) <= picked.scores[picked.chosen]:
            return picked.number, picked.chosen
    top = max(rounds, key=lambda one: (float(one.scores.max()), -one.number))
    return top.number, int(np.argmax(top.scores))


def _first(rng: np.random.Generator, genes: int, batch: int, greedy: bool, first: Sequence[float] | None) -> Float:
    """Spread evenly in the first genes (mostly those of colour), else drawn; variations of one for the greedy loop."""
    drawn = rng.random((batch, genes))
    even = min(genes, 6)
    drawn[:, :even] = (sobol(batch, even) + rng.random(even)) % 1
    if first is not None:
        drawn[0] = first
    if greedy or first is not None:
        drawn[1:] = [varied(drawn[0], rng, STEP if greedy else 2 * STEP) for _ in range(batch - 1)]
    return drawn


def _elites(rounds: Sequence[Round]) -> list[tuple[int, int]]:
    """Who lives on: a person's choices of the last round, then its winner and the best; twins do not."""
    last = rounds[-1]
    order = [row for row in np.argsort(-last.scores, kind="stable").tolist() if last.twins[row] < 0]
    chosen = [*last.picks] if last.picks else [order[0], last.winner]
    rows = list(dict.fromkeys([*chosen, *order]))[: max(ELITES, len(last.picks))]
    return [(last.number, row) for row in rows]


def _child(rounds: Sequence[Round], rng: np.random.Generator, step: float) -> Float:
    last = rounds[-1]
    mother = last.genomes[_parent(last, rng)]
    if rng.random() < CROSSED:
        father = last.genomes[_parent(last, rng)]
        child = crossed(mother, father, rng)
        return varied(child, rng, step) if rng.random() < 0.6 else child
    return varied(mother, rng, step)


def _parent(last: Round, rng: np.random.Generator) -> int:
    """The best of some drawn designs, by score and novelty; where a person chose, mostly what was chosen."""
    if last.picks and rng.random() < 0.8:
        return int(last.picks[rng.integers(len(last.picks))])
    alive = [row for row, twin in enumerate(last.twins) if twin < 0]
    rivals = rng.choice(alive, min(RIVALS, len(alive)), replace=False)
    spread = float(last.scores.std()) or 1.0
    top = float(last.novelty.max()) or 1.0
    worth = last.scores / spread + NOVELTY * last.novelty / top
    return int(rivals[np.argmax(worth[rivals])])


def _unit(values: NDArray[Any]) -> Float:
    rows = np.asarray(values, np.float64)
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12))
