"""Affinity propagation a step at a time, over rows shared out to threads; it has no rule for when to stop.

The kernels compute only the messages that can matter, and each of those to the bit as the dense form does.
"""

import itertools
import mmap
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.kernels import affinity as kernels

Matrix = NDArray[Any]

STEPS = 64
"""Steps for which the history has room at first; the room doubles as needed."""


class Messages:
    """The messages of affinity propagation over one matrix, a step at a time.

    Parameters
    ----------
    similarity : (N, N) float32 or float64
        With the preferences on the diagonal. The messages have its type.
    damping : float
        How much of the old messages stays, 0.5 to 1.
    pool : ThreadPoolExecutor, optional
        Where rows are worked on; in this thread without one. The result does not depend on it.
    threads : int
        How many threads the pool has.
    """

    def __init__(
        self, similarity: Matrix, damping: float, pool: ThreadPoolExecutor | None = None, threads: int = 1
    ) -> None:
        size, kind = len(similarity), similarity.dtype.type
        chunks = -(-size // kernels.CHUNK)
        block = -(-size // (4 * threads)) if pool is not None else size
        self._blocks = [(first, min(first + block, size)) for first in range(0, size, block)]
        self._damping, self._step, self._pool = damping, 0, pool
        self._rule = kernels.Rule(kind(damping), kind(1 - damping), kind(0), kind(-np.inf))
        self._listed = kernels.Listed(
            filled=np.zeros(size, np.int64),
            column=_room(size, np.int32),
            similarity=_room(size, kind),
            availability=_room(size, kind),
            responsibility=_room(size, kind),
            chosen=_room(size, np.bool_),
        )
        self._rest = kernels.Rest(
            similarity=np.empty((size, size), kind),
            outline=np.empty((size, chunks), kind),
            bound=np.full(size, np.inf, kind),
            largest=np.empty(size, kind),
            guard=np.full(size, np.inf, kind),
            history=np.empty((size, STEPS), kind),
            responsibility=np.zeros((size, size), kind),
            since=np.zeros(size, np.int64),
            level=np.zeros(size, kind),
            top=np.empty(size, kind),
        )
        self.order = _order(similarity)
        self._points = kernels.Points(
            place=np.argsort(self.order),
            similarity=similarity.diagonal().copy(),
            availability=np.zeros(size, kind),
            responsibility=np.zeros(size, kind),
            column=np.zeros(size, kind),
            ceiling=np.zeros(chunks, kind),
            totals=np.zeros(size, kind),
        )

        def arrange(first: int, last: int) -> tuple[int, int]:
            kernels.arrange(first, last, similarity, self.order, self._points, self._rest, self._rule)
            return first, last

        list(self._over_blocks(arrange))

    def step(self) -> NDArray[np.bool_]:
        """Pass all messages once; tell which points choose themselves, (N,) bool."""
        if self._step == self._rest.history.shape[1]:
            history = np.empty((len(self._rest.history), 2 * self._step), self._rest.history.dtype)
            history[:, : self._step] = self._rest.history
            self._rest = self._rest._replace(history=history)
        totals = np.zeros_like(self._points.totals)
        for first, last in self._swept():
            kernels.add_up(first, last, totals, self._listed, self._points)
        self._points = self._points._replace(totals=totals)
        exemplar = np.empty(len(totals), np.bool_)
        kernels.settle(self._points, exemplar, self._rule)
        self._step += 1
        return exemplar

    def _swept(self) -> Iterator[tuple[int, int]]:
        """Blocks of rows in order, each as soon as its messages are new."""
        step, weight = self._step, 1 - self._damping ** (self._step + 1)

        def sweep(first: int, last: int) -> tuple[int, int]:
            kernels.sweep(first, last, step, weight, self._listed, self._rest, self._points, self._rule)
            return first, last

        return self._over_blocks(sweep)

    def _over_blocks(self, work: Callable[[int, int], tuple[int, int]]) -> Iterator[tuple[int, int]]:
        if self._pool is None:
            return itertools.starmap(work, self._blocks)
        tasks = [self._pool.submit(work, *block) for block in self._blocks]
        return (task.result() for task in tasks)


def _order(similarity: Matrix) -> NDArray[np.int64]:
    """Columns in an order in which like ones are neighbours, by halving again and again; it changes no result.

    The kernels pass over chunks of neighbours, and read from memory in lines of them.
    """
    parts = [np.arange(len(similarity))]
    while max(map(len, parts), default=0) > kernels.CHUNK:
        parts = [half for part in parts for half in _halves(similarity, part)]
    return np.concatenate(parts)


def _halves(similarity: Matrix, part: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Those nearer to one end, and those nearer to the other; the first half is whole chunks."""
    if len(part) <= kernels.CHUNK:
        return [part]
    one = part[1 + similarity[part[0], part[1:]].argmin()]
    others = part[part != one]
    other = others[similarity[one, others].argmin()]
    order = np.argsort(similarity[other, part] - similarity[one, part], kind="stable")
    half = -(-len(part) // (2 * kernels.CHUNK)) * kernels.CHUNK
    return [part[order[:half]], part[order[half:]]]


def _room(size: int, kind: type[np.generic]) -> Matrix:
    """Zeros, (size, size), of which only those that are written to take memory.

    numpy's own would come in huge pages, a whole one for each row that is touched.
    """
    memory = mmap.mmap(-1, size * size * np.dtype(kind).itemsize)
    if hasattr(mmap, "MADV_NOHUGEPAGE"):
        memory.madvise(mmap.MADV_NOHUGEPAGE)
    return np.frombuffer(memory, kind).reshape(size, size)
