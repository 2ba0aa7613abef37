"""How a trend is shown: its average picture, its palette, its name, its dates; bounded work, remembered by members."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from leitmotiv.analysis import naming, views
from leitmotiv.analysis.palette import characteristic
from leitmotiv.errors import MissingExtraError
from leitmotiv.imaging import read as reading
from leitmotiv.records import ClassText, Cluster, Float32, Swatch
from leitmotiv.workflows import selecting
from leitmotiv.workflows.measuring import ready
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.session import Session

AVERAGED = 24
"""Most members, the nearest to the exemplar, that an average picture is made from."""
SEEN_FROM = 0.5
"""Of the way from look to subject, from which names say what is seen instead of colours."""
ASKED = 64
"""Most members that are asked for what they show."""
WORDS = 4
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
    some = tuple(members[:COLOURED])
    return remember(session, ("colour", some), lambda: characteristic(palette(session, some)))


def names(session: Session, groups: Sequence[Cluster], by: float = 0.0) -> dict[int, str]:
    """Names of trends by their numbers, no two the same: those that people gave, else by colours, or by what is seen.

    The name of a trend depends on those before it and not on those after it.

    Parameters
    ----------
    by : float
        From 0.5 on, the subject rather than the look, names say what the network sees, if it is there to be asked.
    """
    key = by >= SEEN_FROM, *((group.id, group.exemplar, group.size, group.name) for group in groups)

    def find() -> dict[int, str]:
        unnamed = [group for group in groups if not group.name]
        taken = [group.name for group in groups if group.name]
        kinds = seen(session, [group.members for group in unnamed]) if by >= SEEN_FROM else None
        if kinds is not None:
            found = naming.distinct_words(kinds, taken)
        else:
            found = naming.distinct_names([palette(session, group.members) for group in unnamed], taken)
        new = dict(zip((group.id for group in unnamed), found, strict=True))
        return {group.id: group.name or new[group.id] for group in groups}

    return remember(session, ("trend names", key), find)


def seen(session: Session, groups: Sequence[Sequence[str]]) -> list[list[str]] | None:
    """Of each group the classes that the network sees most in it, by the mean of their chances.

    Returns
    -------
    list of list of str, or None
        None where the weights are not there, or a group has no picture that was looked at.
    """
    try:
        texts, (weight, bias) = _classes(session)
    except MissingExtraError:
        return None
    ids, pooled = session.library.activations.matrix()
    row_of = {image_id: row for row, image_id in enumerate(ids)}
    found = []
    for members in groups:
        rows = [row_of[image_id] for image_id in members[:ASKED] if image_id in row_of]
        if not rows:
            return None
        logits = pooled[rows].astype(np.float32) @ weight.T + bias
        chances = np.exp(logits - logits.max(axis=1, keepdims=True))
        mean = (chances / chances.sum(axis=1, keepdims=True)).mean(axis=0)
        found.append([texts[row].name for row in np.argsort(-mean, kind="stable")[:WORDS]])
    return found


def _classes(session: Session) -> tuple[tuple[ClassText, ...], tuple[Float32, Float32]]:
    from leitmotiv.nets import classes  # pages by look need none of it

    return remember(session, ("classes",), lambda: (classes.texts(), classes.head()))


def dates(session: Session, members: Sequence[str]) -> Dates:
    """When pictures were taken; of a tuple, as trends have them, remembered."""
    if not isinstance(members, tuple):
        return _dates(session, members)
    # the very tuple is kept with its dates, so that no other one can be at its place in memory
    key = ("dates", id(members), session.library.revision("images", "files"))
    return remember(session, key, lambda: (members, _dates(session, members)))[1]


def _dates(session: Session, members: Sequence[str]) -> Dates:
    columns = selecting.columns(session)
    rows = columns.rows_of(members)
    rows = rows[rows >= 0]
    if not len(rows):
        return Dates(None, None, ())
    taken = columns.taken[rows].astype("timedelta64[us]") + np.datetime64("0001-01-01T00:00:00", "us")
    years = Counter((taken.astype("datetime64[Y]").astype(np.int64) + 1970).tolist())
    return Dates(taken.min().astype(datetime), taken.max().astype(datetime), tuple(sorted(years.items())))
