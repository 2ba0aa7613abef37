"""Who may ask, and what a browser may do with the answer: host names, the token, security headers.

Styles keep the strict policy too: what differs from picture to picture (ratio, mean colour) stands in a `<style>` block
with a nonce of its own for each answer, or is set by a module through the CSSOM; neither needs 'unsafe-inline'.
"""

import hashlib
import hmac
import ipaddress
import secrets
from http import HTTPStatus
from urllib.parse import urlencode

from flask import Flask, Response, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from leitmotiv.web import errors

COOKIE = "leitmotiv"
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


def install(app: Flask, *, host: str, token: str | None) -> None:
    """Guard every answer of an app.

    Parameters
    ----------
    host : str
        The address that the server listens on; a `Host` header must name it or a loopback name.
    token : str or None
        What a browser has to show once; None asks for nothing.
    """

    @app.before_request
    def guard() -> BaseResponse | None:
        g.nonce = secrets.token_urlsafe(16)
        if not is_own_name(request.host, host):
            text = (
                f"leitmotiv does not answer to the name {request.host}. Open it as http://{host}, or serve with --host."
            )
            g.refused = True
            return errors.tell(HTTPStatus.MISDIRECTED_REQUEST, text)
        # the style sheet tells nothing of a library, and the page that asks for the token wants it
        return None if token is None or request.endpoint == "static" else _check(token)

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


def is_own_name(header: str, host: str) -> bool:
    """Whether a Host header names this server: pages of other names must not reach it (DNS rebinding)."""
    name = _without_port(header)
    return host in ANYWHERE or name == host.lower() or is_loopback(name)


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
    if shown is not None and _same(shown, token):
        return _remember(proof)
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if _same(bearer, token) or _same(request.cookies.get(COOKIE, ""), proof):
        return None
    g.refused = True
    text = "This library asks for its token. Open the address that the server printed: it ends with ?token=…"
    answer = errors.tell(HTTPStatus.UNAUTHORIZED, text)
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
