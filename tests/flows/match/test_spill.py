"""The join through files under a small limit of open files, and that its buckets hold every posting once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from flows.match.store import Store, write_segments
from flows.match.winnow import HASH_BITS
from tests.flows.match.corpus import planted
from tests.flows.match.running import matched

_CHILD = """
import resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
from tests.flows.match.corpus import planted
from tests.flows.match.running import Archive
from flows.match import memory
from flows.match.memory import Limits
import flows.match.stage as stage
stage.limits = lambda limit: Limits(postings=8)
archive = Archive(Path(sys.argv[1]))
archive.feed(planted(3).pieces)
print(sum(map(len, archive.digest().values())))
"""


def test_a_join_of_many_buckets_keeps_to_a_small_limit_of_open_files(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, str(tmp_path / "few")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    whole = matched(tmp_path / "many", planted(3).pieces)
    assert int(done.stdout) == sum(map(len, whole.digest().values()))


@pytest.mark.parametrize("buckets", [1, 2, 16, 1000])
def test_buckets_hold_every_posting_once_and_are_about_of_a_size(tmp_path: Path, buckets: int) -> None:
    def never(row: int, error: Exception) -> None:
        raise AssertionError from error

    texts = pa.array([piece.text for piece in planted(4).pieces], pa.large_string())
    store = Store(list(write_segments(tmp_path, 0, [texts.slice(n, 4) for n in range(0, len(texts), 4)], 500, never)))
    assert len(store.segments) > 1
    edges = store.edges(buckets).tolist()
    parts = [store.bucket(a, b) for a, b in zip([0, *edges], [*edges, 1 << HASH_BITS], strict=True)]
    everything = sorted(zip(*(column.tolist() for column in store.holders(None)), strict=True))
    found = sorted(row for part in parts for row in zip(*(column.tolist() for column in part), strict=True))
    assert found == everything
    if buckets == 16:
        assert max(len(part[0]) for part in parts) < 3 * len(everything) / buckets
    assert all(bool((np.diff(part[0]) >= 0).all()) for part in parts)
