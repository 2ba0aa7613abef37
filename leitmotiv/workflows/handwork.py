"""Trends as people changed them: their statements, applied in the order of saying over a cut of the tree.

Where a statement applies at another number of groups follows one rule, see `analysis.regrouping`: a group is the one
that somebody spoke of if most of its pictures were named. So a trend that was joined stays joined while one goes to
finer groups, and rests where one goes so far to coarser ones that it is less than half of a group.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import overlaps, regrouping, tree
from leitmotiv.records import Cluster, Clusters, TrendEdit

Rows = NDArray[np.int64]

ALONE = 800_000_000
"""Numbers of pictures that a person set apart begin here."""
MADE = 900_000_000
"""Numbers of trends that a person made begin here; nodes of a tree stay below both."""
PARTS = 100
"""Numbers that each statement has."""
CANDIDATES = 64
"""Members among which the exemplar of a changed trend is looked for."""


@dataclass(frozen=True)
class Edited:
    """A cut as people changed it.

    Attributes
    ----------
    groups : tuple of Cluster
        Largest first.
    left_out : tuple of str
        Pictures that a person put into no trend.
    """

    groups: tuple[Cluster, ...]
    left_out: tuple[str, ...] = ()


class _Hand:
    """One application of statements to one cut."""

    def __init__(self, clusters: Clusters, groups: Sequence[Cluster], distance: tree.Distance) -> None:
        self._clusters, self._groups, self._distance = clusters, groups, distance
        self._row_of = {image_id: row for row, image_id in enumerate(clusters.ids)}
        self._exemplars = np.array([self._row_of[group.exemplar] for group in groups], np.int64)
        self.labels = np.full(len(clusters.ids), -1, np.int64)
        for group in groups:
            self.labels[self.rows(group.members)] = group.id
        self._before = self.labels
        self._pinned: dict[int, None] = {}
        self._names: list[tuple[str, Rows]] = []

    def rows(self, ids: Sequence[str]) -> Rows:
        """Rows of the pictures that are in the index."""
        return np.array([self._row_of[image_id] for image_id in ids if image_id in self._row_of], np.int64)

    def apply(self, edit: TrendEdit) -> None:
        """Change the labels by one statement, or note a name."""
        rows, parts = self.rows(edit.ids), [self.rows(part) for part in edit.parts]
        first = MADE + edit.id * PARTS
        if edit.kind == "name":
            self._names.append((edit.name, parts[0]))
        elif edit.kind == "join":
            self.labels = regrouping.joined(self.labels, np.unique(np.concatenate(parts)))
        elif edit.kind == "part":
            self.labels = regrouping.parted(self.labels, parts, first, self._nearest)
        elif edit.kind == "own":
            self.labels = self._put(parts[0], first)
        elif edit.kind == "pin":
            self.labels = regrouping.moved(self.labels, rows, parts[0])
            self._pinned |= dict.fromkeys(rows.tolist())
        elif edit.kind == "ban":
            self.labels = regrouping.banned(self.labels, rows, parts[0], ALONE)
            self._unpin(rows)
        else:
            self.labels = self._put(rows, -1)
            self._unpin(rows)

    def _put(self, rows: Rows, label: int) -> Rows:
        out = self.labels.copy()
        out[rows] = label
        return out

    def _unpin(self, rows: Rows) -> None:
        for row in rows.tolist():
            self._pinned.pop(row, None)

    def _nearest(self, rows: Rows, parts: Sequence[Rows]) -> Rows:
        return nearest_part(rows, parts, self._distance)

    def result(self) -> Edited:
        """The groups as they are now, with their names."""
        unchanged = {group.id: group for group in self._groups}
        moved = self.labels != self._before
        changed = np.unique([self.labels[moved], self._before[moved]])
        order = np.argsort(self.labels, kind="stable")
        found = []
        for rows in np.split(order, np.flatnonzero(np.diff(self.labels[order])) + 1):
            label = int(self.labels[rows[0]])
            if label >= 0:
                old = None if label in changed else unchanged.get(label)
                found.append(self._described(label, rows) if old is None else old)
        found = self._marked(self._named(found))
        groups = sorted(found, key=lambda one: (-one.size, one.id))
        return Edited(tuple(groups), tuple(self._clusters.ids[row] for row in np.flatnonzero(self.labels < 0).tolist()))

    def _described(self, label: int, rows: Rows) -> Cluster:
        exemplar = central(rows, self._exemplars, self._distance)
        return replace(tree.describe(self._clusters, label, rows, exemplar, self._distance), edited=True)

    def _marked(self, groups: list[Cluster]) -> list[Cluster]:
        if not self._pinned:
            return groups
        pinned = {self._clusters.ids[row] for row in self._pinned}
        return [
            replace(group, pinned=tuple(one for one in group.members if one in pinned))
            if pinned.intersection(group.members)
            else group
            for group in groups
        ]

    def _named(self, groups: list[Cluster]) -> list[Cluster]:
        """Give each name to the group with the largest overlap; of two for one group, the better one, or the later."""
        chosen: dict[int, tuple[float, str]] = {}
        for name, rows in self._names:
            label, overlap = overlaps.best_group(self.labels, rows)
            if overlap >= overlaps.SAME and overlap >= chosen.get(label, (0.0, ""))[0]:
                chosen[label] = overlap, name
        return [replace(group, name=chosen[group.id][1]) if group.id in chosen else group for group in groups]


def edited(
    clusters: Clusters, groups: Sequence[Cluster], edits: Sequence[TrendEdit], distance: tree.Distance
) -> Edited:
    """Apply statements to a cut.

    Parameters
    ----------
    groups : sequence of Cluster
        The cut as the tree gives it.
    edits : sequence of TrendEdit
        In the order of saying.
    distance : callable
        As `tree.cut` takes it.
    """
    if not edits or not groups:
        return Edited(tuple(groups))
    hand = _Hand(clusters, groups, distance)
    for edit in edits:
        hand.apply(edit)
    return hand.result()


def central(rows: Rows, exemplars: Rows, distance: tree.Distance) -> int:
    """The row whose summed divergence to the others is the smallest, of old exemplars among them and of some others."""
    old = rows[np.isin(rows, exemplars)][:CANDIDATES]
    rest = np.setdiff1d(rows, old)
    places = np.linspace(0, max(0, len(rest) - 1), min(len(rest), CANDIDATES - len(old))).astype(np.int64)
    some = rest[places]
    candidates = np.concatenate([old, some])
    sums = [float(np.sum(distance(int(row), rows[rows != row]))) for row in candidates.tolist()]
    return int(candidates[int(np.argmin(sums))])


def nearest_part(rows: Rows, parts: Sequence[Rows], distance: tree.Distance) -> Rows:
    """For each row the place of the part whose central picture is nearest."""
    none = np.zeros(0, np.int64)
    values = [distance(central(part, none, distance), rows) for part in parts]
    return np.asarray(np.array(values).argmin(axis=0), np.int64)
