"""Addresses that may be fetched, in one form."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote, urljoin

import httpx
import idna

from flows.fetch.errors import FetchError

_PLAIN = re.compile(
    r"(?P<scheme>https?)://(?P<host>(?:(?!xn--)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?!xn--)[a-z](?:[a-z0-9-]*[a-z0-9])?)"
    r"(?::(?P<port>[1-9]\d{2,3}))?(?P<target>/(?!\.)(?:[\w~!$&()*+,;=:@.-]|%[0-9A-F]{2}|/(?!\.))*"
    r"(?:\?(?:[\w~!$&()*+,;=:@/?.-]|%[0-9A-F]{2})*)?)",
    re.ASCII,
)
"""Addresses that are in their normal form beyond doubt, as most are: nothing of them is to be changed."""

_AUTHORITY = re.compile(r"(https?://)([^/?#\\@:\[\]]+)", re.IGNORECASE)
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


def hosts(*urls: object) -> Iterator[str]:
    """The hosts of those that are addresses, as a connection names them."""
    for url in urls:
        try:
            yield normal(str(url)).raw_host.decode("ascii")
        except FetchError:
            continue


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
        found = httpx.URL(_with_ascii_host(joined))
        raw = found.raw_host
        try:
            name = found.host  # a name that is none shows only when it is asked for
        except idna.IDNAError:
            name = raw.decode("ascii")
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


def link(target: str, base: str, charset: str = "utf-8") -> Url:
    """The address that a page's link names, as browsers read it (WHATWG URL): what is not ASCII in its query is in the
    page's own encoding (a Python codec), and a backslash in its path is a slash. Raises FetchError `url`."""
    target = re.sub(r"[\t\r\n]", "", target).strip("".join(map(chr, range(0x21))))
    rest = target.partition("#")[0]
    path, mark, query = rest.partition("?")
    if re.match(r"https?:|[^:]*\Z|[/\\?]", path, re.IGNORECASE):
        path = path.replace("\\", "/")
    if not query.isascii():
        query = _in_charset(query, charset)
    return normal(path + mark + query, base)


def _in_charset(query: str, charset: str) -> str:
    if charset.startswith(("utf", "hz", "iso2022_kr")):  # which browsers write as UTF-8
        charset = "utf-8"
    elif charset == "gb18030":
        charset = "gbk"  # what pages in GB 2312 and GBK are; no address needs more of it
    out = []
    for character in query:
        try:
            data = character.encode(charset)
        except (UnicodeEncodeError, LookupError):
            data = f"%26%23{ord(character)}%3B".encode() if charset != "utf-8" else b"%EF%BF%BD"
        out += [chr(byte) if 0x20 < byte < 0x7F and byte not in b"\"#'<>" else f"%{byte:02X}" for byte in data]
    return "".join(out)


def _with_ascii_host(url: str) -> str:
    """An address with its host's name as the domain name system knows it (IDNA with the mapping of UTS 46)."""
    found = _AUTHORITY.match(url)
    if found is None or (found[2].isascii() and "%" not in found[2]):
        return url
    name = unquote(found[2])
    name.encode()  # which half a pair of surrogates does not survive
    try:
        plain = idna.encode(name, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        # Names that the present rules do not allow are in use all the same.
        labels = unicodedata.normalize("NFKC", name).lower().split(".")
        plain = ".".join(
            each if each.isascii() else "xn--" + each.encode("punycode").decode("ascii") for each in labels
        )
    return url[: found.start(2)] + plain + url[found.end(2) :]


def _made(text: str, scheme: str, host: str, raw_host: bytes, port: int | None, target: bytes) -> Url:
    made = Url(text)
    made.scheme, made.host, made.raw_host, made.port, made.target = scheme, host, raw_host, port, target
    return made


def _line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0].strip() if lines else type(error).__name__)[:200]
