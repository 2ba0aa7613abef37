import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from leitmotiv.errors import ImageReadError, LayerError
from leitmotiv.imaging.parts import parts_input
from leitmotiv.imaging.read import read_pixels
from leitmotiv.records import Concept, Crop, Example
from leitmotiv.settings import Settings
from leitmotiv.workflows import activations, concepts, ingest, inspecting
from leitmotiv.workflows.session import Session

from .pictures import folder_of


@pytest.fixture(scope="module")
def photos(tmp_path_factory) -> Path:
    folder = folder_of(tmp_path_factory.mktemp("photos"), 7)
    wide = np.full((60, 200, 3), 90, np.uint8)
    wide[20:50, 150:180] = np.random.default_rng(0).integers(0, 255, (30, 30, 3))
    Image.fromarray(wide).save(folder / "wide.png")
    return folder


@pytest.fixture(scope="module")
def session(tmp_path_factory, photos):
    with Session(Settings(library=tmp_path_factory.mktemp("lib") / "library", workers=1)) as opened:
        ingest.add_directories(opened, [photos])
        activations.ensure(opened)
        yield opened


@pytest.fixture(scope="module")
def ids(session) -> dict[str, str]:
    images = session.library.images.many(session.library.images.ids())
    return {Path(image.path).name: image.id for image in images}


@pytest.fixture(scope="module")
def concept(session, ids) -> Concept:
    return concepts.teach(session, [Example(ids["p000.jpg"]), Example(ids["p006.jpg"])])


def test_the_shares_of_the_cells_add_up_to_the_score(session, concept, ids):
    found = inspecting.share_map(session, concept, ids["p003.jpg"])
    pooled = activations.of_picture(session, ids["p003.jpg"]).pooled
    assert found.shape == (7, 7)
    assert found.sum() == pytest.approx(inspecting.lone_scores(concept, pooled)[0], abs=1e-5)


def test_tiles_are_scored_as_pictures_of_their_own(session, concept, ids, photos):
    found = inspecting.tile_map(session, concept, ids["p003.jpg"])
    assert found.shape == (224, 224)
    assert np.ptp(found) > 0


def test_a_heat_map_has_the_proportions_of_the_picture_and_is_clear_beyond_what_is_seen(session, concept, ids):
    for kind in ("share", "tiles"):
        with Image.open(io.BytesIO(inspecting.colour_heat(session, concept, ids["wide.png"], kind))) as drawn:
            assert (drawn.mode, drawn.size) == ("RGBA", (448, 134))
            opacity = np.asarray(drawn)[..., 3]
        square = inspecting.seen_square(session.library.images.get(ids["wide.png"]))
        assert (opacity > 0).mean() == pytest.approx(square.width * square.height, abs=0.01)
        assert opacity[67, 224] > 0
        assert opacity[67, 20] == 0


def test_crops_are_true_scores_apart_and_the_first_is_no_worse_than_the_whole(
    monkeypatch, session, concept, ids, photos
):
    # what the border costs apart: without it the best score comes first
    monkeypatch.setattr(inspecting, "CUT", 0.0)
    monkeypatch.setattr(inspecting, "LOST", 0.0)
    session.memory.pop("crops", None)
    found = inspecting.crops(session, concept, ids["wide.png"])
    assert 1 <= len(found) <= 4
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert [type(one.x) for one in found] == [float] * len(found)
    pixels = read_pixels(photos / "wide.png")
    boxes = [(one.x, one.y, one.width, one.height) for one in found] + [(0, 0, 1, 1)]
    pooled = session.backbone().features(parts_input(pixels, boxes)).pooled
    scores = inspecting.as_standing(concept, inspecting.lone_scores(concept, pooled))
    np.testing.assert_allclose([one.score for one in found], scores[:-1], atol=1e-4)
    assert found[0].score >= scores[-1] - 1e-4
    again = inspecting.crops(session, concept, ids["wide.png"], 1)
    assert again == found[:1]
    session.memory.pop("crops", None)


def test_crops_stand_by_the_number_shown_and_the_whole_wins_where_nothing_beats_it(session, concept, ids):
    for name in ("wide.png", "p003.jpg", "p001.jpg"):
        found = inspecting.crops(session, concept, ids[name], inspecting.MOST)
        scores = [one.score for one in found]
        assert scores == sorted(scores, reverse=True)
        assert scores[0] >= inspecting.whole_score(session, concept, ids[name]) - 1e-9
    # what is worth most but scores less than the whole does not come first
    assert inspecting._first(np.array([0.5, 0.4, 0.6]), np.array([0.1, 0.9, 0.3])) == 2
    assert inspecting._first(np.array([0.5, 0.4, 0.3]), np.array([0.1, 0.9, 0.3])) == 0


def test_tiles_in_cells_are_the_means_of_the_tile_map(session, concept, ids):
    tiles = inspecting.tile_map(session, concept, ids["p003.jpg"])
    cells = inspecting.tile_cells(session, concept, ids["p003.jpg"])
    assert cells.shape == (7, 7)
    assert cells[2, 5] == pytest.approx(tiles[64:96, 160:192].mean())


def test_what_is_remembered_of_a_concept_is_not_another_s_of_the_same_id(session, concept, ids):
    other = replace(concept, vector=-concept.vector)
    name = ids["p003.jpg"]
    for look in (inspecting.colour_heat, inspecting.crops):
        assert look(session, concept, name) != look(session, other, name)


def test_the_camera_gets_one_crop_of_pixels(session, concept, photos):
    found = inspecting.best_crop(session, concept, read_pixels(photos / "p000.jpg"))
    assert 0 < found.width <= 1
    assert np.isfinite(found.score)


def test_a_cut_has_the_pixels_of_the_original(session, concept, ids):
    data = inspecting.cut(session, ids["wide.png"], Crop(0.5, 0.0, 0.25, 0.5, 0.0))
    with Image.open(io.BytesIO(data)) as cut:
        assert (cut.format, cut.size) == ("JPEG", (50, 30))


def test_a_cut_of_a_file_that_is_away_is_refused(tmp_path, photos):
    folder = folder_of(tmp_path / "gone", 1)
    with Session(Settings(library=tmp_path / "library", workers=1)) as opened:
        ingest.add_directories(opened, [folder])
        (folder / "p000.jpg").unlink()
        with pytest.raises(ImageReadError):
            inspecting.cut(opened, opened.library.images.ids()[0], Crop(0, 0, 1, 1, 0))


def test_layers_that_cannot_be_looked_into_are_refused(session, ids):
    strange = Concept("x", np.ones(25_088, np.float32), None, 0.0, "mobilenet_12d", "cosine")
    for ask in (inspecting.share_map, inspecting.tile_map, inspecting.crops, inspecting.colour_heat):
        with pytest.raises(LayerError, match="mobilenet_12d"):
            ask(session, strange, ids["p000.jpg"])
    places = Concept("y", np.ones(62_720, np.float32), None, 0.0, "lite0_map", "cosine")
    assert inspecting.share_map(session, places, ids["p000.jpg"]).shape == (7, 7)
    with pytest.raises(LayerError, match="lite0_map"):
        inspecting.crops(session, places, ids["p000.jpg"])
