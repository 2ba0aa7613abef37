"""Keepers, reasons and the taste over one library of six pictures of one moment and some others."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from skimage import data

from benchmarks import damage
from leitmotiv.errors import CompilingError, ImageNotFoundError, UsageError
from leitmotiv.imaging.read import encode, shrink
from leitmotiv.settings import Settings
from leitmotiv.web.app import create_app
from leitmotiv.workflows import bursts, critics, own, reasons, taste, technical
from leitmotiv.workflows.measuring import MATRIX, measure_digest
from leitmotiv.workflows.session import Session
from tests.store.making import NOON, file, image, image_id, mixture

SOUND = shrink(np.asarray(data.coffee()), 200)
SOFT = damage.gaussian(SOUND, 5, np.random.default_rng(0))
PICTURES = [SOFT, SOUND, damage.darker(SOUND, 5, np.random.default_rng(0)), SOUND[:, ::-1], SOFT]
SECONDS = [0, 3, 5, 4000, 4003]


@pytest.fixture
def session(tmp_path):
    with Session(Settings(library=tmp_path / "library")) as opened:
        for number, pixels in enumerate(PICTURES):
            one = image(number)
            one = replace(one, taken=replace(one.taken, at=NOON + timedelta(seconds=SECONDS[number])))
            small = encode(np.ascontiguousarray(pixels), "JPEG", 92)
            held = [file(f"/away/p{number}.jpg".encode(), one)]
            opened.library.images.add(one, files=held, thumbnails={256: small, 512: small}, mixture=mixture(number))
        rng = np.random.default_rng(0)
        opened.library.activations.put([image_id(n) for n in range(5)], rng.random((5, 1280)).astype(np.float16))
        technical.ensure(opened)
        alike = np.zeros((len(PICTURES), len(PICTURES)), np.float32)
        ids = [image_id(n) for n in range(len(PICTURES))]
        opened.library.arrays.put(MATRIX, {"values": alike}, ids, measure_digest(opened.settings))
        yield opened


def numbers(burst):
    return [int(one.image.name[1:-4]) for one in burst.members]


def test_the_best_of_each_moment_is_proposed_with_reasons_and_can_be_changed(session):
    later, first = bursts.bursts(session)
    assert (numbers(first)[0], sorted(numbers(first))) == (1, [0, 1, 2])
    assert sorted(numbers(later)) == [3, 4]
    assert numbers(later)[0] == 3
    assert {"sharpest", "fewer flaws"} & set(first.keeper.reasons)
    said = {int(one.image.name[1:-4]): one.reasons for one in first.members}
    assert "blurred" in said[0]
    assert "dark" in said[2]
    assert len(bursts.bursts(session, seconds=1)) == 0
    bursts.keep(session, image_id(2), [image_id(0), image_id(1)])
    changed = bursts.bursts(session)[1]
    assert (numbers(changed)[0], changed.chosen, changed.keeper.reasons) == (2, True, ("you chose it",))
    assert own.undo(session) == "p2.jpg kept of 3"
    assert numbers(bursts.bursts(session)[1])[0] == 1
    own.rate(session, [image_id(0)], favourite=True)
    assert bursts.bursts(session)[1].keeper.reasons[0] == "your favourite"
    bursts.keep(session, image_id(2), [image_id(0), image_id(1)])
    own.rate(session, [image_id(2)], rejected=True)
    rejected = bursts.bursts(session)[1]
    assert (numbers(rejected)[0], rejected.chosen) == (0, False)
    with pytest.raises(ImageNotFoundError):
        bursts.keep(session, image_id(2), ["0" * 64])
    with pytest.raises(UsageError):
        bursts.bursts(session, near=2)


def test_what_cannot_be_compared_for_a_moment_is_not_remembered_as_no_burst(session, monkeypatch):
    def compiling(*given, **more):
        raise CompilingError("The mathematics is being compiled.")

    with monkeypatch.context() as patch:
        patch.setattr("leitmotiv.workflows.bursts.moments", compiling)
        with pytest.raises(CompilingError):
            bursts.bursts(session)
    assert len(bursts.bursts(session)) == 2


def test_pairs_are_kept_once_undone_and_move_the_order(session):
    everybody = taste.taste(session)
    assert (everybody.critic, everybody.pairs, everybody.stars) == ("technical", 0, 0)
    asked = taste.question(session)
    assert asked.left != asked.right
    taste.prefer(session, image_id(0), image_id(1))
    taste.prefer(session, image_id(1), image_id(0))
    assert session.library.comparisons.all() == [(image_id(1), image_id(0))]
    own.undo(session)
    assert session.library.comparisons.all() == [(image_id(0), image_id(1))]
    known = taste.taste(session)
    rows = [known.ids.index(image_id(n)) for n in (0, 1)]
    assert np.diff(known.mine[rows]) < np.diff(everybody.mine[rows])
    taste.prefer(session, image_id(3), image_id(4), decided=False)
    assert taste.taste(session).asked == 2
    assert len(session.library.comparisons.all()) == 1
    ranking = taste.rank(session, n=5)
    assert [one.score for one in ranking.results] == sorted((one.score for one in ranking.results), reverse=True)
    with pytest.raises(UsageError):
        taste.prefer(session, image_id(0), image_id(0))


def test_the_technical_critic_needs_no_ratings_and_says_why(session):
    judge = critics.get(session)
    assert judge.name == "technical"
    ranking = critics.rank(session, judge)
    assert {one.path[-6:-4] for one in ranking.results[:2]} == {"p1", "p3"}
    soft = reasons.of_picture(session, judge, image_id(0))
    sound = reasons.of_picture(session, judge, image_id(1))
    assert soft.score < sound.score - 2
    assert soft.moved[0][1] < 0
    assert ("blurred", soft.flags[0][1]) in soft.flags
    assert soft.parts is None


def test_pages_walk(session):
    client = create_app(session).test_client()
    page = client.get("/critic").text
    assert "It knows how well a picture is made" in page
    assert client.get("/critic/pairs").status_code == 200
    form = client.get("/api/v1/pairs").json
    answer = client.post("/api/v1/pairs", json={"preferred": form["next"]["left"], "other": form["next"]["right"]})
    assert (answer.status_code, answer.json["pairs"]) == (201, 1)
    assert {answer.json["next"]["left"], answer.json["next"]["right"]} != {form["next"]["left"], form["next"]["right"]}
    page = client.get("/keepers").text
    assert page.count("data-burst") == 2
    listed = client.get("/api/v1/keepers").json
    keep, *others = [one["id"] for one in listed["bursts"][1]["members"]][::-1]
    assert client.post("/api/v1/keepers", json={"keep": keep, "others": others}).json == {"kept": keep}
    assert client.get("/api/v1/keepers").json["bursts"][1]["keeper"] == keep
    told = client.get(f"/api/v1/images/{image_id(0)}/reasons").json
    assert told["flags"][0] == "blurred"
    assert client.get(f"/images/{image_id(0)}/reasons.png").status_code == 404
    assert client.get("/api/v1/taste").json["measure"] == "taste"
