"""`/api/v1/clusters/rebuild`: fewer or more trends, found anew; the slider of the page only cuts those there are."""

from flask import Blueprint, Response, jsonify

from leitmotiv.errors import UsageError
from leitmotiv.web import schema, shapes
from leitmotiv.web.context import tagged, the_session
from leitmotiv.web.describe import describe
from leitmotiv.web.own import body
from leitmotiv.workflows import rebuilding

pages = Blueprint("rebuild", __name__, url_prefix="/api/v1")

GROUPS = ("fewer", "more", "default")


@pages.get("/clusters/rebuild")
@describe(answer=shapes.FORM, errors=(409,))
def standing() -> Response:
    """Whether there are as many trends as usual, fewer or more, and whether somebody is at work."""
    return tagged(vars(rebuilding.standing(the_session())))


@pages.post("/clusters/rebuild")
@describe(body={"groups": schema.text(choices=GROUPS)}, answer=shapes.FORM, status=202, errors=(409,))
def rebuild() -> tuple[Response, int]:
    """Find about two thirds as many trends, one and a half times as many, or the usual ones: {"groups": "fewer"}.

    The answer says what stood before; a job goes on.
    """
    groups = body({"groups": str}).get("groups", "")
    if groups not in GROUPS:
        raise UsageError(f"groups is {groups!r}, but must be {', '.join(GROUPS[:-1])} or {GROUPS[-1]}.")
    return jsonify(vars(rebuilding.start(the_session(), groups))), 202
