"""Trends over time: how many pictures of each were taken in each month or year, and which rise or fade."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import movement
from leitmotiv.analysis.movement import Movement
from leitmotiv.errors import UsageError
from leitmotiv.records import Cluster
from leitmotiv.workflows import portraits, selecting, trends
from leitmotiv.workflows.asking import ask, trend_places
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.session import Session

By = Literal["month", "year"]
MOST_PERIODS = 600
"""Months of fifty years."""
MOST_TRENDS = 500
"""The largest trends, each of which gets a name; smaller ones count among the others."""
FEW_YEARS = 4
"""Years from which on a stream goes by years, if nobody says otherwise."""


@dataclass(frozen=True, eq=False)
class Moving:
    """A trend over time.

    Attributes
    ----------
    colour : str
        From its pictures, "#rrggbb".
    counts : tuple of int
        Pictures in each period.
    movement : Movement
        Of its share.
    """

    group: Cluster
    name: str
    colour: str
    counts: tuple[int, ...]
    movement: Movement

    @property
    def size(self) -> int:
        """Pictures of the selection in it."""
        return sum(self.counts)


@dataclass(frozen=True, eq=False)
class Timeline:
    """Trends over time, the largest first.

    Attributes
    ----------
    periods : tuple of str
        "2024" or "2024-05", every one from the first to the last.
    totals : tuple of int
        All pictures of each period: the baseline that shares are of.
    trends : tuple of Moving
        Those with two pictures or more of the selection, `MOST_TRENDS` at most.
    others : tuple of int
        Pictures of each period in none of them.
    pictures, left_out : int
        Pictures that were counted; pictures of the selection that came after the index.
    """

    by: By
    periods: tuple[str, ...]
    totals: tuple[int, ...]
    trends: tuple[Moving, ...]
    others: tuple[int, ...]
    pictures: int
    left_out: int


def timeline(session: Session, query: str = "", *, by: By | None = None, count: int | None = None) -> Timeline:
    """The trends of the library over time, of which the pictures of a selection are counted.

    Parameters
    ----------
    by : str, optional
        "month" or "year"; years where there are at least `FEW_YEARS` of them, if not given.
    count : int, optional
        Groups of the tree; as many as the index suggests if not given.

    Raises
    ------
    UsageError
        Nothing is selected, or there are too many months.
    NoIndexError
        No index was built yet.
    """
    key = ("over time", selecting.state_of(session), query.strip(), by, count)  # before what it stands for is read
    groups = trends.cut(session, count)
    return remember(session, key, lambda: _told(session, groups, _counted(session, groups, query, by)))


def _told(session: Session, groups: tuple[Cluster, ...], counted: "_Counted") -> Timeline:
    first, periods = counted.first, len(counted.totals)
    return Timeline(
        counted.by,
        tuple(_period(step, counted.by) for step in range(first, first + periods)),
        tuple(counted.totals.tolist()),
        *_moving(session, groups, counted.table, counted.totals),
        int(counted.totals.sum()),
        counted.left_out,
    )


@dataclass(frozen=True, eq=False)
class _Counted:
    """Pictures in each period: of each group (G, T), and all (T,), from a first period on."""

    by: By
    first: int
    table: NDArray[np.int64]
    totals: NDArray[np.int64]
    left_out: int


def _counted(session: Session, groups: tuple[Cluster, ...], query: str, by: By | None) -> _Counted:
    asking = ask(session)
    chosen = selecting.within(asking, query, selecting.DEFAULT_SORT, "none").rows
    indexed = np.zeros(len(asking.columns), bool)
    there = asking.columns.rows_of(trends.stored(session).ids)
    indexed[there[there >= 0]] = True
    rows = chosen[indexed[chosen]]
    if not len(rows):
        raise UsageError("Nothing that was indexed is selected, so there is nothing over time. Take a filter out.")
    months = _months(asking.columns.taken[rows])
    by = by or ("year" if np.ptp(months // 12) + 1 >= FEW_YEARS else "month")
    steps = months if by == "month" else months // 12
    first, last = int(steps.min()), int(steps.max())
    if last - first + 1 > MOST_PERIODS:
        raise UsageError(f"{last - first + 1:,} months are too many to show; ask for by=year, or narrow the selection.")
    periods = last - first + 1
    group = trend_places(groups, asking.columns)[0][rows]
    grouped = group >= 0
    cells = group[grouped] * periods + (steps - first)[grouped]
    table = np.bincount(cells, minlength=len(groups) * periods).reshape(len(groups), periods)
    return _Counted(by, first, table, np.bincount(steps - first, minlength=periods), len(chosen) - len(rows))


def _moving(
    session: Session, groups: tuple[Cluster, ...], table: NDArray[np.int64], totals: NDArray[np.int64]
) -> tuple[tuple[Moving, ...], tuple[int, ...]]:
    shown = [row for row, group in enumerate(groups) if group.size > 1]
    sums = table.sum(axis=1).tolist()
    kept = sorted((row for row in shown if sums[row] > 1), key=lambda row: (-sums[row], row))[:MOST_TRENDS]
    last = max(kept, default=-1)  # what a trend is called depends on those before it
    names = portraits.names(session, [groups[row] for row in shown if row <= last])
    judged = movement.movements(table[kept], totals, range(len(totals)))
    moving = tuple(
        Moving(
            groups[row],
            names[groups[row].id],
            portraits.colour(session, groups[row].members),
            tuple(table[row].tolist()),
            one,
        )
        for row, one in zip(kept, judged, strict=True)
    )
    return moving, tuple((totals - table[kept].sum(axis=0)).tolist())


def _months(taken: NDArray[np.int64]) -> NDArray[np.int64]:
    """Months since the year 0 of times in microseconds since the year 1, (N,) int64."""
    times = taken.astype("timedelta64[us]") + np.datetime64("0001-01-01T00:00:00", "us")
    return np.asarray(times.astype("datetime64[M]").astype(np.int64) + 12 * 1970)


def _period(step: int, by: By) -> str:
    return f"{step:04}" if by == "year" else f"{step // 12:04}-{step % 12 + 1:02}"
