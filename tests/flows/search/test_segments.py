"""Segments: written, read again, merged."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.search import segments
from flows.search.segments import batches, merge
from flows.search.terms import spelled, terms

LETTERS = "天地玄黄宇宙洪荒abc de"


def texts(count: int, seed: int) -> list[str]:
    chance = random.Random(seed)
    return ["".join(chance.choices(LETTERS, k=chance.randrange(40))) for _ in range(count)]


def expected(known: dict[int, str]) -> list[tuple[str, int, int]]:
    out = []
    for doc, text in known.items():
        found = terms([text])
        out += [(t, doc, at) for t, at in zip(spelled(found.pairs).to_pylist(), found.pair_at.tolist(), strict=True)]
        out += [(t, doc, at) for t, at in zip(found.words.to_pylist(), found.word_at.tolist(), strict=True)]
    return sorted(out, key=lambda each: (each[0].encode(), *each[1:]))


def read(path: Path) -> list[tuple[str, int, int]]:
    rows = pq.read_table(path)
    assert [chr(head) for head in rows["head"].to_pylist()] == [term[0] for term in rows["term"].to_pylist()]
    return list(zip(*(rows[name].to_pylist() for name in ("term", "doc", "pos")), strict=True))


def written(folder: Path, some: list[str], first: int, name: str = "s") -> list[tuple[Path, Path]]:
    rows = pa.record_batch({"article_id": [f"a{first + n}" for n in range(len(some))], "text": some})
    out = []
    for start, batch in batches([rows.slice(0, 3), rows.slice(3)], first):
        out.append((folder / f"{name}{start}.p", folder / f"{name}{start}.d"))
        batch.write(*out[-1], start)
    return out


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "ROWS", 50)


def test_postings_are_sorted_and_all_there(tmp_path: Path) -> None:
    some = texts(30, 1)
    ((postings, docs),) = written(tmp_path, some, 7)
    assert read(postings) == expected(dict(enumerate(some, 7)))
    assert pq.read_table(docs)["article_id"].to_pylist() == [f"a{n}" for n in range(7, 37)]
    file = pq.ParquetFile(postings)
    assert file.num_row_groups > 3
    group = file.metadata.row_group(1).column(0)
    assert (group.statistics.min, group.statistics.max) == (
        file.read_row_group(1)["term"][0].as_py(),
        file.read_row_group(1)["term"][-1].as_py(),
    )


def test_much_text_is_several_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "BATCH", 100)
    monkeypatch.setattr(segments, "_TEXTS", 60)
    some = texts(30, 2)
    parts = written(tmp_path, some, 0)
    assert len(parts) > 2
    together = sorted((row for part, _ in parts for row in read(part)), key=lambda each: (each[0].encode(), *each[1:]))
    assert together == expected(dict(enumerate(some)))


@pytest.mark.parametrize("seed", range(3))
def test_merged_segments_are_one_without_the_dead(tmp_path: Path, seed: int) -> None:
    known: dict[int, str] = {}
    parts = []
    for number, first in enumerate((0, 40, 41, 90)):
        some = texts((40, 1, 49, 20)[number], 10 * seed + number)
        known |= dict(enumerate(some, first))
        parts += written(tmp_path, some, first)
    # Two that do not follow one another, then those with what is between them.
    one = (tmp_path / "one.p", tmp_path / "one.d")
    merge([parts[0], parts[2]], lambda ids: np.ones(len(ids), np.bool_), *one)
    dead = {f"a{n}" for n in random.Random(seed).sample(range(110), 30)}
    out = (tmp_path / "out.p", tmp_path / "out.d")
    count = merge([one, parts[1], parts[3]], lambda ids: np.array([i not in dead for i in ids], np.bool_), *out)
    alive = {doc: text for doc, text in known.items() if f"a{doc}" not in dead}
    assert count == len(alive)
    assert read(out[0]) == expected(alive)
    assert pq.read_table(out[1])["doc"].to_pylist() == sorted(alive)


def test_a_frequent_term_over_many_row_groups_is_merged(tmp_path: Path) -> None:
    known = dict.fromkeys(range(20), "天" + "a " * 40)
    parts = [
        *written(tmp_path, [known[n] for n in range(10)], 0),
        *written(tmp_path, [known[n] for n in range(10, 20)], 10),
    ]
    out = (tmp_path / "out.p", tmp_path / "out.d")
    merge(parts, lambda ids: np.ones(len(ids), np.bool_), *out)
    assert read(out[0]) == expected(known)


def test_nothing_left_is_an_empty_segment(tmp_path: Path) -> None:
    out = (tmp_path / "out.p", tmp_path / "out.d")
    assert merge(written(tmp_path, texts(5, 3), 0), lambda ids: np.zeros(len(ids), np.bool_), *out) == 0
    assert read(out[0]) == []
