"""What colours, sketches, parts and pictures say of every picture by their looks."""

import numpy as np

from leitmotiv.analysis import colour_search, colour_words, sketch
from leitmotiv.analysis.sketch import Sketch
from leitmotiv.records import Float, Mixture
from leitmotiv.workflows import blending, likeness, regions, uploads
from leitmotiv.workflows.asking import columns
from leitmotiv.workflows.components import side_by_side
from leitmotiv.workflows.degrees import LOOK
from leitmotiv.workflows.fitting import fit_file
from leitmotiv.workflows.named import Ids
from leitmotiv.workflows.said import Said
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.terms import Colour, File, Picture, Region, Upload

PLAIN = 0.5
"""A colour that scores so much is there, however many pictures have it: one half is a share of 1 in 11, or one that is
four times too much or too little of what was asked for."""
NEAR = 0.8
"""So well does half or twice the share that was asked for agree with it."""
Looked = Colour | Picture | Region | Sketch | Upload | File


def told(session: Session, wanted: Looked, ids: list[str], by: float) -> Said:
    """What the look tells, or of whole pictures also a blend of look and subject."""
    if by != LOOK and isinstance(wanted, Picture):
        chosen = session.library.images.get(wanted.id).id
        return _alike(session, blending.order(session, chosen, by=by), ids, chosen)
    if by != LOOK and isinstance(wanted, File):
        return _alike(session, blending.order_to_file(session, wanted.path, by=by), ids)
    return _looking(session, wanted, ids, by)


def _looking(session: Session, wanted: Looked, ids: list[str], by: float) -> Said:
    if isinstance(wanted, Colour):
        return _colour(session, wanted, ids, by)
    if isinstance(wanted, Picture):
        chosen = session.library.images.get(wanted.id).id
        return _alike(session, likeness.order(session, chosen), ids, chosen)
    if isinstance(wanted, Region):
        image = session.library.images.get(wanted.id)
        return Said(regions.likeness(session, wanted, image, ids), approximate=len(ids) > regions.COMPARED)
    if isinstance(wanted, Sketch):
        return _sketch(session, wanted, ids)
    if isinstance(wanted, Upload):
        return _alike(session, likeness.order_to(session, uploads.get(session, wanted.id).mixture), ids)
    return _alike(session, likeness.order_to(session, fit_file(wanted.path, session.settings)), ids)


def _colour(session: Session, wanted: Colour, ids: list[str], by: float) -> Said:
    """A name is there where people would say so, a single colour where it stands out or there is much of it."""
    pictures = side_by_side(session, ids)
    kernel = colour_words.kernel(wanted.name) if wanted.name else colour_search.kernel(sketch.lab(wanted.colour))
    if not wanted.name:
        (share,) = colour_search.shares(pictures, [kernel], wanted.place)
        values = _fit(share, wanted)
        return Said(values, there=values >= PLAIN)
    share = colour_words.shares(pictures, wanted.name, wanted.place)
    there = share >= colour_words.VISIBLE if wanted.share is None else _fit(share, wanted) >= NEAR
    beside = None
    if by != LOOK and wanted.share is None:
        beside = share >= colour_words.SPOT
        # beside what is shown, a blue that anybody would call so counts for more than one at the border of the name
        share = np.sqrt(share * colour_search.shares(pictures, [kernel], wanted.place)[0])
    return Said(_fit(share, wanted), there=there, settled=True, beside=beside)


def _fit(share: Float, wanted: Colour) -> Float:
    if wanted.share is None:
        return colour_search.presence(share)
    return colour_search.agreement(share, wanted.share, wanted.how)


def _sketch(session: Session, wanted: Sketch, ids: list[str]) -> Said:
    if wanted.ground:
        drawn: Mixture = sketch.mixture(wanted, session.settings.colour_space)
        return _alike(session, likeness.order_to(session, drawn), ids)
    values, _ = sketch.held(side_by_side(session, ids), sketch.parts(wanted), np.zeros((1, 2)))
    return Said(values)


def _alike(session: Session, order: likeness.Order, ids: list[str], own: str | None = None) -> Said:
    """Likeness as a score: 1 is the same look, 0 as far as a typical pair is, below it farther."""
    known = order.scores[~np.isnan(order.scores)]
    typical = 0.5 if order.unit in ("relative", "usual") else max(float(np.median(known)) if len(known) else 0.0, 1e-9)
    least = float(known.max(initial=0.0))
    if isinstance(order.ids, Ids):
        place = np.full(len(order.ids.hashes), -1, np.int64)
        place[order.ids.rows] = np.arange(len(order.ids))
        rows = np.append(place, -1)[columns(session).rows_of(ids)]
    else:
        row_of = {image_id: row for row, image_id in enumerate(order.ids)}
        rows = np.array([row_of.get(image_id, -1) for image_id in ids], np.int64)
    scores = np.append(np.where(np.isnan(order.scores), least, order.scores), 2 * typical)[rows]
    values = np.maximum(1 - scores / typical, -1.0)
    divergences = np.append(order.values, np.nan)[rows]
    if own in ids:
        values[ids.index(own)], divergences[ids.index(own)] = 1.0, 0.0
    return Said(values, divergences, order.approximate)
