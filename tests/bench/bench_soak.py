"""Whether an archive that grows comes out as one that was taken in at once, and what each run takes.

    python -m tests.bench.bench_soak FOLDER... [--root FOLDER] [--increments 10]

A tenth of the files (chosen by the hash of their paths) is held back and comes in as so many increments; the digest of
every derived table is compared with that of one run over all. Each run is the program itself, a process of its own.
Peak memory is that of its largest process.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

import psutil

from tests.jobs import ROOT, digests

HELD_BACK = 10
"""One file of so many is held back."""
_STAGE = re.compile(r"^(\S[^:]*): .* in ([\d.]+) s$", re.MULTILINE)


def layers(folders: Sequence[Path], increments: int) -> list[list[tuple[Path, Path]]]:
    """Files and the places that they get, for the first run and then for each increment."""
    found: list[list[tuple[Path, Path]]] = [[] for _ in range(increments + 1)]
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            place = Path(folder.name) / path.relative_to(folder)
            chance = int(hashlib.sha256(str(place).encode()).hexdigest(), 16)
            held = increments and chance % HELD_BACK == 0
            found[1 + chance // HELD_BACK % increments if held else 0].append((path, place))
    return found


def run(warehouse: Path, folders: list[Path]) -> None:
    """Take folders in, and print what it took."""
    words = [sys.executable, "-m", "flows", "ingest", *map(str, folders), "--warehouse", str(warehouse)]
    peak = 0

    def watch(process: psutil.Process, ended: threading.Event) -> None:
        nonlocal peak
        while not ended.wait(0.1):
            try:
                sizes = [each.memory_info().rss for each in (process, *process.children(recursive=True))]
            except psutil.Error:
                continue
            peak = max(peak, *sizes)

    before = os.times()
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as child:
        ended = threading.Event()
        watcher = threading.Thread(target=watch, args=(psutil.Process(child.pid), ended))
        watcher.start()
        told = child.communicate()[0]
        ended.set()
        watcher.join()
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    stages = ", ".join(f"{name} {seconds} s" for name, seconds in _STAGE.findall(told))
    print(
        f"  {after.elapsed - before.elapsed:.0f} s, processor {cpu:.0f} s; {stages}; peak {peak / 2**20:.0f} MiB",
        flush=True,
    )
    if child.returncode:
        print(told[-3000:])
        raise SystemExit(f"the run ended with {child.returncode}")


def size(folder: Path) -> float:
    """MB below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def soak(folders: list[Path], root: Path, increments: int) -> int:
    """Print what every run took, and which tables differ; returns how many do."""
    place = root / "in"
    sources = [place / folder.name for folder in folders]
    whole = layers(folders, increments)
    for number, layer in enumerate(whole):
        for path, at in layer:
            (place / at).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place / at)
        print(f"{'first run' if number == 0 else f'increment {number}'}: {len(layer):,} files", flush=True)
        run(root / "grown", sources)
    print(f"all at once: {sum(map(len, whole)):,} files", flush=True)
    run(root / "once", sources)
    grown, once = digests(root / "grown"), digests(root / "once")
    for name in sorted(grown.keys() | once.keys()):
        rows = once.get(name, (0, ""))[0]
        print(f"  {name:14} {rows:>10,}  {'equal' if grown.get(name) == once.get(name) else 'DIFFERS'}")
    print(f"MB: input {size(place):.0f}")
    for warehouse in ("grown", "once"):
        parts = ", ".join(f"{part} {size(root / warehouse / part):.0f}" for part in ("raw", "tables", "state"))
        print(f"  {warehouse}: {parts}")
    return sum(grown.get(name) != once.get(name) for name in grown.keys() | once.keys())


def main() -> int:
    """The exit status is 1 where tables differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--root", type=Path, help="keeps the warehouses; a temporary folder else")
    parser.add_argument("--increments", type=int, default=10)
    given = parser.parse_args()
    folders = [folder.resolve() for folder in given.folders]
    with tempfile.TemporaryDirectory() as scratch:
        return 1 if soak(folders, (given.root or Path(scratch)).resolve(), given.increments) else 0


if __name__ == "__main__":
    sys.exit(main())
