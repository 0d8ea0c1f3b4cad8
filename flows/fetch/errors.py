"""Why something could not be fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.fetch.wire import Exchange


class FetchError(Exception):
    """Nothing usable came back. `error` is a short name, the message one sentence; `retry` says that later may do.

    `exchanges` holds what came and is worth keeping, the last of them the answer that is the error; `traceback` what
    `flows.faults.told` makes of an exception that nobody foresaw.
    """

    def __init__(
        self,
        error: str,
        message: str,
        *,
        retry: bool = False,
        exchanges: tuple[Exchange, ...] = (),
        traceback: str | None = None,
    ) -> None:
        super().__init__(message)
        self.error = error
        self.message = message
        self.retry = retry
        self.exchanges = exchanges
        self.traceback = traceback
