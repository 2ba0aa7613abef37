"""Owns how often English words are said: a list that a package brings, read by its path."""

import gzip
import json

from leitmotiv.nets import weights
from leitmotiv.nets.weights import ENGLISH


def frequencies() -> dict[str, float]:
    """The words of the list in lower case, each with how often films say it.

    Raises
    ------
    MissingExtraError
        It is not installed, or damaged.
    """
    found: dict[str, int] = json.loads(gzip.decompress(weights.read(ENGLISH)))
    return {word: float(count) for word, count in found.items()}
