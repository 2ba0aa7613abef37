"""`/jobs`: what runs now, what waits, what failed and why, what ran before; and the queue under /api/v1/jobs."""

import json
import threading
import time
from collections.abc import Iterator
from http import HTTPStatus

from flask import Blueprint, Response, render_template

from leitmotiv.errors import LeitmotivError, TooManyStreamsError
from leitmotiv.records import Job
from leitmotiv.web import forms, parameters, schema, shapes
from leitmotiv.web.answers import body, json_answer
from leitmotiv.web.context import tagged, the_session
from leitmotiv.web.describe import describe
from leitmotiv.web.streams import STREAM_S, event, the_streams
from leitmotiv.workflows import browse, queue
from leitmotiv.workflows.session import Session

pages = Blueprint("jobs", __name__)

FAILURES = 200
LOOK_S = 0.5
"""How often a stream looks for news."""
ASKED = schema.record(
    {
        "kind": schema.text(
            "What to do.", choices=sorted(name for name, kind in queue.KINDS.items() if kind.from_page)
        ),
        "parameters": schema.keyed(
            schema.anything(),
            "For add: folders (those that the library knows if not given) and again (whether files that failed are "
            "read again). For index: groups, which is fewer, more, default or anew. "
            "For activations: train, the number of a board that is trained when all is seen.",
        ),
    },
    optional=("parameters",),
)
ACTIONS = {"pause": queue.pause, "resume": queue.resume, "cancel": queue.cancel, "retry": queue.retry}


@pages.get("/jobs")
def index() -> str:
    """Progress of long work."""
    session = the_session()
    jobs = browse.jobs(session)
    now = browse.status(session)
    return render_template(
        "jobs.html",
        live=sorted((job for job in jobs if job.state in queue.LIVE), key=_order),
        earlier=[job for job in jobs if job.state not in queue.LIVE],
        failures=now.failures[:FAILURES],
        failed=now.failed,
        now=now,
        names={name: kind.name for name, kind in queue.KINDS.items()} | {"place": "Placing new pictures"},
    )


def _order(job: Job) -> tuple[int, int]:
    """What runs first, then what waits in its turn, then what rests."""
    return ("running", "queued", "paused").index(job.state), job.id


@pages.get("/api/v1/jobs")
@describe(
    query={"limit": schema.whole(1, 500, "Jobs of the answer.", default=50)},
    answer=schema.answer({"jobs": schema.listed(shapes.JOB)}),
)
def listed() -> Response:
    """Long work, newest first."""
    limit = parameters.whole("limit", 50, 1, 500)
    return tagged({"jobs": [forms.job(job) for job in browse.jobs(the_session())[:limit]]})


@pages.post("/api/v1/jobs")
@describe(body=ASKED, answer=shapes.JOB, status=202, errors=(409,))
def start() -> Response:
    """Put work into the queue; the same work that waits already is not put there twice."""
    form = body(ASKED)
    return json_answer(forms.job(queue.ask(the_session(), form["kind"], form.get("parameters", {}))), 202)


@pages.get("/api/v1/jobs/<int:number>")
@describe(answer=shapes.JOB)
def show(number: int) -> Response:
    """One job."""
    return tagged(forms.job(queue.get(the_session(), number)))


@pages.post("/api/v1/jobs/<int:number>/pause")
@describe(answer=shapes.JOB, errors=(404,))
def pause(number: int) -> Response:
    """Let a job rest, after what is in hand; what is finished is kept."""
    return json_answer(forms.job(queue.pause(the_session(), number)))


@pages.post("/api/v1/jobs/<int:number>/resume")
@describe(answer=shapes.JOB, errors=(404,))
def resume(number: int) -> Response:
    """Let a job that rests go on."""
    return json_answer(forms.job(queue.resume(the_session(), number)))


@pages.post("/api/v1/jobs/<int:number>/cancel")
@describe(answer=shapes.JOB, errors=(404,))
def cancel(number: int) -> Response:
    """End a job, after what is in hand; what is finished is kept."""
    return json_answer(forms.job(queue.cancel(the_session(), number)))


@pages.post("/api/v1/jobs/<int:number>/retry")
@describe(answer=shapes.JOB, status=202, errors=(404,))
def retry(number: int) -> Response:
    """Do once more what a job did that has ended; files that failed are read again."""
    return json_answer(forms.job(queue.retry(the_session(), number)), 202)


@pages.get("/api/v1/jobs/events")
@describe(media="text/event-stream")
def events() -> Response:
    """What goes on, as Server-Sent Events.

    Each event named `status` has the JSON of /api/v1/status. A stream ends after 30 seconds, and a browser opens the
    next one by itself. Where too many are open, the answer is an empty 204, which tells a browser to stop asking: then
    /api/v1/status, every few seconds, has the same.
    """
    session = the_session()
    streams = the_streams()
    try:
        slot = streams.take()
    except TooManyStreamsError:
        return Response(status=HTTPStatus.NO_CONTENT)
    answer = Response(_events(session, streams.closed), mimetype="text/event-stream")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"
    answer.call_on_close(slot.give)
    return answer


def _events(session: Session, closed: threading.Event) -> Iterator[str]:
    """The status whenever it changed, and a comment now and then, by which a closed tab is noticed."""
    until = time.monotonic() + STREAM_S
    yield "retry: 1000\n\n"
    said, silent = None, 0
    while time.monotonic() < until and not closed.is_set():
        try:
            now = session.library.revision("images"), session.library.jobs.list()
            told = forms.status(browse.status(session)) if now != said else None
        except LeitmotivError:
            return  # asking again tells why
        if told is not None:
            yield event("status", json.dumps(told))
            said, silent = now, 0
        else:
            silent += 1
            if silent % 6 == 0:
                yield ": nothing new\n\n"
        closed.wait(LOOK_S)
