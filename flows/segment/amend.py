"""What people put right of how a page is parted: kinds of blocks, articles split and joined."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from schemas.columns import TEXT_KINDS
from schemas.tables.blocks import ARTICLE_HEADS, PLACED_BLOCKS

AMEND = "amend"
"""The hint that holds the amendments of a payload: objects of `field`, `place` and `new`, in their order."""

_HEADS = {"headline": " ", "byline": " "}
"""Facts of an article's head that are the text of blocks of that kind, and what joins several."""


def amended(documents: pa.Table, heads: pa.Table, placed: pa.Table) -> tuple[pa.Table, pa.Table]:
    """ARTICLE_HEADS and PLACED_BLOCKS with what the hint AMEND of each document says.

    An amendment of a place that the page no longer has does nothing.
    """
    told = {
        row["document_id"]: json.loads(row["parser"])[AMEND]
        for row in documents.select(["document_id", "parser"]).to_pylist()
        if row["parser"] and f'"{AMEND}"' in row["parser"] and AMEND in json.loads(row["parser"])
    }
    if not told:
        return heads, placed
    some = pa.array(sorted(told), pa.string())
    mine = pc.is_in(placed["document_id"], some)
    pages: dict[str, list[dict[str, Any]]] = {}
    for block in placed.filter(mine).to_pylist():
        pages.setdefault(block["document_id"], []).append(block)
    said: dict[str, dict[int, dict[str, Any]]] = {}
    for head in heads.filter(pc.is_in(heads["document_id"], some)).to_pylist():
        said.setdefault(head["document_id"], {})[head["article"]] = head
    blocks: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    for document in sorted(pages):
        page = _Page(document, pages[document], said.get(document, {}))
        for each in told[document]:
            page.amend(each)
        blocks += page.blocks
        rows += page.rows()
    others = heads.filter(pc.invert(pc.is_in(heads["document_id"], some)))
    new_heads = pa.concat_tables([others, pa.Table.from_pylist(rows, schema=ARTICLE_HEADS.arrow)])
    new_placed = pa.concat_tables([placed.filter(pc.invert(mine)), _placed(blocks)])
    order = [("document_id", "ascending"), ("ordinal", "ascending")]
    return new_heads, new_placed.sort_by(order).combine_chunks()


def _placed(blocks: Sequence[Mapping[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(list(blocks), schema=PLACED_BLOCKS.arrow)


class _Page:
    """The blocks and heads of one document, to be amended."""

    def __init__(self, document: str, blocks: list[dict[str, Any]], heads: dict[int, dict[str, Any]]) -> None:
        self.document = document
        self.blocks = blocks
        self.heads = heads

    def amend(self, each: Mapping[str, Any]) -> None:
        """Do one amendment, as far as its places are there."""
        block = self._at(each["place"])
        if block is None:
            return
        if each["field"] == "kind":
            self._kind(block, each["new"])
        elif each["field"] == "split":
            self._split(block)
        elif each["field"] == "join" and (onto := self._at(each["new"])) is not None:
            self._join(block["article"], onto["article"])

    def rows(self) -> list[dict[str, Any]]:
        """The heads of those articles that have a block."""
        held = {block["article"] for block in self.blocks}
        return [head for number, head in sorted(self.heads.items()) if number in held]

    def _at(self, place: str | None) -> dict[str, Any] | None:
        return next((block for block in self.blocks if block["selector"] == place), None)

    def _of(self, article: int | None) -> list[dict[str, Any]]:
        """The blocks of an article, those of its text in reading order, each other one after what it stands behind."""
        mine = [block for block in self.blocks if block["article"] == article]
        last = -1
        keyed = []
        for block in sorted(mine, key=lambda block: block["ordinal"]):
            last = block["place"] if block["place"] is not None else last
            keyed.append((last, block["place"] is None, block["ordinal"], block))
        return [block for *_, block in sorted(keyed, key=lambda each: each[:3])]

    def _kind(self, block: dict[str, Any], kind: str) -> None:
        former, block["kind"] = block["kind"], kind
        if kind not in TEXT_KINDS:
            block["place"], block["glued"] = None, False
        elif block["place"] is None:
            if block["article"] is None:
                block["article"] = self._nearest(block)
            self._place_anew(block["article"], [*self._of(block["article"])])
        self._retell(block["article"], {former, kind})

    def _nearest(self, block: dict[str, Any]) -> int:
        """The article of the block before, else of the one behind, else one of its own."""
        before = [each for each in self.blocks if each["article"] is not None and each["ordinal"] < block["ordinal"]]
        after = [each for each in self.blocks if each["article"] is not None and each["ordinal"] > block["ordinal"]]
        found = before[-1:] or after[:1]
        return int(found[0]["article"]) if found else self._new()

    def _new(self) -> int:
        number = max(self.heads, default=-1) + 1
        empty = dict.fromkeys(name for name in ARTICLE_HEADS.names if name != "document_id")
        self.heads[number] = {"document_id": self.document, **empty, "article": number, "complete": True}
        return number

    def _split(self, block: dict[str, Any]) -> None:
        if block["article"] is None:
            return
        ordered = self._of(block["article"])
        at = ordered.index(block)
        if not any(each["place"] is not None for each in ordered[:at]):
            return  # nothing would be left
        number = self._new()
        for each in ordered[at:]:
            each["article"] = number
        self._place_anew(number, ordered[at:])
        self._retell(block["article"], set(_HEADS))
        self._retell(ordered[0]["article"], set(_HEADS))

    def _join(self, article: int | None, onto: int | None) -> None:
        if article is None or onto is None or article == onto:
            return
        both = [*self._of(onto), *self._of(article)]
        for each in both:
            each["article"] = onto
        self._place_anew(onto, both)
        head, other = self.heads[onto], self.heads[article]
        for name, value in other.items():
            if head.get(name) is None:
                head[name] = value
        head["complete"] = head["complete"] and other["complete"]

    def _place_anew(self, article: int | None, ordered: list[dict[str, Any]]) -> None:
        place = 0
        for each in ordered:
            if each["kind"] in TEXT_KINDS:
                each["glued"] = bool(each["glued"]) and place > 0
                each["place"] = place
                place += 1

    def _retell(self, article: int | None, kinds: set[str]) -> None:
        """Have the head of an article say what its blocks of these kinds say."""
        if article is None:
            return
        for name, between in _HEADS.items():
            if name in kinds:
                texts = [block["text"] for block in self._of(article) if block["kind"] == name]
                self.heads[article][name] = between.join(" ".join(texts).split()) or None
