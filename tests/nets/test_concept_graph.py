"""A concept as a graph of its own: what onnxruntime makes of it is what leitmotiv says."""

import numpy as np
import onnx
import onnxruntime
import pytest

from leitmotiv.errors import LayerError
from leitmotiv.records import Calibration, Concept
from leitmotiv.settings import Settings
from leitmotiv.workflows.concept_models import to_onnx
from leitmotiv.workflows.inspecting import as_standing
from leitmotiv.workflows.placed import lone
from leitmotiv.workflows.session import Session

from .test_backbone import pictures

ID = "00000000-0000-0000-0000-000000000001"


@pytest.mark.parametrize(("layer", "length"), [("lite0_pooled", 1280), ("lite0_map", 62_720)])
@pytest.mark.parametrize("method", ["ridge", "cosine"])
def test_the_graph_scores_as_leitmotiv_does(tmp_path, layer, length, method):
    rng = np.random.default_rng(length)
    vector = rng.normal(size=length).astype(np.float32) * 3
    centre = rng.uniform(0, 0.5, length).astype(np.float32) if method == "ridge" else None
    known = Calibration(0.0, 1.0, 1.0, 0.01, 0.21) if method == "ridge" else None
    concept = Concept(ID, vector, centre, 0.0, layer, method, known)
    data = to_onnx(concept, "dusk")
    shown = pictures(3)
    found = onnxruntime.InferenceSession(data).run(["score", "cosine"], {"picture": shown})
    assert [one.shape for one in found] == [(3,), (3,)]
    with Session(Settings(library=tmp_path)) as session:
        cosine = lone(concept, session.backbone().features(shown))
    np.testing.assert_allclose(found[1], cosine, atol=2e-6)
    np.testing.assert_allclose(found[0], as_standing(concept, cosine), atol=2e-5)
    model = onnx.load_from_string(data)
    assert [one.name for one in model.graph.output] == ["score", "cosine"]
    assert {one.key: one.value for one in model.metadata_props}["name"] == "dusk"
    names = {one.name for one in model.graph.initializer}
    assert not any(name.startswith("head.") for name in names), "the classes of ImageNet are of no use here"


def test_a_concept_of_another_network_makes_no_graph():
    concept = Concept(ID, np.ones(25_088, np.float32), None, 0.0, "mobilenet_12d", "cosine")
    with pytest.raises(LayerError, match="mobilenet_12d"):
        to_onnx(concept)
