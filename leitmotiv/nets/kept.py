"""Owns files in the user's cache folder: what was made of weights and can be made again; damaged ones do not count."""

import contextlib
import hashlib
import os
import secrets
from pathlib import Path


def read(path: Path) -> bytes | None:
    """What was kept, if it is as it was written: the SHA-256 stands beside it."""
    try:
        data = path.read_bytes()
        return data if _mark(path).read_text("ascii") == hashlib.sha256(data).hexdigest() else None
    except (OSError, ValueError):
        return None


def keep(path: Path, data: bytes) -> None:
    """Put a file into the cache, whole; where that cannot be written, the next start makes it again."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, data)
        _replace(_mark(path), hashlib.sha256(data).hexdigest().encode())


def _replace(path: Path, data: bytes) -> None:
    part = path.with_name(f"{path.name}-{os.getpid()}-{secrets.token_hex(4)}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _mark(path: Path) -> Path:
    return path.with_suffix(".sha256")
