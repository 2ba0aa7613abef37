"""Mixtures as blobs, one a picture: float64, little-endian, exact; the lower triangles only."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.errors import ImageNotFoundError, LibraryDamagedError
from leitmotiv.records import Float, Mixture
from leitmotiv.store import tables
from leitmotiv.store.database import Database, chunks


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
        rows = tables.Mixtures
        found: dict[str, Mixture] = {}
        query = rows.select(
            rows.image_id, rows.components, rows.dimensions, rows.colour_space, rows.parameters, rows.aspect
        )
        for part in chunks(ids):
            for image_id, *values in self._database.rows(query.where(rows.image_id.in_(part))):
                found[image_id] = decode(image_id, *values)
        try:
            return [found[image_id] for image_id in ids]
        except KeyError as error:
            raise ImageNotFoundError(f"No image {error.args[0]} in the library.") from None


def write_mixture(database: Database, image_id: str, mixture: Mixture) -> None:
    """Store the mixture of a new image."""
    components, dimensions = mixture.means.shape
    row = {
        "image_id": image_id,
        "components": components,
        "dimensions": dimensions,
        "colour_space": mixture.colour_space,
        "parameters": encode(mixture),
        "aspect": mixture.aspect,
    }
    database.insert_many(tables.Mixtures, [row])


def encode(mixture: Mixture) -> bytes:
    """Weights, means, lower triangles row by row, shift and scale, one after the other."""
    rows, columns = _triangle(mixture.means.shape[1])
    parts: Iterable[NDArray[Any]] = (
        mixture.weights,
        mixture.means,
        mixture.cholesky[:, rows, columns],
        mixture.shift,
        mixture.scale,
    )
    return b"".join(np.asarray(part, "<f8").tobytes() for part in parts)


def decode(
    image_id: str, components: int, dimensions: int, colour_space: Any, blob: bytes, aspect: float = 1.0
) -> Mixture:
    """The inverse of `encode`, with the columns beside it."""
    k, d = components, dimensions
    rows, columns = _triangle(d)
    ends = np.cumsum([k, k * d, k * len(rows), d, d]).tolist()
    if len(blob) != 8 * ends[-1]:
        raise LibraryDamagedError(
            f"The mixture of image {image_id} is damaged. Run `leitmotiv forget {image_id[:12]}` and add it again."
        )
    values: Float = np.frombuffer(blob, "<f8").astype(np.float64, copy=False)
    cholesky = np.zeros((k, d, d))
    cholesky[:, rows, columns] = values[ends[1] : ends[2]].reshape(k, len(rows))
    return Mixture(
        weights=values[:k],
        means=values[k : ends[1]].reshape(k, d),
        cholesky=cholesky,
        shift=values[ends[2] : ends[3]],
        scale=values[ends[3] :],
        colour_space=colour_space,
        aspect=aspect,
    )


@cache
def _triangle(dimensions: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    return np.tril_indices(dimensions)
