import json
import math
import shutil
from pathlib import Path

import numpy as np
import pytest

import leitmotiv
from leitmotiv.analysis import hubness
from leitmotiv.cli.main import run
from leitmotiv.errors import MissingExtraError, NoActivationsError, UsageError
from leitmotiv.nets import weights
from leitmotiv.settings import Settings
from leitmotiv.store import tables
from leitmotiv.web.app import create_app
from leitmotiv.workflows import activations, blending, browse, index, ingest, likeness
from leitmotiv.workflows.session import Session

from .pictures import folder_of


@pytest.fixture(scope="module")
def photos(tmp_path_factory) -> Path:
    return folder_of(tmp_path_factory.mktemp("photos"), 14)


@pytest.fixture(scope="module")
def made(tmp_path_factory, photos) -> Path:
    """An indexed library whose pictures show made-up things: by subject, each is like those next to it by name."""
    folder = tmp_path_factory.mktemp("made") / "library"
    with Session(Settings(library=folder, workers=1)) as opened:
        ingest.add_directories(opened, [photos])
        index.build_index(opened)
        images = sorted((image.path, image.id) for image in opened.library.images.many(opened.library.images.ids()))
        places = np.abs(np.arange(len(images))[:, None] - np.linspace(0, len(images), 1280))
        opened.library.activations.put([one for _, one in images], np.maximum(0, 6 - places))
    return folder


@pytest.fixture
def session(tmp_path, made):
    shutil.copytree(made, tmp_path / "library")
    with Session(Settings(library=tmp_path / "library", workers=1)) as opened:
        yield opened


def first(session) -> str:
    return min(session.library.images.many(session.library.images.ids()), key=lambda image: image.path).id


def names(session, ids) -> list[str]:
    return [image.name for image in session.library.images.many(ids)]


@pytest.mark.parametrize(
    ("text", "by", "said"),
    [
        ("", 0, "look"),
        ("look", 0, "look"),
        ("subject", 1, "subject"),
        ("0.4", 0.4, "0.4"),
        ("1", 1, "subject"),
        ("0.41", 0.4, "0.4"),
    ],
)
def test_by_is_read_and_said(text, by, said):
    assert blending.read(text) == by
    assert blending.said(blending.read(text)) == said
    assert blending.read(said) == by


@pytest.mark.parametrize("text", ["mood", "-0.1", "1.01", "nan", "inf", "1e999", "0,5", "x" * 500])
def test_what_by_cannot_be_is_refused(text):
    with pytest.raises(UsageError, match="but must be look, subject, or a number"):
        blending.read(text)


def test_by_subject_the_order_follows_what_pictures_show(session):
    ranking = browse.similar(session, first(session), by=1.0)
    assert names(session, [one.id for one in ranking.results])[:4] == ["p001.jpg", "p002.jpg", "p003.jpg", "p004.jpg"]
    assert (ranking.measure, ranking.unit, ranking.order, ranking.approximate) == (
        "subject",
        "relative",
        "ascending",
        False,
    )
    assert ranking.query["by"] == "subject"
    assert all(0 <= one.score < 1 and one.divergence is None for one in ranking.results)
    assert [one.score for one in ranking.results] == sorted(one.score for one in ranking.results)
    assert ranking.results[0].cosine > ranking.results[-1].cosine


def test_scores_by_subject_are_cosines_corrected_as_looks_are(session):
    ids, pooled = session.library.activations.matrix()
    unit = pooled.astype(np.float64) / np.linalg.norm(pooled.astype(np.float64), axis=1, keepdims=True)
    apart = np.clip(1 - unit @ unit.T, 0, 1)
    apart[apart < 1e-5] = 0
    remote = np.array([row[row > 0].mean() for row in apart])
    known = blending.subjects(session)
    wanted = hubness.relative(apart[0], remote[0], remote, remote.mean())
    np.testing.assert_allclose(known.scored(pooled[0])[0], wanted, atol=1e-4)
    np.testing.assert_allclose(known.matrix(ids)[0], wanted, atol=1e-4)


def test_a_blend_is_the_weighted_mean_of_both(session):
    query = first(session)
    look, both, what = (blending.order(session, query, by=by) for by in (0.0, 0.4, 1.0))
    of_look, of_what = dict(zip(look.ids, look.scores, strict=True)), dict(zip(what.ids, what.scores, strict=True))
    for image_id, score, value in zip(both.ids, both.scores, both.values, strict=True):
        assert score == pytest.approx(0.6 * of_look[image_id] + 0.4 * of_what[image_id], abs=1e-6)
        assert value == pytest.approx(dict(zip(look.ids, look.values, strict=True))[image_id])
    assert list(both.scores) == sorted(both.scores)


def test_what_was_not_compared_comes_last(session, monkeypatch):
    monkeypatch.setattr(blending, "EXACT", 3)
    monkeypatch.setattr(likeness, "EXACT", 3)
    session.library.arrays.remove("divergence")
    order = blending.order(session, first(session), by=0.5)
    assert order.approximate
    assert len(order.ids) == 13
    known = int(np.count_nonzero(~np.isnan(order.scores)))
    assert 3 <= known < 13
    assert not np.isnan(order.scores[:known]).any()


def test_what_was_not_seen_comes_last_and_a_few_are_seen_at_once(session, monkeypatch, photos):
    added = folder_of(session.settings.library.parent / "more", 2, 20)
    ingest.add_directories(session, [added])
    monkeypatch.setattr(activations, "FEW", 1)
    order = blending.order(session, first(session), by=1.0)
    assert np.isnan(order.scores[-2:]).all()
    assert order.approximate
    monkeypatch.setattr(activations, "FEW", 2)
    assert not blending.order(session, first(session), by=1.0).approximate
    assert session.library.activations.missing() == []


def test_a_file_outside_is_ranked_by_what_it_shows(session, photos):
    seen = leitmotiv.activation(photos / "p003.jpg")
    session.library.activations.put([first(session)], seen[None])
    for by in (0.5, 1.0):
        ranking = browse.similar_to_file(session, photos / "p003.jpg", by=by)
        assert len(ranking.results) == 14
        nearest = max(ranking.results, key=lambda one: one.cosine)
        assert nearest.id == first(session)
        assert nearest.cosine == pytest.approx(1, abs=1e-3)


def test_without_activations_it_is_said_what_to_do(session, monkeypatch, tmp_path):
    session.library._database.run(tables.Activations.delete())
    monkeypatch.setattr(activations, "FEW", 3)
    with pytest.raises(NoActivationsError, match="leitmotiv build-index"):
        blending.order(session, first(session), by=0.5)
    monkeypatch.setattr(activations, "FEW", 100)
    monkeypatch.setattr(weights, "locate", lambda _: tmp_path / "no weights")
    with pytest.raises(MissingExtraError, match="cannot be read"):
        blending.order(session, first(session), by=0.5)
    assert len(blending.order(session, first(session)).ids) == 13


def test_nothing_is_corrected_where_the_settings_say_so(made, tmp_path):
    shutil.copytree(made, tmp_path / "library")
    with Session(Settings(library=tmp_path / "library", correction="none")) as session:
        order = blending.order(session, first(session), by=1.0)
        np.testing.assert_allclose(order.scores, (1 - order.cosines) * 0.5 / 0.775, atol=1e-6)
        look, both = (blending.order(session, first(session), by=by) for by in (0.0, 0.5))
        nats = dict(zip(look.ids, look.values, strict=True))
        what = dict(zip(order.ids, order.scores, strict=True))
        expected = [0.5 * nats[one] * 0.5 / hubness.USUAL + 0.5 * what[one] for one in both.ids]
        np.testing.assert_allclose(both.scores, expected, atol=1e-6)


def test_the_page_and_the_interface_take_by(session):
    client = create_app(session).test_client()
    query = first(session)
    page = client.get(f"/ranked/{query}?by=0.4")
    assert page.status_code == 200
    assert "60 % look, 40 % subject" in page.text
    assert f"like={query}&amp;by=0.4" in page.text
    form = client.get(f"/api/v1/images/{query}/similar?by=subject&n=3").json
    assert (form["measure"], len(form["results"])) == ("subject", 3)
    assert {"id", "path", "score", "cosine"} <= set(form["results"][0])
    following = client.get(form["next"]).json
    assert following["measure"] == "subject"
    assert following["results"][0]["id"] not in {one["id"] for one in form["results"]}
    other = form["results"][0]["id"]
    around = client.get(f"/api/v1/images/{other}/around?like={query}&by=subject").json
    assert around["at"] == 1
    assert math.isclose(form["results"][0]["score"], browse.similar(session, query, by=1.0).results[0].score)


def test_the_page_waits_where_nobody_has_looked(session, monkeypatch):
    monkeypatch.setattr(activations, "FEW", 0)
    session.library._database.run(tables.Activations.delete())
    client = create_app(session).test_client()
    page = client.get(f"/ranked/{first(session)}?by=subject")
    assert page.status_code == 409
    assert "needs no training" in page.text
    assert client.get(f"/api/v1/images/{first(session)}/similar?by=subject").status_code == 409
    assert client.get(f"/ranked/{first(session)}").status_code == 200


def test_the_command_line_has_everything_seen_first(session, capsys):
    session.library._database.run(tables.Activations.delete())
    ask = ["--library", str(session.settings.library), "--json", "similar", first(session), "-n", "2"]
    assert run(ask) == 0
    assert session.library.activations.count() == 0
    assert run([*ask, "--by", "0.5"]) == 0
    assert session.library.activations.missing() == []
    look, both = map(json.loads, capsys.readouterr().out.splitlines())
    assert (look["measure"], both["measure"]) == ("look", "blend")
    assert both["query"]["by"] == "0.5"
    assert set(both["results"][0]) == {"id", "path", "score", "divergence", "cosine"}
    assert run([*ask, "--by", "mood"]) == 2
