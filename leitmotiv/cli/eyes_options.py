"""What eyes are shown, as options of more than one verb."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from leitmotiv.records import Partial

KINDS = ("edges", "sobel", "drawing", "regions", "blur", "small", "grey", "mixture", "whole")
COLOURS = ("ordered", "mean", "random")
Function = Callable[..., Any]


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
    return Partial(shown, low, high, regions, colours, blur)  # type: ignore[arg-type]
