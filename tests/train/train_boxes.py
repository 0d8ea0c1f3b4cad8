"""Train the tables that tell the articles of pages with boxes.

    python -m tests.train.train_boxes --gold ../gold/newspapers [--leave-out] [--write]

Reads the blinded pages of newspaper issues in ALTO, whose libraries named the articles, as `dibao ingest` reads them.
With --leave-out each title is read by tables that were trained on the other titles, and the share of lines in the right
article is printed, by title, for some thresholds. With --write both tables are trained on all and written to
`flows/segment/`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from flows.extract import xml_document
from flows.extract.web.boosting import Model, dump, from_table
from flows.segment.boxed import BEGINS_ABOVE, OWN_ABOVE, PagePiece, pieces, runs_of_own
from flows.segment.unit_features import NAMES, Matrix, measure
from schemas.tables.blocks import LINE_FIELDS
from tests.train.boost import Settings, binned, cut_points, fit

FOLDER = Path(__file__).parents[2] / "flows" / "segment"
SETTINGS = Settings(rounds=350, depth=5, rate=0.05, ridge=8.0, rows=0.6, columns=0.3)
TITLES = (("18140", "debats"), ("18210801", "debats"), ("1901112", "ouest"), ("19181217", "ouest"),
          ("18820208", "gaulois"), ("18840430", "gaulois"))  # fmt: skip
"""Issues of one newspaper, by how their names begin; every other issue is a title of its own."""


@dataclass
class Page:
    """A page in pieces: features, the gold article of each (None: the page's own), how many lines each has, and for
    each gold line its piece (-1: none) and article."""

    title: str
    matrix: Matrix
    labels: list[int | None]
    lines: np.ndarray
    piece_of: list[int]
    gold: list[int | None]


def read(path: Path) -> list[PagePiece]:
    """The pieces of a page as segmentation sees them."""
    reading = xml_document.read(path.read_bytes(), {})
    held = [[{name: getattr(line, name) for name in LINE_FIELDS} for line in block.lines] for block in reading.blocks]
    return pieces([block.selector for block in reading.blocks], held)


def load(gold: Path) -> list[Page]:
    """Every page of the gold with a line."""
    out = []
    for page in json.loads((gold / "gold.json").read_text("utf-8"))["pages"]:
        if not page["lines"]:
            continue
        found = read(gold / page["blind"])
        owner = np.repeat(np.arange(len(found)), [len(piece.unit.texts) for piece in found])
        boxes = np.concatenate([piece.unit.boxes for piece in found])
        middle = (boxes[:, :2] + boxes[:, 2:]) / 2
        votes: dict[int, dict[Any, int]] = defaultdict(lambda: defaultdict(int))
        piece_of = []
        for line in page["lines"]:
            x, y, width, height = line["box"]
            at = np.array([(x + width / 2) / page["width"], (y + height / 2) / page["height"]])
            far = np.abs(middle - at).max(1)
            best = int(far.argmin())
            piece_of.append(int(owner[best]) if far[best] < 0.02 else -1)
            if piece_of[-1] >= 0:
                votes[piece_of[-1]][line["article"]] += 1
        labels = [max(votes[i], key=lambda a: votes[i][a]) if i in votes else None for i in range(len(found))]
        title = next((name for begins, name in TITLES if page["issue"].startswith(begins)), page["issue"])
        out.append(
            Page(
                title,
                measure([piece.unit for piece in found]),
                labels,
                np.array([len(piece.unit.texts) for piece in found]),
                piece_of,
                [line["article"] for line in page["lines"]],
            )
        )
    return out


def targets(page: Page) -> tuple[np.ndarray, np.ndarray]:
    """Whether each piece is the page's own; whether an article begins with it (NaN where it is the page's own)."""
    own = np.array([label is None for label in page.labels], float)
    begins = np.full(len(page.labels), np.nan)
    before: int | None = None
    for at, label in enumerate(page.labels):
        if label is not None:
            begins[at] = float(label != before)
            before = label
    return own, begins


def table(pages: list[Page], which: int, settings: Settings = SETTINGS) -> str:
    """The table of weights for one of the two targets."""
    matrix = np.concatenate([page.matrix for page in pages], 1).T
    target = np.concatenate([targets(page)[which] for page in pages])
    # A piece of many lines counts for more where all of them are right or wrong together.
    weight = np.sqrt(np.concatenate([page.lines for page in pages])) if which == 0 else np.ones(len(target))
    known = ~np.isnan(target)
    matrix, target, weight = matrix[known], target[known], weight[known] / weight[known].mean()
    cuts = cut_points(matrix)
    base, trees = fit(binned(matrix, cuts), cuts, target, weight, settings)
    named = [([(NAMES[feature], limit) for feature, limit in asked], list(values)) for asked, values in trees]
    what = "the page's own pieces" if which == 0 else "pieces with which an article begins"
    return dump(base, named, f"Boosted oblivious trees that tell {what}; made by tests.train.train_boxes.")


def model(pages: list[Page], which: int) -> Model:
    """The same, ready for use."""
    return from_table(json.loads(table(pages, which)), NAMES)


def predicted(page: Page, own: np.ndarray, begins: np.ndarray, own_above: float, begins_above: float) -> list[int]:
    """The article of each piece from 1 on, out of two scores; 0 for the page's own."""
    out, number = [], 0
    for is_own, score in zip(runs_of_own(own, page.lines, own_above), begins, strict=True):
        number += 0 if is_own else int(score > begins_above or number == 0)
        out.append(0 if is_own else number)
    return out


def right(page: Page, articles: list[int]) -> int:
    """Lines in the right article, where articles are matched one to one, the largest shares first."""
    shares: dict[tuple[int, int], int] = defaultdict(int)
    good = 0
    for piece, gold in zip(page.piece_of, page.gold, strict=True):
        if piece < 0:
            continue
        if gold is None:
            good += articles[piece] == 0
        elif articles[piece]:
            shares[articles[piece], gold] += 1
    mine: set[int] = set()
    theirs: set[int] = set()
    for (one, other), count in sorted(shares.items(), key=lambda each: (-each[1], each[0])):
        if one not in mine and other not in theirs:
            mine.add(one)
            theirs.add(other)
            good += count
    return good


def leave_out(pages: list[Page]) -> None:
    """Print the share of right lines with each title read by what the others taught."""
    scores: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    titles = sorted({page.title for page in pages})
    for title in titles:
        rest = [page for page in pages if page.title != title]
        own, begins = model(rest, 0), model(rest, 1)
        for number, page in enumerate(pages):
            if page.title == title:
                scores[number] = own.score(page.matrix), begins.score(page.matrix)
    total = sum(len(page.gold) for page in pages)
    print("own above, begins above: lines right")
    for a in (0.0, 0.3, 0.6):
        for b in (0.3, 0.6, 0.9):
            good = sum(right(page, predicted(page, *scores[i], a, b)) for i, page in enumerate(pages))
            print(f"{a:5} {b:5} {good / total:.4f}")
    for title in titles:
        held = [(i, page) for i, page in enumerate(pages) if page.title == title]
        good = sum(right(page, predicted(page, *scores[i], OWN_ABOVE, BEGINS_ABOVE)) for i, page in held)
        print(f"{title:50} {good / sum(len(page.gold) for _, page in held):.3f}")


def main() -> None:
    parse = argparse.ArgumentParser()
    parse.add_argument("--gold", type=Path, required=True)
    parse.add_argument("--leave-out", action="store_true")
    parse.add_argument("--write", action="store_true")
    given = parse.parse_args()
    pages = load(given.gold)
    if given.leave_out:
        leave_out(pages)
    if given.write:
        for which, name in enumerate(("box_own", "box_begins")):
            text = table(pages, which)
            (FOLDER / f"{name}.json").write_text(text, "utf-8")
            print(name, hashlib.sha256(text.encode()).hexdigest()[:12])


if __name__ == "__main__":
    main()
