"""Newspaper pages in English made from articles, with their truth, as `scramble` makes them in Chinese.

    python -m tests.bench.scramble_english --texts ../shared/gold/html-en-dev --out DIR --pages 100 --seed 1

Columns cut paragraphs between words, or within one at a hyphen. Frames and names are invented; the text comes from the
folder given, one article to a `.txt` file, its headline in the first line.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from tests.bench.scramble import Article, Item, Maker, save_pages

PLACES = ("Port Ellis", "Northwick", "Saltmarsh", "Greyhaven", "Lower Tamsin", "Millbridge", "Cairnmouth", "Ashby Fell")
FIRST = ("Anna", "Tom", "Ruth", "Oskar", "Mary", "Ned", "Ida", "Hugh", "Clara", "Ben")
LAST = ("Marsh", "Fenwick", "Hale", "Torrance", "Pike", "Ashdown", "Quill", "Barrow", "Lindqvist", "O'Dell")
MONTHS = ("Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.")
KICKERS = (
    "The River Question",
    "Letters From the Quay",
    "County Notebook",
    "Special Report",
    "MARKETS",
    "Around the Bay",
)
SUBHEADS = (
    "A Long Wait",
    "What Comes Next",
    "Counting the cost",
    "'Nobody told us'",
    "Behind the figures",
    "Old ways, new roads",
)
AGENCIES = ("Reuters", "AP", "AFP")
ADVERTS = (
    ("ADVERTISEMENT", "Fine boots mended while you wait", "Call today 555-0173"),
    ("Paid Advertisement", "The Lamplighter Inn, Quay Street", "Call now for a table: 555-0128"),
)
_ENDS = re.compile(r"[.!?][\"'”’)]*$")
_NO_TITLE = re.compile(rf"^By |{_ENDS.pattern}")
_WORD = re.compile(r"[A-Za-z]+")


def items(folder: Path) -> list[Item]:
    """Articles of some paragraphs from the texts of a folder."""
    out = []
    for path in sorted(folder.glob("*.txt")):
        title, *rest = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()] or [""]
        paragraphs = [line for line in rest if 40 <= len(line) <= 900 and _ENDS.search(line)][:14]
        if 12 <= len(title) <= 64 and not _NO_TITLE.search(title) and len(paragraphs) >= 3:
            out.append(Item(title, paragraphs))
    return out


class EnglishMaker(Maker):
    """Makes English pages; the same seed makes the same pages."""

    def name(self) -> str:
        return f"{self.random.choice(FIRST)} {self.random.choice(LAST)}"

    def misread(self, text: str, share: float) -> str:
        """A text with a share of its small letters replaced by others of the text."""
        pool = [c for c in text if c.islower()]
        return "".join(self.random.choice(pool) if c.islower() and self.chance(share) else c for c in text)

    def halves(self, text: str) -> list[str]:
        """A paragraph as the edge of a column cuts it: between two words, or within one, at a hyphen."""
        words = [w for w in _WORD.finditer(text, 12, len(text) - 12) if not _ENDS.search(text[: w.start()].rstrip())]
        word = self.random.choice(words)
        if len(word[0]) >= 6 and self.chance(0.6):
            at = word.start() + self.random.randint(3, len(word[0]) - 3)
            return [f"{text[:at]}-", text[at:]]
        return [text[: word.start()].rstrip(), text[word.start() :]]

    def article(self, name: str, item: Item, errors: float) -> Article:
        out = Article(name)
        add = out.lines.append
        place, month = self.random.choice(PLACES), self.random.choice(MONTHS)
        if self.chance(0.25):
            add((self.random.choice(KICKERS), "headline", "kicker"))
        words = item.title.split()
        if len(words) >= 5 and self.chance(0.2):
            cut = self.random.randint(2, len(words) - 2)
            add((" ".join(words[:cut]), "headline", "main, line 1 of 2"))
            add((" ".join(words[cut:]), "headline", "+main, line 2 of 2"))
        else:
            add((item.title, "headline", "main"))
        if self.chance(0.5):
            by = " and ".join(self.name() for _ in range(self.random.randint(1, 2)))
            add((self.random.choice((f"By {by}", f"By {by.upper()}", f"By {by}, Staff Writer")), "byline", ""))
        if self.chance(0.15):
            add((f"Above: Ferrymen wait at {place} on Sunday.", "caption", ""))
            add((f"Photo by {self.name()}", "caption", "+credit"))
        paragraphs = [self.misread(p, errors) for p in item.paragraphs]
        lead, agency, page = self.random.random(), self.random.choice(AGENCIES), self.random.randint(1, 9)
        if lead < 0.25:
            day = f", {month} {self.random.randint(1, 28)}" if self.chance(0.5) else ""
            paragraphs[0] = f"{place.upper()}{day} ({agency}) - {paragraphs[0]}"
        elif lead < 0.35:
            paragraphs[0] = f"({agency}) - {paragraphs[0]}"
        elif lead < 0.43:
            add((self.random.choice((f"Continued from page {page}", f"From page {page}")), "jump", ""))
            out.complete = False
        elif lead < 0.5:
            paragraphs[0] = f"(Continued from page {page}) {paragraphs[0]}"
            out.complete = False
        for i, paragraph in enumerate(paragraphs):
            if 1 < i < len(paragraphs) - 1 and self.chance(0.07):
                add((self.random.choice(SUBHEADS), "headline", "subhead"))
            pieces = self.halves(paragraph) if len(paragraph) > 100 and self.chance(0.1) else [paragraph]
            out.paragraphs.append([])
            for piece in pieces:
                out.paragraphs[-1].append(len(out.lines))
                add((piece, "body", ""))
        if self.chance(0.15):
            add((f"Continued on page {page + 1}", "jump", ""))
            out.complete = False
        return out

    def cut(self, article: Article) -> int:
        """Cut an article in two, most often inside a paragraph; the first line of its second part."""
        body = [i for i, line in enumerate(article.lines) if line[1] == "body"]
        at = self.random.choice(body[2:-1] or body[-1:])
        text, kind, role = article.lines[at]
        if len(text) < 80 or self.chance(0.3):
            return at
        article.lines[at : at + 1] = [(piece, kind, role) for piece in self.halves(text)]
        article.paragraphs = [
            [n for i in group for n in ([i, i + 1] if i == at else [i + (i > at)])] for group in article.paragraphs
        ]
        return at + 1

    def _furniture(self) -> list[tuple[str, str]]:
        out: list[tuple[str, str]] = []
        if self.chance(0.5):
            out += [(text, "ad") for text in self.random.choice(ADVERTS)]
        if self.chance(0.6):
            out += [(f"Vol. {self.random.randint(20, 140)} No. {self.random.randint(1, 360)}", "masthead")]
            out += [(f"Established {self.random.randint(1840, 1960)}", "masthead")]
            out += [(f"Newsroom: 555-01{self.random.randint(10, 99)}", "masthead")]
        return out


def write_pages(texts: Path, out: Path, count: int, seed: int) -> None:
    """Write `count` pages and their truth below `out`."""
    maker = EnglishMaker(seed, items(texts))
    save_pages(out, f"scramble_english.py seed {seed}", (maker.page(number) for number in range(count)))


def main() -> None:
    """The command line."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--texts", type=Path, required=True)
    cli.add_argument("--out", type=Path, required=True)
    cli.add_argument("--pages", type=int, default=100)
    cli.add_argument("--seed", type=int, default=1)
    args = cli.parse_args()
    write_pages(args.texts, args.out, args.pages, args.seed)


if __name__ == "__main__":
    main()
