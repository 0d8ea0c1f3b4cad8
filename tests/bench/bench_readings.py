"""Would it pay to keep what extraction gives of web pages, so that a new cleaning rule need not parse them again?

    python -m tests.bench.bench_readings FOLDER [--pages 400]

CPU time of extraction and of all that follows it, over HTML files below a folder; and the size of what would be kept
(documents and blocks as Parquet, zstd level 3), beside the pages gzipped one by one as the raw store has them, and the
text that was read from them.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from flows import read
from flows.clean.stage import clean
from flows.extract.reading import UnreadableError
from flows.extract.stage import Read, gather
from flows.segment.stage import segment


def _size(rows: pa.Table) -> int:
    out = pa.BufferOutputStream()
    pq.write_table(rows, out, compression="zstd", compression_level=3)
    return int(out.getvalue().size)


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("folder", type=Path)
    cli.add_argument("--pages", type=int, default=400)
    args = cli.parse_args()
    pages = [path.read_bytes() for path in sorted(args.folder.rglob("*.html"))[: args.pages]]
    readings: list[tuple[str, Read]] = []
    for warm in (True, False):  # rules are compiled and tables made once a process
        readings.clear()
        began = time.process_time()
        for page in pages[:3] if warm else pages:
            try:
                readings.append((hashlib.sha256(page).hexdigest(), read.extract("text/html", None, page)))
            except UnreadableError:
                continue
        extraction = time.process_time() - began
        began = time.process_time()
        documents, blocks = gather(readings)
        cleaned = clean(*segment(documents, blocks))
        rest = time.process_time() - began
    text = pc.sum(pc.binary_length(cleaned.articles["text"])).as_py()
    print(f"{len(readings)} pages: extraction {extraction:.2f} s, the rest {rest:.2f} s of CPU")
    print(f"to keep {_size(documents) + _size(blocks):,} bytes; the pages are ", end="")
    print(f"{sum(len(gzip.compress(page)) for page in pages):,} bytes gzipped, their articles {text:,} bytes of text")


if __name__ == "__main__":
    main()
