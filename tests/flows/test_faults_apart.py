"""A fault in matching or restoring, in a warehouse: told in `rejects`, the rest is published, and it is tried again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows import matching, restoring, versions
from flows.examine import examine
from flows.match import pairs, stage
from flows.restore import stage as restore_stage
from tests.flows.restore.archive import sentences
from tests.flows.test_restoring import INPUTS
from tests.jobs import digests, ingest, rows
from warehouse.store import Warehouse

TABLES = ("documents", "articles", "passages", "alignments", "stories", "variants", "restorations")


Tables = dict[str, tuple[int, str]]


def _inputs(root: Path) -> Path:
    for name, text in INPUTS.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text + "\n", encoding="utf-8")
    return root


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    return _inputs(tmp_path / "in")


def _another(inputs: Path) -> None:
    """One article more, so that there is something to match."""
    (inputs / "x").mkdir()
    text = "\n\n".join([*sentences("more", 3), INPUTS["beiping/20240303-2.txt"]])
    (inputs / "x" / "20240401-1.txt").write_text(text, encoding="utf-8")


class PlantedError(Exception):
    """Thrown by the tests."""


def _plant(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, concerns: Callable[..., bool]) -> None:
    former = getattr(module, name)

    def faulty(*given: Any, **more: Any) -> Any:
        if concerns(*given, **more):
            raise PlantedError("a fault was planted")
        return former(*given, **more)

    monkeypatch.setattr(module, name, faulty)


def _faults(root: Path, stage_name: str) -> list[tuple[Any, ...]]:
    found = rows(root, f"SELECT article_ids, message, traceback FROM rejects WHERE stage = '{stage_name}' ORDER BY ALL")
    assert all(
        "PlantedError: a fault was planted" in message and "PlantedError" in trace for _, message, trace in found
    )
    return [tuple(articles or ()) for articles, *_ in found]


def _sound(root: Path) -> Tables:
    told = digests(root)
    return {name: told[name] for name in TABLES if name in told}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[Tables, Tables]:
    """The tables where nothing is at fault, before and after the one article more."""
    root = tmp_path_factory.mktemp("sound")
    inputs = _inputs(root / "in")
    ingest(root / "w", inputs)
    before = _sound(root / "w")
    _another(inputs)
    ingest(root / "w", inputs)
    return before, _sound(root / "w")


@pytest.mark.parametrize(
    ("module", "name"),
    [
        pytest.param(restore_stage, "fragments", marks=pytest.mark.slow),
        pytest.param(restore_stage, "Hearing", marks=pytest.mark.slow),
        pytest.param(restore_stage, "folded", marks=pytest.mark.slow),
        pytest.param(restore_stage._Archive, "_rows", marks=pytest.mark.slow),
        (restoring, "restore"),
    ],
)
def test_a_page_that_cannot_be_restored_stays_as_it_was_read_until_it_is_tried_again(
    tmp_path: Path,
    inputs: Path,
    sound: tuple[Tables, Tables],
    monkeypatch: pytest.MonkeyPatch,
    module: Any,
    name: str,
) -> None:
    expected, mended = sound
    root = tmp_path / "w"
    with monkeypatch.context() as patched:
        _plant(patched, module, name, lambda *given, **more: True)
        ingest(root, inputs)
    found = _sound(root)
    assert {name for name in TABLES if found.get(name) != expected.get(name)} == {"restorations"}
    told = _faults(root, "restore")
    pages = rows(root, "SELECT list(article_id ORDER BY ordinal) FROM articles GROUP BY document_id")
    assert told
    assert set(told) <= {tuple(articles) for (articles,) in pages}
    monkeypatch.setattr(versions, "RESTORE", "next")
    _another(inputs)
    ingest(root, inputs)
    assert _faults(root, "restore") == []
    assert examine(Warehouse(root)).findings == []
    assert _sound(root) == mended


@pytest.mark.parametrize(
    ("module", "name", "concerns"),
    [
        pytest.param(
            pairs,
            "align",
            lambda articles, left, right, workers, **more: bool((left != right).any()),
            marks=pytest.mark.slow,
        ),
        pytest.param(stage, "witnesses", lambda *given: True, marks=pytest.mark.slow),
        (matching, "match", lambda *given, **more: True),
    ],
)
def test_a_run_whose_matching_fails_is_published_and_the_next_one_mends_it(
    tmp_path: Path,
    inputs: Path,
    sound: tuple[Tables, Tables],
    monkeypatch: pytest.MonkeyPatch,
    module: Any,
    name: str,
    concerns: Any,
) -> None:
    expected, mended = sound
    root = tmp_path / "w"
    with monkeypatch.context() as patched:
        _plant(patched, module, name, concerns)
        ingest(root, inputs)
        # Told once, however often it is met.
        ingest(root, inputs)
    found = _sound(root)
    assert all(found[name] == expected[name] for name in ("documents", "articles", "passages"))
    assert _faults(root, "match")
    monkeypatch.setattr(versions, "MATCH", "next")
    _another(inputs)
    ingest(root, inputs)
    assert _faults(root, "match") == []
    assert examine(Warehouse(root)).findings == []
    assert _sound(root) == mended
