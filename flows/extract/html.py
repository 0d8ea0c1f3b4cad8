"""Read a web page: blocks with their kinds, the article among them, and what the page says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from lxml import etree

from flows.extract import metadata
from flows.extract.binary import refuse, refuse_decoded
from flows.extract.charset import decode
from flows.extract.mojibake import unmangled
from flows.extract.reading import PREFORMATTED, Block, Reading, UnreadableError
from flows.extract.web import authors, embedded, kinds, marks, page_kind, published, series, wrapped
from flows.extract.web.around import find_visible, last_of, told
from flows.extract.web.blocks import MAX_DEPTH, Cut, cut
from flows.extract.web.boosting import Model, load
from flows.extract.web.boxes import in_boxes
from flows.extract.web.dom import parse
from flows.extract.web.features import NAMES, Features, measure
from flows.extract.web.flat import lines_of
from flows.extract.web.head import read_head
from flows.extract.web.posts import first_post
from flows.extract.web.sections import AGAINST_COMMENTS, weigh
from flows.extract.web.site_rules import Picked, pick, rule_for
from flows.extract.web.tables import merge_rows
from flows.extract.web.vote import Mask, vote

ARTICLES = ("article", "thread")
"""Page kinds that make an article."""

GAVE_UP = "gave-up"
"""Flag of blocks that were not cut apart as they should be, because the page is too deep or too large."""

MOST_TIMES = 3
"""A page is undone at most as many times."""

ENCODED_TWICE = "encoded-twice"
"""Flag of the first block of a page whose bytes, decoded, were the bytes of another encoding."""


@cache
def _model() -> Model:
    return load(Path(__file__).parent / "web" / "block_weights.json", NAMES)


def read(payload: bytes, parser: Mapping[str, Any]) -> Reading:
    """Read the bytes of a web page.

    `parser` may hold `timezone`, the zone of dates that name none, and `select` and `sites`, the rules of
    `flows.extract.web.site_rules`. UnreadableError (`binary`, `lfs-pointer`, `gave-up`) where nothing of a page can be
    kept.
    """
    refuse(payload)
    decoded = decode(payload, markup=True)
    refuse_decoded(payload, decoded, markup=True)
    whole = again = unmangled(payload, decoded.text) if decoded.charset_used == "utf-8" else None
    for _ in range(MOST_TIMES):
        if again is None or again.charset_used != "utf-8":
            break
        whole, again = again, unmangled(again.text.encode(), again.text)
    whole = again or whole
    reading = read_page(whole.text if whole else decoded.text, parser)
    if whole and reading.blocks:
        reading.blocks[0].flags = (*reading.blocks[0].flags, ENCODED_TWICE)
    reading.charset_declared = decoded.charset_declared
    reading.charset_used = decoded.charset_used
    reading.decode_skip = decoded.decode_skip
    reading.replaced = decoded.replaced
    return reading


def read_page(text: str, parser: Mapping[str, Any], model: Model | None = None) -> Reading:
    """Read a decoded web page; `model` is another table of weights than the package's."""
    root = parse(text)
    if root is None:
        return Reading(media_type="text/html", page_kind="other")
    page = cut(root)
    merge_rows(page)
    if page.deepest >= MAX_DEPTH:
        return _flat(text)
    if not page.texts and lines_of(text):  # one that is never closed, a title or a quote, has swallowed the rest
        return _flat(text)
    head = read_head(root, text)
    features = measure(page, head.titles)
    odds = weigh(page.texts, features, (model or _model()).score(features.matrix))
    features.marks[in_boxes(page, features)] |= marks.CONTROL
    posts = series.posts_of(page, features)
    remarks = not head.is_discussion and series.are_comments(features, odds, posts)
    is_thread = not remarks and not head.is_article and series.is_thread(features, odds, posts)
    if remarks:
        odds = odds - AGAINST_COMMENTS * series.mark_comments(features, posts)
    verdict = vote(page, features, odds, text)
    rule = rule_for(parser, head)
    picked = pick(text, rule) if rule else Picked()
    if picked.body:
        verdict.kept[:] = [picked.holds(selector) for selector in page.selectors()]
    visible = find_visible(page, features, verdict.kept, head.titles)
    look = page_kind.Look(head.titles[0] if head.titles else "", head.frames, head.meta("og:type"), head.is_article)
    kind = page_kind.tell(page, features, verdict.kept, look)
    if is_thread and kind in ("article", "list", "front", "other") and not picked.body:
        kind = "thread"
        verdict.kept[:] = False
        verdict.kept[list(posts[0].text)] = True
    is_article = kind in ARTICLES
    first = first_post(page, features, verdict.kept) if kind == "article" and not picked.body else verdict.kept
    around = told(page, features, first, visible)
    ends = tuple(page.selector(i) if i >= 0 else "" for i in (features.headline, last_of(first)))
    around.elements = lambda: authors.find_elements(root, text, (ends[0], ends[1]))
    around.scripts = lambda: published.in_scripts(text)
    around.guess = (lambda: published.guessed(text)) if is_article else (lambda: None)
    reading = Reading(media_type="text/html", page_kind=kind, agreement=verdict.agreement)
    inside = first & is_article
    if is_article and features.headline >= 0:
        inside[features.headline] = True
    reading.blocks += _blocks(page, features, inside, verdict.kept & ~first, posts if kind == "thread" else [])
    _describe(reading, metadata.decide(head, around, parser))
    if reading.page_kind in embedded.UNSEEN and (held := embedded.blocks_of(root, head)):
        reading.page_kind, reading.agreement = "article", None
        reading.blocks += held
    metadata.override(reading, picked.texts, parser)
    return reading


def read_markup(text: str, parser: Mapping[str, Any], *, selector_prefix: str = "") -> Reading:
    """Read HTML found inside another format: all of it that can be seen is the article.

    Selectors are XPaths into the value parsed as a page of its own, after `selector_prefix`.
    """
    root = parse(text)
    if root is None:
        return Reading(media_type="text/html", page_kind="other")
    page = cut(root)
    merge_rows(page)
    if page.deepest >= MAX_DEPTH:
        return _flat(text, selector_prefix)
    reading = Reading(media_type="text/html", blocks=[])
    for i, (line, selector, flags) in enumerate(zip(page.texts, page.selectors(), _flags(page), strict=True)):
        frame = page.frame(i)
        seen = not frame.inherited & marks.CONCEALED
        kind = kinds.of_element(frame, line) if seen else "boilerplate"
        reading.blocks.append(Block(kind, line, selector_prefix + selector, article=0 if seen else None, flags=flags))
    return reading


def _blocks(page: Cut, features: Features, inside: Mask, others: Mask, posts: list[series.Post]) -> list[Block]:
    """The blocks of a page with their kinds: `inside` its article, and in `others` like it; `posts` are one each."""
    kinds_of = kinds.of_all(page, features, inside)
    article_of = np.where(inside, 0, -1)
    for number, post in enumerate(posts):
        for i in post.text:
            kinds_of[i], article_of[i] = kinds.of_element(page.frame(i), page.texts[i]), number
        for i in range(post.first, post.last):
            if i in post.stamps or page.texts[i] == post.name:
                kinds_of[i], article_of[i] = "byline", number
    inside = article_of >= 0
    for i in np.flatnonzero(others).tolist():
        kinds_of[i] = kinds.of_element(page.frame(i), page.texts[i])
    texts, selectors = list(page.texts), page.selectors()
    running = inside & np.array([kind in ("body", "quote", "list") for kind in kinds_of], dtype=bool)
    gone: set[int] = set()
    for first, (last, text) in wrapped.paragraphs(page, running).items():
        texts[first] = text
        selectors[first] = page.places.range(*page.spans[first][:2], *page.spans[last][2:])
        gone.update(range(first + 1, last + 1))
    columns = zip(texts, article_of.tolist(), kinds_of, selectors, _flags(page), strict=True)
    blocks = [
        Block(kind, text, selector, article=article if article >= 0 else None, flags=flags)
        for i, (text, article, kind, selector, flags) in enumerate(columns)
        if i not in gone
    ]
    if page.gave_up and blocks:
        blocks[-1].flags = (*blocks[-1].flags, GAVE_UP)
    return blocks


def _flags(page: Cut) -> list[tuple[str, ...]]:
    """The flags of each block: whether it is a listing."""
    frames, texts = page.all_frames, page.texts
    set_so = np.array(frames.inherited, dtype=np.int64)[page.holders] & marks.PREFORMATTED != 0
    flags: list[tuple[str, ...]] = [()] * len(texts)
    for i in np.flatnonzero(set_so).tolist():
        if kinds.is_listing(page.frame(i), texts[i]):
            flags[i] = (PREFORMATTED,)
    return flags


def _describe(reading: Reading, facts: metadata.Facts) -> None:
    reading.title, reading.authors = facts.title, facts.authors
    reading.publisher, reading.origin = facts.publisher, facts.origin
    reading.published_at, reading.published_precision = facts.published_at, facts.published_precision
    reading.modified_at, reading.language, reading.tags = facts.modified_at, facts.language, facts.tags
    reading.canonical_uri, reading.original_uri = facts.canonical_uri, facts.original_uri


def _flat(text: str, selector_prefix: str = "") -> Reading:
    """What can be kept of a page too deep to be parsed: its lines, without their places."""
    blocks = [Block("body", line, f"{selector_prefix}/html", flags=(GAVE_UP,)) for line in lines_of(text)]
    if not blocks:
        raise UnreadableError(
            GAVE_UP, "The elements are nested too deep to be parsed, and there is no text between them."
        )
    return Reading(media_type="text/html", page_kind="other", blocks=blocks)


def root_of(text: str) -> etree._Element | None:
    """The tree that selectors lead into."""
    return parse(text)
