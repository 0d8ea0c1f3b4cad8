"""Addresses that may be fetched, in one form."""

from __future__ import annotations

import re
from urllib.parse import urljoin

import httpx

from flows.fetch.errors import FetchError

_PLAIN = re.compile(
    r"(?P<scheme>https?)://(?P<host>(?:(?!xn--)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?!xn--)[a-z](?:[a-z0-9-]*[a-z0-9])?)"
    r"(?::(?P<port>[1-9]\d{2,3}))?(?P<target>/(?!\.)(?:[\w~!$&()*+,;=:@.-]|%[0-9A-F]{2}|/(?!\.))*"
    r"(?:\?(?:[\w~!$&()*+,;=:@/?.-]|%[0-9A-F]{2})*)?)",
    re.ASCII,
)
"""Addresses that are in their normal form beyond doubt, as most are: nothing of them is to be changed."""

_HOST = re.compile(rb"[\w.-]+|[0-9A-Fa-f:.]+", re.ASCII)


class Url(str):
    """An address in its normal form, which remembers its parts: it is taken apart once, and used many times.

    `host` is the name as people read it, `port` None where it is that of the scheme, `target` what a request names.
    """

    __slots__ = ("host", "port", "raw_host", "scheme", "target")

    scheme: str
    host: str
    raw_host: bytes
    port: int | None
    target: bytes

    @property
    def origin(self) -> str:
        """Scheme, host and port: what a robots.txt is for, and a connection goes to."""
        return self[: len(self) - len(self.target)]


def normal(url: str, base: str | None = None) -> Url:
    """An address in the form under which it is fetched and kept: percent-encoded, without fragment, joined to a base.

    Raises FetchError `url` where it is none, or none that may be fetched: another scheme, no host, a password in it.
    """
    if base is None and isinstance(url, Url):
        return url
    try:
        joined = urljoin(base, url.strip()) if base else url.strip()
        if plain := _PLAIN.fullmatch(joined):
            scheme, host, port, target = plain.groups()
            return _made(joined, scheme, host, host.encode(), int(port) if port else None, target.encode())
        found = httpx.URL(joined)
        name, raw = found.host, found.raw_host  # a name that is none shows only when it is asked for
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise FetchError("url", f"This is no address: {_line(error)}") from error
    if found.scheme not in ("http", "https"):
        raise FetchError("url", f"Only http and https are fetched, not {found.scheme or 'an address without scheme'}.")
    if not _HOST.fullmatch(raw):
        raise FetchError("url", "The address names no host." if not raw else f"There is no host {name!r}.")
    if found.userinfo:
        raise FetchError("url", "An address with a name or password in it is not fetched.")
    if found.port is not None and not 0 < found.port < 1 << 16:
        raise FetchError("url", f"There is no port {found.port}.")
    host = raw.decode("ascii")
    host = f"[{host}]" if ":" in host else host
    number = None if found.port == {"http": 80, "https": 443}[found.scheme] else found.port
    port = f":{number}" if number is not None else ""
    target = found.raw_path
    text = f"{found.scheme}://{host}{port}{target.decode('ascii')}"
    return _made(text, found.scheme, name, raw, number, target)


def _made(text: str, scheme: str, host: str, raw_host: bytes, port: int | None, target: bytes) -> Url:
    made = Url(text)
    made.scheme, made.host, made.raw_host, made.port, made.target = scheme, host, raw_host, port, target
    return made


def _line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0].strip() if lines else type(error).__name__)[:200]
