"""Pictures that are made of formulas: dusk over water, lit spheres, stripes; each seed paints another one."""

from collections.abc import Callable

import numpy as np

from leitmotiv.records import Float, Pixels

WIDTH, HEIGHT = 480, 320
Painter = Callable[[np.random.Generator], Float]


def dusk(rng: np.random.Generator) -> Float:
    """A low sun over water, (H, W, 3) float64, 0 to 1."""
    y, x = _frame()
    horizon, place = rng.uniform(0.5, 0.68), rng.uniform(0.2, 0.8)
    night = np.array([0.07, 0.09, 0.22]) * rng.uniform(0.8, 1.6)
    glow = np.array([1.0, rng.uniform(0.42, 0.62), rng.uniform(0.18, 0.38)])
    rise = np.clip((horizon - y) / horizon, 0, 1)[..., None]
    sky = glow * (1 - rise) ** 2 + night * (1 - (1 - rise) ** 2)
    far = np.hypot((x - place) * WIDTH / HEIGHT, y - horizon + 0.03)
    sky = sky + np.exp(-((far / 0.22) ** 2))[..., None] * glow * 0.5
    sky = np.where(far[..., None] < rng.uniform(0.045, 0.075), [1.0, 0.93, 0.75], sky)
    depth = np.clip((y - horizon) / (1 - horizon), 0, 1)[..., None]
    waves = np.sin(y * 900 / (0.3 + depth[..., 0]) + 9 * np.sin(x * 14 + rng.uniform(0, 6)))
    path = np.exp(-(((x - place) / (0.05 + 0.1 * depth[..., 0])) ** 2)) * (0.55 + 0.45 * waves)
    water = night * 1.3 * (1 - 0.5 * depth) + glow * 0.22 * (1 - depth) + path[..., None] * glow * 0.75
    return np.asarray(np.where((y < horizon)[..., None], sky, water), np.float64)


def sphere(rng: np.random.Generator) -> Float:
    """A ball lit from one side, before a dark ground, (H, W, 3) float64, 0 to 1."""
    y, x = _frame()
    x = (x - 0.5) * WIDTH / HEIGHT
    radius = rng.uniform(0.2, 0.36)
    across, down = (x - rng.uniform(-0.25, 0.25)) / radius, (y - rng.uniform(0.42, 0.58)) / radius
    inside = across**2 + down**2
    towards = np.sqrt(np.clip(1 - inside, 0, 1))
    angle, lift = rng.uniform(0, 2 * np.pi), rng.uniform(0.35, 0.75)
    light = np.array([np.cos(angle) * lift, np.sin(angle) * lift, np.sqrt(1 - lift**2)])
    lit = np.clip(across * light[0] + down * light[1] + towards * light[2], 0, 1)
    grain = _clouds(rng) * 0.25 + 0.8
    colour = _colour(rng, 0.25, 0.55)
    ball = colour * (lit * grain)[..., None] + (lit**24 * 0.35)[..., None]
    ground = np.array([0.03, 0.03, 0.04]) + 0.03 * _clouds(rng)[..., None]
    edge = np.clip((1 - inside) * radius * HEIGHT / 2, 0, 1)[..., None]
    return np.asarray(ball * edge + ground * (1 - edge), np.float64)


def stripes(rng: np.random.Generator) -> Float:
    """Parallel bands of two colours, (H, W, 3) float64, 0 to 1."""
    y, x = _frame()
    angle = rng.uniform(0, np.pi)
    across = (x * WIDTH / HEIGHT - 0.75) * np.cos(angle) + (y - 0.5) * np.sin(angle)
    bent = across + rng.uniform(0, 0.04) * np.sin(5 * (x + y) + rng.uniform(0, 6))
    count = rng.uniform(5, 11)
    wave = np.sin(2 * np.pi * count * bent + rng.uniform(0, 6))
    share = np.clip(0.5 + wave * rng.uniform(3, 12), 0, 1)[..., None]
    one, other = _colour(rng, 0.5, 0.3), _colour(rng, 0.05, 0.5)
    shade = 1 - 0.25 * _clouds(rng)[..., None]
    return np.asarray((one * share + other * (1 - share)) * shade, np.float64)


def painted(painter: Painter, seed: int) -> Pixels:
    """A picture of 480 x 320 pixels, (H, W, 3) uint8; the same seed paints the same."""
    rng = np.random.default_rng(seed)
    values = painter(rng) + rng.normal(0, 0.012, (HEIGHT, WIDTH, 1))
    return np.round(255 * np.clip(values, 0, 1)).astype(np.uint8)


def _frame() -> tuple[Float, Float]:
    """Heights and widths of all pixels, from 0 to 1, (H, W) each."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    return (y + 0.5) / HEIGHT, (x + 0.5) / WIDTH


def _clouds(rng: np.random.Generator) -> Float:
    """Soft patches, (H, W), 0 to 1."""
    y, x = _frame()
    total = np.zeros((HEIGHT, WIDTH))
    for octave in (3, 6, 12, 24):
        turns = rng.uniform(0, 2 * np.pi, 3)
        ways = rng.normal(0, octave, (2, 3))
        total += sum(np.sin(ways[0, k] * x + ways[1, k] * y + turns[k]) for k in range(3)) / octave**0.7
    return np.asarray((total - total.min()) / (total.max() - total.min()), np.float64)


def _colour(rng: np.random.Generator, low: float, span: float) -> Float:
    return rng.uniform(0, span, 3) + low
