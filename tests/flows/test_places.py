"""Where a warehouse and its sources may lie: it works, or one sentence says why not."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from flows.examine import examine
from flows.places import warehouse_folder
from flows.settings import SettingsError, load
from tests.jobs import ROOT, command, ingest, rows, value
from warehouse.store import Warehouse

TEXT = "渡口今晨恢复通航，往来客货照常上下。\n\n岸边另有值守人员六名，轮流照看缆绳。\n"
WORKS = ["outlet=x", "a b", "a'b", 'a"b', "a#b", "{a}", "人民", "a%b", "a&b;c", "year=2024/month=03", "n" * 250]
REFUSED = ["a%20b", "[2024]", "a?b", "a*b", "a\\b", "a\nb", "a\x1bb", "\udcff"]


@pytest.mark.parametrize("name", WORKS)
def test_a_warehouse_works_below_any_folder_that_is_taken(tmp_path: Path, name: str) -> None:
    root = load({"warehouse": tmp_path / name / "w"}, {"DIBAO_CONFIG": str(tmp_path / "none")}).warehouse
    (tmp_path / "src").mkdir()
    for number in range(2):
        (tmp_path / "src" / f"{number}.txt").write_text(f"第{number}篇。{TEXT}", "utf-8")
        ingest(root, tmp_path / "src")
    assert rows(root, "SELECT DISTINCT source_id, outlet FROM captures") == [("src", "src")]
    assert value(root, "SELECT count(*) FROM articles") == 2
    assert examine(Warehouse(root)).findings == []


@pytest.mark.parametrize("name", REFUSED)
def test_a_folder_that_engines_misread_is_refused_and_nothing_is_made(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match="cannot be kept at"):
        load({"warehouse": tmp_path / name / "w"}, {"DIBAO_CONFIG": str(tmp_path / "none")})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "address",
    ["ftp://host/w", "ftp:/host/w", "abfss://a@b/w", "hdfs://h/w", "https://h.example/w"],
)
@pytest.mark.parametrize("way", ["option", "environment", "file"])
def test_an_address_is_no_folder_however_it_is_given(tmp_path: Path, address: str, way: str) -> None:
    config = tmp_path / "dibao.toml"
    config.write_text(f'warehouse = "{address}"\n' if way == "file" else "")
    environ = {"DIBAO_CONFIG": str(config)} | ({"DIBAO_WAREHOUSE": address} if way == "environment" else {})
    for said in (address, Path(address)) if way == "option" else (None,):
        with pytest.raises(SettingsError, match="is not a folder"):
            load({"warehouse": said}, environ)


@pytest.mark.parametrize(
    ("option", "environ"), [(["--warehouse", "hdfs://b/w"], {}), ([], {"DIBAO_WAREHOUSE": "hdfs://b/w"})]
)
def test_the_command_line_says_so(tmp_path: Path, option: list[str], environ: dict[str, str]) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    done = command("ingest", tmp_path, *option, env=environ)
    assert done.returncode == 1
    assert done.stderr.startswith("dibao: hdfs://b/w is not a folder")
    assert not (ROOT / "hdfs:").exists()


@pytest.mark.parametrize("address", ["s3://bucket/w", "s3:/bucket/w", "gs://bucket/w", "az://bucket/w"])
@pytest.mark.parametrize("way", ["option", "environment", "file"])
def test_a_bucket_is_taken_however_it_is_given(
    tmp_path: Path, address: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIBAO_CACHE", str(tmp_path / "cache"))
    config = tmp_path / "dibao.toml"
    config.write_text(f'warehouse = "{address}"\n' if way == "file" else "")
    environ = {"DIBAO_CONFIG": str(config)} | ({"DIBAO_WAREHOUSE": address} if way == "environment" else {})
    for said in (address, Path(address)) if way == "option" else (None,):
        found = load({"warehouse": said}, environ).warehouse
        assert Warehouse(found).where == address.replace(":/b", "://b")
        assert found.parent == tmp_path / "cache"


def test_a_file_address_is_the_path_that_it_says(tmp_path: Path) -> None:
    for said in (f"file://{tmp_path}/w", f"file://localhost{tmp_path}/w", f"file:{tmp_path}/w"):
        assert warehouse_folder(said) == tmp_path / "w"
    assert warehouse_folder(f"file://{tmp_path}/a%20b") == tmp_path / "a b"
    with pytest.raises(ValueError, match="another machine"):
        warehouse_folder("file://host/share/w")


@pytest.mark.parametrize("said", ["", "  ", "x" * 300, "a\0b"])
def test_what_can_be_no_folder_is_said(tmp_path: Path, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=r"\.$"):
        warehouse_folder(said)
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match="is a file"):
        warehouse_folder(tmp_path / "file")


def test_sources_of_any_name_are_taken_in(tmp_path: Path) -> None:
    """A folder may have any name, and so may what is in it."""
    root = tmp_path / "w"
    names = [*WORKS, *REFUSED, "a=b", "~", "%", "-rf", " ", ".hidden.but.given"]
    for number, name in enumerate(names):
        folder = tmp_path / "in" / name
        folder.mkdir(parents=True)
        path = os.fsencode(folder) + b"/" + os.fsencode(name.replace("/", "_").lstrip(".")[:120]) + b".txt"
        Path(os.fsdecode(path)).write_text(f"第{number}篇。{TEXT}", "utf-8")
    ingest(root, *(tmp_path / "in" / name for name in names))
    assert rows(root, "SELECT error, uri FROM rejects") == []
    assert value(root, "SELECT count(DISTINCT source_id) FROM captures") == len(names)
    assert value(root, "SELECT count(*) FROM articles") == len(names)
    assert ingest(root, *(tmp_path / "in" / name for name in names)).snapshot is None
    assert examine(Warehouse(root)).findings == []


def test_parquet_is_never_read_by_the_names_of_folders() -> None:
    """DuckDB takes `key=value` in a path for a column, and pyarrow's `read_table` does too."""
    for path in [*(ROOT / "flows").rglob("*"), *(ROOT / "warehouse").rglob("*")]:
        if path.suffix not in (".py", ".sql") or "data" in path.parts:
            continue
        text = path.read_text("utf-8")
        assert not re.search(r"\bread_table\(|\bdataset\(|FROM '[^']*\.parquet'", text), path
        for call in re.finditer(r"read_parquet\((?!…)", text):
            line = text[call.start() :].partition("\n")[0]
            assert "hive_partitioning = false" in line, (path, line)
