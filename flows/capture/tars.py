"""Members of tar files, read as a stream; a damaged header is passed over and told."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO, cast

from flows.capture.container_names import codec_of, decoded

BLOCK = 512
_MOST_HEADER = 1 << 20
"""Bytes of the longest header that says more of a member than fits in a block, such as its name."""


class _Info(tarfile.TarInfo):
    """A header that tells its file where it is damaged, and is never larger than one can be."""

    @classmethod
    def fromtarfile(cls, tarfile_: Any) -> Any:
        try:
            return super().fromtarfile(tarfile_)
        except tarfile.InvalidHeaderError:  # type: ignore[attr-defined]
            tarfile_.bad.append(f"The header at byte {tarfile_.offset} is damaged; what follows was taken.")
            raise
        except tarfile.TruncatedHeaderError:  # type: ignore[attr-defined]
            tarfile_.bad.append("The file ends inside a header; the members before it were taken.")
            raise

    def _proc_member(self, tarfile_: Any) -> Any:
        if self.type in _LONG and self.size > _MOST_HEADER:
            raise tarfile.ReadError(f"a header says that it has {self.size} bytes")
        return super()._proc_member(tarfile_)  # type: ignore[misc]


_LONG = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)


class _Tar(tarfile.TarFile):
    def __init__(self, *args: Any, **more: Any) -> None:
        self.bad: list[str] = []  # before the first header is read
        super().__init__(*args, **more)


def is_tar(head: bytes) -> bool:
    """Whether a stream that begins so is a tar file: its first header has the checksum that it should have."""
    if len(head) < BLOCK or not head[:BLOCK].strip(b"\0"):
        return False
    try:
        tarfile.TarInfo.frombuf(head[:BLOCK], "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


class TarEntry:
    """A member before it is read: name, size, time, and its stream; `problem` is a short name and a sentence."""

    def __init__(self, tar: _Tar, info: tarfile.TarInfo) -> None:
        raw = info.name.encode("utf-8", "surrogateescape")
        self.name = decoded(raw, codec_of([raw], "cp1252"))
        self.size = info.size
        self.is_folder = info.isdir()
        self.modified = _moment(info.mtime)
        self.stream: BinaryIO | None = None
        self.problem: tuple[str, str] | None = None
        if info.isreg():
            self.stream = cast(BinaryIO, tar.extractfile(info))
        elif info.issym() or info.islnk():
            self.problem = ("link", f"The member is a link to {info.linkname!r}, which is not followed.")
        elif not self.is_folder:
            self.problem = ("not-a-file", "The member is a pipe or device, not a file.")


def entries(stream: BinaryIO) -> Iterator[TarEntry | str]:
    """The members in order, and a sentence for each place that is damaged. Raises tarfile.TarError, and what the
    stream raises, where it cannot go on."""
    tar = _Tar.open(
        fileobj=stream, mode="r|", tarinfo=_Info, encoding="utf-8", errors="surrogateescape", ignore_zeros=True
    )
    with tar:
        while (info := tar.next()) is not None:
            yield from _told(tar)
            tar.members = []  # type: ignore[attr-defined]  # it would keep them all
            yield TarEntry(tar, info)
        yield from _told(tar)


def _told(tar: _Tar) -> list[str]:
    told, tar.bad[:] = list(tar.bad), []
    # Damage is told once for all the blocks that it goes over.
    return told[:1]


def _moment(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    except (OverflowError, ValueError, OSError):
        return None
