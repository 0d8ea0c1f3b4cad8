"""Records of dumps that are parted by marks of their own: messages of a mailbox, pages of a MediaWiki export."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import unescape

from flows.extract.reading import UnreadableError
from flows.sources.records import Record

_MESSAGE = re.compile(rb"(?:\A\s*|(?<=\n)\r?\n)(?=From \S[^\n]*\n(?:>?From [^\n]*\n)?[!-9;-~]+:)")
_MESSAGE_ID = re.compile(rb"^message-id:[ \t]*(?:\r?\n[ \t]+)?<([^<>\s]+)>", re.I | re.M)
_HEADERS_END = re.compile(rb"\r?\n\r?\n")
_PAGE = re.compile(rb"<page(?:\s[^>]*)?>")
_PAGE_END = b"</page>"
_TITLE = re.compile(rb"<title>([^<]*)</title>")


def messages(data: bytes) -> Iterator[Record]:
    """The messages of a mailbox (mbox), each with the line that parts it from the one before; known by Message-ID.

    UnreadableError (`empty`, `no-records`) where there is none.
    """
    if not data.strip():
        raise UnreadableError("empty", "The mailbox is empty.")
    starts = [found.end() for found in _MESSAGE.finditer(data)]
    if not starts:
        raise UnreadableError("no-records", "No line of the file begins a message as in a mailbox.")
    for number, (start, stop) in enumerate(zip(starts, [*starts[1:], len(data)], strict=True)):
        while stop > start and data[stop - 1 : stop] in (b"\n", b"\r"):
            stop -= 1
        end = _HEADERS_END.search(data, start, stop)
        named = _MESSAGE_ID.search(data, start, end.start() if end else stop)
        keys = (named.group(1).decode("utf-8", "replace"),) if named else ()
        yield Record(f"/{number}", start, stop, None, {}, keys)


def pages(data: bytes) -> Iterator[Record]:
    """The pages of a MediaWiki export, known by their titles.

    UnreadableError (`no-records`, `truncated`) where there is none, or after the last that is whole.
    """
    at = number = 0
    while found := _PAGE.search(data, at):
        end = data.find(_PAGE_END, found.end())
        if end < 0:
            before = f"; {number} pages stand before that" if number else ""
            raise UnreadableError("truncated", f"The export breaks off inside a page{before}.")
        at = end + len(_PAGE_END)
        title = _TITLE.search(data, found.end(), at)
        keys = (unescape(title.group(1).decode("utf-8", "replace")),) if title else ()
        yield Record(f"/{number}", found.start(), at, None, {}, keys)
        number += 1
    if not number:
        raise UnreadableError("no-records", "The export holds no page.")
