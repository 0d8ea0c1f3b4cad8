"""Markdown text cut into pieces, line by line, with exact offsets.

Not a renderer: what matters here is which characters belong together and what they are, in pages written by hand.
So a line break inside a paragraph joins only where lines look wrapped; Chinese archives break a line to end it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from flows.extract import markup_cut


class Piece(NamedTuple):
    """A run of characters: kind (as of blocks, or `rule` for a line across the page), offsets, level of a heading.

    `listing` tells that it is code, whose lines and signs stand as they are.
    """

    kind: str
    start: int
    end: int
    level: int = 0
    listing: bool = False


# From the first character of a line that is not white space to its end.
_LINE = re.compile(r"[^\s][^\r\n]*")
_LINE_END = re.compile(r"\r\n|\n|\r")
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

_EMPTY_LINES = re.compile(r"(?:[ \t]*(?:\r\n|\n|\r))*")
_INDENT = re.compile(r" {0,3}\t[ \t]*| {4,}[ \t]*")
_INDENTED = re.compile(
    r"(?:(?: {0,3}\t| {4})[^\r\n]*(?:\r\n|\n|\r|\Z)"
    r"|[ \t]*(?:\r\n|\n|\r)(?=(?:[ \t]*(?:\r\n|\n|\r)){0,9}(?: {0,3}\t| {4})))+"
)
_CODE_SIGN = re.compile(r"[=;{}<>\[\]\\|_*#$`~/@]|\(\)|\w\(")
_PRE = re.compile(r"<pre\b[^<>]*>(?:\s*<code\b[^<>]*>)?([^<]*)(?:</code\s*>\s*)?</pre\s*>", re.I)
LONGEST_LINE_READ = 10_000
MOST_BRACKETS = 50
"""Lines that are longer and have more brackets are taken as they are: no pictures are looked for inside them."""


def cut(text: str, start: int = 0) -> list[Piece]:
    """The pieces of `text[start:]` in order. Blank ones, and pictures without a caption, are left out."""
    return _Cutter(text).run(start)


class _Cutter:
    """`held` are the lines of the paragraph so far, as pieces; `table` tells that they are rows."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.out: list[Piece] = []
        self.held: list[Piece] = []
        self.table = False
        self.unfenced: set[str] = set()

    def run(self, start: int) -> list[Piece]:
        """All pieces from `start` on."""
        text, out = self.text, self.out
        last_end = position = start
        while (found := _LINE.search(text, position)) is not None:
            at, position = found.span()
            line = found.group()
            stripped = line.rstrip()
            end = at + len(stripped)
            if self.held and self.is_apart(last_end, at):
                self.flush()
            last_end = position
            first = stripped[0]
            jump = 0
            if not self.held and at >= 4 and text[at - 1] in " \t" and (jump := self.indented(at)):
                pass
            elif first not in _MARKS:
                if "<" in stripped or "![" in stripped:
                    self.inline("body", at, end)
                else:
                    self.held.append(Piece("table" if self.table and "|" in stripped else "body", at, end))
                if line.endswith("  ") or stripped.endswith("\\"):
                    self.flush()
            elif first in "`~" and (fence := _FENCE.match(stripped)):
                self.flush()
                jump = self.fenced(fence.group(1), position)
                if not jump:
                    self.inline("body", at, end)
            elif first == "<" and (listing := _PRE.match(text, at)):
                self.flush()
                self.listing(*listing.span(1))
                jump = listing.end()
            elif first == "<" and markup_cut.opens_block(stripped):
                self.flush()
                jump = self.markup_end(stripped, at, position)
                for piece in markup_cut.cut(text, at, jump):
                    out += self.pictures(*piece)
            else:
                self.marked(stripped, at, end)
            if jump:
                position = last_end = max(jump, position)
        self.flush()
        return out

    def is_apart(self, last_end: int, at: int) -> bool:
        """Whether more than one line end stands between two lines."""
        gap = self.text[last_end:at]
        return gap not in _BREAKS and len(_LINE_END.findall(gap)) != 1

    def marked(self, line: str, at: int, end: int) -> None:
        """A line that begins with a character that may be a mark."""
        if line[0] == "#" and (heading := _HEADING.match(line)):
            self.flush()
            tail = _HEADING_TAIL.search(line)
            begin, stop = at + heading.end(), at + tail.start() if tail else end
            if begin < stop:
                level = len(heading.group(1))
                self.inline("headline", begin, stop, level)
        elif rule := _RULE.match(line):
            # Under a line of text, === makes it a heading; so does --- by the book, but most hands mean a rule.
            heads = len(self.held) == 1 and self.held[0].kind == "body" and (rule.group(1) == "=" or len(line) > 3)
            if heads and rule.group(1) in "=-" and self.held[0].end - self.held[0].start <= 80:
                level = 1 if rule.group(1) == "=" else 2
                self.out.append(Piece("headline", self.held[0].start, self.held[0].end, level))
                self.held.clear()
            else:
                self.flush()
                if rule.group(1) != "=":
                    self.out.append(Piece("rule", at, end))
        elif line[0] in "|-:" and "|" in line and _DELIMITERS.match(line):
            if self.held:
                self.held[-1] = self.held[-1]._replace(kind="table")
            self.table = True
        elif line[0] == "|" and line.count("|") > 1:
            self.table = True
            trimmed = line.removeprefix("|").removesuffix("|").strip()
            if trimmed.strip("| \t"):
                begin = at + line.index(trimmed, 1)
                self.held.append(Piece("table", begin, begin + len(trimmed)))
        elif line[0] in "[{" and _DIRECTIVE.match(line):
            self.flush()
            self.out.append(Piece("boilerplate", at, end))
        elif line[0] == ">" and (quote := _QUOTE.match(line)):
            if quote.end() == len(line):
                self.flush()
            else:
                begin = at + quote.end()
                bullet = _BULLET.match(self.text, begin, end)
                self.inline("quote", bullet.end() if bullet else begin, end)
        elif bullet := _BULLET.match(line):
            self.flush()
            self.inline("list", at + bullet.end(), end)
        elif _NUMBER.match(line):
            self.flush()
            self.inline("list", at, end)
        else:
            self.inline("body", at, end)

    def inline(self, kind: str, at: int, end: int, level: int = 0) -> None:
        """A line that may have block-level tags or pictures in it; a heading where `level` says so."""
        line = self.text[at:end]
        pieces = [Piece(kind, at, end)]
        if "<" in line:
            cut = markup_cut.cut(self.text, at, end)
            pieces = [Piece(kind if piece.kind == "body" else piece.kind, piece.start, piece.end) for piece in cut]
        if "![" in line:
            pieces = [inner for piece in pieces for inner in self.pictures(piece.kind, piece.start, piece.end)]
        if pieces == [Piece(kind, at, end)]:
            if line[0] in "*_~`\\&[]()>-+=|!" and not _WORD.search(line):
                return
            if not level:
                self.held.append(pieces[0])
                return
        self.flush()
        self.out += [piece._replace(level=level) if piece.kind == "headline" else piece for piece in pieces]

    def pictures(self, kind: str, at: int, end: int) -> list[Piece]:
        """The piece without the pictures at its ends; what they are called is a caption, unless it is a file's name."""
        line = self.text[at:end]
        readable = "![" in line and (len(line) < LONGEST_LINE_READ or line.count("[") < MOST_BRACKETS)
        found = list(IMAGE.finditer(line)) if readable else []
        if not found:
            return [Piece(kind, at, end)]
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
        pieces = self.captions(found[:before], at)
        if not alone:
            begin = found[before - 1].end() if before else 0
            stop = found[after].start() if after < len(found) else len(line)
            inner = line[begin:stop]
            begin += len(inner) - len(inner.lstrip())
            pieces.append(Piece(kind, at + begin, at + begin + len(inner.strip())))
        return pieces + self.captions(found[after:], at)

    def captions(self, images: list[re.Match[str]], offset: int) -> list[Piece]:
        pieces = []
        for image in images:
            words = image.group(1).strip()
            if words and not _FILE_NAME.match(words):
                begin = offset + image.start(1) + image.group(1).index(words)
                pieces.append(Piece("caption", begin, begin + len(words)))
        return pieces

    def fenced(self, mark: str, position: int) -> int:
        """The lines up to the closing fence, each as it stands; returns where they end, 0 where no fence closes."""
        if mark[0] in self.unfenced:
            return 0
        closing = re.compile(rf"(?<![^\r\n])[ \t]*{mark[0]}{{{len(mark)},}}[ \t]*(?![^\r\n])").search(
            self.text, position
        )
        if closing is None:
            self.unfenced.add(mark[0])
            return 0
        self.listing(position, closing.start())
        return closing.end()

    def listing(self, start: int, end: int) -> None:
        """The lines between two places as one piece of code, the empty ones before and after it left out."""
        inner = self.text[start:end]
        if not inner.isspace() and inner:
            empty = _EMPTY_LINES.match(inner)
            assert empty is not None
            self.out.append(Piece("body", start + empty.end(), start + len(inner.rstrip()), listing=True))

    def indented(self, at: int) -> int:
        """The end of a listing that is set in by four columns, its text beginning at `at`; 0 where none is.

        Hands that indent their paragraphs are many, so its lines must hold the signs of code.
        """
        begin = max(self.text.rfind("\n", 0, at), self.text.rfind("\r", 0, at)) + 1
        if not _INDENT.fullmatch(self.text, begin, at) or (self.out and self.out[-1].kind == "list"):
            return 0
        found = _INDENTED.match(self.text, begin)
        if found is None:
            return 0
        lines = found.group().strip().splitlines()
        signs = sum(len(_CODE_SIGN.findall(line)) for line in lines)
        if _WIDE.search(found.group()) or signs < sum(not line.isspace() and bool(line) for line in lines):
            return 0
        self.listing(begin, found.end())
        return found.end()

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

    def flush(self) -> None:
        """The paragraph held so far: its lines joined where they are wrapped or a mark is open, else one by one."""
        held, self.held, self.table = self.held, [], False
        if len(held) < 2:
            self.out += held
            return
        wrapped = self.is_wrapped(held)
        current = held[0]
        for following in held[1:]:
            if following.kind != "table" and current.kind != "table" and (wrapped or self.goes_on(current)):
                current = current._replace(end=following.end)
            else:
                self.out.append(current)
                current = following
        self.out.append(current)

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
