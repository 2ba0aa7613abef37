import io
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from PIL import Image

import leitmotiv
from leitmotiv import CAV, TrainingImage, compute_activations, train_cav
from leitmotiv.errors import BoardError, CavFileError, ImageReadError, LayerError
from leitmotiv.workflows import concept_files

from .pictures import picture
from .seen import features

DATA = Path(__file__).parent.parent / "data" / "cav"
IDENTITY = UUID("8d3bd628-36b1-449f-925a-abc140fb8cf6")


def stored(values, layer="lite0_pooled", **options) -> list[TrainingImage]:
    return [TrainingImage(activations={layer: row}, **options) for row in values]


@pytest.mark.parametrize("name", ["cavstudio_sample.cav", "roundness.cav"])
def test_loading_and_saving_gives_the_same_bytes(tmp_path, name):
    CAV.load(DATA / name).save(tmp_path / "again.cav")
    assert (tmp_path / "again.cav").read_bytes() == (DATA / name).read_bytes()


def test_what_is_changed_is_saved_and_the_rest_stays(tmp_path):
    loaded = CAV.load(DATA / "cavstudio_sample.cav")
    loaded.metadata["by"] = "me"
    loaded.save(tmp_path / "mine.cav")
    again = CAV.load(tmp_path / "mine.cav")
    assert again.metadata == {"by": "me"}
    assert again._extra == loaded._extra
    np.testing.assert_array_equal(np.signbit(again.vector), np.signbit(loaded.vector))
    loaded.vector = -loaded.vector
    loaded.save(tmp_path / "mine.cav")
    np.testing.assert_array_equal(CAV.load(tmp_path / "mine.cav").vector, loaded.vector)


def test_the_sample_scores_its_stored_activations_as_in_cavlib():
    with np.load(DATA / "googlenet_4d.npz") as kept:
        score = CAV.load(DATA / "cavstudio_sample.cav").score(kept["activations"])
    assert score == pytest.approx(-0.125, abs=0.001)


def test_what_is_no_picture_and_no_concept_is_told_in_words(tmp_path):
    with pytest.raises(ImageReadError, match=r"nope\.jpg: there is no such file"):
        train_cav(positive_images=["nope.jpg"])
    with pytest.raises(TypeError, match="positive_images is a list of pictures"):
        train_cav(positive_images="photo.jpg")
    for vector in ("abc", 3, None):
        with pytest.raises(CavFileError, match="'vector' must be a list of numbers"):
            CAV.from_dict({"vector": vector, "id": str(IDENTITY), "model_layer": "lite0_pooled"})
    with pytest.raises(CavFileError, match="a map of its entries"):
        CAV.from_dict("abc")
    with pytest.raises(CavFileError, match="cannot be read: is a directory"):
        CAV.load(tmp_path)


def test_dictionaries_go_both_ways_and_keep_what_has_no_meaning():
    loaded = CAV.load(DATA / "cavstudio_sample.cav")
    told = loaded.to_dict()
    assert list(told) == ["vector", "id", "model_layer", "stats"]
    again = CAV.from_dict(told)
    np.testing.assert_array_equal(again.vector, loaded.vector)
    assert (again.id, again.model_layer, again._extra) == (loaded.id, loaded.model_layer, loaded._extra)
    with pytest.raises(KeyError, match="'id'"):
        CAV.from_dict({"vector": [1.0], "model_layer": "x"})


def test_a_missing_file_a_text_and_one_that_cannot_be_written_say_so(tmp_path):
    with pytest.raises(CavFileError, match="no file"):
        CAV.load(tmp_path / "none.cav")
    (tmp_path / "text.cav").write_text("hello")
    with pytest.raises(TypeError, match="map"):
        CAV.load(tmp_path / "text.cav")
    with pytest.raises(leitmotiv.errors.PermissionDeniedError):
        CAV(IDENTITY, np.ones(3), "x").save(tmp_path / "nowhere" / "mine.cav")


@pytest.mark.parametrize("options", [{}, {"method": "sgd", "random_state": 3}, {"collection": features(4, 12)[0]}])
def test_it_learns_from_stored_activations(tmp_path, options):
    values, truth = features(4, 12)
    learnt = train_cav(
        positive_images=stored(values[truth == 0][:4]), negative_images=stored(values[truth != 0][::9]), **options
    )
    assert (learnt.model_layer, learnt.vector.shape, learnt.vector.dtype) == ("lite0_pooled", (1280,), np.float32)
    assert np.linalg.norm(learnt.vector) == pytest.approx(1, abs=1e-5)
    rest = [*values[truth == 0][4:], *values[truth == 1]]
    ordered = learnt.sort(rest, reverse=True)
    assert all(any(one is other for other in rest[:8]) for one in ordered[:8])
    assert [id(one) for one in learnt.sort(rest)] == [id(one) for one in ordered[::-1]]
    scores = [learnt.score(one) for one in ordered]
    assert (np.diff(scores) <= 0).all()
    assert np.abs(scores).max() <= 1
    learnt.save(tmp_path / "mine.cav")
    assert CAV.load(tmp_path / "mine.cav").score(rest[0]) == pytest.approx(learnt.score(rest[0]), abs=1e-6)
    assert concept_files.load_cav(tmp_path / "mine.cav").layer == "lite0_pooled"


def test_negatives_are_optional_and_the_answer_is_exact():
    values, _ = features(3, 6)
    one, other = (train_cav(positive_images=stored(values[:3])) for _ in range(2))
    np.testing.assert_array_equal(one.vector, other.vector)
    assert one.id != other.id
    heavy = train_cav(positive_images=[*stored(values[:1], weight=9), *stored(values[6:7])])
    assert heavy.score(values[0]) > heavy.score(values[6])


def test_layers_of_cavlib_learn_in_its_way():
    rng = np.random.default_rng(0)
    sides = [rng.gamma(1, 1, (4, 25_088)).astype(np.float32) for _ in range(2)]
    sides[0][:, :500] += 2
    examples, against = (stored(side, "mobilenet_12d") for side in sides)
    learnt = train_cav(positive_images=examples, negative_images=against, model_layer="mobilenet_12d", random_state=1)
    assert learnt.metadata == {}
    assert min(map(learnt.score, sides[0])) > max(map(learnt.score, sides[1]))
    with pytest.raises(BoardError, match="negative"):
        train_cav(positive_images=examples, model_layer="mobilenet_12d")
    with pytest.raises(ValueError, match="does not have"):
        train_cav(positive_images=[np.zeros((8, 8, 3), np.uint8)], model_layer="mobilenet_12d")


def test_pictures_of_all_kinds_have_activations(tmp_path):
    drawn = picture(3)
    drawn.save(tmp_path / "one.png")
    pixels = np.asarray(drawn)
    wanted = compute_activations(tmp_path / "one.png")
    assert (wanted.shape, wanted.dtype) == ((1280,), np.float32)
    for given in (str(tmp_path / "one.png"), drawn, pixels, io.BytesIO((tmp_path / "one.png").read_bytes())):
        np.testing.assert_allclose(compute_activations(given), wanted, atol=1e-4)
    np.testing.assert_allclose(compute_activations(pixels / 255), wanted, atol=1e-4)
    with_opacity = np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])
    np.testing.assert_allclose(compute_activations(with_opacity), wanted, atol=1e-4)
    assert compute_activations(drawn, model_layer="lite0_map").shape == (62_720,)
    assert compute_activations(pixels[..., 0]).shape == (1280,)


def test_a_turned_picture_is_seen_upright(tmp_path):
    drawn = picture(3)
    tags = Image.Exif()
    tags[0x0112] = 6
    drawn.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "turned.png", exif=tags)
    with Image.open(tmp_path / "turned.png") as turned:
        np.testing.assert_allclose(compute_activations(turned), compute_activations(drawn), atol=1e-4)


def test_pictures_teach_and_are_sorted(tmp_path):
    pictures = [np.asarray(picture(seed)) for seed in (0, 6, 12, 1, 7)]
    learnt = train_cav(positive_images=[TrainingImage(pictures[0]), pictures[1]], negative_images=[pictures[3]])
    assert [id(one) for one in learnt.sort([pictures[4], pictures[2]], reverse=True)] == [
        id(pictures[2]),
        id(pictures[4]),
    ]
    places = train_cav(positive_images=pictures[:2], model_layer="lite0_map")
    assert places.score(pictures[2]) > places.score(pictures[4])


@pytest.mark.parametrize("bad", [7, np.zeros((4, 4, 2), np.uint8), np.zeros((4, 4, 3), np.int64), io.StringIO("x")])
def test_what_is_no_picture_is_refused(bad):
    with pytest.raises(TypeError):
        compute_activations(bad)


def test_other_mistakes_are_told(tmp_path):
    with pytest.raises(ImageReadError):
        compute_activations(tmp_path / "none.jpg")
    with pytest.raises(ValueError, match="no layer 'vgg'"):
        compute_activations(tmp_path / "none.jpg", model_layer="vgg")
    with pytest.raises(ValueError, match="needs an image"):
        TrainingImage()
    with pytest.raises(ValueError, match="lite0_map only"):
        train_cav(positive_images=stored(np.ones((1, 62_720)), "lite0_map"))
    with pytest.raises(BoardError, match="no positive"):
        train_cav(positive_images=[])
    with pytest.raises(BoardError, match="weights"):
        train_cav(positive_images=stored(np.ones((1, 1280)), weight=0))
    with pytest.raises(BoardError, match="1,280 numbers"):
        train_cav(positive_images=stored(np.ones((1, 3))))
    with pytest.raises(LayerError, match="numbers"):
        CAV(IDENTITY, np.ones(3), "x").score(np.ones(4))
    assert np.isnan(CAV(IDENTITY, np.ones(3), "x").score(np.zeros(3)))


def test_a_vector_that_does_not_fit_its_layer_is_refused_with_the_name_of_its_file(tmp_path):
    short = CAV.from_dict({"vector": [1.0, 2.0], "id": str(UUID(int=1)), "model_layer": "of another network"})
    assert "metadata" not in short.to_dict()
    short.save(tmp_path / "short.cav")
    assert "metadata" not in CAV.load(tmp_path / "short.cav").to_dict()
    short.model_layer = "lite0_pooled"
    with pytest.raises(CavFileError, match="2 numbers"):
        CAV.from_dict(short.to_dict())
    short.save(tmp_path / "short.cav")
    with pytest.raises(CavFileError, match=r"short\.cav: .* 2 numbers"):
        CAV.load(tmp_path / "short.cav")
