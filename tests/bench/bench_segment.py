"""How fast plain text and newspaper pages are read and segmented, and how well made pages are.

    python -m tests.bench.bench_segment --corpus ../shared/corpus [--pages 60] [--megabytes 20]

Prints MB per second of processor time for each stage, plain texts first, then made newspaper pages, and peak memory.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

import pyarrow as pa

from flows.extract.text import read
from flows.segment.stage import segment
from schemas.tables.blocks import BLOCKS
from tests.bench.scramble import post_items, write_pages


def plain_texts(corpus: Path, megabytes: float) -> list[bytes]:
    """Texts of a headline and paragraphs, made from the corpus, repeated up to the size asked for."""
    texts = [f"{i.title}\n\n" + "\n\u3000\u3000".join(i.paragraphs) + "\n" for i in post_items(corpus, 0)]
    payloads = [text.encode() for text in texts]
    size = sum(map(len, payloads))
    return payloads * max(1, round(megabytes * 1e6 / size))


def bench(name: str, payloads: list[bytes]) -> None:
    """Print MB/s of extract and of segment."""
    size = sum(map(len, payloads)) / 1e6
    started = time.process_time()
    readings = [read(payload, {}) for payload in payloads]
    extracted = time.process_time() - started
    documents, columns = [], {name: [] for name in BLOCKS.names}
    for number, reading in enumerate(readings):
        document = f"{number:032x}"
        documents.append({"document_id": document, "extractor": "text", "title": reading.title})
        for ordinal, block in enumerate(reading.blocks):
            values = (document, ordinal, "body", block.text, block.selector, block.raw_start, block.raw_end, [], None)
            for column, value in zip(BLOCKS.names, values, strict=True):
                columns[column].append(value)
    blocks = pa.table(columns, schema=BLOCKS.arrow)
    table = pa.Table.from_pylist(documents)
    started = time.process_time()
    heads, _ = segment(table, blocks)
    segmented = time.process_time() - started
    print(f"{name:10} {size:6.1f} MB, {len(payloads)} documents, {heads.num_rows} articles: ", end="")
    print(f"extract {size / extracted:6.1f} MB/s, segment {size / segmented:6.1f} MB/s")


def main() -> None:
    """The command line."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--corpus", type=Path, required=True)
    cli.add_argument("--pages", type=int, default=60)
    cli.add_argument("--megabytes", type=float, default=20)
    args = cli.parse_args()
    bench("plain", plain_texts(args.corpus, args.megabytes))
    with tempfile.TemporaryDirectory() as folder:
        write_pages(args.corpus, Path(folder), args.pages, seed=20)
        bench("newspaper", [file.read_bytes() for file in sorted(Path(folder, "pages").glob("*.txt"))])
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB")


if __name__ == "__main__":
    main()
