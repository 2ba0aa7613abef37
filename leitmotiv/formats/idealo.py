"""Reading and writing the JSON of idealo's image-quality-assessment: labels of ten counts, and predicted means."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from leitmotiv.errors import RatingsError
from leitmotiv.formats.rated import BINS, Reading, Troubles, checked_counts
from leitmotiv.records import RatedItem


def read(path: Path) -> Reading:
    """Read labels, ``[{"image_id": …, "label": [ten counts or shares]}, …]``.

    Raises
    ------
    RatingsError
        There is no such file, it is no such list, or no label of it can be used.
    """
    troubles = Troubles()
    items = []
    for number, entry in enumerate(_entries(path), 1):
        key = str(entry.get("image_id", ""))
        where = key or f"entry {number}"
        try:
            if not key:
                raise ValueError("it has no image_id")
            label = entry.get("label")
            if not isinstance(label, list):
                raise ValueError("it has no label")
            counts = checked_counts(label)
        except ValueError as error:
            troubles.corrupt.append((where, str(error)))
            continue
        if troubles.first(key, f"entry {number}"):
            items.append(RatedItem(key, counts))
    return troubles.reading(items, BINS, path)


def read_predictions(path: Path) -> tuple[dict[str, tuple[float, ...] | float], tuple[tuple[str, str], ...]]:
    """Read what a model predicted: a mean of each picture, or its ten shares.

    Returns
    -------
    predictions : dict
        By picture: ten shares where the file has a ``label``, ``prediction`` or ``histogram``, else the mean
        (``mean_score_prediction``).
    corrupt : tuple of (where, reason)

    Raises
    ------
    RatingsError
    """
    found: dict[str, tuple[float, ...] | float] = {}
    corrupt = []
    for number, entry in enumerate(_entries(path), 1):
        key = str(entry.get("image_id", "")) or f"entry {number}"
        shares = next((entry[name] for name in ("histogram", "prediction", "label") if name in entry), None)
        mean = entry.get("mean_score_prediction")
        try:
            if isinstance(shares, list):
                found[key] = checked_counts(shares)
            elif isinstance(mean, (int, float)) and not isinstance(mean, bool) and math.isfinite(mean):
                found[key] = float(mean)
            else:
                raise ValueError("it has neither ten shares nor a mean")
        except ValueError as error:
            corrupt.append((key, str(error)))
    if not found:
        raise RatingsError(f"{path} has no prediction that can be used.")
    return found, tuple(corrupt)


def written(scores: Mapping[str, tuple[float, tuple[float, ...]]]) -> bytes:
    """Predictions as that program writes them, with the ten shares beside the mean."""
    entries = [
        {"histogram": list(shares), "image_id": key, "mean_score_prediction": mean}
        for key, (mean, shares) in scores.items()
    ]
    return json.dumps(entries, indent=2, sort_keys=True, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _entries(path: Path) -> list[dict[str, Any]]:
    try:
        found = json.loads(path.read_bytes())
    except OSError as error:
        raise RatingsError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        raise RatingsError(f"{path} is no JSON ({error}).") from error
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise RatingsError(f"{path} is no list of objects with image_id and label.")
    return found
