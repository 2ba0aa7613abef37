"""The search page and its JSON over a small real library."""

import html
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image

from leitmotiv.errors import NoActivationsError
from leitmotiv.records import Caption, Result, WordScores
from leitmotiv.settings import Settings
from leitmotiv.web import search_shown
from leitmotiv.web.app import create_app
from leitmotiv.workflows import activations, scoring, seeking
from leitmotiv.workflows.ingest import add_directories
from leitmotiv.workflows.query import parse
from leitmotiv.workflows.said import Said
from leitmotiv.workflows.session import Session
from tests.workflows.pictures import folder_of, picture

RED = "colour:#c83c28"


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("search")
    with Session(replace(Settings(), library=folder / "library", workers=1)) as opened:
        add_directories(opened, [folder_of(folder / "photos", 18)])
        yield opened


@pytest.fixture(autouse=True)
def heard(monkeypatch: pytest.MonkeyPatch, session: Session) -> None:
    """Words that fit the better, the earlier a picture was added; "nothing" finds nothing."""

    monkeypatch.setattr(scoring.words, "scores", heard_of)
    session.memory.clear()


def heard_of(session: Session, text: str) -> WordScores:
    ids = tuple(session.library.images.ids())
    values = np.linspace(2, -2, len(ids))
    return WordScores(ids, values, 0 if text == "nothing" else 4, ("near word",), text)


@pytest.fixture
def client(session: Session) -> FlaskClient:
    return create_app(session).test_client()


def names(form: dict) -> set[str]:
    return {Path(result["path"]).name for result in form["results"]}


def test_a_search_is_a_ranking_like_any_other(client):
    form = client.get("/api/v1/search", query_string={"q": f"{RED}@top"}).get_json()
    assert form["schema"] == "leitmotiv.ranking/1"
    assert (form["measure"], form["order"]) == ("search", "descending")
    assert names(form) == {"p000.jpg", "p006.jpg", "p012.jpg"}
    assert form["above_chance"] == 3
    assert form["terms"] == ["#c83c28@top"]
    assert form["next"] is None
    again = client.get("/api/v1/search", query_string={"q": f"{RED}@top"})
    assert (
        client.get(
            "/api/v1/search", query_string={"q": f"{RED}@top"}, headers={"If-None-Match": again.headers["ETag"]}
        ).status_code
        == 304
    )


def test_next_leads_through_all_results(client):
    address, found = f"/api/v1/search?q={RED.replace('#', '%23')}&n=5&all=1", []
    while address:
        form = client.get(address).get_json()
        found += [result["id"] for result in form["results"]]
        address = form["next"]
    assert len(found) == len(set(found)) == 18


def test_a_body_says_the_same_as_an_address(client):
    asked = {"q": RED, "sketch": "150_50.20.30.20.0.c83c28"}
    by_address = client.get("/api/v1/search", query_string=asked).get_json()
    assert client.post("/api/v1/search", json=asked).get_json()["results"] == by_address["results"]
    assert by_address["terms"] == ["#c83c28", "sketch"]


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"q": 3},
        {"n": 0},
        {"n": True},
        {"offset": -1},
        {"all": "yes"},
        {"q": "x" * 9000},
        {"q": "teal +"},
        {"q": "x " * 6000},
    ],
)
def test_a_body_that_says_nothing_useful_is_refused_with_its_reason(client, body):
    answer = client.post("/api/v1/search", json=body)
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["detail"]


def test_the_page_shows_terms_results_and_where_chance_begins(client):
    text = client.get("/search", query_string={"q": f"{RED} -colour:white name:p*"}).get_data(as_text=True)
    assert text.count('class="result"') == 3
    assert "beyond here it is chance" in text
    assert "Without white" in text
    assert 'class="chip less"' in text
    everything = client.get("/search", query_string={"q": RED, "all": 1}).get_data(as_text=True)
    assert everything.count('class="result"') == 18
    assert re.search(r"/\?q=id%3A[0-9a-f%C]+", everything)


def test_a_term_can_be_taken_out_and_turned(client):
    text = client.get(
        "/search", query_string={"q": f"2*{RED} year:2020..2040", "sketch": "150_50.20.30.20.0.c83c28"}
    ).get_data(as_text=True)
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/search\?[^"]*)"', text)]
    assert "/search?q=year:2020..2040&sketch=150_50.20.30.20.0.c83c28" in [link.replace("%3A", ":") for link in links]
    assert any("q=-2*colour" in link.replace("%3A", ":").replace("%2A", "*") for link in links)
    assert all(client.get(link, follow_redirects=True).status_code == 200 for link in links)


@pytest.mark.parametrize(
    ("line", "added", "whole"),
    [
        ("", "colour:teal", "colour:teal"),
        ("", "+ cat", "cat"),
        ("cat", "colour:teal", "cat colour:teal"),
        ("cat - dog", "colour:teal", "cat - dog colour:teal"),
        ("cat + dog - snow name:x*", "colour:teal", "(cat + dog -snow) colour:teal name:x*"),
        ("cat, dog", "-colour:teal", "cat, dog -colour:teal"),
        ("cat | dog", "colour:teal@top", "(cat | dog) colour:teal@top"),
        ("cat | dog", "-snow", "(cat | dog) -snow"),
        ("cat | dog", "+ snow", "cat | dog + snow"),
        ("-(cat | dog)", "colour:teal", "-(cat | dog) + colour:teal"),
        ("cat", '+ "orange"', 'cat + "orange"'),
        ("cat", '-"near word"', "cat -near word"),
        ("", '-"near word"', "-near word"),
        ("(cat | dog) grass", "colour:teal", "(cat | dog) grass colour:teal"),
        ("colour:red + colour:blue", "colour:teal", "colour:red + colour:blue colour:teal"),
    ],
)
def test_what_a_click_adds_belongs_to_all_that_the_line_asks_for(client, line, added, whole):
    answer = client.get("/search", query_string={"q": line, "add": added, "copies": "1"})
    assert answer.status_code == 302
    asked = parse_qs(urlsplit(answer.location).query)
    assert (asked["q"], asked["copies"], "add" in asked) == ([whole], ["1"], False)
    assert client.get(answer.location).status_code == 200


def test_what_cannot_be_added_to_a_line_is_told_on_the_page(client):
    page = client.get("/search", query_string={"q": "cat +", "add": "colour:teal"})
    assert page.status_code == 400
    assert "ends with a sign" in page.text
    assert 'value="cat +"' in page.text
    for asked in ({"q": "cat", "add": "colour:nosuch"}, {"q": "cat", "sketch": "x"}):
        page = client.get("/search", query_string=asked)
        assert page.status_code == 400
        assert "<mark>" not in page.text
        assert "At character" not in page.text


def test_an_address_past_the_last_result_begins_anew(client):
    page = client.get("/search", query_string={"q": "sea", "offset": 60}).text
    assert (
        page.count('class="result"')
        == client.get("/search", query_string={"q": "sea"}).text.count('class="result"')
        > 0
    )
    assert "Better" not in page


def test_words_near_to_what_is_taken_away_are_not_offered(client, monkeypatch):
    def worded(session, phrase, ids):
        return Said(np.zeros(len(ids)), nearest=(phrase, f"near-{phrase}"))

    monkeypatch.setattr(scoring, "_worded", worded)
    form = client.get("/search", query_string={"q": "unheard - unwanted"}).text
    assert "near-unheard</a>" in form
    assert "near-unwanted</a>" not in form
    assert ">unheard</a>" not in form.partition("sayings")[2].partition("</div>")[0]
    assert "near-alone</a>" in client.get("/search", query_string={"q": "-alone"}).text


def test_a_query_that_cannot_be_read_keeps_what_was_typed_and_says_why(client):
    answer = client.get("/search", query_string={"q": "colour:teal + [img:zz]"})
    assert answer.status_code == 400
    text = answer.get_data(as_text=True)
    assert 'value="colour:teal + [img:zz]"' in text
    assert "is no picture" in text
    assert "<mark>[img:zz]</mark>" in text
    missing = client.get("/search", query_string={"q": "[img:ffffffffffff]"})
    assert missing.status_code == 404


def test_an_empty_search_offers_ways_to_begin_for_which_something_stands_out(client, session):
    session.memory.pop("examples", None)
    waiting = client.get("/search").get_data(as_text=True)
    assert 'class="more mono"' not in waiting
    (there,) = re.findall(r'data-examples="([^"]*)"', waiting)
    assert there == "/search/examples"
    client.get(there)  # pictures may be seen for the first time, which makes other examples
    text = client.get(there).get_data(as_text=True)
    assert "data-examples" not in text
    assert "<style" not in text
    asked_for = client.get("/search?examples=1").get_data(as_text=True)
    assert asked_for.count('class="more mono"') == text.count('class="more mono"')
    assert client.get("/search").get_data(as_text=True).count('class="more mono"') == text.count('class="more mono"')
    offered = re.findall('class="more mono" href="[^"]*">([^<]+)<', text)
    assert any(one.startswith("colour:") for one in offered)
    for one in map(html.unescape, offered):
        assert seeking.search(session, one).cut, one
    assert asked_for.count('class="offer"') >= 3


def test_a_region_opens_its_picture_and_its_box(client, session):
    one = session.library.images.ids()[0]
    text = client.get("/search", query_string={"region": f"{one[:12]}@10,20,30,40:here"}).get_data(as_text=True)
    assert f'data-region="{one}"' in text
    assert 'name="w" value="30"' in text
    assert 'value=":here" checked' in text
    only = client.get("/search", query_string={"region": one}).get_data(as_text=True)
    assert f'data-region="{one}"' in only
    assert 'class="result"' not in only


def test_a_picture_is_handed_in_looked_for_and_shown_but_not_kept_in_the_library(client, session):
    data = io.BytesIO()
    picture(30).save(data, "JPEG")
    answer = client.post("/api/v1/search/uploads", data=data.getvalue(), content_type="application/octet-stream")
    assert answer.status_code == 201
    form = answer.get_json()
    found = client.get("/api/v1/search", query_string={"q": form["term"]}).get_json()
    assert Path(found["results"][0]["path"]).name in {"p000.jpg", "p006.jpg", "p012.jpg"}
    page = client.get(form["page"]).get_data(as_text=True)
    assert f"/search/uploads/{form['id']}.jpg" in page
    preview = client.get(f"/search/uploads/{form['id']}.jpg")
    assert Image.open(io.BytesIO(preview.data)).size == (72, 48)
    assert len(session.library.images.ids()) == 18


def test_what_is_no_picture_or_too_large_is_refused(client, session, monkeypatch):
    answer = client.post("/api/v1/search/uploads", data=b"nothing", content_type="application/octet-stream")
    assert answer.status_code == 422
    assert "cannot be looked for" in answer.get_json()["detail"]
    monkeypatch.setattr(session, "settings", replace(session.settings, max_upload_megabytes=0.001))
    assert (
        client.post("/api/v1/search/uploads", data=b"x" * 2000, content_type="application/octet-stream").status_code
        == 413
    )
    assert client.get(f"/search/uploads/{'0' * 64}.jpg").status_code == 404


def test_bars_show_what_each_term_gave_and_never_overflow():
    result = Result("0" * 64, "a.jpg", 0.7, None, (0.6, 0.3, -0.2))
    drawn = search_shown.bars(result)
    assert [bar.kind for bar in drawn] == ["one", "two", "less"]
    assert [bar.x for bar in drawn] == [0, 60, 90]
    assert sum(bar.width for bar in drawn) == pytest.approx(100)


def test_stretches_side_by_side_differ_and_each_number_has_the_name_of_its_term():
    labels = ["bird", "fish", "apple", "bear"]
    result = Result("0" * 64, "a.jpg", 5.14, None, (2.28, 0.0, 2.86, -0.36))
    assert [bar.kind for bar in search_shown.bars(result, 6)] == ["one", "two", "less"]
    told = search_shown.given(result, labels)
    assert [(one.label, one.value, one.kind) for one in told] == [
        ("bird", 2.28, "one"),
        ("apple", 2.86, "two"),
        ("bear", -0.36, "less"),
    ]


def test_the_page_names_the_term_of_each_number(client):
    page = client.get("/search", query_string={"q": "boat & heron & tree - snow"}).text
    first = page[page.index('<figcaption class="caption">') :].split("</figcaption>")[0]
    named = re.findall(r'class="of">([^<]+)</span> <span class="number">([+−][0-9.]+)<', first)
    assert [label for label, _ in named] == ["boat", "heron", "tree", "snow"]
    assert [value[0] for _, value in named] == ["+", "+", "+", "−"]


def test_scores_that_are_small_throughout_have_decimals_that_tell_them_apart(client, session, monkeypatch):
    ids = tuple(session.library.images.ids())
    small = np.array([np.linspace(0.00312, 0.0031, len(ids)), np.full(len(ids), 1e-6)])
    monkeypatch.setattr(seeking.spaces, "parts", lambda session, query, mode, wanted: small)
    page = client.get("/search", query_string={"q": "boat + heron", "mode": "classic"}).text
    scores = re.findall(r'<figcaption class="caption"><span class="number">([0-9.]+)<', page)
    assert len(scores) == len(ids)
    assert len(set(scores)) == len(ids)


def test_every_page_but_this_one_has_the_field_in_its_bar(client):
    assert 'class="query"' in client.get("/about").get_data(as_text=True)
    assert 'class="query"' not in client.get("/search").get_data(as_text=True)


@pytest.mark.parametrize("name", ["sketch", "region", "upload"])
def test_a_space_inside_a_term_of_its_own_is_a_plain_message(client, name):
    for answer in (client.get("/search", query_string={name: "a b"}), client.get("/api/v1/search?" + name + "=a%20b")):
        assert answer.status_code == 400
        assert f"{name} is" in answer.get_data(as_text=True)


def test_words_are_chips_that_can_be_added_and_subtracted(client):
    text = client.get("/search", query_string={"q": "sea + 2*dog - colour:red"}).get_data(as_text=True)
    assert text.count('class="chip less"') == 1
    assert 'data-term="near word"' in text
    assert "add=%2B+near+word" in text
    assert search_shown.phrase("orange") == '"orange"'
    assert '<span class="unseen">not </span>red</a>' in text
    assert "Words by " in text
    assert text.count('class="button bare scripted adds"') == text.count('class="result"') > 0
    empty = client.get("/search").get_data(as_text=True)
    assert 'data-term="photos"' in empty


def test_nothing_found_is_said_and_what_comes_nearest_is_shown(client):
    text = client.get("/search", query_string={"q": "nothing"}).get_data(as_text=True)
    assert "Nothing stands out" in text
    assert text.count('class="result"') == 18


def test_a_word_that_nobody_knows_is_named_with_known_ones(client):
    text = client.get("/search", query_string={"q": "eleph4ntt"}).get_data(as_text=True)
    assert "eleph4ntt” is no word" in text


def test_a_number_is_kept_to_and_without_one_results_end_at_the_cut_off(client):
    def count(**query) -> int:
        return len(client.get("/api/v1/search", query_string={"q": "sea", **query}).get_json()["results"])

    assert (count(), count(n=10), count(n=99), count(n=10, all=0)) == (4, 10, 18, 4)
    form = client.post("/api/v1/search", json={"q": "sea", "n": 7}).get_json()
    assert (len(form["results"]), form["above_chance"], form["unit"]) == (7, 4, "standard deviations")


def test_places_of_another_ranking_become_pictures(client):
    first = client.get("/api/v1/search", query_string={"q": RED, "n": 5}).get_json()["results"]
    asked = {"q": "[IMG_1]+[IMG_3]", "from": RED}
    form = client.get("/api/v1/search", query_string=asked).get_json()
    assert form["query"]["q"] == f"[img:{first[1]['id'][:16]}] + [img:{first[3]['id'][:16]}]"
    page = client.get("/search", query_string=asked).get_data(as_text=True)
    assert f'value="{form["query"]["q"]}"' in page
    assert client.get("/api/v1/search", query_string={"q": "[IMG_1]"}).status_code == 400
    assert client.get("/api/v1/search", query_string={"q": "[IMG_99]", "from": RED}).status_code == 400
    assert client.get("/search", query_string={"q": "board:nosuch"}).status_code == 404
    assert client.get("/api/v1/search", query_string={"q": "sea", "mode": "magic"}).status_code == 400


def test_a_weight_beside_the_same_taken_away_is_not_dragged(client):
    chips = client.get("/search", query_string={"q": "cat - cat"}).text
    assert "data-weighed" not in chips
    assert client.get("/search", query_string={"q": "cat - dog"}).text.count("data-weighed") == 2


def line_of(client: FlaskClient, q: str) -> str:
    """The line of chips as one reads it."""
    text = client.get("/search", query_string={"q": q}).get_data(as_text=True)
    (shown,) = re.findall(r'<ul class="terms".*?</ul>', text, re.DOTALL)
    return html.unescape(" ".join(re.sub(r"<[^>]*>", " ", re.sub(r"Without [^<]*|not (?=<)", "", shown)).split()))


@pytest.mark.parametrize(
    ("q", "shown"),
    [
        ("cat & dog", "cat & dog"),
        ("(cat + dog) & grass - snow", "( cat + dog ) & grass − snow"),
        ("cat | dog", "cat or dog"),
        ("cat - (dog & snow)", "cat − ( dog & snow )"),
        ("-(cat + dog)", "− ( cat + dog )"),
        ("-cat", "− cat"),
        ("cat colour:red + 2*dog", "cat & red + dog ×2"),
    ],
)
def test_chips_stand_between_the_signs_that_the_line_has(client, q, shown):
    assert line_of(client, q) == shown


def test_a_word_that_nobody_knows_is_named_with_what_may_be_meant_one_click_away(client):
    form = client.get("/api/v1/search", query_string={"q": "2*pnada - snow"}).get_json()
    assert [(one["word"], one["near"][0], one["read"]) for one in form["unknown"]] == [("pnada", "panda", "")]
    assert form["notes"] == []
    text = client.get("/search", query_string={"q": "2*pnada - snow"}).get_data(as_text=True)
    assert "is no word that is known here" in text
    (there,) = re.findall(r'href="([^"]*)">panda</a>', text)
    assert client.get(there.replace("&amp;", "&")).status_code == 200
    assert "2*panda" in there.replace("%2A", "*")


def test_what_is_only_taken_away_has_a_heading_of_its_own(client):
    assert "What has least of it" in client.get("/search?q=-cat").get_data(as_text=True)
    assert "What has least of it" not in client.get("/search?q=dog+-cat").get_data(as_text=True)


def test_filters_alone_tell_as_much_as_any_search(client, session):
    form = client.get("/api/v1/search", query_string={"q": "name:p*"}).get_json()
    count = len(session.library.images.ids())
    assert (form["terms"], form["total"], form["above_chance"]) == ([], count, None)
    assert (form["unknown"], form["notes"]) == ([], [])


def test_filters_that_leave_nothing_are_named_in_a_sentence(client):
    text = client.get("/search?q=keyword:zorblax").get_data(as_text=True)
    assert "The filters leave no picture: keyword:zorblax" in text
    (note,) = client.get("/api/v1/search?q=keyword:zorblax").get_json()["notes"]
    assert note in text


def test_a_picture_whose_file_is_gone_is_still_looked_for(client, session, tmp_path):
    gone = session.library.images.many([session.library.images.ids()[0]])[0]
    path = Path(gone.path)
    kept = path.rename(tmp_path / path.name)
    try:
        for line in (f"[img:{gone.id[:8]}]", f"[img:{gone.id[:8]}@10,10,40,40]", f"{RED} - [img:{gone.id[:8]}]"):
            answer = client.get("/search", query_string={"q": line})
            assert answer.status_code == 200, line
            form = client.get("/api/v1/search", query_string={"q": line, "n": 30}).get_json()
            assert len(form["results"]) >= 17, line
        assert client.get("/api/v1/search", query_string={"q": f"[img:{'f' * 16}]"}).status_code == 404
    finally:
        kept.rename(path)


def test_an_empty_question_is_told_what_to_type(client):
    for asked in ({}, {"q": ""}, {"q": "  "}):
        answer = client.get("/api/v1/search", query_string=asked)
        assert (answer.status_code, "Type a word" in answer.get_json()["detail"]) == (400, True)
    assert client.post("/api/v1/search", json={}).status_code == 400
    assert client.get("/api/v1/search?q=name:p*").status_code == 200


def test_the_chip_of_a_picture_reads_its_file_name(client, session):
    one = session.library.images.ids()[0]
    name = Path(session.library.images.get(one).path).name
    assert line_of(client, f"[img:{one}] - sea") == f"{name} − sea"
    assert line_of(client, f"[img:{one}@10,20,30,40]") == f"part of {name}"


def test_what_another_process_writes_or_chooses_is_asked_anew(client, session, monkeypatch):
    asked = []
    heard = scoring.words.scores
    monkeypatch.setattr(scoring.words, "scores", lambda *args: asked.append(args) or heard(*args))

    def times() -> int:
        client.get("/api/v1/search?q=harbour")
        return len(asked)

    assert (times(), times()) == (1, 1)
    one = session.library.images.ids()[0]
    with Session(session.settings) as other:
        other.library.captions.replace([one], ["x"], [Caption(one, "a harbour", "caption", "x")])
        assert (times(), times()) == (2, 2)
        other.library.captions.clear()
        assert times() == 3
        other.library.models.put("space", "mine", b"1", b"{}")
        other.library.choices.put("space", "mine")
        assert (times(), times()) == (4, 4)
        other.library.models.put("space", "mine", b"22", b"{}")
        assert times() == 5
        other.library.choices.put("space", "")
        times()


def test_a_search_before_pictures_were_seen_says_how_far_that_is_or_offers_it(client, session, monkeypatch):
    def refuse(session: Session, text: str) -> WordScores:
        raise NoActivationsError("Nobody has looked.")

    monkeypatch.setattr(scoring.words, "scores", refuse)
    answer = client.get("/search?q=lotus")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "data-unseen-begin" in text
    assert "data-going" not in text
    adding = session.library.jobs.start("add", "photos")
    session.library.jobs.update(adding, phase="Reading pictures", done=1, total=5)
    assert "show is looked at when this is done" in client.get("/search?q=lotus").get_data(as_text=True)
    session.library.jobs.update(adding, phase=activations.PHASE, done=1, total=5)
    assert "show is being looked at" in client.get("/search?q=lotus").get_data(as_text=True)
    session.library.jobs.finish(adding, "done")
    made = session.library.jobs.enqueue("activations", "Subjects", {})
    text = client.get("/search?q=lotus").get_data(as_text=True)
    monkeypatch.undo()
    monkeypatch.setattr(scoring.words, "scores", heard_of)
    monkeypatch.setattr(type(session.library.activations), "count", lambda self: 5)  # another test may have them seen
    partly = client.get("/search?q=lotus").get_data(as_text=True)
    assert "Not all of your pictures were seen yet" in partly
    assert "waiting for its turn" in partly
    assert "Not all of your" not in client.get("/search", query_string={"q": RED}).get_data(as_text=True)
    session.library.jobs.move(made, "stopped")
    assert "Not all of your" not in client.get("/search?q=lotus").get_data(as_text=True)
    assert "data-unseen-begin" not in text
    assert "data-going" in text


def test_pictures_are_compared_otherwise_with_one_click(client, session):
    one = session.library.images.ids()[0]

    def ways(**query) -> list[tuple[str, bool, str]]:
        text = client.get("/search", query_string=query).get_data(as_text=True)
        shown = re.findall(r'<nav class="run comparing".*?</nav>', text, re.DOTALL)
        links = re.findall(r'href="([^"]*)"( aria-current="true")?>([^<]*)</a>', "".join(shown))
        return [(said, bool(used), html.unescape(there)) for there, used, said in links]

    look, subject = ways(q=f"[img:{one[:16]}] name:p*", copies="1")
    assert (look[:2], subject[:2]) == (("by look", True), ("by subject", False))
    assert "like%3Asubject" in subject[2] or "like:subject" in subject[2]
    assert "copies=1" in subject[2]
    asked = parse_qs(urlsplit(subject[2]).query)["q"][0]
    assert parse(asked) == parse(f"[img:{one[:16]}] like:subject name:p*")
    beside_words = ways(q=f"sea + [img:{one[:16]}] like:look")
    assert [used for _, used, _ in beside_words] == [True, False]
    assert "like" not in beside_words[1][2]
    assert ways(q="sea") == ways(q=RED) == []


def test_a_folder_called_as_what_was_not_found_is_one_click_away(client, monkeypatch):
    monkeypatch.setattr(search_shown.slips.names, "folders", lambda session: ("no_thing",))
    monkeypatch.setattr(scoring.words, "scores", lambda session, text: replace(heard_of(session, text), cut=0))
    text = client.get("/search", query_string={"q": "no thing"}).get_data(as_text=True)
    (there,) = re.findall(r'<a class="more mono" href="([^"]*)">folder:no_thing</a>', text)
    assert parse_qs(urlsplit(there).query) == {"q": ["folder:no_thing"]}


def test_where_things_are_added_it_says_that_the_larger_counts(client):
    larger = "Of what is added, the larger counts."
    assert larger in client.get("/search", query_string={"q": "sea + dog"}).get_data(as_text=True)
    assert larger not in client.get("/search", query_string={"q": "sea - dog"}).get_data(as_text=True)
