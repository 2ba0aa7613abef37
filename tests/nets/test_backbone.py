from pathlib import Path

import numpy as np
import pytest

from leitmotiv.errors import MissingExtraError
from leitmotiv.nets import backbone as module
from leitmotiv.nets import graph, weights
from leitmotiv.nets.backbone import Backbone
from leitmotiv.nets.weights import EFFICIENTNET_LITE0

from . import naive


@pytest.fixture(scope="module")
def tensors():
    return weights.tensors(weights.read(EFFICIENTNET_LITE0))


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("cache") / "leitmotiv"


@pytest.fixture(scope="module")
def backbone(cache) -> Backbone:
    return Backbone(cache, threads=2)


def pictures(count: int) -> np.ndarray:
    """Soft blobs of colour: noise alone would leave most units of the network silent."""
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (count, 7, 7, 3), np.uint8).repeat(32, axis=1).repeat(32, axis=2)


def test_features_are_those_of_the_network_written_out_in_numpy(backbone, tensors):
    (picture,) = pictures(1)
    found = backbone.features(picture[None])
    for ours, wanted in zip(found, naive.features(tensors, picture), strict=True):
        assert ours.dtype == np.float32
        np.testing.assert_allclose(ours[0], wanted, atol=2e-4 * np.abs(wanted).max())


def test_the_map_is_bounded_and_its_mean_is_pooled(backbone):
    found = backbone.features(pictures(3))
    assert found.map.shape == (3, 7, 7, 1280)
    assert found.logits.shape == (3, 1000)
    assert found.map.min() >= 0
    assert found.map.max() <= 6
    np.testing.assert_allclose(found.pooled, found.map.mean(axis=(1, 2)), rtol=1e-4, atol=1e-6)


def test_a_picture_has_the_same_features_in_any_batch(backbone):
    many = pictures(module.BATCH + 3)
    together = backbone.features(many)
    assert len(together.pooled) == len(many)
    for row in (0, module.BATCH, len(many) - 1):
        np.testing.assert_allclose(backbone.features(many[row : row + 1]).pooled[0], together.pooled[row], atol=1e-5)


def test_no_pictures_have_no_features(backbone):
    found = backbone.features(np.zeros((0, 224, 224, 3), np.uint8))
    assert [values.shape for values in found] == [(0, 7, 7, 1280), (0, 1280), (0, 1000)]


@pytest.mark.parametrize("wrong", [np.zeros((224, 224, 3), np.uint8), np.zeros((1, 224, 224, 3), np.float32)])
def test_other_shapes_and_types_are_mistakes(backbone, wrong):
    with pytest.raises(ValueError, match=r"pictures must be \(B, 224, 224, 3\) uint8"):
        backbone.features(wrong)


def test_the_graph_is_built_once_and_again_where_the_cache_is_damaged(cache, backbone, monkeypatch):
    whole = module.graph(cache)
    built = []
    monkeypatch.setattr(module, "_built", lambda data: built.append(len(data)) or whole)
    assert module.graph(cache) == whole
    assert built == []
    (kept,) = cache.glob("*.onnx")
    kept.write_bytes(whole[:100] + bytes([whole[100] ^ 1]) + whole[101:])
    assert module.graph(cache) == whole
    assert built == [EFFICIENTNET_LITE0.size]
    assert kept.read_bytes() == whole
    assert len(list(cache.iterdir())) == 2


def test_a_cache_that_cannot_be_written_only_costs_time(tmp_path, cache, backbone):
    (tmp_path / "file").write_text("in the way")
    assert module.graph(tmp_path / "file" / "cache") == module.graph(cache)


def test_what_is_cached_does_not_stand_in_for_damaged_weights(cache, backbone, monkeypatch, tmp_path):
    (tmp_path / "weights.pth").write_bytes(b"other")
    monkeypatch.setattr(weights, "locate", lambda _: tmp_path / "weights.pth")
    with pytest.raises(MissingExtraError, match="damaged"):
        Backbone(cache)


def test_weights_of_another_network_are_refused_by_the_name_of_the_layer(tensors):
    with pytest.raises(ValueError, match=r"_fc.weight has the shape \(10, 1280\)"):
        graph.build({**tensors, "_fc.weight": tensors["_fc.weight"][:10]})
    with pytest.raises(ValueError, match=r"_conv_stem.weight is not there"):
        graph.build({})
