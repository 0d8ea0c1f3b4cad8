"""How much a source may ask of the world, from its options."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from flows.fetch.address import network
from flows.versions import DIBAO
from warehouse.errors import WarehouseError
from warehouse.records import MAX_PAYLOAD


class OptionError(WarehouseError):
    """An option that cannot be used; the message names it."""


@dataclass(frozen=True)
class Limits:
    """Manners and bounds of one source. Every field is an option of the same name.

    contact         address or page in the user agent, for who wishes to write
    user_agent      the whole user agent, where the default will not do
    robots          whether robots.txt is obeyed
    delay           least seconds between two requests to a host; the last answer's own time is waited in any case
    hosts           hosts that are asked at the same time, each one request at a time
    tries           attempts at one address, with growing waits between them
    backoff         seconds before the second attempt; doubled each time
    max_wait        longest wait in seconds that a host may ask for (Retry-After, Crawl-delay) within a run
    connect_seconds, idle_seconds, seconds   longest to connect, without a byte, and for one answer
    max_bytes       longest answer, in bytes as sent
    redirects       longest chain of redirects
    max_requests, max_run_bytes   budget of one run
    allow_private   what may be reached of private and loopback addresses: host names, addresses and networks (a list,
                    or a text with commas); `true` means the hosts that the source itself names. Link-local addresses
                    and those where clouds keep their metadata are never reached
    """

    contact: str = ""
    user_agent: str = ""
    robots: bool = True
    delay: float = 0.0
    hosts: int = 10
    tries: int = 3
    backoff: float = 1.0
    max_wait: float = 120.0
    connect_seconds: float = 15.0
    idle_seconds: float = 30.0
    seconds: float = 120.0
    max_bytes: int = 32 << 20
    redirects: int = 10
    max_requests: int = 20_000
    max_run_bytes: int = 4 << 30
    allow_private: bool | tuple[str, ...] = False

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(each.default, int | float) and not isinstance(each.default, bool) and value < 0:
                raise OptionError(f"The option {each.name} cannot be {value}; give a number from 0 on.")
        if self.max_bytes > MAX_PAYLOAD:
            raise OptionError(f"The option max_bytes is at most {MAX_PAYLOAD}.")
        if min(self.hosts, self.tries) < 1:
            raise OptionError("The options hosts and tries are at least 1.")

    @property
    def agent(self) -> str:
        """The user agent: what this is, and who to write to."""
        if self.user_agent:
            return self.user_agent
        contact = f"; {self.contact}" if self.contact else ""
        return f"dibao/{DIBAO} (text archive{contact})"

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Limits:
        """Limits from a source's options, of which others may be there too. OptionError where a value is of no use."""
        values: dict[str, Any] = {}
        for each in fields(cls):
            if each.name in options:
                wanted = _private if each.name == "allow_private" else _typed
                values[each.name] = wanted(each.name, options[each.name], type(each.default))
        return cls(**values)

    def own(self, hosts: Iterable[str]) -> Limits:
        """These limits for a source that names those hosts: they are what it may reach where it allows `true`."""
        if self.allow_private is not True:
            return self
        return replace(self, allow_private=tuple(f"={host}" for host in dict.fromkeys(hosts)))


def _private(name: str, value: Any, wanted: type) -> bool | tuple[str, ...]:
    if isinstance(value, bool) or (isinstance(value, str | int) and str(value).lower() in _WORDS):
        return bool(_typed(name, value, wanted))
    listed = re.split(r"[\s,]+", value) if isinstance(value, str) else value
    if not isinstance(listed, list | tuple) or not all(isinstance(each, str) for each in listed):
        raise OptionError(f"The option {name} cannot be {value!r}; it takes host names, addresses and networks.")
    named = tuple(each for each in listed if each)
    for each in named:
        if network(each) is None and not _NAME.fullmatch(each):
            raise OptionError(f"The option {name} cannot hold {each!r}, which is no host, address or network.")
    return named or False


def _typed(name: str, value: Any, wanted: type) -> Any:
    if wanted is bool:
        if isinstance(value, bool):
            return value
        if str(value).lower() in _WORDS:
            return _WORDS[str(value).lower()]
    else:
        try:
            return wanted(value)
        except (TypeError, ValueError):
            pass
    raise OptionError(f"The option {name} cannot be {value!r}; it takes a {_SAID[wanted]}.")


_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_NAME = re.compile(r"[\w-]+(?:\.[\w-]+)*\.?")
_SAID: dict[type, str] = {bool: "true or false", int: "whole number", float: "number", str: "text"}
