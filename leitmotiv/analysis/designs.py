"""The kinds of designs, what each is drawn by, and known damage to measure judges by."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from leitmotiv.analysis import collages, emblems, lettering, posters, scenery
from leitmotiv.analysis.collages import Source
from leitmotiv.errors import UsageError
from leitmotiv.records import Drawing, Float, Photo, Shape


@dataclass(frozen=True)
class Kind:
    """A kind of design.

    Attributes
    ----------
    title : str
        In plain words, as a heading.
    genes : int
        Numbers of a genome, each 0 to 1.
    needs_pictures : bool
    """

    title: str
    genes: int
    draw: Callable[[Float, Sequence[Source]], Drawing]
    needs_pictures: bool = False


def _alone(draw: Callable[[Float], Drawing]) -> Callable[[Float, Sequence[Source]], Drawing]:
    return lambda genes, _: draw(genes)


KINDS: dict[str, Kind] = {
    "landscape": Kind("Layered landscapes", scenery.GENES, _alone(scenery.landscape)),
    "poster": Kind("Posters", posters.GENES, _alone(posters.poster)),
    "lettering": Kind("Posters with letters", lettering.GENES, _alone(lettering.lettered)),
    "palette": Kind("Palettes", posters.PALETTE_GENES, _alone(posters.palette)),
    "star": Kind("Stars", emblems.GENES, _alone(emblems.star)),
    "heart": Kind("Hearts", emblems.GENES, _alone(emblems.heart)),
    "spiral": Kind("Spirals", emblems.GENES, _alone(emblems.spiral)),
    "trapezoid": Kind("Trapezoids", emblems.GENES, _alone(emblems.trapezoid)),
    "crop": Kind("Crops of your pictures", collages.CROP_GENES, collages.crop, True),
    "collage": Kind("Collages of your pictures", collages.COLLAGE_GENES, collages.collage, True),
}


def drawing(kind: str, genes: Float, sources: Sequence[Source] = ()) -> Drawing:
    """What a genome draws; the same numbers draw the same.

    Parameters
    ----------
    genes : (D,) float64
        As many as the kind has, each from 0 to 1.
    sources : sequence of Source
        Pictures, for the kinds that need them.

    Raises
    ------
    UsageError
        No such kind.
    ValueError
        Another number of genes, or one beyond 0 to 1, or no pictures where they are needed.
    """
    known = kind_of(kind)
    values = np.asarray(genes, np.float64)
    if values.shape != (known.genes,) or not ((values >= 0) & (values <= 1)).all():
        raise ValueError(f"A genome of a {kind} has {known.genes} numbers from 0 to 1.")
    if known.needs_pictures and not sources:
        raise ValueError(f"A {kind} needs pictures.")
    return known.draw(values, sources)


def kind_of(name: str) -> Kind:
    """A kind by its name.

    Raises
    ------
    UsageError
        There is none.
    """
    if name not in KINDS:
        raise UsageError(f"A design is one of {', '.join(KINDS)}, not {name!r}.")
    return KINDS[name]


DAMAGES = ("blank", "faded", "scattered", "mangled", "missing", "clashing")


def damaged(drawn: Drawing, damage: str, strength: float, rng: np.random.Generator) -> Drawing:
    """A drawing with known damage, to measure judges by: 0 leaves it as it is, 1 is the most.

    Parameters
    ----------
    damage : str
        "blank" (one colour, whatever the strength above 0), "faded" (towards the ground), "scattered" (shapes far from
        their places), "mangled" (outlines torn), "missing" (shapes lost), "clashing" (colours drawn anew).
    strength : float
        0 to 1.

    Raises
    ------
    UsageError
        No such damage.
    """
    if damage not in DAMAGES:
        raise UsageError(f"Damage is one of {', '.join(DAMAGES)}, not {damage!r}.")
    if strength <= 0:
        return drawn
    if damage == "blank":
        return replace(drawn, parts=())
    return replace(drawn, parts=tuple(_hurt(part, drawn, damage, strength, rng) for part in drawn.parts))


def _hurt(part: Shape | Photo, drawn: Drawing, damage: str, strength: float, rng: np.random.Generator) -> Shape | Photo:
    side = min(drawn.width, drawn.height)
    shift, hit, colour = (
        rng.normal(0, 0.3 * strength * side, 2),
        rng.random() < 0.75 * strength,
        rng.integers(0, 256, 3),
    )
    if isinstance(part, Photo):
        return replace(part, x=part.x + float(shift[0]), y=part.y + float(shift[1])) if damage != "clashing" else part
    if damage == "faded":
        return replace(part, opacity=part.opacity * (1 - 0.96 * strength))
    if damage == "missing":
        return replace(part, path="M0 0Z") if hit else part
    if damage == "clashing":
        tone = "#{:02x}{:02x}{:02x}".format(*colour.tolist())
        kept = replace(part, fill=tone if part.fill else "", fades="", stroke=tone if part.stroke else "")
        return kept if rng.random() < strength else part
    if damage == "scattered":
        return replace(part, path=f"{_moved(part.path, shift[0], shift[1])}")
    return replace(part, path=_torn(part.path, strength, side, rng))


def _moved(path: str, x: float, y: float) -> str:
    return _mapped(path, lambda points: points + np.array((x, y)))


def _torn(path: str, strength: float, side: float, rng: np.random.Generator) -> str:
    return _mapped(path, lambda points: points + rng.normal(0, 0.12 * strength * side, points.shape))


def _mapped(path: str, change: Callable[[Float], Float]) -> str:
    """A path whose absolute points are changed; what is told relative to them follows."""
    tokens = re.split(r"([MLAZahv])", path)
    out = []
    for letter, text in zip(tokens[1::2], tokens[2::2], strict=True):
        numbers = [float(one) for one in text.split()]
        if letter in "MLA" and len(numbers) >= 2:
            numbers[-2:] = change(np.array(numbers[-2:])).round(2).tolist()
        out.append(letter + " ".join(f"{one:g}" for one in numbers))
    return "".join(out)
