"""One file or one array of pixels to a mixture, as adding does it, for those who ask outside a library."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from leitmotiv.analysis import mixture as fitting
from leitmotiv.imaging import read as reading
from leitmotiv.records import Mixture, Pixels
from leitmotiv.settings import Settings


def fit_file(path: Path, settings: Settings) -> Mixture:
    """The mixture of a picture file.

    Raises
    ------
    ImageReadError
        The file is no readable picture.
    """
    picture = reading.read(
        os.fsencode(path), working_size=settings.working_size, max_megapixels=settings.max_megapixels
    )
    return fit_pixels(picture.pixels, settings)


def fit_pixels(pixels: Pixels, settings: Settings, **changes: Any) -> Mixture:
    """The mixture of (H, W, 3) uint8 sRGB pixels of any size, shrunk to the working size first.

    Raises
    ------
    SettingsError
        One of `changes`, settings by name, cannot be used.
    """
    chosen = replace(settings, **changes)
    return fitting.fit_image(
        reading.shrink(pixels, chosen.working_size),
        seed=chosen.seed,
        blur=chosen.blur,
        samples=chosen.samples,
        components=chosen.components,
        alpha=chosen.alpha,
        colour_space=chosen.colour_space,
    )
