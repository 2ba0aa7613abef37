"""Owns EfficientNet-Lite0 in onnxruntime: pictures of 224 x 224 pixels to their features, one batch at a time.

The graph is built from the weights once and kept in the user's cache folder; a cached file that is damaged, or a folder
that cannot be written, only costs building it again.
"""

import threading
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from leitmotiv.errors import CriticError
from leitmotiv.nets import kept, weights
from leitmotiv.nets.weights import EFFICIENTNET_LITE0
from leitmotiv.records import SEEN_SIDE as SIDE
from leitmotiv.records import Pixels

Values = NDArray[np.float32]
GRAPH_REVISION = 1
"""Grows whenever the same weights give another graph; part of the name under which it is cached."""
BATCH = 16
"""Pictures that are computed at once: more are not faster, and hold more memory."""


class Features(NamedTuple):
    """What the network makes of B pictures.

    Attributes
    ----------
    map : (B, 7, 7, 1280) float32
        Rows from top to bottom, cells from left to right; each at least 0 and at most 6.
    pooled : (B, 1280) float32
        The mean of the map over its cells.
    logits : (B, 1000) float32
        Of the classes of ImageNet-1k, in their usual order; (B, 10), of votes for 1 to 10, of a critic's network.
    """

    map: Values
    pooled: Values
    logits: Values


class Backbone:
    """The network, loaded; several threads may ask it, and it computes for one at a time.

    Parameters
    ----------
    cache : Path
        The folder that keeps the graph; it need not exist.
    threads : int
        Onnxruntime computes with.
    network : bytes, optional
        A graph in its place, which was trained from it: see `leitmotiv.nets.critic_graph`.

    Raises
    ------
    MissingExtraError
        The weights are not installed, or damaged.
    CriticError
        The graph is damaged, or another one.
    """

    def __init__(self, cache: Path, *, threads: int = 1, network: bytes = b"") -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # Threads that wait for the next batch leave the cores to those that read pictures.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        data = network or graph(cache)
        try:
            self._session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises whatever its reader met
            raise CriticError("The network of the critic is damaged. Train it again.") from error
        if not {*Features._fields} <= {one.name for one in self._session.get_outputs()}:
            raise CriticError("The network of the critic is another one. Train it again.")
        self._lane = threading.Lock()

    def features(self, pictures: NDArray[np.uint8]) -> Features:
        """What the network makes of pictures.

        Parameters
        ----------
        pictures : (B, 224, 224, 3) uint8
            As `leitmotiv.imaging.square.network_input` makes them; B may be 0.

        Raises
        ------
        ValueError
            Another shape or type.
        """
        if pictures.dtype != np.uint8 or pictures.ndim != 4 or pictures.shape[1:] != (SIDE, SIDE, 3):
            raise ValueError(f"pictures must be (B, {SIDE}, {SIDE}, 3) uint8, not {pictures.shape} {pictures.dtype}.")
        parts = [self._run(pictures[start : start + BATCH]) for start in range(0, max(1, len(pictures)), BATCH)]
        if len(parts) == 1:
            return parts[0]
        return Features(*(np.concatenate(values) for values in zip(*parts, strict=True)))

    def _run(self, pictures: Pixels) -> Features:
        with self._lane:
            found = self._session.run(list(Features._fields), {"picture": np.ascontiguousarray(pictures)})
        return Features(*found)


def graph(cache: Path) -> bytes:
    """The graph as a file of ONNX, out of the cache or built anew and put there.

    Raises
    ------
    MissingExtraError
        The weights are not installed, or damaged; what is cached does not stand in for them.
    """
    data = weights.read(EFFICIENTNET_LITE0)
    path = cache / f"efficientnet-lite0-{EFFICIENTNET_LITE0.sha256[:12]}-{GRAPH_REVISION}.onnx"
    found = kept.read(path)
    if found is None:
        found = _built(data)
        kept.keep(path, found)
    return found


def _built(data: bytes) -> bytes:
    # Only here: onnx writes graphs, and running a cached one does without it.
    from leitmotiv.nets.graph import build

    return build(weights.tensors(data))
