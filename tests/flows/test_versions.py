"""What a new version of a stage changes: the rows that come out otherwise, and no others."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from flows import matching, versions
from flows.clean import rules, sieve
from flows.clean.rules import Rule
from flows.examine import examine
from flows.progress import Silent
from flows.rebuild import compare, rebuild
from flows.report.ids import find
from flows.settings import Settings
from flows.trace import trace
from tests.jobs import COMPARED_TABLES, copied, digests, files, ingest, rows, value
from warehouse.errors import Missing
from warehouse.store import Warehouse

IN_SAMPLES = ("html", "markdown", "record", "text")
"""Readers of what the samples hold."""
KEPT = ("articles", "passages", "edits", "alignments", "stories", "variants", "restorations", "story_aliases")
"""Tables that do not say which version made their rows."""


def held(root: Path, *tables: str) -> list[str]:
    """Files of tables in the last snapshot, with what they hold."""
    snapshot = Warehouse(root).latest()
    assert snapshot is not None
    return [
        f"{file.path} {file.sha256}"
        for name in tables
        if name in snapshot.tables
        for file in snapshot.tables[name].files
    ]


def number(root: Path) -> int:
    return int(value(root, "SELECT number FROM snapshot"))


def new_since(root: Path, snapshot: int) -> set[str]:
    return {row[0] for row in rows(root, "SELECT article_id FROM new_since($1)", snapshot)}


def same_as_rebuilt(root: Path, anew: Path) -> None:
    rebuild(Warehouse(root), Warehouse(anew), Settings(warehouse=anew, workers=1), Silent())
    assert [each.table for each in compare(Warehouse(root), Warehouse(anew)) if not each.same] == []


def ruled(monkeypatch: pytest.MonkeyPatch, before: str, after: str) -> None:
    """Another version of the cleaner: with one more rule."""
    rule = Rule(
        "test",
        1,
        re.escape(before),
        lambda text: [(found.start(), found.end(), after) for found in re.finditer(re.escape(before), text)],
    )
    monkeypatch.setattr(rules, "RULES", (*rules.RULES, rule))
    monkeypatch.setattr(sieve, "RULES", rules.RULES)
    monkeypatch.setattr(versions, "CLEAN", "99")


def test_the_tables_say_which_versions_made_them(sampled: Path) -> None:
    told = {stage: (kind, version) for stage, kind, version in rows(sampled, "FROM stages")}
    assert told == versions.present()
    snapshot = Warehouse(sampled).latest()
    assert snapshot is not None
    assert snapshot.stages == {stage: version for stage, (_, version) in told.items()}
    assert rows(
        sampled,
        "SELECT DISTINCT extractor, extractor_version, segment_version, clean_version FROM documents ORDER BY 1",
    ) == [(name, versions.READERS[name], versions.SEGMENT, versions.CLEAN) for name in IN_SAMPLES]


@pytest.mark.parametrize("what", ["CLEAN", "SEGMENT", "READERS"])
def test_a_version_without_effect_changes_no_row_but_what_says_the_version(
    sampled: Path, samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    root = copied(sampled, tmp_path / "w")
    if what == "READERS":
        monkeypatch.setitem(versions.READERS, "text", "99")
    else:
        monkeypatch.setattr(versions, what, "99")
    matched: list[Any] = []
    before = held(root, *KEPT)
    with monkeypatch.context() as watched:
        watched.setattr(matching, "match", lambda *given, **more: matched.append(given))
        outcome = ingest(root, samples)
    assert {name: outcome.counts[name] for name in ("captures", *KEPT) if outcome.counts[name]} == {}
    assert held(root, *KEPT) == before
    assert matched == []
    assert new_since(root, 1) == set()
    column = {"CLEAN": "clean_version", "SEGMENT": "segment_version", "READERS": "extractor_version"}[what]
    readers = "extractor = 'text'" if what == "READERS" else "true"
    assert value(root, f"SELECT count(*) FROM documents WHERE {readers} AND {column} <> '99'") == 0
    assert value(root, "SELECT count(*) FROM documents") == value(sampled, "SELECT count(*) FROM documents")
    assert rows(root, "SELECT reject_id FROM rejects ORDER BY 1") == rows(
        sampled, "SELECT reject_id FROM rejects ORDER BY 1"
    )
    assert value(root, "SELECT count(*) FROM id_aliases") == 0
    assert ingest(root, samples).snapshot is None
    same_as_rebuilt(root, tmp_path / "anew")


def test_a_rule_with_an_effect_changes_what_it_touches_and_the_old_ids_lead_on(
    sampled: Path, samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = copied(sampled, tmp_path / "w")
    before = dict(rows(root, "SELECT article_id, text FROM articles"))
    touched = {article for article, text in before.items() if "青石峡" in text}
    assert 2 <= len(touched) < len(before)
    ruled(monkeypatch, "青石峡", "青石之峡")
    outcome = ingest(root, samples)
    assert outcome.counts["articles"] == len(touched)
    after = dict(rows(root, "SELECT article_id, text FROM articles"))
    assert before.keys() - after.keys() == touched
    assert new_since(root, 1) == after.keys() - before.keys()
    aliases = dict(rows(root, "SELECT alias_id, id FROM id_aliases WHERE kind = 'article'"))
    assert {alias: after[heir] for alias, heir in aliases.items()} == {
        article: before[article].replace("青石峡", "青石之峡") for article in touched
    }
    gone = {row[0] for row in rows(sampled, "SELECT passage_id FROM passages")} - {
        row[0] for row in rows(root, "SELECT passage_id FROM passages")
    }
    assert gone == {row[0] for row in rows(root, "SELECT alias_id FROM id_aliases WHERE kind = 'passage'")}
    assert len(gone) < value(sampled, "SELECT count(*) FROM passages") / 2
    for alias in [*touched, *gone]:
        assert trace(Warehouse(root), alias).same
    old_stories = {row[0] for row in rows(sampled, "SELECT story_id FROM stories")}
    con = Warehouse(root).connect()
    for story in old_stories:
        assert find(con, story, ("story",))[0] == "story"
        resolved = con.execute("SELECT present_id($1) IN (SELECT story_id FROM stories)", [story]).fetchone()
        assert resolved == (True,)
    con.close()
    assert examine(Warehouse(copied(root, tmp_path / "audited"))).findings == []
    same_as_rebuilt(root, tmp_path / "anew")
    # Back to what was: every id is as before, and none of them leads elsewhere.
    monkeypatch.undo()
    last = number(root)
    ingest(root, samples)
    assert digests(root, COMPARED_TABLES) == digests(sampled, COMPARED_TABLES)
    assert {row[0] for row in rows(root, "SELECT article_id FROM new_since($1)", last)} == touched
    assert {row[0] for row in rows(root, "SELECT alias_id FROM id_aliases WHERE kind = 'article'")} == (
        after.keys() - before.keys()
    )
    for alias in after.keys() - before.keys():
        assert trace(Warehouse(root), alias).id in touched


def test_a_new_matcher_matches_everything_anew_and_equal_rows_stay(
    sampled: Path, samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = copied(sampled, tmp_path / "w")
    matched: list[int] = []
    real = matching.match

    def match(new: Any, *given: Any, **more: Any) -> Any:
        matched.append(new.num_rows)
        assert more["previous"] is None
        return real(new, *given, **more)

    monkeypatch.setattr(matching, "match", match)
    monkeypatch.setattr(versions, "MATCH", "99")
    before = held(root, *KEPT)
    outcome = ingest(root, samples)
    assert matched == [value(root, "SELECT count(*) FROM articles")]
    assert {name: outcome.counts[name] for name in KEPT if outcome.counts[name]} == {}
    assert held(root, *KEPT) == before
    assert value(root, "SELECT version FROM stages WHERE stage = 'match'") == "99"
    assert ingest(root, samples).snapshot is None


def test_a_matcher_that_finds_less_leaves_what_it_finds_and_the_old_stories_lead_on(
    sampled: Path, samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = copied(sampled, tmp_path / "w")
    real = matching.match
    dropped = value(root, "SELECT min(left_article_id) FROM alignments")

    def match(new: Any, *given: Any, **more: Any) -> Any:
        return real(new.filter([each != dropped for each in new["article_id"].to_pylist()]), *given, **more)

    monkeypatch.setattr(matching, "match", match)
    monkeypatch.setattr(versions, "MATCH", "99")
    was = set(rows(root, "FROM alignments"))
    stories = {row[0] for row in rows(root, "SELECT story_id FROM stories")}
    ingest(root, samples)
    now = set(rows(root, "FROM alignments"))
    assert now < was | now
    assert now & was
    assert value(root, "SELECT count(*) FROM stories WHERE article_id = $1", dropped) == 0
    present = {row[0] for row in rows(root, "SELECT story_id FROM stories")}
    led = {row[0] for row in rows(root, "SELECT alias_id FROM id_aliases WHERE kind = 'story'")}
    assert led <= stories - present
    # Back again: the stories have the ids that they had, and nothing leads away from them.
    monkeypatch.undo()
    ingest(root, samples)
    assert digests(root, COMPARED_TABLES) == digests(sampled, COMPARED_TABLES)
    assert {row[0] for row in rows(root, "SELECT alias_id FROM id_aliases WHERE kind = 'story'")} == present - stories


def test_a_rejected_payload_that_is_read_at_last_is_new_since_then(
    samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.extract import text

    def fails(*given: object) -> object:
        raise ValueError("not today")

    with monkeypatch.context() as broken:
        broken.setattr("flows.extract.registry._reader", lambda module: fails if module == text.__name__ else None)
        ingest(tmp_path / "w", samples / "harbour-post")
    assert rows(tmp_path / "w", "SELECT error, extractor, extractor_version FROM rejects") == [
        ("crash", "text", versions.READERS["text"])
    ]
    assert ingest(tmp_path / "w", samples / "harbour-post").snapshot is None
    monkeypatch.setitem(versions.READERS, "text", "99")
    ingest(tmp_path / "w", samples / "harbour-post")
    assert value(tmp_path / "w", "SELECT count(*) FROM rejects") == 0
    assert len(new_since(tmp_path / "w", 1)) == value(tmp_path / "w", "SELECT count(*) FROM articles") == 1
    same_as_rebuilt(tmp_path / "w", tmp_path / "anew")


def test_a_document_that_a_new_version_cannot_read_gives_way_to_a_reject(
    sampled: Path, samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = copied(sampled, tmp_path / "w")
    from flows.extract import registry

    real = registry._reader

    def fails(*given: object) -> object:
        raise ValueError("not today")

    monkeypatch.setattr(registry, "_reader", lambda module: fails if module.endswith("markdown") else real(module))
    monkeypatch.setitem(versions.READERS, "markdown", "99")
    (lost,) = [
        row[0]
        for row in rows(
            root, "SELECT min(article_id) FROM articles JOIN documents USING (document_id) WHERE extractor = 'markdown'"
        )
    ]
    ingest(root, samples)
    assert value(root, "SELECT count(*) FROM documents WHERE extractor = 'markdown'") == 0
    assert value(root, "SELECT count(*) FROM rejects WHERE extractor = 'markdown'") > 0
    with pytest.raises(Missing):
        trace(Warehouse(root), lost)
    assert examine(Warehouse(root)).findings == []


def test_a_media_type_that_gets_another_reader_leaves_nothing_of_the_former(
    sampled: Path, samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.extract import registry

    root = copied(sampled, tmp_path / "w")
    monkeypatch.setattr(registry, "MEDIA_TYPES", {**registry.MEDIA_TYPES, "text/markdown": "text"})
    monkeypatch.setattr("flows.backlog.MEDIA_TYPES", registry.MEDIA_TYPES)
    ingest(root, samples)
    assert value(root, "SELECT count(*) FROM documents WHERE extractor = 'markdown'") == 0
    assert examine(Warehouse(root)).findings == []
    same_as_rebuilt(root, tmp_path / "anew")


def test_readers_see_the_former_version_until_the_new_one_is_whole(
    sampled: Path, samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.steps import Run

    root = copied(sampled, tmp_path / "w")
    ruled(monkeypatch, "青石峡", "青石之峡")

    real = Run.match

    def dies(self: Run) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Run, "match", dies)
    with pytest.raises(KeyboardInterrupt):
        ingest(root, samples)
    monkeypatch.setattr(Run, "match", real)
    before = files(sampled)
    assert {name: size for name, size in files(root).items() if name in before and name.startswith("snapshots")} == {
        name: size for name, size in before.items() if name.startswith("snapshots")
    }
    assert value(root, "SELECT count(*) FROM articles WHERE text LIKE '%青石之峡%'") == 0
    ingest(root, samples)
    assert value(root, "SELECT count(*) FROM articles WHERE text LIKE '%青石峡%'") == 0
    same_as_rebuilt(root, tmp_path / "anew")
