"""Where work over pictures and over blocks of pairs is done: by this machine, or by the workers of a cluster.

Whoever works asks an executor, and does not know which it is; results do not depend on it, and one process writes them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis.look import Divergences, Look
from leitmotiv.settings import Settings
from leitmotiv.store.library import Library
from leitmotiv.workflows.readers import Reading, Task, readings

Progress = Callable[[int, int], None]


class Executor(Protocol):
    """Where work is done; `close` it in the end."""

    def width(self) -> int:
        """How many times as much as for one machine to ask for at a time."""

    def spreads(self, pairs: int) -> bool:
        """Whether so many pairs are better compared elsewhere, by `compare`."""

    def readings(self, tasks: Iterable[Task], settings: Settings) -> Iterator[Reading]:
        """Read files and fit their mixtures; in the order in which they finish."""

    def compare(
        self,
        library: Library,
        ids: Sequence[str],
        pairs: NDArray[np.int64],
        look: Look,
        progress: Progress | None,
    ) -> Divergences:
        """Divergences of pairs of rows of `ids`, (P,) float32, nats."""

    def close(self) -> None:
        """Let go of what it holds."""


class Here:
    """The own machine: processes that read, threads that compare."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def width(self) -> int:
        """One."""
        return 1

    def spreads(self, pairs: int) -> bool:
        """Never: whoever asks holds what is needed already."""
        return False

    def readings(self, tasks: Iterable[Task], settings: Settings) -> Iterator[Reading]:
        """Read files in worker processes."""
        return readings(tasks, settings)

    def compare(
        self, library: Library, ids: Sequence[str], pairs: NDArray[np.int64], look: Look, progress: Progress | None
    ) -> Divergences:
        """Compare on threads."""
        from leitmotiv.analysis import divergence  # it has kernels, and whoever only reads pictures needs none

        mixtures = library.mixtures.many(ids)
        return divergence.js_pairs(mixtures, pairs, look=look, threads=self._settings.cores, progress=progress)

    def close(self) -> None:
        """There is nothing to let go of."""
