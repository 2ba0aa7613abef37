"""Everything that leaves a library as files: tables, sheets, arrays, a site; each is made whole, then written.

Places where pictures were taken, and paths of this machine, stay at home unless they are asked for.
"""

import platform
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

import leitmotiv
from leitmotiv.analysis import tree
from leitmotiv.analysis.graph import ends, listed
from leitmotiv.errors import NoIndexError, UsageError
from leitmotiv.formats import columns, site, tables
from leitmotiv.formats.columns import Study
from leitmotiv.records import Cluster
from leitmotiv.workflows import portraits, sheets, trends
from leitmotiv.workflows.measuring import compared, look
from leitmotiv.workflows.neighbours import recalled, stored_neighbours
from leitmotiv.workflows.progress import Pace, Report
from leitmotiv.workflows.rows import NAMES, PATHS, name_of, rows, trend_of
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.vectors import stored_vectors

Kind = Literal["csv", "jsonl", "paths", "png", "svg", "npz", "parquet", "site"]
DENSE = 5_000
"""Most pictures of which a square matrix is exported; beyond, pairs."""
KEPT_SETTINGS = frozenset(
    {
        *("colour_space", "working_size", "blur", "samples", "components", "alpha", "seed"),
        *("points", "smoothing", "spaces", "correction", "limit"),
    }
)
"""Settings that numbers depend on; the others tell of this machine and stay at home."""
CUTS = 9
"""How many numbers of groups the slider of a site has."""
MOST_OF_SITE = 20_000


def table(
    session: Session, ids: Sequence[str], kind: Literal["csv", "jsonl"], *, paths: bool = False
) -> Iterator[bytes]:
    """A table with a row for each picture, piece by piece."""
    found = rows(session, ids, paths=paths)
    if kind == "csv":
        return tables.csv_lines(found, (*NAMES, *PATHS) if paths else NAMES)
    return tables.json_lines(found)


def path_list(session: Session, ids: Sequence[str], *, null: bool = False) -> Iterator[bytes]:
    """The first path of each picture, byte for byte."""
    images = session.library.images.many(ids)
    return tables.path_lines((image.paths[0] for image in images if image.paths), null=null)


def sheet(
    session: Session,
    ids: Sequence[str],
    kind: Literal["png", "svg"],
    *,
    by_trend: bool = True,
    captions: bool = True,
    dark: bool = True,
    width: int = 2000,
    row: int = 200,
    report: Report | None = None,
) -> list[bytes]:
    """A contact sheet, page by page, its pictures by trend or in their order."""
    pages = sheets.lay_out(_sheet_groups(session, ids, by_trend), width=width, row=row, captions=captions, dark=dark)
    pace, files = Pace(), []
    total, before = sum(len(page.pictures) for page in pages), 0
    for page in pages:

        def progress(done: int, _: int, so_far: int = before) -> None:
            if report is not None:
                report(pace.step("Painting the sheet", so_far + done, total))

        files.append(sheets.paint(session, page, kind, progress))
        before += len(page.pictures)
    return files


def _sheet_groups(session: Session, ids: Sequence[str], by_trend: bool) -> list[sheets.Group]:
    images = session.library.images.many(ids)
    known = trend_of(session) if by_trend else {}
    if not known:
        return [sheets.Group("", "", tuple(images))]
    parts: dict[int, list[Any]] = {}
    for image in images:
        trend = known.get(image.id)
        node = -1 if trend is None or trend.cluster.size == 1 else trend.cluster.id
        parts.setdefault(node, []).append(image)
    names = {trend.cluster.id: trend.name for trend in known.values()}
    order = sorted(parts, key=lambda node: (node < 0, -len(parts[node]), node))
    return [
        sheets.Group(
            names.get(node, "") if node >= 0 else "In no trend",
            f"{len(parts[node]):,}",
            tuple(sorted(parts[node], key=lambda image: known[image.id].divergence if image.id in known else 9.0)),
        )
        for node in order
    ]


def study(session: Session, ids: Sequence[str], *, paths: bool = False) -> Study:
    """What researchers take along: mixtures, divergences, vectors, facts, and what all of it depends on."""
    ids = tuple(ids)
    facts: dict[str, list[Any]] = {name: [] for name in ((*NAMES, *PATHS) if paths else NAMES) if name != "id"}
    for row in rows(session, ids, paths=paths):
        for name in facts:
            facts[name].append(_plain(row[name], name))
    matrix, pairs = _divergences(session, ids)
    vectors = stored_vectors(session.library, session.settings)
    held = {image_id: row for row, image_id in enumerate(vectors.ids)} if vectors is not None else {}
    whole = vectors is not None and all(image_id in held for image_id in ids)
    chosen = vectors.coordinates[[held[image_id] for image_id in ids]] if whole and vectors is not None else None
    return Study(ids, facts, tuple(session.library.mixtures.many(ids)), matrix, pairs, chosen, _origin(session))


def _plain(value: object, name: str) -> object:
    if value is None:
        return -1 if name == "trend" else float("nan")
    return value


def _divergences(
    session: Session, ids: tuple[str, ...]
) -> tuple[NDArray[np.float32] | None, tuple[NDArray[np.int64], NDArray[np.float32]] | None]:
    """The square matrix where all pairs were compared, else the pairs that were."""
    row_of = {image_id: row for row, image_id in enumerate(ids)}
    stored = compared(session)
    if stored is not None and len(ids) <= DENSE:
        matrix = np.full((len(ids), len(ids)), np.nan, np.float32)
        np.fill_diagonal(matrix, 0)
        there = [(row_of[image_id], row) for row, image_id in enumerate(stored.ids) if image_id in row_of]
        if there:
            ours, theirs = np.array(there).T
            matrix[np.ix_(ours, ours)] = stored["values"][np.ix_(theirs, theirs)]
        return matrix, None
    if stored_neighbours(session.library, session.settings) is None:
        return None, None
    known, _ = recalled(session.library, session.settings, tuple(sorted(session.library.images.ids())))
    found = listed(known.lists, known.values).joined(known.others)
    both = ends(found.keys, found.size)
    place = np.array([row_of.get(image_id, -1) for image_id in known.ids], np.int64)[both]
    kept = (place >= 0).all(axis=1) & np.isfinite(found.values)
    return None, (place[kept], found.values[kept])


def _origin(session: Session) -> dict[str, Any]:
    settings = {name: value for name, value in asdict(session.settings).items() if name in KEPT_SETTINGS}
    return {
        "leitmotiv": leitmotiv.__version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "settings": settings,
        "measure": asdict(look(session.settings)),
        "units": {"divergence": "nats", "taken": "ISO 8601, by the camera's clock", "means": "scaled space"},
    }


def arrays(
    session: Session, ids: Sequence[str], kind: Literal["npz", "parquet"], *, paths: bool = False
) -> dict[str, bytes]:
    """Arrays as files by name.

    Raises
    ------
    MissingExtraError
        Parquet without pyarrow.
    """
    made = study(session, ids, paths=paths)
    return {"leitmotiv.npz": columns.npz(made)} if kind == "npz" else columns.parquet(made)


def static_site(
    session: Session, ids: Sequence[str], *, title: str = "", names: bool = False, report: Report | None = None
) -> bytes:
    """The trends of some pictures as a site in a zip.

    Parameters
    ----------
    names : bool
        Whether file names are told; without it pictures are numbered.

    Raises
    ------
    NoIndexError
        There are no trends yet.
    UsageError
        More than `MOST_OF_SITE` pictures.
    """
    if len(ids) > MOST_OF_SITE:
        raise UsageError(f"A site takes at most {MOST_OF_SITE:,} pictures, and these are {len(ids):,}. Choose fewer.")
    everything = trends.stored(session)
    images = session.library.images.many(ids)
    row_of = {image.id: row for row, image in enumerate(images)}
    ratings = session.library.ratings.many(ids)
    digits = len(str(len(images)))
    pictures = [
        site.SitePicture(
            image.id,
            image.name if names else f"Picture {row:0{digits}}",
            image.taken.at.date().isoformat(),
            min(3.0, max(0.45, image.width / max(1, image.height))),
            image.colour,
            ratings[image.id].stars if image.id in ratings else 0,
        )
        for row, image in enumerate(images, 1)
    ]
    counts = _some(tree.counts(everything), everything.default_count)
    pace = Pace()
    cuts = {}
    for done, count in enumerate(counts):
        if report is not None:
            report(pace.step("Drawing the trends", done, len(counts)))
        cuts[count] = [group for one in trends.cut(session, count) if (group := _site_group(session, one, row_of))]

    def progress(done: int, total: int) -> None:
        if report is not None:
            report(pace.step("Writing pictures", done, total))

    shown = min(counts, key=lambda count: abs(count - everything.default_count))
    thumbnail = session.library.images.thumbnail
    return site.written(title or "Trends", pictures, cuts, shown, thumbnail, progress)


def _site_group(session: Session, group: Cluster, row_of: dict[str, int]) -> site.SiteGroup | None:
    members = [row_of[member] for member in group.members if member in row_of]
    if not members:
        return None
    if len(members) == 1:
        return site.SiteGroup("", members, (), 1.0)
    swatches = portraits.palette(session, group.members)
    palette = [(swatch.colour, swatch.share) for swatch in swatches]
    return site.SiteGroup(name_of(session, group), members, palette, group.coherence)


def _some(counts: Sequence[int], default: int) -> list[int]:
    """Some numbers of groups, evenly apart by ratio, the one that is shown first among them."""
    if not counts:
        raise NoIndexError("There are no trends yet. Run `leitmotiv build-index`.")
    low, high = max(1, default // 4), min(counts[-1], default * 4)
    wanted = np.geomspace(max(low, 1), max(high, 1), CUTS)
    chosen = {min(counts, key=lambda count: abs(count - want)) for want in wanted}
    return sorted(chosen | {min(counts, key=lambda count: abs(count - default))})
