"""`/api/v1/clusters/rebuild`: fewer or more trends, found anew; the slider of the page only cuts those there are."""

from flask import Blueprint, Response

from leitmotiv.web import forms, schema, shapes
from leitmotiv.web.answers import body, json_answer
from leitmotiv.web.context import tagged, the_session
from leitmotiv.web.describe import describe
from leitmotiv.workflows import rebuilding

pages = Blueprint("rebuild", __name__, url_prefix="/api/v1")

GROUPS = ("fewer", "more", "default")
ASKED = schema.record(
    {"groups": schema.text("Fewer or more trends than now, or the usual number.", choices=GROUPS)}, optional=()
)
STANDING = schema.answer(
    {
        "groups": schema.text("What the number of trends is, beside the usual one.", choices=GROUPS),
        "count": schema.whole(0, about="Trends shown first, pictures that stand alone included."),
        "usual": schema.whole(0, about="What it was before anybody asked."),
        "stamp": schema.whole(0, about="Another one when trends were found anew."),
    },
    "The number of trends.",
)


@pages.get("/clusters/rebuild")
@describe(answer=STANDING, errors=(409,))
def standing() -> Response:
    """Whether there are as many trends as usual, fewer or more."""
    return tagged(vars(rebuilding.standing(the_session())))


@pages.post("/clusters/rebuild")
@describe(body=ASKED, answer=shapes.JOB, status=202, errors=(409,))
def rebuild() -> Response:
    """Find about two thirds as many trends, one and a half times as many, or the usual ones; a job does it."""
    job = rebuilding.ask(the_session(), body(ASKED)["groups"])
    return json_answer(forms.job(job), 202)
