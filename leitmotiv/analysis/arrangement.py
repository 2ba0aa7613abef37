"""Pictures in an order that speaks for itself: by time and colour, in packs, along a curve; nothing is learnt."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import scipy.spatial
from numpy.typing import NDArray

from leitmotiv.analysis.colour import from_srgb
from leitmotiv.records import Float

Rows = NDArray[np.int64]
Positions = NDArray[np.float32]

GREY = 6.0
"""Chroma below which a colour has no hue to speak of, in L*a*b*."""
GREYS = 0.24
"""Share of the height that is for greys."""
FIRST_HUE = 350.0
"""The hue at which the band of hues begins, degrees: between purple and red, where fewest photos are."""
FULL = 0.72
"""How full a column of the page of time and colour may be."""
RATIO = 1.7
TICKS = 14
"""Most periods that are named."""
GOLDEN = np.pi * (3 - 5**0.5)


@dataclass(frozen=True)
class Tick:
    """Where a period begins on the axis of time: `at` in units of a picture, `label` as a year, month or day in ISO."""

    at: float
    label: str


@dataclass(frozen=True)
class Timeline:
    """Pictures by time and colour: positions (N, 2) float32, y downwards, and what to write on the axis."""

    positions: Positions
    ticks: tuple[Tick, ...]
    height: int


def hues(colours: NDArray[np.uint8]) -> Float:
    """Where colours stand on a scale from 0 to 1: greys from black to white, then hues from red over green to blue.

    Parameters
    ----------
    colours : (N, 3) uint8
        sRGB.

    Returns
    -------
    (N,) float64
        Greys up to `GREYS`, hues from there.
    """
    lab = from_srgb(colours, "lab")
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    angle = (np.degrees(np.arctan2(lab[:, 2], lab[:, 1])) - FIRST_HUE) % 360 / 360
    gap = 0.03
    return np.where(chroma < GREY, (GREYS - gap) * np.clip(lab[:, 0] / 100, 0, 1), GREYS + (1 - GREYS) * angle)


def by_time_and_colour(taken: Rows, colours: NDArray[np.uint8]) -> Timeline:
    """Time from left to right, colour from below (greys) upwards (hues), and no picture on another.

    Periods with many pictures are wider, so that a wedding does not become a needle and an empty year no gap. Within
    a column each picture lies as near to the height of its colour as the others let it.

    Parameters
    ----------
    taken : (N,) int64
        Microseconds since the year 1.
    colours : (N, 3) uint8
        sRGB.
    """
    size = len(taken)
    if not size:
        return Timeline(np.zeros((0, 2), np.float32), (), 1)
    height = max(4, round((size / (RATIO * FULL)) ** 0.5))
    most = max(1, int(FULL * height))
    order = np.argsort(taken, kind="stable")
    periods, names = _periods(taken[order])
    wanted = (1 - hues(colours)[order]) * (height - 1)
    positions = np.empty((size, 2), np.float32)
    ticks, column = [], 0
    for name, part in zip(names, np.split(np.arange(size), np.flatnonzero(np.diff(periods)) + 1), strict=True):
        ticks.append(Tick(float(column) - 0.5, name))
        for some in np.array_split(part, -(-len(part) // most)):
            rising = some[np.argsort(wanted[some], kind="stable")]
            positions[order[rising], 0] = column
            positions[order[rising], 1] = apart(wanted[rising], height - 1)
            column += 1
    return Timeline(positions, _fewer(ticks, column), height)


def apart(wanted: Float, most: float) -> Float:
    """Places at least 1 apart, in the order and nearest to the `wanted` ones in the sum of squares, from 0 to `most`.

    Parameters
    ----------
    wanted : (N,) float64
        Ascending; N - 1 is at most `most`.
    """
    steps = np.arange(len(wanted))
    sums: list[float] = []
    counts: list[int] = []
    for value in (wanted - steps).tolist():  # the places less their numbers rise: pool those that do not
        total, count = value, 1
        while sums and sums[-1] * count >= total * counts[-1]:
            total, count = total + sums.pop(), count + counts.pop()
        sums.append(total)
        counts.append(count)
    level = np.repeat(np.array(sums) / np.array(counts), counts) if sums else np.zeros(0)
    return np.asarray(np.clip(level, 0, max(0.0, most - len(wanted) + 1)) + steps)


def _periods(taken: Rows) -> tuple[Rows, list[str]]:
    """Number the years, months or days of ascending times, whichever are not too many; and their names."""
    first, last = _date(int(taken[0])), _date(int(taken[-1]))
    length = 4 if last.year - first.year >= 5 else 7 if (last - first).days > 60 else 10
    days, place = np.unique(taken // 86_400_000_000, return_inverse=True)
    texts = np.array([_date(int(day) * 86_400_000_000).date().isoformat()[:length] for day in days])
    names, period = np.unique(texts, return_inverse=True)
    return np.asarray(period[place], np.int64), names.tolist()


def _date(microseconds: int) -> datetime:
    return datetime.min + timedelta(microseconds=microseconds)


def _fewer(ticks: list[Tick], columns: int) -> tuple[Tick, ...]:
    """The ticks that there is room for."""
    least, kept = columns / TICKS, list[Tick]()
    for tick in ticks:
        if not kept or tick.at - kept[-1].at >= least:
            kept.append(tick)
    return tuple(kept)


def in_packs(labels: Rows, positions: NDArray[np.floating]) -> Positions:
    """Each group as a disc of pictures, about where the group lies on a map; single pictures in a field below.

    Parameters
    ----------
    labels : (N,) int64
        The group of each picture; -1 for one that is alone.
    positions : (N, 2) float
        The map, in units of a picture.

    Returns
    -------
    (N, 2) float32
    """
    found = np.zeros((len(labels), 2))
    order = np.argsort(labels, kind="stable")
    order = order[labels[order] >= 0]
    names, first, counts = np.unique(labels[order], return_index=True, return_counts=True)
    groups = np.split(order, first[1:]) if len(names) else []
    radii = 0.62 * np.sqrt(counts) + 0.8
    middles = np.array([positions[rows].mean(axis=0) for rows in groups]).reshape(-1, 2)
    discs = _discs(middles, radii)
    for rows, middle in zip(groups, discs, strict=True):
        near = rows[np.argsort(np.hypot(*(positions[rows] - positions[rows].mean(axis=0)).T), kind="stable")]
        turn = np.arange(len(near))
        length = 0.62 * np.sqrt(turn + 0.2)
        found[near] = middle + np.stack([length * np.cos(turn * GOLDEN), length * np.sin(turn * GOLDEN)], axis=1)
    alone = np.flatnonzero(labels < 0)
    if len(alone):
        left, right = (found[labels >= 0, 0].min(), found[labels >= 0, 0].max()) if len(names) else (0.0, 0.0)
        bottom = found[labels >= 0, 1].max() + 3 if len(names) else 0.0
        columns = max(1, int(right - left) + 1, int((1.7 * len(alone)) ** 0.5) if not len(names) else 1)
        ordered = alone[np.argsort(positions[alone, 0], kind="stable")]
        lines = -(-len(ordered) // columns)
        place = np.arange(len(ordered))
        found[ordered] = np.stack([left + place // lines, bottom + place % lines], axis=1)
    return found.astype(np.float32)


def _discs(middles: Float, radii: Float) -> Float:
    """Push discs apart until none covers another, the larger ones less."""
    found, weight = middles.copy(), radii**2
    if len(found) > 1:
        found *= np.sqrt((np.pi * weight).sum() * 1.6) / max(float(np.ptp(found, axis=0).max()), 1.0)
    for _ in range(400):
        one, other = _covering(found, radii)
        gap = found[one] - found[other]
        length = np.maximum(np.hypot(*gap.T), 1e-9)
        over = radii[one] + radii[other] - length
        if over.max(initial=0) < 0.05:
            break
        push = 0.9 * gap * (over / length / (weight[one] + weight[other]))[:, None]
        for axis in (0, 1):
            found[:, axis] += np.bincount(one, push[:, axis] * weight[other], len(found))
            found[:, axis] -= np.bincount(other, push[:, axis] * weight[one], len(found))
        found -= 0.002 * (found - found.mean(axis=0))  # towards the middle, so that no gaps stay
    return found


def _covering(middles: Float, radii: Float) -> tuple[Rows, Rows]:
    """The pairs of discs that cover each other; discs far apart are not looked at, however large others are."""
    class_of = np.floor(np.log2(radii / radii.min(initial=np.inf))).astype(np.int64)
    classes = [np.flatnonzero(class_of == one) for one in np.unique(class_of)]
    trees = [scipy.spatial.cKDTree(middles[rows]) for rows in classes]
    pairs = [np.zeros((0, 2), np.int64)]
    for place, (rows, tree) in enumerate(zip(classes, trees, strict=True)):
        pairs.append(rows[tree.query_pairs(2 * radii[rows].max(), output_type="ndarray")])
        for others, theirs in zip(classes[:place], trees[:place], strict=True):
            reach = radii[rows].max() + radii[others].max()
            near = tree.sparse_distance_matrix(theirs, reach, output_type="ndarray")
            pairs.append(np.stack([rows[near["i"]], others[near["j"]]], axis=1))
    one, other = np.concatenate(pairs).T
    covering = np.hypot(*(middles[one] - middles[other]).T) < radii[one] + radii[other]
    return one[covering], other[covering]


def along_curve(positions: NDArray[np.floating]) -> Rows:
    """Rows in the order of a Hilbert curve over a map: pictures that follow each other lie near each other.

    Parameters
    ----------
    positions : (N, 2) float

    Returns
    -------
    (N,) int64
    """
    if not len(positions):
        return np.zeros(0, np.int64)
    low, extent = positions.min(axis=0), max(float(np.ptp(positions, axis=0).max()), 1e-9)
    levels = 16
    x, y = np.minimum((positions - low) / extent * 2**levels, 2**levels - 1).astype(np.int64).T
    key = np.zeros(len(positions), np.int64)
    for level in range(levels - 1, -1, -1):
        side = np.int64(1) << level
        right, lower = (x & side > 0).astype(np.int64), (y & side > 0).astype(np.int64)
        key += side * side * ((3 * right) ^ lower)
        turned = lower == 0
        flipped = turned & (right == 1)
        x, y = (
            np.where(flipped, side - 1 - (x & (side - 1)), x & (side - 1)),
            np.where(flipped, side - 1 - (y & (side - 1)), y & (side - 1)),
        )
        x, y = np.where(turned, y, x), np.where(turned, x, y)
    return np.argsort(key, kind="stable")
