"""Seconds of matching on invented archives: per megabyte as they grow, and for the last hundredth of the articles.

    python -m tests.bench.bench_match [--sizes 300 3000] [--language zh] [--rounds 3]

CPU time of the process, best round; the archive is that of `tests.flows.match.corpus.planted`.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from pathlib import Path

from flows.match.fold import fold_table
from flows.match.stage import match
from tests.flows.match.corpus import WORDS, Piece, as_input, planted
from warehouse.storage import at

ARTICLES_A_STORY = 10


def measured(pieces: list[Piece], folder: Path) -> tuple[float, float]:
    """Seconds for all articles at once, and for the last hundredth of them after the others."""
    whole, first = as_input(pieces), len(pieces) - max(1, len(pieces) // 100)
    started = time.process_time()
    match(whole, None, at(folder / "whole"), previous=None)
    seconds = time.process_time() - started
    before = match(whole.slice(0, first), None, at(folder / "parts"), previous=None)
    started = time.process_time()
    match(whole.slice(first), None, at(folder / "parts"), previous=before.generation)
    return seconds, time.process_time() - started


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--sizes", type=int, nargs="+", default=[300, 3000], help="articles")
    cli.add_argument("--language", choices=sorted(WORDS), default="zh")
    cli.add_argument("--rounds", type=int, default=3)
    args = cli.parse_args()
    fold_table()
    print(f"{'articles':>9} {'MB':>7} {'seconds':>8} {'s/MB':>7} {'last 1 %':>9} {'share':>7}")
    for size in args.sizes:
        pieces = planted(
            1, stories=max(1, size // (ARTICLES_A_STORY + 2)), size=ARTICLES_A_STORY, language=args.language
        )
        rounds = []
        for _ in range(args.rounds):
            folder = Path(tempfile.mkdtemp(prefix="bench-match-"))
            try:
                rounds.append(measured(pieces.pieces, folder))
            finally:
                shutil.rmtree(folder)
        seconds, last = min(a for a, _ in rounds), min(b for _, b in rounds)
        megabytes = sum(len(piece.text.encode()) for piece in pieces.pieces) / 1e6
        print(f"{len(pieces.pieces):9} {megabytes:7.2f} {seconds:8.2f} {seconds / megabytes:7.3f}", end=" ")
        print(f"{last:9.3f} {last / seconds:7.1%}")


if __name__ == "__main__":
    main()
