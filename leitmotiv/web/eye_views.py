"""`/eyes/…`: pictures through eyes, what they would be shown, samples of their training, and the file to take away."""

import io
import re

from flask import Blueprint, Response, send_file

from leitmotiv.errors import NotFoundError
from leitmotiv.web import eyes as pages_of_eyes
from leitmotiv.web import parameters
from leitmotiv.web.context import the_session
from leitmotiv.web.images import send_bytes
from leitmotiv.workflows import browse, eye_files, eye_learning, eye_sights, eyes

pages = Blueprint("eye_views", __name__)


@pages.get("/eyes/<eyes_id>/sees/<image_id>.png")
def sees(eyes_id: str, image_id: str) -> Response:
    """A picture of the library through eyes; `?part=shown` and `?part=truth` are what is shown and what is there."""
    session = the_session()
    one, image = eyes.get(session, eyes_id), browse.image(session, image_id)
    part = parameters.one_of("part", "seen", eye_sights.PARTS)
    return send_bytes(
        f"{image.id}-{one.id}-{eye_sights.stamp(session, one)}-{part}",
        "private, no-cache",
        lambda: (eye_sights.sight(session, one, image.id, part), "image/png"),
    )


@pages.get("/eyes/<eyes_id>/small/<image_id>.webp")
def small(eyes_id: str, image_id: str) -> Response:
    """A picture of the library through eyes, kept once it was made."""
    session = the_session()
    one, image = eyes.get(session, eyes_id), browse.image(session, image_id)
    return send_bytes(
        f"{image.id}-{one.id}-{eye_sights.version(session, one)}",
        "private, no-cache",
        lambda: (eye_sights.kept(session, one, image.id), "image/webp"),
    )


@pages.get("/eyes/shown/<image_id>.png")
def shown(image_id: str) -> Response:
    """What eyes of `?kind=` and `?side=` pixels would be shown of a picture of the library."""
    session, partial = the_session(), pages_of_eyes.partial()
    side = parameters.whole("side", eyes.USUAL_SIDE, 16, 256)
    image = browse.image(session, image_id)
    tag = re.sub("[^a-z0-9.-]", "-", "-".join(map(str, partial.as_json().values())))
    return send_bytes(
        f"{image.id}-{side}-{tag}",
        "private, no-cache",
        lambda: (eye_sights.shown(session, image.id, partial, side), "image/png"),
    )


@pages.get("/eyes/<eyes_id>/samples/<name>")
def sample(eyes_id: str, name: str) -> Response:
    """A sample of a training: what was shown, what was seen and what is there, some rows of them."""
    session = the_session()
    one = eyes.get(session, eyes_id)
    if not eye_learning.SAMPLE.fullmatch(name):
        raise NotFoundError(f"There is no sample {name[:80]!r}.")
    data = eye_sights.sample(session, one, name)
    return send_bytes(f"{one.id}-{name}-{len(data)}", "private, no-cache", lambda: (data, "image/png"))


@pages.get("/eyes/<eyes_id>/export")
def export(eyes_id: str) -> Response:
    """The eyes as one file."""
    session = the_session()
    one = eyes.get(session, eyes_id)
    data = io.BytesIO(eye_files.exported(session, one))
    return send_file(
        data, "application/zip", as_attachment=True, download_name=f"{one.id}{eye_files.SUFFIX}", max_age=0
    )
