"""Writes the LLVM instructions behind the vector words of `simd`; it knows nothing of numba's types."""

from collections.abc import Sequence
from itertools import count
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils

FLOAT = ir.FloatType()
_INT = ir.IntType(32)

# Minimax polynomials, least relative error: 2**f for |f| <= 1/2, lowest power first, by degree.
_EXP2 = {
    3: (0.99992806, 0.69326097, 0.24261113, 0.05517167),  # 7.5e-5
    4: (0.99999928, 0.69312179, 0.24024744, 0.055917859, 0.0095701022),  # 2.6e-6
    5: (1.00000012, 0.69314694, 0.2402212, 0.055507131, 0.0096755410, 0.0013276472),  # 1.6e-7 in float32
}
# log2((1 + t) / (1 - t)) / t in powers of t**2, for sqrt(1/2) <= (1 + t) / (1 - t) <= sqrt(2); 1.2e-7.
_LOG2 = (2.8853905, 0.96158832, 0.59578073)
_SQRT_HALF_BITS = 0x3F3504F3
_MANTISSA_BITS = 23
# Added to a number below 2**22, it leaves the nearest whole number in the lowest bits of the sum.
_ROUNDER = 1.5 * 2.0**_MANTISSA_BITS


class Writer:
    """Writes LLVM instructions on vectors of one width."""

    def __init__(self, builder: ir.IRBuilder, width: int) -> None:
        self.builder = builder
        self.width = width
        self.floats = ir.VectorType(FLOAT, width)
        self.ints = ir.VectorType(_INT, width)

    def constant(self, value: float) -> ir.Constant:
        """Make a float in every lane."""
        return ir.Constant(self.floats, [ir.Constant(FLOAT, float(np.float32(value)))] * self.width)

    def whole(self, value: int) -> ir.Constant:
        """Make a 32-bit whole number in every lane."""
        return ir.Constant(self.ints, [ir.Constant(_INT, value)] * self.width)

    def load(self, pointer: Any) -> Any:
        """Read neighbouring floats."""
        value = self.builder.load(self.builder.bitcast(pointer, self.floats.as_pointer()))
        value.align = 4
        return value

    def store(self, value: Any, pointer: Any) -> None:
        """Write the lanes to neighbouring floats."""
        self.builder.store(value, self.builder.bitcast(pointer, self.floats.as_pointer())).align = 4

    def broadcast(self, scalar: Any) -> Any:
        """Copy a float into every lane."""
        undefined = ir.Constant(self.floats, ir.Undefined)
        first = self.builder.insert_element(undefined, scalar, ir.Constant(_INT, 0))
        return self.builder.shuffle_vector(first, undefined, self.whole(0))

    def fma(self, a: Any, b: Any, c: Any) -> Any:
        """Multiply and add: a b + c, fused where the CPU can."""
        signature = ir.FunctionType(self.floats, [self.floats] * 3)
        name = f"llvm.fmuladd.v{self.width}f32"
        return self.builder.call(cgutils.get_or_insert_function(self.builder.module, signature, name), [a, b, c])

    def polynomial(self, x: Any, coefficients: Sequence[float]) -> Any:
        """Evaluate by Horner's scheme; the lowest power's coefficient comes first."""
        value = self.constant(coefficients[-1])
        for coefficient in coefficients[-2::-1]:
            value = self.fma(value, x, self.constant(coefficient))
        return value

    def exp2(self, x: Any, degree: int) -> Any:
        """Raise 2 to x: the whole part goes into the exponent's bits, a polynomial takes the rest."""
        build = self.builder
        shifted = build.fadd(x, self.constant(_ROUNDER))
        fraction = build.fsub(x, build.fsub(shifted, self.constant(_ROUNDER)))
        exponent = build.shl(build.bitcast(shifted, self.ints), self.whole(_MANTISSA_BITS))
        mantissa = build.bitcast(self.polynomial(fraction, _EXP2[degree]), self.ints)
        return build.bitcast(build.add(mantissa, exponent), self.floats)

    def log2(self, x: Any) -> Any:
        """Take the logarithm: the exponent's bits are the whole part, a series takes the mantissa."""
        build = self.builder
        bits = build.bitcast(x, self.ints)
        exponent = build.ashr(build.sub(bits, self.whole(_SQRT_HALF_BITS)), self.whole(_MANTISSA_BITS))
        mantissa = build.bitcast(build.sub(bits, build.shl(exponent, self.whole(_MANTISSA_BITS))), self.floats)
        t = build.fdiv(build.fsub(mantissa, self.constant(1)), build.fadd(mantissa, self.constant(1)))
        series = self.polynomial(build.fmul(t, t), _LOG2)
        # 0 * x hands on a NaN, whose bits mean nothing here.
        return self.fma(x, self.constant(0), self.fma(t, series, build.sitofp(exponent, self.floats)))

    def reduce(self, name: str, vector: Any, *start: Any) -> Any:
        """Bring the lanes to one float."""
        signature = ir.FunctionType(FLOAT, [value.type for value in start] + [self.floats])
        function = f"llvm.vector.reduce.{name}.v{self.width}f32"
        callee = cgutils.get_or_insert_function(self.builder.module, signature, function)
        return self.builder.call(callee, [*start, vector], fastmath=("reassoc",) if start else ())

    def log_gaussian(self, rows: Sequence[Any], parameters: Any) -> Any:
        """Compute c - |M x + b|² from the parameters c, b and the rows of M, one after the other."""
        numbers = (self.broadcast(self.builder.load(cgutils.gep(self.builder, parameters, i))) for i in count())
        value = next(numbers)
        whitened = [next(numbers) for _ in rows]
        for i in range(len(rows)):
            for row in rows[: i + 1]:
                whitened[i] = self.fma(row, next(numbers), whitened[i])
            value = self.fma(self.builder.fneg(whitened[i]), whitened[i], value)
        return value
