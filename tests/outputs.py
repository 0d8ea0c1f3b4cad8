"""What each stage makes of the samples, as a digest beside its version: `python -m tests.outputs` notes it.

Whoever changes what a stage gives out raises its version in `flows/versions.py` and notes the new digest. The test
`tests/flows/test_outputs.py` fails where one was done without the other.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa

from flows import versions
from flows.extract.stage import Read, gather
from flows.read import Work, extract, payloads_of
from flows.segment.stage import segment
from schemas import Table, table
from schemas.tables.blocks import ARTICLE_HEADS, BLOCKS, PLACED_BLOCKS
from tests.jobs import ROOT, ingest
from warehouse import digest
from warehouse.store import Warehouse

NOTED = ROOT / "tests" / "golden" / "outputs.json"
COMMAND = "python -m tests.outputs"

_TABLES = {
    "clean": ("articles", "passages", "edits"),
    "match": ("alignments", "stories", "variants"),
    "restore": ("restorations",),
}

_WORK = """
SELECT d.payload_sha256, c.payload_bytes, d.media_type, d.parser, c.place[1], c.place[2], c.place[3], c.place[4],
    c.place[5], c.place[6], '', '', ''
FROM documents AS d JOIN (
    SELECT payload_sha256, min(payload_bytes) AS payload_bytes,
        min((warc_file, warc_offset, warc_length, record_type, part_start, part_end)) AS place
    FROM captures WHERE record_type <> 'revisit' GROUP BY payload_sha256
) AS c USING (payload_sha256)
ORDER BY ALL
"""


def outputs(root: Path) -> dict[str, Any]:
    """Of a warehouse with the samples: a digest of what was read, and version and digest of each stage's output."""
    con = Warehouse(root).connect()
    work = [Work(*row) for row in con.execute(_WORK).fetchall()]
    con.close()
    readings: dict[str, list[tuple[str, Read]]] = {}
    for each, payload in payloads_of(Warehouse(root).raw, work):
        read = extract(each.media_type, each.parser, payload)
        readings.setdefault(read.extractor, []).append((each.payload_sha256, read._replace(version="")))
    snapshot = Warehouse(root).latest()
    assert snapshot is not None
    found = {}
    for name, some in sorted(readings.items()):
        documents, blocks = gather(some)
        found[name] = _digest((table("documents"), documents), (BLOCKS, blocks))
    documents, blocks = gather([each for name in sorted(readings) for each in readings[name]])
    segmented, heads, placed = segment(documents, blocks)
    found["segment"] = _digest((table("documents"), segmented), (ARTICLE_HEADS, heads), (PLACED_BLOCKS, placed))
    for stage, names in _TABLES.items():
        found[stage] = _short([snapshot.tables[name].digest for name in names])
    return {
        "inputs": _short(sorted(each.payload_sha256 for each in work)),
        "stages": {
            stage: {"version": version, "output": found[stage]}
            for stage, (kind, version) in versions.present().items()
            if kind != "reader" or stage in found  # a reader of files that the samples hold none of
        },
    }


def _digest(*parts: tuple[Table, pa.Table]) -> str:
    return _short([digest.digest_of(each, rows.cast(each.arrow)) for each, rows in parts])


def _short(parts: list[str]) -> str:
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:16]


def noted() -> dict[str, Any]:
    """What was noted last."""
    return dict(json.loads(NOTED.read_text("utf-8")))


def forgotten(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Stages that give out something else, though neither their version nor that of a stage before them was raised."""
    if before["inputs"] != now["inputs"]:
        return []
    out = []
    earlier = False
    for stage, told in now["stages"].items():
        was = before["stages"].get(stage)
        raised = was is None or was["version"] != told["version"]
        reads = stage in versions.READERS
        # Readers do not take anything from each other; every other stage takes from all that come before it.
        if not raised and was["output"] != told["output"] and (reads or not earlier):
            out.append(stage)
        earlier = earlier or raised
    return out


def sentence(stages: list[str]) -> str:
    """What to do about stages whose version was forgotten."""
    return (
        f"The output of {', '.join(stages)} on tests/samples has changed, and the version has not. If that was meant, "
        f"raise it in flows/versions.py and run `{COMMAND}`."
    )


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        ingest(Path(folder) / "w", ROOT / "tests" / "samples")
        now = outputs(Path(folder) / "w")
    missed = forgotten(noted(), now) if NOTED.exists() else []
    if missed:
        print(sentence(missed), file=sys.stderr)
        return 1
    NOTED.write_text(json.dumps(now, indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
