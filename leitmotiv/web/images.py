"""`/images/<id>`: one picture, its mixture and its neighbours; and the bytes of every picture that pages show."""

import math
from collections.abc import Callable
from typing import NamedTuple

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

import leitmotiv
from leitmotiv.errors import CompilingError, UsageError
from leitmotiv.records import Cluster, Image, Ranking
from leitmotiv.web import figures, parameters, words
from leitmotiv.web.context import the_session
from leitmotiv.workflows import browse
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
    """One picture."""
    session = the_session()
    image = browse.image(session, image_id)
    if image.id != image_id:
        return redirect(url_for("images.show", image_id=image.id))
    # in the order of the page of all pictures, so that an arrow means the same on both
    strip = sorted(browse.strip(session, image.id), key=words.place, reverse=True)
    place = next((at for at, other in enumerate(strip) if other.id == image.id), 0)
    group = browse.cluster_of(session, image.id)
    mixture = browse.mixture(session, image.id)
    drawn = figures.outlines(browse.ellipses(session, image.id), image.width, image.height, DRAWN)
    return render_template(
        "image.html",
        image=image,
        strip=strip,
        before=strip[place - 1] if place > 0 else None,
        after=strip[place + 1] if place + 1 < len(strip) else None,
        group=group,
        group_name=name_of(session, group) if group else "",
        palette=browse.palette(session, image.id),
        components=len(mixture),
        outlines=drawn,
        points=POINTS,
        **_similar(session, image.id),
    )


def _similar(session: Session, image_id: str) -> dict[str, object]:
    """The row of similar pictures, or why there is none yet."""
    try:
        return {"similar": nearest(session, image_id, SIMILAR, 0), "waiting": ""}
    except CompilingError as error:
        return {"similar": None, "waiting": str(error)}


def nearest(session: Session, image_id: str, n: int, offset: int) -> Similar:
    """A stretch of the ranking by look, and what a typical pair with this picture has."""
    ranking = browse.similar(session, image_id, n=n, offset=offset)
    found = {result.id: browse.image(session, result.id) for result in ranking.results}
    middle = browse.similar(session, image_id, n=1, offset=ranking.total // 2).results if ranking.total > 1 else ()
    typical = middle[0].score if middle and middle[0].divergence is not None else None
    return Similar(ranking, found, typical, MOST_NATS if ranking.unit == "nats" else 1.0)


def name_of(session: Session, group: Cluster) -> str:
    """What a trend is called."""
    return group.name or browse.cluster_name(session, group.id)


@pages.get("/images/<image_id>/file")
def file(image_id: str) -> Response:
    """The picture as a browser can show it."""
    session = the_session()
    image = browse.image(session, image_id)

    def read() -> tuple[bytes, str]:
        return browse.display(session, image.id)

    # without the state in its tag, the thumbnail that stands in for an absent file would stay
    return send_bytes(f"{image.id}-file-{image.size}-{image.state}", "private, no-cache", read)


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
    return answer
