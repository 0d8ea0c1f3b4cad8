"""Addresses in their normal form."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.fetch import url as module
from flows.fetch.errors import FetchError
from flows.fetch.url import Url, normal

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
