"""A repository's history as captures."""

from __future__ import annotations

import os
import random
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.commands.ingest import choose
from flows.fetch.limits import Limits
from flows.settings import Settings
from flows.sources import git
from flows.sources.kinds import SourceFailed
from flows.sources.registry import Source, save
from tests.makers.archive import Archive

IDENTITY = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b.example", "GIT_COMMITTER_NAME": "a"}
IDENTITY |= {"GIT_COMMITTER_EMAIL": "a@b.example", "GIT_CONFIG_GLOBAL": "/dev/null", "PATH": "/usr/bin:/bin"}


class Repository:
    """A repository that a test fills; `expected` lists (path, bytes, second) of every version."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.expected: list[tuple[str, bytes, int]] = []
        folder.mkdir()
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str, second: int = 0) -> str:
        dates = {"GIT_AUTHOR_DATE": f"@{second} +0000", "GIT_COMMITTER_DATE": f"@{second} +0000"}
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, env=IDENTITY | dates, capture_output=True, check=True, text=True
        )
        return done.stdout

    def commit(self, second: int) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "x", second=second)

    def put(self, path: str, body: bytes, second: int) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.exists() and file.read_bytes() == body:
            return
        file.write_bytes(body)
        self.expected.append((path, body, second))


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository")


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


def source(repository: Repository, **options: str) -> Source:
    return Source(id="kept", kind="git", location=str(repository.folder), options=dict(options))


def post(words: str) -> bytes:
    return f"# 题目{words}\n\n正文第一段说到{words}，其后又有别的话，凑成一段可读的文字。\n".encode()


def captured(archive: Archive) -> list[tuple[str, str, int]]:
    return sorted(
        archive.sql(
            "SELECT uri, payload_sha256, CAST(epoch(date_trunc('second', captured_at)) AS BIGINT) FROM captures"
        )
    )


def wanted(repository: Repository, archive: Archive) -> list[tuple[str, str, int]]:
    import hashlib
    from urllib.parse import quote

    return sorted(
        (f"file:///kept/{quote(path)}", hashlib.sha256(body).hexdigest(), second)
        for path, body, second in repository.expected
    )


def test_five_hundred_commits_of_edits_renames_and_deletions(repository: Repository, archive: Archive) -> None:
    dice = random.Random(7)
    paths = [f"posts/{n}.md" for n in range(20)] + ["top.md", "深/页 1.md"]
    for n in range(500):
        second = 1_700_000_000 + n // 3  # several in one second
        live = [path for path in paths if (repository.folder / path).exists()]
        move = dice.random()
        if move < 0.1 and live:
            repository.git("rm", "-q", "--", dice.choice(live))
        elif move < 0.2 and live:
            old, new = dice.choice(live), f"posts/moved-{n}.md"
            repository.git("mv", "--", old, new)
            repository.expected.append((new, (repository.folder / new).read_bytes(), second))
            paths.append(new)
        else:
            # Few texts, so that a file goes back to what it was.
            repository.put(dice.choice(paths), post(str(dice.randrange(30))), second)
        repository.commit(second)
    archive.take(source(repository))
    assert len(repository.expected) > 350
    assert captured(archive) == wanted(repository, archive)
    ids = archive.sql("SELECT count(*), count(DISTINCT capture_id), count(DISTINCT (uri, captured_at)) FROM captures")
    assert ids == [(len(repository.expected),) * 3]
    assert archive.sql("SELECT count(*) FROM captures WHERE record_type = 'resource'") == archive.sql(
        "SELECT count(DISTINCT payload_sha256) FROM captures"
    )
    before = archive.warehouse.latest()
    outcome = archive.take(source(repository))
    assert outcome.snapshot is None
    assert archive.warehouse.latest() == before
    assert archive.differences() == []


def test_only_new_commits_are_read(repository: Repository, archive: Archive) -> None:
    repository.put("a.md", post("一"), 100)
    repository.commit(100)
    archive.take(source(repository))
    repository.put("a.md", post("二"), 200)
    repository.commit(200)
    repository.put("a.md", post("一"), 300)
    repository.commit(300)
    archive.take(source(repository))
    assert captured(archive) == wanted(repository, archive)
    kinds = archive.sql("SELECT record_type FROM captures ORDER BY captured_at")
    assert kinds == [("resource",), ("resource",), ("revisit",)]


def test_a_lost_memory_captures_nothing_twice(repository: Repository, archive: Archive) -> None:
    for n in range(5):
        repository.put("a.md", post(str(n)), n)
        repository.commit(n)
    archive.take(source(repository))
    for path in (archive.warehouse.state / "marks").iterdir():
        path.unlink()
    segments = archive.warcs()
    archive.take(source(repository))
    assert captured(archive) == wanted(repository, archive)
    assert archive.warcs() == segments


def test_a_merge_has_only_what_it_has_of_its_own(repository: Repository, archive: Archive) -> None:
    repository.put("a.md", post("a"), 100)
    repository.commit(100)
    repository.git("checkout", "-q", "-b", "side")
    repository.put("b.md", post("b"), 200)
    repository.put("a.md", post("side"), 200)
    repository.commit(200)
    repository.git("checkout", "-q", "main")
    repository.put("a.md", post("main"), 300)
    repository.commit(300)
    with pytest.raises(subprocess.CalledProcessError):
        repository.git("merge", "-q", "side", second=400)
    (repository.folder / "a.md").write_bytes(post("both"))
    repository.expected.append(("a.md", post("both"), 400))
    repository.commit(400)
    archive.take(source(repository))
    assert captured(archive) == wanted(repository, archive)


def test_branch_and_scope(repository: Repository, archive: Archive) -> None:
    repository.put("posts/a.md", post("a"), 100)
    repository.commit(100)
    repository.git("checkout", "-q", "-b", "other")
    for path in ("posts/b.md", "posts/b.png", "drafts/c.md"):
        repository.put(path, post(path), 200)
    repository.commit(200)
    repository.git("checkout", "-q", "main")
    archive.take(source(repository, branch="other", prefix="/posts/", exclude=r"\.png$"))
    assert [uri for uri, _, _ in captured(archive)] == ["file:///kept/posts/a.md", "file:///kept/posts/b.md"]


def test_links_and_submodules_are_no_files(repository: Repository, archive: Archive) -> None:
    repository.put("a.md", post("a"), 100)
    (repository.folder / "link").symlink_to("/etc/passwd")
    repository.commit(100)
    archive.take(source(repository))
    assert captured(archive) == wanted(repository, archive)


@pytest.mark.parametrize(
    ("location", "error"),
    [
        ("/nowhere/at/all", "missing"),
        ("ext::sh -c touch% /tmp/x://", "url"),
        ("ssh://git@host.example/x.git", "url"),
        ("https://user:word@host.example/x.git", "url"),
        ("http://127.0.0.1/x.git", "address"),
        ("http://[x/x.git", "url"),
        ("http://127.0.0.1:99999/x.git", "url"),
    ],
)
def test_what_is_no_repository_is_said(archive: Archive, location: str, error: str) -> None:
    archive.take(Source(id="kept", kind="git", location=location))
    assert archive.sql("SELECT status, error FROM source_runs") == [("failed", error)]


def test_a_folder_that_is_no_repository(tmp_path: Path, archive: Archive) -> None:
    (tmp_path / "plain").mkdir()
    archive.take(Source(id="kept", kind="git", location=str(tmp_path / "plain")))
    assert archive.sql("SELECT status, error FROM source_runs") == [("failed", "git")]


def test_a_repository_elsewhere_is_mirrored(repository: Repository, archive: Archive) -> None:
    """Served over plain HTTP, as the oldest of git's protocols needs no more than files."""
    from functools import partial
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
    from threading import Thread

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    repository.put("a.md", post("a"), 100)
    repository.commit(100)
    repository.git("update-server-info")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(repository.folder)))
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        location = f"http://127.0.0.1:{server.server_port}/.git"
        mirrored = Source(id="kept", kind="git", location=location, options={"allow_private": True})
        archive.take(mirrored)
        assert captured(archive) == wanted(repository, archive)
        repository.put("a.md", post("b"), 200)
        repository.commit(200)
        repository.git("update-server-info")
        archive.take(mirrored)
        assert captured(archive) == wanted(repository, archive)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize(
    ("host", "allow", "reached"),
    [
        ("127.0.0.1", False, False),
        ("127.0.0.1", True, True),
        ("127.0.0.1", "127.0.0.0/8", True),
        ("127.0.0.1", ["127.0.0.1"], True),
        ("127.0.0.1", ["10.0.0.0/8", "intra.example"], False),
        ("169.254.169.254", True, False),
        ("169.254.169.254", ["169.254.0.0/16"], False),
    ],
)
def test_a_repository_elsewhere_is_reached_where_the_source_allows_it(host: str, allow: Any, reached: bool) -> None:
    limits = Limits.of({"allow_private": allow})
    if reached:
        assert f"http.curloptResolve={host}:80:{host}" in git._pinned(f"http://{host}/x.git", limits)
    else:
        with pytest.raises(SourceFailed) as caught:
            git._pinned(f"http://{host}/x.git", limits)
        assert caught.value.error == "address"


def test_leave_for_its_own_host_is_for_that_name_alone_and_names_are_pinned_in_both_forms(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(git, "resolve", lambda host, port: ["10.0.0.7"])
    pins = git._pinned("https://b\u00fccher.example/x.git", Limits.of({"allow_private": True}))
    assert pins[:2] == [
        "http.curloptResolve=b\u00fccher.example:443:10.0.0.7",
        "http.curloptResolve=xn--bcher-kva.example:443:10.0.0.7",
    ]


@pytest.mark.parametrize(
    "when", ["99999999999999 +0000", "-99999999999999 +0000", "18446744073709551615 +0000", "never"]
)
def test_a_commit_with_an_impossible_date_stops_nothing(repository: Repository, archive: Archive, when: str) -> None:
    repository.put("a.md", post("a"), 100)
    repository.commit(100)
    parent = repository.git("rev-parse", "HEAD").strip()
    repository.put("b.md", post("b"), 100)
    repository.git("add", "-A")
    tree = repository.git("write-tree").strip()
    who = f"a <a@b.example> {when}"
    made = f"tree {tree}\nparent {parent}\nauthor {who}\ncommitter {who}\n\nx\n"
    done = subprocess.run(
        ["git", "hash-object", "-t", "commit", "-w", "--literally", "--stdin"],
        cwd=repository.folder,
        input=made.encode(),
        env=IDENTITY,
        capture_output=True,
        check=True,
    )
    repository.git("reset", "-q", "--hard", done.stdout.decode().strip())
    repository.put("c.md", post("c"), 300)
    repository.commit(300)
    archive.take(source(repository))
    found = {uri.rpartition("/")[2]: at for uri, _, at in captured(archive)}
    assert found.keys() == {"a.md", "b.md", "c.md"}
    assert (found["a.md"], found["c.md"]) == (100, 300)
    assert archive.sql("SELECT status FROM source_runs") == [("ok",)]
    if found["b.md"] == 100:  # else git itself made a date of it
        assert archive.sql("SELECT error, uri LIKE 'file:///kept#%' FROM rejects") == [("date", True)]
    assert archive.take(source(repository)).snapshot is None
    assert archive.differences() == []


def test_a_repository_of_another_owner_is_read_where_it_is_trusted(
    repository: Repository, archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid():
        pytest.skip("only the superuser can give a folder to another user")
    repository.put("a.md", post("a"), 100)
    repository.commit(100)
    for path in [repository.folder, *repository.folder.rglob("*")]:
        os.chown(path, 12345, 12345)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setattr(git, "_trusted", git._trusted.__wrapped__)
    archive.take(source(repository))
    assert archive.sql("SELECT status, error FROM source_runs") == [("failed", "owner")]
    assert "safe.directory" in archive.sql("SELECT message FROM source_runs")[0][0]
    (tmp_path / "gitconfig").write_text(f"[safe]\n\tdirectory = {repository.folder}\n[alias]\n\tlog = !touch /tmp/x\n")
    archive.take(source(repository))
    assert captured(archive) == wanted(repository, archive)
    assert archive.sql("SELECT error FROM rejects") == []


def test_two_branches_of_one_repository_are_two_sources(repository: Repository, archive: Archive) -> None:
    repository.put("a.md", post("a"), 100)
    repository.commit(100)
    repository.git("checkout", "-q", "-b", "other")
    repository.put("b.md", post("b"), 200)
    repository.commit(200)
    folder = archive.warehouse.sources
    for branch in ("main", "other"):
        save(folder, replace(source(repository, branch=branch), id=branch))
    archive.take(
        *(each for each in choose(Settings(warehouse=archive.warehouse.root), [], []) if isinstance(each, Source))
    )
    found = archive.sql("SELECT uri FROM captures ORDER BY 1")
    assert found == [("file:///main/a.md",), ("file:///other/a.md",), ("file:///other/b.md",)]


def test_what_comes_into_the_scope_is_taken_from_the_whole_history(repository: Repository, archive: Archive) -> None:
    for second, name in enumerate(("a.md", "b.md", "a.md", "b.md")):
        repository.put(name, post(str(second)), second)
        repository.commit(second)
    archive.take(source(repository, include="a"))
    assert len(captured(archive)) == 2
    archive.take(source(repository, include=r"\.md"))
    assert captured(archive) == wanted(repository, archive)
    archive.take(source(repository, exclude="a"))
    assert captured(archive) == wanted(repository, archive)
