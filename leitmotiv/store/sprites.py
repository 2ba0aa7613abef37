"""Sheets of small pictures as files beside the arrays: they can be made again at any time, and are named by content."""

import os
import re
import secrets
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from pathlib import Path

from leitmotiv.store.explain import from_system


class Sprites:
    """The folder `arrays/sprites` of a library; reached as `library.sprites`.

    Parameters
    ----------
    folder : Path
    follow : callable
        Called before a sheet is looked for: it lets this machine forget what another one forgot.
    """

    def __init__(self, folder: Path, follow: Callable[[], None] = lambda: None) -> None:
        self._folder = folder
        self._follow = follow

    def get(self, name: str) -> bytes | None:
        """A sheet, or None where it is not there."""
        self._follow()
        try:
            return self._path(name).read_bytes()
        except OSError:
            return None

    def put(self, name: str, data: bytes) -> None:
        """Keep a sheet; a reader finds all of it or nothing.

        Raises
        ------
        DiskFullError, PermissionDeniedError
        """
        path = self._path(name)
        part = path.with_name(f"{path.name}-{secrets.token_hex(4)}.part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            part.write_bytes(data)
            part.replace(path)
        except OSError as error:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise from_system(error, self._folder) or error from error

    def keep(self, names: Collection[str]) -> None:
        """Remove all sheets but these."""
        kept = {self._path(name).name for name in names}
        with suppress(OSError):
            for entry in os.scandir(self._folder):
                if entry.name not in kept:
                    with suppress(OSError):
                        Path(entry.path).unlink()

    def forget(self, ids: Sequence[str]) -> None:
        """A picture that is forgotten stays in no sheet: all of them go, and are made again when they are asked for."""
        if ids:
            self.keep(())

    def _path(self, name: str) -> Path:
        if not re.fullmatch("[a-z0-9-]+", name):
            raise ValueError(f"{name!r} is no name for a sheet.")
        return self._folder / f"{name}.jpg"
