"""Containers: each member is a record of its own, and what cannot be taken stops nothing else."""

from __future__ import annotations

import gzip
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from flows.capture import containers
from flows.capture.container_names import codec_of
from flows.examine import examine
from flows.progress import Silent
from flows.rebuild import compare, rebuild
from flows.settings import Settings
from tests.jobs import ingest, rows
from tests.makers.containers import packed, tarred, zipped, zipped_raw
from tests.makers.warc_bytes import gzipped, info
from warehouse.store import Warehouse


def text(number: int) -> bytes:
    """A short text that no other member has."""
    return f"渡口改期第{number}号\n自三月起，渡船每日{number}班，票价不变。\n".encode()


def several(start: int, count: int = 3) -> list[tuple[str, bytes]]:
    return [(f"{n}.txt", text(n)) for n in range(start, start + count)]


DEEP = zipped([("4.zip", zipped([("3.zip", zipped([("2.zip", zipped([("deep.txt", text(90))]))]))]))])
CUT_ZIP = zipped(several(30))
CUT_TAR = tarred(several(40))
BROKEN_TAR = bytearray(tarred(several(50)))
BROKEN_TAR[1024:1500] = b"\xa7" * 476
BROKEN_GZ = bytearray(gzip.compress(b"\n".join(text(n) for n in range(3000, 3400)), 1, mtime=0))

FILES: dict[str, bytes] = {
    "names/gbk.zip": zipped_raw("新闻/江口晚报.txt".encode("gbk"), text(1)),
    "names/dos.zip": zipped_raw("für.txt".encode("cp437"), text(2)),
    "names/field.zip": zipped_raw(
        b"x.txt",
        text(3),
        extra=b"up"
        + (13).to_bytes(2, "little")
        + b"\1"
        + zlib.crc32(b"x.txt").to_bytes(4, "little")
        + "é.txt!!".encode(),
    ),
    "names/utf8.tar": tarred([("河口/大桥.txt", text(4))]),
    "names/out.zip": zipped(
        [("../../../escaped.txt", text(5)), ("/etc/rooted.txt", text(6)), ("C:\\d\\w.txt", text(7))]
    ),
    "names/out.tgz": packed(tarred([("../../escaped.txt", text(8))]), "gz"),
    "names/alike.zip": zipped([("a.txt", text(10)), ("a.txt", text(11))]),
    "names/hidden.zip": zipped([("__MACOSX/._a.txt", b"\0\5"), (".DS_Store", b"\0"), ("seen.txt", text(12))]),
    "big.zip": zipped(several(13), zip64=True),
    "bundle.tar.zst": packed(tarred(several(16)), "zst"),
    "bundle.tbz2": packed(tarred(several(20)), "bz2"),
    "two.txt.gz": packed(text(23), "gz") + packed(text(24), "gz") + b"\0" * 512,
    "page.html": packed(b"<html><body><p>" + text(25) * 3 + b"</p></body></html>", "gz"),
    "nested.zip": zipped([("in.tar.xz", packed(tarred([("inner.zip", zipped(several(26)))]), "xz"))]),
    "deep.zip": DEEP,
    "cut.zip": CUT_ZIP[: CUT_ZIP.index(b"PK\x03\x04", 4) + 60],
    "cut.tar": CUT_TAR[: 512 * 5 + 20],
    "broken.tar": bytes(BROKEN_TAR),
    "cut.txt.gz": bytes(BROKEN_GZ[: len(BROKEN_GZ) // 2]),
    "locked.zip": zipped_raw(b"secret.txt", text(60), encrypted=True),
    "sum.zip": zipped_raw(b"wrong.txt", text(61), crc=1),
    "one-bad.tar": tarred([("1.zip", zipped_raw(b"wrong.txt", text(62), crc=1)), ("good.txt", text(63))]),
    "empty.zip": zipped([]),
    "nothing.tar": tarred([("nothing.txt", b""), ("there.txt", text(64))]),
    "links.tar": tarred([("there.txt", text(65))], {"link.txt": "/etc/passwd"}),
    "no.zip": b"PK\x03\x04 this is none",
    "no.tar": b"no tar file at all " * 40,
    "dump.jsonl.xz": packed('{"title":"甲","content":"自六月起，渡船每日两班，票价不变，老人免费。"}\n'.encode(), "xz"),
    "web.zip": zipped([("crawl/x.warc.gz", gzipped(info("2024-03-07T10:00:00Z"))), ("notes.txt", text(66))]),
    "bomb.zip": zipped([("zeros.txt", b"\0" * (40 << 20)), ("beside.txt", text(67))]),
    "bomb.txt.gz": packed(b"0" * (40 << 20), "gz"),
}


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with all of FILES."""
    root = tmp_path_factory.mktemp("containers")
    for name, data in FILES.items():
        path = root / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    ingest(root / "w", root / "in")
    return root / "w"


def members(root: Path, name: str) -> dict[str, str]:
    """Addresses of the members of a container, below it, with the text that was read from each."""
    found = rows(
        root,
        "SELECT uri, coalesce(string_agg(p.text, '|' ORDER BY p.ordinal), '') FROM captures c "
        "LEFT JOIN documents d USING (payload_sha256) LEFT JOIN passages p USING (document_id) "
        "WHERE contains(uri, $1) GROUP BY uri",
        f"/{name}!/",
    )
    return {unquote(uri.partition(f"/{name}!/")[2]): read for uri, read in found}


def told(root: Path, name: str) -> list[tuple[str, str]]:
    """What was rejected of a container when it was captured: address below it, short name."""
    found = rows(root, "SELECT uri, error FROM rejects WHERE stage = 'capture' AND contains(uri, $1)", f"/{name}")
    return sorted((unquote(uri.partition(f"/{name}")[2]), error) for uri, error in found)


def read_of(number: int) -> str:
    return text(number).decode().strip().replace("\n", "|")


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("gbk.zip", {"新闻/江口晚报.txt": 1}),
        ("dos.zip", {"für.txt": 2}),
        ("field.zip", {"é.txt!!": 3}),
        ("utf8.tar", {"河口/大桥.txt": 4}),
        ("out.zip", {"escaped.txt": 5, "etc/rooted.txt": 6, "d/w.txt": 7}),
        ("out.tgz", {"escaped.txt": 8}),
        ("alike.zip", {"a.txt": 10, "a.txt&2": 11}),
        ("hidden.zip", {"seen.txt": 12}),
        ("big.zip", {"13.txt": 13, "14.txt": 14, "15.txt": 15}),
        ("bundle.tar.zst", {"16.txt": 16, "17.txt": 17, "18.txt": 18}),
        ("bundle.tbz2", {"20.txt": 20, "21.txt": 21, "22.txt": 22}),
        ("nested.zip", {f"in.tar.xz!/inner.zip!/{n}.txt": n for n in (26, 27, 28)}),
    ],
)
def test_members_are_records_of_their_own(taken: Path, name: str, held: dict[str, int]) -> None:
    assert members(taken, name) == {member: read_of(number) for member, number in held.items()}
    assert told(taken, name) == []


def test_packed_streams_after_one_another_are_one(taken: Path) -> None:
    assert members(taken, "two.txt.gz") == {"two.txt": f"{read_of(23)}|{read_of(24)}"}


def test_a_packed_page_is_told_by_its_bytes(taken: Path) -> None:
    assert "渡船每日25班" in members(taken, "page.html")["page.html"]


def test_records_and_archives_in_containers(taken: Path) -> None:
    assert list(members(taken, "dump.jsonl.xz").values()) == ["甲|自六月起，渡船每日两班，票价不变，老人免费。"]
    assert members(taken, "web.zip") == {"notes.txt": read_of(66)}
    assert rows(taken, "SELECT origin_uri FROM warc_files WHERE origin_uri IS NOT NULL") == [
        ("file:///in/web.zip!/crawl/x.warc.gz",)
    ]


@pytest.mark.parametrize(
    ("name", "kept", "why"),
    [
        ("cut.zip", ["30.txt"], [("", "damaged"), ("!/31.txt", "damaged")]),
        ("cut.tar", ["40.txt", "41.txt"], [("", "damaged"), ("!/42.txt", "damaged")]),
        ("broken.tar", ["50.txt", "52.txt"], [("", "damaged")]),
        ("one-bad.tar", ["good.txt"], [("!/1.zip!/wrong.txt", "damaged")]),
        ("deep.zip", [], [("!/4.zip!/3.zip!/2.zip", "nested")]),
        ("locked.zip", [], [("!/secret.txt", "encrypted")]),
        ("sum.zip", [], [("!/wrong.txt", "damaged")]),
        ("empty.zip", [], [("", "empty")]),
        ("links.tar", ["there.txt"], [("!/link.txt", "link")]),
        ("nothing.tar", ["nothing.txt", "there.txt"], []),
        ("no.zip", [], [("", "damaged")]),
        ("no.tar", [], [("", "damaged")]),
        ("bomb.zip", ["beside.txt"], [("!/zeros.txt", "too-large")]),
        ("bomb.txt.gz", [], [("!/bomb.txt", "too-large")]),
    ],
)
def test_what_is_bad_stops_nothing_else(taken: Path, name: str, kept: list[str], why: list[tuple[str, str]]) -> None:
    assert sorted(members(taken, name)) == kept
    assert told(taken, name) == why
    lost = [error for _, error in why if error != "link"]
    # Its bytes are kept, and every capture comes to something.
    assert len(rows(taken, "SELECT 1 FROM captures WHERE ends_with(uri, $1)", f"/{name}")) == bool(lost)


def test_what_of_a_cut_stream_could_be_unpacked_is_kept_and_marked(taken: Path) -> None:
    read = members(taken, "cut.txt.gz")["cut.txt"]
    assert read.startswith(read_of(3000))
    assert 1000 < len(read) < 400 * len(read_of(3000))
    ((flags,),) = rows(
        taken,
        "SELECT max_by(flags, p.ordinal) FROM passages p JOIN documents d USING (document_id) "
        "JOIN captures c USING (payload_sha256) WHERE contains(c.uri, 'cut.txt.gz!/')",
    )
    assert flags == ["truncated"]
    assert told(taken, "cut.txt.gz") == [("!/cut.txt", "cut")]


def test_nothing_is_unpacked_beside_the_warehouse(taken: Path) -> None:
    assert sorted(path.name for path in taken.parent.iterdir()) == ["in", "w"]
    assert not list(taken.parent.rglob("*escaped*"))


def test_the_same_again_changes_nothing_and_all_can_be_made_anew(taken: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(taken, tmp_path / "w")
    shutil.rmtree(tmp_path / "w" / "state" / "seen", ignore_errors=True)
    assert ingest(tmp_path / "w", taken.parent / "in").snapshot is None
    rebuild(Warehouse(taken), Warehouse(tmp_path / "anew"), Settings(warehouse=tmp_path / "anew", workers=1), Silent())
    assert [each.table for each in compare(Warehouse(taken), Warehouse(tmp_path / "anew")) if not each.same] == []
    assert examine(Warehouse(tmp_path / "anew")).findings == []
    assert examine(Warehouse(tmp_path / "w")).findings == []


def test_a_container_that_grows_brings_its_new_members_only(tmp_path: Path) -> None:
    path = tmp_path / "in" / "a.zip"
    path.parent.mkdir()
    path.write_bytes(zipped([*several(70), ("bad.txt", b"")]))
    assert ingest(tmp_path / "w", tmp_path / "in").counts["captures"] == 4
    path.write_bytes(zipped([*several(70, 4)]))
    assert ingest(tmp_path / "w", tmp_path / "in").counts["captures"] == 1


def test_what_was_told_of_a_member_goes_when_the_container_is_mended(tmp_path: Path) -> None:
    path = tmp_path / "in" / "a.zip"
    path.parent.mkdir()
    path.write_bytes(zipped_raw(b"a.txt", text(80), crc=1))
    ingest(tmp_path / "w", tmp_path / "in")
    path.write_bytes(zipped_raw(b"a.txt", text(80)))
    ingest(tmp_path / "w", tmp_path / "in")
    assert rows(tmp_path / "w", "SELECT uri FROM rejects WHERE stage = 'capture'") == []


_UNPACK = """
import resource, sys
from pathlib import Path
from flows.capture.containers import Exhausted, Limits, members
from flows.capture.media import media_type
path = Path(sys.argv[1])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with path.open("rb") as file:
    kind = media_type(path.name, file.read(4096))
    file.seek(0)
    try:
        for each in members(file, kind, path.name, path.stat().st_size, Limits.of(path.stat().st_size)):
            print(type(each).__name__, getattr(each, "error", ""))
    except Exhausted as error:
        print("Exhausted", error.error)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def _repeated(how: str) -> bytes:
    """Packed zeros that unpack to a gigabyte: packed streams after one another are one."""
    return packed(b"\0" * (64 << 20), how) * 16


@pytest.mark.slow  # it unpacks gigabytes, to see what memory that takes
@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("zeros.gz", lambda: _repeated("gz")),
        ("zeros.bz2", lambda: _repeated("bz2")),
        ("zeros.xz", lambda: _repeated("xz")),
        ("zeros.zip", lambda: zipped([("zeros.txt", b"\0" * (300 << 20))])),
        ("zeros.tar.gz", lambda: packed(tarred([("zeros.txt", b"\0" * (300 << 20))]), "gz")),
    ],
)
def test_a_bomb_takes_little_memory(tmp_path: Path, name: str, make: Callable[[], bytes]) -> None:
    (tmp_path / name).write_bytes(make())
    done = subprocess.run(
        [sys.executable, "-c", _UNPACK, str(tmp_path / name)], capture_output=True, text=True, check=True
    )
    *said, grown = done.stdout.splitlines()
    assert said in (["Fault too-large"], ["Exhausted too-large"])
    assert int(grown) < 200 << 10  # kilobytes; more than half of it is what xz's own window may take


def test_more_members_than_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "many.zip"
    path.write_bytes(zipped(several(100, 20)))
    limits = containers.Limits.of(path.stat().st_size)
    limits.members = 5
    found: list[Any] = []
    with path.open("rb") as file, pytest.raises(containers.Exhausted, match="more than"):
        found.extend(containers.members(file, "application/zip", "many.zip", 1, limits))
    assert len(found) == 5


@pytest.mark.parametrize(
    ("names", "default", "codec"),
    [
        (["报告.txt"], "cp437", "gb18030"),
        (["ニュース.txt", "天気.txt"], "cp437", "cp932"),
        (["Новости.txt"], "cp437", "cp866"),
        (["für.txt", "café.txt"], "cp437", "cp437"),
        (["plain.txt"], "cp437", "utf-8"),
    ],
)
def test_the_encoding_of_names(names: list[str], default: str, codec: str) -> None:
    assert codec_of([name.encode("utf-8" if codec == "utf-8" else codec) for name in names], default) == codec
