"""What each term of a query says of every picture: by the look, by what pictures show, by words, by what was learnt."""

import os
from dataclasses import dataclass

import numpy as np

from leitmotiv.analysis import colour_search, joining, sketch
from leitmotiv.analysis.cutoff import above_chance
from leitmotiv.analysis.joining import Mask
from leitmotiv.analysis.sketch import Sketch
from leitmotiv.errors import ImageReadError, UsageError
from leitmotiv.imaging import read as reading
from leitmotiv.imaging.square import network_input
from leitmotiv.records import Concept, Example, Float, Mixture, Pixels
from leitmotiv.workflows import (
    activations,
    blending,
    boards,
    concepts,
    finding,
    learning,
    likeness,
    regions,
    taught,
    uploads,
    words,
)
from leitmotiv.workflows.components import side_by_side
from leitmotiv.workflows.concept_files import load_cav
from leitmotiv.workflows.fitting import fit_file
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.query import Term
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.terms import Colour, File, Numbered, OfBoard, OfConcept, Picture, Region, Upload, Words

SEEN = (Words, OfBoard, OfConcept)
"""What the look cannot tell."""


@dataclass(frozen=True, eq=False)
class Said:
    """What a term says.

    Attributes
    ----------
    values : (N,) float64
        Of looks at most 1, and about 0 for a picture that has nothing to do with it; else standard deviations.
    divergences : (N,) float64 or None
        Of looks, nats; NaN where not computed.
    found : (N,) bool or None
        Which pictures part from chance, where that is told by other means than by how the values lie.
    nearest : tuple of str
        Of words: those known ones that come nearest.
    """

    values: Float
    divergences: Float | None = None
    approximate: bool = False
    found: Mask | None = None
    nearest: tuple[str, ...] = ()


def said(session: Session, term: Term, ids: list[str], by: float) -> Said:
    """What a term says of pictures; remembered while the library stays as it is.

    Parameters
    ----------
    by : float
        How pictures are compared: 0 by the look, 1 by the subject.

    Raises
    ------
    ImageNotFoundError, NotFoundError
        A picture or a board is not there.
    MissingExtraError, NoActivationsError
        What pictures show is asked for, and nothing has seen it.
    """
    revision = session.library.revision("images", "files", "activations")
    state = (*revision, session.library.clusters.stamp(), session.settings.words, taught.stamp(session))
    key = ("term", _stamp(session, term), by, state)
    return remember(session, key, lambda: _said(session, term, ids, by), lane=True)


def standardised(one: Said) -> tuple[Float, Mask]:
    """What a term says in standard deviations, and which pictures part from chance."""
    if one.found is not None:
        return one.values, one.found
    found = np.zeros(len(one.values), bool)
    found[np.argsort(-one.values, kind="stable")[: above_chance(one.values)]] = True
    return joining.standardised(one.values), found


def _stamp(session: Session, term: Term) -> str:
    wanted = term.wanted
    if isinstance(wanted, File | OfConcept):
        try:
            status = wanted.path.stat()
        except OSError as error:
            raise ImageReadError(str(wanted.path), "it is no longer there") from error
        return f"{os.path.abspath(wanted.path)} {status.st_size} {status.st_mtime_ns}"
    if isinstance(wanted, Upload):
        uploads.get(session, wanted.id)
    if isinstance(wanted, OfBoard):
        board = boards.get(session, wanted.board)
        return f"{term.text} {board.id} {learning.snapshot_of(board).concept}"
    return term.text


def _said(session: Session, term: Term, ids: list[str], by: float) -> Said:
    wanted = term.wanted
    if isinstance(wanted, Words):
        return _worded(session, wanted.phrase, ids)
    if isinstance(wanted, OfBoard):
        return _learnt(session, learning.concept_of(session, boards.get(session, wanted.board)), ids)
    if isinstance(wanted, OfConcept):
        return _learnt(session, load_cav(wanted.path), ids)
    if isinstance(wanted, Numbered):
        raise UsageError(f"{term.text} counts pictures of a ranking. Name it: from= in an address, --from FILE.")
    if by == blending.SUBJECT and not isinstance(wanted, Colour | Sketch):
        return _learnt(session, _alone(session, wanted), ids)
    if by != blending.LOOK and isinstance(wanted, Picture):
        chosen = session.library.images.get(wanted.id).id
        return _alike(blending.order(session, chosen, by=by), ids, chosen)
    if by != blending.LOOK and isinstance(wanted, File):
        return _alike(blending.order_to_file(session, wanted.path, by=by), ids)
    return _looking(session, wanted, ids)


def _worded(session: Session, phrase: str, ids: list[str]) -> Said:
    told = words.scores(session, phrase)
    values = _aligned(told.ids, told.values, ids)
    best = np.argsort(-values, kind="stable")[: told.cut]
    found = np.zeros(len(ids), bool)
    found[best] = True
    return Said(values, found=found, nearest=told.nearest)


def _learnt(session: Session, concept: Concept, ids: list[str]) -> Said:
    scores = finding.scored(session, concept)
    return Said(_aligned(scores.ids, scores.score, ids))


def _aligned(names: tuple[str, ...], values: Float, ids: list[str]) -> Float:
    """Values of pictures by their ids; what is not known gets the least."""
    if list(names) == ids:
        return values
    row_of = {image_id: row for row, image_id in enumerate(names)}
    rows = np.array([row_of.get(image_id, -1) for image_id in ids], np.int64)
    least = float(values.min(initial=0.0))
    return np.append(values, least)[rows]


def _alone(session: Session, wanted: Picture | Region | Upload | File) -> Concept:
    """What a single picture teaches: its subject, and what its neighbours in the collection have of it."""
    if isinstance(wanted, Picture):
        image_id = session.library.images.get(wanted.id).id
        if not session.library.activations.missing() or image_id in session.library.activations.matrix()[0]:
            return concepts.teach(session, [Example(image_id)])
        return concepts.teach(session, [Example("", activations.of_picture(session, image_id).pooled[0])])
    if isinstance(wanted, Upload):
        pixels, box = reading.decoded(uploads.get(session, wanted.id).preview), None
    elif isinstance(wanted, File):
        pixels, box = reading.read_pixels(wanted.path, max_megapixels=session.settings.max_megapixels), None
    else:
        pixels = _whole(session, wanted.id)
        box = (wanted.box.x, wanted.box.y, wanted.box.width, wanted.box.height)
    pooled = session.backbone().features(network_input(pixels, box)[None]).pooled[0]
    return concepts.teach(session, [Example("", pooled)])


def _whole(session: Session, name: str) -> Pixels:
    image = session.library.images.get(name)
    for path in image.paths:
        try:
            return reading.read_pixels(path, max_size=2048, max_megapixels=session.settings.max_megapixels)
        except (OSError, ImageReadError):
            continue
    return reading.decoded(session.library.images.thumbnail(image.id, 512))


def _looking(session: Session, wanted: Colour | Picture | Region | Sketch | Upload | File, ids: list[str]) -> Said:
    """What is told by the look alone."""
    if isinstance(wanted, Colour):
        return Said(_colour(session, wanted, ids))
    if isinstance(wanted, Picture):
        chosen = session.library.images.get(wanted.id).id
        return _alike(likeness.order(session, chosen), ids, chosen)
    if isinstance(wanted, Region):
        image = session.library.images.get(wanted.id)
        return Said(regions.likeness(session, wanted, image, ids), approximate=len(ids) > regions.COMPARED)
    if isinstance(wanted, Sketch):
        return _sketch(session, wanted, ids)
    if isinstance(wanted, Upload):
        return _alike(likeness.order_to(session, uploads.get(session, wanted.id).mixture), ids)
    own = known(session, wanted)
    if own is not None:
        return _alike(likeness.order(session, own), ids, own)
    return _alike(likeness.order_to(session, fit_file(wanted.path, session.settings)), ids)


def known(session: Session, file: File) -> str | None:
    """The id of a file that is in the library."""
    known = session.library.images.find_path(os.fsencode(os.path.abspath(file.path)))
    return None if known is None else known.id


def _colour(session: Session, wanted: Colour, ids: list[str]) -> Float:
    kernel = colour_search.kernel(sketch.lab(wanted.colour))
    (share,) = colour_search.shares(side_by_side(session, ids), [kernel], wanted.place)
    if wanted.share is None:
        return colour_search.presence(share)
    return colour_search.agreement(share, wanted.share, wanted.how)


def _sketch(session: Session, wanted: Sketch, ids: list[str]) -> Said:
    if wanted.ground:
        drawn: Mixture = sketch.mixture(wanted, session.settings.colour_space)
        return _alike(likeness.order_to(session, drawn), ids)
    values, _ = sketch.held(side_by_side(session, ids), sketch.parts(wanted), np.zeros((1, 2)))
    return Said(values)


def _alike(order: likeness.Order, ids: list[str], own: str | None = None) -> Said:
    """Likeness as a score: 1 is the same look, 0 as far as a typical pair is, below it farther."""
    known = order.scores[~np.isnan(order.scores)]
    typical = 0.5 if order.unit in ("relative", "usual") else max(float(np.median(known)) if len(known) else 0.0, 1e-9)
    least = float(known.max(initial=0.0))
    row_of = {image_id: row for row, image_id in enumerate(order.ids)}
    rows = np.array([row_of.get(image_id, -1) for image_id in ids], np.int64)
    scores = np.append(np.where(np.isnan(order.scores), least, order.scores), 2 * typical)[rows]
    values = np.maximum(1 - scores / typical, -1.0)
    divergences = np.append(order.values, np.nan)[rows]
    if own in ids:
        values[ids.index(own)], divergences[ids.index(own)] = 1.0, 0.0
    return Said(values, divergences, order.approximate)
