"""XMP sidecars beside the photos: read into ratings, and written from them, after a preview, never over the photos."""

import hashlib
import os
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from leitmotiv.errors import UsageError
from leitmotiv.formats import xmp
from leitmotiv.records import CatalogueColumn, Image, Rating
from leitmotiv.workflows.asking import SIDECAR_KEYWORDS as KEYWORDS
from leitmotiv.workflows.places import is_file, outside_photos
from leitmotiv.workflows.progress import Pace, Report
from leitmotiv.workflows.session import Session

Naming = Literal["as found", "full", "stem"]
"""``full`` is img.jpg.xmp (darktable, digiKam), ``stem`` is img.xmp (Adobe); ``as found`` is the one that is there."""
Action = Literal["new", "changed", "same", "failed"]


@dataclass(frozen=True)
class Sidecar:
    """What would happen, or happened, to one sidecar.

    Attributes
    ----------
    path : bytes
    reason : str
        Why it failed.
    before : bytes or None
        What the file holds; None where there is none.
    """

    id: str
    path: bytes
    action: Action
    data: bytes = b""
    reason: str = ""
    before: bytes | None = None

    @property
    def name(self) -> str:
        """The path as text."""
        return self.path.decode("utf-8", "replace")


@dataclass(frozen=True)
class Read:
    """What sidecars said.

    Attributes
    ----------
    changed : mapping of str to Rating
        New ratings by picture.
    failed : tuple of (path as text, reason)
    keywords : mapping of str to tuple of str
        New keywords by picture; none where its sidecars have none any more. A picture without any sidecar keeps its
        own, and so does one of whose sidecars one cannot be read.
    """

    found: int
    changed: Mapping[str, Rating]
    failed: tuple[tuple[str, str], ...]
    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __str__(self) -> str:
        text = f"{self.found:,} sidecars with a rating, {len(self.changed):,} ratings changed"
        pictures = f"{len(self.keywords):,} picture{'' if len(self.keywords) == 1 else 's'}"
        return f"{text}, keywords of {pictures} changed" if self.keywords else text


def names_of(path: bytes) -> tuple[bytes, bytes]:
    """Both names that the sidecar of a file may have, full and stem."""
    return path + b".xmp", os.fsencode(Path(os.fsdecode(path)).with_suffix(".xmp"))


def read(session: Session, ids: Sequence[str], *, dry_run: bool = False, report: Report | None = None) -> Read:
    """Take ratings and keywords over from the sidecars beside pictures; one that says nothing of ratings changes none.

    Keywords become a column of catalogues, `KEYWORDS`, which the filter ``keyword:`` looks at, too. A favourite stays
    one unless a sidecar of leitmotiv's own takes it back: other programs have no word for it.
    """
    before = session.library.ratings.many(ids)
    found = 0
    failed: list[tuple[str, str]] = []
    after: dict[str, Rating] = {}
    words: dict[str, tuple[str, ...]] = {}
    unread: set[str] = set()
    pace = Pace()
    images = session.library.images.many(ids)
    for done, image in enumerate(images):
        if report is not None:
            report(pace.step("Reading sidecars", done, len(images), current=image.name, failures=len(failed)))
        rated = False
        for path in (name for file in image.paths for name in names_of(file) if is_file(name)):
            try:
                said = xmp.read(Path(os.fsdecode(path)).read_bytes())
            except (OSError, xmp.SidecarError) as error:
                failed.append((path.decode("utf-8", "replace"), str(error)))
                unread.add(image.id)
                continue
            words[image.id] = tuple(dict.fromkeys((*words.get(image.id, ()), *said.keywords)))
            if said.rated and not rated:
                rated = True
                found += 1
                old = before.get(image.id, Rating())
                new = _taken_over(old, said)
                if new != old:
                    after[image.id] = new
    place, column = _column(session)
    entries = dict(column.entries)
    told = {one: said for one, said in words.items() if one not in unread and list(said) != (entries.get(one) or [])}
    if (after or told) and not dry_run:
        entries |= {one: list(said) for one, said in told.items()}
        kept = replace(column, at=datetime.now(UTC), entries={one: said for one, said in entries.items() if said})
        edits = session.library.metadata.edits([(place, kept)]) if told else []
        session.library.changes.apply(_title(after, told), [*session.library.ratings.edits(after), *edits])
    return Read(found, after, tuple(failed), told)


def _title(after: Mapping[str, Rating], told: Mapping[str, object]) -> str:
    count = len({*after, *told})
    what = " and ".join(name for name, some in (("ratings", after), ("keywords", told)) if some)
    return f"{what} of {count:,} picture{'' if count == 1 else 's'} from sidecars"


def _column(session: Session) -> tuple[int, CatalogueColumn]:
    """The column of keywords, and its place among those of catalogues."""
    columns = session.library.metadata.all()
    empty = CatalogueColumn(KEYWORDS, "list", "XMP sidecars", datetime.now(UTC), {})
    place = next((at for at, one in enumerate(columns) if one.name == KEYWORDS), len(columns))
    return place, columns[place] if place < len(columns) else empty


def _taken_over(old: Rating, said: xmp.Said) -> Rating:
    """A rating after what a sidecar says of it; what it does not say stays."""
    # a rejected one keeps the stars it had: XMP has one number for both
    stars = said.rating.stars if said.starred and not said.rating.rejected else old.stars
    rejected = said.rating.rejected if said.starred else old.rejected
    label = said.rating.label if said.labelled else old.label
    return Rating(stars, said.rating.favourite or old.favourite, rejected, label)


def plan(
    session: Session,
    ids: Sequence[str],
    *,
    to: Path | None = None,
    naming: Naming = "as found",
    trends: bool = False,
    report: Report | None = None,
) -> list[Sidecar]:
    """What writing sidecars would do; nothing is written.

    Parameters
    ----------
    to : Path, optional
        A folder outside of the photos for all of them; else they lie beside their photos.
    trends : bool
        Whether the name of a picture's trend becomes a keyword.
    """
    from leitmotiv.workflows.rows import trend_of  # what knows trends has kernels: nobody else waits for their import

    root = None if to is None else outside_photos(session, to)
    ratings = session.library.ratings.many(ids)
    known = trend_of(session) if trends else {}
    plans: list[Sidecar] = []
    taken: set[bytes] = set()
    images = session.library.images.many(ids)
    pace = Pace()
    for done, image in enumerate(images):
        if report is not None:
            report(pace.step("Looking at sidecars", done, len(images), current=image.name))
        trend = known.get(image.id)
        keywords = [trend.name] if trend and trend.cluster.size > 1 else []
        if image.id not in ratings and not keywords:
            continue  # of it nothing was said here: what its sidecar says is somebody else's
        for path in _targets(image, root, naming, taken):
            plans.append(_planned(image.id, path, ratings.get(image.id), keywords))
    return plans


def _targets(image: Image, root: Path | None, naming: Naming, taken: set[bytes]) -> list[bytes]:
    """Where the sidecars of a picture belong: one for each of its files that is there, or one below `root`."""
    if root is not None:
        file = Path(os.fsdecode(image.paths[0])).name if image.paths else image.id
        own = names_of(os.fsencode(root / file))[naming == "stem"]
        while own in taken:  # pictures of different folders with one name
            own = own.removesuffix(b".xmp") + b"_.xmp"
        taken.add(own)
        return [own]
    targets = []
    for path in image.paths:
        if is_file(path):
            full, stem = names_of(path)
            found = next((name for name in (full, stem) if is_file(name)), full)
            target = {"as found": found, "full": full, "stem": stem}[naming]
            if target not in taken:
                taken.add(target)
                targets.append(target)
    return targets


def _planned(image_id: str, path: bytes, given: Rating | None, keywords: Sequence[str]) -> Sidecar:
    """What writing does to one file; without a rating of ours, the one that the file has stays."""
    file = Path(os.fsdecode(path))
    try:
        old = file.read_bytes() if file.exists() else None
        rating = given if given is not None else xmp.read(old).rating if old is not None else Rating()
        if old is not None and not keywords and xmp.read(old).rating == _as_kept(rating):
            return Sidecar(image_id, path, "same")
        new = xmp.written(old, rating, keywords, [f"leitmotiv|{word}" for word in keywords])
    except (OSError, xmp.SidecarError) as error:
        return Sidecar(image_id, path, "failed", reason=str(error))
    action: Action = "new" if old is None else "same" if old == new else "changed"
    return Sidecar(image_id, path, action, new, before=old)


def _as_kept(rating: Rating) -> Rating:
    """A rating as XMP can hold it."""
    return Rating(0, rating.favourite, True, rating.label) if rating.rejected else rating


def write(plans: Sequence[Sidecar], report: Report | None = None) -> list[Sidecar]:
    """Write what was planned, each file whole or not at all; what changed since the plan is left alone."""
    pace = Pace()
    done: list[Sidecar] = []
    for number, one in enumerate(plans):
        if report is not None:
            report(pace.step("Writing sidecars", number, len(plans), current=one.name))
        if one.action in ("new", "changed"):
            reason = _put(Path(os.fsdecode(one.path)), one)
            done.append(Sidecar(one.id, one.path, "failed", reason=reason) if reason else one)
        else:
            done.append(one)
    return done


def digest(plans: Sequence[Sidecar]) -> str:
    """A plan in 16 hex digits: the same where the same would be written to the same files."""
    told = hashlib.sha256()
    for one in plans:
        told.update(f"{one.action} {len(one.path)} {len(one.data)} ".encode() + one.path + one.data)
    return told.hexdigest()[:16]


def _put(file: Path, one: Sidecar) -> str:
    part = file.with_name(f".{secrets.token_hex(6)}.xmp.part")
    try:
        if (file.read_bytes() if file.exists() else None) != one.before:
            return "it changed since the preview"
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(one.data)
        if file.exists():
            part.chmod(file.stat().st_mode & 0o777)
        part.replace(file)
    except OSError as error:
        return error.strerror or str(error)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return ""


def as_naming(text: str) -> Naming:
    """A naming by the word that commands and pages use.

    Raises
    ------
    UsageError
    """
    known: dict[str, Naming] = {"as-found": "as found", "full": "full", "stem": "stem"}
    if text not in known:
        raise UsageError(f"naming is {text!r}, but must be as-found, full or stem.")
    return known[text]
