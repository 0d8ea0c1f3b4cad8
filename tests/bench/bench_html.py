"""Pages per second of the web page reader, and of trafilatura in the same run on the same core.

    python -m tests.bench.bench_html --gold ../shared/gold/html-zh-dev [--gold …]

Both take text that is already decoded; the reader's time includes its metadata. CPU time of the process, one pass, so
that nothing is remembered of a page that is read again; the two take turns every few pages, so that other work on the
machine slows both alike.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import trafilatura

from flows.extract.charset import decode
from flows.extract.html import read_page

TURN = 10
"""Pages in a turn."""


def seconds(run: Callable[[str], Any], pages: list[str]) -> float:
    start = time.process_time()
    for page in pages:
        run(page)
    return time.process_time() - start


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--gold", type=Path, action="append", required=True)
    args = cli.parse_args()
    logging.disable(logging.CRITICAL)
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    for folder in args.gold:
        index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        root = folder / index.get("root", ".")
        pages = [decode((root / entry["file"]).read_bytes(), markup=True).text for entry in index["pages"]]
        for page in pages[:5]:
            read_page(page, {})
            trafilatura.extract(page)
        count, fast, slow = len(pages), 0.0, 0.0
        for start in range(0, count, TURN):
            turn = pages[start : start + TURN]
            fast += seconds(lambda page: read_page(page, {}), turn)
            slow += seconds(lambda page: trafilatura.extract(page, include_comments=False), turn)
        print(f"{folder.name:14} {count / fast:7.0f} pages/s, trafilatura {count / slow:5.0f}, ratio {slow / fast:.2f}")


if __name__ == "__main__":
    main()
