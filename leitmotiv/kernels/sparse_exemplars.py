"""Facility location by local search along the edges of a graph; the sparse form of `exemplars`.

A point is served by an exemplar that it has an edge to, or by nobody, which costs `most`. A move touches only the edges
of the points that it concerns, so that a pass over all points takes as long as reading the graph a few times.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leitmotiv.kernels.compiled import kernel
from leitmotiv.kernels.graph import Graph

NOBODY = -1


class Choice(NamedTuple):
    """Which points are exemplars, and what each point knows of them.

    `open` (N,) bool. `nearest`, `second` (N,) int64: the exemplars, `NOBODY` for none. `near`, `far` (N,) float64: what
    they cost. `loss` (N,) float64: what closing an exemplar would cost its points, kept up to date by each move.
    """

    open: NDArray[np.bool_]
    nearest: NDArray[np.int64]
    second: NDArray[np.int64]
    near: NDArray[np.float64]
    far: NDArray[np.float64]
    loss: NDArray[np.float64]


class Room(NamedTuple):
    """Room to work in: `change` (N,) float64, zero between uses; `touched` (N,) int64."""

    change: NDArray[np.float64]
    touched: NDArray[np.int64]


@kernel
def open_exemplar(graph: Graph, row: int, choice: Choice) -> None:
    """Make a point an exemplar; it must not be one."""
    choice.open[row] = True
    _serve(row, row, 0.0, choice)
    for e in range(graph.first[row], graph.first[row + 1]):
        _serve(graph.column[e], row, np.float64(graph.value[e]), choice)


@kernel
def _serve(i: int, row: int, d: float, choice: Choice) -> None:
    """Tell point i of a new exemplar at d."""
    if d < choice.near[i]:
        _count_loss(i, -1.0, choice)
        choice.second[i], choice.far[i] = choice.nearest[i], choice.near[i]
        choice.nearest[i], choice.near[i] = row, d
        _count_loss(i, 1.0, choice)
    elif d < choice.far[i]:
        _count_loss(i, -1.0, choice)
        choice.second[i], choice.far[i] = row, d
        _count_loss(i, 1.0, choice)


@kernel
def _count_loss(i: int, sign: float, choice: Choice) -> None:
    if choice.nearest[i] != NOBODY:
        choice.loss[choice.nearest[i]] += sign * (choice.far[i] - choice.near[i])


@kernel
def close_exemplar(graph: Graph, row: int, most: float, choice: Choice) -> None:
    """Let an exemplar be one no more."""
    choice.open[row] = False
    _look_again(graph, row, most, choice)
    for e in range(graph.first[row], graph.first[row + 1]):
        i = graph.column[e]
        if choice.nearest[i] == row or choice.second[i] == row:
            _look_again(graph, i, most, choice)


@kernel
def _look_again(graph: Graph, i: int, most: float, choice: Choice) -> None:
    _count_loss(i, -1.0, choice)
    nearest, second, near, far = NOBODY, NOBODY, most, most
    if choice.open[i]:
        nearest, near = i, 0.0
    for e in range(graph.first[i], graph.first[i + 1]):
        k, d = graph.column[e], np.float64(graph.value[e])
        if not choice.open[k]:
            continue
        if d < near:
            second, far = nearest, near
            nearest, near = k, d
        elif d < far:
            second, far = k, d
    choice.nearest[i], choice.second[i] = nearest, second
    choice.near[i], choice.far[i] = near, far
    _count_loss(i, 1.0, choice)


@kernel
def weigh(choice: Choice) -> int:
    """Sum up anew what closing each exemplar would cost, without the rounding of many moves; count the exemplars."""
    choice.loss[:] = 0
    count = 0
    for i in range(len(choice.near)):
        count += choice.open[i]
        _count_loss(i, 1.0, choice)
    return count


@kernel
def gains(graph: Graph, row: int, choice: Choice, room: Room) -> tuple[float, int]:
    """Tell what adding a point would gain, and how many exemplars it touches.

    `room.touched` then names these, and `room.change` tells how much less closing each would cost.
    """
    near, far, nearest, change = choice.near, choice.far, choice.nearest, room.change
    gain, touched, first = 0.0, 0, graph.first[row]
    # The point itself comes first, at no cost. A call for each edge would take three times as long.
    for e in range(first - 1, graph.first[row + 1]):
        i, d = (row, 0.0) if e < first else (np.int64(graph.column[e]), np.float64(graph.value[e]))
        if d >= far[i]:
            continue
        if d < near[i]:
            gain += near[i] - d
        saved = far[i] - max(d, near[i])
        k = nearest[i]
        if k != NOBODY and saved > 0:
            if change[k] == 0:
                room.touched[touched] = k
                touched += 1
            change[k] += saved
    return gain, touched


@kernel
def replace(
    graph: Graph,
    row: int,
    olds: NDArray[np.int64],
    gain: float,
    price: float,
    least: float,
    most: float,
    choice: Choice,
) -> int:
    """Add a point and drop those of some exemplars that are not worth their price then; count them, 0 if all is back.

    What dropping several gains is no sum: who goes to another that goes too is paid for twice. So it is tried.
    """
    open_exemplar(graph, row, choice)
    won, closed = gain - price, 0
    for old in olds:
        if price > choice.loss[old]:
            won += price - choice.loss[old]
            close_exemplar(graph, old, most, choice)
            closed += 1
    if closed and won > least:
        return closed
    for old in olds:
        if not choice.open[old]:
            open_exemplar(graph, old, choice)
    close_exemplar(graph, row, most, choice)
    return 0


@kernel
def improve(
    graph: Graph, rows: NDArray[np.int64], price: float, least: float, most: float, choice: Choice, room: Room
) -> int:
    """Go once over some points; drop, add or swap wherever that lowers the cost by more than `least`. Count the moves.

    A swap with an exemplar that shares no point with the new one is an addition and a drop, and needs no look. Where no
    such move helps, a point may still take the place of several exemplars at once.
    """
    moves, count = 0, weigh(choice)
    for row in rows:
        if choice.open[row]:
            if count > 1 and price - choice.loss[row] > least:
                close_exemplar(graph, row, most, choice)
                moves, count = moves + 1, count - 1
            continue
        gain, touched = gains(graph, row, choice, room)
        swap, old, several, dropped = -np.inf, NOBODY, gain - price, 0
        for place in range(touched):
            exemplar = room.touched[place]
            cost = choice.loss[exemplar] - room.change[exemplar]
            room.change[exemplar] = 0
            if cost < price:
                several += price - cost
                room.touched[dropped] = exemplar
                dropped += 1
            if gain - cost > swap:
                swap, old = gain - cost, exemplar
        if max(gain - price, swap) <= least:
            if dropped > 1 and several > least:
                closed = replace(graph, row, room.touched[:dropped], gain, price, least, most, choice)
                moves, count = moves + (closed > 0), count + (1 - closed if closed > 0 else 0)
            continue
        open_exemplar(graph, row, choice)
        moves, count = moves + 1, count + 1
        if swap >= gain - price:
            close_exemplar(graph, old, most, choice)
            count -= 1
    return moves


@kernel
def mark_joined(graph: Graph, marked: NDArray[np.bool_], out: NDArray[np.bool_]) -> None:
    """Mark what an edge joins to a marked point."""
    for i in range(len(marked)):
        if marked[i]:
            for e in range(graph.first[i], graph.first[i + 1]):
                out[graph.column[e]] = True
