"""How many threads products of matrices may start: one, while anybody asks for that, and as many as before afterwards.

The number belongs to the whole process, so whoever set it alone would bring back what another had set meanwhile: two
that overlap would leave it at one for good. Nothing else in the package sets it.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cache

from threadpoolctl import ThreadpoolController, threadpool_limits


@contextmanager
def products_on_one() -> Iterator[None]:
    """Keep products on the thread that asks: on a busy machine several wait longer for each other than they compute.

    Several threads may ask at once; the last one that is done gives the others back.
    """
    _limit.enter()
    try:
        yield
    finally:
        _limit.leave()


@contextmanager
def sums_on_one() -> Iterator[None]:
    """The same, and the loops of scikit-learn with it, whose sums depend on how many threads share them."""
    with products_on_one(), threadpool_limits(1, "openmp"):
        yield


class _Limit:
    """The limit, and how many want it now."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._wanted = 0
        self._held = ExitStack()
        self._reached = -1

    def enter(self) -> None:
        with self._guard:
            loaded = _loaded()
            # a library that came since has threads of its own
            if self._reached != loaded:
                self._held.enter_context(_on_one(loaded))
                self._reached = loaded
            self._wanted += 1

    def leave(self) -> None:
        with self._guard:
            self._wanted -= 1
            if not self._wanted:
                self._reached = -1
                self._held.close()


def _loaded() -> int:
    """Grows with the libraries of products: numpy's is always there, scipy's from its first use on."""
    return int("scipy.linalg._fblas" in sys.modules)


def _on_one(loaded: int) -> AbstractContextManager[object]:
    held: AbstractContextManager[object] = _controller(loaded).limit(limits=1, user_api="blas")
    return held


@cache
def _controller(loaded: int) -> ThreadpoolController:
    """What is found in the process takes longer to look for than many products take."""
    return ThreadpoolController()


_limit = _Limit()
