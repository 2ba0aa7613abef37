"""One picture among others: its place in the list that it was opened from, and which components each colour has."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

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
from leitmotiv.workflows import blending, browse, scopes, selecting
from leitmotiv.workflows.memory import remember
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
    ids: Sequence[str] = ()
    with suppress(UsageError, NoIndexError, CompilingError, ImageNotFoundError, AmbiguousImageError, MissingExtraError):
        ids = _ids(session, listing)
    if image_id not in ids:
        listing = Listing()
        ids = selecting.select(session)
    if image_id not in ids:  # its file is gone: it stands by itself
        ids = (image_id,)
    at = ids.index(image_id)
    images = session.library.images.many(ids[max(0, at - n) : at + n + 1])
    return Around(tuple(images), at, len(ids), ids[0], ids[-1], listing)


def _ids(session: Session, listing: Listing) -> Sequence[str]:
    if listing.like:
        like = browse.image(session, listing.like).id
        return [like, *blending.order(session, like, by=listing.by).ids]
    if listing.among:
        return [browse.image(session, one).id for one in listing.among]
    if listing.trend is not None:
        return scopes.cluster(session, listing.trend, "", listing.count, listing.by).members
    return selecting.ordered(session, listing.text, sort=listing.sort, group=listing.group).ids


def regions(session: Session, image_id: str) -> tuple[int, ...]:
    """Which colour of its palette each component of a picture belongs to, in the order of `browse.ellipses`."""
    one = browse.image(session, image_id)

    def make() -> tuple[int, ...]:
        colours = [ellipse.colour for ellipse in views.ellipses(session.library.mixtures.get(one.id))]
        return palette.nearest(colours, browse.palette(session, one.id))

    return remember(session, ("regions", one.id), make)
