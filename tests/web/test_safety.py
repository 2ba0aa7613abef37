import re
from dataclasses import replace
from types import SimpleNamespace

import pytest

from leitmotiv.web import safety
from leitmotiv.web.app import create_app

TOKEN = "s3cret-tøken"


def client_of(library, *, host="127.0.0.1", token=None):
    session = SimpleNamespace(settings=replace(library.settings, host=host))
    return create_app(session, token=token).test_client()


@pytest.mark.parametrize(
    "name", ["localhost", "localhost:5000", "127.0.0.1:5000", "127.9.9.9", "[::1]:5000", "x.localhost"]
)
def test_loopback_names_are_answered(client, name):
    assert client.get("/jobs", headers={"Host": name}).status_code == 200


@pytest.mark.parametrize(
    "name", ["evil.example", "localhost.evil.example:5000", "127.0.0.1.evil.example", "192.168.1.7"]
)
def test_other_names_are_refused_without_naming_the_library(client, name):
    answer = client.get("/jobs", headers={"Host": name})
    assert answer.status_code == 421
    assert "shoebox" not in answer.text.replace("<wbr>", "")


def test_the_address_that_the_server_listens_on_is_answered(library):
    client = client_of(library, host="192.168.1.7")
    assert client.get("/jobs", headers={"Host": "192.168.1.7:5000"}).status_code == 200
    assert client.get("/jobs", headers={"Host": "evil.example"}).status_code == 421


def test_every_name_is_answered_where_the_server_listens_everywhere(library):
    assert client_of(library, host="0.0.0.0").get("/jobs", headers={"Host": "attic.local"}).status_code == 200


def test_the_policy_allows_nothing_inline_and_nothing_from_another_host(client):
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"https?:|\*", policy)


def test_each_answer_has_a_nonce_of_its_own_and_styles_carry_it(client):
    pages = [client.get("/") for _ in range(2)]
    nonces = [re.search(r"'nonce-([^']+)'", page.headers["Content-Security-Policy"])[1] for page in pages]
    assert nonces[0] != nonces[1]
    for page, nonce in zip(pages, nonces, strict=True):
        assert set(re.findall(r'<style nonce="([^"]+)"', page.text)) == {nonce}


def test_pages_hold_no_inline_script_style_or_handler(client, library):
    image = library.images_[0].id
    for address in (
        "/",
        f"/images/{image}",
        f"/ranked/{image}",
        "/clusters",
        "/clusters/600",
        "/jobs",
        "/about",
        "/no",
    ):
        page = client.get(address).text
        assert not re.search(r"<script(?![^>]*\ssrc=)", page), address
        assert not re.search(r"\sstyle=|\son\w+=|javascript:", page), address
        assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", page), address


@pytest.mark.parametrize("address", ["/", "/api/v1/status", "/static/style.css", "/nowhere"])
def test_every_answer_has_the_headers(client, address):
    with client.get(address) as answer:
        headers = answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "Access-Control-Allow-Origin" not in headers


def test_without_the_token_nothing_is_told(library):
    client = client_of(library, token=TOKEN)
    for address in (
        "/",
        "/api/v1/status",
        f"/thumb/{library.images_[0].id}/256.jpg",
        "/?token=x",
    ):
        answer = client.get(address)
        assert answer.status_code == 401, address
        assert "shoebox" not in answer.text.replace("<wbr>", "")


def test_the_token_is_shown_once_and_leaves_the_address(library):
    client = client_of(library, token=TOKEN)
    answer = client.get("/clusters", query_string={"count": "3", "token": TOKEN})
    assert (answer.status_code, answer.location) == (302, "/clusters?count=3")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert TOKEN not in cookie
    assert client.get("/clusters?count=3").status_code == 200


def test_a_program_may_send_the_token_as_bearer(library):
    client = client_of(library, token="plain")
    assert client.get("/api/v1/status", headers={"Authorization": "Bearer plain"}).status_code == 200
    assert client.get("/api/v1/status", headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_the_cookie_of_another_library_opens_nothing(library):
    client = client_of(library, token=TOKEN)
    client.set_cookie(safety.COOKIE, "0" * 64)
    assert client.get("/").status_code == 401


def test_the_token_never_leads_to_another_host(library):
    client = client_of(library, token="plain")
    answer = client.get("//evil.example/x?token=plain")
    assert answer.location is None or answer.location.startswith("/evil.example") or answer.status_code == 404


JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (JSON, 200),
        ({**JSON, "Origin": "http://localhost"}, 200),
        ({**JSON, "Origin": "https://localhost", "Sec-Fetch-Site": "same-origin"}, 200),
        ({}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Type": "text/plain"}, 415),
        ({**JSON, "Origin": "http://evil.example"}, 403),
        ({**JSON, "Origin": "http://localhost:8888"}, 403),
        ({**JSON, "Origin": "http://localhost.evil.example"}, 403),
        ({**JSON, "Origin": "null"}, 403),
        ({**JSON, "Origin": "file://localhost"}, 403),
        ({**JSON, "Sec-Fetch-Site": "cross-site"}, 403),
        ({**JSON, "Origin": "http://localhost", "Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_changes_come_from_own_pages_or_from_a_program_of_this_machine(client, monkeypatch, headers, status):
    monkeypatch.setattr("leitmotiv.workflows.own.undo", lambda session: None)
    answer = client.post("/api/v1/undo", headers=headers)
    assert (answer.status_code, answer.mimetype) == (
        status,
        "application/json" if status == 200 else "application/problem+json",
    )


def test_a_program_deletes_without_a_body(client, monkeypatch):
    monkeypatch.setattr("leitmotiv.workflows.own.remove_selection", lambda session, number: None)
    assert client.delete("/api/v1/selections/1").status_code == 204
    assert client.delete("/api/v1/selections/1", data="x", content_type="text/plain").status_code == 415
    assert client.delete("/api/v1/selections/1", headers={"Origin": "http://evil.example"}).status_code == 403


def test_a_program_elsewhere_changes_something_only_with_the_token(library, monkeypatch):
    monkeypatch.setattr("leitmotiv.workflows.own.undo", lambda session: None)
    client = client_of(library, host="192.168.1.7", token="plain")
    there = {"base_url": "http://192.168.1.7", "environ_base": {"REMOTE_ADDR": "192.168.1.9"}}
    assert client.post("/api/v1/undo", json={}, **there).status_code == 401
    bearer = {"Authorization": "Bearer plain"}
    assert client.post("/api/v1/undo", json={}, headers=bearer, **there).status_code == 200
    client.get("/?token=plain", **there)
    # the cookie alone, which a foreign page could make a browser send, is not enough
    assert client.post("/api/v1/undo", json={}, **there).status_code == 403
    own = {"Origin": "http://192.168.1.7"}
    assert client.post("/api/v1/undo", json={}, headers=own, **there).status_code == 200


def test_the_token_in_the_address_is_no_way_around_a_change(library):
    client = client_of(library, token="plain")
    assert client.post("/api/v1/undo?token=plain", json={}).status_code == 401


@pytest.mark.parametrize("address", ["/", "/api/v1/status", "/static/style.css"])
def test_a_page_of_another_site_leads_here_but_shows_nothing_of_it(client, address):
    with client.get(address, headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}) as answer:
        assert answer.status_code == 200
    for site in ("cross-site", "same-site"):
        answer = client.get(address, headers={"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors"})
        assert answer.status_code == 403


def test_reading_changes_nothing(client):
    rules = [rule for rule in client.application.url_map.iter_rules() if "GET" in rule.methods]
    assert [rule.rule for rule in rules if rule.methods & {"POST", "PUT", "PATCH", "DELETE"}] == []


def test_names_that_were_allowed_are_answered_and_others_no_more(library):
    library.settings = replace(library.settings, allowed_hosts=("Photos.lan",))
    near = client_of(library)
    assert near.get("/jobs", headers={"Host": "photos.lan"}).status_code == 200
    assert near.get("/jobs", headers={"Host": "evil.example"}).status_code == 421
    everywhere = client_of(library, host="0.0.0.0")
    assert everywhere.get("/jobs", headers={"Host": "photos.lan:5000"}).status_code == 200
    assert everywhere.get("/jobs", headers={"Host": "192.168.1.7:5000"}).status_code == 200
    assert everywhere.get("/jobs", headers={"Host": "evil.example"}).status_code == 421


def test_a_number_that_no_database_holds_leads_nowhere(client):
    assert client.put(f"/api/v1/selections/{10**30}", json={"name": "x", "query": ""}).status_code == 404
