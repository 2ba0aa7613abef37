"""Affinity propagation a step at a time, over rows shared out to threads; it has no rule for when to stop.

The kernels compute only the messages that can matter, and each of those to the bit as the dense form does.
"""

import itertools
import mmap
from collections.abc import Iterator
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

    Between its making and `restore` the matrix belongs to the messages, and is changed.

    Parameters
    ----------
    similarity : (N, N) float32 or float64, C-contiguous
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
        self._rule = kernels.Rule(kind(damping), kind(1 - damping), kind(0), kind(-np.inf))
        own = similarity.diagonal().copy()
        np.fill_diagonal(similarity, -np.inf)
        self._listed = kernels.Listed(
            filled=np.zeros(size, np.int64),
            column=_room(size, np.int32),
            similarity=_room(size, kind),
            availability=_room(size, kind),
            responsibility=_room(size, kind),
            chosen=_room(size, np.bool_),
        )
        chunks = -(-size // kernels.CHUNK)
        outline = np.empty((size, chunks), kind)
        kernels.outline(similarity, outline)
        endless, top = np.full(size, np.inf, kind), outline.max(axis=1)
        self._rest = kernels.Rest(
            similarity=similarity,
            outline=outline,
            bound=endless,
            largest=top.copy(),
            guard=endless.copy(),
            history=np.empty((size, STEPS), kind),
            responsibility=np.zeros((size, size), kind),
            since=np.zeros(size, np.int64),
            level=np.zeros(size, kind),
            top=top,
        )
        self._points = kernels.Points(
            similarity=own,
            availability=np.zeros(size, kind),
            responsibility=np.zeros(size, kind),
            column=np.zeros(size, kind),
            ceiling=np.zeros(chunks, kind),
            totals=np.zeros(size, kind),
        )
        self._damping, self._step, self._pool = damping, 0, pool
        block = -(-size // (4 * threads)) if pool is not None else size
        self._blocks = [(first, min(first + block, size)) for first in range(0, size, block)]

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

    def restore(self) -> None:
        """Give the matrix back as it was."""
        kernels.restore(self._listed, self._rest, self._points)

    def _swept(self) -> Iterator[tuple[int, int]]:
        """Blocks of rows in order, each as soon as its messages are new."""
        step, weight = self._step, 1 - self._damping ** (self._step + 1)

        def sweep(first: int, last: int) -> tuple[int, int]:
            kernels.sweep(first, last, step, weight, self._listed, self._rest, self._points, self._rule)
            return first, last

        if self._pool is None:
            return itertools.starmap(sweep, self._blocks)
        tasks = [self._pool.submit(sweep, *block) for block in self._blocks]
        return (task.result() for task in tasks)


def _room(size: int, kind: type[np.generic]) -> Matrix:
    """Zeros, (size, size), of which only those that are written to take memory.

    numpy's own would come in huge pages, a whole one for each row that is touched.
    """
    memory = mmap.mmap(-1, size * size * np.dtype(kind).itemsize)
    if hasattr(mmap, "MADV_NOHUGEPAGE"):
        memory.madvise(mmap.MADV_NOHUGEPAGE)
    return np.frombuffer(memory, kind).reshape(size, size)
