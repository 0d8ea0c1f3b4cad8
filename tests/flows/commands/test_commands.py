"""Every command: what it prints, for people and for programs, and how it ends."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.__main__ import main
from flows.commands.common import _cut, _width, _wrapped, print_table
from schemas import TABLES
from schemas.views import MACROS, VIEWS
from tests.jobs import ROOT, command, copied, value
from warehouse.store import Warehouse

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command in this process; returns exit status, output and errors."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("DIBAO_", "PREFECT_API"))]:
        monkeypatch.delenv(name)

    def call(*arguments: str | Path) -> tuple[int, str, str]:
        status = main([str(each) for each in arguments])
        said = capsys.readouterr()
        return status, said.out, said.err

    return call


def test_without_arguments_help_is_shown(run: Run) -> None:
    status, out, err = run()
    assert status in (0, 2)
    assert "Usage: dibao" in out + err


COMMANDS = ("ingest", "status", "query", "trace", "audit", "rebuild", "serve", "schema", "export", "source", "maintain")


def test_what_stands_before_a_command(run: Run, sampled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from flows.versions import DIBAO

    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"dibao {DIBAO}\n"
    for words in (["--warehouse", str(sampled), "status"], [f"--warehouse={sampled}", "source", "list"]):
        assert main(words) == 0
    assert "snapshot 1" in capsys.readouterr().out
    for words in (["-h"], ["query", "-h"], ["source", "add", "-h"]):
        assert main(words) == 0
    assert "Usage: dibao source add" in capsys.readouterr().out
    assert main(["--help"]) == 0
    listed = capsys.readouterr().out.partition("Commands:")[2]
    assert "..." not in listed


def test_a_story_is_no_article(sampled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    story = value(sampled, "SELECT min(story_id) FROM stories")
    assert main(["show", story, "--warehouse", str(sampled)]) == 1
    assert f"dibao compare {story}" in capsys.readouterr().err


def test_help_names_every_command(run: Run) -> None:
    status, out, _ = run("--help")
    assert status == 0
    for name in COMMANDS:
        assert re.search(rf"^  {name}\s+\S", out, re.MULTILINE), name
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help_and_takes_a_warehouse(run: Run, name: str) -> None:
    status, out, _ = run(name, "--help")
    assert status == 0
    if name not in ("schema", "source"):
        assert "--warehouse" in out


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["query"],
        ["ingest", "--nonsense"],
        ["query", "SELECT 1", "--format", "xml"],
        ["export", "captures"],
    ],
)
def test_wrong_usage_ends_with_2(run: Run, arguments: list[str]) -> None:
    status, _, err = run(*arguments)
    assert status == 2
    assert "Traceback" not in err


ERRORS: list[tuple[list[str], str]] = [
    (["status"], "There is no warehouse at"),
    (["query", "SELECT 1"], "There is no warehouse at"),
    (["trace", "0123456789ab"], "There is no warehouse at"),
    (["audit"], "There is no warehouse at"),
    (["rebuild", "--check"], "There is no warehouse at"),
    (["rebuild"], "Say where the new warehouse goes"),
    (["ingest"], "There is nothing to take in"),
    (["ingest", "nowhere"], "There is nothing at nowhere"),
    (["ingest", "--source", "gone"], "No source is named 'gone'"),
    (["serve"], "There is nothing to serve"),
    (["schema", "gossip"], "No table is named 'gossip'"),
    (["export", "captures", "x.ods"], "does not say what to write"),
    (["export", "captures", "none/x.csv"], "There is no folder"),
    (["source", "add", "Bad Id", "."], "cannot be a source id"),
    (["source", "add", "s", ".", "--parser", "text"], "--parser takes KEY=VALUE"),
    (["source", "add", "s", ".", "--name-date", "("], "not a regular expression"),
    (["source", "add", "s", ".", "--name-date", "x"], "needs the groups"),
    (["source", "add", "s", ".", "--kind", "pigeon"], "kind 'pigeon' is unknown"),
]


@pytest.mark.parametrize(("arguments", "said"), ERRORS, ids=[" ".join(arguments) for arguments, _ in ERRORS])
def test_errors_are_one_sentence(run: Run, arguments: list[str], said: str) -> None:
    status, out, err = run(*arguments)
    assert status == 1
    assert out == ""
    (line,) = err.strip().splitlines()
    assert line.startswith("dibao: ")
    assert said in line
    assert line.endswith(".")


def test_debug_shows_where(run: Run) -> None:
    from warehouse.errors import WarehouseError

    with pytest.raises(WarehouseError):
        run("status", "--debug")


def test_an_error_that_nobody_foresaw_is_one_line_too(run: Run, monkeypatch: pytest.MonkeyPatch, sampled: Path) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("of all things")

    monkeypatch.setattr(Warehouse, "latest", broken)
    status, _, err = run("status", "--warehouse", sampled)
    assert status == 1
    assert "ZeroDivisionError: of all things" in err
    assert "--debug" in err
    assert len(err.strip().splitlines()) == 1


def test_a_reader_that_goes_away_is_no_error(sampled: Path) -> None:
    query = f"{sys.executable} -m flows query --limit 0 'SELECT * FROM passages, range(200)' --warehouse {sampled}"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"{query} | head -1"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert done.stderr == ""


# ---------------------------------------------------------------- ingest, status


def test_ingest_ends_with_a_summary_that_a_newcomer_understands(run: Run, samples: Path, tmp_path: Path) -> None:
    status, out, err = run("ingest", samples, "--warehouse", "w", "--workers", "1")
    assert status == 0
    assert "Snapshot 1 of" in out
    for name in ("captures", "documents", "articles", "passages", "rejects"):
        count = value(tmp_path / "w", f"SELECT count(*) FROM {name}")
        assert re.search(rf"^{name}\s+{count}\s+{count} ", out, re.MULTILINE), name
    assert "The payload is empty." in out or "empty" in out
    assert re.search(r"^capture samples: ", err, re.MULTILINE), "plain lines off a terminal"
    pasted = re.search(r'dibao query "(.*)"', out)
    assert pasted
    status, out, _ = run("query", pasted[1], "--warehouse", "w")
    assert status == 0
    assert len(out.splitlines()) > 3
    status, out, _ = run("ingest", samples, "--warehouse", "w", "--workers", "1")
    assert (status, out.startswith("Nothing new")) == (0, True)


def test_ingest_and_status_for_programs(run: Run, samples: Path, tmp_path: Path) -> None:
    status, out, err = run("ingest", samples / "harbour-post", "--warehouse", "w", "--json")
    told = json.loads(out)
    assert (status, err) == (0, "")
    assert told["published"] is True
    assert told["snapshot"] == 1
    assert told["added"]["captures"] == told["total"]["captures"] == 1
    status, out, _ = run("status", "--warehouse", "w", "--json")
    told = json.loads(out)
    assert status == 0
    assert told["tables"]["captures"]["rows"] == 1
    assert re.fullmatch("[0-9a-f]{32}", told["tables"]["captures"]["digest"])
    assert len(told["runs"]) == 1


def test_status_for_people(run: Run, sampled: Path) -> None:
    status, out, _ = run("status", "--warehouse", sampled)
    assert status == 0
    assert "snapshot 1 of" in out
    assert re.search(r"^captures\s+\d+$", out, re.MULTILINE)
    assert "20240301-empty.txt" in out


def test_status_says_what_takes_how_much_room(run: Run, sampled: Path) -> None:
    told = json.loads(run("status", "--disk", "--json", "--warehouse", sampled)[1])
    raw = sum(path.stat().st_size for path in (sampled / "raw").rglob("*.gz"))
    assert told["parts"]["raw"]["bytes"] == raw
    assert told["parts"]["tables"]["bytes"] == sum(told["tables"].values())
    in_records = value(
        sampled, "SELECT sum(n) FROM (SELECT max(warc_length) AS n FROM captures GROUP BY warc_file, warc_offset)"
    )
    assert sum(each["bytes"] for each in told["sources"]) == in_records <= raw
    assert sum(each["captures"] for each in told["growth"]) == value(sampled, "SELECT count(*) FROM captures")
    assert "Raw bytes by source and year" in run("status", "--disk", "--warehouse", sampled)[1]


def test_the_warehouse_comes_from_the_environment_too(sampled: Path) -> None:
    done = command("status", env={"DIBAO_WAREHOUSE": str(sampled)})
    assert done.returncode == 0
    assert str(sampled) in done.stdout


# ---------------------------------------------------------------- query, export

THREE = "SELECT n, CASE n WHEN 1 THEN NULL ELSE '邸,报\"' END AS t, [n] AS l FROM range(3) AS r(n) ORDER BY n"


def test_query_prints_a_table(run: Run, sampled: Path) -> None:
    status, out, _ = run("query", THREE, "--warehouse", sampled)
    assert status == 0
    assert out.splitlines()[0].split() == ["n", "t", "l"]
    assert len(out.splitlines()) == 5


def test_query_prints_csv_and_json(run: Run, sampled: Path) -> None:
    _, out, _ = run("query", THREE, "-f", "csv", "--warehouse", sampled)
    assert list(csv.reader(io.StringIO(out))) == [
        ["n", "t", "l"],
        ["0", '邸,报"', "[0]"],
        ["1", "", "[1]"],
        ["2", '邸,报"', "[2]"],
    ]
    _, out, _ = run("query", THREE, "-f", "json", "--warehouse", sampled)
    assert json.loads(out)[:2] == [{"n": 0, "t": '邸,报"', "l": [0]}, {"n": 1, "t": None, "l": [1]}]


def test_query_prints_no_more_than_was_asked_for(run: Run, sampled: Path) -> None:
    _, out, _ = run("query", "FROM range(9)", "--limit", "4", "--warehouse", sampled)
    assert "more than 4 rows" in out
    assert len(out.splitlines()) == 7
    _, out, _ = run("query", "FROM range(9)", "--limit", "0", "--warehouse", sampled)
    assert len(out.splitlines()) == 11
    _, out, _ = run("query", "FROM range(4)", "--limit", "4", "--warehouse", sampled)
    assert "more than" not in out


def test_query_reads_standard_input(sampled: Path) -> None:
    done = command("query", "-", "-f", "json", "--warehouse", sampled, input="SELECT 7 AS n")
    assert json.loads(done.stdout) == [{"n": 7}]


@pytest.mark.parametrize(
    "sql",
    [
        "SELEC 1",
        "SELECT * FROM gossip",
        "SELECT 1/'x'::INT",
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY (SELECT 1) TO '{root}/tables/captures/x.parquet'",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO '{root}/tables/captures/x.parquet'",
    ],
)
def test_query_refuses_in_one_sentence(run: Run, sampled: Path, sql: str) -> None:
    status, out, err = run("query", sql.format(root=sampled), "--warehouse", sampled)
    assert (status, out) == (1, "")
    assert len(err.strip().splitlines()) == 1
    assert not (sampled / "tables" / "captures" / "x.parquet").exists()


def test_export_writes_tables_and_queries(run: Run, sampled: Path, tmp_path: Path) -> None:
    count = value(sampled, "SELECT count(*) FROM articles")
    for name in ("a.parquet", "a.csv", "a.jsonl"):
        status, out, _ = run("export", "articles", name, "--warehouse", sampled)
        assert (status, out) == (0, f"{count:,} rows to {name}\n")
    assert pq.read_table(tmp_path / "a.parquet").num_rows == count
    assert len(list(csv.reader((tmp_path / "a.csv").open(encoding="utf-8")))) == count + 1
    lines = (tmp_path / "a.jsonl").read_text("utf-8").splitlines()
    assert len(lines) == count
    assert len(json.loads(lines[0])["article_id"]) == 32
    status, _, _ = run("export", "SELECT 1 AS one;", tmp_path / "one.csv", "--warehouse", sampled)
    assert (status, (tmp_path / "one.csv").read_text()) == (0, "one\n1\n")


def test_export_does_not_write_over_a_file_unasked(run: Run, sampled: Path, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("mine")
    status, _, err = run("export", "articles", "a.csv", "--warehouse", sampled)
    assert (status, "--force" in err, (tmp_path / "a.csv").read_text()) == (1, True, "mine")
    assert run("export", "articles", "a.csv", "--force", "--warehouse", sampled)[0] == 0


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM gossip",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT 1) TO 'y.csv'; COPY (SELECT 1",
        "DROP VIEW x",
    ],
)
def test_export_that_fails_leaves_nothing(run: Run, sampled: Path, tmp_path: Path, sql: str) -> None:
    status, _, err = run("export", sql, "x.csv", "--warehouse", sampled)
    assert status == 1
    assert len(err.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("", "no statement"),
        ("/* nothing */", "no statement"),
        ("SELECT 1; SELECT 2", "2 statements"),
        ("SELECT '\udcff'", "not UTF-8"),
        ("SELECT 1 AS a, a.b.c", "DuckDB refused"),
        ("WITH x AS (COPY (SELECT 1) TO 'x.csv') SELECT * FROM x", "Only queries"),
        ("SELECT 1e400::DOUBLE::INT", "DuckDB refused"),
        ("SELECT 9999999999999999999999999999999999999999::INT", "DuckDB refused"),
    ],
)
def test_odd_statements_are_refused_by_query_and_export(
    run: Run, sampled: Path, tmp_path: Path, sql: str, said: str
) -> None:
    for arguments in (["query", sql], ["query", sql, "-f", "json"], ["export", sql, "x.csv"]):
        status, out, err = run(*arguments, "--warehouse", sampled)
        assert (status, out) == (1, ""), arguments
        (line,) = err.strip().splitlines()
        assert said in line
        assert line.endswith(".")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "sql", ["SELECT 1 AS one -- c", "SELECT 1 AS one;", "SELECT 1 AS one ;; -- c", "-- c\nSELECT 1 AS one"]
)
def test_remarks_and_semicolons_do_no_harm(run: Run, sampled: Path, tmp_path: Path, sql: str) -> None:
    assert run("query", "-f", "csv", "--warehouse", sampled, "--", sql)[:2] == (0, "one\n1\n")
    assert run("export", "--warehouse", sampled, "--", sql, "one.csv")[0] == 0
    assert (tmp_path / "one.csv").read_text("utf-8") == "one\n1\n"


def test_a_query_that_is_not_utf8_is_said(sampled: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "flows", "query", "-", "--warehouse", str(sampled)],
        cwd=ROOT,
        input=b"SELECT '\xff\xfe'",
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.decode().count("\n") == 1
    assert "byte 8" in done.stderr.decode()


ODD_VALUES = [
    ("170141183460469231731687303715884105727::HUGEINT", 170141183460469231731687303715884105727),
    ("'NaN'::DOUBLE", "NaN"),
    ("'-inf'::DOUBLE", "-Infinity"),
    ("['inf'::DOUBLE, 1]", ["Infinity", 1.0]),
    ("12.50::DECIMAL(9, 2)", 12.5),
    ("0.1234567890123456789012345::DECIMAL(30, 28)", "0.1234567890123456789012345000"),
    ("'\\xAA\\x00b\\x5C'::BLOB", "\\xAA\\x00b\\x5C"),
    ("INTERVAL 14 MONTH", "1 year 2 months"),
    ("TIMESTAMPTZ '2024-01-01 00:00:00+08'", "2023-12-31T16:00:00+00:00"),
    ("TIME '12:30:00'", "12:30:00"),
    ("DATE '2024-02-29'", "2024-02-29"),
    ("{'a': [1, NULL], 'b': {'c': DATE '2024-02-29'}}", {"a": [1, None], "b": {"c": "2024-02-29"}}),
    ("MAP {'渡': 1}", "{渡=1}"),
    ("'6d3d2541-d9f0-4a6f-8d6d-4c1a3e1c7f7a'::UUID", "6d3d2541-d9f0-4a6f-8d6d-4c1a3e1c7f7a"),
    ("'a\u202eb' || chr(27)", "a\u202eb\x1b"),
    ("NULL", None),
]


@pytest.mark.parametrize(("sql", "expected"), ODD_VALUES, ids=[sql for sql, _ in ODD_VALUES])
def test_values_of_every_type_are_told_in_json(run: Run, sampled: Path, sql: str, expected: object) -> None:
    status, out, _ = run("query", f"SELECT {sql} AS v", "-f", "json", "--warehouse", sampled)
    assert (status, json.loads(out)) == (0, [{"v": expected}])
    assert "\x1b" not in out
    assert "\u202e" not in out
    for other in ("table", "csv"):
        assert run("query", f"SELECT {sql} AS v", "-f", other, "--warehouse", sampled)[0] == 0


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("sql", [sql for sql, _ in ODD_VALUES], ids=str)
def test_values_of_every_type_are_exported(run: Run, sampled: Path, tmp_path: Path, sql: str, suffix: str) -> None:
    status, _, err = run("export", f"SELECT {sql} AS v", f"x.{suffix}", "--warehouse", sampled)
    assert (status, err) == (0, "")
    assert (tmp_path / f"x.{suffix}").stat().st_size > 0


def test_no_column_of_the_same_name_is_dropped(run: Run, sampled: Path) -> None:
    _, out, _ = run("query", "SELECT 1 AS a, 2 AS a_1, 3 AS a, 4 AS a", "-f", "json", "--warehouse", sampled)
    assert list(json.loads(out)[0].values()) == [1, 2, 3, 4]


def test_rows_that_are_left_out_are_said_and_seen_in_the_exit_status(run: Run, sampled: Path) -> None:
    for form, lines in (("csv", 4), ("json", 11)):
        status, out, err = run("query", "FROM range(9)", "-f", form, "--limit", "3", "--warehouse", sampled)
        assert (status, len(out.splitlines())) == (1, lines)
        assert "more than 3 rows" in err
        status, out, err = run("query", "FROM range(3)", "-f", form, "--limit", "3", "--warehouse", sampled)
        assert (status, err) == (0, "")


def test_limits_come_from_the_settings_too(sampled: Path) -> None:
    env = {"DIBAO_WAREHOUSE": str(sampled), "DIBAO_QUERY_ROWS": "2", "DIBAO_QUERY_SECONDS": "0.5"}
    done = command("query", "FROM range(3)", "-f", "csv", env=env)
    assert (done.returncode, done.stdout) == (1, "range\n0\n1\n")
    done = command("query", "SELECT count(*) FROM range(10000000) AS a, range(10000000) AS b", env=env)
    assert (done.returncode, done.stdout) == (1, "")
    assert "longer than 0.5 s" in done.stderr
    done = command("query", "SELECT 1", env=env | {"DIBAO_QUERY_SECONDS": "soon"})
    assert (done.returncode, done.stderr) == (1, "dibao: query_seconds must be a number, not 'soon'.\n")


def test_a_query_that_heeds_nothing_is_ended_with_its_process(sampled: Path) -> None:
    """One function on one row, which DuckDB does not interrupt."""
    sql = "SELECT levenshtein(repeat('a', 400000), repeat('b', 400000))"
    done = command("query", sql, "--seconds", "0.2", "--warehouse", sampled)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "dibao: The query took longer than 0.2 s and was stopped; --seconds allows more.\n"


FORMULAS = ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "＝1"]


def test_formulas_are_defused_where_that_is_asked_for(run: Run, sampled: Path, tmp_path: Path) -> None:
    values = ", ".join(f"('{each}', -1)" for each in [*FORMULAS, "江 =1"])
    sql = f'SELECT * FROM (VALUES {values}) AS t("=a", n)'
    plain = [["=a", "n"], *([each, "-1"] for each in [*FORMULAS, "江 =1"])]
    told = [["'=a", "n"], *([f"'{each}", "-1"] for each in FORMULAS), ["江 =1", "-1"]]
    for more, expected in (([], plain), (["--spreadsheet"], told)):
        _, out, _ = run("query", sql, "-f", "csv", *more, "--warehouse", sampled)
        assert list(csv.reader(io.StringIO(out))) == expected
        assert run("export", sql, "a.csv", "--force", *more, "--warehouse", sampled)[0] == 0
        with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
            assert list(csv.reader(file)) == expected


# ---------------------------------------------------------------- trace, schema, source


def test_trace_prints_the_chain(run: Run, sampled: Path) -> None:
    identity = value(sampled, "SELECT min(passage_id) FROM passages WHERE article_id IS NOT NULL")
    status, out, _ = run("trace", identity, "--warehouse", sampled)
    assert status == 0
    heads = [line for line in out.splitlines() if line and not line.startswith(" ")]
    assert heads[:4] == ["passage", "article", "document", "capture"]
    assert heads[-1].startswith("same: ")
    status, out, _ = run("trace", identity[:10], "--json", "--warehouse", sampled)
    told = json.loads(out)
    assert (status, told["id"], told["same"]) == (0, identity, True)
    assert told["chain"][-1]["link"] == "capture"


def test_schema_tells_tables_and_columns(run: Run) -> None:
    _, out, _ = run("schema")
    assert all(re.search(rf"^{each.name} ", out, re.MULTILINE) for each in TABLES)
    _, out, _ = run("schema", "edits")
    assert re.search(r"^before\s+VARCHAR", out, re.MULTILINE)
    _, out, _ = run("schema", "--json")
    told = json.loads(out)
    for kind, known in (("table", TABLES), ("view", VIEWS), ("function", MACROS)):
        assert [each[kind] for each in told if kind in each] == [each.name for each in known]


def test_sources_are_registered_listed_and_taken_in(run: Run, samples: Path, tmp_path: Path) -> None:
    add: list[Any] = ["source", "add", "harbour", samples / "harbour-post", "--warehouse", "w"]
    status, out, _ = run(*add, "--schedule", "0 6 * * *", "--rights", "CC0", "--parser", "timezone=Europe/London")
    assert (status, "harbour.toml" in out) == (0, True)
    status, _, err = run(*add)
    assert (status, "--force replaces it" in err) == (1, True)
    _, out, _ = run("source", "list", "--json", "--warehouse", "w")
    ((told),) = json.loads(out)
    assert (told["id"], told["schedule"], told["rights"]) == ("harbour", "0 6 * * *", "CC0")
    assert told["parser"] == {"timezone": "Europe/London"}
    run("source", "add", "ledger", samples / "northern-ledger", "--warehouse", "w")
    assert run("ingest", "--source", "harbour", "--warehouse", "w", "--workers", "1")[0] == 0
    assert value(tmp_path / "w", "SELECT list(DISTINCT source_id) FROM captures") == ["harbour"]
    assert run("ingest", "--warehouse", "w", "--workers", "1")[0] == 0
    assert sorted(value(tmp_path / "w", "SELECT list(DISTINCT source_id) FROM captures")) == ["harbour", "ledger"]


def test_a_source_file_that_cannot_be_used_is_named(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "w" / "sources"
    folder.mkdir(parents=True)
    for text, said in [
        ("= x", "is not TOML"),
        ("kind = 'folder'", "location is missing"),
        ("x = 1", "unknown key 'x'"),
    ]:
        (folder / "s.toml").write_text(text, "utf-8")
        status, out, _ = run("source", "list", "--warehouse", "w")
        assert status == 1
        assert said in out


def test_maintain_says_what_it_did(run: Run, sampled: Path, tmp_path: Path) -> None:
    root = copied(sampled, tmp_path / "w")
    status, out, _ = run("maintain", "--warehouse", root)
    assert (status, "nothing to do" in out) == (0, True)


# ---------------------------------------------------------------- width


def on_a_terminal(sampled: Path, width: int, sql: str) -> list[str]:
    """The lines of a query's result as a terminal of so many cells is sent them."""
    main_end, child_end = pty.openpty()
    subprocess.run(["stty", "cols", str(width), "rows", "40"], stdin=child_end, check=True)
    line = [sys.executable, "-m", "flows", "query", sql, "--warehouse", str(sampled)]
    env = {name: text for name, text in os.environ.items() if name not in ("COLUMNS", "LINES")}
    child = subprocess.Popen(line, cwd=ROOT, stdout=child_end, env=env)
    os.close(child_end)
    data = b""
    while True:
        try:
            piece = os.read(main_end, 65536)
        except OSError:
            break
        if not piece:
            break
        data += piece
    assert child.wait(60) == 0
    os.close(main_end)
    return data.decode().splitlines()


def test_tables_fit_a_terminal(sampled: Path) -> None:
    """On a terminal of 70 cells no line is wider, Han characters counted double; off it nothing is cut."""
    lines = on_a_terminal(sampled, 70, "SELECT outlet, headline, text FROM unique_articles ORDER BY article_id LIMIT 5")
    assert len(lines) == 7
    assert max(map(_width, lines)) <= 70
    assert any("…" in line for line in lines)
    assert "…" not in command("query", "SELECT repeat('x', 500) AS x", "--warehouse", sampled).stdout


def test_a_record_that_is_too_wide_for_a_line_has_several(sampled: Path) -> None:
    moment = "TIMESTAMP '2024-03-07 09:15:00' AS at"
    sql = f"SELECT article_id, headline, text, {moment} FROM unique_articles ORDER BY 1 LIMIT 2"
    lines = on_a_terminal(sampled, 80, sql)
    assert max(map(_width, lines)) <= 80
    names = [line.split(" = ")[0].strip() for line in lines if " = " in line[:13]]
    assert names == 2 * ["article_id", "headline", "text", "at"]
    assert sum("2024-03-07 09:15:00" in line for line in lines) == 2
    assert not any("…" in line for line in lines)


@given(st.text(), st.integers(2, 30))
def test_a_text_is_wrapped_whole(text: str, width: int) -> None:
    lines = _wrapped(text, width)
    assert all(_width(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_cells_are_counted_as_a_terminal_shows_them() -> None:
    assert _width("邸报 ab") == 7
    assert _width("e\u0301") == 1
    assert _cut("邸报邸报", 5) == "邸报…"
    assert _width(_cut("邸报邸报", 4)) <= 4


def test_an_empty_table_has_its_head(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("one", "two"), [])
    assert capsys.readouterr().out == "one  two\n---  ---\n"
