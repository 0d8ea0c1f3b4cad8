"""A warehouse's storage in a bucket: what only a bucket can do wrong, and what goes wrong on the way to one."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from flows.places import warehouse_folder
from tests.buckets import Server, Way, told, way_to
from warehouse import copies, mirror
from warehouse.bucket import Bucket
from warehouse.errors import Moved, ReadOnly, Unreachable, WarehouseError
from warehouse.lease import prove
from warehouse.storage import at

PART = "tables/articles/part-" + "0" * 32 + ".parquet"


@pytest.fixture
def way(s3: Server) -> Iterator[Way]:
    with way_to(s3.endpoint) as way:
        yield way


@pytest.fixture
def faulty(way: Way, s3: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """A store to which the way goes wrong as `way.fault` says."""
    told(monkeypatch, way.endpoint, tmp_path / "faulty", patience=3)
    store = at(warehouse_folder(f"s3://{s3.bucket()}/w"))
    assert isinstance(store, Bucket)
    return store


# ---------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("s3://bucket/prefix", "s3://bucket/prefix"),
        ("s3:/bucket/prefix/", "s3://bucket/prefix"),
        ("S3://bucket", "s3://bucket"),
        ("gs://bucket/a/b", "gs://bucket/a/b"),
        ("az://account/container/w", "az://account/container/w"),
        ("s3://bucket/报纸/2024", "s3://bucket/报纸/2024"),
        ("file:///x", None),
        ("http://host/x", None),
        ("a/b", None),
    ],
)
def test_an_address_has_one_form(said: str, address: str | None) -> None:
    assert mirror.parsed(said) == address


@pytest.mark.parametrize(
    "said", ["s3://", "s3://b/a*b", "s3://b/a b", "s3://b/a?c", "s3://b/a//b", "s3://b/../c", "s3://b/%20"]
)
def test_an_address_that_engines_misread_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        mirror.parsed(said)


def test_a_key_in_an_address_is_refused_and_not_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIBAO_CACHE", str(tmp_path))
    with pytest.raises(ValueError, match="in the environment") as refused:
        warehouse_folder("s3://AKIAEXAMPLE:verysecret@bucket/w")
    assert "verysecret" not in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_buckets_of_one_name_on_two_servers_are_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIBAO_CACHE", str(tmp_path))
    found = set()
    for endpoint in ("http://127.0.0.1:1", "http://127.0.0.1:2"):
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        found.add(mirror.of("s3://bucket/w"))
    assert len(found) == 2
    assert {mirror.shown(each) for each in found} == {"s3://bucket/w"}


def test_nothing_but_the_address_is_written_down(bucket: Path) -> None:
    at(bucket).put("sources/a.toml", b"x")
    kept = b"".join(path.read_bytes() for path in bucket.rglob("*") if path.is_file())
    assert os.environ["AWS_SECRET_ACCESS_KEY"].encode() not in kept
    assert mirror.shown(bucket).encode() in kept


# ---------------------------------------------------------------- copies


def test_what_never_changes_is_asked_for_once(faulty: Bucket, way: Way) -> None:
    faulty.put(PART, b"rows")
    faulty.put("outlets.toml", b"one")
    (faulty.mirror / PART).unlink()
    begun = len(way.requests)
    for _ in range(3):
        assert faulty.local(PART).read_bytes() == b"rows"
        assert faulty.get("outlets.toml") == b"one"
    paths = [path.rpartition("/")[2] for _, path, _ in way.requests[begun:]]
    assert (paths.count(PART.rpartition("/")[2]), paths.count("outlets.toml")) == (1, 3)


def test_what_another_machine_changed_or_removed_is_seen(
    bucket: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, address = at(bucket), mirror.shown(bucket)
    here.put("sources/a.toml", b"1")
    here.local("sources/a.toml")
    monkeypatch.setenv("DIBAO_CACHE", str(tmp_path / "another"))
    there = at(warehouse_folder(address))
    there.put("sources/a.toml", b"2")
    assert here.local("sources/a.toml").read_bytes() == b"2"
    there.delete("sources/a.toml")
    assert not here.local("sources/a.toml").exists()


def test_the_hash_is_that_of_the_bucket_and_not_of_the_copy(bucket: Path) -> None:
    store = at(bucket)
    store.put(PART, b"rows")
    before = store.sha256(PART)
    store.local(PART).write_bytes(b"damaged")
    assert store.sha256(PART) == before


def test_copies_are_let_go_of_and_had_again(bucket: Path) -> None:
    store = at(bucket)
    assert isinstance(store, Bucket)
    names = [PART.replace("0" * 32, f"{n:032d}") for n in range(4)]
    for n, name in enumerate(names):
        store.put(name, b"12345")
        os.utime(bucket / name, (n, n))
    store.spool("raw/a.warc.gz").write_bytes(b"not put yet")
    assert copies.forget(store, 10) == 2
    assert [(bucket / name).exists() for name in names] == [False, False, True, True]
    assert store.spooled() == ["raw/a.warc.gz"]
    store.fetch(names)
    assert [(bucket / name).read_bytes() for name in names] == [b"12345"] * 4


def test_copies_of_what_another_machine_took_down_go(
    bucket: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, address = at(bucket), mirror.shown(bucket)
    assert isinstance(here, Bucket)
    for key in ("raw/a.warc.gz", PART):
        here.put(key, b"secret")
    here.put("snapshots/expired.json", b"{}")
    copies.reconcile(here)
    assert (bucket / "raw/a.warc.gz").exists()  # snapshots expire, and the bytes stay
    here.spool("raw/b.warc.gz").write_bytes(b"not put yet")
    monkeypatch.setenv("DIBAO_CACHE", str(tmp_path / "another"))
    there = at(warehouse_folder(address))
    there.put("takedowns/1.toml", b"")
    there.put("raw/a.warc.gz", b"******")
    there.delete(PART)
    there.put("snapshots/expired.json", b'{"1": ""}')
    copies.reconcile(here)
    assert not (bucket / PART).exists()
    assert here.get("raw/a.warc.gz") == b"******"
    assert here.spooled() == ["raw/b.warc.gz"]


def test_state_stays_on_this_machine(bucket: Path) -> None:
    at(bucket / "state").within("match").put("x", b"1")
    at(bucket).put("state/y", b"2")
    assert at(bucket).names() == []
    assert at(bucket).names("state") == ["state/match/x", "state/y"]


def test_a_large_object_is_put_in_parts_and_read_in_ranges(bucket: Path, tmp_path: Path) -> None:
    data = bytes(range(256)) * (72 << 10)  # 18 MB, three parts
    (tmp_path / "large").write_bytes(data)
    store = at(bucket)
    store.put_file("raw/a.warc.gz", tmp_path / "large", keep=True)
    assert not (bucket / "raw/a.warc.gz").exists()
    assert store.size("raw/a.warc.gz") == len(data)
    assert store.read("raw/a.warc.gz", 9_000_000, 700) == data[9_000_000:9_000_700]
    with store.stream("raw/a.warc.gz", len(data) - 5, 300) as file:
        assert file.read() == data[-5:]


def test_records_that_follow_one_another_are_had_by_few_requests(faulty: Bucket, way: Way, tmp_path: Path) -> None:
    """400 ranges of 1,000 bytes with gaps between them, then some that jump about."""
    data = bytes(range(251)) * 3000
    (tmp_path / "segment").write_bytes(data)
    faulty.put_file("raw/a.warc.gz", tmp_path / "segment", keep=True)
    begun = len(way.requests)
    for start in range(0, 600_000, 1_500):
        assert faulty.read("raw/a.warc.gz", start, 1_000) == data[start : start + 1_000]
    assert len(way.requests) - begun <= 3
    for start in (700_000, 5, 752_990, 300_000, 0):
        with faulty.stream("raw/a.warc.gz", start, 100) as file:
            assert file.read(100) == data[start : start + 100]
    # Each at most once, and the length once.
    assert len(way.requests) - begun <= 3 + 5 + 1


# ---------------------------------------------------------------- what goes wrong


def test_an_answer_that_is_lost_is_no_failure(faulty: Bucket, way: Way, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"f")

    def lost_once(method: str, path: str, number: int) -> str:
        first = (method, path) not in seen and method == "PUT"
        seen.add((method, path))
        return "lost" if first else ""

    seen: set[tuple[str, str]] = set()
    way.fault = lost_once
    faulty.put("a", b"1")
    faulty.put_new("b", b"2")
    faulty.put_file("raw/c", tmp_path / "file", keep=True)
    seen.clear()
    faulty.swap("a", b"1", b"3")
    assert [faulty.get(key) for key in ("a", "b", "raw/c")] == [b"3", b"2", b"f"]
    with pytest.raises(FileExistsError):
        faulty.put_new("b", b"other")
    with pytest.raises(Moved):
        faulty.swap("a", b"1", b"4")
    assert sum(ends == "lost" for _, _, ends in way.requests) == 5


def test_the_same_bytes_of_somebody_else_are_no_lost_answer(bucket: Path) -> None:
    at(bucket).put_new("a", b"1")
    with pytest.raises(FileExistsError):
        at(bucket).put_new("a", b"1")


def test_every_answer_lost_is_none_either(faulty: Bucket, way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIBAO_PATIENCE", "0.1")
    way.fault = lambda method, path, number: "lost" if method == "PUT" else ""
    faulty.put_new("a", b"1")
    faulty.swap("a", b"1", b"2")
    assert faulty.get("a") == b"2"


def test_a_server_that_asks_to_slow_down_is_asked_again(faulty: Bucket, way: Way) -> None:
    way.fault = lambda method, path, number: "slow" if number % 3 else ""
    faulty.put_new("a", b"1")
    faulty.swap("a", b"1", b"2")
    assert faulty.get("a") == b"2"
    assert faulty.names() == ["a"]


@pytest.mark.parametrize("ends", ["down", "slow"])
def test_an_outage_is_one_sentence_and_what_was_there_stays(
    faulty: Bucket, way: Way, ends: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"f")
    faulty.put("a", b"1")
    way.fault = lambda method, path, number: ends
    monkeypatch.setenv("DIBAO_PATIENCE", "0.1")
    for work in (
        lambda: faulty.put("a", b"2"),
        lambda: faulty.put_new("b", b"2"),
        lambda: faulty.swap("a", b"1", b"2"),
        lambda: faulty.put_file("raw/c", tmp_path / "file"),
        lambda: faulty.get("a"),
        lambda: faulty.size("a"),
        lambda: faulty.names(),
        lambda: faulty.read("raw/x", 0, 5),
        lambda: faulty.local(PART),
        lambda: faulty.delete("a"),
    ):
        with pytest.raises(Unreachable, match=r"^s3://.*again later\.$"):
            work()
    way.fault = lambda method, path, number: ""
    assert faulty.get("a") == b"1"
    assert faulty.names() == ["a"]
    assert (tmp_path / "file").exists()


def test_a_segment_that_cannot_be_put_stays_spooled(faulty: Bucket, way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    faulty.spool("raw/a.warc.gz").write_bytes(b"bytes")
    way.fault = lambda method, path, number: "down"
    monkeypatch.setenv("DIBAO_PATIENCE", "0.1")
    with pytest.raises(Unreachable):
        faulty.keep("raw/a.warc.gz")
    assert faulty.spooled() == ["raw/a.warc.gz"]
    way.fault = lambda method, path, number: ""
    faulty.keep("raw/a.warc.gz")
    assert (faulty.spooled(), faulty.names(), faulty.get("raw/a.warc.gz")) == ([], ["raw/a.warc.gz"], b"bytes")


def test_a_bucket_that_is_not_there_is_said(s3: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, s3.endpoint, tmp_path)
    store = at(warehouse_folder("s3://no-such-bucket/w"))
    for work in (lambda: store.put("a", b"1"), lambda: store.put_new("a", b"1"), store.names):
        with pytest.raises(Unreachable, match="There is no bucket at s3://no-such-bucket/w"):
            work()


def test_a_store_that_heeds_conditions_is_taken_and_leaves_nothing(bucket: Path) -> None:
    store = at(bucket)
    assert isinstance(store, Bucket)
    assert prove(store).tzinfo is not None
    assert store.names() == []


def test_who_may_only_read_is_told_so_and_can_read(faulty: Bucket, way: Way) -> None:
    faulty.put("a", b"1")
    way.fault = lambda method, path, number: "refused" if method in ("PUT", "POST", "DELETE") else ""
    with pytest.raises(ReadOnly, match=r"AccessDenied.*AWS_ACCESS_KEY_ID.*Commands that only read work\."):
        prove(faulty)
    assert faulty.get("a") == b"1"
    way.fault = lambda method, path, number: "refused"
    for work in (lambda: faulty.get("a"), faulty.names):
        with pytest.raises(Unreachable, match="does not let this run at a "):
            work()


@pytest.mark.parametrize("condition", ["If-None-Match", "If-Match", "both"])
def test_a_store_that_ignores_conditions_is_refused(faulty: Bucket, way: Way, condition: str) -> None:
    """The way loses the conditions of every put, or of those after the first two, which are the create-only ones."""

    def blind(method: str, path: str, number: int) -> str:
        puts = sum(each == "PUT" for each, _, _ in way.requests) + 1
        hit = {"both": True, "If-None-Match": puts <= 2, "If-Match": puts > 2}[condition]
        return "blind" if method == "PUT" and hit else ""

    way.fault = blind
    with pytest.raises(WarehouseError, match="ignores the conditions of a put"):
        prove(faulty)


# ---------------------------------------------------------------- many at once


def test_of_eight_who_put_one_succeeds(bucket: Path) -> None:
    def put(race: int, n: int) -> bool:
        try:
            at(bucket).put_new(f"snapshots/{race}.json", json.dumps([n]).encode())
        except FileExistsError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        for race in range(5):
            won = list(pool.map(lambda n, race=race: put(race, n), range(8)))
            assert sum(won) == 1
            assert json.loads(at(bucket).get(f"snapshots/{race}.json")) == [won.index(True)]
