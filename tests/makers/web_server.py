"""A web server on loopback that says what it is told to say, and remembers what it was asked."""

from __future__ import annotations

import hashlib
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

Raw = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Page:
    """What an address answers. With `validators` it answers 304 to whom has it already."""

    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    validators: bool = True
    chunked: bool = False


@dataclass
class Site:
    """Addresses and their answers; `asked` lists (path, headers in lower case) in order of arrival."""

    pages: dict[str, Page | Raw] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    port: int = 0
    host: str = "127.0.0.1"
    scheme: str = "http"
    sent: int = 0
    """Bytes of bodies that were sent."""

    def url(self, path: str = "", host: str = "") -> str:
        return f"{self.scheme}://{host or self.host}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


@contextmanager
def serving(
    pages: dict[str, Page | Raw] | None = None, host: str = "127.0.0.1", certificate: Path | None = None
) -> Iterator[Site]:
    """A running server at an address of loopback; with a certificate and its key, one of secure connections."""
    site = Site(pages or {}, host=host, scheme="https" if certificate else "http")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            page = site.pages.get(self.path)
            if callable(page):
                page(self)
                return
            _answer(self, page or Page(b"<h1>Not found</h1>", status=404, validators=False), site)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def handle_error(self, *_: object) -> None:
            """A client that goes away is what some tests are about."""

    Server.allow_reuse_address = True
    socketserver.TCPServer.allow_reuse_address = True
    server = Server((host, 0), Handler)
    site.port = server.server_address[1]
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(handler: BaseHTTPRequestHandler, page: Page, site: Site) -> None:
    etag = '"' + hashlib.sha256(page.body).hexdigest()[:16] + '"'
    same = page.validators and handler.headers.get("If-None-Match") == etag
    head = [f"HTTP/1.1 {304 if same else page.status} Told"]
    if page.validators:
        head.append(f"ETag: {etag}")
    head += [f"{name}: {value}" for name, value in page.headers]
    body = b"" if same else page.body
    if not same:
        head.append(f"Content-Type: {page.content_type}")
        head.append("Transfer-Encoding: chunked" if page.chunked else f"Content-Length: {len(body)}")
    if page.chunked and body:
        half = len(body) // 2 or 1
        body = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in (body[:half], body[half:]) if p) + b"0\r\n\r\n"
    site.sent += len(body)
    handler.wfile.write("\r\n".join(head).encode() + b"\r\n\r\n" + body)
