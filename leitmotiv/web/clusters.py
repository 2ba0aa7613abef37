"""`/clusters`: the trends, from fewer to more; `/clusters/<id>`: one trend with all its pictures; and both as JSON."""

import hashlib
import math
from datetime import datetime
from statistics import fmean
from typing import Any, NamedTuple

from flask import Blueprint, Response, abort, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from leitmotiv.errors import NoActivationsError, NoIndexError, UnfoundError, UsageError
from leitmotiv.records import Cluster, Swatch
from leitmotiv.web import figures, forms, parameters, shapes, trend_shapes
from leitmotiv.web.context import address, tagged, the_session
from leitmotiv.web.describe import describe
from leitmotiv.web.images import FOREVER, send_bytes
from leitmotiv.web.likeness import unfound, unseen
from leitmotiv.workflows import blending, browse, editing, grid, outliers, portraits, scopes
from leitmotiv.workflows.portraits import Dates
from leitmotiv.workflows.session import Session

pages = Blueprint("clusters", __name__)

PAGE = 48
"""Trends a page."""
ALONE = 48
"""Pictures that stand alone, shown at the end of the first page."""
MEMBERS = 200
"""Pictures of one trend a page."""
MOST = 1_000_000


class Trend(NamedTuple):
    """A group with what its article shows."""

    group: Cluster
    name: str
    palette: tuple[Swatch, ...]
    colour: str
    dates: Dates
    stamp: str


def asked() -> str:
    """The selection that a request is about; "" for the whole library."""
    return request.args.get("q", "").strip()


@pages.get("/trends")
def trends() -> BaseResponse:
    """The page under the name that people use."""
    return redirect(address("clusters.index", **request.args))


@pages.get("/clusters")
def index() -> str | tuple[str, int]:
    """Exemplar-led groups of `?q=`, `?count=` of them, `?by=` look, subject or between, from place `?from=`."""
    session, query, by = the_session(), asked(), parameters.likeness()
    try:
        page = scopes.clusters(session, query, parameters.optional_whole("count", 1, MOST), by)
    except NoActivationsError:
        return unseen("Trends", "Trends", by)
    except UnfoundError:
        return unfound(query)
    except NoIndexError as error:
        if by:
            return unseen("Trends", "Trends", by, job="trends")
        return render_template("unindexed.html", text=str(error), total=browse.images(session, limit=1).total)
    except UsageError as error:
        if not query:
            raise
        return render_template("no-trends.html", text=str(error), query=query), 400
    offset = parameters.whole("from", 0, 0, MOST)
    groups = [group for group in page.clusters if group.size > 1]
    alone = [group.exemplar for group in page.clusters if group.size == 1]
    days = browse.days(session)
    return render_template(
        "clusters.html",
        page=page,
        query=query,
        **_likeness(by),
        trends=cards(session, groups, offset, offset + PAGE, by),
        total=len(groups),
        alone=[browse.image(session, image_id) for image_id in alone[:ALONE]],
        left_out=[browse.image(session, image_id) for image_id in page.left_out[:ALONE]],
        statements=[] if query or by else editing.statements(session),
        following=offset + PAGE if offset + PAGE < len(groups) else None,
        first=int(days[-1][0][:4]) if days else 0,
        last=int(days[0][0][:4]) if days else 0,
        spark=figures.spark,
        offset=offset,
        usual=fmean(group.coherence for group in groups) if groups else 0.0,
    )


def cards(session: Session, groups: list[Cluster], start: int, end: int, by: float = 0.0) -> list[Trend]:
    """What the articles of some groups show; names tell all groups up to the last of them apart."""
    names = portraits.names(session, groups[:end], by)
    return [
        Trend(
            group,
            names[group.id],
            portraits.palette(session, group.members),
            portraits.colour(session, group.members),
            portraits.dates(session, group.members),
            stamp(group),
        )
        for group in groups[start:end]
    ]


@pages.get("/clusters/<int:cluster_id>")
def show(cluster_id: int) -> str:
    """One trend: its pictures by their divergence to the exemplar."""
    session, query, by = the_session(), asked(), parameters.likeness()
    count = parameters.optional_whole("count", 1, MOST)
    page, group = find(session, cluster_id, query, count, by)
    groups = [one for one in page.clusters if one.size > 1 or one.id == group.id]
    place = next((at for at, one in enumerate(groups) if one.id == group.id), None)
    (trend,) = cards(session, groups, place, place + 1, by) if place is not None else cards(session, [group], 0, 1, by)
    offset = parameters.whole("from", 0, 0, MOST)
    part = list(zip(group.members[offset : offset + MEMBERS], group.distances[offset : offset + MEMBERS], strict=True))
    there = {one.id: one for one in grid.pictures(session, [image_id for image_id, _ in part])}
    names = portraits.names(session, groups[:PAGE], by)
    return render_template(
        "cluster.html",
        trend=trend,
        query=query,
        **_likeness(by),
        exemplar=browse.image(session, group.exemplar),
        members=[(there[image_id], distance) for image_id, distance in part if image_id in there],
        outliers=set(group.outliers),
        pinned=set(group.pinned),
        others=[(one.id, names[one.id], one.size) for one in groups[:PAGE] if one.id != group.id],
        count=count,
        offset=offset,
        following=offset + MEMBERS if offset + MEMBERS < group.size else None,
        most=1.0 if by else math.log(2),
        title=trend.name,
        parts=min(editing.MOST_PARTS, group.size),
    )


@pages.get("/clusters/alone")
def alone() -> str:
    """The pictures that are like no other, in the cut of `?count=`."""
    session, query, by = the_session(), asked(), parameters.likeness()
    count = parameters.optional_whole("count", 1, MOST)
    offset = parameters.whole("from", 0, 0, MOST)
    page = scopes.clusters(session, query, count, by)
    ids = [group.exemplar for group in page.clusters if group.size == 1]
    return render_template(
        "alone.html",
        images=[browse.image(session, image_id) for image_id in ids[offset : offset + MEMBERS]],
        total=len(ids),
        page=page,
        query=query,
        **_likeness(by),
        offset=offset,
        following=offset + MEMBERS if offset + MEMBERS < len(ids) else None,
    )


@pages.get("/clusters/outliers")
def apart() -> str:
    """The pictures of the library that belong nowhere, whatever the cut."""
    session = the_session()
    found = outliers.outliers(session)
    offset = parameters.whole("from", 0, 0, MOST)
    part = list(zip(found.ids, found.values, strict=True))[offset : offset + MEMBERS]
    return render_template(
        "outliers.html",
        found=found,
        members=[(browse.image(session, image_id), value) for image_id, value in part],
        most=math.log(2),
        offset=offset,
        following=offset + MEMBERS if offset + MEMBERS < len(found.ids) else None,
    )


@pages.get("/clusters/<int:cluster_id>/average.webp")
def average(cluster_id: int) -> Response:
    """The average picture of a trend; `?v=` (its `stamp`) makes an address that never changes its meaning."""
    session = the_session()
    count = parameters.optional_whole("count", 1, MOST)
    _, group = find(session, cluster_id, asked(), count, parameters.likeness())
    caching = FOREVER if request.args.get("v") == stamp(group) else "private, no-cache"
    return send_bytes(
        f"average-{stamp(group)}", caching, lambda: (portraits.average(session, group.members), "image/webp")
    )


def _likeness(by: float) -> dict[str, object]:
    """What templates need to know of `?by=`; `said` is None by look, so that addresses do without it."""
    return {"by": by, "said": blending.said(by) if by else None}


def find(
    session: Session, cluster_id: int, query: str, count: int | None, by: float = 0.0
) -> tuple[browse.ClusterPage, Cluster]:
    """A trend by the number in an address, with the cut; 404 where there is none."""
    page = scopes.clusters(session, query, count, by)  # a bad count is told as such
    try:
        return page, scopes.cluster(session, cluster_id, query, count, by)
    except UsageError as error:
        abort(404, str(error))


def stamp(group: Cluster) -> str:
    """A short name for the pictures that its average is made of, in their order."""
    some = "".join(group.members[: portraits.AVERAGED])
    return f"{group.id}-{group.size}-{hashlib.sha256(some.encode()).hexdigest()[:12]}"


# ---- as JSON ----


@pages.get("/api/v1/clusters")
@describe(
    query={"q": trend_shapes.OF, "count": trend_shapes.COUNT, "by": shapes.BY},
    answer=trend_shapes.TRENDS,
    errors=(409, 503),
)
def as_json() -> Response:
    """The trends of `?q=`, `?count=` of them, `?by=` look, subject or between."""
    session, query = the_session(), asked()
    page = scopes.clusters(session, query, parameters.optional_whole("count", 1, MOST), parameters.likeness())
    names = portraits.names(session, [group for group in page.clusters if group.size > 1], parameters.likeness())
    found = [form(session, group, names.get(group.id, group.name)) for group in page.clusters]
    return tagged(
        {"clusters": found, "count": len(found), "wanted": page.wanted, "q": query, "left_out": list(page.left_out)}
    )


@pages.get("/api/v1/clusters/<int:cluster_id>")
@describe(
    query={"q": trend_shapes.OF, "count": trend_shapes.COUNT, "by": shapes.BY},
    answer=trend_shapes.TREND,
    errors=(409, 503),
)
def one_as_json(cluster_id: int) -> Response:
    """One trend."""
    session, query, by = the_session(), asked(), parameters.likeness()
    count = parameters.optional_whole("count", 1, MOST)
    _, group = find(session, cluster_id, query, count, by)
    name = portraits.names(session, [group], by)[group.id] if query or by else editing.called(session, group, count)
    return tagged(form(session, group, name) | {"distances": list(group.distances)})


@pages.get("/api/v1/clusters/outliers")
@describe(answer=trend_shapes.OUTLIERS, errors=(409,))
def outliers_as_json() -> Response:
    """The pictures that belong nowhere, the loneliest first: `value` is the divergence to the third nearest, nats."""
    found = outliers.outliers(the_session())
    pictures = [{"id": one, "value": value} for one, value in zip(found.ids, found.values, strict=True)]
    return tagged({"outliers": pictures, "usual": found.usual, "fence": _finite(found.fence), "size": found.size})


def form(session: Session, group: Cluster, name: str) -> dict[str, Any]:
    """A trend in JSON."""
    dates = portraits.dates(session, group.members)
    return forms.cluster(group, name) | {
        "named": bool(group.name),
        "coherence": round(group.coherence, 4),
        "outliers": list(group.outliers),
        "first": _iso(dates.first),
        "last": _iso(dates.last),
        "edited": group.edited,
        "pinned": list(group.pinned),
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
