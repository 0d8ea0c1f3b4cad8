"""Which of the addresses that are found a source takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from flows.fetch.limits import OptionError

_NO_TEXT = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|bmp|tiff?|css|m?js|woff2?|ttf|eot|mp[34]|m4[av]|mkv|mov|avi|flv|wmv|webm|og[gv]"
    r"|wav|flac|zip|rar|7z|gz|bz2|xz|tar|exe|dmg|apk|iso|msi)\Z",
    re.IGNORECASE,
)


class Scope:
    """The options `include` and `exclude` (patterns searched in the address as it stands, and with its escapes undone),
    `within` (hosts) and `prefix` (a path).

    `within` and `prefix` bound nothing where they are left out and the kind gives no default.
    """

    def __init__(
        self, options: Mapping[str, Any], *, within: frozenset[str] = frozenset(), prefix: str = "", text: bool = False
    ) -> None:
        hosts = options.get("within", within)
        self._hosts = frozenset([hosts] if isinstance(hosts, str) else hosts)
        self._prefix = str(options.get("prefix", prefix))
        self._include = _pattern(options, "include")
        self._exclude = _pattern(options, "exclude")
        self._text = text

    def widen(self, host: str) -> None:
        """Take the pages of another host too."""
        if self._hosts:
            self._hosts |= {host}

    def takes(self, url: str) -> bool:
        try:
            parts = urlsplit(url)
        except ValueError:  # brackets that are no IPv6 address
            return False
        if self._hosts and parts.hostname not in self._hosts:
            return False
        if not (parts.path or "/").startswith(self._prefix):
            return False
        if self._text and _NO_TEXT.search(parts.path):
            return False
        # Patterns are written with letters as people read them, and with escapes as addresses have them.
        forms = (url, unquote(url))
        if self._include is not None and not any(map(self._include.search, forms)):
            return False
        return self._exclude is None or not any(map(self._exclude.search, forms))


def _pattern(options: Mapping[str, Any], name: str) -> re.Pattern[str] | None:
    if name not in options:
        return None
    try:
        return re.compile(str(options[name]))
    except re.error as error:
        raise OptionError(f"The option {name} is no regular expression: {error}.") from error
