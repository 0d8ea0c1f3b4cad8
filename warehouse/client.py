"""The client of a bucket: made once a process for each address, from what the environment says."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from functools import lru_cache
from typing import Any

from obstore.exceptions import PermissionDeniedError, UnauthenticatedError
from obstore.store import from_url

PART = 8 << 20
"""Bytes of one part of a large object. S3 takes 10,000 parts at most, and a segment is 1 GB."""
_PATIENCE = 60.0
"""Seconds that a request is repeated while the server is away or asks to slow down."""

_REFUSED = re.compile(
    r"status code: 40[13] |<Code>(AccessDenied|SignatureDoesNotMatch|InvalidAccessKeyId|ExpiredToken)<"
)


def patience() -> float:
    """Seconds that a request is repeated before a run gives up: DIBAO_PATIENCE, else a minute."""
    try:
        return max(0.0, float(os.environ.get("DIBAO_PATIENCE") or _PATIENCE))
    except ValueError:
        return _PATIENCE


def environment() -> dict[str, str]:
    """What the environment says of the server and how to be let in, for a library that reads no environment itself."""
    found = {name: value for name, value in os.environ.items() if name.startswith("AWS_") and value}
    endpoint = found.get("AWS_ENDPOINT_URL_S3") or found.get("AWS_ENDPOINT_URL") or found.get("AWS_ENDPOINT")
    if endpoint:
        found |= {"AWS_ENDPOINT_URL": endpoint, "AWS_ALLOW_HTTP": str(endpoint.startswith("http://")).lower()}
    return found


def store(address: str) -> Any:
    """The store at an address. Raises WarehouseError's kin only when it is asked for something."""
    return _made(address, os.getpid(), tuple(sorted(environment().items())), patience())


@lru_cache(maxsize=16)
def _made(address: str, process: int, told: tuple[tuple[str, str], ...], seconds: float) -> Any:
    """One client a process: its threads do not survive a fork."""
    environ = dict(told)
    config: Any = {}
    if address.startswith("s3://") and "AWS_ENDPOINT_URL" in environ:
        config["endpoint"] = environ["AWS_ENDPOINT_URL"]
    options: Any = {
        "allow_http": environ.get("AWS_ALLOW_HTTP") == "true",
        "connect_timeout": timedelta(seconds=min(5.0, seconds + 1)),
        "timeout": timedelta(minutes=5),
    }
    retry: Any = {
        "max_retries": 100 if seconds else 0,
        "retry_timeout": timedelta(seconds=seconds),
        "backoff": {"init_backoff": timedelta(milliseconds=50), "max_backoff": timedelta(seconds=5), "base": 2},
    }
    return from_url(address, config=config or None, client_options=options, retry_config=retry)


def is_refused(error: Exception) -> bool:
    """Whether a server says no because of who asks; the library has names for that in some requests and not in all."""
    return isinstance(error, PermissionDeniedError | UnauthenticatedError) or bool(_REFUSED.search(str(error)))


def sentence(address: str, key: str, error: Exception) -> str:
    """What went wrong with a request, as one sentence that says what to do."""
    text = " ".join(str(error).split())
    code = re.search(r"<Code>([^<]{1,60})</Code>", text)
    what = key or "a listing"
    if is_refused(error):
        return (
            f"{address} does not let this run at {what} ({code[1] if code else 'refused'}); "
            "look at AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and what they may do."
        )
    if code and code[1] == "NoSuchBucket":
        return f"There is no bucket at {address}; make it first, or look at AWS_ENDPOINT_URL and AWS_REGION."
    status = re.search(r"status code: (\d+ [A-Za-z ]+)", text)
    why = code[1] if code else status[1] if status else "it does not answer"
    return f"{address} cannot be reached for {what} ({why}); nothing is lost, run again later."
