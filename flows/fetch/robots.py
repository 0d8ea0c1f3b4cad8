"""What a host's robots.txt allows (RFC 9309)."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urljoin

from protego import Protego

from flows.fetch.errors import FetchError
from flows.fetch.wire import Exchange, Wire

MOST = 512 << 10
"""Bytes of a robots.txt that are obeyed; the standard asks for 500 KiB at least."""
_REDIRECTS = 5


@dataclass
class Rules:
    """The rules of one origin: scheme, host and port."""

    rules: Protego | None = None
    agent: str = ""
    exchanges: list[Exchange] = field(default_factory=list)
    note: FetchError | None = None
    """Something wrong with the file that does not keep it from being obeyed."""

    def allows(self, url: str) -> bool:
        return self.rules is None or bool(self.rules.can_fetch(url, self.agent))

    @property
    def delay(self) -> float:
        """Seconds that the host asks to keep between two requests."""
        if self.rules is None:
            return 0.0
        delay = self.rules.crawl_delay(self.agent)
        rate = self.rules.request_rate(self.agent)
        return max(float(delay or 0.0), rate.seconds / rate.requests if rate and rate.requests else 0.0)

    @property
    def sitemaps(self) -> list[str]:
        return list(self.rules.sitemaps) if self.rules is not None else []


def read(wire: Wire, origin: str, agent: str) -> Rules:
    """Fetch and read the robots.txt of an origin (`https://host:port`).

    None at all (4xx) allows everything. A server that fails (5xx), or does not answer, allows nothing for now:
    FetchError, which may be tried again. `agent` is the product name of the user agent.
    """
    url = f"{origin}/robots.txt"
    exchanges: list[Exchange] = []
    for _ in range(_REDIRECTS + 1):
        exchange = wire.get(url, cut_at=MOST)
        exchanges.append(exchange)
        target = exchange.headers.get("location")
        if exchange.status not in (301, 302, 303, 307, 308) or not target:
            break
        url = urljoin(url, target)
    if exchange.status == 429 or exchange.status >= 500:
        message = f"robots.txt answers {exchange.status}; until it can be read, nothing of the host is fetched."
        raise FetchError("robots-unreachable", message, retry=True, exchanges=tuple(exchanges))
    if exchange.status != 200:
        return Rules(agent=agent, exchanges=exchanges)
    note = None
    if exchange.truncated:
        note = FetchError("robots-too-large", f"robots.txt is longer than {MOST} bytes; what comes first is obeyed.")
    text = _plain(exchange).decode("utf-8-sig", "replace").replace("\x00", "")
    return Rules(Protego.parse(text), agent, exchanges, note)


def _plain(exchange: Exchange) -> bytes:
    """The body with its encodings off; where they cannot be undone, or swell up, what could be."""
    from warehouse.records import read_message

    found = read_message(exchange.response, limit=MOST)
    return (found.payload or b"")[:MOST]
