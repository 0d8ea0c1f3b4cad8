"""The restore stage: pages as they were read and what matching found in, restorations out.

The rows of a page are a function of the page, its alignments, the stories of its articles and the pages of its
witnesses, all of which are the same whatever the batches; so only pages whose alignments or stories changed are done
again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from flows.restore.claims import Part
from flows.restore.loaded import columns, folded, fragments
from flows.restore.page import Page, Witness
from flows.restore.proof import Hearing
from flows.segment.words import parted
from schemas.tables.alignments import ALIGNMENTS
from schemas.tables.restorations import GAP_MARK, RESTORATIONS

WITNESSES = 3
"""Witnesses of an article that are heard: those that share most with it."""
RELATIONS = ("reprint", "excerpt", "quote")
"""Relations of articles that are witnesses of one text."""

_Row = dict[str, Any]
_Pair = tuple[str, str]
"""An article and its witness."""


def restore(
    pages: Iterable[str], articles: pa.Table, passages: pa.Table, alignments: pa.Table, stories: pa.Table
) -> pa.Table:
    """Restore the articles of some documents; RESTORATIONS, by article and place.

    `pages` are document ids. `articles` (article_id, document_id, ordinal, text) and `passages` (PASSAGES) hold all of
    these documents and of those that `alignments` ties them to; `alignments` and `stories` hold at least the rows of
    the articles of the pages, and `stories` those of their witnesses. Articles that nothing proves other than they are
    have no rows.
    """
    archive = _Archive(articles, passages, alignments, stories)
    asked = {document: pairs for document in sorted(set(pages)) if (pairs := archive.pairs(document))}
    archive.fold(asked)
    rows = [row for document, pairs in asked.items() for row in archive.restored(document, pairs)]
    rows.sort(key=lambda row: (row["article_id"], row["place"]))
    return RESTORATIONS.rows(rows)


class _Archive:
    """The rows at hand, by what they are asked for."""

    def __init__(self, articles: pa.Table, passages: pa.Table, alignments: pa.Table, stories: pa.Table) -> None:
        ordered = articles.sort_by([("document_id", "ascending"), ("ordinal", "ascending")])
        self._articles: dict[str, tuple[str, str]] = {}
        """Document and text of each article."""
        of_document: dict[str, list[str]] = defaultdict(list)
        for article, document, text in columns(ordered, "article_id", "document_id", "text"):
            self._articles[article] = document, text
            of_document[document].append(article)
        self._pages = {document: Page(document, each, of_document[document]) for document, each in fragments(passages)}
        self._ties: dict[str, dict[str, list[_Row]]] = defaultdict(lambda: defaultdict(list))
        for row in alignments.sort_by([(name, "ascending") for name in ALIGNMENTS.key]).to_pylist():
            left, right = row["left_article_id"], row["right_article_id"]
            if row["relation"] in RELATIONS and left != right:
                self._ties[left][right].append(row)
                self._ties[right][left].append(row)
        self._told: dict[str, list[_Row]] = defaultdict(list)
        for row in stories.to_pylist():
            self._told[row["article_id"]].append(row)
        self._witnesses: dict[str, Witness] = {}

    def pairs(self, document: str) -> list[_Pair]:
        """Articles of a page and their witnesses on other pages, those first that share most; none if it is whole."""
        page = self._pages.get(document)
        if page is None or not page.may_be_broken():
            return []
        told = []
        for ordinal, article in enumerate(page.articles):
            shared = [
                (-sum(row["matched_chars"] for row in rows), other)
                for other, rows in self._ties.get(article, {}).items()
                if self._articles[other][0] != document
            ]
            told += [(matched, ordinal, other, article) for matched, other in sorted(shared)[:WITNESSES]]
        return [(article, other) for _, _, other, article in sorted(told)]

    def fold(self, asked: dict[str, list[_Pair]]) -> None:
        """Fold the pages that are asked about, and their witnesses: all at once, which is many times as fast."""
        mine = [each for document in asked for each in self._pages[document].fragments]
        for each, (letters, _) in zip(mine, folded(each.text for each in mine), strict=True):
            each.letters = letters
        heard = sorted({witness for pairs in asked.values() for _, witness in pairs})
        texts = (self._articles[witness][1] for witness in heard)
        for witness, (letters, origin) in zip(heard, folded(texts), strict=True):
            document, text = self._articles[witness]
            self._witnesses[witness] = Witness(witness, text, letters, origin, self._pages[document])

    def restored(self, document: str, pairs: list[_Pair]) -> list[_Row]:
        """The rows of one document's articles."""
        page = self._pages[document]
        hearing = Hearing(page)
        hearing.hear([(article, self._witnesses[witness]) for article, witness in pairs])
        out: list[_Row] = []
        for article in page.articles:
            if hearing.changed(article):
                out += self._rows(page, article, hearing.parts[article])
        return out

    # ------------------------------------------------------------ rows

    def _rows(self, page: Page, article: str, parts: list[Part]) -> list[_Row]:
        """The rows of one article; the table's offsets follow from the order."""
        out: list[_Row] = []
        here = {part.number for part in parts}
        stayed = [number for number in page.reading[article] if number in here]
        before = dict(zip(stayed[1:], stayed, strict=False))
        known = set(stayed)
        last: int | None = None
        end = 0
        for place, part in enumerate(parts):
            fragment = page.fragments[part.number] if part.number is not None else None
            start = end if part.joined or place == 0 else end + 1
            end = start + len(fragment.text if fragment else GAP_MARK) + _spaced(page, parts[place : place + 2])
            row: _Row = {
                "article_id": article,
                "place": place,
                "passage_id": fragment.passage_id if fragment else None,
                "change": "gap",
                "from_article_id": None,
                "restored_start": start,
                "restored_end": end,
                "joined": part.joined,
                "proves": sorted(part.proves),
            }
            if fragment is not None:
                moved = fragment.number not in known
                row["change"] = "moved" if moved else "kept" if before.get(fragment.number) == last else "reordered"
                row["from_article_id"] = fragment.article_id if moved else None
                last = last if moved else fragment.number
            out.append(row | self._evidence(part))
        return out

    def _evidence(self, part: Part) -> _Row:
        """The columns that say which witness, story and alignment prove a part."""
        if part.witness is None or part.span is None:
            return {}
        witness, printed = part.witness.article_id, part.witness.printed
        start, end = printed(*part.span) if part.number is not None else part.witness.missing(*part.span)
        rows = self._ties[part.claimant][witness]
        tie = min(rows, key=lambda row: _distance(row, witness, start, end))
        return {
            "story_id": self._story(part.claimant, witness, start, end),
            "witness_article_id": witness,
            "witness_start": start,
            "witness_end": end,
        } | {name: tie[name] for name in ALIGNMENTS.key}

    def _story(self, article: str, witness: str, start: int, end: int) -> str | None:
        """The story that both carry, at the span if there is one there; the largest overlap first."""
        shared = {row["story_id"] for row in self._told[article]}
        told = [
            (-max(0, min(end, row["span_end"]) - max(start, row["span_start"])), row["story_id"])
            for row in self._told[witness]
            if row["story_id"] in shared
        ]
        return min(told)[1] if told else None


def _spaced(page: Page, parts: list[Part]) -> bool:
    """Whether a space goes after the first of two parts: the second goes on in it, with another word."""
    numbers = [part.number for part in parts if part.number is not None]
    return len(numbers) == 2 and parts[1].joined and parted(*(page.fragments[number].text for number in numbers))


def _distance(row: _Row, witness: str, start: int, end: int) -> int:
    """How far a span of the witness is from that of an alignment; negative where they overlap."""
    side = "left" if row["left_article_id"] == witness else "right"
    return int(max(start, row[f"{side}_start"]) - min(end, row[f"{side}_end"]))
