"""Where a connection may go: names are resolved once, every address is judged, and that address is connected to."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from functools import lru_cache

from flows.fetch.errors import FetchError

Resolver = Callable[[str, int], Sequence[str]]
"""Host and port to addresses, as text."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NEVER: tuple[Network, ...] = tuple(
    ipaddress.ip_network(each)
    for each in (
        *("0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "168.63.129.16", "100.100.100.200", "255.255.255.255"),
        *("::", "fe80::/10", "fd00:ec2::/32"),
    )
)
"""No host's; link-local; kept for protocols, though the library calls some of it global; and where clouds answer with
their metadata outside of those."""


def resolve(host: str, port: int) -> list[str]:
    """Every address of a host, in the resolver's order. FetchError `dns` where there is none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchError("dns", f"The name {host} cannot be resolved: {_why(error)}.", retry=True) from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def checked(host: str, port: int, resolver: Resolver, *, allow_private: bool | tuple[str, ...]) -> list[str]:
    """The addresses of a host, all of them public ones, or such as `allow_private` names.

    That is host names, addresses and networks; a host name after `=` is one that is written so and in no other way.
    True allows every private address, and nothing allows what `never` tells. One address that is refused refuses the
    name: a name that is public and private at once is how a page reaches into a network. FetchError `address`.
    """
    addresses = [address.partition("%")[0] for address in resolver(host, port)]
    if not addresses:
        raise FetchError("dns", f"The name {host} has no address.", retry=True)
    for address in addresses:
        if is_public(address):
            continue
        if never(address):
            raise FetchError("address", f"{host} is at {address}, which is link-local or no host's, and never reached.")
        if allow_private is not True and not _allowed(host, address, allow_private or ()):
            raise FetchError(
                "address",
                f"{host} is at {address}, which is not a public address; "
                "a source reaches the hosts and networks that its option allow_private names.",
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
    return all(_is_public(each) for each in _with_wrapped(address))


def never(text: str) -> bool:
    """Whether an address is reached by no source, whatever it allows: link-local, where clouds keep their metadata and
    other places of theirs, no host's at all, or no address."""
    try:
        address: Address = ipaddress.ip_address(text)
    except ValueError:
        return True
    return any(
        each.is_link_local or each.is_multicast or any(each in net for net in _NEVER if net.version == each.version)
        for each in _with_wrapped(address)
    )


def _is_public(address: Address) -> bool:
    if address.version == 6 and address in _NAT64:  # reserved, and reaches what it wraps
        return True
    return address.is_global and not address.is_multicast and not address.is_reserved and not never(str(address))


def _with_wrapped(address: Address) -> list[Address]:
    """An address and the IPv4 addresses in it, if it is an IPv6 address with any."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    wrapped = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        wrapped.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [*([] if address.ipv4_mapped else [address]), *(each for each in wrapped if each is not None)]


def _allowed(host: str, text: str, named: tuple[str, ...]) -> bool:
    address = ipaddress.ip_address(text)
    address = (address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None) or address
    name = host.lower().strip("[].")
    for each in named:
        found = network(each)
        if found is None:
            if each.lower().strip("=[].") == name:
                return True
        elif found.version == address.version and address in found:
            return True
    return False


@lru_cache(maxsize=1024)
def network(text: str) -> Network | None:
    """The network that a text names, such as `10.0.0.0/8` or one address; None where it is none but a host's name."""
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _why(error: BaseException) -> str:
    return (getattr(error, "strerror", None) or str(error)).rstrip(".")
