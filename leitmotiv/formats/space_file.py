"""The file of a learnt space, and of one that is still being learnt: .npz of arrays and text; nothing needs pickle."""

import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.errors import SpaceError
from leitmotiv.records import ACTIVATIONS, LearntSpace, LearntWords

SCHEMA = "leitmotiv.space/1"
WIDTH = 1280
LARGEST = 200_000_000
_TORN = (ValueError, KeyError, TypeError, AttributeError, OSError, EOFError, zipfile.BadZipFile, zlib.error)
_SAID = ("name", "layer", "words", "encoder", "loss")


def written(space: LearntSpace) -> bytes:
    """The bytes of the file; the same space gives the same bytes."""
    arrays: dict[str, NDArray[Any]] = {
        "centre": np.asarray(space.centre, "<f4"),
        "weights": np.asarray(space.weights, "<f4"),
        "bias": np.asarray(space.bias, "<f4"),
        "card": np.frombuffer(card(space), np.uint8),
    }
    if space.own is not None:
        arrays["words"] = np.frombuffer("\n".join(space.own.words).encode(), np.uint8)
        arrays["vectors"] = np.asarray(space.own.vectors, "<f4")
        arrays["rarity"] = np.asarray(space.own.rarity, "<f4")
    return packed(arrays)


def card(space: LearntSpace) -> bytes:
    """The card as JSON, for people and programs."""
    told = {"schema": SCHEMA, **{name: getattr(space, name) for name in _SAID}, **space.card}
    return json.dumps(told, indent=2, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def read(data: bytes, name: str) -> LearntSpace:
    """Read a space.

    Parameters
    ----------
    name : str
        What its file is called, for messages.

    Raises
    ------
    SpaceError
        It is damaged, of another kind, or learnt from another backbone.
    """
    arrays = unpacked(data, name)
    try:
        told: dict[str, Any] = json.loads(bytes(arrays["card"]))
        schema = told.pop("schema")
        said = {key: str(told.pop(key)) for key in _SAID}
        own = None
        if "words" in arrays:
            words = tuple(bytes(arrays["words"]).decode().split("\n"))
            own = LearntWords(words, arrays["vectors"].astype(np.float32), arrays["rarity"].astype(np.float32))
        values = [arrays[key].astype(np.float32) for key in ("centre", "weights", "bias")]
    except _TORN as error:
        raise _damaged(name, error) from error
    if schema != SCHEMA:
        raise SpaceError(f"The space {name} says {schema!r}, and this leitmotiv reads {SCHEMA!r}.")
    if said["layer"] != ACTIVATIONS:
        raise SpaceError(
            f"The space {name} learnt from {said['layer']}, and here is {ACTIVATIONS}. Train it again, or go back: "
            "leitmotiv space use untrained"
        )
    centre, weights, bias = values
    if centre.shape != (WIDTH,) or weights.ndim != 2 or weights.shape != (WIDTH, len(bias)):
        raise SpaceError(f"The space {name} has weights {weights.shape}, not ({WIDTH}, …). Train it again.")
    if own is not None and (own.vectors.shape != (len(own.words), len(bias)) or len(own.rarity) != len(own.words)):
        raise SpaceError(f"The words of the space {name} do not fit their vectors. Train it again.")
    if not all(np.isfinite(one).all() for one in values):
        raise SpaceError(f"The space {name} has weights that are no numbers. Train it again.")
    return LearntSpace(**said, centre=centre, weights=weights, bias=bias, own=own, card=told)


def packed(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Arrays as one file; the same arrays give the same bytes."""
    out = io.BytesIO()
    np.savez(out, allow_pickle=False, **arrays)
    return out.getvalue()


def unpacked(data: bytes, name: str) -> dict[str, NDArray[Any]]:
    """The arrays of a file.

    Raises
    ------
    SpaceError
        It is damaged, or no such file.
    """
    if len(data) > LARGEST:
        raise SpaceError(f"The file of the space {name} is larger than any ({len(data):,} bytes).")
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as found:
            return {key: found[key] for key in found.files}
    except _TORN as error:
        raise _damaged(name, error) from error


def _damaged(name: str, error: Exception) -> SpaceError:
    return SpaceError(f"The file of the space {name} is damaged or of another kind ({error}). Train it again.")
