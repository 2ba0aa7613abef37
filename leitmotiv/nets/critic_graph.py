"""Owns the graph of a critic whose backbone was trained: from a picture to its votes, for onnxruntime alone."""

from collections.abc import Mapping
from typing import Any

import onnx
from numpy.typing import NDArray

from leitmotiv.nets.graph import WIDTH, trunk
from leitmotiv.records import SEEN_SIDE

SCORES = 10
HEAD = "_critic"


def build(weights: Mapping[str, NDArray[Any]], shrink: int, told: Mapping[str, str]) -> bytes:
    """A file of ONNX.

    "picture", (batch, 224, 224, 3) uint8, upright sRGB, becomes "shares", (batch, 10) float32, of votes for 1 to 10,
    and "score", (batch, 1), their mean; "map", "pooled" and "logits" are what leads there, as of the backbone.

    Parameters
    ----------
    weights : mapping of str to array
        By the names of the backbone's file, with `HEAD` for its last layer.
    shrink : int
        See `Schedule`.
    told : mapping of str to str
        What stands in the file beside the graph.

    Raises
    ------
    ValueError
        A tensor is not there, or has another shape than its layer.
    """
    graph = trunk(weights, shrink)
    graph.head("logits", HEAD, SCORES)
    graph.vote("logits", SCORES)
    cells = -(-(SEEN_SIDE // shrink) // 32)
    shapes = {"shares": [SCORES], "score": [1], "map": [cells, cells, WIDTH], "pooled": [WIDTH], "logits": [SCORES]}
    return graph.file("critic", shapes, told)


def with_told(graph: bytes, told: Mapping[str, str]) -> bytes:
    """The same graph with something else beside it."""
    model = onnx.load_from_string(graph)
    onnx.helper.set_model_props(model, dict(told))
    data: bytes = model.SerializeToString()
    return data
