"""How fast each stage is on one core, and how much memory a run takes.

    python -m tests.bench.bench_pipeline [--size MB ...] [--corpus]

Runs the whole pipeline over generated text and markdown (and over the real corpus, where it is), one process, and
counts the CPU time of each stage, which other work on the machine changes least. MB are those of the payloads read. A
second generated corpus ten times as large shows whether memory stays flat: `--size 8 80`.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
STAGES = ("capture", "extract", "segment", "clean", "match", "restore", "commit and publish")
_NAMES = ["江口", "白鹿口", "兰川", "海东", "南浦", "沙浦", "青石峡", "东屿", "九叶", "临川"]
_THINGS = ["渡船", "渠首", "粮仓", "码头", "堤坝", "水库", "盐田", "集市", "苗圃", "灯塔"]
_VERBS = ["开工", "改期", "竣工", "检修", "扩建", "试航", "停用", "验收", "恢复", "迁移"]
_CLAUSES = (
    "{name}{thing}于{day}日{verb}",
    "工期比原定缩短{number}天",
    "沿岸{number}户居民不再绕行",
    "当地干部说，“今年的{thing}比往年早了{number}天”",
    "总长{number}.{digit}公里，投资{number}万元",
    "记者在{name}看到，{thing}旁堆着{number}捆芦苇",
    "夜间停航，遇雾顺延",
)


def sentence(chance: random.Random) -> str:
    """One invented sentence."""
    parts = [
        chance.choice(_CLAUSES).format(
            name=chance.choice(_NAMES),
            thing=chance.choice(_THINGS),
            verb=chance.choice(_VERBS),
            day=chance.randrange(1, 29),
            number=chance.randrange(2, 900),
            digit=chance.randrange(10),
        )
        for _ in range(chance.randrange(2, 5))
    ]
    return "，".join(parts) + "。"


def article(chance: random.Random) -> str:
    """A headline and paragraphs of invented news, with a little damage."""
    head = f"{chance.choice(_NAMES)}{chance.choice(_THINGS)}{chance.choice(_VERBS)}"
    paragraphs = [
        "".join(sentence(chance) for _ in range(chance.randrange(2, 7))) for _ in range(chance.randrange(4, 14))
    ]
    if chance.random() < 0.2:
        paragraphs[0] = f"  {paragraphs[0]}&nbsp;&amp; "
    return head + "\n\n" + "\n\n".join(paragraphs) + "\n"


def generate(folder: Path, size: int, seed: int = 1) -> None:
    """Text and markdown files of about `size` MB below a folder, the same for the same seed; some stand twice."""
    chance = random.Random(seed)
    written = number = 0
    while written < size * 1_000_000:
        outlet = folder / f"outlet-{number % 7}"
        outlet.mkdir(parents=True, exist_ok=True)
        text = article(chance)
        day = f"2024-{1 + number % 12:02d}-{1 + number % 28:02d}"
        if number % 2:
            text = f"---\ntitle: {text.splitlines()[0]}\ndate: {day}\n---\n\n{text}"
        data = text.encode("gb18030" if number % 10 == 0 else "utf-8")
        name = f"{day}-{number}.{'md' if number % 2 else 'txt'}"
        (outlet / name).write_bytes(data)
        written += len(data)
        number += 1


def measure(source: Path, out: Path) -> None:
    """Run the pipeline over a folder in this process and write what it took."""
    from flows import pipeline, read, steps
    from tests.jobs import ingest, value

    spent: Counter[str] = Counter()

    def timed(owner: Any, name: str, stage: str) -> None:
        real: Callable[..., Any] = getattr(owner, name)

        def wrapper(*args: Any, **kwargs: Any) -> Any:
            began = time.process_time()
            try:
                return real(*args, **kwargs)
            finally:
                spent[stage] += time.process_time() - began

        setattr(owner, name, wrapper)

    timed(steps.Run, "capture", "capture")
    for name, stage in (("extract", "extract"), ("gather", "extract"), ("segment", "segment"), ("clean", "clean")):
        timed(read, name, stage)
    timed(steps.Run, "match", "match")
    timed(steps.Run, "restore", "restore")
    timed(pipeline, "publish", "commit and publish")
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=out.parent) as root:
        ingest(Path(root) / "w", source)
        whole = time.perf_counter() - began
        size = value(Path(root) / "w", "SELECT coalesce(sum(payload_bytes), 0) FROM captures")
        documents = value(Path(root) / "w", "SELECT count(*) FROM documents")
    told = {
        "bytes": int(size),
        "documents": documents,
        "seconds": whole,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "spent": dict(spent),
    }
    out.write_text(json.dumps(told), "utf-8")


def report(name: str, told: dict[str, Any]) -> None:
    """Print MB/s a stage, those of the four first together, and the peak of memory."""
    megabytes = told["bytes"] / 1e6
    print(f"\n{name}: {megabytes:.1f} MB, {told['documents']:,} documents, {told['seconds']:.1f} s in all")
    for stage in STAGES:
        seconds = told["spent"].get(stage, 0.0)
        if seconds:
            print(f"  {stage:<20}{seconds:8.2f} s {megabytes / seconds:9.1f} MB/s")
    four = sum(told["spent"].get(stage, 0.0) for stage in STAGES[:4])
    print(f"  {'capture to clean':<20}{four:8.2f} s {megabytes / four:9.1f} MB/s")
    print(f"  {'peak memory':<20}{told['peak']:8.0f} MB")


def main() -> None:
    """Measure each corpus in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, nargs="*", default=[20], metavar="MB", help="sizes of generated corpora")
    parser.add_argument("--corpus", action="store_true", help="the real corpus too, where it is")
    chosen = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as scratch:
        jobs: list[tuple[str, Path]] = []
        for size in chosen.size:
            folder = Path(scratch) / f"generated-{size}"
            generate(folder, size)
            jobs.append((f"generated text and markdown, {size} MB", folder))
        real = Path(os.environ.get("DIBAO_SHARED") or ROOT.parent / "shared") / "corpus"
        if chosen.corpus and real.is_dir():
            jobs.append(("the real corpus", real))
        for number, (name, folder) in enumerate(jobs):
            out = Path(scratch) / f"{number}.json"
            child = context.Process(target=measure, args=(folder, out))
            child.start()
            child.join()
            if child.exitcode:
                raise SystemExit(f"{name}: the run ended with {child.exitcode}")
            report(name, json.loads(out.read_text("utf-8")))


if __name__ == "__main__":
    main()
