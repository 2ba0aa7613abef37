"""What the workers of a cluster do: read pictures from the shared folder, and compare those that the library holds.

It runs on another machine, in a process that others started: what it is handed is small, what it needs it fetches and
keeps, and before anything else it tells which leitmotiv it is.
"""

import hashlib
import os
import platform
import socket
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import leitmotiv
from leitmotiv.analysis import divergence, warming
from leitmotiv.analysis.look import Divergences, Look
from leitmotiv.errors import ExecutorError
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
    """A reading, and whether its worker saw the file at all."""

    reading: Reading
    there: bool
    host: str


@cache
def mark() -> str:
    """The version of leitmotiv and of Python, and a hash of our own source: what must be the same everywhere."""
    folder = Path(leitmotiv.__file__).parent
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        found.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    python = ".".join(platform.python_version_tuple()[:2])
    return f"leitmotiv {leitmotiv.__version__} ({found.hexdigest()[:12]}) on Python {python}"


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
        raise ExecutorError(other_version(introduce(), wanted))


def other_version(found: Introduction, wanted: str) -> str:
    """What to say of a worker that is not as it must be."""
    return (
        f"The worker {found.pid} on {found.host} is {found.mark}, but must be {wanted}. Install the same there "
        f"(pip install leitmotiv=={leitmotiv.__version__}, from the same files), and start that worker again."
    )


def read(task: Task, wanted: str, settings: Settings) -> Seen:
    """Read a picture and fit its mixture."""
    same(wanted)
    there = os.path.lexists(task.path)
    return Seen(read_one(task, settings), there, socket.gethostname())


@dataclass(frozen=True, eq=False)
class Part:
    """A tile with the ids of its blocks: all that a worker is told."""

    left: Block
    right: Block
    pairs: NDArray[np.uint16]


_guard = threading.RLock()
_libraries: dict[Source, Mixtures] = {}
_ready: OrderedDict[tuple[Source, Look, Block], divergence.Packed] = OrderedDict()


def compare(part: Part, wanted: str, source: Source, host: str, look: Look) -> Divergences:
    """Divergences of the pairs of a tile, (P,) float32, nats."""
    same(wanted)
    if source.database is None and socket.gethostname() != host:
        raise ExecutorError(
            f"The library {source.folder} keeps its database in a file, which workers on other machines such as "
            f"{socket.gethostname()} must not read. Name a database of a server in its library.toml."
        )
    left, right = _block(part.left, source, look), _block(part.right, source, look)
    return divergence.js_between(left, right, part.pairs.astype(np.int64), look=look)


def _block(block: Block, source: Source, look: Look) -> divergence.Packed:
    key = source, look, block
    with _guard:
        if key not in _ready:
            if source not in _libraries:
                _libraries[source] = mixtures_of(source)
            _ready[key] = divergence.pack(_libraries[source].many(_ids(block)), look=look)
            while len(_ready) > KEPT:
                _ready.popitem(last=False)
        _ready.move_to_end(key)
        return _ready[key]


def packed_ids(ids: Sequence[str]) -> Block:
    """Ids as a worker is told them."""
    return b"".join(map(bytes.fromhex, ids))


def _ids(block: Block) -> list[str]:
    return [block[start : start + 32].hex() for start in range(0, len(block), 32)]
