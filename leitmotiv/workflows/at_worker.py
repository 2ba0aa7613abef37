"""What the workers of a cluster do: read pictures from the shared folder, and compare those that the library holds.

It runs on another machine, in a process that others started: what it is handed is small, what it needs it fetches and
keeps, and before anything else it tells which leitmotiv it is. What goes wrong with it says where.
"""

import hashlib
import os
import platform
import socket
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import leitmotiv
from leitmotiv.analysis import divergence, warming
from leitmotiv.analysis.look import Divergences, Look
from leitmotiv.errors import ExecutorError, LeitmotivError
from leitmotiv.settings import Settings
from leitmotiv.store.library import Source, mixtures_of
from leitmotiv.store.mixtures import Mixtures
from leitmotiv.workflows.readers import Reading, Task, read_one

KEPT = 64
"""Blocks of pictures that a worker keeps ready to be compared, 10 MB each."""
Block = bytes
"""Ids of pictures, 32 bytes each."""


@dataclass(frozen=True)
class Introduction:
    """Who a worker is."""

    host: str
    pid: int
    mark: str


@dataclass(frozen=True)
class Seen:
    """A reading, whether its worker saw the file at all, and why it may not open it, where it may not."""

    reading: Reading
    there: bool
    host: str
    barred: str = ""


@cache
def code() -> str:
    """The version of leitmotiv, a hash of its source, and the version of Python: what a scheduler must have, too."""
    folder = Path(leitmotiv.__file__).parent
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        found.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    python = ".".join(platform.python_version_tuple()[:2])
    return f"leitmotiv {leitmotiv.__version__} ({found.hexdigest()[:12]}), Python {python}"


@cache
def mark() -> str:
    """What must be the same wherever there is work, as results depend on it: our code, decoders, and who computes."""
    from leitmotiv.imaging.versions import decoders

    computing = {name: version(name) for name in ("numpy", "numba", "llvmlite")}
    libraries = ", ".join(f"{name} {number}" for name, number in {**computing, **decoders()}.items())
    return f"{code()}, {libraries}, LEITMOTIV_LANES {warming.lanes()}"


def introduce() -> Introduction:
    """Tell who this worker is."""
    return Introduction(socket.gethostname(), os.getpid(), mark())


def warm() -> None:
    """Compile what both kinds of work need, or read it from this machine's cache."""
    from leitmotiv.analysis import mixture

    with _guard:
        warming.warm_index()
        mixture.warm()


def same(wanted: str) -> None:
    """Refuse to work for another leitmotiv: a worker may have come after the others had introduced themselves.

    Raises
    ------
    ExecutorError
    """
    if mark() != wanted:
        raise ExecutorError(other_version(f"The worker {os.getpid()} on {socket.gethostname()}", mark(), wanted))


def other_version(who: str, found: str, wanted: str) -> str:
    """What to say of a worker, or of the scheduler, that is not as it must be: only what differs."""
    has, must = found.split(", "), wanted.split(", ")
    differs = [one for one in has if one not in must]
    needed = [one for one in must if one not in has]
    text = f"{who} has {', '.join(differs) or 'less'}, but must have {', '.join(needed)}."
    if any(not one.startswith("LEITMOTIV_LANES ") for one in needed):
        text += " Install the same there (pip install '.[cluster]', in a clone at the same commit)."
    if any(one.startswith("LEITMOTIV_LANES ") for one in differs):
        text += " Set LEITMOTIV_LANES to the smaller number on all machines, this one too."
    return f"{text} Then start it again."


def read(task: Task, wanted: str, settings: Settings) -> Seen:
    """Read a picture and fit its mixture."""
    with _told():
        same(wanted)
        there = os.path.lexists(task.path)
        reading = read_one(task, settings)
    return Seen(reading, there, socket.gethostname(), barred(task.path) if reading.failure and there else "")


def barred(path: bytes) -> str:
    """Why this process may not read a file: the system's reason, or none."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - a path of bytes
            file.read(1)
    except OSError as error:
        return error.strerror or str(error)
    return ""


@contextmanager
def _told() -> Iterator[None]:
    """Say of our errors at which worker they arose: the same thing may be right where the command was started."""
    try:
        yield
    except LeitmotivError as error:
        if not str(error).startswith("The worker "):
            error.args = (f"The worker {os.getpid()} on {socket.gethostname()}: {error}",)
        raise


@dataclass(frozen=True, eq=False)
class Part:
    """A tile with the ids of its blocks: all that a worker is told."""

    left: Block
    right: Block
    pairs: NDArray[np.uint16]


@dataclass(frozen=True)
class Asked:
    """By whom a worker is asked to compare, and of what.

    Attributes
    ----------
    mark : str
        What the worker must be; see `mark`.
    host : str
        Where the command was started.
    state : tuple
        Changes when pictures may have changed: an id names the bytes of a file, whose mixture may be another since it
        was forgotten and added again. What a worker keeps holds as long.
    """

    mark: str
    source: Source
    host: str
    look: Look
    state: tuple[object, ...]


_guard = threading.RLock()
_libraries: dict[Source, tuple[tuple[object, ...], Mixtures]] = {}
_ready: OrderedDict[tuple[Source, Look, Block], divergence.Packed] = OrderedDict()


def compare(part: Part, asked: Asked) -> Divergences:
    """Divergences of the pairs of a tile, (P,) float32, nats."""
    with _told():
        same(asked.mark)
        if asked.source.database is None and socket.gethostname() != asked.host:
            raise ExecutorError(
                f"The library {asked.source.folder} keeps its database in a file, which workers on other machines "
                "must not read. Name a database of a server in its library.toml."
            )
        left, right = _block(part.left, asked), _block(part.right, asked)
    return divergence.js_between(left, right, part.pairs.astype(np.int64), look=asked.look)


def _block(block: Block, asked: Asked) -> divergence.Packed:
    key = asked.source, asked.look, block
    with _guard:
        mixtures = _mixtures(asked)
        if key not in _ready:
            _ready[key] = divergence.pack(mixtures.many(_ids(block)), look=asked.look)
            while len(_ready) > KEPT:
                _ready.popitem(last=False)
        _ready.move_to_end(key)
        return _ready[key]


def _mixtures(asked: Asked) -> Mixtures:
    """Those of the library; where its pictures may have changed, what was kept of it goes, its opened file too."""
    known = _libraries.get(asked.source)
    if known is None or known[0] != asked.state:
        for key in [key for key in _ready if key[0] == asked.source]:
            del _ready[key]
        known = _libraries[asked.source] = asked.state, mixtures_of(asked.source)
    return known[1]


def packed_ids(ids: Sequence[str]) -> Block:
    """Ids as a worker is told them."""
    return b"".join(map(bytes.fromhex, ids))


def _ids(block: Block) -> list[str]:
    return [block[start : start + 32].hex() for start in range(0, len(block), 32)]
