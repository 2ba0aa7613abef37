"""`/api/v1/boards/…`: what a mood board sees in one picture: heat maps, crops, and frames of a camera."""

import math

from flask import Blueprint, Response, make_response, request

from leitmotiv.errors import UsageError
from leitmotiv.records import Concept, Crop, Image
from leitmotiv.web import board_shapes as board
from leitmotiv.web import parameters, schema
from leitmotiv.web.answers import json_answer
from leitmotiv.web.board_json import ONE
from leitmotiv.web.context import address, the_session
from leitmotiv.web.describe import describe
from leitmotiv.web.images import A_DAY, send_bytes
from leitmotiv.workflows import boards, browse, cropping, inspecting, learning, outside
from leitmotiv.workflows.concept_files import fingerprint

pages = Blueprint("board_views", __name__)

FRAME_BYTES = 4_000_000
KINDS: tuple[inspecting.Heat, ...] = ("share", "tiles")
PREVIEW = 512
"""Longest side of a crop that is only looked at, pixels."""


def _concept(number: int) -> Concept:
    session = the_session()
    wanted = parameters.optional_whole("snapshot", 1, 2**53)
    return learning.concept_of(session, boards.get(session, number), wanted)


@pages.get(f"{ONE}/heat/<image_id>.png")
@describe(
    query={
        "kind": schema.text(
            "`share`: what each place gives to the score; `tiles`: what it would score alone, as in CAVstudio.",
            choices=KINDS,
            default="share",
        ),
        "snapshot": board.SNAPSHOT_OF,
    },
    media="image/png",
    errors=(409, 422, 501),
)
def heat(number: int, image_id: str) -> Response:
    """Where in a picture a board finds what it learnt, to be laid over the picture."""
    session, concept = the_session(), _concept(number)
    kind = parameters.one_of("kind", "share", KINDS)
    image = browse.image(session, image_id)

    def draw() -> tuple[bytes, str]:
        return inspecting.colour_heat(session, concept, image.id, kind), "image/png"

    return send_bytes(f"{image.id}-{fingerprint(concept)}-{kind}", "private, no-cache", draw)


@pages.get(f"{ONE}/crops/<image_id>")
@describe(
    query={"n": schema.whole(1, 12, "How many at most.", default=4), "snapshot": board.SNAPSHOT_OF},
    answer=board.CROPS,
    errors=(409, 422, 501),
)
def crops(number: int, image_id: str) -> Response:
    """The parts of a picture that fit best what a board learnt, the best first."""
    session, n = the_session(), parameters.whole("n", 4, 1, 12)
    image = browse.image(session, image_id)
    concept = _concept(number)
    found = inspecting.crops(session, concept, image.id, n)
    whole = inspecting.whole_score(session, concept, image.id)
    return json_answer({"crops": [crop_form(image, one) for one in found], "whole": whole})


def crop_form(image: Image, one: Crop) -> dict[str, object]:
    """A crop in JSON, with where to see it and where to take it out."""
    box = ",".join(f"{side:.5f}" for side in (one.x, one.y, one.width, one.height))
    return {
        "x": one.x,
        "y": one.y,
        "width": one.width,
        "height": one.height,
        "score": one.score,
        "aspect": one.aspect,
        "preview": address("board_views.cut", image_id=image.id, box=box, size=PREVIEW),
        "download": address("board_views.cut", image_id=image.id, box=box),
    }


@pages.get("/boards/crops/<image_id>.jpg")
def cut(image_id: str) -> Response:
    """A crop of a picture, `?box=x,y,width,height` in shares of its sides, in all its pixels or `?size=` of them."""
    session = the_session()
    image, size = browse.image(session, image_id), parameters.optional_whole("size", 16, 4096)
    box = _box(request.args.get("box", ""))
    crop = Crop(*box, 0.0)
    made = send_bytes(
        f"{image.id}-{','.join(map(repr, box))}-{size}-{image.size}",
        A_DAY,
        lambda: (cropping.cut(session, image.id, crop, size), "image/jpeg"),
    )
    if size is None:
        stem = image.name.rpartition(".")[0] or image.name
        made.headers.set("Content-Disposition", "attachment", filename=f"{stem}-crop.jpg")
    return made


def _box(text: str) -> tuple[float, float, float, float]:
    try:
        x, y, width, height = (float(part) for part in text.split(","))
    except ValueError as error:
        raise UsageError(f"box is {text[:80]!r}, but must be x,y,width,height in shares of the sides.") from error
    sides = (x, y, width, height)
    inside = x >= 0 and y >= 0 and width > 0 and height > 0 and x + width <= 1.0001 and y + height <= 1.0001
    if not inside or not all(map(math.isfinite, sides)):
        raise UsageError(f"box is {text[:80]!r}, but must lie within the picture, from 0 to 1.")
    return sides


@pages.post(f"{ONE}/live")
@describe(
    query={
        "snapshot": board.SNAPSHOT_OF,
        "crop": schema.text("`0` leaves the crop out.", choices=("0", "1"), default="1"),
    },
    answer=board.GLIMPSE,
    errors=(409, 422, 501),
)
def live(number: int) -> Response:
    """What a board says of the frame that is the body, a JPEG; the frame is kept nowhere."""
    concept, wanted = _concept(number), parameters.one_of("crop", "1", ("0", "1")) == "1"
    request.max_content_length = FRAME_BYTES
    seen = outside.glimpse(the_session(), concept, request.get_data(cache=False), crop=wanted)
    crop = None if seen.crop is None else {name: getattr(seen.crop, name) for name in board.CROP_SIDES}
    made = make_response(json_answer(vars(seen) | {"crop": crop}))
    made.headers["Cache-Control"] = "no-store"
    return made
