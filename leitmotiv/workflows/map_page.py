"""What the page of the map shows, in columns of plain numbers: four layouts, trends, colours and shapes of pictures.

Layouts that only follow from dates, colours and trends are made here, from the places that the map keeps. What was made
is stored beside the map, so that the page opens at once in a large library, too.
"""

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import arrangement, tree, views
from leitmotiv.errors import NoMapError
from leitmotiv.records import Clusters, Image
from leitmotiv.settings import Settings
from leitmotiv.store.library import Library
from leitmotiv.workflows import blended_map, blended_trends, selecting, trends
from leitmotiv.workflows.map import Places, stored_places
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.session import Session

MAP_PAGE = "map-page"
REVISION = 1
LAYOUTS = ("look", "grid", "time", "packs")
NO_TREND = 65535
CENTRAL = 10
"""Pictures about an exemplar that a trend gets its name from."""
LEVELS = 65535
"""Whole numbers to the longer side of a layout."""
ABSENT, GONE, LATER = 1, 2, 4
"""Flags: the file is away; the picture was forgotten; it came after the map was laid out."""


@dataclass(frozen=True)
class Frame:
    """Where a layout lies, in units of a picture: x = left + column · extent / 65535, and y so from top, downwards."""

    name: str
    left: float
    top: float
    width: float
    height: float
    extent: float


@dataclass(frozen=True)
class Group:
    """A trend on the map: its number, how many pictures it has here, the row of its exemplar, and its given name."""

    id: int
    size: int
    row: int
    name: str = ""


@dataclass(frozen=True, eq=False)
class MapPage:
    """All of a map, in rows as `Places` has them.

    Attributes
    ----------
    columns : mapping of str to array
        For each layout its ``x`` and ``y`` (N,) uint16; ``trend`` (N,) uint16, an index into `groups` or `NO_TREND`;
        ``red``, ``green``, ``blue`` (N,) uint8, sRGB; ``shape`` (N,) uint8, 128 + 32 log2(width / height).
    groups : tuple of Group
        Those of two or more, the largest first.
    ticks : tuple of Tick
        Of the axis of time.
    """

    ids: tuple[str, ...]
    frames: tuple[Frame, ...]
    columns: dict[str, NDArray[np.generic]]
    groups: tuple[Group, ...]
    ticks: tuple[arrangement.Tick, ...]
    later: NDArray[np.bool_]
    stamp: str


def map_page(session: Session, by: float = 0.0) -> MapPage:
    """The page of the map, stored or made now; `by` look, 0, by subject, 1, or by what lies between.

    Raises
    ------
    NoMapError
        The pictures have no places yet.
    """
    library = session.library
    if by:
        return _blended_page(session, by)
    places = _places(session)
    stamp = _stamp(library, places)

    def make() -> MapPage:
        return _recalled(library, places, stamp) or _made(library, places, stamp, library.clusters.get())

    page = remember(session, ("map-page", stamp), make)
    revision, edits = trends.said(session)
    if not edits or not page.groups:
        return page
    return remember(session, ("map-page", stamp, revision), lambda: _by_hand(session, page, revision))


def _by_hand(session: Session, page: MapPage, revision: tuple[int, ...]) -> MapPage:
    """The page with trends as people changed them, in the colours, the labels and the packs."""
    row_of = {image: row for row, image in enumerate(page.ids) if image}
    trend = np.full(len(page.ids), NO_TREND, np.uint16)
    groups: list[Group] = []
    for one in trends.cut(session):
        members = [row_of[member] for member in one.members if member in row_of]
        if len(members) > 1 and one.exemplar in row_of and len(groups) < NO_TREND:
            trend[members] = len(groups)
            groups.append(Group(one.id, len(members), row_of[one.exemplar], one.name))
    rows = np.array(sorted(row_of.values()), np.int64)
    look = np.column_stack([np.asarray(page.columns[f"look-{axis}"][rows], np.float32) for axis in "xy"])
    (own,) = (frame for frame in page.frames if frame.name == "look")
    packs = arrangement.in_packs(
        np.where(trend[rows] == NO_TREND, -1, trend[rows].astype(np.int64)), look * (own.extent / LEVELS)
    )
    frame, x, y = _framed("packs", packs)
    columns = {
        **page.columns,
        "trend": trend,
        "packs-x": np.zeros(len(trend), np.uint16),
        "packs-y": np.zeros(len(trend), np.uint16),
    }
    columns["packs-x"][rows], columns["packs-y"][rows] = x, y
    frames = tuple(frame if one.name == "packs" else one for one in page.frames)
    stamp = f"{page.stamp}-{'.'.join(map(str, revision))}"
    return replace(page, columns=columns, frames=frames, groups=tuple(groups), stamp=stamp)


def _blended_page(session: Session, by: float) -> MapPage:
    """The same with places, and trends, by subject or by look and subject."""
    places = blended_map.places(session, by)
    clusters = blended_trends.find(session, [image for image in places.ids if image], by, whole=True).clusters
    digest = hashlib.sha256(clusters.labels.tobytes() + "".join(clusters.ids).encode()).hexdigest()[:16]
    stamp = f"{places.stamp}-{digest}-{REVISION}"
    return remember(session, ("map-page", stamp), lambda: _made(session.library, places, stamp, clusters))


def _places(session: Session) -> Places:
    library, settings = session.library, session.settings
    stored = library.arrays.get("map")
    # the stored arrays themselves are the key: they are another object once they were replaced
    places = remember(session, ("places", id(stored)), lambda: (stored, stored_places(library, settings)))[1]
    if places is None:
        raise NoMapError(
            "The pictures have no places on the map yet. Run `leitmotiv build-index`, or wait for the job."
        )
    return places


def keep_page(library: Library, settings: Settings) -> None:
    """Make and store what the page shows, unless it is stored; the caller holds the writer's lock."""
    places = stored_places(library, settings)
    if places is None:
        return
    stamp = _stamp(library, places)
    if _recalled(library, places, stamp) is not None:
        return
    page = _made(library, places, stamp, library.clusters.get())
    about = {
        "frames": [asdict(frame) for frame in page.frames],
        "groups": [[group.id, group.size, group.row] for group in page.groups],
        "ticks": [[tick.at, tick.label] for tick in page.ticks],
    }
    arrays = {"about": np.frombuffer(json.dumps(about).encode(), np.uint8), **page.columns}
    library.arrays.put(MAP_PAGE, arrays, page.ids, stamp)


def _stamp(library: Library, places: Places) -> str:
    """A name for what the page is made from: dates, colours and shapes belong to the picture, and stay."""
    return f"{places.stamp}-{library.clusters.stamp()}-{REVISION}"


def _recalled(library: Library, places: Places, stamp: str) -> MapPage | None:
    stored = library.arrays.get(MAP_PAGE)
    if stored is None or stored.digest != stamp or stored.ids != places.ids:
        return None
    about = json.loads(stored["about"].tobytes())
    return MapPage(
        stored.ids,
        tuple(Frame(**frame) for frame in about["frames"]),
        {name: stored[name] for name in stored if name != "about"},
        tuple(Group(*group) for group in about["groups"]),
        tuple(arrangement.Tick(*tick) for tick in about["ticks"]),
        places.later,
        stamp,
    )


def _made(library: Library, places: Places, stamp: str, clusters: Clusters | None) -> MapPage:
    size = len(places.ids)
    rows = np.flatnonzero([bool(image) for image in places.ids])
    taken, shape, colours = np.zeros(size, np.int64), np.full(size, 128, np.uint8), np.zeros((size, 3), np.uint8)
    for row, found in zip(rows.tolist(), library.images.brief([places.ids[row] for row in rows]), strict=True):
        taken[row], width, height, colour = found
        shape[row] = min(255, max(0, round(128 + 32 * math.log2(width / height))))
        colours[row] = tuple(bytes.fromhex(colour[1:])) or (128, 128, 128)
    trend, groups = _trends(clusters, places.ids)
    timeline = arrangement.by_time_and_colour(taken[rows], colours[rows])
    packs = arrangement.in_packs(np.where(trend[rows] == NO_TREND, -1, trend[rows]), places.look[rows])
    positions = {
        "look": places.look[rows],
        "grid": places.grid[rows].astype(np.float32),
        "time": timeline.positions,
        "packs": packs,
    }
    columns: dict[str, NDArray[np.generic]] = {}
    frames = []
    for name in LAYOUTS:
        frame, x, y = _framed(name, positions[name])
        frames.append(frame)
        columns[f"{name}-x"], columns[f"{name}-y"] = np.zeros((2, size), np.uint16)
        columns[f"{name}-x"][rows], columns[f"{name}-y"][rows] = x, y
    columns |= {"trend": trend, "red": colours[:, 0], "green": colours[:, 1], "blue": colours[:, 2], "shape": shape}
    plain = {name: np.ascontiguousarray(values) for name, values in columns.items()}
    return MapPage(places.ids, tuple(frames), plain, groups, timeline.ticks, places.later, stamp)


def _framed(name: str, positions: NDArray[np.float32]) -> tuple[Frame, NDArray[np.uint16], NDArray[np.uint16]]:
    low = positions.min(axis=0) if len(positions) else np.zeros(2)
    width, height = (np.ptp(positions, axis=0) if len(positions) else np.zeros(2)).tolist()
    extent = max(width, height, 1.0)
    x, y = np.rint((positions - low) * (LEVELS / extent)).astype(np.uint16).T
    return Frame(name, float(low[0]), float(low[1]), width, height, extent), x, y


def _trends(clusters: Clusters | None, ids: Sequence[str]) -> tuple[NDArray[np.uint16], tuple[Group, ...]]:
    """The trend of each row, and the trends that have two pictures or more here."""
    found = np.full(len(ids), NO_TREND, np.uint16)
    if clusters is None:
        return found, ()
    nodes, exemplars = tree.assigned(clusters)
    row_of = {image: row for row, image in enumerate(ids) if image}
    place = np.array([row_of.get(image, -1) for image in clusters.ids], np.int64)
    names, counts = np.unique(nodes[place >= 0], return_counts=True)
    groups: list[Group] = []
    for node, count in sorted(zip(names.tolist(), counts.tolist(), strict=True), key=lambda one: (-one[1], one[0])):
        row = int(place[exemplars[node]])
        if count > 1 and row >= 0 and len(groups) < NO_TREND:
            groups.append(Group(node, count, row))
    number = np.full(int(nodes.max(initial=0)) + 1, NO_TREND, np.int64)
    number[[group.id for group in groups]] = np.arange(len(groups))
    found[place[place >= 0]] = number[nodes[place >= 0]]
    return found, tuple(groups)


def colour_name(session: Session, page: MapPage, number: int, *, own: bool = True) -> str:
    """What a trend is called by the pictures about its exemplar on the map: quick, however many trends there are.

    `own` tells that the trends are those by look, which people give names to.
    """
    group = page.groups[number]
    if group.name:
        return group.name
    if own and (given := session.library.clusters.names().get(group.id)):
        return given

    def make() -> str:
        rows = np.flatnonzero(page.columns["trend"] == number)
        x, y = (np.asarray(page.columns[f"look-{axis}"], np.int64) for axis in "xy")
        apart = (x[rows] - x[group.row]) ** 2 + (y[rows] - y[group.row]) ** 2
        near = [page.ids[row] for row in rows[np.argsort(apart, kind="stable")[:CENTRAL]] if page.ids[row]]
        return views.colour_name(views.palette(session.library.mixtures.many(near)))

    return remember(session, ("map-name", page.stamp, number), make, lane=True)


def flags(session: Session, page: MapPage) -> NDArray[np.uint8]:
    """Which pictures are away, forgotten or came later, (N,) uint8; these change without the map."""
    found = np.where(page.later, LATER, 0).astype(np.uint8)
    found[_gone(session, page)] |= GONE
    columns, rows = selecting.columns(session), _rows(session, page)
    away = [code for code, value in enumerate(columns.state.values) if value in ("missing", "offline")]
    found[np.isin(np.append(columns.state.codes, -1)[rows], away)] |= ABSENT
    return found


def chosen(session: Session, text: str) -> NDArray[np.bool_]:
    """Which rows a line of filters holds for, (N,) bool."""
    page = map_page(session)
    wanted = np.zeros(len(selecting.columns(session)) + 1, bool)
    wanted[selecting.ordered(session, text).rows] = True
    return wanted[_rows(session, page)]


def rows_of(session: Session, page: MapPage, ids: Sequence[str]) -> list[int]:
    """The rows of those of some pictures that are on the map."""
    rows = selecting.columns(session).rows_of(ids)
    return np.flatnonzero(np.isin(_rows(session, page), rows[rows >= 0])).tolist()


def state(session: Session) -> tuple[int, ...]:
    """What `flags` are made from; while it is the same, so are they."""
    return session.library.revision("images", "files")


def hashes(session: Session, page: MapPage) -> NDArray[np.uint8]:
    """The ids of rows as bytes, (N, 32); zeros where a picture was forgotten."""
    found = np.zeros((len(page.ids), 32), np.uint8)
    there = np.flatnonzero(~_gone(session, page))
    found[there] = np.frombuffer(bytes.fromhex("".join(page.ids)), np.uint8).reshape(-1, 32)
    return found


def placed(session: Session, page: MapPage) -> int:
    """How many pictures it shows."""
    return len(page.ids) - int(np.count_nonzero(_gone(session, page)))


def _gone(session: Session, page: MapPage) -> NDArray[np.bool_]:
    """Rows whose picture was forgotten, (N,)."""

    def look() -> tuple[tuple[str, ...], NDArray[np.bool_]]:
        return page.ids, np.fromiter((not image for image in page.ids), bool, len(page.ids))

    # the ids are kept with what was found, so that no others can be at their place in memory
    return remember(session, ("map gone", id(page.ids)), look)[1]


def _rows(session: Session, page: MapPage) -> NDArray[np.int64]:
    """The row of each picture of the map among the columns of the library; -1 of one that is not there, (N,)."""

    def look() -> tuple[tuple[str, ...], NDArray[np.int64]]:
        rows = np.full(len(page.ids), -1, np.int64)
        rows[~_gone(session, page)] = selecting.columns(session).rows_of([one for one in page.ids if one])
        return page.ids, rows

    return remember(session, ("map rows", id(page.ids), session.library.revision("images", "files")), look)[1]


def pictures(session: Session, page: MapPage, rows: Sequence[int]) -> list[tuple[int, Image]]:
    """The pictures of some rows; a row whose picture was forgotten is passed over."""
    known = {page.ids[row]: row for row in rows if page.ids[row]}
    return [(known[one.id], one) for one in session.library.images.many(list(known))]


def unplaced(session: Session) -> int:
    """How many pictures of the library have no place on the map."""
    columns = selecting.columns(session)
    missing = np.array([value == "missing" for value in (*columns.state.values, "missing")])
    absent = missing[np.append(columns.state.codes, -1)]  # the last is for rows of no picture
    there = len(columns) - int(np.count_nonzero(absent[:-1]))
    try:
        page = map_page(session)
    except NoMapError:
        return there
    return there - int(np.count_nonzero(~absent[_rows(session, page)]))


def positions(session: Session, by: float = 0.0) -> list[tuple[Image, tuple[float, float, int, int]]]:
    """Each picture with its place by look (or as `by` says), x and y, and its column and row on the sorted grid.

    Raises
    ------
    NoMapError
        The pictures have no places yet.
    """
    places = blended_map.places(session, by) if by else _places(session)
    row_of = {image: row for row, image in enumerate(places.ids) if image}
    found = session.library.images.many(list(row_of))
    return [(one, (*places.look[row_of[one.id]].tolist(), *places.grid[row_of[one.id]].tolist())) for one in found]
