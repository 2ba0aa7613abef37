"""Damage of known strength to natural pictures, to teach and to measure the technical critic; all seeded."""

import io
from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image
from scipy.ndimage import convolve, gaussian_filter
from scipy.signal import fftconvolve

from leitmotiv.records import Float, Pixels

STRENGTHS = (1, 2, 3, 4, 5)
"""From hardly seen to ruined."""
Damage = Callable[[Pixels, int, np.random.Generator], Pixels]


def _bytes(values: Float) -> Pixels:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def _linear(pixels: Pixels) -> Float:
    return (pixels / 255.0) ** 2.2


def _shown(light: Float) -> Pixels:
    return _bytes(255 * np.clip(light, 0, 1) ** (1 / 2.2))


def gaussian(pixels: Pixels, strength: int, rng: np.random.Generator) -> Pixels:
    sigma = (0.7, 1.2, 2.0, 3.2, 5.2)[strength - 1] * rng.uniform(0.9, 1.1)
    return _bytes(gaussian_filter(pixels.astype(np.float64), (sigma, sigma, 0)))


def defocus(pixels: Pixels, strength: int, rng: np.random.Generator) -> Pixels:
    """The disc of a lens out of focus, in linear light, as optics has it."""
    radius = (1.2, 2.1, 3.5, 5.6, 9.0)[strength - 1] * rng.uniform(0.9, 1.1)
    reach = int(np.ceil(radius))
    across, down = np.meshgrid(np.arange(-reach, reach + 1), np.arange(-reach, reach + 1))
    disc = np.clip(radius + 0.5 - np.hypot(across, down), 0, 1)
    return _along(pixels, disc / disc.sum())


def motion(pixels: Pixels, strength: int, rng: np.random.Generator) -> Pixels:
    """The path of a shaken camera, nearly straight, in linear light."""
    length, angle = (3, 5.5, 9, 15, 25)[strength - 1] * rng.uniform(0.9, 1.1), rng.uniform(0, np.pi)
    reach = int(np.ceil(length / 2)) + 1
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1))
    bend = rng.uniform(-0.15, 0.15)
    for step in np.linspace(-length / 2, length / 2, 8 * reach + 1):
        x, y = step * np.cos(angle), step * np.sin(angle) + bend * step * step / length
        column, row = int(np.floor(x)), int(np.floor(y))
        for dy, dx in ((0, 0), (0, 1), (1, 0), (1, 1)):
            weight = (1 - abs(x - column - dx)) * (1 - abs(y - row - dy))
            kernel[min(2 * reach, row + dy + reach), min(2 * reach, column + dx + reach)] += weight
    return _along(pixels, kernel / kernel.sum())


def _along(pixels: Pixels, kernel: Float) -> Pixels:
    light = _linear(pixels)
    return _shown(np.stack([convolve(light[..., channel], kernel, mode="reflect") for channel in range(3)], axis=2))


def noise(pixels: Pixels, strength: int, rng: np.random.Generator) -> Pixels:
    sigma = (4, 8, 14, 24, 42)[strength - 1] * rng.uniform(0.9, 1.1)
    return _bytes(pixels + rng.normal(0, sigma, pixels.shape))


def grain(pixels: Pixels, strength: int, rng: np.random.Generator) -> Pixels:
    """Noise of photons and of the sensor, before the curve, a little blurred: as cameras leave it."""
    share = (0.002, 0.006, 0.015, 0.04, 0.1)[strength - 1] * rng.uniform(0.9, 1.1)
    drawn = gaussian_filter(rng.normal(0, 1, pixels.shape), (0.5, 0.5, 0)) * 1.7
    light = _linear(pixels)
    return _shown(np.clip(light + np.sqrt(share * light + share**2) * drawn * 0.6, 0, 1))


def salt(pixels: Pixels, strength: int, rng: np.random.Generator) -> Pixels:
    share = (0.002, 0.006, 0.018, 0.05, 0.13)[strength - 1]
    drawn, kept = rng.random(pixels.shape[:2]), pixels.copy()
    kept[drawn < share / 2], kept[drawn > 1 - share / 2] = 0, 255
    return kept


def jpeg(pixels: Pixels, strength: int, rng: np.random.Generator) -> Pixels:
    out = io.BytesIO()
    quality = int((45, 25, 14, 8, 3)[strength - 1] * rng.uniform(0.9, 1.1))
    Image.fromarray(pixels).save(out, "JPEG", quality=max(1, quality))
    return np.array(Image.open(out).convert("RGB"))


def wavelets(pixels: Pixels, strength: int, rng: np.random.Generator) -> Pixels:
    rate = (20, 40, 80, 150, 300)[strength - 1]
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG2000", quality_mode="rates", quality_layers=[rate])
    return np.array(Image.open(out).convert("RGB"))


def brighter(pixels: Pixels, strength: int, rng: np.random.Generator) -> Pixels:
    return _shown(_linear(pixels) * 2 ** ((0.7, 1.3, 2.0, 2.8, 3.8)[strength - 1] * rng.uniform(0.95, 1.05)))


def darker(pixels: Pixels, strength: int, rng: np.random.Generator) -> Pixels:
    return _shown(_linear(pixels) / 2 ** ((1.0, 2.0, 3.0, 4.2, 5.6)[strength - 1] * rng.uniform(0.95, 1.05)))


def clipping(pixels: Pixels, strength: int, rng: np.random.Generator) -> Pixels:
    gain = (1.3, 1.7, 2.4, 3.8, 7.0)[strength - 1] * rng.uniform(0.95, 1.05)
    middle = float(np.median(pixels))
    return _bytes((pixels - middle) * gain + middle)


def banding(pixels: Pixels, strength: int, rng: np.random.Generator) -> Pixels:
    levels = (24, 14, 9, 6, 3)[strength - 1]
    return _bytes(np.rint(pixels / 255 * (levels - 1)) * 255 / (levels - 1))


def mosaic(pixels: Pixels, strength: int, rng: np.random.Generator) -> Pixels:
    """Enlarged from fewer pixels, without smoothing."""
    side = (1.5, 2, 3, 5, 9)[strength - 1]
    image = Image.fromarray(pixels)
    small = image.resize((max(1, round(image.width / side)), max(1, round(image.height / side))), Image.Resampling.BOX)
    return np.array(small.resize(image.size, Image.Resampling.NEAREST))


def lost_blocks(pixels: Pixels, strength: int, rng: np.random.Generator) -> Pixels:
    """Blocks of 16 that were not received: grey, or what stood beside them."""
    kept, share = pixels.copy(), (0.01, 0.03, 0.08, 0.2, 0.45)[strength - 1]
    for top in range(0, len(kept), 16):
        for left in range(0, kept.shape[1], 16):
            if rng.random() < share:
                block = kept[top : top + 16, left : left + 16]
                block[:] = 128 if rng.random() < 0.5 else block[0, 0]
    return kept


def cut_off(pixels: Pixels, strength: int, rng: np.random.Generator) -> Pixels:
    """A file that ended early: grey, black, white or the last row below."""
    kept = pixels.copy()
    last = int(len(kept) * (1 - (0.1, 0.2, 0.35, 0.55, 0.8)[strength - 1] * rng.uniform(0.9, 1.1)))
    last = max(1, min(len(kept) - 1, last))
    kept[last:] = (kept[last - 1], 128, 0, 255)[int(rng.integers(4))]
    return kept


def small(pixels: Pixels, strength: int, rng: np.random.Generator) -> Pixels:
    """Enlarged from fewer pixels, smoothly."""
    side = (1.6, 2.4, 3.6, 5.5, 9)[strength - 1]
    image = Image.fromarray(pixels)
    fewer = image.resize((max(2, round(image.width / side)), max(2, round(image.height / side))), Image.Resampling.BOX)
    return np.array(fewer.resize(image.size, Image.Resampling.BICUBIC))


def haze(pixels: Pixels, strength: int, rng: np.random.Generator) -> Pixels:
    share = (0.25, 0.42, 0.58, 0.74, 0.88)[strength - 1]
    return _bytes(pixels * (1 - share) + 190 * share)


def along_a_line(pixels: Pixels, strength: int, rng: np.random.Generator) -> Pixels:
    """Blurred along one direction, evenly falling off to both sides, as the bytes are: no optics."""
    sigma, angle = (0.9, 1.6, 2.7, 4.4, 7.0)[strength - 1] * rng.uniform(0.9, 1.1), rng.uniform(0, np.pi)
    reach = int(np.ceil(2.5 * sigma)) + 1
    down, across = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    far = across * np.cos(angle) + down * np.sin(angle)
    near = down * np.cos(angle) - across * np.sin(angle)
    kernel = np.exp(-(far**2) / 2 / sigma**2 - near**2 / 2 / 0.35**2)
    kernel /= kernel.sum()
    planes = [fftconvolve(np.pad(one, reach, "reflect"), kernel, "valid") for one in np.moveaxis(pixels, 2, 0) / 1.0]
    return _bytes(np.stack(planes, axis=2))


def faded(pixels: Pixels, strength: int, rng: np.random.Generator) -> Pixels:
    """Drawn towards the level that it has in the mean, as an old print: contrast is lost, and the brightness kept."""
    share = (0.25, 0.42, 0.58, 0.74, 0.88)[strength - 1] * rng.uniform(0.95, 1.05)
    return _bytes(pixels * (1 - share) + pixels.mean() * share)


def torn(pixels: Pixels, strength: int, rng: np.random.Generator) -> Pixels:
    """Groups of rows that lie somewhere else, as a damaged file shows them: some, or all."""
    kept, share = pixels.copy(), (0.04, 0.1, 0.25, 0.55, 1.0)[strength - 1]
    high = int(rng.integers(2, 17))
    for top in range(0, len(kept), high):
        if rng.random() < share:
            kept[top : top + high] = np.roll(kept[top : top + high], int(rng.integers(kept.shape[1])), axis=1)
    return kept


TAUGHT: Mapping[str, Damage] = {
    "gaussian blur": gaussian,
    "white noise": noise,
    "JPEG": jpeg,
    "over-exposure": brighter,
    "under-exposure": darker,
    "clipping": clipping,
    "banding": banding,
    "enlarged pixels": mosaic,
    "lost blocks": lost_blocks,
    "cut off": cut_off,
    "blur along a line": along_a_line,
    "fading": faded,
    "torn rows": torn,
}
"""Kinds that the critic learns from."""
HELD_OUT: Mapping[str, Damage] = {
    "defocus": defocus,
    "motion": motion,
    "camera noise": grain,
    "salt and pepper": salt,
    "JPEG 2000": wavelets,
    "enlarged smoothly": small,
    "haze": haze,
}
"""Kinds that it never saw."""


def on_paper(pixels: Pixels, share: float, level: int = 255) -> Pixels:
    """The picture as it is, with plain paper around it that takes a share of each side."""
    high, wide = (round(side * share / (1 - share) / 2) for side in pixels.shape[:2])
    return np.pad(pixels, ((high, high), (wide, wide), (0, 0)), constant_values=level)


def smaller(pixels: Pixels, share: float) -> Pixels:
    """The picture printed smaller by a share of each side."""
    high, wide = (max(1, round(side * (1 - share))) for side in pixels.shape[:2])
    return np.array(Image.fromarray(pixels).resize((wide, high)))


def with_margin(pixels: Pixels, share: float, level: int = 255) -> Pixels:
    """The picture printed smaller, on plain paper of the size that it had before."""
    high, wide = pixels.shape[:2]
    inner = smaller(pixels, share)
    paper = np.full_like(pixels, level)
    top, left = (high - len(inner)) // 2, (wide - inner.shape[1]) // 2
    paper[top : top + len(inner), left : left + inner.shape[1]] = inner
    return paper


def degenerate(pixels: Pixels, rng: np.random.Generator) -> dict[str, Pixels]:
    """Pictures that must lie below every natural one: blank, one colour, pure noise, broken renders."""
    shape = pixels.shape
    half = cut_off(pixels, 5, rng)
    rolled = pixels.copy()
    for top in range(0, len(rolled), 4):
        rolled[top : top + 4] = np.roll(rolled[top : top + 4], int(rng.integers(shape[1])), axis=1)
    tiles = pixels.reshape(-1, 3)[rng.integers(len(pixels.reshape(-1, 3)), size=shape[:2])]
    fade = np.linspace(0, 255, shape[1])[None, :, None] * np.ones(shape)
    return {
        "white": np.full(shape, 255, np.uint8),
        "black": np.zeros(shape, np.uint8),
        "grey": np.full(shape, 128, np.uint8),
        "one colour": np.full(shape, rng.integers(256, size=3), np.uint8),
        "noise of one colour": _bytes(rng.integers(60, 200, size=3) + rng.normal(0, 2, shape)),
        "pure noise": rng.integers(256, size=shape, dtype=np.uint8),
        "grey noise": np.repeat(rng.integers(256, size=(*shape[:2], 1), dtype=np.uint8), 3, axis=2),
        "gaussian noise": _bytes(rng.normal(128, 50, shape)),
        "a gradient": _bytes(fade),
        "cut off": half,
        "torn rows": rolled,
        "shuffled pixels": tiles,
        "mostly lost": lost_blocks(lost_blocks(pixels, 5, rng), 5, rng),
    }
