"""Who may ask, and what a browser may do with the answer: host names, origins, the token, security headers.

A change (POST, PUT, PATCH, DELETE) is taken from the server's own pages only: a browser says where a request comes from
in `Origin` and `Sec-Fetch-Site`, and no page of another site can forge either. A program says neither; from this
machine it sends JSON or bytes, which no form of a foreign page can, and from another one the token as bearer.

Styles keep the strict policy too: what differs from picture to picture (ratio, mean colour) stands in a `<style>` block
with a nonce of its own for each answer, or is set by a module through the CSSOM; neither needs 'unsafe-inline'.
"""

import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from leitmotiv.web import errors

COOKIE = "leitmotiv"
FORMS = frozenset({"", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain"})
"""Types of a body that a form of any page may send, without asking first."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
ANYWHERE = ("0.0.0.0", "::", "")
"""Addresses that mean every address of the machine: there the token is the guard."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
}


def install(app: Flask, *, host: str, token: str | None, allowed: Sequence[str] = ()) -> None:
    """Guard every answer of an app.

    Parameters
    ----------
    host : str
        The address that the server listens on; a `Host` header must name it or a loopback name.
    token : str or None
        What a browser has to show once; None asks for nothing.
    allowed : sequence of str
        More names that the server answers to, such as that of a proxy.
    """

    @app.before_request
    def guard() -> BaseResponse | None:
        g.nonce = secrets.token_urlsafe(16)
        if not is_own_name(request.host, host, allowed):
            text = f"leitmotiv does not answer to the name {request.host}. Serve with --allow-host {request.host}, or "
            text += "open the address that the server printed."
            return _refuse(HTTPStatus.MISDIRECTED_REQUEST, text)
        # the style sheet tells nothing of a library, and the page that asks for the token wants it
        if token is not None and request.endpoint != "static" and (refusal := _check(token)) is not None:
            return refusal
        return _foreign()

    @app.after_request
    def harden(answer: Response) -> Response:
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        answer.headers["Content-Security-Policy"] = policy(g.get("nonce", ""))
        answer.headers.setdefault("Cache-Control", "private, no-cache")
        return answer


def policy(nonce: str) -> str:
    """The Content-Security-Policy of an answer."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' 'nonce-{nonce}'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def is_own_name(header: str, host: str, allowed: Sequence[str] = ()) -> bool:
    """Whether a Host header names this server: pages of other names must not reach it (DNS rebinding)."""
    name = _without_port(header)
    if is_loopback(name) or name == host.lower() or name in {one.lower() for one in allowed}:
        return True
    # where names were given, others count no more; an address by its number cannot be rebound
    return host in ANYWHERE and (not allowed or _is_address(name))


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _foreign() -> BaseResponse | None:
    """Refuse what another site's page asks for, unless it leads a person here."""
    site = request.headers.get("Sec-Fetch-Site", "")
    if request.method in SAFE:
        if site in ("", "same-origin", "none") or request.headers.get("Sec-Fetch-Mode") == "navigate":
            return None
        return _refuse(HTTPStatus.FORBIDDEN, "Another site's page may lead here, but not read or show what is here.")
    if request.endpoint is None:
        return None
    origin = request.headers.get("Origin")
    if site not in ("", "same-origin", "none") or (origin is not None and not _is_own_origin(origin)):
        text = f"A change was asked for by a page of {origin or 'another site'}; only leitmotiv's own pages may do so."
        return _refuse(HTTPStatus.FORBIDDEN, text)
    if origin is not None or g.get("bearer", False):
        return None
    if not is_loopback(request.remote_addr or ""):
        text = "A program on another machine has to show the library's token: Authorization: Bearer TOKEN."
        return _refuse(HTTPStatus.FORBIDDEN, text)
    # a page's form can send neither JSON nor DELETE; a script of another site has to ask first, and is told no
    if request.mimetype in FORMS and not (request.method == "DELETE" and not request.content_length):
        text = "A program that changes something has to say Content-Type: application/json, or what else it sends."
        return _refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, text)
    return None


def _is_own_origin(origin: str) -> bool:
    """Whether an Origin header names the very host and port that was asked; a proxy may have spoken TLS for us."""
    parts = urlsplit(origin)
    return parts.scheme in ("http", "https") and parts.netloc.lower() == request.host.lower()


def _refuse(status: HTTPStatus, text: str) -> Response:
    g.refused = True
    return errors.tell(status, text)


def is_loopback(name: str) -> bool:
    """Whether a name or address means this machine itself."""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


def _without_port(header: str) -> str:
    name = header.lower()
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name.rpartition(":")[0] if name.count(":") == 1 else name


def _check(token: str) -> BaseResponse | None:
    """Let through who shows the token in the address, as a bearer, or by the cookie of an earlier visit."""
    proof = hashlib.sha256(f"leitmotiv cookie {token}".encode()).hexdigest()
    shown = request.args.get("token")
    if shown is not None and request.method in SAFE and _same(shown, token):
        return _remember(proof)
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if _same(bearer, token):
        g.bearer = True
        return None
    if _same(request.cookies.get(COOKIE, ""), proof):
        return None
    text = "This library asks for its token. Open the address that the server printed: it ends with ?token=…"
    answer = _refuse(HTTPStatus.UNAUTHORIZED, text)
    answer.headers["WWW-Authenticate"] = 'Bearer realm="leitmotiv"'
    return answer


def _remember(proof: str) -> BaseResponse:
    """Set the cookie, and take the token out of the address bar."""
    rest = [(name, value) for name, value in request.args.items(multi=True) if name != "token"]
    # a path such as //elsewhere would be read as another host
    path = "/" + request.path.lstrip("/")
    answer = redirect(path + (f"?{urlencode(rest)}" if rest else ""))
    answer.set_cookie(COOKIE, proof, httponly=True, samesite="Lax", secure=request.is_secure, max_age=180 * 86400)
    return answer


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
