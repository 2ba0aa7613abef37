"""Reading colour themes with the stars of many raters: two MATLAB files; each theme is five colours.

References
----------
.. [1] P. O'Donovan, A. Agarwala and A. Hertzmann, Collaborative filtering of color aesthetics (2014); its file
   ``cfcolor.zip`` has them in ``release``.
"""

import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.io import loadmat
from scipy.io.matlab import MatReadError

from leitmotiv.errors import RatingsError
from leitmotiv.formats.rated import Reading, Troubles
from leitmotiv.records import Float, RatedItem

SCALE = 5
DATA, VOTES = "themeData.mat", "allMTurkRatings.mat"
COLOURS = 5


def read(path: Path) -> Reading:
    """Read the themes and who gave them how many stars.

    A theme is called by its row, counted from 1, as the votes name it.

    Parameters
    ----------
    path : Path
        The folder of the two files, or one of them.

    Raises
    ------
    RatingsError
        A file is not there, is damaged, or holds other things.
    """
    folder = path if path.is_dir() else path.parent
    if not (folder / DATA).exists() and (folder / "release" / DATA).exists():
        folder = folder / "release"
    themes, numbers = _themes(folder / DATA)
    votes = _votes(folder / VOTES)
    troubles = Troubles()
    by_theme: dict[int, list[tuple[str, float]]] = {}
    for row, (rater, theme, stars) in enumerate(votes, 1):
        if not np.isfinite((rater, theme, stars)).all() or not 1 <= stars <= SCALE:
            troubles.corrupt.append((f"vote {row}", f"the rating {stars:g} does not lie between 1 and {SCALE}"))
        elif not 1 <= theme <= len(themes):
            troubles.corrupt.append((f"vote {row}", f"there is no theme {theme:g}"))
        else:
            by_theme.setdefault(int(theme), []).append((str(int(rater)), float(stars)))
    items = []
    for theme, cast in sorted(by_theme.items()):
        colours = themes[theme - 1]
        if not np.isfinite(colours).all() or colours.min() < 0 or colours.max() > 1:
            troubles.corrupt.append((str(theme), "its colours do not lie between 0 and 1"))
            continue
        facts = {"colours": colours.reshape(COLOURS, 3).round(6).tolist(), "number": int(numbers[theme - 1])}
        items.append(RatedItem(str(theme), votes=tuple(cast), facts=facts))
    return troubles.reading(items, SCALE, folder)


def _themes(file: Path) -> tuple[Float, NDArray[np.int64]]:
    try:
        points = _loaded(file)["datapoints"]
        colours = np.asarray(points["rgb"].item(), np.float64)
        numbers = np.asarray(points["ids"].item()).ravel().astype(np.int64)
    except (KeyError, ValueError, TypeError, IndexError) as error:
        raise RatingsError(f"{file} has not the struct `datapoints` with `rgb` and `ids` ({error}).") from error
    if colours.ndim != 2 or colours.shape[1] != 3 * COLOURS or len(numbers) != len(colours):
        raise RatingsError(f"{file}: rgb must be (themes, {3 * COLOURS}) with as many ids, and is {colours.shape}.")
    return colours, numbers


def _votes(file: Path) -> Float:
    try:
        votes = np.asarray(_loaded(file)["testRatings"], np.float64)
    except (KeyError, ValueError, TypeError) as error:
        raise RatingsError(f"{file} has not the array `testRatings` ({error}).") from error
    if votes.ndim != 2 or votes.shape[1] != 3:
        raise RatingsError(f"{file}: testRatings must be (votes, 3): rater, theme, stars; it is {votes.shape}.")
    return votes


def _loaded(file: Path) -> dict[str, Any]:
    if not file.is_file():
        raise RatingsError(f"There is no file {file}. The themes are {DATA} and {VOTES} in one folder.")
    try:
        found: dict[str, Any] = loadmat(file)
    except (
        MatReadError,
        OSError,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        NotImplementedError,
        zlib.error,
    ) as error:
        raise RatingsError(f"{file} is no whole MATLAB 5 file ({error}). Download it again.") from error
    return found
