"""The correction for hubs in a library: each picture's remoteness, stored beside the index, and scores made with it.

What it computes with lies in `analysis.hubness`. Remoteness is measured to witnesses, pictures of the library that are
chosen when it is indexed; a picture added later is measured to the same ones.
"""

from collections import ChainMap
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import hubness
from leitmotiv.records import Float, Mixture
from leitmotiv.settings import Settings
from leitmotiv.store.arrays import Stored
from leitmotiv.store.library import Library
from leitmotiv.workflows.measuring import measure_digest, to_many
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.vectors import UP_TO, since

REMOTENESS = "remoteness"
"""The name of the stored arrays: of each picture in nats, (N,) float64, and the rows of the witnesses, (L,) int64."""
Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Remoteness:
    """The numbers that the correction needs.

    Attributes
    ----------
    values : mapping of str to float
        Image id to remoteness, nats.
    witnesses : tuple of str
        What it is measured to.
    middle : float
        The mean over the pictures that were compared with each other, nats; it stands for those without a number.
    """

    values: Mapping[str, float]
    witnesses: tuple[str, ...]
    middle: float

    def relative(self, divergence: Float, own: float, ids: Sequence[str]) -> Float:
        """Relative divergences (N,) of one picture, with the remoteness `own`, to others, from those in nats."""
        others = np.array([self.values.get(image_id, self.middle) for image_id in ids])
        return hubness.relative(divergence, own, others, self.middle)

    def weighed(self, matrix: Matrix, ids: Sequence[str]) -> Matrix:
        """Relative divergences (N, N) of pictures that all have a number, from those in nats."""
        return hubness.relative_matrix(matrix, np.array([self.values[image_id] for image_id in ids]), self.middle)


@dataclass(frozen=True, eq=False)
class Scores:
    """What a ranking by look is ordered by: from 0, alike, upwards; NaN where the divergence is.

    Attributes
    ----------
    values : (N,) float64
    unit : str
        "relative" (0 to 1), or "nats" where nothing is corrected.
    """

    values: Float
    unit: str


def corrected(
    matrix: Matrix, correction: str, ids: Sequence[str] | None = None, *, usual: float = hubness.USUAL
) -> Matrix:
    """Apply `correction` to a matrix (N, N) in nats: "none" leaves it, "relative" makes it relative, 0 to 1.

    `usual` is what pictures are usually apart, where the matrix is in another unit.
    """
    if correction == "none" or not len(matrix):
        return matrix
    names = [str(row) for row in range(len(matrix))] if ids is None else ids
    remote = hubness.remoteness(matrix[:, _witness_rows(names)], usual)
    return hubness.relative_matrix(matrix, remote, float(remote.mean()))


def _witness_rows(ids: Sequence[str]) -> NDArray[np.int64]:
    place = {name: row for row, name in enumerate(ids)}
    return np.array([place[name] for name in hubness.witnesses(ids)], np.int64)


def _of_matrix(matrix: Matrix, rows: NDArray[np.int64]) -> Float:
    return hubness.remoteness(matrix[:, rows])


def from_matrix(matrix: Matrix, ids: Sequence[str], settings: Settings) -> Remoteness | None:
    """The numbers of pictures that were all compared with each other; None where nothing is to be corrected."""
    if settings.correction == "none" or not len(ids):
        return None
    rows = _witness_rows(ids)
    values = _of_matrix(matrix, rows)
    numbers = dict(zip(ids, values.tolist(), strict=True))
    return Remoteness(numbers, tuple(ids[row] for row in rows), float(values.mean()))


def of_one(divergences: Float) -> float:
    """The remoteness of one picture, nats, from its divergences to the witnesses, (L,)."""
    return float(hubness.remoteness(divergences[None])[0])


def joined(numbers: Remoteness, ids: Sequence[str], values: Float) -> Remoteness:
    """The same with further pictures."""
    return replace(numbers, values={**numbers.values, **dict(zip(ids, values.tolist(), strict=True))})


def store(library: Library, settings: Settings, numbers: Remoteness | None) -> None:
    """Keep the numbers beside the index."""
    if numbers is None:
        return
    ids = list(numbers.values)
    place = {image_id: row for row, image_id in enumerate(ids)}
    arrays = {
        "values": np.array(list(numbers.values.values())),
        "witnesses": np.array([place[image_id] for image_id in numbers.witnesses], np.int64),
        "middle": np.array([numbers.middle]),
        UP_TO: np.array([library.placed.last()]),
    }
    library.arrays.put(REMOTENESS, arrays, ids, measure_digest(settings))


def stored(library: Library, settings: Settings) -> Remoteness | None:
    """The numbers of the index and of what was placed since; None where there are none, or nothing is corrected."""
    kept = library.arrays.get(REMOTENESS)
    if settings.correction == "none" or kept is None or kept.digest != measure_digest(settings):
        return None
    if "witnesses" not in kept:  # of an earlier version, which took the mean otherwise
        return None
    if kept not in _values:
        of_rows = zip(kept.ids, kept["values"].tolist(), strict=True)
        _values[kept] = {image_id: value for image_id, value in of_rows if image_id}
    values: MutableMapping[str, float] = _values[kept]
    witnesses = tuple(kept.ids[row] for row in kept["witnesses"].tolist() if kept.ids[row])
    placed = {one.image_id: one.remoteness for one in since(kept, library.placed.all()) if one.remoteness is not None}
    if placed:
        values = ChainMap(placed, values)
    return Remoteness(values, witnesses, float(kept["middle"][0])) if witnesses else None


_values: WeakKeyDictionary[Stored, dict[str, float]] = WeakKeyDictionary()
"""Of each picture, as it is stored: of a large library it takes a moment to read them."""


def scores(session: Session, query: str | Mixture, ids: Sequence[str], divergence: Float) -> Scores:
    """What pictures are ordered by, from their divergences to a picture of the library or to a mixture.

    Parameters
    ----------
    query : str or Mixture
        An image id, or what was fitted of a file outside.
    divergence : (N,) float64
        To the pictures `ids`, nats.
    """
    library = session.library
    numbers = remember(session, (REMOTENESS, library.clusters.stamp()), lambda: stored(library, session.settings))
    if numbers is None:
        return Scores(divergence, "nats")
    return Scores(numbers.relative(divergence, _own(session, numbers, query), ids), "relative")


def _own(session: Session, numbers: Remoteness, query: str | Mixture) -> float:
    if isinstance(query, str):
        if query in numbers.values:
            return numbers.values[query]
        query = session.library.mixtures.get(query)
    return of_one(to_many(session, query, numbers.witnesses))


def related(matrix: Matrix, ids: Sequence[str], numbers: Remoteness | None) -> Matrix:
    """Divergences of all pairs of some pictures, relative to how remote these are; as they are without numbers."""
    if numbers is None:
        return matrix
    remote = np.array([numbers.values.get(image_id, numbers.middle) for image_id in ids])
    return hubness.relative_matrix(matrix, remote, numbers.middle)
