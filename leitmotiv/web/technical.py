"""`/api/v1/images/<id>/measures`: what was measured of a picture, and what is technically wrong with it."""

from flask import Blueprint, Response

from leitmotiv.errors import NotFoundError
from leitmotiv.web import schema
from leitmotiv.web.answers import json_answer
from leitmotiv.web.context import the_session
from leitmotiv.web.describe import describe
from leitmotiv.workflows import browse, technical

pages = Blueprint("technical", __name__)

MEASURES = schema.answer(
    {
        "id": schema.text(),
        "flags": schema.listed(schema.text("A flaw, as the filter `flag:` takes it.", choices=technical.FLAGS)),
        "measures": schema.anything("Each measure by its name, of the picture at 512 pixels."),
    }
)


@pages.get("/api/v1/images/<image_id>/measures")
@describe(answer=MEASURES, errors=(404,))
def measures(image_id: str) -> Response:
    """What was measured of one picture."""
    session = the_session()
    image = browse.image(session, image_id)
    technical.catch_up(session)
    numbers, told = technical.of_picture(session, image.id), technical.told(session, image.id)
    if numbers is None or told is None:
        raise NotFoundError(f"The picture {image.id[:12]} was not measured yet. Run `leitmotiv build-index` once.")
    found = {"id": image.id, "flags": [name for name, _ in told.flags], "measures": technical.named(numbers)}
    return json_answer(found)
