"""Newspaper pages made from articles, with their truth: what segmentation is measured on besides the gold.

    python -m tests.bench.scramble --corpus ../shared/corpus --out DIR --pages 200 --seed 1

Articles are cut into columns that are printed in turns, with furniture, bylines, captions, closing datelines,
paragraphs cut at column edges, tails printed twice and misread letters. Frames and names are invented; the text comes
from the folder given.
Writes `pages/NNN.txt` and `made.json`, in the form of the segmentation gold.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PLACES = ("江口", "青岚", "白石", "临泽", "云渡", "松原坝", "海棠", "北屏")
SURNAMES = "林周赵孙钱郑冯褚卫蒋沈韩"
GIVEN = "晓舟一帆若溪立平怀远念慈松涛明月"
KICKERS = ("一线来信", "记者走街巷", "江口观察", "深一度 微调查", "今日要闻追踪", "两会之后看落实")
SUBHEADS = ("开门纳谏", "下足真功夫", "从一张清单说起", "一条路走到底", "数字背后", "记者手记", "“慢”不得也“急”不得")
ADVERTS = (("珍惜粮食公益广告", "一粒米的来处", "设计制作:"), ("文明江口系列公益广告", "让一让 路更宽", "创意:"))
MARKUP = re.compile(r"<[^>]+>|!?\[[^\]]*\]\([^)]*\)|[*_`~#>]{1,3}")
HAN = re.compile(r"[\u4e00-\u9fff]")
DONE = re.compile(r"[。！？”]$")


@dataclass
class Item:
    """A source article."""

    title: str
    paragraphs: list[str]


@dataclass
class Article:
    """An article on a page: its lines as (text, kind, role), and the lines that make one paragraph."""

    name: str
    lines: list[tuple[str, str, str]] = field(default_factory=list)
    paragraphs: list[list[int]] = field(default_factory=list)
    complete: bool = True


def news_items(corpus: Path, part: int) -> list[Item]:
    """Items of the daily pages: `part` 0 or 1 takes every other file."""
    out = []
    for path in sorted((corpus / "xwlb-md").glob("*.md"))[part::2]:
        for section in re.split(r"\n### ", path.read_text(encoding="utf-8"))[1:]:
            title, _, rest = section.partition("\n")
            body = re.sub(
                r"央视网消息[^：]{0,12}：", "", MARKUP.sub("", re.sub(r"</p>", "\n", rest.split("[查看原文]")[0]))
            )
            title = re.sub(r"^【[^】]*】", "", title).strip()
            paragraphs = [p.strip() for p in body.split("\n") if len(HAN.findall(p)) >= 15 and DONE.search(p.strip())]
            if 4 <= len(paragraphs) <= 16 and 5 <= len(title) <= 45 and not re.search(r"[，。]|快讯", title):
                out.append(Item(title, paragraphs))
    return out


def post_items(corpus: Path, part: int) -> list[Item]:
    """Posts of the markdown archive, their first paragraphs."""
    out = []
    for path in sorted((corpus / "terminus2049").rglob("*.md"))[part::2]:
        text = path.read_text(encoding="utf-8", errors="ignore")
        found = re.search(r"^title:\s*(.+)$", text, re.M)
        body = MARKUP.sub("", text.split("---", 2)[-1])
        paragraphs = [p.strip() for p in body.split("\n") if len(HAN.findall(p)) >= 15 and DONE.search(p.strip())]
        paragraphs = [p for p in paragraphs if len(p) <= 500][:14]
        title = found[1].strip().strip("\"'") if found else ""
        if len(paragraphs) >= 5 and 6 <= len(title) <= 30 and not re.search(r"[，。,]", title):
            out.append(Item(title, paragraphs))
    return out


class Maker:
    """Makes pages; the same seed makes the same pages."""

    def __init__(self, seed: int, items: list[Item]) -> None:
        self.random = random.Random(seed)
        self.items = items

    def name(self) -> str:
        return self.random.choice(SURNAMES) + "".join(self.random.sample(GIVEN, self.random.choice((1, 2))))

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def misread(self, text: str, share: float) -> str:
        """A text with a share of its Han letters replaced by others of the text."""
        pool = HAN.findall(text)
        return "".join(self.random.choice(pool) if HAN.match(c) and self.chance(share) else c for c in text)

    def subhead(self, paragraph: str) -> str:
        """A stock phrase, or a clause or two of the paragraph below."""
        clauses = [c for c in re.split(r"[，。！？；：、“”,]", paragraph) if 5 <= len(c) <= 18 and HAN.match(c)]
        if len(clauses) > 1 and self.chance(0.3):
            return " ".join(self.random.sample(clauses, 2))
        return self.random.choice(clauses) if clauses and self.chance(0.6) else self.random.choice(SUBHEADS)

    def article(self, name: str, item: Item, errors: float) -> Article:
        out = Article(name)
        add = out.lines.append
        place, day = self.random.choice(PLACES), f"{self.random.randint(1, 12)}月{self.random.randint(1, 28)}日"
        if self.chance(0.25):
            add((self.random.choice(KICKERS), "headline", "kicker"))
        title = item.title
        if len(title) >= 12 and self.chance(0.2):
            cut = self.random.randint(5, len(title) - 5)
            add((title[:cut].strip(), "headline", "main, line 1 of 2"))
            add((title[cut:].strip(), "headline", "+main, line 2 of 2"))
        else:
            add((title, "headline", "main"))
        if self.chance(0.33):
            add(("本报记者 " + " ".join(self.name() for _ in range(self.random.randint(1, 3))), "byline", ""))
        if self.chance(0.15):
            add((f"图为{day},{place}居民在渡口旧址散步。", "caption", ""))
            add((f"本报记者 {self.name()} 摄", "caption", "+credit"))
        paragraphs = [self.misread(p, errors) for p in item.paragraphs]
        lead = self.random.random()
        if lead < 0.25:
            paragraphs[0] = f"本报{place}{day}电 {paragraphs[0]}"
        elif lead < 0.4:
            paragraphs[0] = f"(上接{self.random.randint(1, 3)}版){paragraphs[0]}"
            out.complete = False
        for i, paragraph in enumerate(paragraphs):
            if 1 < i < len(paragraphs) - 1 and self.chance(0.07):
                add((self.subhead(paragraph), "headline", "subhead"))
            pieces = [paragraph]
            if len(paragraph) > 40 and self.chance(0.1):
                cut = self.random.randint(8, len(paragraph) - 8)
                pieces = [paragraph[:cut], paragraph[cut:]]
            out.paragraphs.append([])
            for piece in pieces:
                out.paragraphs[-1].append(len(out.lines))
                add((piece, "body", ""))
        if self.chance(0.5):
            add((f"({self.random.choice(('新华社', '本报'))}{place}{day}电)", "dateline", ""))
        return out

    def cut(self, article: Article) -> int:
        """Cut an article in two, most often inside a paragraph; the first line of its second part."""
        body = [i for i, line in enumerate(article.lines) if line[1] == "body"]
        at = self.random.choice(body[2:-1] or body[-1:])
        text, kind, role = article.lines[at]
        if len(text) < 30 or self.chance(0.3):
            return at
        where = self.random.randint(6, len(text) - 6)
        article.lines[at : at + 1] = [(text[:where], kind, role), (text[where:], kind, role)]
        moved = []
        for group in article.paragraphs:
            shifted = [i + (i > at) for i in group]
            if at in group:
                shifted.insert(shifted.index(at) + 1, at + 1)
            moved.append(shifted)
        article.paragraphs = moved
        return at + 1

    def page(self, number: int) -> tuple[str, dict[str, Any]]:
        """A page's text and its truth."""
        count = self.random.choice((2, 3, 3, 4))
        errors = self.random.choice((0, 0.003, 0.01))
        articles = [
            self.article(chr(65 + i), item, errors) for i, item in enumerate(self.random.sample(self.items, count))
        ]
        printed: list[tuple[int, int]] = []  # (article, its line)
        furniture = self._furniture()
        style = self.random.random()
        weave = self.random.randint(0, count - 2) if style < 0.75 else -1
        i = 0
        while i < count:
            if i == weave:
                first, second = articles[i], articles[i + 1]
                a, b = self.cut(first), self.cut(second)
                boxed = style > 0.6  # the second stands whole inside the first
                b = len(second.lines) if boxed else b
                printed += [(i, n) for n in range(a)] + [(i + 1, n) for n in range(b)]
                printed += [(i, n) for n in range(a, len(first.lines))]
                printed += [(i + 1, n) for n in range(b, len(second.lines))]
                if self.chance(0.2):
                    self._lose(articles, printed, *self.random.choice(((i, a), (i + 1, b))))
                i += 2
            else:
                printed += [(i, n) for n in range(len(articles[i].lines))]
                i += 1
        repeated: list[tuple[int, int]] = []
        if self.chance(0.4):
            owner = self.random.randrange(count)
            body = [
                n
                for owned, n in printed
                if owned == owner
                for line in [articles[owner].lines[n]]
                if line[1] == "body" and len(line[0]) >= 25
            ]
            start = self.random.randrange(len(body))
            repeated = [(owner, n) for n in body[start : start + self.random.randint(1, 3)]]
        return self._write(number, articles, printed, repeated, furniture)

    def _lose(self, articles: list[Article], printed: list[tuple[int, int]], index: int, at: int) -> None:
        """Take the line after the cut from the page, as if it stood elsewhere."""
        article = articles[index]
        if at < len(article.lines) and article.lines[at][1] == "body":
            printed.remove((index, at))
            article.complete = False

    def _furniture(self) -> list[tuple[str, str]]:
        out: list[tuple[str, str]] = []
        if self.chance(0.5):
            label, motto, credit = self.random.choice(ADVERTS)
            out += [(label, "ad"), (motto, "ad"), (credit + self.name(), "ad")]
        if self.chance(0.6):
            place = self.random.choice(PLACES)
            out += [(f"中共{place}市委主管主办", "masthead"), (f"{place}日报社出版", "masthead")]
            out += [(f"读者热线:0{self.random.randint(100, 999)}-{self.random.randint(1000000, 9999999)}", "masthead")]
        return out

    def _write(
        self,
        number: int,
        articles: list[Article],
        printed: list[tuple[int, int]],
        repeated: list[tuple[int, int]],
        furniture: list[tuple[str, str]],
    ) -> tuple[str, dict[str, Any]]:
        text: list[str] = []
        page_level = []
        for line, kind in furniture:
            text += ["", line]
            page_level.append({"line": len(text), "type": kind})
        at: dict[tuple[int, int], int] = {}
        for owner, n in printed:
            line, _, role = articles[owner].lines[n]
            text += [line] if role.startswith("+") else ["", line]
            at[owner, n] = len(text)
        dropped = []
        for owner, n in repeated:
            text += ["", articles[owner].lines[n][0]]
            dropped.append({"line": len(text), "type": "body", "duplicate_of": at[owner, n]})
        truth = {
            "file": f"{number:03}.txt",
            "interleaved": printed != sorted(printed),
            "witness": [],
            "page_level": page_level,
            "articles": [
                {
                    "id": article.name,
                    "title": "",
                    "complete": article.complete,
                    "lines": [
                        {"line": at[i, n], "type": kind, "role": role.lstrip("+")}
                        for n, (_, kind, role) in enumerate(article.lines)
                        if (i, n) in at
                    ],
                    "body_paragraphs": [
                        lines for group in article.paragraphs if (lines := [at[i, n] for n in group if (i, n) in at])
                    ],
                }
                for i, article in enumerate(articles)
            ],
            "dropped": dropped,
        }
        return "\n".join(text) + "\n", truth


def write_pages(corpus: Path, out: Path, count: int, seed: int, part: int = 0) -> None:
    """Write `count` pages and their truth below `out`; two in three from news, the rest from posts."""
    makers = [Maker(seed, news_items(corpus, part)), Maker(seed + 1, post_items(corpus, part))]
    save_pages(out, f"scramble.py seed {seed}", (makers[number % 3 == 2].page(number) for number in range(count)))


def save_pages(out: Path, made_by: str, pages: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """Write pages, and what is true of them, as the gold's own are laid out."""
    (out / "pages").mkdir(parents=True, exist_ok=True)
    truths = []
    for text, truth in pages:
        (out / "pages" / truth["file"]).write_text(text, encoding="utf-8")
        truths.append(truth)
    made = {"format_version": 1, "made_by": made_by, "root": "pages", "pages": truths}
    (out / "made.json").write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")


def main() -> None:
    """The command line."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--corpus", type=Path, required=True)
    cli.add_argument("--out", type=Path, required=True)
    cli.add_argument("--pages", type=int, default=200)
    cli.add_argument("--seed", type=int, default=1)
    cli.add_argument("--part", type=int, default=0, choices=(0, 1), help="which half of the sources")
    args = cli.parse_args()
    write_pages(args.corpus, args.out, args.pages, args.seed, args.part)


if __name__ == "__main__":
    main()
