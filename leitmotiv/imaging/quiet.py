"""Owns the silence around foreign decoders: their warnings and their limits are no business of the caller's."""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

_lock = threading.Lock()
_depth = 0
_saved: "warnings.catch_warnings[None] | None" = None
_limit: int | None = None


@contextmanager
def quiet() -> Iterator[None]:
    """Ignore warnings of the decoders and lift Pillow's limit of pixels, in every thread, until the last has left.

    Every picture's size is checked here against our own limit, which may lie above Pillow's.
    `warnings.catch_warnings` alone is no help: two threads that overlap restore each other's filters.
    """
    global _depth, _saved, _limit
    with _lock:
        if _depth == 0:
            _saved = warnings.catch_warnings()
            _saved.__enter__()
            _limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
            warnings.filterwarnings("ignore", module=r"(PIL|pillow_heif|rawpy|tifffile|numpy)\b")
        _depth += 1
    try:
        yield
    finally:
        with _lock:
            _depth -= 1
            if _depth == 0 and _saved is not None:
                Image.MAX_IMAGE_PIXELS = _limit
                _saved.__exit__(None, None, None)
                _saved = None
