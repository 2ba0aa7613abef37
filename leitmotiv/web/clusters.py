"""`/clusters`: the trends, from fewer to more; `/clusters/<id>`: one trend with all its pictures."""

import math
from statistics import fmean
from typing import NamedTuple

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from leitmotiv.errors import NoIndexError
from leitmotiv.records import Cluster, Swatch
from leitmotiv.web import figures, parameters
from leitmotiv.web.context import address, the_session
from leitmotiv.web.images import find, name_of, stamp
from leitmotiv.workflows import browse
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
    years: list[tuple[int, int]]
    stamp: str


@pages.get("/trends")
def trends() -> Response:
    """The page under the name that people use."""
    return redirect(address("clusters.index", **request.args))


@pages.get("/clusters")
def index() -> str:
    """Exemplar-led groups, `?count=` of them, from place `?from=`."""
    session = the_session()
    try:
        page = browse.clusters(session, parameters.optional_whole("count", 1, MOST))
    except NoIndexError as error:
        return render_template("unindexed.html", text=str(error), total=browse.images(session, limit=1).total)
    offset = parameters.whole("from", 0, 0, MOST)
    groups = [group for group in page.clusters if group.size > 1]
    alone = [group.exemplar for group in page.clusters if group.size == 1]
    shown = [_trend(session, group) for group in groups[offset : offset + PAGE]]
    days = browse.days(session)
    return render_template(
        "clusters.html",
        page=page,
        trends=shown,
        total=len(groups),
        alone=[browse.image(session, image_id) for image_id in alone[:ALONE]],
        following=offset + PAGE if offset + PAGE < len(groups) else None,
        first=int(days[-1][0][:4]) if days else 0,
        last=int(days[0][0][:4]) if days else 0,
        spark=figures.spark,
        offset=offset,
        usual=fmean(group.coherence for group in groups) if groups else 0.0,
    )


def _trend(session: Session, group: Cluster) -> Trend:
    return Trend(
        group,
        name_of(session, group),
        browse.cluster_palette(session, group.id),
        browse.cluster_years(session, group),
        stamp(group),
    )


@pages.get("/clusters/<int:cluster_id>")
def show(cluster_id: int) -> str:
    """One trend: its pictures by their divergence to the exemplar."""
    session = the_session()
    count = parameters.optional_whole("count", 1, MOST)
    group = find(session, cluster_id, count)
    offset = parameters.whole("from", 0, 0, MOST)
    part = list(zip(group.members, group.distances, strict=True))[offset : offset + MEMBERS]
    members = [(browse.image(session, image_id), distance) for image_id, distance in part]
    return render_template(
        "cluster.html",
        trend=_trend(session, group),
        exemplar=browse.image(session, group.exemplar),
        members=members,
        outliers=set(group.outliers),
        count=count,
        offset=offset,
        following=offset + MEMBERS if offset + MEMBERS < group.size else None,
        most=math.log(2),
        title=name_of(session, group),
    )


@pages.get("/clusters/alone")
def alone() -> str:
    """The pictures that are like no other, in the cut of `?count=`."""
    session = the_session()
    count = parameters.optional_whole("count", 1, MOST)
    offset = parameters.whole("from", 0, 0, MOST)
    page = browse.clusters(session, count)
    ids = [group.exemplar for group in page.clusters if group.size == 1]
    return render_template(
        "alone.html",
        images=[browse.image(session, image_id) for image_id in ids[offset : offset + MEMBERS]],
        total=len(ids),
        page=page,
        offset=offset,
        following=offset + MEMBERS if offset + MEMBERS < len(ids) else None,
    )
