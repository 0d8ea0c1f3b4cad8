"""Cut an element tree into blocks: runs of text that a browser would set as one paragraph."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree

from flows.extract.web import marks
from flows.extract.web.places import Places

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
        "script", "title", "style", "template", "head", "iframe", "object", "embed", "applet", "svg", "math", "canvas",
        "audio", "video", "map", "noembed", "datalist",
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
LINK_BLOCKS = 3
LINK_TEXT = 300
"""A link around as many blocks and characters holds text, and leads nowhere that a teaser's link would."""

_INLINE, _LINK, _BOLD, _BLOCK, _EMPTY, _BREAK, _RULE, _UNREAD = range(8)
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
}
_SPACE = re.compile(r"[ \t\n\r\f]+")


class Frame:
    """A block-level element.

    `index` is its place among the block-level elements and `above` that of the nearest one above it, or -1; `element`
    is its number in the page's `places`, `depth` the count of all elements above it. `bits` are its own marks,
    `inherited` those of its ancestors too; `name` is its class and id; `first` and `last` are the half-open range of
    the blocks below it.
    """

    __slots__ = ("above", "bits", "depth", "element", "first", "index", "inherited", "last", "name", "tag")

    def __init__(
        self, said: tuple[str, int, str], holder: Frame | None, index: int, element: int, depth: int, first: int
    ) -> None:
        self.tag, bits, self.name = said
        self.bits = bits
        self.index = index
        self.element = element
        self.depth = depth
        self.first = self.last = first
        if holder is None:
            self.above = -1
            self.inherited = bits
        else:
            self.above = holder.index
            self.inherited = bits | holder.inherited


@lru_cache(maxsize=65_536)
def _said(tag: str, name: str | None, ident: str | None, concealed: bool) -> tuple[str, int, str]:
    """The name of an element, what that, its class and id say (its marks), and its class and id in one."""
    bits = marks.OF_TAG.get(tag, 0) | (marks.CONCEALED if concealed else 0)
    if name:
        bits |= marks.of_name(name)
    if ident:
        bits |= marks.of_name(ident)
        name = f"{name}#{ident}" if name else f"#{ident}"
    return tag, bits, name or ""


@dataclass(slots=True)
class Cut:
    """A page cut into blocks: parallel lists, one entry a block, in document order.

    `links` and `bold` count the characters of `texts` inside links and emphasis. `spans` say which nodes a block takes
    up: element and node number of its first text, and of its last. `whole` tells that it is all of its frame, `breaks`
    counts the line breaks in a row before its end. `deepest` counts the levels of the tree. `gave_up` tells that not
    everything was cut apart.
    """

    texts: list[str] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    links: list[int] = field(default_factory=list)
    bold: list[int] = field(default_factory=list)
    spans: list[tuple[int, int, int, int]] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    all_frames: list[Frame] = field(default_factory=list)
    places: Places = field(default_factory=Places)
    deepest: int = 0
    gave_up: bool = False

    def selector(self, index: int) -> str:
        """XPath of the element, or of the shortest run of sibling nodes, that holds the block."""
        if self.whole[index]:
            return self.places.path(self.frames[index].element)
        return self.places.range(*self.spans[index])


def _collapse(text: str) -> str:
    """Runs of white space as one space, as a browser sets them; wide and no-break spaces stay."""
    if text.isascii():
        return " ".join(text.split())
    if "\n" in text or "  " in text or "\t" in text or "\r" in text or "\f" in text:
        text = _SPACE.sub(" ", text)
    return text.strip(" ")


def cut(root: etree._Element) -> Cut:
    """The blocks of a tree. Hidden text is cut too, and marked; scripts, styles and the head are not text."""
    out = Cut()
    texts, all_frames = out.texts, out.all_frames
    above, tags, numbers, depths = out.places.above, out.places.tags, out.places.nodes, out.places.depths
    pieces: list[str] = []
    linked = bold = in_link = in_bold = pre = broken = link_from = 0
    first = start = last = end = 0  # element and node of the first text of the block, and of its last
    element = depth = -1
    nodes = count = deepest = 0
    outer_nodes: list[int] = []
    open_kinds: list[int] = []
    holder: Frame | None = None
    holders: list[Frame | None] = []
    clean = True  # nothing of the holder has become a block yet

    def flush(whole: bool) -> None:
        nonlocal linked, bold, clean
        assert holder is not None
        text = pieces[0] if len(pieces) == 1 else "".join(pieces)
        pieces.clear()
        texts.append(text.strip("\n") if pre else _collapse(text))
        out.frames.append(holder)
        out.links.append(linked)
        out.bold.append(bold)
        out.breaks.append(broken)
        out.spans.append((first, start, last, end))
        out.whole.append(whole)
        clean = False
        linked = bold = 0

    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, node in walk:
        if event == "start":
            count += 1
            if count > MAX_ELEMENTS or len(texts) >= MAX_BLOCKS:
                out.gave_up = True
                break
            tag = node.tag
            kind = _KINDS.get(tag, _INLINE)
            nodes += 1
            if kind >= _EMPTY and holder is not None:
                open_kinds.append(_EMPTY)
                if kind == _UNREAD:
                    walk.skip_subtree()
                elif kind != _EMPTY:
                    if pieces:
                        flush(False)
                    broken = broken + 1 if kind == _BREAK else 0
                continue
            depth += 1
            if depth > deepest:
                deepest = depth
                if deepest >= MAX_DEPTH:
                    break
            open_kinds.append(kind)
            outer_nodes.append(nodes)
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
                said = _said(tag, get("class"), get("id"), concealed)
                holders.append(holder)
                holder = Frame(said, holder, len(all_frames), element, depth, len(texts))
                all_frames.append(holder)
                clean = True
                if tag == "pre":
                    pre += 1
            elif kind == _LINK:
                if node.get("href") is not None:
                    in_link += 1
                    link_from = len(texts)
                else:
                    open_kinds[-1] = _INLINE
            elif kind == _BOLD:
                in_bold += 1
            text = node.text
        elif event == "end":
            kind = open_kinds.pop()
            if kind != _EMPTY:
                if kind == _BLOCK:
                    assert holder is not None
                    if pieces:
                        flush(clean)
                    broken = 0
                    holder.last = len(texts)
                    if holder.tag == "pre":
                        pre -= 1
                    holder = holders.pop()
                    clean = False
                elif kind == _LINK:
                    in_link -= 1
                    if len(texts) >= link_from + LINK_BLOCKS and sum(map(len, texts[link_from:])) >= LINK_TEXT:
                        out.links[link_from:] = [0] * (len(texts) - link_from)
                        linked = 0
                elif kind == _BOLD:
                    in_bold -= 1
                element = above[element]
                nodes = outer_nodes.pop()
                depth -= 1
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
                pieces.append(text)
            elif pieces:
                pieces.append(text)
    if pieces and len(texts) < MAX_BLOCKS:
        flush(False)
    while holder is not None:  # still open where the walk stopped early
        holder.last = len(texts)
        holder = holders.pop()
    out.deepest = deepest
    return out
