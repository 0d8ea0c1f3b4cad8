"""A visit to the web on behalf of a source: what it wants, fetched, kept, and remembered."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from math import inf
from urllib.parse import urlsplit

from flows.capture import payloads, web
from flows.capture.known import First, Held
from flows.capture.rows import Origin, reject
from flows.capture.seen import Seen
from flows.capture.session import Batch, Session
from flows.extract.registry import canonical
from flows.fetch.address import Resolver, resolve
from flows.fetch.crawl import Answer, Crawl, Job, site
from flows.fetch.errors import FetchError
from flows.fetch.limits import Limits
from flows.fetch.url import hosts, normal
from flows.sources.kinds import SourceFailed
from flows.sources.owing import Owing
from flows.sources.registry import Source
from warehouse.errors import Damaged
from warehouse.records import payload_at, read_message

BATCH_CAPTURES = 256
BATCH_BYTES = 32 << 20
_ASKED = 512
_TOGETHER = 16
_SOON = 0.05
"""So many answers are taken together, or those of so many seconds: a run that is killed loses no more than that."""
PERMANENT = (301, 308)


@dataclass(frozen=True)
class Want:
    """An address that a source wants.

    A `page` is captured. A `list` only says where pages are (a feed, a sitemap): its bytes are kept, and it is no
    capture. `mark` is noted under `key` once it was fetched, so that it need not be again while that stays the same.
    """

    url: str
    role: str = "page"
    key: str | None = None
    mark: str | None = None
    depth: int = 0


@dataclass(frozen=True)
class Inline:
    """A text that a list holds itself, captured as a resource of its own. `key` and `mark` as of a Want."""

    url: str
    payload: bytes
    media_type: str
    key: str
    mark: str


Found = Want | Inline | FetchError
"""An address or a text that was found, or why one cannot be followed."""

Reader = Callable[[Want, str, bytes], Iterable[Found]]
"""What was wanted, the address that answered, and its payload: to what was found. May raise FetchError."""


@dataclass(frozen=True)
class _Tag:
    """What a job is about. `first` is where the bytes of the last answer lie, looked up beforehand."""

    want: Want
    held: Held | None
    first: First | None = None


Before = dict[str, tuple[str | None, str | None, int | None]]
"""Addresses with where they redirect to, the payload's SHA-256, and the status."""

_RESTED = "rested "
_GONE = (404, 410, 451)


def _site(url: str) -> str:
    return site(normal(url))


class Visit:
    """One run's part of a round.

    `read` finds further addresses in lists, and in pages where `follow_pages` is set. A redirect to an address that is
    not `allowed` is kept and not followed, unless `moves` (of what was wanted, the target and the status) says that a
    site has moved there. With `owes`, addresses that it takes and that gave no page are asked for again, at growing
    distances, when no list names them any longer. `own` are further addresses that the source itself names.
    """

    def __init__(
        self,
        source: Source,
        session: Session,
        seen: Seen,
        *,
        read: Reader | None = None,
        follow_pages: bool = False,
        allowed: Callable[[str], bool] | None = None,
        moves: Callable[[Want, str, int], bool] | None = None,
        owes: Callable[[str], bool] | None = None,
        resolver: Resolver = resolve,
        own: Iterable[str] = (),
    ) -> None:
        self.source = source
        self.limits = Limits.of(source.options).own(hosts(source.location, *own))
        self._session = session
        self._memory = seen.memory
        self._read = read
        self._follow_pages = follow_pages
        self._allowed = allowed or (lambda url: True)
        self._moves = moves or (lambda want, url, status: False)
        self._owes = owes
        self._rests = seen.rests
        self._resolver = resolver
        self._began, resumed = self._memory.begin(session.clock)
        self._before = session.known.since(source.id, self._began) if resumed else self._of_rested()
        self._owing = Owing(seen.memory, session.known.failing(source.id), session.clock, by_list=owes is not None)
        self._put_off: dict[str, tuple[str, str, int]] = {}
        self._late = False
        """Whether something that lists name was not asked for, or gave no page."""
        self._asked: set[str] = set()
        self._outside: set[str | None] = set()
        self._found: list[Want] = []
        self._validators: dict[str, str | None] = {}
        self._batch = Batch()
        self._waiting: list[Answer] = []
        self._taken = time.monotonic()
        self._good = 0
        self._bad = 0
        self._last: tuple[str, str, str] | None = None

    def run(self, wants: Iterable[Want]) -> Iterator[Batch]:
        """Fetch what is wanted and what is found on the way. SourceFailed, at the end, where nothing could be had."""
        session, limits = self._session, self.limits
        waiting = iter(wants)
        window = max(_ASKED, limits.max_requests)
        with Crawl(
            limits,
            seed=self.source.id,
            clock=session.clock,
            resolver=self._resolver,
            follow=self._following,
            rests=self._rests,
        ) as crawl:
            more = self._put(crawl, waiting, window)
            while True:
                for answer in crawl.answers():
                    self._waiting.append(answer)
                    if len(self._waiting) < _TOGETHER and time.monotonic() - self._taken < _SOON:
                        continue
                    self._take_waiting()
                    if self._found:
                        found, self._found = self._found, []
                        self._put(crawl, iter(found))
                    if more and crawl.left < window // 2:
                        more = self._put(crawl, waiting, window)
                    if len(self._batch.captures) >= BATCH_CAPTURES or self._batch.bytes >= BATCH_BYTES:
                        yield self._handed_over(crawl)
                self._take_waiting()
                if not self._found and not more:
                    self._found = self._owed()
                if (not self._found and not more) or crawl.spent:
                    break
                found, self._found = self._found, []
                self._put(crawl, iter(found))
                more = more and self._put(crawl, waiting, window)
            if crawl.spent and crawl.left:
                message = (
                    f"The budget of {limits.max_requests} requests and {limits.max_run_bytes} bytes is spent; "
                    "the next run goes on from here."
                )
                self._batch.rejects.append(reject(self.source.id, self.source.location, "budget", message))
            else:
                self._finish()
            for origin, message, number in self._put_off.values():
                self._last = "put-off", f"{message} Addresses that are put off until then: {number}.", origin
                self._say(origin, *self._last[:2])
            yield self._handed_over(crawl)
        if (self._bad or self._put_off) and not self._good and self._last is not None:
            raise SourceFailed(*self._last)

    def _finish(self) -> None:
        """Everything was asked: the round is over, and lists may be answered 304 if nothing of them is owed."""
        self._memory.end()
        for key in sorted(self._validators):
            self._memory.note(key, None if self._bad or self._late else self._validators[key])
        # The rest of a host's round is for the runs after its rest; the rounds of the other hosts are over.
        for key in self._memory.under(_RESTED):
            if key.removeprefix(_RESTED) not in self._put_off:
                self._memory.note(key, None)
        for name in sorted(self._put_off):
            if self._memory.mark(_RESTED + name) is None:
                self._memory.note(_RESTED + name, self._began.isoformat())

    def _of_rested(self) -> Before:
        """What a former round has of the hosts that were put off in it."""
        rested = {key.removeprefix(_RESTED): mark for key, mark in self._memory.under(_RESTED).items()}
        if not rested:
            return {}
        found = self._session.known.since(self.source.id, datetime.fromisoformat(min(rested.values())))
        return {uri: held for uri, held in found.items() if _site(uri) in rested}

    def _owed(self) -> list[Want]:
        """What is owed and named by no list, once: after everything else, for a list may name it still."""
        owes, self._owes = self._owes, None
        return [Want(url) for url in self._owing.due(owes) if url not in self._asked] if owes is not None else []

    def _handed_over(self, crawl: Crawl) -> Batch:
        batch, self._batch = self._batch, Batch()
        batch.requests, crawl.requests_told = crawl.requests - crawl.requests_told, crawl.requests
        return batch

    # ------------------------------------------------------------ asking

    def _put(self, crawl: Crawl, wants: Iterator[Want], most: float = inf) -> bool:
        """Queue what is wanted until so much is queued; returns whether there may be more."""
        while crawl.left < most:
            chunk = list(islice(wants, _ASKED))
            if not chunk:
                return False
            fresh = [each for each in map(self._normal, chunk) if each is not None and self._due(each)]
            pages = [each.url for each in fresh if each.role == "page"]
            held = self._session.known.held(self.source.id, pages)
            asked = [each.payload_sha256 for each in held.values() if each.etag or each.last_modified]
            firsts = self._session.known.payloads(asked)
            for want in fresh:
                old = held.get(want.url)
                crawl.put(self._job(want, old, firsts.get(old.payload_sha256) if old else None))
        return True

    def _normal(self, want: Want) -> Want | None:
        """The want in the address's normal form; None where it was asked for, or is no address."""
        try:
            want = replace(want, url=normal(want.url))
        except FetchError as error:
            self._fail(want.url, error.error, error.message)
            return None
        if want.url in self._asked:
            return None
        self._asked.add(str(want.url))
        return want

    def _due(self, want: Want) -> bool:
        """Whether an address is still to be fetched in this round; what an earlier run has of it is read again."""
        if want.key is not None and want.mark is not None and self._memory.mark(want.key) == want.mark:
            return False
        if want.role != "page":
            return True
        if not self._owing.is_time(want.url):
            self._late = True
            return False
        if want.url not in self._before:
            return True
        location, sha256, status = self._before[want.url]
        if want.key is not None:
            self._memory.note(want.key, want.mark)
        self._good += 1
        if location is not None:
            if self._may_follow(want, location, status or 302):
                self._found.append(replace(want, url=location, key=None))
        elif self._follow_pages:
            self._look(want, want.url, self._archived(sha256))
        return False

    def _job(self, want: Want, held: Held | None, first: First | None = None) -> Job:
        headers = []
        if want.role == "list":
            stored = json.loads(self._memory.mark(f"list {want.url}") or "{}")
            headers = [(name, stored[name]) for name in ("If-None-Match", "If-Modified-Since") if stored.get(name)]
        elif held is not None:
            if held.etag:
                headers.append(("If-None-Match", held.etag))
            if held.last_modified:
                headers.append(("If-Modified-Since", held.last_modified.strftime("%a, %d %b %Y %H:%M:%S GMT")))
        return Job(want.url, tuple(headers), _Tag(want, held, first))

    def _may_follow(self, want: Want, url: str, status: int) -> bool:
        """Whether a redirect is followed. That a site or a list has moved, or leads out of the scope, is said."""
        inside = self._allowed(url)
        if not inside and not self._moves(want, url, status):
            where = urlsplit(url).hostname
            if where not in self._outside:
                self._outside.add(where)
                message = f"It redirects to {url}, which is out of the scope; name {where} in `within` to follow."
                self._say(want.url, "out-of-scope", message)
            return False
        if not inside or (want.role == "list" and status in PERMANENT):
            self._say(want.url, "moved", f"It has moved to {url} and is followed there; change the source to that.")
        return True

    def _following(self, job: Job, url: str, status: int) -> Job | None:
        """The next step of a redirect; None where its target is or was asked for on its own."""
        tag: _Tag = job.tag
        if (url in self._asked and url not in job.trail) or not self._may_follow(tag.want, url, status):
            return None
        if tag.want.role == "page" and not self._owing.is_time(url):
            return None
        self._asked.add(url)
        if tag.want.role == "page" and url in self._before:
            return None
        held = self._session.known.held(self.source.id, [url]).get(url) if tag.want.role == "page" else None
        return replace(self._job(replace(tag.want, url=url), held), trail=job.trail)

    # ------------------------------------------------------------ taking

    def _take_waiting(self) -> None:
        """Take the answers that wait. What the archive holds of them is asked once, for asking takes its time."""
        waiting, self._waiting, self._taken = self._waiting, [], time.monotonic()
        told = [self._read_answer(answer) for answer in waiting]
        tags: list[_Tag] = [answer.job.tag for answer in waiting]
        firsts = {tag.held.payload_sha256: tag.first for tag in tags if tag.held is not None and tag.first is not None}
        asked = [each.sha256 for each in told if each is not None and each.sha256 and each.size]
        self._session.look_up((sha256 for sha256 in asked if sha256 not in firsts), firsts)
        for answer, each in zip(waiting, told, strict=True):
            self._take(answer, each)

    @staticmethod
    def _read_answer(answer: Answer) -> web.Told | None:
        """What the answer of a page says; None where there is no answer, or it is of a list."""
        tag: _Tag = answer.job.tag
        if answer.exchange is None or tag.want.role == "list":
            return None
        return web.read(answer.exchange, tag.held)

    def _take(self, answer: Answer, told: web.Told | None) -> None:
        session, source, batch = self._session, self.source, self._batch
        tag: _Tag = answer.job.tag
        at = answer.at or session.clock()
        for spare in answer.spare:
            if web.aside(spare, at, session, self._memory):
                batch.bytes += len(spare.body)
        if answer.note is not None:
            batch.rejects.append(reject(source.id, answer.job.url, answer.note.error, answer.note.message))
        exchange = answer.exchange
        if exchange is not None and tag.want.role == "list":
            if web.aside(exchange, at, session, self._memory):
                batch.bytes += len(exchange.body)
            if answer.final and answer.error is None:
                self._take_list(answer, tag.want)
        elif exchange is not None and told is not None:
            kept = web.keep(source, exchange, told, at, session, batch)
            if answer.final and answer.error is None:
                self._take_page(answer, tag, kept)
        if answer.error is not None:
            self._miss(answer.job.url, tag.want, answer.error)

    def _take_list(self, answer: Answer, want: Want) -> None:
        """Read a list. Its validators are kept only of a whole, sound one: else it would answer 304 for ever."""
        exchange = answer.exchange
        assert exchange is not None
        if exchange.status == 304:
            self._good += 1
            return
        self._validators[f"list {want.url}"] = None
        message = read_message(exchange.response)
        if exchange.status != 200 or message.payload is None:
            error = message.problem if message.problem and exchange.status == 200 else None
            self._fail(exchange.url, *(error or (f"http-{exchange.status}", f"It answers {exchange.status}.")))
            return
        bad = self._bad
        whole = message.problem is None and exchange.extra == 0
        if message.problem:
            self._say(exchange.url, *message.problem)
        if self._look(want, exchange.url, message.payload) and whole:
            stored = {
                "If-None-Match": exchange.headers.get("etag"),
                "If-Modified-Since": exchange.headers.get("last-modified"),
            }
            self._validators[f"list {want.url}"] = json.dumps(stored)
        self._good += self._bad == bad

    def _take_page(self, answer: Answer, tag: _Tag, kept: web.Kept) -> None:
        exchange, want = answer.exchange, tag.want
        assert exchange is not None
        self._owing.reached(exchange.url)
        if kept.refused is not None:
            self._late = True
            if exchange.status in _GONE:  # the host answers as it should
                self._good += 1
            else:
                self._bad += 1
                self._last = (*kept.refused, exchange.url)
            return
        self._good += 1
        if answer.redirect is not None and answer.redirect in self._owing.failing:
            self._late = True  # the page itself is still to be had
        elif want.key is not None:
            self._memory.note(want.key, want.mark)
        if self._follow_pages and exchange.status in (200, 304):
            old = exchange.status == 304 and tag.held is not None
            payload = self._archived(tag.held.payload_sha256) if old and tag.held else kept.payload
            self._look(want, exchange.url, payload)

    def _look(self, want: Want, url: str, payload: bytes | None) -> bool:
        """Find further addresses; what cannot be read is said and keeps nothing else back.

        Returns whether all of them are pages that carry a mark: only then does an unchanged list mean that nothing is
        to be done.
        """
        if self._read is None or payload is None:
            return False
        marked = True
        found = iter(self._read(want, url, payload))
        while True:
            try:
                each = next(found, None)
            except FetchError as error:
                self._fail(url, error.error, error.message)
                return False
            except Exception as error:  # whatever a list does to its reader, the other lists are read
                logging.getLogger(__name__).warning("%s could not be read", url, exc_info=error)
                self._fail(url, "crash", f"The list could not be read: {type(error).__name__}: {error}"[:300])
                return False
            if each is None:
                return marked
            if isinstance(each, FetchError):
                self._say(url, each.error, each.message)
                marked = False
            elif isinstance(each, Inline):
                self._keep_inline(each)
            else:
                self._found.append(each)
                marked &= each.role == "page" and each.mark is not None

    def _keep_inline(self, found: Inline) -> None:
        """Capture a text that stands in a list, where it is not what was captured of it last."""
        if self._memory.mark(found.key) == found.mark:
            return
        self._memory.note(found.key, found.mark)
        sha256 = hashlib.sha256(found.payload).hexdigest()
        if self._session.known.latest(self.source.id, [found.url]).get(found.url) == sha256:
            return
        origin = Origin(
            source_id=self.source.id,
            uri=found.url,
            outlet=urlsplit(found.url).hostname or self.source.id,
            media_type=found.media_type,
            parser=canonical(self.source.hints),
        )
        first = self._session.first([sha256]).get(sha256)
        at = self._session.clock()
        payloads.keep(origin, found.payload, sha256, len(found.payload), at, first, self._session, self._batch)

    def _archived(self, sha256: str | None) -> bytes | None:
        """A payload that the archive holds; None where it cannot be had."""
        first = self._session.known.payloads([sha256]).get(sha256) if sha256 else None
        if first is None or first.place is None:
            return None
        place = first.place
        try:
            return payload_at(self._session.raw, place.warc_file, place.offset, place.length, first.record_type)
        except Damaged:
            return None

    def _miss(self, url: str, want: Want, error: FetchError) -> None:
        """An address that gave no answer. One that a list named is remembered, for lists forget."""
        self._late = True
        if want.role == "page":
            self._owing.missed(url, error.error)
        if error.error != "put-off":
            self._fail(url, error.error, error.message)
            return
        name, address = _site(url), normal(url)
        _, _, number = self._put_off.get(name, ("", "", 0))
        self._put_off[name] = (address.origin + "/", error.message, number + 1)
        if want.key is not None:
            self._say(url, "put-off", "It was not asked for yet, because its host asked to be left alone.")

    def _fail(self, url: str, error: str, message: str) -> None:
        self._bad += 1
        self._last = (error, message, url)
        self._say(url, error, message)

    def _say(self, url: str, error: str, message: str) -> None:
        self._batch.rejects.append(reject(self.source.id, url, error, message))
