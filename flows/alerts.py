"""The alerts of a warehouse, as their files say them.

An alert is a file `alerts/NAME.toml` in the warehouse's folder: a `query` whose rows are matches, in which `$since` is
a snapshot for `new_since`, or a `kind` of them; `to` are the channels.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.sources.registry import nearest
from warehouse.errors import WarehouseError
from warehouse.storage import at

FOLDER = "alerts"

_FAILED = """
SELECT source_id, min(started_at)::VARCHAR AS since, max_by(message, started_at) AS message FROM source_runs AS s
WHERE status = 'failed' AND started_at >= $after AND started_at > coalesce((
    SELECT max(o.started_at) FROM source_runs AS o WHERE o.source_id = s.source_id AND o.status = 'ok'), '-infinity')
GROUP BY source_id
"""
_VANISHED = """
SELECT page, vanished_at::VARCHAR AS vanished_at, uri, how, title FROM vanished WHERE vanished_at >= $after
"""
_PHRASE = """
SELECT n.article_id, a.outlet, a.headline, a.address FROM new_since($since) AS n
JOIN articles_all AS a USING (article_id) WHERE contains(fold(n.text), fold($phrase))
"""
_STORY = """
SELECT story_id, outlets, articles, headline, opening FROM story_list
WHERE outlets >= $outlets AND story_id IN (SELECT story_id FROM stories JOIN new_since($since) USING (article_id))
"""
KINDS = {
    "source-failed": (_FAILED, ("source_id", "since")),
    "page-vanished": (_VANISHED, ("page", "vanished_at")),
    "phrase": (_PHRASE, ("article_id",)),
    "story": (_STORY, ("story_id",)),
}
"""For each kind its query and the columns by which one match is known from another."""

_KEYS = {"query", "kind", "phrase", "outlets", "key", "to", "title"}


class AlertError(WarehouseError):
    """A file that is no alert; the message says what to change."""


@dataclass(frozen=True)
class Alert:
    """What is looked for, and who is told. Empty `key`: a match is known by all its columns."""

    name: str
    title: str
    query: str
    key: tuple[str, ...]
    values: dict[str, Any]
    to: tuple[str, ...]


def load(root: Path) -> tuple[list[Alert], list[str]]:
    """The alerts of a warehouse by name, and a sentence for each file that is none."""
    alerts, faults = [], []
    storage = at(root).within(FOLDER)
    for name in storage.names():
        if not name.endswith(".toml") or "/" in name:
            continue
        try:
            alerts.append(_alert(name.removesuffix(".toml"), storage.get(name)))
        except AlertError as error:
            faults.append(str(error))
    return alerts, faults


def _alert(name: str, data: bytes) -> Alert:
    about = f"{FOLDER}/{name}.toml"
    try:
        said = tomllib.loads(data.decode("utf-8-sig"))
    except ValueError as error:
        raise AlertError(f"{about} is not TOML: {str(error).rstrip('.')}.") from error
    for key in said:
        if key not in _KEYS:
            raise AlertError(f"{about}: unknown key {key!r}; {nearest(key, sorted(_KEYS), 'the keys are')}.")
    to = [said["to"]] if isinstance(said.get("to"), str) else said.get("to")
    if not isinstance(to, list) or not to or not all(isinstance(each, str) for each in to):
        raise AlertError(f"{about}: to is where to send it, such as ['stdout'] or ['mailto://…'].")
    kind, query = said.get("kind"), said.get("query")
    known_by: tuple[str, ...] = tuple(said.get("key", ()))
    if (kind is None) == (query is None):
        raise AlertError(f"{about} has a query or a kind, one of the two.")
    values: dict[str, Any] = {}
    if kind is not None:
        if kind not in KINDS:
            raise AlertError(f"{about}: there is no kind {kind!r}; {nearest(str(kind), KINDS, 'there are')}.")
        query, known_by = KINDS[kind]
        for needed, of, wanted in (("phrase", "phrase", str), ("outlets", "story", int)):
            if kind == of and not isinstance(said.get(needed), wanted):
                raise AlertError(f"{about}: the kind {kind} needs {needed}.")
        values = {each: said[each] for each in ("phrase", "outlets") if each in said}
    return Alert(name, str(said.get("title") or name), str(query), known_by, values, tuple(to))
