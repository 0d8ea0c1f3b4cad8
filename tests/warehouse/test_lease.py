"""One run at a time writes to a bucket, from whichever machine; one that was taken for dead finds out in time."""

from __future__ import annotations

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from flows.places import warehouse_folder
from tests.buckets import way_to
from warehouse import expiry, lease, lock, snapshots
from warehouse.bucket import Bucket
from warehouse.errors import Busy, Conflict, Unreachable
from warehouse.expiry import Policy
from warehouse.lease import KEY, TERM, Lease
from warehouse.manifests import Manifest
from warehouse.mirror import shown
from warehouse.snapshots import Snapshot
from warehouse.storage import at
from warehouse.store import Warehouse


def machine(bucket: Path, name: str, patch: pytest.MonkeyPatch) -> Path:
    """The same bucket from a machine of its own."""
    with patch.context() as told:
        told.setenv("DIBAO_CACHE", str(bucket.parent / name))
        return warehouse_folder(shown(bucket))


def held(root: Path) -> dict[str, object]:
    return dict(json.loads(at(root).get(KEY)))


def killed(root: Path) -> Lease:
    """The lease of a run that is no more, and renews nothing."""
    store = at(root)
    assert isinstance(store, Bucket)
    dead = Lease(root, store)
    dead._ended.set()
    dead._thread.join()
    return dead


def draft(number: int, run: str, before: Snapshot | None = None) -> Snapshot:
    return Snapshot(
        number=number,
        previous_sha256=before.sha256 if before else None,
        run_id=run,
        published_at="2024-03-04T00:00:00+00:00",
        code_version="1",
        config_sha256="",
        stages={},
        tables={},
        warc=Manifest(at(Path("none")), ()),
    )


def test_a_lease_is_held_by_one_and_let_go_of(bucket: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = machine(bucket, "other", monkeypatch)
    with lock.hold(bucket):
        assert held(bucket)["number"] == 1
        with pytest.raises(Busy, match=r"Another run \(.*\) is writing to s3://.*its lease ends"), lock.hold(other):
            pass
        with pytest.raises(Busy, match=r"Another run \(process \d+\)"), lock.hold(bucket):
            pass
    assert held(bucket)["released"] is True
    with lock.hold(other):
        assert (held(other)["number"], held(other)["released"]) == (2, False)


def test_a_killed_run_keeps_nobody_out_on_its_own_machine(bucket: Path) -> None:
    killed(bucket)
    with lock.hold(bucket):
        assert held(bucket)["number"] == 2


def test_a_killed_run_keeps_others_out_for_a_term_by_the_clock_of_the_server(
    bucket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = machine(bucket, "other", monkeypatch)
    killed(bucket)
    real = lease.prove
    for age, free in ((TERM - 5, False), (TERM + 5, True)):
        monkeypatch.setattr(lease, "prove", lambda store, age=age: real(store) + timedelta(seconds=age))
        if free:
            with lock.hold(other):
                assert held(other)["number"] == 2
        else:
            with pytest.raises(Busy, match=r"its lease ends [45] s from now"), lock.hold(other):
                pass


def test_a_renewal_shows_that_the_run_is_alive(bucket: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "TERM", 0.2)
    with lock.hold(bucket):
        until = time.monotonic() + 30
        while held(bucket)["beat"] == 0 and time.monotonic() < until:
            time.sleep(0.02)
        assert int(str(held(bucket)["beat"])) > 0
        assert held(bucket)["number"] == 1


def test_a_holder_that_was_taken_for_dead_publishes_and_deletes_nothing(
    bucket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its process was held up for longer than a term, and another run began meanwhile."""
    other = machine(bucket, "other", monkeypatch)
    first = snapshots.publish(bucket, draft(1, "first"))
    for number in range(2, 6):
        first = snapshots.publish(bucket, draft(number, f"run {number}", first))
    with lock.hold(bucket):
        stale = lock._LEASES[bucket.resolve()]
        stale._since -= 2 * TERM
        real = lease.prove
        monkeypatch.setattr(lease, "prove", lambda store: real(store) + timedelta(seconds=2 * TERM))
        with lock.hold(other):
            before = at(other).names()
            with pytest.raises(Conflict, match="took this one for dead"):
                snapshots.publish(bucket, draft(6, "stale", first))
            with pytest.raises(Conflict, match="nothing of this run is visible"):
                expiry.expire(bucket, Policy.of("1 yearly"))
            assert [name for name in at(other).names("snapshots") if "expired" not in name] == [
                name for name in before if name.startswith("snapshots/")
            ]
            assert snapshots.publish(other, draft(6, "new", first)).run_id == "new"
        assert held(other)["released"] is True
    assert held(other)["number"] == 2  # a stale holder lets go of nothing


def test_a_lease_that_cannot_be_renewed_is_lost_after_its_term(bucket: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with lock.hold(bucket):
        mine = lock._LEASES[bucket.resolve()]
        mine.check()
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        monkeypatch.setenv("DIBAO_PATIENCE", "0.05")
        mine._since -= TERM * 0.6
        with pytest.raises(Unreachable):
            mine.check()
        mine._since -= TERM
        with pytest.raises(Conflict, match="could not be renewed in time"):
            mine.check()


def test_an_answer_that_is_lost_loses_no_lease(bucket: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with way_to(os.environ["AWS_ENDPOINT_URL"]) as way, lock.hold(bucket):
        mine = lock._LEASES[bucket.resolve()]
        monkeypatch.setenv("AWS_ENDPOINT_URL", way.endpoint)
        way.fault = lambda method, path, number: "lost" if method == "PUT" else ""
        monkeypatch.setenv("DIBAO_PATIENCE", "0.05")
        for _ in range(3):
            mine._since -= TERM * 0.6
            mine.check()


def test_of_eight_publishers_one_publishes_and_seven_are_told(bucket: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Round by round, each from a machine of its own and without a lease between them: the snapshot alone decides."""
    machines = [machine(bucket, f"m{n}", monkeypatch) for n in range(8)]
    last: Snapshot | None = None

    def publish(n: int, number: int, before: Snapshot | None) -> str:
        try:
            return snapshots.publish(machines[n], draft(number, f"run {n} of round {number}", before)).run_id
        except Conflict:
            return ""

    with ThreadPoolExecutor(8) as pool:
        for number in range(1, 5):
            told = [run for run in pool.map(lambda n, a=number, b=last: publish(n, a, b), range(8)) if run]
            assert len(told) == 1
            last = snapshots.load(bucket, number)
            assert last.run_id == told[0]
    assert snapshots.chain(bucket) == []


def test_of_eight_writers_one_writes(bucket: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machines = [machine(bucket, f"m{n}", monkeypatch) for n in range(8)]

    def write(root: Path) -> bool:
        try:
            with Warehouse(root).writer():
                time.sleep(1)
        except Busy:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(write, machines)) == 1
