"""What front matter says, read by the libraries that know YAML, TOML and JSON; and the lines of Org and pandoc.

Each function gives the keys in lower case (nested ones joined by a full stop, those of the members of a list as if they
were its own) with their values, or None where the text is not of the format: archives are full of front matter that no
library takes, and the caller has a reader for those.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import yaml  # type: ignore[import-untyped]


@dataclass(frozen=True, slots=True)
class Value:
    """A value as written, without its quotes; half-open offsets into the text, equal where it is spelt otherwise."""

    text: str
    start: int
    end: int


Values = dict[str, list[Value]]

DEEPEST = 12
"""Levels below which nothing is looked for."""
MOST = 2_000
"""Values that are kept: an alias may stand for as many as one likes."""
_NAMES = (("given", "family"), ("given_names", "family_names"), ("first", "last"), ("first_name", "last_name"))
"""Keys of the parts of a person's name."""
_ORG = re.compile(r"[ \t]*#\+([A-Za-z_]+)(?:\[[^\]]*\])?:[ \t]*([^\r\n]*)")
_ORG_PASSED = re.compile(r"[ \t]*(?:#(?!\+)[^\r\n]*|:[\w-]+:[^\r\n]*)?(?:\r\n|\n|\r)")
_ORG_KEYS = {"filetags": "tags", "hugo_tags": "tags", "keywords": "tags", "hugo_lastmod": "updated"}
_PERCENT = re.compile(r"%[ \t]*([^\r\n]*)((?:(?:\r\n|\n|\r)[ \t]+[^\r\n]+)*)(?:\r\n|\n|\r|\Z)")
_LINE_END = re.compile(r"\r\n|\n|\r|\Z")


def key_of(name: str) -> str:
    """A key as it is looked up."""
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def from_yaml(text: str, start: int, end: int) -> Values | None:
    """YAML between two places, every scalar as text: neither dates nor numbers become objects."""
    try:
        tree = _yaml_tree(text[start:end], start)
    except yaml.YAMLError:
        return None
    return _flat(tree) if isinstance(tree, dict) else None


def _yaml_tree(text: str, base: int) -> Any:
    """The first document as dicts and lists of values. Built from events: the library's own composer is recursive."""
    root: list[Any] = []
    stack: list[Any] = [root]
    keys: list[str | None] = [None]
    anchors: dict[str, Any] = {}
    for event in yaml.parse(text, Loader=yaml.CBaseLoader):
        if isinstance(event, yaml.DocumentEndEvent):
            break
        if isinstance(event, yaml.CollectionEndEvent):
            stack.pop()
            keys.pop()
            continue
        node: Any
        if isinstance(event, yaml.MappingStartEvent):
            node = {}
        elif isinstance(event, yaml.SequenceStartEvent):
            node = []
        elif isinstance(event, yaml.ScalarEvent):
            node = _placed(
                event.value, text[event.start_mark.index : event.end_mark.index], base + event.start_mark.index
            )
        elif isinstance(event, yaml.AliasEvent):
            node = anchors.get(event.anchor)
            node = node if isinstance(node, Value) else Value("", base, base)
        else:
            continue
        if getattr(event, "anchor", None) and not isinstance(event, yaml.AliasEvent):
            anchors[event.anchor] = node
        holder = stack[-1]
        if isinstance(holder, list):
            holder.append(node)
        elif keys[-1] is None:
            keys[-1] = node.text if isinstance(node, Value) else ""
            if not isinstance(node, Value):
                stack.append(
                    {} if isinstance(node, dict) else []
                )  # a key that is no word: what it holds is passed over
                keys.append(None)
            continue
        else:
            holder.setdefault(keys[-1], node)
            keys[-1] = None
        if not isinstance(node, Value):
            stack.append(node)
            keys.append(None)
    return root[0] if root else None


def _placed(value: str, written: str, at: int) -> Value:
    """A value with its place, where it stands as written, in quotes or without."""
    value = value.strip()
    offset = written.find(value) if len(value) >= len(written.strip()) - 2 else -1
    return Value(value, at + offset, at + offset + len(value)) if offset >= 0 else Value(value, at, at)


def from_toml(text: str, start: int, end: int) -> Values | None:
    """TOML between two places."""
    try:
        tree = tomllib.loads(re.sub(r"\r\n?", "\n", text[start:end]))
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return None
    return _flat(_found(tree, text, start, end))


def from_json(text: str, start: int) -> tuple[Values, int] | None:
    """The JSON object that begins at a place, and where it ends."""
    try:
        tree, end = json.JSONDecoder(strict=False).raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    return (_flat(_found(tree, text, start, end)), end) if isinstance(tree, dict) else None


def _found(value: Any, text: str, start: int, end: int, depth: int = 0) -> Any:
    """A parsed value with its scalars as texts, each with the first place that it may stand at."""
    if isinstance(value, dict) and depth < DEEPEST:
        return {str(key): _found(each, text, start, end, depth + 1) for key, each in value.items()}
    if isinstance(value, list) and depth < DEEPEST:
        return [_found(each, text, start, end, depth + 1) for each in value]
    if isinstance(value, datetime | date | time):
        value = value.isoformat()
    elif value is None or isinstance(value, bool | dict | list):
        value = ""
    spelt = str(value).strip()
    at = text.find(spelt, start, end) if spelt and "\n" not in spelt else -1
    return Value(spelt, at, at + len(spelt)) if at >= 0 else Value(spelt, start, start)


def _flat(tree: dict[str, Any]) -> Values:
    out: Values = {}
    for count, (key, value) in enumerate(_leaves(tree, "", 0)):
        if count >= MOST:
            break
        out.setdefault(key, []).append(value)
    return out


def _leaves(node: Any, path: str, depth: int) -> Iterator[tuple[str, Value]]:
    if isinstance(node, Value):
        yield path, node
    elif depth >= DEEPEST:
        return
    elif isinstance(node, list):
        for each in node:
            yield from _leaves(each, path, depth + 1)
    elif isinstance(node, dict):
        held = {key_of(name): value for name, value in node.items()}
        for first, last in _NAMES:
            parts = [held.get(first), held.get(last)]
            if all(isinstance(part, Value) and part.text for part in parts):
                given, family = (part.text for part in parts if isinstance(part, Value))
                yield f"{path}.name" if path else "name", Value(f"{given} {family}", 0, 0)
        for key, value in held.items():
            yield from _leaves(value, f"{path}.{key}" if path else key, depth + 1)


def from_org(text: str) -> tuple[Values, int] | None:
    """The keywords at the head of an Org file (`#+TITLE: …`), and where they end."""
    out: Values = {}
    at = end = 0
    while at < len(text):
        if found := _ORG.match(text, at):
            key = key_of(found[1])
            key = _ORG_KEYS.get(key, key)
            for value in _org_values(key, found):
                out.setdefault(key, []).append(value)
            line = _LINE_END.search(text, found.end())
            at = end = line.end() if line else len(text)
        elif passed := _ORG_PASSED.match(text, at):
            at = passed.end()
        else:
            break
    return (out, end) if out.keys() & {"title", "author", "date"} else None


def _org_values(key: str, found: re.Match[str]) -> Iterator[Value]:
    """What a keyword holds: a time stamp without its brackets, each of the tags between colons, or all of it."""
    spelt = found[2].strip()
    if key == "date":
        spelt = spelt.strip("<>[]")
    if key == "tags" and spelt.startswith(":"):
        yield from (Value(tag, found.start(2), found.start(2)) for tag in spelt.split(":") if tag)
        return
    at = found.string.find(spelt, found.start(2))
    yield Value(spelt, at, at + len(spelt))


def from_percent(text: str) -> tuple[Values, int] | None:
    """Pandoc's title block: lines that begin with a percent sign hold the title, the authors, the date."""
    out: Values = {}
    at = 0
    for key in ("title", "author", "date"):
        found = _PERCENT.match(text, at)
        if found is None:
            break
        lines = [found[1], *found[2].splitlines()]
        spelt = [line.strip() for line in lines if line.strip()]
        parts = [part for line in spelt for part in line.split(";")] if key == "author" else [" ".join(spelt)]
        for part in filter(None, map(str.strip, parts)):
            place = text.find(part, found.start(1), found.end())
            out.setdefault(key, []).append(Value(part, max(place, 0), place + len(part) if place >= 0 else 0))
        at = found.end()
    return (out, at) if out.get("title") and len(out) > 1 else None
