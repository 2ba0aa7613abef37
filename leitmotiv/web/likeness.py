"""The page that stands in where what pictures show was not looked at yet: it has that begun, and waits for it."""

from flask import render_template, request

from leitmotiv.web.context import the_session
from leitmotiv.workflows import browse


def unseen(place: str, heading: str, by: float) -> tuple[str, int]:
    """The page that stands in for one that needs to know what pictures show; it has that begun, and waits."""
    kept = {name: value for name, value in request.args.items() if name not in ("by", "from", "count")}
    total = browse.count(the_session())
    return render_template(
        "unseen.html", place=place, heading=heading, by=by, path=request.path, kept=kept, total=total
    ), 409
