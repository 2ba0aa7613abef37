"""Owns the ONNX graph of EfficientNet-Lite0: its layers written down once, with weights whose batch norms are folded.

The picture goes in as bytes, (B, 224, 224, 3) uint8; out come the 7 x 7 map, its mean and the 1,000 logits. Sources:
Tan and Le, EfficientNet (2019), table 1, and TensorFlow's EfficientNet-Lite, which leaves out squeeze-and-excitation,
takes ReLU6, and scales neither stem nor head.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from onnx import TensorProto

from leitmotiv.nets.layers import Layers, Tensor
from leitmotiv.records import SEEN_SIDE as SIDE

CELLS = 7
"""Cells a side of the map."""
WIDTH = 1280
"""Values in each cell of the map, and in their mean."""
CLASSES = 1000
"""Logits, one for each class of ImageNet-1k in its usual order."""
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


class Graph(Layers):
    """The layers of this family; every method returns the name of what it computes."""

    def see(self, picture: str, shrink: int) -> str:
        """Bytes to the numbers that the network was trained on: (value - 127) / 128, channels first."""
        turned = self.node("Transpose", [picture], perm=[0, 3, 1, 2])
        numbers = self.node("Cast", [turned], to=TensorProto.FLOAT)
        centred = self.node("Sub", [numbers, self.constant("middle", [127.0])])
        numbers = self.node("Mul", [centred, self.constant("unit", [1 / 128])])
        if shrink == 1:
            return numbers
        return self.node("AveragePool", [numbers], kernel_shape=[shrink, shrink], strides=[shrink, shrink])

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
        kernel, bias = self.folded(self.tensor(f"{name}.weight", shape), norm, shape[0], EPSILON)
        before, after = padding(side, shape[2], stride)
        values = self.node(
            "Conv",
            [values, self.constant(f"{name}.kernel", kernel), self.constant(f"{name}.bias", bias)],
            kernel_shape=shape[2:],
            strides=[stride, stride],
            pads=[before, before, after, after],
            group=shape[0] if shape[1] == 1 else 1,
        )
        if not bend:
            return values
        return self.node("Clip", [values, self.constant("zero", [0.0]), self.constant("six", [6.0])])

    def block(self, values: str, name: str, stage: Stage, stride: int, channels: int, side: int) -> str:
        """Widen, look around in each channel, narrow; added to what came in where that has the same shape."""
        wide, inner = channels * stage.expand, values
        if stage.expand > 1:
            inner = self.convolve(inner, f"{name}._expand_conv", f"{name}._bn0", (wide, channels, 1, 1), side)
        shape = (wide, 1, stage.kernel, stage.kernel)
        inner = self.convolve(inner, f"{name}._depthwise_conv", f"{name}._bn1", shape, side, stride=stride)
        shape = (stage.channels, wide, 1, 1)
        inner = self.convolve(inner, f"{name}._project_conv", f"{name}._bn2", shape, -(-side // stride), bend=False)
        return self.node("Add", [inner, values]) if stride == 1 and channels == stage.channels else inner

    def pool(self, values: str) -> None:
        """The outputs "map" and "pooled"."""
        self.node("Transpose", [values], "map", perm=[0, 2, 3, 1])
        mean = self.node("GlobalAveragePool", [values])
        self.node("Flatten", [mean], "pooled", axis=1)

    def head(self, gives: str, name: str, classes: int) -> None:
        """A last layer over "pooled"."""
        parts = self.tensor(f"{name}.weight", (classes, WIDTH)), self.tensor(f"{name}.bias", (classes,))
        constants = [self.constant(f"head.{number}", value) for number, value in enumerate(parts)]
        self.node("Gemm", ["pooled", *constants], gives, transB=1)

    def vote(self, logits: str, scores: int) -> None:
        """The outputs "shares", of votes from 1 on, and "score", their mean."""
        self.node("Softmax", [logits], "shares", axis=1)
        column = self.constant("scores", np.arange(1, scores + 1, dtype=np.float32)[:, None])
        self.node("Flatten", [self.node("MatMul", ["shares", column])], "score", axis=1)

    def file(self, name: str, shapes: Mapping[str, list[int]], told: Mapping[str, str] | None = None) -> bytes:
        """Everything so far, checked; `told` stands beside the graph, as text by name."""
        gives = {output: (TensorProto.FLOAT, shape) for output, shape in shapes.items()}
        return self.written(name, ("picture", [SIDE, SIDE, 3]), gives, told)


def padding(side: int, kernel: int, stride: int) -> tuple[int, int]:
    """Zeros before and after, as TensorFlow's "SAME" has them: where they are odd in number, one more after."""
    total = max((-(-side // stride) - 1) * stride + kernel - side, 0)
    return total // 2, total - total // 2
