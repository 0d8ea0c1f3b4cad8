"""A fault in matching or restoring, in a warehouse: told in `rejects`, the rest is published, and it is tried again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows import matching, restoring
from flows.examine import examine
from flows.match import pairs, stage
from flows.restore import stage as restore_stage
from tests.flows.restore.archive import sentences
from tests.flows.test_restoring import INPUTS
from tests.jobs import digests, ingest, rows
from warehouse.store import Warehouse

TABLES = ("documents", "articles", "passages", "alignments", "stories", "variants", "restorations")


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    root = tmp_path / "in"
    for name, text in INPUTS.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text + "\n", encoding="utf-8")
    return root


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
    return [tuple(articles) for articles, *_ in found]


def _sound(root: Path) -> dict[str, tuple[int, str]]:
    told = digests(root)
    return {name: told[name] for name in TABLES if name in told}


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (restore_stage, "fragments"),
        (restore_stage, "Hearing"),
        (restore_stage, "folded"),
        (restore_stage._Archive, "_rows"),
        (restoring, "restore"),
    ],
)
def test_a_page_that_cannot_be_restored_stays_as_it_was_read_until_it_is_tried_again(
    tmp_path: Path, inputs: Path, monkeypatch: pytest.MonkeyPatch, module: Any, name: str
) -> None:
    ingest(tmp_path / "sound", inputs)
    expected = _sound(tmp_path / "sound")
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
    monkeypatch.setattr(restoring, "VERSION", "next")
    _another(inputs)
    ingest(root, inputs)
    ingest(tmp_path / "sound", inputs)
    assert _faults(root, "restore") == []
    assert examine(Warehouse(root)).findings == []
    assert _sound(root) == _sound(tmp_path / "sound")


@pytest.mark.parametrize(
    ("module", "name", "concerns"),
    [
        (pairs, "align", lambda articles, left, right, workers: bool((left != right).any())),
        (stage, "witnesses", lambda *given: True),
        (matching, "match", lambda *given, **more: True),
    ],
)
def test_a_run_whose_matching_fails_is_published_and_the_next_one_mends_it(
    tmp_path: Path, inputs: Path, monkeypatch: pytest.MonkeyPatch, module: Any, name: str, concerns: Any
) -> None:
    ingest(tmp_path / "sound", inputs)
    expected = _sound(tmp_path / "sound")
    root = tmp_path / "w"
    with monkeypatch.context() as patched:
        _plant(patched, module, name, concerns)
        ingest(root, inputs)
        # Told once, however often it is met.
        ingest(root, inputs)
    found = _sound(root)
    assert all(found[name] == expected[name] for name in ("documents", "articles", "passages"))
    assert _faults(root, "match")
    monkeypatch.setattr("flows.match.state.VERSION", "next")
    monkeypatch.setattr("flows.match.stage.VERSION", "next")
    _another(inputs)
    ingest(root, inputs)
    ingest(tmp_path / "sound", inputs)
    assert _faults(root, "match") == []
    assert examine(Warehouse(root)).findings == []
    assert _sound(root) == _sound(tmp_path / "sound")
