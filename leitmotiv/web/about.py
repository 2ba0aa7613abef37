"""`/about`: which library this is, which leitmotiv, and whose work it stands on."""

import platform
import re
from email.message import Message
from functools import cache
from importlib import metadata
from typing import NamedTuple, cast

from flask import Blueprint, render_template

from leitmotiv.web.context import the_session
from leitmotiv.workflows import browse

pages = Blueprint("about", __name__)


class Package(NamedTuple):
    """A package that leitmotiv is built on, as its own metadata describes it."""

    name: str
    version: str
    licence: str
    summary: str


@pages.get("/about")
def index() -> str:
    """The library, the program and its licences."""
    session = the_session()
    return render_template(
        "about.html",
        now=browse.status(session),
        settings=session.settings,
        packages=packages(),
        python=platform.python_version(),
    )


@cache
def packages() -> tuple[Package, ...]:
    """What the installed leitmotiv requires at run time."""
    try:
        wanted = metadata.requires("leitmotiv") or []
    except metadata.PackageNotFoundError:
        return ()
    names = (re.split(r"[\s;<>=!~\[]", line, maxsplit=1)[0] for line in wanted if "extra ==" not in line)
    return tuple(sorted((package for name in names if (package := _package(name))), key=lambda one: one.name.lower()))


def _package(name: str) -> Package | None:
    try:
        found = cast(Message, metadata.metadata(name))
    except metadata.PackageNotFoundError:
        return None
    return Package(found["Name"], found["Version"], _licence(found), found.get("Summary", ""))


def _licence(found: Message) -> str:
    """The licence in a few words: its expression, else its classifier, else the first line of its text."""
    expression = found.get("License-Expression", "")
    classifiers = [line for line in found.get_all("Classifier") or [] if line.startswith("License ::")]
    named = ", ".join(line.rsplit(" :: ", 1)[-1] for line in classifiers)
    lines = (found.get("License") or "").strip().splitlines()
    return expression or named or (lines[0][:60] if lines else "") or "see its package"
