"""`/map`: all pictures at once, where they lie by look, on a sorted grid, by time and colour, or in packs of trends."""

import hashlib
import re

import numpy as np
from flask import Blueprint, Response, jsonify, make_response, render_template, request, url_for

from leitmotiv.errors import LeitmotivError, NoIndexError, UsageError
from leitmotiv.web import forms as forms_of
from leitmotiv.web import parameters, schema, shapes
from leitmotiv.web.context import the_session
from leitmotiv.web.describe import describe as described
from leitmotiv.web.images import name_of
from leitmotiv.web.own import body
from leitmotiv.workflows import blending, browse, map_making, map_page, portraits, scopes, sprites
from leitmotiv.workflows.map_page import MapPage
from leitmotiv.workflows.session import Session

pages = Blueprint("map", __name__)

ASKED = 200
"""Most pictures or trends that one request asks for by number."""
LARGE = 100_000
"""Pictures of a map from which its page asks for ids as it needs them; those of all are 3 MB then."""
FOREVER = "private, max-age=31536000, immutable"
NOW = "private, no-cache"
SMALL = ("red", "green", "blue", "shape")


@pages.get("/map")
def index() -> str:
    """The map, or why there is none yet; `?by=` look, subject or between."""
    session, by = the_session(), parameters.likeness()
    total, unplaced = browse.images(session, limit=1).total, 0
    state = "empty"
    if total:
        try:
            unplaced, state = map_page.unplaced(session), "ready"
            count = map_page.placed(session, map_page.map_page(session, by))
        except NoIndexError:
            state = "unplaced" if map_making.can_start(session) else "unindexed"
    if state == "unplaced" and by:
        blending.check(session)
    said = blending.said(by) if by else ""
    if state != "ready":
        return render_template("unmapped.html", state=state, total=total, by=by, said=said)
    return render_template("map.html", count=count, unplaced=unplaced, layouts=map_page.LAYOUTS, by=by, said=said)


@pages.get("/api/v1/map")
@described(
    query={"by": shapes.BY},
    answer=schema.answer(
        {
            "layouts": schema.anything(),
            "ticks": schema.anything(),
            "trends": schema.anything(),
            "columns": schema.anything(),
            "schema": schema.text(),
            "count": shapes.COUNT,
            "stamp": schema.text(),
        }
    ),
    errors=(404, 409, 503),
)
def describe() -> Response:
    """What there is on the map, and how its columns are to be read."""
    session, by = the_session(), parameters.likeness()
    page = map_page.map_page(session, by)
    count = len(page.ids)
    offset, columns = 0, {}
    for name, width in _columns(page):
        columns[name] = {"offset": offset, "bytes": width}
        offset += width * count
    later = int(page.later.sum())
    return _tagged(
        jsonify(
            {
                "schema": "leitmotiv.map/1",
                "count": count,
                "later": later,
                "unplaced": map_page.unplaced(session),
                "working": map_making.is_running(session),
                "layouts": [vars(frame) for frame in page.frames],
                "ticks": [{"at": tick.at, "label": tick.label} for tick in page.ticks],
                "trends": [vars(group) for group in page.groups],
                "columns": columns,
                "columns_url": url_for("map.columns", by=blending.said(by) if by else None),
                "ids_url": url_for("map.ids"),
                "large": count > LARGE,
                "sprites": {str(level): each for level, each in sprites.LEVELS.items()},
                "stamp": _short(page),
            }
        )
    )


@pages.get("/api/v1/map/columns.bin")
@described(
    query={"by": shapes.BY, "only": schema.text("Names of columns, with commas between them.")},
    media="application/octet-stream",
    errors=(404, 409, 503),
)
def columns() -> Response:
    """Columns of the map one after the other, little-endian: all, as `/api/v1/map` describes them, or `?only=` some."""
    session = the_session()
    page = map_page.map_page(session, parameters.likeness())
    widths = dict(_columns(page))
    names = [name for name in request.args.get("only", "").split(",") if name] or list(widths)
    if unknown := [name for name in names if name not in widths]:
        raise UsageError(f"The map has no column {unknown[0][:40]!r}. It has {', '.join(widths)}.")
    tag = hashlib.sha256(repr((page.stamp, map_page.state(session), names)).encode()).hexdigest()[:20]
    answer = make_response(b"")
    answer.mimetype = "application/octet-stream"
    answer.set_etag(tag)
    if request.if_none_match.contains(tag):
        answer.status_code = 304
        return answer
    known = {**page.columns, "flags": map_page.flags(session, page)} if "flags" in names else page.columns
    answer.set_data(b"".join(known[name].astype(f"<u{widths[name]}", copy=False).tobytes() for name in names))
    return answer


@pages.get("/api/v1/map/ids.bin")
@described(media="application/octet-stream", errors=(404, 409, 503))
def ids() -> Response:
    """The ids of all rows, 32 bytes each; zeros where a picture was forgotten."""
    session = the_session()
    return _binary(map_page.hashes(session, map_page.map_page(session)).tobytes())


@pages.get("/api/v1/map/selected.bin")
@described(query={"q": shapes.SELECTED["q"]}, media="application/octet-stream", errors=(404, 409, 503))
def selected() -> Response:
    """Which rows the filters `?q=` hold for: a bit each, the lowest of a byte first."""
    kept = map_page.chosen(the_session(), request.args.get("q", ""))
    answer = _binary(np.packbits(kept, bitorder="little").tobytes())
    answer.headers["X-Count"] = str(int(kept.sum()))
    return answer


@pages.get("/api/v1/map/pictures")
@described(
    query={
        "rows": schema.text("Numbers of rows, with commas between them."),
        "id": schema.image_id(),
        "ids": schema.text("Whole ids, with commas between them."),
        "by": shapes.BY,
    },
    answer=shapes.form(pictures=shapes.THINGS),
    errors=(404, 409, 503),
)
def pictures() -> Response:
    """Some rows of the map, `?rows=4,8,15`, or the rows of pictures, `?id=` of one or `?ids=` of several."""
    session = the_session()
    page = map_page.map_page(session, parameters.likeness())
    if "id" in request.args:
        rows = map_page.rows_of(session, page, [browse.image(session, request.args["id"]).id])
    elif "ids" in request.args:
        wanted = [one for one in request.args["ids"].split(",") if one]
        if len(wanted) > ASKED or not all(re.fullmatch("[0-9a-f]{64}", one) for one in wanted):
            raise UsageError(f"ids must be at most {ASKED} whole ids (64 letters each) with commas between them.")
        rows = map_page.rows_of(session, page, wanted)
    else:
        rows = _numbers("rows", len(page.ids))
    trend = page.columns["trend"]
    forms = [
        {
            "row": row,
            **forms_of.image(image),
            "name": image.name,
            "trend": int(trend[row]) if trend[row] != map_page.NO_TREND else None,
        }
        for row, image in map_page.pictures(session, page, rows)
    ]
    return _tagged(jsonify({"pictures": forms}))


@pages.get("/api/v1/map/trends")
@described(
    query={"numbers": schema.text("Places in the list of trends, with commas between them."), "by": shapes.BY},
    answer=shapes.form(trends=shapes.THINGS),
    errors=(404, 409, 503),
)
def trends() -> Response:
    """The names of some trends of the map, `?numbers=0,1,2`, by their places in the list of `/api/v1/map`."""
    session, by = the_session(), parameters.likeness()
    page = map_page.map_page(session, by)
    said = _by_subject(session, by)
    forms = []
    for number in _numbers("numbers", len(page.groups)):
        group = page.groups[number]
        # the trends' own page orders all members first, which is too much to wait for in a large library
        few = len(page.ids) <= session.settings.limit and not by
        name = said.get(group.id) or (
            name_of(session, browse.cluster(session, group.id))
            if few
            else map_page.colour_name(session, page, number, own=not by)
        )
        forms.append({"number": number, **vars(group), "exemplar": page.ids[group.row], "name": name})
    return _tagged(jsonify({"trends": forms}))


def _by_subject(session: Session, by: float) -> dict[int, str]:
    """Names of trends as their own page has them by subject; none where they go by colours, or cannot be had."""
    if by < portraits.SEEN_FROM:
        return {}
    try:
        groups = [one for one in scopes.clusters(session, by=by).clusters if one.size > 1]
        return portraits.names(session, groups, by)
    except LeitmotivError:
        return {}


@pages.post("/api/v1/map/layout")
@described(body={"anew": bool, "by": str}, answer=shapes.form(working=schema.truth()), status=202, errors=(409,))
def lay_out() -> tuple[Response, int]:
    """Have places made for the pictures that lack one, or with {"anew": true} for all; it is done beside the server."""
    form = body({"anew": bool, "by": str})
    session, by = the_session(), blending.read(form.get("by", ""))
    if by:
        blending.check(session)
    started = map_making.start(session, anew=form.get("anew", False), by=by)
    return jsonify({"started": started, "working": True}), 202


@pages.get("/map/sprites/<int:level>/<int:number>.jpg")
def sheet(level: int, number: int) -> Response:
    """A sheet of small pictures, cells of 16 or 64 pixels; `?v=` (the stamp) makes an address that never changes."""
    session = the_session()
    page = map_page.map_page(session)
    if level not in sprites.LEVELS or number * sprites.LEVELS[level] >= max(1, len(page.ids)):
        raise UsageError(f"The map has no sheet {number} with cells of {level} pixels.")
    name = sprites.sheet_name(page.ids, level, number)
    answer = make_response(b"")
    answer.set_etag(name)
    if not request.if_none_match.contains(name):
        answer.set_data(sprites.map_sheet(session, level, number))
    else:
        answer.status_code = 304
    answer.mimetype = "image/jpeg"
    answer.headers["Cache-Control"] = FOREVER if request.args.get("v") == _short(page) else NOW
    return answer


def _columns(page: MapPage) -> list[tuple[str, int]]:
    """Names and widths of the columns in their order."""
    return [(name, 2) for name in page.columns if name not in SMALL] + [(name, 1) for name in (*SMALL, "flags")]


def _short(page: MapPage) -> str:
    return page.stamp.split("-", 1)[0]


def _numbers(name: str, below: int) -> list[int]:
    """A list of whole numbers in an address."""
    texts = [text for text in request.args.get(name, "").split(",") if text]
    if not texts or len(texts) > ASKED or not all(text.isdecimal() and int(text) < below for text in texts):
        raise UsageError(f"{name} must be 1 to {ASKED} numbers from 0 to {below - 1}, with commas between them.")
    return list(dict.fromkeys(int(text) for text in texts))


def _binary(data: bytes) -> Response:
    answer = make_response(data)
    answer.mimetype = "application/octet-stream"
    return _tagged(answer)


def _tagged(answer: Response) -> Response:
    """Asked for again, what has not changed is not sent again."""
    answer.add_etag()
    answer.make_conditional(request.environ)
    return answer
