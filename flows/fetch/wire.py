"""One HTTP exchange at a time, with the bytes of both sides as they went over the wire.

httpx and httpcore speak the protocol. Underneath them lies a network backend of our own, which connects to an address
that was checked, keeps what passes, and ends an exchange that takes too long or brings too much.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any
from urllib.parse import urljoin

import httpcore
import httpx

from flows.fetch.address import Resolver, checked, resolve
from flows.fetch.errors import FetchError
from flows.fetch.limits import Limits

HEAD_ROOM = 256 << 10
"""Bytes that a response may have beyond its body's limit: headers and the framing of chunks."""


@dataclass(frozen=True)
class Exchange:
    """A request and its answer. `response` is one whole HTTP message, without interim (1xx) answers before it.

    `truncated` says that the body was left off at the limit; `extra` counts bytes that came after its announced end.
    """

    url: str
    request: bytes
    response: bytes
    head: int
    """Where the body starts in `response`."""
    status: int
    headers: httpx.Headers
    address: str
    seconds: float
    truncated: bool = False
    extra: int = 0

    @property
    def body(self) -> bytes:
        """The body as sent: transfer and content encodings still on."""
        return self.response[self.head :]


class _SlowError(Exception):
    """The time for one exchange is over."""


class _LargeError(Exception):
    """More bytes came than one exchange may bring."""


class _Tape:
    """What passed in the exchange under way, and how much more may."""

    def __init__(self) -> None:
        self.reset(0, 0)

    def reset(self, seconds: float, size: int) -> None:
        self.sent = bytearray()
        self.received = bytearray()
        self.address = ""
        self.size = size
        self.end = time.monotonic() + seconds

    def left(self, timeout: float | None) -> float:
        """The shorter of a timeout and what is left of the exchange's time."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise _SlowError
        return left if timeout is None else min(left, timeout)


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, tape: _Tape, address: str) -> None:
        self._inner = inner
        self._tape = tape
        self._address = address

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._inner.read(max_bytes, self._tape.left(timeout))
        self._tape.address = self._address
        self._tape.received += data
        if len(self._tape.received) > self._tape.size:
            raise _LargeError
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._tape.sent += buffer
        self._inner.write(buffer, self._tape.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, self._tape.left(timeout))
        return _Stream(inner, self._tape, self._address)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    def __init__(self, tape: _Tape, resolver: Resolver, allow_private: bool) -> None:
        self._inner = httpcore.SyncBackend()
        self._tape = tape
        self._resolver = resolver
        self._allow_private = allow_private

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = checked(host, port, self._resolver, allow_private=self._allow_private)
        last: Exception | None = None
        for address in addresses:
            try:
                inner = self._inner.connect_tcp(address, port, self._tape.left(timeout), local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
                continue
            return _Stream(inner, self._tape, address)
        assert last is not None
        raise last

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        raise FetchError("address", "A socket of this machine is not the web.")


class _Transport(httpx.BaseTransport):
    def __init__(self, backend: _Backend, tls: ssl.SSLContext) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls, max_connections=1, keepalive_expiry=15.0, http1=True, http2=False, network_backend=backend
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            extensions=request.extensions,
        )
        answer = self._pool.handle_request(asked)
        assert isinstance(answer.stream, Iterable)
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Body(answer.stream), extensions=answer.extensions
        )

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, inner: Iterable[bytes]) -> None:
        self._inner = inner

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._inner)

    def close(self) -> None:
        if hasattr(self._inner, "close"):
            self._inner.close()


class Wire:
    """A client for one host. Not for several threads at once. Keeps no cookies and follows no redirects."""

    def __init__(self, limits: Limits, resolver: Resolver = resolve, tls: ssl.SSLContext | None = None) -> None:
        self._limits = limits
        self._tape = _Tape()
        backend = _Backend(self._tape, resolver, limits.allow_private)
        self._transport = _Transport(backend, tls or httpx.create_ssl_context(trust_env=False))
        self._timeout = httpx.Timeout(limits.idle_seconds, connect=limits.connect_seconds).as_dict()

    def __enter__(self) -> Wire:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._transport.close()

    def get(self, url: str, headers: dict[str, str] | None = None, *, cut_at: int | None = None) -> Exchange:
        """GET one address; `cut_at` takes so many bytes of the body and leaves the rest.

        Raises FetchError where no whole answer came: `url`, `dns`, `address`, `connect`, `tls`, `slow`, `too-large`,
        `headers`, `cut`, `protocol`.
        """
        limits, tape = self._limits, self._tape
        asked = {"User-Agent": limits.agent, "Accept": "*/*", "Accept-Encoding": "gzip, deflate, br"} | (headers or {})
        started = time.monotonic()
        tape.reset(limits.seconds, (cut_at or limits.max_bytes) + HEAD_ROOM)
        size, most = 0, cut_at or limits.max_bytes
        truncated = False
        try:
            request = httpx.Request("GET", parsed(url), headers=asked, extensions={"timeout": self._timeout})
            response = self._transport.handle_request(request)
            try:
                for piece in response.iter_raw():
                    size += len(piece)
                    if size > most:
                        if cut_at is None:
                            raise _LargeError
                        truncated = True
                        break
            finally:
                response.close()
        except _LargeError as error:
            if cut_at is None or not _head_end(tape.received):
                raise self._too_large() from error
            truncated = True
        except _SlowError as error:
            raise FetchError("slow", f"The answer was not whole after {limits.seconds:g} s.", retry=True) from error
        except FetchError:
            raise
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
            raise _translated(error, url, bytes(tape.received), limits) from error
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ValueError, OSError) as error:
            raise FetchError("protocol", f"The exchange failed: {type(error).__name__}: {_line(error)}") from error
        message = _final(bytes(tape.received))
        head = _head_end(message)
        end = head + most if truncated else _message_end(message, head, response)
        return Exchange(
            url=url,
            request=bytes(tape.sent),
            response=message[:end],
            head=head,
            status=response.status_code,
            headers=response.headers,
            address=tape.address,
            seconds=time.monotonic() - started,
            truncated=truncated,
            extra=0 if truncated else max(0, len(message) - end),
        )

    def _too_large(self) -> FetchError:
        if not _head_end(self._tape.received):
            return FetchError("headers", "The headers of the answer do not end.")
        return FetchError(
            "too-large", f"The answer is longer than {self._limits.max_bytes} bytes; none of it was kept."
        )


def parsed(url: str) -> httpx.URL:
    """An address that may be fetched. FetchError `url` where it is none: another scheme, no host, a password in it."""
    try:
        found = httpx.URL(url)
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise FetchError("url", f"This is no address: {_line(error)}") from error
    if found.scheme not in ("http", "https"):
        raise FetchError("url", f"Only http and https are fetched, not {found.scheme or 'an address without scheme'}.")
    if not found.host:
        raise FetchError("url", "The address names no host.")
    if found.userinfo:
        raise FetchError("url", "An address with a name or password in it is not fetched.")
    return found


def normal(url: str, base: str | None = None) -> str:
    """An address in the form under which it is fetched and kept: percent-encoded, without fragment, joined to a base.

    Raises FetchError as `parsed` does.
    """
    try:
        joined = urljoin(base, url.strip()) if base else url.strip()
    except ValueError as error:
        raise FetchError("url", f"This is no address: {_line(error)}") from error
    found = parsed(joined)
    host = found.raw_host.decode("ascii")
    host = f"[{host}]" if ":" in host else host
    port = f":{found.port}" if found.port is not None else ""
    return f"{found.scheme}://{host}{port}{found.raw_path.decode('ascii')}"


def _translated(error: Exception, url: str, received: bytes, limits: Limits) -> FetchError:
    if isinstance(error, httpcore.ConnectTimeout):
        return FetchError("connect", f"No connection within {limits.connect_seconds:g} s.", retry=True)
    if isinstance(error, httpcore.ConnectError):
        cause = str(error)
        if isinstance(error.__cause__, ssl.SSLError) or "SSL" in cause or "certificate" in cause.lower():
            return FetchError("tls", f"No secure connection: {_line(error)}")
        return FetchError("connect", f"No connection: {_line(error)}", retry=True)
    if isinstance(error, httpcore.TimeoutException):
        return FetchError("slow", f"Nothing came for {limits.idle_seconds:g} s.", retry=True)
    if isinstance(error, httpcore.ProtocolError):
        said = _line(error)
        if "too large" in said or "Receive buffer too long" in said:
            return FetchError("headers", "The headers of the answer are longer than any that are read.")
        if "without sending complete message" in said or "incomplete" in said:
            return FetchError("cut", "The answer ended before the length that it announced.", retry=True)
        if not received:
            return FetchError("connect", "The host closed the connection without an answer.", retry=True)
        return FetchError("protocol", f"The answer is not HTTP: {said}")
    return FetchError("connect", f"The connection broke: {_line(error)}", retry=True)


def _head_end(message: bytes | bytearray) -> int:
    """Where the body starts; 0 where the headers do not end."""
    ends = [at + len(mark) for mark in (b"\r\n\r\n", b"\n\n") if (at := message.find(mark)) >= 0]
    return min(ends, default=0)


def _final(received: bytes) -> bytes:
    """The final answer: what comes after interim ones."""
    while received[9:10] == b"1" and received.startswith(b"HTTP/1.") and (end := _head_end(received)):
        received = received[end:]
    return received


def _message_end(message: bytes, head: int, response: httpx.Response) -> int:
    """Where an HTTP message ends by its own account; the protocol library has found it whole."""
    if response.status_code in (204, 304):
        return head
    if "chunked" in response.headers.get("transfer-encoding", "").lower():
        return _chunks_end(message, head)
    if "content-length" in response.headers:
        return min(len(message), head + int(response.headers["content-length"].partition(",")[0]))
    return len(message)


def _chunks_end(message: bytes, at: int) -> int:
    while True:
        line = message.index(b"\n", at)
        size = int(message[at:line].partition(b";")[0].strip() or b"0", 16)
        at = line + 1 + size
        if size == 0:
            while message[at : message.index(b"\n", at)].strip():  # trailers
                at = message.index(b"\n", at) + 1
            return message.index(b"\n", at) + 1
        at = message.index(b"\n", at) + 1


def _line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0].strip() if lines else type(error).__name__)[:200]
