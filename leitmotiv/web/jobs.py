"""`/jobs`: what runs now, what failed and why, what ran before."""

from flask import Blueprint, render_template

from leitmotiv.web.context import the_session
from leitmotiv.workflows import browse

pages = Blueprint("jobs", __name__)

FAILURES = 200


@pages.get("/jobs")
def index() -> str:
    """Progress of long work."""
    session = the_session()
    jobs = browse.jobs(session)
    now = browse.status(session)
    return render_template(
        "jobs.html",
        live=[job for job in jobs if job.state in ("running", "queued")],
        earlier=[job for job in jobs if job.state not in ("running", "queued")],
        failures=now.failures[:FAILURES],
        failed=now.failed,
        now=now,
    )
