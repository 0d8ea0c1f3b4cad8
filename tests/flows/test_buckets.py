"""A warehouse in a bucket is the one on a disk: the same rows, whoever writes it from which machine."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from deltalake import DeltaTable

from flows.cli import run
from flows.commands.migrate import migrate
from flows.examine import examine
from flows.places import warehouse_folder
from flows.progress import Silent
from flows.rebuild import compare, rebuild
from flows.settings import Settings
from schemas import TABLES
from tests.buckets import Server, told
from tests.jobs import ROOT, digests, ingest, rows, value
from warehouse import keeping, snapshots
from warehouse.errors import WarehouseError
from warehouse.mirror import shown
from warehouse.storage import at
from warehouse.store import Warehouse

RECIPES = ROOT / "warehouse" / "BUCKETS.md"
pytestmark = pytest.mark.slow

EVERY = tuple(each.name for each in TABLES if each.name not in ("warc_files", "runs", "source_runs"))
"""All but those that tell how a run went, which looks at more where a machine has nothing, and hashes of WARC files,
whose records get new names in every run."""
STORY = (
    "本港讯　渡口今晨恢复通航，首班轮船于七时离岸，载客一百二十人。船务处说，连日大雾已经散去，"
    "岸边另有值守人员六名轮流照看缆绳，夜间航班仍暂停三日，货运照常办理。"
)
TEXTS = {
    "daily/20240301-a.txt": f"渡口通航\n\n{STORY}\n\n码头茶馆当日满座。\n",
    "daily/20240302-b.txt": "粮价平稳\n\n城中米铺报价与上周相同，面粉略降，菜油不变，各铺存货充足。\n",
    "evening/20240302-c.txt": f"轮渡消息\n\n据日报消息：{STORY.replace('一百二十', '一百三十')}\n",
    "evening/20240303-d.txt": "天气\n\n明日多云转晴，东南风二到三级，气温十二到十九度，适宜晾晒。\n",
}


def clock() -> Callable[[], datetime]:
    """A clock that ticks a second each time it is asked, and always the same seconds."""
    seconds = iter(range(10**6))
    return lambda: datetime(2024, 3, 4, tzinfo=UTC) + timedelta(seconds=next(seconds))


def texts(folder: Path, *names: str) -> Path:
    for name in names or TEXTS:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(TEXTS[name], "utf-8")
    return folder


@dataclass(frozen=True)
class Twins:
    """Two runs on a disk, and the same two into a bucket, each from a machine of its own."""

    disk: Path
    first: Path
    second: Path


@pytest.fixture(scope="module")
def twins(s3: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twins]:
    """For reading only; the process is told where the server is until the module ends."""
    base = tmp_path_factory.mktemp("twins")
    disk, source = base / "disk", base / "texts"
    with pytest.MonkeyPatch.context() as patch:
        told(patch, s3.endpoint, base / "one")
        first = warehouse_folder(f"s3://{s3.bucket()}/an/archive")
        second = another_machine(first, base / "two", patch)
        for number, bucket in enumerate((first, second)):
            texts(source, *list(TEXTS)[2 * number : 2 * number + 2])
            for root in (disk, bucket):
                ingest(root, source, clock=clock(), run_id=f"2024030{number + 4}T000000-0000{number}a")
        yield Twins(disk, first, second)


def another_machine(bucket: Path, cache: Path, patch: pytest.MonkeyPatch) -> Path:
    """The same warehouse, seen from a machine that has nothing of it."""
    with patch.context() as told_so:
        told_so.setenv("DIBAO_CACHE", str(cache))
        return warehouse_folder(shown(bucket))


def test_every_table_is_the_same_on_disk_and_in_a_bucket_from_two_machines(twins: Twins) -> None:
    assert rows(twins.second, "SELECT count(*) FROM stories")[0][0] >= 2
    assert digests(twins.second, EVERY) == digests(twins.disk, EVERY)
    assert digests(twins.first, EVERY) == digests(twins.disk, EVERY)
    assert rows(twins.first, "FROM provenance ORDER BY ALL")


def test_a_machine_that_was_overtaken_makes_its_state_again(twins: Twins) -> None:
    """Its matching would otherwise go on from what the archive was before."""
    keeping.begin(twins.second, Warehouse(twins.second).latest())
    assert at(twins.second).names("state/match")
    assert at(twins.first).names("state/match")
    at(twins.first).put("state/prefect/prefect.db", b"at work")
    keeping.begin(twins.first, Warehouse(twins.first).latest())
    assert at(twins.first).names("state") == ["state/fits", "state/prefect/prefect.db"]


@pytest.mark.parametrize("number", range(2))
def test_the_recipes_for_other_readers_run(
    twins: Twins, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By s3fs, and as a Delta table. That by httpfs needs an extension of DuckDB, which tests do not download."""
    recipes = re.findall(r"```python\n(.*?)```", RECIPES.read_text("utf-8"), re.DOTALL)
    assert len(recipes) == 2
    address = shown(twins.first).removeprefix("s3://")
    monkeypatch.chdir(tmp_path)
    exec(recipes[number].replace("my-archive/news", address), {})
    assert capsys.readouterr().out.strip("(),\n") == "4"


def test_the_log_of_delta_goes_on_in_the_bucket(twins: Twins) -> None:
    options = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    for table in ("captures", "passages"):
        delta = DeltaTable(f"{shown(twins.first)}/tables/{table}", storage_options=options | {"AWS_ALLOW_HTTP": "true"})
        assert delta.to_pyarrow_table().num_rows == value(twins.disk, f"SELECT count(*) FROM {table}")
        assert delta.version() >= 2


def test_what_is_in_the_bucket_is_made_again_the_same(
    twins: Twins, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Warehouse(another_machine(twins.first, tmp_path / "three", monkeypatch))
    new = Warehouse(tmp_path / "anew")
    rebuild(store, new, Settings(warehouse=new.root, workers=1), Silent())
    assert [each.table for each in compare(store, new) if not each.same] == []


def test_an_audit_reads_the_bucket_and_not_the_copies(twins: Twins, tmp_path: Path) -> None:
    assert examine(Warehouse(twins.first)).findings == []
    storage = at(twins.first)
    name = next(name for name in storage.names("raw"))
    kept = storage.get(name)
    (tmp_path / "damaged").write_bytes(kept[:-9] + b"\0" * 9)
    storage.put_file(name, tmp_path / "damaged", keep=True)
    try:
        assert storage.get(name) == kept
        assert [each.message for each in examine(Warehouse(twins.first)).findings] == [f"{name} has changed."]
    finally:
        storage.put_file(name, storage.local(name), keep=True)


def test_a_warehouse_moves_between_disk_and_bucket_and_goes_on(
    twins: Twins, s3: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Disk, bucket, disk: the same snapshot and the same tables, which the next run takes further."""
    monkeypatch.setenv("DIBAO_CACHE", str(tmp_path / "cache"))
    bucket, back = warehouse_folder(f"s3://{s3.bucket()}/moved"), tmp_path / "back"
    assert migrate(twins.disk, bucket) == 0
    assert "copied and verified" in capsys.readouterr().out
    assert migrate(bucket, back) == 0
    for root in (bucket, back):
        assert digests(root, EVERY) == digests(twins.disk, EVERY)
        assert Warehouse(root).latest() is not None
        assert snapshots.chain(root) == []
        assert value(root, "SELECT count(*) FROM articles") == 4
    ingest(bucket, texts(tmp_path / "more", "daily/20240302-b.txt"))
    assert value(bucket, "SELECT count(*) FROM captures") == 5
    with pytest.raises(WarehouseError, match="went its own way"):
        migrate(bucket, twins.first)
    with pytest.raises(WarehouseError, match="where it is already"):
        migrate(bucket, bucket)


def test_the_commands_name_the_bucket_and_not_the_folder_behind_it(
    twins: Twins, capsys: pytest.CaptureFixture[str]
) -> None:
    address = shown(twins.first)
    for arguments in (["status"], ["query", "SELECT count(*) AS n FROM articles"], ["source", "list"], ["stories"]):
        assert run([*arguments, "--warehouse", address]) == 0
    out = capsys.readouterr().out
    assert address in out
    assert twins.first.name not in out
