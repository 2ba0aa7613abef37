import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from leitmotiv.analysis.graph import keys_of
from leitmotiv.cli.main import run
from leitmotiv.errors import NoIndexError, UsageError
from leitmotiv.settings import Settings
from leitmotiv.store import tables
from leitmotiv.web.app import create_app
from leitmotiv.workflows import activations, blended_graph, blended_trends, blending, correcting, index, queue, scopes
from leitmotiv.workflows.session import Session

from .shown import EACH, SIZE, make_library


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    return make_library(tmp_path_factory.mktemp("made") / "library", tmp_path_factory.mktemp("photos"))


@pytest.fixture
def session(tmp_path, made):
    shutil.copytree(made, tmp_path / "library")
    with Session(Settings(library=tmp_path / "library", workers=1)) as opened:
        yield opened


def kinds(session, members) -> set[int]:
    """Which of the three things some pictures show."""
    return {int(image.name[1:4]) // EACH for image in session.library.images.many(members)}


def test_trends_by_subject_are_of_what_pictures_show(session):
    page = scopes.clusters(session, by=1.0)
    assert page.total_images == SIZE
    assert [group.size for group in page.clusters] == [8, 8, 8]
    assert all(len(kinds(session, group.members)) == 1 for group in page.clusters)
    assert all(0.3 < group.coherence < 1 for group in page.clusters)
    assert all(0 <= value < 0.7 for group in page.clusters for value in group.distances)
    one = page.clusters[0]
    assert scopes.cluster(session, one.id, by=1.0) == one
    looks = scopes.clusters(session)
    assert any(len(kinds(session, group.members)) > 1 for group in looks.clusters)


def test_a_selection_and_a_blend_have_trends_of_their_own(session):
    part = scopes.clusters(session, "name:p00", by=1.0)
    assert sum(group.size for group in part.clusters) == 10
    both = scopes.clusters(session, by=0.5)
    assert sum(group.size for group in both.clusters) == SIZE
    assert scopes.clusters(session, by=0.5, count=2).count == 2


def test_distances_are_those_of_the_matrix_that_was_clustered(session):
    ids = session.library.activations.matrix()[0]
    for by in (0.5, 1.0):
        found = blended_trends.find(session, ids, by, whole=True)
        names, matrix = blended_trends.matrix(session, found.clusters.ids, by)
        assert tuple(names) == found.clusters.ids
        np.testing.assert_allclose(found.distance(3, np.arange(SIZE)), matrix[3], atol=1e-5)


def test_what_is_too_much_for_a_page_is_a_job_and_kept(session, monkeypatch):
    monkeypatch.setattr(blended_trends, "MOST", 5)
    now = scopes.clusters
    with pytest.raises(NoIndexError, match=r"leitmotiv clusters --by subject"):
        now(session, by=1.0)
    for by in ("subject", "0.5"):
        job = queue.ask(session, "trends", {"by": by})
        assert queue.resolve(queue.KINDS["trends"].work)(session, job.parameters, lambda _: None).endswith("trends")
        page = now(session, by=blending.read(by))
        assert sum(group.size for group in page.clusters) == SIZE
    assert blended_trends.bring_up_to_date(session, 1.0) == 3
    assert [job.kind for job in session.library.jobs.list()].count("trends") == 4
    session.library.images.forget([session.library.images.ids()[0]])
    with pytest.raises(NoIndexError):
        now(session, by=1.0)
    assert blended_trends.bring_up_to_date(session, 1.0) == 3


def test_kept_trends_are_those_that_a_page_finds(session, monkeypatch):
    found = scopes.clusters(session, by=1.0).clusters
    blended_trends.bring_up_to_date(session, 1.0)
    session.memory.clear()
    monkeypatch.setattr(blended_trends, "_of", None)
    assert scopes.clusters(session, by=1.0).clusters == found


def test_without_all_pairs_the_trends_are_found_along_the_nearest(session, monkeypatch):
    monkeypatch.setattr(blended_trends, "MOST", 5)
    with Session(Settings(library=session.settings.library, limit=20, workers=1)) as large:
        with pytest.raises(NoIndexError, match="not compared yet"):
            blended_trends.bring_up_to_date(large, 0.5)
        index.build_index(large)
        for by in (1.0, 0.5):
            assert blended_trends.bring_up_to_date(large, by) >= 2
            page = scopes.clusters(large, by=by)
            assert sum(group.size for group in page.clusters) == SIZE
        page = scopes.clusters(large, by=1.0, count=3)
        assert all(len(kinds(large, group.members)) == 1 for group in page.clusters)


@pytest.mark.parametrize("correction", ["relative", "none"])
def test_a_graph_knows_the_nearest_and_how_far_they_are(made, tmp_path, correction):
    shutil.copytree(made, tmp_path / "library")
    settings = Settings(library=tmp_path / "library", limit=20, workers=1, correction=correction)
    with Session(settings) as large:
        index.build_index(large)
        ids = large.library.activations.matrix()[0]
        for by in (1.0, 0.5):
            graph = blended_graph.build(large, ids, by, lambda *_: None)
            looks = blended_trends.between(large, ids)
            numbers = correcting.stored(large.library, settings)
            far = looks.matrix if numbers is None else numbers.weighed(looks.matrix, ids)
            matrix = blending.matrix(large, ids, far, by, nats=numbers is None)
            keys = keys_of(*np.triu_indices(SIZE, 1), SIZE)
            np.testing.assert_allclose(
                graph.compare(keys), matrix[np.triu_indices(SIZE, 1)], atol=0.02 if by < 1 else 1e-4
            )
            for row, (others, values) in enumerate(zip(graph.lists, graph.values, strict=True)):
                there = others >= 0
                assert sorted(others[there]) == [other for other in range(SIZE) if other != row]
                np.testing.assert_array_equal(np.isnan(values), ~there)
            near, apart = graph.near()
            np.testing.assert_allclose(near[0], np.argsort(matrix[0], kind="stable")[1:16]) if by == 1 else None
            assert (np.diff(apart, axis=1) >= 0).all()


@pytest.mark.parametrize("parameters", [{"by": "look"}, {"by": 0.5}, {"of": "x"}, {"by": "mood"}])
def test_a_job_is_asked_for_with_a_likeness_only(session, parameters):
    with pytest.raises(UsageError, match="by is"):
        queue.ask(session, "trends", parameters)


def test_pages_and_the_interface_take_by(session, monkeypatch):
    client = create_app(session).test_client()
    page = client.get("/clusters?by=subject")
    assert page.status_code == 200
    assert "needs no training" in page.text
    assert "data-rename" not in page.text
    form = client.get("/api/v1/clusters?by=subject").json
    assert form["count"] == 3
    number = form["clusters"][0]["id"]
    one = client.get(f"/clusters/{number}?by=subject")
    assert one.status_code == 200
    assert f"trend={number}&amp;by=subject" in one.text
    assert client.get(f"/api/v1/clusters/{number}?by=subject").json["members"] == form["clusters"][0]["members"]
    assert client.get(f"/clusters/{number}/average.webp?by=subject").mimetype == "image/webp"
    member = form["clusters"][0]["members"][2]
    assert client.get(f"/api/v1/images/{member}/around?trend={number}&by=subject").json["total"] == 8
    assert client.get("/api/v1/clusters?by=7").status_code == 400
    monkeypatch.setattr(blended_trends, "MOST", 5)
    waiting = client.get("/clusters?by=0.45")
    assert waiting.status_code == 409
    assert "&#34;kind&#34;: &#34;trends&#34;" in waiting.text
    session.library._database.run(tables.Activations.delete())
    monkeypatch.setattr(activations, "FEW", 0)
    assert "&#34;kind&#34;: &#34;activations&#34;" in client.get("/clusters?by=0.45").text


def test_the_command_line_prints_them(session, capsys):
    assert run(["--library", str(session.settings.library), "--json", "clusters", "--by", "subject"]) == 0
    assert json.loads(capsys.readouterr().out)["count"] == 3
