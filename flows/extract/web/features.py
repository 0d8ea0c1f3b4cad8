"""What a block looks like: one row of numbers a block, for the model that tells article from page."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flows.extract.web import marks
from flows.extract.web.blocks import Cut
from flows.extract.web.characters import COMMA, DIGIT, OTHER, SENTENCE, SPACE, UPPER, count_classes
from flows.extract.web.phrases import ANY, DATE, PHRASES

Array = NDArray[np.float64]

TAGS = ("p", "div", "li", "td", "h1", "h2", "h3", "h4", "pre", "dd", "section", "article", "blockquote", "th", "center")
LEVELS = 4
WINDOW = 3
SHORT = 120
"""Set phrases are looked for in blocks up to this length."""

_FOLD = re.compile(r"[\W_]+")
_ENDS = re.compile(r"[。！？!?；;…．.”\"」』）)：:]\s*\Z")


def fold(text: str) -> str:
    """Letters and digits only, width and case evened out."""
    return _FOLD.sub("", unicodedata.normalize("NFKC", text).casefold())


@dataclass(slots=True)
class Features:
    """`matrix` has one row a block and one column a name of NAMES; `headline` is the block that is
    the page's title, or -1.

    `chars` counts the block's visible characters; `centre` is the frame that gathers most running text, or -1.
    """

    matrix: Array
    chars: Array
    linked: Array
    headline: int
    centre: int
    parents: NDArray[np.int64]
    groups: NDArray[np.int64]


def _names() -> tuple[str, ...]:
    names = [
        "chars",
        "linked",
        "bold",
        "sentences",
        "commas",
        "digits",
        "others",
        "upper",
        "ends",
        "date",
        "breaks",
        "whole",
    ]
    names += [f"tag_{tag}" for tag in TAGS]
    names += [f"own_{name}" for name in marks.NAMES]
    names += [f"in_{name}" for name in marks.NAMES]
    names += [f"says_{name}" for name in PHRASES]
    names += ["in_title", "is_headline", "after_headline", "from_headline", "headline_known"]
    names += ["place", "text_place", "place_left", "page_blocks", "page_text", "page_linked", "repeated"]
    for level in range(LEVELS):
        names += [f"up{level}_{x}" for x in ("text", "share", "linked", "blocks", "mean", "sentences")]
    names += ["group_size", "group_text", "group_linked", "group_sentences", "group_share"]
    names += ["in_centre", "to_centre", "centre_share", "after_centre"]
    for step in (-2, -1, 1, 2):
        names += [f"at{step:+d}_{x}" for x in ("chars", "linked", "sentences", "same_parent", "same_group", "heading")]
    for side in ("before", "after"):
        names += [f"{side}_{x}" for x in ("chars", "linked", "sentences")]
    names += ["depth", "longest_before", "longest_after"]
    return tuple(names)


NAMES = _names()


def _bits(values: NDArray[np.int64]) -> Array:
    """One column for each mark."""
    masks = np.array(list(marks.NAMES.values()), dtype=np.int64)
    out: Array = ((values[:, None] & masks[None, :]) != 0).astype(np.float64)
    return out


def _shift(values: Array, step: int) -> Array:
    """Rows moved so that row i holds row i + step; zero beyond the ends."""
    out = np.zeros_like(values)
    if step > 0:
        out[:-step] = values[step:]
    else:
        out[-step:] = values[:step]
    return out


def find_headline(texts: list[str], headings: Array, titles: list[str]) -> tuple[int, Array]:
    """The block that repeats the page's title, or -1, and for each block how much of a title it is (0 to 1)."""
    folded = [t for t in dict.fromkeys(fold(title) for title in titles) if len(t) >= 3]
    share = np.zeros(len(texts))
    best, best_score = -1, 0.0
    for i, text in enumerate(texts):
        if len(text) > 300:
            continue
        own = fold(text)
        if len(own) < 3:
            continue
        for title in folded:
            if own == title or (len(own) >= 4 and own in title) or (len(title) >= 8 and title in own):
                share[i] = max(share[i], min(len(own), len(title)) / max(len(own), len(title)))
        score = share[i] + 0.35 * headings[i] if share[i] > 0.25 else 0.0
        if score > best_score + 1e-9:
            best, best_score = i, score
    return best, share


def _centre(cut: Cut, plain: Array, linked: Array, sentences: Array, parents: NDArray[np.int64]) -> int:
    """The frame that gathers the most punctuated, unlinked text, its own and that just below it."""
    scores: dict[int, float] = {}
    value = (1 + sentences + np.minimum(plain / 50, 6)) * (1 - linked)
    for i in np.flatnonzero(plain >= 15).tolist():
        frame = cut.frames[i].index
        if cut.frames[i].tag in ("p", "pre"):
            frame = int(parents[frame])
        for weight in (1.0, 0.5, 0.25):
            if frame < 1:
                break
            scores[frame] = scores.get(frame, 0.0) + float(value[i]) * weight
            frame = int(parents[frame])
    if not scores:
        return -1
    named = marks.CONTENT | marks.ARTICLE
    return max(scores, key=lambda f: (scores[f] * (1.25 if cut.all_frames[f].bits & named else 1.0), -f))


def measure(cut: Cut, titles: list[str]) -> Features:
    """The features of every block of a page; `titles` are what the page calls itself, site name and all."""
    n = len(cut.texts)
    frames = cut.all_frames
    holders = np.fromiter((f.index for f in cut.frames), dtype=np.int64, count=n)
    parents = np.fromiter((f.above for f in frames), dtype=np.int64, count=len(frames))
    first = np.fromiter((f.first for f in frames), dtype=np.int64, count=len(frames))
    last = np.fromiter((f.last for f in frames), dtype=np.int64, count=len(frames))
    depth = np.fromiter((f.depth for f in frames), dtype=np.float64, count=len(frames))
    own_bits = np.fromiter((f.bits for f in frames), dtype=np.int64, count=len(frames))
    all_bits = np.fromiter((f.inherited for f in frames), dtype=np.int64, count=len(frames))

    counts = count_classes(cut.texts)
    spaces = counts[:, SPACE]
    chars = counts.sum(axis=1) - spaces
    size = np.maximum(chars, 1)
    length = np.maximum(chars + spaces, 1)
    linked = np.minimum(np.array(cut.links, dtype=np.float64) / length, 1)
    bold = np.minimum(np.array(cut.bold, dtype=np.float64) / length, 1)
    plain = chars * (1 - linked)
    log_chars = np.log1p(chars)
    sentences, commas = counts[:, SENTENCE], counts[:, COMMA]

    columns: list[Array] = [log_chars, linked, bold, np.log1p(sentences), np.log1p(commas)]
    columns += [counts[:, DIGIT] / size, counts[:, OTHER] / size, counts[:, UPPER] / size]
    says = np.zeros((n, len(PHRASES)))
    dated, ends = np.zeros(n), np.zeros(n)
    place_of = {name: i for i, name in enumerate(PHRASES)}
    for i, text in enumerate(cut.texts):
        if _ENDS.search(text):
            ends[i] = 1
        if len(text) <= SHORT:
            lower = text.casefold()
            for match in ANY.finditer(lower):
                says[i, place_of[match.lastgroup or ""]] += 1
            if DATE.search(lower):
                dated[i] = 1
    says /= np.sqrt(size)[:, None]
    columns += [
        ends,
        dated,
        np.minimum(np.array(cut.breaks, dtype=np.float64), 20),
        np.array(cut.whole, dtype=np.float64),
    ]
    tag_of = np.fromiter((TAGS.index(f.tag) if f.tag in TAGS else -1 for f in cut.frames), dtype=np.int64, count=n)
    columns += [(tag_of == i).astype(np.float64) for i in range(len(TAGS))]
    columns += [*_bits(own_bits[holders]).T, *_bits(all_bits[holders]).T, *says.T]

    headings = ((own_bits[holders] & marks.HEADING) != 0).astype(np.float64)
    headline, in_title = find_headline(cut.texts, headings, titles)
    order = np.arange(n, dtype=np.float64)
    known = np.full(n, float(headline >= 0))
    away = order - headline if headline >= 0 else order
    columns += [in_title, (order == headline).astype(np.float64), (away > 0).astype(np.float64) * known]
    columns += [np.sign(away) * np.log1p(np.abs(away)) * known, known]

    total = max(float(plain.sum()), 1.0)
    before_text = np.concatenate([[0.0], np.cumsum(plain)])
    seen: dict[str, int] = {}
    for text in cut.texts:
        seen[text] = seen.get(text, 0) + 1
    columns += [order / max(n, 1), before_text[:-1] / total, np.log1p(n - 1 - order), np.full(n, np.log1p(n))]
    columns += [np.full(n, np.log1p(total)), np.full(n, float((chars * linked).sum()) / max(float(chars.sum()), 1.0))]
    columns += [np.fromiter((min(seen[t], 5) for t in cut.texts), dtype=np.float64, count=n)]

    before_chars = np.concatenate([[0.0], np.cumsum(chars)])
    before_sentences = np.concatenate([[0.0], np.cumsum(sentences)])
    frame_chars = before_chars[last] - before_chars[first]
    frame_plain = before_text[last] - before_text[first]
    frame_sentences = before_sentences[last] - before_sentences[first]
    frame_blocks = (last - first).astype(np.float64)
    up = holders
    ups: list[NDArray[np.int64]] = []
    for _ in range(LEVELS):
        ups.append(up)
        columns += [np.log1p(frame_plain[up]), frame_plain[up] / total]
        columns += [1 - frame_plain[up] / np.maximum(frame_chars[up], 1), np.log1p(frame_blocks[up])]
        columns += [np.log1p(frame_plain[up] / np.maximum(frame_blocks[up], 1)), np.log1p(frame_sentences[up])]
        up = np.maximum(parents[up], 0)

    signatures: dict[tuple[str, str, str, str], int] = {}
    keys = []
    for frame in cut.frames:
        above = frames[max(frame.above, 0)]
        keys.append(signatures.setdefault((frame.tag, frame.name, above.tag, above.name), len(signatures)))
    groups = np.array(keys, dtype=np.int64)
    members = np.bincount(groups, minlength=len(signatures)).astype(np.float64)
    group_chars = np.bincount(groups, weights=chars, minlength=len(signatures))
    group_plain = np.bincount(groups, weights=plain, minlength=len(signatures))
    group_sentences = np.bincount(groups, weights=sentences, minlength=len(signatures))
    columns += [np.log1p(members[groups]), np.log1p(group_plain / members)[groups]]
    columns += [(1 - group_plain / np.maximum(group_chars, 1))[groups], np.log1p(group_sentences / members)[groups]]
    columns += [(group_plain / total)[groups]]

    centre = _centre(cut, plain, linked, sentences + commas, parents)
    inside, far = np.zeros(n), np.full(n, 9.0)
    if centre >= 0:
        around, steps = centre, 0.0
        while around >= 0 and steps < 9:
            far[first[around] : last[around]] = np.minimum(far[first[around] : last[around]], steps)
            around, steps = int(parents[around]), steps + 1
        inside[first[centre] : last[centre]] = 1
        columns += [inside, far, np.full(n, frame_plain[centre] / total), (order >= last[centre]).astype(np.float64)]
    else:
        columns += [inside, far, np.zeros(n), np.zeros(n)]

    above_holder = ups[1].astype(np.float64) + 1
    group_of = groups.astype(np.float64) + 1
    log_sentences = np.log1p(sentences)
    for step in (-2, -1, 1, 2):
        columns += [_shift(log_chars, step), _shift(linked, step), _shift(log_sentences, step)]
        columns += [(_shift(above_holder, step) == above_holder).astype(np.float64)]
        columns += [(_shift(group_of, step) == group_of).astype(np.float64), _shift(headings, step)]
    low = np.maximum(np.arange(n) - WINDOW, 0)
    high = np.minimum(np.arange(n) + 1 + WINDOW, n)
    for start, stop in ((low, np.arange(n)), (np.arange(1, n + 1), high)):
        window = before_chars[stop] - before_chars[start]
        columns += [np.log1p(before_text[stop] - before_text[start])]
        columns += [1 - (before_text[stop] - before_text[start]) / np.maximum(window, 1)]
        columns += [np.log1p(before_sentences[stop] - before_sentences[start])]
    columns += [depth[holders]]
    running = np.maximum.accumulate(plain) if n else plain
    coming = np.maximum.accumulate(plain[::-1])[::-1] if n else plain
    columns += [np.log1p(running), np.log1p(coming)]
    return Features(np.stack(columns, axis=1), chars, linked, headline, centre, ups[1], groups)
