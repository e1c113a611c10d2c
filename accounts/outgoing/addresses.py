"""Where outgoing calls may lead: to the public internet, unless the operator allows her own networks."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

import httpx
from django.conf import settings

LONGEST = 2000
# Whatever is not the public internet: this machine, private and shared networks, examples, benchmarks, multicast.
REFUSED_V4 = [
    IPv4Network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
    )
]  # fmt: skip
# All public IPv6 is in here. That leaves out ::1, fc00::/7, fe80::/10, ff00::/8, and the forms that hold an IPv4
# address: ::ffff:0:0/96, ::/96 and 64:ff9b::/96.
PUBLIC_V6 = IPv6Network("2000::/3")
# Teredo and other protocol assignments, examples, 6to4, examples.
REFUSED_V6 = [IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")]


class Refused(Exception):
    """An address that no call of ours may go to."""


def is_public(text: str) -> bool:
    """Whether an IP address lies in the public internet."""
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv4Address):
        return not any(address in network for network in REFUSED_V4)
    return address in PUBLIC_V6 and not any(address in network for network in REFUSED_V6)


def check_address(text: str) -> str:
    """An address that was resolved, if a call may go there."""
    if not (settings.ACTA_WEBHOOKS_ALLOW_PRIVATE or is_public(text)):
        raise Refused("The address is not public; ACTA_WEBHOOKS_ALLOW_PRIVATE=1 would allow it.")
    return text


def check_port(port: int) -> None:
    """Below 1024 only the web's own ports: no call of ours speaks to somebody's mail server."""
    anything = settings.ACTA_WEBHOOKS_ALLOW_PRIVATE and port > 0
    if port > 65535 or not (anything or port in (80, 443) or port >= 1024):
        raise Refused(f"Port {port} is neither 80, 443 nor above 1023.")


def check_url(url: str) -> httpx.URL:
    """What can be seen of a URL without resolving its host; everything else is checked at every connection."""
    if len(url) > LONGEST or not (url.isascii() and url.isprintable()) or not {" ", "\\", "#"}.isdisjoint(url):
        raise Refused(f"A URL is at most {LONGEST} plain letters, without spaces, backslashes and fragment.")
    parsed = parse(url)
    if parsed.userinfo or "@" in urlsplit(url).netloc:
        raise Refused("The URL holds no user name and no password.")
    check_port({"http": 80, "https": 443}[parsed.scheme] if parsed.port is None else parsed.port)
    check_spelling(parsed.host)
    return parsed


def parse(url: str) -> httpx.URL:
    """As the client that calls it will understand it."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise Refused("This is not a URL.") from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise Refused("The URL begins with http:// or https:// and a host.")
    return parsed


def check_spelling(host: str) -> None:
    """Refuse a number that is an address in disguise, such as 0x7f.1; a name is looked up when it is called."""
    try:
        address = str(IPv6Address(host.partition("%")[0])) if ":" in host else socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, ValueError):
        return
    check_address(address)
