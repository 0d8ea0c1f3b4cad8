"""Cut an element tree into blocks: runs of text that a browser would set as one paragraph."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from flows.extract.web import marks
from flows.extract.web.inline import FACTS, formula, is_apart, note_or_script, says_again
from flows.extract.web.numbers import Numbers
from flows.extract.web.places import Places

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

BLOCK_TAGS = frozenset(
    (
        "address", "article", "aside", "blockquote", "body", "button", "caption", "center", "dd", "details",
        "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "frameset",
        "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "html", "isindex", "legend", "li",
        "listing", "main", "menu", "nav", "noframes", "noscript", "ol", "optgroup", "option", "p", "pre",
        "section", "select", "summary", "table", "tbody", "td", "textarea", "tfoot", "th", "thead", "tr",
        "ul", "xmp",
    )
)  # fmt: skip
UNREAD_TAGS = frozenset(
    (
        "script", "title", "style", "template", "head", "iframe", "object", "embed", "applet", "svg", "canvas",
        "audio", "video", "map", "noembed", "datalist", "rt", "rp", "rtc",
    )
)  # fmt: skip
CHILDLESS = UNREAD_TAGS | {"br", "hr", "img", "input", "link", "meta", "area", "base", "col"}
"""Elements that have no children, or none that is looked at."""
MAX_BLOCKS = 50_000
"""What comes after as many blocks is not read."""
MAX_ELEMENTS = 600_000
"""What comes after as many elements is not read."""
MAX_DEPTH = 2_040
"""Deeper than this nothing is cut: libxml2 drops what is nested deeper than 2,048 elements, without a word."""
MAX_PIECES = 1_000
"""Words that touch are told apart among the first pieces of a block."""
MAX_SPAN = 100
"""A cell takes up at most as many columns or rows."""
LINK_BLOCKS = 3
LINK_TEXT = 300
"""A link around as many blocks and characters holds text, and leads nowhere that a teaser's link would."""

_INLINE, _LINK, _BOLD, _BLOCK, _LINES, _EMPTY, _BREAK, _RULE, _UNREAD, _RAISED, _FORMULA = range(11)
"""What an element is to the text around it. Those from _EMPTY on have no children, or none that is looked at."""
_KINDS = {
    **dict.fromkeys(CHILDLESS, _EMPTY),
    **dict.fromkeys(UNREAD_TAGS, _UNREAD),
    **dict.fromkeys(BLOCK_TAGS, _BLOCK),
    "br": _BREAK,
    "hr": _RULE,
    "a": _LINK,
    "b": _BOLD,
    "strong": _BOLD,
    "sup": _RAISED,
    "sub": _RAISED,
    "math": _FORMULA,
    "script": _FORMULA,
    "img": _FORMULA,
}
_LISTINGS = frozenset(("pre", "listing", "xmp"))
"""Elements whose white space is set as it stands."""
_IN_LISTING = frozenset(("div", "p", "li", "ol", "ul", "section", "figure"))
"""What begins a line in them, and no block."""
_SPACE = re.compile(r"[ \t\n\r\f]+")
_IDEOGRAPHIC = (
    "\u2e80-\u2fff\u3001-\u30ff\u3105-\u312f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f"
    "\uff01-\uff60\U00020000-\U0003ffff"
)
_EITHER = "“”‘’—…·"
_WRAPPED = re.compile(
    rf"(?:(?<=[{_IDEOGRAPHIC}])[ \t\r\f]*[\n\r][ \t\n\r\f]*(?=[{_IDEOGRAPHIC}{_EITHER}])"
    rf"|(?<=[{_EITHER}])[ \t\r\f]*[\n\r][ \t\n\r\f]*(?=[{_IDEOGRAPHIC}]))"
)
"""A line's end between two characters that no space parts (CSS Text 3, "Segment Break Transformation Rules")."""


class Frame(NamedTuple):
    """A block-level element: one entry of each list of `Frames`."""

    tag: str
    name: str
    bits: int
    inherited: int
    above: int
    element: int
    first: int
    last: int


def _none() -> Ints:
    return np.zeros(0, dtype=np.int64)


@dataclass(slots=True)
class Frames:
    """The block-level elements of a page in document order, as parallel lists and arrays.

    `above` is the nearest frame above each, or -1; `element` its number in `places`, `depth` the count of all
    elements above it. `bits` are its own marks, `inherited` those of its ancestors too; `names` are its class and id;
    `first` and `last` the half-open range of the blocks below it. `wide` has the columns and rows that a cell takes up,
    where they are more than one.
    """

    tags: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    bits: list[int] = field(default_factory=list)
    inherited: list[int] = field(default_factory=list)
    above: Ints = field(default_factory=_none)
    element: Ints = field(default_factory=_none)
    depth: Ints = field(default_factory=_none)
    wide: dict[int, tuple[int, int]] = field(default_factory=dict)
    first: Ints = field(default_factory=_none)
    last: Ints = field(default_factory=_none)

    def __len__(self) -> int:
        return len(self.tags)

    def __getitem__(self, index: int) -> Frame:
        return Frame(
            self.tags[index], self.names[index], self.bits[index], self.inherited[index],
            int(self.above[index]), int(self.element[index]), int(self.first[index]), int(self.last[index]),
        )  # fmt: skip


@dataclass(slots=True)
class Cut:
    """A page cut into blocks: parallel lists and arrays, one entry a block, in document order.

    `holders` are the frames of the blocks. `links` and `bold` count their characters inside links and emphasis.
    `spans` say which nodes a block takes up: element and node number of its first text, and of its last. `whole` tells
    that it is all of its frame, `breaks` counts the line breaks in a row before its end. `deepest` counts the levels of
    the tree. `gave_up` tells that not everything was cut apart.
    """

    texts: list[str] = field(default_factory=list)
    holders: Ints = field(default_factory=_none)
    links: Ints = field(default_factory=_none)
    bold: Ints = field(default_factory=_none)
    spans: list[tuple[int, int, int, int]] = field(default_factory=list)
    whole: Mask = field(default_factory=lambda: np.zeros(0, dtype=bool))
    breaks: Ints = field(default_factory=_none)
    all_frames: Frames = field(default_factory=Frames)
    places: Places = field(default_factory=Places)
    deepest: int = 0
    gave_up: bool = False

    def frame(self, index: int) -> Frame:
        """The frame of a block."""
        return self.all_frames[int(self.holders[index])]

    def tags(self) -> list[str]:
        """The name of each block's frame."""
        tags = self.all_frames.tags
        return [tags[holder] for holder in self.holders.tolist()]

    def selectors(self) -> list[str]:
        """For each block the XPath of the element, or of the shortest run of sibling nodes, that holds it."""
        path, range_of = self.places.path, self.places.range
        elements = self.all_frames.element[self.holders].tolist()
        columns = zip(self.whole.tolist(), elements, self.spans, strict=True)
        return [path(element) if whole else range_of(*span) for whole, element, span in columns]

    def selector(self, index: int) -> str:
        """That of one block."""
        if self.whole[index]:
            return self.places.path(self.frame(index).element)
        return self.places.range(*self.spans[index])


@lru_cache(maxsize=65_536)
def _said(tag: str, name: str | None, ident: str | None, concealed: bool) -> tuple[int, str]:
    """What the name, class and id of an element say (its marks), and its class and id in one."""
    bits = marks.OF_TAG.get(tag, 0) | (marks.CONCEALED if concealed else 0)
    if name:
        bits |= marks.of_name(name)
    if ident:
        bits |= marks.of_name(ident)
        name = f"{name}#{ident}" if name else f"#{ident}"
    return bits, name or ""


def _collapse(text: str) -> str:
    """Runs of white space as one space, as a browser sets them; wide and no-break spaces stay."""
    if text.isascii():
        return " ".join(text.split())
    if "\n" in text or "\r" in text:
        text = _WRAPPED.sub("", text.strip())
    if "\n" in text or "  " in text or "\t" in text or "\r" in text or "\f" in text:
        text = _SPACE.sub(" ", text)
    return text.strip(" ")


def cut(root: etree._Element) -> Cut:
    """The blocks of a tree. Hidden text is cut too, and marked; scripts, styles and the head are not text."""
    out = Cut()
    texts, frames, places, spans = out.texts, out.all_frames, out.places, out.spans
    above, tags, numbers, depths = places.above, places.tags, places.nodes, places.depths
    bits, inherited, frame_tags, names = frames.bits, frames.inherited, frames.tags, frames.names
    holders: list[int] = []
    links: list[int] = []
    emphasis: list[int] = []
    is_whole: list[bool] = []
    breaks: list[int] = []
    frames_above: list[int] = []
    frame_elements: list[int] = []
    firsts: list[int] = []
    lasts: list[int] = []
    pieces: list[str] = []
    seams: list[tuple[int, etree._Element | None, etree._Element | None]] = []
    left: etree._Element | None = None  # the element that ended since the last text
    right: etree._Element | None = None  # and that which began
    indent = ""  # of the first line of a listing
    written: list[int] = []  # how many pieces stood before each open line of a listing
    linked = bold = in_link = in_bold = pre = broken = link_from = 0
    first = start = last = end = 0  # element and node of the first text of the block, and of its last
    element = holder = -1
    nodes = count = 0
    limit = MAX_ELEMENTS
    open_kinds: list[int] = []
    clean = True  # nothing of the holder has become a block yet

    def flush(whole: bool) -> None:
        nonlocal linked, bold, clean, limit, left, right
        left = right = None
        if seams:
            length = sum(map(len, pieces))
            for place, before, after in reversed(seams):
                head = "".join(pieces[max(place - 4, 0) : place])
                if is_apart(before, after, head, pieces[place], length):
                    pieces[place] = f" {pieces[place]}"
            seams.clear()
        text = pieces[0] if len(pieces) == 1 else "".join(pieces)
        pieces.clear()
        texts.append(text.strip("\r\n").rstrip() if pre else _collapse(text))
        holders.append(holder)
        links.append(linked)
        emphasis.append(bold)
        breaks.append(broken)
        spans.append((first, start, last, end))
        is_whole.append(whole)
        clean = False
        linked = bold = 0
        if len(texts) >= MAX_BLOCKS:
            limit = 0  # no further element is read

    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, node in walk:
        if event == "start":
            count += 1
            if count > limit:
                out.gave_up = True
                break
            tag = node.tag
            kind = _KINDS.get(tag, _INLINE)
            nodes += 1
            if pre:
                if tag in _IN_LISTING:
                    kind = _LINES
                    if pieces and not pieces[-1].endswith("\n"):
                        pieces.append("\n")
                    written.append(len(pieces))
                elif kind == _BREAK:
                    kind = _EMPTY
                    if pieces:
                        pieces.append("\n")
            if kind >= _EMPTY and holder >= 0:
                stands_for = None
                if kind == _RAISED:
                    stands_for = None if pre else note_or_script(node, tag)
                    kind = _INLINE if stands_for is None else kind
                elif kind == _FORMULA:
                    stands_for = formula(node, tag)
                    if stands_for is None:
                        kind = _EMPTY if tag == "img" else _UNREAD
                if kind != _INLINE:
                    open_kinds.append(_EMPTY)
                    if stands_for is not None:
                        left = right = None
                        walk.skip_subtree()
                        if stands_for:
                            last, end = element, nodes
                            if not pieces:
                                first, start = element, nodes
                            if in_link:
                                linked += len(stands_for)
                            pieces.append(stands_for)
                    elif kind == _UNREAD:
                        walk.skip_subtree()
                    elif kind != _EMPTY:
                        if pieces:
                            flush(False)
                        broken = broken + 1 if kind == _BREAK else 0
                    continue
            elif (kind in (_INLINE, _BLOCK) or pre) and says_again(node, tag, kind != _BLOCK, pre > 0):
                open_kinds.append(_EMPTY)
                walk.skip_subtree()
                continue
            depth = len(open_kinds)  # an element without children is never open here
            if depth >= MAX_DEPTH:
                out.deepest = MAX_DEPTH
                break
            open_kinds.append(kind)
            above.append(element)
            tags.append(tag)
            numbers.append(nodes)
            depths.append(depth)
            element = len(above) - 1
            nodes = 0
            if kind == _BLOCK:
                if pieces:
                    flush(False)
                broken = 0
                get = node.get
                style = get("style")
                concealed = get("hidden") is not None or (style is not None and marks.is_hidden(style))
                own, name = _said(tag, get("class"), get("id"), concealed)
                frames_above.append(holder)
                inherited.append(own | inherited[holder] if holder >= 0 else own)
                holder = len(bits)
                bits.append(own)
                frame_tags.append(tag)
                names.append(name)
                frame_elements.append(element)
                firsts.append(len(texts))
                lasts.append(0)
                clean = True
                if tag in _LISTINGS:
                    pre += 1
                elif (tag == "td" or tag == "th") and (get("colspan") or get("rowspan")):
                    frames.wide[holder] = _times(get("colspan")), _times(get("rowspan"))
            elif kind == _LINK:
                href = node.get("href")
                if href is not None and not (href[:1] == "#" and holder >= 0 and bits[holder] & marks.HEADING):
                    in_link += 1
                    link_from = len(texts)
                else:
                    open_kinds[-1] = _INLINE
            elif kind == _BOLD:
                in_bold += 1
            if kind != _BLOCK and right is None:
                right = node
            text = node.text
        elif event == "end":
            kind = open_kinds.pop()
            if kind != _EMPTY:
                if kind == _BLOCK:
                    if pieces:
                        flush(clean)
                    broken = 0
                    lasts[holder] = len(texts)
                    if pre and frame_tags[holder] in _LISTINGS:
                        pre -= 1
                    indent = ""
                    holder = frames_above[holder]
                    clean = False
                elif kind == _LINK:
                    in_link -= 1
                    if len(texts) >= link_from + LINK_BLOCKS and sum(map(len, texts[link_from:])) >= LINK_TEXT:
                        links[link_from:] = [0] * (len(texts) - link_from)
                        linked = 0
                elif kind == _BOLD:
                    in_bold -= 1
                elif kind == _LINES:
                    began = written.pop()
                    if pieces and (began == len(pieces) or not pieces[-1].endswith("\n")):
                        pieces.append("\n")
                if kind != _BLOCK:
                    left, right = node, None
                nodes = numbers[element]
                element = above[element]
                if element < 0:
                    break
            text = node.tail
        else:
            nodes += 1
            text = node.tail
        if text:
            nodes += 1
            if not text.isspace():
                last, end = element, nodes
                if not pieces:
                    first, start = element, nodes
                if in_link:
                    linked += len(text)
                if in_bold:
                    bold += len(text)
                if pre:
                    if not pieces and indent:
                        text = indent + text
                        indent = ""
                elif (
                    0 < len(pieces) < MAX_PIECES
                    and (left is not None or right is not None)
                    and text[0].isalnum()
                    and pieces[-1][-1].isalnum()
                    and (left is None or left.tag in FACTS)
                    and (right is None or right.tag in FACTS)
                ):
                    seams.append((len(pieces), left, right))
                pieces.append(text)
            elif pieces:
                pieces.append(text)
            elif pre:
                indent = text.rpartition("\n")[2]
            left = right = None
    if pieces and len(texts) < MAX_BLOCKS:
        flush(False)
    while holder >= 0:  # still open where the walk stopped early
        lasts[holder] = len(texts)
        holder = frames_above[holder]
    out.deepest = max(out.deepest, max(depths, default=0))
    out.holders, out.links, out.bold, out.breaks = map(_ints, (holders, links, emphasis, breaks))
    out.whole = np.array(is_whole, dtype=bool)
    frames.above, frames.element, frames.first, frames.last = map(_ints, (frames_above, frame_elements, firsts, lasts))
    frames.depth = _ints(depths)[frames.element]
    places.positions = _positions(places)
    return out


def _times(value: str | None) -> int:
    """How many columns or rows a cell says that it takes up, within reason."""
    value = (value or "").strip()
    return min(max(int(value), 1), MAX_SPAN) if value.isascii() and value.isdigit() and len(value) <= 4 else 1


def _ints(values: list[Any]) -> Ints:
    return np.array(values, dtype=np.int64)


def _positions(places: Places) -> list[int]:
    """The number of each element among the elements of its name below the same parent, from 1."""
    codes = Numbers[str]()
    names = _ints([codes[tag] for tag in places.tags])
    keys = _ints(places.above) * len(codes) + names + len(codes)
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    here = np.arange(len(keys))
    begins = np.ones(len(keys), dtype=bool)
    begins[1:] = ordered[1:] != ordered[:-1]
    out = np.empty_like(here)
    out[order] = here - np.maximum.accumulate(np.where(begins, here, 0)) + 1
    return out.tolist()
