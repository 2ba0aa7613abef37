"""Compiling, in a process beside this one, what a later step needs; it never waits for it and computes nothing."""

import multiprocessing
import os

from leitmotiv.settings import Settings
from leitmotiv.workflows.readers import apart_from_main, begin_worker


def compile_ahead(settings: Settings) -> None:
    """Start compiling what indexing needs, unless it is compiled or there is no core to spare.

    The process ends by itself, and with its parent. Whoever needs a kernel before it is there compiles it again.
    """
    from leitmotiv.analysis import warming

    if warming.is_warm() or settings.cores < 2:
        return
    context = multiprocessing.get_context("spawn")
    with apart_from_main():
        context.Process(target=_compile, args=(os.getpid(),), name="compiling", daemon=True).start()


def _compile(parent: int) -> None:
    from leitmotiv.analysis import warming

    begin_worker(parent)
    warming.warm_index()
