"""A real SMTP server on loopback that keeps what it is sent; it may turn everybody away for a while."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message


@dataclass
class Mailbox:
    """Where the server listens, and the mail that it took. While `closed` it answers that it is not available."""

    port: int = 0
    closed: bool = False
    mails: list[Message] = field(default_factory=list)


@contextmanager
def receiving() -> Iterator[Mailbox]:
    """A running server."""
    box = Mailbox()

    class Handler(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self) -> None:
            if box.closed:
                self.say("421 not now")
                return
            self.say("220 here")
            while line := self.rfile.readline().decode("ascii", "replace").strip():
                word = line.split()[0].upper()
                if word == "EHLO":
                    self.say("250 SMTPUTF8")
                elif word == "DATA":
                    self.say("354 go on")
                    data = b""
                    while (part := self.rfile.readline()) not in (b".\r\n", b""):
                        data += part[1:] if part.startswith(b"..") else part
                    box.mails.append(message_from_bytes(data))
                    self.say("250 taken")
                elif word == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 yes")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        box.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield box
        finally:
            server.shutdown()
