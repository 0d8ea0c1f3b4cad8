"""What is remembered of files outlives the run, be it written whole or beside the whole; what is forgotten does not."""

from __future__ import annotations

import re
from pathlib import Path

from flows.capture.seen import Seen, keys
from flows.capture.walk import FileFound
from warehouse.storage import at

_FILES = [FileFound("", f"file:///s/{number}", "s", re.compile(""), number, 1) for number in range(100)]


def test_new_files_are_written_beside_the_others_and_forgotten_ones_are_gone(tmp_path: Path) -> None:
    def now() -> Seen:
        return Seen(tmp_path, "s", None)

    seen = now()
    seen.mark(_FILES[:90])
    seen.save()
    seen = now()
    seen.mark(_FILES[90:95])
    seen.save()
    assert at(tmp_path).names("seen-since") == [keys("s")[1]]
    seen = now()
    assert [seen.unchanged(each) for each in _FILES] == [True] * 95 + [False] * 5
    seen.forget([_FILES[0].uri, f"{_FILES[94].uri}!/member"])
    seen.save()
    seen = now()
    assert [each.size for each in _FILES if not seen.unchanged(each)] == [0, *range(94, 100)]
