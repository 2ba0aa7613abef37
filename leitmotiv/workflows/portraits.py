"""How a trend is shown: its average picture, its palette, its name, its dates; bounded work, remembered by members."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from leitmotiv.analysis import naming, views
from leitmotiv.analysis.palette import characteristic
from leitmotiv.imaging import read as reading
from leitmotiv.records import Cluster, Swatch
from leitmotiv.workflows import selecting
from leitmotiv.workflows.measuring import ready
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.session import Session

AVERAGED = 24
"""Most members, the nearest to the exemplar, that an average picture is made from."""
COLOURED = 10
"""Most members that a palette is made from: a page shows many trends at once."""


@dataclass(frozen=True)
class Dates:
    """When the pictures of a trend were taken, by the camera's clock.

    Attributes
    ----------
    first, last : datetime or None
        None without pictures.
    years : tuple of (int, int)
        Year and number of pictures, ascending.
    """

    first: datetime | None
    last: datetime | None
    years: tuple[tuple[int, int], ...]


def average(session: Session, members: Sequence[str], size: int = 256) -> bytes:
    """The average picture: the expected colour under the mixtures of the first members, as WebP."""
    some = tuple(members[:AVERAGED])

    def draw() -> bytes:
        ready(session)
        ratios = [one.width / one.height for one in session.library.images.many(some)]
        ratio = float(np.clip(np.median(ratios), 0.5, 2.0))
        width, height = (size, round(size / ratio)) if ratio >= 1 else (round(size * ratio), size)
        pixels = views.average_image(session.library.mixtures.many(some), None, width, height)
        return reading.encode(pixels, "WEBP", quality=80)

    return remember(session, ("average", some, size), draw, lane=True)


def palette(session: Session, members: Sequence[str]) -> tuple[Swatch, ...]:
    """The main colours of the first members."""
    some = tuple(members[:COLOURED])
    return remember(session, ("palette", some), lambda: views.palette(session.library.mixtures.many(some)), lane=True)


def colour(session: Session, members: Sequence[str]) -> str:
    """The one colour that stands for a trend in charts, "#rrggbb"."""
    return characteristic(palette(session, members))


def names(session: Session, groups: Sequence[Cluster]) -> dict[int, str]:
    """Names of trends by their numbers, no two the same: those that people gave, else by colours.

    The name of a trend depends on those before it and not on those after it.
    """
    key = tuple((group.id, group.exemplar, group.size, group.name) for group in groups)

    def find() -> dict[int, str]:
        unnamed = [group for group in groups if not group.name]
        palettes = [palette(session, group.members) for group in unnamed]
        found = naming.distinct_names(palettes, [group.name for group in groups if group.name])
        by_colour = dict(zip((group.id for group in unnamed), found, strict=True))
        return {group.id: group.name or by_colour[group.id] for group in groups}

    return remember(session, ("names", key), find)


def dates(session: Session, members: Sequence[str]) -> Dates:
    """When pictures were taken."""
    columns = selecting.columns(session)
    rows = [columns.row_of[image_id] for image_id in members if image_id in columns.row_of]
    if not rows:
        return Dates(None, None, ())
    taken = columns.taken[rows].astype("timedelta64[us]") + np.datetime64("0001-01-01T00:00:00", "us")
    years = Counter((taken.astype("datetime64[Y]").astype(np.int64) + 1970).tolist())
    return Dates(taken.min().astype(datetime), taken.max().astype(datetime), tuple(sorted(years.items())))
