"""Bodies of messages: encodings in lists, of every kind, damaged, and wrong."""

from __future__ import annotations

import gzip
import io
import random
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard

from warehouse.bodies import BrokenBody, body

PAGE = "<p>渡口已于清晨恢复通航，客货照常上下。</p>".encode() * 300
PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.ZstdCompressor(write_checksum=True).compress,
}


def unpacked(data: bytes, encoding: str, **more: str) -> bytes:
    return b"".join(body(io.BytesIO(data), {"content-encoding": encoding} | more))


@pytest.mark.parametrize(
    "listed",
    [*PACK, "gzip, br", "br,gzip", "zstd , gzip", "GZIP", "gzip, gzip", "identity, zstd", "deflate,zstd,br,gzip", ""],
)
def test_encodings_are_undone_from_the_last_to_the_first(listed: str) -> None:
    data = PAGE
    for word in listed.lower().split(","):
        data = PACK.get(word.strip(), bytes)(data)
    assert unpacked(data, listed) == PAGE


@pytest.mark.parametrize("name", ["gzip", "zstd"])
def test_several_members_and_frames(name: str) -> None:
    assert unpacked(PACK[name](PAGE) + PACK[name](PAGE), name) == PAGE * 2


@pytest.mark.parametrize(("said", "meant"), [("br", "gzip"), ("deflate", "gzip"), ("gzip", "zstd"), ("zstd", "gzip")])
def test_an_encoding_that_is_another_one(said: str, meant: str) -> None:
    assert unpacked(PACK[meant](PAGE), said) == PAGE


@pytest.mark.parametrize("said", [*PACK, "gzip, br", "utf-8", "none", "unknown"])
def test_a_body_that_is_not_packed_at_all(said: str) -> None:
    assert unpacked(PAGE, said) == PAGE


def test_transfer_encodings() -> None:
    packed = gzip.compress(PAGE)
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(packed), packed)
    assert unpacked(chunks, "", **{"transfer-encoding": "gzip, chunked"}) == PAGE
    assert unpacked(chunks, "gzip", **{"transfer-encoding": "chunked"}) == PAGE


@pytest.mark.parametrize("name", PACK)
def test_one_that_breaks_off_is_told_and_gives_what_is_whole(name: str) -> None:
    noise = random.Random(3).randbytes(300_000)
    packed = PACK[name](noise)
    pieces: list[bytes] = []
    with pytest.raises(BrokenBody):
        pieces.extend(body(io.BytesIO(packed[: len(packed) * 2 // 3]), {"content-encoding": name}))
    got = b"".join(pieces)
    assert noise.startswith(got)
    if name != "br":  # which gives nothing before its end of what cannot be packed
        assert len(got) > 50_000


@pytest.mark.parametrize("name", ["gzip", "zstd", "deflate"])
def test_one_that_is_damaged_is_told(name: str) -> None:
    packed = bytearray(PACK[name](random.Random(3).randbytes(300_000)))
    packed[len(packed) // 2 : len(packed) // 2 + 40_000] = b"\0" * 40_000
    with pytest.raises(BrokenBody):
        unpacked(bytes(packed), name)


def test_one_that_is_something_else_is_told() -> None:
    with pytest.raises(BrokenBody):
        unpacked(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" * 20, "br")
    with pytest.raises(BrokenBody):
        unpacked(PAGE, ", ".join(["gzip"] * 9))


@pytest.mark.parametrize("listed", ["br", "zstd", "zstd, gzip", "gzip, gzip", "br, zstd"])
def test_what_swells_comes_in_pieces(listed: str) -> None:
    data = bytes(64 << 20)
    for word in listed.split(", "):
        data = PACK[word](data)
    sizes = [len(piece) for piece in body(io.BytesIO(data), {"content-encoding": listed})]
    assert sum(sizes) == 64 << 20
    assert max(sizes) <= 80 << 20


def test_a_window_larger_than_http_allows_is_refused() -> None:
    made = zstandard.ZstdCompressionParameters(window_log=27, enable_ldm=True)
    press = zstandard.ZstdCompressor(compression_params=made).compressobj()
    with pytest.raises(BrokenBody):
        unpacked(press.compress(PAGE) + press.flush(), "zstd")
