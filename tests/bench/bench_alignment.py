"""Text alignment on pairs whose passages are known to the character (the folder of the PAN 2013 corpus).

    python -m tests.bench.bench_alignment --gold DIR [--seeds 8 10 12] [--share 0.15 0.2 0.25] [--near 150 300]

For each setting of passages told in other words, and of what is joined: of the known passages the share that is found,
of the found ones the share that is known, and rows for each known passage that is found. Only the aligner runs, on the
pairs that the corpus compares; places are in folded letters.
"""

from __future__ import annotations

import argparse
import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from flows.match import joined
from flows.match.align import loose
from flows.match.align.candidates import Ints
from flows.match.align.pair import Articles, align
from flows.match.fold import fold_rows
from flows.match.rows import EXCERPT, LOOSE, ROW, TEMPLATE, Rows
from flows.match.winnow import winnow


def articles(gold: Path, names: list[str]) -> tuple[Articles, list[Ints]]:
    """The files, folded, and for each the places of its letters."""
    folders = {path.name: path for path in sorted(gold.glob("*/*.txt"))}
    folded = [fold_rows(pa.array([folders[name].read_bytes().decode("utf-8", "replace")])) for name in names]
    codes = np.concatenate([each.codes for each in folded])
    bounds = np.concatenate([[0], np.cumsum([len(each.codes) for each in folded])])
    postings, position, hashes = winnow(codes, bounds)
    return Articles(codes, codes, bounds, position, hashes, postings), [each.origin for each in folded]


def found(texts: Articles, left: Ints, right: Ints) -> Rows:
    """The rows that the table would have of some pairs, which `left` numbers."""
    spans = align(texts, left, right, loose=True)
    rows = np.zeros(len(spans), ROW)
    rows["left"], rows["right"] = 2 * spans.pair, 2 * spans.pair + 1
    for name in ("left_start", "left_end", "right_start", "right_end"):
        rows[name] = getattr(spans, name)
    rows["form"] = np.where(spans.loose > 0, LOOSE, 0)
    rows["relation"] = np.where(spans.loose > 0, TEMPLATE, EXCERPT)
    return joined.boxes(rows)[0]


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--gold", type=Path, required=True)
    cli.add_argument("--seeds", type=int, nargs="+", default=[loose.LEAST_SEEDS])
    cli.add_argument("--share", type=float, nargs="+", default=[loose.LEAST_SHARE])
    cli.add_argument("--near", type=int, nargs="+", default=[joined.NEAR])
    options = cli.parse_args()
    truth: dict[str, Any] = json.loads((options.gold / "truth.json").read_text("utf-8"))
    names = sorted({name for pair in truth["pairs"] for name in pair[:2]})
    number = {name: place for place, name in enumerate(names)}
    texts, origins = articles(options.gold, names)
    pairs = {(left, right): place for place, (left, right, _) in enumerate(truth["pairs"])}
    left, right = (np.array([number[pair[side]] for pair in pairs]) for side in (0, 1))
    known = []
    for each in truth["spans"]:
        places = [
            int(np.searchsorted(origins[number[each[side]]], each[f"{side}_{end}"]))
            for side in ("left", "right")
            for end in ("start", "end")
        ]
        known.append((pairs[each["left"], each["right"]], each["type"], *places))
    kinds = sorted({each[1] for each in known})
    print("seeds share near  false ", *(f"{kind[:12]:>20}" for kind in kinds))
    for seeds, share, near in itertools.product(options.seeds, options.share, options.near):
        loose.LEAST_SEEDS, loose.LEAST_SHARE, joined.NEAR = seeds, share, near
        rows = found(texts, left, right)
        pair = rows["left"] // 2
        true = np.zeros(len(rows), np.bool_)
        told: dict[str, list[int]] = {kind: [] for kind in kinds}
        for place, kind, start, end, other, other_end in known:
            meets = (pair == place) & (rows["left_start"] < end) & (rows["left_end"] > start)
            meets &= (rows["right_start"] < other_end) & (rows["right_end"] > other)
            true |= meets
            told[kind].append(int(meets.sum()))
        shares = [
            f"{np.mean(np.array(each) > 0):8.3f} x{np.mean([n for n in each if n] or [0]):5.3f}"
            for each in told.values()
        ]
        print(f"{seeds:5} {share:5} {near:4} {np.mean(~true):6.3f} ", *(f"{each:>20}" for each in shares))


if __name__ == "__main__":
    main()
