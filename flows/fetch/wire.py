"""One HTTP exchange at a time, with the bytes of both sides as they went over the wire.

httpcore, on which httpx stands, speaks the protocol. Underneath it lies a network backend of our own, which connects to
an address that was checked, keeps what passes, and ends an exchange that takes too long or brings too much.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Any

import httpcore
import httpx

from flows.fetch.address import Resolver, checked, resolve
from flows.fetch.errors import FetchError
from flows.fetch.limits import Limits
from flows.fetch.url import Url, normal

HEAD_ROOM = 256 << 10
"""Bytes that a response may have beyond its body's limit: headers and the framing of chunks."""
_KEEP = 15.0
"""Seconds for which a connection that has nothing to do is kept."""


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
    def __init__(self, tape: _Tape, resolver: Resolver, allow_private: bool | tuple[str, ...]) -> None:
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


@cache
def _tls() -> ssl.SSLContext:
    """What secure connections trust; made when the first one is, for it takes its time."""
    return httpx.create_ssl_context(trust_env=False)


class Wire:
    """A client for one host. Not for several threads at once. Keeps no cookies and follows no redirects."""

    def __init__(self, limits: Limits, resolver: Resolver = resolve) -> None:
        self._limits = limits
        self._tape = _Tape()
        self._backend = _Backend(self._tape, resolver, limits.allow_private)
        self._timeout = httpx.Timeout(limits.idle_seconds, connect=limits.connect_seconds).as_dict()
        self._manner = [
            (b"User-Agent", limits.agent.encode("ascii", "replace")),
            (b"Accept", b"*/*"),
            (b"Accept-Encoding", b"gzip, deflate, br"),
        ]
        self._open: tuple[str, httpcore.HTTPConnection] | None = None

    def __enter__(self) -> Wire:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._open is not None:
            self._open[1].close()
            self._open = None

    def _connection(self, url: Url) -> httpcore.HTTPConnection:
        """The connection that is open, where it goes to that origin and the host has kept it open; else a new one."""
        if self._open is not None:
            origin, held = self._open
            if origin == url.origin and held.is_available() and not held.has_expired():
                return held
            self.close()
        where = httpcore.URL(scheme=url.scheme, host=url.raw_host, port=url.port, target=b"/").origin
        fresh = httpcore.HTTPConnection(
            where,
            ssl_context=_tls() if url.scheme == "https" else None,
            keepalive_expiry=_KEEP,
            network_backend=self._backend,
        )
        self._open = (url.origin, fresh)
        return fresh

    def get(self, url: str, headers: dict[str, str] | None = None, *, cut_at: int | None = None) -> Exchange:
        """GET one address; `cut_at` takes so many bytes of the body and leaves the rest.

        Raises FetchError where no whole answer came: `url`, `dns`, `address`, `connect`, `tls`, `slow`, `too-large`,
        `headers`, `cut`, `protocol`.
        """
        limits, tape = self._limits, self._tape
        started = time.monotonic()
        tape.reset(limits.seconds, (cut_at or limits.max_bytes) + HEAD_ROOM)
        size, most = 0, cut_at or limits.max_bytes
        truncated = False
        address = normal(url)
        before = self._open
        connection = self._connection(address)
        kept_open = before is not None and before[1] is connection
        try:
            response = connection.handle_request(self._request(address, headers or {}))
            assert isinstance(response.stream, Iterable)
            try:
                for piece in response.stream:
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
            if kept_open and not tape.received and not isinstance(error, httpcore.TimeoutException):
                # The host closed the connection in the moment in which it was used again (RFC 9112, 9.3.1).
                self.close()
                return self.get(url, headers, cut_at=cut_at)
            raise _translated(error, url, bytes(tape.received), limits) from error
        except (ValueError, OSError) as error:
            raise FetchError("protocol", f"The exchange failed: {type(error).__name__}: {_line(error)}") from error
        message = _final(bytes(tape.received))
        head = _head_end(message)
        told = httpx.Headers(response.headers)
        end = head + most if truncated else _message_end(message, head, response.status, told)
        extra = 0 if truncated else max(0, len(message) - end)
        if extra:
            self.close()  # what came too much would be taken for the next answer
        return Exchange(
            url=str(address),
            request=bytes(tape.sent),
            response=message[:end],
            head=head,
            status=response.status,
            headers=told,
            address=tape.address,
            seconds=time.monotonic() - started,
            truncated=truncated,
            extra=extra,
        )

    def _request(self, url: Url, more: dict[str, str]) -> httpcore.Request:
        """A GET. The host is named first, as the standard asks."""
        headers = [(b"Host", url.origin.partition("//")[2].encode("ascii")), *self._manner]
        headers += [(name.encode("ascii"), value.encode("utf-8")) for name, value in more.items()]
        where = httpcore.URL(scheme=url.scheme, host=url.raw_host, port=url.port, target=url.target)
        return httpcore.Request("GET", where, headers=headers, extensions={"timeout": self._timeout})

    def _too_large(self) -> FetchError:
        if not _head_end(self._tape.received):
            return FetchError("headers", "The headers of the answer do not end.")
        return FetchError(
            "too-large", f"The answer is longer than {self._limits.max_bytes} bytes; none of it was kept."
        )


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


def _message_end(message: bytes, head: int, status: int, headers: httpx.Headers) -> int:
    """Where an HTTP message ends by its own account; the protocol library has found it whole."""
    if status in (204, 304):
        return head
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return _chunks_end(message, head)
    if "content-length" in headers:
        return min(len(message), head + int(headers["content-length"].partition(",")[0]))
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
