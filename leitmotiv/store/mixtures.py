"""Mixtures as blobs, one a picture, exact: little-endian, the lower triangles only, in as few bits as hold them.

A fit leaves numbers that short ones hold (`analysis.mixture.shortened`): weights as float32, means and factors as
float16, shift and scale as float64. What those do not hold is stored as float64 throughout, as all once was; the length
of a blob tells which it is.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.errors import ImageNotFoundError, LibraryDamagedError
from leitmotiv.records import Float, Mixture
from leitmotiv.store import tables
from leitmotiv.store.database import Database

_SHORT = ("<f4", "<f2", "<f2", "<f8", "<f8")
_LONG = ("<f8",) * 5


class Mixtures:
    """The mixture of each picture, as it was fitted; reached as `library.mixtures`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, image_id: str) -> Mixture:
        """The mixture of one picture, by its full id."""
        return self.many([image_id])[0]

    def many(self, ids: Sequence[str]) -> list[Mixture]:
        """Mixtures in the order of `ids`.

        Raises
        ------
        ImageNotFoundError
            An id that the library does not have.
        LibraryDamagedError
            A blob that is not as long as its mixture.
        """
        found: dict[str, Mixture] = {}
        for image_id, *values in self._database.rows_of(_of_ids, ids):
            found[image_id] = decode(image_id, *values)
        try:
            return [found[image_id] for image_id in ids]
        except KeyError as error:
            raise ImageNotFoundError(f"No image {error.args[0]} in the library.") from None


def _of_ids(ids: Sequence[str]) -> Any:
    rows = tables.Mixtures
    query = rows.select(
        rows.image_id, rows.components, rows.dimensions, rows.colour_space, rows.parameters, rows.aspect
    )
    return query.where(rows.image_id.in_(ids))


def write_mixtures(database: Database, mixtures: Sequence[tuple[str, Mixture]]) -> None:
    """Store the mixtures of new images, each with the id of its image."""
    rows = [
        {
            "image_id": image_id,
            "components": mixture.means.shape[0],
            "dimensions": mixture.means.shape[1],
            "colour_space": mixture.colour_space,
            "parameters": encode(mixture),
            "aspect": mixture.aspect,
        }
        for image_id, mixture in mixtures
    ]
    database.insert_many(tables.Mixtures, rows)


def encode(mixture: Mixture) -> bytes:
    """Weights, means, lower triangles row by row, shift and scale, one after the other."""
    rows, columns = _triangle(mixture.means.shape[1])
    parts = (mixture.weights, mixture.means, mixture.cholesky[:, rows, columns], mixture.shift, mixture.scale)
    short = _stored(parts, _SHORT)
    held = all((np.asarray(one, "<f8") == part).all() for one, part in zip(short, parts, strict=True))
    return b"".join(part.tobytes() for part in (short if held else _stored(parts, _LONG)))


def _stored(parts: Sequence[Float], kinds: Sequence[str]) -> list[NDArray[Any]]:
    with np.errstate(over="ignore"):  # what a short number does not hold is told by comparing
        return [np.asarray(part, kind) for part, kind in zip(parts, kinds, strict=True)]


def decode(
    image_id: str, components: int, dimensions: int, colour_space: Any, blob: bytes, aspect: float = 1.0
) -> Mixture:
    """The inverse of `encode`, with the columns beside it."""
    k, d = components, dimensions
    rows, columns = _triangle(d)
    sizes = (k, k * d, k * len(rows), d, d)
    kinds = _SHORT if len(blob) == _length(sizes, _SHORT) else _LONG
    if len(blob) != _length(sizes, kinds):
        raise LibraryDamagedError(
            f"The mixture of image {image_id} is damaged. Run `leitmotiv forget {image_id[:12]}` and add it again."
        )
    parts, offset = [], 0
    for size, kind in zip(sizes, kinds, strict=True):
        parts.append(np.frombuffer(blob, kind, size, offset).astype(np.float64))
        offset += parts[-1].size * np.dtype(kind).itemsize
    weights, means, triangles, shift, scale = parts
    cholesky = np.zeros((k, d, d))
    cholesky[:, rows, columns] = triangles.reshape(k, len(rows))
    return Mixture(weights, means.reshape(k, d), cholesky, shift, scale, colour_space, aspect)


def _length(sizes: Sequence[int], kinds: Sequence[str]) -> int:
    return sum(size * np.dtype(kind).itemsize for size, kind in zip(sizes, kinds, strict=True))


@cache
def _triangle(dimensions: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    return np.tril_indices(dimensions)
