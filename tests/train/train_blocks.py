"""Train the table that tells the article's blocks from the page's.

    python -m tests.train.train_blocks --gold ../shared/gold [--write] [--folds 5]

Reads the gold folders `html-*` and `metadata`, labels every block by its gold text, prints cross-validated F1 by
collection (folds by site, so that no site is trained and tested on), and with --write trains on all pages and writes
`flows/extract/web/block_weights.json`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from flows.extract.charset import decode
from flows.extract.mojibake import unmangled
from flows.extract.web import marks
from flows.extract.web.blocks import cut
from flows.extract.web.boosting import dump, from_table
from flows.extract.web.dom import parse
from flows.extract.web.features import NAMES, Features, measure
from flows.extract.web.head import read_head
from flows.extract.web.sections import weigh
from flows.extract.web.tables import merge_rows
from flows.extract.web.vote import likeliest
from tests.train.boost import Settings, Tree, binned, cut_points, fit
from tests.train.labels import label

WEIGHTS = Path(__file__).parents[2] / "flows" / "extract" / "web" / "block_weights.json"
SETS = ("html-zh-dev", "html-en-dev", "html-gne", "metadata")
COUNTS = {"wcxb": 2.0, "gne": 1.5, "zh-web-content": 1.5}
"""How much a page of a collection counts; small collections of today's pages count more."""
PAGE_CAP = 2.5
"""What a page's other text may weigh, in units of its article."""
BLOCK_CAP = 0.5


@dataclass
class Page:
    """A page of the gold: its blocks' features and labels, and the gold's 4-grams."""

    origin: str
    site: str
    texts: list[str]
    features: Features
    labels: np.ndarray
    grams: Counter[str]
    headline_in_gold: bool


def grams(text: str) -> Counter[str]:
    """4-grams of a text without white space."""
    text = re.sub(r"[\s\ufffd]+", "", text)
    return Counter(text[i : i + 4] for i in range(max(1, len(text) - 3))) if text else Counter()


def f1(text: str, gold: Counter[str]) -> float:
    """F1 of a text's 4-grams against the gold's, as multisets."""
    own = grams(text)
    shared = sum((own & gold).values())
    return 2 * shared / (sum(own.values()) + sum(gold.values())) if shared else 0.0


def site_of(name: str) -> str:
    """The site of a gold file by its name: the host in it, its folder, or itself."""
    match = re.match(r"\d{8}_([^_]+)_", name)
    if match:
        return ".".join(match[1].split(".")[-3:])
    return name.split("/")[1] if name.count("/") > 1 else name


def load(gold: Path) -> list[Page]:
    """Every page of the gold folders."""
    pages = []
    for name in SETS:
        index = json.loads((gold / name / "index.json").read_text(encoding="utf-8"))
        root = gold / name / index.get("root", ".")
        for entry in index["pages"]:
            payload = (root / entry["file"]).read_bytes()
            markup = decode(payload, markup=True).text
            whole = unmangled(payload, markup)
            markup = whole.text if whole else markup
            tree = parse(markup)
            if tree is None:
                continue
            blocks = cut(tree)
            merge_rows(blocks)
            features = measure(blocks, read_head(tree, markup).titles)
            text = (gold / name / entry["gold"]).read_text(encoding="utf-8")
            pages.append(
                Page(
                    entry["origin"],
                    site_of(entry["file"]),
                    blocks.texts,
                    features,
                    label(blocks.texts, text),
                    grams(text),
                    entry["origin"] == "waddle-daniel",
                )
            )
    return pages


def weights_of(page: Page) -> np.ndarray:
    """What each block counts: its letters over those of the article, capped; the headline and controls nothing."""
    gold = max(sum(page.grams.values()), 50)
    weight = (page.features.chars + 6) / gold
    other = page.labels < 0.5
    rest = float(weight[other].sum())
    if rest > PAGE_CAP:
        weight[other] *= PAGE_CAP / rest
    weight = np.minimum(weight, BLOCK_CAP) * COUNTS.get(page.origin, 1.0)
    weight[page.features.marks & marks.CONTROL != 0] = 0
    if page.features.headline >= 0:
        weight[page.features.headline] = 0
    return weight


def read(page: Page, odds: np.ndarray) -> str:
    """The article's text by the model's odds."""
    odds = weigh(page.texts, page.features, odds)
    readable = page.features.marks & (marks.CONTROL | marks.BELOW) == 0
    if page.features.headline >= 0:
        readable[page.features.headline] = False
    kept = likeliest(odds, np.where(readable, page.features.chars, 0.0)) & readable
    if page.headline_in_gold and page.features.headline >= 0:
        kept[page.features.headline] = True
    return "\n".join(text for text, keep in zip(page.texts, kept, strict=True) if keep)


def table_of(base: float, trees: list[Tree]) -> str:
    named = [([(NAMES[j], limit) for j, limit in questions], values.tolist()) for questions, values in trees]
    return dump(base, named, "Does the block belong to the article? Trained by tests/train/train_blocks.py.")


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--gold", type=Path, required=True)
    cli.add_argument("--folds", type=int, default=5)
    cli.add_argument("--write", action="store_true")
    args = cli.parse_args()
    pages = load(args.gold)
    matrix = np.concatenate([page.features.matrix.T for page in pages])
    target = np.concatenate([page.labels >= 0.5 for page in pages]).astype(np.float64)
    weight = np.concatenate([weights_of(page) for page in pages])
    weight /= weight.mean()
    cuts = cut_points(matrix)
    bins = binned(matrix, cuts)
    owner = np.repeat(np.arange(len(pages)), [len(page.texts) for page in pages])
    fold = np.array([int(hashlib.sha256(page.site.encode()).hexdigest(), 16) % max(args.folds, 1) for page in pages])
    settings = Settings()
    scores = defaultdict(list)
    for number in range(args.folds):
        rows = fold[owner] != number
        model = fit(bins[:, rows], cuts, target[rows], weight[rows], settings)
        reader = from_table(json.loads(table_of(*model)), NAMES)
        for page in (page for page, own in zip(pages, fold, strict=True) if own == number):
            scores[page.origin].append(f1(read(page, reader.score(page.features.matrix)), page.grams))
    for origin, values in sorted(scores.items()):
        print(f"{origin:20} {len(values):4} pages  F1 {np.mean(values):.4f}")
    if args.write:
        WEIGHTS.write_text(table_of(*fit(bins, cuts, target, weight, settings)), encoding="utf-8")
        print(f"wrote {WEIGHTS}")


if __name__ == "__main__":
    main()
