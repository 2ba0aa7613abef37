"""What eyes see of pictures that they did not learn from, measured; and what needs no training beside it."""

from collections.abc import Callable

import numpy as np

from leitmotiv.analysis import faithfulness, mixture, transport
from leitmotiv.imaging import edges
from leitmotiv.records import Faithfulness, Partial, Pixels
from leitmotiv.workflows.lookers import Patches
from leitmotiv.workflows.partial import IN_COLOUR

BASELINES = ("copy", "mean", "patches")
"""What is shown as it is; the mean of all pictures that were learnt from; patches of these."""
MOST_PALETTES = 16
"""Pictures that colours are taken of, for the distance of palettes."""
MOST_PATCHES = 400


class Measure:
    """Measures pictures that were made against those that are there.

    Parameters
    ----------
    known : (N, S, S, 3) uint8
        What was learnt from.
    shown, truth : (M, S, S, 3) uint8
        What was held out.
    partial : Partial
        What is shown.
    """

    def __init__(self, known: Pixels, shown: Pixels, truth: Pixels, partial: Partial) -> None:
        self._truth = truth
        self._lines = [_lines(one, partial) for one in (truth if partial.kind == "edges" else shown)]
        self._partial = partial
        self._known, self._shown = _palette(known), _palette(shown)

    def __call__(self, made: Pixels) -> Faithfulness:
        """How near (M, S, S, 3) uint8 is."""
        found = [_lines(one, self._partial) for one in made]
        palette = _palette(made)
        return Faithfulness(
            l1=float(faithfulness.levels_apart(made, self._truth).mean()),
            ssim=float(faithfulness.ssim(made, self._truth).mean()),
            edges=float(np.mean([faithfulness.agreement(*pair) for pair in zip(found, self._lines, strict=True)])),
            to_known=transport.distance(palette, self._known),
            to_shown=transport.distance(palette, self._shown),
        )


def baselines(
    shown: Pixels, known: Pixels, held: Pixels, partial: Partial, tell: Callable[[int], None] = lambda done: None
) -> dict[str, Pixels]:
    """What is made of `held` (M, S, S, 3) without training, by the names of `BASELINES`.

    Parameters
    ----------
    shown, known : (N, S, S, 3) uint8
        What is shown of the pictures that may be learnt from, and these.
    tell : callable, optional
        Told how many were made of patches.
    """
    mean = np.rint(known.mean(axis=0)).astype(np.uint8)
    patches = Patches(known[:MOST_PATCHES], shown[:MOST_PATCHES], partial.kind in IN_COLOUR, 0)
    drawn = []
    for number, one in enumerate(held):
        tell(number)
        drawn.append(patches.look(one).pixels)
    return {"copy": held, "mean": np.repeat(mean[None], len(held), axis=0), "patches": np.stack(drawn)}


def _lines(pixels: Pixels, partial: Partial) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
    return edges.canny(pixels, partial.low, partial.high)


def _palette(pixels: Pixels) -> transport.Colours:
    """Colours of pictures, of some that lie evenly among them."""
    count = min(len(pixels), MOST_PALETTES)
    chosen = np.linspace(0, len(pixels) - 1, count).round().astype(int)
    return transport.colours_of([mixture.fit_image(pixels[row], samples=1500, components=12) for row in chosen])
