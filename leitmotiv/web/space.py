"""`/search/space`: the spaces that were learnt from captions, how their rounds went, and which one searches use."""

from typing import Any

from flask import Blueprint, Response, render_template, request

from leitmotiv.web import schema
from leitmotiv.web.answers import body, json_answer
from leitmotiv.web.context import the_session
from leitmotiv.web.describe import describe
from leitmotiv.workflows import captions, space_training
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.space_learning import FEWEST
from leitmotiv.workflows.space_training import UNTRAINED

pages = Blueprint("space", __name__)

API = "/api/v1/spaces"
CHOSEN = schema.record({"name": schema.text("Of a space, or `untrained`.", least=1, most=80)}, optional=())
SPACES = schema.answer(
    {
        "used": schema.text("The space that searches use; `untrained` is the one that needs no captions."),
        "spaces": schema.listed(schema.anything("How each was learnt; `epochs` has the loss of each round.")),
        "captions": schema.listed(schema.anything("Sources of captions, with how many of how many pictures.")),
    }
)


@pages.get("/search/space")
def show() -> str:
    """The spaces; `?name=` is the one whose rounds are drawn, the one in use if not given."""
    session = the_session()
    known, broken = space_training.known(session)
    used = space_training.in_use(session)
    wanted = request.args.get("name", used if used != UNTRAINED else next(iter(known), ""))
    shown = known.get(wanted)
    return render_template(
        "space.html",
        known=known,
        broken=broken,
        used=used,
        untrained=UNTRAINED,
        shown=shown,
        lines=space_training.lines(shown) if shown is not None else None,
        described=space_training.described,
        sources=captions.sources(session),
        captioned=len(captions.by_picture(session)),
        fewest=FEWEST,
    )


@pages.get(API)
@describe(answer=SPACES)
def index() -> Response:
    """The learnt spaces, the last one first, and which one searches use."""
    return json_answer(_form(the_session()))


@pages.put(f"{API}/used")
@describe(
    body=CHOSEN,
    answer=SPACES,
    errors=(404, 409, 503),
)
def use() -> Response:
    """Choose the space that searches use."""
    space_training.use(the_session(), body(CHOSEN)["name"])
    return json_answer(_form(the_session()))


def _form(session: Session) -> dict[str, Any]:
    known, _ = space_training.known(session)
    return {
        "used": space_training.in_use(session),
        "spaces": [{"name": one.name, "loss": one.loss, "words": one.words, **one.card} for one in known.values()],
        "captions": [vars(one) for one in captions.sources(session)],
    }
