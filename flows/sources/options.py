"""The options of each kind of source: `dibao source kinds` prints them, and what is entered is checked by them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from flows.fetch.limits import Limits


@dataclass(frozen=True)
class Option:
    """An option: its name, what it says in a few words, and what it is where nobody says it."""

    name: str
    says: str
    default: str = ""


_INCLUDE = Option("include", "pattern for the paths or addresses that are taken")
_EXCLUDE = Option("exclude", "pattern for the paths or addresses that are not taken")
_PREFIX = Option("prefix", "folder below which everything is")
_SETTLE = Option("settle", "seconds for which a file must have lain still")
_SCOPE = (_INCLUDE, _EXCLUDE, Option("within", "hosts that belong to it, besides its own"), _PREFIX)
_SAID = {
    "contact": "address or page in the user agent, for who wishes to write",
    "user_agent": "the whole user agent, where Dibao's own will not do",
    "robots": "whether robots.txt is obeyed",
    "delay": "seconds between two requests to a host",
    "hosts": "hosts that are asked side by side",
    "tries": "attempts at one address",
    "backoff": "seconds before the second attempt, then doubled",
    "max_wait": "longest wait in seconds within a run that a host may ask for",
    "connect_seconds": "seconds to connect in",
    "idle_seconds": "seconds without a byte",
    "seconds": "seconds for one answer",
    "max_bytes": "longest answer in bytes, as it is sent",
    "redirects": "longest chain of redirects",
    "max_requests": "requests of one run",
    "max_run_bytes": "bytes of one run",
    "allow_private": "private hosts and networks that may be reached; true is its own hosts",
}


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


_WEB = tuple(Option(each.name, _SAID[each.name], _shown(each.default)) for each in fields(Limits))

OPTIONS: Mapping[str, tuple[Option, ...]] = {
    "folder": (_INCLUDE, _EXCLUDE, _SETTLE),
    "records": (_INCLUDE, _EXCLUDE, _SETTLE, Option("delimiter", "what parts the columns of a table")),
    "warc": (_INCLUDE, _EXCLUDE, Option("copy", "whether the files are copied into the warehouse", "true")),
    "git": (_INCLUDE, _EXCLUDE, _PREFIX, Option("branch", "branch whose history is taken", "HEAD"), *_WEB),
    "pages": (Option("urls", "addresses, besides the location"), *_WEB),
    "feed": (*_SCOPE, *_WEB),
    "sitemap": (*_SCOPE, *_WEB),
    "site": (
        *_SCOPE,
        Option("depth", "how many links deep", "3"),
        Option("pages", "how many pages", "1000"),
        *_WEB,
    ),
    "wayback": (
        Option("replay", "where the pages are asked for"),
        Option("cdx", "where the index is asked for"),
        Option("from", "first moment, as in 2019 or 20190301"),
        Option("to", "last moment"),
        Option("filter", "filter of the index, as in statuscode:200"),
        Option("collapse", "what makes neighbours of the index one, as in digest"),
        Option("match", "how the address is taken: exact, prefix, host or domain"),
        *_WEB,
    ),
}
"""The options of each kind."""

ABOUT: Mapping[str, str] = {
    "folder": "a file, or a folder with all below it",
    "pages": "a list of addresses, or a file that holds one",
    "feed": "RSS, Atom or JSON Feed, and the pages of its entries",
    "sitemap": "a sitemap or an index of them, and its pages",
    "site": "a site that is followed from an address",
    "warc": "a folder of WARC, ARC or WACZ files",
    "wayback": "captures that a Wayback index (CDX) lists",
    "git": "a repository of pages with its whole history",
    "records": "dumps of records: JSON, JSON Lines, CSV, TSV, Parquet",
}
"""What each kind is."""
