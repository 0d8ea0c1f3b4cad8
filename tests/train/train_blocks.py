"""Train the table that tells the article's blocks from the page's.

    python -m tests.train.train_blocks --gold ../shared/gold [--leave-out site collection language] [--write]

Reads the gold folders `html-*` and `metadata`, labels every block by its gold text, and makes a second page of most,
on which the article is longer. With --leave-out it trains
without some pages and reads those, the whole way, headline and vote included, and prints the mean F1 by collection:
`site` leaves out a fifth of the sites at a time, `collection` one collection, `language` all pages of one language.
With --write it trains on all pages and writes `flows/extract/web/block_weights.json`. --cache names a folder that
keeps what was measured of the pages for the next time.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import defaultdict
from pathlib import Path

import numpy as np

from flows.extract.html import read_page
from flows.extract.web.boosting import Model, dump, from_table
from flows.extract.web.features import NAMES
from tests.gate.measures import NOT_BODY, f1, grams
from tests.train.boost import Settings, Tree, binned, cut_points, fit
from tests.train.pages import Page, load

WEIGHTS = Path(__file__).parents[2] / "flows" / "extract" / "web" / "block_weights.json"
FOLDS = 5
KINDS = ("site", "collection", "language")


class Trainer:
    """Trains on any part of some pages."""

    def __init__(self, pages: list[Page]) -> None:
        samples = [sample for page in pages for sample in page.samples]
        matrix = np.concatenate([sample.features.matrix.T for sample in samples])
        weight = np.concatenate([sample.weights for sample in samples])
        self._weight = weight / weight.mean()
        self._target = np.concatenate([sample.labels >= 0.5 for sample in samples]).astype(np.float64)
        self._cuts = cut_points(matrix)
        self._bins = binned(matrix, self._cuts)
        blocks = [sum(len(sample.labels) for sample in page.samples) for page in pages]
        self._owner = np.repeat(np.arange(len(pages)), blocks)

    def table(self, chosen: np.ndarray) -> str:
        """The table of weights trained on the chosen pages (a mask)."""
        rows = chosen[self._owner]
        return table_of(*fit(self._bins[:, rows], self._cuts, self._target[rows], self._weight[rows], Settings()))

    def model(self, chosen: np.ndarray) -> Model:
        """The same, ready for use."""
        return from_table(json.loads(self.table(chosen)), NAMES)


def table_of(base: float, trees: list[Tree]) -> str:
    """Trees as the JSON of a table."""
    named = [([(NAMES[j], limit) for j, limit in questions], values.tolist()) for questions, values in trees]
    return dump(base, named, "Does the block belong to the article? Trained by tests/train/train_blocks.py.")


def parts_of(pages: list[Page], kind: str) -> np.ndarray:
    """For each page the number of the part of the pages that is left out with it."""
    if kind == "site":
        return np.array([int(hashlib.sha256(page.site.encode()).hexdigest(), 16) % FOLDS for page in pages])
    names = [page.language if kind == "language" else f"{page.collection} {page.language}" for page in pages]
    return np.unique(names, return_inverse=True)[1]


def scores(page: Page, model: Model) -> tuple[float, float]:
    """F1 of a page's whole article, and without headline and credits."""
    inside = [block for block in read_page(page.markup, {}, model).blocks if block.article is not None]
    body = [block.text for block in inside if block.kind not in NOT_BODY]
    return f1(grams("\n".join(block.text for block in inside)), page.grams), f1(grams("\n".join(body)), page.grams)


def leave_out(pages: list[Page], trainer: Trainer, kind: str, worst: int) -> None:
    """Print how pages are read by a table that was trained without them."""
    parts = parts_of(pages, kind)
    found: dict[str, list[tuple[float, float, str]]] = defaultdict(list)
    for part in np.unique(parts):
        model = trainer.model(parts != part)
        for page in (page for page, own in zip(pages, parts, strict=True) if own == part):
            found[f"{page.collection} {page.language}"].append((*scores(page, model), page.name))
    for name, rows in sorted(found.items()):
        text, body = np.mean([row[:2] for row in rows], axis=0)
        print(f"without its {kind:10} {name:20} {len(rows):4} pages  F1 {text:.4f}  body {body:.4f}", flush=True)
        for row in sorted(rows)[:worst]:
            print(f"    {row[0]:.3f}  body {row[1]:.3f}  {row[2]}")


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--gold", type=Path, required=True)
    cli.add_argument("--leave-out", nargs="*", choices=KINDS, default=KINDS[:1])
    cli.add_argument("--worst", type=int, default=0, help="also list the pages of each collection read worst")
    cli.add_argument("--cache", type=Path)
    cli.add_argument("--write", action="store_true")
    args = cli.parse_args()
    pages = load(args.gold, args.cache)
    trainer = Trainer(pages)
    for kind in args.leave_out:
        leave_out(pages, trainer, kind, args.worst)
    if args.write:
        WEIGHTS.write_text(trainer.table(np.ones(len(pages), dtype=bool)), encoding="utf-8")
        print(f"wrote {WEIGHTS}")


if __name__ == "__main__":
    main()
