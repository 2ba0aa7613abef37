"""Everything a page, a command or a script may ask of a library without changing it; bounded work, one lane."""

import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np

import leitmotiv
from leitmotiv.analysis import tree, views
from leitmotiv.errors import ImageNotFoundError, ImageReadError, NoIndexError
from leitmotiv.imaging import read as reading
from leitmotiv.records import Cluster, Ellipse, Image, Job, Mixture, Pixels, Ranking, Result, Status, Swatch
from leitmotiv.workflows import asking, blending, editing, likeness, small, trends
from leitmotiv.workflows.index import digest
from leitmotiv.workflows.measuring import compared, ready
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.neighbours import stored_neighbours
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.vectors import stored_vectors

DIRECT = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif", "AVIF": "image/avif"}
"""Formats that a browser shows as they are."""
DIRECT_BYTES = 30_000_000
SHOWN_SIZE = 2560
"""Longest side of a picture that had to be transcoded, pixels."""
FULL_PIXELS = 60_000_000
"""Most pixels of such a picture when all of it is asked for; a larger one comes smaller."""


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
    left_out : tuple of str
        Pictures that a person put into no trend.
    wanted : int
        How many groups the tree was cut into, before what people changed.
    """

    clusters: tuple[Cluster, ...]
    count: int
    counts: tuple[int, ...]
    total_images: int
    alone: int
    stale: bool
    left_out: tuple[str, ...] = ()
    wanted: int = 0


def images(session: Session, *, limit: int = 200, cursor: str | None = None) -> ImagePage:
    """All pictures by date, newest first, a page at a time."""
    library = session.library
    page, following = library.images.page(limit=limit, cursor=cursor)
    return ImagePage(page, following, count(session))


def count(session: Session) -> int:
    """How many pictures there are."""
    library = session.library
    return remember(session, ("count", library.revision("images")), library.images.count)


def days(session: Session) -> list[tuple[str, int]]:
    """Each day with pictures, ISO date and count, newest first."""
    library = session.library
    return remember(session, ("days", library.revision("images")), library.images.days)


def image(session: Session, image_id: str) -> Image:
    """One picture by its id or a unique prefix of 4 or more characters."""
    return session.library.images.get(image_id)


def named(session: Session, text: str) -> str:
    """The id of a picture that is named by its file, its id or a unique prefix of that.

    Raises
    ------
    ImageNotFoundError
        The library has no such picture.
    """
    if os.path.lexists(text):
        known = session.library.images.find_path(os.fsencode(os.path.abspath(text)))
        if known is None:
            raise ImageNotFoundError(f"The file {text} is not in this library. Add it: leitmotiv add-image {text}")
        return known.id
    if os.sep in text or "." in text:
        raise ImageNotFoundError(f"There is no file {text}, and ids of pictures look otherwise.")
    return session.library.images.get(text).id


def strip(session: Session, image_id: str, n: int = 12) -> list[Image]:
    """The pictures taken just before and after, with the picture among them."""
    return session.library.images.neighbours_by_date(image(session, image_id).id, n)


def mixture(session: Session, image_id: str) -> Mixture:
    """The picture as a mixture."""
    return session.library.mixtures.get(image(session, image_id).id)


def similar(session: Session, image_id: str, *, n: int = 50, offset: int = 0, by: float = 0.0) -> Ranking:
    """The other pictures from most to least alike; `by` look, 0, by subject, 1, or by what lies between.

    Exact where the pair was compared when the index was built, or where few enough have to be compared now; else the
    tail follows the order of vectors or of the trends, without a divergence, and the ranking says that it is
    approximate.
    """
    chosen = image(session, image_id)
    order = blending.order(session, chosen.id, offset + n, by=by)
    return _ranking(session, {"image": chosen.id}, order, n, offset, by)


def similar_to_file(session: Session, path: Path, *, n: int = 50, by: float = 0.0) -> Ranking:
    """The pictures of the library from most to least like a file that need not be in it; `by` as in `similar`."""
    return _ranking(session, {"file": str(path)}, blending.order_to_file(session, path, n, by=by), n, 0, by)


def _ranking(
    session: Session, query: dict[str, object], order: likeness.Order, n: int, offset: int, by: float
) -> Ranking:
    part = slice(offset, offset + n)
    found = {one.id: one for one in session.library.images.many(order.ids[part])}
    worst = float(np.nanmax(order.scores, initial=0.0))
    results = []
    cosines = np.full(len(order.scores), np.nan) if order.cosines is None else order.cosines
    for image_id, *numbers in zip(
        order.ids[part], *(a[part].tolist() for a in (order.scores, order.values, cosines)), strict=True
    ):
        if image_id in found:
            score, value, cosine = (None if math.isnan(number) else number for number in numbers)
            path = found[image_id].path
            results.append(Result(image_id, path, worst if score is None else score, value, cosine=cosine))
    asked = query if by == 0 else {**query, "by": blending.said(by)}
    kind = blending.measure(by)
    return Ranking(kind, order.unit, "ascending", asked, tuple(results), order.total, approximate=order.approximate)


def odd_paths(session: Session, ranking: Ranking) -> dict[str, bytes]:
    """Paths of a ranking that are not UTF-8, by id: only for these the record itself is looked up."""
    odd = [result.id for result in ranking.results if "\ufffd" in result.path]
    return {image_id: image(session, image_id).paths[0] for image_id in odd}


def ellipses(session: Session, image_id: str) -> tuple[Ellipse, ...]:
    """The components as they lie in the frame, heaviest first."""
    return views.ellipses(mixture(session, image_id))


def palette(session: Session, image_id: str) -> tuple[Swatch, ...]:
    """The picture's main colours, with shares and places."""
    one = image(session, image_id)
    return remember(session, ("palette", one.id), lambda: views.palette([session.library.mixtures.get(one.id)]))


def expected(session: Session, image_id: str, size: int = 512) -> bytes:
    """The expected colour at every place, E[colour | x, y], as WebP."""

    def draw(one: Mixture, width: int, height: int) -> Pixels:
        ready(session)
        return views.expected_image(one, width, height)

    return _drawn(session, "expected", image_id, size, draw)


def sampled(session: Session, image_id: str, size: int = 512, n: int = 9000) -> bytes:
    """A picture drawn from the mixture, n points, as WebP; the same points each time."""

    def draw(one: Mixture, width: int, height: int) -> Pixels:
        return views.sampled_image(one, width, height, n, np.random.default_rng(session.settings.seed))

    return _drawn(session, f"sampled {n}", image_id, size, draw)


def _drawn(session: Session, kind: str, image_id: str, size: int, draw: Callable[[Mixture, int, int], Pixels]) -> bytes:
    one = image(session, image_id)
    longest = max(one.width, one.height)
    width, height = max(1, round(one.width * size / longest)), max(1, round(one.height * size / longest))
    return remember(
        session,
        (kind, one.id, size),
        lambda: _webp(draw(session.library.mixtures.get(one.id), width, height)),
        lane=True,
    )


def thumbnail(session: Session, image_id: str, size: int) -> tuple[bytes, str]:
    """A thumbnail and its media type: JPEG, or WebP where an earlier version made it."""
    data = small.thumbnail(session.library, image_id, size)
    return data, "image/webp" if data[8:12] == b"WEBP" else "image/jpeg"


def display(session: Session, image_id: str, *, full: bool = False) -> tuple[bytes, str]:
    """The picture as a browser can show it, and its media type; the largest thumbnail where the file is away.

    Parameters
    ----------
    full : bool
        Every pixel also of a picture that has to be transcoded, up to `FULL_PIXELS`.
    """
    one = image(session, image_id)
    for path in one.paths:
        try:
            if shown_as_it_is(one):
                return _read_file(path), DIRECT[one.format]
            if full:
                size = full_size(one)
                make = partial(_transcoded, session, path, size, "JPEG")
                return remember(session, ("full", one.id), make, lane=True), "image/jpeg"
            return remember(session, ("shown", one.id), partial(_transcoded, session, path), lane=True), "image/webp"
        except (OSError, ImageReadError):
            continue
    return thumbnail(session, one.id, 512)


def shown_as_it_is(one: Image) -> bool:
    """Whether a browser gets the file itself."""
    return one.format in DIRECT and one.size <= DIRECT_BYTES


def full_size(one: Image) -> int:
    """The longest side at which a picture that has to be transcoded is sent when all of it is asked for, pixels."""
    return int(max(one.width, one.height) * min(1.0, FULL_PIXELS / max(1, one.width * one.height)) ** 0.5)


def _read_file(path: bytes) -> bytes:
    with Path(os.fsdecode(path)).open("rb") as file:
        if os.fstat(file.fileno()).st_size > DIRECT_BYTES:
            raise OSError("the file grew")
        return file.read()


def _transcoded(session: Session, path: bytes, size: int = SHOWN_SIZE, kind: Literal["WEBP", "JPEG"] = "WEBP") -> bytes:
    return reading.transcode(path, size, max_megapixels=session.settings.max_megapixels, kind=kind)


def clusters(session: Session, count: int | None = None) -> ClusterPage:
    """The trends: a cut through the tree into `count` groups, largest first.

    Raises
    ------
    NoIndexError
        No index was built yet.
    """
    everything = trends.stored(session)
    found = trends.changed(session, count)
    groups, wanted = found.groups, everything.default_count if count is None else count
    alone = sum(group.size == 1 for group in groups)
    return ClusterPage(
        clusters=groups,
        count=len(groups),
        counts=tree.counts(everything),
        total_images=len(everything.ids),
        alone=alone,
        stale=stale(session),
        left_out=found.left_out,
        wanted=wanted,
    )


def cluster(session: Session, cluster_id: int, count: int | None = None) -> Cluster:
    """One group by its id."""
    return trends.group(session, cluster_id, count)


def cluster_of(session: Session, image_id: str) -> Cluster | None:
    """The group shown first that holds a picture; None without an index, or for one that came later."""
    full = image(session, image_id).id
    try:
        if (found := trends.of_placed(session, full)) is not None:
            return found
        asked = asking.ask(session)
        row = asked.columns.rows_of([full])[0]
        code = asked.trend_places[0][row] if row >= 0 else -1
        return asked.trends[code] if code >= 0 else None
    except NoIndexError:
        return None


def cluster_name(session: Session, cluster_id: int) -> str:
    """What a group is called on the page of trends: by a person, else its main colours and where they lie."""
    return editing.called(session, trends.group(session, cluster_id))


def stale(session: Session) -> bool:
    """Whether the index was made from other pictures, or by another measure, than the library has now.

    In which of the two ways pictures were compared makes no difference: `build-index --limit` may choose either.
    """
    library = session.library
    stamp = library.clusters.stamp()
    if stamp is None:
        return False
    if library.placed.last():
        return True

    def look() -> bool:
        ids = sorted(library.images.ids())
        return library.clusters.digest() not in {digest(ids, session.settings, sparse=way) for way in (False, True)}

    return remember(session, ("digest", stamp, library.revision("images", "files")), look)


def jobs(session: Session) -> list[Job]:
    """Long work, newest first."""
    return session.library.jobs.list()


def status(session: Session) -> Status:
    """What the library holds, what is wrong with it, and what is going on."""
    library = session.library
    try:
        stored = trends.stored(session)
    except NoIndexError:
        stored = None
    way, recall = _way(session)
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
        jobs=_news(library.jobs.list()),
        way=way,
        recall=recall,
        gap=None if stored is None else stored.gap,
        seen=remember(session, ("count", "seen", library.revision("activations")), library.activations.count),
    )


def _news(jobs: list[Job]) -> tuple[Job, ...]:
    """What has not ended, and the latest five."""
    return tuple(job for at, job in enumerate(jobs) if at < 5 or job.state in ("running", "queued", "paused"))


def _way(session: Session) -> tuple[Literal["all pairs", "neighbours", "none"], float | None]:
    """How pictures were compared for the index, and how good the candidates were."""
    if compared(session) is not None:
        return "all pairs", None
    vectors = stored_vectors(session.library, session.settings)
    if vectors is None or stored_neighbours(session.library, session.settings) is None:
        return "none", None
    return "neighbours", None if np.isnan(vectors.recall) else vectors.recall


def _webp(pixels: Pixels) -> bytes:
    return reading.encode(pixels, "WEBP", quality=80)
