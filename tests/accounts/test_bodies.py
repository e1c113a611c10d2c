"""The bounded reader: whatever is sent, the answer is the vendor's, and nothing is written by what is refused."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from typing import Any

import pytest
from django.test import Client

from accounts.api.bodies import DEPTH, parse_json
from accounts.api.dialect import MEBIBYTE
from accounts.models import Member
from incidents.models import Action
from tests.clients_of import Api
from tests.incidents.factories import make_incident

PATH = "/incidents/v3/actions"


class Sender:
    """Posts raw bytes as a new action."""

    def __init__(self, token: str, incident: str) -> None:
        self.client = Client(headers={"authorization": f"Bearer {token}"}, raise_request_exception=True)
        self.incident = incident

    def body(self, description: str = "Fetch towels", **more: Any) -> bytes:
        """The JSON of a good action."""
        return json.dumps({"incident_id": self.incident, "description": description, **more}).encode()

    def sized(self, size: int) -> bytes:
        """The JSON of a good action, exactly so many bytes long."""
        return self.body("x" * (size - len(self.body(""))))

    def post(self, raw: bytes, content_type: str = "application/json", **extra: Any) -> Any:
        """Send it."""
        return self.client.generic("POST", PATH, raw, content_type, **extra)

    def chunked(self, raw: bytes, **extra: Any) -> Any:
        """Send it without saying how long it is, as servers hand on a chunked body."""
        extra |= {"wsgi.input": io.BytesIO(raw), "HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
        return self.client.generic("POST", PATH, b"", "application/json", **extra)

    def encoded(self, raw: bytes, encoding: str) -> Any:
        """Send it under a Content-Encoding."""
        return self.post(raw, headers={"content-encoding": encoding})


@pytest.fixture
def sender(token: str, alice: Member) -> Sender:
    """Alice's key, and an incident to add actions to."""
    return Sender(token, make_incident(alice).ulid)


def refused(response: Any, status: int) -> list[dict[str, Any]]:
    """The errors of a refusal in incident.io's envelope, which wrote nothing."""
    assert response.status_code == status, response.content
    types = {400: "invalid_request_error", 413: "payload_too_large", 422: "validation_error"}
    body = response.json()
    assert (body["type"], body["status"]) == (types[status], status)
    assert body["errors"]
    assert not Action.objects.exists()
    return list(body["errors"])


def created(response: Any) -> str:
    """The description of the action that was made."""
    assert response.status_code == 201, response.content
    return str(response.json()["action"]["description"])


def test_a_body_of_exactly_a_mebibyte_is_read(sender: Sender) -> None:
    raw = sender.sized(MEBIBYTE)
    assert len(raw) == MEBIBYTE
    assert created(sender.post(raw)) == json.loads(raw)["description"]


def test_one_byte_more_is_too_large(sender: Sender) -> None:
    refused(sender.post(sender.sized(MEBIBYTE + 1)), 413)


def test_a_length_that_is_too_large_is_refused_before_anything_is_read(sender: Sender) -> None:
    class Untouchable(io.BytesIO):
        def read(self, *args: Any) -> bytes:
            raise AssertionError("The body was read.")

    environ: dict[str, Any] = {"wsgi.input": Untouchable(), "CONTENT_LENGTH": str(MEBIBYTE + 1)}
    refused(sender.post(b"", **environ), 413)


@pytest.mark.parametrize("length", ["x", "-1", "1e3", "٣", "9" * 5000, " ", "0x10"])
def test_a_length_that_is_no_number_is_refused(sender: Sender, length: str) -> None:
    response = sender.post(sender.body(), CONTENT_LENGTH=length)
    assert 400 <= response.status_code < 500
    refused(response, response.status_code)


def test_a_chunked_body_of_exactly_a_mebibyte_is_read(sender: Sender) -> None:
    assert created(sender.chunked(sender.sized(MEBIBYTE)))


def test_a_chunked_body_is_read_no_further_than_the_limit(sender: Sender) -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            assert size >= 0, "A limit was asked for."
            self.given += size
            return b"x" * size

    endless = Endless()
    environ: dict[str, Any] = {"wsgi.input": endless, "HTTP_TRANSFER_ENCODING": "Chunked", "CONTENT_LENGTH": ""}
    refused(sender.client.generic("POST", PATH, b"", "application/json", **environ), 413)
    assert endless.given == MEBIBYTE + 1


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "GZIP", " gzip "])
def test_gzip_is_inflated(sender: Sender, encoding: str) -> None:
    assert created(sender.encoded(gzip.compress(sender.body()), encoding)) == "Fetch towels"


def test_deflate_is_inflated(sender: Sender) -> None:
    assert created(sender.encoded(zlib.compress(sender.body()), "deflate")) == "Fetch towels"


@pytest.mark.parametrize("encoding", ["identity", "", "IDENTITY"])
def test_no_encoding_is_no_encoding(sender: Sender, encoding: str) -> None:
    assert created(sender.encoded(sender.body(), encoding)) == "Fetch towels"


def test_a_chunked_body_may_be_compressed_too(sender: Sender) -> None:
    raw = gzip.compress(sender.body())
    assert created(sender.chunked(raw, headers={"content-encoding": "gzip"})) == "Fetch towels"


def test_a_compressed_body_of_exactly_a_mebibyte_is_read(sender: Sender) -> None:
    assert created(sender.encoded(gzip.compress(sender.sized(MEBIBYTE)), "gzip"))


def test_a_small_body_cannot_become_a_large_one(sender: Sender) -> None:
    raw = gzip.compress(sender.sized(MEBIBYTE + 1))
    assert len(raw) < 10_000
    refused(sender.encoded(raw, "gzip"), 413)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_bomb_is_never_inflated_whole(sender: Sender, encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = (gzip.compress if encoding == "gzip" else zlib.compress)(b" " * (100 * MEBIBYTE))
    most = 0
    real = zlib.decompressobj

    class Watched:
        def __init__(self, *args: Any) -> None:
            self.inner = real(*args)

        def decompress(self, data: bytes, limit: int = 0) -> bytes:
            nonlocal most
            inflated = self.inner.decompress(data, limit)
            most = max(most, len(inflated))
            return inflated

    monkeypatch.setattr("accounts.api.bodies.zlib.decompressobj", Watched)
    refused(sender.encoded(raw, encoding), 413)
    assert most == MEBIBYTE + 1


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
@pytest.mark.parametrize("spoil", [lambda raw: b"", lambda raw: raw[:-1], lambda raw: raw[:12], lambda raw: b"x" + raw])
def test_a_broken_encoding_is_refused(sender: Sender, encoding: str, spoil: Any) -> None:
    compress = gzip.compress if encoding == "gzip" else zlib.compress
    refused(sender.encoded(spoil(compress(sender.body())), encoding), 400)


def test_a_wrong_checksum_is_refused(sender: Sender) -> None:
    raw = bytearray(gzip.compress(sender.body()))
    raw[-5] ^= 1
    refused(sender.encoded(bytes(raw), "gzip"), 400)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_what_is_not_encoded_at_all_is_refused(sender: Sender, encoding: str) -> None:
    refused(sender.encoded(sender.body(), encoding), 400)


@pytest.mark.parametrize("rest", [b"x", gzip.compress(b"{}", mtime=0), b"\x00"])
def test_bytes_after_the_end_of_the_encoding_are_refused_not_dropped(sender: Sender, rest: bytes) -> None:
    refused(sender.encoded(gzip.compress(sender.body()) + rest, "gzip"), 400)


@pytest.mark.parametrize("encoding", ["br", "zstd", "compress", "gzip, gzip", "identity, gzip", "é", "x" * 3000])
def test_an_unknown_encoding_is_refused(sender: Sender, encoding: str) -> None:
    refused(sender.encoded(gzip.compress(sender.body()), encoding), 400)


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"}",
        b"nothing",
        b"{'incident_id': 'x'}",
        b'{"a": 1,}',
        b"[1,]",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 01}',
        b'{"a": +1}',
        b'{"a": .5}',
        b'{"a": 0x10}',
        b'{"a": "\\ud800"}',
        b'{"a": "\\udc00\\ud800"}',
        b'{"\\ud800": 1}',
        b'{"a": "\\x41"}',
        b'{"a": "line\nbreak"}',
        b'{"a": "\x00"}',
        b"\x00",
        b'{"a": 1} {"b": 2}',
        b'{"a": 1} // comment',
        '{"description": "é"}'.encode("latin-1"),
        '{"description": "x"}'.encode("utf-16"),
        b"\xef\xbb\xbf{}",
        b'{"a": "\xed\xa0\x80"}',
        b'{"a": "\xc0\xaf"}',
        b"description=x",
        b"<action/>",
    ],
)
def test_what_is_not_json_is_refused(sender: Sender, raw: bytes) -> None:
    [error] = refused(sender.post(raw), 400)
    assert error["code"] == "invalid_request"


@pytest.mark.parametrize("raw", [b"[]", b"[{}]", b'"x"', b"1", b"1.5", b"true", b"false", b"null", b'""', b"0"])
def test_json_that_is_no_object_is_invalid(sender: Sender, raw: bytes) -> None:
    refused(sender.post(raw), 422)


@pytest.mark.parametrize("raw", [b"", b" ", b"\r\n\t ", b"{}"])
def test_an_empty_body_lacks_every_required_field(sender: Sender, raw: bytes) -> None:
    errors = refused(sender.post(raw), 422)
    assert {error["source"]["pointer"]: error["code"] for error in errors} == {
        "/incident_id": "is_required",
        "/description": "is_required",
    }


@pytest.mark.parametrize("text", ["a\x00b", "\x00", "a\x00"])
def test_a_nul_in_a_string_is_invalid_as_no_database_keeps_it(sender: Sender, text: str) -> None:
    [error] = refused(sender.post(sender.body(text)), 422)
    assert error["source"]["field"] == "description"


@pytest.mark.parametrize("text", ["\x01", "\x7f", "a\r\nb", "\ufeff", "\uffff", "😀", "e\u0301", "\u202e", "\u2028"])
def test_any_other_character_is_kept_as_it_was_sent(sender: Sender, text: str) -> None:
    assert created(sender.post(sender.body(f"<{text}>"))) == f"<{text}>"
    assert Action.objects.get().description == f"<{text}>"


@pytest.mark.parametrize("escape", [b"\\ud83d\\ude00", b"\\u00e9", b"\\/", b'\\"'])
def test_escapes_are_read(sender: Sender, escape: bytes) -> None:
    raw = sender.body("HERE").replace(b"HERE", escape)
    assert created(sender.post(raw)) == json.loads(b'"' + escape + b'"')


@pytest.mark.parametrize("content_type", ["application/json", "", "text/plain", "multipart/form-data", "nonsense"])
def test_json_is_read_whatever_it_calls_itself(sender: Sender, content_type: str) -> None:
    assert created(sender.post(sender.body(), content_type)) == "Fetch towels"


def test_json_is_read_without_any_content_type(sender: Sender) -> None:
    environ: dict[str, Any] = {"wsgi.input": io.BytesIO(sender.body()), "CONTENT_LENGTH": str(len(sender.body()))}
    assert created(sender.post(b"", **environ)) == "Fetch towels"


def test_another_charset_in_the_content_type_changes_nothing(sender: Sender) -> None:
    raw = sender.body("HERE").replace(b"HERE", "é".encode())
    assert created(sender.post(raw, "application/json; charset=latin-1")) == "é"


def test_the_last_of_two_equal_names_counts(sender: Sender) -> None:
    raw = sender.body("first")[:-1] + b', "description": "last"}'
    assert created(sender.post(raw)) == "last"


@pytest.mark.parametrize(
    "value",
    [b"1" * 5000, b"-" + b"9" * 400, b"18446744073709551616", b"1e308", b"1e400", b"-1e400", b"0." + b"1" * 5000],
)
def test_an_enormous_number_is_never_our_fault(sender: Sender, value: bytes) -> None:
    for raw in (sender.body()[:-1] + b', "colour": ' + value + b"}", b'{"description": ' + value + b"}", value):
        response = sender.post(raw)
        assert response.status_code in (201, 400, 422), response.content


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_nesting_is_read_to_the_limit_and_refused_beyond(opening: bytes, sender: Sender) -> None:
    closing = b"]" if opening == b"[" else b"}"

    def nested(depth: int) -> bytes:
        return opening * depth + (b"" if opening == b"[" else b"1") + closing * depth

    assert parse_json(nested(DEPTH))
    refused(sender.post(nested(DEPTH)), 422)
    for depth in (DEPTH + 1, 1000, 100_000):
        refused(sender.post(nested(depth)), 400)


def test_a_wide_body_is_not_a_deep_one(sender: Sender) -> None:
    raw = sender.body()[:-1] + b', "colour": [' + b",".join([b"[]"] * 300_000) + b"]}"
    assert created(sender.post(raw)) == "Fetch towels"


def test_a_body_that_nobody_asked_for_is_not_read(api: Api) -> None:
    assert api.client.generic("GET", PATH, b"{", "application/json").status_code == 200


@pytest.mark.parametrize("raw", [b"{", b"[]", b"", b"\xff", gzip.compress(b"{}", mtime=0)])
def test_an_update_that_cannot_be_read_changes_nothing(sender: Sender, raw: bytes) -> None:
    sender.post(sender.body())
    before = Action.objects.values().get()
    response = sender.client.generic("PUT", f"{PATH}/{Action.objects.get().ulid}", raw, "application/json")
    assert response.status_code in (400, 422)
    assert response.json()["errors"]
    assert Action.objects.values().get() == before
