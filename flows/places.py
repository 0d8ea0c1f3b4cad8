"""Where a warehouse can be kept: a bucket, or a folder on a disk whose path every engine reads the same way."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

from warehouse import mirror

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")
"""How an address begins; `Path` makes one slash of two. A folder of such a name is written `./name:/…`."""
_FILE = re.compile(r"file:/+", re.IGNORECASE)

_UNREADABLE = re.compile(r"[*?\[\\]|%[0-9A-Fa-f]{2}|[\x00-\x1f\x7f]|[\ud800-\udfff]")
"""What engines take for something else in a path: `*`, `?` and `[` are patterns to DuckDB and `?` begins its options;
the storage of the tables undoes escapes, and refuses backslashes and control characters; neither takes bytes that are
no UTF-8. Each was tried."""


def warehouse_folder(said: str | os.PathLike[str]) -> Path:
    """The folder that a setting, an option or a variable names. Raises ValueError with a sentence where it names none.

    `file:///…` is the local path that it says. `s3://…`, `gs://…` and `az://…` name a bucket, and the folder is the
    local one that stands for it (`warehouse.mirror`). Any other address is refused.
    """
    text = os.fspath(said)
    if address := mirror.parsed(text):
        if found := _UNREADABLE.search(str(mirror.cache())):
            raise ValueError(f"DIBAO_CACHE is a folder that engines misread, as it holds {found[0]!a}; give another.")
        try:
            return mirror.of(address)
        except OSError as error:
            raise ValueError(
                f"The local folder of {address} cannot be made ({error.strerror}: {error.filename}); "
                "give another by DIBAO_CACHE."
            ) from error
    if not text.strip():
        raise ValueError("The warehouse has an empty name; give the folder where it is to be kept.")
    if _FILE.match(text):
        if text.lower().startswith("file://") and (host := urlsplit(text).netloc) not in ("", "localhost"):
            raise ValueError(f"{text} is on another machine ({host}); mount it, and give the folder.")
        text = os.fsdecode(b"/" + unquote_to_bytes(_FILE.sub("", re.sub("(?i)^file://localhost/", "file:///", text))))
    elif _ADDRESS.match(text) or "://" in text:
        raise ValueError(
            f"{_shown(text)} is not a folder: a warehouse is kept on a local or mounted disk, or in a bucket "
            f"({', '.join(f'{scheme}://' for scheme in mirror.SCHEMES)})."
        )
    if "\0" in text:
        raise ValueError(f"{_shown(text)[:200]} cannot be a folder: no path holds a null character.")
    try:
        folder = Path(text).expanduser()
        whole = str(folder.resolve())
        if folder.exists() and not folder.is_dir():
            raise ValueError(f"{_shown(text)} is a file; give the folder where the warehouse is to be kept.")
    except (OSError, RuntimeError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise ValueError(f"{_shown(text)[:200]} cannot be a folder ({why}); give another.") from error
    if found := _UNREADABLE.search(whole):
        raise ValueError(
            f"A warehouse cannot be kept at {_shown(whole)[:300]}: the engines that read it take {found[0]!a} "
            "in a path for something else. Give a folder without it."
        )
    return folder


def _shown(text: str) -> str:
    """A path on one line, whatever is in it."""
    return text if text.isprintable() else ascii(text)
