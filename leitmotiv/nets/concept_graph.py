"""Owns a concept as an ONNX graph: the backbone with a few nodes behind it, from a picture to its score."""

from collections.abc import Mapping

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

_LEAST = 1e-12
"""What a length is at least, so that a picture of which the network sees nothing scores 0."""


def with_concept(
    backbone: bytes,
    vector: NDArray[np.float32],
    centre: NDArray[np.float32] | None,
    *,
    layer: str,
    scale: float,
    offset: float,
    told: Mapping[str, str],
) -> bytes:
    """The backbone's graph, with a concept for its only outputs.

    "picture", (batch, 224, 224, 3) uint8, upright sRGB, becomes "cosine", (batch,) float32, the product of the unit
    vector with the unit features less the centre, and "score", (batch,) float32: 0 for the middle of the collection
    that the concept was learnt in, 1 for its board.

    Parameters
    ----------
    backbone : bytes
        As `leitmotiv.nets.graph.build` makes it.
    vector : (D,) float32
    centre : (D,) float32 or None
        Taken from the square roots of the features; without one the features count as they are.
    layer : str
        "map" or "pooled", an output of the backbone.
    scale, offset : float
        What makes a score of a cosine.
    told : mapping of str to str
        What stands in the file beside the graph.
    """
    model = onnx.load_from_string(backbone)
    graph = model.graph
    kept = [node for node in graph.node if "logits" not in node.output]
    unit = vector.astype(np.float64) / max(float(np.linalg.norm(vector.astype(np.float64))), _LEAST)
    constants = {
        "concept.direction": unit.astype(np.float32)[:, None],
        "concept.least": np.float32(_LEAST),
        "concept.zero": np.float32(0),
        "concept.scale": np.float32(scale),
        "concept.offset": np.float32(offset),
    }
    nodes = [helper.make_node("Flatten", [layer], ["concept.seen"], axis=1)]
    features = "concept.seen"
    if centre is not None:
        constants["concept.centre"] = centre
        nodes += [
            helper.make_node("Max", [features, "concept.zero"], ["concept.positive"]),
            helper.make_node("Sqrt", ["concept.positive"], ["concept.roots"]),
            helper.make_node("Sub", ["concept.roots", "concept.centre"], ["concept.centred"]),
        ]
        features = "concept.centred"
    nodes += [
        helper.make_node("ReduceL2", [features], ["concept.length"], axes=[1], keepdims=0),
        helper.make_node("Max", ["concept.length", "concept.least"], ["concept.safe"]),
        helper.make_node("MatMul", [features, "concept.direction"], ["concept.column"]),
        helper.make_node("Flatten", ["concept.column"], ["concept.flat"], axis=0),
        helper.make_node("Div", ["concept.flat", "concept.safe"], ["concept.row"]),
        helper.make_node("Reshape", ["concept.row", "concept.batch"], ["cosine"]),
        helper.make_node("Mul", ["cosine", "concept.scale"], ["concept.scaled"]),
        helper.make_node("Add", ["concept.scaled", "concept.offset"], ["score"]),
    ]
    del graph.node[:], graph.output[:]
    graph.node.extend([*kept, *nodes])
    used = {name for node in graph.node for name in node.input}
    weights = [one for one in graph.initializer if one.name in used]
    del graph.initializer[:]
    graph.initializer.extend(weights)
    graph.initializer.extend(numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items())
    graph.initializer.append(numpy_helper.from_array(np.array([-1], np.int64), "concept.batch"))
    for name in ("score", "cosine"):
        graph.output.append(helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["batch"]))
    helper.set_model_props(model, dict(told))
    onnx.checker.check_model(model)
    data: bytes = model.SerializeToString()
    return data
