"""`/search/map` and `/search/axis`: words and pictures on one plane, and pictures between two poles; and their JSON."""

from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from leitmotiv.errors import CompilingError, LeitmotivError
from leitmotiv.web import errors, forms, parameters, schema, search_shown, shapes
from leitmotiv.web.answers import json_answer
from leitmotiv.web.context import address, the_session
from leitmotiv.web.describe import describe
from leitmotiv.workflows import axes, browse, offers, seeking, word_map
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.word_map import Box, Window

pages = Blueprint("search_places", __name__)

WIDTH, HEIGHT = 1000, 620
"""The plane as it is drawn without scripts."""
COLUMNS, ROWS = 22, 12
MOST = 60
FOUND = 400
"""Most results of a search that are marked on the plane."""
STEPS = 19
"""Pictures of the strip."""
AROUND = 24
"""Pictures shown at a place of the axis."""
HISTOGRAM = 60
_OFFERED = ("day..night", "animal..machine", "water..land", "old..new", "plain..ornate")


def _found(session: Session, q: str) -> frozenset[str]:
    if not q.strip():
        return frozenset()
    ranking = seeking.search(session, q, n=FOUND)
    return frozenset(one.id for one in ranking.results[: FOUND if ranking.cut is None else ranking.cut])


def _form(window: Window, found: frozenset[str]) -> dict[str, Any]:
    return {
        "box": list(window.box),
        "total": window.total,
        "pictures": [{"id": name, "x": x, "y": y, "found": name in found} for name, x, y in window.pictures],
        "words": [{"word": one.word, "x": one.x, "y": one.y, "pictures": one.pictures} for one in window.words],
    }


@pages.get("/search/map")
def plane() -> str | Response:
    """The plane of words and pictures, `?box=` a window onto it; `?q=` marks what a search finds."""
    session, q = the_session(), request.args.get("q", "")
    box, shown, found, fault = word_map.WHOLE, None, frozenset[str](), None
    try:
        box = word_map.read_box(request.args.get("box", ""))
        shown = word_map.window(session, box, COLUMNS, ROWS)  # also where the search has a fault
        if found := _found(session, q):
            shown = word_map.window(session, box, COLUMNS, ROWS, found)
    except CompilingError:
        raise
    except LeitmotivError as error:
        fault = error
    page = render_template(
        "search_map.html",
        q=q,
        fault=fault,
        form=None if shown is None else _form(shown, found),
        phrase=search_shown.phrase,
        listed=() if shown is None else word_map.word_map(session).words[:MOST],
        count=0 if shown is None else len(word_map.word_map(session).ids),
        held=0.0 if shown is None else word_map.word_map(session).held,
        size=(WIDTH, HEIGHT, WIDTH / COLUMNS * 0.92),
        to=lambda *sides: address("search_places.plane", **_arguments(q=q, box=_written(sides))),
        moves=_moves(box),
        whole=box == word_map.WHOLE,
    )
    return page if fault is None else make_response(page, errors.status_of(fault))


def _written(box: Any) -> str:
    return ",".join(f"{side:g}" for side in box) if box else ""


def _arguments(**values: str) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _moves(box: Box) -> list[tuple[str, str, Box]]:
    """Windows beside this one, nearer and farther: sign, what it says, and sides."""
    left, top, width, height = box
    near = (left + width / 4, top + height / 4, width / 2, height / 2)
    far = (left - width / 2, top - height / 2, 2 * width, 2 * height)
    sides = [
        ("plus", "Nearer", near),
        ("minus", "Farther", far),
        ("left", "To the left", (left - width / 2, top, width, height)),
        ("right", "To the right", (left + width / 2, top, width, height)),
        ("up", "Up", (left, top - height / 2, width, height)),
        ("down", "Down", (left, top + height / 2, width, height)),
    ]
    return [(sign, said, word_map.read_box(_written(to))) for sign, said, to in sides]


@pages.get("/api/v1/search/map")
@describe(
    query={
        "box": schema.text("Left, top, width and height of the window in shares of the plane; the whole without it."),
        "columns": schema.whole(1, 64, "Of the grid, for each cell of which a picture is told."),
        "rows": schema.whole(1, 64),
        "q": schema.text("A search; what it finds goes before others of a cell, and is marked."),
    },
    answer=schema.answer(
        {
            "box": schema.listed(schema.number()),
            "total": schema.whole(0),
            "pictures": schema.listed(
                schema.answer(
                    {"id": schema.text(), "x": schema.number(), "y": schema.number(), "found": schema.truth()}
                )
            ),
            "words": schema.listed(
                schema.answer(
                    {
                        "word": schema.text(),
                        "x": schema.number(),
                        "y": schema.number(),
                        "pictures": schema.whole(0),
                    }
                )
            ),
        }
    ),
    errors=(404, 409, 501, 503),
)
def window() -> Response:
    """What a window onto the plane of words and pictures shows."""
    session = the_session()
    box = word_map.read_box(request.args.get("box", ""))
    columns, rows = parameters.whole("columns", COLUMNS, 1, 64), parameters.whole("rows", ROWS, 1, 64)
    found = _found(session, request.args.get("q", ""))
    return json_answer(_form(word_map.window(session, box, columns, rows, found), found))


@pages.get("/search/axis")
def between() -> str | Response:
    """Pictures between two poles, `?axis=cold..hot`; `?at=` percent of the way, `?q=` a line of filters."""
    session, text, q = the_session(), request.args.get("axis", ""), request.args.get("q", "")
    found, fault, at = None, None, 0
    try:
        at = parameters.whole("at", 0, 0, 100)
        found = axes.axis(session, text, q) if text else None
    except CompilingError:
        raise
    except LeitmotivError as error:
        fault = error
    page = render_template("search_axis.html", **_drawn(session, found, at), text=text, q=q, at=at, fault=fault)
    return page if fault is None else make_response(page, errors.status_of(fault))


def _drawn(session: Session, found: axes.Axis | None, at: int) -> dict[str, Any]:
    """What the page of an axis is drawn from."""
    if found is None:
        return {
            "axis": None,
            "unknown": (),
            "notes": (),
            "offered": offers.axes(session, offers.words(session), _OFFERED),
        }
    text, kept = f"{found.low}{axes.BETWEEN}{found.high}", _arguments(q=request.args.get("q", ""))
    ranking = axes.ranking(session, found, *axes.around(found, at / 100, AROUND))
    strip = axes.spaced(found, STEPS)
    images = session.library.images.many([one.id for one in ranking.results] + [found.ids[row] for row in strip])
    low, high = (float(found.values[0]), float(found.values[-1])) if found.ids else (0.0, 0.0)
    counts = [0] * HISTOGRAM
    for value in found.values.tolist():
        counts[min(HISTOGRAM - 1, int((value - low) / max(high - low, 1e-9) * HISTOGRAM))] += 1
    tallest = max(counts)
    return {
        "axis": found,
        "unknown": [(one, search_shown.instead_of_pole(text, one, kept)) for one in found.unknown],
        "notes": found.notes,
        "linked": search_shown.linked,
        "ranking": ranking,
        "images": {one.id: one for one in images},
        "strip": [(found.ids[row], round(100 * row / max(1, len(found.ids) - 1))) for row in strip],
        "bars": [round(100 * (count / tallest) ** 0.5, 1) for count in counts] if tallest else [],
        "poles": (low, high),
        "to": lambda **changes: address("search_places.between", **{**request.args, **changes}),
        "shares": lambda result: search_shown.poles(result, max(abs(low), abs(high), 1e-9)),
    }


@pages.get("/api/v1/search/axis")
@describe(
    query={
        "axis": schema.text("Two queries with two points between them: `cold..hot`."),
        "q": schema.text("A line of filters: which pictures are laid out."),
        "n": schema.whole(1, 10_000_000, "How many; 60 without it."),
        "offset": schema.whole(0, 10_000_000),
    },
    answer=shapes.RANKING,
    errors=(404, 409, 501, 503),
)
def along() -> Response:
    """Pictures between two poles, from the low one to the high one; `score` is z(high) - z(low)."""
    session = the_session()
    found = axes.axis(session, request.args.get("axis", ""), request.args.get("q", ""))
    n, offset = parameters.whole("n", 60, 1, 10_000_000), parameters.whole("offset", 0, 0, 10_000_000)
    ranking = axes.ranking(session, found, offset, offset + n)
    following = None
    if offset + n < len(found.ids):
        following = address("search_places.along", **{**request.args, "n": str(n), "offset": str(offset + n)})
    return json_answer(forms.ranking(ranking, browse.odd_paths(session, ranking), following))
