"""Handing the matcher what is new in the archive, and the tables what it says has changed."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import datetime
from functools import cache

import pyarrow as pa

from flows.aliases import MOVED, point
from flows.inputs import Difference, Inputs
from flows.match.fold import changed_letters
from flows.match.stage import Change, MatchChange, StateMissingError, match, prune
from flows.settled import Since
from flows.stages import Stages
from schemas import table
from schemas.render.sql import column_list, quoted
from warehouse.disk import is_full
from warehouse.storage import at
from warehouse.store import Writer

TABLES = ("alignments", "stories", "variants")
_LOG = logging.getLogger(__name__)

# The story that has most of the letters of one that is gone, its leader's first; and what led to the one leads on. An
# article that has another id now is known by that.
_HEIRS = """
WITH lost AS (
    SELECT s.story_id, coalesce(a.id, s.article_id) AS article_id, span_start, span_end, leader
    FROM stories AS s LEFT JOIN id_aliases AS a ON a.alias_id = s.article_id
    WHERE s.story_id NOT IN (SELECT story_id FROM told)
), votes AS (
    SELECT l.story_id AS alias_id, t.story_id AS id,
        sum(least(l.span_end, t.span_end) - greatest(l.span_start, t.span_start)) AS letters,
        sum(CASE WHEN l.leader THEN least(l.span_end, t.span_end) - greatest(l.span_start, t.span_start) ELSE 0 END)
            AS led
    FROM lost AS l JOIN told AS t
    ON t.article_id = l.article_id AND t.span_start < l.span_end AND t.span_end > l.span_start
    GROUP BY ALL
), heirs AS (
    SELECT alias_id, id FROM votes
    QUALIFY row_number() OVER (PARTITION BY alias_id ORDER BY led DESC, letters DESC, id) = 1
)
SELECT alias_id, 'story' AS kind, id FROM heirs
UNION ALL
SELECT a.alias_id, 'story', coalesce(h.id, a.story_id) FROM story_aliases AS a LEFT JOIN heirs AS h
ON h.alias_id = a.story_id
ORDER BY ALL
"""


class Matching:
    """The matching of one run. `generation` names the matcher's working files that go with the tables."""

    def __init__(self, writer: Writer, stages: Stages, memory_limit: str | None, workers: int, run_id: str) -> None:
        self._writer = writer
        self._stages = stages
        self._run_id = run_id
        self._state = at(writer.warehouse.state).within("match")
        self._inputs = Inputs(writer, at(writer.warehouse.state).within("match-inputs"))
        self._memory_limit = memory_limit
        self._workers = workers
        self.generation = writer.snapshot.match_state if writer.snapshot else None
        self.touched: set[str] | None = set()
        """Articles whose alignments or stories changed in this run; None for all."""

    def bring_up_to_date(self, now: datetime, since: Since | None = None) -> Counter[str]:
        """Match what came, went or was seen by others since the last generation; returns the rows added.

        What another version of the matcher made is matched anew. `since` is what came and went since all was matched;
        None to look at everything.
        """
        present = self._stages.up_to_date("match")
        if not present:
            self.generation = since = None
        self._inputs.keep_addresses(since, anew=not present)
        told = present and self._writer.rows("fold_letters")
        if not told and self._writer.rows("captures"):  # in an archive without anything they would be all there is
            self._keep_letters()
        found = self._difference(since)
        held = self.generation is None and any(map(self._writer.rows, TABLES))
        if found.new.num_rows == 0 and found.gone.num_rows == 0 and not held:
            self._stages.done("matcher")
            return Counter()
        change, found = self._change(found)
        counts = self._apply(change, anew=self.generation is None, now=now)
        counts["rejects"] += self._tell(change.faults)
        self._stages.done("matcher")
        self.generation = change.generation
        self._inputs.remember(change.generation, found)
        return counts

    def _keep_letters(self) -> None:
        """Have `fold_letters` say how this version of the matcher folds."""
        rows = _letters()
        held = self._writer.con().sql("SELECT letter, folded FROM fold_letters ORDER BY letter").to_arrow_table()
        if not held.cast(rows.schema).equals(rows):
            self._writer.overwrite("fold_letters", rows)

    def _difference(self, since: Since | None) -> Difference:
        """What the matcher has not been given; without a generation, where what the last was given is not known."""
        found = self._inputs.difference(self.generation, since)
        if found.whole:
            self.generation = None
        return found

    def _change(self, found: Difference) -> tuple[MatchChange, Difference]:
        """What matching says, with what is kept from before or, where that is gone or of no use, anew; and of what.

        Raises what it raises anew. An error of the disk is no reason to begin anew.
        """
        if self.generation is not None:
            try:
                return self._match(found, self.generation), found
            except Exception as error:
                if isinstance(error, OSError) or is_full(error):
                    raise
                if not isinstance(error, StateMissingError):
                    _LOG.exception("Matching failed with what was kept from the last run; it begins anew.")
            self.generation = None
            found = self._difference(None)
        return self._match(found, None), found

    def _tell(self, faults: pa.Table) -> int:
        """Make `rejects` tell these faults of matching and no others; returns the rows added."""
        con = self._writer.con()
        con.register("faults", faults)
        known = "(SELECT reject_id FROM rejects WHERE stage = 'match' AND article_ids IS NOT NULL)"
        gone = con.sql(f"FROM {known} ANTI JOIN faults USING (reject_id)").to_arrow_table()
        came = con.sql(f"FROM faults ANTI JOIN {known} USING (reject_id)").to_arrow_table()
        con.unregister("faults")
        if came.num_rows == 0 and gone.num_rows == 0:
            return 0
        return self._writer.change("rejects", came.cast(table("rejects").arrow), gone)[0]

    def tidy(self) -> None:
        """Drop the working files that no longer go with the tables."""
        prune(self._state, self.generation)
        self._inputs.tidy(self.generation)

    def _match(self, found: Difference, previous: str | None) -> MatchChange:
        limit, workers = self._memory_limit, self._workers
        return match(found.new, found.removed, self._state, previous=previous, memory_limit=limit, workers=workers)

    def _apply(self, change: MatchChange, anew: bool, now: datetime) -> Counter[str]:
        counts: Counter[str] = Counter()
        moved = self._heirs(change.stories.add) if anew else None
        told = {name: getattr(change, name) for name in TABLES}
        if anew:
            told = {name: self._changes(name, mine.add) for name, mine in told.items()}
            # The names of before are the former matcher's; they stay as ids that were published once.
            former = self._writer.con().sql("SELECT alias_id FROM story_aliases").to_arrow_table()
            self._writer.change("story_aliases", table("story_aliases").empty(), former)
        self.touched = None if anew else _touched(change)
        for name, mine in told.items():
            counts[name] += self._writer.change(name, mine.add, mine.remove)[0]
        aliases = change.story_aliases
        at = pa.array([now] * aliases.add.num_rows, table("story_aliases").column("replaced_at").type)
        self._writer.change("story_aliases", aliases.add.append_column("replaced_at", at), aliases.remove)
        came = pa.table({"id": told["stories"].add["story_id"]})
        point(self._writer, MOVED.empty_table() if moved is None else moved, came, self._run_id)
        return counts

    def _changes(self, name: str, rows: pa.Table) -> Change:
        """What makes a table hold some rows and no others; equal rows stay."""
        con = self._writer.con()
        con.register("told", rows)
        keys, columns = ", ".join(map(quoted, table(name).key)), column_list(table(name))
        sides = (f"(SELECT *, hash({columns}) AS row_hash FROM {side})" for side in (name, "told"))
        held, now = sides
        try:
            gone = con.sql(f"SELECT {keys} FROM {held} ANTI JOIN {now} USING ({keys}, row_hash)").to_arrow_table()
            came = con.sql(
                f"SELECT {columns} FROM {now} ANTI JOIN {held} USING ({keys}, row_hash) ORDER BY {keys}"
            ).to_arrow_table()
        finally:
            con.unregister("told")
        return Change(gone, came.cast(table(name).arrow))

    def _heirs(self, stories: pa.Table) -> pa.Table:
        """Ids of stories that go once `stories` are all there are, with the story that takes the place of each."""
        con = self._writer.con()
        con.register("told", stories)
        try:
            return con.sql(_HEIRS).to_arrow_table()
        finally:
            con.unregister("told")


@cache
def _letters() -> pa.Table:
    """The rows of `fold_letters`, which are the same in every run."""
    letters, folded = zip(*changed_letters(), strict=True)
    schema = table("fold_letters").arrow
    return pa.table({"letter": letters, "folded": folded}, schema=schema)


def _touched(change: MatchChange) -> set[str]:
    """The articles of the alignments and stories that went or came."""
    out: set[str] = set()
    for part in (change.alignments, change.stories):
        for rows in (part.remove, part.add):
            for name in rows.column_names:
                if name.endswith("article_id"):
                    out.update(rows[name].to_pylist())
    return out
