"""Which addresses may be reached."""

from __future__ import annotations

import pytest

from flows.fetch.address import checked, is_public
from flows.fetch.errors import FetchError


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
