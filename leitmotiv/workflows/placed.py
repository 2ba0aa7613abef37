"""Concepts that know places (7 x 7 cells) over a collection: its maps are not kept, so each picture is seen again.

What such a concept says of each picture is kept with the library, so that this happens once.
"""

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from leitmotiv.analysis.concept import percentile
from leitmotiv.errors import BoardError, EmptyLibraryError, ImageReadError
from leitmotiv.records import ACTIVATIONS, Concept, Float, Pixels, Scores
from leitmotiv.workflows import activations
from leitmotiv.workflows.inspecting import as_standing, lone_scores
from leitmotiv.workflows.layers import MAP
from leitmotiv.workflows.progress import Report, Step
from leitmotiv.workflows.session import Session

if TYPE_CHECKING:
    from leitmotiv.nets.backbone import Features

SCORES = "placed-scores"
"""The name of the stored arrays; those of the concept that was asked last."""
AT_ONCE = 16
A_PAGE = 600
"""Pictures that a page waits for: about half a minute."""


def score(session: Session, concept: Concept, report: Report | None = None) -> Scores:
    """What a concept of the layer "lite0_map" says of each picture of a library by itself.

    Only pictures that it was not asked about are seen. A picture that cannot be read is left out.

    Raises
    ------
    BoardError
        A page asks, and too many pictures have to be seen.
    EmptyLibraryError, MissingExtraError
    """
    library = session.library
    ids = library.images.ids()
    if not ids:
        raise EmptyLibraryError("The library has no pictures yet. Add some: leitmotiv add-directory FOLDER")
    centre = b"" if concept.centre is None else concept.centre.tobytes()
    made_by = f"{ACTIVATIONS} {concept.layer}".encode() + concept.vector.tobytes() + centre
    digest = hashlib.sha256(made_by).hexdigest()
    stored = library.arrays.get(SCORES)
    known: dict[str, float] = {}
    if stored is not None and stored.digest == digest:
        known = dict(zip(stored.ids, stored["cosine"].tolist(), strict=True))
    lacking = [one for one in ids if one not in known]
    if lacking:
        if not session.patient and len(lacking) > A_PAGE:
            raise BoardError(
                f"This concept knows places, which are not kept of pictures: {len(lacking):,} have to be seen again, "
                "too many for a page. Ask once with `leitmotiv board rank`; what it finds is kept."
            )
        known |= _seen(session, concept, lacking, report)
        found = [one for one in ids if one in known]
        if library.writable:
            library.arrays.put(SCORES, {"cosine": np.array([known[one] for one in found])}, found, digest)
    names = tuple(sorted(one for one in ids if one in known and np.isfinite(known[one])))
    cosine = np.array([known[one] for one in names], np.float64)
    standing = as_standing(concept, cosine)
    return Scores(names, standing, percentile(standing), np.full(len(names), np.nan), cosine)


def lone(concept: Concept, features: "Features") -> Float:
    """What a concept of a layer of the backbone says of pictures by themselves, (B,) float64: a cosine."""
    seen = features.map.reshape(len(features.map), -1) if concept.layer == MAP else features.pooled
    return lone_scores(concept, seen)


def _seen(session: Session, concept: Concept, ids: Sequence[str], report: Report | None) -> dict[str, float]:
    backbone = session.backbone()
    found: dict[str, float] = {}
    for names, pictures in _read_ahead(session, ids):
        # one that cannot be read is remembered as such, and not tried again
        found |= dict.fromkeys(names, np.nan)
        shown = [(name, one) for name, one in zip(names, pictures, strict=True) if one is not None]
        if shown:
            values = lone(concept, backbone.features(np.stack([one for _, one in shown])))
            found |= zip((name for name, _ in shown), values.tolist(), strict=True)
        if report is not None:
            report(Step("Seeing where things are", len(found), len(ids)))
    return found


def _read_ahead(session: Session, ids: Sequence[str]) -> Iterator[tuple[list[str], list[Pixels | None]]]:
    """Batches of what the network is shown; threads read the next while one is looked at."""

    def read(image_id: str) -> Pixels | None:
        try:
            return activations.shown(session, session.library.images.get(image_id))
        except ImageReadError:
            return None

    batches = [list(ids[start : start + AT_ONCE]) for start in range(0, len(ids), AT_ONCE)]
    with ThreadPoolExecutor(session.settings.cores, "reading") as pool:
        begun = ((batch, [pool.submit(read, one) for one in batch]) for batch in batches)
        waiting = list(islice(begun, 2))
        try:
            while waiting:
                names, futures = waiting.pop(0)
                pictures = [future.result() for future in futures]
                waiting += islice(begun, 1)
                yield names, pictures
        finally:
            pool.shutdown(cancel_futures=True)
