"""Serving the room: on this machine alone, or to others by a token."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn

from flows.room.app import application
from flows.room.safety import is_loopback
from flows.settings import Settings
from warehouse.errors import WarehouseError, nothing_at
from warehouse.store import Warehouse


class CannotListenError(WarehouseError):
    """The address or port cannot be had."""


def browse(settings: Settings, host: str, port: int, names: frozenset[str], say: Callable[[str], None]) -> None:
    """Serve the room until interrupted; `say` is told the address.

    Raises Missing where nothing was published, CannotListenError where the address or port cannot be had.
    """
    if Warehouse(settings.warehouse).latest() is None:
        raise nothing_at(settings.warehouse.resolve())
    token = None if is_loopback(host) else os.environ.get("DIBAO_TOKEN") or secrets.token_urlsafe(24)
    bound = listening(host, port)
    number = bound.getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    say(f"The reading room: http://{shown}:{number}/" + (f"search?token={token}" if token else ""))
    app = application(settings, names=names | ({host} if token is None else frozenset()), token=token)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=15,
        limit_concurrency=64,
        h11_max_incomplete_event_size=32_768,
    )
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[bound])


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises CannotListenError."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, protocol)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(place)
    except OSError as error:
        raise CannotListenError(
            f"Port {port} of {host} cannot be listened on ({error.strerror or error}); give another with --port."
        ) from error
    return bound
