"""Kind `git`: every version of every file of a repository is a capture at its commit's time.

Location: a repository on this machine, or an address that is mirrored into the warehouse's working files. Options:
`branch` (HEAD), `prefix` (a folder, such as `/posts/`), `include` and `exclude` (patterns for the path), and
`allow_private` where the address is not a public one: `true`, or the hosts and networks that may be reached.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, quote_from_bytes, urlsplit

from flows.capture import dumps, payloads, vanishing
from flows.capture.container_names import MARK
from flows.capture.media import DUMPS, HEAD_BYTES, media_type
from flows.capture.rows import Origin, reject, row_id
from flows.capture.seen import Seen
from flows.capture.session import Batch, Session
from flows.capture.walk import name_date
from flows.extract.registry import canonical
from flows.fetch.address import checked, resolve
from flows.fetch.errors import FetchError
from flows.fetch.limits import Limits
from flows.fetch.url import normal
from flows.sources.kinds import SourceFailed
from flows.sources.names import file_uri, local_path
from flows.sources.registry import Source
from flows.sources.scope import Scope
from warehouse.records import MAX_PAYLOAD
from warehouse.storage import at

BATCH = 512
BATCH_BYTES = 32 << 20

# Nothing that a repository or its server configures may run a program or lead elsewhere.
_SAFE = (
    "protocol.allow=never",
    "protocol.https.allow=always",
    "protocol.http.allow=always",
    "http.followRedirects=false",
)
_QUIET = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "log.showSignature=false",
    "log.showRoot=true",
    "gc.auto=0",
)
_SLOW = ("http.lowSpeedLimit=500", "http.lowSpeedTime=60")
_OBJECT = re.compile(rb":+((?:\d{6} )+)((?:[0-9a-f]{40,64} )+)([A-Z]+)\Z")


_EARLIEST = int(datetime(1, 1, 2, tzinfo=UTC).timestamp())
_LATEST = int(datetime(9999, 12, 30, tzinfo=UTC).timestamp())
"""The seconds that WARC dates and timestamps of tables have room for, a day within, for any zone."""


@dataclass(frozen=True)
class Version:
    """One version of a file: its path, the blob that holds it, the commit and its time."""

    path: bytes
    blob: str
    commit: str
    at: datetime
    dated: bool = True
    """Whether the commit says when it was made; if not, it is taken to be as old as the one before it."""


def capture(source: Source, session: Session, seen: Seen) -> Iterator[Batch]:
    """Capture the versions that the branch has and the archive has not."""
    repository = _here(source, session.raw.parent / "state" / "git" / f"{source.id}.git")
    branch = str(source.options.get("branch", "HEAD"))
    tip = (
        _git(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{branch}^{{commit}}")
        .decode()
        .strip()
    )
    if not tip:
        raise SourceFailed("branch", f"The repository has no commit at {branch}.")
    # What is taken of a history hangs on these: another choice goes through it again.
    chosen = {
        name: source.options[name] for name in ("branch", "prefix", "include", "exclude") if name in source.options
    }
    mark = f"tip {json.dumps(chosen, sort_keys=True)}" if chosen else "tip"
    known = seen.memory.mark(mark)
    if known == tip:
        return
    old = _commits(repository, known) if known else set()
    scope = Scope(source.options)
    fresh = [
        version
        for version in versions(repository, tip)
        if version.commit not in old and scope.takes(f"file://{quote(source.id)}/{quote_from_bytes(version.path)}")
    ]
    undated = sorted({version.commit for version in fresh if not version.dated})
    message = "The commit has no date that can be; what it holds is taken at the date of the one before it."
    yield Batch(rejects=[reject(source.id, f"{source.uri}#{commit}", "date", message) for commit in undated])
    with _blobs(repository) as (ask, answer):
        for start in range(0, len(fresh), BATCH):
            yield from _take(source, session, fresh[start : start + BATCH], ask, answer)
    yield Batch(captures=_vanished(source, session, repository, tip))
    seen.memory.note(mark, tip)


def _vanished(source: Source, session: Session, repository: Path, tip: str) -> list[dict[str, Any]]:
    """Files that the branch had and has no longer, as of its last commit."""
    names = _git(repository, "ls-tree", "-r", "-z", "--name-only", tip).split(b"\0")
    there = {file_uri(source.id, name) for name in names if name}
    gone = [uri for uri in session.known.present(source.id) if uri.partition(MARK)[0] not in there]
    seconds = _seconds(_git(repository, "log", "-1", "--format=%ct", tip).strip())
    at = datetime.fromtimestamp(seconds, UTC) if seconds is not None else session.clock()
    # A microsecond later, for a file may have been put there and taken away within the same second.
    return vanishing.tell(source, session, gone, at + timedelta(microseconds=999_999))


def versions(repository: Path, tip: str) -> Iterator[Version]:
    """Every version of every file in the history of a commit, ancestors first.

    A merge has only what it has of its own. Versions of a file that were committed in the same second are set apart by
    microseconds, in their order.
    """
    listing = _git(
        repository,
        *("log", "-z", "--raw", "-c", "--no-renames", "--no-abbrev", "--topo-order", "--reverse", "--no-ext-diff"),
        *("--no-textconv", "--format=%x01%H %ct", "--end-of-options", tip),
    )
    tokens = iter(listing.split(b"\0"))
    commit, seconds, dated = "", 0, True
    within: Counter[tuple[bytes, int]] = Counter()
    for token in tokens:
        token = token.lstrip(b"\n")
        if token.startswith(b"\x01"):
            name, _, when = token[1:].partition(b" ")
            commit, said = name.decode(), _seconds(when)
            seconds, dated = (seconds, False) if said is None else (said, True)
        elif token.startswith(b":"):
            match = _OBJECT.match(token)
            path = next(tokens)
            if match is None or match[1].split()[-1] not in (b"100644", b"100755"):
                continue  # deleted, a link, or another repository
            at = datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=within[path, seconds])
            within[path, seconds] += 1
            yield Version(path, match[2].split()[-1].decode(), commit, at, dated)


def _seconds(said: bytes) -> int | None:
    """A commit's time in seconds since 1970; None where it is none, or not in the years that a date can have."""
    try:
        seconds = int(said)
    except ValueError:
        return None
    return seconds if _EARLIEST <= seconds <= _LATEST else None


def _take(source: Source, session: Session, some: list[Version], ask: IO[bytes], answer: IO[bytes]) -> Iterator[Batch]:
    batch = Batch()
    held: list[tuple[Version, Origin, bytes]] = []
    for version in some:
        payload = _read(version, ask, answer)
        origin = _origin(source, version, (payload or b"")[:HEAD_BYTES])
        if payload is None:
            message = f"The version of {version.at:%Y-%m-%d %H:%M:%S} is larger than {MAX_PAYLOAD >> 20} MB."
            batch.rejects.append(reject(source.id, origin.uri, "too-large", message))
            continue
        held.append((version, origin, payload))
        if sum(len(each[2]) for each in held) > BATCH_BYTES:
            _keep(held, session, batch)
            yield batch
            batch, held = Batch(), []
    _keep(held, session, batch)
    yield batch


def _keep(held: list[tuple[Version, Origin, bytes]], session: Session, batch: Batch) -> None:
    hashes = [hashlib.sha256(payload).hexdigest() for _, _, payload in held]
    ids = [row_id(origin, version.at, sha) for (version, origin, _), sha in zip(held, hashes, strict=True)]
    there = session.known.captures(ids)
    firsts = session.known.payloads(hashes)
    for (version, origin, payload), sha256, name in zip(held, hashes, ids, strict=True):
        if name in there:
            continue
        if origin.media_type in DUMPS:
            dumps.write(origin, payload, sha256, session, batch, at=version.at)
            continue
        first = firsts.get(sha256) or session.firsts.get(sha256)
        payloads.keep(origin, payload, sha256, len(payload), version.at, first, session, batch)


def _origin(source: Source, version: Version, head: bytes) -> Origin:
    names = version.path.decode("utf-8", "replace").split("/")
    return Origin(
        source_id=source.id,
        uri=file_uri(source.id, version.path),
        outlet=names[0] if len(names) > 1 else source.id,
        media_type=media_type(names[-1], head),
        parser=canonical(source.hints),
        name_date=name_date(source.name_date, names[-1]),
    )


# ---------------------------------------------------------------- git itself


def _here(source: Source, mirror: Path) -> Path:
    """The repository on this machine; an address is mirrored first, or brought up to date."""
    location = source.location
    if "://" not in location or location.startswith("file://"):
        folder = (local_path(location) if location.startswith("file://") else Path(location)).expanduser()
        if not folder.is_dir():
            raise SourceFailed("missing", f"There is no repository at {folder}.")
        return folder
    settings = [*_SAFE, *_SLOW, *_pinned(location, Limits.of(source.options))]
    if mirror.is_dir():
        _git(mirror, "fetch", "--prune", "--no-tags", "--quiet", settings=settings, strict=True)
        return mirror
    with at(mirror.parent).making(mirror.name) as partial:
        command = ("clone", "--mirror", "--no-tags", "--quiet", "--", location, str(partial))
        _git(partial.parent, *command, settings=settings, strict=True)
    return mirror


def _pinned(location: str, limits: Limits) -> list[str]:
    """The settings that make git connect to the addresses that were checked. SourceFailed where none may be.

    A name that is not ASCII is pinned as it stands and as the domain name system knows it, whichever git asks for.
    """
    try:
        parts = urlsplit(location)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
            message = "A repository elsewhere is given by its http or https address, without a password."
            raise SourceFailed("url", message)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        name = normal(location).raw_host.decode("ascii")
        addresses = checked(name, port, resolve, allow_private=limits.own([name]).allow_private)
    except FetchError as error:
        raise SourceFailed(error.error, error.message) from error
    except ValueError as error:
        raise SourceFailed("url", f"This is no address: {error}.") from error
    names = dict.fromkeys((parts.hostname, name))
    pins = [f"http.curloptResolve={each}:{port}:{','.join(addresses)}" for each in names]
    return [*pins, f"http.userAgent={limits.agent}"]


def _command(repository: Path, settings: tuple[str, ...] | list[str], *arguments: str) -> list[str]:
    flags = [part for setting in (*_QUIET, *_trusted(os.environ.get("HOME")), *settings) for part in ("-c", setting)]
    return ["git", "-C", str(repository), *flags, *arguments]


@lru_cache(maxsize=4)
def _trusted(home: str | None) -> tuple[str, ...]:
    """The folders of other owners that this user or machine trusts (`safe.directory`), as settings of a command.

    Nothing else of their configuration is heeded.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    kept |= {name: value for name, value in os.environ.items() if name.startswith("GIT_CONFIG_")}
    out: list[str] = []
    for scope in ("--system", "--global"):
        command = ["git", "config", scope, "--null", "--get-all", "safe.directory"]
        try:
            done = subprocess.run(command, cwd="/", env=kept, capture_output=True, stdin=subprocess.DEVNULL)
        except FileNotFoundError:
            return ()
        said = done.stdout.decode("utf-8", "surrogateescape").split("\0")[:-1]
        out += [f"safe.directory={value}" for value in said]
    return tuple(out)


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    off = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    return kept | off | {"GIT_NO_REPLACE_OBJECTS": "1", "GIT_NO_LAZY_FETCH": "1"}


def _git(repository: Path, *arguments: str, settings: tuple[str, ...] | list[str] = (), strict: bool = False) -> bytes:
    """What git prints. SourceFailed where it fails; `rev-parse` may, with nothing, where `strict` is not set."""
    try:
        done = subprocess.run(
            _command(repository, settings, *arguments),
            env=_environment(),
            capture_output=True,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError as error:
        raise SourceFailed("git", "There is no git on this machine.") from error
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    if done.returncode and any("dubious ownership" in line for line in said):
        raise SourceFailed(
            "owner",
            f"The repository at {repository} belongs to somebody else. If you trust it, say so: "
            f"git config --global --add safe.directory {repository}"[:300],
        )
    if done.returncode and (strict or said):
        raise SourceFailed("git", f"git {arguments[0]} failed: {said[-1] if said else done.returncode}"[:300])
    return done.stdout


def _commits(repository: Path, tip: str) -> set[str]:
    """A commit and its ancestors; nothing where it is not there any more."""
    try:
        return set(_git(repository, "rev-list", "--end-of-options", tip).decode().split())
    except SourceFailed:
        return set()


@contextmanager
def _blobs(repository: Path) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """A process that is asked for objects by name and answers with their bytes."""
    process = subprocess.Popen(
        _command(repository, (), "cat-file", "--batch"),
        env=_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield process.stdin, process.stdout
    finally:
        process.stdin.close()
        process.stdout.close()
        process.kill()
        process.wait()


def _read(version: Version, ask: IO[bytes], answer: IO[bytes]) -> bytes | None:
    """The bytes of a version; None where there are too many. SourceFailed where the repository is broken."""
    ask.write(version.blob.encode() + b"\n")
    ask.flush()
    head = answer.readline().split()
    if len(head) != 3 or head[1] != b"blob":
        raise SourceFailed("git", f"The repository lacks the object {version.blob}.")
    size = int(head[2])
    if size > MAX_PAYLOAD:
        left = size + 1
        while left > 0 and (chunk := answer.read(min(left, 1 << 20))):
            left -= len(chunk)
        return None
    payload = answer.read(size)
    answer.read(1)
    if len(payload) != size:
        raise SourceFailed("git", f"The object {version.blob} cannot be read whole.")
    return payload
