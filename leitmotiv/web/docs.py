"""`/api/v1/openapi.json`: the interface, described."""

from flask import Blueprint, Response, current_app

from leitmotiv.web import schema
from leitmotiv.web.answers import json_answer
from leitmotiv.web.describe import describe, document

pages = Blueprint("docs", __name__)


@pages.get("/api/v1/openapi.json")
@describe(answer=schema.answer({"openapi": schema.text(), "paths": schema.keyed(schema.anything())}))
def openapi() -> Response:
    """The description of the interface, as OpenAPI 3.1."""
    return json_answer(document(current_app))
