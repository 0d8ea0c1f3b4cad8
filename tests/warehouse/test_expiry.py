"""Snapshots that a policy does not keep go, and nothing else does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.compaction import maintain
from flows.examine import examine
from tests.jobs import copied, digests, files, ingest, value
from warehouse import snapshots
from warehouse.errors import Damaged
from warehouse.expiry import LAST, Freed, Policy, PolicyError, expire
from warehouse.storage import Storage, at
from warehouse.store import Warehouse

NOON = datetime(2024, 3, 7, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse of five snapshots: three of one day, two of the days after it."""
    here = tmp_path_factory.mktemp("grown")
    (here / "in").mkdir()
    for number, hours in enumerate((0, 1, 2, 24, 48), start=1):
        (here / "in" / f"{number}.txt").write_text(f"第{number}号渡口今日恢复通航，往来船只照常停靠。\n", "utf-8")
        ingest(here / "w", here / "in", clock=lambda hours=hours: NOON + timedelta(hours=hours))  # type: ignore[misc]
    return here / "w"


def test_one_snapshot_a_day_is_kept_and_the_rest_goes_with_its_files(grown: Path, tmp_path: Path) -> None:
    root = copied(grown, tmp_path / "w")
    before, held = digests(root), files(root)
    compacted = maintain(Warehouse(root), "30 daily", least=2)
    assert compacted.compacted
    # The upkeep's own snapshot and the one before it are kept, and so is the last of each day.
    assert snapshots.numbers(root) == [3, 4, 5, 6]
    assert compacted.freed.snapshots == 2
    # What was compacted is named by the snapshot before, until that goes too.
    more = tmp_path / "in"
    more.mkdir()
    (more / "6.txt").write_text("第6号渡口今日恢复通航，往来船只照常停靠。\n", "utf-8")
    ingest(root, more, clock=lambda: NOON + timedelta(hours=60))
    before = digests(root)
    once_more = maintain(Warehouse(root), "1 yearly", least=99)
    assert snapshots.numbers(root) == [6, 7]
    assert once_more.freed.files > 5 * 5
    assert once_more.freed.bytes > 0
    assert digests(root) == before
    assert [name for name in held if name.startswith("raw/") and not (root / name).exists()] == []
    assert examine(Warehouse(root)).findings == []


def test_the_chain_goes_on_through_what_went(grown: Path, tmp_path: Path) -> None:
    root = copied(grown, tmp_path / "w")
    expire(root, Policy.of("1 yearly"))
    assert snapshots.numbers(root) == [4, 5]
    assert snapshots.chain(root) == []
    record = root / snapshots.EXPIRED
    whole = record.read_bytes()
    record.write_bytes(whole.replace(b'"3": "', b'"3": "0'))
    assert "Snapshot 4 does not follow" in snapshots.chain(root)[0]
    record.write_bytes(b"{")
    assert "expired.json" in snapshots.chain(root)[0]
    record.unlink()
    assert snapshots.chain(root) == ["Snapshot 1 is missing."]
    record.write_bytes(whole)
    ingest(root, grown.parent / "in", clock=lambda: NOON + timedelta(hours=99))
    assert snapshots.chain(root) == []


def test_all_is_kept_where_that_is_said(grown: Path, tmp_path: Path) -> None:
    root = copied(grown, tmp_path / "w")
    before = files(root)
    assert maintain(Warehouse(root), "all", least=99).freed == Freed()
    assert files(root) == before


def test_a_file_that_a_dead_run_left_goes_and_a_foreign_one_stays(grown: Path, tmp_path: Path) -> None:
    root = copied(grown, tmp_path / "w")
    left = root / "tables" / "articles" / f"part-{'0' * 32}.parquet"
    left.write_bytes(b"x" * 10)
    (root / "tables" / "articles" / "notes.txt").write_text("mine")
    assert expire(root, Policy.of("all")) == Freed(0, 1, 10)
    assert not left.exists()
    assert (root / "tables" / "articles" / "notes.txt").exists()


def test_nothing_goes_while_a_snapshot_cannot_be_read(grown: Path, tmp_path: Path) -> None:
    root = copied(grown, tmp_path / "w")
    (root / snapshots.key(2)).write_bytes(b"{")
    before = files(root)
    with pytest.raises(Damaged):
        expire(root, Policy.of("1 yearly"))
    assert files(root) == before


@pytest.mark.parametrize("stop", range(0, 40, 3))
def test_wherever_it_is_stopped_what_is_kept_is_whole(
    grown: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: int
) -> None:
    root = copied(grown, tmp_path / "w")
    disk, left = type(at(root)), [stop]

    def or_stop(name: str):  # type: ignore[no-untyped-def]
        real = getattr(disk, name)

        def done(self: Storage, *arguments: object) -> None:
            if not left[0]:
                raise KeyboardInterrupt
            left[0] -= 1
            real(self, *arguments)

        return done

    with monkeypatch.context() as patch:
        for name in ("put", "delete"):
            patch.setattr(disk, name, or_stop(name))
        try:
            expire(root, Policy.of("1 yearly"))
        except KeyboardInterrupt:
            assert snapshots.chain(root) == []
            assert value(root, "SELECT count(*) FROM articles") == 5
    expire(root, Policy.of("1 yearly"))
    assert snapshots.numbers(root) == [4, 5]
    assert examine(Warehouse(root)).findings == []


@pytest.mark.parametrize("text", ["", "30", "daily", "-1 daily", "some yearly", "30 daily 12 monthly", "all, 1 daily"])
def test_what_is_no_policy_is_said(text: str) -> None:
    with pytest.raises(PolicyError, match="daily, weekly, monthly"):
        Policy.of(text)


MOMENTS = st.lists(st.integers(0, 10**5), min_size=1, max_size=40)


@given(MOMENTS, st.integers(0, 9), st.sampled_from(["hourly", "daily", "weekly", "monthly", "yearly"]))
def test_a_policy_keeps_the_last_of_each_period(hours: list[int], most: int, period: str) -> None:
    published = {number: NOON + timedelta(hours=hour) for number, hour in enumerate(sorted(hours), start=1)}
    kept = Policy.of(f"{most} {period}").kept(published)
    assert set(sorted(published)[-LAST:]) <= kept <= set(published)
    assert len(kept) <= most + LAST
    assert kept <= Policy.of(f"{most + 1} {period}").kept(published) <= Policy.of(f"all {period}").kept(published)
    assert Policy.of("all").kept(published) == set(published)
