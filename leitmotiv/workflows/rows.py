"""What is told of each picture when it leaves the library: one row, the same for every table; places stay at home."""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from leitmotiv.errors import NoIndexError
from leitmotiv.records import Cluster, Image, Rating
from leitmotiv.workflows import browse, trends
from leitmotiv.workflows.session import Session

NAMES = (
    *("id", "name", "width", "height", "bytes", "format", "taken", "taken_from", "state", "colour"),
    *("camera", "lens", "exposure", "aperture", "iso", "focal_length"),
    *("stars", "favourite", "rejected", "label", "trend", "trend_name", "divergence"),
)
"""Columns of every table, in this order."""
PATHS = ("path", "path_base64")
"""Columns that are there only where they are asked for."""
AT_ONCE = 500


@dataclass(frozen=True)
class Trend:
    """The trend of a picture, and its divergence to the exemplar, nats."""

    cluster: Cluster
    name: str
    divergence: float


def trend_of(session: Session) -> dict[str, Trend]:
    """Each picture's trend in the number of groups that is shown first; empty without an index."""
    try:
        groups = trends.cut(session)
    except NoIndexError:
        return {}
    found = {}
    for group in groups:
        name = name_of(session, group)
        for member, divergence in zip(group.members, group.distances, strict=True):
            found[member] = Trend(group, name, divergence)
    return found


def name_of(session: Session, group: Cluster) -> str:
    """What a trend is called."""
    return group.name or browse.cluster_name(session, group.id)


def rows(session: Session, ids: Sequence[str], *, paths: bool = False) -> Iterator[dict[str, object]]:
    """A row for each picture, in order.

    Parameters
    ----------
    paths : bool
        Whether the rows tell where the files lie; without it they name the file alone.
    """
    known = trend_of(session)
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        ratings = session.library.ratings.many(part)
        for image in session.library.images.many(part):
            yield _row(image, ratings.get(image.id, Rating()), known.get(image.id), paths)


def _row(image: Image, rating: Rating, trend: Trend | None, paths: bool) -> dict[str, object]:
    row: dict[str, object] = {
        "id": image.id,
        "name": image.name,
        "width": image.width,
        "height": image.height,
        "bytes": image.size,
        "format": image.format,
        "taken": image.taken.at.isoformat(),
        "taken_from": image.taken.source,
        "state": image.state,
        "colour": image.colour,
    }
    for label in ("Camera", "Lens", "Exposure", "Aperture", "ISO", "Focal length"):
        row[label.lower().replace(" ", "_")] = image.facts.get(label, "")
    row |= vars(rating)
    row["trend"] = trend.cluster.id if trend else None
    row["trend_name"] = trend.name if trend else ""
    row["divergence"] = round(trend.divergence, 6) if trend else None
    if paths:
        row["path"] = image.path
        odd = bool(image.paths) and "\ufffd" in image.path
        row["path_base64"] = base64.b64encode(image.paths[0]).decode() if odd else ""
    return row
