"""Large derived arrays on disk, with the images they are about; what is damaged counts as not there: it can be rebuilt.

An array file is never changed. A small description, which names the file and is replaced atomically, decides which one
counts; a file that no description names is left over from an interruption, and goes at the next `put`. What is read is
checked, unless the file has the very time that it was given when it was written: whatever changes it changes that.
"""

import hashlib
import json
import mmap
import os
import re
import secrets
import threading
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.store.explain import from_system
from leitmotiv.store.forgotten import BEGINNING, Forgotten

ALIGNMENT = 64
_APART = ","
BLOCK = 1 << 22
_Mark = tuple[int, int, int] | None
_SHARED = 2
"""Lists of ids that are kept for arrays that have the same."""


@dataclass(frozen=True, eq=False)
class Stored(Mapping[str, NDArray[Any]]):
    """Arrays by key, read-only and mapped from the disk.

    Attributes
    ----------
    ids : tuple of str
        Image of each row; "" for one that was forgotten since.
    digest : str
        What the arrays were computed with.
    """

    ids: tuple[str, ...]
    digest: str
    arrays: Mapping[str, NDArray[Any]]

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def __getitem__(self, key: str) -> NDArray[Any]:
        return self.arrays[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.arrays)

    def __len__(self) -> int:
        return len(self.arrays)


class Arrays:
    """The folder `arrays` of a library; reached as `library.arrays`.

    Parameters
    ----------
    folder : Path
    forgotten : Forgotten, optional
        What any machine forgot. A description says how much of it was known; rows of what came after are about nobody.
    """

    def __init__(self, folder: Path, forgotten: Forgotten | None = None) -> None:
        self._folder = folder
        self._forgotten = forgotten
        self._guard = threading.Lock()
        self._read: dict[str, tuple[tuple[_Mark, int], Stored | None]] = {}
        self._shared: dict[int, tuple[str, ...]] = {}

    def put(self, name: str, arrays: Mapping[str, NDArray[Any]], ids: Sequence[str], digest: str) -> None:
        """Store arrays in the place of those of this name, all at once; on the disk for good when this returns.

        Raises
        ------
        DiskFullError, PermissionDeniedError
            Then the old ones stay.
        ValueError
            A name with other characters than a-z, 0-9, - and _.
        """
        described = self._described(name)
        path = self._folder / f"{name}-{secrets.token_hex(8)}.bin"
        try:
            self._folder.mkdir(exist_ok=True)
            told = _write(path, arrays)
            _replace(described, self._description({"file": path.name, **told}, ids, digest))
        except OSError as error:
            path.unlink(missing_ok=True)
            raise from_system(error, self._folder) or error from error
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        self._sweep(name, path.name)

    def get(self, name: str) -> Stored | None:
        """The arrays of a name; None where there are none, or where they are damaged.

        The file is checked once; later calls only look whether it was replaced.
        """
        described = self._described(name)
        last = self._last()
        with self._guard:
            mark = _mark(described)
            while name not in self._read or self._read[name][0] != (mark, last):
                stored = None if mark is None else self._opened(described, last)
                self._read[name] = ((mark, last), stored)
                mark = _mark(described)  # replaced while it was read? then what was found may be neither of both
            return self._read[name][1]

    def _last(self) -> int:
        return 0 if self._forgotten is None else self._forgotten.last()

    def _description(self, told: Mapping[str, Any], ids: Sequence[str], digest: str) -> bytes:
        """The text that says what a file holds, of which pictures, and what was forgotten by then."""
        about = {"digest": digest, "count": len(ids), "ids": _APART.join(ids), "forgotten": self._last()}
        return _signed(json.dumps({**told, **about}))

    def _opened(self, described: Path, last: int) -> Stored | None:
        try:
            content = _checked(described.read_bytes())
        except OSError:
            return None
        found = None if content is None else _mapped_as(content, described.parent, self._shared)
        if content is None or found is None or self._forgotten is None or content.get("forgotten", 0) == last:
            return found
        gone = self._forgotten.since(content.get("forgotten", 0))
        return replace(found, ids=tuple("" if one[:BEGINNING] in gone else one for one in found.ids))

    def remove(self, name: str) -> None:
        """Remove the arrays of a name, if there are any.

        Raises
        ------
        PermissionDeniedError
            Then they may stay.
        """
        described = self._described(name)
        try:
            described.unlink(missing_ok=True)
        except OSError as error:
            raise from_system(error, self._folder) or error from error
        self._sweep(name, "")

    def bytes(self) -> int:
        """How much all arrays take on disk."""
        try:
            return sum(entry.stat().st_size for entry in os.scandir(self._folder))
        except OSError:
            return 0

    def mend(self) -> None:
        """Repair what others see damaged, where this machine has it whole; in a folder of its own there is nothing."""

    def forget(self, ids: Sequence[str]) -> None:
        """Blank images out of every description: their rows are about nobody from now on.

        A picture that is added again later may have another mixture, so its old rows must not be found under its id.
        """
        gone = set(ids)
        for described in sorted(self._folder.glob("*.json")):
            try:
                content = _checked(described.read_bytes())
                if content is None or gone.isdisjoint(ids := _ids(content)):
                    continue
                content["ids"] = _APART.join("" if image_id in gone else image_id for image_id in ids)
                content["count"] = len(ids)
                _replace(described, _signed(json.dumps(content)))
            except OSError as error:
                raise from_system(error, self._folder) or error from error

    def _described(self, name: str) -> Path:
        if not re.fullmatch("[a-z0-9_-]+", name):
            raise ValueError(f"{name!r} is no name for arrays.")
        return self._folder / f"{name}.json"

    def _sweep(self, name: str, kept: str) -> None:
        """Remove array files of a name that count no more; Windows keeps one that is still mapped for the next time."""
        for path in self._folder.glob(f"{name}-*.bin"):
            if path.name != kept and re.fullmatch(re.escape(name) + "-[0-9a-f]{16}", path.stem):
                with suppress(OSError):
                    path.unlink()


def _write(path: Path, arrays: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
    """Write arrays one after the other, aligned; tells where each lies, a checksum, the length, and the file's time.

    The clock of file systems moves in steps of some milliseconds, so the time is one that no later change would give.
    """
    contents: dict[str, Any] = {}
    check = length = 0
    with path.open("xb") as file:
        for key, values in arrays.items():
            plain = np.asarray(values, values.dtype.newbyteorder("<"), order="C")
            contents[key] = {"dtype": plain.dtype.str, "shape": plain.shape, "offset": length}
            data = plain.reshape(-1).view(np.uint8).data
            for part in (data, bytes(-plain.nbytes % ALIGNMENT)):
                file.write(part)
                check = zlib.crc32(part, check)
                length += len(part)
        file.flush()
        now = os.fstat(file.fileno()).st_mtime_ns
        os.utime(path, ns=(now, now - now % 10**9 + secrets.randbelow(10**9)))
        os.fsync(file.fileno())
        written = os.fstat(file.fileno()).st_mtime_ns
    return {"bytes": length, "crc32": check, "written": written, "arrays": contents}


def _replace(path: Path, data: bytes) -> None:
    """Put a small file in the place of another, so that a reader finds the old or the new one, whole."""
    part = path.with_name(f"{path.name}-{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _signed(text: str) -> bytes:
    data = text.encode()
    return hashlib.sha256(data).hexdigest().encode() + b"\n" + data


def _checked(text: bytes) -> dict[str, Any] | None:
    """Read a description; None where it is not as it was written."""
    sign, _, data = text.partition(b"\n")
    if hashlib.sha256(data).hexdigest().encode() != sign:
        return None
    content: dict[str, Any] = json.loads(data)
    return content


def _ids(content: Mapping[str, Any]) -> tuple[str, ...]:
    """The ids of a description; earlier versions wrote a list, which takes ten times as long to read."""
    ids = content["ids"]
    if isinstance(ids, str):
        return tuple(ids.split(_APART)) if content["count"] else ()
    return tuple(ids)


def _once(content: Mapping[str, Any], shared: dict[int, tuple[str, ...]]) -> tuple[str, ...]:
    """The ids of a description; those of two that name the same pictures are the same tuple.

    A million ids take a tenth of a gigabyte, and several arrays have a row for each picture.
    """
    ids = content["ids"]
    if not isinstance(ids, str):
        return _ids(content)
    digest = hash(ids)  # of 64 bits, another one in each process, in a fifth of the time of SHA-256
    shared[digest] = found = shared.pop(digest, None) or _ids(content)
    for other in list(shared)[:-_SHARED]:
        del shared[other]
    return found


def _mark(path: Path) -> _Mark:
    """What changes whenever a file is replaced."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _mapped_as(content: Mapping[str, Any], folder: Path, shared: dict[int, tuple[str, ...]]) -> Stored | None:
    """What a description tells of; None where the file is not as it says."""
    data = _mapped(folder / content["file"], content["bytes"], content["crc32"], content.get("written"))
    if data is None:
        return None
    arrays: dict[str, NDArray[Any]] = {}
    for key, part in content["arrays"].items():
        count = int(np.prod(part["shape"], dtype=np.int64))
        arrays[key] = np.frombuffer(data, part["dtype"], count, part["offset"]).reshape(part["shape"])
    return Stored(_once(content, shared), content["digest"], arrays)


def _mapped(path: Path, length: int, check: int, written: int | None) -> mmap.mmap | bytes | None:
    """Map a file whose length, and whose checksum or time, are as described."""
    try:
        with path.open("rb") as file:
            found_as = os.fstat(file.fileno())
            if found_as.st_size != length:
                return None
            data = mmap.mmap(file.fileno(), length, access=mmap.ACCESS_READ) if length else b""
    except OSError:
        return None
    if found_as.st_mtime_ns == written:
        return data
    found = 0
    for start in range(0, length, BLOCK):
        found = zlib.crc32(data[start : start + BLOCK], found)
    return data if found == check else None
