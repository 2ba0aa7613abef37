"""Owns trained eyes as an ONNX graph, written down layer by layer, and looking with them; neither needs torch.

The graph takes bytes and gives bytes. Nothing is dropped in it: pix2pix goes on dropping values when it is used, as its
only noise, but then a still picture would flicker in a film, and the mean of that noise is nearer to the truth. Norms
over a batch become part of the kernels, by the averages of training, so that what is seen does not depend on what else
is looked at in the same batch; norms by the picture stay what they were in training.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from leitmotiv.errors import EyesError
from leitmotiv.records import Network, Pixels

OPSET = 17
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


class _Graph:
    """Nodes and constants, added one layer at a time; every method returns the name of what it computes."""

    def __init__(self, network: Network, weights: Weights) -> None:
        self._network = network
        self._weights = weights
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def take(self) -> str:
        """Bytes to numbers from -1 to 1, channels first."""
        numbers = self.node("Cast", [self.node("Transpose", ["shown"], perm=[0, 3, 1, 2])], to=TensorProto.FLOAT)
        scaled = self.node("Div", [numbers, self._constant("half", 127.5)])
        return self.node("Sub", [scaled, self._constant("one", 1.0)])

    def give(self, values: str) -> None:
        """Back to bytes."""
        scaled = self.node("Mul", [self.node("Tanh", [values]), self._constant("half", 127.5)])
        levels = self.node("Round", [self.node("Add", [scaled, self._constant("half", 127.5)])])
        limits = [self._constant("least", 0.0), self._constant("most", 255.0)]
        kept = self.node("Clip", [levels, *limits])
        self.node("Transpose", [self.node("Cast", [kept], to=TensorProto.UINT8)], "seen", perm=[0, 2, 3, 1])

    def convolve(self, kind: str, values: str, layer: str, at: int, before: int, width: int, normed: bool) -> str:
        """A convolution (or its transpose) that halves (or doubles) the side, and its norm."""
        turned = kind == "ConvTranspose"
        kernel = self._tensor(f"{layer}.{at}.weight", (before, width, 4, 4) if turned else (width, before, 4, 4))
        bias, norm = self._tensor(f"{layer}.{at}.bias", (width,)), f"{layer}.{at + 1}"
        if normed and self._network.norm == "batch":
            parts = ("weight", "bias", "running_mean", "running_var")
            scale, shift, mean, variance = (self._tensor(f"{norm}.{part}", (width,)) for part in parts)
            factor = scale / np.sqrt(variance + EPSILON)
            kernel = kernel * factor.reshape((1, -1, 1, 1) if turned else (-1, 1, 1, 1))
            bias = (bias - mean) * factor + shift
        inputs = [values, self._constant(f"{layer}.kernel", kernel), self._constant(f"{layer}.bias", bias)]
        made = self.node(kind, inputs, kernel_shape=[4, 4], strides=[2, 2], pads=[1, 1, 1, 1])
        if not normed or self._network.norm == "batch":
            return made
        names = [self._constant(f"{norm}.{part}", self._tensor(f"{norm}.{part}", (width,))) for part in _AFFINE]
        return self.node("InstanceNormalization", [made, *names], epsilon=EPSILON)

    def file(self, told: dict[str, str]) -> bytes:
        """Everything so far, checked."""
        side = self._network.side
        takes, gives = (
            helper.make_tensor_value_info(name, TensorProto.UINT8, ["batch", side, side, 3])
            for name in ("shown", "seen")
        )
        graph = helper.make_graph(self._nodes, "eyes", [takes], [gives], self._constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="leitmotiv")
        model.ir_version = 8  # the first that knows this opset: older runtimes read it, too
        helper.set_model_props(model, told)
        onnx.checker.check_model(model)
        data: bytes = model.SerializeToString()
        return data

    def node(self, kind: str, takes: list[str], gives: str = "", **attributes: Any) -> str:
        """Add a node."""
        gives = gives or f"{kind.lower()}.{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, takes, [gives], gives, **attributes))
        return gives

    def _constant(self, name: str, value: Any) -> str:
        if all(known.name != name for known in self._constants):
            self._constants.append(numpy_helper.from_array(np.array(value, np.float32, order="C"), name))
        return name

    def _tensor(self, name: str, shape: tuple[int, ...]) -> NDArray[np.float64]:
        found = self._weights.get(name)
        if found is None or found.shape != shape:
            has = "is not there" if found is None else f"has the shape {found.shape}"
            raise ValueError(f"The weights fit another network: {name} {has}, and must have {shape}.")
        return found.astype(np.float64)


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
