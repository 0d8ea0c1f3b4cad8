"""Which addresses may be reached."""

from __future__ import annotations

import pytest

from flows.fetch.address import checked, is_public, never
from flows.fetch.errors import FetchError
from flows.fetch.limits import Limits, OptionError


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "127.8.8.8",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "100.100.100.200",
        ),
        *("169.254.169.254", "192.0.0.192", "224.0.0.1", "240.0.0.1", "255.255.255.255", "198.18.0.1"),
        *("::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a00:1::1", "not an address"),
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::1"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


def test_one_private_answer_refuses_the_name() -> None:
    with pytest.raises(FetchError) as caught:
        checked("x.example", 80, lambda host, port: ["8.8.8.8", "10.0.0.1"], allow_private=False)
    assert caught.value.error == "address"
    assert checked("x.example", 80, lambda host, port: ["10.0.0.1"], allow_private=True) == ["10.0.0.1"]


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "017700000001", "localhost"])
def test_loopback_under_its_other_names(host: str) -> None:
    from flows.fetch.address import resolve

    with pytest.raises(FetchError) as caught:
        checked(host, 80, resolve, allow_private=False)
    assert caught.value.error in ("address", "dns")


LINK_LOCAL = ["169.254.169.254", "169.254.0.1", "fe80::1", "fe80::1%eth0", "::ffff:169.254.169.254", "febf::1"]
CLOUDS = ["192.0.0.192", "100.100.100.200", "168.63.129.16", "fd00:ec2::254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1"]
NO_HOST = ["0.0.0.0", "0.1.2.3", "::", "224.0.0.1", "ff02::1", "255.255.255.255", "::ffff:0.0.0.0", "none"]
EVERYTHING = ("0.0.0.0/0", "::/0", "x.example", "=x.example", *(each for each in LINK_LOCAL if "%" not in each))


def outcome(host: str, answers: list[str], allow: bool | tuple[str, ...]) -> str:
    try:
        checked(host, 80, lambda name, port: answers, allow_private=allow)
    except FetchError as error:
        return error.error
    return "reached"


@pytest.mark.parametrize("address", [*LINK_LOCAL, *CLOUDS, *NO_HOST])
def test_what_no_source_reaches_whatever_it_allows(address: str) -> None:
    for allow in (False, True, EVERYTHING):
        assert outcome("x.example", [address], allow) == "address"
        assert outcome("x.example", ["127.0.0.2", address], allow) == "address"
        assert outcome("x.example", ["8.8.8.8", address], allow) == "address"


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "192.168.1.1", "172.20.0.1", "::1", "fd12::1", "8.8.8.8"])
def test_what_a_source_may_allow(address: str) -> None:
    assert not never(address)
    assert outcome("x.example", [address], True) == "reached"
    assert outcome("x.example", [address], EVERYTHING) == "reached"


@pytest.mark.parametrize(
    ("allow", "host", "address", "told"),
    [
        (("10.1.0.0/16",), "x.example", "10.1.2.3", "reached"),
        (("10.1.0.0/16",), "x.example", "10.2.0.1", "address"),
        (("10.1.0.0/16",), "x.example", "::ffff:10.1.2.3", "reached"),
        (("10.1.2.3",), "x.example", "10.1.2.3", "reached"),
        (("10.1.2.3",), "10.1.2.4", "10.1.2.4", "address"),
        (("fd00::/8",), "x.example", "fd12::1", "reached"),
        (("intra.example",), "intra.example", "10.1.2.3", "reached"),
        (("Intra.Example.",), "intra.example", "10.1.2.3", "reached"),
        (("intra.example",), "x.intra.example", "10.1.2.3", "address"),
        (("intra.example",), "x.example", "10.1.2.3", "address"),
        (("=127.0.0.1",), "127.0.0.1", "127.0.0.1", "reached"),
        (("=127.0.0.1",), "x.example", "127.0.0.1", "address"),
        (("=::1",), "[::1]", "::1", "reached"),
        ((), "x.example", "10.1.2.3", "address"),
    ],
)
def test_hosts_and_networks_that_are_named(allow: tuple[str, ...], host: str, address: str, told: str) -> None:
    assert outcome(host, [address], allow) == told


def test_what_an_option_allows() -> None:
    assert Limits.of({"allow_private": "true"}).allow_private is True
    assert Limits.of({"allow_private": False}).allow_private is False
    assert Limits.of({"allow_private": []}).allow_private is False
    assert Limits.of({"allow_private": "intra.example, 10.0.0.0/8"}).allow_private == ("intra.example", "10.0.0.0/8")
    assert Limits.of({"allow_private": ["::1"]}).allow_private == ("::1",)
    assert Limits.of({"allow_private": True}).own(["a.example"]).allow_private == ("=a.example",)
    assert Limits.of({"allow_private": ["b.example"]}).own(["a.example"]).allow_private == ("b.example",)
    assert Limits.of({}).own(["a.example"]).allow_private is False
    for value in ("10.0.0.0/99", ["http://a.example/"], [1], {"a": 1}, "a b/c"):
        with pytest.raises(OptionError, match="allow_private"):
            Limits.of({"allow_private": value})
