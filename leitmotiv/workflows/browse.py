"""Everything a page, a command or a script may ask of a library without changing it; bounded work, one lane."""

from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

import leitmotiv
from leitmotiv.analysis import divergence, tree, views, warming
from leitmotiv.errors import CompilingError, ImageReadError, NoIndexError, UsageError
from leitmotiv.imaging import read as reading
from leitmotiv.records import (
    Cluster,
    Clusters,
    Ellipse,
    Float,
    Image,
    Job,
    Mixture,
    Pixels,
    Ranking,
    Result,
    Status,
    Swatch,
)
from leitmotiv.workflows.index import MATRIX, digest, look, measure_digest
from leitmotiv.workflows.session import Session

EXACT = 2000
"""Most divergences computed for one request; beyond, the order comes from the clusters and says so."""
AVERAGED = 24
"""Most members, the nearest to the exemplar, that an average picture or a palette is made from."""
DIRECT = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif", "AVIF": "image/avif"}
DIRECT_BYTES = 30_000_000

T = TypeVar("T")


@dataclass(frozen=True)
class ImagePage:
    """Some pictures, newest first, and where the next ones begin."""

    images: tuple[Image, ...]
    next: str | None
    total: int


@dataclass(frozen=True)
class ClusterPage:
    """A cut through the tree.

    Attributes
    ----------
    counts : tuple of int
        Numbers of groups that the slider offers, ascending.
    total_images, alone : int
        Pictures in the index; of these, how many are a group of their own.
    stale : bool
        Whether pictures came or went since the index was built.
    """

    clusters: tuple[Cluster, ...]
    count: int
    counts: tuple[int, ...]
    total_images: int
    alone: int
    stale: bool


def images(session: Session, *, limit: int = 200, cursor: str | None = None) -> ImagePage:
    """All pictures by date, newest first, a page at a time."""
    library = session.library
    page, following = library.images.page(limit=limit, cursor=cursor)
    return ImagePage(page, following, library.images.count())


def days(session: Session) -> list[tuple[str, int]]:
    """Each day with pictures, ISO date and count, newest first."""
    return session.library.images.days()


def image(session: Session, image_id: str) -> Image:
    """One picture by its id or a unique prefix of 4 or more characters."""
    return session.library.images.get(image_id)


def strip(session: Session, image_id: str, n: int = 12) -> list[Image]:
    """The pictures taken just before and after, with the picture among them."""
    return session.library.images.neighbours_by_date(image(session, image_id).id, n)


def mixture(session: Session, image_id: str) -> Mixture:
    """The picture as a mixture."""
    return session.library.mixtures.get(image(session, image_id).id)


def similar(session: Session, image_id: str, *, n: int = 50, offset: int = 0) -> Ranking:
    """The other pictures from most to least alike.

    Exact where the pair was compared when the index was built, or where at most `EXACT` pictures have to be; else the
    tail follows the order of the clusters and the ranking says that it is approximate.
    """
    chosen = image(session, image_id)
    order, values, approximate = _order(session, chosen.id)
    return _ranking(session, {"image": chosen.id}, order, values, n, offset, approximate)


def similar_to_file(session: Session, path: Path, *, n: int = 50) -> Ranking:
    """The pictures of the library from most to least like a file that need not be in it."""
    from leitmotiv.workflows.fitting import fit_file

    ids = session.library.images.ids()
    with session.lane:
        fitted = fit_file(path, session.settings)
        values = divergence.js_to(fitted, _packed(session, ids), look=look(session.settings), threads=1)
    order = np.argsort(values, kind="stable")
    return _ranking(session, {"file": str(path)}, [ids[row] for row in order], values[order], n, 0, False)


def _ranking(
    session: Session, query: dict[str, object], order: list[str], values: Float, n: int, offset: int, approximate: bool
) -> Ranking:
    part = order[offset : offset + n]
    found = {one.id: one for one in session.library.images.many(part)}
    results = tuple(
        Result(image_id, found[image_id].path, float(value), float(value))
        for image_id, value in zip(part, values[offset : offset + n], strict=True)
        if image_id in found
    )
    return Ranking("look", "nats", "ascending", query, results, len(order), approximate)


def _order(session: Session, image_id: str) -> tuple[list[str], Float, bool]:
    """Every other picture with its divergence, nearest first."""
    library = session.library
    everything = [other for other in library.images.ids() if other != image_id]
    state = (len(everything), library.clusters.digest(), _matrix_stamp(session))
    return _remember(session, ("order", image_id, state), lambda: _order_now(session, image_id, everything))


def _order_now(session: Session, image_id: str, everything: list[str]) -> tuple[list[str], Float, bool]:
    known = _stored_row(session, image_id)
    unknown = [other for other in everything if other not in known]
    approximate = False
    if unknown:
        chosen = unknown if len(unknown) <= EXACT else _nearest_by_cluster(session, image_id, unknown)
        approximate = len(chosen) < len(unknown)
        with session.lane:
            _ready()
            query = session.library.mixtures.get(image_id)
            values = divergence.js_to(query, _packed(session, chosen), look=look(session.settings), threads=1)
        known.update(zip(chosen, values.tolist(), strict=True))
    order = sorted((other for other in everything if other in known), key=lambda other: (known[other], other))
    return order, np.array([known[other] for other in order]), approximate


def _stored_row(session: Session, image_id: str) -> dict[str, float]:
    stored = session.library.arrays.get(MATRIX)
    if stored is None or stored.digest != measure_digest(session.settings) or image_id not in stored.ids:
        return {}
    row = np.asarray(stored["values"][stored.ids.index(image_id)], np.float64)
    return {other: value for other, value in zip(stored.ids, row.tolist(), strict=True) if other != image_id}


def _nearest_by_cluster(session: Session, image_id: str, unknown: list[str]) -> list[str]:
    """Members of the groups whose exemplars are nearest, up to `EXACT` pictures with the exemplars."""
    clusters = session.library.clusters.get()
    if clusters is None:
        return unknown[:EXACT]
    shown = list(tree.shown_exemplars(clusters))
    with session.lane:
        _ready()
        query = session.library.mixtures.get(image_id)
        nearness = divergence.js_to(query, _packed(session, shown), look=look(session.settings), threads=1)
    groups = {cluster.exemplar: cluster.members for cluster in _cut(session, clusters, None)}
    wanted, there = [], set(unknown)
    for place in np.argsort(nearness, kind="stable"):
        wanted += [other for other in groups.get(shown[place], ()) if other in there]
        if len(wanted) >= EXACT - len(shown):
            break
    return wanted[: EXACT - len(shown)]


def ellipses(session: Session, image_id: str) -> tuple[Ellipse, ...]:
    """The components as they lie in the frame, heaviest first."""
    return views.ellipses(mixture(session, image_id))


def palette(session: Session, image_id: str) -> tuple[Swatch, ...]:
    """The picture's main colours, with shares and places."""
    one = image(session, image_id)
    return _remember(session, ("palette", one.id), lambda: views.palette([session.library.mixtures.get(one.id)]))


def expected(session: Session, image_id: str, size: int = 512) -> bytes:
    """The expected colour at every place, E[colour | x, y], as WebP."""
    one = image(session, image_id)

    def draw() -> bytes:
        _ready()
        return _webp(views.expected_image(session.library.mixtures.get(one.id), *_fit(one, size)))

    return _remember(session, ("expected", one.id, size), draw, lane=True)


def sampled(session: Session, image_id: str, size: int = 512, n: int = 9000) -> bytes:
    """A picture drawn from the mixture, n points, as WebP; the same points each time."""
    one = image(session, image_id)

    def draw() -> bytes:
        rng = np.random.default_rng(session.settings.seed)
        return _webp(views.sampled_image(session.library.mixtures.get(one.id), *_fit(one, size), n, rng))

    return _remember(session, ("sampled", one.id, size, n), draw, lane=True)


def _fit(one: Image, size: int) -> tuple[int, int]:
    longest = max(one.width, one.height)
    return max(1, round(one.width * size / longest)), max(1, round(one.height * size / longest))


def thumbnail(session: Session, image_id: str, size: int) -> bytes:
    """A stored thumbnail, WebP."""
    return session.library.images.thumbnail(image_id, size)


def display(session: Session, image_id: str) -> tuple[bytes, str]:
    """The picture as a browser can show it, and its media type; the largest thumbnail where the file is away."""
    one = image(session, image_id)
    for path in one.paths:
        file = Path(path.decode("utf-8", "surrogateescape"))
        try:
            if one.format in DIRECT and one.size <= DIRECT_BYTES:
                return file.read_bytes(), DIRECT[one.format]
            return reading.transcode(path, 2560), "image/webp"
        except (OSError, ImageReadError):
            continue
    return thumbnail(session, one.id, 512), "image/webp"


def clusters(session: Session, count: int | None = None) -> ClusterPage:
    """The trends: a cut through the tree into `count` groups, largest first.

    Raises
    ------
    NoIndexError
        No index was built yet.
    """
    stored = _clusters(session)
    groups = _cut(session, stored, count)
    there = {group.exemplar for group in groups}
    alone = sum(group.size == 1 for group in groups)
    return ClusterPage(groups, len(there), tree.counts(stored), len(stored.ids), alone, stale(session))


def cluster(session: Session, cluster_id: int, count: int | None = None) -> Cluster | None:
    """One group by its id, where the cut into `count` has it; else in whatever cut it stands."""
    stored = _clusters(session)
    for group in _cut(session, stored, count):
        if group.id == cluster_id:
            return group
    return _remember(
        session,
        ("group", cluster_id, session.library.clusters.digest(), len(stored.ids)),
        lambda: tree.group(stored, cluster_id, _distance(session, stored)),
    )


def cluster_of(session: Session, image_id: str) -> Cluster | None:
    """The group shown first that holds a picture; None without an index, or for one that came later."""
    try:
        groups = _cut(session, _clusters(session), None)
    except NoIndexError:
        return None
    full = image(session, image_id).id
    return next((group for group in groups if full in group.members), None)


def average(session: Session, cluster_id: int, size: int = 256) -> bytes:
    """The average picture of a group: the expected colour under the mixtures of its central members, as WebP."""
    group = _group(session, cluster_id)
    members = group.members[:AVERAGED]

    def draw() -> bytes:
        _ready()
        library = session.library
        ratios = [one.width / one.height for one in library.images.many(members)]
        ratio = float(np.clip(np.median(ratios), 0.5, 2.0))
        width, height = (size, round(size / ratio)) if ratio >= 1 else (round(size * ratio), size)
        return _webp(views.average_image(library.mixtures.many(members), None, width, height))

    return _remember(session, ("average", cluster_id, members, size), draw, lane=True)


def cluster_palette(session: Session, cluster_id: int) -> tuple[Swatch, ...]:
    """The main colours of a group, from its central members."""
    members = _group(session, cluster_id).members[:AVERAGED]
    return _remember(
        session, ("palette", members), lambda: views.palette(session.library.mixtures.many(members)), lane=True
    )


def cluster_name(session: Session, cluster_id: int) -> str:
    """What a group is called while nobody has named it: its main colours and where they lie."""
    return views.colour_name(cluster_palette(session, cluster_id))


def cluster_years(session: Session, group: Cluster) -> list[tuple[int, int]]:
    """How many of a group's pictures were taken in each year, ascending."""
    years = Counter(one.taken.at.year for one in session.library.images.many(group.members))
    return sorted(years.items())


def stale(session: Session) -> bool:
    """Whether the index was made from other pictures, or by another measure, than the library has now."""
    library = session.library
    made_from = library.clusters.digest()
    ids = library.images.ids()
    return made_from is not None and made_from != _remember(
        session, ("digest", len(ids), hash(tuple(ids))), lambda: digest(ids, session.settings)
    )


def jobs(session: Session) -> list[Job]:
    """Long work, newest first."""
    return session.library.jobs.list()


def status(session: Session) -> Status:
    """What the library holds, what is wrong with it, and what is going on."""
    library = session.library
    stored = library.clusters.get()
    return Status(
        library=str(session.settings.library),
        images=library.images.count(),
        missing=library.images.count("missing"),
        offline=library.images.count("offline"),
        failed=library.failures.count(),
        clusters=stored.default_count if stored is not None else 0,
        indexed=len(stored.ids) if stored is not None else 0,
        stale=stale(session),
        disk_bytes=library.size(),
        version=leitmotiv.__version__,
        folders=tuple(path for path, _, _ in library.folders.list()),
        failures=tuple(library.failures.list()),
        jobs=tuple(library.jobs.list(5)),
    )


def _clusters(session: Session) -> Clusters:
    library = session.library
    stored = _remember(session, ("clusters", library.clusters.stamp()), library.clusters.get)
    if stored is None:
        raise NoIndexError(
            f"No index for {library.images.count():,} pictures yet. Run `leitmotiv build-index`, or wait for the job."
        )
    return stored


def _cut(session: Session, stored: Clusters, count: int | None) -> tuple[Cluster, ...]:
    count = stored.default_count if count is None else count
    highest = len(stored)
    if not 1 <= count <= max(1, highest):
        raise UsageError(f"count is {count}, but must lie between 1 and {highest}.")
    key = ("cut", session.library.clusters.stamp(), count)
    return _remember(session, key, lambda: tree.cut(stored, count, _distance(session, stored)))


def _group(session: Session, cluster_id: int) -> Cluster:
    group = cluster(session, cluster_id)
    if group is None:
        raise UsageError(f"There is no group {cluster_id} in this index.")
    return group


def _distance(session: Session, stored: Clusters) -> Callable[[int, np.ndarray], Float]:  # type: ignore[type-arg]
    """Divergences of some rows of the index to one of its exemplars: read where compared, else computed."""
    matrix = session.library.arrays.get(MATRIX)
    valid = matrix is not None and matrix.digest == measure_digest(session.settings)
    place = {image_id: row for row, image_id in enumerate(matrix.ids)} if matrix is not None and valid else {}

    def distance(exemplar: int, rows: np.ndarray) -> Float:  # type: ignore[type-arg]
        values = np.full(len(rows), np.nan)
        where = np.array([place.get(stored.ids[row], -1) for row in rows])
        own = place.get(stored.ids[exemplar], -1)
        if matrix is not None and own >= 0:
            there = where >= 0
            values[there] = np.asarray(matrix["values"][own])[where[there]]
        lacking = np.flatnonzero(np.isnan(values))
        if len(lacking):
            _ready()
            query = session.library.mixtures.get(stored.ids[exemplar])
            packed = _packed(session, [stored.ids[rows[at]] for at in lacking])
            values[lacking] = divergence.js_to(query, packed, look=look(session.settings), threads=1)
        return values

    return distance


def _packed(session: Session, ids: list[str]) -> divergence.Packed:
    measure = look(session.settings)
    return _remember(
        session,
        ("packed", measure_digest(session.settings), hash(tuple(ids))),
        lambda: divergence.pack(session.library.mixtures.many(ids), look=measure),
    )


def _matrix_stamp(session: Session) -> str:
    stored = session.library.arrays.get(MATRIX)
    return "" if stored is None else f"{stored.digest}{len(stored.ids)}"


def _ready() -> None:
    if not warming.is_warm():
        raise CompilingError(
            "leitmotiv is preparing its mathematics, once on this machine. This takes about a minute; try again then."
        )


def _webp(pixels: Pixels) -> bytes:
    return reading.encode(pixels, "WEBP", quality=80)


MEMORY = 512


def _remember(session: Session, key: Hashable, make: Callable[[], T], *, lane: bool = False) -> T:
    """The value of `key`, made once; the oldest are forgotten. `lane` takes the session's lane around `make`."""
    memory = session.memory
    try:
        return memory[key]  # type: ignore[no-any-return]
    except KeyError:
        pass
    if lane:
        with session.lane:
            value = make()
    else:
        value = make()
    memory[key] = value
    while len(memory) > MEMORY:
        memory.pop(next(iter(memory)), None)
    return value
