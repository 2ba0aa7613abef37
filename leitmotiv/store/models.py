"""The folder `models` of a library: what was trained here, a file each with its card beside it as text."""

import re
import secrets
from contextlib import suppress
from pathlib import Path

from leitmotiv.errors import NotFoundError, UsageError
from leitmotiv.store.explain import from_system

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_SUFFIX = ".npz"


class Models:
    """What was trained here; reached as `library.models`.

    A kind ("critic") is a part of each file's name: models of two kinds may be called the same.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self, kind: str) -> list[str]:
        """Of the models of a kind, the last made first."""
        found = []
        with suppress(FileNotFoundError):
            for file in self._folder.glob(f"{kind}-*{_SUFFIX}"):
                with suppress(OSError):
                    found.append((-file.stat().st_mtime_ns, file.name[len(kind) + 1 : -len(_SUFFIX)]))
        return [name for _, name in sorted(found) if NAME.fullmatch(name)]

    def get(self, kind: str, name: str) -> bytes:
        """The bytes of a model.

        Raises
        ------
        NotFoundError
            There is none of this name.
        """
        try:
            return self._path(kind, name, _SUFFIX).read_bytes()
        except FileNotFoundError as error:
            known = ", ".join(self.names(kind)) or "none yet"
            raise NotFoundError(f"There is no {kind} {name!r}. There are: {known}.") from error
        except OSError as error:
            raise from_system(error, self._folder) or error from error

    def put(self, kind: str, name: str, data: bytes, card: bytes) -> Path:
        """Keep a model in the place of an older one, each file whole or not at all; returns where it lies.

        Raises
        ------
        UsageError
            The name cannot be one of a file.
        DiskFullError, PermissionDeniedError
        """
        path = self._path(kind, name, _SUFFIX)
        try:
            self._folder.mkdir(exist_ok=True)
            for target, content in ((path.with_suffix(".json"), card), (path, data)):
                part = self._folder / f".{secrets.token_hex(8)}.part"
                try:
                    part.write_bytes(content)
                    part.replace(target)
                finally:
                    part.unlink(missing_ok=True)
        except OSError as error:
            raise from_system(error, self._folder) or error from error
        return path

    def remove(self, kind: str, name: str) -> None:
        """Remove a model and its card.

        Raises
        ------
        NotFoundError
        """
        self.get(kind, name)
        for suffix in (_SUFFIX, ".json"):
            self._path(kind, name, suffix).unlink(missing_ok=True)

    def stamp(self, kind: str, name: str) -> tuple[int, int]:
        """Changes with the file: (modification time in ns, size); zeros where there is none."""
        try:
            status = self._path(kind, name, _SUFFIX).stat()
        except OSError:
            return 0, 0
        return status.st_mtime_ns, status.st_size

    def _path(self, kind: str, name: str, suffix: str) -> Path:
        if not NAME.fullmatch(name):
            raise UsageError(f"{name!r} is no name for a model: use letters, digits, dots, dashes and underscores.")
        return self._folder / f"{kind}-{name}{suffix}"
