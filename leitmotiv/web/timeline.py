"""`/clusters/time`: the trends over time, and which rise or fade."""

from typing import Any, cast

from flask import Blueprint, Response, render_template

from leitmotiv.errors import NoIndexError, UsageError
from leitmotiv.web import bands, figures, parameters, schema, trend_shapes
from leitmotiv.web.bands import Measure
from leitmotiv.web.clusters import MOST, asked
from leitmotiv.web.context import tagged, the_session
from leitmotiv.web.describe import describe
from leitmotiv.workflows import browse, timeline
from leitmotiv.workflows.timeline import By, Moving, Timeline

pages = Blueprint("timeline", __name__)

MOVERS = 6
"""Trends in each column of those that rise, fade or stay."""
BINS = 24
"""Most points of a small hill."""
ROWS = 40
"""Trends in the table."""


@pages.get("/clusters/time")
def show() -> str | tuple[str, int]:
    """The stream of `?q=`, by `?by=` month or year, of `?of=` share or count."""
    session, query = the_session(), asked()
    measure = cast(Measure, parameters.one_of("of", "share", ("share", "count")))
    try:
        found = _timeline()
    except NoIndexError as error:
        return render_template("unindexed.html", text=str(error), total=browse.images(session, limit=1).total)
    except UsageError as error:
        if not query:
            raise
        return render_template("no-trends.html", text=str(error), query=query), 400
    return render_template(
        "timeline.html",
        found=found,
        query=query,
        measure=measure,
        count=parameters.optional_whole("count", 1, MOST),
        stream=bands.stream(found, measure),
        columns=[(title, _column(found, verdict)) for title, verdict in _COLUMNS],
        silent=sum(one.movement.verdict in ("few", "unclear") for one in found.trends),
        spark=_spark,
        rows=found.trends[:ROWS],
    )


def _spark(one: Moving) -> str:
    """The hill of a trend, months put together where there are many."""
    wide = -(-len(one.counts) // BINS)
    bins = [(at, sum(one.counts[at * wide : (at + 1) * wide])) for at in range(-(-len(one.counts) // wide))]
    return figures.spark(bins, 0, len(bins) - 1)


_COLUMNS = (("Rising", "rising"), ("Fading", "fading"), ("Steady", "steady"))


def _timeline() -> Timeline:
    by = parameters.one_of("by", "", ("", "month", "year"))
    count = parameters.optional_whole("count", 1, MOST)
    return timeline.timeline(the_session(), asked(), by=cast(By, by) if by else None, count=count)


def _column(found: Timeline, verdict: str) -> list[Moving]:
    """Trends of one verdict: the largest change first, of the steady ones the largest trend."""
    chosen = [one for one in found.trends if one.movement.verdict == verdict]
    if verdict != "steady":
        chosen.sort(key=lambda one: -abs(one.movement.change))
    return chosen[:MOVERS]


@pages.get("/api/v1/clusters/time")
@describe(
    query={"q": trend_shapes.OF, "by": schema.text(choices=("month", "year")), "count": trend_shapes.COUNT},
    answer=trend_shapes.TIMELINE,
    errors=(409, 503),
)
def as_json() -> Response:
    """The same as numbers: counts of each trend in each period, and how its share moved."""
    found = _timeline()
    return tagged(
        {
            "by": found.by,
            "periods": list(found.periods),
            "totals": list(found.totals),
            "others": list(found.others),
            "pictures": found.pictures,
            "left_out": found.left_out,
            "trends": [_form(one) for one in found.trends],
        }
    )


def _form(one: Moving) -> dict[str, Any]:
    return {
        "id": one.group.id,
        "name": one.name,
        "exemplar": one.group.exemplar,
        "colour": one.colour,
        "counts": list(one.counts),
        "movement": dict(vars(one.movement)),
    }
