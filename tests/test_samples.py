"""The demo input is what the tests and the documentation say it is."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from tests.makers import make_samples


@pytest.mark.parametrize("name", sorted(make_samples.files()))
def test_made_files_are_current(samples: Path, name: str) -> None:
    made, kept = make_samples.files()[name], (samples / name).read_bytes()
    if name.endswith("-cut.warc.gz"):
        # How a zlib packs is its own affair, so the point of the cut may differ by some bytes.
        assert 0 < len(kept) < len((samples / "lanwang-crawl/20240307.warc.gz").read_bytes()) / 2
    elif name.endswith(".gz"):
        assert gzip.decompress(kept) == gzip.decompress(made)
    else:
        assert kept == made


def test_the_crawl_is_a_sound_warc(samples: Path) -> None:
    with (samples / "lanwang-crawl/20240307.warc.gz").open("rb") as stream:
        records = []
        for record in ArchiveIterator(stream, check_digests="raise"):
            records.append((record.rec_type, len(record.content_stream().read()) > 0))
    assert records == [
        ("warcinfo", True),
        ("response", True),
        ("request", False),
        ("revisit", False),
        ("resource", True),
    ]


def test_the_page_served_is_wrongly_declared(samples: Path) -> None:
    data = (samples / "nanpu-wang/20240305-chengzhuan.html").read_bytes()
    assert b"charset=gb2312" in data
    with pytest.raises(UnicodeDecodeError):
        data.decode("gb2312")
    assert "渼陂窑" in data.decode("gb18030")


def test_the_dumps_are_json(samples: Path) -> None:
    whole = json.loads((samples / "jianghai-feed/items-20240302.json").read_text(encoding="utf-8"))
    lines = (samples / "jianghai-feed/shorts-20240303.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(whole["items"]) == 2
    assert [json.loads(line)["date"] for line in lines] == ["2024-03-03", "2024-03-03"]


def test_samples_stay_small_and_plain(samples: Path) -> None:
    found = sorted(path for path in samples.rglob("*") if path.is_file())
    assert sum(path.stat().st_size for path in found) < 200_000
    made = make_samples.files()
    for path in found:
        if path.relative_to(samples).as_posix() not in made:
            path.read_text(encoding="utf-8")
