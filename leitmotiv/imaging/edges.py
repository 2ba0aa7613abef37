"""Owns lines in pictures: edges by Canny and by Sobel, and the thresholds that turn a drawing into black and white.

References
----------
.. [1] J. Canny, "A computational approach to edge detection", IEEE PAMI 8 (1986).
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from skimage import filters, measure

from leitmotiv.records import Float, Pixels

_GREY = np.array([0.299, 0.587, 0.114])


def grey(pixels: Pixels) -> Pixels:
    """Lightness by the weights of BT.601, (H, W) uint8, of (H, W, 3) or (H, W) uint8."""
    return pixels if pixels.ndim == 2 else np.rint(pixels @ _GREY).astype(np.uint8)


def slopes(levels: NDArray[np.generic]) -> tuple[Float, Float]:
    """Slopes across and down by Sobel, 3 x 3, of levels (H, W); the rim is mirrored. Not divided: up to 4 x 255."""
    padded = np.pad(np.asarray(levels, np.float64), 1, mode="reflect" if min(levels.shape) > 1 else "edge")
    down = padded[2:] - padded[:-2]
    across = padded[:, 2:] - padded[:, :-2]
    return (
        across[:-2] + 2 * across[1:-1] + across[2:],
        down[:, :-2] + 2 * down[:, 1:-1] + down[:, 2:],
    )


def sobel(pixels: Pixels) -> Pixels:
    """How strong edges are: the length of the steepest channel's slope, a quarter of it at most 255; (H, W) uint8."""
    across, down = _steepest(pixels)
    return np.minimum(np.hypot(across, down) / 4, 255).astype(np.uint8)


def canny(pixels: Pixels, low: float, high: float) -> NDArray[np.bool_]:
    """Thin edges: ridges of the slope above `high`, and those above `low` that hang together with them.

    Nothing is smoothed before. Strength is the sum of both slopes, of the channel where it is largest; so thresholds
    mean what they mean in OpenCV at its usual settings.

    Parameters
    ----------
    pixels : (H, W, 3) or (H, W) uint8
    low, high : float
        0 to 2040; in either order.

    Returns
    -------
    (H, W) bool
    """
    low, high = min(low, high), max(low, high)
    across, down = _steepest(pixels)
    strength = np.abs(across) + np.abs(down)
    ridge = _ridges(strength, across, down)
    lines = measure.label(ridge & (strength > low), connectivity=2)
    strong = np.zeros(lines.max() + 1, bool)
    strong[lines[ridge & (strength > high)]] = True
    strong[0] = False
    return np.asarray(strong[lines])


def _steepest(pixels: Pixels) -> tuple[Float, Float]:
    """Slopes of the channel where their sum is largest."""
    channels = pixels[..., None] if pixels.ndim == 2 else pixels
    pairs = [slopes(channels[..., at]) for at in range(channels.shape[2])]
    across, down = (np.stack(values) for values in zip(*pairs, strict=True))
    best = np.argmax(np.abs(across) + np.abs(down), axis=0)[None]
    return np.take_along_axis(across, best, 0)[0], np.take_along_axis(down, best, 0)[0]


def _ridges(strength: Float, across: Float, down: Float) -> NDArray[np.bool_]:
    """Pixels that are stronger than both neighbours along the slope, in steps of 45 degrees."""
    padded = np.pad(strength, 1)
    height, width = strength.shape

    def beside(dy: int, dx: int) -> Float:
        return padded[1 + dy : 1 + dy + height, 1 + dx : 1 + dx + width]

    flat = np.abs(down) <= np.tan(np.pi / 8) * np.abs(across)
    steep = np.abs(across) <= np.tan(np.pi / 8) * np.abs(down)
    falling = across * down > 0
    ridge = np.zeros(strength.shape, bool)
    for where, dy, dx in (
        (flat, 0, 1),
        (steep & ~flat, 1, 0),
        (~flat & ~steep & falling, 1, 1),
        (~flat & ~steep & ~falling, 1, -1),
    ):
        # One of the two must be passed, not met, or a flat ridge of two pixels would stay two wide.
        ridge |= where & (strength > beside(-dy, -dx)) & (strength >= beside(dy, dx))
    return ridge & (strength > 0)


def below_surroundings(levels: Pixels, reach: int, offset: float) -> NDArray[np.bool_]:
    """Where a pixel is at least `offset` below the Gaussian mean around it: ink on paper, whatever the light."""
    mean = blurred(levels, reach).astype(np.float64)
    return np.asarray(levels <= mean - offset)


def blurred(pixels: Pixels, reach: int) -> Pixels:
    """Blur by a Gaussian window that is `reach` pixels to each side; its deviation goes with the window."""
    if reach <= 0:
        return pixels
    sigma = 0.3 * (reach - 1) + 0.8
    return smooth(pixels, sigma, truncate=reach / sigma)


def smooth(pixels: Pixels, sigma: float, truncate: float = 4.0) -> Pixels:
    """Blur by a Gaussian of deviation `sigma` in pixels, mirrored at the rim."""
    channels = -1 if pixels.ndim == 3 else None
    made = filters.gaussian(
        pixels.astype(np.float64), sigma, mode="mirror", truncate=truncate, channel_axis=channels, preserve_range=True
    )
    return np.asarray(np.rint(np.clip(made, 0, 255)), np.uint8)


def median(levels: Pixels, reach: int) -> Pixels:
    """Median of the square window that is `reach` pixels to each side, (H, W) uint8."""
    if reach <= 0:
        return levels
    return np.asarray(Image.fromarray(levels).filter(ImageFilter.MedianFilter(2 * reach + 1)))


def shrunk(pixels: Pixels, side: int) -> Pixels:
    """The picture at no more than `side` pixels of its longest side, enlarged again to whole blocks."""
    height, width = pixels.shape[:2]
    factor = side / max(height, width)
    image = Image.fromarray(np.ascontiguousarray(pixels))
    small = image.resize((max(1, round(width * factor)), max(1, round(height * factor))), Image.Resampling.BOX)
    return np.asarray(small.resize((width, height), Image.Resampling.NEAREST))
