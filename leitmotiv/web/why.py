"""`/why/<id>/<id>`: why two pictures are alike or not, drawn over both; and the same as JSON."""

from dataclasses import dataclass
from itertools import pairwise

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from leitmotiv.errors import CompilingError
from leitmotiv.records import Ellipse, Image
from leitmotiv.web import figures, parameters, shapes
from leitmotiv.web.context import address, the_session
from leitmotiv.web.describe import describe
from leitmotiv.web.images import MOST_NATS, nearest
from leitmotiv.workflows import browse, why
from leitmotiv.workflows.session import Session

pages = Blueprint("why", __name__)

OTHERS = 12
HEIGHT = 1000.0
"""Of the drawing over both pictures, which are shown at one height; its other lengths follow."""
GAP = 150.0
CORE = 0.7
"""Of a meeting only the core is drawn, so that those side by side are told apart; a component is drawn as elsewhere."""
SLIMMEST, BROADEST = 0.3, 4.0


@dataclass(frozen=True)
class Link:
    """A meeting as it is drawn: its outlines over both pictures, the line between them, and where its numbers stand.

    Attributes
    ----------
    parts : tuple of Outline
        The components that it is made of, over both pictures.
    line : str
        A path from the one middle to the other.
    left, top, other_left, other_top : float
        Of its two numbers, in hundredths of the whole drawing.
    """

    shared: why.Shared
    outlines: tuple[figures.Outline, figures.Outline]
    parts: tuple[figures.Outline, ...]
    line: str
    left: float
    top: float
    other_left: float
    other_top: float


@dataclass(frozen=True)
class Drawing:
    """Two pictures at one height with what meets between them; lengths in units of which the height has `HEIGHT`."""

    widths: tuple[float, float]
    whole: float
    links: tuple[Link, ...]


@pages.get("/why/<one>/<other>")
def show(one: str, other: str) -> str | BaseResponse:
    """The page; with `?part=panel` only what the page of a picture shows of it."""
    session = the_session()
    first, second = browse.image(session, one), browse.image(session, other)
    if (first.id, second.id) != (one, other):
        return redirect(address("why.show", **{**request.args, "one": first.id, "other": second.id}))
    panel = parameters.one_of("part", "", ("", "panel")) == "panel"
    found = why.why(session, first.id, second.id)
    values = {
        "images": (first, second),
        "found": found,
        "drawing": draw(found, first, second),
        "sentence": sentence(found),
        "typical": _typical(session, first.id),
        "most": MOST_NATS,
        "whole": not panel,
    }
    if panel:
        return make_response(render_template("why_panel.html", **values))
    return render_template("why.html", others=_others(session, first.id), **values)


@pages.get("/api/v1/images/<one>/why/<other>")
@describe(answer=shapes.FORM, errors=(409, 503))
def as_json(one: str, other: str) -> Response:
    """Which parts of two pictures meet, and how their divergence divides between colour and place."""
    session = the_session()
    ids = (browse.image(session, one).id, browse.image(session, other).id)
    answer = jsonify(why.form(why.why(session, *ids), ids))
    answer.add_etag()
    answer.make_conditional(request.environ)
    return answer


def _typical(session: Session, image_id: str) -> float | None:
    """The divergence of the middle one of all pictures to this one, nats, where it is known without waiting."""
    try:
        total = browse.similar(session, image_id, n=1).total
        middle = browse.similar(session, image_id, n=1, offset=total // 2).results
    except CompilingError:
        return None
    return middle[0].divergence if middle else None


def _others(session: Session, image_id: str) -> list[Image]:
    """Pictures that the first one may be compared with next."""
    try:
        return list(nearest(session, image_id, OTHERS, 0).images.values())
    except CompilingError:
        return []


# ---- drawing ----


def draw(found: why.Why, first: Image, second: Image) -> Drawing:
    """Both pictures side by side at one height, and what meets."""
    widths = tuple(HEIGHT * min(BROADEST, max(SLIMMEST, one.width / max(1, one.height))) for one in (first, second))
    starts = (0.0, widths[0] + GAP)
    whole = starts[1] + widths[1]
    links = []
    taken: list[tuple[float, float]] = []
    for shared in found.shared:
        sides = shared.one, shared.other
        outlines = tuple(
            _outline(side.ellipse, width, start, CORE) for side, width, start in zip(sides, widths, starts, strict=True)
        )
        parts = tuple(
            _outline(part, width, start)
            for side, width, start in zip(sides, widths, starts, strict=True)
            for part in side.parts
        )
        (x, y), (u, v) = (
            _free(outline, start, width, taken) for outline, start, width in zip(outlines, starts, widths, strict=True)
        )
        middle = (x + u) / 2
        line = f"M{x:.0f} {y:.0f}C{middle:.0f} {y:.0f} {middle:.0f} {v:.0f} {u:.0f} {v:.0f}"
        places = (100 * x / whole, y / HEIGHT * 100, 100 * u / whole, v / HEIGHT * 100)
        links.append(Link(shared, (outlines[0], outlines[1]), parts, line, *(round(place, 2) for place in places)))
    return Drawing((widths[0], widths[1]), whole, tuple(links))


def _outline(ellipse: Ellipse, width: float, start: float, size: float = 1.0) -> figures.Outline:
    drawn = figures.outlines([ellipse], width, HEIGHT, 1)[0]
    rx, ry = round(size * drawn.rx, 1), round(size * drawn.ry, 1)
    return figures.Outline(round(drawn.cx + start, 1), drawn.cy, rx, ry, drawn.angle)


def _free(
    outline: figures.Outline, start: float, width: float, taken: list[tuple[float, float]]
) -> tuple[float, float]:
    """A place for a number near the middle of an outline: inside the picture, and on no other number."""
    x = min(start + width - 50, max(start + 50, outline.cx))
    y = min(HEIGHT - 50, max(50.0, outline.cy))
    for step in range(24):
        aside = 90 * ((step + 1) // 2) * (1 if step % 2 else -1)
        tried = (x, y + aside)
        if 40 <= tried[1] <= HEIGHT - 40 and all(abs(tried[0] - a) + abs(tried[1] - b) > 90 for a, b in taken):
            y = tried[1]
            break
    taken.append((x, y))
    return x, y


# ---- words ----


def sentence(found: why.Why) -> str:
    """What a person would say first."""
    whole = found.parts.whole
    if whole < 0.005:
        return "The same look."
    shared = found.shared[0]
    share = _fraction(shared.share)
    if whole > 0.9 * MOST_NATS:
        return f"They have next to nothing in common; {shared.one.name} {shared.one.place} comes nearest."
    same = shared.one.name == shared.other.name
    what = shared.one.name if same else f"{shared.one.name} and {shared.other.name}"
    where = (
        shared.one.place if shared.one.place == shared.other.place else f"{shared.one.place} and {shared.other.place}"
    )
    return f"{what[0].upper()}{what[1:]}, {where}: {share} of what they have in common. {_difference(found)}"


def _fraction(share: float) -> str:
    """0.31 as "nearly a third"."""
    steps = ((1, "all"), (3 / 4, "three quarters"), (2 / 3, "two thirds"), (1 / 2, "half"), (1 / 3, "a third"))
    for (above, name), (below, _) in pairwise((*steps, (1 / 4, "a quarter"), (0, ""))):
        if share > (above + below) / 2 or above == 1 / 4:
            if share < 0.2:
                break
            return name if abs(share - above) < 0.02 else f"{'nearly' if share < above else 'more than'} {name}"
    return f"{share:.0%}".replace("%", " %")


def _difference(found: why.Why) -> str:
    """What of three things sets the pictures apart most."""
    parts = found.parts
    said = {
        "which colours they have": parts.colour,
        "the shape of their frames": parts.place,
        "where their colours lie": parts.together,
    }
    first, second = sorted(said, key=lambda name: -said[name])[:2]
    if said[first] > 0.65 * parts.whole:
        return f"What sets them apart is {first}."
    return f"What sets them apart is {first}, and {second}."
