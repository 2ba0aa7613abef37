"""Pictures that hold a region of another: first by its colours and their places, the best then by the look itself."""

import math
import os

import numpy as np

from leitmotiv.analysis import colour_search, divergence, patches, region, sketch
from leitmotiv.analysis.places import Box
from leitmotiv.errors import ImageReadError, UsageError
from leitmotiv.imaging import read as reading
from leitmotiv.records import Float, Image, Mixture
from leitmotiv.workflows.components import side_by_side
from leitmotiv.workflows.fitting import fit_pixels
from leitmotiv.workflows.measuring import look, ready
from leitmotiv.workflows.query import Region
from leitmotiv.workflows.session import Session

LIKELY = 2000
"""Pictures for which all places of the frame are tried."""
COMPARED = 200
"""Pictures of which the part in question is compared by the look."""
_WORKING = 2048


def mixture_of(session: Session, image: Image, box: Box) -> Mixture:
    """What lies in a box of a picture as a mixture: fitted to its pixels, or cut out of the picture's own mixture.

    Raises
    ------
    UsageError
        The file is away and its mixture has nothing in the box.
    """
    for path in image.paths:
        try:
            pixels = reading.read_pixels(
                path,
                max_size=min(_WORKING, math.ceil(session.settings.working_size / max(box.width, box.height))),
                max_megapixels=session.settings.max_megapixels,
            )
        except (OSError, ImageReadError):
            continue
        height, width, _ = pixels.shape
        left, top = int(box.x * width), int(box.y * height)
        right, bottom = math.ceil((box.x + box.width) * width), math.ceil((box.y + box.height) * height)
        ready(session)
        return fit_pixels(np.ascontiguousarray(pixels[top:bottom, left:right]), session.settings)
    found = region.restrict(session.library.mixtures.get(image.id), box)
    if found is None:
        raise UsageError(f"{os.fsdecode(image.name)} is away, and what is known of it has nothing in this box.")
    return found


def likeness(session: Session, wanted: Region, image: Image, ids: list[str]) -> Float:
    """How well pictures hold a region of a picture, (N,) float64, 0 to 1; see `held`."""
    return held(session, mixture_of(session, image, wanted.box), wanted.box, ids, anywhere=wanted.anywhere)


def held(session: Session, piece: Mixture, box: Box, ids: list[str], *, anywhere: bool = True) -> Float:
    """How well pictures hold what a mixture says of a box, (N,) float64, 0 to 1.

    Half of it is what share of the region's places have their colours, where the picture has most of them; half is the
    look of what lies there, 1 - divergence / ln 2. The look is computed for the `COMPARED` best; the others get what
    the worst of these has, so that none of them comes before it on account of the look.
    """
    ready(session)
    parts = region.parts(piece, box)
    moves = region.shifts(box) if anywhere else np.zeros((1, 2))
    with session.lane:
        table = side_by_side(session, ids)
        found = _colours(table, parts, box)
        rows = np.argsort(-found, kind="stable")[:LIKELY]
        exact, shift = sketch.held(patches.chosen(table, rows), parts, moves)
        rest = np.ones(len(ids), bool)
        rest[rows] = False
        # what is only known without its place must not come before what is known with it
        found[rest] *= min(1.0, float(exact.min(initial=1.0)) / max(float(found[rest].max(initial=0.0)), 1e-9))
        found[rows] = exact
        best = np.argsort(-exact, kind="stable")[:COMPARED]
        looks = _looks(session, piece, box, [ids[rows[at]] for at in best], moves[shift[best]])
    scores = (found + float(looks.min(initial=1.0))) / 2
    scores[rows[best]] = (exact[best] + looks) / 2
    return scores


def _colours(table: patches.Patches, parts: list[sketch.Part], box: Box) -> Float:
    """How far a picture has the region's colours at all, wherever."""
    found = np.zeros(len(table))
    for one in parts:
        enough = min(1.0, one.place.extent, box.extent)
        found += one.weight * np.minimum(colour_search.masses(table, one.colour) / enough, 1.0)
    return found


def _looks(session: Session, piece: Mixture, box: Box, ids: list[str], moves: Float) -> Float:
    """1 - divergence / ln 2 of the region and of what lies at the moved box in each picture; 0 where nothing does."""
    cut = [
        region.restrict(mixture, Box(box.x + x, box.y + y, box.width, box.height))
        for mixture, (x, y) in zip(session.library.mixtures.many(ids), moves, strict=True)
    ]
    there = [at for at, one in enumerate(cut) if one is not None]
    found = np.zeros(len(ids))
    measure = look(session.settings)
    values = divergence.js_to(piece, [one for one in cut if one is not None], look=measure)
    found[there] = 1 - values.astype(np.float64) / math.log(2)
    return found
