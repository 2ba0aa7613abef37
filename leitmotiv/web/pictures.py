"""`/`: all pictures by date, or the first page of an empty library."""

from collections.abc import Sequence
from itertools import groupby

from flask import Blueprint, render_template, request

from leitmotiv.records import Image
from leitmotiv.web import figures, parameters
from leitmotiv.web.context import the_session
from leitmotiv.workflows import browse
from leitmotiv.workflows.session import Session

pages = Blueprint("pictures", __name__)

FIRST = 200
"""Pictures in the page itself; the others follow as one scrolls."""


@pages.get("/")
def index() -> str:
    """All pictures, newest first, from `?cursor=` or from the end of `?from=` (a year or a month)."""
    session = the_session()
    days = browse.days(session)
    if not days:
        return render_template("first.html")
    since = parameters.month("from")
    cursor = request.args.get("cursor") or (_cursor(session, days, since) if since else None)
    page = browse.images(session, limit=FIRST, cursor=cursor)
    return render_template(
        "pictures.html",
        page=page,
        groups=by_day(page.images),
        counts=dict(days),
        days=days,
        marks=figures.marks(days),
        inside=cursor is not None,
    )


def by_day(images: Sequence[Image]) -> list[tuple[str, list[Image]]]:
    """Pictures in their order, grouped by the day on which they were taken."""
    return [(day, list(group)) for day, group in groupby(images, key=lambda image: image.taken.at.date().isoformat())]


def _cursor(session: Session, days: Sequence[tuple[str, int]], since: str) -> str | None:
    """Where the pictures of a period begin: as far down the list as all later pictures reach."""
    later = sum(count for day, count in days if day[: len(since)] > since)
    return browse.images(session, limit=later).next if later else None
