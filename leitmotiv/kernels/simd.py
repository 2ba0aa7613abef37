"""The vector words that kernels are written in: values of several float32 lanes, as LLVM sees them; no loops here.

A `Vector` is a value like any other inside a kernel: it can be added, kept in a variable, put in a tuple.
Its width is any multiple of 4; a width of a few times `LANES` keeps several registers busy at once::

    WIDTH = 2 * LANES

    @kernel
    def sum_of_squares(values):             # (n,) float32, n a multiple of WIDTH
        sums = broadcast(np.float32(0), WIDTH)
        for n in range(0, len(values), WIDTH):
            v = load(values, n, WIDTH)
            sums = fma(v, v, sums)
        return total(sums)

Widths, degrees and numbers of rows are compile-time constants: literals or global names. Memory needs no alignment,
arrays are C-contiguous float32. A fused operation is rounded once where the CPU can, twice elsewhere.
"""

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, lower_builtin, models, register_model, type_callable

from leitmotiv.kernels.compiled import LANES
from leitmotiv.kernels.writer import FLOAT, Writer

__all__ = [
    "LANES",
    "Vector",
    "broadcast",
    "exp2",
    "fma",
    "fma_rows",
    "highest",
    "load",
    "load_rows",
    "log2",
    "log_gaussian",
    "maximum",
    "minimum",
    "size_of_gaussian",
    "store",
    "store_rows",
    "total",
    "where_less",
    "zeros",
]


class Vector(types.Type):  # type: ignore[misc]
    """The numba type of a value of `width` float32 lanes."""

    def __init__(self, width: int) -> None:
        self.width = width
        super().__init__(name=f"vector({width})")


@register_model(Vector)
class _VectorModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, vector: Vector) -> None:
        super().__init__(manager, vector, ir.VectorType(FLOAT, vector.width))


_word: Callable[[Callable[..., Any]], Callable[..., Any]] = intrinsic
_constant_word: Callable[[Callable[..., Any]], Callable[..., Any]] = intrinsic(prefer_literal=True)


def size_of_gaussian(dimensions: int) -> int:
    """How many float32 numbers `log_gaussian` reads for a component: c, then b, then the rows of M."""
    return 1 + dimensions + dimensions * (dimensions + 1) // 2


def _item(context: Any, builder: Any, kind: Any, array: Any, kinds: Any, indices: Any) -> Any:
    """Point to one number of an array, as LLVM sees it; `indices` is a whole number or a tuple of them."""
    if not isinstance(kinds, types.BaseTuple):
        kinds, indices = types.UniTuple(kinds, 1), context.make_tuple(builder, types.UniTuple(kinds, 1), [indices])
    unpacked = cgutils.unpack_tuple(builder, indices, len(kinds))
    positions = [context.cast(builder, *pair, types.intp) for pair in zip(unpacked, kinds, strict=True)]
    view = context.make_array(kind)(context, builder, array)
    return cgutils.get_item_pointer(context, builder, kind, view, positions)


@_constant_word
def load(typing: Any, array: Any, index: Any, width: Any) -> Any:
    """`width` neighbouring numbers of `array`, from `array[index]` on; `index` is a number or a tuple."""
    vector = Vector(width.literal_value)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind, kinds, _ = signature.args
        return Writer(builder, vector.width).load(_item(context, builder, kind, arguments[0], kinds, arguments[1]))

    return vector(array, index, width), generate


@_word
def store(typing: Any, array: Any, index: Any, vector: Any) -> Any:
    """Write the lanes of `vector` to `array[index]` and the numbers after it."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind, kinds, _ = signature.args
        pointer = _item(context, builder, kind, arguments[0], kinds, arguments[1])
        Writer(builder, vector.width).store(arguments[2], pointer)
        return context.get_dummy_value()

    return types.void(array, index, vector), generate


@_constant_word
def load_rows(typing: Any, array: Any, index: Any, rows: Any, width: Any) -> Any:
    """A tuple of vectors: `width` numbers of each of `rows` rows, the first of which starts at `array[index]`.

    Rows follow each other on the last axis but one; `index` has a number for each axis. `rows` is a constant, or a
    tuple of as many numbers: what a kernel that is compiled for several numbers of rows takes as an argument.
    """
    vector = Vector(width.literal_value)
    height = len(rows) if isinstance(rows, types.BaseTuple) else rows.literal_value

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind, kinds = signature.args[:2]
        writer = Writer(builder, vector.width)
        pointer = _item(context, builder, kind, arguments[0], kinds, arguments[1])
        stride = builder.extract_value(context.make_array(kind)(context, builder, arguments[0]).shape, kind.ndim - 1)
        vectors = []
        for _ in range(height):
            vectors.append(writer.load(pointer))
            pointer = builder.gep(pointer, [stride])
        return context.make_tuple(builder, signature.return_type, vectors)

    return types.UniTuple(vector, height)(array, index, rows, width), generate


@_word
def store_rows(typing: Any, array: Any, index: Any, rows: Any) -> Any:
    """Write a tuple of vectors to rows that follow each other, the first from `array[index]` on; see `load_rows`."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind, kinds, _ = signature.args
        pointer = _item(context, builder, kind, arguments[0], kinds, arguments[1])
        stride = builder.extract_value(context.make_array(kind)(context, builder, arguments[0]).shape, kind.ndim - 1)
        for vector in cgutils.unpack_tuple(builder, arguments[2], rows.count):
            Writer(builder, rows.dtype.width).store(vector, pointer)
            pointer = builder.gep(pointer, [stride])
        return context.get_dummy_value()

    return types.void(array, index, rows), generate


@_constant_word
def zeros(typing: Any, rows: Any, width: Any) -> Any:
    """A tuple of `rows` vectors of `width` zeros."""
    vector = Vector(width.literal_value)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        nought = Writer(builder, vector.width).constant(0)
        return context.make_tuple(builder, signature.return_type, [nought] * rows.literal_value)

    return types.UniTuple(vector, rows.literal_value)(rows, width), generate


@_word
def fma_rows(typing: Any, vector: Any, rows: Any, sums: Any) -> Any:
    """A tuple of vector * row + sum, for each row and sum of two tuples."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        writer = Writer(builder, vector.width)
        pairs = zip(*(cgutils.unpack_tuple(builder, values, rows.count) for values in arguments[1:]), strict=True)
        return context.make_tuple(builder, sums, [writer.fma(arguments[0], row, total) for row, total in pairs])

    return sums(vector, rows, sums), generate


@_constant_word
def broadcast(typing: Any, number: Any, width: Any) -> Any:
    """A float32 number in every lane."""
    vector = Vector(width.literal_value)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        scalar = context.cast(builder, arguments[0], signature.args[0], types.float32)
        return Writer(builder, vector.width).broadcast(scalar)

    return vector(number, width), generate


@_word
def fma(typing: Any, a: Any, b: Any, c: Any) -> Any:
    """A * b + c."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return Writer(builder, a.width).fma(*arguments)

    return a(a, a, a), generate


def _select(comparison: str) -> Callable[..., Any]:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        a, b = arguments[:2]
        chosen, other = arguments[2:] or (a, b)
        return builder.select(builder.fcmp_ordered(comparison, a, b), chosen, other)

    return generate


@_word
def minimum(typing: Any, a: Any, b: Any) -> Any:
    """The lesser, lane by lane; a NaN in `b` comes through, one in `a` does not."""
    return a(a, a), _select("<")


@_word
def maximum(typing: Any, a: Any, b: Any) -> Any:
    """The greater, lane by lane; a NaN in `b` comes through, one in `a` does not."""
    return a(a, a), _select(">")


@_word
def where_less(typing: Any, a: Any, b: Any, chosen: Any, other: Any) -> Any:
    """`chosen` in the lanes where a < b, `other` elsewhere."""
    return a(a, a, a, a), _select("<")


@_constant_word
def exp2(typing: Any, vector: Any, degree: Any) -> Any:
    """2 to the power of each lane, for lanes within [-125, 125]; NaN stays NaN.

    The degree of the polynomial sets the relative error: 3 gives 8e-5, 4 gives 3e-6, 5 gives 2e-7.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return Writer(builder, vector.width).exp2(arguments[0], degree.literal_value)

    return vector(vector, degree), generate


@_word
def log2(typing: Any, vector: Any) -> Any:
    """Logarithm to base 2 of each lane, for positive normal numbers, to 2e-7; NaN stays NaN, infinity becomes NaN."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return Writer(builder, vector.width).log2(arguments[0])

    return vector(vector), generate


@_word
def total(typing: Any, vector: Any) -> Any:
    """Sum of the lanes, a float32."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return Writer(builder, vector.width).reduce("fadd", arguments[0], ir.Constant(FLOAT, -0.0))

    return types.float32(vector), generate


@_word
def highest(typing: Any, vector: Any) -> Any:
    """Greatest lane, a float32; NaN is passed over."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return Writer(builder, vector.width).reduce("fmax", arguments[0])

    return types.float32(vector), generate


@_word
def log_gaussian(typing: Any, rows: Any, table: Any, k: Any) -> Any:
    """C - |M x + b|² for the D rows of x and row k of a table of (K, `size_of_gaussian(D)`) float32.

    A row of the table holds c, the D numbers of b, and the rows of the lower triangle of M. With M the inverse
    Cholesky factor of a covariance times sqrt(log2(e) / 2), b = -M mean, and c the logarithm to base 2 of weight
    and norm, the value is log2 of a weighted Gaussian density: D (D + 3) / 2 fused operations a sample.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        zero = context.get_constant(types.intp, 0)
        kinds = types.UniTuple(types.intp, 2)
        row = context.cast(builder, arguments[2], signature.args[2], types.intp)
        indices = context.make_tuple(builder, kinds, [row, zero])
        parameters = _item(context, builder, signature.args[1], arguments[1], kinds, indices)
        vectors = cgutils.unpack_tuple(builder, arguments[0], rows.count)
        return Writer(builder, rows.dtype.width).log_gaussian(vectors, parameters)

    return rows.dtype(rows, table, k), generate


def _define(operation: Callable[..., Any], instruction: str) -> None:
    """Let an operator of Python stand for an LLVM instruction on vectors of one width."""

    @type_callable(operation)  # type: ignore[untyped-decorator]
    def type_of(context: Any) -> Callable[..., Any]:
        def typer(a: Any, b: Any = None) -> Any:
            return a if isinstance(a, Vector) and b in (a, None) else None

        return typer

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return getattr(builder, instruction)(*arguments)

    lower_builtin(operation, Vector)(generate)
    lower_builtin(operation, Vector, Vector)(generate)


for _operators, _instruction in (
    ((operator.add, operator.iadd), "fadd"),
    ((operator.sub, operator.isub), "fsub"),
    ((operator.mul, operator.imul), "fmul"),
    ((operator.truediv, operator.itruediv), "fdiv"),
    ((operator.neg,), "fneg"),
):
    for _operator in _operators:
        _define(_operator, _instruction)
