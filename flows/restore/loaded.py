"""Rows of tables as what the restore stage works on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from flows.match.fold import fold_columns
from flows.restore.page import Fragment


def columns(rows: pa.Table, *names: str) -> Iterator[tuple[Any, ...]]:
    """Some columns of each row."""
    return zip(*(rows[name].to_pylist() for name in names), strict=True)


def fragments(passages: pa.Table) -> Iterator[tuple[str, list[Fragment]]]:
    """The documents of rows of PASSAGES, by id, each with its fragments in the order printed."""
    rows = passages.sort_by([("document_id", "ascending"), ("ordinal", "ascending")])
    names = ("document_id", "passage_id", "article_id", "kind", "text", "article_start", "article_end")
    flagged = [_flagged(rows, flag) for flag in ("duplicate", "gap")]
    for document, members in groupby(zip(columns(rows, *names), *flagged, strict=True), key=lambda row: row[0][0]):
        yield document, [Fragment(at, *row[1:], *flags) for at, (row, *flags) in enumerate(members)]


def _flagged(passages: pa.Table, flag: str) -> list[bool]:
    """Whether each passage carries a flag."""
    flags = passages["flags"].combine_chunks()
    carried = np.zeros(len(flags), np.bool_)
    carried[pc.list_parent_indices(flags).filter(pc.equal(pc.list_flatten(flags), flag)).to_numpy()] = True
    found: list[bool] = carried.tolist()
    return found


def folded(texts: Iterable[str]) -> Iterator[tuple[str, NDArray[np.int32]]]:
    """Each text folded, and for each of its letters the index of the character that it came from."""
    for rows in fold_columns(pa.array(texts, pa.string())):
        for start, end in zip(rows.bounds[:-1].tolist(), rows.bounds[1:].tolist(), strict=True):
            yield rows.codes[start:end].tobytes().decode("utf-32-le"), rows.origin[start:end]
