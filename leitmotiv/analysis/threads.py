"""How many threads products of matrices may start."""

from contextlib import AbstractContextManager
from functools import cache

from threadpoolctl import ThreadpoolController


def products_on_one() -> AbstractContextManager[object]:
    """Keep small products on the thread that asks: on a busy machine several wait far longer than they compute."""
    held: AbstractContextManager[object] = _controller().limit(limits=1, user_api="blas")
    return held


@cache
def _controller() -> ThreadpoolController:
    return ThreadpoolController()
