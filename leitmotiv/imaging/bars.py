"""Owns the picture of a colour theme: bars of its colours side by side."""

import numpy as np

from leitmotiv.records import Float, Pixels


def bars(colours: Float, width: int = 224, height: int = 224) -> Pixels:
    """Equal upright bars, (height, width, 3) uint8, of colours (N, 3) from 0 to 1 in sRGB."""
    values = np.rint(np.clip(np.asarray(colours, np.float64), 0, 1) * 255).astype(np.uint8)
    columns = np.arange(width) * len(values) // width
    return np.ascontiguousarray(np.broadcast_to(values[columns], (height, width, 3)))
