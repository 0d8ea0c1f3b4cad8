"""Addresses of texts, told from those of people and of whole sites."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_PEOPLE = frozenset(
    (
        "people", "person", "u", "user", "users", "author", "authors", "profile", "profiles", "member", "members",
        "account", "accounts", "space", "blogger", "columnist", "columnists", "contributor", "contributors", "staff",
        "reporter", "reporters", "journalist", "journalists", "autor", "autores", "auteur", "autore", "zuozhe",
        "writer", "writers", "byline", "by",
    )
)  # fmt: skip
"""What the folder of people's pages is called; the person follows."""
_PERSONS = re.compile(
    r"(?:\w+\.)*(?:weibo\.(?:com|cn)|twitter\.com|x\.com|facebook\.com|instagram\.com|threads\.net|bsky\.app|t\.me|"
    r"github\.com|mastodon\.social|space\.bilibili\.com)\Z",
    re.I,
)
"""Hosts on which the first step of a path is a person."""


def of_a_text(uri: str) -> bool:
    """Whether an address can be that of a text: not the front of a site, nor a person's page.

    Of what is no address at all nothing is known.
    """
    try:
        parts = urlsplit(uri.strip())
    except ValueError:
        return True
    steps = [step for step in parts.path.split("/") if step]
    if parts.query or re.match(r"!?/", parts.fragment):
        return True
    if not steps or (len(steps) == 1 and _PERSONS.match(parts.hostname or "")):
        return False
    return not (steps[-1].startswith("@") or (len(steps) >= 2 and steps[-2].lower() in _PEOPLE))
