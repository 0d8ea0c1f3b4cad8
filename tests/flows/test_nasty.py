"""Bad input: the run goes on, rejects say why in words, and nothing that was good is lost."""

from __future__ import annotations

import os
import resource
from collections import Counter
from pathlib import Path

import pytest

from flows.sources.registry import Source
from tests.jobs import command, ingest, rows, value
from tests.makers import nasty, nasty_archives, nasty_files, nasty_text

# Documents, and the rejects by their short names.
EXPECTED: dict[str, tuple[int, list[str]]] = {
    "empty": (0, ["empty"] * 7),
    "random_bytes": (0, ["binary"] * 3 + ["broken-archive"]),
    "deep_html": (1, []),
    "wide_html": (1, []),
    "invalid_names": (6, []),
    "links": (1, ["dangling-link", *["folder-link"] * 2, *["unreadable"] * 3]),
    "special_files": (0, ["not-a-file"] * 2),
    "deep_folders": (1, []),
    "impossible_dates": (8, []),
    "front_matter": (6, ["binary"]),
    "line_ends": (17, []),
    "encodings": (6, ["binary"]),
    "warc_cut_in_a_record": (2, ["cut"]),
    "warc_gz_cut_in_a_member": (2, ["cut"]),
    "warc_with_a_wrong_digest": (2, ["digest"]),
    "warc_with_brotli": (2, []),
    "warc_with_broken_brotli": (2, ["undecodable"]),
    "warc_with_garbage_between": (2, ["broken-archive"]),
    "warc_of_one_gzip_member": (0, ["broken-archive"]),
    "warc_with_a_lying_length": (1, ["cut"]),
    "warc_with_odd_dates": (2, ["date"]),
    "revisit_of_nothing": (1, ["revisit-unresolved"]),
    "arc": (2, []),
    "arc_with_garbage": (1, ["broken-archive"]),
}

UNACCOUNTED = """
SELECT count(*) FROM captures c
WHERE NOT EXISTS (FROM documents d WHERE d.payload_sha256 = c.payload_sha256)
  AND NOT EXISTS (FROM rejects r WHERE r.payload_sha256 = c.payload_sha256 OR r.capture_id = c.capture_id)
  AND c.record_type <> 'metadata' -- which tells that a file vanished
"""


def accounted_for(root: Path) -> None:
    assert value(root, UNACCOUNTED) == 0
    for uri, message in rows(root, "SELECT uri, message FROM rejects"):
        assert 10 < len(message) < 1000, (uri, message)
        assert " " in message


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_each_is_read_or_rejected(name: str, tmp_path: Path) -> None:
    root = tmp_path / "warehouse"
    ingest(root, nasty.make(name, tmp_path))
    documents, errors = EXPECTED[name]
    said = rows(root, "SELECT error, message FROM rejects ORDER BY ALL")
    assert Counter(error for error, _ in said) == Counter(errors), said
    assert value(root, "SELECT count(*) FROM documents") == documents
    accounted_for(root)


def test_every_small_maker_is_tried() -> None:
    assert set(nasty.MAKERS) == EXPECTED.keys() | {"unreadable", "json_not_as_told"}


def test_unreadable_files(tmp_path: Path) -> None:
    root = tmp_path / "warehouse"
    folder = nasty.make("unreadable", tmp_path)
    try:
        ingest(root, folder)
    finally:
        (folder / "shut").chmod(0o700)
    if os.geteuid() == 0:
        # Nothing is closed to the superuser.
        assert value(root, "SELECT count(*) FROM documents") == 2
    else:
        assert rows(root, "SELECT error FROM rejects") == [("unreadable",), ("unreadable",)]


def test_json_that_is_not_what_the_source_says(tmp_path: Path) -> None:
    root = tmp_path / "warehouse"
    source = Source(id="dumps", location=str(nasty.make("json_not_as_told", tmp_path)), parser=nasty_text.MAPPING)
    ingest(root, source)
    accounted_for(root)
    said = rows(root, "SELECT parse_filename(split_part(uri, '#', 1)), error FROM rejects WHERE stage = 'capture'")
    assert dict(said) == {
        "cut.json": "truncated",
        "deep.json": "nested",
        "deep-record.json": "nested",
        "other-keys.json": "key-missing",
        "page.json": "not-json",
    }
    # What stands before the cut, beside the odd members and between the broken lines is read.
    good = "SELECT count(*) FROM captures c JOIN documents d USING (payload_sha256) WHERE uri LIKE $1"
    for uri, documents in {
        "%cut.json#%": 1,
        "%one-without.json#%": 1,
        "%lines.jsonl#%": 2,
        "%array.jsonl#%": 2,
        "%utf16.json#%": 1,
        "%values.json#%": 1,
        "%surrogates.json#%": 1,
        "%control.json#%": 1,
    }.items():
        assert value(root, good, uri) == documents, uri
    (missing,) = rows(root, "SELECT error, message FROM rejects WHERE uri LIKE '%one-without.json#/1'")
    assert missing == (
        "key-missing",
        "The record has nothing under `detail.content`, where its text should be; it has title.",
    )


def test_impossible_dates_are_null(tmp_path: Path) -> None:
    root = tmp_path / "warehouse"
    ingest(root, nasty.make("impossible_dates", tmp_path))
    assert value(root, "SELECT count(*) FROM documents WHERE published_at IS NULL") == 8


def test_names_lead_back_to_their_bytes(tmp_path: Path) -> None:
    root = tmp_path / "warehouse"
    ingest(root, nasty.make("invalid_names", tmp_path))
    uris = {uri.rpartition("/")[2] for (uri,) in rows(root, "SELECT uri FROM captures")}
    assert uris == {
        "%B6%C9%BF%DA.txt",
        "%FF%FE.txt",
        "two%0Alines.txt",
        "100%2525%20%23%3F.txt",
        "-rf.txt",
        "%7F%01.txt",
    }


def test_files_that_change_while_they_are_read(tmp_path: Path) -> None:
    root, folder = tmp_path / "warehouse", tmp_path / "changing"
    folder.mkdir()
    with nasty_files.changing(folder):
        ingest(root, folder)
        ingest(root, folder)
    accounted_for(root)
    assert value(root, "SELECT count(*) FROM captures WHERE uri LIKE '%still.txt'") == 1
    assert set(rows(root, "SELECT DISTINCT error FROM rejects")) <= {("changed",), ("unreadable",), ("empty",)}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_memory_stays_small_whatever_the_size(tmp_path: Path) -> None:
    folder = tmp_path / "huge"
    folder.mkdir()
    nasty_files.long_line(folder)
    nasty_archives.gzip_bomb(folder)
    nasty_archives.warc_bomb(folder, 2 * nasty_archives.GIGABYTE)
    nasty_archives.html_bomb_in_warc(folder)
    (folder / "good.txt").write_text(nasty_files.SENTENCE, encoding="utf-8")
    root = tmp_path / "warehouse"
    done = command("ingest", folder, "--warehouse", root)
    assert done.returncode == 0, done.stderr
    accounted_for(root)
    assert value(root, "SELECT count(*) FROM documents") == 3  # the pages in the archives, and the good file
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert peak < 2_000_000, f"{peak} kB"
