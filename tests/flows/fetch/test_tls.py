"""Secure connections: to hosts whose certificate is trusted, under the name that was asked for, and to no others."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from flows.fetch import wire as module
from flows.fetch.errors import FetchError
from flows.fetch.limits import Limits
from flows.fetch.wire import Wire
from tests.makers.certificate import certificate as made


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for `paper.example` that vouches for itself, with its key."""
    return made(tmp_path_factory.mktemp("tls") / "both.pem", "paper.example")


@pytest.fixture
def port(certificate: Path) -> Iterator[int]:
    """A server that answers each connection twice."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def serve(listening: socket.socket) -> None:
        while True:
            try:
                plain, _ = listening.accept()
            except OSError:
                return
            with suppress(OSError), context.wrap_socket(plain, server_side=True) as secure:
                for _ in range(2):
                    secure.recv(65536)
                    secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, args=(listening,), daemon=True).start()
        yield listening.getsockname()[1]


def wire() -> Wire:
    return Wire(Limits(allow_private=True, connect_seconds=10), lambda host, port: ["127.0.0.1"])


def test_a_trusted_host_is_read_and_its_bytes_are_those_inside(
    port: int, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(module, "_tls", lambda: trusting)
    with wire() as client:
        for _ in range(2):  # the second on the same connection
            answer = client.get(f"https://paper.example:{port}/x")
            assert (answer.status, answer.body) == (200, b"hi")
            assert answer.request.startswith(b"GET /x HTTP/1.1\r\nHost: paper.example:%d\r\n" % port)
            assert answer.response.startswith(b"HTTP/1.1 200 OK\r\n")


def test_another_name_is_refused(port: int, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(module, "_tls", lambda: trusting)
    with wire() as client, pytest.raises(FetchError) as caught:
        client.get(f"https://other.example:{port}/x")
    assert caught.value.error == "tls"


def test_a_host_that_nobody_vouches_for_is_refused(port: int) -> None:
    with wire() as client, pytest.raises(FetchError) as caught:
        client.get(f"https://paper.example:{port}/x")
    assert caught.value.error == "tls"
