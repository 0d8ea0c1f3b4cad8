"""Bad luck: killed runs, two runs at once, a full disk."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import psutil
import pytest
from deltalake import DeltaTable

from tests.flows.killed import counted
from tests.jobs import COMPARED_TABLES, ROOT, command, digests, ingest, value
from warehouse import snapshots
from warehouse.storage import at
from warehouse.store import Warehouse

SPAWN = multiprocessing.get_context("forkserver")
SPAWN.set_forkserver_preload(["tests.jobs", "tests.flows.killed", "flows.extract.text", "flows.extract.html"])


@pytest.fixture(scope="module")
def inputs(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A story, its page in another script, a crawl and a dump: little, and of every kind."""
    folder = tmp_path_factory.mktemp("killed") / "in"
    for name in ("haidong-wanbao", "dongyu-shibao", "lanwang-crawl", "jianghai-feed", "broken"):
        shutil.copytree(samples / name, folder / name)
    return [folder]


@pytest.fixture(scope="module")
def undisturbed(inputs: list[Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str]]:
    """What a run that nothing disturbs comes to."""
    root = tmp_path_factory.mktemp("undisturbed") / "w"
    ingest(root, *inputs)
    return digests(root, COMPARED_TABLES)


@pytest.fixture(scope="module")
def moments(inputs: list[Path], tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What a run does to the disk, step by step."""
    folder = tmp_path_factory.mktemp("moments")
    child = SPAWN.Process(target=counted, args=(folder / "w", inputs, -1, folder / "log"))
    child.start()
    child.join(300)
    assert child.exitcode == 0
    return [str(name) for name in json.loads((folder / "log").read_text("utf-8"))]


def kill_at(root: Path, inputs: list[Path], at: int) -> None:
    child = SPAWN.Process(target=counted, args=(root, inputs, at, root / "log"))
    child.start()
    child.join(300)
    assert child.exitcode == -signal.SIGKILL


def whole(root: Path) -> bool:
    """Whether there is a catalogue; the test fails where there is one that cannot be read in full."""
    if not (root / "catalogue.duckdb").exists():
        return False
    con = duckdb.connect(str(root / "catalogue.duckdb"), read_only=True)
    ((number,),) = con.execute("SELECT number FROM snapshot").fetchall()
    snapshot = snapshots.load(root, number)
    for name, entry in snapshot.tables.items():
        ((count,),) = con.execute(f"SELECT count(*) FROM {name}").fetchall()
        assert count == entry.rows, name
    con.close()
    assert snapshots.chain(root) == []
    return True


def finish(root: Path, inputs: list[Path], expected: dict[str, tuple[int, str]]) -> None:
    ingest(root, *inputs)
    assert whole(root)
    assert digests(root, COMPARED_TABLES) == expected
    assert ingest(root, *inputs).snapshot is None
    assert at(root).spooled() == at(root / "raw").spooled() == []
    assert [path for folder in root.rglob(".tmp") for path in folder.rglob("*")] == []
    snapshot = Warehouse(root).latest()
    assert snapshot is not None
    for name, entry in snapshot.tables.items():
        assert DeltaTable(str(root / "tables" / name)).to_pyarrow_table().num_rows == entry.rows, name


def seldom(*values: object) -> list[object]:
    """Parameters whose tests are left to the slow part; those beside them are of the same kind."""
    return [pytest.param(each, marks=pytest.mark.slow) for each in values]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, *seldom(0.0, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.96, 0.99)])
def test_a_first_run_killed_at_any_moment_is_made_good(
    tmp_path: Path,
    inputs: list[Path],
    moments: list[str],
    undisturbed: dict[str, tuple[int, str]],
    share: float,
) -> None:
    root = tmp_path / "w"
    kill_at(root, inputs, int(share * len(moments)))
    whole(root)
    finish(root, inputs, undisturbed)


@pytest.mark.parametrize(
    "kind",
    ["put_new", "define", *seldom("changed", "link", "publish", "create_write_transaction", "follow", "replace")],
)
def test_a_run_killed_round_the_publishing_is_made_good(
    tmp_path: Path, inputs: list[Path], moments: list[str], undisturbed: dict[str, tuple[int, str]], kind: str
) -> None:
    root = tmp_path / "w"
    last = max(n for n, name in enumerate(moments) if name == f"after {kind}")
    kill_at(root, inputs, last)
    whole(root)
    finish(root, inputs, undisturbed)


def test_a_later_run_killed_again_and_again_leaves_the_last_snapshot(
    tmp_path: Path, inputs: list[Path], moments: list[str], undisturbed: dict[str, tuple[int, str]]
) -> None:
    """The run that is killed finds a snapshot of before, and what the killed ones left."""
    root = tmp_path / "w"
    ingest(root, inputs[0] / "haidong-wanbao")
    chance = random.Random(7)
    for _ in range(4):
        kill_at(root, inputs, chance.randrange(len(moments) // 8))
        assert whole(root)
    ingest(root, *inputs)
    assert whole(root)
    assert value(root, "SELECT count(*) FROM captures") >= undisturbed["captures"][0]
    assert ingest(root, *inputs).snapshot is None


@pytest.mark.slow
def test_every_moment(
    tmp_path: Path, inputs: list[Path], moments: list[str], undisturbed: dict[str, tuple[int, str]]
) -> None:
    chance = random.Random(11)
    for place in sorted(chance.sample(range(len(moments)), min(30, len(moments)))):
        root = tmp_path / str(place)
        kill_at(root, inputs, place)
        whole(root)
        finish(root, inputs, undisturbed)
        shutil.rmtree(root)


def part_of(shared: Path, part: Path, every: int) -> Path:
    """One of so many files of each folder of the corpus, as a run over all of it takes a minute of a processor and here
    there are fifty; all of it where DIBAO_WHOLE_CORPUS is set."""
    if os.environ.get("DIBAO_WHOLE_CORPUS"):
        return shared / "corpus"
    for folder in sorted(path for path in (shared / "corpus").rglob("*") if path.is_dir()):
        for path in sorted(path for path in folder.iterdir() if path.is_file())[::every]:
            to = part / path.relative_to(shared / "corpus")
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, to)
    return part


@pytest.mark.slow
@pytest.mark.corpus
def test_thirty_kills_on_the_corpus(tmp_path: Path, shared: Path) -> None:
    """By the clock, on the real program with its processes: whenever it is killed, the catalogue is whole."""
    corpus = part_of(shared, tmp_path / "corpus", 12)
    began = time.monotonic()
    ingest_once = [sys.executable, "-m", "flows", "ingest", str(corpus), "--json", "--warehouse"]
    subprocess.run([*ingest_once, str(tmp_path / "plain")], cwd=ROOT, check=True, capture_output=True)
    took = time.monotonic() - began
    at_once = ("one", "two", "three")
    longest = min(took, 20.0) * max(1.0, len(at_once) / (os.cpu_count() or 1))  # they share the processors

    def killed_ten_times(name: str) -> None:
        """A warehouse of its own, whose runs are killed one after another until one is left to finish."""
        chance, root = random.Random(name), tmp_path / name
        for _ in range(10):
            child = subprocess.Popen(
                [*ingest_once, str(root)],
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            try:
                child.wait(chance.uniform(0.3, longest))
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
            whole(root)
        subprocess.run([*ingest_once, str(root)], cwd=ROOT, check=True, capture_output=True)
        assert whole(root)
        assert digests(root, COMPARED_TABLES) == digests(tmp_path / "plain", COMPARED_TABLES)
        shutil.rmtree(root)

    with ThreadPoolExecutor(len(at_once)) as side_by_side:
        list(side_by_side.map(killed_ten_times, at_once))


@pytest.mark.slow
@pytest.mark.corpus
def test_ten_processes_that_read_are_killed_on_the_corpus(tmp_path: Path, shared: Path) -> None:
    """Any process below the run's own, at random moments, the server that makes them among them: no row differs."""
    corpus = part_of(shared, tmp_path / "corpus", 3)  # a smaller one is over before ten are killed
    arguments = [sys.executable, "-m", "flows", "ingest", str(corpus), "--workers", "2", "--json"]
    subprocess.run([*arguments, "--warehouse", str(tmp_path / "plain")], cwd=ROOT, check=True, capture_output=True)
    chance, killed, rounds = random.Random(5), 0, 0
    while killed < 10 and rounds < 10:  # a run may be over before it has lost ten
        root = tmp_path / f"w{rounds}"
        rounds += 1
        child = subprocess.Popen(
            [*arguments, "--warehouse", str(root)],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        lost = 0
        while child.poll() is None and lost < 5:
            time.sleep(chance.uniform(0.05, 0.6))
            below = psutil.Process(child.pid).children(recursive=True) if child.poll() is None else []
            if below:
                with contextlib.suppress(psutil.NoSuchProcess):
                    chance.choice(below).kill()
                    lost += 1
        _, said = child.communicate(timeout=600)
        killed += lost
        assert child.returncode == 0, said
        assert whole(root)
        assert digests(root, COMPARED_TABLES) == digests(tmp_path / "plain", COMPARED_TABLES)
        shutil.rmtree(root)
    assert killed >= 10


# ---------------------------------------------------------------- two at once


@pytest.mark.slow
def test_of_two_runs_one_works_and_the_other_says_so(tmp_path: Path, inputs: list[Path]) -> None:
    root = tmp_path / "w"
    with Warehouse(root).writer():
        done = command("ingest", inputs[0], "--warehouse", root)
    assert done.returncode == 1
    (line,) = done.stderr.strip().splitlines()
    assert f"Another run (process {os.getpid()})" in line
    assert done.stdout == ""
    assert Warehouse(root).latest() is None
    assert command("ingest", inputs[0], "--warehouse", root).returncode == 0


def test_two_programs_started_together_publish_once(
    tmp_path: Path, inputs: list[Path], undisturbed: dict[str, tuple[int, str]]
) -> None:
    root = tmp_path / "w"
    line = [sys.executable, "-m", "flows", "ingest", str(inputs[0]), "--warehouse", str(root), "--workers", "1"]
    pair = [subprocess.Popen(line, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in "ab"]
    told = [child.communicate(timeout=300) for child in pair]
    codes = sorted(child.returncode for child in pair)
    assert codes in ([0, 1], [0, 0]), told
    if codes == [0, 1]:
        assert any("Another run" in err for _, err in told)
    assert digests(root, COMPARED_TABLES) == undisturbed
    assert snapshots.numbers(root) == [1]
    assert whole(root)


# ---------------------------------------------------------------- a full disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with little room, where this user may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    size = "size=3m"
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(place)], capture_output=True, check=False
    )
    if not mounted or mounted.returncode:
        pytest.skip("a small file system needs the right to mount one")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def noise(folder: Path, files: int, size: int) -> Path:
    """Text that does not pack well."""
    chance = random.Random(3)
    folder.mkdir()
    for number in range(files):
        text = "".join(chr(chance.randrange(0x4E00, 0x9FA5)) for _ in range(size))
        (folder / f"{number}.txt").write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize(
    ("files", "size"), [pytest.param(1, 900_000, marks=pytest.mark.slow), (30, 20_000), (8, 60_000)]
)
def test_a_full_disk_is_said_and_the_last_snapshot_stays(
    small_disk: Path, tmp_path: Path, inputs: list[Path], files: int, size: int
) -> None:
    """Full while the bytes are kept, or while the tables are written."""
    root = small_disk / "w"
    assert command("ingest", inputs[0] / "haidong-wanbao", "--warehouse", root, "--workers", "1").returncode == 0
    before = digests(root)
    folder = noise(tmp_path / "noise", files, size)
    done = command("ingest", folder, "--warehouse", root, "--workers", "1")
    assert done.returncode == 1, done.stdout
    assert "is full; the last snapshot is intact" in done.stderr
    assert "Traceback" not in done.stderr
    assert whole(root)
    assert digests(root) == before
    subprocess.run(["mount", "-o", "remount,size=200m", str(small_disk)], check=True)
    assert command("ingest", folder, "--warehouse", root, "--workers", "1").returncode == 0
    assert value(root, "SELECT count(*) FROM captures WHERE source_id = 'noise'") == files
    assert whole(root)


def test_files_that_may_not_grow_are_said_too(tmp_path: Path, inputs: list[Path]) -> None:
    """A limit on the size of files, as any user can set it, stands for a quota."""
    root = tmp_path / "w"
    assert command("ingest", inputs[0] / "haidong-wanbao", "--warehouse", root, "--workers", "1").returncode == 0
    before = digests(root)
    folder = noise(tmp_path / "noise", 1, 900_000)
    program = (
        "import resource, signal, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))\n"
        "from flows.__main__ import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    line = [sys.executable, "-c", program, "ingest", str(folder), "--warehouse", str(root), "--workers", "1"]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "is full; the last snapshot is intact" in done.stderr
    assert whole(root)
    assert digests(root) == before
