"""The records in a JSON or JSON Lines dump, with their exact bytes."""

from __future__ import annotations

import codecs
import re
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flows.extract import charset
from flows.extract.binary import refuse
from flows.extract.reading import UnreadableError
from flows.extract.record_keys import (
    DECODER,
    choose,
    guess_mapping,
    holds,
    look_up,
    looks_like_record,
    own_keys,
    path_of,
    pointer,
)
from flows.sources.json_spans import BrokenError, end, expect, flat_end, next_member, skip

SAMPLE = 20
"""Members of an array that are looked at before it is known whether they are records."""
MAX_DEPTH = 8
"""Levels of arrays and objects above the records."""
WHOLE = 8_000_000
"""Bytes up to which an object that may be a record is parsed before what it holds is walked through."""
MOST_VALUES = 200_000
"""Values in the largest object that is taken for one record."""

_CHUNK = 1 << 20
_HEAD = 4096

Steps = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """A record: RFC 6901 pointer into the file (for JSON Lines `/<line>`, from 0), half-open byte offsets, its own
    address, where it names one under the mapped or guessed key, the source's hints for its reader, and what it is
    known by (`record_keys.own_keys`)."""

    pointer: str
    start: int
    end: int
    uri: str | None
    mapping: Mapping[str, Any]
    keys: tuple[str, ...] = ()


def split(data: bytes, mapping: Mapping[str, Any] | None, *, lines: bool) -> Iterator[Record]:
    """The records of a dump in file order; `data[start:end]` is the JSON of one.

    A record is an object in an array (at the top or nested), an object that stands alone, or a line. `mapping` is the
    source's, of roles to dotted paths, with `records` for the path of the array where it is not to be looked for.
    With `lines`, what a line holds is left to the reader of records; blank lines are none.
    Raises UnreadableError in one sentence: `empty`, `binary`, `lfs-pointer`, `not-json`, `truncated`, `nested`,
    `no-records`, `key-missing`.
    It may do so after good records have been given: a dump that is cut off loses nothing before the cut.
    """
    start = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
    if not data[start:].strip():
        raise UnreadableError("empty", "The file holds no records.")
    refuse(data)
    mapping = mapping or {}
    if lines and not _is_one_value(data, start):
        if _is_wide(data):
            yield from _in_other_charset(data, mapping, lines=True)
        else:
            yield from _lines(data, start, mapping)
    elif _is_utf8(data):
        # One character a byte: structure is ASCII in both, so offsets are byte offsets and memory stays small.
        yield from _Walk(data.decode("latin-1"), "utf-8", mapping).run(start)
    else:
        yield from _in_other_charset(data, mapping)


def _is_one_value(data: bytes, start: int) -> bool:
    """Whether a file that is named as JSON Lines is one array or object, printed over many lines."""
    first = len(data) - len(data[start:].lstrip())
    line = data[first : data.find(b"\n", first) + 1 or len(data)]
    if not line.startswith((b"[", b"{")) or _parsed(line) is not None or not _is_utf8(data):
        return False
    try:
        return end(data.decode("latin-1"), first) >= len(data.rstrip())
    except (BrokenError, RecursionError):
        return False


def _is_utf8(data: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for at in range(0, len(data), _CHUNK):
            decoder.decode(data[at : at + _CHUNK])
    except UnicodeDecodeError:
        return False
    # A character cut off at the end belongs to a record that is cut off too.
    return b"\0" not in data[:64]


def _is_wide(data: bytes) -> bool:
    """Whether lines end with more than a byte: in UTF-16 and UTF-32, by their mark or by what the bytes are."""
    head = data[:_HEAD]
    marked = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE))
    return marked or (b"\0" in head and charset.decode(data).charset_used[:6] in ("utf-16", "utf-32"))


def _in_other_charset(data: bytes, mapping: Mapping[str, Any], *, lines: bool = False) -> Iterator[Record]:
    """Records of a dump in another encoding: found in the text, and counted back into bytes."""
    if charset.looks_binary(data):
        raise UnreadableError("binary", "The file does not hold text: its bytes make no words in any known encoding.")
    decoded = charset.decode(data)
    codec = {"utf-16": "utf-16-le", "utf-32": "utf-32-le"}.get(decoded.charset_used, decoded.charset_used)
    whole = len(decoded.text.encode(codec, "replace"))
    lead = len(data) - whole if not decoded.replaced else decoded.decode_skip
    if decoded.replaced or not 0 <= lead <= 4:
        raise UnreadableError("not-json", f"Some bytes are not {codec}, so the places of the records cannot be told.")
    text_at, byte_at = 0, lead
    found = _text_lines(decoded.text, mapping) if lines else _Walk(decoded.text, None, mapping).run(0)
    for record in found:
        begin = byte_at + len(decoded.text[text_at : record.start].encode(codec, "replace"))
        byte_at = begin + len(decoded.text[record.start : record.end].encode(codec, "replace"))
        text_at = record.end
        yield replace(record, start=begin, end=byte_at)


def _lines(data: bytes, start: int, mapping: Mapping[str, Any]) -> Iterator[Record]:
    number = 0
    while start < len(data):
        stop = data.find(b"\n", start)
        stop = len(data) if stop < 0 else stop
        line = data[start:stop]
        trimmed = line.strip()
        if trimmed:
            begin = start + len(line) - len(line.lstrip())
            value = _parsed(trimmed)
            place = (f"/{number}", begin, begin + len(trimmed))
            yield Record(*place, _uri(value, mapping), mapping, own_keys(value, mapping))
        start = stop + 1
        number += 1


def _text_lines(text: str, mapping: Mapping[str, Any]) -> Iterator[Record]:
    """The same of text; offsets are those of characters."""
    for number, found in enumerate(re.finditer(r"[^\n]*\n|[^\n]+\Z", text)):
        trimmed = found.group().strip()
        if trimmed:
            begin = found.start() + len(found.group()) - len(found.group().lstrip())
            try:
                value = DECODER.decode(trimmed)
            except (ValueError, RecursionError):
                value = None
            place = (f"/{number}", begin, begin + len(trimmed))
            yield Record(*place, _uri(value, mapping), mapping, own_keys(value, mapping))


def _parsed(data: bytes) -> Any:
    """The value, or None where it cannot be read: that is for the reader of records to say."""
    try:
        return DECODER.decode(data.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None


def _uri(record: Any, mapping: Mapping[str, Any]) -> str | None:
    if not isinstance(record, dict):
        return None
    key = (
        choose(record, mapping["uri"])
        if mapping.get("uri")
        else None
        if mapping.get("text")
        else guess_mapping(record).get("uri")
    )
    try:
        value = look_up(record, path_of(key)) if key else None
    except KeyError:
        return None
    if not isinstance(value, str) or not re.match(r"https?://\S+\Z", value.strip(), re.I):
        return None
    return value.strip().encode("utf-8", "replace").decode()


class _Walk:
    """A walk through JSON text, in which only what may be a record is parsed.

    `recode` is the encoding of the bytes where `text` holds one character for each; None where it is text proper.
    """

    def __init__(self, text: str, recode: str | None, mapping: Mapping[str, Any]) -> None:
        self.text = text
        self.recode = recode
        self.mapping = mapping
        named = mapping.get("text") or ()
        self.text_keys = (named,) if isinstance(named, str) else tuple(map(str, named))
        self.wanted = path_of(str(mapping["records"])) if mapping.get("records") else None
        self.found = 0
        self.first_keys: str | None = None

    def run(self, start: int) -> Iterator[Record]:
        """The records from `start` on. Where several values follow one another, later pointers begin with a number."""
        number = 0
        try:
            at = skip(self.text, start)
            while at < len(self.text):
                at = skip(self.text, (yield from self.value(at, (number,) if number else (), 0)))
                number += 1
        except RecursionError:
            raise UnreadableError("nested", "The JSON is nested too deep to be read.") from None
        except BrokenError as error:
            before = f"; {self.found} records stand before that" if self.found else ""
            if error.cut:
                raise UnreadableError("truncated", f"The JSON breaks off before its end{before}.") from None
            raise UnreadableError("not-json", f"This is not JSON: {error}{before}.") from None
        if not self.found:
            raise self.nothing()

    def value(self, at: int, steps: Steps, depth: int) -> Generator[Record, None, int]:
        """The records in the value at `at`; returns where it ends."""
        opening = self.text[at : at + 1]
        if depth > MAX_DEPTH or opening not in ("[", "{"):
            return end(self.text, at)
        if opening == "[":
            return (yield from self.array(at, steps, depth))
        # A small file's object is looked at whole, to see whether it is one record; a large one's is walked first.
        small = len(self.text) - at <= WHOLE
        if small and self.wanted is None and (stop := self.end_if_whole(at)) and self.is_record(at, stop):
            yield self.record(at, stop, steps)
            return stop
        before = self.found
        stop = yield from self.members(at, steps, depth)
        if not small and self.wanted is None and self.found == before and self.is_record(at, stop):
            yield self.record(at, stop, steps)
        return stop

    def members(self, at: int, steps: Steps, depth: int) -> Generator[Record, None, int]:
        """The records below the members of an object; returns where it ends."""
        text = self.text
        at = skip(text, at + 1)
        while text[at : at + 1] != "}":
            if text[at : at + 1] != '"':
                raise BrokenError("no key", at, cut=at >= len(text))
            stop = end(text, at)
            key = str(self.parsed(at, stop))
            at = next_member(text, (yield from self.value(expect(text, stop, ":"), (*steps, key), depth + 1)), "}")
        return at + 1

    def array(self, at: int, steps: Steps, depth: int) -> Generator[Record, None, int]:
        """The records of an array: all its members, or what lies below them; returns where it ends."""
        text = self.text
        all_of_them = self.wanted == tuple(map(str, steps)) if self.wanted is not None else self.has_records(at)
        at = skip(text, at + 1)
        number = 0
        while text[at : at + 1] != "]":
            if all_of_them:
                stop = end(text, at)
                yield self.record(at, stop, (*steps, number))
            else:
                stop = flat_end(text, at) or (yield from self.value(at, (*steps, number), depth + 1))
            at = next_member(text, stop, "]")
            number += 1
        return at + 1

    def has_records(self, at: int) -> bool:
        """Whether a member of an array is a record; of a large one, the first members tell."""
        text = self.text
        small = len(text) - at <= WHOLE
        at = skip(text, at + 1)
        number = 0
        while text[at : at + 1] != "]" and (small or number < SAMPLE):
            stop = self.end_if_whole(at)
            if not stop or (text[at] == "{" and self.is_record(at, stop)):
                return stop > 0
            try:
                at = next_member(text, stop, "]")
            except BrokenError:
                return False
            number += 1
        return False

    def end_if_whole(self, at: int) -> int:
        """Where the value at `at` ends; 0 where it is broken, which the walk will come to and tell."""
        try:
            return end(self.text, at)
        except BrokenError:
            return 0

    def is_record(self, at: int, stop: int) -> bool:
        """Whether an object holds text of its own, rather than records that do."""
        if sum(self.text.count(mark, at, stop) for mark in "[{,") > MOST_VALUES:
            return False
        try:
            value = self.parsed(at, stop)
        except (ValueError, RecursionError):
            return False
        if self.first_keys is None:
            self.first_keys = ", ".join(list(value)[:12]) or "no keys"
        if self.text_keys:
            return any(holds(value, path_of(key)) for key in self.text_keys)
        return looks_like_record(value)

    def record(self, at: int, stop: int, steps: Steps) -> Record:
        self.found += 1
        try:
            value = self.parsed(at, stop)
        except (ValueError, RecursionError):
            value = None
        return Record(pointer(steps), at, stop, _uri(value, self.mapping), self.mapping, own_keys(value, self.mapping))

    def parsed(self, at: int, stop: int) -> Any:
        part = self.text[at:stop]
        return DECODER.decode(part.encode("latin-1").decode(self.recode, "replace") if self.recode else part)

    def nothing(self) -> UnreadableError:
        """What to say of JSON in which there is no record."""
        has = f"; the first object has {self.first_keys}" if self.first_keys else ""
        if self.wanted is not None:
            return UnreadableError("key-missing", f"There is no array of records under `{self.mapping['records']}`.")
        if self.text_keys:
            where = "` or `".join(self.text_keys)
            return UnreadableError("key-missing", f"No object has `{where}`, where the text should be{has}.")
        return UnreadableError("no-records", f"Nothing in the JSON seems to be a record with text{has}.")
