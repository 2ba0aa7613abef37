"""One table from a named failure to an HTTP status, and its two forms: a page, and problem+json under /api."""

from http import HTTPStatus

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from leitmotiv import errors
from leitmotiv.errors import LeitmotivError

STATUS: dict[type[LeitmotivError], HTTPStatus] = {
    errors.UsageError: HTTPStatus.BAD_REQUEST,
    errors.AmbiguousImageError: HTTPStatus.BAD_REQUEST,
    errors.CavFileError: HTTPStatus.BAD_REQUEST,
    errors.LayerError: HTTPStatus.CONFLICT,
    errors.BoardError: HTTPStatus.CONFLICT,
    errors.RatingsError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.CriticError: HTTPStatus.CONFLICT,
    errors.SpaceError: HTTPStatus.CONFLICT,
    errors.EyesError: HTTPStatus.CONFLICT,
    errors.ImageNotFoundError: HTTPStatus.NOT_FOUND,
    errors.NotFoundError: HTTPStatus.NOT_FOUND,
    errors.FolderNotAllowedError: HTTPStatus.FORBIDDEN,
    errors.NoIndexError: HTTPStatus.CONFLICT,
    errors.EmptyLibraryError: HTTPStatus.CONFLICT,
    errors.BoardChangedError: HTTPStatus.CONFLICT,
    errors.ImageReadError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.MissingExtraError: HTTPStatus.NOT_IMPLEMENTED,
    errors.LibraryLockedError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.CompilingError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.TooManyStreamsError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.DiskFullError: HTTPStatus.INSUFFICIENT_STORAGE,
    LeitmotivError: HTTPStatus.INTERNAL_SERVER_ERROR,
}
RETRY_S = 5
"""What a 503 asks a browser to wait, seconds."""


def status_of(error: LeitmotivError) -> HTTPStatus:
    """The status of the nearest class in the table."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def install(app: Flask) -> None:
    """Answer failures in the form that fits the address."""
    app.register_error_handler(LeitmotivError, _named)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _fault)


def _named(error: LeitmotivError) -> Response:
    status = status_of(error)
    answer = tell(status, str(error), kind=type(error).__name__)
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        answer.headers["Retry-After"] = str(RETRY_S)
    return answer


def _http(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or 500)
    if 300 <= status < 400:
        return make_response(error.get_response())
    texts = {
        HTTPStatus.NOT_FOUND: f"There is no page {request.path}.",
        HTTPStatus.METHOD_NOT_ALLOWED: f"{request.path} does not take {request.method}; {_allowed(error)}.",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _too_large(),
    }
    own = error.description if error.description != type(error).description else None
    answer = tell(status, own or texts.get(status) or status.description)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After", "WWW-Authenticate"}:
            answer.headers[name] = value
    return answer


def _allowed(error: HTTPException) -> str:
    methods = sorted(set(getattr(error, "valid_methods", None) or ()) - {"OPTIONS", "HEAD"})
    return f"it takes {', '.join(methods)}" if methods else "it takes nothing"


def _too_large() -> str:
    most = request.max_content_length
    return f"The request has more than the {most:,} bytes that are taken here." if most else "The request is too large."


def _fault(error: Exception) -> Response:
    current_app.logger.error("A fault of leitmotiv at %s", request.path, exc_info=error)
    text = f"A fault of leitmotiv, {type(error).__name__}. The terminal that serves this page shows where."
    return tell(HTTPStatus.INTERNAL_SERVER_ERROR, text)


def tell(status: HTTPStatus, text: str, *, kind: str = "") -> Response:
    """A refusal with its reason: problem+json (RFC 9457) under /api, a page elsewhere."""
    if request.path.startswith("/api/"):
        answer = jsonify(
            type=f"urn:leitmotiv:error:{kind}" if kind else "about:blank",
            title=status.phrase,
            status=status.value,
            detail=text,
            instance=request.path,
        )
        answer.mimetype = "application/problem+json"
    else:
        answer = make_response(render_template("error.html", status=status, text=text, retry=status == 503))
    answer.status_code = status.value
    answer.headers["Cache-Control"] = "no-store"
    return answer
