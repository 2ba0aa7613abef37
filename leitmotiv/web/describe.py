"""What each route of the interface takes and answers, said beside the route; OpenAPI 3.1 is made from it.

A route is described by a decorator below the one of flask:

    @pages.get("/days")
    @describe(query={"from": schema.whole(1800, 2200)}, answer=DAYS, errors=(409,))
    def days() -> Response:
        '''Each day with pictures, newest first.'''

Its address and method come from flask, its summary from the first sentence of the docstring. Refusals that any route of
its kind may give (a bad parameter, a missing token, a picture that is not there, a locked library for a change) are
added; only what is particular stands in `errors`.
"""

import inspect
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ParamSpec, TypeVar

from flask import Flask
from werkzeug.routing import Rule

import leitmotiv
from leitmotiv.web import schema
from leitmotiv.web.schema import Schema

P = ParamSpec("P")
R = TypeVar("R")

PREFIX = "/api/"
PATH = {
    "image_id": schema.image_id(),
    "cluster_id": schema.whole(0, 2**53, "Number of a trend."),
    "number": schema.whole(0, 2**53, "Its number."),
    "size": schema.whole(1, 4096, "Longest side, pixels."),
}
PROBLEM = schema.named(
    "Problem",
    schema.answer(
        {
            "type": schema.text("urn:leitmotiv:error:NAME for a failure with a name, else about:blank."),
            "title": schema.text("The status in words."),
            "status": schema.whole(400, 599),
            "detail": schema.text("What was wrong, and the next step."),
            "instance": schema.text("The address that was asked."),
        },
        "Why a request was refused (RFC 9457).",
    ),
)
MEANS = {
    304: "What the client has is still true.",
    400: "A parameter or a field cannot be used; the text names it.",
    401: "The token is missing.",
    403: "The request came from another page than leitmotiv's own, or names a folder that was not allowed.",
    404: "There is no such thing.",
    409: "The library is not ready for this; the text says what comes first.",
    413: "The body is too large.",
    415: "The body is of another type.",
    416: "The file has no such range.",
    421: "The server does not answer to this name.",
    422: "The file cannot be read as a picture.",
    501: "An optional package is not installed; the text names it.",
    503: "Not now: another process writes, or the mathematics is being compiled. Retry-After says when.",
    507: "The disk is full.",
}
CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True)
class Description:
    """What a route takes and answers; see `describe`."""

    query: Mapping[str, Schema]
    body: Schema | None
    form: Schema | None
    answers: Mapping[int, Schema | None]
    media: tuple[str, ...]
    errors: frozenset[int]


BARE = Description({}, None, None, {200: {}}, (), frozenset())
"""Of a route of the interface that says nothing of itself but its address and its docstring."""


def describe(
    *,
    query: Mapping[str, Schema] | None = None,
    body: Schema | Mapping[str, type | Schema] | None = None,
    form: Schema | None = None,
    answer: Schema | None = None,
    status: int = 200,
    media: str | tuple[str, ...] = (),
    errors: Collection[int] = (),
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Describe a route.

    Parameters
    ----------
    query : mapping, optional
        Parameters of the address after the question mark, none of which must be given.
    body : Schema or mapping, optional
        What `answers.body` is given.
    form : Schema, optional
        Fields of multipart/form-data.
    answer : Schema, optional
        JSON of the answer; None where it has none.
    status : int
        Of the answer.
    media : str or tuple of str
        Types of the answer where it is no JSON, such as "image/webp".
    errors : collection of int
        Statuses that this route may answer beside those of its kind: 409, 503, …
    """
    shape = None if body is None else schema.as_object(body)
    kinds = (media,) if isinstance(media, str) else tuple(media)
    said = Description(dict(query or {}), shape, form, {status: answer}, kinds, frozenset(errors))

    def mark(function: Callable[P, R]) -> Callable[P, R]:
        function.__description__ = said  # type: ignore[attr-defined]
        return function

    return mark


def description_of(app: Flask, rule: Rule) -> Description | None:
    """What was said of a route."""
    return getattr(app.view_functions[rule.endpoint], "__description__", None)


def document(app: Flask) -> dict[str, Any]:
    """The OpenAPI 3.1 document of an app."""
    paths: dict[str, dict[str, Any]] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        said = description_of(app, rule)
        if said is None and not rule.rule.startswith(PREFIX):
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            paths.setdefault(template(rule), {})[method.lower()] = _operation(app, rule, method, said or BARE)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "leitmotiv",
            "version": leitmotiv.__version__,
            "summary": "Everything that the pages do, for programs.",
            "license": {"name": "BSD-3-Clause", "identifier": "BSD-3-Clause"},
        },
        "servers": [{"url": "/"}],
        "security": [{}, {"token": []}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schema.NAMED.items())),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "The library's token."}},
        },
    }


def template(rule: Rule) -> str:
    """The address of a route in the form of OpenAPI: "/images/{image_id}"."""
    return re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"{\1}", rule.rule)


def _operation(app: Flask, rule: Rule, method: str, said: Description) -> dict[str, Any]:
    summary, _, rest = (inspect.getdoc(app.view_functions[rule.endpoint]) or "").partition("\n\n")
    made: dict[str, Any] = {
        "operationId": rule.endpoint.replace(".", "_"),
        "summary": " ".join(summary.split()),
        "tags": [_family(rule)],
        "parameters": [*_path_parameters(rule), *(_parameter("query", *one) for one in said.query.items())],
        "responses": _responses(rule, method, said),
    }
    if rest:
        made["description"] = " ".join(rest.split())
    if said.body is not None:
        made["requestBody"] = {"content": {"application/json": {"schema": said.body}}}
    if said.form is not None:
        made["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": said.form}}}
    return made


def _family(rule: Rule) -> str:
    parts = [part for part in rule.rule.split("/") if part and part != "api" and not re.fullmatch(r"v\d+", part)]
    return parts[0].partition(".")[0] if parts else "pages"


def _path_parameters(rule: Rule) -> list[dict[str, Any]]:
    made = []
    for name, converter in rule._converters.items():
        other = schema.whole(0, 2**53) if converter.__class__.__name__ == "WholeConverter" else schema.text(least=1)
        made.append(_parameter("path", name, PATH.get(name, other)))
    return made


def _parameter(place: str, name: str, shape: Schema) -> dict[str, Any]:
    made: dict[str, Any] = {"name": name, "in": place, "required": place == "path"}
    if about := shape.get("description"):
        made["description"] = about
    return made | {"schema": {key: value for key, value in shape.items() if key != "description"}}


def _responses(rule: Rule, method: str, said: Description) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for status, shape in said.answers.items():
        one: dict[str, Any] = {"description": HTTPStatus(status).phrase}
        made[str(status)] = one
        if said.media:
            one["content"] = {kind: {} for kind in said.media}
        elif shape is not None:
            one["content"] = {"application/json": {"schema": shape}}
    if method == "GET":
        made["304"] = {"description": MEANS[304]}
    for status in sorted(said.errors | _usual(rule, method, said)):
        made[str(status)] = {
            "description": MEANS.get(status, HTTPStatus(status).phrase),
            "content": {"application/problem+json": {"schema": PROBLEM}} if rule.rule.startswith(PREFIX) else {},
        }
    return made


def _usual(rule: Rule, method: str, said: Description) -> set[int]:
    """Refusals that any route of this kind may give."""
    usual = {401, 403, 421}
    if said.query or said.body or said.form or rule.arguments:
        usual.add(400)
    if rule.arguments:
        usual.add(404)
    if method in CHANGES:
        usual |= {400, 413, 415, 503, 507}
    return usual
