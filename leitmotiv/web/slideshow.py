"""`/slideshow`: the pictures of a selection one after the other, over the whole screen."""

from flask import Blueprint, Response, render_template, request

from leitmotiv.errors import UsageError
from leitmotiv.web import parameters, schema, trend_shapes
from leitmotiv.web.clusters import asked
from leitmotiv.web.context import tagged, the_session
from leitmotiv.web.describe import describe
from leitmotiv.workflows import browse, slideshow
from leitmotiv.workflows.selecting import DEFAULT_SORT

pages = Blueprint("slideshow", __name__)

SECONDS = 5
PAGE = 500
"""Pictures of one answer."""
MOST = 10_000_000
ORDERS = (("-taken", "Newest first"), ("taken", "Oldest first"), ("looks", "Along looks"), ("shuffled", "Shuffled"))


def _order() -> tuple[str, ...]:
    seed = parameters.whole("seed", 0, 0, MOST)
    return slideshow.order(the_session(), asked(), sort=request.args.get("sort", DEFAULT_SORT), seed=seed)


@pages.get("/slideshow")
def show() -> str | tuple[str, int]:
    """`?q=` in the order of `?sort=`, `?seconds=` each, from place `?at=`."""
    session, query = the_session(), asked()
    sort = request.args.get("sort", DEFAULT_SORT)
    seconds = parameters.whole("seconds", SECONDS, 1, 600)
    seed = parameters.whole("seed", 0, 0, MOST)
    common = {"query": query, "sort": sort, "seconds": seconds, "seed": seed, "orders": ORDERS}
    try:
        ids = _order()
    except UsageError as error:
        return render_template("slideshow.html", image=None, fault=str(error), at=0, total=0, **common), 400
    at = parameters.whole("at", 0, 0, MOST) % len(ids)
    image = browse.image(session, ids[at])
    return render_template("slideshow.html", image=image, fault="", at=at, total=len(ids), **common)


@pages.get("/api/v1/slideshow")
@describe(
    query={
        "q": trend_shapes.OF,
        "sort": schema.text("looks, shuffled, or an order of pictures.", default=DEFAULT_SORT),
        "seed": schema.whole(0, MOST, "Of the shuffling.", default=0),
        "offset": schema.whole(0, MOST, default=0),
        "limit": schema.whole(1, PAGE, default=PAGE),
    },
    answer=trend_shapes.SLIDESHOW,
    errors=(409, 503),
)
def as_json() -> Response:
    """The order: pictures from place `?offset=`, at most `?limit=`, and how many there are."""
    session = the_session()
    ids = _order()
    offset, limit = parameters.whole("offset", 0, 0, MOST), parameters.whole("limit", PAGE, 1, PAGE)
    found = [browse.image(session, image_id) for image_id in ids[offset : offset + limit]]
    pictures = [
        {
            "id": one.id,
            "name": one.name,
            "taken": one.taken.at.isoformat(),
            "width": one.width,
            "height": one.height,
            "colour": one.colour,
        }
        for one in found
    ]
    return tagged({"images": pictures, "total": len(ids), "offset": offset})
