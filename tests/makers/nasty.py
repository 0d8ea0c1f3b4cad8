"""Nasty inputs by name, each with what should become of it: `nasty.make(name, folder)`.

Whatever the input: the run goes on, every capture ends as documents or as a reject that says why in words, and memory
stays below 2 GB.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from tests.makers import nasty_archives, nasty_files, nasty_text

MAKERS: Mapping[str, Callable[[Path], None]] = {
    maker.__name__: maker
    for maker in (
        nasty_files.empty,
        nasty_files.random_bytes,
        nasty_files.deep_html,
        nasty_files.wide_html,
        nasty_files.invalid_names,
        nasty_files.links,
        nasty_files.special_files,
        nasty_files.unreadable,
        nasty_files.deep_folders,
        nasty_text.impossible_dates,
        nasty_text.front_matter,
        nasty_text.line_ends,
        nasty_text.encodings,
        nasty_text.json_not_as_told,
        nasty_archives.warc_cut_in_a_record,
        nasty_archives.warc_gz_cut_in_a_member,
        nasty_archives.warc_with_a_wrong_digest,
        nasty_archives.warc_with_brotli,
        nasty_archives.warc_with_broken_brotli,
        nasty_archives.warc_with_garbage_between,
        nasty_archives.warc_of_one_gzip_member,
        nasty_archives.warc_with_a_lying_length,
        nasty_archives.warc_with_odd_dates,
        nasty_archives.revisit_of_nothing,
        nasty_archives.arc,
        nasty_archives.arc_with_garbage,
    )
}
"""The small ones: all of them together take a second."""

HUGE: Mapping[str, Callable[[Path], None]] = {
    maker.__name__: maker  # type: ignore[misc]
    for maker in (
        nasty_files.long_line,
        nasty_archives.gzip_bomb,
        nasty_archives.warc_bomb,
        nasty_archives.html_bomb_in_warc,
    )
}
"""The large ones; each also takes a size."""


def make(name: str, folder: Path) -> Path:
    """Writes a nasty input into a new folder of its name below `folder`, and returns that."""
    target = folder / name
    target.mkdir(parents=True)
    (MAKERS.get(name) or HUGE[name])(target)
    return target
