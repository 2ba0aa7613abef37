"""Folders that tell when something in them changed; the only watchfiles."""

import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from watchfiles import Change, DefaultFilter, watch

QUIET_MS = 1600
"""How long nothing must change before it is told: a copy of many files is one change."""
STEP_MS = 200
WAKE_MS = 1000


class _Filter(DefaultFilter):
    """Leaves out what a scan leaves out: hidden files, and what is no picture by its place."""

    ignore_dirs = (*DefaultFilter.ignore_dirs, "@eaDir", ".thumbnails", "System Volume Information")

    def __call__(self, change: Change, path: str) -> bool:
        return super().__call__(change, path) and not os.path.basename(path).startswith(".")  # noqa: PTH119


def changes(
    folders: Sequence[Path], *, ended: threading.Event, polling: bool = False, quiet_ms: int = QUIET_MS
) -> Iterator[int]:
    """Give how many files changed, each time that some did and then none for a while; ends with `ended`.

    Parameters
    ----------
    polling : bool
        Look at every file again and again, as network disks need it, whose changes elsewhere are not told.
    """
    there = [folder for folder in folders if folder.is_dir()]
    for found in watch(
        *there,
        watch_filter=_Filter(),
        debounce=max(quiet_ms * 20, 30_000),
        step=quiet_ms if quiet_ms < STEP_MS else max(STEP_MS, quiet_ms),
        stop_event=ended,
        rust_timeout=WAKE_MS,
        yield_on_timeout=False,
        force_polling=polling or None,
        ignore_permission_denied=True,
        raise_interrupt=False,
    ):
        yield len(found)
