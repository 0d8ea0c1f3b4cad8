"""Seconds of matching beside those of datatrove's MinHash, on the same texts, in the same run.

    python -m tests.bench.bench_peer --warehouse DIR --peer-python VENV/bin/python [--rounds 3]

DIR is a warehouse that has taken in a corpus; a planted one is what the targets are set for. The other interpreter
needs `datatrove`, and `spacy` and `jieba` for its tokenizer of Chinese; none of them is a dependency of this project.
Both get the articles' texts, and one core. What is printed is CPU time (user and system), which a busy machine
disturbs less than the time on the wall; starting up and importing are left out on both sides. Rounds take turns, and
the median of each counts.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from flows.inputs import input_sql
from flows.match.fold import fold_table
from flows.match.stage import MATCH_INPUT, match
from warehouse.storage import at
from warehouse.store import Warehouse

TARGETS = {"default": 1 / 4, "chinese": 1 / 12}
"""Share of the other's seconds, for each of its tokenizers, that matching may take."""

_PEER = """
import json, os, sys
from datatrove.executor.local import LocalPipelineExecutor
from datatrove.pipeline.dedup.minhash import (
    MinhashConfig, MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupSignature)
from datatrove.pipeline.readers import JsonlReader
from datatrove.utils.hashing import HashConfig

source, work, language = sys.argv[1:]
config = MinhashConfig(hash_config=HashConfig(precision=64))
reader = JsonlReader(os.path.dirname(source), glob_pattern=os.path.basename(source), id_key="id")
signature = MinhashDedupSignature(work + "/sig", config, **({"language": "cmn_Hani"} if language == "chinese" else {}))
steps = [
    ([reader, signature], 1),
    ([MinhashDedupBuckets(work + "/sig", work + "/buckets", config=config)], config.num_buckets),
    ([MinhashDedupCluster(work + "/buckets", work + "/remove", config=config)], 1),
]
def spent():
    return sum(os.times()[:4])
began = spent()
for number, (pipeline, tasks) in enumerate(steps):
    logs = f"{work}/log{number}"
    LocalPipelineExecutor(pipeline, tasks=tasks, workers=1, logging_dir=logs, skip_completed=False).run()
print(json.dumps(spent() - began))
"""


def matching(rows: pa.Table, folder: Path) -> float:
    """Seconds of matching all articles in an empty state."""
    began = time.process_time()
    match(rows, None, at(folder), previous=None)
    return time.process_time() - began


def peer(python: Path, source: Path, folder: Path, language: str) -> float:
    """Seconds of the peer's three steps, in a process of its own."""
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    command = [str(python), "-c", _PEER, str(source), str(folder), language]
    done = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ, **one), check=False)
    if done.returncode:
        raise SystemExit(f"The peer failed: {(done.stderr.strip().splitlines() or ['no message'])[-1]}")
    return float(done.stdout.strip().splitlines()[-1])


def main() -> None:
    """Measure in turns and print the ratios; the exit code is 1 where one is above its target."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--warehouse", type=Path, required=True)
    cli.add_argument("--peer-python", type=Path, required=True)
    cli.add_argument("--rounds", type=int, default=3)
    args = cli.parse_args()
    con = Warehouse(args.warehouse).connect()
    rows = con.sql(input_sql(text=True)).to_arrow_table().cast(MATCH_INPUT)
    con.close()
    megabytes = pc.sum(pc.binary_length(rows["text"])).as_py() / 1e6
    fold_table()
    spent: dict[str, list[float]] = {name: [] for name in ("dibao", *TARGETS)}
    with tempfile.TemporaryDirectory(prefix="bench-peer-") as scratch:
        source = Path(scratch) / "docs" / "docs.jsonl"
        source.parent.mkdir()
        with source.open("w", encoding="utf-8") as file:
            for number, text in enumerate(rows["text"].to_pylist()):
                file.write(json.dumps({"id": str(number), "text": text}, ensure_ascii=False) + "\n")
        for turn in range(args.rounds):
            spent["dibao"].append(matching(rows, Path(scratch) / f"state{turn}"))
            for name in TARGETS:
                spent[name].append(peer(args.peer_python, source, Path(scratch) / f"{name}{turn}", name))
    print(f"{len(rows):,} articles, {megabytes:.1f} MB of text, {args.rounds} rounds, load {os.getloadavg()[0]:.1f}")
    median = {name: statistics.median(values) for name, values in spent.items()}
    print(f"{'dibao':12}{median['dibao']:9.2f} s {median['dibao'] / megabytes:7.3f} s/MB")
    missed = False
    for name, target in TARGETS.items():
        ratio = median["dibao"] / median[name]
        missed |= ratio > target
        told = f"{median[name]:9.2f} s {median[name] / megabytes:7.3f} s/MB   ratio {ratio:.3f}, target {target:.3f}"
        print(f"{'datatrove ' + name:20}{told}")
    sys.exit(missed)


if __name__ == "__main__":
    main()
