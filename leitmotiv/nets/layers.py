"""Writing a network down as an ONNX graph, a node and a constant at a time; which layers it has is for others."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Tensor = NDArray[Any]
OPSET = 17


class Layers:
    """Nodes and constants, added one layer at a time; every method that adds returns the name of what it computes.

    Parameters
    ----------
    weights : mapping of str to array
        By the names of the layers that take them.
    """

    def __init__(self, weights: Mapping[str, Tensor]) -> None:
        self._weights = weights
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def node(self, kind: str, takes: list[str], gives: str = "", **attributes: Any) -> str:
        """Add a node; without a name for what it gives it gets one."""
        gives = gives or f"{kind.lower()}.{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, takes, [gives], gives, **attributes))
        return gives

    def constant(self, name: str, value: Any) -> str:
        """Add a constant, float32, where its name is not known yet."""
        if all(known.name != name for known in self._constants):
            self._constants.append(numpy_helper.from_array(np.array(value, np.float32, order="C"), name))
        return name

    def tensor(self, name: str, shape: tuple[int, ...]) -> Tensor:
        """Weights of a layer, float64.

        Raises
        ------
        ValueError
            They are not there, or have another shape.
        """
        found = self._weights.get(name)
        if found is None or found.shape != shape:
            has = "is not there" if found is None else f"has the shape {found.shape}"
            raise ValueError(f"The weights fit another network: {name} {has}, and must have {shape}.")
        return found.astype(np.float64)

    def folded(
        self, kernel: Tensor, norm: str, count: int, epsilon: float, axis: int = 0, bias: Tensor | float = 0.0
    ) -> tuple[Tensor, Tensor]:
        """A kernel and a bias that do what they and a batch norm after them do, by the averages of its training.

        Parameters
        ----------
        kernel : array
            Its channels out lie along `axis`.
        count : int
            Channels out.
        """
        parts = ("weight", "bias", "running_mean", "running_var")
        scale, shift, mean, variance = (self.tensor(f"{norm}.{part}", (count,)) for part in parts)
        factor = scale / np.sqrt(variance + epsilon)
        along = tuple(-1 if at == axis else 1 for at in range(kernel.ndim))
        return kernel * factor.reshape(along), (bias - mean) * factor + shift

    def written(
        self,
        name: str,
        takes: tuple[str, list[int]],
        gives: Mapping[str, tuple[int, list[int]]],
        told: Mapping[str, str] | None = None,
    ) -> bytes:
        """Everything so far as a file, checked.

        Parameters
        ----------
        takes : (str, list of int)
            The input of bytes: its name, and its shape after the batch.
        gives : mapping of str to (type, list of int)
            The outputs: their type in ONNX, and their shapes after the batch.
        told : mapping of str to str, optional
            What stands in the file beside the graph.
        """
        inputs = [helper.make_tensor_value_info(takes[0], TensorProto.UINT8, ["batch", *takes[1]])]
        outputs = [helper.make_tensor_value_info(one, kind, ["batch", *shape]) for one, (kind, shape) in gives.items()]
        graph = helper.make_graph(self._nodes, name, inputs, outputs, self._constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="leitmotiv")
        model.ir_version = 8  # the first that knows this opset: older runtimes read it, too
        helper.set_model_props(model, dict(told or {}))
        onnx.checker.check_model(model)
        data: bytes = model.SerializeToString()
        return data
