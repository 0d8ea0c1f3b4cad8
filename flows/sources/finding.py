"""What lists and pages name: read without letting one that cannot be read keep the others back."""

from __future__ import annotations

import hashlib
import logging
from urllib.parse import urlsplit

from flows.capture import payloads
from flows.capture.rows import Origin
from flows.capture.session import Session
from flows.extract.registry import canonical
from flows.faults import sentence, told
from flows.fetch.errors import FetchError
from flows.fetch.wire import Exchange
from flows.sources.memory import Memory
from flows.sources.registry import Source
from flows.sources.rounds import Round
from flows.sources.tally import Tally
from flows.sources.wants import Inline, Reader, Want
from warehouse.errors import Damaged
from warehouse.records import payload_at, read_message


class Finder:
    """Reads with the source's `read`. `found` is what was found and not yet asked for; texts are captured at once."""

    def __init__(
        self, source: Source, session: Session, memory: Memory, tally: Tally, rounds: Round, read: Reader | None
    ) -> None:
        self.found: list[Want] = []
        self._source = source
        self._session = session
        self._memory = memory
        self._tally = tally
        self._round = rounds
        self._read = read

    def taken(self) -> list[Want]:
        """What was found since this was called last."""
        found, self.found = self.found, []
        return found

    def take_list(self, exchange: Exchange, want: Want) -> None:
        """Read a list. Its validators are kept only of a whole, sound one: else it would answer 304 for ever."""
        tally = self._tally
        if exchange.status == 304:
            tally.good += 1
            return
        self._round.validators(want.url, None)
        message = read_message(exchange.response)
        if exchange.status != 200 or message.payload is None:
            error = message.problem if message.problem and exchange.status == 200 else None
            said = error or (f"http-{exchange.status}", f"It answers {exchange.status}.")
            tally.fail(exchange.url, FetchError(*said))
            return
        bad = tally.bad
        whole = message.problem is None and exchange.extra == 0
        if message.problem:
            tally.say(exchange.url, *message.problem)
        if self.look(want, exchange.url, message.payload) and whole:
            self._round.validators(want.url, exchange)
        tally.good += tally.bad == bad

    def look(self, want: Want, url: str, payload: bytes | None) -> bool:
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
                self._tally.fail(url, error)
                return False
            except Exception as error:  # whatever a list does to its reader, the other lists are read
                logging.getLogger(__name__).warning("%s could not be read", url, exc_info=error)
                message = f"The list could not be read: {sentence(error)}"
                self._tally.fail(url, FetchError("crash", message, traceback=told(error)))
                return False
            if each is None:
                return marked
            if isinstance(each, FetchError):
                self._tally.say(url, each.error, each.message, each.traceback)
                marked = False
            elif self._session.removed.closed(each.url):
                self._session.spoilt.add(url)
                marked = False
            elif isinstance(each, Inline):
                self._keep(each, url)
            else:
                self.found.append(each)
                marked &= each.role == "page" and each.mark is not None

    def look_again(self, want: Want, url: str, sha256: str | None) -> None:
        """Find further addresses in a page that the archive holds."""
        self.look(want, url, self._archived(sha256))

    def _keep(self, found: Inline, url: str) -> None:
        """Capture a text that stands in the list at `url`, where it is not what was captured of it last."""
        session, source = self._session, self._source
        sha256 = hashlib.sha256(found.payload).hexdigest()
        if sha256 in session.removed.payloads:
            session.spoilt.add(url)
            return
        if self._memory.mark(found.key) == found.mark:
            return
        self._memory.note(found.key, found.mark)
        if session.known.latest(source.id, [found.url]).get(found.url) == sha256:
            return
        origin = Origin(
            source_id=source.id,
            uri=found.url,
            outlet=urlsplit(found.url).hostname or source.id,
            media_type=found.media_type,
            parser=canonical(source.hints),
        )
        first = session.first([sha256]).get(sha256)
        batch = self._tally.batch
        payloads.keep(origin, found.payload, sha256, len(found.payload), session.clock(), first, session, batch)

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
