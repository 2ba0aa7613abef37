"""Pages of boards without a browser: what stands in them, what an address may ask, and what is refused in words."""

import shutil

import numpy as np
import pytest

from leitmotiv.errors import BoardError
from leitmotiv.records import Concept, Scores
from leitmotiv.settings import Settings
from leitmotiv.store import tables
from leitmotiv.web import board_tools
from leitmotiv.web.app import create_app
from leitmotiv.workflows import activations, placed, tasks
from leitmotiv.workflows.backgrounds import background
from leitmotiv.workflows.concept_files import to_cav
from leitmotiv.workflows.session import Session
from tests.workflows.kinds import KINDS, fill
from tests.workflows.synthetic import add, image_id

IDS = [image_id(number) for number in range(40)]
KIND, OTHERS = IDS[::KINDS], IDS[1::KINDS]
API = "/api/v1/boards"


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("board-pages") / "library"
    with Session(Settings(library=folder)) as session:
        fill(session.library)
        background(session)
    return folder


@pytest.fixture
def client(tmp_path, filled):
    with Session(Settings(library=shutil.copytree(filled, tmp_path / "library"))) as session:
        yield create_app(session).test_client()


@pytest.fixture
def board(client):
    made = client.post(API, json={"name": "dusk <b>", "words": "a & b", "positive": KIND[:4]}).json
    return client.post(f"{API}/{made['id']}/train", json={}).json


def read(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    return answer.text


def tiles(page):
    """Ids of the results of a page, in their order."""
    inner = page.partition('id="results"')[2] or page.partition("data-more-results")[2]
    return [part[:64] for part in inner.split('data-id="')[1:]]


def test_cards_say_what_boards_are_and_what_was_thrown_away(client, board):
    page = read(client, "/boards")
    assert "dusk &lt;b&gt;" in page
    assert "a &amp; b" in page
    assert "<b>" not in page.partition("<main")[2].split("foot")[0]
    assert "1 training" in page
    assert "4 for" in page
    assert "No board is called" in read(client, "/boards?q=dawn")
    client.delete(f"{API}/{board['id']}")
    page = read(client, "/boards")
    assert "Restore" in page
    assert "Make three sample boards" in page
    page = read(client, f"/boards/{board['id']}")
    assert "This board is in the trash" in page
    assert "data-do-train" not in page


def test_results_stand_in_the_page_best_first_and_go_on_by_links(client, board):
    page = read(client, f"/boards/{board['id']}")
    assert set(tiles(page)[:6]) == set(KIND[4:])
    assert len(tiles(page)) == 36
    own = tiles(read(client, f"/boards/{board['id']}?own=1&sort=score"))
    assert len(own) == 40
    assert own[0] not in KIND
    rest = read(client, f"/boards/{board['id']}?part=results&from=30")
    assert tiles(rest) == tiles(page)[30:]
    assert "<style" not in rest


def test_a_line_that_cannot_be_read_is_told_above_the_board(client, board):
    page = read(client, f"/boards/{board['id']}?q=when:never", 400)
    assert 'role="alert"' in page
    assert "when" in page
    assert "dusk" in page
    assert tiles(page) == []
    assert read(client, f"/boards/{board['id']}?view=upside", 400)


def test_an_untrained_or_missing_board_says_what_comes_first(client):
    made = client.post(API, json={"positive": [], "name": "bare"}).json
    assert "give the board one picture" in read(client, f"/boards/{made['id']}")
    assert "learnt nothing yet" in read(client, f"/boards/{made['id']}/camera", 404)
    assert "takes two trainings to compare" in read(client, f"/boards/{made['id']}/compare")
    for address in ("/boards/99", "/boards/99/camera", f"/boards/{made['id']}/snapshots/5", "/boards/99/compare"):
        read(client, address, 404)


def test_what_leaves_a_board_depends_on_what_it_learnt(client, board):
    def offered(page):
        return {part.partition("?")[0].partition('"')[0] for part in page.split("/export.")[1:]}

    assert offered(read(client, f"/boards/{board['id']}")) == {"html", "cav", "json", "onnx"}
    bare = client.post(API, json={"name": "bare"}).json
    assert offered(read(client, f"/boards/{bare['id']}")) == {"html"}


def test_likely_ones_are_counted_among_those_that_the_filters_hold_for(client, board):
    page = read(client, f"/boards/{board['id']}")
    all_of_them = int(page.partition('data-do-keep="')[2].partition('"')[0])
    some = read(client, f"/boards/{board['id']}?q=id:{KIND[5][:16]}")
    assert all_of_them > 1
    assert "Keep the 1 likely as a selection, named after the board" in some
    assert "1 likely</h2>" in some


def test_a_stale_name_is_refused_as_a_stale_picture_is(client, board):
    client.post(f"{API}/{board['id']}/examples", json={"ids": [OTHERS[0]]})
    answer = client.patch(f"{API}/{board['id']}", json={"name": "dawn", "revision": board["revision"]})
    assert (answer.status_code, "in another place" in answer.json["detail"]) == (409, True)


def test_pictures_that_came_since_are_told_of(client, board, tmp_path):
    with Session(Settings(library=tmp_path / "library")) as session:
        add(session.library, range(40, 42))
    assert "2 pictures were not looked at yet" in read(client, f"/boards/{board['id']}")


def test_where_nothing_was_looked_at_a_page_says_what_to_do_and_begins_nothing(client, board, tmp_path, monkeypatch):
    monkeypatch.setattr(activations, "FEW", 0)
    with Session(Settings(library=tmp_path / "library"), patient=False) as session:
        session.library._database.run(tables.Activations.delete())
        client = create_app(session).test_client()
        page = read(client, f"/boards/{board['id']}")
        assert "leitmotiv build-index" in page
        assert "data-do-look" in page
        assert "data-do-train" in page
        answer = client.post(f"{API}/{board['id']}/train", json={})
        assert (answer.status_code, "leitmotiv build-index" in answer.json["detail"]) == (409, True)


def test_while_the_network_looks_a_board_says_so_and_is_trained_by_the_job(client, tmp_path):
    made = client.post(API, json={"positive": KIND[:4], "name": "dusk"}).json
    page = f"/boards/{made['id']}"
    asked = client.post("/api/v1/jobs", json={"kind": "activations"})
    assert 'data-lacking="looks"' in read(client, page)
    wished = client.post("/api/v1/jobs", json={"kind": "activations", "parameters": {"train": made["id"]}})
    assert (asked.status_code, wished.status_code) == (202, 202)
    assert 'data-lacking="wished"' in read(client, page)
    assert client.post("/api/v1/jobs", json={"kind": "activations", "parameters": {"train": 99}}).status_code == 404
    with Session(Settings(library=tmp_path / "library")) as session:
        assert "dusk is trained" in tasks.see(session, {"train": made["id"]}, lambda step: None)
        page_of_results = read(client, page)
        assert 'data-lacking="wished"' in page_of_results  # the jobs still live, beside what was found
        assert tiles(page_of_results)
        for job in session.library.jobs.list():
            session.library.jobs.move(job.id, "stopped")
    assert "data-lacking" not in read(client, page)


def test_a_training_is_shown_as_it_was_and_beside_another(client, board, monkeypatch):
    monkeypatch.setattr(board_tools, "BESIDE", 16)
    first = board["current"]
    client.post(f"{API}/{board['id']}/examples", json={"ids": [OTHERS[0]], "side": "negative"})
    client.post(f"{API}/{board['id']}/examples", json={"ids": [{"id": KIND[0], "weight": 2}]})
    second = client.post(f"{API}/{board['id']}/train", json={}).json["current"]
    earlier = read(client, f"/boards/{board['id']}/snapshots/{first}")
    assert "This is an earlier training" in earlier
    assert "data-do-train" not in earlier
    assert f'data-example="{OTHERS[0]}"' not in earlier
    both = read(client, f"/boards/{board['id']}/compare?a={first}&b={second}")
    assert "Only in the second" in both
    assert ": 1, then 2" in both
    best = [
        {one["id"] for one in client.get(f"{API}/{board['id']}/results?own=1&n=16&snapshot={each}").json["results"]}
        for each in (first, second)
    ]
    common = len(best[0] & best[1])
    assert 10 <= common < 16
    assert f"Of the 16 that fit best, {common} are the same in both" in both


def placed_board(client):
    """A board of a concept that knows places, as a file brings it."""
    vector = np.full(62_720, 0.01, np.float32)
    data = to_cav(Concept("8d3bd628-36b1-449f-925a-abc140fb8cf6", vector, None, 0.0, "lite0_map", "cosine"))
    return client.post(
        f"{API}/import?name=places", data=data, headers={"Content-Type": "application/octet-stream"}
    ).json


def test_who_trains_a_board_whose_concept_was_imported_is_told_what_becomes_of_it(client, board):
    data = client.get(f"{API}/{board['id']}/export.cav").data
    made = client.post(f"{API}/import?name=taken", data=data, headers={"Content-Type": "application/octet-stream"}).json
    page = read(client, f"/boards/{made['id']}")
    assert "concept was imported; training makes a new one" in page
    assert "would teach it" not in page
    assert "data-imported" not in read(client, f"/boards/{board['id']}")
    client.post(f"{API}/{made['id']}/examples", json={"ids": KIND[:2]})
    assert "has changed since it was trained" not in read(client, f"/boards/{made['id']}")
    client.post(f"{API}/{made['id']}/train", json={})
    page = read(client, f"/boards/{made['id']}")
    assert "data-imported" not in page
    assert page.count('class="snapshot') - page.count('class="snapshots"') == 2
    assert "would teach it" in page


def test_a_concept_that_knows_places_has_a_page_and_is_not_combined(client, board, monkeypatch):
    middle = np.linspace(0, 1, 40)
    monkeypatch.setattr(
        placed, "score", lambda *_: Scores(tuple(sorted(IDS)), middle, 100 * middle, np.full(40, np.nan), middle)
    )
    made = placed_board(client)
    assert len(tiles(read(client, f"/boards/{made['id']}"))) == 40
    terms = f"board={board['id']}&board={made['id']}&op=and&op=and&weight=1&weight=1"
    assert "is not combined with others" in read(client, f"/boards/combine?{terms}", 409)


def test_a_concept_that_a_page_cannot_wait_for_says_so_on_its_page(client, monkeypatch):
    def refuse(*_):
        raise BoardError("too many for a page; ask once with leitmotiv board rank")

    monkeypatch.setattr(placed, "score", refuse)
    made = placed_board(client)
    assert "ask once with leitmotiv board rank" in read(client, f"/boards/{made['id']}")
    assert "places" in read(client, f"{API}/{made['id']}/export.html")


def test_boards_are_combined_by_their_address(client, board):
    other = client.post(API, json={"name": "dawn", "positive": OTHERS[:4]}).json
    client.post(f"{API}/{other['id']}/train", json={})
    one = f"op=and&board={board['id']}&weight=1"
    page = read(client, f"/boards/combine?{one}&op=or&board={other['id']}&weight=0.5&op=and&board=&weight=1")
    shown = [part[:64] for part in page.split('data-id="')[1:]]
    assert set(shown[:12]) == set(KIND[4:] + OTHERS[4:])
    assert page.count('name="board"') == 3
    assert "must be and, or or minus" in read(client, f"/boards/combine?{one}&op=xor&board=2&weight=1", 400)
    assert "must be a number" in read(client, "/boards/combine?board=1&weight=nan", 400)
    read(client, "/boards/combine?board=99", 404)


def test_a_picture_that_left_the_library_stays_on_the_board_in_words(client, board, tmp_path):
    with Session(Settings(library=tmp_path / "library")) as session:
        session.library.images.forget([KIND[0]])
    assert "left the library" in read(client, f"/boards/{board['id']}")


def test_only_the_page_of_the_camera_may_ask_for_it(client, board):
    allowed = client.get(f"/boards/{board['id']}/camera").headers["Permissions-Policy"]
    assert "camera=(self)" in allowed
    assert "microphone=()" in allowed
    assert "camera=()" in client.get(f"/boards/{board['id']}").headers["Permissions-Policy"]
