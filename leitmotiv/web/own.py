"""`/api/v1/undo`, `ratings` and `selections`: what a person says about pictures, each change of which can be undone."""

from typing import Any

from flask import Blueprint, Response

from leitmotiv.records import LABELS, Rating, Selection
from leitmotiv.web import schema
from leitmotiv.web.answers import body as body  # other pages take it from here, too
from leitmotiv.web.answers import json_answer
from leitmotiv.web.context import tagged, the_session
from leitmotiv.web.describe import describe
from leitmotiv.workflows import browse, own

pages = Blueprint("own", __name__, url_prefix="/api/v1")

MOST = 100_000
"""Pictures of one request."""
LARGE = 10_000_000
"""Bytes of a body with so many ids."""

IDS = schema.listed(schema.text(least=1, most=64), f"Ids of 1 to {MOST:,} pictures.", least=1, most=MOST)
STEP = schema.answer({"title": schema.maybe(schema.text("What was undone or redone; null where there was nothing."))})
RATING = schema.named(
    "Rating",
    schema.answer(
        {
            "stars": schema.whole(0, 5),
            "favourite": schema.truth(),
            "rejected": schema.truth(),
            "label": schema.text("Colour label, empty for none.", choices=("", *LABELS)),
        },
        "What a person thinks of a picture.",
    ),
)
CHANGE = schema.record(
    {
        "ids": IDS,
        "stars": schema.whole(0, 5),
        "favourite": schema.truth(),
        "rejected": schema.truth(),
        "label": schema.text("Colour label, empty for none.", choices=("", *LABELS)),
    },
    optional=("stars", "favourite", "rejected", "label"),
)
KEPT = schema.record(
    {
        "name": schema.text("What it is called.", least=1, most=120),
        "query": schema.text("A line of filters, asked anew each time.", most=10_000),
        "ids": IDS,
    },
    "Either `query` or `ids`.",
    optional=("query", "ids"),
)
SELECTION = schema.named(
    "Selection",
    schema.answer(
        {
            "id": schema.whole(0),
            "name": schema.text(),
            "query": schema.maybe(schema.text()),
            "ids": schema.maybe(schema.listed(schema.text())),
            "at": schema.moment("When it was kept."),
            "filter": schema.text("The filter that stands for it."),
        },
        "A selection that was kept.",
    ),
)


@pages.post("/undo")
@describe(body={}, answer=STEP)
def undo() -> Response:
    """Take the latest change back; `title` is null where there is none."""
    body({})
    return json_answer({"title": own.undo(the_session())})


@pages.post("/redo")
@describe(body={}, answer=STEP)
def redo() -> Response:
    """Carry out again what was undone last; `title` is null where there is nothing."""
    body({})
    return json_answer({"title": own.redo(the_session())})


@pages.patch("/ratings")
@describe(body=CHANGE, answer=schema.answer({"ratings": schema.keyed(RATING, "By id.")}), errors=(404,))
def rate() -> Response:
    """Rate pictures; what is not given stays."""
    form = body(CHANGE, most=LARGE)
    after = own.rate(the_session(), ids_of(form), **{name: value for name, value in form.items() if name != "ids"})
    return json_answer({"ratings": {image_id: rating_form(rating) for image_id, rating in after.items()}})


@pages.get("/images/<image_id>/rating")
@describe(answer=RATING)
def rating(image_id: str) -> Response:
    """What is said of one picture."""
    session = the_session()
    image = browse.image(session, image_id)
    return tagged(rating_form(own.ratings(session, [image.id])[image.id]))


@pages.get("/selections")
@describe(answer=schema.answer({"selections": schema.listed(SELECTION)}))
def selections() -> Response:
    """The selections, by name."""
    return json_answer({"selections": [selection_form(one) for one in own.selections(the_session())]})


@pages.post("/selections")
@describe(body=KEPT, answer=SELECTION, status=201)
def keep_selection() -> Response:
    """Keep a selection."""
    return json_answer(selection_form(_keep(body(KEPT, most=LARGE))), 201)


@pages.put("/selections/<int:number>")
@describe(body=KEPT, answer=SELECTION)
def change_selection(number: int) -> Response:
    """Change a selection whole, in the form of a new one."""
    return json_answer(selection_form(_keep(body(KEPT, most=LARGE), id=number)))


@pages.delete("/selections/<int:number>")
@describe(status=204)
def remove_selection(number: int) -> tuple[str, int]:
    """Remove a selection; its pictures stay."""
    own.remove_selection(the_session(), number)
    return "", 204


def _keep(form: dict[str, Any], **more: int) -> Selection:
    ids = ids_of(form) if "ids" in form else None
    return own.keep_selection(the_session(), form["name"], query=form.get("query"), ids=ids, **more)


def ids_of(form: dict[str, Any]) -> list[str]:
    """The ids of a body."""
    return list(dict.fromkeys(form["ids"]))


def rating_form(rating: Rating) -> dict[str, object]:
    """A rating in JSON."""
    return dict(vars(rating))


def selection_form(one: Selection) -> dict[str, object]:
    """A selection in JSON; `filter` is the line that stands for it."""
    return {
        "id": one.id,
        "name": one.name,
        "query": one.query,
        "ids": one.ids,
        "at": one.at.isoformat(),
        "filter": f'selection:"{one.name}"',
    }
