"""Ids of many pictures as rows of the library's columns: text only of those that are asked for."""

from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

AT_ONCE = 10_000
"""Ids that are written out together where all are gone through."""


class Ids(Sequence[str]):
    """Ids of pictures in an order.

    Parameters
    ----------
    hashes : (N, 32) uint8
        Ids of the library as bytes, shared by all that name some of them.
    rows : (M,) of int
        Which of them these are.
    """

    def __init__(self, hashes: NDArray[np.uint8], rows: NDArray[np.integer]) -> None:
        self.hashes = hashes
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        """One id, or a list of some."""
        if not isinstance(at, slice):
            return bytes(self.hashes[self.rows[at]]).hex()
        whole = self.hashes[self.rows[at]].tobytes().hex()
        return [whole[start : start + 64] for start in range(0, len(whole), 64)]

    def __iter__(self) -> Iterator[str]:
        for start in range(0, len(self), AT_ONCE):
            yield from self[start : start + AT_ONCE]

    def place_of(self, image_id: str) -> int:
        """The place of a picture; -1 where it is not among them."""
        wanted = np.frombuffer(bytes.fromhex(image_id), np.uint8)
        alike = np.flatnonzero(self.hashes.view(np.uint64)[:, 0] == wanted.view(np.uint64)[0])
        found = alike[(self.hashes[alike] == wanted).all(axis=1)]
        places = np.flatnonzero(self.rows == found[0]) if len(found) else found
        return int(places[0]) if len(places) else -1
