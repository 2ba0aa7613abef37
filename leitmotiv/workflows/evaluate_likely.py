"""How far "likely" can be believed: boards in small collections of few kinds, and what became of what they said."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import background as ground
from leitmotiv.analysis import concept
from leitmotiv.analysis.background import Background
from leitmotiv.records import Float, Float32

COLLECTIONS = ((2, 6), (5, 3), (10, 2), (25, 1))
"""Kinds of a collection, and how many such collections are drawn."""
SIZES = (8, 32)
"""Pictures of a kind in them, at least and at most."""
BOARDS = (2, 4, 8)
BINS = 10


@dataclass(frozen=True, eq=False)
class Said:
    """What one board said of the pictures of its collection that it was not taught.

    Attributes
    ----------
    likely, lone : (N,) float64
        Of each with its neighbours, and by itself.
    belongs : (N,) bool
    """

    kinds: int
    likely: Float
    lone: Float
    belongs: NDArray[np.bool_]


@dataclass(frozen=True)
class Reliability:
    """How far boards in collections of some size can be believed; each board counts the same.

    Attributes
    ----------
    kinds, boards : int
        Kinds of a collection, and boards that were asked.
    of_kind, of_others : float
        Mean of what was said of pictures that belong, and of those that do not.
    brier : float
        Mean square of what was said less the truth: 0 is best.
    error : float
        Expected calibration error: by tenths of what was said, how far it is from what came true.
    lone_brier, lone_error : float
        The same of pictures by themselves, without their neighbours in the collection.
    """

    kinds: int
    boards: int
    of_kind: float
    of_others: float
    brier: float
    error: float
    lone_brier: float
    lone_error: float


@dataclass(frozen=True)
class Bin:
    """Pictures of which about the same was said: the mean of that, how many belong, and their share of all."""

    said: float
    true: float
    share: float


def asked(
    features: Float32,
    truth: NDArray[np.int64],
    chosen: Sequence[int],
    *,
    collections: Sequence[tuple[int, int]] = COLLECTIONS,
    sizes: Sequence[int] = BOARDS,
) -> Iterator[Said]:
    """Draw collections of a few kinds, and ask a board of each of them.

    Parameters
    ----------
    chosen : sequence of int
        Kinds that are drawn.
    collections : sequence of (int, int)
        How many kinds, or all where there are fewer, and how many collections.
    """
    for wanted, times in {min(kinds, len(chosen)): times for kinds, times in reversed(collections)}.items():
        for seed in range(times if wanted > 1 else 0):
            rng = np.random.default_rng((seed, wanted))
            drawn = rng.choice(np.asarray(chosen), wanted, replace=False)
            rows = np.concatenate([_some(np.flatnonzero(truth == kind), rng) for kind in drawn])
            background = ground.learn(features[rows].astype(np.float16))
            for kind in drawn:
                belongs = truth[rows] == kind
                order = rng.permutation(np.flatnonzero(belongs))
                for size in (one for one in sizes if one < len(order)):
                    yield _board(background, order[:size], belongs, wanted)


def _some(rows: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    return rng.permutation(rows)[: rng.integers(SIZES[0], SIZES[1] + 1)]


def _board(background: Background, board: NDArray[np.int64], belongs: NDArray[np.bool_], kinds: int) -> Said:
    learnt = concept.learn(background, background.rows[board], np.ones(len(board)), members=board.tolist())
    known = learnt.calibration
    cosine = concept.along(background.rows, learnt.direction)
    share, _, likely = concept.judge(cosine, known, len(board))
    alone = concept.along(background.plain.astype(np.float32), learnt.direction)
    standing = (alone - known.lone_middle) / (known.lone_top - known.lone_middle)
    rest = np.delete(np.arange(len(cosine)), board)
    return Said(kinds, likely[rest], concept.at_standing(standing, share, likely)[rest], belongs[rest])


def reliability(said: Sequence[Said]) -> tuple[Reliability, ...]:
    """How far boards can be believed, by the kinds of their collection."""
    return tuple(_told([one for one in said if one.kinds == kinds]) for kinds in sorted({one.kinds for one in said}))


def _told(some: Sequence[Said]) -> Reliability:
    belongs, weights = _joined(some)
    likely, lone = (np.concatenate([getattr(one, name) for one in some]) for name in ("likely", "lone"))
    means = [float(np.average(likely[of], weights=weights[of])) for of in (belongs, ~belongs)]
    errors = [
        (float(weights @ (values - belongs) ** 2), _error(_bins(values, belongs, weights))) for values in (likely, lone)
    ]
    return Reliability(some[0].kinds, len(some), means[0], means[1], *errors[0], *errors[1])


def bins(said: Sequence[Said]) -> tuple[Bin, ...]:
    """What came true of what was said, by tenths of it; tenths in which nothing was said are left out."""
    belongs, weights = _joined(said)
    return _bins(np.concatenate([one.likely for one in said]), belongs, weights)


def _joined(some: Sequence[Said]) -> tuple[NDArray[np.bool_], Float]:
    """Which pictures belong, and how much each counts: 1 together."""
    weights = np.concatenate([np.full(len(one.belongs), 1 / len(one.belongs)) for one in some])
    return np.concatenate([one.belongs for one in some]), weights / weights.sum()


def _bins(values: Float, belongs: NDArray[np.bool_], weights: Float) -> tuple[Bin, ...]:
    places = np.minimum((values * BINS).astype(np.int64), BINS - 1)
    found = []
    for place in range(BINS):
        of = places == place
        if share := float(weights[of].sum()):
            said, true = (float(weights[of] @ told[of] / share) for told in (values, belongs.astype(np.float64)))
            found.append(Bin(said, true, share))
    return tuple(found)


def _error(found: Sequence[Bin]) -> float:
    return sum(one.share * abs(one.said - one.true) for one in found)
