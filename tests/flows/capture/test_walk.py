"""Finding files: each once, in one order, and what cannot be taken is said."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.capture.walk import FileFound, NotTaken, walk
from flows.sources.registry import Source


def source(folder: Path, **more: str) -> Source:
    return Source(id="s", location=str(folder), **more)  # type: ignore[arg-type]


def found(folder: Path) -> list[str]:
    return [each.uri.removeprefix("file:///s/") for each in walk(source(folder)) if isinstance(each, FileFound)]


def refused(folder: Path) -> dict[str, str]:
    return {
        each.uri.removeprefix("file:///s/"): each.error for each in walk(source(folder)) if isinstance(each, NotTaken)
    }


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name, "utf-8")


def test_files_come_sorted_by_their_bytes(tmp_path: Path) -> None:
    write(tmp_path, "b/2.txt", "b/10.txt", "a.txt", "B.txt", "b.txt", "é.txt", "江.txt", "b/c/1.txt")
    assert found(tmp_path) == [
        "B.txt",
        "a.txt",
        "b.txt",
        "%C3%A9.txt",
        "%E6%B1%9F.txt",
        "b/10.txt",
        "b/2.txt",
        "b/c/1.txt",
    ]


def test_hidden_names_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, ".hidden", ".git/config", "a/.b/c.txt", "a/d.txt")
    assert found(tmp_path) == ["a/d.txt"]
    assert refused(tmp_path) == {}


def test_a_file_alone_is_a_source(tmp_path: Path) -> None:
    write(tmp_path, "20240301.txt", "other.txt")
    (only,) = walk(source(tmp_path / "20240301.txt"))
    assert isinstance(only, FileFound)
    assert (only.uri, only.outlet) == ("file:///s/20240301.txt", "s")
    assert only.name_date == datetime(2024, 3, 1, tzinfo=UTC)


def test_nothing_there(tmp_path: Path) -> None:
    (only,) = walk(source(tmp_path / "gone"))
    assert isinstance(only, NotTaken)
    assert (only.uri, only.error) == ("file:///s", "missing")


def test_the_outlet_is_the_first_folder(tmp_path: Path) -> None:
    write(tmp_path, "江口晚报/2024/1.txt", "2.txt")
    assert [each.outlet for each in walk(source(tmp_path)) if isinstance(each, FileFound)] == ["s", "江口晚报"]


def test_links_to_files_are_followed_and_to_folders_not(tmp_path: Path) -> None:
    write(tmp_path, "a/1.txt", "outside.txt")
    folder = tmp_path / "a"
    (folder / "loop").symlink_to(folder)
    (folder / "up").symlink_to(tmp_path)
    (folder / "file.txt").symlink_to(tmp_path / "outside.txt")
    (folder / "gone.txt").symlink_to(tmp_path / "nowhere")
    (folder / "me").symlink_to(folder / "me")
    assert found(folder) == ["1.txt", "file.txt"]
    assert refused(folder) == {
        "gone.txt": "dangling-link",
        "loop": "folder-link",
        "me": "unreadable",
        "up": "folder-link",
    }


def test_pipes_and_sockets_are_reported_and_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    here = os.getcwd()
    os.chdir(tmp_path)
    try:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind("socket")
    finally:
        os.chdir(here)
    (tmp_path / "device").symlink_to("/dev/zero")
    assert found(tmp_path) == []
    assert refused(tmp_path) == {"device": "not-a-file", "pipe.txt": "not-a-file", "socket": "not-a-file"}


def test_bytes_that_are_no_text_in_a_name(tmp_path: Path) -> None:
    name = b"20240301-\xff\xfe\xcb\xae.txt"
    with open(os.path.join(os.fsencode(tmp_path), name), "wb") as file:
        file.write(b"x")
    (only,) = walk(source(tmp_path))
    assert isinstance(only, FileFound)
    assert only.uri == "file:///s/20240301-%FF%FE%CB%AE.txt"
    assert only.name_date == datetime(2024, 3, 1, tzinfo=UTC)
    assert unquote_to_bytes(only.uri.rpartition("/")[2]) == name
    assert only.path.read_bytes() == b"x"


@pytest.fixture
def closed() -> Iterator[Path]:
    """A folder that others may enter, with one that they may not, seen by a user who may not."""
    folder = Path(tempfile.mkdtemp(prefix="dibao-walk-"))
    folder.chmod(0o755)
    write(folder, "a/1.txt", "b.txt")
    (folder / "a").chmod(0)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    yield folder
    if root:
        os.seteuid(0)
    (folder / "a").chmod(0o755)
    shutil.rmtree(folder)


def test_a_folder_that_cannot_be_opened_is_said_and_the_rest_taken(closed: Path) -> None:
    assert found(closed) == ["b.txt"]
    assert refused(closed) == {"a": "unreadable"}


@given(st.lists(st.binary(min_size=1, max_size=6).filter(lambda b: b[:1] != b"." and not set(b) & {0, 47}), max_size=8))
@settings(max_examples=40)
def test_any_name_is_found_once_in_order(names: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            with open(os.path.join(os.fsencode(folder), name), "wb"):
                pass
        uris = found(Path(folder))
    assert [unquote_to_bytes(uri) for uri in uris] == sorted(set(names))


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("20240301.txt", datetime(2024, 3, 1, tzinfo=UTC)),
        ("2024-03-01-水口.md", datetime(2024, 3, 1, tzinfo=UTC)),
        ("20240230.txt", None),
        ("00000000.txt", None),
        ("20241301.txt", None),
        ("202403011.txt", None),
        ("x20240301.txt", None),
        ("٢٠٢٤٠٣٠١.txt", datetime(2024, 3, 1, tzinfo=UTC)),
    ],
)
def test_dates_in_names(tmp_path: Path, name: str, date: datetime | None) -> None:
    write(tmp_path, name)
    (only,) = walk(source(tmp_path))
    assert isinstance(only, FileFound)
    assert only.name_date == date


def test_a_pattern_of_the_source(tmp_path: Path) -> None:
    write(tmp_path, "p01_2024.03.05.txt")
    pattern = r"_(?P<year>\d{4})\.(?P<month>\d\d)\.(?P<day>\d\d)"
    (only,) = walk(source(tmp_path, name_date=pattern))
    assert isinstance(only, FileFound)
    assert only.name_date == datetime(2024, 3, 5, tzinfo=UTC)
