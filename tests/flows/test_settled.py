"""A run that looks only at what came and went finds what it would find by looking at everything."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from flows import backlog
from flows.inputs import MATCHED_FROM, Inputs, input_sql
from flows.settled import Settled, Since
from schemas import table
from schemas.ids import content_id
from warehouse.storage import at
from warehouse.store import Warehouse, Writer

_NOW = datetime(2024, 3, 1, tzinfo=UTC)
_HOSTS = ("http://paper.example", "https://www.paper.example", "https://web.archive.org/web/2020/http://paper.example")


def _some(kind: str, values: dict[str, Any]) -> dict[str, Any]:
    """A row of a table, what is not given made up."""
    made: dict[str, Any] = {}
    for column in table(kind).columns:
        if not column.nullable and column.name not in values:
            if pa.types.is_string(column.type):
                made[column.name] = ""
            elif pa.types.is_timestamp(column.type):
                made[column.name] = _NOW
            elif pa.types.is_list(column.type):
                made[column.name] = []
            else:
                made[column.name] = False if pa.types.is_boolean(column.type) else 0
    return made | values


def _capture(chance: random.Random, number: int) -> dict[str, Any]:
    return _some(
        "captures",
        {
            "capture_id": content_id("capture", number),
            "source_id": "s",
            "uri": f"{chance.choice(_HOSTS)}/{chance.randrange(6)}",
            "outlet": f"outlet {chance.randrange(3)}",
            "captured_at": _NOW + timedelta(minutes=number),
            "payload_sha256": content_id("payload", chance.randrange(12)) * 2,
            "media_type": chance.choice(["text/html", "text/plain", "image/x-none"]),
            "record_type": "response",
            "name_date": chance.choice([None, _NOW]),
            "run_id": "r",
        },
    )


def _document(chance: random.Random, payload: str) -> dict[str, Any]:
    link = f"{chance.choice(_HOSTS)}/{chance.randrange(6)}"
    reader = chance.choice(["html", "text"])
    return _some(
        "documents",
        {
            "document_id": content_id(payload, reader),
            "payload_sha256": payload,
            "extractor": reader,
            "extractor_version": chance.choice([{r: v for _, r, v in backlog.readers()}[reader], "former"]),
            "publisher": chance.choice([None, "Paper"]),
            "canonical_uri": chance.choice([None, link]),
            "original_uri": chance.choice([None, None, link]),
            "page_kind": chance.choice(["article", "error"]),
            "published_on": chance.choice([None, _NOW.date()]),
        },
    )


def _articles(chance: random.Random, document: str) -> list[dict[str, Any]]:
    return [
        _some(
            "articles",
            {
                "article_id": content_id(document, place, letter),
                "document_id": document,
                "ordinal": place,
                "text": letter * 400,
                "chars": 400,
            },
        )
        for place, letter in enumerate(chance.sample("甲乙丙", chance.randrange(3)))
    ]


def _step(chance: random.Random, writer: Writer, number: int) -> None:
    """Rows come into tables, go, and change."""
    con = writer.con()

    def keys(name: str, share: float) -> list[str]:
        found = con.execute(f"SELECT {table(name).key[0]} FROM {name} ORDER BY 1").fetchall()
        return [key for (key,) in found if chance.random() < share]

    def swap(name: str, add: list[dict[str, Any]], gone: list[str]) -> None:
        key = table(name).key[0]
        gone = sorted({*gone, *(row[key] for row in add)})
        writer.change(name, table(name).rows(add), pa.table({key: pa.array(gone, pa.string())}))

    swap(
        "captures", [_capture(chance, number * 10 + each) for each in range(chance.randrange(4))], keys("captures", 0.1)
    )
    payloads = [p for (p,) in con.execute("SELECT DISTINCT payload_sha256 FROM captures ORDER BY 1").fetchall()]
    some = [_document(chance, payload) for payload in payloads if chance.random() < 0.3]
    swap("documents", list({row["document_id"]: row for row in some}.values()), keys("documents", 0.1))
    documents = keys("documents", 0.3)
    former = con.execute("SELECT article_id FROM articles WHERE document_id IN (SELECT unnest($1))", [documents])
    rows = [row for document in documents for row in _articles(chance, document)]
    swap("articles", rows, [article for (article,) in former.fetchall()])
    if chance.random() < 0.2:
        rejects = [
            {"reject_id": f"{number}", "capture_id": capture, "stage": "capture", "error": "challenge"}
            for capture in keys("captures", 0.3)[:1]
        ]
        swap("rejects", [_some("rejects", each) for each in rejects], keys("rejects", 0.3))
    if chance.random() < 0.3:
        said = con.execute("SELECT article_id, payload_sha256 FROM articles JOIN documents USING (document_id) LIMIT 1")
        rows = [
            {"article_id": article, "payload_sha256": payload, "field": "outlet", "new": "Right"}
            for article, payload in said.fetchall()
        ]
        swap("corrections", [_some("corrections", {"correction_id": f"{number}", **row}) for row in rows], [])
    if chance.random() < 0.1:
        writer.overwrite("outlets", table("outlets").rows([{"alias": "outlet 1", "outlet": f"One {number}"}]))


def _publish(writer: Writer) -> None:
    writer.publish(
        run_id="r", published_at=_NOW.isoformat(), code_version="", config_sha256="", stages={}, match_state=None
    )


@contextmanager
def _run(root: Path) -> Iterator[tuple[Writer, Settled]]:
    with Warehouse(root).writer() as writer:
        yield writer, Settled(writer)


def _wanted(writer: Writer, since: Since | None) -> set[str]:
    """What is to be read, and what of what was read is not wanted any more."""
    work = set(map(str, backlog.unread(writer.con(), since)))
    for sql in (backlog.UNWANTED_DOCUMENTS, backlog.UNWANTED_REJECTS):
        work |= {str(row) for row in writer.con().execute(sql).fetchall()}
    return work


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0])
def test_what_came_and_went_tells_as_much_as_everything(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    root = tmp_path / "w"
    told: Counter[str] = Counter()
    generation: str | None = None
    before: set[str] = set()
    for number in range(8):
        with _run(root) as (writer, settled):
            _step(chance, writer, number)
            since = settled.since("read", backlog.READ_FROM)
            work = _wanted(writer, None)
            if since is not None:
                # The test reads nothing: what was to be read before still is, and is not looked at again.
                assert work - before <= _wanted(writer, since) <= work
                told["read"] += 1
            before = work
            since = settled.since("match", MATCHED_FROM)
            inputs = Inputs(writer, at(tmp_path / "inputs"))
            inputs.keep_addresses(since, anew=since is None)
            found = inputs.difference(generation, since)
            told["match"] += since is not None and not found.whole
            generation = f"generation-{number}"
            inputs.remember(generation, found)
            inputs.tidy(generation)
            held = inputs.given(generation)
            everything = input_sql(text=False)
            for one, other in ((held, everything), (everything, held)):
                assert writer.con().execute(f"({one}) EXCEPT ({other})").fetchall() == []
            named = " UNION ".join(
                f"SELECT {column} AS uri FROM {name} WHERE {column} IS NOT NULL"
                for name, column in (("captures", "uri"), ("documents", "canonical_uri"), ("documents", "original_uri"))
            )
            assert writer.con().execute(
                f"SELECT count(*) FROM addresses FULL JOIN ({named}) AS n USING (uri) "
                "WHERE addresses.page IS NULL OR n.uri IS NULL OR addresses.page <> page_key(uri)"
            ).fetchall() == [(0,)]
            assert len(at(tmp_path / "inputs").names()) < 8
            settled.done("read")
            settled.done("match")
            _publish(writer)
            settled.save()
    assert min(told.values()) > 4
