"""The one door to storage: what is put is whole or not there, whoever is killed or races."""

from __future__ import annotations

import ast
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.conftest import ROOT
from warehouse.errors import Moved, WarehouseError
from warehouse.storage import Storage, at


@pytest.fixture(params=["disk", "bucket"])
def store(tmp_path: Path, request: pytest.FixtureRequest) -> Storage:
    return at(tmp_path / "w" if request.param == "disk" else request.getfixturevalue("bucket"))


def test_a_store_that_is_looked_at_is_not_made(tmp_path: Path, store: Storage) -> None:
    assert store.names() == store.spooled() == []
    assert store.size("a") is None
    store.delete("a/b")
    with pytest.raises(FileNotFoundError):
        store.get("a")
    assert not (tmp_path / "w").exists()


def test_what_is_put_is_got_ranges_and_all(store: Storage) -> None:
    store.put("a/b/c.json", b"0123456789")
    assert store.get("a/b/c.json") == b"0123456789"
    assert store.size("a/b/c.json") == 10
    assert store.read("a/b/c.json", 3, 4) == b"3456"
    assert store.read("a/b/c.json", 8, 400) == b"89"
    with store.stream("a/b/c.json", 7) as file:
        assert file.read() == b"789"
    assert store.local("a/b/c.json").read_bytes() == b"0123456789"
    store.put("a/b/c.json", b"other")
    assert store.within("a").get("b/c.json") == b"other"


def test_a_new_object_is_put_once(store: Storage) -> None:
    store.put_new("a/1", b"first")
    with pytest.raises(FileExistsError):
        store.put_new("a/1", b"second")
    assert store.get("a/1") == b"first"
    assert os.listdir(store.local("a/1").parent) == ["1"]


def _put_new(place: Path, text: bytes) -> bool:
    try:
        at(place).put_new("7", text)
    except FileExistsError:
        return False
    return True


def test_of_many_who_put_one_succeeds(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        for race in range(20):
            place = tmp_path / str(race)
            won = list(pool.map(lambda n, place=place: _put_new(place, b"%d" % n), range(8)))
            assert sum(won) == 1
            assert at(place).get("7") == b"%d" % won.index(True)


def test_a_swap_needs_what_was_there(store: Storage) -> None:
    store.swap("pointer", None, b"1")
    store.swap("pointer", b"1", b"2")
    for before in (None, b"1", b""):
        with pytest.raises(Moved, match="try again"):
            store.swap("pointer", before, b"3")
    assert store.get("pointer") == b"2"
    assert store.names() == ["pointer"]


def test_counting_by_swaps_loses_no_count(store: Storage) -> None:
    store.put("count", b"0")

    def once(_: int) -> None:
        while True:
            before = store.get("count")
            try:
                return store.swap("count", before, b"%d" % (int(before) + 1))
            except Moved:
                continue

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(once, range(60)))
    assert store.get("count") == b"60"


def test_a_stream_that_breaks_off_leaves_nothing(store: Storage) -> None:
    store.put("a/x", b"before")

    def half_a_file() -> None:
        with store.writing("a/x") as out:
            out.write(b"half")
            raise OSError("full")

    def half_a_folder() -> None:
        with store.making("a/folder") as folder:
            folder.mkdir()
            (folder / "one").write_bytes(b"1")
            raise OSError("full")

    for fails in (half_a_file, half_a_folder):
        with pytest.raises(OSError, match="full"):
            fails()
    assert store.get("a/x") == b"before"
    assert store.names() == ["a/x"]
    with store.writing("a/x") as out:
        out.write(b"after")
        assert store.get("a/x") == b"before"
    assert store.get("a/x") == b"after"


def test_a_folder_is_made_whole_and_replaced_whole(store: Storage) -> None:
    for turn in (b"1", b"2"):
        with store.making("state/generation") as folder:
            (folder / "deep").mkdir(parents=True)
            (folder / "deep" / turn.decode()).write_bytes(turn)
        assert store.names("state") == [f"state/generation/deep/{turn.decode()}"]
    store.delete("state/generation")
    assert store.names() == []


def test_a_file_is_taken_in_or_copied(tmp_path: Path, store: Storage) -> None:
    for key, keep in (("gone", False), ("kept", True)):
        made = tmp_path / key
        made.write_bytes(b"x")
        store.put_file(f"in/{key}", made, keep=keep)
        assert made.exists() is keep
    assert [store.get(name) for name in store.names()] == [b"x", b"x"]


def test_a_reference_reads_like_a_file(tmp_path: Path) -> None:
    store = at(tmp_path / "w")
    (tmp_path / "elsewhere").write_bytes(b"0123")
    store.refer("raw/there", tmp_path / "elsewhere")
    assert store.read("raw/there", 1, 2) == b"12"
    store.delete("raw/there")
    assert (tmp_path / "elsewhere").exists()


def test_a_bucket_refers_to_nothing_on_this_machine(tmp_path: Path, bucket: Path) -> None:
    with pytest.raises(WarehouseError, match="let the source copy its files"):
        at(bucket).refer("raw/there", tmp_path)


def test_what_is_spooled_is_no_object_until_it_is_kept(store: Storage) -> None:
    with store.spool("raw/a.warc.gz").open("wb") as out:
        out.write(b"bytes")
    assert store.names() == []
    assert store.size("raw/a.warc.gz") is None
    assert store.spooled() == ["raw/a.warc.gz"]
    store.keep("raw/a.warc.gz")
    assert (store.spooled(), store.names()) == ([], ["raw/a.warc.gz"])
    assert store.get("raw/a.warc.gz") == b"bytes"


def test_what_killed_ones_left_is_swept_and_nothing_else(store: Storage) -> None:
    store.put("a", b"1")
    store.spool("b").write_bytes(b"2")
    with store.scratch("work") as folder:
        (folder / "half").write_bytes(b"3")
        store.sweep()
        assert not folder.exists()
    assert (store.names(), store.spooled()) == (["a"], ["b"])


def test_what_is_half_made_deep_inside_is_swept_too(store: Storage) -> None:
    with store.within("state").within("match").making("generation") as folder:
        folder.mkdir()
        store.sweep()
        assert not folder.exists()
        folder.mkdir(parents=True)
    assert store.local("state/match/generation").is_dir()


# ---------------------------------------------------------------- nobody goes round it

DOOR = {"warehouse/storage.py", "warehouse/disk.py", "warehouse/bucket.py"}
WARC = {"warehouse/raw.py", "warehouse/records.py"}
"""The reader and the writer of WARC files, which cut and seek what is spooled or being read."""
NOT_THE_WAREHOUSE = {
    "flows/commands/export.py": {"replace"},  # the file that the user named
    "flows/commands/compare.py": {"truncate"},  # text on a screen
    # What a container holds is read from the input that was handed over.
    "flows/capture/containers.py": {"seek"},
    "flows/capture/unpack.py": {"seek"},
    "flows/capture/zips.py": {"seek"},
    # The catalogue's bytes for a query, where a system cannot read at a place.
    "warehouse/reading.py": {"lseek"},
}
MODULE_CALLS = {
    "os": {"rename", "renames", "replace", "link", "symlink", "truncate", "ftruncate", "fsync", "lseek"},
    "glob": {"glob", "iglob"},
    "shutil": {"move"},
}
PATH_CALLS = {"rename", "hardlink_to", "symlink_to", "glob", "rglob", "seek", "truncate"}


def around_the_door(source: str) -> set[str]:
    """Calls of a module by which it would rename, link, cut, glob or seek files by itself."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        name, owner = node.func.attr, node.func.value
        module = owner.id if isinstance(owner, ast.Name) else ""
        if module in MODULE_CALLS:
            calls = MODULE_CALLS[module]
        else:  # `replace` of a string takes two
            calls = PATH_CALLS | ({"replace"} if len(node.args) == 1 and not node.keywords else set())
        if name in calls:
            found.add(name)
    return found


@pytest.mark.parametrize(
    "code",
    [
        "os.rename(a, b)",
        "os.link(a, b)",
        "os.replace(a, b)",
        "a.replace(b)",
        "(a / 'x').rename(b)",
        "a.glob('*')",
        "glob.glob('*')",
        "file.seek(3)",
        "file.truncate()",
        "os.truncate(a, 3)",
        "shutil.move(a, b)",
    ],
)
def test_a_way_round_the_door_is_seen(code: str) -> None:
    assert around_the_door(code)


def test_what_only_sounds_like_it_is_not() -> None:
    assert not around_the_door("'a'.replace('a', 'b'); moment.replace(tzinfo=None); dataclasses.replace(a, b=1)")


def test_nobody_goes_round_the_door() -> None:
    seen = {}
    for path in [
        *(ROOT / "flows").rglob("*.py"),
        *(ROOT / "warehouse").rglob("*.py"),
        *(ROOT / "schemas").rglob("*.py"),
    ]:
        name = path.relative_to(ROOT).as_posix()
        if name not in DOOR | WARC and (calls := around_the_door(path.read_text("utf-8"))):
            seen[name] = calls
    assert seen == NOT_THE_WAREHOUSE
