"""The Host header: doors, refusals, proxies."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import Client, RequestFactory

from config.hosts import Door, HostDoor, believe_proxies, door_of

BUILT_LATER = ["cadences", "analytics", "gamification"]


@pytest.mark.parametrize(
    ("host", "door"),
    [
        ("localhost", Door()),
        ("127.0.0.1", Door()),
        ("incidents.localhost", Door("incidents")),
        ("actions.localhost", Door("actions")),
        ("acme.actions.localhost", Door("actions", "acme")),
        ("acme.incidents.localhost", Door()),
        ("a.b.actions.localhost", Door()),
        ("incidents.example.org", Door()),
    ],
)
def test_a_host_names_a_door(host: str, door: Door):
    assert door_of(host) == door


def test_a_door_knows_where_an_app_begins():
    assert Door().root("incidents") == "/incidents"
    assert Door("incidents").root("incidents") == ""


def test_an_apps_host_drops_cookies_and_the_base_host_keeps_them(rf: RequestFactory):
    def seen(request: HttpRequest) -> HttpResponse:
        return JsonResponse(request.COOKIES)

    for host, cookies in (("cadences.localhost", b"{}"), ("localhost", b'{"acta_session": "1"}')):
        request = rf.get("/", HTTP_HOST=host, HTTP_COOKIE="acta_session=1")
        assert HostDoor(seen)(request).content == cookies


def test_only_pages_carry_a_content_policy(rf: RequestFactory):
    page = HostDoor(lambda request: HttpResponse("a page"))(rf.get("/"))
    data = HostDoor(lambda request: JsonResponse({}))(rf.get("/"))
    assert page["Content-Security-Policy"].startswith("default-src 'self';")
    assert "Content-Security-Policy" not in data


def test_a_host_nobody_named_is_refused_with_the_setting_that_names_it(client: Client):
    response = client.get("/", HTTP_HOST="acta.example.org:8000")
    assert response.status_code == 400
    assert "add acta.example.org to the setting ACTA_HOSTS" in response.content.decode()


def test_a_host_in_the_setting_is_answered(client: Client, settings):
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "acta.example.org"]
    assert client.get("/cadences/v2/me", HTTP_HOST="acta.example.org").status_code == 501


@pytest.mark.parametrize("app", BUILT_LATER)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_an_api_that_is_not_built_says_so_by_prefix_and_by_host(app: str, method: str):
    client = Client(enforce_csrf_checks=True)
    by_prefix = client.generic(method, f"/{app}/v2/actions")
    by_host = client.generic(method, "/v2/actions", HTTP_HOST=f"{app}.localhost:8000")
    for response in (by_prefix, by_host):
        assert response.status_code == 501
        assert response.json() == {"error": {"code": "not_built", "message": f"The {app} API is not built yet."}}


def test_static_files_are_behind_every_door(client: Client):
    for host in ("localhost", "cadences.localhost"):
        response = client.get("/static/admin/css/base.css", HTTP_HOST=host)
        assert response.status_code == 200
        assert b"".join(response)


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("", "198.51.100.1", ""),
    ],
)
def test_only_our_proxies_say_who_the_client_is(settings, peer: str, forwarded: str, client: str):
    settings.ACTA_TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    meta = {"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": forwarded, "HTTP_X_FORWARDED_PROTO": "https"}
    believe_proxies(meta)
    assert meta["REMOTE_ADDR"] == client
    assert ("HTTP_X_FORWARDED_PROTO" in meta) == (peer == "10.0.0.1")
