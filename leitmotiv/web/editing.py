"""`/api/v1/clusters/…`: trends changed by hand; each change can be undone."""

from typing import Any

from flask import Blueprint, Response, jsonify

from leitmotiv.errors import UsageError
from leitmotiv.records import Cluster
from leitmotiv.web import clusters, parameters, schema, trend_shapes
from leitmotiv.web.answers import body
from leitmotiv.web.context import the_session
from leitmotiv.web.describe import describe
from leitmotiv.web.own import LARGE, MOST
from leitmotiv.workflows import editing

pages = Blueprint("editing", __name__, url_prefix="/api/v1/clusters")


def _count(form: dict[str, Any]) -> int | None:
    """The cut that a change was made in: of the body, else of the address."""
    return form["count"] if "count" in form else parameters.optional_whole("count", 1, clusters.MOST)


def _number(form: dict[str, Any]) -> int:
    if "cluster" not in form:
        raise UsageError("cluster is missing: the number of a trend, as /api/v1/clusters has it.")
    return int(form["cluster"])


def _ids(form: dict[str, Any]) -> list[str]:
    ids = form.get("ids")
    if not ids or len(ids) > MOST or not all(isinstance(image_id, str) for image_id in ids):
        raise UsageError(f"ids must be a list of 1 to {MOST:,} ids of pictures.")
    return list(dict.fromkeys(ids))


def _answer(*groups: Cluster, count: int | None) -> Response:
    session = the_session()
    found = [clusters.form(session, group, editing.called(session, group, count)) for group in groups]
    return jsonify({"clusters": found})


@pages.patch("/<int:cluster_id>")
@describe(body={"name": schema.text(most=120), "count": trend_shapes.COUNT}, answer=trend_shapes.NAMED, errors=(409,))
def rename(cluster_id: int) -> Response:
    """Name a trend: {"name": …}; an empty name brings the one by colours back."""
    form = body({"name": str, "count": int})
    if "name" not in form:
        raise UsageError("name is missing; an empty one brings the name by colours back.")
    session, count = the_session(), _count(form)
    clusters.find(session, cluster_id, "", count)
    return jsonify({"id": cluster_id, "name": editing.rename(session, cluster_id, form["name"], count)})


@pages.post("/merge")
@describe(
    body={"clusters": schema.listed(schema.whole(0)), "count": trend_shapes.COUNT},
    answer=trend_shapes.CHANGED,
    errors=(409,),
)
def merge() -> Response:
    """Join trends: {"clusters": [numbers], "count": …}."""
    form = body({"clusters": list, "count": int})
    numbers = form.get("clusters", [])
    if not all(isinstance(number, int) and not isinstance(number, bool) for number in numbers):
        raise UsageError("clusters must be a list of the numbers of trends.")
    count = _count(form)
    return _answer(editing.merge(the_session(), numbers, count), count=count)


@pages.post("/split")
@describe(body=trend_shapes.change(parts=schema.whole(2, 12)), answer=trend_shapes.CHANGED, errors=(404, 409))
def split() -> Response:
    """Take a trend apart: {"cluster", "parts": 2 to 12} along the tree, or {"cluster", "ids"} into one of these."""
    form = body({"cluster": int, "parts": int, "ids": list, "count": int}, most=LARGE)
    if "ids" in form and "parts" in form:
        raise UsageError("A trend is taken apart either into parts or by ids, not by both.")
    count = _count(form)
    made = editing.split(
        the_session(),
        _number(form),
        count,
        parts=form.get("parts", 2),
        pictures=_ids(form) if "ids" in form else (),
    )
    return _answer(*made, count=count)


@pages.post("/pin")
@describe(body=trend_shapes.change(), answer=trend_shapes.CHANGED, errors=(404, 409))
def pin() -> Response:
    """Put pictures into a trend, for good: {"ids", "cluster", "count"}."""
    form = body({"cluster": int, "ids": list, "count": int}, most=LARGE)
    count = _count(form)
    return _answer(editing.pin(the_session(), _ids(form), _number(form), count), count=count)


@pages.post("/exclude")
@describe(
    body=trend_shapes.change(),
    answer=schema.answer({"ids": schema.listed(schema.text())}),
    errors=(404, 409),
)
def exclude() -> Response:
    """Take pictures out of a trend: {"ids", "cluster", "count"}; out of all trends without "cluster"."""
    form = body({"cluster": int, "ids": list, "count": int}, most=LARGE)
    number = _number(form) if "cluster" in form else None
    return jsonify({"ids": editing.exclude(the_session(), _ids(form), number, _count(form))})


@pages.get("/edits")
@describe(answer=trend_shapes.EDITS, errors=(409,))
def edits() -> Response:
    """Everything that was said of trends by hand, the latest first; `orphaned` where its trend is gone."""
    found = [
        {
            "id": one.edit.id,
            "kind": one.edit.kind,
            "name": one.edit.name,
            "text": one.text,
            "at": one.edit.at.isoformat(),
            "orphaned": one.orphaned,
            "pictures": list(one.edit.pictures),
        }
        for one in editing.statements(the_session())
    ]
    return jsonify({"edits": found})


@pages.delete("/edits/<int:number>")
@describe(status=204)
def dismiss(number: int) -> tuple[str, int]:
    """Take one of them back."""
    editing.dismiss(the_session(), number)
    return "", 204


@pages.patch("/edits/<int:number>")
@describe(body={"cluster": schema.whole(0), "count": trend_shapes.COUNT}, answer=trend_shapes.CHANGED, errors=(409,))
def give(number: int) -> Response:
    """Give a name, or a picture's place, to another trend: {"cluster", "count"}."""
    form = body({"cluster": int, "count": int})
    count = _count(form)
    return _answer(editing.give(the_session(), number, _number(form), count), count=count)
