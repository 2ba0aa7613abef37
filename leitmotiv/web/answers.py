"""Reading what a request brings and giving JSON back: bodies by their shape, bounded uploads, answers with ETags."""

import json
import math
from collections.abc import Mapping
from typing import Any

from flask import Response, jsonify, request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import UnsupportedMediaType

from leitmotiv.errors import UsageError
from leitmotiv.web import schema
from leitmotiv.web.context import tagged
from leitmotiv.web.schema import Schema

BYTES = 1_000_000
"""Of a body, unless its route allows more."""


def json_answer(form: Mapping[str, Any], status: int = 200) -> Response:
    """JSON: of what was read with an ETag, so that asking often costs little; of a change as it is."""
    if status == 200 and request.method in ("GET", "HEAD"):
        return tagged(form)
    made = jsonify(form)
    made.status_code = status
    return made


def body(shape: Schema | Mapping[str, type | Schema], *, most: int = BYTES) -> dict[str, Any]:
    """The JSON object of a request, read by its shape; an empty body counts as an empty object.

    Parameters
    ----------
    shape : Schema or mapping
        From `schema.record`; or field names and their Python types or shapes, none of which must be given.
    most : int
        Bytes that it may have.

    Raises
    ------
    UsageError
        No JSON, or a field that is missing, not known or of another kind; the text names it.
    UnsupportedMediaType, RequestEntityTooLarge
        The body is not declared as JSON, or is too large.
    """
    request.max_content_length = most
    wanted = schema.as_object(shape)
    data = request.get_data(cache=True)
    if data and not request.is_json:
        raise UnsupportedMediaType("The body must be JSON, declared as Content-Type: application/json.")
    form = _parsed(data) if data else {}
    names = ", ".join(wanted.get("properties", ()))
    if not isinstance(form, dict):
        raise UsageError(f"The body must be a JSON object{f' with {names}' if names else ''}.")
    if wrong := schema.mismatch(wanted, form):
        raise UsageError(wrong)
    return form


def _parsed(data: bytes) -> Any:
    def refuse(constant: str) -> float:
        raise UsageError(f"The body holds {constant}, which is no JSON.")

    try:
        return json.loads(data.decode("utf-8"), parse_constant=refuse)
    except UnicodeDecodeError as error:
        raise UsageError(f"The body is not UTF-8 (byte {error.start}).") from error
    except json.JSONDecodeError as error:
        raise UsageError(f"The body is no JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from error
    except (RecursionError, ValueError) as error:
        raise UsageError("The body is nested too deeply, or holds a number of too many digits.") from error


def upload(name: str, *, megabytes: float) -> FileStorage:
    """The file of a form's field, within a bound; its pixels are bounded where it is decoded.

    Raises
    ------
    UsageError
        No such field, or an empty one.
    RequestEntityTooLarge
        The whole request is larger.
    """
    request.max_content_length = math.ceil(megabytes * 1e6)
    file = request.files.get(name)
    if file is None:
        raise UsageError(f"The form has no file named {name!r}. Send multipart/form-data with one.")
    return file
