"""Content ids: lower-case hex, the first 32 characters of a SHA-256 over named parts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

SEPARATOR = "\x1f"
"""Parts are joined by the unit separator, so that no two lists of parts read the same."""


def content_id(*parts: object) -> str:
    """Id over the parts, each as `str`; None counts as absent and is not the same as the empty string."""
    joined = SEPARATOR.join("\x00" if part is None else str(part) for part in parts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def numbered_ids(base: Iterable[str], ordinals: Iterable[int], version: str) -> list[str]:
    """`content_id(b, o, version)` for each pair, in bulk."""
    sha = hashlib.sha256
    tail = SEPARATOR + version
    return [sha(f"{b}{SEPARATOR}{o}{tail}".encode()).hexdigest()[:32] for b, o in zip(base, ordinals, strict=True)]


def text_sha256(text: str) -> str:
    """SHA-256 of a text in UTF-8, 64 hex characters."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
