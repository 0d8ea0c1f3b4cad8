"""What a visit has come to so far: what is to be kept, how much could be had, and what is said of the rest."""

from __future__ import annotations

from flows.capture.rows import reject
from flows.capture.session import Batch
from flows.fetch.crawl import Crawl
from flows.fetch.errors import FetchError
from flows.sources.kinds import SourceFailed


class Tally:
    """The batch of one source's visit, and whether there is anything to show for the visit."""

    def __init__(self, source_id: str) -> None:
        self.batch = Batch()
        self.good = 0
        self.bad = 0
        self._source_id = source_id
        self._last: tuple[str, str, str, str | None] | None = None

    def say(self, url: str, error: str, message: str, traceback: str | None = None) -> None:
        """Tell of something, whether or not it is a failure."""
        self.batch.rejects.append(reject(self._source_id, url, error, message, traceback=traceback))

    def fail(self, url: str, error: FetchError) -> None:
        """Something could not be had."""
        self.blame(url, error.error, error.message, error.traceback)
        self.say(url, error.error, error.message, error.traceback)

    def blame(self, url: str, error: str, message: str, traceback: str | None = None) -> None:
        """Something could not be had, and its reject is written elsewhere."""
        self.bad += 1
        self._last = error, message, url, traceback

    def put_off(self, url: str, message: str) -> None:
        """A host was not asked, or not to the end. That is no failure where anything else could be had."""
        self._last = "put-off", message, url, None
        self.say(url, "put-off", message)

    def handed_over(self, crawl: Crawl) -> Batch:
        """The batch, with the requests that were made for it; another one is begun."""
        batch, self.batch = self.batch, Batch()
        batch.requests, crawl.requests_told = crawl.requests - crawl.requests_told, crawl.requests
        return batch

    def settle(self) -> None:
        """At the end of a visit: raises SourceFailed, with the last reason, where nothing could be had."""
        if self._last is not None and not self.good:
            raise SourceFailed(*self._last)
