"""`/ranked/<id>`: every other picture, from most to least alike."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from leitmotiv.errors import NoActivationsError
from leitmotiv.web import parameters
from leitmotiv.web.context import address, the_session
from leitmotiv.web.images import nearest
from leitmotiv.web.likeness import unseen
from leitmotiv.workflows import blending, browse

pages = Blueprint("ranked", __name__)

PAGE = 50
"""Pictures a page: as many as the index knows the nearest of without comparing anything (`likeness.NEAR`)."""


@pages.get("/ranked/<image_id>")
def show(image_id: str) -> str | tuple[str, int] | Response:
    """The ranking, `PAGE` pictures a page, from place `?from=`; `?by=` look, subject or what lies between."""
    session = the_session()
    image = browse.image(session, image_id)
    if image.id != image_id:
        return redirect(address("ranked.show", **{**request.args, "image_id": image.id}))
    offset = parameters.whole("from", 0, 0, 10_000_000)
    by = parameters.likeness()
    try:
        similar = nearest(session, image.id, PAGE, offset, by)
    except NoActivationsError:
        return unseen("Pictures", f"Like {image.name}", by)
    return render_template(
        "ranked.html",
        image=image,
        similar=similar,
        offset=offset,
        page=PAGE,
        by=by,
        said=blending.said(by),
    )
