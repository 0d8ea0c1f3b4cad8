"""The pages of the development gold, as the training of weights sees them."""

from __future__ import annotations

import hashlib
import json
import pickle
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from flows import extract
from flows.extract.charset import decode
from flows.extract.mojibake import unmangled
from flows.extract.web import marks
from flows.extract.web.blocks import cut
from flows.extract.web.dom import parse
from flows.extract.web.features import Features, measure
from flows.extract.web.head import read_head
from flows.extract.web.tables import merge_rows
from tests.gate.measures import grams
from tests.train import labels, longer

SETS = ("html-zh-dev", "html-en-dev", "html-gne", "metadata")
COUNTS = {"wcxb": 2.0, "gne": 1.5, "zh-web-content": 1.5}
"""How much a page of a collection counts; small collections of today's pages count more."""
PAGE_CAP = 2.5
"""What a page's other text may weigh, in units of its article."""
BLOCK_CAP = 0.5
TIMES = 3
"""As many times stands the article's part of the page on the page that is made of it,"""
LONGER = 0.3
"""and so much a block there counts."""


@dataclass
class Sample:
    """A page to learn from: its blocks' features, what share of each is gold, and what each counts."""

    features: Features
    labels: np.ndarray
    weights: np.ndarray


@dataclass
class Page:
    """A page of the gold: its markup, the gold's 4-grams, and what to learn from it: itself, and a longer page."""

    name: str
    collection: str
    language: str
    site: str
    markup: str
    grams: Counter[str]
    samples: list[Sample]


def _sample(features: Features, labels: np.ndarray, letters: int, count: float) -> Sample:
    """A block counts its letters over those of the article (`letters`), capped; the headline and controls nothing."""
    weights = (features.chars + 6) / max(letters, 50)
    other = labels < 0.5
    rest = float(weights[other].sum())
    if rest > PAGE_CAP:
        weights[other] *= PAGE_CAP / rest
    weights = np.minimum(weights, BLOCK_CAP) * count
    weights[features.marks & marks.CONTROL != 0] = 0
    if features.headline >= 0:
        weights[features.headline] = 0
    return Sample(features, labels, weights)


def _site_of(name: str) -> str:
    """The site of a gold file by its name: the host in it, its folder, or itself."""
    match = re.match(r"\d{8}_([^_]+)_", name)
    if match:
        return ".".join(match[1].split(".")[-3:])
    return name.split("/")[1] if name.count("/") > 1 else name


def _read(gold: Path) -> Iterator[Page]:
    for folder in (gold / name for name in SETS):
        index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        root = folder / index.get("root", ".")
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
            titles = read_head(tree, markup).titles
            features = measure(blocks, titles)
            text = (folder / entry["gold"]).read_text(encoding="utf-8")
            wanted, shares = grams(text), labels.label(blocks.texts, text)
            letters, count = sum(wanted.values()), COUNTS.get(entry["origin"], 1.0)
            samples = [_sample(features, shares, letters, count)]
            if (made := longer.lengthen(blocks, shares, features.headline, TIMES)) is not None:
                page, old = made
                samples.append(_sample(measure(page, titles), shares[old], letters, count * LONGER))
            site = _site_of(entry["file"])
            yield Page(entry["file"], entry["origin"], entry["language"], site, markup, wanted, samples)


def load(gold: Path, cache: Path | None = None) -> list[Page]:
    """Every page of the gold folders; `cache`, a folder, keeps them while the code of the reader is the same."""
    if cache is None:
        return list(_read(gold))
    code = [*Path(extract.__file__).parent.rglob("*"), *Path(__file__).parent.iterdir()]
    sources = sorted(path for path in code if path.suffix in (".py", ".toml"))
    key = hashlib.sha256(str(gold.resolve()).encode() + b"".join(path.read_bytes() for path in sources)).hexdigest()
    kept = cache / f"pages-{key[:16]}.pickle"
    if not kept.exists():
        cache.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(pickle.dumps(list(_read(gold))))
    pages: list[Page] = pickle.loads(kept.read_bytes())
    return pages
