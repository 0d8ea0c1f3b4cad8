"""What a page of marked-up text says of itself before its text: YAML, TOML, JSON, Org, pandoc or `Key: value` lines.

Libraries read what is of a format. They refuse a page for one unquoted colon, and archives are full of those: such
front matter is read by lines, a key, and its value as text with the place where it stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from flows.extract.frontmatter_formats import Value, from_json, from_org, from_percent, from_toml, from_yaml, key_of

MAX_HEAD = 50_000
"""Characters in which the closing mark must come."""

_OPENING = re.compile(r"\s*(---|\+\+\+|;;;)[ \t]*(ya?ml|toml|json)?[ \t]*(?:\r\n|\n|\r)", re.I)
_OBJECT = re.compile(r"\s*\{\s*\"")
_BLANK = re.compile(r"[ \t]*(?:\r\n|\n|\r|\Z)")
_LINE = re.compile(r"([^\r\n]*)(\r\n|\n|\r|\Z)")
_PAIR = re.compile(r"""([ \t]*)["']?([^\W\d_][\w \-]{0,40}?)["']?[ \t]*[:：=](?:[ \t]+|(?=[^/\s])|$)(.*)""", re.S)
_ITEM = re.compile(r"[ \t]*-[ \t]+(.*)", re.S)
_BLOCK_SCALAR = re.compile(r"[|>][+-]?\d?$")
_PLAIN_NAMES = """
title date author authors tags tag category categories slug url link from source summary description keywords
published updated lang language layout status modified
"""
_PLAIN_KEYS = frozenset(_PLAIN_NAMES.split())


@dataclass(slots=True)
class FrontMatter:
    """Keys in lower case (nested ones joined by a full stop) with their values, and where the page's body begins."""

    values: dict[str, list[Value]] = field(default_factory=dict)
    end: int = 0

    def first(self, *keys: str) -> Value | None:
        """The first value that is not blank under the first of the keys that has one."""
        for key in keys:
            for value in self.values.get(key, ()):
                if value.text and value.text.lower() not in ("null", "~", "none"):
                    return value
        return None

    def all(self, *keys: str) -> list[Value]:
        """The values that are not blank under any of the keys, in the order of the keys."""
        return [value for key in keys for value in self.values.get(key, ()) if value.text]


def parse(text: str) -> FrontMatter:
    """Front matter at the head of `text`; an empty one where there is none. Never fails."""
    opening = _OPENING.match(text)
    if opening is None:
        return _unmarked(text)
    fence = opening.group(1)
    closing = re.compile(rf"^(?:{re.escape(fence)}|\.\.\.)[ \t]*(?=[\r\n]|\Z)", re.M)
    start = opening.end()
    # `$` and `^` know only \n as a line end; a page with lone carriage returns is searched as if it had them.
    window = text[start : start + MAX_HEAD]
    found = closing.search(window if "\n" in window else window.replace("\r", "\n"))
    if found is not None and (_has_key(window[: found.start()]) or _OBJECT.match(window)):
        end = start + found.start()
        toml = fence == "+++" or (opening.group(2) or "").lower() == "toml"
        return FrontMatter(_by_format(text, start, end, toml=toml) or _read(text, start, end), start + found.end())
    head = _head_of_pairs(text, start, blank_ends=False)
    # Without a key the mark was a rule across the page.
    return FrontMatter(_read(text, start, head), head) if head > start else FrontMatter()


def _by_format(text: str, start: int, end: int, *, toml: bool) -> dict[str, list[Value]] | None:
    """What a library reads between two marks; None where none can, or a line with a key is lost."""
    if toml and (values := from_toml(text, start, end)) is not None:
        return values
    inner = text[start:end]
    if inner.lstrip()[:1] == "{" and (found := from_json(text, start + len(inner) - len(inner.lstrip()))):
        return found[0]
    values = from_yaml(text, start, end)
    if values is None:
        return None if toml else from_toml(text, start, end)
    tops = {key_of(pair.group(2)) for line in inner.splitlines() if (pair := _PAIR.match(line)) and not pair.group(1)}
    return values if tops <= {key.split(".")[0] for key in values} | _emptied(inner) else None


def _emptied(head: str) -> set[str]:
    """The keys that have no value."""
    found = (_PAIR.match(line) for line in head.splitlines())
    return {key_of(pair.group(2)) for pair in found if pair and not pair.group(3).split("#")[0].strip()}


def _unmarked(text: str) -> FrontMatter:
    """Front matter without marks round it: a JSON object, keywords of Org, a title block of pandoc, or plain pairs."""
    if _OBJECT.match(text) and (found := from_json(text, len(text) - len(text.lstrip()))):
        values, end = found
        if end <= MAX_HEAD and values.keys() & _PLAIN_KEYS and text[end:].strip() and _BLANK.match(text, end):
            return FrontMatter(values, end)
        return FrontMatter()
    read = from_org(text) if text.lstrip()[:2] == "#+" else from_percent(text) if text[:1] == "%" else None
    return FrontMatter(*read) if read else _unfenced(text)


def _has_key(head: str) -> bool:
    return not head.strip() or any(_PAIR.match(line) for line in head.splitlines())


def _unfenced(text: str) -> FrontMatter:
    """`Key: value` lines at the very top, two or more of them with known keys, up to the first blank line."""
    head = _head_of_pairs(text, 0, blank_ends=True)
    if head:
        values = _read(text, 0, head)
        if len(values) >= 2 and not values.keys() - _PLAIN_KEYS:
            return FrontMatter(values, head)
    return FrontMatter()


def _head_of_pairs(text: str, start: int, *, blank_ends: bool) -> int:
    """End of the run of pairs, list items and (unless they end it) blank lines that begins at `start`."""
    end = position = start
    seen = False
    while position < len(text) and position - start < MAX_HEAD:
        line = _LINE.match(text, position)
        assert line is not None
        content = line.group(1)
        if not content.strip():
            if blank_ends:
                break
        elif len(content) < 500 and (_PAIR.match(content) or (seen and _ITEM.match(content))):
            seen = True
            end = line.end()
        else:
            break
        position = line.end()
    return end


def _read(text: str, start: int, end: int) -> dict[str, list[Value]]:
    values: dict[str, list[Value]] = {}
    key: str | None = None
    parent, base = "", None
    folding = False
    position = start
    while position < end:
        line = _LINE.match(text, position, end)
        assert line is not None
        content, at, position = line.group(1), line.start(), max(line.end(), line.start() + 1)
        bare = content.strip()
        if not bare or bare.startswith("#"):
            continue
        indent = len(content) - len(content.lstrip())
        item = _ITEM.match(content)
        pair = None if item or (folding and indent) else _PAIR.match(content)
        if item and key is not None:
            _add(values, key, text, at + item.start(1), at + len(content))
        elif pair:
            folding = False
            name = key_of(pair.group(2))
            base = indent if base is None else min(base, indent)
            if indent > base and parent:
                key = f"{parent}.{name}"
            else:
                key = parent = name
            raw = pair.group(3).strip()
            if _BLOCK_SCALAR.match(raw):
                folding = True
            else:
                _add(values, key, text, at + pair.start(3), at + len(content))
        elif key is not None and (indent or folding):
            _extend(values, key, text, at, at + len(content))
    return values


def _add(values: dict[str, list[Value]], key: str, text: str, start: int, end: int) -> None:
    """Adds a value, or the members of one that is written as a list in brackets."""
    start, end = _trim(text, start, end)
    if end - start >= 2 and text[start] == "[" and text[end - 1] == "]":
        at = start + 1
        for member in re.split(r"([,，、])", text[start + 1 : end - 1]):
            if member not in (",", "，", "、"):
                _put(values, key, text, at, at + len(member))
            at += len(member)
    else:
        _put(values, key, text, start, end)


def _put(values: dict[str, list[Value]], key: str, text: str, start: int, end: int) -> None:
    start, end = _trim(text, start, end)
    if end - start >= 2 and text[start] == text[end - 1] and text[start] in "\"'":
        start, end = _trim(text, start + 1, end - 1)
    values.setdefault(key, []).append(Value(text[start:end].replace('\\"', '"'), start, end))


def _extend(values: dict[str, list[Value]], key: str, text: str, start: int, end: int) -> None:
    """A line that goes on with the value before it."""
    start, end = _trim(text, start, end)
    held = values.setdefault(key, [])
    if held and held[-1].text:
        last = held.pop()
        held.append(Value(f"{last.text} {text[start:end]}", last.start, end))
    else:
        _put(values, key, text, start, end)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
