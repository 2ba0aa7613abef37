"""The plane of words and pictures, the axis between two poles, and that every way of asking finds the same."""

import html
import json
import re
import threading
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from leitmotiv.cli.main import main
from leitmotiv.errors import CompilingError
from leitmotiv.settings import Settings
from leitmotiv.web.app import create_app
from leitmotiv.workflows import own, preparing, word_space, words
from leitmotiv.workflows.session import Session
from tests.workflows.spoken import fill, of_kind
from tests.workflows.synthetic import image_id


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    folder = tmp_path_factory.mktemp("places")
    with Session(Settings(library=folder / "library", words="wordllama")) as session:
        fill(session)
        yield session


@pytest.fixture(scope="module")
def client(session):
    return create_app(session).test_client()


def of(client, path, status=200, **query):
    answer = client.get(path, query_string=query)
    assert answer.status_code == status, answer.get_data(as_text=True)[:300]
    return answer.get_json() if "/api/" in path else answer.get_data(as_text=True)


def asked(session, *arguments):
    """The exit code of `leitmotiv search`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEITMOTIV_WORDS", "wordllama")
        with pytest.raises(SystemExit) as ended:
            main(["search", "--library", str(session.settings.library), *arguments])
    return ended.value.code


def test_a_window_tells_pictures_and_words_inside_it_and_marks_what_a_search_finds(session, client):
    whole = of(client, "/api/v1/search/map", q="pizza")
    assert whole["box"] == [0, 0, 1, 1]
    assert whole["total"] >= 60
    marked = {one["id"] for one in whole["pictures"] if one["found"]}
    asked = of(client, "/api/v1/search", q="pizza", n=400)
    wanted = {one["id"] for one in asked["results"][: asked["above_chance"]]}
    assert 0 < len(marked) <= len(wanted)
    assert marked <= wanted
    for columns, rows in ((1, 1), (2, 2), (64, 64)):
        grid = {"columns": columns, "rows": rows}
        fine = of(client, "/api/v1/search/map", q="pizza", columns=64, rows=64)["pictures"]
        cells = {(int(one["x"] * columns), int(one["y"] * rows)) for one in fine if one["found"]}
        few = of(client, "/api/v1/search/map", q="pizza", **grid)["pictures"]
        assert {(int(one["x"] * columns), int(one["y"] * rows)) for one in few if one["found"]} == cells
    (pizza,) = (one for one in whole["words"] if one["word"] == "pizza")
    box = f"{pizza['x'] - 0.1},{pizza['y'] - 0.1},0.2,0.2"
    near = of(client, "/api/v1/search/map", box=box, columns=9, rows=9)
    left, top, width, height = near["box"]
    assert all(left <= one["x"] <= left + width and top <= one["y"] <= top + height for one in near["pictures"])
    assert len(near["pictures"]) <= 81
    assert {one["id"] for one in near["pictures"]} & of_kind("pizza")
    page = of(client, "/search/map", q="pizza", box=box)
    held = float(re.search(r"which hold (\d+)\s%", page)[1]) / 100
    vectors = words.picture_vectors(session)[1].astype(float)
    variances = np.sort(np.linalg.eigvalsh(np.cov(vectors.T)))
    assert held == pytest.approx(variances[-2:].sum() / variances.sum(), abs=0.006)
    assert page.count("<image ") == len(of(client, "/api/v1/search/map", box=box)["pictures"])
    assert 'data-word="pizza"' in page
    for wrong in ("a,b", "0,0,0,0", "nan,0,1,1"):
        assert "no window" in of(client, "/search/map", 400, box=wrong)
        assert "no window" in of(client, "/api/v1/search/map", 400, box=wrong)["detail"]


def test_an_axis_has_one_pole_at_each_end_and_each_share_is_exact(client):
    form = of(client, "/api/v1/search/axis", axis="pizza..flamingo", n=1000)
    ids, scores = ([one[name] for one in form["results"]] for name in ("id", "score"))
    assert set(ids[:10]) <= of_kind("pizza")
    assert set(ids[-10:]) <= of_kind("flamingo")
    assert scores == sorted(scores)
    assert all(sum(one["parts"]) == pytest.approx(one["score"]) for one in form["results"])
    turned = of(client, "/api/v1/search/axis", axis="flamingo..pizza", n=1000)["results"]
    assert [one["score"] for one in turned] == pytest.approx([-score for score in reversed(scores)])
    page = of(client, "/search/axis", axis="pizza..flamingo", at=100)
    assert set(re.findall(r'data-id="(\w{64})"', page)) & of_kind("flamingo")
    assert of(client, "/api/v1/search/axis", axis="pizza..flamingo", n=5)["next"]
    for wrong in ("pizza", "..", "pizza..(", "..hot", "pizza..flamingo..lion", "pizza name:x..flamingo"):
        assert 'role="alert"' in of(client, "/search/axis", 400, axis=wrong)
        assert of(client, "/api/v1/search/axis", 400, axis=wrong)["detail"]


def test_poles_say_of_unknown_words_and_slips_what_a_search_says(client):
    form = of(client, "/api/v1/search/axis", axis="pnada..flamingo", n=1000)
    searched = of(client, "/api/v1/search", q="pnada")
    assert form["unknown"] == searched["unknown"]
    assert form["unknown"][0]["near"][0] == "panda"
    page = of(client, "/search/axis", axis="pnada..flamingo", q="name:*")
    assert "is no word that is known here" in page
    links = [parse_qs(urlsplit(html.unescape(one)).query) for one in re.findall(r'href="(/search/axis[^"]*)"', page)]
    assert {"axis": ["panda..flamingo"], "q": ["name:*"]} in links
    lost = of(client, "/api/v1/search/axis", axis="flamingo..xqzzrv")
    assert (lost["results"], lost["total"], lost["unknown"][0]["word"]) == ([], 0, "xqzzrv")
    assert "Nobody here knows" in of(client, "/search/axis", axis="flamingo..xqzzrv")
    assert "says nothing of what a picture shows" in of(client, "/search/axis", axis="of the..pizza")
    assert of(client, "/api/v1/search/axis", axis="pizza..flamingo", n=1)["unknown"] == []


def test_an_axis_follows_what_its_filters_ask_for(session, client):
    laid = [of(client, "/api/v1/search/axis", axis="pizza..flamingo", q="stars:5", n=1000)["results"]]
    for stars in (5, 0):
        own.rate(session, [image_id(0)], stars=stars)
        laid.append(of(client, "/api/v1/search/axis", axis="pizza..flamingo", q="stars:5", n=1000)["results"])
    assert [[one["id"] for one in results] for results in laid] == [[], [image_id(0)], []]


def test_the_page_the_api_and_the_command_line_find_the_same(session, client, capsys):
    for query in ("pizza", "pizza + flamingo", "grand piano - pizza", "sea lion & flamingo", "zeppelin"):
        for more in ({}, {"diverse": "0.6"}):
            api = [one["id"] for one in of(client, "/api/v1/search", q=query, n=20, **more)["results"]]
            page = re.findall(r'data-id="(\w{64})"', of(client, "/search", q=query, all=1, **more))
            extra = ["--diverse", more["diverse"]] if more else []
            assert asked(session, query, "-n", "20", "--json", *extra) == 0
            command = [one["id"] for one in json.loads(capsys.readouterr().out)["results"]]
            assert api == page[:20] == command, query


LOST = {"qwxzv", "日本 + 🙂"}
"""What is answered, but finds nothing."""
BAD = {
    "-pizza": 200,
    "qwxzv": 200,
    "日本 + 🙂": 200,
    "a" * 10_001: 400,
    "pizza " * 1600: 400,
    "(" * 5000: 400,
    "pizza + [img:ffffffff]": 404,
    "((pizza)": 400,
    '"': 400,
}


@pytest.mark.parametrize("query", BAD, ids=lambda text: repr(text[:20]))
def test_what_cannot_be_asked_gets_a_clear_answer_everywhere(session, client, capsys, query):
    status = BAD[query]
    page = of(client, "/search", status, q=query)
    form = of(client, "/api/v1/search", status, q=query)
    code = asked(session, "--", query)
    told = capsys.readouterr()
    assert code == (1 if query in LOST else {200: 0, 400: 2, 404: 1}[status])
    assert status != 200 or bool(form["results"]) != (query in LOST)
    if status != 200:
        assert form["detail"][:60] in told.err
        assert form["detail"][:60] in html.unescape(page)
        assert "Traceback" not in told.err


def test_looks_are_answered_while_words_are_being_read(session, monkeypatch):
    begun, go_on, read = threading.Event(), threading.Event(), []
    whole = word_space._read

    def slowly(*arguments):
        begun.set()
        read.append(go_on.wait(8))
        return whole(*arguments)

    monkeypatch.setattr(preparing, "QUICK", ())
    monkeypatch.setattr(word_space, "_kept", lambda path: None)
    monkeypatch.setattr(word_space, "_read", slowly)
    with Session(session.settings, patient=False) as hurried:
        client = create_app(hurried).test_client()
        assert client.get("/search?q=pizza").status_code == 503
        assert begun.wait(8)
        assert of(client, "/api/v1/search", q="colour:#808080")["results"]
        assert client.get("/search?q=pizza").status_code == 503
        assert not read
        go_on.set()
        hurried.memory[preparing.DOING][""].thread.join(60)
        assert read == [True]


def test_pages_say_that_words_are_being_read_and_go_on_by_themselves(session, monkeypatch):
    reading, go_on = [], threading.Event()

    def class_words(session, report=None):
        go_on.wait(10)
        reading.append(session)

    monkeypatch.setattr(preparing.word_space, "class_words", class_words)
    monkeypatch.setattr(preparing.word_space, "placed", class_words)
    monkeypatch.setattr(word_space, "is_read", lambda session: False)
    monkeypatch.setattr(preparing, "QUICK", ())
    with Session(session.settings, patient=False) as hurried:
        with pytest.raises(CompilingError, match="reading the words"):
            preparing.ready(hurried)
        answer = create_app(hurried).test_client().get("/search?q=pizza")
        assert answer.status_code == 503
        assert 'http-equiv="refresh"' in answer.get_data(as_text=True)
        work = hurried.memory[preparing.DOING][""]
        go_on.set()
        work.thread.join(10)
        assert reading == [hurried, hurried]
        preparing.ready(hurried)
