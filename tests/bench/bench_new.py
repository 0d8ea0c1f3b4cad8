"""What a run costs that takes in one new file, and one that finds nothing new, in archives of several sizes.

    python -m tests.bench.bench_new FOLDER [--sizes 10000 100000] [--rounds 3] [--workers 0]

For each size an archive of that many invented articles is made below FOLDER, where none is left from before, and
`dibao ingest` is run on it as a process of its own, with one more file and then without. CPU time of the process and
those that it starts, best round; and the bytes of the state beside those of the texts.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import time
from pathlib import Path

from tests.bench.bench_pipeline import article


def _put(folder: Path, number: int, seed: str) -> None:
    """One file of an archive: about as long as a report of the evening news, no two of them the same."""
    chance = random.Random(f"{seed} {number}")
    head, _, body = article(chance).partition("\n")
    letters = list(body)
    chance.shuffle(letters)  # invented sentences alone are told again and again
    place = folder / f"outlet-{number % 20:02}"
    place.mkdir(parents=True, exist_ok=True)
    day = f"2024-{1 + number % 12:02}-{1 + number % 28:02}"
    (place / f"{day}-{seed}-{number}.txt").write_text(f"{head}{number}\n{''.join(letters)[:480]}\n", "utf-8")


def _run(folder: Path, size: int, workers: int) -> float:
    """CPU seconds of taking in a folder."""
    words = ["ingest", "--warehouse", str(folder / f"warehouse-{size}"), "--workers", str(workers)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "flows", *words, str(folder / f"in-{size}")], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("folder", type=Path)
    cli.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000], help="articles")
    cli.add_argument("--rounds", type=int, default=3)
    cli.add_argument("--workers", type=int, default=0)
    args = cli.parse_args()
    print(f"{'articles':>9} {'one file':>9} {'nothing':>8} {'state MB':>9} {'text MB':>8}")
    for size in args.sizes:
        given = args.folder / f"in-{size}"
        if not (args.folder / f"warehouse-{size}").exists():
            for number in range(size):
                _put(given, number, "first")
            _run(args.folder, size, args.workers)
        new, none = [], []
        for turn in range(args.rounds + 1):
            _put(given, turn, str(time.time_ns()))
            time.sleep(2.1)  # a file that has just been written is looked at again
            new.append(_run(args.folder, size, args.workers))
            none.append(_run(args.folder, size, args.workers))
        state = _bytes(args.folder / f"warehouse-{size}" / "state")
        # The first round is after a run that brought all, or that of another version.
        print(f"{size:9} {min(new[1:]):9.2f} {min(none[1:]):8.2f} {state / 1e6:9.2f} {_bytes(given) / 1e6:8.2f}")


if __name__ == "__main__":
    main()
