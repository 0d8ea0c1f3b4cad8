"""Warehouse: one folder with raw bytes, tables, snapshots and catalogue, and the only way to write to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from schemas import TABLES, Table, layout, table
from schemas.render.sql import empty_select, literal, quoted
from warehouse import catalogue, copies, digest, keeping, lock, manifests, snapshots, tables
from warehouse.disk import Disk, is_full
from warehouse.errors import NoSpace, nothing_at, outdated_at
from warehouse.manifests import FileEntry
from warehouse.mirror import shown
from warehouse.snapshots import Snapshot, TableEntry
from warehouse.storage import at

_FOLLOWED = "state/followed"
"""Says which snapshot the Delta logs were brought up to, so that they need not all be opened by every run."""


class Warehouse:
    """A warehouse folder. Opening one creates nothing; `writer` does."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    @property
    def raw(self) -> Path:
        """Where the WARC files lie."""
        return self.root / "raw"

    @property
    def sources(self) -> Path:
        """Where the registry of sources lies."""
        return self.root / "sources"

    @property
    def state(self) -> Path:
        """Working files that can be made anew."""
        return self.root / "state"

    @property
    def where(self) -> str:
        """Where it is, for people: its folder, or the address of its bucket."""
        return shown(self.root)

    def latest(self) -> Snapshot | None:
        return snapshots.latest(self.root)

    def outdated(self) -> bool:
        """Whether another version of Dibao, that gave the tables other columns, published last."""
        last = self.latest()
        return last is not None and last.layout != layout()

    def connect(self, *, memory_limit: str | None = None, snapshot: int | None = None) -> duckdb.DuckDBPyConnection:
        """The published catalogue for reading, or that of an older snapshot; SQL from outside can touch nothing else.

        Raises Missing where nothing was published, Outdated where it was by another version of Dibao.
        """
        storage = at(self.root)
        if not isinstance(storage, Disk):
            copies.reconcile(storage)
        if snapshot is not None:
            return catalogue.connect_at(self.root, snapshot, memory_limit=memory_limit)
        con = catalogue.connect(self.root, memory_limit=memory_limit)
        if catalogue.outdated(con):
            con.close()
            raise outdated_at(self.root)
        return con

    @contextmanager
    def writer(self) -> Iterator[Writer]:
        """The one writer. Raises Busy where another run holds the lock, NoSpace where the disk fills up."""
        with lock.hold(self.root):
            writer = Writer(self)
            try:
                yield writer
            except Exception as error:
                if is_full(error):
                    raise NoSpace(
                        f"The disk that holds {self.root} is full; the last snapshot is intact. "
                        "Free some space and run again."
                    ) from error
                raise
            finally:
                writer.close()
                keeping.end(self.root)


@dataclass(frozen=True)
class _Now:
    """A table as the run that writes has made it so far."""

    rows: int
    digest: str
    files: tuple[FileEntry, ...]


def _now(entry: TableEntry) -> _Now:
    return _Now(entry.rows, entry.digest, entry.files)


class Writer:
    """Collects what one run writes and publishes it as one snapshot; until then nobody else sees any of it."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        self.root = warehouse.root
        self.storage = at(self.root)
        for store in (self.storage, at(warehouse.state)):
            store.sweep()
        for name in ("raw", "tables", "snapshots", "sources", "state"):
            (self.root / name).mkdir(exist_ok=True)
        self.snapshot = snapshots.latest(self.root)
        keeping.begin(self.root, self.snapshot)
        self._tables = {name: _now(entry) for name, entry in self.snapshot.tables.items()} if self.snapshot else {}
        self._warc_files: dict[str, FileEntry] = {}
        self._rewritten: set[str] = set()
        """Paths of WARC files that snapshots name and that have other bytes now."""
        self._stats: dict[str, str] = {}
        """Statistics of the files that this run wrote, for the Delta logs."""
        self._con: duckdb.DuckDBPyConnection | None = None
        self.changed = False
        self.run_id: str | None = None
        """The run that new rows are stamped with, where their table has a place for that."""
        self._search = self.snapshot.search if self.snapshot else ()

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is committed within the block stands whole, or not at all where the block raises."""
        before = dict(self._tables), dict(self._warc_files), dict(self._stats), self.changed, self._search
        rewritten = set(self._rewritten)
        try:
            yield
        except Exception:
            # The files that were written stay, and no snapshot names them.
            now = self._tables
            self._tables, self._warc_files, self._stats, self.changed, self._search = before
            self._rewritten = rewritten
            for each in TABLES:
                if self._con is not None and now.get(each.name) != self._tables.get(each.name):
                    self._view(each)
            raise

    def close(self) -> None:
        if self._con is not None:
            self._con.close()
            self._con = None

    def con(self) -> duckdb.DuckDBPyConnection:
        """A DuckDB connection with a view per table over what this run has committed so far."""
        if self._con is None:
            self._con = duckdb.connect()
            self._con.execute("SET TimeZone = 'UTC'")
            for each in TABLES:
                self._view(each)
        return self._con

    def _view(self, each: Table) -> None:
        assert self._con is not None
        source = catalogue.parquet(self.root, each, self._files(each.name))
        self._con.execute(f"CREATE OR REPLACE VIEW {quoted(each.name)} AS SELECT * FROM {source}")

    def rows(self, name: str) -> int:
        """Rows that a table has now."""
        entry = self._tables.get(name)
        return entry.rows if entry else 0

    def append(self, name: str, rows: pa.Table) -> int:
        """Commit new rows; returns how many."""
        if rows.num_rows == 0:
            return 0
        each = table(name)
        before = self._tables.get(name)
        files = self._write(each, rows.cast(each.arrow))
        total = rows.num_rows + (before.rows if before else 0)
        mark = digest.plus(before.digest if before else digest.EMPTY, digest.digest_of(each, rows, self._con))
        self._record(each, [*self._files(name), *files], total, mark)
        return int(rows.num_rows)

    def append_files(self, name: str, files: Sequence[Path]) -> int:
        """Commit the rows of Parquet files without holding them all; returns how many."""
        files = [file for file in files if pq.ParquetFile(file).metadata.num_rows]
        if not files:
            return 0
        each = table(name)
        before = self._tables.get(name)
        count = sum(int(pq.ParquetFile(file).metadata.num_rows) for file in files)
        written = self._write(each, tables.stream(each, files))
        mark = before.digest if before else digest.EMPTY
        listed = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
        source = f"read_parquet([{listed}], hive_partitioning = false)"
        mark = digest.plus(mark, digest.digest_in(self.con(), each, source))
        self._record(each, [*self._files(name), *written], count + (before.rows if before else 0), mark)
        return count

    def change(self, name: str, add: pa.Table, remove: pa.Table) -> tuple[int, int]:
        """Take out the rows whose keys stand in `remove` (key columns), then add rows; returns both counts."""
        if remove.num_rows == 0 or name not in self._tables:
            return self.append(name, add), 0
        each = table(name)
        before = self._tables[name]
        con = self.con()
        con.register("removed_keys", remove)
        try:
            key = f"removed_keys USING ({', '.join(quoted(column) for column in each.key)})"
            gone = con.sql(f"FROM {self._parquet(before.files)} SEMI JOIN {key}").to_arrow_table()
            if gone.num_rows == 0:
                return self.append(name, add), 0
            met = set(gone["filename"].to_pylist())
            touched = [file for file in before.files if str(self.root / file.path) in met]
            stay = [file for file in before.files if file not in touched]
            kept = con.sql(f"SELECT * EXCLUDE (filename) FROM {self._parquet(touched)} ANTI JOIN {key}")
            rows = tables.joined(each, kept.to_arrow_reader(), add)
            files = [*stay, *self._write(each, rows, small=True)]
        finally:
            con.unregister("removed_keys")
        gone = gone.select(each.names)
        mark = digest.minus(before.digest, digest.digest_of(each, gone, con))
        mark = digest.plus(mark, digest.digest_of(each, add, con))
        self._record(each, files, before.rows - gone.num_rows + add.num_rows, mark)
        return int(add.num_rows), int(gone.num_rows)

    def _parquet(self, files: Sequence[FileEntry]) -> str:
        """A FROM clause over files of a table, with the column `filename`."""
        listed = ", ".join(literal(str(self.root / file.path)) for file in files)
        return f"read_parquet([{listed}], filename = true, hive_partitioning = false)"

    def compact(self, name: str) -> bool:
        """Rewrite a table of many files into few; its rows and digest stay. False where there was nothing to gain."""
        each = table(name)
        now = self._tables.get(name)
        if now is None or len(now.files) < 2:
            return False
        files = [self.root / file.path for file in now.files]
        self._record(each, self._write(each, tables.stream(each, files), compact=True), now.rows, now.digest)
        return True

    def files(self, name: str) -> int:
        """How many files a table has now."""
        return len(self._files(name))

    def difference(self, name: str) -> tuple[list[FileEntry], list[FileEntry]]:
        """The files of a table that the last snapshot does not name, and those that it names and the table has no
        longer."""
        entry = self.snapshot.tables.get(name) if self.snapshot else None
        before, now = entry.files if entry else (), self._files(name)
        if before == now:
            return [], []
        old, new = set(before), set(now)
        return [file for file in now if file not in old], [file for file in before if file not in new]

    @property
    def outdated(self) -> bool:
        """Whether the tables of the last snapshot have other columns than they are given now."""
        return self.snapshot is not None and self.snapshot.layout != layout()

    def columns(self, name: str) -> list[str] | None:
        """The columns that a table has in its files; None where it has no file."""
        files = self._files(name)
        return pq.read_schema(self.root / files[0].path).names if files else None

    def reshape(self, name: str, columns: str, where: str = "true") -> None:
        """Write a table anew with the present columns: `columns` and `where` are SQL over the ones that it has."""
        each = table(name)
        with duckdb.connect() as con:
            con.execute("SET TimeZone = 'UTC'")
            source = self._parquet(self._files(name))
            rows = con.sql(f"SELECT {columns} FROM {source} WHERE {where}").to_arrow_reader(8192)
            files = self._write(each, tables.joined(each, rows, each.empty()))
            made = self._parquet(files) if files else f"({empty_select(each)})"
            ((count,),) = con.execute(f"SELECT count(*) FROM {made}").fetchall()
            mark = digest.digest_in(con, each, made)
        self._record(each, files, int(count), mark)

    @property
    def next_number(self) -> int:
        """Number of the snapshot that this run will publish."""
        return self.snapshot.number + 1 if self.snapshot else 1

    def overwrite(self, name: str, rows: pa.Table) -> int:
        """Put other rows in the place of all that a table has; returns how many."""
        each = table(name)
        files = self._write(each, rows.cast(each.arrow))
        self._record(each, files, rows.num_rows, digest.digest_of(each, rows))
        return int(rows.num_rows)

    def add_warc(self, warc_file: str, sha256: str, size: int) -> None:
        """Name a WARC file, below `raw/`, in the snapshot to come."""
        entry = FileEntry(f"raw/{warc_file}", sha256, size)
        self._warc_files[entry.path] = entry
        self.changed = True

    @property
    def search(self) -> tuple[str, ...]:
        """Segments of the index of words that the snapshot to come names."""
        return self._search

    def index(self, segments: Sequence[str]) -> None:
        """Name other segments of the index in the snapshot to come."""
        self._search = tuple(segments)
        self.changed = True

    def rewrote_warc(self, warc_file: str, sha256: str, size: int) -> None:
        """Name a WARC file that something was taken out of by the hash that it has now."""
        self.add_warc(warc_file, sha256, size)
        self._rewritten.add(f"raw/{warc_file}")

    def _write(
        self, each: Table, rows: pa.Table | pa.RecordBatchReader, *, compact: bool = False, small: bool = False
    ) -> list[FileEntry]:
        """Put rows as files of a table that no snapshot names yet."""
        known = {file.path for file in self._files(each.name)}
        if self.run_id is not None:
            rows = tables.stamped(each, rows, self.run_id)
        written = tables.write(self.root, each, rows, known=known, compact=compact, small=small)
        self._stats |= {file.entry.path: file.stats for file in written}
        return [file.entry for file in written]

    def _files(self, name: str) -> tuple[FileEntry, ...]:
        return self._tables[name].files if name in self._tables else ()

    def _record(self, each: Table, files: Iterable[FileEntry], rows: int, mark: str) -> None:
        self._tables[each.name] = _Now(rows, mark, tuple(sorted(files, key=lambda file: file.path)))
        self.changed = True
        if self._con is not None:
            self._view(each)

    def publish(
        self,
        *,
        run_id: str,
        published_at: str,
        code_version: str,
        config_sha256: str,
        stages: dict[str, str],
        match_state: str | None,
    ) -> Snapshot:
        """Publish everything committed so far as the next snapshot, then swap the catalogue."""
        last = self.snapshot
        draft = Snapshot(
            number=self.next_number,
            previous_sha256=last.sha256 if last else None,
            run_id=run_id,
            published_at=published_at,
            code_version=code_version,
            config_sha256=config_sha256,
            stages=stages,
            tables={name: self._entry(name) for name in self._tables},
            warc=manifests.changed(
                self.storage, last.warc if last else None, self._rewritten, list(self._warc_files.values())
            ),
            layout=layout(),
            match_state=match_state,
            search=self._search,
        )
        keeping.publishing(self.root, draft)
        self.snapshot = snapshots.publish(self.root, draft)
        self._warc_files, self._rewritten = {}, set()
        self.changed = False
        catalogue.build(self.root, self.snapshot, last)
        self._follow(last)
        return self.snapshot

    def _entry(self, name: str) -> TableEntry:
        """What the snapshot to come says of a table, the pieces of its manifest put."""
        now, entry = self._tables[name], self.snapshot.tables.get(name) if self.snapshot else None
        before = set(entry.files) if entry else set()
        gone = {file.path for file in before.difference(now.files)}
        came = [file for file in now.files if file not in before]
        manifest = manifests.changed(self.storage, entry.manifest if entry else None, gone, came)
        return TableEntry(now.rows, now.digest, manifest)

    def _follow(self, last: Snapshot | None) -> None:
        """Bring the Delta logs up to the snapshot; those that followed `last` and have no other files are there."""
        assert self.snapshot is not None
        known = last.tables if last is not None and self._followed() == last.sha256 else {}
        logs = {name.split("/")[1] for name in self.storage.names("tables") if "/_delta_log/" in name}
        for each in TABLES:
            entry, before = self.snapshot.tables.get(each.name), known.get(each.name)
            same = known and (before.manifest if before else None) == (entry.manifest if entry else None)
            if same and (entry is None or each.name in logs):
                continue
            tables.follow(self.root, each, entry.files if entry else (), self._stats, self.snapshot.number)
        if self._followed() != self.snapshot.sha256:
            self.storage.put(_FOLLOWED, self.snapshot.sha256.encode())
        self._stats = {}

    def _followed(self) -> str:
        """SHA-256 of the snapshot that the Delta logs were brought up to last."""
        return self.storage.get(_FOLLOWED).decode() if self.storage.size(_FOLLOWED) is not None else ""

    def publish_upkeep(self, *, run_id: str, published_at: str, code_version: str) -> Snapshot:
        """Publish work that derives nothing: all else is as in the snapshot before."""
        last = self.published()
        return self.publish(
            run_id=run_id,
            published_at=published_at,
            code_version=code_version,
            config_sha256=last.config_sha256,
            stages=last.stages,
            match_state=last.match_state,
        )

    def published(self) -> Snapshot:
        """The last snapshot. Raises Missing in a new warehouse, Outdated in one that has to be brought up first."""
        if self.snapshot is None:
            raise nothing_at(self.root)
        if self.outdated:
            raise outdated_at(self.root)
        return self.snapshot

    def refresh(self) -> None:
        """Make again what follows from the snapshot, where a crash came between it and them, or where they are gone:
        the catalogue and the Delta logs."""
        if self.snapshot is None or self.outdated:
            return
        if catalogue.number(self.root) != self.snapshot.number:
            catalogue.build(self.root, self.snapshot)
        self._follow(self.snapshot)
