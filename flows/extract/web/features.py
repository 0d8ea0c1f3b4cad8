"""What a block looks like: one column of numbers a block, for the model that tells article from page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flows.extract.web import marks
from flows.extract.web.blocks import Cut, Frames
from flows.extract.web.characters import COMMA, DIGIT, OTHER, SENTENCE, SPACE, UPPER, count_classes
from flows.extract.web.headline import find_headline
from flows.extract.web.numbers import Numbers
from flows.extract.web.phrases import LISTS, look

Array = NDArray[np.float64]
Places = NDArray[np.int64]

TAGS = ("p", "li", "td", "tr", "h3", "pre")
OWN = ("content", "caption", "heading", "list")
NEAR = ("content", "comments", "caption", "heading", "list", "paragraph")
INSIDE = (
    "content", "comments", "menu", "footer", "share", "related", "advert", "side", "header", "article", "concealed",
    "hidden", "heading", "preformatted", "table",
)  # fmt: skip
SAYS = ("related", "credit", "copyright", "share")
SEEN = ("related", "credit", "copyright", "share", "comments", "login", "advert")
SECTION = ("related", "share", "comments")
LEVELS = 4
WINDOW = 3
WRAPPER = 0.6
"""A frame with more of the page's unlinked text than this is a wrapper of the layout."""
MANY = 5_000
"""On pages with more blocks only the shortest are looked at, to bound the time that a page takes."""
SHORT = 240
"""Set phrases are looked for in blocks up to this length."""

FAR = 40
"""As many blocks away is as far as any."""

_NUMBERED = re.compile(r"\d")
_ENDINGS = frozenset('。！？!?；;…．.”"」』）)：:')


@dataclass(slots=True)
class Features:
    """`matrix` has one row a name of NAMES and one column a block.

    The others have one entry a block: `marks` of its element and those around it, its visible `chars`, the share of
    them that is `linked`, the phrase lists (columns in the order of LISTS) that it `says`, whether it is `dated`,
    whether it is set like a heading (`headed`).
    `headline` is the block that is the page's headline, or -1; `centre` the frame that gathers most running text, or
    -1.
    """

    matrix: NDArray[np.float32]
    marks: Places
    chars: Array
    linked: Array
    says: Array
    dated: NDArray[np.bool_]
    headed: NDArray[np.bool_]
    headline: int
    centre: int


def _names() -> tuple[str, ...]:
    names = ["chars", "linked", "sentences", "commas", "digits", "others", "upper", "ends", "date", "breaks"]
    names += [f"tag_{tag}" for tag in TAGS]
    names += [f"own_{name}" for name in OWN] + [f"near_{name}" for name in NEAR] + [f"in_{name}" for name in INSIDE]
    names += [f"says_{name}" for name in SAYS] + [f"seen_{name}" for name in SEEN]
    names += [f"section_{name}" for name in SECTION] + ["section_away", "section_level"]
    names += ["in_title", "after_headline", "from_headline"]
    names += ["place", "text_place", "place_left", "page_blocks", "page_text", "page_linked"]
    for level in range(LEVELS):
        names += [f"up{level}_{x}" for x in ("text", "share", "linked", "blocks", "mean", "sentences")]
    for kin in ("group", "path"):
        names += [f"{kin}_{x}" for x in ("size", "text", "linked", "sentences", "share")]
    names += ["main_before", "main_after", "main_last", "main_next"]
    names += ["in_centre", "to_centre", "centre_share", "after_centre"]
    for step in (-2, -1, 1, 2):
        names += [f"at{step:+d}_{x}" for x in ("chars", "linked", "sentences", "same_parent", "same_group")]
    for side in ("before", "after"):
        names += [f"{side}_{x}" for x in ("chars", "linked", "sentences")]
    return (*names, "depth", "longest_before", "longest_after")


NAMES = _names()


def _masks(names: tuple[str, ...]) -> Places:
    return np.array([[marks.NAMES[name]] for name in names], dtype=np.int64)


_OWN, _NEAR, _INSIDE = _masks(OWN), _masks(NEAR), _masks(INSIDE)
_SAYS, _SEEN, _SECTION = ([LISTS[name] for name in names] for names in (SAYS, SEEN, SECTION))
_PLACE_OF_TAG = {tag: place for place, tag in enumerate(TAGS)}
_TAG_PLACES = np.arange(len(TAGS))[:, None]


class _Rows:
    """The matrix of features, filled row after row."""

    def __init__(self, blocks: int) -> None:
        self.matrix = np.empty((len(NAMES), blocks), dtype=np.float32)
        self._filled = 0

    def add(self, *rows: Any) -> None:
        """One row each: an entry a block, or one for all."""
        for row in rows:
            self.matrix[self._filled] = row
            self._filled += 1

    def put(self, rows: NDArray[Any]) -> None:
        """Several rows in one array."""
        self.matrix[self._filled : self._filled + len(rows)] = rows
        self._filled += len(rows)


def _sums(values: Array) -> Array:
    """Running sums from zero, one longer than the values."""
    return np.concatenate([np.zeros((1, *values.shape[1:])), np.cumsum(values, axis=0)])


def _telling(frames: Frames, share: Array) -> Places:
    """The marks of each frame and those above it, without what a frame around most of the page says.

    A layout's wrapper may be called anything; only the marks of what is a part of the page tell its parts apart.
    """
    out: list[int] = []
    for own, above, part in zip(frames.bits, frames.above.tolist(), share.tolist(), strict=True):
        bits = own if part < WRAPPER else own & marks.KEPT_BY_WRAPPERS
        out.append(bits | out[above] if above >= 0 else 0)
    return np.array(out, dtype=np.int64)


def _centre(cut: Cut, plain: Array, linked: Array, points: Array, parents: Places) -> int:
    """The frame that gathers the most punctuated, unlinked text, its own and that just below it."""
    scores: dict[int, float] = {}
    frames, holders = cut.all_frames, cut.holders.tolist()
    value = (1 + points + np.minimum(plain / 50, 6)) * (1 - linked)
    for i in np.flatnonzero(plain >= 15).tolist():
        frame = holders[i]
        if frames.tags[frame] in ("p", "pre"):
            frame = int(parents[frame])
        for weight in (1.0, 0.5, 0.25):
            if frame < 1:
                break
            scores[frame] = scores.get(frame, 0.0) + float(value[i]) * weight
            frame = int(parents[frame])
    if not scores:
        return -1
    named = marks.CONTENT | marks.ARTICLE
    return max(scores, key=lambda f: (scores[f] * (1.25 if frames.bits[f] & named else 1.0), -f))


def _sayings(texts: list[str]) -> tuple[Array, NDArray[np.bool_]]:
    """How many phrases of each list each short text has, and whether it has a date."""
    limit = SHORT if len(texts) <= MANY else SHORT // 4
    return look([text if len(text) <= limit else "" for text in texts])


def measure(cut: Cut, titles: list[str]) -> Features:
    """The features of every block of a page; `titles` are what the page calls itself, site name and all."""
    n = len(cut.texts)
    frames = cut.all_frames
    holders, tags = cut.holders, cut.tags()
    parents, first, last, depth = frames.above, frames.first, frames.last, frames.depth
    own_bits = np.array(frames.bits, dtype=np.int64)

    counts = count_classes(cut.texts)
    chars = counts.sum(axis=1) - counts[:, SPACE]
    size, length = np.maximum(chars, 1), np.maximum(counts.sum(axis=1), 1)
    linked: Array = np.minimum(np.array(cut.links, dtype=np.float64) / length, 1)
    bold: Array = np.array(cut.bold, dtype=np.float64) / length
    plain = chars * (1 - linked)
    log_chars: Array = np.log1p(chars)
    sentences, commas = counts[:, SENTENCE], counts[:, COMMA]
    log_sentences: Array = np.log1p(sentences)
    text_before, chars_before, sentences_before = _sums(plain), _sums(chars), _sums(sentences)
    total = max(float(text_before[-1]), 1.0)
    frame_plain = text_before[last] - text_before[first]

    rows = _Rows(n)
    rows.add(log_chars, linked, log_sentences, np.log1p(commas))
    rows.put(counts[:, [DIGIT, OTHER, UPPER]].T / size)
    says, dated = _sayings(cut.texts)
    ends = [text.rstrip()[-1:] in _ENDINGS for text in cut.texts]
    rows.add(ends, dated, np.minimum(np.array(cut.breaks, dtype=np.float64), 20))
    rows.put(np.array([_PLACE_OF_TAG.get(tag, -1) for tag in tags], dtype=np.int64) == _TAG_PLACES)
    telling = _telling(frames, frame_plain / total)[holders]
    bits = own_bits[holders]
    rows.put(bits & _OWN != 0)
    rows.put((own_bits | own_bits[np.maximum(parents, 0)])[holders] & _NEAR != 0)
    rows.put(telling & _INSIDE != 0)
    rows.put(says[:, _SAYS].T / np.sqrt(size))

    headings = (bits & marks.HEADING) != 0
    tops = np.array([tag == "h1" for tag in tags], dtype=bool)
    headline, in_title = find_headline(cut.texts, headings, tops, titles)
    order = np.arange(n, dtype=np.float64)
    # What has been said since the headline, and what the nearest heading above says.
    said = _sums(np.minimum(says, 1) * (chars <= SHORT / 2)[:, None])[:-1]
    since = np.log1p(np.maximum(said - said[headline], 0)) if headline >= 0 else np.log1p(said)
    rows.put(since[:, _SEEN].T)
    headed = ((bits & (marks.HEADING | marks.HEADLINE)) != 0) & (chars <= 100)
    headed |= (bold > 0.9) & (chars <= 40)
    section = np.maximum.accumulate(np.where(headed, np.arange(n), -1)) if n else np.zeros(0, dtype=np.int64)
    under, above = section >= 0, np.maximum(section, 0)
    rows.put(says[above][:, _SECTION].T * under)
    rows.add(np.log1p(np.where(under, order - section, 99)), headings[above] & under)
    away = order - headline if headline >= 0 else np.zeros(n)
    rows.add(in_title, away > 0, np.sign(away) * np.log1p(np.abs(away)))

    rows.add(order / max(n, 1), text_before[:-1] / total, np.log1p(n - 1 - order), np.log1p(n))
    rows.add(np.log1p(total), 1 - float(plain.sum()) / max(float(chars.sum()), 1.0))
    _add_ancestors(
        rows, holders, parents, last - first, frame_plain, total, chars_before, sentences_before, first, last
    )
    groups, paths = _groups(holders, frames), _paths(frames)[holders]
    rows.put(_group_rows(groups, plain, chars, sentences, total))
    rows.put(_group_rows(paths, plain, chars, sentences, total))
    rows.put(_main_rows(paths, plain))

    centre = _centre(cut, plain, linked, sentences + commas, parents)
    inside, far, share, beyond = np.zeros(n), np.full(n, 9.0), 0.0, np.zeros(n)
    if centre >= 0:
        around, steps = centre, 0
        while around >= 0 and steps < 9:
            far[first[around] : last[around]] = np.minimum(far[first[around] : last[around]], steps)
            around, steps = int(parents[around]), steps + 1
        inside[first[centre] : last[centre]] = 1
        share, beyond = frame_plain[centre] / total, (order >= last[centre]).astype(np.float64)
    rows.add(inside, far, share, beyond)

    padded = np.zeros((5, n + 4))  # beyond the ends there is nothing
    padded[:, 2 : n + 2] = log_chars, linked, log_sentences, parents[holders].clip(0) + 1, groups + 1
    for step in (-2, -1, 1, 2):
        beside = padded[:, step + 2 : step + 2 + n]
        rows.put(beside[:3])
        rows.put(beside[3:] == padded[3:, 2 : n + 2])
    here = np.arange(n)
    for start, stop in ((np.maximum(here - WINDOW, 0), here), (here + 1, np.minimum(here + 1 + WINDOW, n))):
        near = text_before[stop] - text_before[start]
        rows.add(np.log1p(near), 1 - near / np.maximum(chars_before[stop] - chars_before[start], 1))
        rows.add(np.log1p(sentences_before[stop] - sentences_before[start]))
    rows.add(depth[holders], np.log1p(np.maximum.accumulate(plain)))
    rows.add(np.log1p(np.maximum.accumulate(plain[::-1])[::-1]))
    return Features(rows.matrix, telling, chars, linked, says, dated, headed, headline, centre)


def _add_ancestors(
    rows: _Rows,
    holders: Places,
    parents: Places,
    blocks: Places,
    frame_plain: Array,
    total: float,
    chars_before: Array,
    sentences_before: Array,
    first: Places,
    last: Places,
) -> None:
    """How much text, and of what sort, each block's frame holds, and the frames above it."""
    chars = np.maximum(chars_before[last] - chars_before[first], 1)
    of_frame = np.array(
        [
            np.log1p(frame_plain),
            frame_plain / total,
            1 - frame_plain / chars,
            np.log1p(blocks),
            np.log1p(frame_plain / np.maximum(blocks, 1)),
            np.log1p(sentences_before[last] - sentences_before[first]),
        ]
    )
    up = holders
    for _ in range(LEVELS):
        rows.put(of_frame[:, up])
        up = np.maximum(parents[up], 0)


@lru_cache(maxsize=65_536)
def family(name: str) -> str:
    """A class without the id, and without words that hold a number: those are one element's, not its like's."""
    return " ".join(word for word in name.partition("#")[0].split() if not _NUMBERED.search(word))


def _groups(holders: Places, frames: Frames) -> Places:
    """Number of the group of each block: blocks whose elements, and the elements above, have the same names."""
    known = Numbers[tuple[str, str, str, str]]()
    written: dict[tuple[str, str, str, str], int] = {}  # the same with whole names: most come again
    out = []
    tags, names = frames.tags, frames.names
    for frame, up in zip(holders.tolist(), np.maximum(frames.above, 0)[holders].tolist(), strict=True):
        key = tags[frame], names[frame], tags[up], names[up]
        number = written.get(key)
        if number is None:
            number = written[key] = known[key[0], family(key[1]), key[2], family(key[3])]
        out.append(number)
    return np.array(out, dtype=np.int64)


def _paths(frames: Frames) -> Places:
    """Number of the path of tags that leads to each frame."""
    below: list[dict[str, int]] = [{}]  # for each path those that are longer by a tag; the first is that of none
    out: list[int] = []
    for tag, above in zip(frames.tags, frames.above.tolist(), strict=True):
        longer = below[out[above] if above >= 0 else 0]
        path = longer.get(tag)
        if path is None:
            path = longer[tag] = len(below)
            below.append({})
        out.append(path)
    return np.array(out, dtype=np.int64) - 1


def _main_rows(paths: Places, plain: Array) -> Array:
    """Where each block stands among those of the path that holds most unlinked text.

    The share of that path's text before the block and after it, and how many blocks away its last and its next are.
    """
    n = len(paths)
    if not n:
        return np.zeros((4, 0))
    main = (paths == np.bincount(paths, weights=plain).argmax()) & (plain > 0)
    text = _sums(plain * main)
    here = np.arange(n)
    last = np.maximum.accumulate(np.where(main, here, -FAR))
    following = np.minimum.accumulate(np.where(main, here, n + FAR)[::-1])[::-1]
    whole = max(float(text[-1]), 1.0)
    gaps = np.log1p(np.minimum([here - last, following - here], FAR))
    return np.array([text[:-1] / whole, 1 - text[1:] / whole, *gaps])


def _group_rows(groups: Places, plain: Array, chars: Array, sentences: Array, total: float) -> Array:
    members = np.maximum(np.bincount(groups), 1).astype(np.float64)
    group_chars = np.maximum(np.bincount(groups, weights=chars), 1)
    group_plain = np.bincount(groups, weights=plain)
    group_sentences = np.bincount(groups, weights=sentences)
    of_group = np.array(
        [
            np.log1p(members),
            np.log1p(group_plain / members),
            1 - group_plain / group_chars,
            np.log1p(group_sentences / members),
            group_plain / total,
        ]
    )
    return of_group[:, groups]
