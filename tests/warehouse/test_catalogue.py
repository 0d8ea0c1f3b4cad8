"""The catalogue: what a stock DuckDB sees, and what a query cannot do."""

from __future__ import annotations

import os
import shutil
import socketserver
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from schemas import TABLES, Table
from schemas.render.sql import describe
from tests.jobs import copied, ingest
from warehouse import catalogue, snapshots
from warehouse.catalogue import NAME, build, connect
from warehouse.errors import Missing
from warehouse.store import Warehouse

VIEWS = ("article_dates", "unique_articles", "witnesses", "provenance")


def stock(root: Path) -> duckdb.DuckDBPyConnection:
    """The file as anybody would open it."""
    return duckdb.connect(str(root / NAME), read_only=True)


def one(con: duckdb.DuckDBPyConnection, sql: str) -> object:
    ((only,),) = con.execute(sql).fetchall()
    return only


def test_nothing_published_is_said(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="dibao ingest"):
        connect(tmp_path)


@pytest.mark.parametrize("each", TABLES, ids=lambda each: each.name)
def test_every_table_is_a_view_with_its_meaning(each: Table, sampled: Path) -> None:
    con = stock(sampled)
    assert con.sql(f"SELECT * FROM {each.name} LIMIT 0").columns == list(each.names)
    said = dict(
        con.execute(
            "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = $1 AND NOT internal", [each.name]
        ).fetchall()
    )
    assert said == {column.name: describe(column) for column in each.columns}
    con.close()


def test_the_other_views_and_the_macro_answer(sampled: Path) -> None:
    con = stock(sampled)
    for view in VIEWS:
        con.execute(f"SELECT * FROM {view} LIMIT 3").fetchall()
    assert one(con, "SELECT count(*) FROM new_since(0)") == one(con, "SELECT count(*) FROM articles")
    assert one(con, "SELECT count(*) FROM new_since(1)") == 0
    assert one(con, "SELECT number FROM snapshot") == 1
    assert one(con, "SELECT count(*) FROM provenance") >= one(con, "SELECT count(*) FROM passages")  # type: ignore[operator]
    con.close()


def test_it_holds_views_only(sampled: Path) -> None:
    con = stock(sampled)
    assert one(con, "SELECT count(*) FROM duckdb_tables()") == 0
    con.close()
    assert (sampled / NAME).stat().st_size < 5 << 20


def test_it_opens_from_any_folder(sampled: Path, tmp_path: Path) -> None:
    program = f"import duckdb; print(len(duckdb.connect({str(sampled / NAME)!r}, read_only=True).sql('FROM passages')))"
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert int(done.stdout) > 100


def test_a_moved_warehouse_opens_with_one_variable(sampled: Path, tmp_path: Path) -> None:
    here = copied(sampled, tmp_path / "first")
    build(Warehouse(here).root, snapshots.load(here, 1))
    there = tmp_path / "第二 it's"
    here.rename(there)
    con = stock(there)
    with pytest.raises(duckdb.Error):
        con.execute("SELECT count(*) FROM passages")
    con.execute("SET VARIABLE warehouse = $1", [str(there)])
    expected = one(stock(sampled), "SELECT count(*) FROM passages")
    assert one(con, "SELECT count(*) FROM passages") == expected
    con.close()
    again = connect(there)
    assert one(again, "SELECT count(*) FROM passages") == expected
    again.close()


def test_a_warehouse_that_cannot_be_written_to_opens(sampled: Path, tmp_path: Path) -> None:
    root = copied(sampled, tmp_path / "w")
    for path in [root, *root.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    con = connect(root)
    assert one(con, "SELECT count(*) FROM articles") == one(stock(sampled), "SELECT count(*) FROM articles")
    con.close()
    for path in [root, *root.rglob("*")]:
        path.chmod(0o755)


def test_filters_reach_the_files(sampled: Path) -> None:
    con = stock(sampled)
    plan = con.execute("EXPLAIN SELECT text FROM passages WHERE passage_id = 'abc'").fetchall()[0][1]
    scan = plan[plan.index("READ_PARQUET") :]
    assert "passage_id='abc'" in scan.replace(" ", "").replace("\n", "").replace("│", "")
    con.close()


def test_a_table_without_a_file_is_an_empty_view_of_its_types(tmp_path: Path, samples: Path) -> None:
    ingest(tmp_path, samples / "harbour-post")
    con = stock(tmp_path)
    for each in TABLES:
        told = [str(kind) for kind in con.sql(f"FROM {each.name}").types]
        con.register("rows", each.empty())
        assert told == [str(kind) for kind in con.sql("FROM rows").types], each.name
    assert one(con, "SELECT count(*) FROM fixity") == 0
    con.close()


# ---------------------------------------------------------------- swapping


def test_a_new_catalogue_comes_whole_and_at_once(sampled: Path, tmp_path: Path) -> None:
    """Whoever has the old file open keeps reading it; whoever opens now sees the new one."""
    root = copied(sampled, tmp_path / "w")
    before = (root / NAME).stat().st_ino
    program = (
        "import duckdb, sys\n"
        f"con = duckdb.connect({str(root / NAME)!r}, read_only=True)\n"
        "con.execute('SET VARIABLE warehouse = $1', [sys.argv[1]])\n"
        "for line in sys.stdin:\n"
        "    print(con.execute('SELECT max(number), (SELECT count(*) FROM captures) FROM snapshot').fetchall()[0])\n"
        "    sys.stdout.flush()\n"
    )
    reader = subprocess.Popen(
        [sys.executable, "-c", program, str(root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert reader.stdin is not None
    assert reader.stdout is not None

    def ask() -> str:
        assert reader.stdin is not None
        assert reader.stdout is not None
        print("?", file=reader.stdin, flush=True)
        return reader.stdout.readline()

    try:
        first = ask()
        more = tmp_path / "more" / "20240320.txt"
        more.parent.mkdir()
        more.write_text("渡口改期\n自三月二十日起，渡船每日三班。\n", "utf-8")
        assert ingest(root, more.parent).snapshot is not None
        assert (root / NAME).stat().st_ino != before
        assert ask() == first
    finally:
        reader.stdin.close()
        reader.wait(60)
        reader.stdout.close()
    con = connect(root)
    assert one(con, "SELECT number FROM snapshot") == 2
    con.close()
    assert not [path for path in root.iterdir() if path.name.startswith(f".{NAME}")]


def test_what_a_crash_left_beside_it_does_no_harm(sampled: Path, tmp_path: Path) -> None:
    root = copied(sampled, tmp_path / "w")
    (root / f".{NAME}.{os.getpid()}").write_bytes(b"half a catalogue")
    build(root, snapshots.load(root, 1))
    con = connect(root)
    assert one(con, "SELECT number FROM snapshot") == 1
    con.close()


# ---------------------------------------------------------------- what a query cannot do


class _Quiet(SimpleHTTPRequestHandler):
    asked: list[str] = []  # noqa: RUF012

    def log_message(self, format: str, *args: object) -> None: ...

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_error(404)

    do_HEAD = do_GET  # noqa: N815


@pytest.fixture
def closed(sampled: Path, tmp_path: Path) -> tuple[duckdb.DuckDBPyConnection, Path]:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n", "utf-8")
    pq.write_table(pq.read_table(next((sampled / "tables" / "passages").glob("*.parquet"))), tmp_path / "x.parquet")
    shutil.copy(sampled / NAME, tmp_path / "other.duckdb")
    return connect(sampled), tmp_path


OUTSIDE = [
    "SELECT * FROM read_csv('{here}/secret.csv')",
    "SELECT * FROM '{here}/secret.csv'",
    "SELECT * FROM read_text('{here}/secret.csv')",
    "SELECT * FROM read_blob('/etc/hostname')",
    "SELECT * FROM glob('{here}/*')",
    "SELECT * FROM read_parquet('{here}/x.parquet')",
    "SELECT * FROM read_text('{root}/tables/../snapshots/00000001.json')",
    "ATTACH '{here}/other.duckdb' AS other",
    "COPY (SELECT 1) TO '{here}/out.csv'",
    "EXPORT DATABASE '{here}/out'",
    "SET enable_external_access = true",
    "SET allowed_directories = ['/']",
    "SET allowed_paths = ['{here}/secret.csv']",
    "RESET lock_configuration",
    "INSTALL httpfs",
    "LOAD httpfs",
    "DELETE FROM passages",
]


@pytest.mark.parametrize("sql", OUTSIDE)
def test_a_query_touches_nothing_outside(
    closed: tuple[duckdb.DuckDBPyConnection, Path], sampled: Path, sql: str
) -> None:
    con, here = closed
    with pytest.raises(duckdb.Error):
        con.execute(sql.format(here=here, root=sampled)).fetchall()
    assert not (here / "out.csv").exists()
    assert not (here / "out").exists()
    assert one(con, "SELECT count(*) > 0 FROM passages") is True
    con.close()


def test_a_query_of_the_published_tables_may_pivot(sampled: Path) -> None:
    con = connect(sampled)
    total = con.execute("SELECT sum(body) FROM (PIVOT passages ON kind USING count(*))").fetchall()
    assert total == con.execute("SELECT count(*) FROM passages WHERE kind = 'body'").fetchall()
    con.close()


def test_a_query_reaches_no_network(closed: tuple[duckdb.DuckDBPyConnection, Path]) -> None:
    con, _ = closed
    with socketserver.TCPServer(("127.0.0.1", 0), _Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(duckdb.Error):
            con.execute(f"SELECT * FROM read_csv('http://127.0.0.1:{server.server_address[1]}/a.csv')").fetchall()
        server.shutdown()
    assert _Quiet.asked == []
    con.close()


def test_times_are_utc_whatever_the_machine_says(sampled: Path) -> None:
    con = connect(sampled)
    assert one(con, "SELECT current_setting('TimeZone')") == "UTC"
    con.close()
    assert catalogue.NAME == NAME


def shown(root: Path) -> list[tuple[str, str | None, str]]:
    """Every view, comment and macro of a catalogue."""
    con = stock(root)
    views = con.execute("SELECT view_name, comment, sql FROM duckdb_views() WHERE NOT internal").fetchall()
    columns = con.execute(
        "SELECT table_name || '.' || column_name, comment, data_type FROM duckdb_columns() WHERE NOT internal"
    ).fetchall()
    macros = con.execute(
        "SELECT function_name, NULL, macro_definition FROM duckdb_functions() WHERE NOT internal"
    ).fetchall()
    con.close()
    return sorted(views + columns + macros, key=str)


def test_bringing_it_up_to_date_comes_to_the_same_as_making_it_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, inputs = tmp_path / "w", tmp_path / "in"
    inputs.mkdir()
    full: list[int] = []
    real = catalogue.from_nothing
    monkeypatch.setattr(
        catalogue, "from_nothing", lambda at, where, snapshot: (full.append(snapshot.number), real(at, where, snapshot))
    )
    for number in (1, 2, 3):
        (inputs / f"{number}.txt").write_text(f"第{number}号渡口今日恢复通航，往来船只照常停靠。\n", "utf-8")
        ingest(root, inputs)
    assert full == [1]
    assert one(stock(root), "SELECT count(*) FROM captures") == 3
    patched = shown(root)
    build(root, snapshots.load(root, 3))
    assert full == [1, 3]
    assert shown(root) == patched


def test_a_second_warehouse_of_a_process_shows_its_own_files_by_the_same_definitions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, count in (("a", 1), ("b", 2)):
        (tmp_path / f"in-{name}").mkdir()
        for number in range(count):
            (tmp_path / f"in-{name}" / f"{number}.txt").write_text(
                f"第{number}号渡口今日恢复通航，船只照常。\n", "utf-8"
            )
        ingest(tmp_path / name, tmp_path / f"in-{name}")
    assert [one(stock(tmp_path / name), "SELECT count(*) FROM articles") for name in "ab"] == [1, 2]
    copied = shown(tmp_path / "b")
    monkeypatch.setattr(catalogue, "views_at_hand", {})
    build(tmp_path / "b", snapshots.load(tmp_path / "b", 1))
    assert shown(tmp_path / "b") == copied


@pytest.mark.parametrize("harm", ["missing", "garbage", "another", "other-definitions"])
def test_a_catalogue_that_is_not_the_former_one_is_made_anew(
    harm: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, inputs = tmp_path / "w", tmp_path / "in"
    inputs.mkdir()
    (inputs / "1.txt").write_text("第1号渡口今日恢复通航，往来船只照常停靠。\n", "utf-8")
    ingest(root, inputs)
    if harm == "missing":
        (root / NAME).unlink()
    elif harm == "garbage":
        (root / NAME).write_bytes(b"no database")
    elif harm == "another":
        (root / NAME).unlink()
        with duckdb.connect(str(root / NAME)) as con:
            con.execute("CREATE VIEW snapshot AS SELECT 1 AS number")
    else:
        views = [*catalogue.view_files(), "CREATE VIEW one_more AS SELECT 1 AS one"]
        monkeypatch.setattr(catalogue, "view_files", lambda: views)
    (inputs / "2.txt").write_text("第2号渡口今日恢复通航，往来船只照常停靠。\n", "utf-8")
    ingest(root, inputs)
    now = snapshots.load(root, 2)
    found = shown(root)
    build(root, now)
    assert found == shown(root)
    assert ("one_more" in [name for name, _, _ in found]) == (harm == "other-definitions")
