"""`/docs`: the interface for people who write programs; `/api/v1/openapi.json`: the same for programs."""

from typing import Any

from flask import Blueprint, Response, current_app, render_template

from leitmotiv.web import schema
from leitmotiv.web.answers import json_answer
from leitmotiv.web.describe import describe, document

pages = Blueprint("docs", __name__)
STREAM = "text/event-stream"


@pages.get("/docs")
def index() -> str:
    """Every address with what it takes and answers, to read and to try."""
    described = document(current_app)
    families: dict[str, list[dict[str, Any]]] = {}
    for path, methods in described["paths"].items():
        for method, one in methods.items():
            families.setdefault(one["tags"][0], []).append(_operation(path, method.upper(), one))
    return render_template("docs.html", families=families, shapes=described["components"]["schemas"])


def _operation(path: str, method: str, one: dict[str, Any]) -> dict[str, Any]:
    body = one.get("requestBody", {}).get("content", {})
    kinds = {kind for answer in one["responses"].values() for kind in answer.get("content", {})}
    return {
        "id": one["operationId"],
        "path": path,
        "method": method,
        "summary": one["summary"],
        "description": one.get("description", ""),
        "parameters": one["parameters"],
        "body": body.get("application/json", {}).get("schema"),
        "responses": one["responses"],
        # what is no text is not shown here, and files are sent from their own pages
        "tried": kinds <= {"application/json", "application/problem+json"} and "multipart/form-data" not in body,
    }


@pages.get("/api/v1/openapi.json")
@describe(answer=schema.answer({"openapi": schema.text(), "paths": schema.keyed(schema.anything())}))
def openapi() -> Response:
    """The description of the interface, as OpenAPI 3.1."""
    return json_answer(document(current_app))
