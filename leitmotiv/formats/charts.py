"""Small charts as SVG: lines over rounds, with text that stays text, on white paper and on dark."""

from collections.abc import Sequence
from html import escape

WIDTH, HEIGHT = 640, 260
LEFT, RIGHT, TOP, BOTTOM = 52, 56, 40, 34
_STYLE = (
    "text{font:12px Inter,'Segoe UI',Roboto,'Noto Sans',sans-serif;fill:#606060}"
    ".title{font-size:13px;fill:#191919}.axis{stroke:#c9c9c9}"
    ".loss{stroke:#9a4a1c}.satisfied{stroke:#0a5f73}path{fill:none;stroke-width:2}"
    ".of-loss{fill:#9a4a1c}.of-satisfied{fill:#0a5f73}"
    "@media(prefers-color-scheme:dark){.ground{fill:#181818}text{fill:#a8a8a8}.title{fill:#ececec}"
    ".axis{stroke:#444}.loss{stroke:#e39a6b}.satisfied{stroke:#5fb8cc}.of-loss{fill:#e39a6b}.of-satisfied{fill:#5fb8cc}}"
)


def rounds(told: Sequence[tuple[float, float]], title: str) -> bytes:
    """Draw the loss of each round, from 0 to its largest, and the share of satisfied triplets, from 0 to 1.

    Parameters
    ----------
    told : sequence of (loss, satisfied)
        At least one.
    """
    loss, satisfied = paths(told)
    most = max(one for one, _ in told)
    right, floor = WIDTH - RIGHT, HEIGHT - BOTTOM
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'role="img"><title>{_text(title)}</title><style>{_STYLE}</style>',
        f'<rect class="ground" width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text class="title" x="{LEFT}" y="20">{_text(title)}</text>',
        f'<path class="axis" d="M{LEFT} {TOP}V{floor}H{right}V{TOP}"/>',
        f'<path class="loss" d="{loss}"/><path class="satisfied" d="{satisfied}"/>',
        f'<text class="of-loss" x="{LEFT - 6}" y="{TOP + 4}" text-anchor="end">{most:.3g}</text>',
        f'<text class="of-loss" x="{LEFT - 6}" y="{floor + 4}" text-anchor="end">0</text>',
        f'<text class="of-satisfied" x="{right + 6}" y="{TOP + 4}">100 %</text>',
        f'<text class="of-satisfied" x="{right + 6}" y="{floor + 4}">0 %</text>',
        f'<text class="of-loss" x="{LEFT}" y="{HEIGHT - 10}">loss {told[-1][0]:.3f}</text>',
        f'<text class="of-satisfied" x="{LEFT + 110}" y="{HEIGHT - 10}">'
        f"triplets satisfied {100 * told[-1][1]:.0f} %</text>",
        f'<text x="{right}" y="{HEIGHT - 10}" text-anchor="end">round {len(told)}</text>',
        "</svg>\n",
    ]
    return "\n".join(lines).encode("utf-8", "replace")


def paths(told: Sequence[tuple[float, float]]) -> tuple[str, str]:
    """The two lines as paths of SVG, in a frame of `WIDTH` x `HEIGHT`."""
    most = max(one for one, _ in told) or 1.0
    return _line([loss / most for loss, _ in told]), _line([satisfied for _, satisfied in told])


def _line(shares: Sequence[float]) -> str:
    """Shares of the height over rounds that are as far from each other."""
    values = [*shares, *shares] if len(shares) == 1 else list(shares)
    step = (WIDTH - LEFT - RIGHT) / (len(values) - 1)
    high = HEIGHT - TOP - BOTTOM
    points = (f"{LEFT + at * step:.1f} {TOP + high * (1 - value):.1f}" for at, value in enumerate(values))
    return "M" + "L".join(points)


def _text(text: str) -> str:
    return escape("".join(c for c in text if c >= " " and c not in "\ufffe\uffff"), quote=False)
