import io

import flask
import pytest

from leitmotiv.web import answers, errors, schema

SHAPE = schema.record({"name": schema.text(least=1), "n": schema.whole(0, 9)}, optional=("n",))


@pytest.fixture
def client():
    app = flask.Flask("answers")
    errors.install(app)
    app.add_url_rule(
        "/api/body", "body", lambda: answers.json_answer(answers.body(SHAPE, most=200), 201), methods=["POST"]
    )
    app.add_url_rule("/api/loose", "loose", lambda: answers.json_answer(answers.body({"n": int})), methods=["POST"])
    app.add_url_rule("/api/get", "get", lambda: answers.json_answer({"a": 1}))
    app.add_url_rule(
        "/api/file",
        "file",
        lambda: answers.json_answer({"bytes": len(answers.upload("picture", megabytes=0.001).read())}),
        methods=["POST"],
    )
    return app.test_client()


def test_a_body_that_fits_is_given_back(client):
    answer = client.post("/api/body", json={"name": "é", "n": 3})
    assert (answer.status_code, answer.json) == (201, {"name": "é", "n": 3})


def test_no_body_counts_as_an_empty_object(client):
    assert client.post("/api/loose").json == {}


@pytest.mark.parametrize(
    ("data", "kind", "status", "said"),
    [
        (b"{", "application/json", 400, "no JSON"),
        (b"[1]", "application/json", 400, "must be a JSON object with name, n"),
        (b"\xff{}", "application/json", 400, "not UTF-8"),
        (b'{"n": NaN}', "application/json", 400, "NaN"),
        (b'{"n": 1}', "application/json", 400, "name is not given"),
        (b"[" * 100_000, "application/json", 413, "more than the 200 bytes"),
        (b'{"name": "a"}', "text/plain", 415, "application/json"),
        (b"name=a", "application/x-www-form-urlencoded", 415, "application/json"),
    ],
)
def test_a_body_that_cannot_be_used_is_a_problem_that_says_why(client, data, kind, status, said):
    answer = client.post("/api/body", data=data, content_type=kind)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert said in answer.json["detail"]


def test_a_body_that_is_nested_without_end_is_refused(client):
    answer = client.post("/api/loose", data=b'{"n":' * 100_000, content_type="application/json")
    assert answer.status_code == 400


def test_answers_have_a_tag_and_are_not_sent_twice(client):
    first = client.get("/api/get")
    assert client.get("/api/get", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_uploads_are_bounded(client):
    assert client.post("/api/file", data={"picture": (io.BytesIO(b"x" * 100), "a.jpg")}).json == {"bytes": 100}
    assert client.post("/api/file", data={"picture": (io.BytesIO(b"x" * 2000), "a.jpg")}).status_code == 413
    answer = client.post("/api/file", data={"other": (io.BytesIO(b"x"), "a.jpg")})
    assert (answer.status_code, "'picture'" in answer.json["detail"]) == (400, True)


def test_a_method_that_is_not_taken_is_named_with_those_that_are(client):
    answer = client.delete("/api/body")
    assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (405, {"POST", "OPTIONS"})
    assert answer.json["detail"] == "/api/body does not take DELETE; it takes POST."
