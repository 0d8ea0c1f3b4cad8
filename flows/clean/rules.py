"""The cleaning rules: each repairs one sort of damage, and none touches width, script or wording.

A rule is a pattern and what stands in its place. The pattern is tried on whole columns first (RE2, through
Arrow), so a rule costs Python time only on the texts that it may change.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from flows.clean.marks import ENTITY, Found, inline

TEXT, PAGE, MARKED, ROW, LISTING = SORTS = ("text", "page", "marked", "row", "listing")
"""What a text is: plain; part of a web page, whose reader has decoded its entities; of a Markdown page; a row of a
table, whose cells are parted by tabs; a listing, whose signs and white space stand as they are."""

HAN = "\u2e80-\u2fdf\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"


@dataclass(frozen=True)
class Rule:
    """One rule: `sieve` is an RE2 pattern that every text it can change matches; `find` says what to change.

    `sorts` are those of the texts that it is for. A rule with `once` is not tried again on what it has made.
    """

    id: str
    version: int
    sieve: str
    find: Callable[[str], list[Found]]
    sorts: tuple[str, ...] = SORTS
    once: bool = False


def _substitution(
    pattern: re.Pattern[str], replacement: Callable[[re.Match[str]], str]
) -> Callable[[str], list[Found]]:
    def find(text: str) -> list[Found]:
        found = []
        for match in pattern.finditer(text):
            after = replacement(match)
            if after != match.group():
                found.append((match.start(), match.end(), after))
        return found

    return find


# ---------------------------------------------------------------- entities left over

_ENTITY = re.compile(ENTITY)
_IN_WORD = re.compile(rf"(?<=[^\W\d_]){ENTITY}(?=[^\W\d_])")


def _unescape(match: re.Match[str]) -> str:
    after = html.unescape(match.group())
    return match.group() if "\ufffd" in after or after == "" else after


def _unescape_in_word(match: re.Match[str]) -> str:
    """A letter or an apostrophe between two letters: no page that shows how entities are written shows them there."""
    after = _unescape(match)
    return after if after.isalpha() or after in "'’ʼ‘" else match.group()


# ---------------------------------------------------------------- mojibake that can be undone with certainty

_CP1252 = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_AS_LATIN = re.compile(f"[\u0080-\u00ff{_CP1252}]{{4,}}")
_BYTES = {ord(character): character.encode("cp1252")[0] for character in _CP1252} | {n: n for n in range(0x80, 0x100)}


def _mojibake(match: re.Match[str]) -> str:
    """UTF-8 or GB 2312 that was read as Western European, where every byte of the run says so."""
    run = match.group()
    data = bytes(_BYTES[ord(character)] for character in run)
    for codec, least in (("utf-8", 2), ("gb2312", 4)):
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if len(text) >= least and all(_expected(character, codec) for character in text):
            return text
    return run


_LONE = re.compile(
    f"[\u00e2-\u00ef][\u0080-\u00bf{_CP1252}][\u0080-\u00bf{_CP1252}]"
    f"|(?<=[a-zß-ÿ])[\u00c3-\u00d1][\u0080-\u00bf{_CP1252}]|(?<![A-ZÀ-Þ])[\u00c3-\u00d1][\u0080-\u00bf{_CP1252}](?=[a-z])"
    "|(?<![^\\W\\d_])\u00c2[\u00a0-\u00bf]|(?<=[a-z])\u00c2\u00a0|\u00e2€(?=[\\s.,;:!?)]|\\Z)"
)
"""One letter or sign of UTF-8 that was read as Western European, where nothing else is likely to be written so."""
_PLAUSIBLE = re.compile(
    "[\u1e00-\u1eff\u2010-\u22ff\u2500-\u27bf\u3000-\u30ff\u3400-\u9fff\uac00-\ud7a3\uff00-\uff5f]|[\u00a0-\u00bf]"
)


def _lone_mojibake(match: re.Match[str]) -> str:
    run = match.group()
    if run == "\u00e2€":
        return "”"  # its third byte stands for nothing in Windows' code page, and was lost
    try:
        text = bytes(_BYTES[ord(character)] for character in run).decode("utf-8")
    except UnicodeDecodeError:
        return run
    certain = _PLAUSIBLE.match(text) is not None if run[0] not in _TWO else text.isalpha() and text.islower()
    return text if certain else run


_TWO = frozenset(map(chr, range(0xC3, 0xD2)))


def _expected(character: str, codec: str) -> bool:
    """UTF-8 is certain by its form, unless it gives controls; GB 2312 needs common Han or its punctuation."""
    if codec == "utf-8":
        return unicodedata.category(character)[0] in "LNPSZ"
    if "\u4e00" <= character <= "\u9fff":
        lead, _ = character.encode("gb2312")
        return 0xB0 <= lead <= 0xD7
    return character in "，。、；：？！“”‘’（）《》—…·"


# ---------------------------------------------------------------- escape sequences of terminals, each as a whole

_ESCAPE = re.compile(
    "\x1b\\[[0-?]*[ -/]*[@-~]"  # control sequences: colours, moves of the cursor, erasing
    "|\x1b[\\]PX^_][^\x07\x1b\n]{0,256}(?:\x07|\x1b\\\\)"  # strings of commands: titles of windows, links
    "|\x1b[(-/][0-~]"  # choices of a character set
    "|\ufffd(?:\\[(?:[0-9;?]+[A-HJKSTfhlmnsu]|[Km](?!\\]))|\\][0-9]+;[^\x07\ufffd\n]{0,256}(?:\x07|\ufffd\\\\?))"
)
"""By their forms in ECMA-48 and ECMA-35. The last are the commonest where U+FFFD has taken the place of the controls,
which no web page can hold. An escape character that begins none of them goes by itself, as any control
does: what follows it is more likely text. So it is with U+009B, which mostly is a quotation mark of Windows read as
Latin-1."""


# ---------------------------------------------------------------- characters that print nothing, a run at a time

_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]+")
_ZERO_WIDTH = re.compile(f"[\u200b\u2060\ufeff\u00ad]+|(?<=[{HAN}])[\u200c\u200d\u200e\u200f]+|^[\u200e\u200f]+$")


# ---------------------------------------------------------------- white space

_SPACE = r"[\t\n\x0b\x0c\r \x85\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
_SPACES = re.compile(f"{_SPACE}+")
_PLAIN = frozenset(" \t\u3000")


def _spaces(text: str) -> list[Found]:
    """Runs of white space become one; at the ends, and where a line was wrapped between Han, none.

    A single ideographic space or tab is how it was set, and stays.
    """
    found: list[Found] = []
    for match in _SPACES.finditer(text):
        start, end = match.span()
        run = match.group()
        if start == 0 or end == len(text):
            after = ""
        elif "\n" in run or "\r" in run:
            between_han = _is_han(text[start - 1]) and _is_han(text[end])
            after = "" if between_han else " "
        elif run in _PLAIN:
            continue
        else:
            after = run[0] if len(set(run)) == 1 and run[0] in _PLAIN else " "
        if after != run:
            found.append((start, end, after))
    return found


def _row_spaces(text: str) -> list[Found]:
    """The same in each cell of a table's row; the tabs between them are its columns."""
    found: list[Found] = []
    start = 0
    for cell in text.split("\t"):
        found += [(start + low, start + high, after) for low, high, after in _spaces(cell)]
        start += len(cell) + 1
    return found


def _listing_spaces(text: str) -> list[Found]:
    """In a listing only what stands behind its last line goes, and the empty lines before its first."""
    end = len(text.rstrip())
    begin = _EMPTY_LINES.match(text)
    found = [(0, begin.end(), "")] if begin and 0 < begin.end() <= end else []
    return [*found, (end, len(text), "")] if end < len(text) else found


_EMPTY_LINES = re.compile(r"(?:[ \t]*[\r\n]+)*")
_HAN = re.compile(f"[{HAN}\u3041-\u30ff，。、；：？！“”‘’（）《》「」『』【】〈〉〔〕…—·]")


def _is_han(character: str) -> bool:
    return _HAN.match(character) is not None


# ---------------------------------------------------------------- Unicode composition


def _nfc(text: str) -> list[Found]:
    """One edit for each sequence that composition changes."""
    whole = unicodedata.normalize("NFC", text)
    if whole == text:
        return []
    bounds = [n for n, character in enumerate(text) if not _continues(character)] or [0]
    if bounds[0]:
        bounds.insert(0, 0)
    found: list[Found] = []
    parts = []
    for start, end in zip(bounds, [*bounds[1:], len(text)], strict=True):
        after = unicodedata.normalize("NFC", text[start:end])
        parts.append(after)
        if after != text[start:end]:
            found.append((start, end, after))
    # Some scripts compose across starters; then the text is one edit.
    return found if "".join(parts) == whole else [(0, len(text), whole)]


def _continues(character: str) -> bool:
    """Whether a character may compose with the one before it: marks, and the vowels and finals of Hangul."""
    return unicodedata.combining(character) != 0 or "\u1160" <= character <= "\u11ff"


RULES: tuple[Rule, ...] = (
    Rule("markup", 2, r"[*_~`\[\]<\\#>&^]|^\s*[-+]\s", inline, (MARKED,), once=True),
    Rule("entity", 2, r"&[#A-Za-z][0-9A-Za-z]+;", _substitution(_ENTITY, _unescape), (TEXT,)),
    Rule("entity-in-word", 1, r"&[#A-Za-z][0-9A-Za-z]+;", _substitution(_IN_WORD, _unescape_in_word), (PAGE, ROW)),
    Rule(
        "mojibake",
        1,
        "[\u00c2-\u00f4][\u0080-\u00bf" + _CP1252 + "]|[\u00b0-\u00f7]{4}",
        _substitution(_AS_LATIN, _mojibake),
    ),
    Rule(
        "mojibake-letter",
        1,
        "[\u00c2-\u00ef][\u0080-\u00bf" + _CP1252 + "]",
        _substitution(_LONE, _lone_mojibake),
    ),
    Rule("escape", 2, r"\x{1b}|\x{fffd}[\[\]]", _substitution(_ESCAPE, lambda _: "")),
    Rule(
        "control",
        1,
        r"[\x{00}-\x{08}\x{0e}-\x{1f}\x{7f}-\x{84}\x{86}-\x{9f}\x{fffe}\x{ffff}]",
        _substitution(_CONTROL, lambda _: ""),
    ),
    Rule("zero-width", 1, r"[\x{200b}-\x{200f}\x{2060}\x{feff}\x{ad}]", _substitution(_ZERO_WIDTH, lambda _: "")),
    Rule("nfc", 1, "", _nfc),
    Rule(
        "whitespace",
        2,
        r"^[\s\x{85}\x{a0}\x{3000}]|[\s\x{85}\x{a0}\x{3000}]$|[\n-\r\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}"
        r"\x{202f}\x{205f}]|[ \t\x{3000}]{2}",
        _spaces,
        (TEXT, PAGE, MARKED),
    ),
    Rule("space-in-row", 1, r"\s|\x{a0}", _row_spaces, (ROW,)),
    Rule("space-in-listing", 1, r"^\s|\s$", _listing_spaces, (LISTING,)),
)
"""In the order in which they are tried; the whole list is repeated until nothing changes."""
