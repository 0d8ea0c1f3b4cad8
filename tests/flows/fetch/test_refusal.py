"""What is no page: errors and checks, and what only looks like one."""

from __future__ import annotations

import pytest

from flows.fetch.refusal import refusal
from tests.makers.archive import story

AGAIN = b"<script>document.cookie = 'a=1'; location.reload();</script>"
HREF = b"<script>var a = 1; document.cookie = 'a=' + a; window.location.href = '/';</script>"
CHECKS = {
    "one that sets a cookie": b"<html>%s<noscript>Turn scripts on. %s</noscript></html>" % (AGAIN, b"Thanks. " * 40),
    "one that loads itself again": b"<html><body>%s</body></html>" % HREF,
    "one with a meta refresh": b"<meta http-equiv=refresh content=5><script>document.cookie='x'</script>A moment",
    "one that is known": b"<h1>paper.example</h1><p>%s</p><script>window._cf_chl_opt={}</script>" % (b"abc " * 60),
    "a frame": b"<script src=/x></script><iframe id=m src='/_Incapsula_Resource?x=1'>Request 12 failed</iframe>",
    "a box to tick": b"<script src=/api.js></script><form><div class='h-captcha' data-sitekey=1></div></form>",
    "a script that computes": b"<script>setCookie('acw_sc__v2', arg1);document.location.reload()</script>",
}


@pytest.mark.parametrize("name", CHECKS)
def test_checks(name: str) -> None:
    told = refusal(200, {}, CHECKS[name])
    assert told is not None
    assert told[0] == "challenge"


def test_headers_that_say_so() -> None:
    for status in (200, 403, 503):
        told = refusal(status, {"cf-mitigated": "challenge"}, story(1))
        assert told is not None
        assert told[0] == "challenge"
    assert refusal(202, {"x-amzn-waf-action": "challenge"}, b"") is not None
    assert refusal(200, {"retry-after": "5"}, b"<script>challenge()</script>wait") is not None


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 429, 451, 500, 503, 521, 999])
def test_errors(status: int) -> None:
    told = refusal(status, {}, story(1))
    assert told is not None
    assert told[0] == f"http-{status}"


ARTICLE = story(1)
PAGES = {
    "an article": ARTICLE,
    "a short one": b"<h1>Ferry</h1><p>The ferry runs again.</p>",
    "a short one with scripts": b"<script src=a.js></script><script>ga()</script><h1>Ferry</h1><p>It runs again.</p>",
    "one whose script sets a cookie": ARTICLE.replace(b"<body>", b"<body><script>document.cookie='seen=1';</script>"),
    "one whose script does both": ARTICLE.replace(
        b"<body>", b"<body><script>document.cookie='a=1';if(x){location.href='/m'}</script>"
    ),
    "one behind a host that checks": ARTICLE.replace(
        b"<body>", b"<body><script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>"
    ),
    "one with a form that asks": ARTICLE + b"<div class='g-recaptcha'></div><script></script>",
    "one about checks": b"<script></script><h1>h-captcha</h1><p>_cf_chl_opt</p>" + ARTICLE,
    "an empty shell": b"<html><div id=root></div><script src=app.js></script></html>",
    "nothing": b"",
    "plain text": b"document.cookie= location.reload()",
    "a feed": b"<rss/>",
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_pages(name: str) -> None:
    assert refusal(200, {}, PAGES[name]) is None


@pytest.mark.parametrize("status", [200, 203, 206, 301, 304, None])
def test_what_is_no_error(status: int | None) -> None:
    assert refusal(status, {"retry-after": "1"}, ARTICLE) is None
