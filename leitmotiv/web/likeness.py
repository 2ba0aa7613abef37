"""The page that stands in where what pictures show is not known yet: it has that begun, and waits for it."""

import json

from flask import render_template, request

from leitmotiv.web.context import the_session
from leitmotiv.workflows import blending, browse


def unseen(place: str, heading: str, by: float, *, job: str = "activations") -> tuple[str, int]:
    """The page that stands in for one that needs to know what pictures show; it has `job` begun, and waits."""
    kept = {name: value for name, value in request.args.items() if name not in ("by", "from", "count")}
    asked = {"kind": job} | ({} if job == "activations" else {"parameters": {"by": blending.said(by)}})
    text = render_template(
        "unseen.html",
        place=place,
        heading=heading,
        by=by,
        path=request.path,
        kept=kept,
        total=browse.count(the_session()),
        asked=json.dumps(asked),
        work=job,
    )
    return text, 409


def unfound(query: str) -> tuple[str, int]:
    """The page that stands in for the trends of a large selection: it has them found by a job, and waits."""
    asked = json.dumps({"kind": "selection", "parameters": {"q": query}})
    return render_template("unfound.html", query=query, asked=asked), 409
