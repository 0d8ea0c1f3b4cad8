"""What keeps the room safe: who may ask, by which name, and what a page may do in the browser.

What was archived is hostile. A page of the room runs no script and loads nothing from elsewhere; an archived page is
shown in a sandbox with an origin of its own. A name that leads here by a trick of DNS is refused, and from other
machines nobody gets in without the token.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "dibao"
LONGEST = 16_384
"""Bytes of the longest address that is answered."""

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
"""What a page of the room may load: its own style, pictures and frames, and no script."""
SANDBOX = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src {origin}/media/ data:; font-src data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors {origin}"
)
"""What an archived page may load: its own inline style, and pictures that the archive has."""

_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-cache",
}
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def is_loopback(host: str) -> bool:
    """Whether a host is this machine alone, so that nobody else can ask."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _name(host: str) -> str | None:
    """The host of a Host header, without its port; None where it is none."""
    if host.startswith("["):
        inside, closed, rest = host[1:].partition("]")
        return inside if closed and (not rest or (rest[1:].isdecimal() and rest[0] == ":")) else None
    name, _, port = host.partition(":")
    if not name or (port and not port.isdecimal()) or not name.isascii():
        return None
    return name.lower().rstrip(".")


class Guard:
    """Lets in who may ask, and gives every answer its headers.

    `names` are host names that the room is reached by besides the loopback's; addresses are taken as they are where
    there is a token, since a trick of DNS works by names. `token` is asked of everybody where it is set.
    """

    def __init__(self, app: ASGIApp, names: frozenset[str] = frozenset(), token: str | None = None) -> None:
        self._app = app
        self._names = _LOCAL | names
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    if name not in headers:
                        headers[name] = value
                del headers["server"]
            await send(message)

        await (self._refusal(scope) or self._app)(scope, receive, guarded)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        host = _name(hosts[0]) if len(hosts) == 1 else None
        if host is None or not (host in self._names or (self._token and _is_address(host))):
            return PlainTextResponse("This is not a name of the reading room.\n", 421)
        if scope["method"] not in ("GET", "HEAD"):
            return PlainTextResponse("The reading room can only be read.\n", 405, {"allow": "GET, HEAD"})
        if len(scope["raw_path"] or b"") + len(scope["query_string"]) > LONGEST:
            return PlainTextResponse("The address is too long.\n", 414)
        return self._entry(scope, headers) if self._token else None

    def _entry(self, scope: Scope, headers: Mapping[str, str]) -> Response | None:
        """Let in who has the token; who brings it in the address gets it as a cookie, and the address without it."""
        assert self._token is not None
        pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        given = [value for name, value in pairs if name == "token"]
        if given and hmac.compare_digest(given[0].encode(), self._token.encode()):
            rest = urlencode([pair for pair in pairs if pair[0] != "token"])
            # A path that began with two slashes would lead to another host.
            path = "/" + scope["raw_path"].decode("latin-1").lstrip("/\\")
            answer = RedirectResponse(path + (f"?{rest}" if rest else ""), 303)
            answer.set_cookie(COOKIE, self._token, httponly=True, samesite="strict")
            return answer
        try:
            held = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        except CookieError:
            held = None
        if held is not None and hmac.compare_digest(held.value.encode(), self._token.encode()):
            return None
        return PlainTextResponse("Open the address that `dibao browse` printed: it holds the token.\n", 403)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
