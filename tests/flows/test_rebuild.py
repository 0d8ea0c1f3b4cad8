"""All tables anew from the WARC files alone."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from flows.progress import Silent
from flows.rebuild import compare, rebuild
from flows.settings import Settings
from schemas import TABLES
from tests.jobs import COMPARED_TABLES, command, digests, ingest, rows, value
from warehouse.errors import Missing, WarehouseError
from warehouse.store import Warehouse


def anew(old: Path, new: Path) -> Warehouse:
    store = Warehouse(new)
    rebuild(Warehouse(old), store, Settings(warehouse=new, workers=1), Silent())
    return store


def test_the_samples_come_out_the_same(sampled: Path, tmp_path: Path) -> None:
    store = anew(sampled, tmp_path / "anew")
    compared = compare(Warehouse(sampled), store)
    assert [each.table for each in compared if not each.same] == []
    assert {each.table for each in compared} == {each.name for each in TABLES if each.derived} | {"captures"}
    assert all(each.rows == each.rows_anew for each in compared)
    every = "SELECT * EXCLUDE (run_id) FROM captures ORDER BY capture_id"
    assert rows(store.root, every) == rows(sampled, every)


def test_nothing_but_the_raw_bytes_is_used(sampled: Path, tmp_path: Path) -> None:
    store = anew(sampled, tmp_path / "anew")
    raw = sorted(str(path.relative_to(store.raw)) for path in store.raw.rglob("*") if path.is_file())
    old = Warehouse(sampled)
    assert raw == sorted(str(path.relative_to(old.raw)) for path in old.raw.rglob("*") if path.is_file())


@pytest.mark.slow
def test_a_warehouse_of_many_runs_comes_out_the_same(samples: Path, tmp_path: Path) -> None:
    """Changed files, revisits of earlier runs, a dump that grew."""
    folder = tmp_path / "in"
    folder.mkdir()
    clock = 1_700_000_000

    def write(name: str, text: str) -> None:
        import os

        nonlocal clock
        clock += 10
        (folder / name).write_text(text, "utf-8")
        os.utime(folder / name, (clock, clock))

    one = '{"title":"甲","content":"自三月起，渡船每日两班，票价不变，老人免费。"}'
    two = '{"title":"乙","content":"四月起，渡船每日三班，夜间停航，遇雾顺延。"}'
    root = tmp_path / "w"
    write("1.txt", "渡口改期\n自三月起，渡船每日两班。\n")
    write("feed.json", f"[{one}]")
    ingest(root, folder)
    write("1.txt", "渡口又改期\n自四月起，渡船每日三班。\n")
    write("feed.json", f"[{one},{two}]")
    ingest(root, folder, samples / "lanwang-crawl")
    write("1.txt", "渡口改期\n自三月起，渡船每日两班。\n")
    write("2.txt", "渡口改期\n自三月起，渡船每日两班。\n")
    ingest(root, folder, samples / "broken")
    store = anew(root, tmp_path / "anew")
    assert [each.table for each in compare(Warehouse(root), store) if not each.same] == []
    assert value(store.root, "SELECT count(*) FROM captures") == value(root, "SELECT count(*) FROM captures")


def test_a_difference_is_told(sampled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows import read

    real = read.clean

    def clean(*args: object) -> object:
        done = real(*args)  # type: ignore[arg-type]
        return done._replace(edits=done.edits.slice(1))

    monkeypatch.setattr(read, "clean", clean)
    store = anew(sampled, tmp_path / "anew")
    assert [each.table for each in compare(Warehouse(sampled), store) if not each.same] == ["edits"]


def test_a_folder_that_is_not_empty_is_refused(sampled: Path, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x")
    with pytest.raises(WarehouseError, match="not empty"):
        anew(sampled, tmp_path)


@pytest.mark.slow
def test_what_failed_before_it_had_bytes_is_left_out_and_said(samples: Path, tmp_path: Path) -> None:
    crawl = gzip.decompress((samples / "lanwang-crawl" / "20240307.warc.gz").read_bytes())
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "whole.warc.gz").write_bytes(gzip.compress(crawl))
    (tmp_path / "in" / "empty.txt").write_bytes(b"")
    old = tmp_path / "w"
    ingest(old, tmp_path / "in")
    ((stage, count),) = rows(old, "SELECT stage, count(*) FROM rejects WHERE stage = 'capture' GROUP BY 1")
    done = command("rebuild", "--check", "--warehouse", old, "--workers", "1")
    assert done.returncode == 0, done.stderr
    assert f"rejects: {count} of {stage} left out" in done.stdout
    kept = value(old, "SELECT count(*) FROM rejects WHERE stage <> 'capture'")
    (told,) = [each for each in compare(Warehouse(old), anew(old, tmp_path / "anew")) if each.left_out]
    assert (told.table, told.rows, told.rows_anew, told.left_out, told.same) == ("rejects", kept, kept, count, True)


@pytest.mark.parametrize("link", [False, True], ids=["gone", "a link to nothing"])
def test_a_file_that_is_gone_is_named_and_the_rest_is_made(samples: Path, tmp_path: Path, link: bool) -> None:
    old = tmp_path / "w"
    ingest(old, samples / "haidong-wanbao")
    ingest(old, samples / "dongyu-shibao")
    kept = rows(old, "SELECT capture_id FROM captures WHERE source_id = 'haidong-wanbao' ORDER BY 1")
    (gone,) = [path for path in (old / "raw").rglob("*.warc.gz") if "dongyu" in path.name]
    gone.unlink()
    if link:
        gone.symlink_to(tmp_path / "nowhere")
    done = command("rebuild", "--into", tmp_path / "anew", "--warehouse", old, "--workers", "1")
    assert done.returncode == 1
    assert f"dibao: {gone.relative_to(old)} is left out: it is not there." in done.stderr
    assert "What the other files hold stands anew" in done.stdout
    assert rows(tmp_path / "anew", "SELECT capture_id FROM captures ORDER BY 1") == kept
    checked = command("rebuild", "--check", "--json", "--warehouse", old, "--workers", "1")
    assert checked.returncode == 1
    told = json.loads(checked.stdout)
    assert told["missing"] == [str(gone.relative_to(old))]
    assert not told["same"]


def test_nothing_to_rebuild_is_said(tmp_path: Path) -> None:
    with pytest.raises(Missing):
        anew(tmp_path / "none", tmp_path / "anew")


@pytest.mark.slow
def test_the_command(sampled: Path, tmp_path: Path) -> None:
    done = command(
        "rebuild", "--check", "--into", tmp_path / "anew", "--json", "--warehouse", sampled, "--workers", "1"
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["same"] is True
    assert digests(tmp_path / "anew", COMPARED_TABLES) == digests(sampled, COMPARED_TABLES)
    nothing = command("rebuild", "--warehouse", sampled)
    assert nothing.returncode == 1
    assert "--into DIR" in nothing.stderr
    assert not [path for path in sampled.parent.iterdir() if path.name.startswith(".rebuild")]
