"""Facility location by local search: exemplars that one drop, swap or addition cannot improve; it starts from some.

The cost of a choice of exemplars is the sum over all points of the divergence to the nearest exemplar, and a price
for each exemplar. Each point knows its nearest exemplar and the second nearest, so that one pass over the row of a
candidate tells what adding it would gain, and what it would gain in the place of each exemplar.

References
----------
.. [1] E. Schubert and P. J. Rousseeuw, "Fast and eager k-medoids clustering", Information Systems 101 (2021).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leitmotiv.kernels.compiled import kernel

Divergences = NDArray[np.float32]


class Choice(NamedTuple):
    """The exemplars, each in a slot, and what each point knows of them.

    `rows` (N,) int64: the rows of the exemplars in the first `open[0]` slots. `slot` (N,) int64: the slot of a row that
    is an exemplar, else -1. `nearest`, `second` (N,) int64: slots, second -1 while there is one exemplar only.
    `near`, `far` (N,) float64: the divergences to them. `loss` (N,) float64: what closing a slot would cost its points.
    """

    open: NDArray[np.int64]
    rows: NDArray[np.int64]
    slot: NDArray[np.int64]
    nearest: NDArray[np.int64]
    second: NDArray[np.int64]
    near: NDArray[np.float64]
    far: NDArray[np.float64]
    loss: NDArray[np.float64]


@kernel
def open_slot(divergence: Divergences, row: int, choice: Choice) -> None:
    """Make a row an exemplar; it must not be one."""
    slot = choice.open[0]
    choice.open[0] = slot + 1
    choice.rows[slot] = row
    choice.slot[row] = slot
    for i in range(len(choice.near)):
        d = divergence[row, i]
        if d < choice.near[i]:
            choice.second[i], choice.far[i] = choice.nearest[i], choice.near[i]
            choice.nearest[i], choice.near[i] = slot, d
        elif d < choice.far[i]:
            choice.second[i], choice.far[i] = slot, d


@kernel
def close_slot(divergence: Divergences, slot: int, beyond: float, choice: Choice) -> None:
    """Let an exemplar be one no more; the last slot moves into its place. `beyond` stands for no exemplar at all."""
    last = choice.open[0] - 1
    choice.open[0] = last
    choice.slot[choice.rows[slot]] = -1
    if slot != last:
        choice.rows[slot] = choice.rows[last]
        choice.slot[choice.rows[slot]] = slot
    for i in range(len(choice.near)):
        if choice.nearest[i] == slot or choice.second[i] == slot:
            _look_again(divergence, i, beyond, choice)
        else:
            if choice.nearest[i] == last:
                choice.nearest[i] = slot
            if choice.second[i] == last:
                choice.second[i] = slot


@kernel
def _look_again(divergence: Divergences, i: int, beyond: float, choice: Choice) -> None:
    nearest, second, near, far = -1, -1, beyond, beyond
    for slot in range(choice.open[0]):
        d = np.float64(divergence[i, choice.rows[slot]])
        if d < near:
            second, far = nearest, near
            nearest, near = slot, d
        elif d < far:
            second, far = slot, d
    choice.nearest[i], choice.second[i] = nearest, second
    choice.near[i], choice.far[i] = near, far


@kernel
def weigh(choice: Choice) -> None:
    """Sum up what closing each slot would cost its points."""
    choice.loss[: choice.open[0]] = 0
    for i in range(len(choice.near)):
        choice.loss[choice.nearest[i]] += choice.far[i] - choice.near[i]


@kernel
def gains(divergence: Divergences, row: int, choice: Choice, change: NDArray[np.float64]) -> float:
    """Tell what adding a row would gain; write into `change` how closing each slot would then cost less."""
    change[: choice.open[0]] = 0
    gain = 0.0
    for i in range(len(choice.near)):
        d = divergence[row, i]
        if d < choice.far[i]:
            if d < choice.near[i]:
                gain += choice.near[i] - d
                change[choice.nearest[i]] += choice.far[i] - choice.near[i]
            else:
                change[choice.nearest[i]] += choice.far[i] - d
    return gain


@kernel
def improve(
    divergence: Divergences, price: float, least: float, beyond: float, choice: Choice, change: NDArray[np.float64]
) -> int:
    """Go once over all rows; drop, add or swap wherever that lowers the cost by more than `least`. Count the moves."""
    moves = 0
    for row in range(len(choice.near)):
        own = choice.slot[row]
        if own >= 0:
            if choice.open[0] > 1 and price - choice.loss[own] > least:
                close_slot(divergence, own, beyond, choice)
                weigh(choice)
                moves += 1
            continue
        gain = gains(divergence, row, choice, change)
        slot = 0
        for other in range(1, choice.open[0]):
            if choice.loss[other] - change[other] < choice.loss[slot] - change[slot]:
                slot = other
        swap = gain - (choice.loss[slot] - change[slot])
        if max(gain - price, swap) <= least:
            continue
        open_slot(divergence, row, choice)
        if swap >= gain - price:
            close_slot(divergence, slot, beyond, choice)
        weigh(choice)
        moves += 1
    return moves
