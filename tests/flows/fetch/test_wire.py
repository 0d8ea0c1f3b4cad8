"""One exchange after the other on a connection that stays open."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from flows.fetch.errors import FetchError
from flows.fetch.limits import Limits
from flows.fetch.wire import Wire

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood"


@contextmanager
def _host(*connections: tuple[bytes, ...]) -> Iterator[tuple[int, list[int]]]:
    """A host that answers so on each connection, one after the other, and closes it when asked once more."""
    asked: list[int] = []

    def serve(listening: socket.socket) -> None:
        for number, answers in enumerate(connections):
            connection, _ = listening.accept()
            with connection:
                for answer in (*answers, b""):
                    if not connection.recv(1 << 16):
                        break
                    asked.append(number)
                    connection.sendall(answer)
                    if not answer:
                        break

    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)
        thread = threading.Thread(target=serve, args=(listening,), daemon=True)
        thread.start()
        yield listening.getsockname()[1], asked
        thread.join(10)


def test_a_connection_that_the_host_closes_when_it_is_used_again_is_opened_anew() -> None:
    with _host((ANSWER,), (ANSWER,)) as (port, asked), Wire(Limits(allow_private=True)) as wire:
        answers = [wire.get(f"http://127.0.0.1:{port}/{n}") for n in range(2)]
        assert [each.body for each in answers] == [b"good", b"good"]
        assert asked == [0, 0, 1]


def test_a_new_connection_that_is_closed_without_an_answer_is_an_error() -> None:
    with _host(()) as (port, asked), Wire(Limits(allow_private=True)) as wire:
        with pytest.raises(FetchError):
            wire.get(f"http://127.0.0.1:{port}/")
        assert asked == [0]


def test_what_comes_after_an_answer_is_not_taken_for_the_next_one() -> None:
    with _host((ANSWER + ANSWER.replace(b"good", b"evil"),), (ANSWER,)) as (port, asked):
        with Wire(Limits(allow_private=True)) as wire:
            first, second = (wire.get(f"http://127.0.0.1:{port}/{n}") for n in range(2))
        assert (first.body, first.extra > 0, second.body) == (b"good", True, b"good")
        assert asked == [0, 1]
