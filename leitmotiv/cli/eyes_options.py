"""Options of eyes that more than one verb has, and lines that more than one prints."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from leitmotiv.records import Eyes, Partial

KINDS = ("edges", "sobel", "drawing", "regions", "blur", "small", "grey", "mixture", "whole")
COLOURS = ("ordered", "mean", "random")
SIDES = ("32", "48", "64", "96", "128", "192", "256")
Function = Callable[..., Any]

named = click.option(
    "--eyes", "names", multiple=True, metavar="NAME", help="Which, by id or name; the last made first. Repeat for two."
)
side = click.option(
    "--side", type=click.Choice(SIDES), default="64", show_default=True, help="Pixels a side of what they see."
)
seed = click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="The same seed, the same eyes."
)
force = click.option("--force", is_flag=True, help="Replace files that are there.")


def shown_options(function: Function) -> Function:
    """Options that say what eyes are shown of a picture; `partial_of` reads them."""
    options = [
        click.option("--shown", type=click.Choice(KINDS), help="What they are shown of a picture. [default: edges]"),
        click.option("--low", type=float, default=100.0, show_default=True, help="Of edges: the lower threshold."),
        click.option("--high", type=float, default=200.0, show_default=True, help="Of edges: the upper threshold."),
        click.option(
            "--regions", type=click.IntRange(2, 12), default=7, show_default=True, help="Of regions: how many."
        ),
        click.option(
            "--colours",
            type=click.Choice(COLOURS),
            default="ordered",
            show_default=True,
            help="Of regions: from dark to light, their own means, or any.",
        ),
        click.option(
            "--blur", type=float, default=0.05, show_default=True, help="Of blur and small: a share of the side."
        ),
    ]
    for option in reversed(options):
        function = option(function)
    return function


def partial_of(shown: str | None, low: float, high: float, regions: int, colours: str, blur: float) -> "Partial | None":
    """What the options of `shown_options` say; None where the kind is left to the way."""
    from leitmotiv.records import Partial

    if shown is None:
        return None
    return Partial.from_json(
        {"kind": shown, "low": low, "high": high, "regions": regions, "colours": colours, "size": blur}
    )


def line(one: "Eyes") -> str:
    """Eyes in a line."""
    return f"{one.id:24} {one.way:8} {one.partial.kind:8} {one.side:>4} px  {one.card.get('pictures', 0):>5} pictures"


def table(figures: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Figures of pictures that were held out, by who saw them."""
    lines = [f"{'held out':12}{'L1':>8}{'SSIM':>8}{'edges':>8}{'to known':>10}{'to shown':>10}"]
    for way, one in figures.items():
        cells = f"{one['l1']:8.1f}{one['ssim']:8.3f}{one['edges']:8.3f}{one['to_known']:10.1f}{one['to_shown']:10.1f}"
        lines.append(f"{way:12}{cells}")
    return lines
