"""Derived arrays on storage that several machines share, by an fsspec URL; each keeps those it reads, and maps them.

There, as in the folder of a library, a small description names the file that counts, and is replaced after that file
is whole. The file is named by the digest of its bytes, under which a machine finds it in its own cache: so it travels
once. What does not have the digest that its description says was half written, or damaged, and counts as not there.
"""

import hashlib
import json
import os
import re
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import fsspec
from numpy.typing import NDArray

from leitmotiv.errors import DiskFullError, LeitmotivError, PermissionDeniedError, SettingsError, StorageAwayError
from leitmotiv.store.arrays import _APART, Arrays, Stored, _checked, _ids, _replace, _signed, _write
from leitmotiv.store.explain import NO_ACCESS, NO_SPACE, from_system
from leitmotiv.store.forgotten import Forgotten
from leitmotiv.store.library_file import masked

CACHES = frozenset(("blockcache", "cached", "filecache", "simplecache"))
"""Storages that keep what they read once, and would not see what another machine puts."""
OURS = (ArithmeticError, AssertionError, AttributeError, MemoryError, NameError, TypeError)
"""What only a fault of ours, or too little memory here, raises; anything else is the storage's, whose programs have
errors of their own that are no OSError."""
_REFUSED = re.compile("auth|credential|denied|forbidden|login|permission", re.IGNORECASE)
_Mark = tuple[str, ...] | None
_TIMES = ("mtime", "modified", "last_modified", "LastModified", "modify", "created")
"""What storages call the time at which a file was written."""
_TELLING = (*_TIMES, "size", "ino", "unique", "ETag", "etag", "md5Hash", "version")
"""What they tell of a file that is another when the file is."""
STEP_S = 5
"""Seconds for which a file may be replaced without another time, where times are whole seconds."""
LEFT_S = 86_400
"""Age from which a file that nothing names is left over: no upload takes as long."""


class Shelf:
    """Files at a URL.

    Raises
    ------
    SettingsError
        The URL is none that is known, or a package for it is missing.
    PermissionDeniedError, StorageAwayError
        As whatever is done there.
    """

    def __init__(self, url: str) -> None:
        self.url = masked(url)
        if not CACHES.isdisjoint(part.partition(":")[0] for part in url.split("::")):
            raise SettingsError(
                f"The url of [arrays] in library.toml, {self.url}, goes through a cache, in which nobody sees what "
                "another machine puts there. Name the storage itself: each machine keeps what it reads."
            )
        with self._failures():
            try:
                self._system, root = fsspec.core.url_to_fs(url)
            except (ValueError, ImportError) as error:
                raise SettingsError(
                    f"The url of [arrays] in library.toml, {self.url}, cannot be used: {masked(str(error))}."
                ) from error
        self._root = root.rstrip("/")

    def mark(self, name: str) -> _Mark:
        """What changes whenever a file is replaced; None where it is not there."""
        with self._failures():
            self._system.invalidate_cache()  # some keep lists of files, in which another machine's are not
            try:
                found = self._system.info(self._path(name))
            except FileNotFoundError:
                return None
        at, now = _time(found), time.time()
        # within the step of the storage's clock a file may be another without looking so: its mark equals no other
        young = at is not None and at.is_integer() and abs(now - at) < STEP_S
        return tuple(str(found.get(key)) for key in _TELLING) + ((str(now),) if young else ())

    def read(self, name: str) -> bytes | None:
        """A small file; None where it is not there."""
        with self._failures():
            try:
                data: bytes = self._system.cat_file(self._path(name))
                return data
            except FileNotFoundError:
                return None

    def write(self, name: str, data: bytes) -> None:
        """Put a small file in the place of another."""
        with self._whole(name) as part:
            self._system.pipe_file(part, data)

    def upload(self, path: Path) -> None:
        """Put a file there under its own name, also where one of its size lies: that one may be damaged."""
        with self._whole(path.name) as part:
            self._system.put_file(str(path), part)

    def download(self, name: str, path: Path) -> bool:
        """Fetch a file; False where it is not there."""
        with self._failures():
            try:
                self._system.get_file(self._path(name), str(path))
            except FileNotFoundError:
                return False
        return True

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        if self.mark(name) is not None:  # to remove what is not there, each has an error of its own
            with self._failures(), suppress(FileNotFoundError):
                self._system.rm_file(self._path(name))

    def sizes(self) -> dict[str, int]:
        """Names and bytes of all files."""
        return {name: int(found["size"] or 0) for name, found in self._files().items()}

    def left_over(self) -> set[str]:
        """Names of files that were written long ago; a storage that does not tell when has none."""
        now = time.time()
        times = {name: _time(found) for name, found in self._files().items()}
        return {name for name, at in times.items() if at is not None and now - at > LEFT_S}

    def _files(self) -> dict[str, Mapping[str, Any]]:
        with self._failures():
            self._system.invalidate_cache()
            try:
                found = self._system.ls(self._root, detail=True, refresh=True)
            except FileNotFoundError:
                return {}
        return {one["name"].rpartition("/")[2]: one for one in found if one["type"] == "file"}

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    @contextmanager
    def _whole(self, name: str) -> Iterator[str]:
        """A place to write to, which becomes the file at the end, or goes."""
        part = self._path(f".{name}-{secrets.token_hex(4)}.part")
        with self._failures():
            try:
                self._system.makedirs(self._root, exist_ok=True)
                yield part
                self._system.mv(part, self._path(name))
            except BaseException:
                with suppress(Exception):
                    self._system.rm_file(part)
                raise

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except (LeitmotivError, *OURS):
            raise
        except Exception as error:
            raise self._told(error) from error

    def _told(self, error: Exception) -> LeitmotivError:
        number = error.errno if isinstance(error, OSError) else None
        why = masked(f"{error}") or type(error).__name__
        if number in NO_SPACE:
            return DiskFullError(
                f"No space is left on the shared storage {self.url}. What was saved is safe; free some space, and run "
                "the command again: it goes on from there."
            )
        if number in NO_ACCESS or isinstance(error, NotImplementedError):
            return PermissionDeniedError(f"The shared storage {self.url} cannot be written by this user ({why}).")
        if _REFUSED.search(f"{type(error).__name__} {error}"):
            return PermissionDeniedError(
                f"The shared storage {self.url} does not let this user in ({why}). Passwords and keys come from where "
                "its own programs look for them."
            )
        return StorageAwayError(
            f"The shared storage {self.url} does not answer ({why}). Connect it, or correct [arrays] in "
            "library.toml. Nothing was lost."
        )


class SharedArrays(Arrays):
    """The arrays of a library that names a URL for them; reached as `library.arrays`.

    Parameters
    ----------
    url : str
    cache : Path
        A folder of this machine; what is in it can be fetched again.
    forgotten : Forgotten, optional
        What any machine forgot.
    """

    def __init__(self, url: str, cache: Path, forgotten: Forgotten | None = None) -> None:
        super().__init__(cache / hashlib.sha256(url.encode()).hexdigest()[:16], forgotten)
        self._shelf = Shelf(url)
        self._seen: dict[str, _Mark] = {}

    def put(self, name: str, arrays: Mapping[str, NDArray[Any]], ids: Sequence[str], digest: str) -> None:
        """Store arrays in the place of those of this name, all at once; other machines find them from now on.

        Raises
        ------
        DiskFullError, PermissionDeniedError, StorageAwayError
            Then the old ones stay.
        """
        described = self._described(name)
        part = self._folder / f"{name}-{secrets.token_hex(8)}.bin"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            told = _write(part, arrays)
            whole = _digest(part)
            path = self._folder / f"{name}-{whole[:16]}.bin"
            part.replace(path)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise from_system(error, self._folder) or error from error
        text = self._description({"file": path.name, **told, "sha256": whole}, ids, digest)
        before = self._named(name)
        self._shelf.upload(path)
        self._shelf.write(described.name, text)
        _replace(described, text)
        self._seen[name] = self._shelf.mark(described.name)
        self._sweep(name, path.name)
        if before is not None and before != path.name:
            self._shelf.remove(before)
        self._sweep_shelf(name, path.name)

    def get(self, name: str) -> Stored | None:
        """The arrays of a name; None where there are none, or where they are damaged."""
        described = self._described(name)
        mark = self._shelf.mark(described.name)
        if mark is None:
            return None
        if self._seen.get(name) != mark or not described.exists():
            text = self._shelf.read(described.name)
            if text is None or not self._fetched(name, text, anew=False):
                return None
            self._seen[name] = mark
        found = super().get(name)
        if found is None and self._fetched(name, described.read_bytes(), anew=True):  # the own copy was damaged
            found = super().get(name)
        return found

    def remove(self, name: str) -> None:
        """Remove the arrays of a name, if there are any."""
        self._shelf.remove(self._described(name).name)
        for one in self._shelf.sizes():
            if _is_of(one, name):
                self._shelf.remove(one)
        super().remove(name)

    def mend(self) -> None:
        """Put again what lies cut on the storage, or is gone from it, and is whole in the own cache.

        Raises
        ------
        DiskFullError, PermissionDeniedError, StorageAwayError
        """
        sizes = self._shelf.sizes()
        for name in sorted(sizes):
            text = self._shelf.read(name) if name.endswith(".json") else None
            content = None if text is None else _checked(text)
            if content is None or "sha256" not in content or sizes.get(content["file"]) == content["bytes"]:
                continue
            path = self._folder / content["file"]
            if path.exists() and _digest(path) == content["sha256"]:
                self._shelf.upload(path)

    def forget(self, ids: Sequence[str]) -> None:
        """Blank images out of every description: their rows are about nobody from now on."""
        gone = set(ids)
        for name in sorted(self._shelf.sizes()):
            text = self._shelf.read(name) if name.endswith(".json") else None
            content = None if text is None else _checked(text)
            if content is not None and not gone.isdisjoint(ids := _ids(content)):
                content["ids"] = _APART.join("" if image_id in gone else image_id for image_id in ids)
                content["count"] = len(ids)
                self._shelf.write(name, _signed(json.dumps(content)))

    def _fetched(self, name: str, text: bytes, *, anew: bool) -> bool:
        """Bring the file that a description names into the cache; False where it is not what it should be."""
        content = _checked(text)
        if content is None or "sha256" not in content:
            return False
        path = self._folder / content["file"]
        part = path.with_name(f"{path.name}-{secrets.token_hex(4)}.part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if anew or not path.exists() or path.stat().st_size != content["bytes"]:
                if not self._shelf.download(path.name, part) or _digest(part) != content["sha256"]:
                    return False
                os.utime(part, ns=(content["written"], content["written"]))
                part.replace(path)
            _replace(self._described(name), text)
        except OSError as error:
            raise from_system(error, path) or error from error
        finally:
            part.unlink(missing_ok=True)
        self._read.pop(name, None)
        self._sweep(name, path.name)
        for left in self._folder.glob("*.part"):  # of a download that was killed
            with suppress(OSError):
                if time.time() - left.stat().st_mtime > LEFT_S:
                    left.unlink()
        return True

    def _named(self, name: str) -> str | None:
        """The file that the description on the storage names."""
        described = self._described(name)
        mark = self._shelf.mark(described.name)
        known = mark is not None and self._seen.get(name) == mark and described.exists()
        text = described.read_bytes() if known else self._shelf.read(described.name)
        content = None if text is None else _checked(text)
        return None if content is None else str(content["file"])

    def _sweep_shelf(self, name: str, kept: str) -> None:
        """Remove what interruptions left; a file of today may be one that another machine is about to name."""
        for one in self._shelf.left_over():
            if (one != kept and _is_of(one, name)) or (one.startswith(".") and one.endswith(".part")):
                self._shelf.remove(one)

    def bytes(self) -> int:
        """How much all arrays take on the shared storage."""
        return sum(self._shelf.sizes().values())


def _is_of(file: str, name: str) -> bool:
    """Whether a file holds arrays of a name."""
    return file.startswith(f"{name}-") and file.endswith(".bin") and len(file) == len(name) + 21


def _time(found: Mapping[str, Any]) -> float | None:
    """When a storage says that a file was written, in seconds since 1970; None where it does not tell."""
    for value in filter(None, map(found.get, _TIMES)):
        if isinstance(value, int | float):
            return float(value)
        with suppress(ValueError):
            if isinstance(value, str):
                value = datetime.strptime(value[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)  # as FTP says it
            return float(value.timestamp())
    return None


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
