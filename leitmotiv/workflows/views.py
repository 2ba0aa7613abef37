"""Pictures as eyes learn from them: whole, and in parts, each with what is shown of it."""

from collections.abc import Callable, Sequence

import numpy as np

from leitmotiv.imaging.square import middle_square
from leitmotiv.records import Partial, Pixels
from leitmotiv.workflows.partial import glimpse

VIEWS = 10
"""Of each picture, the whole among them."""
CLOSEST = 0.7
"""The smallest part of a picture, as a share of its side."""
MOST_BYTES = 256_000_000
"""Of all that is learnt from."""


def views(
    pictures: Sequence[Pixels],
    partial: Partial,
    side: int,
    seed: int,
    tell: Callable[[int], None] = lambda done: None,
) -> tuple[Pixels, Pixels]:
    """All pictures whole, then squares that lie anywhere in their middle squares.

    With the whole ones alone a network soon knows them by heart.

    Parameters
    ----------
    pictures : sequence of (H, W, 3) uint8
        Larger than `side` where they can be.
    partial : Partial
    side, seed : int
    tell : callable, optional
        Told how many pictures are done.

    Returns
    -------
    (N, S, S, 3) uint8, (N, S, S, 3) uint8
        The pictures, and what is shown of each.
    """
    rng = np.random.default_rng(seed)
    most = 1 if partial.kind == "mixture" else VIEWS  # fitting one takes longer than all else
    each = max(1, min(most, MOST_BYTES // (6 * side * side * max(1, len(pictures)))))
    known = [middle_square(one, side) for one in pictures]
    shown = [glimpse(one, partial, seed=seed + row).pixels for row, one in enumerate(known)]
    for row, one in enumerate(pictures if each > 1 else ()):
        height, width = one.shape[:2]
        short = min(height, width)
        for _ in range(each - 1):
            part = max(1, round(short * rng.uniform(CLOSEST, 1.0)))
            top, left = (int(at) for at in rng.integers(0, short - part + 1, 2))
            top, left = top + (height - short) // 2, left + (width - short) // 2
            known.append(middle_square(one[top : top + part, left : left + part], side))
            shown.append(glimpse(known[-1], partial, seed=seed + len(known)).pixels)
        tell(row + 1)
    return np.stack(known), np.stack(shown)
