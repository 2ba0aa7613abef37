"""One picture among others: its place in the list that it was opened from, and which components each colour has."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from leitmotiv.analysis import palette, views
from leitmotiv.errors import (
    AmbiguousImageError,
    CompilingError,
    ImageNotFoundError,
    MissingExtraError,
    NoIndexError,
    UsageError,
)
from leitmotiv.records import Image
from leitmotiv.workflows import asking, blending, browse, scopes, selecting
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.named import Ids
from leitmotiv.workflows.orders import DEFAULT_SORT
from leitmotiv.workflows.session import Session


@dataclass(frozen=True)
class Listing:
    """The list that a picture is looked at in; by default all pictures, the newest first.

    Attributes
    ----------
    text, sort, group : str
        A line of filters, its order, and the sections of it.
    like : str
        Id of a picture: the list begins with it, and goes from most to least alike.
    trend, count : int or None
        A trend, from most to least alike to its exemplar; of how many it is one.
    among : tuple of str
        Ids or their beginnings: the list itself, where no question makes it.
    by : float
        What counts for `like` and `trend`: from 0, the look, to 1, the subject.
    """

    text: str = ""
    sort: str = DEFAULT_SORT
    group: str = ""
    like: str = ""
    trend: int | None = None
    count: int | None = None
    among: tuple[str, ...] = ()
    by: float = 0.0


@dataclass(frozen=True)
class Around:
    """A picture's place in a list.

    Attributes
    ----------
    images : tuple of Image
        The picture with those before and after it, in the order of the list.
    at, total : int
        Its place, from 0, and how long the list is.
    first, last : str
        Ids at the ends of the list.
    listing : Listing
        The list: all pictures, where the one that was asked for does not hold the picture or cannot be made.
    """

    images: tuple[Image, ...]
    at: int
    total: int
    first: str
    last: str
    listing: Listing


def around(session: Session, image_id: str, listing: Listing, n: int = 12) -> Around:
    """The place of a picture in a list, and up to `n` pictures on either side."""
    order: Sequence[str] = ()
    with suppress(UsageError, NoIndexError, CompilingError, ImageNotFoundError, AmbiguousImageError, MissingExtraError):
        order = _order(session, listing)
    at = _place(order, image_id)
    if at < 0:
        listing = Listing()
        order = selecting.ordered(session).named
        at = _place(order, image_id)
    if at < 0:  # its file is gone: it stands by itself
        order, at = (image_id,), 0
    images = session.library.images.many(order[max(0, at - n) : at + n + 1])
    return Around(tuple(images), at, len(order), order[0], order[-1], listing)


def _order(session: Session, listing: Listing) -> Sequence[str]:
    if listing.like:
        like = browse.image(session, listing.like).id
        ids = blending.order(session, like, by=listing.by).ids
        if not isinstance(ids, Ids):
            return [like, *ids]
        (own,) = asking.columns(session).rows_of([like])
        return Ids(ids.hashes, np.concatenate([[own], ids.rows]))
    if listing.among:
        return [browse.image(session, one).id for one in listing.among]
    if listing.trend is not None:
        return scopes.cluster(session, listing.trend, "", listing.count, listing.by).members
    return selecting.ordered(session, listing.text, sort=listing.sort, group=listing.group).named


def _place(order: Sequence[str], image_id: str) -> int:
    if isinstance(order, Ids):
        return order.place_of(image_id)
    return order.index(image_id) if image_id in order else -1


def regions(session: Session, image_id: str) -> tuple[int, ...]:
    """Which colour of its palette each component of a picture belongs to, in the order of `browse.ellipses`."""
    one = browse.image(session, image_id)

    def make() -> tuple[int, ...]:
        colours = [ellipse.colour for ellipse in views.ellipses(session.library.mixtures.get(one.id))]
        return palette.nearest(colours, browse.palette(session, one.id))

    return remember(session, ("regions", one.id), make)
