"""The file of a critic: one .npz of arrays and its card; nothing in it needs pickle."""

import io
import json
import zipfile
import zlib
from typing import Any

import numpy as np

from leitmotiv.errors import CriticError
from leitmotiv.records import ACTIVATIONS, Critic

SCHEMA = "leitmotiv.critic/1"
LARGEST = 50_000_000
TRAINED = f"{ACTIVATIONS} trained"
"""The layer of a critic that brings its own network."""


def written(critic: Critic) -> bytes:
    """The bytes of the file; the same critic gives the same bytes."""
    out = io.BytesIO()
    network = {"network": np.frombuffer(critic.network, np.uint8)} if critic.network else {}
    np.savez(
        out,
        allow_pickle=False,
        weights=np.asarray(critic.weights, "<f4"),
        bias=np.asarray(critic.bias, "<f4"),
        card=np.frombuffer(card(critic), np.uint8),
        **network,
    )
    return out.getvalue()


def card(critic: Critic) -> bytes:
    """The card as JSON, for people and programs."""
    told = {"schema": SCHEMA, "name": critic.name, "layer": critic.layer, **critic.card}
    return json.dumps(told, indent=2, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def read(data: bytes) -> Critic:
    """Read a critic.

    Raises
    ------
    CriticError
        It is damaged, of another kind, or learnt from another backbone.
    """
    if len(data) > LARGEST:
        raise CriticError(f"A critic's file has some {1280 * 10 * 4:,} bytes, not {len(data):,}.")
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            weights, bias, text = arrays["weights"], arrays["bias"], bytes(arrays["card"])
            network = arrays["network"].tobytes() if "network" in arrays else b""
        told: dict[str, Any] = json.loads(text)
        schema, name, layer = told.pop("schema"), str(told.pop("name")), str(told.pop("layer"))
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        OSError,
        EOFError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise CriticError(f"The critic's file is damaged or no critic ({error}). Train it again.") from error
    if schema != SCHEMA:
        raise CriticError(f"The critic's file says {schema!r}, and this leitmotiv reads {SCHEMA!r}.")
    here = TRAINED if network else ACTIVATIONS
    if layer != here:
        raise CriticError(f"The critic {name} learnt from {layer}, and here is {here}. Train it again.")
    if weights.shape != (1280, 10) or bias.shape != (10,) or weights.dtype.kind != "f" or bias.dtype.kind != "f":
        raise CriticError(f"The critic {name} has weights {weights.shape} {weights.dtype}, not (1280, 10).")
    if not np.isfinite(weights).all() or not np.isfinite(bias).all():
        raise CriticError(f"The critic {name} has weights that are no numbers. Train it again.")
    return Critic(name, weights.astype(np.float32), bias.astype(np.float32), layer, told, network=network)
