"""Cut an element tree into blocks: runs of text that a browser would set as one paragraph."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from flows.extract.web import marks

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
MAX_PATH = 200
"""Deeper elements are selected by their ancestor at this depth."""
LINK_BLOCKS = 3
LINK_TEXT = 300
"""A link around as many blocks and characters holds text, and leads nowhere that a teaser's link would."""

_SPACE = re.compile(r"[ \t\n\r\f]+")


class Frame:
    """An element on the way down to a block.

    `position` counts it among its parent's elements of that name, `node` among all nodes of its parent, from 1.
    `index` is its place among the block-level elements, -1 where it is none. Only those have the rest: `above`, the
    place of the nearest one above; `bits`, its own marks; `inherited`, those of its ancestors too; `name`, its class
    and id; `first` and `last`, the half-open range of the blocks below it.
    """

    __slots__ = (
        "above",
        "bits",
        "counts",
        "depth",
        "first",
        "index",
        "inherited",
        "known_path",
        "last",
        "name",
        "node",
        "nodes",
        "parent",
        "position",
        "tag",
    )

    bits: int
    above: int
    first: int
    last: int
    name: str
    inherited: int

    def __init__(self, tag: str, parent: Frame | None) -> None:
        self.tag = tag
        self.parent = parent
        self.nodes = 0
        self.index = -1
        self.counts: dict[str, int] | None = None
        self.known_path: str | None = None
        if parent is None:
            self.depth = 0
            self.position = self.node = 1
        else:
            self.depth = parent.depth + 1
            counts = parent.counts
            if counts is None:
                parent.counts = {tag: 1}
                self.position = 1
            else:
                self.position = counts[tag] = counts.get(tag, 0) + 1
            parent.nodes = self.node = parent.nodes + 1

    def path(self) -> str:
        """XPath of the element, or of its ancestor at MAX_PATH."""
        chain: list[Frame] = []
        frame: Frame | None = self
        while frame is not None and frame.known_path is None:
            chain.append(frame)
            frame = frame.parent
        path = frame.known_path if frame is not None and frame.known_path is not None else ""
        for step in reversed(chain):
            if step.depth <= MAX_PATH:
                path += f"/{step.tag}[{step.position}]" if step.depth > 1 else f"/{step.tag}"
            step.known_path = path
        return path


@dataclass(slots=True)
class Cut:
    """A page cut into blocks: parallel lists, one entry a block, in document order.

    `links` and `bold` count the characters of `texts` inside links and emphasis. `starts` and `ends` say which nodes
    a block takes up: (frame, node number in it). `whole` tells that it is all of its frame. `deepest` counts the
    levels of the tree. `gave_up` tells that not everything was cut apart.
    """

    texts: list[str] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    links: list[int] = field(default_factory=list)
    bold: list[int] = field(default_factory=list)
    starts: list[tuple[Frame, int]] = field(default_factory=list)
    ends: list[tuple[Frame, int]] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    all_frames: list[Frame] = field(default_factory=list)
    deepest: int = 0
    gave_up: bool = False

    def selector(self, index: int) -> str:
        """XPath of the element, or of the shortest run of sibling nodes, that holds the block."""
        frame = self.frames[index]
        if self.whole[index]:
            return frame.path()
        (first, i), (last, j) = self.starts[index], self.ends[index]
        while first is not last:
            if first.depth >= last.depth and first.parent is not None:
                i, first = first.node, first.parent
            elif last.parent is not None:
                j, last = last.node, last.parent
            else:
                break
        if first.depth > MAX_PATH:
            return first.path()
        return (
            f"{first.path()}/node()[{i}]" if i == j else f"{first.path()}/node()[position()>={i} and position()<={j}]"
        )


def _collapse(text: str) -> str:
    """Runs of white space as one space, as a browser sets them; wide and no-break spaces stay."""
    if "\n" in text or "  " in text or "\t" in text or "\r" in text or "\f" in text:
        text = _SPACE.sub(" ", text)
    return text.strip(" ")


def _mark(frame: Frame, element: etree._Element, holder: Frame | None) -> None:
    """Note what the name, class, id and style of a block-level element say."""
    bits = marks.OF_TAG.get(frame.tag, 0)
    name = element.get("class")
    ident = element.get("id")
    if name:
        bits |= marks.of_name(name)
    if ident:
        bits |= marks.of_name(ident)
        name = f"{name}#{ident}" if name else f"#{ident}"
    frame.name = name or ""
    style = element.get("style")
    if (style and marks.is_hidden(style)) or element.get("hidden") is not None:
        bits |= marks.CONCEALED
    frame.bits = bits
    frame.inherited = bits | holder.inherited if holder is not None else bits


def cut(root: etree._Element) -> Cut:
    """The blocks of a tree. Hidden text is cut too, and marked; scripts, styles and the head are not text."""
    out = Cut()
    texts, frames, links, bold = out.texts, out.frames, out.links, out.bold
    starts, ends, whole, breaks, all_frames = out.starts, out.ends, out.whole, out.breaks, out.all_frames
    pieces: list[str] = []
    start_frame: Frame | None = None
    end_frame: Frame | None = None
    start_node = end_node = 0
    linked = emphasised = in_link = in_bold = pre = broken = link_from = 0
    frame: Frame | None = None
    holder: Frame | None = None
    clean = True  # nothing of the holder has become a block yet

    def flush(closing: bool) -> None:
        nonlocal start_frame, linked, emphasised, clean
        text = "".join(pieces)
        pieces.clear()
        text = text.strip("\n") if pre else _collapse(text)
        if text and not text.isspace():
            assert holder is not None
            assert start_frame is not None
            assert end_frame is not None
            texts.append(text)
            frames.append(holder)
            links.append(linked)
            bold.append(emphasised)
            starts.append((start_frame, start_node))
            ends.append((end_frame, end_node))
            whole.append(closing and clean)
            breaks.append(broken)
            clean = False
        start_frame = None
        linked = emphasised = 0

    deepest = elements = 0
    holders: list[Frame] = []
    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        if event == "start":
            tag = element.tag
            elements += 1
            if elements > MAX_ELEMENTS or len(texts) >= MAX_BLOCKS:
                out.gave_up = True
                break
            if tag in CHILDLESS and frame is not None:
                frame.nodes += 1
                if tag == "br" or tag == "hr":
                    if pieces:
                        flush(False)
                    broken = broken + 1 if tag == "br" else 0
                elif tag in UNREAD_TAGS:
                    walk.skip_subtree()
                continue
            frame = Frame(tag, frame)
            if tag in BLOCK_TAGS:
                if pieces:
                    flush(False)
                broken = 0
                frame.index = len(all_frames)
                frame.first = frame.last = len(texts)
                frame.above = holder.index if holder is not None else -1
                _mark(frame, element, holder)
                all_frames.append(frame)
                if holder is not None:
                    holders.append(holder)
                holder = frame
                clean = True
                if tag == "pre":
                    pre += 1
            elif tag == "a":
                if element.get("href") is not None:
                    in_link += 1
                    link_from = len(texts)
            elif tag == "b" or tag == "strong":
                in_bold += 1
            if frame.depth > deepest:
                deepest = frame.depth
                if deepest >= MAX_DEPTH:
                    break
            text = element.text
            owner = frame
        elif event == "end":
            tag = element.tag
            assert frame is not None
            text = element.tail
            if tag in CHILDLESS:
                owner = frame
            elif frame.index >= 0:
                if pieces:
                    flush(True)
                broken = 0
                frame.last = len(texts)
                if tag == "pre":
                    pre -= 1
                holder = holders.pop() if holders else None
                clean = False
                if frame.parent is None:
                    break
                frame = owner = frame.parent
            else:
                if tag == "a":
                    if element.get("href") is not None:
                        in_link -= 1
                        if len(texts) >= link_from + LINK_BLOCKS and sum(map(len, texts[link_from:])) >= LINK_TEXT:
                            links[link_from:] = [0] * (len(texts) - link_from)
                            linked = 0
                elif tag == "b" or tag == "strong":
                    in_bold -= 1
                if frame.parent is None:
                    break
                frame = owner = frame.parent
        else:
            text = element.tail
            if frame is None:
                continue
            frame.nodes += 1
            owner = frame
        if text:
            owner.nodes += 1
            if not text.isspace():
                end_frame, end_node = owner, owner.nodes
                if start_frame is None:
                    start_frame, start_node = owner, owner.nodes
                size = len(text)
                if in_link:
                    linked += size
                if in_bold:
                    emphasised += size
                pieces.append(text)
            elif pieces:
                pieces.append(text)
    if pieces and len(texts) < MAX_BLOCKS:
        flush(False)
    while frame is not None:  # still open where the walk stopped early
        if frame.index >= 0:
            frame.last = len(texts)
        frame = frame.parent
    out.deepest = deepest
    return out
