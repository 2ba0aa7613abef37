"""Designs of a run as SVG and as pixels; the same genome always gives the same."""

from collections.abc import Sequence
from contextlib import suppress

import numpy as np

from leitmotiv.analysis import designs
from leitmotiv.analysis.collages import Source
from leitmotiv.errors import ImageNotFoundError, ImageReadError, NotFoundError
from leitmotiv.formats import design_svg
from leitmotiv.imaging import read as reading
from leitmotiv.imaging import render
from leitmotiv.records import SEEN_SIDE, Drawing, Float, Photo, Pixels, Round, Run
from leitmotiv.workflows.session import Session

KINDS = designs.KINDS
LARGEST = 2048
"""Longest side of a design as PNG, pixels; SVG has no limit."""
_LENT = 512
"""Longest side of pictures inside a design that is judged or looked at, pixels."""


def drawing(run: Run, genome: Float) -> Drawing:
    """What a genome of a run draws."""
    return designs.drawing(run.design, genome, [Source(*one) for one in run.pictures])


def svg(session: Session, run: Run, genome: Float, *, side: int = _LENT) -> str:
    """A design as SVG; pictures in it are embedded.

    Parameters
    ----------
    side : int
        Longest side of each embedded picture, pixels; more than a thumbnail has comes from its file, if it is there.
    """
    drawn = drawing(run, genome)
    wanted = dict.fromkeys(part.image_id for part in drawn.parts if isinstance(part, Photo))
    return design_svg.written(drawn, {one: _lent(session, one, side) for one in wanted})


def png(session: Session, run: Run, genome: Float, side: int) -> bytes:
    """A design as PNG whose longest side has `side` pixels."""
    drawn = drawing(run, genome)
    scale = min(side, LARGEST) / max(drawn.width, drawn.height)
    text = svg(session, run, genome, side=_LENT if side <= _LENT else LARGEST)
    return render.png(text, max(1, round(drawn.width * scale)), max(1, round(drawn.height * scale)))


def seen(session: Session, run: Run, genomes: Float) -> Pixels:
    """Designs as a judge sees them, (B, 224, 224, 3) uint8: all of each, stretched to a square."""
    lent: dict[str, bytes] = {}
    return np.stack([_seen(session, drawing(run, genome), lent) for genome in genomes])


def _seen(session: Session, drawn: Drawing, lent: dict[str, bytes]) -> Pixels:
    for part in drawn.parts:
        if isinstance(part, Photo) and part.image_id not in lent:
            lent[part.image_id] = _lent(session, part.image_id, _LENT)
    return render.pixels(stretched(design_svg.written(drawn, lent)), SEEN_SIDE, SEEN_SIDE)


def example(kind: str, seed: int) -> str:
    """A design of a kind that needs no pictures, to show what it is; SVG.

    Raises
    ------
    NotFoundError
        No such kind, or one of pictures.
    """
    if kind not in KINDS or KINDS[kind].needs_pictures:
        raise NotFoundError(f"There is no example of {kind!r}.")
    genome = np.random.default_rng([len(kind), seed]).random(KINDS[kind].genes)
    return design_svg.written(designs.drawing(kind, genome))


def stretched(text: str) -> str:
    """A design that fills any frame, as judges see it."""
    return text.replace("<svg ", '<svg preserveAspectRatio="none" ', 1)


def of(session: Session, number: int) -> tuple[Run, Sequence[Round]]:
    """A run and its rounds.

    Raises
    ------
    NotFoundError
        There is none of this number.
    """
    return asked(session, number), session.library.evolutions.rounds(number)


def asked(session: Session, number: int) -> Run:
    """A run without its rounds.

    Raises
    ------
    NotFoundError
        There is none of this number.
    """
    run = session.library.evolutions.get(number)
    if run is None:
        raise NotFoundError(f"There is no evolution {number}. `leitmotiv evolve --list` prints those that there are.")
    return run


def one(session: Session, run: Run, place: int, row: int) -> Float:
    """The genome of a design, where nothing else of its run is needed.

    Raises
    ------
    NotFoundError
        There is no such round or design.
    """
    genomes = session.library.evolutions.genomes(run.id, place, KINDS[run.design].genes)
    if genomes is None or not 0 <= row < len(genomes):
        raise NotFoundError(f"There is no design {row} in round {place}.")
    found: Float = genomes[row]
    return found


def genome(rounds: Sequence[Round], place: int, row: int) -> Float:
    """The genome of a design.

    Raises
    ------
    NotFoundError
        There is no such round or design.
    """
    if not 0 <= place < len(rounds) or not 0 <= row < len(rounds[place].scores):
        raise NotFoundError(f"There is no design {row} in round {place}.")
    found: Float = rounds[place].genomes[row]
    return found


def damaged(
    kind: str, genomes: Float, damages: Sequence[str], strengths: Sequence[float], *, seed: int = 0
) -> tuple[Pixels, list[str]]:
    """Designs with known damage, to measure judges by.

    Parameters
    ----------
    genomes : (B, D) float64
    damages, strengths : sequence
        One for each design; see `leitmotiv.analysis.designs.damaged`.

    Returns
    -------
    (B, 224, 224, 3) uint8, and the SVG of each
    """
    rng = np.random.default_rng(seed)
    texts = [
        design_svg.written(designs.damaged(designs.drawing(kind, genome), damage, strength, rng))
        for genome, damage, strength in zip(genomes, damages, strengths, strict=True)
    ]
    return np.stack([render.pixels(stretched(text), SEEN_SIDE, SEEN_SIDE) for text in texts]), texts


def _lent(session: Session, image_id: str, side: int) -> bytes:
    """A picture as a file to embed; grey where the library has forgotten it."""
    with suppress(ImageNotFoundError):
        if side > _LENT:
            return _from_file(session, image_id, side)
        return session.library.images.thumbnail(image_id, _LENT)
    return reading.encode(np.full((8, 8, 3), 128, np.uint8), "JPEG", 90)


def _from_file(session: Session, image_id: str, side: int) -> bytes:
    for path in session.library.images.get(image_id).paths:
        with suppress(ImageReadError):
            pixels = reading.read_pixels(path, max_size=side, max_megapixels=session.settings.max_megapixels)
            return reading.encode(reading.shrink(pixels, side), "JPEG", 90)
    return session.library.images.thumbnail(image_id, _LENT)
