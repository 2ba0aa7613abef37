"""The folder `models` of a library: what was trained here, a file each with its card beside it as text."""

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leitmotiv.errors import NotFoundError, UsageError
from leitmotiv.store.explain import from_system
from leitmotiv.store.lock import WriterLock

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_SUFFIX = ".npz"
Fill = Callable[[NDArray[np.uint8]], None]


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

    @contextmanager
    def hold(self, kind: str, name: str, purpose: str) -> Iterator[None]:
        """Be the only one who trains a model, over all processes, while the block runs.

        Raises
        ------
        LibraryLockedError
            Another one does; the text names it.
        UsageError, DiskFullError, PermissionDeniedError
        """
        self._path(kind, name, _SUFFIX)
        try:
            self._folder.mkdir(exist_ok=True)
        except OSError as error:
            raise from_system(error, self._folder) or error from error
        said = f"The {kind} {name!r} is held by"
        with WriterLock(self._folder, f".{kind}-{name}.lock", said).hold(purpose, wait=0.0):
            yield

    def array(self, kind: str, name: str, mark: str, shape: tuple[int, ...], fill: Fill) -> NDArray[np.uint8]:
        """Bytes that a training reads over and over, mapped from a file that is made once; it goes with `clear`.

        Parameters
        ----------
        mark : str
            What tells this array from others of the same model, 1 to 64 of 0-9 and a-f.
        fill : callable
            Writes all of a new one; where it raises, none is kept.

        Raises
        ------
        DiskFullError, PermissionDeniedError
        """
        path = self._path(kind, name, f".{mark}.npy")
        if not path.exists():
            self.clear(kind, name)
            part = self._folder / f".{secrets.token_hex(8)}.part"
            try:
                self._folder.mkdir(exist_ok=True)
                made = np.lib.format.open_memmap(part, "w+", np.uint8, shape)
                fill(made)
                made.flush()
                del made
                part.replace(path)
            except OSError as error:
                raise from_system(error, self._folder) or error from error
            finally:
                part.unlink(missing_ok=True)
        found: NDArray[np.uint8] = np.load(path, mmap_mode="r", allow_pickle=False)
        return found

    def clear(self, kind: str, name: str) -> None:
        """Remove the arrays of a model; one that is still mapped stays until the next time on Windows."""
        for path in self._folder.glob(f"{kind}-{name}.*.npy"):
            with suppress(OSError):
                path.unlink()

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
