import inspect
import logging

import pytest

from leitmotiv import errors
from leitmotiv.web import errors as table
from leitmotiv.workflows import browse

NAMED = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.LeitmotivError)]


def make(kind: type[errors.LeitmotivError]) -> errors.LeitmotivError:
    more = {errors.ImageReadError: ("/a.jpg", "it is empty"), errors.QueryError: ("The cause. The next step.", 2, 5)}
    return kind(*more.get(kind, ("The cause. The next step.",)))


@pytest.mark.parametrize("kind", NAMED, ids=lambda kind: kind.__name__)
def test_every_named_failure_has_a_status_and_tells_its_text(client, monkeypatch, kind):
    def fail(*args, **options):
        raise make(kind)

    monkeypatch.setattr(browse, "days", fail)
    page, problem = client.get("/"), client.get("/api/v1/days")
    assert page.status_code == problem.status_code == table.status_of(make(kind))
    assert page.status_code >= 400
    assert str(make(kind)) in page.text
    assert problem.json["detail"] == str(make(kind))
    assert problem.json["type"] == f"urn:leitmotiv:error:{kind.__name__}"


def test_what_passes_by_itself_says_when_to_ask_again(client, monkeypatch):
    def fail(*args, **options):
        raise errors.CompilingError("Preparing.")

    monkeypatch.setattr(browse, "days", fail)
    page = client.get("/")
    assert page.status_code == 503
    assert int(page.headers["Retry-After"]) > 0
    assert '<meta http-equiv="refresh"' in page.text


def test_a_library_that_cannot_be_read_still_has_an_error_page(client, monkeypatch):
    def fail(*args, **options):
        raise errors.LibraryTooNewError("The library was written by a newer leitmotiv.")

    for name in ("days", "jobs", "images"):
        monkeypatch.setattr(browse, name, fail)
    answer = client.get("/")
    assert answer.status_code == 500
    assert "newer leitmotiv" in answer.text


def test_a_fault_of_ours_is_logged_and_told_without_its_insides(client, monkeypatch, caplog):
    def fail(*args, **options):
        raise ZeroDivisionError("a secret value")

    monkeypatch.setattr(browse, "days", fail)
    with caplog.at_level(logging.ERROR):
        answer = client.get("/")
    assert answer.status_code == 500
    assert "A fault of leitmotiv, ZeroDivisionError" in answer.text
    assert "a secret value" not in answer.text
    assert "a secret value" in caplog.text
