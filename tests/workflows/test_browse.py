"""What pages and commands ask of a library: pictures, views, likeness, trends."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from leitmotiv.errors import CompilingError, ImageNotFoundError, NoIndexError, UsageError
from leitmotiv.imaging.read import encode
from leitmotiv.settings import Settings
from leitmotiv.workflows import browse, likeness, measuring, portraits
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.ingest import add_directories
from leitmotiv.workflows.session import Session

from .pictures import folder_of, picture

COUNT = 18


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    folder = tmp_path_factory.mktemp("browse")
    photos = folder_of(folder / "photos", COUNT)
    picture(50, 40, 80).save(photos / "upright.tif")
    with Session(replace(Settings(), library=folder / "library", workers=1)) as opened:
        add_directories(opened, [photos])
        build_index(opened)
        yield opened


def by_name(session: Session, name: str) -> str:
    return next(image.id for image in browse.images(session).images if image.name == name)


def pixels(encoded: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(encoded)) as image:
        return np.asarray(image.convert("RGB"))


def test_all_images_come_in_pages(session):
    first = browse.images(session, limit=10)
    second = browse.images(session, limit=10, cursor=first.next)
    ids = [image.id for image in (*first.images, *second.images)]
    assert len(set(ids)) == first.total == COUNT + 1
    assert second.next is None
    assert sum(count for _, count in browse.days(session)) == COUNT + 1


def test_prefix_finds_the_image(session):
    whole = by_name(session, "p003.jpg")
    assert browse.image(session, whole[:10]).id == whole
    with pytest.raises(ImageNotFoundError):
        browse.image(session, "0" * 40)


def test_expected_picture_has_the_colours_in_their_places(session):
    seen = pixels(browse.expected(session, by_name(session, "p001.jpg"), 72))
    true = np.asarray(picture(1), float)
    assert seen.shape == (48, 72, 3)
    top, bottom = slice(2, 12), slice(30, 46)
    for rows in (top, bottom):
        assert np.abs(seen[rows].mean((0, 1)) - true[rows].mean((0, 1))).max() < 14


def test_sampled_picture_is_the_same_each_time(session):
    image_id = by_name(session, "p002.jpg")
    once = browse.sampled(session, image_id)
    session.memory.clear()
    assert browse.sampled(session, image_id) == once


def test_browser_gets_the_file_or_a_transcoded_picture(session):
    data, kind = browse.display(session, by_name(session, "p000.jpg"))
    assert (kind, data[:2]) == ("image/jpeg", b"\xff\xd8")
    data, kind = browse.display(session, by_name(session, "upright.tif"))
    assert (kind, pixels(data).shape) == ("image/webp", (80, 40, 3))
    data, kind = browse.display(session, by_name(session, "upright.tif"), full=True)
    assert (kind, pixels(data).shape) == ("image/jpeg", (80, 40, 3))


def test_a_picture_beyond_the_limit_is_sent_smaller(session, monkeypatch):
    one = browse.image(session, by_name(session, "upright.tif"))
    monkeypatch.setattr(browse, "FULL_PIXELS", one.width * one.height // 4)
    assert browse.full_size(one) == 40


def test_picture_whose_file_is_away_is_shown_from_its_thumbnail(tmp_path):
    photos = folder_of(tmp_path / "photos", 3)
    with Session(replace(Settings(), library=tmp_path / "library", workers=1)) as opened:
        add_directories(opened, [photos])
        photos.rename(tmp_path / "away")
        data, kind = browse.display(opened, opened.library.images.ids()[0])
        assert (kind, data[:3]) == ("image/jpeg", b"\xff\xd8\xff")


def test_thumbnails_of_before_keep_their_media_type(session, monkeypatch):
    image_id = session.library.images.ids()[0]
    assert browse.thumbnail(session, image_id, 256)[1] == "image/jpeg"
    webp = encode(pixels(browse.thumbnail(session, image_id, 256)[0]), "WEBP")
    monkeypatch.setattr(session.library.images, "thumbnail", lambda image_id, size: webp)
    assert browse.thumbnail(session, image_id, 256) == (webp, "image/webp")


def test_similar_pages_join_to_the_whole_order(session):
    image_id = by_name(session, "p004.jpg")
    whole = browse.similar(session, image_id, n=100).results
    parts = [browse.similar(session, image_id, n=5, offset=start).results for start in range(0, COUNT + 5, 5)]
    assert tuple(result for part in parts for result in part) == whole
    assert {"p010.jpg", "p016.jpg"} == {Path(result.path).name for result in whole[:2]}


def test_a_file_outside_is_ordered_as_a_picture_of_the_library(session, tmp_path):
    picture(5).save(tmp_path / "same.jpg", quality=92)
    inside = browse.similar(session, by_name(session, "p005.jpg"), n=100)
    outside = browse.similar_to_file(session, tmp_path / "same.jpg", n=100)
    assert (inside.unit, outside.unit) == ("relative", "relative")
    assert [result.id for result in outside.results[1:]] == [result.id for result in inside.results]
    for one, other in zip(outside.results[1:], inside.results, strict=True):
        assert one.divergence == other.divergence
        assert one.score == pytest.approx(other.score, rel=1e-9)


def test_without_the_correction_a_ranking_is_in_nats(session):
    with Session(replace(session.settings, correction="none")) as plain:
        ranking = browse.similar(plain, by_name(session, "p004.jpg"), n=100)
    assert ranking.unit == "nats"
    assert [result.score for result in ranking.results] == sorted(result.divergence for result in ranking.results)


def test_file_of_the_library_is_nearest_to_itself(session, tmp_path):
    picture(4).save(tmp_path / "same.jpg", quality=92)
    ranking = browse.similar_to_file(session, tmp_path / "same.jpg", n=1)
    assert ranking.results[0].score == 0
    assert Path(ranking.results[0].path).name == "p004.jpg"


def test_every_cut_holds_every_picture_once(session):
    everything = set(session.library.images.ids())
    counts = browse.clusters(session).counts
    assert (counts[0], counts[-1]) == (1, COUNT + 1)
    for count in counts:
        page = browse.clusters(session, count)
        members = [member for group in page.clusters for member in group.members]
        assert len(page.clusters) == page.count == count
        assert len(members) == len(set(members))
        assert set(members) == everything
        for group in page.clusters:
            assert group.members[0] == group.exemplar
            assert list(group.distances) == sorted(group.distances)


def test_trends_have_names_palettes_dates_and_average_pictures(session):
    for group in browse.clusters(session, 6).clusters:
        assert browse.cluster_name(session, group.id)
        assert sum(swatch.share for swatch in portraits.palette(session, group.members)) == pytest.approx(1)
        dates = portraits.dates(session, group.members)
        taken = [browse.image(session, one).taken.at.replace(tzinfo=None) for one in group.members]
        assert (dates.first, dates.last) == (min(taken), max(taken))
        assert sum(count for _, count in dates.years) == group.size
        assert max(pixels(portraits.average(session, group.members, 64)).shape) == 64


def test_trend_of_a_picture_holds_it(session):
    image_id = by_name(session, "p007.jpg")
    group = browse.cluster_of(session, image_id)
    assert group is not None
    assert image_id in group.members
    assert browse.cluster(session, group.id) == group


def test_unknown_trends_and_counts_are_errors_of_usage(session):
    with pytest.raises(UsageError, match="no trend"):
        browse.cluster(session, 10_000)
    with pytest.raises(UsageError, match="between 1 and"):
        browse.clusters(session, 0)


def test_no_index_yet_names_the_next_step(tmp_path):
    with Session(replace(Settings(), library=tmp_path / "library", workers=1)) as opened:
        add_directories(opened, [folder_of(tmp_path / "photos", 2)])
        with pytest.raises(NoIndexError, match="build-index"):
            browse.clusters(opened)
        assert browse.cluster_of(opened, opened.library.images.ids()[0]) is None
        assert len(browse.similar(opened, opened.library.images.ids()[0]).results) == 1


def test_likeness_beyond_the_bound_is_marked_as_approximate(tmp_path, monkeypatch):
    for name, count in (("NEAR", 4), ("FEW", 8), ("EXACT", 8)):
        monkeypatch.setattr(likeness, name, count)
    with Session(replace(Settings(), library=tmp_path / "library", workers=1, limit=4)) as opened:
        add_directories(opened, [folder_of(tmp_path / "photos", 24)])
        build_index(opened)
        last = opened.library.images.ids()[-1]
        ranking = browse.similar(opened, last, n=100)
    assert ranking.approximate
    assert len(ranking.results) == len({result.id for result in ranking.results}) == 23
    exact = [result.score for result in ranking.results if result.divergence is not None]
    assert exact == sorted(exact)
    assert len(exact) <= 8
    scores = [result.score for result in ranking.results]
    assert scores == sorted(scores)


def test_page_is_told_while_the_mathematics_compiles(session, monkeypatch):
    monkeypatch.setattr(measuring.warming, "is_warm", lambda: False)
    monkeypatch.setattr(session, "patient", False)
    session.memory.clear()
    with pytest.raises(CompilingError, match="once on this machine"):
        browse.expected(session, by_name(session, "p005.jpg"))


def test_status_tells_what_the_library_holds(session):
    state = browse.status(session)
    assert (state.images, state.indexed, state.failed, state.stale) == (COUNT + 1, COUNT + 1, 0, False)
    assert state.clusters == browse.clusters(session).count
    assert state.jobs[0].state == "done"
