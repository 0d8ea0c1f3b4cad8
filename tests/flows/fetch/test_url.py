"""Addresses in their normal form."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.fetch import url as module
from flows.fetch.errors import FetchError
from flows.fetch.url import Url, link, normal

PARTS = ("scheme", "host", "raw_host", "port", "target", "origin")

_pieces = st.sampled_from(
    [*"aB0-_./?#%:@~'(|*&=+;,[]{^`\"<$! \\江é\t", "..", "//", "/.", "%2F", "%2f", "%E6", "%zz", "xn--"]
)
_hosts = st.sampled_from(
    [
        "a.example",
        "A.Example",
        "a-b.c1.example",
        "xn--fiq228c.example",
        "a..example",
        "-a.example",
        "a_b.example",
        "127.0.0.1",
        "300.1.1.1",
        "1.2.3",
        "[::1]",
        "localhost",
        "江.example",
        "a.example.",
        "a.3com",
        "a.b-",
        "a.xn--p1ai",
    ]
)
_ports = st.sampled_from(["", ":80", ":443", ":8080", ":0", ":00800", ":99999", ":65535", ":", ":999"])


def parts(url: str) -> Any:
    try:
        made = normal(url)
    except FetchError as error:
        return error.error
    return str(made), *(getattr(made, name) for name in PARTS)


@given(
    st.sampled_from(["http://", "https://", "HTTP://", "ftp://", "//"]), _hosts, _ports, st.lists(_pieces, max_size=8)
)
def test_the_short_way_comes_to_the_same(scheme: str, host: str, port: str, pieces: list[str]) -> None:
    for slash in ("", "/", "/a", "/?"):
        address = scheme + host + port + slash + "".join(pieces)
        short = parts(address)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(module, "_PLAIN", re.compile(r"(?!)"))
            assert parts(address) == short, address


def test_a_normal_form_is_its_own() -> None:
    made = normal(" HTTP://A.Example:80/x/../y?q=江#part ")
    assert made == "http://a.example/y?q=%E6%B1%9F"
    assert normal(made) is made
    assert (made.origin, made.target, made.port) == ("http://a.example", b"/y?q=%E6%B1%9F", None)
    assert type(normal("z", made)) is Url
    assert normal("z", made) == "http://a.example/z"


@pytest.mark.parametrize(
    "address", ["ftp://a.example/", "http:///x", "http://u:p@a.example/", "a.example", "http://a b/"]
)
def test_what_is_not_fetched(address: str) -> None:
    with pytest.raises(FetchError) as caught:
        normal(address)
    assert caught.value.error == "url"


BASE = "http://paper.example/news/"


@pytest.mark.parametrize(
    ("target", "charset", "meant"),
    [
        ("/s?q=中文", "gb18030", "/s?q=%D6%D0%CE%C4"),
        ("/s?q=中文", "utf-8", "/s?q=%E4%B8%AD%E6%96%87"),
        ("/s?q=中文", "cp950", "/s?q=%A4%A4%A4%E5"),
        ("/s?q=日本", "cp932", "/s?q=%93%FA%96{"),
        ("/s?q=日本", "euc_jp", "/s?q=%C6%FC%CB%DC"),
        ("/s?q=한국", "cp949", "/s?q=%C7%D1%B1%B9"),
        ("/s?q=жар", "cp1251", "/s?q=%E6%E0%F0"),
        ("/s?q=é’", "cp1252", "/s?q=%E9%92"),
        ("/s?q=中文", "utf-16-le", "/s?q=%E4%B8%AD%E6%96%87"),
        ("/s?q=中&p=%D6%D0", "gb18030", "/s?q=%D6%D0&p=%D6%D0"),
        ("/s?q=é中", "cp1252", "/s?q=%E9%26%2320013%3B"),
        ("/s?q=𠮷", "gb18030", "/s?q=%26%23134071%3B"),
        ("/中文?q=a", "gb18030", "/%E4%B8%AD%E6%96%87?q=a"),
        ("?中=文#部", "gb18030", "/news/?%D6%D0=%CE%C4"),
        (" a\\b/c.html?x=\\\n", "utf-8", "/news/a/b/c.html?x=\\"),
        ("\\\\paper.example\\x", "utf-8", "/x"),
        ("HTTP:\\\\paper.example\\x", "utf-8", "/x"),
        ("?q=\ud800", "utf-8", "/news/?q=%EF%BF%BD"),
    ],
)
def test_links_as_browsers_read_them(target: str, charset: str, meant: str) -> None:
    assert link(target, BASE, charset).replace("%5C", "\\").removeprefix("http://paper.example") == meant


@pytest.mark.parametrize(
    ("host", "meant"),
    [
        ("邸报.example", "xn--4ruo93h.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("ｐａｐｅｒ．ｅｘａｍｐｌｅ", "paper.example"),
        ("邸报。example", "xn--4ruo93h.example"),
        ("%E9%82%B8%E6%8A%A5.example", "xn--4ruo93h.example"),
        ("😀.example", "xn--e28h.example"),
        ("straße.example", "xn--strae-oqa.example"),
    ],
)
def test_names_in_other_scripts(host: str, meant: str) -> None:
    made = normal(f"http://{host}:8080/x?y")
    assert made == f"http://{meant}:8080/x?y"
    assert normal(str(made)) == made


@pytest.mark.parametrize("address", ["http://a.[b/c", "http://a.example:99999999/", "http://\ud800/", "http://%00/"])
def test_what_is_no_address_is_said_and_nothing_else(address: str) -> None:
    for make in (normal, lambda text: link(text, BASE, "gb18030")):
        with pytest.raises(FetchError) as caught:
            make(address)
        assert caught.value.error == "url"


@given(st.text(max_size=40), st.sampled_from(["utf-8", "gb18030", "cp1252", "iso2022_jp", "no-such"]))
def test_no_link_breaks_its_reader(target: str, charset: str) -> None:
    for text in (target, "http://" + target, "?" + target):
        with suppress(FetchError):
            assert link(text, BASE, charset).startswith(("http://", "https://"))
