"""Mood boards and their snapshots."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Side = Literal["positive", "negative"]


@dataclass(frozen=True)
class BoardExample:
    """A picture on a board.

    Attributes
    ----------
    id : str
        SHA-256 of its file; of the library, or of a picture that was handed in to the board.
    side : str
        "positive" (it is) or "negative" (it is not).
    weight : float
        How much it counts; 1 is usual.
    drawn : bool
        Whether the program drew it from the library, as one of those that are probably not what the board means.
    """

    id: str
    side: Side = "positive"
    weight: float = 1.0
    drawn: bool = False


@dataclass(frozen=True)
class Snapshot:
    """What a board had learnt at one moment, and from what.

    Attributes
    ----------
    name : str
        "" where nobody named it.
    concept : str
        Where the store keeps the concept: SHA-256 of its bytes.
    layer, method : str
        Of the concept.
    quality : float or None
        How well it finds pictures of the board that it was not taught, 0 to 1; None where nobody can tell.
    examples : tuple of BoardExample
        The board as it was; empty for an imported concept.
    contradictions : tuple of (str, float)
        Ids of examples that the others speak against, and how strongly, 0 to 1; the strongest first.
    """

    id: int
    board: int
    name: str
    made: datetime
    concept: str
    layer: str
    method: str
    quality: float | None
    examples: tuple[BoardExample, ...] = ()
    contradictions: tuple[tuple[str, float], ...] = ()

    def on(self, side: Side) -> int:
        """How many examples of a side it was taught."""
        return sum(one.side == side for one in self.examples)


@dataclass(frozen=True)
class Board:
    """Pictures that show something, pictures that do not, and what was learnt from them.

    Attributes
    ----------
    words : str
        What a person wrote about it.
    seed : int
        By which pictures are drawn and concepts are made.
    examples : tuple of BoardExample
        In the order of the board.
    snapshots : tuple of Snapshot
        Newest first.
    current : int or None
        The snapshot that the board goes by.
    trashed : datetime or None
        When it was thrown away; None for a board in use.
    """

    id: int
    name: str
    words: str
    seed: int
    made: datetime
    changed: datetime
    examples: tuple[BoardExample, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()
    current: int | None = None
    trashed: datetime | None = None

    def side(self, side: Side) -> tuple[BoardExample, ...]:
        """The examples of one side."""
        return tuple(one for one in self.examples if one.side == side)

    @property
    def snapshot(self) -> Snapshot | None:
        """The current snapshot."""
        return next((one for one in self.snapshots if one.id == self.current), None)

    @property
    def revision(self) -> int:
        """A number that tells one state of the board from another: two of them are equal where all examples are."""
        told = repr((self.name, self.words, self.seed, self.examples, self.trashed is None))
        return int.from_bytes(hashlib.sha256(told.encode("utf-8", "replace")).digest()[:6], "big")

    @property
    def stale(self) -> bool:
        """Whether its examples are others than those that the current snapshot was taught."""
        now = self.snapshot
        return bool(self.examples) if now is None else set(now.examples) != set(self.examples)


@dataclass(frozen=True, eq=False)
class BoardPicture:
    """A picture of a board that need not be in the library.

    Attributes
    ----------
    data : bytes
        JPEG, at most 1024 pixels a side; empty where only what the network saw in it was kept.
    activation : (M,) float16 or None
        What the backbone makes of it.
    measured : str
        By which backbone and preprocessing.
    """

    id: str
    name: str
    width: int
    height: int
    data: bytes
    activation: NDArray[np.float16] | None
    measured: str
