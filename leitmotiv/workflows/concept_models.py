"""Concepts as ONNX files that need no leitmotiv: a picture of 224 x 224 pixels goes in, its score comes out."""

import os

import numpy as np

import leitmotiv
from leitmotiv.records import ACTIVATIONS, Concept
from leitmotiv.settings import cache_folder
from leitmotiv.workflows.concepts import require
from leitmotiv.workflows.inspecting import as_standing
from leitmotiv.workflows.layers import MAP, POOLED


def to_onnx(concept: Concept, name: str = "") -> bytes:
    """The backbone and a concept as one graph.

    Its input "picture" is (batch, 224, 224, 3) uint8: upright sRGB, the short side brought to 256 pixels, the middle
    square of 224. Its outputs, (batch,) float32 each, are "score", 0 for the middle of the collection and 1 for the
    board, and "cosine". It knows no neighbours: the scores are those of pictures by themselves.

    Raises
    ------
    LayerError
        The concept is of another network.
    MissingExtraError
        The weights of the backbone are not installed, or damaged.
    """
    require(concept, POOLED, MAP)
    # onnx and onnxruntime: only who asks waits for them
    from leitmotiv.nets.backbone import graph
    from leitmotiv.nets.concept_graph import with_concept

    zero, one = as_standing(concept, np.array([0.0, 1.0])).tolist()
    told = {
        "name": name,
        "concept": concept.id,
        "layer": concept.layer,
        "method": concept.method,
        "backbone": ACTIVATIONS,
        "leitmotiv": leitmotiv.__version__,
    }
    return with_concept(
        graph(cache_folder(os.environ)),
        concept.vector,
        concept.centre,
        layer="map" if concept.layer == MAP else "pooled",
        scale=one - zero,
        offset=zero,
        told=told,
    )
