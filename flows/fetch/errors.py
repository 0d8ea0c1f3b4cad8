"""Why something could not be fetched."""

from __future__ import annotations


class FetchError(Exception):
    """Nothing usable came back. `error` is a short name, the message one sentence; `retry` says that later may do."""

    def __init__(self, error: str, message: str, *, retry: bool = False) -> None:
        super().__init__(message)
        self.error = error
        self.message = message
        self.retry = retry
