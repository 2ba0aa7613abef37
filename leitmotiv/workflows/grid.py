"""The page of pictures: an order in columns for its layout, and what the tiles in view say; it lays nothing out."""

import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import views
from leitmotiv.errors import CompilingError, NoIndexError, UsageError
from leitmotiv.records import Image, Rating, Selection
from leitmotiv.workflows import browse, metadata, own, selecting
from leitmotiv.workflows.browse import ImagePage
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.orders import DIGITS, Order, Section
from leitmotiv.workflows.selecting import DEFAULT_SORT
from leitmotiv.workflows.session import Session

FEW = 3
"""Pictures that a section by time holds at least, in the mean of all pictures."""
Period = Literal["day", "month", "year"]


@dataclass(frozen=True, eq=False)
class Tile:
    """What a tile says beyond its place.

    Attributes
    ----------
    blobs : (k, 8) uint8
        The picture's heaviest components; see `analysis.views.blobs`.
    """

    image: Image
    rating: Rating
    blobs: NDArray[np.uint8]


def view(session: Session, text: str = "", sort: str = DEFAULT_SORT, group: str = "") -> Order:
    """The pictures that a line of filters holds for, in an order and its sections.

    Raises
    ------
    UsageError
        The line, the order or the sections cannot be read.
    NoIndexError
        They ask for trends, and there is no index.
    """
    if not group and sort.removeprefix("-") == "taken":
        group = usual_group(session)
    return selecting.ordered(session, text, sort=sort, group=group)


def usual_group(session: Session) -> Period:
    """The sections of an order by time: the shortest that hold a few pictures each, in the mean of all pictures.

    A person who takes a picture a day would see one picture in each row of days.
    """
    days = browse.days(session)
    pictures = sum(number for _, number in days)
    shorter: tuple[Period, ...] = ("day", "month")
    for group in shorter:
        if pictures >= FEW * len({day[: DIGITS[group]] for day, _ in days}):
            return group
    return "year"


def newest(session: Session, limit: int) -> Order:
    """The beginning of all pictures, newest first: as `view` without a line, but only so far, and at once.

    The first page of a large library does not wait until all of it was read.
    """
    library = session.library
    images, _ = library.images.page(limit=limit)
    there = [image for image in images if image.state != "missing"]
    group = usual_group(session)
    counts: Counter[str] = Counter()
    for day, number in browse.days(session):
        counts[day[: DIGITS[group]]] += number
    sections, start = [], 0
    for key, those in groupby(there, key=lambda image: image.taken.at.date().isoformat()[: DIGITS[group]]):
        shown = len(list(those))
        sections.append(Section(key, start, counts.get(key, shown) if start + shown == len(there) else shown))
        start += shown
    ratio = np.array([image.width / max(1, image.height) for image in there], np.float32)
    colour = np.array([list(bytes.fromhex(image.colour[1:])) for image in there], np.uint8).reshape(-1, 3)
    hashes = np.frombuffer(bytes.fromhex("".join(image.id for image in there)), np.uint8).reshape(-1, 32)
    return Order(np.arange(len(there), dtype=np.int32), hashes, ratio, colour, group, tuple(sections))


def count(session: Session) -> int:
    """How many pictures `view` shows without a line: all but the missing ones."""
    images = session.library.images
    state = session.library.revision("images")
    return remember(session, ("count", "there", state), lambda: images.count() - images.count("missing"))


def page(
    session: Session, text: str = "", sort: str = DEFAULT_SORT, *, limit: int, cursor: str | None = None
) -> ImagePage:
    """Some of the pictures that a line of filters holds for, and the cursor of the next ones (None at the end).

    A cursor names the last picture that was shown, and its place: where that picture is gone, or has gone elsewhere,
    the place counts.

    Raises
    ------
    UsageError
        The line, the order or the cursor cannot be read.
    NoIndexError
        They ask for trends, and there is no index.
    """
    order = view(session, text, sort, "none")
    start = 0 if cursor is None else _after(order, cursor)
    ids = order.part(start, start + limit)
    end = start + len(ids)
    following = f"{end}.{ids[-1]}" if ids and end < len(order) else None
    return ImagePage(tuple(session.library.images.many(ids)), following, len(order))


def _after(order: Order, cursor: str) -> int:
    place, _, image_id = cursor.partition(".")
    if not re.fullmatch("[0-9]{1,9}", place) or not re.fullmatch("[0-9a-f]{64}", image_id):
        raise UsageError(f"The cursor {cursor!r} is not one that this library gave. Begin again without it.")
    start = int(place)
    if start and order.part(start - 1, start) == (image_id,):
        return start
    found = order.place_of(image_id)
    return found + 1 if found >= 0 else min(start, len(order))


@dataclass(frozen=True)
class Kept:
    """A selection with what its card shows.

    Attributes
    ----------
    fault : str
        Why its filter cannot be asked any more, such as a trend that is gone; "" where it can.
    """

    selection: Selection
    count: int
    images: tuple[Image, ...]
    fault: str


def kept(session: Session, shown: int = 6) -> list[Kept]:
    """Every selection that was kept, by name, with its first pictures."""
    return [_kept(session, one, shown) for one in own.selections(session)]


def _kept(session: Session, one: Selection, shown: int) -> Kept:
    try:
        ids = selecting.select(session, f'selection:"{one.name}"')
    except (UsageError, NoIndexError) as error:
        return Kept(one, 0, (), str(error))
    return Kept(one, len(ids), tuple(session.library.images.many(ids[:shown])), "")


def columns(session: Session) -> list[str]:
    """Columns of imported catalogues, which are orders, too."""
    return [one.name for one in metadata.columns(session)]


def state(session: Session) -> tuple[object, ...]:
    """What views are made from; while it is the same, so are they."""
    return selecting.state_of(session)


def pictures(session: Session, ids: Sequence[str]) -> list[Image]:
    """Pictures in the order of their ids."""
    return session.library.images.many(ids)


def tiles(session: Session, ids: Sequence[str]) -> list[Tile]:
    """What tiles say; ids that the library does not have are passed over."""
    found = session.library.images.many(ids)
    there = [image.id for image in found]
    mixtures = session.library.mixtures.many(there)
    ratings = own.ratings(session, there)
    return [
        Tile(image, ratings[image.id], views.blobs(mixture)) for image, mixture in zip(found, mixtures, strict=True)
    ]


def name_of_trend(session: Session, key: str) -> str:
    """What a section of an order by trends is called; the number where its name cannot be made now."""
    return names_of_trends(session, [key])[0]


def names_of_trends(session: Session, keys: Sequence[str], seconds: float = 1.0) -> list[str]:
    """As `name_of_trend` for many: names that have to be made first are made for so long, then numbers must do."""
    until = time.monotonic() + seconds
    return [_name_of_trend(session, key, time.monotonic() < until) for key in keys]


def _name_of_trend(session: Session, key: str, patient: bool) -> str:
    if not key:
        return "in no trend"
    try:
        group = browse.cluster(session, int(key))
        if group.name or patient:
            return group.name or browse.cluster_name(session, int(key))
    except (CompilingError, UsageError):
        pass
    return f"trend {key}"
