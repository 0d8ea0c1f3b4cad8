"""Markdown text cut into pieces, line by line, with exact offsets.

Not a renderer: what matters here is which characters belong together and what they are, in pages written by hand.
So a line break inside a paragraph joins only where lines look wrapped; Chinese archives break a line to end it.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from typing import NamedTuple

from flows.extract import markup_cut


class Piece(NamedTuple):
    """A run of characters: kind (as of blocks, or `rule` for a line across the page), offsets, level of a heading."""

    kind: str
    start: int
    end: int
    level: int = 0


_LINE = re.compile(r"[^\r\n]+")
_BREAKS = frozenset(("\n", "\r\n", "\r"))
# The only first characters that can make a line other than a paragraph's.
_MARKS = frozenset("#>*-+|!<`~=_[{0123456789&\\")

_HEADING = re.compile(r"(#{1,6})(?:[ \t\u3000]+|$)")
_HEADING_TAIL = re.compile(r"[ \t]+#+$")
_BULLET = re.compile(r"[-*+][ \t]+(?=\S)")
_NUMBER = re.compile(r"\d{1,9}[.)][ \t]+\S")
_QUOTE = re.compile(r"(?:>\s*)+")
_RULE = re.compile(r"([-*_=])(?:[ \t]*\1){2,}$")
_FENCE = re.compile(r"(`{3,}|~{3,})[^`\r\n]*$")
_DELIMITERS = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?$")
_DIRECTIVE = re.compile(r"\{[%{:].*[%}]\}?\}?$|\[toc\]$|\[[^\]\r\n]{1,200}\]:[ \t]*<?\w+:\S+", re.I)
IMAGE = re.compile(r"!\[([^\]\r\n]{0,2000})\]\([^()\r\n]*(?:\([^()\r\n]*\)[^()\r\n]*)*\)")
_LINKED = re.compile(r"\[[ \t]*\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)")
_FILE_NAME = re.compile(r"[\w .()%-]*\.\w{3,4}$|(?:img|image|images|pic|photo|图|图片|圖片|插图|配图)?[ _-]*\d*$", re.I)
_WORD = re.compile(r"\w")
_SENTENCE_END = "。！？!?…”’」』）)》】.;；:：\"'*~_|"
_WIDE = re.compile(r"[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]")

LONGEST_LINE_READ = 10_000
MOST_BRACKETS = 50
"""Lines that are longer and have more brackets are taken as they are: no pictures are looked for inside them."""


def cut(text: str, start: int = 0) -> list[Piece]:
    """The pieces of `text[start:]` in order. Blank ones, and pictures without a caption, are left out."""
    return list(_Cutter(text).run(start))


class _Cutter:
    """`held` are the lines of the paragraph so far, as pieces; `table` tells that they are rows."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.held: list[Piece] = []
        self.table = False
        self.unfenced: set[str] = set()

    def run(self, start: int) -> Iterator[Piece]:
        text = self.text
        position = start
        last_end = -1
        while (found := _LINE.search(text, position)) is not None:
            line, at = found.group(), found.start()
            position = found.end()
            if line.isspace():
                continue
            if last_end >= 0 and text[last_end:at] not in _BREAKS:
                yield from self.flush()
            last_end = position
            stripped = line.strip()
            at += len(line) - len(line.lstrip())
            end = at + len(stripped)
            first = stripped[0]
            if first not in _MARKS:
                if "|" in stripped and self.table:
                    self.held.append(Piece("table", at, end))
                elif "<" in stripped or "![" in stripped:
                    yield from self.inline("body", at, end)
                else:
                    self.held.append(Piece("body", at, end))
                if line.endswith("  ") or stripped.endswith("\\"):
                    yield from self.flush()
                continue
            jump = 0
            if first in "`~" and (fence := _FENCE.match(stripped)):
                yield from self.flush()
                jump = yield from self.fenced(fence.group(1), position)
            elif first == "<" and markup_cut.opens_block(stripped):
                yield from self.flush()
                jump = self.markup_end(stripped, at, position)
                for kind, piece_start, piece_end in markup_cut.cut(text, at, jump):
                    yield from self.pictures(kind, piece_start, piece_end)
            else:
                yield from self.marked(stripped, at, end)
            if jump:
                position = last_end = max(jump, position)
        yield from self.flush()

    def marked(self, line: str, at: int, end: int) -> Iterator[Piece]:
        """A line that begins with a character that may be a mark."""
        if line[0] == "#" and (heading := _HEADING.match(line)):
            yield from self.flush()
            tail = _HEADING_TAIL.search(line)
            begin, stop = at + heading.end(), at + tail.start() if tail else end
            if begin < stop:
                level = len(heading.group(1))
                for piece in self.inline("headline", begin, stop, hold=False):
                    yield piece._replace(level=level) if piece.kind == "headline" else piece
        elif rule := _RULE.match(line):
            # Under a line of text, === makes it a heading; so does --- by the book, but most hands mean a rule.
            heads = len(self.held) == 1 and self.held[0].kind == "body" and (rule.group(1) == "=" or len(line) > 3)
            if heads and rule.group(1) in "=-" and self.held[0].end - self.held[0].start <= 80:
                yield Piece("headline", self.held[0].start, self.held[0].end, 1 if rule.group(1) == "=" else 2)
                self.held.clear()
            else:
                yield from self.flush()
                if rule.group(1) != "=":
                    yield Piece("rule", at, end)
        elif line[0] in "|-:" and "|" in line and _DELIMITERS.match(line):
            if self.held:
                self.held[-1] = self.held[-1]._replace(kind="table")
            self.table = True
        elif line[0] == "|" and line.count("|") > 1:
            self.table = True
            trimmed = line.strip("| \t")
            if trimmed:
                begin = at + line.index(trimmed)
                self.held.append(Piece("table", begin, begin + len(trimmed)))
        elif line[0] in "[{" and _DIRECTIVE.match(line):
            yield from self.flush()
            yield Piece("boilerplate", at, end)
        elif line[0] == ">" and (quote := _QUOTE.match(line)):
            if quote.end() == len(line):
                yield from self.flush()
            else:
                begin = at + quote.end()
                bullet = _BULLET.match(self.text, begin, end)
                yield from self.inline("quote", bullet.end() if bullet else begin, end)
        elif bullet := _BULLET.match(line):
            yield from self.flush()
            yield from self.inline("list", at + bullet.end(), end)
        elif _NUMBER.match(line):
            yield from self.flush()
            yield from self.inline("list", at, end)
        else:
            yield from self.inline("body", at, end)

    def inline(self, kind: str, at: int, end: int, *, hold: bool = True) -> Iterator[Piece]:
        """A line that may have block-level tags or pictures in it."""
        line = self.text[at:end]
        if "<" in line:
            pieces = markup_cut.cut(self.text, at, end)
            if len(pieces) != 1 or (pieces[0].start, pieces[0].end) != (at, end):
                yield from self.flush()
                for piece in pieces:
                    inner = piece.kind if piece.kind != "body" else kind
                    yield from self.pictures(inner, piece.start, piece.end)
                return
        if "![" in line:
            pictured = list(self.pictures(kind, at, end))
            if pictured != [Piece(kind, at, end)]:
                yield from self.flush()
                yield from pictured
                return
        if line[0] in "*_~`\\&[]()>-+=|!" and not _WORD.search(line):
            return
        if hold:
            self.held.append(Piece(kind, at, end))
        else:
            yield Piece(kind, at, end)

    def pictures(self, kind: str, at: int, end: int) -> Iterator[Piece]:
        """The piece without the pictures at its ends; what they are called is a caption, unless it is a file's name."""
        line = self.text[at:end]
        readable = "![" in line and (len(line) < LONGEST_LINE_READ or line.count("[") < MOST_BRACKETS)
        found = list(IMAGE.finditer(line)) if readable else []
        if not found:
            yield Piece(kind, at, end)
            return
        alone = _WORD.search(_LINKED.sub("", IMAGE.sub("", line))) is None
        before, after = 0, len(found)
        if not alone:
            while before < len(found) and not _WORD.search(
                line, found[before - 1].end() if before else 0, found[before].start()
            ):
                before += 1
            while after > before and not _WORD.search(
                line, found[after - 1].end(), found[after].start() if after < len(found) else len(line)
            ):
                after -= 1
        else:
            before = after
        yield from self.captions(found[:before], at)
        if not alone:
            begin = found[before - 1].end() if before else 0
            stop = found[after].start() if after < len(found) else len(line)
            inner = line[begin:stop]
            begin += len(inner) - len(inner.lstrip())
            yield Piece(kind, at + begin, at + begin + len(inner.strip()))
        yield from self.captions(found[after:], at)

    def captions(self, images: list[re.Match[str]], offset: int) -> Iterator[Piece]:
        for image in images:
            words = image.group(1).strip()
            if words and not _FILE_NAME.match(words):
                begin = offset + image.start(1) + image.group(1).index(words)
                yield Piece("caption", begin, begin + len(words))

    def fenced(self, mark: str, position: int) -> Generator[Piece, None, int]:
        """The lines up to the closing fence, each as it stands; returns where they end, 0 where no fence closes."""
        if mark[0] in self.unfenced:
            return 0
        closing = re.compile(rf"(?<![^\r\n])[ \t]*{mark[0]}{{{len(mark)},}}[ \t]*(?![^\r\n])").search(
            self.text, position
        )
        if closing is None:
            self.unfenced.add(mark[0])
            return 0
        for found in _LINE.finditer(self.text, position, closing.start()):
            line = found.group()
            if not line.isspace():
                begin = found.start() + len(line) - len(line.lstrip())
                yield Piece("body", begin, begin + len(line.strip()))
        return closing.end()

    def markup_end(self, line: str, at: int, position: int) -> int:
        """Where the markup that this line begins ends: after what closes a comment or script, else at a blank line."""
        lowered = line[:10].lower()
        for opening, closing in (("<!--", "-->"), ("<script", "</script>"), ("<style", "</style>"), ("<pre", "</pre>")):
            if lowered.startswith(opening):
                end = self.text.find(closing, at)
                if end >= 0:
                    return max(position, end + len(closing))
        blank = _BLANK_LINE.search(self.text, position)
        return blank.start() if blank else len(self.text)

    def flush(self) -> Iterator[Piece]:
        """The paragraph held so far: its lines joined where they are wrapped or a mark is open, else one by one."""
        held, self.held, self.table = self.held, [], False
        if len(held) < 2:
            yield from held
            return
        wrapped = self.is_wrapped(held)
        current = held[0]
        for following in held[1:]:
            if following.kind != "table" and current.kind != "table" and (wrapped or self.goes_on(current)):
                current = current._replace(end=following.end)
            else:
                yield current
                current = following
        yield current

    def is_wrapped(self, lines: list[Piece]) -> bool:
        """Three lines or more, all but the last nearly as wide as the widest: a paragraph that an editor wrapped."""
        if len(lines) < 3:
            return False
        widths = [self.width(line) for line in lines[:-1]]
        widest = max(widths)
        return 40 <= widest <= 200 and min(widths) >= 0.8 * widest and self.width(lines[-1]) <= widest * 1.1

    def goes_on(self, line: Piece) -> bool:
        """A wide line that does not end a sentence, or one with a link that has not closed."""
        tail = self.text[max(line.start, line.end - 400) : line.end]
        if tail.rfind("[") > tail.rfind("]") or (tail.endswith("]") and tail.rfind("](") < 0 and "[" in tail):
            return True
        if (opened := tail.rfind("](")) >= 0 and ")" not in tail[opened:]:
            return True
        return tail[-1] not in _SENTENCE_END and self.width(line) >= 60

    def width(self, line: Piece) -> int:
        """Columns that a terminal would need, up to a thousand characters."""
        part = self.text[line.start : min(line.end, line.start + 1000)]
        return len(part) + len(_WIDE.findall(part))


_BLANK_LINE = re.compile(r"(?:\r\n|\n|\r(?!\n))[^\S\r\n]*(?=[\r\n])")
