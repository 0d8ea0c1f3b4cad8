"""What an attacker hands to the door for queries: each statement is refused or harmless, and no byte changes."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from flows.report.results import asked, connected
from flows.settings import Settings
from tests.jobs import copied, ingest
from warehouse import reading
from warehouse.catalogue import NAME, connect
from warehouse.errors import Busy, Damaged, NotAQuery, TimedOut, WarehouseError
from warehouse.reading import limited
from warehouse.statements import LONGEST, one_query, only_reads
from warehouse.store import Warehouse

ATTACKS = Path(__file__).resolve().parents[1] / "golden" / "sql" / "attacks.txt"
SECRET = "the heron stands in the reeds"


def attacks() -> list[tuple[str, str]]:
    """(what must come of it, statement) of each attack."""
    found, must = [], ""
    for line in ATTACKS.read_text("utf-8").splitlines():
        if line.startswith("=="):
            must = line.split()[1].rstrip(":")
        elif line and not line.startswith("#"):
            found.append((must, line))
    return found


def marks(*roots: Path) -> dict[str, str]:
    """Every file below some folders, and its bytes by their hash."""
    found = {}
    for root in roots:
        for path in sorted(root.rglob("*")):
            found[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
    return found


def touched(*roots: Path) -> set[tuple[str, int, int, int]]:
    """Every file below some folders with its size, its number and when it was written."""
    found = [(path, path.stat()) for root in roots for path in root.rglob("*")]
    return {(str(path), told.st_size, told.st_ino, told.st_mtime_ns) for path, told in found}


@pytest.fixture(scope="module")
def besieged(sampled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    """A warehouse of its own, and the working folder with what must not be read."""
    root = copied(sampled, tmp_path_factory.mktemp("besieged") / "warehouse")
    here = tmp_path_factory.mktemp("here")
    for name in ("secret.csv", "secret.txt"):
        (here / name).write_text(f"a\n{SECRET}\n", "utf-8")
    (here / "secret.json").write_text(f'{{"a": "{SECRET}"}}\n', "utf-8")
    shutil.copy(next((root / "tables" / "passages").glob("*.parquet")), here / "x.parquet")
    with duckdb.connect(str(here / "other.duckdb")) as con:
        con.execute(f"CREATE TABLE secret AS SELECT '{SECRET}' AS a")
    before, environ = Path.cwd(), os.environ.copy()
    os.chdir(here)
    os.environ["DIBAO_TEST_SECRET"] = SECRET
    yield root, here
    os.chdir(before)
    os.environ.clear()
    os.environ.update(environ)


def test_the_list_of_attacks_grows() -> None:
    found = [statement for _, statement in attacks()]
    assert len(found) == len(set(found)) >= 290
    assert {must for must, _ in attacks()} == {"refused", "harmless"}


def test_a_query_from_outside_changes_nothing_and_tells_no_secret(besieged: tuple[Path, Path]) -> None:
    """The whole door, as `dibao query` uses it."""
    root, here = besieged
    whole, before = marks(root, here), touched(root, here)
    wrong = []
    con = connected(Settings(warehouse=root))
    for must, form in attacks():
        sql = form.format(root=root, here=here)
        answer = ""
        try:
            with asked(Settings(warehouse=root), sql, seconds=20, con=con) as result:
                answer = repr((result.columns, list(result.rows)))
            refused = False
        except WarehouseError as error:
            answer, refused = str(error), True
            if "\n" in answer or "Traceback" in answer:
                wrong.append((form, f"no sentence: {answer}"))
        if must == "refused" and not refused:
            wrong.append((form, f"answered {answer[:200]}"))
        if SECRET in answer or "root:x:0" in answer:
            wrong.append((form, "told a secret"))
        if (now := touched(root, here)) != before:
            wrong.append((form, f"changed {sorted(now ^ before)[:3]}"))
            before = now
    con.close()
    assert wrong == []
    assert marks(root, here) == whole


def test_the_connection_alone_holds_where_the_check_of_the_statement_fails(besieged: tuple[Path, Path]) -> None:
    """Each attack goes straight to one connection, which keeps what earlier ones have done to it."""
    root, here = besieged
    whole, before = marks(root, here), touched(root, here)
    wrong = []
    con = connect(root)
    for _, form in attacks():
        answer = ""
        try:
            with limited(con, 20):
                done = con.execute(form.format(root=root, here=here))
                answer = repr(done.fetchall()) if done is not None else ""
        except (duckdb.Error, RuntimeError, WarehouseError) as error:
            answer = str(error)
        if SECRET in answer or "root:x:0" in answer:
            wrong.append((form, "told a secret"))
        if (now := touched(root, here)) != before:
            wrong.append((form, f"changed {sorted(now ^ before)[:3]}"))
            before = now
    con.close()
    assert wrong == []
    assert marks(root, here) == whole


@pytest.mark.parametrize("depth", [10, 2_000, 200_000])
def test_a_statement_however_deep_ends_in_words(besieged: tuple[Path, Path], depth: int) -> None:
    root, _ = besieged
    for sql in (f"SELECT {'(' * depth}1{')' * depth}", "SELECT " + "-" * 1 + "+ -" * depth + "1"):
        said = ""
        try:
            with asked(Settings(warehouse=root), sql, seconds=20) as result:
                list(result.rows)
        except WarehouseError as error:
            said = str(error)
        assert "\n" not in said


def test_a_statement_of_megabytes_is_refused() -> None:
    with pytest.raises(NotAQuery, match="characters"):
        one_query(duckdb.connect(), "SELECT 1" + " " * LONGEST)


@pytest.mark.parametrize(
    ("sql", "kept"),
    [("SELECT 1;", "SELECT 1"), ("SELECT 1 ; ; ", "SELECT 1 "), ("SELECT ';' -- ;", "SELECT ';' -- ;")],
)
def test_the_semicolon_behind_a_statement_goes(sql: str, kept: str) -> None:
    assert one_query(duckdb.connect(), sql) == kept


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1",
        "FROM passages",
        "WITH a AS (SELECT 1) FROM a",
        "WITH RECURSIVE a AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM a WHERE n < 3) FROM a",
        "SELECT * FROM a ASOF JOIN b USING (c) WINDOW w AS (ORDER BY d) QUALIFY row_number() OVER w = 1",
        "SELECT * EXCLUDE (a) REPLACE (b + 1 AS b) FROM c USING SAMPLE 3 ROWS",
        "SELECT COLUMNS(c -> c LIKE 'a%') FROM t",
        "FROM t SELECT list_transform(a, lambda x: x + 1)[1:2], {'a': 1}.a, [x FOR x IN a IF x > 1]",
        "SELECT a FROM t INTERSECT SELECT b FROM u EXCEPT ALL SELECT 1",
        "SELECT count(*) FILTER (WHERE a) FROM t GROUP BY GROUPING SETS ((a), ()) HAVING count(*) > 1",
        "VALUES (1)",
        "TABLE passages",
        "PIVOT passages ON kind USING count(*)",
        "UNPIVOT t ON a, b",
        "DESCRIBE passages",
        "SUMMARIZE passages",
        "SHOW TABLES",
        "EXPLAIN SELECT 1",
        "EXPLAIN ANALYZE SELECT 1",
        "EXPLAIN (FORMAT json) SELECT 1",
        "EXPLAIN (SELECT 1)",
        "explain analyze (from t)",
        "-- a remark\nEXPLAIN -- another\nSELECT '渡口' AS \"copy\"",
        "SELECT 'COPY x TO y'; SELECT 2;",
        "-- a remark\nSELECT 1",
    ],
)
def test_queries_of_every_form_are_queries(sql: str) -> None:
    only_reads(duckdb.connect(), sql)


# ---------------------------------------------------------------- limits


@pytest.mark.parametrize(
    "sql",
    [
        "WITH RECURSIVE a AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM a) SELECT count(*) FROM a",
        "WITH RECURSIVE a AS (SELECT 1 AS n UNION ALL SELECT n FROM a) SELECT * FROM a",
        "SELECT count(*) FROM range(1000000) AS a, range(1000000) AS b WHERE a.range * b.range = 7",
        "SELECT * FROM range(1000000000000)",
    ],
)
def test_a_query_without_an_end_is_ended(besieged: tuple[Path, Path], sql: str) -> None:
    with (
        pytest.raises(TimedOut, match="was stopped"),
        asked(Settings(warehouse=besieged[0]), sql, seconds=0.5) as result,
    ):
        for _ in result.rows:
            pass


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT length(string_agg(text || i, '')) FROM passages, range(100000) AS t(i)",
        "SELECT list(repeat('x', 1000) || i) FROM range(1000000) AS t(i)",
        "SELECT repeat('x', 1000) || i AS a FROM range(1000000) AS t(i) ORDER BY a",
    ],
)
def test_the_memory_limit_holds_for_a_query(besieged: tuple[Path, Path], sql: str) -> None:
    with (
        pytest.raises(TimedOut, match="memory"),
        asked(Settings(warehouse=besieged[0], memory_limit="100MB"), sql) as result,
    ):
        list(result.rows)


def test_a_query_that_does_not_heed_its_interruption_is_told_of(besieged: tuple[Path, Path]) -> None:
    """Some functions do all their work on one row; then the caller must end the process, and learns it."""
    con = connect(besieged[0])
    told, heard = [], threading.Event()
    release = threading.Event()

    def stuck(message: str) -> None:
        told.append(message)
        heard.set()
        release.set()

    with pytest.raises(TimedOut), limited(con, 0.1, stuck=stuck):
        assert heard.wait(60)
    con.close()
    assert "longer than 0.1 s" in told[0]


# ---------------------------------------------------------------- the door itself


def test_no_extension_setting_or_network_can_be_had(besieged: tuple[Path, Path]) -> None:
    asked_for: list[str] = []

    class Server(ThreadingHTTPServer):
        def verify_request(self, request: object, client_address: object) -> bool:
            asked_for.append(str(client_address))
            return False

    con = connect(besieged[0])
    with Server(("127.0.0.1", 0), None) as server:  # type: ignore[arg-type]
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        with pytest.raises(duckdb.Error):
            con.execute(f"SELECT * FROM read_csv('http://127.0.0.1:{server.server_address[1]}/a.csv')").fetchall()
        server.shutdown()
    con.close()
    assert asked_for == []


def test_threads_that_read_one_file_keep_their_places(tmp_path: Path) -> None:
    path = tmp_path / "bytes"
    path.write_bytes(bytes(range(256)) * 4096)
    file = reading._ReadFile(path)
    wrong: list[int] = []

    def read(seed: int) -> None:
        for step in range(400):
            at = (seed * 7919 + step * 104729) % (1 << 20)
            file.seek(at)
            if file.read(3)[:1] != bytes([at % 256]):
                wrong.append(at)

    threads = [threading.Thread(target=read, args=(seed,)) for seed in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    file.close()
    assert wrong == []


def test_a_moved_warehouse_below_an_odd_name_reads_its_own_tables(sampled: Path, tmp_path: Path) -> None:
    for name in ("outlet=其他", "a [b] % ? 'c'"):
        root = copied(sampled, tmp_path / name)
        con = connect(root)
        expected = pq.read_table(next((sampled / "tables" / "passages").glob("*.parquet"))).num_rows
        assert con.execute("SELECT count(*) FROM passages").fetchall() == [(expected,)]
        con.close()


def test_a_table_made_later_is_read_with_its_macros_and_comments(tmp_path: Path, samples: Path) -> None:
    ingest(tmp_path, samples / "harbour-post")
    con = connect(tmp_path)
    ((comment,),) = con.execute("SELECT comment FROM duckdb_views() WHERE view_name = 'passages'").fetchall()
    assert comment
    assert con.execute("SELECT count(*) > 0 FROM new_since(0)").fetchall() == [(True,)]
    con.close()


def test_a_catalogue_that_is_none_or_held_is_said_in_words(sampled: Path, tmp_path: Path) -> None:
    root = copied(sampled, tmp_path / "w")
    (root / NAME).write_bytes(b"no database at all" * 100)
    with pytest.raises(Damaged, match="dibao maintain"):
        Warehouse(root).connect()
    (root / NAME).unlink()
    shutil.copy(sampled / NAME, root / NAME)
    ready, done = tmp_path / "ready", tmp_path / "done"
    code = (
        f"import duckdb, pathlib, time\ncon = duckdb.connect({str(root / NAME)!r})\n"
        f"pathlib.Path({str(ready)!r}).touch()\nwhile not pathlib.Path({str(done)!r}).exists(): time.sleep(0.02)\n"
    )
    holder = subprocess.Popen([sys.executable, "-c", code])
    try:
        while not ready.exists():
            assert holder.poll() is None
            time.sleep(0.02)
        with pytest.raises(Busy, match="Another program"):
            Warehouse(root).connect()
    finally:
        done.touch()
        holder.wait(60)
