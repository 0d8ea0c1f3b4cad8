"""Whether a payload is text at all, whatever it is served or named as.

First by how it begins: the signatures that `puremagic` keeps, as far as no text begins with them, and the few formats
that are written in letters and are no text (PDF, PostScript, RTF, the pointers of Git LFS). Then by what its characters
would be (`charset.looks_binary`): control characters, and letters that are likely in no language.
"""

from __future__ import annotations

import re
from functools import cache

import puremagic

from flows.extract.charset import MARKS, Decoded, has_controls, looks_binary
from flows.extract.reading import UnreadableError

POINTER = "lfs-pointer"
BINARY = "binary"

_HEAD = 512
"""Bytes in which a file that begins like a binary format shows control characters."""
_SHORTEST = 3
"""Bytes of a signature below which it says too little; JPEG's and gzip's have three."""
_CONTROLS = bytes([*range(0x09), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20), 0x7F])
_PRINTABLE = bytes([*b"\t\n\r", *range(0x20, 0x7F)])
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a]")
_TAG = re.compile(r"</?[a-z!][^<>\x00-\x08]{0,400}>", re.I)
_TAGS = 3
"""Tags that make a page, whatever its letters are."""

_WRITTEN = (
    (re.compile(rb"%PDF-\d\.\d"), "a PDF document"),
    (re.compile(rb"%!PS-Adobe-\d"), "a PostScript document"),
    (re.compile(rb"\{\\rtf\d"), "an RTF document"),
)
_LFS = re.compile(
    rb"version https://(?:git-lfs|hawser)\.github\.com/spec/v\d\r?\n(?:ext-\d-[^\n]*\n)*"
    rb"oid sha256:[0-9a-f]{64}\r?\nsize (\d+)\s*\Z"
)
_LONGEST_POINTER = 1024
"""Bytes below which a pointer stays, as the specification of Git LFS has it."""


def refuse(payload: bytes) -> None:
    """Raise UnreadableError for what is told by its beginning: `lfs-pointer` or `binary`, with what it is in words."""
    refuse_pointer(payload)
    name = next((name for pattern, name in _WRITTEN if pattern.match(payload)), None)
    head = payload[:_HEAD]
    if name is None and len(head) > len(head.translate(None, _CONTROLS)):
        name = _named(head, sure=True)
    if name is not None:
        raise UnreadableError(BINARY, f"The payload does not hold text: it begins as {name} does.")


def refuse_pointer(payload: bytes) -> None:
    """Raise UnreadableError (`lfs-pointer`) for a file that only says where Git LFS keeps the real one."""
    if len(payload) < _LONGEST_POINTER and (pointer := _LFS.match(payload)):
        size = pointer.group(1).decode()
        message = f"This is a pointer of Git LFS to a file of {size} bytes, not the file; get it with `git lfs pull`."
        raise UnreadableError(POINTER, message)


def refuse_decoded(payload: bytes, decoded: Decoded, *, markup: bool = False) -> None:
    """Raise UnreadableError (`binary`) where what a payload was decoded to is no text.

    With `markup`, letters that are likely in no language are no reason where there are tags.
    """
    if decoded.charset_used == "utf-8" and not decoded.replaced and not _CONTROL.search(decoded.text):
        return
    judged = decoded.charset_used if decoded.judged else None
    if markup and sum(1 for _, _ in zip(_TAG.finditer(decoded.text), range(_TAGS), strict=False)) == _TAGS:
        binary = has_controls(payload, judged)
    else:
        binary = looks_binary(payload, judged)
    if binary:
        name = _named(payload[:_HEAD], sure=False)
        why = f"it begins as {name} does" if name else "its bytes make no words in any known encoding"
        raise UnreadableError(BINARY, f"The payload does not hold text: {why}.")


def _named(head: bytes, *, sure: bool) -> str | None:
    """The format with the longest signature that a file begins with; None where there is none.

    With `sure`, only a signature that no text begins with.
    """
    found = [each for each in _by_first().get(head[:1], ()) if head.startswith(each[0])]
    if sure:
        found = [each for each in found if each[0].translate(None, _PRINTABLE)]
    return max(found, key=lambda each: len(each[0]))[1] if found else None


@cache
def _by_first() -> dict[bytes, list[tuple[bytes, str]]]:
    """Signatures at the beginning of files with what they are of, by their first byte."""
    named: dict[bytes, tuple[bool, int, str]] = {}
    for each in puremagic.magic_header_array:
        signature = bytes(each.byte_match)
        if each.offset or len(signature) < _SHORTEST or not signature.strip(b"\0") or signature.startswith(MARKS):
            continue
        words = f"{each.name} ({each.mime_type})" if each.mime_type else str(each.name)
        # Of several formats with one signature, one that has a media type and the shortest name.
        rank = (not each.mime_type, len(words), words)
        named[signature] = min(named.get(signature, rank), rank)
    out: dict[bytes, list[tuple[bytes, str]]] = {}
    for signature in sorted(named):
        out.setdefault(signature[:1], []).append((signature, named[signature][2]))
    return out
