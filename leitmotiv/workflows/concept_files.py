"""Concepts as files: .cav, which cavlib reads too, and JSON; what ours know beyond cavlib's goes into the metadata."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np

from leitmotiv.errors import CavFileError, LeitmotivError, PermissionDeniedError
from leitmotiv.formats import cav
from leitmotiv.formats.cav import CavFile
from leitmotiv.records import ACTIVATIONS, Calibration, Concept, Contradiction, Example, Float32
from leitmotiv.workflows.layers import LAYERS, VERSION

MOST_BYTES = cav.MOST_BYTES
"""Of a .cav file that is taken in."""
OURS = "leitmotiv"
"""The entry of the metadata that holds what leitmotiv adds."""
_DEEPEST = 32
"""Of metadata in JSON: what lies deeper in a file from elsewhere is left out."""


def save_cav(concept: Concept, path: Path) -> None:
    """Write a concept as a .cav file, all at once.

    Raises
    ------
    PermissionDeniedError
        The file cannot be written.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(to_cav(concept))
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise PermissionDeniedError(f"{path} cannot be written: {error.strerror}.") from error


def load_cav(path: Path) -> Concept:
    """Read a concept from a .cav file, of whatever layer.

    Raises
    ------
    CavFileError
        It cannot be read, or is no such file; the text says why.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise CavFileError(f"It has {path.stat().st_size:,} bytes, and a .cav file at most {MOST_BYTES:,}.")
        return from_cav(path.read_bytes())
    except OSError as error:
        raise CavFileError(f"{path} cannot be read: {error.strerror}.") from error
    except CavFileError as error:
        raise type(error)(f"{path}: {error}") from error


def to_cav(concept: Concept) -> bytes:
    """A concept as the bytes of a .cav file."""
    metadata = {key: value for key, value in concept.metadata.items() if key != OURS}
    return cav.write(CavFile(UUID(concept.id), concept.vector, concept.layer, {**metadata, OURS: _ours(concept)}))


def fingerprint(concept: Concept) -> str:
    """SHA-256, in hex, of all that pictures are scored by; the id is none of it: a file may give it to another one."""
    return hashlib.sha256(to_cav(replace(concept, id=str(UUID(int=0)), metadata={}))).hexdigest()


def from_cav(data: bytes) -> Concept:
    """A concept from the bytes of a .cav file; what leitmotiv wrote comes back whole, in single precision.

    Raises
    ------
    CavFileError
        It is no such file, or its vector has not the length of its layer.
    """
    return concept_of(cav.read(data))


def fitting(content: CavFile) -> CavFile:
    """What stands in a .cav file, if its vector is as long as its layer is wide; of unknown layers nobody knows.

    Raises
    ------
    CavFileError
        It is not.
    """
    wanted = LAYERS.get(content.model_layer)
    if wanted is not None and len(content.vector) != wanted:
        raise CavFileError(
            f"The vector of the .cav file has {len(content.vector):,} numbers, and the layer {content.model_layer!r} "
            f"has {wanted:,}."
        )
    return content


def concept_of(content: CavFile) -> Concept:
    """A concept from what stands in a .cav file.

    Raises
    ------
    CavFileError
        Its vector has not the length of its layer, or what leitmotiv wrote was changed into something else.
    """
    fitting(content)
    known = dict(content.metadata or {})
    ours = known.pop(OURS, None)
    plain: dict[str, Any] = {**known, **content.extra}
    basis: dict[str, Any] = {"id": str(content.id), "vector": content.vector, "layer": content.model_layer}
    if not isinstance(ours, dict):
        return Concept(**basis, centre=None, intercept=0.0, method="cosine", metadata=plain)
    try:
        return Concept(**basis, **_from_ours(ours, len(content.vector)), metadata=plain)
    except LeitmotivError:
        raise
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise CavFileError(
            f"What leitmotiv wrote into the metadata of the .cav file was changed and cannot be used ({error!r})."
        ) from error


def _ours(concept: Concept) -> dict[str, Any]:
    return {
        "version": VERSION,
        "backbone": ACTIVATIONS,
        "method": concept.method,
        "intercept": concept.intercept,
        "centre": None if concept.centre is None else concept.centre.tolist(),
        "calibration": None if concept.calibration is None else list(astuple(concept.calibration)),
        "quality": concept.quality,
        "seed": concept.seed,
        "positive": _pairs(concept.positive),
        "negative": _pairs(concept.negative),
        "drawn": list(concept.drawn),
        "contradictions": [asdict(one) for one in concept.contradictions],
        **({"missing": list(concept.missing)} if concept.missing else {}),
    }


def _pairs(examples: Sequence[Example]) -> list[list[Any]]:
    return [[one.image_id, one.weight] for one in examples]


def _from_ours(ours: Mapping[str, Any], length: int) -> dict[str, Any]:
    if int(ours["version"]) > VERSION:
        raise CavFileError("The .cav file was written by a newer leitmotiv. Update this one.")
    if ours["method"] not in ("ridge", "sgd", "cosine"):
        raise ValueError(f"method {ours['method']!r}")
    centre, calibration, quality = (ours.get(key) for key in ("centre", "calibration", "quality"))
    return {
        "method": ours["method"],
        "intercept": float(_numbers([ours.get("intercept", 0.0)], 1)[0]),
        "centre": None if centre is None else _numbers(centre, length),
        "calibration": None if calibration is None else _calibration(calibration),
        "quality": None if quality is None or math.isnan(quality) else _share(quality),
        "seed": int(ours.get("seed", 0)),
        "positive": _examples(ours.get("positive", ())),
        "negative": _examples(ours.get("negative", ())),
        "drawn": tuple(str(one) for one in ours.get("drawn", ())),
        "missing": tuple(str(one) for one in ours.get("missing", ())),
        "contradictions": tuple(
            Contradiction(
                "negative" if one["side"] == "negative" else "positive",
                int(one["index"]),
                str(one["image_id"]),
                _share(one["strength"]),
            )
            for one in ours.get("contradictions", ())
        ),
    }


def _numbers(values: Any, length: int) -> Float32:
    numbers = np.asarray(values, np.float32)
    if numbers.shape != (length,) or not np.isfinite(numbers).all():
        raise ValueError(f"{length} finite numbers are wanted")
    return numbers


def _examples(pairs: Any) -> tuple[Example, ...]:
    return tuple(Example(str(image_id), None, float(_numbers([weight], 1)[0])) for image_id, weight in pairs)


def _share(value: Any) -> float:
    if not 0 <= value <= 1:
        raise ValueError(f"{value!r} is not a number from 0 to 1")
    return float(value)


def _calibration(values: Any) -> Calibration:
    known = Calibration(*map(float, _numbers(values, 5)))
    # scores are divided by these distances
    if not (known.top > known.middle and known.lone_top > known.lone_middle and known.spread > 0):
        raise ValueError("in the calibration the board must lie above the middle, and the spread above 0")
    return known


def to_json(concept: Concept, *, vectors: bool = True) -> dict[str, Any]:
    """A concept as plain JSON values; without its vectors, what there is to tell about it.

    The score of a picture by itself is ``vector @ unit(sqrt(features) - centre)``, or ``vector @ unit(features)``
    where there is no centre; with the intercept added, what is above 0 rather belongs.
    """
    described: dict[str, Any] = {
        "schema": "leitmotiv.concept/1",
        "id": concept.id,
        "layer": concept.layer,
        "dimensions": len(concept.vector),
        **{key: value for key, value in _ours(concept).items() if key not in ("version", "centre")},
        "metadata": _plain(dict(concept.metadata)),
    }
    if vectors:
        described["vector"] = concept.vector.tolist()
        described["centre"] = None if concept.centre is None else concept.centre.tolist()
    return described


def _plain(value: Any, depth: int = 0) -> Any:
    """A value of MessagePack as JSON has it: what is no number is null, keys are texts, bytes and times are spelled."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, (Mapping, list, tuple)) and depth == _DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return {key if isinstance(key, str) else repr(key): _plain(one, depth + 1) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one, depth + 1) for one in value]
    return repr(value)
