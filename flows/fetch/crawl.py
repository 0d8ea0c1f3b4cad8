"""Many addresses on many hosts: each host asked one thing at a time, hosts side by side, within a budget."""

from __future__ import annotations

import heapq
import logging
import queue
import random
import re
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

from flows.faults import sentence, told
from flows.fetch import robots
from flows.fetch.address import Resolver, resolve
from flows.fetch.errors import FetchError
from flows.fetch.limits import Limits
from flows.fetch.url import Url, normal
from flows.fetch.wire import Exchange, Wire

_log = logging.getLogger(__name__)

REDIRECTS = (301, 302, 303, 307, 308)
_AT_EASE = 0.005
"""Seconds within which a host answers that nothing presses: what it took is no reason to wait."""
_AGAIN = (429, 500, 502, 503, 504)
_HOST_FAILS = ("dns", "connect", "tls", "slow", "robots-unreachable", "address")
_OPEN = 50
"""With more hosts than this, the connection to one that has nothing to do is closed."""
_GIVE_UP = 3
"""So many addresses of a host in a row that cannot be reached end the host's turn in this run."""
_BUSY = (429, 503)
_REST = 900.0
"""Seconds for which a host rests that is asked too much and does not say for how long."""


class Resting(Protocol):
    """Which hosts are to be left alone, and until when, over runs."""

    def until(self, host: str, now: datetime) -> datetime | None:
        """Until when a host rests; None where it does not."""

    def rest(self, host: str, now: datetime, seconds: float) -> datetime:
        """Let a host rest; returns until when."""


class _NoRests:
    """Rests of this run alone."""

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}

    def until(self, host: str, now: datetime) -> datetime | None:
        end = self._until.get(host)
        return end if end is not None and end > now else None

    def rest(self, host: str, now: datetime, seconds: float) -> datetime:
        self._until[host] = now + timedelta(seconds=min(seconds, 1e7))
        return self._until[host]


@dataclass(frozen=True)
class Job:
    """An address to fetch. `tag` is the caller's; `trail` holds the addresses that redirected here."""

    url: str
    headers: tuple[tuple[str, str], ...] = ()
    tag: Any = None
    attempt: int = 0
    trail: tuple[str, ...] = ()


@dataclass
class Answer:
    """What came of a job: an exchange or an error. `redirect` is where it points, made absolute.

    `final` is False where the redirect is followed, and its answer comes later. `spare` holds exchanges that are
    worth keeping and are no answers: robots.txt, and attempts that were made again.
    """

    job: Job
    exchange: Exchange | None = None
    error: FetchError | None = None
    redirect: str | None = None
    final: bool = True
    spare: list[Exchange] = field(default_factory=list)
    at: datetime | None = None
    note: FetchError | None = None
    came: float = 0.0
    """When it came, by the clock of waits."""


@dataclass
class _Lane:
    """One host: its queue, its rules, when it may be asked next."""

    host: str
    wire: Wire
    jobs: deque[Job] = field(default_factory=deque)
    rules: dict[str, robots.Rules] = field(default_factory=dict)
    ready: float = 0.0
    busy: bool = False
    listed: bool = False
    failed: int = 0
    busy_answers: int = 0
    spare: list[Exchange] = field(default_factory=list)


class Crawl:
    """Fetches what is put in, and gives answers as they come. More may be put in while answers are taken out.

    `seed` decides the jitter of the waits, which no row depends on. Attempts, redirects and refusals by robots.txt are
    dealt with here; what comes out is final or a step of a redirect.
    """

    def __init__(
        self,
        limits: Limits,
        *,
        seed: str,
        clock: Callable[[], datetime],
        resolver: Resolver = resolve,
        follow: Callable[[Job, str, int], Job | None] | None = None,
        rests: Resting | None = None,
    ) -> None:
        self.limits = limits
        self._rests = rests or _NoRests()
        self.requests = 0
        self.requests_told = 0
        """Requests of which the caller has taken note."""
        self.bytes = 0
        self._clock = clock
        self._resolver = resolver
        self._follow = follow or (lambda job, url, status: replace(job, url=url, headers=()))
        self._random = random.Random(seed)
        self._lanes: dict[str, _Lane] = {}
        self._waiting: list[tuple[float, str]] = []
        self._done: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self._early: deque[Answer] = deque()
        self._busy = 0
        self._workers = ThreadPoolExecutor(limits.hosts, thread_name_prefix="fetch")

    def __enter__(self) -> Crawl:
        return self

    def __exit__(self, *_: object) -> None:
        self._workers.shutdown(wait=True, cancel_futures=True)
        for lane in self._lanes.values():
            lane.wire.close()

    @property
    def left(self) -> int:
        """Addresses that are still to be fetched."""
        return self._busy + sum(len(lane.jobs) for lane in self._lanes.values())

    @property
    def spent(self) -> bool:
        """Whether the budget of the run is used up."""
        return self.requests >= self.limits.max_requests or self.bytes >= self.limits.max_run_bytes

    def put(self, job: Job) -> None:
        """Queue an address; one that cannot be fetched is answered with its error."""
        try:
            url = normal(job.url)
        except FetchError as error:
            self._early.append(Answer(job, error=error))
            return
        until = self._rests.until(site(url), self._clock())
        if until is not None:
            self._early.append(Answer(job, error=_put_off(url, until)))
            return
        lane = self._lanes.get(url.host)
        if lane is None:
            lane = self._lanes[url.host] = _Lane(url.host, Wire(self.limits, self._resolver))
        lane.jobs.append(job if url is job.url else replace(job, url=url))
        self._list(lane)

    def answers(self) -> Iterator[Answer]:
        """Answers until nothing is left to do or the budget is spent."""
        while True:
            while self._early:
                yield self._early.popleft()
            self._start()
            if not self._busy:
                if self.spent or not self._waiting:
                    if self._early:
                        continue
                    return
                time.sleep(max(0.0, min(self._waiting[0][0] - time.monotonic(), 1.0)))
                continue
            timeout = None
            if self._waiting and self._busy < self.limits.hosts and not self.spent:
                timeout = max(0.0, self._waiting[0][0] - time.monotonic())
            try:
                answer = self._done.get(timeout=timeout)
            except queue.Empty:
                continue
            yield from self._settle(answer)

    # ------------------------------------------------------------ scheduling

    def _list(self, lane: _Lane) -> None:
        if lane.jobs and not lane.busy and not lane.listed:
            lane.listed = True
            heapq.heappush(self._waiting, (lane.ready, lane.host))

    def _start(self) -> None:
        now = time.monotonic()
        while self._waiting and self._busy < self.limits.hosts and self._waiting[0][0] <= now and not self.spent:
            lane = self._lanes[heapq.heappop(self._waiting)[1]]
            lane.listed = False
            lane.busy = True
            self._busy += 1
            self.requests += 1
            self._workers.submit(self._work, lane, lane.jobs.popleft())

    def _work(self, lane: _Lane, job: Job) -> None:
        """In a thread: one attempt at one address."""
        answer = Answer(job)
        try:
            origin = normal(job.url).origin
            if self.limits.robots and origin not in lane.rules:
                name = self.limits.agent.partition("/")[0]
                lane.rules[origin] = rules = robots.read(lane.wire, origin, name)
                answer.spare += rules.exchanges
                answer.note = rules.note
            rules_now = lane.rules.get(origin)
            if rules_now is not None and not rules_now.allows(job.url):
                raise FetchError("robots", "robots.txt does not allow this address.")
            if answer.spare and rules_now is not None and rules_now.delay:
                time.sleep(min(rules_now.delay, self.limits.max_wait))
            answer.at = self._clock()
            answer.exchange = lane.wire.get(job.url, dict(job.headers))
        except FetchError as error:
            answer.error = error
            answer.spare += error.exchanges
        except Exception as error:
            _log.warning("%s could not be fetched", job.url, exc_info=error)
            answer.error = FetchError("crash", f"The fetch failed: {sentence(error)}", traceback=told(error))
        answer.came = time.monotonic()
        self._done.put(answer)

    # ------------------------------------------------------------ what an answer means

    def _settle(self, answer: Answer) -> Iterator[Answer]:
        lane = self._lanes[normal(answer.job.url).host]
        lane.busy = False
        self._busy -= 1
        exchange = answer.exchange
        self.requests += len(answer.spare)
        self.bytes += sum(len(each.response) for each in [*answer.spare, *([exchange] if exchange else [])])
        lane.ready = answer.came + self._pause(lane, answer)
        again = self._again(lane, answer)
        if again:
            lane.spare += [*answer.spare, *([exchange] if exchange else [])]
            lane.jobs.appendleft(replace(answer.job, attempt=answer.job.attempt + 1))
        else:
            answer.spare = lane.spare + answer.spare
            lane.spare = []
            self._redirect(answer)
        shut = [] if again else [*self._shut(lane, answer), *self._rest(lane, answer)]
        if len(self._lanes) > _OPEN and not lane.jobs:
            lane.wire.close()
        self._list(lane)
        if not again:
            yield answer
            yield from shut

    def _pause(self, lane: _Lane, answer: Answer) -> float:
        """Seconds before the host is asked again: what it asks for, what the source sets, what it took to answer."""
        rules = lane.rules.get(normal(answer.job.url).origin)
        asked = min(rules.delay, self.limits.max_wait) if rules else 0.0
        took = answer.exchange.seconds if answer.exchange else 0.0
        return max(asked, self.limits.delay, min(took, 5.0) if took > _AT_EASE else 0.0)

    def _again(self, lane: _Lane, answer: Answer) -> bool:
        """Whether a failed attempt is made again; sets when."""
        failed = (
            answer.error.retry if answer.error else answer.exchange is not None and (answer.exchange.status in _AGAIN)
        )
        if not failed or answer.job.attempt + 1 >= self.limits.tries:
            return False
        wait = self.limits.backoff * 2**answer.job.attempt * self._random.uniform(0.5, 1.5)
        told = _told(answer)
        asked = retry_after(told, self._clock()) if told is not None else None
        if asked is not None:
            if asked > self.limits.max_wait:
                return False
            wait = max(wait, asked)
        lane.ready = max(lane.ready, time.monotonic() + min(wait, self.limits.max_wait))
        return True

    def _redirect(self, answer: Answer) -> None:
        """Follow a redirect: the next step is a job of its own."""
        exchange, job = answer.exchange, answer.job
        target = exchange.headers.get("location") if exchange and exchange.status in REDIRECTS else None
        if not target:
            return
        trail = (*job.trail, job.url)
        try:
            answer.redirect = normal(target, job.url)
        except FetchError as error:
            answer.error = FetchError("redirect", f"The redirect cannot be followed: {error.message}")
            return
        if answer.redirect in trail:
            answer.error = FetchError("redirect-loop", f"The redirect leads back to {answer.redirect}.")
        elif len(trail) > self.limits.redirects:
            answer.error = FetchError("redirects", f"More than {self.limits.redirects} redirects, one after the other.")
        else:
            assert exchange is not None
            following = self._follow(replace(job, attempt=0), answer.redirect, exchange.status)
            if following is not None:
                answer.final = False
                self.put(replace(following, trail=trail))

    def _shut(self, lane: _Lane, answer: Answer) -> list[Answer]:
        """End the turn of a host that cannot be reached: what is queued for it is answered with the same error."""
        if answer.error is None or answer.error.error not in _HOST_FAILS:
            lane.failed = 0
            return []
        lane.failed += 1
        if lane.failed < _GIVE_UP:
            return []
        message = f"{lane.host} was not asked, for what was asked before of it failed: {answer.error.message}"
        jobs, lane.jobs = lane.jobs, deque()
        return [Answer(job, error=FetchError("host", message, retry=True)) for job in jobs]

    def _rest(self, lane: _Lane, answer: Answer) -> list[Answer]:
        """Let a host rest that is asked too much: what is queued for it is put off, and the run does not wait for it.

        It rests where it says for how long, and that is longer than a run waits; or where it keeps answering so.
        """
        told = _told(answer)
        if told is None or told.status not in _BUSY:
            lane.busy_answers = 0
            return []
        lane.busy_answers += 1
        now = self._clock()
        asked = retry_after(told, now)
        if asked is None or asked <= self.limits.max_wait:
            if told.status == 503 and asked is None and lane.busy_answers < _GIVE_UP:
                return []  # one page that fails is not a host that is asked too much
            asked = max(asked or 0.0, _REST)
        here = normal(answer.job.url)
        until = self._rests.rest(site(here), now, asked)
        waiting, lane.jobs = lane.jobs, deque()
        off = [job for job in waiting if site(normal(job.url)) == site(here)]
        lane.jobs.extend(job for job in waiting if site(normal(job.url)) != site(here))
        return [Answer(job, error=_put_off(normal(job.url), until)) for job in off]


def site(url: Url) -> str:
    """What rests when a host asks for it: the host, with its port where that is not the usual one."""
    return url.host if url.port is None else f"{url.host}:{url.port}"


def _put_off(url: Url, until: datetime) -> FetchError:
    return FetchError("put-off", f"{site(url)} asks to be left alone until {until:%Y-%m-%d %H:%M:%S} UTC.", retry=True)


def _told(answer: Answer) -> Exchange | None:
    """What the host said, to the request itself or to that of its robots.txt."""
    return answer.exchange or (answer.error.exchanges[-1] if answer.error and answer.error.exchanges else None)


def retry_after(exchange: Exchange, now: datetime) -> float | None:
    """Seconds that an answer asks to wait (Retry-After, as a number or a date); None where it asks nothing."""
    text = exchange.headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]+(?:\.[0-9]*)?", text):
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return max(0.0, (moment - now).total_seconds())
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
