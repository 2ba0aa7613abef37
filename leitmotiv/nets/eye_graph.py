"""Owns trained eyes as an ONNX graph, written down layer by layer, and looking with them; neither needs torch.

The graph takes bytes and gives bytes. Nothing is dropped in it: pix2pix goes on dropping values when it is used, as its
only noise, but then a still picture would flicker in a film, and the mean of that noise is nearer to the truth. Norms
over a batch become part of the kernels, by the averages of training, so that what is seen does not depend on what else
is looked at in the same batch; norms by the picture stay what they were in training.
"""

from collections.abc import Mapping

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto

from leitmotiv.errors import EyesError
from leitmotiv.nets.layers import Layers
from leitmotiv.records import Network, Pixels

EPSILON = 1e-5
LEAK = 0.2
BATCH = 16
"""Pictures looked at together at most."""

Weights = Mapping[str, NDArray[np.float32]]


def build(network: Network, weights: Weights, told: Mapping[str, str] | None = None) -> bytes:
    """The generator as a file of ONNX: "shown", (batch, S, S, 3) uint8, becomes "seen" of the same shape.

    Parameters
    ----------
    network : Network
    weights : mapping of str to array
        As `leitmotiv.nets.pix2pix.Trainer.weights` gives them.
    told : mapping of str to str, optional
        What stands in the file beside the graph.

    Raises
    ------
    ValueError
        A tensor is not there, or has another shape than its layer.
    """
    graph = _Graph(network, weights)
    passed, widths = [graph.take()], network.widths()
    for number, (before, width) in enumerate(zip([3, *widths], widths, strict=False)):
        values, first = passed[-1], number == 0
        if not first:
            values = graph.node("LeakyRelu", [values], alpha=LEAK)
        normed = 0 < number < network.depth - 1
        passed.append(graph.convolve("Conv", values, f"down.{number}", 0 if first else 1, before, width, normed))
    values = passed.pop()
    for number in range(network.depth):
        if number:
            values = graph.node("Concat", [values, passed.pop()], axis=1)
        values = graph.node("Relu", [values])
        last = number == network.depth - 1
        before = widths[-1 - number] * (2 if number else 1)
        width = 3 if last else widths[-2 - number]
        values = graph.convolve("ConvTranspose", values, f"up.{number}", 1, before, width, not last)
    graph.give(values)
    return graph.file(dict(told or {}))


class _Graph(Layers):
    """The layers of a U-Net; every method returns the name of what it computes."""

    def __init__(self, network: Network, weights: Weights) -> None:
        super().__init__(weights)
        self._network = network

    def take(self) -> str:
        """Bytes to numbers from -1 to 1, channels first."""
        numbers = self.node("Cast", [self.node("Transpose", ["shown"], perm=[0, 3, 1, 2])], to=TensorProto.FLOAT)
        scaled = self.node("Div", [numbers, self.constant("half", 127.5)])
        return self.node("Sub", [scaled, self.constant("one", 1.0)])

    def give(self, values: str) -> None:
        """Back to bytes."""
        scaled = self.node("Mul", [self.node("Tanh", [values]), self.constant("half", 127.5)])
        levels = self.node("Round", [self.node("Add", [scaled, self.constant("half", 127.5)])])
        limits = [self.constant("least", 0.0), self.constant("most", 255.0)]
        kept = self.node("Clip", [levels, *limits])
        self.node("Transpose", [self.node("Cast", [kept], to=TensorProto.UINT8)], "seen", perm=[0, 2, 3, 1])

    def convolve(self, kind: str, values: str, layer: str, at: int, before: int, width: int, normed: bool) -> str:
        """A convolution (or its transpose) that halves (or doubles) the side, and its norm."""
        turned = kind == "ConvTranspose"
        kernel = self.tensor(f"{layer}.{at}.weight", (before, width, 4, 4) if turned else (width, before, 4, 4))
        bias, norm = self.tensor(f"{layer}.{at}.bias", (width,)), f"{layer}.{at + 1}"
        if normed and self._network.norm == "batch":
            kernel, bias = self.folded(kernel, norm, width, EPSILON, 1 if turned else 0, bias)
        inputs = [values, self.constant(f"{layer}.kernel", kernel), self.constant(f"{layer}.bias", bias)]
        made = self.node(kind, inputs, kernel_shape=[4, 4], strides=[2, 2], pads=[1, 1, 1, 1])
        if not normed or self._network.norm == "batch":
            return made
        names = [self.constant(f"{norm}.{part}", self.tensor(f"{norm}.{part}", (width,))) for part in _AFFINE]
        return self.node("InstanceNormalization", [made, *names], epsilon=EPSILON)

    def file(self, told: dict[str, str]) -> bytes:
        """Everything so far, checked."""
        side = self._network.side
        shape = [side, side, 3]
        return self.written("eyes", ("shown", shape), {"seen": (TensorProto.UINT8, shape)}, told)


_AFFINE = ("weight", "bias")


class Eyes:
    """Trained eyes, ready to look.

    Parameters
    ----------
    data : bytes
        A file of ONNX that takes one input of bytes and gives one output of bytes, both (B, S, S, 3).
    side : int, optional
        What their card says.
    threads : int

    Attributes
    ----------
    side : int
        Pixels a side of what they take and give.

    Raises
    ------
    EyesError
        The file cannot be read, or is of something else.
    """

    def __init__(self, data: bytes, *, side: int | None = None, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 4
        try:
            self._session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime has an exception for each of its states
            raise EyesError("The network of these eyes is damaged: train or import them again.") from error
        takes, gives = self._session.get_inputs(), self._session.get_outputs()
        shape = list(takes[0].shape) if len(takes) == len(gives) == 1 else []
        square = len(shape) == 4 and isinstance(shape[1], int) and shape[1] == shape[2] and shape[3] == 3
        same = square and list(gives[0].shape)[1:] == shape[1:]
        if not same or takes[0].type != "tensor(uint8)" or gives[0].type != "tensor(uint8)":
            raise EyesError("This network takes and gives something else than square pictures: it is not of eyes.")
        self.side = int(shape[1])
        self._name = takes[0].name
        if side is not None and side != self.side:
            raise EyesError(
                f"The card of these eyes does not match their network: it says {side} pixels, and that takes"
                f" {self.side} pixels. Import them again."
            )

    def run(self, shown: Pixels) -> Pixels:
        """See pictures in what is shown of them; (B, S, S, 3) uint8 to the same."""
        parts = [shown[at : at + BATCH] for at in range(0, len(shown), BATCH)]
        return np.concatenate([np.asarray(self._session.run(None, {self._name: part})[0]) for part in parts])
