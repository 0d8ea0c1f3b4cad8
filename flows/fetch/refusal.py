"""Answers that are no page: errors, and the checks that tell people from machines.

Such a check is told with care, for a page that is taken for one is not read: by a header that says so, or by a short
page that shows next to no text and holds the working parts of a check that is known, or that sets a cookie and loads
itself again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_LONGEST = 32 << 10
"""Bytes of a page that may be a check; the longest of the common ones has 25 kB."""
_TEXT = 500
"""Bytes of text that a check may show: a heading, a sentence of thanks, a number to quote."""
_NO_TEXT = 100
"""Bytes of text that a page may show which only sets a cookie and comes again."""

_SAYS_SO = {
    "cf-mitigated": ("challenge",),
    "x-amzn-waf-action": ("challenge", "captcha"),
    "x-vercel-mitigated": ("challenge", "deny"),
}
_PARTS = re.compile(
    rb"_cf_chl_opt|<iframe[^>]{0,200}_Incapsula_Resource|captcha-delivery\.com|AwsWafIntegration|awsWafCookieDomainList"
    rb"|window\._px(?:AppId|Captcha)|id=[\"']?px-captcha|id=[\"']anubis_challenge|ddos-guard/js-challenge"
    rb"|__jsl_clearance|acw_sc__v2|/_guard/|security_session_verify|sucuri_cloudproxy_js",
    re.IGNORECASE,
)
"""What the scripts of the common checks are made of, and ordinary pages behind the same hosts are not."""
_WIDGETS = re.compile(
    rb"(?:class|id)=[\"'][^\"']{0,80}(?:h-captcha|g-recaptcha|cf-turnstile|frc-captcha|geetest)", re.IGNORECASE
)
_SIGNS = (
    *(
        b"_cf_chl_opt",
        b"_incapsula_resource",
        b"captcha",
        b"turnstile",
        b"geetest",
        b"awswaf",
        b"window._px",
        b"anubis",
    ),
    *(b"ddos-guard/", b"__jsl_clearance", b"acw_sc__v2", b"/_guard/", b"security_session_verify", b"sucuri_cloudproxy"),
    b"document.cookie",
)
"""One of these is in every check that is told; to look for them takes less time than to look closely."""
_COOKIE = re.compile(rb"document\s*\.\s*cookie\s*=", re.IGNORECASE)
_AGAIN = re.compile(
    rb"location\s*\.\s*(?:reload|replace|assign)\s*\(|location(?:\s*\.\s*href)?\s*=[^=]|\.submit\s*\(|http-equiv=[\"']?refresh",
    re.IGNORECASE,
)
_UNSEEN = re.compile(
    rb"<!--.*?-->|<(script|style|noscript|title|template|svg)\b.*?(?:</\1\s*>|\Z)|<[^<>]*>", re.IGNORECASE | re.DOTALL
)
_BLANK = re.compile(rb"(?:\s|&nbsp;)+")


def refusal(status: int | None, headers: Mapping[str, str], payload: bytes | None) -> tuple[str, str] | None:
    """Why an answer is no page: (short name, sentence); None where it is one, or a redirect, or 304.

    Names of headers are in lower case.
    """
    for name, words in _SAYS_SO.items():
        if headers.get(name, "").strip().lower() in words:
            return "challenge", f"The host asks for proof that it is asked by a person ({name})."
    if status is not None and status >= 400:
        return f"http-{status}", f"The host answers {status}; what it sent is kept, and read as no page."
    if status is None or not 200 <= status < 300 or not payload or len(payload) > _LONGEST:
        return None
    if is_check(payload, waits="retry-after" in headers):
        return "challenge", "The page is a check that tells people from machines; it is kept, and read as no page."
    return None


def is_check(payload: bytes, *, waits: bool = False) -> bool:
    """Whether a page is a check and nothing else. `waits` says that its answer asked to come again later."""
    low = payload.lower()
    if b"<script" not in low or not (waits or any(sign in low for sign in _SIGNS)):
        return False
    shown = len(_BLANK.sub(b" ", _UNSEEN.sub(b" ", payload)).strip())
    if shown > _TEXT:
        return False
    working = b" ".join(found[0] for found in _UNSEEN.finditer(payload))
    known = _PARTS.search(working) is not None or (waits and b"challenge" in working.lower())
    widget = _WIDGETS.search(working) is not None
    again = _COOKIE.search(working) is not None and _AGAIN.search(working) is not None
    if not (known or widget or again):
        return False
    return shown <= (_TEXT if known else _NO_TEXT)
