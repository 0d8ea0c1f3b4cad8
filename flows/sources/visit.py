"""A visit to the web on behalf of a source: what it wants, fetched, kept, and remembered."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from math import inf
from urllib.parse import urlsplit

from flows.capture import web
from flows.capture.known import First, Held
from flows.capture.seen import Seen
from flows.capture.session import Batch, Session
from flows.fetch.address import Resolver, resolve
from flows.fetch.crawl import Answer, Crawl, Job
from flows.fetch.errors import FetchError
from flows.fetch.limits import Limits
from flows.fetch.url import hosts, normal
from flows.sources.finding import Finder
from flows.sources.owing import Owing
from flows.sources.registry import Source
from flows.sources.rounds import Round
from flows.sources.tally import Tally
from flows.sources.wants import Reader, Tag, Want

BATCH_CAPTURES = 256
BATCH_BYTES = 32 << 20
_ASKED = 512
TOGETHER = 16
_SOON = 0.05
"""So many answers are taken together, or those of so many seconds: a run that is killed loses no more than that."""
PERMANENT = (301, 308)
_GONE = (404, 410, 451)


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
        self._follow_pages = follow_pages
        self._allowed = allowed or (lambda url: True)
        self._moves = moves or (lambda want, url, status: False)
        self._owes = owes
        self._rests = seen.rests
        self._resolver = resolver
        self._tally = Tally(source.id)
        self._round = Round(seen.memory, session.known, source.id, session.clock)
        self._finder = Finder(source, session, seen.memory, self._tally, self._round, read)
        self._owing = Owing(seen.memory, session.known.failing(source.id), session.clock, by_list=owes is not None)
        self._asked: set[str] = set()
        self._outside: set[str | None] = set()
        self._waiting: list[Answer] = []
        self._taken = time.monotonic()

    def run(self, wants: Iterable[Want]) -> Iterator[Batch]:
        """Fetch what is wanted and what is found on the way. SourceFailed, at the end, where nothing could be had."""
        session, limits, tally, finder = self._session, self.limits, self._tally, self._finder
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
                    if len(self._waiting) < TOGETHER and time.monotonic() - self._taken < _SOON:
                        continue
                    self._take_waiting()
                    if finder.found:
                        self._put(crawl, iter(finder.taken()))
                    if more and crawl.left < window // 2:
                        more = self._put(crawl, waiting, window)
                    if len(tally.batch.captures) >= BATCH_CAPTURES or tally.batch.bytes >= BATCH_BYTES:
                        yield tally.handed_over(crawl)
                self._take_waiting()
                if not finder.found and not more:
                    finder.found = self._owed()
                if (not finder.found and not more) or crawl.spent:
                    break
                self._put(crawl, iter(finder.taken()))
                more = more and self._put(crawl, waiting, window)
            if crawl.spent and crawl.left:
                message = (
                    f"The budget of {limits.max_requests} requests and {limits.max_run_bytes} bytes is spent; "
                    "the next run goes on from here."
                )
                tally.say(self.source.location, "budget", message)
            else:
                self._round.end(sound=not tally.bad)
            for origin, message in self._round.rests():
                tally.put_off(origin, message)
            yield tally.handed_over(crawl)
        tally.settle()

    def _owed(self) -> list[Want]:
        """What is owed and named by no list, once: after everything else, for a list may name it still."""
        owes, self._owes = self._owes, None
        return [Want(url) for url in self._owing.due(owes) if url not in self._asked] if owes is not None else []

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
            self._tally.fail(want.url, error)
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
        if self._session.removed.closed(want.url):
            return False
        if not self._owing.is_time(want.url):
            self._round.late = True
            return False
        if want.url not in self._round.before:
            return True
        location, sha256, status = self._round.before[want.url]
        if want.key is not None:
            self._memory.note(want.key, want.mark)
        self._tally.good += 1
        if location is not None:
            if self._may_follow(want, location, status or 302):
                self._finder.found.append(replace(want, url=location, key=None))
        elif self._follow_pages:
            self._finder.look_again(want, want.url, sha256)
        return False

    def _job(self, want: Want, held: Held | None, first: First | None = None) -> Job:
        headers = []
        if want.role == "list":
            headers = self._round.conditions(want.url)
        elif held is not None:
            if held.etag:
                headers.append(("If-None-Match", held.etag))
            if held.last_modified:
                headers.append(("If-Modified-Since", held.last_modified.strftime("%a, %d %b %Y %H:%M:%S GMT")))
        return Job(want.url, tuple(headers), Tag(want, held, first))

    def _may_follow(self, want: Want, url: str, status: int) -> bool:
        """Whether a redirect is followed. That a site or a list has moved, or leads out of the scope, is said."""
        inside = self._allowed(url)
        if not inside and not self._moves(want, url, status):
            where = urlsplit(url).hostname
            if where not in self._outside:
                self._outside.add(where)
                message = f"It redirects to {url}, which is out of the scope; name {where} in `within` to follow."
                self._tally.say(want.url, "out-of-scope", message)
            return False
        if not inside or (want.role == "list" and status in PERMANENT):
            message = f"It has moved to {url} and is followed there; change the source to that."
            self._tally.say(want.url, "moved", message)
        return True

    def _following(self, job: Job, url: str, status: int) -> Job | None:
        """The next step of a redirect; None where its target is or was asked for on its own."""
        tag: Tag = job.tag
        if (url in self._asked and url not in job.trail) or not self._may_follow(tag.want, url, status):
            return None
        if tag.want.role == "page" and (not self._owing.is_time(url) or self._session.removed.closed(url)):
            return None
        self._asked.add(url)
        if tag.want.role == "page" and url in self._round.before:
            return None
        held = self._session.known.held(self.source.id, [url]).get(url) if tag.want.role == "page" else None
        return replace(self._job(replace(tag.want, url=url), held), trail=job.trail)

    # ------------------------------------------------------------ taking

    def _take_waiting(self) -> None:
        """Take the answers that wait. What the archive holds of them is asked once, for asking takes its time."""
        waiting, self._waiting, self._taken = self._waiting, [], time.monotonic()
        told = [self._read_answer(answer) for answer in waiting]
        tags: list[Tag] = [answer.job.tag for answer in waiting]
        firsts = {tag.held.payload_sha256: tag.first for tag in tags if tag.held is not None and tag.first is not None}
        asked = [each.sha256 for each in told if each is not None and each.sha256 and each.size]
        self._session.look_up((sha256 for sha256 in asked if sha256 not in firsts), firsts)
        for answer, each in zip(waiting, told, strict=True):
            self._take(answer, each)

    @staticmethod
    def _read_answer(answer: Answer) -> web.Told | None:
        """What the answer of a page says; None where there is no answer, or it is of a list."""
        tag: Tag = answer.job.tag
        if answer.exchange is None or tag.want.role == "list":
            return None
        return web.read(answer.exchange, tag.held)

    def _take(self, answer: Answer, told: web.Told | None) -> None:
        session, source, batch = self._session, self.source, self._tally.batch
        tag: Tag = answer.job.tag
        at = answer.at or session.clock()
        for spare in answer.spare:
            if web.aside(spare, at, session, self._memory):
                batch.bytes += len(spare.body)
        if answer.note is not None:
            self._tally.say(answer.job.url, answer.note.error, answer.note.message)
        exchange = answer.exchange
        if exchange is not None and tag.want.role == "list":
            if web.aside(exchange, at, session, self._memory):
                batch.bytes += len(exchange.body)
            if answer.final and answer.error is None:
                self._finder.take_list(exchange, tag.want)
        elif exchange is not None and told is not None:
            kept = web.keep(source, exchange, told, at, session, batch)
            if answer.final and answer.error is None:
                self._take_page(answer, tag, kept)
        if answer.error is not None:
            self._miss(answer.job.url, tag.want, answer.error)

    def _take_page(self, answer: Answer, tag: Tag, kept: web.Kept) -> None:
        exchange, want = answer.exchange, tag.want
        assert exchange is not None
        self._owing.reached(exchange.url)
        if kept.refused is not None:
            self._round.late = True
            if exchange.status in _GONE:  # the host answers as it should
                self._tally.good += 1
            else:
                self._tally.blame(exchange.url, *kept.refused)
            return
        self._tally.good += 1
        if answer.redirect is not None and answer.redirect in self._owing.failing:
            self._round.late = True  # the page itself is still to be had
        elif want.key is not None:
            self._memory.note(want.key, want.mark)
        if self._follow_pages and exchange.status in (200, 304):
            if exchange.status == 304 and tag.held is not None:
                self._finder.look_again(want, exchange.url, tag.held.payload_sha256)
            else:
                self._finder.look(want, exchange.url, kept.payload)

    def _miss(self, url: str, want: Want, error: FetchError) -> None:
        """An address that gave no answer. One that a list named is remembered, for lists forget."""
        self._round.late = True
        if want.role == "page":
            self._owing.missed(url, error.error)
        if error.error != "put-off":
            self._tally.fail(url, error)
            return
        self._round.put_off(url, error.message)
        if want.key is not None:
            self._tally.say(url, "put-off", "It was not asked for yet, because its host asked to be left alone.")
