"""What is no text is refused whatever it is named or served as; what is text is read, whatever it begins with."""

from __future__ import annotations

import gzip
import io
import json
import random
import sqlite3
import struct
import wave
import zipfile
import zlib
from pathlib import Path

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.extract.binary import refuse, refuse_decoded
from flows.extract.charset import decode
from flows.extract.reading import UnreadableError
from flows.extract.registry import extractor_for
from tests.jobs import ingest, rows
from tests.makers.warc_bytes import gzipped, http_response, response

ZH = "守渡口的老人说，旧码头的木桩大多已经朽坏，每逢汛期都要停航，过江的人只好绕路。"
ZH_HANT = "守渡口的老人說，舊碼頭的木樁大多已經朽壞，每逢汛期都要停航，過江的人只好繞路。"
PAGE = ("<html><head><title>渡口改期</title></head><body>" + f"<p>{ZH}</p>" * 12 + "</body></html>").encode()
READERS = ("application/json", "text/html", "text/markdown", "text/plain")


def noise(size: int, seed: int) -> bytes:
    return random.Random(seed).randbytes(size)


def jpeg() -> bytes:
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00H\x00H\x00\x00\xff\xdb\x00C\x00" + noise(3000, 1)


def png() -> bytes:
    head = b"IHDR" + struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + noise(900, 2)


def pdf(*, ascii_only: bool = False) -> bytes:
    stream = b"<~87cURD]i,~>" * 80 if ascii_only else zlib.compress(noise(2000, 3))
    return b"%PDF-1.4\n1 0 obj\n<< /Length 999 >>\nstream\n" + stream + b"\nendstream\nendobj\n%%EOF\n"


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("a.txt", ZH * 50)
    return out.getvalue()


def stored() -> bytes:
    """A ZIP file whose one member is text as it stands."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as pack:
        pack.writestr("a.txt", ZH * 50)
    return out.getvalue()


def database() -> bytes:
    con = sqlite3.connect(":memory:")
    con.execute("CREATE TABLE news (title TEXT, body TEXT)")
    con.executemany("INSERT INTO news VALUES (?, ?)", [(f"第{i}条", ZH * 3) for i in range(200)])
    con.commit()
    return con.serialize()


def sound() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(noise(8000, 4))
    return out.getvalue()


def table(kind: str) -> bytes:
    out = io.BytesIO()
    columns = pa.table({"title": [f"题目{i}" for i in range(40)], "text": [ZH * 2] * 40})
    if kind == "parquet":
        pq.write_table(columns, out, compression="none")
    else:
        feather.write_feather(columns, out, compression="uncompressed")
    return out.getvalue()


def jumbled(size: int, seed: int) -> bytes:
    """Any 16-bit units, as a font's or a picture's bytes look to who expects UTF-16."""
    rng = random.Random(seed)
    return b"".join(struct.pack("<H", rng.randrange(0x2000, 0xFFFF)) for _ in range(size // 2))


NO_TEXT = {
    "jpeg": jpeg(),
    "jpeg-short": jpeg()[:60],
    "png": png(),
    "gif": b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff"
    b"!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;",
    "pdf": pdf(),
    "pdf-in-letters": pdf(ascii_only=True),
    "postscript": b"%!PS-Adobe-3.0\n%%Pages: 1\n" + b"newpath 72 72 moveto 144 72 lineto stroke\n" * 40,
    "rtf": rb"{\rtf1\ansi\deff0 {\fonttbl{\f0 Arial;}} " + rb"\par ferry " * 50 + b"}",
    "zip": zipped(),
    "zip-stored": stored(),
    "gzip": gzip.compress(PAGE),
    "gzip-twice": gzip.compress(gzip.compress(PAGE)),
    "gzip-large": gzip.compress(noise(40_000, 5)),
    "zstd": pa.Codec("zstd").compress(PAGE, asbytes=True),
    "lz4": pa.Codec("lz4").compress(noise(3000, 6), asbytes=True),
    "deflate": zlib.compress(noise(3000, 7)),
    "woff2": b"wOF2\x00\x01\x00\x00\x00\x00E|\x00\x0f\x00\x00" + noise(3000, 8),
    "truetype": b"\x00\x01\x00\x00\x00\x10\x01\x00\x00\x04\x00\x00GDEF" + noise(3000, 9),
    "mp3": b"ID3\x03\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90d" + noise(3000, 10),
    "wave": sound(),
    "ogg": b"OggS\x00\x02" + bytes(8) + noise(2000, 11),
    "mp4": b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + noise(2000, 12),
    "sqlite": database(),
    "wasm": b"\x00asm\x01\x00\x00\x00\x01\x07\x01`\x02\x7f\x7f\x01\x7f\x03\x02\x01\x00\x07\x07\x01\x03add\x00\x00" * 4,
    "class": b"\xca\xfe\xba\xbe\x00\x00\x004\x00\x1d\n\x00\x06\x00\x0f\t\x00\x10\x00\x11\x08\x00\x12" * 6,
    "elf": b"\x7fELF\x02\x01\x01" + bytes(64) + b"\x03\x00>\x00\x01" * 40,
    "parquet": table("parquet"),
    "feather": table("feather"),
    "floats": struct.pack("<500d", *(i / 7 for i in range(500))),
    "wide-noise": jumbled(4000, 13),
    "wide-noise-short": jumbled(200, 14),
    "noise-700": noise(700, 15),
    "noise-20000": noise(20_000, 16),
}


@pytest.mark.parametrize("media", READERS)
@pytest.mark.parametrize("name", NO_TEXT)
def test_what_is_no_text_is_refused_in_words(name: str, media: str) -> None:
    extractor = extractor_for(media)
    assert extractor is not None
    with pytest.raises(UnreadableError) as caught:
        extractor.reader()(NO_TEXT[name], {})
    assert caught.value.error == "binary"
    assert caught.value.message.startswith("The payload does not hold text: ")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("jpeg", "image/jpeg"),
        ("png", "image/png"),
        ("pdf", "a PDF document"),
        ("gzip", "gzip"),
        ("woff2", "font/woff2"),
    ],
)
def test_a_reject_says_what_the_bytes_are(name: str, said: str) -> None:
    extractor = extractor_for("text/html")
    assert extractor is not None
    with pytest.raises(UnreadableError, match=said):
        extractor.reader()(NO_TEXT[name], {})


def test_every_binary_page_of_a_crawl_is_a_reject_and_the_page_beside_them_is_read(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    bodies = NO_TEXT | {"page": PAGE}
    served = "text/html; charset=utf-8"
    (tmp_path / "in" / "a.warc.gz").write_bytes(
        gzipped(
            *(
                response(f"https://paper.example/{name}", "2024-03-07T10:00:01Z", http_response(body, served), body)
                for name, body in bodies.items()
            )
        )
    )
    ingest(tmp_path / "w", tmp_path / "in")
    assert rows(tmp_path / "w", "SELECT uri FROM captures JOIN documents USING (payload_sha256)") == [
        ("https://paper.example/page",)
    ]
    assert rows(tmp_path / "w", "SELECT error, count(*) FROM rejects GROUP BY 1") == [("binary", len(NO_TEXT))]


POINTER = (
    b"version https://git-lfs.github.com/spec/v1\n"
    b"oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"
)


@pytest.mark.parametrize(
    "name", ["a.txt", "a.md", "a.html", "a.json", "a.jsonl", "a.csv", "a.tsv", "a.parquet", "a.warc.gz"]
)
def test_a_pointer_of_git_lfs_is_a_reject(tmp_path: Path, name: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_bytes(POINTER)
    (tmp_path / "in" / "b.txt").write_text(f"渡口改期\n{ZH}\n", encoding="utf-8")
    ingest(tmp_path / "w", tmp_path / "in")
    assert rows(tmp_path / "w", "SELECT count(*) FROM documents") == [(1,)]
    if name not in ("a.csv", "a.tsv", "a.parquet"):  # only a source of records reads tables
        assert ("lfs-pointer",) in rows(tmp_path / "w", "SELECT error FROM rejects")


def test_a_text_about_git_lfs_is_read() -> None:
    refuse(POINTER + b"is what such a pointer looks like.\n")


TEXTS = {
    "begins-like-a-bitmap": ("BMW公司新车上市。" + ZH * 3, "gb18030"),
    "begins-like-a-sound": ("ID3标签的用法：" + ZH * 3, "gb18030"),
    "begins-like-an-archive": ("Rar!压缩包打不开，" + ZH * 3, "gb18030"),
    "begins-like-a-program": ("MZ是执行文件的开头。" + ZH * 3, "utf-16-le"),
    "begins-like-a-picture": ("GIF89a是一種圖像格式。" + ZH_HANT * 3, "big5"),
    "form": ("FORM letters were sent to every house. " * 5, "utf-16-be"),
    "riff": ("RIFF raff: что это было? " * 5, "cp1251"),
    "about-pdf": ("%PDF is what such a file begins with. " * 4, "utf-8"),
    "one-control": (ZH * 2 + "\x07" + ZH * 2, "gb18030"),
    "traditional": (ZH_HANT * 4, "utf-16-le"),
    "greek": ("Το πλοίο άργησε πάλι το πρωί της Δευτέρας. " * 4, "iso-8859-7"),
    "short": ("渡口", "utf-8"),
}


@pytest.mark.parametrize("media", ["text/plain", "text/markdown", "text/html"])
@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_read_whatever_it_begins_with(name: str, media: str) -> None:
    text, codec = TEXTS[name]
    payload = (f"<p>{text}</p>" if media == "text/html" else text).encode(codec)
    extractor = extractor_for(media)
    assert extractor is not None
    read = extractor.reader()(payload, {})
    assert text[20:28] in "".join(block.text for block in read.blocks) or len(text) < 30


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=60), st.data())
def test_no_text_in_unicode_is_refused_for_its_first_words(text: str, data: st.DataObject) -> None:
    codec = data.draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"]))
    refuse((ZH + text).encode(codec) if data.draw(st.booleans()) else (text + ZH).encode(codec))


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-16", "utf-32"])
@pytest.mark.parametrize("cut", [0, 1, 2, 3])
def test_wide_text_with_a_few_signs_of_its_own_is_text_wherever_it_is_cut(codec: str, cut: int) -> None:
    text = "The ferry was late again on Monday, said the \u2018Harbour\u2019 office \u2013 again. \U0001f6a2\n"
    for whole in (text * 3, text * 300, ZH * 700):
        if codec == "utf-32" and cut:
            continue  # nobody cuts a file that begins with its mark, and none without one is in UTF-32
        payload = whole.encode(codec)[cut:] if codec != "utf-16" else whole.encode(codec)[: -cut or None]
        decoded = decode(payload)
        refuse_decoded(payload, decoded)
        assert decoded.text[9:200] in whole, (codec, cut, decoded.charset_used)


def test_a_record_whose_text_is_base64_is_still_a_record() -> None:
    extractor = extractor_for("application/json")
    assert extractor is not None
    payload = json.dumps({"title": "渡口", "text": ZH, "image": "/9j/4AAQSkZJRgABAQ" * 40}, ensure_ascii=False).encode()
    assert extractor.reader()(payload, {}).blocks
