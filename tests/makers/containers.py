"""Containers of every sort, sound and not, made of nothing but the standard library."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib

import zstandard

Files = dict[str, bytes]


def zipped(files: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED, **more: object) -> bytes:
    """A ZIP file; names may repeat."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as pack:
        for name, data in files:
            info = zipfile.ZipInfo(name, (2024, 3, 1, 6, 0, 0))
            info.compress_type = method
            with pack.open(info, "w", force_zip64=bool(more.get("zip64"))) as to:
                to.write(data)
    return out.getvalue()


def zipped_raw(
    name: bytes, data: bytes, *, extra: bytes = b"", encrypted: bool = False, crc: int | None = None
) -> bytes:
    """A ZIP file with one stored member whose name is in any encoding, made byte by byte."""
    flags = 1 if encrypted else 0
    crc = zlib.crc32(data) if crc is None else crc
    sizes = struct.pack("<LLL", crc, len(data), len(data))
    head = struct.pack("<HHHHH", 20, flags, 0, 0, 0x5861) + sizes + struct.pack("<HH", len(name), len(extra))
    local = b"PK\x03\x04" + head + name + extra + data
    central = b"PK\x01\x02\x14\x00" + head + struct.pack("<HHHLL", 0, 0, 0, 0, 0) + name + extra
    end = b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end


def tarred(files: list[tuple[str, bytes]], links: dict[str, str] | None = None) -> bytes:
    """A tar file; names may repeat, `links` are symbolic."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as pack:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1_709_272_800
            pack.addfile(info, io.BytesIO(data))
        for name, target in (links or {}).items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, target
            pack.addfile(info)
    return out.getvalue()


def packed(data: bytes, how: str) -> bytes:
    """Bytes packed by gz, bz2, xz or zst."""
    if how == "gz":
        return gzip.compress(data, mtime=0)
    if how == "zst":
        return zstandard.ZstdCompressor().compress(data)
    return bz2.compress(data) if how == "bz2" else lzma.compress(data)
