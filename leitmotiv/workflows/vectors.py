"""The vectors of a library too large for all pairs, kept in its store; with them anything can be put in order.

Those of pictures that were placed since they were stored lie in rows of their own, and are given behind the others.
"""

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import candidates, divergence, embedding
from leitmotiv.analysis.embedding import Coordinates, Embedding
from leitmotiv.records import Float, Mixture, PlacedPicture, read_only
from leitmotiv.settings import Settings
from leitmotiv.store.arrays import Stored
from leitmotiv.store.library import Library
from leitmotiv.workflows.measuring import look, measure_digest
from leitmotiv.workflows.progress import Recorder

VECTORS = "vectors"
"""The name of the stored arrays: a vector for each picture, and what makes vectors."""
REVISION = 4
"""Grows whenever the same pictures would get other vectors."""
OUTGROWN = 2.0
"""How many times as many pictures as the embedding was found from make another one worth its while."""
AT_ONCE = 1000
"""Pictures whose mixtures are held at once."""
KEPT_EVERY = 100_000
"""New vectors that are stored together."""
ROOM = 1.03
"""Times as many vectors as are stored for which there is room when the first one is put behind them."""
UP_TO = "placed"
"""The array that tells up to which serial of placed pictures arrays hold what there is."""


@dataclass(frozen=True, eq=False)
class Vectors:
    """Vectors of pictures, and what is known of how good they are.

    Attributes
    ----------
    ids : tuple of str
        "" for one that was forgotten.
    coordinates : (N, D) int16
    model : Embedding
    centres : (M, D) int16
        Of the cells by which near vectors are found; none where each is held against all.
    found_from : int
        Pictures in the library when the model was found.
    recall : float
        Share of the true ten nearest that are among the candidates, over a sample of pictures; NaN if not measured.
    curve : (G, 2) float64
        What distances tell of divergences.
    """

    ids: tuple[str, ...]
    coordinates: Coordinates
    model: Embedding
    centres: Coordinates
    found_from: int
    recall: float
    curve: Float

    @cached_property
    def root(self) -> "Vectors":
        """Those that are stored in one array: these, unless some of pictures that were placed since lie behind."""
        return self

    @cached_property
    def embedded_by(self) -> bytes:
        """Which embedding made the vectors, 32 bytes."""
        model = self.model
        return _digest(model.landmarks, model.level, model.middle, model.axes)

    @property
    def cells(self) -> Coordinates | None:
        """The centres, where there are any."""
        return self.centres if len(self.centres) else None

    def of(self, mixture: Mixture, settings: Settings) -> Coordinates:
        """The vector of a picture that need not be in the library, (D,)."""
        (vector,) = embedding.embed(self.model, divergence.pack([mixture], look=look(settings), points=False))
        return np.asarray(vector)


def vectors_digest(settings: Settings) -> str:
    """What vectors are made by."""
    return f"{measure_digest(settings)} vectors {REVISION}"


def stored_vectors(library: Library, settings: Settings) -> Vectors | None:
    """The vectors of a library; None where there are none, or another measure made them."""
    stored = _stored(library, settings)
    if stored is None:
        return None
    return _grown_of(stored).with_placed([one for one in since(stored, library.placed.all()) if one.vector is not None])


def indexed_vectors(library: Library, settings: Settings) -> Vectors | None:
    """The same without those of placed pictures, of which nothing has to be read."""
    stored = _stored(library, settings)
    return None if stored is None else _grown_of(stored).vectors


def _stored(library: Library, settings: Settings) -> Stored | None:
    stored = library.arrays.get(VECTORS)
    return stored if stored is not None and stored.digest == vectors_digest(settings) else None


def _grown_of(stored: Stored) -> "_Grown":
    with _guard:
        if stored not in _grown:
            _grown[stored] = _Grown(as_vectors(stored))
        return _grown[stored]


def since(stored: Stored, placed: Sequence[PlacedPicture]) -> tuple[PlacedPicture, ...]:
    """Those placed pictures that arrays do not hold yet."""
    up_to = int(stored[UP_TO][0]) if UP_TO in stored else 0
    return tuple(one for one in placed if one.serial > up_to)


class _Grown:
    """Stored vectors with those of placed pictures behind them, in one array that is filled as they come.

    What is stored is mapped and stays as it is, so there is a copy of it; it is made once, with room for more.
    """

    def __init__(self, vectors: Vectors) -> None:
        self.vectors = vectors
        self._guard = threading.Lock()
        self._whole: Coordinates | None = None
        self._filled: tuple[int, ...] = ()
        self._given: Vectors | None = None
        self._looked_for = 0
        self._held: set[str] = set()

    def with_placed(self, pictures: Sequence[PlacedPicture]) -> Vectors:
        """The vectors of all; those that another embedding made are passed over, as pictures without one."""
        vectors = self.vectors
        held = self._held_of(pictures)
        placed = [one for one in pictures if one.model == vectors.embedded_by and one.image_id not in held]
        if not placed:
            return vectors
        serials = tuple(one.serial for one in placed)
        count, wanted = len(vectors.ids), len(vectors.ids) + len(placed)
        with self._guard:
            if self._given is not None and self._filled == serials:
                return self._given
            same = all(one == other for one, other in zip(serials, self._filled, strict=False))
            if self._whole is None or len(self._whole) < wanted or not same:
                # what was given of another array stays as it was
                whole = np.empty((int(ROOM * wanted) + 1, vectors.model.dimensions), np.int16)
                whole[:count] = vectors.coordinates
                self._whole, self._filled = whole, ()
            for row, one in enumerate(placed[len(self._filled) :], count + len(self._filled)):
                self._whole[row] = np.zeros(0) if one.vector is None else one.vector
            found = self._whole[:wanted]
            read_only(found)
            together = replace(vectors, ids=(*vectors.ids, *(one.image_id for one in placed)), coordinates=found)
            vars(together).update(root=vectors, embedded_by=vectors.embedded_by)
            if len(serials) >= len(self._filled):  # else another thread is already further
                self._filled, self._given = serials, together
        return together

    def _held_of(self, pictures: Sequence[PlacedPicture]) -> set[str]:
        """Those whose vectors are stored all the same, by an index that was interrupted before it was done."""
        with self._guard:
            new = {one.image_id for one in pictures if one.serial > self._looked_for}
            if new:
                self._held |= new.intersection(self.vectors.ids)
                self._looked_for = pictures[-1].serial
            return self._held


_grown: WeakKeyDictionary[Stored, _Grown] = WeakKeyDictionary()
_guard = threading.Lock()


def as_vectors(stored: Stored) -> Vectors:
    """Vectors as they are stored; nothing is copied."""
    model = Embedding(stored["landmarks"], stored["level"], stored["middle"], stored["axes"])
    found_from, recall = int(stored["found_from"][0]), float(stored["recall"][0])
    return Vectors(stored.ids, stored["coordinates"], model, stored["centres"], found_from, recall, stored["curve"])


def model_digest(vectors: Vectors) -> bytes:
    """Which embedding and cells lists were found by, 32 bytes: those found by others do not go with them."""
    model = vectors.model
    return _digest(model.landmarks, model.level, model.middle, model.axes, vectors.centres)


def _digest(*parts: NDArray[Any]) -> bytes:
    return hashlib.sha256(b"".join(hashlib.sha256(part.tobytes()).digest() for part in parts)).digest()


def put_vectors(library: Library, settings: Settings, vectors: Vectors) -> None:
    """Store vectors in the place of the old ones."""
    model = vectors.model
    arrays: dict[str, NDArray[Any]] = {
        "coordinates": vectors.coordinates,
        "landmarks": model.landmarks,
        "level": model.level,
        "middle": model.middle,
        "axes": model.axes,
        "centres": vectors.centres,
        "found_from": np.array([vectors.found_from]),
        "recall": np.array([vectors.recall]),
        "curve": vectors.curve,
        UP_TO: np.array([library.placed.last()]),
    }
    library.arrays.put(VECTORS, arrays, vectors.ids, vectors_digest(settings))


def bring_up_to_date(library: Library, settings: Settings, wanted: Sequence[str], step: Recorder) -> Vectors:
    """Vectors of exactly the `wanted` pictures, in this order; stored.

    Only pictures without a vector are embedded, unless the library has outgrown the embedding.
    """
    old = stored_vectors(library, settings)
    if old is None or len(wanted) > OUTGROWN * old.found_from:
        rows = np.unique(((np.arange(embedding.FITTED) + 0.5) * len(wanted) / embedding.FITTED).astype(np.int64))
        step("Finding landmarks", 0, 0)
        sample = divergence.pack(library.mixtures.many([wanted[row] for row in rows]), look=look(settings))
        model = embedding.fit(sample, landmarks=embedding.LANDMARKS, threads=settings.cores)
        nothing = np.zeros((0, model.dimensions), np.int16)
        old = Vectors((), nothing, model, nothing, len(wanted), np.nan, np.zeros((1, 2)))

    def keep(partly: Vectors) -> None:
        put_vectors(library, settings, partly)

    vectors = with_vectors(library, settings, old, wanted, step, keep)
    centres = vectors.cells
    if centres is None:
        step("Dividing vectors into cells", 0, 0)
        centres = candidates.divided(vectors.coordinates)
        vectors = vectors if centres is None else replace(vectors, centres=centres)
    if vectors is not old or old.root is not old:  # the rows of what was placed go when the index is done
        put_vectors(library, settings, vectors)
    return vectors


def with_vectors(
    library: Library,
    settings: Settings,
    old: Vectors,
    wanted: Sequence[str],
    step: Recorder,
    keep: Callable[[Vectors], None] | None = None,
) -> Vectors:
    """The same with exactly the `wanted` pictures; those that have none yet are embedded.

    `keep` is given what is there after each `KEPT_EVERY` new ones, so that an interruption loses no more.
    """
    if tuple(wanted) == old.ids:
        return old
    row_of = {image: row for row, image in enumerate(old.ids)}
    coordinates = np.empty((len(wanted), old.model.dimensions), np.int16)
    there = np.array([row_of.get(image, -1) for image in wanted], np.int64)
    coordinates[there >= 0] = old.coordinates[there[there >= 0]]
    lacking = np.flatnonzero(there < 0)
    for start in range(0, len(lacking), AT_ONCE):
        rows = lacking[start : start + AT_ONCE]
        mixtures = library.mixtures.many([wanted[row] for row in rows])
        packed = divergence.pack(mixtures, look=look(settings), points=False)
        coordinates[rows] = embedding.embed(old.model, packed, threads=settings.cores)
        if keep is not None and (start + AT_ONCE) % KEPT_EVERY < AT_ONCE:
            now = np.concatenate([np.flatnonzero(there >= 0), lacking[: start + AT_ONCE]])
            keep(replace(old, ids=tuple(wanted[row] for row in now), coordinates=coordinates[now]))
        step("Measuring pictures at landmarks", start + len(rows), len(lacking))
    return replace(old, ids=tuple(wanted), coordinates=coordinates)
