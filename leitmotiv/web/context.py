"""What a request may use: the session that the app was made with; it opens and builds nothing."""

from collections.abc import Mapping
from typing import Any, cast

from flask import Response, current_app, jsonify, request, url_for

from leitmotiv.workflows.session import Session

KEY = "leitmotiv"


def the_session() -> Session:
    """The session of the app that answers this request."""
    return cast(Session, current_app.extensions[KEY])


def address(page: str, /, **values: Any) -> str:
    """The address of a page; what `url_for` would take for its own options is left out."""
    kept = {name: value for name, value in values.items() if name != "endpoint" and not name.startswith("_")}
    return url_for(page, **kept)


def tagged(form: Mapping[str, Any]) -> Response:
    """JSON with an ETag, so that asking again costs little."""
    answer = jsonify(form)
    answer.add_etag()
    answer.make_conditional(request.environ)
    return answer
