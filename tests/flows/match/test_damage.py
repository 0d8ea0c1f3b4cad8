"""Every file that the matcher keeps may be damaged: the next run carries on or begins anew, and its rows are right."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.match import checks, packed, state
from flows.match.stage import StateMissingError, prune
from tests.flows.match.corpus import planted
from tests.flows.match.running import Archive, matched

PIECES = planted(8, stories=2, size=4).pieces
FORMER, LATER = PIECES[:-2], PIECES[-2:]


def _truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _empty(path: Path) -> None:
    os.truncate(path, 0)


def _append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"\0")


def _flip(place: float) -> Callable[[Path], None]:
    """Turn the bits of one byte, and leave no trace of it in the file's time."""

    def flip(path: Path) -> None:
        times = path.stat()
        data = bytearray(path.read_bytes())
        data[int(place * (len(data) - 1))] ^= 0xFF
        path.write_bytes(data)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))

    return flip


def _folder(path: Path) -> None:
    """In the place of a file a folder."""
    path.unlink()
    path.mkdir()


DAMAGES: dict[str, Callable[[Path], None]] = {
    "truncated": _truncate,
    "emptied": _empty,
    "deleted": Path.unlink,
    "appended": _append,
    "first byte": _flip(0),
    "within": _flip(0.6),
    "last byte": _flip(1),
    "a folder": _folder,
}
SEGMENT = [f"segment/{name}.npy" for name in packed.ARRAYS] + [f"segment/{checks.NAME}"]
GENERATION = [
    f"generation/{name}" for name in (*(f"{each}{state.SUFFIX}" for each in state.ARRAYS), "manifest.json", checks.NAME)
]
FILES = [*SEGMENT, *GENERATION, "variants"]


def _kind(key: str) -> str:
    """What a file is, without the digest in its name."""
    folder, _, file = key.partition("/")
    return f"{folder.partition('-')[0]}/{file}" if file else folder.partition("-")[0]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """What a run left behind."""
    archive = matched(tmp_path_factory.mktemp("kept"), FORMER)
    prune(archive.shelf, archive.generation)
    return archive


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> object:
    archive = matched(tmp_path_factory.mktemp("whole"), PIECES)
    assert all(archive.digest().values())
    return archive.digest()


def _carried_on(kept: Archive, folder: Path) -> Archive:
    """The archive as a warehouse goes on with it: with what was kept, or else with all articles anew."""
    archive = Archive(folder)
    archive.generation, archive.pieces = kept.generation, dict(kept.pieces)
    archive.rows = {name: dict(rows) for name, rows in kept.rows.items()}
    try:
        archive.feed(LATER)
    except StateMissingError:
        archive.generation, archive.rows = None, {name: {} for name in archive.rows}
        archive.feed(PIECES)
    return archive


def test_every_file_of_the_state_is_among_those_damaged(kept: Archive) -> None:
    assert {_kind(key) for key in kept.shelf.names()} == set(FILES)


def _damaged(kept: Archive, expected: object, folder: Path, file: str, damage: str) -> None:
    key = next(key for key in kept.shelf.names() if _kind(key) == file)
    shutil.copytree(kept.state, folder)
    DAMAGES[damage](folder / key)
    archive = _carried_on(kept, folder)
    assert archive.digest() == expected
    assert archive.faults == []
    # What was mended holds: the run after finds nothing amiss.
    assert state.load(archive.shelf, archive.generation) is not None


@pytest.mark.parametrize(
    ("file", "damage"), [(file, list(DAMAGES)[place % len(DAMAGES)]) for place, file in enumerate(FILES)]
)
def test_a_damaged_file_costs_time_and_no_row(
    kept: Archive, expected: object, tmp_path: Path, file: str, damage: str
) -> None:
    _damaged(kept, expected, tmp_path / "state", file, damage)


@pytest.mark.slow
@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("file", FILES)
def test_any_damage_to_any_file_costs_time_and_no_row(
    kept: Archive, expected: object, tmp_path: Path, file: str, damage: str
) -> None:
    _damaged(kept, expected, tmp_path / "state", file, damage)


@pytest.mark.parametrize("kind", ["segment", "generation", "variants"])
def test_a_whole_part_of_the_state_may_be_gone(kept: Archive, expected: object, tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "state"
    shutil.copytree(kept.state, folder)
    for path in folder.glob(f"{kind}-*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert _carried_on(kept, folder).digest() == expected


def test_parts_of_two_states_do_not_mix(kept: Archive, expected: object, tmp_path: Path) -> None:
    """A folder put back from a copy of another time is told by its checks, or needed by nothing."""
    other = matched(tmp_path / "other", PIECES[2:])
    folder = tmp_path / "state"
    shutil.copytree(kept.state, folder)
    mine, foreign = (next(where.glob("segment-*")) for where in (folder, other.state))
    for name in packed.ARRAYS:
        shutil.copy(foreign / f"{name}.npy", mine / f"{name}.npy")
    assert _carried_on(kept, folder).digest() == expected
