"""What a killed run left in the raw store is taken up, record by record."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from flows.capture import salvage
from tests.jobs import DERIVED, digests, ingest, rows, value
from warehouse.records import payload_at, records
from warehouse.storage import at
from warehouse.store import Warehouse


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("texts") / "in"
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.txt").write_text(f"渡口改期\n自{number + 1}月起，渡船每日{number + 2}班。\n", "utf-8")
    (folder / "same.txt").write_bytes((folder / "0.txt").read_bytes())
    return folder


def segment(root: Path) -> Path:
    (path,) = Warehouse(root).raw.rglob("*.warc.gz")
    return path


def left_open(root: Path, texts: Path, to: Path) -> Path:
    """A raw store as a killed run leaves it: one segment that has not got its name yet."""
    ingest(root, texts)
    whole = segment(root)
    path = to / "raw" / whole.relative_to(root / "raw").with_name(f"{whole.name}.open")
    path.parent.mkdir(parents=True)
    shutil.copy(whole, path)
    return path


def test_a_whole_segment_gets_its_name_and_its_rows(tmp_path: Path, texts: Path) -> None:
    root = tmp_path / "w"
    path = left_open(tmp_path / "first", texts, root)
    outcome = ingest(root, texts)
    assert not path.exists()
    assert outcome.counts["captures"] == 7
    assert rows(root, "SELECT DISTINCT warc_file FROM captures") == [
        (str(path.relative_to(root / "raw")).removesuffix(".open"),)
    ]
    names = ("captures", *DERIVED)
    assert digests(root, names) == digests(tmp_path / "first", names)


def test_rows_made_from_the_bytes_are_those_of_the_run(tmp_path: Path, texts: Path) -> None:
    """All columns but the run's id."""
    root = tmp_path / "w"
    left_open(tmp_path / "first", texts, root)
    ingest(root, texts)
    every = "SELECT * EXCLUDE (run_id) FROM captures ORDER BY capture_id"
    assert rows(root, every) == rows(tmp_path / "first", every)
    every = "SELECT * EXCLUDE (run_id) FROM warc_files"
    assert rows(root, every) == rows(tmp_path / "first", every)


def test_rows_made_from_the_bytes_are_those_of_the_run_for_the_samples_too(sampled: Path, tmp_path: Path) -> None:
    root = tmp_path / "w"
    shutil.copytree(sampled / "raw", root / "raw")
    (tmp_path / "none").mkdir()
    ingest(root, tmp_path / "none")
    every = "SELECT * EXCLUDE (run_id, source_id) FROM captures ORDER BY capture_id"
    assert rows(root, every) == rows(sampled, every)
    assert digests(root) == digests(sampled)


def test_a_segment_cut_anywhere_gives_its_whole_records(tmp_path: Path, texts: Path) -> None:
    """Wherever in the last two records, what settles is readable to its end."""
    root = tmp_path / "first"
    ingest(root, texts)
    path = segment(root)
    data = path.read_bytes()
    found = list(records(path))
    ends = [end for each in found[-3:] for end in range(each.offset + each.length - 12, each.offset + each.length + 12)]
    for cut in sorted({*ends, *range(found[-2].offset, len(data), 17)} - {n for n in ends if n > len(data)}):
        raw = tmp_path / "raw"
        shutil.rmtree(raw, ignore_errors=True)
        raw.mkdir()
        (raw / f"{path.name}.open").write_bytes(data[:cut])
        salvage.settle(raw)
        whole = [each for each in found if each.offset + each.length <= cut]
        got = list(records(raw / path.name))
        assert [each.offset for each in got] == [each.offset for each in whole], cut
        for each in got:
            if each.kind == "resource":
                assert payload_at(raw, path.name, each.offset, each.length, "resource") == each.payload
        assert (raw / path.name).stat().st_size == whole[-1].offset + whole[-1].length


def test_a_segment_without_a_record_is_removed(tmp_path: Path, texts: Path) -> None:
    ingest(tmp_path / "first", texts)
    path = segment(tmp_path / "first")
    first, second, *_ = records(path)
    for cut in (0, 5, first.length, second.offset + second.length - 1):
        raw = tmp_path / "raw"
        raw.mkdir(exist_ok=True)
        (raw / f"{path.name}.open").write_bytes(path.read_bytes()[:cut])
        salvage.settle(raw)
        assert list(raw.iterdir()) == []


def test_half_a_copy_of_an_archive_is_removed(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    with at(raw).writing("2024/03/x.warc.gz") as out:
        out.write(b"half")
        shutil.copytree(raw, tmp_path / "killed")  # in the middle of it
    salvage.settle(tmp_path / "killed")
    assert [path for path in (tmp_path / "killed").rglob("*") if path.is_file()] == []
    assert at(raw).names() == ["2024/03/x.warc.gz"]


def test_a_copy_that_no_row_names_is_no_segment_of_ours(tmp_path: Path, texts: Path, samples: Path) -> None:
    """The copy of an archive whose run died is taken again from where it came from, not read as a segment."""
    root = tmp_path / "w"
    stray = root / "raw" / "2024" / "03" / "0123456789abcdef-20240307.warc.gz"
    stray.parent.mkdir(parents=True)
    shutil.copy(samples / "lanwang-crawl" / "20240307.warc.gz", stray)
    ingest(root, texts)
    assert value(root, "SELECT count(*) FROM captures") == 7
    ingest(root, samples / "lanwang-crawl")
    assert value(root, "SELECT count(*) FROM captures") == 10


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("2024/03/20240301T061502-7f3a9c-evening-post-00000.warc.gz", True),
        ("20240301T061502-7f3a9c-a.b_c-00012.warc.gz", True),
        ("2024/03/0123456789abcdef-20240307.warc.gz", False),
        ("2024/03/0123456789abcdef-20240301T061502-7f3a9c-s-00000.warc.gz", False),
        ("2024/03/20240301T061502-7f3a9c-s-00000.warc.gz.open", False),
    ],
)
def test_our_own_segments_are_told_by_their_name(name: str, own: bool) -> None:
    assert salvage.is_own(name) is own
