"""Loss curves as PNG: what was learnt from in blue, what was held out in red, events as upright lines."""

import io
import math
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1080, 500
_LEFT, _RIGHT, _TOP, _FOOT = 92, 150, 52, 58
_TRAIN, _HELD, _INK, _QUIET, _LINE = "#1f3f8f", "#9c1c1c", "#191919", "#606060", "#dddddd"


def paint(
    train: Sequence[float],
    held: Sequence[float],
    *,
    title: str,
    x: str,
    y: str,
    base: float | None = None,
    events: Sequence[tuple[float, str]] = (),
    at: Sequence[float] | None = None,
    second: str = "held out",
) -> bytes:
    """Curves over steps as PNG.

    Parameters
    ----------
    train, held : sequence of float
        Losses above 0; `held` may be empty.
    x, y : str
        What the axes tell.
    base : float, optional
        The loss of saying the same of every picture, as a dashed line.
    events : sequence of (step, words)
        "all layers" where a network was unfrozen.
    at : sequence of float, optional
        The step of each loss, rising from 0; 0, 1, … if not given.
    second : str
        What `held` is called.
    """
    marks = list(range(max(len(train), len(held)))) if at is None else list(at)
    page = Image.new("RGB", (WIDTH, HEIGHT), "#ffffff")
    draw = ImageDraw.Draw(page)
    large, small = ImageFont.load_default(19), ImageFont.load_default(13)
    values = [one for one in (*train, *held, *([] if base is None else [base])) if one > 0]
    low, high = (min(values), max(values)) if values else (1.0, 2.0)
    low, high = math.log(low), math.log(max(high, low * 1.001))
    spread, steps = max(high - low, 1e-6), max(1, marks[-1] if marks else 1)

    def point(step: float, value: float) -> tuple[float, float]:
        across = _LEFT + (WIDTH - _LEFT - _RIGHT) * step / steps
        return across, HEIGHT - _FOOT - (HEIGHT - _FOOT - _TOP) * (math.log(max(value, 1e-300)) - low) / spread

    draw.text((_LEFT, 30), title, _INK, large, anchor="ls")
    for share in range(5):
        value = math.exp(low + spread * share / 4)
        height = point(0, value)[1]
        draw.line((_LEFT, height, WIDTH - _RIGHT, height), _LINE)
        draw.text((_LEFT - 8, height), f"{value:.4g}", _QUIET, small, anchor="rm")
    for share in range(5):
        step = round(steps * share / 4)
        draw.text((point(step, 1)[0], HEIGHT - _FOOT + 8), f"{step:,}", _QUIET, small, anchor="ma")
    draw.text(((_LEFT + WIDTH - _RIGHT) / 2, HEIGHT - 12), x, _QUIET, small, anchor="ms")
    draw.text((_LEFT, _TOP - 6), y, _QUIET, small, anchor="ls")
    for moment, words in events:
        across = point(moment, 1)[0]
        draw.line((across, _TOP, across, HEIGHT - _FOOT), _QUIET, 2)
        draw.text((across + 5, _TOP + 30), words, _INK, small, anchor="ls")
    ends = []
    if base is not None:
        height = point(0, base)[1]
        for dash in range(_LEFT, WIDTH - _RIGHT, 12):
            draw.line((dash, height, min(dash + 6, WIDTH - _RIGHT), height), _QUIET, 1)
        ends.append((height, "same for all", base, _QUIET))
    for losses, words, colour in ((train, "train", _TRAIN), (held, second, _HELD)):
        if losses:
            draw.line(
                [point(step, value) for step, value in zip(marks, losses, strict=False)], colour, 2, joint="curve"
            )
            ends.append((point(0, losses[-1])[1], words, losses[-1], colour))
    last = -math.inf
    for height, words, value, colour in sorted(ends):
        last = max(height, last + 17)
        draw.text((WIDTH - _RIGHT + 8, last), f"{words} {value:.4g}", colour, small, anchor="lm")
    out = io.BytesIO()
    page.save(out, "PNG", compress_level=6)
    return out.getvalue()
