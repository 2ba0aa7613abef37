"""`/api/v1/undo`, `ratings` and `selections`: what a person says about pictures, each change of which can be undone."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from leitmotiv.errors import UsageError
from leitmotiv.records import Rating, Selection
from leitmotiv.web.context import tagged, the_session
from leitmotiv.workflows import browse, own

pages = Blueprint("own", __name__, url_prefix="/api/v1")

MOST = 100_000
"""Pictures of one request."""


@pages.post("/undo")
def undo() -> Response:
    """Take the latest change back; `title` is null where there is none."""
    return jsonify({"title": own.undo(the_session())})


@pages.post("/redo")
def redo() -> Response:
    """Carry out again what was undone last; `title` is null where there is nothing."""
    return jsonify({"title": own.redo(the_session())})


@pages.patch("/ratings")
def rate() -> Response:
    """Rate pictures: {"ids": […], "stars": 0–5, "favourite": …, "rejected": …, "label": …}; what is not given stays."""
    form = body({"ids": list, "stars": int, "favourite": bool, "rejected": bool, "label": str})
    after = own.rate(the_session(), ids_of(form), **{name: value for name, value in form.items() if name != "ids"})
    return jsonify({"ratings": {image_id: rating_form(rating) for image_id, rating in after.items()}})


@pages.get("/images/<image_id>/rating")
def rating(image_id: str) -> Response:
    """What is said of one picture."""
    session = the_session()
    image = browse.image(session, image_id)
    return tagged(rating_form(own.ratings(session, [image.id])[image.id]))


@pages.get("/selections")
def selections() -> Response:
    """The selections, by name."""
    return jsonify({"selections": [selection_form(one) for one in own.selections(the_session())]})


@pages.post("/selections")
def keep_selection() -> tuple[Response, int]:
    """Keep a selection: {"name", "query"} or {"name", "ids"}."""
    form = body({"name": str, "query": str, "ids": list})
    return jsonify(selection_form(_keep(form))), 201


@pages.put("/selections/<int:number>")
def change_selection(number: int) -> Response:
    """Change a selection whole, in the form of a new one."""
    form = body({"name": str, "query": str, "ids": list})
    return jsonify(selection_form(_keep(form, id=number)))


@pages.delete("/selections/<int:number>")
def remove_selection(number: int) -> tuple[str, int]:
    """Remove a selection; its pictures stay."""
    own.remove_selection(the_session(), number)
    return "", 204


def _keep(form: dict[str, Any], **more: int) -> Selection:
    ids = ids_of(form) if "ids" in form else None
    return own.keep_selection(the_session(), form.get("name", ""), query=form.get("query"), ids=ids, **more)


def body(kinds: dict[str, type]) -> dict[str, Any]:
    """The JSON object of a request, with no other names than these and values of these kinds.

    Raises
    ------
    UsageError
        No object, an unknown name, or a value of another kind.
    """
    form = request.get_json(silent=True)
    if not isinstance(form, dict):
        raise UsageError(f"The body must be a JSON object with {', '.join(kinds)}.")
    for name, value in form.items():
        if name not in kinds:
            raise UsageError(f"{name!r} is not known here; the names are {', '.join(kinds)}.")
        if not isinstance(value, kinds[name]) or (isinstance(value, bool) and kinds[name] is not bool):
            raise UsageError(f"{name} is {value!r}, but must be {_KINDS[kinds[name]]}.")
    return form


_KINDS = {list: "a list", int: "a whole number", bool: "true or false", str: "text", dict: "an object"}


def ids_of(form: dict[str, Any]) -> list[str]:
    """The ids of a body."""
    ids = form.get("ids")
    if not ids or len(ids) > MOST or not all(isinstance(image_id, str) for image_id in ids):
        raise UsageError(f"ids must be a list of 1 to {MOST:,} ids of pictures.")
    return list(dict.fromkeys(ids))


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
