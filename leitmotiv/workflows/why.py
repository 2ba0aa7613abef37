"""Why two pictures are alike or not, in numbers and in plain words; bounded work, remembered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from leitmotiv.analysis import matching, views
from leitmotiv.records import Ellipse, Mixture, Swatch
from leitmotiv.workflows import browse, measuring
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.session import Session

_ASIDE = 0.14
"""How far from the middle of the frame something lies that is said to lie aside, as a share of the frame."""


@dataclass(frozen=True)
class Side:
    """What takes part of one picture in a meeting.

    Attributes
    ----------
    name, place : str
        Its colour and where it lies, in plain words.
    parts : tuple of Ellipse
        The components that it is made of.
    """

    ellipse: Ellipse
    name: str
    place: str
    parts: tuple[Ellipse, ...]


@dataclass(frozen=True)
class Shared:
    """A part of one picture and the part of the other that it meets; see `analysis.matching.Meeting`."""

    one: Side
    other: Side
    share: float
    place: float
    colour: float


@dataclass(frozen=True)
class Why:
    """Why two pictures are as alike as they are.

    Attributes
    ----------
    parts, centred, common : analysis.matching.Parts
        What the divergence is made of: as rankings have it, and in each of the two spaces, nats.
    shared : tuple of Shared
        What meets, largest share first.
    matches : tuple of analysis.matching.Match
        The same, component by component.
    met : float
        How much of both pictures meets its like, 0 to 1.
    """

    parts: matching.Parts
    centred: matching.Parts
    common: matching.Parts
    shared: tuple[Shared, ...]
    matches: tuple[matching.Match, ...]
    met: float


def why(session: Session, one_id: str, other_id: str) -> Why:
    """Why two pictures of the library are as alike as they are."""
    one, other = browse.image(session, one_id), browse.image(session, other_id)
    key = ("why", measuring.look(session.settings), one.id, other.id)
    mixtures = session.library.mixtures
    return remember(session, key, lambda: explain(session, mixtures.get(one.id), mixtures.get(other.id)), lane=True)


def explain(session: Session, one: Mixture, other: Mixture) -> Why:
    """Why two mixtures are as alike as they are, whatever they describe."""
    found = matching.explain(one, other, measuring.look(session.settings))
    ellipses = views.ellipses(one), views.ellipses(other)
    shared = []
    for meeting in found.meetings:
        sides = []
        for mixture, own, ellipse, side in zip(
            (one, other), ellipses, (meeting.one, meeting.other), ("one", "other"), strict=True
        ):
            members = sorted({getattr(match, side) for match in meeting.matches})
            sides.append(
                Side(ellipse, colour_word(ellipse.colour), place(mixture, ellipse), tuple(own[k] for k in members))
            )
        shared.append(Shared(sides[0], sides[1], meeting.share, meeting.place, meeting.colour))
    return Why(found.parts, found.centred, found.common, tuple(shared), found.matches, found.met)


def colour_word(colour: str) -> str:
    """What a person calls a colour."""
    return views.colour_name([Swatch(colour, 1.0, "")])


def place(mixture: Mixture, ellipse: Ellipse) -> str:
    """Where in the frame something lies: "above", "left, below", "middle" or "all over"."""
    width, height = mixture.frame
    x, y = (ellipse.x - 0.5) / width, (ellipse.y - 0.5) / height
    words = [*(["left" if x < 0 else "right"] if abs(x) > _ASIDE else [])]
    words += ["above" if y < 0 else "below"] if abs(y) > _ASIDE else []
    if words:
        return ", ".join(words)
    return "all over" if np.sqrt(min(ellipse.xx / width**2, ellipse.yy / height**2)) > 0.24 else "middle"


def form(found: Why, ids: tuple[str, str] | None = None, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """In JSON; `matches` number the components of each picture, heaviest first, from 0."""

    def parts(of: matching.Parts) -> dict[str, float]:
        return {**vars(of), "by_place": of.by_place, "by_colour": of.by_colour}

    def side(of: Side) -> dict[str, Any]:
        return {"name": of.name, "at": of.place, **vars(of.ellipse)}

    return {
        "schema": "leitmotiv.why/1",
        **({"images": list(ids)} if ids else {}),
        **(more or {}),
        "divergence": found.parts.whole,
        "unit": "nats",
        "parts": parts(found.parts),
        "spaces": {"centred": parts(found.centred), "common": parts(found.common)},
        "met": found.met,
        "meetings": [
            {
                "share": one.share,
                "place": one.place,
                "colour": one.colour,
                "one": side(one.one),
                "other": side(one.other),
            }
            for one in found.shared
        ],
        "matches": [vars(one) for one in found.matches],
    }
