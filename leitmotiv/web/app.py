"""Puts the pages together: routes, what templates may use, the guards; it answers no request itself."""

import logging
from datetime import date

import flask
import jinja2
from flask import Flask, g

import leitmotiv
from leitmotiv.errors import LeitmotivError
from leitmotiv.records import Job
from leitmotiv.web import (
    about,
    answers,
    api,
    board_json,
    board_results,
    board_tools,
    board_views,
    boards,
    clusters,
    context,
    critic,
    docs,
    duplicates,
    errors,
    evolve,
    evolve_json,
    export,
    eye_json,
    eye_views,
    eyes,
    figures,
    foresight,
    images,
    jobs,
    keepers,
    lines,
    map,
    own,
    parameters,
    pictures,
    ranked,
    rebuild,
    safety,
    search,
    search_places,
    selections,
    sidecars,
    space,
    streams,
    taste,
    technical,
    why,
    words,
)
from leitmotiv.web.trend_pages import TREND_PAGES
from leitmotiv.workflows import browse
from leitmotiv.workflows.session import Session

PAGES = (
    pictures,
    selections,
    images,
    ranked,
    clusters,
    rebuild,
    map,
    why,
    search,
    space,
    search_places,
    boards,
    board_tools,
    board_json,
    board_results,
    board_views,
    critic,
    taste,
    technical,
    keepers,
    evolve,
    evolve_json,
    eyes,
    eye_views,
    eye_json,
    duplicates,
    jobs,
    about,
    export,
    sidecars,
    own,
    docs,
    api,
)


def create_app(session: Session, *, token: str | None = None) -> Flask:
    """The pages and the JSON interface of one library.

    Parameters
    ----------
    session : Session
        Its settings name the library and the address that the server listens on.
    token : str, optional
        What a browser has to show once, as ``?token=``; None asks for nothing.
    """
    app = Flask("leitmotiv.web", static_folder="static", template_folder="templates")
    app.extensions[context.KEY] = session
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.url_map.converters["int"] = parameters.WholeConverter
    app.config["MAX_CONTENT_LENGTH"] = answers.BYTES
    app.logger.setLevel(logging.WARNING)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True, "undefined": jinja2.StrictUndefined}
    safety.install(app, host=session.settings.host, token=token, allowed=session.settings.allowed_hosts)
    errors.install(app)
    streams.install(app)
    foresight.install(app, session, token)
    for page in (*PAGES, *TREND_PAGES):
        app.register_blueprint(page.pages)
    app.jinja_env.filters.update(_filters())
    app.context_processor(lambda: _frame(session))
    return app


def _filters() -> dict[str, object]:
    names = {
        words: "alternative breakable count day duration home known_from likeness moment outcome percent pictures place"
        " progress share size span stars",
        lines: "chips",
        figures: "ratio frame widths bands asked",
    }
    by_name = {name: getattr(module, name) for module, text in names.items() for name in text.split()}
    return by_name | {"lately": lambda at: words.lately(at, date.today())}


def _frame(session: Session) -> dict[str, object]:
    """What every page shows around its content."""
    return {
        "library": str(session.settings.library),
        "version": leitmotiv.__version__,
        "nonce": g.get("nonce", ""),
        "refused": g.get("refused", False),
        "working": lambda: _working(session),
        # no version in the address: a module reached by two addresses would run twice
        "tools": _tools,
        "asset": lambda name: flask.url_for("static", filename=name),
    }


TOOLS = (
    ("/map", "Show on the map"),
    ("/clusters", "Find their trends"),
    ("/compare", "Compare them"),
    ("/chain", "A chain between the two"),
    ("/diverse", "A diverse few of them"),
    ("/slideshow", "Slideshow"),
    ("/search", "Search among them"),
    ("/eyes/new", "Make eyes of them"),
    ("/duplicates", "Find duplicates"),
    ("/export", "Take them out"),
)
"""Pages that take a selection, and what they do with what is picked."""


def _tools() -> list[tuple[str, str]]:
    """Those of `TOOLS` that this app has."""
    there = {rule.rule for rule in flask.current_app.url_map.iter_rules()}
    return [(path, words) for path, words in TOOLS if path in there]


def _working(session: Session) -> Job | None:
    """The job that runs now, if any; a library that cannot be read has none."""
    try:
        return next((job for job in browse.jobs(session) if job.state == "running"), None)
    except LeitmotivError:
        return None
