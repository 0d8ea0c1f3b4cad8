"""The steps of a run: each takes what is not yet done, hands it to a stage, and commits what comes back."""

from __future__ import annotations

import logging
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from operator import itemgetter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from flows import backlog, corrections, outlets, restating, searching, takedowns
from flows.capture import salvage
from flows.capture.gathered import Gathered
from flows.capture.known import Catalogued
from flows.capture.revisits import overtaken, resolve, told_again
from flows.capture.rows import reject, to_table
from flows.capture.seen import Seen
from flows.capture.session import Batch, Clock, Session
from flows.executor import Careful, Executor, every
from flows.extract.registry import canonical
from flows.faults import Failure, sentence, told
from flows.history import PATIENCE, History
from flows.inputs import MATCHED_FROM, input_sql
from flows.matching import Matching
from flows.progress import Progress, stage
from flows.read import TABLES, Partition, given_up, partitions, read_partition
from flows.removing import Removal
from flows.renewal import Staged, take_in
from flows.restoring import Restorer
from flows.settings import Settings
from flows.settled import Settled
from flows.sources import kinds
from flows.sources.checks import check
from flows.sources.kinds import SourceFailed
from flows.sources.registry import BadSource, Source, registered_at
from flows.stages import Stages
from flows.workers import Fault
from schemas import table
from schemas.ids import content_id
from warehouse.disk import is_full
from warehouse.errors import Busy, Conflict, NoSpace, Unreachable, WarehouseError
from warehouse.expiry import only_last
from warehouse.raw import SegmentWriter
from warehouse.storage import at
from warehouse.store import Writer

_log = logging.getLogger(__name__)


class Run:
    """One run over one warehouse. `counts` holds the rows that it added."""

    def __init__(
        self,
        writer: Writer,
        settings: Settings,
        run_id: str,
        started: datetime,
        clock: Clock,
        executor: Executor,
        progress: Progress,
    ) -> None:
        self.writer = writer
        self.run_id = writer.run_id = run_id
        self.started = started
        self.counts: Counter[str] = Counter()
        self.failures: list[Failure] = []
        self._done: list[str] = []
        self.stages = Stages(writer)
        self._settled = Settled(writer, repr(backlog.readers()), input_sql(text=False))
        self._matching = Matching(writer, self.stages, settings.memory_limit, settings.processes, run_id)
        self._restorer = Restorer(writer, self.stages)
        self._renewed: list[str] = []
        self._searched = writer.search
        self._clock = clock
        self._executor = executor
        self._progress = progress
        self._removed = takedowns.standing(writer.storage)
        self._removing = writer.storage.size(takedowns.PENDING) is not None
        self._dropped: list[pa.Table] = []
        self._spoilt: set[str] = set()
        self._known = Catalogued(writer.con(), self._removed.archives)
        self._seen: list[Seen] = []
        self._names: dict[str, str] = {}
        self._history = History(
            writer.storage,
            writer.con(),
            lambda name, rows: self.writer.append(name, self._absent(name, rows)),
        )
        self._raw = writer.warehouse.raw
        self._staging = writer.warehouse.state / "staging"
        shutil.rmtree(self._staging, ignore_errors=True)

    # ------------------------------------------------------------ recover, capture

    def recover(self) -> None:
        """Take up the segments that a killed run wrote and no snapshot lists."""
        self.writer.refresh()
        salvage.settle(self._raw)
        snapshot = self.writer.snapshot
        listed = {entry.path.removeprefix("raw/") for entry in (snapshot.warc_files if snapshot else ())}
        for name in salvage.strays(self._raw, listed):
            if salvage.is_own(name):
                self.attempt(f"recover/{name}", partial(self.adopt, name))

    def adopt(self, warc_file: str) -> None:
        """Commit the captures that one of our segments holds."""
        tables = Gathered()
        batch = salvage.index_segment(self._raw, warc_file, self._known, self.run_id)
        tables.add(batch)
        for said in filter(None, map(restating.of_note, batch.notes)):
            self._correct(restating.correction(self.writer.con(), self._raw, said, self.run_id))
        self._commit(tables)

    def capture(self, source: Source | BadSource) -> None:
        """Bytes into the raw store, durable before anything reads them; rows of `captures`.

        A source that fails is a row of `rejects` and of `source_runs`; it does not stop the others.
        """
        if isinstance(source, BadSource):
            failure, uri = SourceFailed("source-file", source.message), registered_at(source.path.name)
            tables = Gathered()
            tables.add(Batch(rejects=[reject(source.id, uri, failure.error, failure.message)]))
            self._failed(source.id, failure)
            self._tell(source.id, "unknown", self._clock(), tables, self._commit(tables), failure)
            return
        parser, shape = canonical(source.hints), f"{source.kind} {source.location}"
        seen = Seen(self.writer.warehouse.state, source.id, parser, shape)
        tables = Gathered()
        started = self._clock()
        failed: SourceFailed | None = None
        with (
            stage(self._progress, f"capture {source.id}") as progress,
            SegmentWriter(self._raw, f"{self.run_id}-{source.id}", self.started, {"run": self.run_id}) as segments,
        ):
            session = Session(segments, self._raw, self._known, self.run_id, self._clock, removed=self._removed)
            try:
                self._restate(source, segments)
                for batch in kinds.capture(source, session, seen):
                    tables.add(batch)
                    seen.mark(batch.files)
                    progress.advance(len(batch.files) or len(batch.captures))
            except Exception as error:
                failed = kinds.failure(error)
                uri = failed.uri or source.location
                row = reject(source.id, uri, failed.error, failed.message, traceback=failed.traceback)
                tables.add(Batch(rejects=[row]))
                self._failed(source.id, failed)
            self._spoilt |= session.spoilt
            segments.close()
            for name in segments.closed:
                tables.add(Batch(taken_in=[salvage.listing(self._raw, name, tables.held(name), self.run_id)]))
        self._close(source, tables)
        self._tell(source.id, source.kind, started, tables, self._commit(tables), failed)
        self._seen.append(seen)  # only now are its files dealt with

    def _failed(self, source_id: str, why: SourceFailed) -> None:
        _log.error("The source %s failed: %s", source_id, why.message)
        self.failures.append(Failure("source", source_id, why.error, why.message, why.traceback))

    def _restate(self, source: Source, segments: SegmentWriter) -> None:
        """Bring what was captured of a source to what it says now about reading, and note that in the raw store."""
        check(source)
        said = restating.said(source, self.writer.con())
        marks, key = at(self.writer.warehouse.state), f"named/{source.id}"
        names = marks.size(key) is None or marks.get(key).decode() != source.name_date
        found = restating.correction(self.writer.con(), self._raw, said, self.run_id, names=names)
        if found:
            segments.metadata(source.uri, said.note(), self._clock())
            self._correct(found)
        if names:
            self._names[key] = source.name_date

    def _correct(self, found: restating.Correction) -> None:
        for name, add, former in found.changes():
            rows = self._removed.split(add)[0] if name == "captures" else add
            self.writer.change(name, rows, former)

    def _close(self, source: Source, tables: Gathered) -> None:
        """Take back what earlier runs said of the source as a whole, or of files that this one has captured, and this
        one does not say again."""
        about = [source.location, source.uri, registered_at(f"{source.id}.toml")]
        # What is said of a member is said of its container.
        files = sorted({_OF_FILE.split(uri, 1)[0] for uri in tables.get("captures")["uri"].to_pylist()})
        con = self.writer.con()
        con.register("told", tables.get("rejects"))
        closed = con.sql(
            "SELECT reject_id FROM rejects ANTI JOIN told USING (reject_id) WHERE rejects.source_id = $1 "
            "AND stage = 'capture' AND capture_id IS NULL AND payload_sha256 IS NULL "
            "AND (error = 'emptied' OR list_contains($2, uri) "
            "OR list_contains($3, regexp_extract(uri, '^([^?#!]|!([^/]|$))*')))",
            params=[source.id, about, files],
        ).to_arrow_table()
        con.unregister("told")
        self.writer.change("rejects", table("rejects").empty(), closed)

    def _tell(
        self,
        source_id: str,
        kind: str,
        started: datetime,
        tables: Gathered,
        added: Counter[str],
        failure: SourceFailed | None,
    ) -> None:
        values = {
            "source_run_id": content_id(self.run_id, source_id),
            "run_id": self.run_id,
            "source_id": source_id,
            "kind": kind,
            "started_at": started,
            "finished_at": self._clock(),
            "status": "failed" if failure else "ok",
            "requests": tables.requests,
            "captures": added["captures"],
            "bytes": tables.bytes,
            "rejects": added["rejects"],
            "error": failure.error if failure else None,
            "message": failure.message if failure else None,
        }
        self._history.tell(values, something_new=added.total() > 0)

    def _commit(self, tables: Gathered) -> Counter[str]:
        """Captures first by id, then what came with them; nothing twice. Returns the rows added."""
        files = tables.get("warc_files")
        for row in files.to_pylist():
            self.writer.add_warc(row["warc_file"], row["sha256"], row["bytes"])
        captures, rejects = resolve(tables.get("captures"), tables.get("rejects"), self._known)
        captures, dropped = self._removed.split(captures)
        if dropped.num_rows:
            self._dropped.append(dropped)
            known = pc.is_in(rejects["capture_id"], dropped["capture_id"].combine_chunks())
            rejects = rejects.filter(pc.invert(pc.fill_null(known, False)))
        added: Counter[str] = Counter()
        for name, rows in (("warc_files", files), ("captures", captures), ("rejects", rejects)):
            added[name] = self.writer.append(name, self._absent(name, rows))
        self._find_originals(captures)
        self.counts.update(added)
        self.counts["bytes"] += tables.bytes
        return added

    def _find_originals(self, captures: pa.Table) -> None:
        """Give revisits of former runs the payload that these captures hold; they are rejected no longer."""
        con = self.writer.con()
        given = overtaken(captures, con)
        if not given:
            return
        con.register("gone", pa.table({"capture_id": list(given)}))
        said = con.sql("FROM rejects SEMI JOIN gone USING (capture_id)").to_arrow_table()
        con.unregister("gone")
        for name, found, former in (
            ("captures", table("captures").rows(list(given.values())), pa.table({"capture_id": list(given)})),
            ("rejects", told_again(said, given), said.select(["reject_id"])),
        ):
            self.writer.change(name, self._absent(name, found), former)

    def _absent(self, name: str, rows: pa.Table) -> pa.Table:
        """Those rows whose key the table does not hold yet, the first of each key."""
        if rows.num_rows == 0:
            return rows
        (key,) = table(name).key
        con = self.writer.con()
        con.register("incoming", rows.append_column("place_", pa.array(range(rows.num_rows), pa.int64())))
        kept = con.sql(
            f"SELECT min(place_) FROM incoming ANTI JOIN {name} USING ({key}) GROUP BY {key} ORDER BY 1"
        ).to_arrow_table()
        con.unregister("incoming")
        return rows.take(kept.column(0))

    def take_down(self) -> None:
        """Take out what was taken down, and what came in of it with this run."""
        segments = [name for name in at(self._raw).names() if f"/{self.run_id}-" in name] if self._spoilt else []
        dropped = pa.concat_tables([table("captures").empty(), *self._dropped])
        if self._removing:
            self.writer.index(())  # what it holds of words is made anew
        if self._removed or self.writer.rows("takedowns"):
            removal = Removal(self.writer, self._removed, whole=self._removing)
            removal.run(dropped, self._spoilt, segments)
            corrections.forget(self.writer.storage, self._removed.payloads)

    def purge(self) -> None:
        """Let go of everything that may hold what was taken down, where it is out of the last snapshot."""
        if self._removing and not any(each.part == "stage" for each in self.failures):
            only_last(self.writer.root)
            self.writer.refresh()
            self.writer.storage.delete(takedowns.PENDING)

    # ------------------------------------------------------------ extract, segment, clean

    def read(self) -> None:
        """Documents, articles, passages and edits of every payload not yet read at the present versions."""
        since = self._settled.since("read", backlog.READ_FROM)
        if since is None or not since.none(*backlog.READ_FROM):
            jobs = list(partitions(backlog.unread(self.writer.con(), since)))
            staged = self._read(jobs) if jobs else Staged(self._staging, {}, table("rejects").empty())
            work = [each for job in jobs for each in job.work]
            counts, self._renewed = take_in(self.writer, staged, work, self.run_id)
            self.counts.update(counts)
            shutil.rmtree(self._staging, ignore_errors=True)
        self.stages.done("reader", "segmenter", "cleaner")
        self._settled.done("read")

    def _read(self, jobs: list[Partition]) -> Staged:
        """What partitions hold, and rejects for what killed its process."""
        out = self._staging / self.run_id
        function = partial(read_partition, self._raw, out=out)
        written, rejects = [], []
        with (
            stage(self._progress, "read", sum(len(job.work) for job in jobs)) as progress,
            self._cautious(self._executor) as executor,
        ):
            # A large payload takes many times its size to read: apart, in a process that gives it back.
            for job, result in every(
                executor, "read", function, jobs, halves=Partition.halves, apart=lambda job: job.large
            ):
                if isinstance(result, Fault):
                    rejects += [given_up(work, result) for work in job.work]
                else:
                    written.append((job.name, result.files))
                progress.advance(len(job.work))
        # Only what partitions said that they finished, in the order of their place.
        written.sort(key=itemgetter(0))
        files = {name: [out / files[name] for _, files in written if name in files] for name in TABLES}
        return Staged(self._staging, files, to_table("rejects", rejects))

    @contextmanager
    def _cautious(self, executor: Executor) -> Iterator[Executor]:
        """The executor; one that reads nothing in this process where the last run died while it read.

        A pool reads a little work in the process of the run, which is quicker. What kills a process would there stop
        the archive for good.
        """
        state, mark = at(self.writer.warehouse.state), "reading"
        careful = state.size(mark) is not None
        state.put(mark, b"")
        yield Careful(executor) if careful else executor
        state.delete(mark)

    # ------------------------------------------------------------ match

    def outlets(self) -> None:
        """The names of outlets as the archivist lists them."""
        outlets.bring_up_to_date(self.writer)

    def corrections(self) -> None:
        """What people put right."""
        corrections.bring_up_to_date(self.writer)

    def match(self) -> None:
        """Alignments, stories and variants, brought up to date with what is new."""
        before = self._matching.generation
        with stage(self._progress, "match") as progress:
            try:
                since = self._settled.since("match", MATCHED_FROM)
                self.counts.update(self._matching.bring_up_to_date(self._clock(), since))
                self._settled.done("match")
            except Exception:
                self._matching.generation = before  # the tables, too, go back to it
                raise
            progress.advance(self.counts["articles"])

    def restore(self) -> None:
        """Articles of broken pages, put together by what their witnesses prove."""
        with stage(self._progress, "restore") as progress:
            added = self._restorer.bring_up_to_date(self._matching.touched, self._renewed)
            self.counts["restorations"] += added
            self.counts["rejects"] += self._restorer.rejects
            progress.advance(added)

    def restore_later(self) -> None:
        """Let the next run restore all: which pages this one read or matched otherwise is known to nobody then."""
        self.stages.undone("restorer")

    def index(self) -> None:
        """The index of words, brought up to what the articles are now."""
        if self.writer.changed or self.writer.snapshot:  # an archive without anything has none
            with stage(self._progress, "index") as progress:
                since = self._settled.since("index", searching.INDEXED_FROM)
                progress.advance(searching.bring_up_to_date(self.writer, since))
                self._settled.done("index")

    @property
    def match_state(self) -> str | None:
        """The matcher's working files that go with the tables."""
        return self._matching.generation

    # ------------------------------------------------------------ the run itself

    def attempt(self, name: str, function: Callable[[], object]) -> bool:
        """Run a stage; where it fails, undo what it committed, tell, and let the run go on. Returns whether it did not.

        `name` begins with the stage's. Raises what is about the whole run: a full disk, another writer.
        """
        counts = self.counts.copy()
        try:
            with self.writer.together(), self.stages.together():
                function()
        except Exception as error:
            if isinstance(error, Busy | Conflict | NoSpace | Unreachable) or is_full(error):
                raise
            self.counts = counts
            self._settled.undone(name)
            _log.error("The stage %s failed", name, exc_info=error)
            known = isinstance(error, WarehouseError)
            self.failures.append(
                Failure(
                    "stage",
                    name,
                    type(error).__name__.lower() if known else "crash",
                    str(error) if known else sentence(error),
                    told(error),
                )
            )
            return False
        self._done.append(name)
        return True

    @property
    def failed(self) -> Failure | None:
        """The first stage that gave up."""
        return next((each for each in self.failures if each.part == "stage"), None)

    def tell_failures(self) -> bool:
        """Bring the rejects of stages up to date; returns whether there is anything to publish.

        New rows are, and so is a failure, but for one that finds nothing new and that the last run told of less than
        an hour ago.
        """
        failures = [each for each in self.failures if each.part == "stage"]
        rows = to_table("rejects", [_of_stage(each) for each in failures])
        con = self.writer.con()
        con.register("tried", pa.table({"uri": [_STAGE_URI + n for n in (*self._done, *(f.name for f in failures))]}))
        con.register("told", rows)
        gone = con.sql("SELECT reject_id FROM rejects SEMI JOIN tried USING (uri) ANTI JOIN told USING (reject_id)")
        former = gone.to_arrow_table()
        con.unregister("tried")
        con.unregister("told")
        if former.num_rows:
            self.writer.change("rejects", table("rejects").empty(), former)
        self.counts["rejects"] += self.writer.append("rejects", self._absent("rejects", rows))
        if self.writer.changed or self.failed is None:
            return self.writer.changed
        last = con.execute(
            "SELECT failed_stage, message, finished_at FROM runs ORDER BY finished_at DESC LIMIT 1"
        ).fetchall()
        told = [(name, message) for name, message, _ in last]
        return told != [(self.failed.name, self.failed.message)] or self.started - last[0][2] >= PATIENCE

    def record(self, finished: datetime, flow_run_id: str | None, code_version: str, config_sha256: str) -> None:
        """The run's row, and with it what earlier runs put by."""
        self._history.gather()
        columns = table("runs").names
        counted = {name: self.counts[name] for name in columns if name in self.counts or name in _COUNTED}
        self.writer.append(
            "runs",
            table("runs").rows(
                [
                    {
                        "run_id": self.run_id,
                        "flow_run_id": flow_run_id,
                        "snapshot": self.writer.next_number,
                        "started_at": self.started,
                        "finished_at": finished,
                        "status": "failed" if self.failed else "ok",
                        "failed_stage": self.failed.name if self.failed else None,
                        "message": self.failed.message if self.failed else None,
                        "code_version": code_version,
                        "config_sha256": config_sha256,
                        **counted,
                    }
                ]
            ),
        )

    def remember(self) -> None:
        """Note which files are dealt with, now that a snapshot holds them, and drop what it does not need."""
        self._matching.tidy()
        searching.tidy(self.writer, self._searched)
        self._history.settle()
        self._settled.save()
        for seen in self._seen:
            seen.save()
        for key, pattern in self._names.items():
            at(self.writer.warehouse.state).put(key, pattern.encode())


_OF_FILE = re.compile(r"[?#]|!/")
"""Ends the address of a file in that of a record of it, or of a member."""
_STAGE_URI = "dibao:stage/"
"""What a reject of a whole stage is about, before the name of the stage."""
_STAGES = {
    "recover": "capture",
    "takedown": "capture",
    "capture": "capture",
    "read": "extract",
    "corrections": "extract",
    "outlets": "match",
    "match": "match",
    "restore": "restore",
    "index": "match",
}
"""The stage of `rejects` for each step of a run."""


def _of_stage(failure: Failure) -> dict[str, Any]:
    return reject(
        "",
        _STAGE_URI + failure.name,
        failure.error,
        failure.message,
        stage=_STAGES[failure.name.partition("/")[0]],
        traceback=failure.traceback,
    )


_COUNTED = (
    "captures",
    "documents",
    "articles",
    "passages",
    "edits",
    "lines",
    "alignments",
    "stories",
    "variants",
    "rejects",
    "bytes",
)
