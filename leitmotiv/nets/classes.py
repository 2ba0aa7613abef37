"""Owns what is known of the thousand classes of the backbone: their names and descriptions, and how it tells them."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.nets import weights
from leitmotiv.nets.weights import CLASS_DESCRIPTIONS, CLASS_NAMES, CLASS_SYNONYMS, EFFICIENTNET_LITE0, Weights
from leitmotiv.records import ClassText

_BROADER = Path(__file__).with_name("broader.txt")
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


def broader() -> list[tuple[list[str], list[int]]]:
    """Kinds of things above the classes: the words for each, and the numbers of the classes that are such things.

    They are WordNet's; `benchmarks/broader_table.py` made the table, which is a part of this package.
    """
    found = []
    for line in _BROADER.read_text("utf-8").splitlines():
        words, _, ranges = line.rpartition(": ")
        ends = [[int(end) for end in one.split("-")] for one in ranges.split(" ")]
        found.append((words.split(", "), [number for one in ends for number in range(one[0], one[-1] + 1)]))
    return found


def broader_digest() -> str:
    """Changes whenever the kinds of things do."""
    return hashlib.sha256(_BROADER.read_bytes()).hexdigest()[:6]


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
