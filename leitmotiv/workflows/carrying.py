"""What people said about trends, carried over to a new index: each name goes to the cluster that its trend became."""

import numpy as np

from leitmotiv.analysis import overlaps
from leitmotiv.records import Clusters
from leitmotiv.store.library import Library

FOLLOWING = ("name", "join", "part")
"""Kinds of statements about whole trends: their sets follow the trends. The others are about chosen pictures."""


def carry(library: Library, clusters: Clusters) -> int:
    """Let statements be about the clusters that their trends became; the number of statements that changed.

    A set of pictures becomes that of the node with the largest overlap, where this is at least `overlaps.SAME`, for all
    sets of a statement or for none: sets that would have a picture in common stay as they were said. A statement that
    stays goes on to hold by its own pictures; where these have no such node the pages list it as orphaned. Pictures
    that were forgotten do not count.
    """
    row_of = {image_id: row for row, image_id in enumerate(clusters.ids)}
    edits = [edit for edit in library.trend_edits.list() if edit.kind in FOLLOWING]
    sets = [
        np.array([row_of[image_id] for image_id in part if image_id in row_of], np.int64)
        for edit in edits
        for part in edit.parts
    ]
    found = iter(overlaps.best_nodes(clusters, sets))
    changed = 0
    with library.transaction():
        for edit in edits:
            nodes = [next(found) for _ in edit.parts]
            if not all(overlap >= overlaps.SAME for _, overlap in nodes):
                continue
            rows = [overlaps.members(clusters, node) for node, _ in nodes]
            parts = tuple(tuple(clusters.ids[row] for row in part.tolist()) for part in rows)
            if _disjoint(parts) and [set(part) for part in parts] != [set(part) for part in edit.parts]:
                library.trend_edits.anchor(edit.id, parts)
                changed += 1
    return changed


def _disjoint(parts: tuple[tuple[str, ...], ...]) -> bool:
    """Whether no picture is in two sets."""
    return len({image_id for part in parts for image_id in part}) == sum(map(len, parts))
