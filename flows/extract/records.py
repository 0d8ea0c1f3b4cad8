"""Records of JSON dumps: one object, its text in HTML or plain, under the keys that the source names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from flows.extract import dates, record_keys
from flows.extract.charset import Decoded
from flows.extract.fields import put_authors, put_date, put_tags
from flows.extract.language import guess_language
from flows.extract.reading import Block, Reading, UnreadableError
from flows.extract.text import decode_text

MEDIA_TYPE = "application/json"

DOUBLED = "doubled-key"
"""Flag of the first block of a record that has several values under one key; the last of them was read."""

_MARKUP = re.compile(
    r"</?(?:p|div|br|span|a|img|strong|b|em|h[1-6]|ul|ol|li|table|section|article|blockquote)\b[^<>]*>", re.I
)
_ESCAPED_MARKUP = re.compile(r"&lt;/?(?:p|div|br|span|strong)\b", re.I)
_LINE = re.compile(r"[^\r\n\u2028\u2029\x85]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_URI = re.compile(r"https?://\S+\Z", re.I)


def read(payload: bytes, parser: Mapping[str, Any]) -> Reading:
    """One record as a document with one article.

    `parser` maps title, text, uri, date, author, publisher, origin, tags to dotted paths or JSON pointers, or to lists
    of them of which the first that holds something counts; what it does not name is not read, and without `text` the
    keys are guessed. Selectors are a JSON pointer as a fragment, then an XPath for HTML or `;char=` with offsets into
    the string
    for plain text; there are no raw offsets, since JSON escapes.
    Raises UnreadableError: `empty`, `binary`, `not-json`, `nested`, `not-a-record`, `key-missing`, `no-text`.
    """
    if not payload.strip():
        raise UnreadableError("empty", "The record holds no bytes.")
    decoded = decode_text(payload, parser)
    record = _object(decoded)
    mapping = {role: record_keys.choose(record, parser[role]) for role in record_keys.ROLES if parser.get(role)}
    if "text" not in mapping:
        mapping = record_keys.guess_mapping(record) | mapping
    if "text" not in mapping:
        raise UnreadableError("no-text", f"No key of the record seems to hold its text; it has {_keys(record)}.")
    path = record_keys.path_of(mapping["text"])
    if not record_keys.holds(record, path):
        raise UnreadableError(
            "key-missing",
            f"The record has nothing under `{mapping['text']}`, where its text should be; it has {_keys(record)}.",
        )
    texts = list(_strings(record_keys.look_up(record, path), path))
    blocks = [block for steps, text in texts for block in _blocks(text, "#" + record_keys.pointer(steps), parser)]
    reading = Reading(
        media_type=MEDIA_TYPE,
        charset_declared=decoded.charset_declared,
        charset_used=decoded.charset_used,
        decode_skip=decoded.decode_skip,
        replaced=decoded.replaced,
        language=guess_language("\n".join(block.text for block in blocks[:50])),
    )
    _describe(reading, record, mapping, parser)
    if reading.title and not any(block.text == reading.title for block in blocks[:2]):
        selector = "#" + record_keys.pointer(record_keys.path_of(mapping["title"]))
        reading.blocks.append(Block("headline", reading.title, selector, article=0))
    reading.blocks += blocks
    if not reading.blocks:
        raise UnreadableError("no-text", f"There is no text under `{mapping['text']}`, and no title.")
    if isinstance(record, record_keys.Doubled):
        reading.blocks[0].flags = (*reading.blocks[0].flags, DOUBLED)
    return reading


def _object(decoded: Decoded) -> dict[str, Any]:
    """The record's object, its numbers as they are written."""
    try:
        value = record_keys.DECODER.decode(decoded.text)
    except RecursionError:
        raise UnreadableError("nested", "The JSON is nested too deep to be read.") from None
    except ValueError as error:
        raise UnreadableError("not-json", f"This is not JSON: {error}.") from None
    if not isinstance(value, dict):
        raise UnreadableError("not-a-record", f"A record should be an object, and this is {_name(value)}.")
    return value


def _name(value: object) -> str:
    return {
        record_keys.Number: "a number",
        list: "an array",
        str: "a string",
        bool: "true or false",
        type(None): "null",
    }.get(type(value), "a number such as NaN")


def _keys(record: Mapping[str, Any]) -> str:
    names = [_clean(name)[:40] for name in list(record)[:12]]
    return ", ".join(names) + (", …" if len(record) > 12 else "") if names else "no keys"


def _clean(text: str) -> str:
    """Half of a surrogate pair is no character, and cannot be stored."""
    return _SURROGATE.sub("\ufffd", text)


def _describe(
    reading: Reading, record: Mapping[str, Any], mapping: Mapping[str, str], parser: Mapping[str, Any]
) -> None:
    def strings(role: str) -> list[str]:
        path = record_keys.path_of(mapping.get(role, ""))
        if role not in mapping or not record_keys.holds(record, path):
            return []
        return [
            clean
            for _, text in _strings(record_keys.look_up(record, path), path, numbers=role == "date")
            if (clean := _clean(text).strip())
        ]

    reading.title = next(iter(strings("title")), None)
    reading.publisher = next(iter(strings("publisher")), None)
    reading.origin = next(iter(strings("origin")), None)
    reading.canonical_uri = next((uri for uri in strings("uri") if _URI.match(uri)), None)
    put_authors(reading, strings("author"))
    put_tags(reading, strings("tags"))
    moment = next(filter(None, map(dates.parse, strings("date"))), None)
    if moment is not None:
        put_date(reading, moment, parser)


def _strings(
    value: Any, path: tuple[str | int, ...], *, numbers: bool = False
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The strings of a value with their paths: itself, the members of a list, the text of the objects in a list."""
    if isinstance(value, record_keys.Number):
        if numbers:
            yield path, value
    elif isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for number, member in enumerate(value):
            if isinstance(member, str) and not isinstance(member, record_keys.Number):
                yield (*path, number), member
            elif isinstance(member, dict):
                for key in ("text", "content", "value", "name", "data"):
                    if isinstance(member.get(key), str):
                        yield (*path, number, key), member[key]
                        break


def _blocks(text: str, selector: str, parser: Mapping[str, Any]) -> list[Block]:
    """The blocks of one string: HTML by the reader of web pages, else a line each."""
    text = _clean(text)
    if _MARKUP.search(text) or _ESCAPED_MARKUP.search(text):
        from flows.extract import html

        return [block for block in html.read_markup(text, parser, selector_prefix=selector).blocks if block.text]
    blocks = []
    for found in _LINE.finditer(text):
        line = found.group()
        trimmed = line.strip()
        if trimmed:
            start = found.start() + line.index(trimmed)
            place = f"{selector};char={start},{start + len(trimmed)}"
            blocks.append(Block("body", trimmed, place, article=0))
    return blocks
