"""Invented pages and witnesses, as the tables would hold them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from flows.match.collate.side import side_by_side
from flows.restore.stage import restore
from schemas import table
from schemas.columns import TEXT_KINDS

WHO = ("渡船工人", "水文站员", "县里的农技员", "守桥老人", "邮递员小何", "镇上的木匠", "林场护林员", "学校炊事员")
WHEN = ("清晨雾还没有散", "正月十五过后", "去年秋汛来时", "午后起了南风", "收完晚稻以后", "第一场雪落下", "灯节前一夜")
DID = (
    "把三十里的堤坝走了一遍",
    "在账簿上记下每一户的名字",
    "用旧船板搭起一座凉棚",
    "给对岸送去两担新茶",
    "修好了断了半年的水车",
)
SAID = (
    "他说水往低处流，人要往高处站",
    "她说这条路早晚要通到山外",
    "有人问起，他只指指江心",
    "大家听了都点头，又都不作声",
)


def sentences(seed: object, count: int) -> list[str]:
    """Sentences no two of which are the same, each of some forty letters."""
    rng = random.Random(f"restore {seed}")
    out: list[str] = []
    while len(out) < count:
        number = rng.randint(100, 999)
        said = f"{rng.choice(WHEN)}，{rng.choice(WHO)}{rng.choice(DID)}，前后{number}天，{rng.choice(SAID)}。"
        out += [said] if said not in out else []
    return out


@dataclass
class Archive:
    """Tables in memory."""

    articles: list[dict[str, Any]] = field(default_factory=list)
    passages: list[dict[str, Any]] = field(default_factory=list)

    def page(self, document: str, lines: Sequence[tuple[str | None, str, str]], glued: Iterable[int] = ()) -> None:
        """A document from (article, kind, text) in the order printed, which is the reading order within each article.

        Lines numbered in `glued` go on in the paragraph of the line before them in their article. A kind may carry a
        flag: `body:gap`.
        """
        texts: dict[str, str] = {}
        for number, (article, kinds, text) in enumerate(lines):
            kind, _, flag = kinds.partition(":")
            start = end = None
            if article is not None and kind in TEXT_KINDS and flag != "duplicate":
                before = texts.get(article)
                seam = "" if before is None or number in glued else "\n"
                start = len((before or "") + seam)
                texts[article] = (before or "") + seam + text
                end = len(texts[article])
            self.passages.append(
                {
                    "passage_id": f"{document}-{number}",
                    "document_id": document,
                    "article_id": article,
                    "ordinal": number,
                    "kind": kind,
                    "text": text,
                    "article_start": start,
                    "article_end": end,
                    "selector": "",
                    "flags": [flag] if flag else [],
                }
            )
        for ordinal, (article, text) in enumerate(texts.items()):
            self.articles.append({"article_id": article, "document_id": document, "ordinal": ordinal, "text": text})

    def alone(self, article: str, paragraphs: Sequence[str]) -> None:
        """A witness: an article alone on its page, printed in one run."""
        self.page(f"page of {article}", [(article, "body", text) for text in paragraphs])

    def alignments(self) -> pa.Table:
        """What matching would find, each pair of articles of different pages compared by itself."""
        rows = []
        ordered = sorted(self.articles, key=lambda each: str(each["article_id"]))
        for place, left in enumerate(ordered):
            for right in ordered[place + 1 :]:
                if left["document_id"] == right["document_id"]:
                    continue
                for each in side_by_side(left["text"], right["text"])[0]:
                    rows.append(
                        {
                            "left_article_id": left["article_id"],
                            "left_start": each.left_start,
                            "left_end": each.left_end,
                            "right_article_id": right["article_id"],
                            "right_start": each.right_start,
                            "right_end": each.right_end,
                            "matched_chars": each.matched_chars,
                            "relation": "excerpt",
                        }
                        | dict.fromkeys(["identity", "similarity", "left_coverage", "right_coverage"], 1.0)
                    )
        return table("alignments").rows(rows)

    def stories(self) -> pa.Table:
        return table("stories").rows(
            [
                {
                    "story_id": "story",
                    "article_id": each["article_id"],
                    "span_start": 0,
                    "span_end": len(each["text"]),
                    "leader": False,
                    "coverage": 1.0,
                }
                for each in self.articles
            ]
        )

    def restored(self, *pages: str, shuffled: int | None = None) -> list[dict[str, Any]]:
        """The rows of `restorations` for some pages, else for all; the inputs in another order where told so."""
        parts = {
            "articles": pa.Table.from_pylist(self.articles),
            "passages": table("passages").rows(self.passages),
            "alignments": self.alignments(),
            "stories": self.stories(),
        }
        if shuffled is not None:
            for name, rows in parts.items():
                order = list(range(rows.num_rows))
                random.Random(shuffled).shuffle(order)
                parts[name] = rows.take(pa.array(order, pa.int64()))
        wanted = pages or sorted({str(each["document_id"]) for each in self.articles})
        found: list[dict[str, Any]] = restore(wanted, **parts).to_pylist()
        return found

    def text(self, rows: list[dict[str, Any]], article: str) -> str:
        """The restored text of an article."""
        texts = {each["passage_id"]: each["text"] for each in self.passages}
        out = ""
        for row in rows:
            if row["article_id"] == article:
                out += "" if row["joined"] or not out else "\n"
                out += texts[row["passage_id"]] if row["passage_id"] else "[…]"
        return out

    def slice(self, row: dict[str, Any]) -> str:
        """What the witness of a row has there."""
        text = next(each["text"] for each in self.articles if each["article_id"] == row["witness_article_id"])
        return str(text[row["witness_start"] : row["witness_end"]])
