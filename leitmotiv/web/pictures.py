"""`/`: the pictures that a line of filters holds for, in an order; and the columns that its grid is laid out from."""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from flask import Blueprint, Response, make_response, render_template, request
from numpy.typing import NDArray

import leitmotiv
from leitmotiv.errors import NoIndexError, UsageError
from leitmotiv.records import Image
from leitmotiv.web import figures, lines, own, parameters, schema, shapes, words
from leitmotiv.web.context import address, tagged, the_session
from leitmotiv.web.describe import describe
from leitmotiv.workflows import browse, facets, grid
from leitmotiv.workflows.orders import DEFAULT_SORT, Order, Section
from leitmotiv.workflows.session import Session

pages = Blueprint("pictures", __name__)

FIRST = 200
"""Pictures in the page itself; without script a link leads to the next ones."""
MOST_ROWS = 500
PIECE = 4096
"""Pictures whose ids and colours the grid asks for at once: 143 kB, and twenty screens or more."""
MOST_COLUMNS = 65_536
MOST_PLACES = 8
FOREMOST = 10_000_000


@pages.get("/")
def index() -> str | Response:
    """The pictures of `?q=` in the order of `?sort=`; `?from=` (a year or a month) and `?start=` begin further on."""
    session = the_session()
    days = browse.days(session)
    if not days:
        return render_template("first.html")
    asked = lines.asked()
    plain = not asked.arguments() and not {"start", "from"} & request.args.keys()
    try:
        order = grid.newest(session, FIRST) if plain else grid.view(session, asked.text, asked.sort, asked.group)
    except (UsageError, NoIndexError) as error:
        return _refused(asked, days, str(error))
    since = parameters.month("from")
    start = _later(days, since) if since and not asked.text else parameters.whole("start", 0, 0, FOREMOST)
    start = max(0, min(start, len(order) - 1))
    found = grid.count(session) if plain else len(order)
    return _page(asked, days, order, found, start)


def _page(asked: lines.Asked, days: Sequence[tuple[str, int]], order: Order, found: int, start: int) -> str:
    session = the_session()
    end = start + FIRST
    images = {image.id: image for image in grid.pictures(session, order.part(start, end))}
    seen = [one for one in order.sections if one.start < end and one.start + one.count > start]
    texts = headings(session, order.kind, [one.key for one in seen])
    shown = [
        (one.key, text, one.count, _between(order, one, start, end, images))
        for one, text in zip(seen, texts, strict=True)
    ]
    following = {**asked.arguments(), "start": end} if end < found else None
    return _rendered(
        asked,
        days,
        images=list(images.values()),
        kind=order.kind,
        groups=shown,
        found=found,
        marks=figures.marks(days) if not asked.text and asked.sort == DEFAULT_SORT else [],
        start=start,
        following=address("pictures.index", **following) if following else None,
    )


def _refused(asked: lines.Asked, days: Sequence[tuple[str, int]], text: str) -> Response:
    """The page with its line, what is wrong with it, and no picture."""
    return make_response(_rendered(asked, days, fault=text), 400)


def _rendered(asked: lines.Asked, days: Sequence[tuple[str, int]], **more: object) -> str:
    usual: dict[str, object] = {"images": [], "kind": "", "groups": [], "found": 0, "marks": [], "fault": ""}
    usual |= {"start": 0, "following": None}
    usual["sorts"] = [*lines.SORTS, *((name, name) for name in grid.columns(the_session()))]
    total = sum(count for _, count in days)
    return render_template("pictures.html", asked=asked, days=days, total=total, **(usual | more))


def _between(order: Order, section: Section, start: int, end: int, images: Mapping[str, Image]) -> list[Image]:
    ids = order.part(max(start, section.start), min(end, section.start + section.count))
    return [images[image_id] for image_id in ids if image_id in images]


def _later(days: Sequence[tuple[str, int]], since: str) -> int:
    """Where the pictures of a period begin: as far down the list as all later pictures reach."""
    return sum(count for day, count in days if day[: len(since)] > since)


def headings(session: Session, kind: str, keys: Sequence[str]) -> list[str]:
    """What the pictures of each section share, in words."""
    if kind == "cluster":
        return grid.names_of_trends(session, keys)
    return [_heading(kind, key) for key in keys]


def _heading(kind: str, key: str) -> str:
    if kind in ("day", "month", "year"):
        return words.day(key)
    if kind == "rating":
        return words.stars(int(key))
    if kind == "folder":
        return "/".join(key.split("/")[-2:]) or key
    return key or {"camera": "no camera named", "lens": "no lens named", "label": "no label"}.get(kind, "not known")


# ---- what the grid asks for ----


@pages.get("/api/v1/grid")
@describe(query={**shapes.SELECTED, "group": schema.text("Sections: by what.")}, media="application/octet-stream")
def layout() -> Response:
    """The shapes and sections of `?q=`, `?sort=` and `?group=`, packed: what places follow from; see docs/pages.md."""
    session, asked = the_session(), lines.asked()

    def make(state: str) -> bytes:
        order = grid.view(session, asked.text, asked.sort, asked.group)
        texts = headings(session, order.kind, [one.key for one in order.sections])
        sections = [[one.key, text, one.count] for one, text in zip(order.sections, texts, strict=True)]
        ratio = np.rint(1000 * np.clip(order.ratio, figures.NARROWEST, figures.WIDEST)).astype("<u2")
        head = {"count": len(order), "kind": order.kind, "piece": PIECE, "state": state, "sections": sections}
        return _packed(head, ratio[order.rows])

    # the names of trends may still be in the making
    return _binary(make, kept=asked.sort.removeprefix("-") != "cluster")


@pages.get("/api/v1/grid/columns")
@describe(
    query={**shapes.SELECTED, "start": schema.whole(0, FOREMOST), "count": schema.whole(1, MOST_COLUMNS)},
    media="application/octet-stream",
)
def columns() -> Response:
    """Ids and mean colours of the pictures from `?start=`, packed; see docs/pages.md."""
    session, asked = the_session(), lines.asked()
    start = parameters.whole("start", 0, 0, FOREMOST)
    count = parameters.whole("count", PIECE, 1, MOST_COLUMNS)

    def make(state: str) -> bytes:
        order = grid.view(session, asked.text, asked.sort, asked.group)
        rows = order.rows[start : start + count]
        return _packed({"count": len(rows), "start": start, "state": state}, order.hashes[rows], order.colour[rows])

    return _binary(make, start, count)


@pages.get("/api/v1/grid/places")
@describe(
    query={**shapes.SELECTED, "ids": schema.text("Ids with commas between them.")},
    answer=shapes.form(
        places=schema.listed(schema.whole(-1), "-1 of a picture that is not there."), state=schema.text()
    ),
)
def places() -> Response:
    """Where the pictures `?ids=` stand, from 0."""
    session, asked = the_session(), lines.asked()
    wanted = [one for one in request.args.get("ids", "").split(",") if one]
    if len(wanted) > MOST_PLACES or not all(re.fullmatch("[0-9a-f]{64}", one) for one in wanted):
        raise UsageError(f"ids must be at most {MOST_PLACES} whole ids (64 letters each) with commas between them.")
    state = _tag(session, asked)
    order = grid.view(session, asked.text, asked.sort, asked.group)
    return tagged({"places": [order.place_of(one) for one in wanted], "state": state})


def _binary(make: Callable[[str], bytes], *part: int, kept: bool = True) -> Response:
    """A packed answer, made of the state of what is asked for, unless the browser has it."""
    state = _tag(the_session(), lines.asked())
    tag = "-".join((state, *map(str, part)))
    if request.if_none_match.contains(tag):
        answer = make_response(b"", 304)
    else:
        answer = make_response(make(state))
        answer.mimetype = "application/octet-stream"
    if kept:
        answer.set_etag(tag)
    return answer


def _tag(session: Session, asked: lines.Asked) -> str:
    """Two answers with the same tag are the same."""
    key = (grid.state(session), asked.text, asked.sort, asked.group, leitmotiv.__version__)
    return hashlib.sha256(repr(key).encode()).hexdigest()[:20]


def _packed(head: Mapping[str, object], *columns: NDArray[np.generic]) -> bytes:
    text = json.dumps(head).encode()
    text += b" " * (-len(text) % 4)
    return b"".join((b"LMG2", len(text).to_bytes(4, "little"), text, *(column.tobytes() for column in columns)))


@pages.get("/api/v1/facets")
@describe(
    query={**shapes.SELECTED, "most": schema.whole(1, 1000, "Values of one filter.", default=12)},
    answer=shapes.FORM,
)
def facet_counts() -> Response:
    """Each filter's values with how many pictures have them, under the other filters of `?q=`."""
    session, asked = the_session(), lines.asked()
    most = parameters.whole("most", 12, 1, 1000)
    found = facets.facets(session, asked.text, most)
    return tagged(
        {
            "facets": [
                {
                    "name": facet.name,
                    "title": facet.title or lines.title(facet.name),
                    "values": [
                        vars(one) | {"text": _value_said(session, facet.name, one.value)} for one in facet.values
                    ],
                    "more": facet.more,
                }
                for facet in found
            ]
        }
    )


def _value_said(session: Session, name: str, value: str) -> str:
    return grid.name_of_trend(session, value) if name == "cluster" else lines.said(name, value)


@pages.get("/api/v1/grid/rows")
@describe(
    query={**shapes.SELECTED, "start": schema.whole(0, FOREMOST), "count": schema.whole(1, MOST_ROWS)},
    answer=shapes.form(rows=shapes.THINGS, total=shapes.COUNT),
)
def rows() -> Response:
    """What the tiles from `?start=` say: names, ratings and blobs."""
    session, asked = the_session(), lines.asked()
    start = parameters.whole("start", 0, 0, FOREMOST)
    count = parameters.whole("count", 100, 1, MOST_ROWS)
    order = grid.view(session, asked.text, asked.sort, asked.group)
    told = [
        {
            "id": tile.image.id,
            "name": tile.image.name,
            "alt": words.alternative(tile.image),
            "taken": tile.image.taken.at.isoformat(),
            "state": tile.image.state,
            "rating": own.rating_form(tile.rating),
            "blobs": base64.b64encode(tile.blobs.tobytes()).decode(),
        }
        for tile in grid.tiles(session, order.part(start, start + count))
    ]
    return tagged({"rows": told, "total": len(order)})
