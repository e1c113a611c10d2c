"""Webhooks never lead inside: by no spelling of an address, no name, no redirect and no second look at a name."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpcore
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.core.exceptions import ValidationError

from accounts.clock import real_now
from accounts.models import Member
from accounts.outgoing.addresses import Refused, check_url, is_public
from accounts.outgoing.sending import Outcome, Parcel, send
from accounts.rules import create_endpoint
from tests.factories import NOON
from tests.receivers import receiving

INSIDE = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1",
    "100.127.255.255", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1",
    "192.168.0.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1",
    "255.255.255.255",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1", "100::1", "2001::1", "2001:0:4136:e378::1", "2001:10::1", "2001:db8::1", "2002:7f00:1::",
    "2002:808:808::1", "3fff::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
    "5f00::1",
]  # fmt: skip
OUTSIDE = ["1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "193.0.0.1"]
OUTSIDE_V6 = ["2606:4700::1111", "2a00:1450:4001:82a::200e", "2001:4860:4860::8888"]
# Every one is 127.0.0.1 to somebody's resolver.
SPELLINGS = [
    "2130706433", "0x7f000001", "0x7f.0.0.1", "0x7f.1", "0177.0.0.1", "0177.1", "127.1", "127.0.1", "017700000001",
    "0", "[::1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_these_addresses_are_inside(address: str):
    assert not is_public(address)


@pytest.mark.parametrize("address", OUTSIDE + OUTSIDE_V6)
def test_these_are_outside(address: str):
    assert is_public(address)


@pytest.mark.parametrize("host", [*SPELLINGS, *(f"[{one}]" if ":" in one else one for one in INSIDE if "%" not in one)])
def test_no_spelling_of_an_inside_address_is_taken(host: str):
    with pytest.raises(Refused):
        check_url(f"http://{host}/hook")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://hooks.example/",
        "file:///etc/passwd",
        "gopher://hooks.example/_x",
        "unix:///run/docker.sock",
        "javascript:alert(1)",
        "//hooks.example/",
        "hooks.example/in",
        "http://",
        "http:///in",
        "",
        "http://user@hooks.example/",
        "http://user:password@hooks.example/",
        "http://hooks.example@127.0.0.1/",
        "http://@hooks.example/",
        "http://hooks.example\\@127.0.0.1/",
        "http://hooks.example/ in",
        "http://hooks.example/#in",
        "http://hooks.example/\r\nHost: inside",
        "http://höoks.example/",
        "http://hooks.example:99999/",
        "http://hooks.example:0/",
        "http://hooks.example:port/",
        f"http://hooks.example/{'x' * 2000}",
    ],
)
def test_these_are_no_urls_of_a_receiver(url: str):
    with pytest.raises(Refused):
        check_url(url)


@pytest.mark.parametrize("port", [22, 25, 53, 110, 143, 465, 587, 993, 1023])
def test_no_ports_of_other_services(port: int):
    with pytest.raises(Refused, match="neither 80, 443 nor above 1023"):
        check_url(f"http://hooks.example:{port}/")


@pytest.mark.parametrize(
    "url",
    ["https://hooks.example/in?a=b", "http://hooks.example:8080", "https://8.8.8.8/", "http://xn--hks-fna.example"],
)
def test_these_are_taken(url: str):
    assert str(check_url(url)) == url


def test_an_endpoint_inside_is_refused_when_it_is_made(alice: Member):
    with pytest.raises(ValidationError) as refused:
        create_endpoint(alice.workspace, "incidents", url="http://127.0.0.1/", actor=alice, at=NOON, events=["nothing"])
    assert set(refused.value.message_dict) == {"url", "events"}


# At the connection


def deliver(url: str) -> Outcome:
    """Send something small."""
    return send(Parcel(url, {"webhook-id": "msg_1"}, b"{}"), seconds=3)


def answers(monkeypatch: pytest.MonkeyPatch, *rounds: list[str]) -> list[str]:
    """Let every name resolve to these addresses, one list a look, the last for ever; the names that were asked."""
    asked: list[str] = []

    def look_up(host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        asked.append(host)
        found = rounds[min(len(asked), len(rounds)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def connections(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that are connected to; nobody is there."""
    made: list[str] = []

    def connect(self: Any, host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        made.append(host)
        raise httpcore.ConnectError("Nobody is there.")

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    return made


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "0.0.0.0", "127.1", "2130706433", "ip6-localhost"])
def test_a_receiver_on_this_machine_is_not_reached(name: str):
    with receiving() as receiver:
        outcome = deliver(f"http://{name}:{receiver.port}/")
    assert receiver.got == []
    assert not outcome.is_delivered
    assert outcome.error


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_resolves_to_the_inside_is_refused(monkeypatch: pytest.MonkeyPatch, address: str):
    answers(monkeypatch, [address])
    made = connections(monkeypatch)
    assert "not public" in deliver("https://hooks.example/").error
    assert made == []


def test_one_inside_address_among_others_is_enough(monkeypatch: pytest.MonkeyPatch):
    answers(monkeypatch, ["8.8.8.8", "10.0.0.1"])
    made = connections(monkeypatch)
    assert "not public" in deliver("https://hooks.example/").error
    assert made == []


def test_a_name_is_looked_up_once_and_that_address_is_called(monkeypatch: pytest.MonkeyPatch):
    asked = answers(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])
    made = connections(monkeypatch)
    assert deliver("https://hooks.example/").error == "Nobody is there."
    assert (asked, made) == (["hooks.example"], ["8.8.8.8"])


def test_a_name_that_moves_inside_is_refused_at_the_next_attempt(monkeypatch: pytest.MonkeyPatch):
    answers(monkeypatch, ["8.8.8.8"], ["169.254.169.254"])
    made = connections(monkeypatch)
    deliver("https://hooks.example/")
    assert "not public" in deliver("https://hooks.example/").error
    assert made == ["8.8.8.8"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_is_no_delivery(settings: Any, status: int):
    settings.ACTA_WEBHOOKS_ALLOW_PRIVATE = True
    with receiving() as inside, receiving(status=status, headers={"Location": inside.url}) as receiver:
        outcome = deliver(receiver.url)
    assert len(receiver.got) == 1
    assert inside.got == []
    assert (outcome.status, outcome.is_delivered) == (status, False)


def test_no_proxy_of_the_environment_is_asked(settings: Any, monkeypatch: pytest.MonkeyPatch):
    settings.ACTA_WEBHOOKS_ALLOW_PRIVATE = True
    with receiving() as proxy, receiving() as receiver:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        deliver(receiver.url)
    assert (len(receiver.got), proxy.got) == (1, [])


def test_the_operator_may_allow_the_inside(settings: Any):
    settings.ACTA_WEBHOOKS_ALLOW_PRIVATE = True
    with receiving() as receiver:
        assert deliver(receiver.url).is_delivered


def test_the_name_stays_in_the_host_header(settings: Any, monkeypatch: pytest.MonkeyPatch):
    settings.ACTA_WEBHOOKS_ALLOW_PRIVATE = True
    real: Callable[..., Any] = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *args, **kwargs: real("127.0.0.1", *args, **kwargs))
    with receiving() as receiver:
        deliver(f"http://hooks.example:{receiver.port}/in")
    assert receiver.got[0].headers["host"] == f"hooks.example:{receiver.port}"


def certificate(folder: Path, name: str) -> Path:
    """A certificate of a name, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = real_now()
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = folder / f"{name}.pem"
    path.write_bytes(made.public_bytes(Encoding.PEM) + secret)
    return path


@pytest.mark.parametrize(("name", "delivered"), [("hooks.example", True), ("other.example", False)])
def test_over_tls_the_name_is_what_has_to_be_proved(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, delivered: bool
):
    settings.ACTA_WEBHOOKS_ALLOW_PRIVATE = True
    path = certificate(tmp_path, "hooks.example")
    monkeypatch.setattr("accounts.outgoing.connecting.tls", lambda: ssl.create_default_context(cafile=str(path)))
    real: Callable[..., Any] = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *args, **kwargs: real("127.0.0.1", *args, **kwargs))
    with receiving(tls=path) as receiver:
        outcome = deliver(f"https://{name}:{receiver.port}/in")
    assert outcome.is_delivered is delivered
    assert [received.headers["host"] for received in receiver.got] == ([f"{name}:{receiver.port}"] if delivered else [])
    assert delivered or "certificate" in outcome.error.lower()
