"""Owns the ONNX graph of EfficientNet-Lite0: its layers written down once, with weights whose batch norms are folded.

The picture goes in as bytes, (B, 224, 224, 3) uint8; out come the 7 x 7 map, its mean and the 1,000 logits. Sources:
Tan and Le, EfficientNet (2019), table 1, and TensorFlow's EfficientNet-Lite, which leaves out squeeze-and-excitation,
takes ReLU6, and scales neither stem nor head.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from leitmotiv.records import SEEN_SIDE as SIDE

Tensor = NDArray[Any]
CELLS = 7
"""Cells a side of the map."""
WIDTH = 1280
"""Values in each cell of the map, and in their mean."""
CLASSES = 1000
"""Logits, one for each class of ImageNet-1k in its usual order."""
OPSET = 17
EPSILON = 1e-3
"""Of batch normalisation, as it was trained."""


class Stage(NamedTuple):
    """Blocks that follow each other: kernel side, stride of the first, expansion, channels out, how many blocks."""

    kernel: int
    stride: int
    expand: int
    channels: int
    repeats: int


STAGES = (
    Stage(3, 1, 1, 16, 1),
    Stage(3, 2, 6, 24, 2),
    Stage(5, 2, 6, 40, 2),
    Stage(3, 2, 6, 80, 3),
    Stage(5, 1, 6, 112, 3),
    Stage(5, 2, 6, 192, 4),
    Stage(3, 1, 6, 320, 1),
)
STEM = 32


def build(weights: Mapping[str, Tensor]) -> bytes:
    """The graph as a file of ONNX.

    Parameters
    ----------
    weights : mapping of str to array
        As `leitmotiv.nets.weights.tensors` reads them.

    Raises
    ------
    ValueError
        A tensor is not there, or has another shape than its layer.
    """
    graph = trunk(weights)
    graph.head("logits", "_fc", CLASSES)
    return graph.file("efficientnet-lite0", {"map": [CELLS, CELLS, WIDTH], "pooled": [WIDTH], "logits": [CLASSES]})


def trunk(weights: Mapping[str, Tensor], shrink: int = 1) -> "Graph":
    """All but the last layer, from "picture" to "map" and "pooled"; pictures are shrunk by a whole factor first."""
    graph = Graph(weights)
    values, side = graph.see("picture", shrink), SIDE // shrink
    values = graph.convolve(values, "_conv_stem", "_bn0", (STEM, 3, 3, 3), side, stride=2)
    side, channels = -(-side // 2), STEM
    for number, (stage, stride) in enumerate(blocks()):
        values = graph.block(values, f"_blocks.{number}", stage, stride, channels, side)
        side, channels = -(-side // stride), stage.channels
    values = graph.convolve(values, "_conv_head", "_bn1", (WIDTH, channels, 1, 1), side)
    graph.pool(values)
    return graph


def blocks() -> Iterator[tuple[Stage, int]]:
    """Each block's stage and stride: only the first of a stage shrinks the map."""
    for stage in STAGES:
        for number in range(stage.repeats):
            yield stage, stage.stride if number == 0 else 1


class Graph:
    """Nodes and constants, added one layer at a time; every method returns the name of what it computes."""

    def __init__(self, weights: Mapping[str, Tensor]) -> None:
        self._weights = weights
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def see(self, picture: str, shrink: int) -> str:
        """Bytes to the numbers that the network was trained on: (value - 127) / 128, channels first."""
        turned = self._node("Transpose", [picture], perm=[0, 3, 1, 2])
        numbers = self._node("Cast", [turned], to=TensorProto.FLOAT)
        centred = self._node("Sub", [numbers, self._constant("middle", np.float32(127.0))])
        numbers = self._node("Mul", [centred, self._constant("unit", np.float32(1 / 128))])
        if shrink == 1:
            return numbers
        return self._node("AveragePool", [numbers], kernel_shape=[shrink, shrink], strides=[shrink, shrink])

    def convolve(
        self,
        values: str,
        name: str,
        norm: str,
        shape: tuple[int, ...],
        side: int,
        *,
        stride: int = 1,
        bend: bool = True,
    ) -> str:
        """A convolution with its batch norm folded in, and ReLU6 unless the layer is linear."""
        kernel, bias = self._folded(name, norm, shape)
        before, after = padding(side, shape[2], stride)
        values = self._node(
            "Conv",
            [values, self._constant(f"{name}.kernel", kernel), self._constant(f"{name}.bias", bias)],
            kernel_shape=shape[2:],
            strides=[stride, stride],
            pads=[before, before, after, after],
            group=shape[0] if shape[1] == 1 else 1,
        )
        if not bend:
            return values
        return self._node("Clip", [values, self._constant("zero", np.float32(0)), self._constant("six", np.float32(6))])

    def block(self, values: str, name: str, stage: Stage, stride: int, channels: int, side: int) -> str:
        """Widen, look around in each channel, narrow; added to what came in where that has the same shape."""
        wide, inner = channels * stage.expand, values
        if stage.expand > 1:
            inner = self.convolve(inner, f"{name}._expand_conv", f"{name}._bn0", (wide, channels, 1, 1), side)
        shape = (wide, 1, stage.kernel, stage.kernel)
        inner = self.convolve(inner, f"{name}._depthwise_conv", f"{name}._bn1", shape, side, stride=stride)
        shape = (stage.channels, wide, 1, 1)
        inner = self.convolve(inner, f"{name}._project_conv", f"{name}._bn2", shape, -(-side // stride), bend=False)
        return self._node("Add", [inner, values]) if stride == 1 and channels == stage.channels else inner

    def pool(self, values: str) -> None:
        """The outputs "map" and "pooled"."""
        self._node("Transpose", [values], "map", perm=[0, 2, 3, 1])
        mean = self._node("GlobalAveragePool", [values])
        self._node("Flatten", [mean], "pooled", axis=1)

    def head(self, gives: str, name: str, classes: int) -> None:
        """A last layer over "pooled"."""
        parts = self._tensor(f"{name}.weight", (classes, WIDTH)), self._tensor(f"{name}.bias", (classes,))
        constants = [self._constant(f"head.{number}", value) for number, value in enumerate(parts)]
        self._node("Gemm", ["pooled", *constants], gives, transB=1)

    def vote(self, logits: str, scores: int) -> None:
        """The outputs "shares", of votes from 1 on, and "score", their mean."""
        self._node("Softmax", [logits], "shares", axis=1)
        column = self._constant("scores", np.arange(1, scores + 1, dtype=np.float32)[:, None])
        self._node("Flatten", [self._node("MatMul", ["shares", column])], "score", axis=1)

    def file(self, name: str, shapes: Mapping[str, list[int]], told: Mapping[str, str] | None = None) -> bytes:
        """Everything so far, checked; `told` stands beside the graph, as text by name."""
        takes = [helper.make_tensor_value_info("picture", TensorProto.UINT8, ["batch", SIDE, SIDE, 3])]
        gives = [
            helper.make_tensor_value_info(output, TensorProto.FLOAT, ["batch", *shape])
            for output, shape in shapes.items()
        ]
        graph = helper.make_graph(self._nodes, name, takes, gives, self._constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="leitmotiv")
        model.ir_version = 8  # the first that knows this opset: older runtimes read it, too
        helper.set_model_props(model, dict(told or {}))
        onnx.checker.check_model(model)
        data: bytes = model.SerializeToString()
        return data

    def _node(self, kind: str, takes: list[str], gives: str = "", **attributes: Any) -> str:
        gives = gives or f"{kind.lower()}.{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, takes, [gives], gives, **attributes))
        return gives

    def _constant(self, name: str, value: Any) -> str:
        if all(known.name != name for known in self._constants):
            self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value, np.float32), name))
        return name

    def _folded(self, name: str, norm: str, shape: tuple[int, ...]) -> tuple[Tensor, Tensor]:
        """A kernel scaled as its batch norm scales, and the bias that is left of the norm; in float64."""
        kernel = self._tensor(f"{name}.weight", shape)
        parts = ("weight", "bias", "running_mean", "running_var")
        scale, shift, mean, variance = (self._tensor(f"{norm}.{part}", shape[:1]) for part in parts)
        factor = scale / np.sqrt(variance + EPSILON)
        return kernel * factor[:, None, None, None], shift - mean * factor

    def _tensor(self, name: str, shape: tuple[int, ...]) -> Tensor:
        found = self._weights.get(name)
        if found is None or found.shape != shape:
            has = "is not there" if found is None else f"has the shape {found.shape}"
            raise ValueError(f"The weights fit another network: {name} {has}, and must have {shape}.")
        return found.astype(np.float64)


def padding(side: int, kernel: int, stride: int) -> tuple[int, int]:
    """Zeros before and after, as TensorFlow's "SAME" has them: where they are odd in number, one more after."""
    total = max((-(-side // stride) - 1) * stride + kernel - side, 0)
    return total // 2, total - total // 2
