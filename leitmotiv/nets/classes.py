"""Owns what is known of the thousand classes of the backbone: their names and descriptions, and how it tells them."""

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.nets import weights
from leitmotiv.nets.weights import CLASS_DESCRIPTIONS, CLASS_NAMES, CLASS_SYNONYMS, EFFICIENTNET_LITE0, Weights
from leitmotiv.records import ClassText

DIGEST = CLASS_DESCRIPTIONS.sha256[:6] + CLASS_NAMES.sha256[:6] + CLASS_SYNONYMS.sha256[:6]
"""Changes whenever the texts do."""


def texts() -> tuple[ClassText, ...]:
    """The texts of all classes, in the order of the logits.

    Raises
    ------
    MissingExtraError
        They are not installed, or damaged.
    """
    names, synonyms, described = (_json(of) for of in (CLASS_NAMES, CLASS_SYNONYMS, CLASS_DESCRIPTIONS))
    found = []
    for number, name in enumerate(names):
        one = described.get(str(number), {})
        said = tuple(part.strip() for part in synonyms[str(number)].split(","))
        found.append(ClassText(name, said, one.get("description", ""), one.get("guidelines", "")))
    return tuple(found)


def head() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The last layer of the backbone, from pooled features to logits: (1000, 1280) and (1000,) float32.

    Raises
    ------
    MissingExtraError
        The weights are not installed, or damaged.
    """
    found = weights.tensors(weights.read(EFFICIENTNET_LITE0))
    return found["_fc.weight"], found["_fc.bias"]


def _json(of: Weights) -> Any:
    return json.loads(weights.read(of))
