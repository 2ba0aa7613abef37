"""`/export`: take pictures, tables, sheets and sites out of the library; what was written out is listed and fetched."""

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, send_file, url_for

from leitmotiv.web import forms, schema, shapes
from leitmotiv.web.answers import body
from leitmotiv.web.context import the_session
from leitmotiv.web.describe import describe
from leitmotiv.workflows import queue, selecting, shelf

pages = Blueprint("export", __name__)

FORM = {
    "kind": str,
    "q": str,
    "sort": str,
    **{name: kind for options in shelf.OPTIONS.values() for name, kind in options.items()},
}


@pages.get("/export")
def index() -> str:
    """What there is to take out of `?q=`, and what was written out."""
    session = the_session()
    text, sort = request.args.get("q", ""), request.args.get("sort", selecting.DEFAULT_SORT)
    count = len(selecting.select(session, text, sort=sort))
    return render_template(
        "export.html", q=text, sort=sort, count=count, files=shelf.listed(session), kinds=shelf.KINDS
    )


@pages.get("/exports/<name>")
def fetch(name: str) -> Response:
    """A file that was written out, to keep."""
    return send_file(shelf.path(the_session(), name), as_attachment=True, download_name=name, max_age=0)


@pages.get("/api/v1/exports")
@describe(answer=shapes.form(exports=shapes.THINGS))
def listed() -> Response:
    """The files that were written out, newest first."""
    return jsonify({"exports": [file_form(file) for file in shelf.listed(the_session())]})


@pages.post("/api/v1/exports")
@describe(
    body=FORM,
    answer=schema.answer({"name": schema.text(), "bytes": shapes.COUNT, "at": schema.text(), "address": schema.text()}),
    status=201,
    errors=(404, 409),
)
def make() -> tuple[Response, int]:
    """Write a file: {"kind", "q", "sort"} and the options of that kind.

    What would take long is put into the queue, as `POST /api/v1/jobs` with the kind `export` does: then the answer is
    202 with the job, whose message is the name of the file when it is done.
    """
    session, form = the_session(), body(FORM)
    if shelf.is_long(session, form):
        return jsonify(forms.job(queue.ask(session, "export", form))), 202
    return jsonify(file_form(shelf.make(session, form))), 201


@pages.delete("/api/v1/exports/<name>")
@describe(status=204)
def remove(name: str) -> tuple[str, int]:
    """Remove a file that was written out."""
    shelf.remove(the_session(), name)
    return "", 204


def file_form(file: Any) -> dict[str, object]:
    """A file that was written out, in JSON."""
    return {
        "name": file.name,
        "bytes": file.size,
        "at": file.at.isoformat(),
        "address": url_for("export.fetch", name=file.name),
    }
