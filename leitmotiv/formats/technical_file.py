"""The file of the technical critic that comes with leitmotiv: arrays and a card; nothing in it needs pickle."""

import io
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from leitmotiv.errors import CriticError
from leitmotiv.records import Critic, Lift

NAME = "technical"
FILE, CARD = "technical.npz", "technical.json"
_LIFT = ("centre", "scale", "low", "high", "directions", "offsets")


def written(critic: Critic) -> bytes:
    """The arrays of a critic that knows measures; the same critic gives the same bytes."""
    if critic.lift is None:
        raise ValueError("Only a critic that knows measures is written so.")
    out = io.BytesIO()
    arrays = {name: np.asarray(getattr(critic.lift, name), "<f2") for name in _LIFT}
    np.savez_compressed(
        out,
        allow_pickle=False,
        weights=np.asarray(critic.weights, "<f4"),
        bias=np.asarray(critic.bias, "<f4"),
        columns=np.asarray(critic.lift.columns, "<i2"),
        **arrays,
    )
    return out.getvalue()


def card(critic: Critic) -> bytes:
    """The card as JSON."""
    told: Mapping[str, Any] = {"name": critic.name, "layer": critic.layer, **critic.card}
    return json.dumps(told, indent=2, ensure_ascii=False).encode() + b"\n"


@cache
def shipped(layer: str) -> Critic:
    """The technical critic of this installation.

    Parameters
    ----------
    layer : str
        The measures that there are; a critic of others would judge wrongly.

    Raises
    ------
    CriticError
        Its files are missing, damaged, or of other measures.
    """
    folder = files("leitmotiv.formats") / "critics"
    try:
        told: dict[str, Any] = json.loads((folder / CARD).read_bytes())
        with np.load(io.BytesIO((folder / FILE).read_bytes()), allow_pickle=False) as arrays:
            columns = arrays["columns"].astype(np.int64)
            parts = {name: arrays[name].astype(np.float32) for name in _LIFT}
            weights, bias = arrays["weights"], arrays["bias"]
        name, has = str(told.pop("name")), str(told.pop("layer"))
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise CriticError(f"The technical critic is missing or damaged ({error}). Install leitmotiv again.") from error
    if has != layer:
        raise CriticError(f"The technical critic knows the measures {has}, and here are {layer}. Install it again.")
    return Critic(name, weights, bias, has, told, Lift(columns, **parts))
