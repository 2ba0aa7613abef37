"""sRGB to the colour space that pictures are compared in, and back; it works on arrays and reads no file.

"lab" is CIE L*a*b* under D65 (L from 0 to 100), "rgb" is sRGB from 0 to 1, "yuv" is that of BT.601 (Y from 0 to 1).

References
----------
.. [1] IEC 61966-2-1 (sRGB).
.. [2] CIE 15:2004, Colorimetry (L*a*b*, and the D65 white point of the 2 degree observer).
.. [3] ITU-R BT.601 (YUV).
"""

import numpy as np
from numpy.typing import NDArray

from leitmotiv.records import ColourSpace, Float, Pixels

_XYZ_OF_RGB = np.array(
    [
        [0.412453, 0.357580, 0.180423],
        [0.212671, 0.715160, 0.072169],
        [0.019334, 0.119193, 0.950227],
    ]
)
_WHITE = np.array([0.95047, 1.0, 1.08883])
_NEAR_BLACK = (6 / 29) ** 3
_SLOPE = (29 / 6) ** 2 / 3

_YUV_OF_RGB = np.array(
    [
        [0.299, 0.587, 0.114],
        [-0.14714119, -0.28886916, 0.43601035],
        [0.61497538, -0.51496512, -0.10001026],
    ]
)


def _to_linear(values: Float) -> Float:
    return np.where(values > 0.04045, ((np.maximum(values, 0) + 0.055) / 1.055) ** 2.4, values / 12.92)


def _from_linear(values: Float) -> Float:
    return np.where(values > 0.0031308, 1.055 * np.maximum(values, 0.0031308) ** (1 / 2.4) - 0.055, 12.92 * values)


# Blurred values lie between the 256 levels; at 16 steps a level, a straight line is off by less than 2e-7.
_STEPS = 16
_LINEAR = np.append(_to_linear(np.arange(255 * _STEPS + 1) / (255 * _STEPS)), 1.0)
_RISE = np.append(np.diff(_LINEAR), 0.0)


def from_srgb(pixels: NDArray[np.generic], space: ColourSpace = "lab") -> Float:
    """Convert sRGB to a colour space.

    Parameters
    ----------
    pixels : (..., 3) uint8 or float
        Levels from 0 to 255; those between whole ones are welcome, those beyond are clipped.
    space : str
        "lab", "rgb" or "yuv".

    Returns
    -------
    (..., 3) float64
    """
    levels = np.clip(np.asarray(pixels, np.float64), 0, 255)
    if space == "rgb":
        return levels / 255
    if space == "yuv":
        return np.asarray(levels / 255 @ _YUV_OF_RGB.T)
    _check(space)
    steps = levels * _STEPS
    whole = steps.astype(np.intp)
    linear = _LINEAR[whole] + (steps - whole) * _RISE[whole]
    relative = linear @ (_XYZ_OF_RGB / _WHITE[:, None]).T
    f = np.where(relative > _NEAR_BLACK, np.cbrt(relative), _SLOPE * relative + 4 / 29)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def to_srgb(values: Float, space: ColourSpace = "lab") -> Pixels:
    """Convert back to sRGB levels, rounded; colours that sRGB lacks are clipped channel by channel.

    Parameters
    ----------
    values : (..., 3) float
        In the units of `space`.
    space : str
        "lab", "rgb" or "yuv".

    Returns
    -------
    (..., 3) uint8
    """
    values = np.asarray(values, np.float64)
    if space == "rgb":
        shares = values
    elif space == "yuv":
        shares = values @ np.linalg.inv(_YUV_OF_RGB).T
    else:
        _check(space)
        y = (values[..., 0] + 16) / 116
        f = np.stack([y + values[..., 1] / 500, y, y - values[..., 2] / 200], axis=-1)
        relative = np.where(f > 6 / 29, f**3, (f - 4 / 29) / _SLOPE)
        shares = _from_linear(relative @ (np.linalg.inv(_XYZ_OF_RGB) * _WHITE).T)
    return np.rint(np.clip(shares, 0, 1) * 255).astype(np.uint8)


def to_lab(values: Float, space: ColourSpace) -> Float:
    """Colours of any of the spaces as L*a*b*, (..., 3) float64, not rounded; those that sRGB lacks are clipped."""
    if space == "lab":
        return np.asarray(values, np.float64)
    shares = values if space == "rgb" else values @ np.linalg.inv(_YUV_OF_RGB).T
    return from_srgb(255 * np.asarray(shares, np.float64), "lab")


def _check(space: str) -> None:
    if space != "lab":
        raise ValueError(f"space is {space!r}, but must be 'lab', 'rgb' or 'yuv'.")
