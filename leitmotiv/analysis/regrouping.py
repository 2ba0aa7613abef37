"""Groups changed by hand: what people say about sets of pictures, applied to any cut of any tree.

A statement names pictures, never nodes, so that it holds for another cut and after another index. One rule decides
where it applies: a group *is* the one that somebody spoke of if most of its pictures are among those that were named.
Each function takes the group of each row, (N,) int64, -1 for none, and gives a new one.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int64]
Rows = NDArray[np.int64]
Nearest = Callable[[Rows, Sequence[Rows]], Rows]
"""For some rows and some sets of rows, the place of the nearest set of each."""


def joined(labels: Labels, rows: Rows) -> Labels:
    """Join all groups most of whose pictures are among `rows` into the largest of them."""
    groups = _mostly(labels, rows)
    if len(groups) < 2:
        return labels
    sizes = [np.count_nonzero(labels == group) for group in groups]
    kept = groups[int(np.argmax(sizes))]
    out = labels.copy()
    out[np.isin(labels, groups)] = kept
    return out


def parted(labels: Labels, parts: Sequence[Rows], first: int, nearest: Nearest) -> Labels:
    """Take groups apart in which pictures of several parts stand, where most of their pictures are in the parts.

    The largest part keeps the group's number, the others get `first` and the numbers after it; pictures of the group
    that no part names go with the nearest one.
    """
    named = np.concatenate([np.zeros(0, np.int64), *parts])
    part_of = np.full(len(labels), -1, np.int64)
    for number, rows in enumerate(parts):
        part_of[rows] = number
    out, following = labels.copy(), first
    for group in _mostly(labels, named):
        rows = np.flatnonzero(labels == group)
        present = np.unique(part_of[rows[part_of[rows] >= 0]])
        if len(present) < 2:
            continue
        inside = [rows[part_of[rows] == part] for part in present.tolist()]
        others = rows[part_of[rows] < 0]
        if len(others):
            place = nearest(others, inside)
            inside = [np.concatenate([part, others[place == at]]) for at, part in enumerate(inside)]
        largest = int(np.argmax([len(part) for part in inside]))
        for at, part in enumerate(inside):
            if at != largest:
                out[part] = following
                following += 1
    return out


def moved(labels: Labels, rows: Rows, anchor: Rows) -> Labels:
    """Put rows into the group that has most of the anchor's pictures; nothing changes where none has any."""
    target = home(labels, np.setdiff1d(anchor, rows))
    if target < 0:
        return labels
    out = labels.copy()
    out[rows] = target
    return out


def banned(labels: Labels, rows: Rows, anchor: Rows, first: int) -> Labels:
    """Let rows stand alone where they are in the group that has most of the anchor's pictures."""
    target = home(labels, np.setdiff1d(anchor, rows))
    out = labels.copy()
    for row in rows[labels[rows] == target].tolist() if target >= 0 else ():
        out[row] = first + row
    return out


def home(labels: Labels, anchor: Rows) -> int:
    """The group with most of the anchor's pictures; of equal ones the smallest group, -1 for none."""
    inside = labels[anchor]
    groups, counts = np.unique(inside[inside >= 0], return_counts=True)
    if not len(groups):
        return -1
    most = groups[counts == counts.max()]
    sizes = [np.count_nonzero(labels == group) for group in most.tolist()]
    return int(most[int(np.argmin(sizes))])


def _mostly(labels: Labels, rows: Rows) -> list[int]:
    """Groups more than half of whose pictures are among the rows, ascending."""
    named = np.zeros(len(labels), np.bool_)
    named[rows] = True
    groups, common = np.unique(labels[named & (labels >= 0)], return_counts=True)
    sizes = np.array([np.count_nonzero(labels == group) for group in groups.tolist()])
    return [int(group) for group in groups[2 * common > sizes]] if len(groups) else []
