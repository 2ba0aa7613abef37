"""`/images/<id>`: one picture, its mixture and its neighbours; and the bytes of every picture that pages show."""

import math
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

import leitmotiv
from leitmotiv.errors import CompilingError, UsageError
from leitmotiv.records import LABELS, Cluster, Image, Ranking
from leitmotiv.web import figures, lines, parameters, schema, shapes
from leitmotiv.web.context import address, tagged, the_session
from leitmotiv.web.describe import describe
from leitmotiv.workflows import blending, browse, captions, grid, metadata, own, technical, viewing
from leitmotiv.workflows.session import Session

pages = Blueprint("images", __name__)

SIZES = (256, 512)
DRAWN = 16
"""Ellipses in the view: the heaviest; more would hide the picture."""
SIMILAR = 16
MOST_NATS = math.log(2)
POINTS = 9000
FOREVER = "private, max-age=31536000, immutable"
A_DAY = "private, max-age=86400"


class Similar(NamedTuple):
    """A ranking with what its tiles need.

    Attributes
    ----------
    typical : float or None
        Score of the middle picture of the whole ranking.
    most : float
        Score of a picture that has nothing in common with the query.
    """

    ranking: Ranking
    images: dict[str, Image]
    typical: float | None
    most: float


@pages.get("/images/<image_id>")
def show(image_id: str) -> str | BaseResponse:
    """One picture in the list it was opened from: `?q=`, `?sort=`, `?group=`; `?like=`; `?trend=`; or `?among=`.

    `?part=viewer` is what lies over a page of pictures, and `?part=similar` the row of those that are alike.
    """
    session = the_session()
    image = browse.image(session, image_id)
    if image.id != image_id:
        return redirect(address("images.show", **{**request.args, "image_id": image.id}))
    part = parameters.one_of("part", "", ("", "viewer", "similar"))
    if part == "similar":
        return render_template("similar_row.html", image=image, **_similar(session, image.id))
    values = _picture(session, image)
    if part == "viewer":
        return render_template("viewer_part.html", **values)
    return render_template("image.html", points=POINTS, **values, **_similar(session, image.id))


def _picture(session: Session, image: Image) -> dict[str, object]:
    """What the viewer shows of a picture."""
    place = viewing.around(session, image.id, listing())
    asked = {name: request.args[name] for name in LISTING if name in request.args}
    kept = asked if place.listing != viewing.Listing() else {}
    at = next((row for row, other in enumerate(place.images) if other.id == image.id), 0)
    group = browse.cluster_of(session, image.id)
    ellipses = browse.ellipses(session, image.id)
    return {
        "image": image,
        "told": [*captions.told(session, image.id), *metadata.told(session, image.id)],
        "technical": technical.told(session, image.id),
        "around": place,
        "before": place.images[at - 1] if at > 0 else None,
        "after": place.images[at + 1] if at + 1 < len(place.images) else None,
        "query": f"?{urlencode(kept, safe=',:')}" if kept else "",
        "up": _up(place.listing, kept),
        "slideshow": _slideshow(place),
        "group": group,
        "group_name": name_of(session, group) if group else "",
        "rating": own.ratings(session, [image.id])[image.id],
        "labels": LABELS,
        "palette": browse.palette(session, image.id),
        "ellipses": ellipses,
        "regions": viewing.regions(session, image.id),
        "components": len(ellipses),
        "outlines": figures.outlines(ellipses, image.width, image.height, len(ellipses)),
        "drawn": DRAWN,
        "whole": browse.shown_as_it_is(image),
        "full_size": browse.full_size(image),
        "others": there(),
    }


LISTING = ("q", "sort", "group", "like", "by", "trend", "count", "among")
"""Parameters that say which list a picture is looked at in."""
AMONG = 100
"""Pictures that an address may name one by one."""


def listing() -> viewing.Listing:
    """The list that this request asks for."""
    line = lines.asked()
    trend, count = (parameters.optional_whole(name, 0, 1_000_000_000) for name in ("trend", "count"))
    among = tuple(part for part in request.args.get("among", "").split(",")[:AMONG] if part)
    like = request.args.get("like", "")
    by = parameters.likeness() if like or trend is not None else 0.0
    return viewing.Listing(line.text, line.sort, line.group, like, trend, count, among, by)


def _up(shown: viewing.Listing, kept: dict[str, str]) -> str:
    """The page of a list."""
    by = blending.said(shown.by) if shown.by else None
    if shown.like:
        return url_for("ranked.show", image_id=shown.like, by=by)
    if shown.among:
        return url_for("pictures.index")
    if shown.trend is not None:
        return url_for("clusters.show", cluster_id=shown.trend, count=shown.count, by=by)
    return address("pictures.index", **kept)


def _slideshow(place: viewing.Around) -> dict[str, str | int] | None:
    """What the slideshow is asked for to go on from a picture; None where it does not know the list."""
    shown = place.listing
    if shown.like or shown.among or shown.by:
        return None
    if shown.trend is not None:
        return {"q": f"cluster:{shown.trend}"}
    said = {"q": shown.text, "sort": "" if shown.sort == viewing.Listing().sort else shown.sort}
    return {**{name: value for name, value in said.items() if value}, "at": place.at}


def there() -> set[str]:
    """Pages that a picture may lead to and that this app has."""
    return {rule.rule for rule in current_app.url_map.iter_rules()} & {
        "/map",
        "/slideshow",
        "/duplicates",
        "/search",
        "/eyes",
    }


@pages.get("/api/v1/images/<image_id>/around")
@describe(
    query={**shapes.SELECTED, "n": schema.whole(0, 500, "Pictures on each side.", default=12)},
    answer=shapes.FORM,
)
def around(image_id: str) -> Response:
    """The place of a picture in a list, and those before and after it; parameters as of its page, and `?n=`."""
    session = the_session()
    image = browse.image(session, image_id)
    n = parameters.whole("n", 12, 0, 500)
    place = viewing.around(session, image.id, listing(), n)
    ids = [one.id for one in place.images]
    return tagged(
        {"id": image.id, "at": place.at, "total": place.total, "ids": ids, "first": place.first, "last": place.last}
    )


def _similar(session: Session, image_id: str) -> dict[str, object]:
    """The row of similar pictures, or why there is none yet."""
    try:
        return {"similar": nearest(session, image_id, SIMILAR, 0), "waiting": ""}
    except CompilingError as error:
        return {"similar": None, "waiting": str(error)}


def nearest(session: Session, image_id: str, n: int, offset: int, by: float = 0.0) -> Similar:
    """A stretch of the ranking, and what a typical pair with this picture has."""
    ranking = browse.similar(session, image_id, n=n, offset=offset, by=by)
    found = {one.id: one for one in grid.pictures(session, [result.id for result in ranking.results])}
    # of an approximate ranking the middle was not compared
    known = ranking.total > 1 and not ranking.approximate
    middle = browse.similar(session, image_id, n=1, offset=ranking.total // 2, by=by).results if known else ()
    told = middle and (middle[0].divergence is not None or middle[0].cosine is not None)
    typical = middle[0].score if told else None
    return Similar(ranking, found, typical, MOST_NATS if ranking.unit == "nats" else 1.0)


def name_of(session: Session, group: Cluster) -> str:
    """What a trend is called."""
    return group.name or browse.cluster_name(session, group.id)


@pages.get("/images/<image_id>/file")
def file(image_id: str) -> Response:
    """The picture as a browser can show it; with `?size=full` all of it, where it has to be transcoded."""
    session = the_session()
    image = browse.image(session, image_id)
    full = parameters.one_of("size", "", ("", "full")) == "full"

    def read() -> tuple[bytes, str]:
        return browse.display(session, image.id, full=full)

    # without the state in its tag, the thumbnail that stands in for an absent file would stay
    kind = "full" if full else "file"
    return send_bytes(f"{image.id}-{kind}-{image.size}-{image.state}", "private, no-cache", read)


@pages.get("/images/<image_id>/expected.webp")
def expected(image_id: str) -> Response:
    """E[colour | x, y] under the picture's mixture."""
    session = the_session()
    image, size = browse.image(session, image_id), parameters.whole("size", 512, 16, 1024)
    return _webp(f"{image.id}-expected-{size}", A_DAY, lambda: browse.expected(session, image.id, size))


@pages.get("/images/<image_id>/sampled.webp")
def sampled(image_id: str) -> Response:
    """Points drawn from the picture's mixture."""
    session = the_session()
    image, size = browse.image(session, image_id), parameters.whole("size", 512, 16, 1024)
    return _webp(f"{image.id}-sampled-{size}", A_DAY, lambda: browse.sampled(session, image.id, size, POINTS))


@pages.get("/thumb/<image_id>/<int:size>.jpg")
def thumbnail(image_id: str, size: int) -> Response:
    """A stored thumbnail."""
    if size not in SIZES:
        raise UsageError(f"size is {size}, but must be {' or '.join(map(str, SIZES))}.")
    session = the_session()
    return send_bytes(f"{image_id}-{size}", FOREVER, lambda: browse.thumbnail(session, image_id, size))


def _webp(tag: str, caching: str, make: Callable[[], bytes]) -> Response:
    return send_bytes(tag, caching, lambda: (make(), "image/webp"))


def send_bytes(tag: str, caching: str, make: Callable[[], tuple[bytes, str]]) -> Response:
    """An answer that is made only where the browser does not have it yet."""
    tag = f"{tag}-{leitmotiv.__version__}"
    if request.if_none_match.contains(tag):
        answer = make_response(b"", 304)
    else:
        body, kind = make()
        answer = make_response(body)
        answer.mimetype = kind
    answer.set_etag(tag)
    answer.headers["Cache-Control"] = caching
    if answer.status_code == 200:
        answer.make_conditional(request.environ, accept_ranges=True, complete_length=len(answer.get_data()))
    return answer
