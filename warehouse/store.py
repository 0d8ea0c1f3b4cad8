"""Warehouse: one folder with raw bytes, tables, snapshots and catalogue, and the only way to write to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace as changed
from pathlib import Path

import duckdb
import pyarrow as pa

from schemas import TABLES, Table, table
from schemas.render.sql import literal, quoted
from warehouse import catalogue, digest, lock, snapshots, tables
from warehouse.disk import is_full, sha256_file
from warehouse.errors import NoSpace, nothing_at
from warehouse.snapshots import FileEntry, Snapshot, TableEntry
from warehouse.storage import at


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

    def latest(self) -> Snapshot | None:
        return snapshots.latest(self.root)

    def connect(self, *, locked: bool = True, target: Path | None = None) -> duckdb.DuckDBPyConnection:
        """The published catalogue, read-only; `target` is the one other file that SQL may touch."""
        return catalogue.connect(self.root, locked=locked, target=target)

    @contextmanager
    def writer(self) -> Iterator[Writer]:
        """The one writer. Raises Busy where another run holds the lock, NoSpace where the disk fills up."""
        with lock.hold(self.root):
            writer = Writer(self)
            try:
                yield writer
            except OSError as error:
                if is_full(error):
                    raise NoSpace(
                        f"The disk that holds {self.root} is full; the last snapshot is intact. "
                        "Free some space and run again."
                    ) from error
                raise
            finally:
                writer.close()


class Writer:
    """Collects the commits of one run and publishes them as one snapshot."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        self.root = warehouse.root
        self.storage = at(self.root)
        self.storage.sweep()
        for name in ("raw", "tables", "snapshots", "sources", "state"):
            (self.root / name).mkdir(exist_ok=True)
        self.snapshot = snapshots.latest(self.root)
        self._tables: dict[str, TableEntry] = dict(self.snapshot.tables) if self.snapshot else {}
        self._warc_files = list(self.snapshot.warc_files) if self.snapshot else []
        self._con: duckdb.DuckDBPyConnection | None = None
        self.changed = False
        for each in TABLES:
            entry = self._tables.get(each.name)
            now = tables.roll_back(self.root, each, entry.version if entry else None)
            self._resync(each, now)

    def _resync(self, each: Table, now: tables.TableState | None) -> None:
        """Rolling back makes a commit of its own: the version moves on, the files stay those of the snapshot."""
        entry = self._tables.get(each.name)
        if entry is not None and now is not None and now.version != entry.version:
            self._tables[each.name] = changed(entry, version=now.version)

    def close(self) -> None:
        if self._con is not None:
            self._con.close()
            self._con = None

    def con(self) -> duckdb.DuckDBPyConnection:
        """A DuckDB connection with a view per table over what this run has committed so far, old versions included."""
        if self._con is None:
            self._con = duckdb.connect()
            self._con.execute("SET TimeZone = 'UTC'")
            for each in TABLES:
                self._view(each)
        return self._con

    def _view(self, each: Table) -> None:
        assert self._con is not None
        source = catalogue.parquet(self.root, each, self._tables.get(each.name))
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
        state = tables.append(self.root, each, rows.cast(each.arrow))
        total = rows.num_rows + (before.rows if before else 0)
        mark = digest.plus(before.digest if before else digest.EMPTY, digest.digest_of(each, rows, self._con))
        self._record(each, state, total, mark)
        return int(rows.num_rows)

    def append_files(self, name: str, files: Sequence[Path]) -> int:
        """Commit the rows of Parquet files without holding them all; returns how many."""
        import pyarrow.parquet as pq

        files = [file for file in files if pq.ParquetFile(file).metadata.num_rows]
        if not files:
            return 0
        each = table(name)
        before = self._tables.get(name)
        count = sum(int(pq.ParquetFile(file).metadata.num_rows) for file in files)
        state = tables.append(self.root, each, tables.stream(each, files))
        mark = before.digest if before else digest.EMPTY
        listed = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
        mark = digest.plus(mark, digest.digest_in(self.con(), each, f"read_parquet([{listed}])"))
        self._record(each, state, count + (before.rows if before else 0), mark)
        return count

    def change(self, name: str, add: pa.Table, remove: pa.Table) -> tuple[int, int]:
        """Take out the rows whose keys stand in `remove` (key columns), then add rows; returns both counts."""
        if remove.num_rows == 0:
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
            kept = con.sql(f"SELECT * EXCLUDE (filename) FROM {self._parquet(touched)} ANTI JOIN {key}")
            rows = tables.joined(each, kept.to_arrow_reader(), add)
            state = tables.swap(self.root, each, [Path(file.path).name for file in touched], rows)
        finally:
            con.unregister("removed_keys")
        gone = gone.select(each.names)
        mark = digest.minus(before.digest, digest.digest_of(each, gone, con))
        mark = digest.plus(mark, digest.digest_of(each, add, con))
        self._record(each, state, before.rows - gone.num_rows + add.num_rows, mark)
        return int(add.num_rows), int(gone.num_rows)

    def _parquet(self, files: Sequence[FileEntry]) -> str:
        """A FROM clause over files of a table, with the column `filename`."""
        listed = ", ".join(literal(str(self.root / file.path)) for file in files)
        return f"read_parquet([{listed}], filename = true)"

    def compact(self, name: str) -> bool:
        """Rewrite a table of many files into few; its rows and digest stay. False where there was nothing to gain."""
        each = table(name)
        entry = self._tables.get(name)
        if entry is None or len(entry.files) < 2:
            return False
        files = [self.root / file.path for file in entry.files]
        state = tables.replace(self.root, each, tables.stream(each, files), compact=True)
        self._record(each, state, entry.rows, entry.digest)
        return True

    def files(self, name: str) -> int:
        """How many files a table has now."""
        entry = self._tables.get(name)
        return len(entry.files) if entry else 0

    @property
    def next_number(self) -> int:
        """Number of the snapshot that this run will publish."""
        return self.snapshot.number + 1 if self.snapshot else 1

    def overwrite(self, name: str, rows: pa.Table) -> int:
        """Put other rows in the place of all that a table has; returns how many."""
        each = table(name)
        state = tables.replace(self.root, each, rows.cast(each.arrow))
        self._record(each, state, rows.num_rows, digest.digest_of(each, rows))
        return int(rows.num_rows)

    def add_warc(self, warc_file: str, sha256: str, size: int) -> None:
        """Name a WARC file, below `raw/`, in the snapshot to come."""
        self._warc_files.append(FileEntry(f"raw/{warc_file}", sha256, size))
        self.changed = True

    def _record(self, each: Table, state: tables.TableState, rows: int, mark: str) -> None:
        known = {file.path: file for file in (self._tables[each.name].files if each.name in self._tables else ())}
        files = []
        for name in state.files:
            path = f"tables/{each.name}/{name}"
            full = self.root / path
            files.append(known.get(path) or FileEntry(path, sha256_file(full), full.stat().st_size))
        self._tables[each.name] = TableEntry(state.version, rows, mark, tuple(files))
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
        stale: bool,
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
            tables=self._tables,
            warc_files=tuple(sorted(self._warc_files, key=lambda file: file.path)),
            stale=stale,
            match_state=match_state,
        )
        self.snapshot = snapshots.publish(self.root, draft)
        catalogue.build(self.root, self.snapshot, last)
        self.changed = False
        return self.snapshot

    def publish_upkeep(self, *, run_id: str, published_at: str, code_version: str) -> Snapshot:
        """Publish work that derives nothing: all else is as in the snapshot before."""
        last = self.published()
        return self.publish(
            run_id=run_id,
            published_at=published_at,
            code_version=code_version,
            config_sha256=last.config_sha256,
            stages=last.stages,
            stale=last.stale,
            match_state=last.match_state,
        )

    def published(self) -> Snapshot:
        """The last snapshot. Raises Missing in a new warehouse."""
        if self.snapshot is None:
            raise nothing_at(self.root)
        return self.snapshot

    def refresh_catalogue(self) -> None:
        """Build the catalogue again where a crash came between a snapshot and it, or where it is gone."""
        if self.snapshot is not None and catalogue.number(self.root) != self.snapshot.number:
            catalogue.build(self.root, self.snapshot)
