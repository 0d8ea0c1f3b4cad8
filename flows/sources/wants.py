"""What a source wants of the web, and what is found on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flows.capture.known import First, Held
from flows.fetch.errors import FetchError


@dataclass(frozen=True)
class Want:
    """An address that a source wants.

    A `page` is captured. A `list` only says where pages are (a feed, a sitemap): its bytes are kept, and it is no
    capture. `mark` is noted under `key` once it was fetched, so that it need not be again while that stays the same.
    """

    url: str
    role: str = "page"
    key: str | None = None
    mark: str | None = None
    depth: int = 0


@dataclass(frozen=True)
class Inline:
    """A text that a list holds itself, captured as a resource of its own. `key` and `mark` as of a Want."""

    url: str
    payload: bytes
    media_type: str
    key: str
    mark: str


Found = Want | Inline | FetchError
"""An address or a text that was found, or why one cannot be followed."""

Reader = Callable[[Want, str, bytes], Iterable[Found]]
"""What was wanted, the address that answered, and its payload: to what was found. May raise FetchError."""


@dataclass(frozen=True)
class Tag:
    """What a job is about. `first` is where the bytes of the last answer lie, looked up beforehand."""

    want: Want
    held: Held | None
    first: First | None = None
