"""`/api/v1/sidecars`: XMP beside the photos, read into ratings or written from them, each after a preview."""

from flask import Blueprint, Response, jsonify

from leitmotiv.errors import UsageError
from leitmotiv.web import schema, shapes
from leitmotiv.web.context import the_session
from leitmotiv.web.describe import describe
from leitmotiv.web.own import body
from leitmotiv.workflows import selecting, sidecars

pages = Blueprint("sidecars", __name__, url_prefix="/api/v1")

LISTED = 200
"""Sidecars that a preview names; it counts all of them."""


@pages.post("/sidecars/read")
@describe(
    body={"q": str, "confirm": bool},
    answer=schema.answer(
        {"found": shapes.COUNT, "changed": shapes.COUNT, "keywords": shapes.COUNT, "failed": shapes.THINGS}
    ),
    errors=(404, 409),
)
def read() -> Response:
    """Take ratings and keywords over from sidecars: {"q", "confirm"}; without `confirm` it is a preview."""
    form = body({"q": str, "confirm": bool})
    session = the_session()
    ids = selecting.select(session, form.get("q", ""))
    done = sidecars.read(session, ids, dry_run=not form.get("confirm", False))
    failed = [{"path": path, "reason": reason} for path, reason in done.failed]
    counts = {"found": done.found, "changed": len(done.changed), "keywords": len(done.keywords)}
    return jsonify({**counts, "failed": failed[:LISTED]})


@pages.post("/sidecars/write")
@describe(
    body={"q": str, "naming": str, "trends": bool, "confirm": str},
    answer=schema.answer({"plan": schema.text(), "written": schema.truth(), "sidecars": shapes.THINGS}),
    errors=(404, 409),
)
def write() -> Response:
    """Write sidecars beside the photos: {"q", "naming", "trends", "confirm"}.

    Without `confirm` it is a preview and nothing is written. `confirm` is what the preview gave as `plan`: where
    another plan would be carried out by now, it is refused.
    """
    form = body({"q": str, "naming": str, "trends": bool, "confirm": str})
    session = the_session()
    ids = selecting.select(session, form.get("q", ""))
    naming = sidecars.as_naming(form.get("naming", "as-found"))
    plans = sidecars.plan(session, ids, naming=naming, trends=form.get("trends", False))
    digest = sidecars.digest(plans)
    if "confirm" in form:
        if form["confirm"] != digest:
            raise UsageError("Something changed since the preview. Look at it again.")
        plans = sidecars.write(plans)
    told = [one for one in plans if one.action != "same"]
    counts = {action: sum(one.action == action for one in plans) for action in ("new", "changed", "same", "failed")}
    listed = [{"path": one.name, "action": one.action, "reason": one.reason} for one in told[:LISTED]]
    return jsonify({**counts, "plan": digest, "written": "confirm" in form, "sidecars": listed})
