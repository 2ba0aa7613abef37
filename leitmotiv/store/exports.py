"""The folder `exports` of a library: what pages wrote out, until somebody removes it."""

import itertools
import re
import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from leitmotiv.errors import UsageError
from leitmotiv.store.explain import from_system

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,119}")


@dataclass(frozen=True)
class ExportFile:
    """A file that was written out."""

    name: str
    size: int
    at: datetime


class Exports:
    """What was written out; reached as `library.exports`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def list(self) -> list[ExportFile]:
        """The files, newest first."""
        found = []
        with suppress(FileNotFoundError):
            for entry in self._folder.iterdir():
                with suppress(OSError):
                    if _NAME.fullmatch(entry.name) and entry.is_file() and not entry.is_symlink():
                        status = entry.stat()
                        at = datetime.fromtimestamp(status.st_mtime, UTC)
                        found.append(ExportFile(entry.name, status.st_size, at))
        return sorted(found, key=lambda file: (file.at, file.name), reverse=True)

    def path(self, name: str) -> Path:
        """Where a file lies that `list` names; no other name leads anywhere.

        Raises
        ------
        UsageError
        """
        if any(file.name == name for file in self.list()):
            return self._folder / name
        raise UsageError(f"There is no export {name!r}; it may have been removed.")

    def put(self, stem: str, suffix: str, write: Callable[[Path], None] | Iterable[bytes]) -> ExportFile:
        """Write a file, whole or not at all, under a name that is free.

        Parameters
        ----------
        write : callable or iterable of bytes
            Fills the file at the path that it is given, or the parts of it.

        Raises
        ------
        DiskFullError, PermissionDeniedError
        """
        part = self._folder / f".{secrets.token_hex(8)}.part"
        try:
            self._folder.mkdir(exist_ok=True)
            if callable(write):
                write(part)
            else:
                with part.open("xb") as file:
                    file.writelines(write)
            target = self._free(stem, suffix)
            part.replace(target)
            status = target.stat()
        except OSError as error:
            raise from_system(error, self._folder) or error from error
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
        return ExportFile(target.name, status.st_size, datetime.fromtimestamp(status.st_mtime, UTC))

    def _free(self, stem: str, suffix: str) -> Path:
        """A name that no other file has; taken at once by an empty file, so that nobody else finds it free."""
        for number in itertools.count(1):
            target = self._folder / (f"{stem}{suffix}" if number == 1 else f"{stem}-{number}{suffix}")
            with suppress(FileExistsError):
                target.open("xb").close()
                return target
        raise AssertionError("unreachable: the numbers do not end")

    def remove(self, name: str) -> None:
        """Remove a file that `list` names.

        Raises
        ------
        UsageError
        """
        self.path(name).unlink(missing_ok=True)
