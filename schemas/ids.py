"""Content ids: lower-case hex, the first 32 characters of a SHA-256 over named parts.

An id says what, never which version of a stage said it: a new version leaves the id of everything that comes out the
same. What each id is made of:

- document: payload and extractor. What is read from some bytes by some reader, whatever its version.
- article: document, text, and occurrence among the articles of the document with that text.
- passage: document, place (the selector into the payload), occurrence among the passages of that place and text, text.
- story: article and span of its leader; capture: source, address, time and payload.

So an article's id vouches for its text, and a passage's for its text and place; the other columns may change under it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable, Sequence

SEPARATOR = "\x1f"
"""Parts are joined by the unit separator, so that no two lists of parts read the same."""


def content_id(*parts: object) -> str:
    """Id over the parts, each as `str`; None counts as absent and is not the same as the empty string."""
    joined = SEPARATOR.join("\x00" if part is None else str(part) for part in parts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def document_id(payload_sha256: str, extractor: str) -> str:
    """Id of what an extractor reads from a payload."""
    return content_id(payload_sha256, extractor)


def article_ids(documents: Sequence[str], texts: Sequence[str]) -> list[str]:
    """Ids of articles, in the order of their documents, from document id and SHA-256 of the text."""
    counted = occurrences(zip(documents, texts, strict=True))
    return [content_id(*each) for each in zip(documents, texts, counted, strict=True)]


def passage_ids(documents: Sequence[str], places: Sequence[str], texts: Sequence[str]) -> list[str]:
    """Ids of passages, in the order of their documents, from document id, selector and text, in bulk."""
    sha = hashlib.sha256
    counted = occurrences(zip(documents, places, texts, strict=True))
    return [
        sha(f"{document}{SEPARATOR}{place}{SEPARATOR}{count}{SEPARATOR}{text}".encode()).hexdigest()[:32]
        for document, place, text, count in zip(documents, places, texts, counted, strict=True)
    ]


def occurrences(keys: Iterable[Hashable]) -> list[int]:
    """How many equal ones went before each."""
    seen: dict[Hashable, int] = {}
    out = []
    for key in keys:
        count = seen.get(key, 0)
        seen[key] = count + 1
        out.append(count)
    return out


def text_sha256(text: str) -> str:
    """SHA-256 of a text in UTF-8, 64 hex characters."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
