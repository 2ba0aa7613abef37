"""Columns of text, each different value once; one behind another costs nothing until it is looked at. Ids as text."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

_APART = "\0"


class Texts:
    """A column of text, each different value once.

    Parameters
    ----------
    values : sequence of str, or bytes
        Different values, in no order; bytes are UTF-8, with zero bytes between values.
    codes : (N,) of int
        Index into `values` of each row.
    """

    def __init__(self, values: Sequence[str] | NDArray[np.uint8], codes: NDArray[np.integer[Any]]) -> None:
        self._codes = codes
        self._given = values

    @property
    def codes(self) -> NDArray[np.integer[Any]]:
        """Index into `values` of each row."""
        return self._codes

    @cached_property
    def values(self) -> tuple[str, ...]:
        """Different values, in no order."""
        if not isinstance(self._given, np.ndarray):
            return tuple(self._given)
        return tuple(self._given.tobytes().decode().split(_APART)) if len(self.codes) else ()

    @cached_property
    def packed(self) -> NDArray[np.uint8]:
        """The values in one."""
        if isinstance(self._given, np.ndarray):
            return self._given
        whole = _APART.join(one.replace(_APART, "\ufffd") for one in self._given)
        return np.frombuffer(whole.encode("utf-8", "replace"), np.uint8)

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Texts":
        """Number the different values of a column."""
        column = list(texts)
        numbers = {text: number for number, text in enumerate(dict.fromkeys(column))}
        return cls(tuple(numbers), np.fromiter(map(numbers.__getitem__, column), np.int32, len(column)))

    def followed_by(self, other: "Texts") -> "Texts":
        """A column with another one behind it; put together when it is looked at, which few columns are."""
        return _Followed((self, other))


class _Followed(Texts):
    """Columns one behind the other."""

    def __init__(self, parts: tuple[Texts, ...]) -> None:
        self._parts = parts

    @cached_property
    def _whole(self) -> Texts:
        first, *others = self._parts
        numbers, codes = {text: number for number, text in enumerate(first.values)}, [first.codes]
        for one in others:
            places = [numbers.setdefault(text, len(numbers)) for text in one.values]
            codes.append(np.array(places, np.int32)[one.codes])
        return Texts(tuple(numbers), np.concatenate(codes))

    @property
    def codes(self) -> NDArray[np.integer[Any]]:
        return self._whole.codes

    @cached_property
    def values(self) -> tuple[str, ...]:
        return self._whole.values

    @cached_property
    def packed(self) -> NDArray[np.uint8]:
        return self._whole.packed

    def followed_by(self, other: Texts) -> Texts:
        # not one inside the other: there may be thousands
        return _Followed((self, other) if "_whole" in vars(self) else (*self._parts, other))


def as_hex(hashes: NDArray[np.uint8]) -> Iterator[str]:
    """Ids of 32 bytes, (N, 32), as text."""
    whole = hashes.tobytes().hex()
    return (whole[start : start + 64] for start in range(0, len(whole), 64))
