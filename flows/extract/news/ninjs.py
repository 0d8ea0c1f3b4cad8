"""ninjs 2: what is what in a news item whose headlines and bodies are lists, each with a role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_DATES = ("versionCreated", "firstCreated", "contentCreated")


def mapping(record: Mapping[str, Any]) -> dict[str, str]:
    """Role -> JSON pointer of a ninjs 2 item; empty for any other record."""
    bodies = record.get("bodies")
    text = _best(bodies, ("text/html", "application/xhtml+xml", "text/plain"))
    if text is None:
        return {}
    found = {"text": f"/bodies/{text}/value"}
    title = _best(record.get("headlines"), ())
    if title is not None:
        found["title"] = f"/headlines/{title}/value"
    if isinstance(record.get("by"), str):
        found["author"] = "/by"
    date = next((name for name in _DATES if isinstance(record.get(name), str)), None)
    if date:
        found["date"] = f"/{date}"
    return found


def _best(values: Any, kinds: Sequence[str]) -> int | None:
    """The place of the main member of a list, of the kind that is named first; None where none has a value."""
    if not isinstance(values, list):
        return None
    ranked = []
    for place, each in enumerate(values):
        if not isinstance(each, dict) or not isinstance(each.get("value"), str):
            continue
        kind = str(each.get("contentType") or each.get("contenttype") or "")
        rank = kinds.index(kind) if kind in kinds else len(kinds)
        ranked.append((str(each.get("role", "main")).rpartition(":")[2] != "main", rank, place))
    return min(ranked)[2] if ranked else None
