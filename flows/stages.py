"""Which version of each stage made the tables, and saying so in the table `stages`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flows import versions
from schemas import table
from warehouse.store import Writer


class Stages:
    """The versions that the tables stand at. A stage that is done with all its work says so by `done`."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._held = {
            stage: (kind, version)
            for stage, kind, version in writer.con().execute("SELECT stage, kind, version FROM stages").fetchall()
        }
        self._told = dict(self._held)

    def up_to_date(self, stage: str) -> bool:
        """Whether the present version of a stage made what lies in the tables."""
        return self._told.get(stage) == versions.present()[stage]

    def done(self, *kinds: str) -> None:
        """Stages of these kinds have done all that there is to do, at their present version."""
        kept = {stage: told for stage, told in self._told.items() if told[0] not in kinds}
        now = {stage: told for stage, told in versions.present().items() if told[0] in kinds}
        self._told = kept | now

    def undone(self, *kinds: str) -> None:
        """Work of stages of these kinds was left undone that nothing else tells of: the next run does all anew."""
        self._told = {stage: told for stage, told in self._told.items() if told[0] not in kinds}

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is said to be done within the block is not where the block raises."""
        before = self._told
        try:
            yield
        except Exception:
            self._told = before
            raise

    @property
    def versions(self) -> dict[str, str]:
        """Version of each stage, by name."""
        return {stage: version for stage, (_, version) in sorted(self._told.items())}

    def write(self) -> None:
        """Put the versions in the table where it says otherwise; a warehouse that holds nothing stays empty."""
        if self._told == self._held or not (self._writer.changed or self._writer.snapshot):
            return
        rows = [
            {"stage": stage, "kind": kind, "version": version} for stage, (kind, version) in sorted(self._told.items())
        ]
        self._writer.overwrite("stages", table("stages").rows(rows))
        self._held = dict(self._told)
