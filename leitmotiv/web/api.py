"""The JSON interface under /api/v1: the same questions as the pages, in the documented forms."""

from flask import Blueprint, Response, request, url_for

from leitmotiv.web import forms, lines, parameters, schema, shapes
from leitmotiv.web.context import address, tagged, the_session
from leitmotiv.web.describe import describe
from leitmotiv.workflows import blending, browse, grid

pages = Blueprint("api", __name__, url_prefix="/api/v1")

MOST = 1000
"""Pictures of one answer to /images."""
MANY = 10_000_000


@pages.get("/images")
@describe(
    query={
        **shapes.SELECTED,
        "limit": schema.whole(1, MOST, "Pictures of one answer.", default=200),
        "cursor": schema.text("Where to go on; from `next` of the page before."),
        "with": schema.text("`colour` adds mean colour and state.", choices=("", "colour")),
    },
    answer=shapes.IMAGES,
)
def images() -> Response:
    """The pictures of `?q=` in the order of `?sort=`; `?with=colour` adds what a page needs to reserve a place."""
    limit = parameters.whole("limit", 200, 1, MOST)
    colour = parameters.one_of("with", "", ("", "colour")) == "colour"
    session, asked, cursor = the_session(), lines.asked(), request.args.get("cursor")
    if asked.arguments():
        page = grid.page(session, asked.text, asked.sort, limit=limit, cursor=cursor)
    else:
        page = browse.images(session, limit=limit, cursor=cursor)
    following = asked.arguments() | {"limit": limit, "cursor": page.next} | ({"with": "colour"} if colour else {})
    return tagged(
        {
            "images": [forms.image(one, colour=colour) for one in page.images],
            "next": address("api.images", **following) if page.next else None,
        }
    )


@pages.get("/images/<image_id>")
@describe(answer=shapes.WHOLE_IMAGE)
def image(image_id: str) -> Response:
    """One picture."""
    return tagged(forms.whole_image(browse.image(the_session(), image_id)))


@pages.get("/images/<image_id>/similar")
@describe(
    query={
        "n": schema.whole(1, MANY, "Pictures of one answer.", default=50),
        "offset": schema.whole(0, MANY, "Pictures that are left out at the beginning.", default=0),
        "by": shapes.BY,
    },
    answer=shapes.RANKING,
    errors=(409, 503),
)
def similar(image_id: str) -> Response:
    """The other pictures from most to least alike."""
    session = the_session()
    n = parameters.whole("n", 50, 1, MANY)
    offset = parameters.whole("offset", 0, 0, MANY)
    by = parameters.likeness()
    ranking = browse.similar(session, image_id, n=n, offset=offset, by=by)
    more = offset + n < ranking.total
    kept = blending.said(by) if by else None
    following = url_for("api.similar", image_id=image_id, n=n, offset=offset + n, by=kept) if more else None
    return tagged(forms.ranking(ranking, browse.odd_paths(session, ranking), following))


@pages.get("/days")
@describe(answer=shapes.DAYS)
def days() -> Response:
    """Each day with pictures, newest first."""
    return tagged({"days": [{"day": day, "count": count} for day, count in browse.days(the_session())]})


@pages.get("/status")
@describe(answer=shapes.STATUS)
def status() -> Response:
    """What the library holds and what is going on."""
    return tagged(forms.status(browse.status(the_session())))
