"""How much the matcher takes in hand at a time, given the memory that it may use."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

_UNITS = {"": 1, "b": 1, "byte": 1, "bytes": 1}
for _power, _name in enumerate(("kilobyte", "megabyte", "gigabyte", "terabyte"), 1):
    _UNITS |= dict.fromkeys((_name[0], f"{_name[0]}b", _name, f"{_name}s"), 1000**_power)
    _UNITS[f"{_name[0]}ib"] = 1024**_power
_NONE = ("-1", "none", "null")
"""DuckDB's words for no limit."""
_LIMIT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*|%)\s*", re.IGNORECASE)

_LETTER_BYTES = 64
"""Bytes that a letter takes while a segment is written or a block of pairs is aligned."""
_POSTING_BYTES = 128
"""Bytes that a fingerprint takes while its carriers are sought: itself, its order, and the seeds that it makes."""
_SHARE = 8
"""One in so many bytes of the limit goes to one of these; the rest is for what grows with the result."""


@dataclass(frozen=True)
class Limits:
    """`letters` of texts and `postings` (fingerprints) in hand at a time, and `witnesses` collated at a time."""

    letters: int = 1 << 22
    postings: int = 1 << 22
    witnesses: int = 4096


def bytes_of(limit: str) -> int:
    """Bytes that `2GB`, `512MiB` or `80%` (of the machine's memory) stand for. ValueError for what is no amount."""
    found = _LIMIT.fullmatch(limit)
    if not found:
        raise ValueError(f"{limit!r} is no amount of memory.")
    number, unit = float(found[1]), found[2].lower()
    if unit == "%":
        if not hasattr(os, "sysconf"):  # Windows
            raise ValueError(f"This system does not tell its memory; give an amount in place of {limit!r}, as 2GB.")
        return int(number / 100 * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    if unit not in _UNITS:
        raise ValueError(f"{limit!r} is no amount of memory.")
    return int(number * _UNITS[unit])


def limits(limit: str | None) -> Limits:
    """What may be in hand under a limit as DuckDB reads it; the usual amounts where there is none."""
    usual = Limits()
    if limit is None or limit.strip().lower() in _NONE:
        return usual
    share = bytes_of(limit) // _SHARE
    return Limits(
        letters=min(usual.letters, max(1 << 12, share // _LETTER_BYTES)),
        postings=min(usual.postings, max(1 << 10, share // _POSTING_BYTES)),
        witnesses=min(usual.witnesses, max(8, share // (1 << 15))),
    )
