"""Ratings that others gave: read by a named reader, matched with their pictures, and kept with a report."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from leitmotiv.analysis.labels import label
from leitmotiv.errors import NotFoundError, RatingsError, UsageError
from leitmotiv.formats import ava, idealo, simulacra, themes, votes, xmp
from leitmotiv.formats.rated import Reading, Troubles
from leitmotiv.imaging.scan import scan
from leitmotiv.records import RatedItem, RatingSet
from leitmotiv.workflows import harmonies, rated_pictures
from leitmotiv.workflows.progress import Report
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.sidecars import names_of

STARS = "stars"
"""The set of a person's own stars; none that is imported is called so."""
FORMATS = ("ava", "sac", "themes", "idealo", "csv", "xmp")
LONGEST_NAME = 60
_READERS: Mapping[str, Callable[[Path], Reading]] = {
    "ava": ava.read,
    "sac": simulacra.read,
    "themes": themes.read,
    "idealo": idealo.read,
}

Left = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Imported:
    """What an import brought, or would bring.

    Attributes
    ----------
    made : RatingSet
    left_out : mapping of str to sequence of (key or where, reason)
        By the trouble: "corrupt" rows, "repeated" keys, items that are "missing" a picture or have "ambiguous" or
        "damaged" ones, "duplicate" pictures (these count, and are only told), and pictures that are "unrated".
    learnt : str
        What else came of it, in a line: themes teach harmony of colours.
    """

    made: RatingSet
    left_out: Mapping[str, Left]
    learnt: str = ""

    def __str__(self) -> str:
        """As people read it."""
        made = self.made
        lines = [f"{made.name}: {made.items:,} rated items, {made.pictures:,} with their picture"]
        if made.votes:
            whose = f" of {made.raters:,} raters" if made.raters else ""
            lines.append(f"  {made.votes:,} single votes{whose}, 1 to {made.scale}")
        for trouble, rows in self.left_out.items():
            if rows:
                some = "; ".join(f"{key}: {why}" for key, why in rows[:3]) + ("; …" if len(rows) > 3 else "")
                lines.append(f"  {len(rows):,} {trouble}: {some}")
        return "\n".join([*lines, *([f"  {self.learnt}"] if self.learnt else [])])


def keep(
    session: Session,
    path: Path,
    form: str,
    *,
    images: Path | None = None,
    name: str | None = None,
    scale: int | None = None,
    dry_run: bool = False,
    report: Report | None = None,
) -> Imported:
    """Import a set of ratings, in the place of an older one with its name; nothing is kept where it fails.

    Parameters
    ----------
    path : Path
        The file, or for AVA and the themes also the folder of the files; for XMP the folder of the photos.
    form : str
        One of `FORMATS`.
    images : Path, optional
        The folder of the pictures; without it they are looked for in the library. Themes are drawn.
    scale : int, optional
        Of a CSV: what the best vote is.
    dry_run : bool
        Whether to read and match only: files are not looked at, and nothing is kept.

    Raises
    ------
    RatingsError
        Nothing can be taken from the file.
    UsageError
        The name cannot be used, there is no such form or folder.
    MissingExtraError
        Pictures of a folder have to be seen, and the weights are not installed or damaged.
    LibraryLockedError
        Another process is writing.
    """
    title = _checked_name(name or _usual_name(path, form))
    if images is not None and not images.is_dir():
        raise UsageError(f"There is no folder {images}.")
    found = _read(path, form, scale)
    items, corrupt = _usable(found)
    if not items:
        raise RatingsError(f"{path} has no rating that can be used. The first: {': '.join(corrupt[0])}.")
    if dry_run:
        matched = rated_pictures.Found() if form == "themes" or images else rated_pictures.in_library(session, items)
        return _imported(title, form, path, found, items, corrupt, matched)
    with session.library.writer("importing ratings"):
        if form == "themes":
            matched = rated_pictures.rendered(session, items, report)
        elif (folder := images or (path if form == "xmp" else None)) is not None:
            matched = rated_pictures.in_folder(session, items, folder, report)
        else:
            matched = rated_pictures.in_library(session, items)
        placed = [replace(item, image_id=matched.ids.get(item.key, "")) for item in items]
        done = _imported(title, form, path, found, placed, corrupt, matched)
        session.library.rating_sets.put(done.made, placed)
        if form == "themes":
            done = replace(done, learnt=harmonies.learn(session, title, placed))
    return done


def all_sets(session: Session) -> list[RatingSet]:
    """The sets that were imported, by name."""
    return session.library.rating_sets.all()


def remove(session: Session, name: str) -> None:
    """Remove an imported set; critics that learnt from it stay.

    Raises
    ------
    NotFoundError
        There is none of this name.
    """
    with session.library.writer("removing ratings"):
        if not session.library.rating_sets.remove(name):
            known = ", ".join(one.name for one in all_sets(session)) or "none yet"
            raise NotFoundError(f"There is no set of ratings {name!r}. There are: {known}.")


def _read(path: Path, form: str, scale: int | None) -> Reading:
    if scale is not None and form != "csv":
        raise UsageError(f"--scale is for csv; {form} has its own scale.")
    if form == "csv":
        return votes.read(path, scale)
    if form == "xmp":
        return _sidecars(path)
    if form not in _READERS:
        raise UsageError(f"There is no format {form!r}. There are: {', '.join(FORMATS)}.")
    return _READERS[form](path)


def _sidecars(folder: Path) -> Reading:
    """The stars of the sidecars beside the pictures of a folder; a rejected one says nothing on this scale."""
    if not folder.is_dir():
        raise RatingsError(f"{folder} is no folder. Name the folder of the photos that the sidecars lie beside.")
    troubles, items = Troubles(), []

    def tell(path: bytes, why: str) -> None:
        troubles.corrupt.append((os.fsdecode(path), why))

    for found in scan([folder], on_error=tell):
        key = os.path.relpath(os.fsdecode(found.path), folder)
        for name in names_of(found.path):
            try:
                said = xmp.read(Path(os.fsdecode(name)).read_bytes())
            except FileNotFoundError:
                continue
            except (OSError, xmp.SidecarError) as error:
                tell(name, str(error))
                continue
            if said.starred and said.rating.stars and not said.rating.rejected:
                items.append(RatedItem(key, votes=(("", float(said.rating.stars)),)))
            break
    return troubles.reading(items, 5, folder)


def _usable(found: Reading) -> tuple[list[RatedItem], list[tuple[str, str]]]:
    """Items of which a histogram can be made; the others with the reason."""
    items, corrupt = [], list(found.corrupt)
    for item in found.items:
        try:
            label(item, found.scale)
        except RatingsError as error:
            corrupt.append((item.key, str(error)))
        else:
            items.append(item)
    return items, corrupt


def _imported(
    name: str,
    form: str,
    path: Path,
    found: Reading,
    items: Sequence[RatedItem],
    corrupt: Left,
    matched: rated_pictures.Found,
) -> Imported:
    left_out: dict[str, Left] = {
        "corrupt": corrupt,
        "repeated": found.repeated,
        "missing": matched.missing,
        "ambiguous": matched.ambiguous,
        "damaged": matched.damaged,
        "duplicate": matched.duplicate,
        "unrated": matched.unrated,
    }
    raters = {rater for item in items for rater, _ in item.votes if rater}
    made = RatingSet(
        name=name,
        format=form,
        source=str(path.absolute()),
        scale=found.scale,
        made=datetime.now(UTC).replace(microsecond=0),
        items=len(items),
        pictures=len(matched.ids),
        votes=sum(len(item.votes) for item in items),
        raters=len(raters),
        report={trouble: len(rows) for trouble, rows in left_out.items()},
    )
    return Imported(made, left_out)


def _usual_name(path: Path, form: str) -> str:
    return form if form in ("ava", "sac", "themes") else (path.absolute().stem or form)[:LONGEST_NAME]


def _checked_name(name: str) -> str:
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST_NAME or plain == STARS or "," in plain:
        raise UsageError(
            f"{name!r} cannot be the name of a set: it has 1 to {LONGEST_NAME} characters, no comma, and is not "
            f"{STARS!r}, which are your own."
        )
    return plain
