"""The names of cavlib, with its meaning: programs written for it run with `leitmotiv` in its place."""

import copy
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Self
from uuid import UUID, uuid4

import numpy as np
from numpy.typing import NDArray

from leitmotiv.errors import BoardError, CavFileError, CavKeyError, CavTypeError, LayerError, PermissionDeniedError
from leitmotiv.formats import cav
from leitmotiv.formats.cav import CavFile
from leitmotiv.records import Float32
from leitmotiv.settings import load
from leitmotiv.workflows import teaching
from leitmotiv.workflows.concept_files import fitting
from leitmotiv.workflows.layers import LAYERS, POOLED, SEEN, VERSION
from leitmotiv.workflows.session import Session


@cache
def _session() -> Session:
    return Session(load({}, environ=os.environ), create=False)


def compute_activations(image: Any, *, model_layer: str = POOLED) -> Float32:
    """What a layer of the backbone makes of a picture, as one row of numbers, not scaled to a length.

    Parameters
    ----------
    image : path, binary file, PIL image or array
        Arrays are (H, W, 3), uint8 of 0 to 255 or floats of 0 to 1; grey ones and those with opacity are taken, too.
    model_layer : str
        "lite0_pooled" or "lite0_map".

    Returns
    -------
    (1280,) or (62720,) float32
        A map is laid out by rows, columns, channels.

    Raises
    ------
    leitmotiv.errors.LayerError
        There is no such layer, or it is of a network that leitmotiv does not have; it is a ValueError.
    leitmotiv.errors.ImageReadError, TypeError
        No readable picture.
    """
    return np.asarray(teaching.activations(_session(), [image], model_layer)[0])


class TrainingImage:
    """A picture to learn from, with its weight.

    Parameters
    ----------
    image : as of `compute_activations`, optional
    activations : dict, optional
        Rows by the name of their layer. What is computed is kept here.
    weight : float
        How much it counts; to weigh more, take 4, say.

    Raises
    ------
    ValueError
        Neither an image nor activations.
    """

    def __init__(
        self, image: Any = None, activations: Mapping[str, NDArray[Any]] | None = None, weight: float = 1.0
    ) -> None:
        if image is None and activations is None:
            raise ValueError("A training image needs an image or activations.")
        self.image = image
        self.activations: dict[str, NDArray[Any]] = dict(activations or {})
        self.weight = weight

    def get_activations(self, model_layer: str) -> NDArray[Any]:
        """The row of a layer, computed on first need."""
        if model_layer not in self.activations:
            if self.image is None:
                raise ValueError(f"This training image has activations of {', '.join(self.activations)} only.")
            self.activations[model_layer] = compute_activations(self.image, model_layer=model_layer)
        return self.activations[model_layer]


def train_cav(
    *,
    positive_images: Sequence[Any],
    negative_images: Sequence[Any] | None = None,
    model_layer: str = POOLED,
    random_state: int | np.random.RandomState | None = None,
    method: str = "ridge",
    collection: NDArray[Any] | None = None,
) -> "CAV":
    """Learn a concept from pictures.

    Parameters
    ----------
    positive_images, negative_images : sequence of pictures or TrainingImage
        Negatives are optional, but for the layers of other networks.
    model_layer : str
        "lite0_pooled", "lite0_map" (which knows places), or a layer of cavlib's where all have stored activations.
    random_state : int or numpy.random.RandomState, optional
        Of `method="sgd"`; "ridge" is exact.
    method : str
        "ridge" or "sgd", the classifier of cavlib.
    collection : (N, 1280) array, optional
        Activations of the pictures among which will be searched: with them more is learnt from the same board.

    Raises
    ------
    leitmotiv.errors.BoardError
        Nothing can be learnt: no positive picture, a weight of 0, no negatives where they are needed.
    leitmotiv.errors.LayerError
    leitmotiv.errors.ImageReadError
        A file is not there, or is no readable picture.
    TypeError
        One picture in the place of a list.
    """
    teaching.known(model_layer)
    for name, side in (("positive_images", positive_images), ("negative_images", negative_images)):
        if isinstance(side, str | bytes | os.PathLike):
            raise TypeError(f"{name} is a list of pictures, and this is one, {side!r}. Put it in brackets.")
    sides = [_rows(side, model_layer) for side in (positive_images, negative_images or [])]
    (examples, weights), (against, against_weights) = sides
    vector, centre, told = teaching.learn(
        model_layer,
        examples,
        weights,
        against,
        against_weights,
        method=method,
        random_state=random_state,
        collection=collection,
    )
    metadata = {"leitmotiv": {"version": VERSION, **told, "centre": None if centre is None else centre.tolist()}}
    return CAV(uuid4(), vector, model_layer, metadata if model_layer in SEEN else None)


def _rows(images: Sequence[Any], layer: str) -> tuple[Float32, NDArray[np.float64]]:
    images = [one if isinstance(one, TrainingImage) else TrainingImage(one) for one in images]
    fresh = [one for one in images if layer not in one.activations and one.image is not None]
    if fresh:
        for one, row in zip(fresh, teaching.activations(_session(), [one.image for one in fresh], layer), strict=True):
            one.activations[layer] = row
    out = np.empty((len(images), LAYERS[layer]), np.float32)
    for at, one in enumerate(images):
        row = np.asarray(one.get_activations(layer))
        if row.shape != (LAYERS[layer],):
            raise BoardError(f"Activations of {layer!r} are {LAYERS[layer]:,} numbers, and one image has {row.shape}.")
        out[at] = row
    return out, np.array([one.weight for one in images], np.float64)


class CAV:
    """A concept activation vector: a direction among the activations of a layer.

    Parameters
    ----------
    id : UUID
    vector : (D,) array
    model_layer : str
    metadata : dict, optional
        Written with it. What leitmotiv adds stands under "leitmotiv".

    Examples
    --------
    >>> import leitmotiv
    >>> red = leitmotiv.train_cav(positive_images=red_pictures)  # doctest: +SKIP
    >>> best_first = red.sort(other_pictures, reverse=True)  # doctest: +SKIP
    """

    def __init__(
        self,
        id: UUID,
        vector: NDArray[Any],
        model_layer: str,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self.id = id
        self.vector = np.asarray(vector, np.float32)
        self.model_layer = model_layer
        self.metadata: dict[str, Any] = {} if metadata is None else metadata
        self._extra: dict[str, Any] = {}
        self._read: CavFile | None = None
        self._bare = False

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a .cav file, of cavlib, CAVstudio or leitmotiv.

        Raises
        ------
        leitmotiv.errors.CavFileError
            It cannot be used. A file that is no map is a TypeError, too, and one that lacks an entry a KeyError.
        """
        try:
            if Path(path).stat().st_size > cav.MOST_BYTES:
                raise CavFileError(f"{path} is larger than any .cav file ({cav.MOST_BYTES:,} bytes).")
            content = fitting(cav.read(Path(path).read_bytes()))
        except FileNotFoundError as error:
            raise CavFileError(f"There is no file {path}.") from error
        except OSError as error:
            raise CavFileError(f"{path} cannot be read: {(error.strerror or type(error).__name__).lower()}.") from error
        except CavFileError as error:
            raise type(error)(f"{path}: {error}") from error
        loaded = cls(content.id, content.vector, content.model_layer, copy.deepcopy(dict(content.metadata or {})))
        loaded._extra = copy.deepcopy(dict(content.extra))
        loaded._read = content
        return loaded

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a .cav file in the place of what is there; what was loaded and not changed has the same bytes.

        Raises
        ------
        leitmotiv.errors.PermissionDeniedError
            The file cannot be written.
        """
        target = Path(path)
        part = target.with_name(f"{target.name}.part")
        try:
            part.write_bytes(cav.write(self._file()))
            part.replace(target)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise PermissionDeniedError(f"{path} cannot be written: {error.strerror}.") from error

    def _file(self) -> CavFile:
        now = CavFile(self.id, np.array(self.vector, np.float32), self.model_layer, self.metadata, self._extra)
        read = self._read
        if read is None:
            return now if self._told() else replace(now, metadata=None)
        same = {
            "id": self.id == read.id,
            "vector": self.vector.tobytes() == read.vector.tobytes(),
            "model_layer": self.model_layer == read.model_layer,
            # By their text: nothing that is not a number equals itself.
            "metadata": repr(self.metadata) == repr(dict(read.metadata or {})),
            **{key: repr(self._extra.get(key)) == repr(value) for key, value in read.extra.items()},
        }
        kept = {key: data for key, data in read.kept.items() if same.get(key)}
        order = {key: kept.get(key, b"") for key in read.kept}
        metadata = self.metadata if self._told() else None
        return CavFile(now.id, now.vector, now.model_layer, metadata, self._extra, order)

    def to_dict(self) -> dict[str, Any]:
        """What a file holds, as plain values."""
        return {
            "vector": [float(one) for one in self.vector],
            "id": str(self.id),
            "model_layer": self.model_layer,
            **({"metadata": copy.deepcopy(self.metadata)} if self._told() else {}),
            **copy.deepcopy(self._extra),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The other way round; entries that have no meaning here are kept.

        Raises
        ------
        leitmotiv.errors.CavTypeError, leitmotiv.errors.CavKeyError
            No map, or entries are missing or of wrong types.
        """
        if not isinstance(values, Mapping):
            raise CavTypeError(f"A concept is a map of its entries, and this is {type(values).__name__}.")
        for key in ("vector", "id", "model_layer"):
            if key not in values:
                raise CavKeyError(f"A concept has no {key!r}.")
        try:
            vector = [float(one) for one in values["vector"]]
        except (TypeError, ValueError) as error:
            raise CavTypeError(f"'vector' must be a list of numbers, and is {values['vector']!r:.60}.") from error
        plain = {**values, "vector": vector, "id": str(values["id"])}
        content = fitting(cav.from_values(plain))
        made = cls(content.id, content.vector, content.model_layer, copy.deepcopy(dict(content.metadata or {})))
        made._extra = copy.deepcopy(dict(content.extra))
        made._bare = content.metadata is None
        return made

    def _told(self) -> bool:
        """Whether there are metadata to write: those that never were there and hold nothing are none."""
        return bool(self.metadata) or not (self._bare or (self._read is not None and self._read.metadata is None))

    def score(self, image_or_activation: Any) -> float:
        """Cosine of the vector and the activations of a picture, -1 to 1; NaN where one of them is all zeros.

        Parameters
        ----------
        image_or_activation : picture, or (D,) array
            A row of numbers is taken as activations.
        """
        if isinstance(image_or_activation, np.ndarray) and image_or_activation.ndim == 1:
            values = image_or_activation[None]
            if values.shape[1] != len(self.vector):
                raise LayerError(
                    f"The concept has {len(self.vector):,} numbers, and these activations {values.shape[1]:,}."
                )
        else:
            values = teaching.activations(_session(), [image_or_activation], self.model_layer)
        return float(teaching.cosine(self.vector, values, self.metadata)[0])

    def sort(self, images: Sequence[Any], reverse: bool = False) -> list[Any]:
        """The same pictures by their scores, the lowest first; with `reverse` the highest."""
        scores = np.empty(len(images))
        pictures = [at for at, one in enumerate(images) if not (isinstance(one, np.ndarray) and one.ndim == 1)]
        if pictures:
            values = teaching.activations(_session(), [images[at] for at in pictures], self.model_layer)
            scores[pictures] = teaching.cosine(self.vector, values, self.metadata)
        for at in set(range(len(images))).difference(pictures):
            scores[at] = self.score(images[at])
        return [images[at] for at in np.argsort(-scores if reverse else scores, kind="stable")]
