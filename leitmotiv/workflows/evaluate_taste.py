"""How well a personal taste is learnt from a few pairs, by raters and pictures of a rating set that were held out.

The global critic learns from the other raters, and from none of the pictures that taste is measured on.
"""

import hashlib
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import critic, histograms, taste
from leitmotiv.analysis.labels import label
from leitmotiv.analysis.retrieval import Interval
from leitmotiv.errors import CriticError, NotFoundError
from leitmotiv.records import Float, Half, RatedItem
from leitmotiv.workflows import critics, plain_axes
from leitmotiv.workflows.progress import Pace, Report
from leitmotiv.workflows.session import Session

COUNTS = (10, 20, 40)
"""Pairs that a rater answered."""
RATERS = 20
LEAST_RATED, MOST_TESTED = 30, 500
"""Pictures that a rater must have rated to be held out, and pairs by which each is measured."""
HELD_PICTURES = 5
"""One picture in so many is held out."""
PHASE = "Learning the taste of raters"
_DRAWS = 1000


@dataclass(frozen=True)
class TasteResult:
    """Shares of held-out pairs that are told rightly, in the mean over raters.

    Attributes
    ----------
    way : str
        "pairs drawn", "pairs asked" (those that tell most) or "stars".
    said : float
        Pairs answered, or stars given, in the mean.
    personal, everybody, gained : Interval
        By the personal taste, by the global critic, and the difference; over draws of raters.
    seconds : float
        Of the processor to learn a taste once, the longest.
    """

    way: str
    said: float
    personal: Interval
    everybody: Interval
    gained: Interval
    seconds: float


@dataclass(frozen=True)
class TasteReport:
    """What `evaluate_taste` found: how many raters and pictures there are, how many of them held out, and results."""

    raters: int
    held_raters: int
    pictures: int
    held_pictures: int
    pairs: int
    results: tuple[TasteResult, ...]


@dataclass(frozen=True, eq=False)
class _World:
    axes: taste.Axes
    everybody: Float
    rated: Mapping[str, Sequence[tuple[int, float]]]
    held: NDArray[np.bool_]


def evaluate_taste(
    session: Session,
    name: str,
    *,
    counts: Sequence[int] = COUNTS,
    raters: int = RATERS,
    asked: bool = True,
    seed: int = 0,
    report: Report | None = None,
) -> TasteReport:
    """Measure how well taste is learnt of raters whom the global critic does not know.

    Parameters
    ----------
    name : str
        Of an imported set that tells its raters.
    counts : sequence of int
        Pairs after which each taste is measured.
    raters : int
        At most so many are held out, and half of them at most.
    asked : bool
        Whether to choose pairs by what they tell, too: that learns after every answer.

    Raises
    ------
    NotFoundError
        There is no such set.
    CriticError
        It does not tell its raters, or too few rated enough.
    """
    found = session.library.rating_sets.get(name)
    if found is None:
        known = ", ".join(one.name for one in session.library.rating_sets.all()) or "none yet"
        raise NotFoundError(f"There is no set of ratings {name!r}. There are: {known}.")
    items = [item for item in session.library.rating_sets.items(name) if item.image_id]
    held_raters, all_raters = _held_raters(items, raters, seed)
    world = _world(session, items, found.scale, held_raters, seed)
    ways = [("pairs drawn", count) for count in counts] + [("stars", 0)]
    ways += [("pairs asked", count) for count in counts] if asked else []
    shares: dict[tuple[str, int], list[tuple[float, float, float, float]]] = defaultdict(list)
    pairs, pace = 0, Pace()
    for done, rater in enumerate(held_raters, 1):
        rng = np.random.default_rng([seed, done])
        tests = _pairs([one for one in world.rated[rater] if world.held[one[0]]], MOST_TESTED, rng)
        if not len(tests):
            continue
        pairs += len(tests)
        base = _rightly(world.everybody, tests)
        for way, count, said, learnt, seconds in _learnt(world, rater, ways, rng):
            mine = _rightly(taste.worth(learnt, world.axes.places)[0], tests)
            shares[way, count].append((mine, base, said, seconds))
        if report is not None:
            report(pace.step(PHASE, done, len(held_raters)))
    if not shares:
        raise CriticError(f"No rater of {name} tells two held-out pictures apart.")
    results = tuple(_result(way, shares[way, count], seed) for way, count in ways if (way, count) in shares)
    return TasteReport(all_raters, len(held_raters), len(world.held), int(world.held.sum()), pairs, results)


def _held_raters(items: Sequence[RatedItem], most: int, seed: int) -> tuple[list[str], int]:
    cast: dict[str, list[float]] = defaultdict(list)
    for item in items:
        for rater, value in item.votes:
            cast[rater].append(value)
    cast.pop("", None)
    able = [one for one, votes in cast.items() if len(votes) >= LEAST_RATED and len(set(votes)) > 1]
    if len(able) < 2:
        raise CriticError(
            f"{len(able)} raters rated {LEAST_RATED} pictures or more, and taste is measured on at least one of two."
        )
    able.sort(key=lambda one: hashlib.sha256(f"{seed}\n{one}".encode()).digest())
    return able[: min(most, len(able) // 2)], len(cast)


def _world(session: Session, items: Sequence[RatedItem], scale: int, held_raters: Sequence[str], seed: int) -> _World:
    """Where pictures lie, and what everybody says of them who is not held out."""
    seen = critics.seen(session, [item.image_id for item in items])
    items = [item for item in items if item.image_id in seen]
    features: Half = np.stack([seen[item.image_id] for item in items])
    held = critic.folds([item.image_id for item in items], HELD_PICTURES, seed) == 0
    out, rated = set(held_raters), defaultdict(list)
    rows, shares = [], []
    for row, item in enumerate(items):
        for rater, value in item.votes:
            if rater in out:
                rated[rater].append((row, 1 + 9 * (value - 1) / max(1, scale - 1)))
        others = tuple(vote for vote in item.votes if vote[0] not in out)
        if others and not held[row]:
            rows.append(row)
            shares.append(label(RatedItem(item.key, votes=others), scale).shares)
    if not rows:
        raise CriticError("Nobody else rated these pictures: there is no global critic to begin from.")
    head = critic.learn(features[rows], np.stack(shares), keys=[items[row].image_id for row in rows], seed=seed)
    everybody = histograms.means(critic.predict(head.weights, head.bias, features))
    axes = taste.axes(features, everybody, _plain(session, items))
    return _World(axes, everybody, rated, held)


def _plain(session: Session, items: Sequence[RatedItem]) -> Float | None:
    """Plain things of themes, or of pictures that are all in the library."""
    ids = [item.image_id for item in items]
    if len(set(session.library.images.many(ids))) < len(set(ids)):
        return plain_axes.of_themes(items)
    return plain_axes.of_library(session, ids)


def _learnt(
    world: _World, rater: str, ways: Sequence[tuple[str, int]], rng: np.random.Generator
) -> list[tuple[str, int, float, taste.Taste, float]]:
    """The taste of a rater after each way of asking."""
    known = [one for one in world.rated[rater] if not world.held[one[0]]]
    rows = np.array([row for row, _ in known], np.int64)
    worth = np.array([value for _, value in known])
    drawn = _pairs(known, 4 * max([*COUNTS, *(count for _, count in ways)]), rng)
    none, found = np.zeros((0, 2), np.int64), []

    def learn(*said: NDArray[np.generic]) -> tuple[taste.Taste, float]:
        starred, stars, pairs = said
        began = time.process_time()
        said_so = (starred.astype(np.int64), stars.astype(np.float64), pairs.astype(np.int64))
        made = taste.learn(world.axes.places, *said_so, world.axes.level, world.axes.plain)
        return made, time.process_time() - began

    for way, count in ways:
        if way == "stars":
            found.append((way, count, float(len(rows)), *learn(rows, worth, none)))
        elif way == "pairs drawn":
            found.append((way, count, float(min(count, len(drawn))), *learn(rows[:0], worth[:0], drawn[:count])))
    wanted = [count for way, count in ways if way == "pairs asked"]
    asked: list[tuple[int, int]] = []
    answered: list[tuple[int, int]] = []
    while wanted and len(answered) < max(wanted) and len(asked) < 3 * max(wanted):
        made, seconds = learn(rows[:0], worth[:0], np.array(answered, np.int64).reshape(-1, 2))
        if len(answered) in wanted and not any(one[:2] == ("pairs asked", len(answered)) for one in found):
            found.append(("pairs asked", len(answered), float(len(answered)), made, seconds))
        pair = taste.ask_next(made, world.axes.places[rows], set(asked), seed=len(asked), tried=1000)
        if pair is None:
            break
        asked.append((min(pair), max(pair)))
        if worth[pair[0]] != worth[pair[1]]:  # equal stars are no answer
            better, worse = pair if worth[pair[0]] > worth[pair[1]] else pair[::-1]
            answered.append((int(rows[better]), int(rows[worse])))
    if wanted and len(answered) >= max(wanted):
        made, seconds = learn(rows[:0], worth[:0], np.array(answered, np.int64))
        found.append(("pairs asked", max(wanted), float(len(answered)), made, seconds))
    return found


def _pairs(rated: Sequence[tuple[int, float]], most: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Pairs of rows, the one with more stars first, at most so many, drawn; equal stars make none."""
    rows, values = (np.array(one) for one in zip(*rated, strict=True)) if rated else (np.zeros(0), np.zeros(0))
    better, worse = np.nonzero(values[:, None] > values)
    chosen = rng.permutation(len(better))[:most]
    return np.column_stack([rows[better[chosen]], rows[worse[chosen]]]).astype(np.int64).reshape(-1, 2)


def _rightly(values: Float, pairs: NDArray[np.int64]) -> float:
    apart = values[pairs[:, 0]] - values[pairs[:, 1]]
    return float((apart > 0).mean() + 0.5 * (apart == 0).mean())


def _result(way: str, found: Sequence[tuple[float, float, float, float]], seed: int) -> TasteResult:
    table = np.array(found)
    mine, base = table[:, 0], table[:, 1]
    draws = np.random.default_rng(seed).integers(len(table), size=(_DRAWS, len(table)))

    def interval(values: Float) -> Interval:
        low, high = np.percentile(values[draws].mean(axis=1), (2.5, 97.5))
        return Interval(float(values.mean()), float(low), float(high))

    personal, everybody, gained = (interval(one) for one in (mine, base, mine - base))
    return TasteResult(way, float(table[:, 2].mean()), personal, everybody, gained, float(table[:, 3].max()))
