"""Collections of WARC, ARC and WACZ files."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from flows.sources.registry import Source
from tests.makers import warc_bytes
from tests.makers.archive import Archive, story


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


def crawl(number: int) -> bytes:
    uri, date = f"http://paper.example/{number}", f"2020-01-0{number}T08:00:00Z"
    message = warc_bytes.http_response(story(number), "text/html")
    return warc_bytes.gzipped(warc_bytes.info(date), warc_bytes.response(uri, date, message, story(number)))


def test_a_wacz_gives_the_records_of_its_files(archive: Archive, tmp_path: Path) -> None:
    pack = tmp_path / "crawl.wacz"
    with zipfile.ZipFile(pack, "w") as out:
        out.writestr("archive/data.warc.gz", crawl(1))
        out.writestr("archive/../../../escaped.warc.gz", crawl(2))
        out.writestr("indexes/index.cdx", b"x")
        out.writestr("archive/bomb.warc.gz", b"\0" * (64 << 20), compress_type=zipfile.ZIP_DEFLATED)
    source = Source(id="s", kind="warc", location=str(pack))
    archive.take(source)
    assert archive.sql("SELECT uri, captured_at FROM captures ORDER BY uri") == [
        ("http://paper.example/1", datetime(2020, 1, 1, 8, tzinfo=UTC)),
        ("http://paper.example/2", datetime(2020, 1, 2, 8, tzinfo=UTC)),
    ]
    assert archive.sql("SELECT error FROM rejects") == [("too-large",)]
    assert not list(tmp_path.rglob("escaped*"))
    assert not list(archive.warehouse.state.glob("wacz-*"))
    assert archive.take(source).snapshot is None
    assert archive.differences() == []


def test_a_collection_by_reference_is_not_copied(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "one.warc.gz"
    path.write_bytes(crawl(1))
    archive.take(Source(id="s", kind="warc", location=str(path.parent), options={"copy": False}))
    (held,) = list(archive.warehouse.raw.rglob("*one.warc.gz"))
    assert held.is_symlink()
    assert held.resolve() == path.resolve()
    assert archive.sql("SELECT headline FROM articles") == [("第1号公报",)]
    snapshot = archive.warehouse.latest()
    assert snapshot is not None
    path.write_bytes(crawl(2))
    assert hashlib.sha256(held.read_bytes()).hexdigest() not in {entry.sha256 for entry in snapshot.warc_files}


def test_what_is_no_archive_is_said(archive: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text("no archive")
    (folder / "b.wacz").write_bytes(b"PK\x03\x04 cut")
    with zipfile.ZipFile(folder / "c.wacz", "w") as out:
        out.writestr("other/x", b"x")
    archive.take(Source(id="s", kind="warc", location=str(folder)), Source(id="t", kind="warc", location="/nowhere"))
    assert archive.sql("SELECT right(uri, 6), error FROM rejects WHERE source_id = 's' ORDER BY uri") == [
        ("/a.txt", "not-an-archive"),
        ("b.wacz", "unreadable"),
        ("c.wacz", "not-an-archive"),
    ]
    assert archive.sql("SELECT status, error FROM source_runs WHERE source_id = 't'") == [("failed", "missing")]


def moment(date: str) -> str | None:
    """A date of WARC or ARC to the second; None where it is none."""
    try:
        found = (
            datetime.strptime(date[:14].ljust(14, "0"), "%Y%m%d%H%M%S")
            if date.isdigit()
            else datetime.fromisoformat(date)
        )
    except ValueError:
        return None
    return found.strftime("%Y-%m-%dT%H:%M:%S")


@pytest.mark.corpus
def test_every_record_of_real_collections_is_a_capture(archive: Archive, shared: Path) -> None:
    """Counts, dates, addresses and payload digests as another reader sees them.

    Each file is a source, for the same record in two files of one source is one capture.
    """
    folder = shared / "corpus" / "warc"
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    archive.take(*(Source(id=f"s{n}", kind="warc", location=str(path)) for n, path in enumerate(paths)))
    for number, path in enumerate(paths):
        rows = archive.sql(
            "SELECT uri, strftime(captured_at, '%Y-%m-%dT%H:%M:%S'), record_type, warc_digest FROM captures "
            "WHERE source_id = $1",
            f"s{number}",
        )
        expected: Counter[tuple[str, str | None, str, str | None]] = Counter()
        broken = False
        with path.open("rb") as file:
            records = ArchiveIterator(file)
            while True:
                try:
                    record = next(records, None)
                except Exception:
                    broken = True
                    break
                if record is None:
                    break
                head = record.rec_headers
                uri = head.get_header("WARC-Target-URI") or head.get_header("uri")
                if record.rec_type in ("response", "resource", "revisit", "conversion") and uri:
                    date = moment(head.get_header("WARC-Date") or head.get_header("archive-date"))
                    expected[uri, date, record.rec_type, head.get_header("WARC-Payload-Digest")] += 1
        broke = "SELECT count(*) FROM rejects WHERE source_id = $1 AND capture_id IS NULL AND stage = 'capture'"
        said = archive.sql(broke, f"s{number}")[0][0]
        if broken or said:
            assert said, path.name
            assert set(rows) <= set(expected), path.name
        else:
            assert set(rows) == set(expected), path.name
            # What one file holds twice, to the second and the byte, is one capture.
            assert len(rows) >= len(expected), path.name


@pytest.mark.corpus
def test_payloads_of_real_collections_have_the_digest_that_their_records_state(archive: Archive, shared: Path) -> None:
    archive.take(Source(id="s", kind="warc", location=str(shared / "corpus" / "warc" / "pywb")))
    checked = 0
    for path in archive.warcs():
        if path.name.startswith("2026") or ".warc" not in path.name:
            continue
        with path.open("rb") as file:
            try:
                for record in ArchiveIterator(file):
                    stated = record.rec_headers.get_header("WARC-Payload-Digest")
                    if record.rec_type != "response" or not stated or not stated.startswith("sha1:"):
                        continue
                    coded = record.http_headers.get_header("Content-Encoding") or record.http_headers.get_header(
                        "Transfer-Encoding"
                    )
                    body = record.raw_stream.read()
                    if coded or base64.b32encode(hashlib.sha1(body).digest()).decode() != stated[5:]:
                        continue
                    uri = record.rec_headers.get_header("WARC-Target-URI")
                    found = archive.sql(
                        "SELECT count(*) FROM captures WHERE uri = $1 AND payload_sha256 = $2",
                        uri,
                        hashlib.sha256(body).hexdigest(),
                    )
                    assert found[0][0] >= 1, uri
                    checked += 1
            except Exception as error:
                if isinstance(error, AssertionError):
                    raise
    assert checked > 10
