"""Statistics of natural scenes: how a picture's finest differences are spread, by which damage shows whatever it shows.

References
----------
.. [1] A. Mittal, A. K. Moorthy and A. C. Bovik, No-reference image quality assessment in the spatial domain (2012):
   lightness, normalised by its surroundings, and the products of neighbours.
.. [2] J. Immerkaer, Fast noise variance estimation (1996): the difference of two Laplacians.
.. [3] F. Crete, T. Dolmiere, P. Ladret and M. Nicolas, The blur effect (2007): how much a picture changes when it is
   blurred again.
.. [4] K. He, J. Sun and X. Tang, Single image haze removal using dark channel prior (2009).
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import scipy
from numpy.typing import NDArray

from leitmotiv.records import Float, Float32

SCALES = 3
_WINDOW = 7 / 6
_FLOOR = 1.0
"""Of the local deviation, in levels of 255: below it a place shows nothing."""
_TINY = 1e-6
_SHIFTS = ((0, 1), (1, 0), (1, 1), (1, -1))
PER_SCALE = 4 + 4 * len(_SHIFTS)
BLOCK = 8


class Scene(NamedTuple):
    """What is told of a lightness (H, W) float32, 0 to 255.

    Attributes
    ----------
    normalised : (SCALES, PER_SCALE) float64
        Moments of normalised lightness and of products of neighbours, the finest scale first.
    bands : (SCALES,) float64
        Natural logarithm of the mean square of what each halving of the size takes away, in levels.
    """

    normalised: Float
    bands: Float


def scene(light: Float32) -> Scene:
    """Moments over the places that show something; a plain margin changes none of them."""
    moments, bands = [], []
    for _ in range(SCALES):
        wide = scipy.ndimage.gaussian_filter(light, 1.0, truncate=3)
        at = _shows(light)
        count = max(1.0, float(at.sum()))
        fine = ((light - wide) * at).ravel()
        bands.append(float(np.log(float(fine @ fine) / count + 1e-2)))
        moments.append(_moments(light, at, count))
        if min(light.shape) < 32:
            break
        light = np.ascontiguousarray(wide[::2, ::2])
    while len(moments) < SCALES:  # too small for more
        moments.append(moments[-1])
        bands.append(bands[-1])
    return Scene(np.stack(moments), np.array(bands))


def _shows(light: Float32) -> Float32:
    """1 at places that are not of one level with their neighbours to the left and above, else 0."""
    shows = np.zeros(light.shape, bool)
    shows[:, 1:] |= light[:, 1:] != light[:, :-1]
    shows[1:] |= light[1:] != light[:-1]
    return shows.astype(np.float32)


def _moments(light: Float32, at: Float32, count: float) -> Float:
    if count < 64:
        return np.zeros(PER_SCALE)
    middle = scipy.ndimage.gaussian_filter(light, _WINDOW, truncate=3)
    apart = scipy.ndimage.gaussian_filter(light * light, _WINDOW, truncate=3) - middle * middle
    spread = np.sqrt(np.maximum(apart, 0))
    normal = (light - middle) / (spread + _FLOOR) * at
    squares = (normal * normal).ravel()
    square = float(squares.sum()) / count + _TINY
    found = [
        square,
        (float(np.abs(normal).sum()) / count) ** 2 / square,
        float(squares @ squares) / count / square**2,
        float(np.log(float((spread * at).sum()) / count + _FLOOR)),
    ]
    for down, right in _SHIFTS:
        left = normal[: len(normal) - down, max(0, -right) : normal.shape[1] - max(0, right)]
        product = (left * normal[down:, max(0, right) : normal.shape[1] + min(0, right)]).ravel()
        size, sign = float(product @ product), np.abs(product)
        lean = float(product @ sign)  # squares of those above zero less squares of those below
        found += [
            float(product.sum()) / count / square,
            (float(sign.sum()) / count) ** 2 / (size / count + _TINY),
            float(np.sqrt(max(0.0, size + lean) / 2 / count + _TINY)),
            float(np.sqrt(max(0.0, size - lean) / 2 / count + _TINY)),
        ]
    return np.array(found)


def noise(light: Float32) -> float:
    """Standard deviation of noise, in levels: Laplacians' difference [2]_ over the quietest tenth of parts that show.

    Texture is no noise: parts of 16 x 16 are compared, and the quiet ones count.
    """
    kernel = np.array([1, -2, 1], np.float32)
    rough = scipy.ndimage.convolve1d(scipy.ndimage.convolve1d(light, kernel, axis=0), kernel, axis=1)[1:-1, 1:-1]
    parts = _parts(np.abs(rough), 16)
    shown = parts[parts > 0]
    return 0.0 if rough.size == 0 or shown.size < 4 else float(np.quantile(shown, 0.1) * np.sqrt(np.pi / 2) / 6)


def blur(light: Float32) -> float:
    """How little differences between neighbours shrink when blurred again [3]_: 0 is sharp, 1 has nothing fine."""
    worst = 0.0
    for axis in (0, 1):
        again = scipy.ndimage.convolve1d(light, np.full(9, 1 / 9, np.float32), axis=axis)
        sharp, soft = np.abs(np.diff(light, axis=axis)), np.abs(np.diff(again, axis=axis))
        whole = float(sharp.sum())
        lost = float(np.maximum(sharp - soft, 0).sum())
        worst = max(worst, 1.0 if whole < _TINY else (whole - lost) / whole)
    return worst


def edges(light: Float32) -> tuple[float, float]:
    """Sharpness at the sharpest tenth of parts, and of the median part that shows something: what is finest in share.

    A subject in focus before a soft ground is sharp.
    """
    rows, columns = (size // 16 * 16 or size for size in light.shape)
    light = light[:rows, :columns]
    fine = np.abs(light - scipy.ndimage.gaussian_filter(light, 1.0, truncate=3))
    half = np.ascontiguousarray(light[::2, ::2])
    coarse = np.abs(half - scipy.ndimage.gaussian_filter(half, 2.0, truncate=2))
    top, base = _parts(fine, 16), _parts(coarse, 8)
    shown = base > 2
    if len(top) != len(base) or not shown.any():  # less than a part of each
        return 0.0, 0.0
    share = top[shown] / base[shown]
    return float(np.quantile(share, 0.9)), float(np.median(share))


def directions(light: Float32) -> tuple[float, float]:
    """Logarithm of the finest differences along the weakest direction beside the strongest, and beside their mean."""
    along = []
    for down, right in _SHIFTS:
        step = light[down:, max(0, right) : light.shape[1] + min(0, right)]
        step = step - light[: len(light) - down, max(0, -right) : light.shape[1] - max(0, right)]
        mean = float(np.abs(step).mean()) if step.size else 0.0
        along.append(mean / np.hypot(down, right) ** 0.5 + 0.01)
    logs = np.log(along)
    return float(logs.min() - logs.max()), float(logs.min() - logs.mean())


def tensors(light: Float32) -> Float:
    """How sharp it is along its weakest direction, and how unlike the strongest that is, at three scales: (3, 2).

    The mean products of gradients at a scale, beside those at twice and four times that scale: the ratio along a
    direction lies between the eigenvalues of one relative to the other. What was blurred along a line, by a shaken
    hand, say, is weak along that line, whatever the picture shows. Natural logarithms.
    """
    found = []
    for _ in range(5):
        found.append(_products(light))
        if min(light.shape) < 8:
            break
        rows, columns = light.shape[0] // 2 * 2, light.shape[1] // 2 * 2
        cut = light[:rows, :columns]
        light = (cut[::2, ::2] + cut[1::2, ::2] + cut[::2, 1::2] + cut[1::2, 1::2]) * np.float32(0.25)
    found += [found[-1]] * (5 - len(found))
    rows = []
    for fine, coarse in ((0, 1), (0, 2), (1, 3)):
        values = np.linalg.eigvals(np.linalg.solve(found[coarse], found[fine]))
        low, high = np.log(np.maximum(np.sort(values.real), _TINY))
        rows.append((low, low - high))
    return np.array(rows)


def _products(light: Float32) -> Float:
    """Mean products of gradients of a lightness, (2, 2), an unseen gradient aside."""
    if min(light.shape) < 2:
        return np.eye(2)
    right = (light[:-1, 1:] - light[:-1, :-1] + light[1:, 1:] - light[1:, :-1]).ravel() / 2
    down = (light[1:, :-1] - light[:-1, :-1] + light[1:, 1:] - light[:-1, 1:]).ravel() / 2
    mixed = float(right @ down) / len(right)
    return np.array([[float(right @ right), 0], [0, float(down @ down)]]) / len(right) + [[0.02, mixed], [mixed, 0.02]]


def dark_channel(lowest: NDArray[np.int16]) -> float:
    """Mean over parts of 16 x 16 of the darkest value of any channel [4]_: haze lifts it everywhere."""
    return float(_extremes(lowest, np.min).mean())


def ranges(light: Float32) -> tuple[float, float]:
    """Levels between the darkest and the brightest of a part of 16 x 16: of the median part, of the strongest tenth."""
    spans = _extremes(light, np.ptp)
    return float(np.quantile(spans, 0.5)), float(np.quantile(spans, 0.9))


def _extremes(values: NDArray[Any], of: Callable[..., Any]) -> NDArray[Any]:
    rows, columns = (max(1, size // 16) for size in values.shape)
    cut = values[: rows * 16, : columns * 16]
    high, wide = len(cut) // rows, cut.shape[1] // columns
    return np.asarray(of(cut.reshape(rows, high, columns, wide), axis=(1, 3)))


def blocks(light: Float32) -> tuple[float, float]:
    """How much steps across a lattice of 8 stand out, as JPEG leaves them, and the share of steps that are none."""
    most = 0.0
    for axis in (0, 1):
        size = light.shape[axis]
        if size < 6 * BLOCK:
            continue
        second = np.abs(np.diff(light, 2, axis=axis)).mean(axis=1 - axis)
        whole = len(second) // BLOCK * BLOCK
        phases = np.median(second[:whole].reshape(-1, BLOCK), axis=0)  # one strong edge is no lattice
        pairs = phases + np.roll(phases, -1)  # a step lies in two second differences
        rest = float(np.median(pairs)) + 0.05
        most = max(most, float(pairs.max()) / rest)
    same = [light[:, 1:] == light[:, :-1], light[1:] == light[:-1]]
    none = [float(one.mean()) for one in same if one.size]
    return float(np.log(max(most, 1.0))), float(np.mean(none)) if none else 1.0


def _parts(values: Float32, side: int) -> Float32:
    """Means over parts of side x side, flat; one part where there is no whole one."""
    rows, columns = values.shape[0] // side, values.shape[1] // side
    if not rows or not columns:
        return np.array([values.mean() if values.size else 0.0], np.float32)
    cut = values[: rows * side, : columns * side]
    return np.asarray(cut.reshape(rows, side, columns, side).mean(axis=(1, 3)).ravel(), np.float32)
