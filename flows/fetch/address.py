"""Where a connection may go: names are resolved once, every address is judged, and that address is connected to."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence

from flows.fetch.errors import FetchError

Resolver = Callable[[str, int], Sequence[str]]
"""Host and port to addresses, as text."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_PROTOCOLS = ipaddress.IPv4Network("192.0.0.0/24")
"""Kept for protocols; a cloud answers with its metadata there, and the library calls it global."""


def resolve(host: str, port: int) -> list[str]:
    """Every address of a host, in the resolver's order. FetchError `dns` where there is none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchError("dns", f"The name {host} cannot be resolved: {_why(error)}.", retry=True) from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def checked(host: str, port: int, resolver: Resolver, *, allow_private: bool) -> list[str]:
    """The addresses of a host, all of them public ones.

    One private answer refuses the name: a name that is public and private at once is how a page reaches into a
    network. FetchError `address` where one is refused.
    """
    addresses = [address.partition("%")[0] for address in resolver(host, port)]
    if not addresses:
        raise FetchError("dns", f"The name {host} has no address.", retry=True)
    if not allow_private:
        for address in addresses:
            if not is_public(address):
                raise FetchError(
                    "address",
                    f"{host} is at {address}, which is not a public address; "
                    "a source reaches such addresses only with the option allow_private.",
                )
    return addresses


def is_public(text: str) -> bool:
    """Whether an address belongs to the public internet.

    False for private, loopback, link-local (where clouds keep their metadata), shared, multicast and reserved ranges,
    also where such an IPv4 address is wrapped in an IPv6 one.
    """
    try:
        address: Address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not address.is_multicast and not address.is_reserved and address not in _PROTOCOLS
    if address in _NAT64:  # reserved, and reaches what it wraps
        return _wrapped_public(address)
    return address.is_global and not address.is_multicast and not address.is_reserved and _wrapped_public(address)


def _wrapped_public(address: ipaddress.IPv6Address) -> bool:
    """Whether the IPv4 addresses in an IPv6 address, if there are any, are public."""
    wrapped = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        wrapped.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return all(is_public(str(each)) for each in wrapped if each is not None)


def _why(error: BaseException) -> str:
    return (getattr(error, "strerror", None) or str(error)).rstrip(".")
