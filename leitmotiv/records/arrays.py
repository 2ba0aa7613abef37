"""Names of arrays, and the one thing done to those that are shared."""

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]
Float32 = NDArray[np.float32]
Half = NDArray[np.float16]
Pixels = NDArray[np.uint8]


def read_only(values: NDArray[np.generic]) -> None:
    """Forbid writing into an array that other layers share."""
    values.flags.writeable = False
