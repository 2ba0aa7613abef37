"""The public Python interface, as a script would use it."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

import leitmotiv
from leitmotiv.errors import ImageReadError
from leitmotiv.settings import Settings
from leitmotiv.workflows import upkeep
from leitmotiv.workflows.session import Session

from .workflows.pictures import folder_of, picture


@pytest.fixture(scope="module")
def mixtures():
    return [leitmotiv.fit_image(np.asarray(picture(seed))) for seed in range(6)]


def test_every_public_name_is_there():
    for name in leitmotiv.__all__:
        assert getattr(leitmotiv, name) is not None
    with pytest.raises(AttributeError, match="nothing_of_that_name"):
        _ = leitmotiv.nothing_of_that_name


def test_image_is_read_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    picture(1, 40, 20).save(tmp_path / "turned.jpg", exif=exif)
    assert leitmotiv.read_image(tmp_path / "turned.jpg").shape == (40, 20, 3)
    with pytest.raises(ImageReadError, match=r"none\.jpg"):
        leitmotiv.read_image(tmp_path / "none.jpg")


def test_same_seed_gives_the_same_mixture(mixtures):
    again = leitmotiv.fit_image(np.asarray(picture(0)))
    assert (again.means == mixtures[0].means).all()
    other = leitmotiv.fit_image(np.asarray(picture(0)), seed=1)
    assert not np.array_equal(other.means, again.means)


def test_mixture_is_a_density(mixtures):
    mixture = mixtures[0]
    assert mixture.weights.sum() == pytest.approx(1)
    points = mixture.sample(20_000, rng=np.random.default_rng(3))
    assert points.shape == (20_000, 5)
    one = mixture.log_density(points[:10_000]).mean()
    two = mixture.log_density(points[10_000:]).mean()
    assert one == pytest.approx(two, abs=0.1)
    assert mixture.covariances.shape == (len(mixture), 5, 5)


def test_expected_image_resembles_the_picture(mixtures):
    seen = mixtures[2].expected_image(72, 48).astype(float)
    true = np.asarray(picture(2), float)
    assert seen.shape == true.shape
    assert np.abs(seen - true).mean() < 15


def test_divergences_agree(mixtures):
    matrix = leitmotiv.js_matrix(mixtures, threads=2)
    assert matrix.shape == (6, 6)
    assert matrix[1, 4] == pytest.approx(leitmotiv.js_divergence(mixtures[1], mixtures[4]), abs=1e-7)
    assert (matrix == leitmotiv.js_matrix(mixtures, threads=1)).all()
    clusters = leitmotiv.cluster(matrix, ids=list("abcdef"))
    assert clusters.ids == tuple("abcdef")
    assert len(clusters.merges) == 5


@pytest.mark.parametrize("pixels", [np.zeros((4, 4)), np.zeros((4, 4, 3)), np.zeros((0, 4, 3), np.uint8)])
def test_pixels_of_another_form_are_refused(pixels):
    with pytest.raises(ValueError, match="uint8"):
        leitmotiv.fit_image(pixels)


def test_library_can_be_used_from_a_script(tmp_path):
    photos = folder_of(tmp_path / "photos", 8)
    with leitmotiv.open_library(tmp_path / "library") as library:
        assert library.add(photos).new == 8
        assert library.build_index().images == 8
        assert len(library) == len(list(library)) == 8
        first = next(iter(library))
        assert library[first.id[:8]] == first
        assert len(library.similar(first.id).results) == 7
        assert library.clusters() is not None
        ids, matrix = library.divergences()
        assert matrix.shape == (8, 8)
        assert set(ids) == {image.id for image in library}
        assert np.diagonal(matrix).tolist() == [0] * 8
        assert library.mixture(first.id).weights.sum() == pytest.approx(1)
        assert library.status().images == 8


def test_a_library_gives_the_divergences_that_count(tmp_path, monkeypatch):
    photos = folder_of(tmp_path / "photos", 6)
    with leitmotiv.open_library(tmp_path / "library") as library:
        assert library.divergences() is None
        library.add(photos)
        library.build_index()
        ids, matrix = library.divergences()
    with Session(replace(Settings(), library=tmp_path / "library", workers=1)) as session:
        upkeep.forget(session, [ids[2]])
    with leitmotiv.open_library(tmp_path / "library") as library:
        left, values = library.divergences()
        assert left == ids[:2] + ids[3:]
        np.testing.assert_array_equal(values, np.delete(np.delete(matrix, 2, 0), 2, 1))
    monkeypatch.setenv("LEITMOTIV_SMOOTHING", "0.9")
    with leitmotiv.open_library(tmp_path / "library") as library:
        assert library.divergences() is None


def test_the_relative_matrix_is_what_a_library_ranks_and_groups_by(tmp_path):
    with leitmotiv.open_library(tmp_path / "library") as library:
        library.add(folder_of(tmp_path / "photos", 12))
        library.build_index()
        ids, matrix = library.divergences()
        order = np.argsort(ids)
        ids, matrix = [ids[row] for row in order], matrix[np.ix_(order, order)]
        relative = leitmotiv.relative_matrix(matrix, ids=ids)
        scores = {result.id: result.score for result in library.similar(ids[0]).results}
        assert {one: relative[0, row] for row, one in enumerate(ids) if row} == pytest.approx(scores, rel=1e-6)
        mine, made = leitmotiv.cluster(relative, ids=ids), library.clusters()
        assert mine.cost == pytest.approx(made.cost)
        assert mine.default_count == made.default_count


@pytest.mark.parametrize(("shape", "ids"), [((2, 3), None), ((3,), None), ((2, 2), ["a"]), ((2, 2), ["a", "a"])])
def test_what_is_no_matrix_of_pictures_is_refused(shape, ids):
    with pytest.raises(ValueError, match="different ids"):
        leitmotiv.relative_matrix(np.zeros(shape), ids=ids)
