"""The pictures that ratings are about: found by what a set calls them, and seen once by the backbone."""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np

from leitmotiv.errors import ImageReadError
from leitmotiv.imaging import read as reading
from leitmotiv.imaging.bars import bars
from leitmotiv.imaging.scan import scan
from leitmotiv.imaging.square import network_input
from leitmotiv.records import Pixels, RatedItem
from leitmotiv.workflows.progress import Pace, Report
from leitmotiv.workflows.session import Session

AT_ONCE = 16
READ = 512
"""Longest side at which a file is read, pixels."""
PHASE = "Looking at rated pictures"


@dataclass
class Found:
    """Which picture each item is about, and what is wrong with the others.

    Attributes
    ----------
    ids : dict
        Picture by key: the SHA-256 of the file, or of what was rendered.
    missing, ambiguous, damaged, duplicate, unrated : list of (key or path, reason)
        Items without a picture; with several; with one that cannot be read; with the file of an item before them; and
        pictures that no item is about.
    """

    ids: dict[str, str] = field(default_factory=dict)
    missing: list[tuple[str, str]] = field(default_factory=list)
    ambiguous: list[tuple[str, str]] = field(default_factory=list)
    damaged: list[tuple[str, str]] = field(default_factory=list)
    duplicate: list[tuple[str, str]] = field(default_factory=list)
    unrated: list[tuple[str, str]] = field(default_factory=list)

    def note_duplicates(self) -> None:
        """Note items whose picture an item before them has, too."""
        first: dict[str, str] = {}
        for key, image_id in self.ids.items():
            if first.setdefault(image_id, key) != key:
                self.duplicate.append((key, f"it is the same picture as {first[image_id]}"))


class Names:
    """Paths by what a set may call them: a path or the end of one, a file's name, or its name without suffix.

    Parameters
    ----------
    root : Path, optional
        What paths of a set may begin at: the file there is meant before others that end alike.
    """

    def __init__(self, paths: Iterable[bytes], root: Path | None = None) -> None:
        self._root = "" if root is None else f"{root}/".replace("\\", "/").casefold()
        self._by_name: dict[str, dict[str, bytes]] = {}
        for path in paths:
            text = os.fsdecode(path).replace("\\", "/").casefold()
            name = text.rpartition("/")[2]
            for called in {name, name.rpartition(".")[0] or name}:
                self._by_name.setdefault(called, {})[text] = path

    def find(self, key: str) -> list[bytes]:
        """The files that a key may mean; a path means as much of it as there is."""
        plain = key.strip().replace("\\", "/").casefold()
        rest, _, name = plain.rpartition("/")
        wanted = f"/{plain.lstrip('./')}"
        called = self._by_name.get(name, {}) if name else {}
        if self._root and (exact := called.get(f"{self._root}{plain}")) is not None:
            return [exact]
        return [
            path
            for text, path in called.items()
            if not rest or text.endswith(wanted) or text.rpartition(".")[0].endswith(wanted)
        ]


def in_library(session: Session, items: Sequence[RatedItem]) -> Found:
    """Find the pictures of items among those of the library."""
    owners = {
        path: image.id
        for image in session.library.images.many(session.library.images.ids(all=True))
        for path in image.paths
    }
    found, names = Found(), Names(owners)
    for item in items:
        there = sorted({owners[path] for path in names.find(item.key)})
        if len(there) == 1:
            found.ids[item.key] = there[0]
        elif there:
            found.ambiguous.append((item.key, f"{len(there)} pictures of the library are called so"))
        else:
            found.missing.append((item.key, "the library has no such picture"))
    found.note_duplicates()
    return found


def in_folder(session: Session, items: Sequence[RatedItem], folder: Path, report: Report | None = None) -> Found:
    """Find the pictures of items among the files of a folder, and have the backbone see those that it has not seen.

    What is seen is kept batch by batch: interrupted, the next import goes on from there.

    Raises
    ------
    MissingExtraError
        The weights are not installed, or damaged; nothing was begun.
    """
    session.backbone()
    found = Found()
    paths = [
        one.path for one in scan([folder], on_error=lambda path, why: found.damaged.append((os.fsdecode(path), why)))
    ]
    names, wanted, used = Names(paths, folder), dict[str, bytes](), set[bytes]()
    for item in items:
        there = names.find(item.key)
        used.update(there)
        if len(there) == 1:
            wanted[item.key] = there[0]
        elif there:
            found.ambiguous.append((item.key, f"{len(there)} files are called so"))
        else:
            found.missing.append((item.key, f"no file in {folder} is called so"))
    found.unrated += [(os.fsdecode(path), "no item is about it") for path in paths if path not in used]
    _see_files(session, wanted, found, report)
    found.note_duplicates()
    return found


def _see_files(session: Session, wanted: Mapping[str, bytes], found: Found, report: Report | None) -> None:
    library, pace = session.library, Pace()
    known = set(library.activations.matrix()[0])
    for done, batch in _hashed(session, list(wanted.items())):
        digests = [digest for _, _, digest in batch if isinstance(digest, str)]
        held = known | library.rating_sets.seen(digests)
        new: dict[str, Pixels] = {}
        for key, path, digest in batch:
            try:
                if isinstance(digest, ImageReadError):
                    raise digest
                if digest not in held and digest not in new:
                    new[digest] = network_input(
                        reading.read_pixels(path, max_size=READ, max_megapixels=session.settings.max_megapixels)
                    )
                found.ids[key] = digest
            except ImageReadError as error:
                found.damaged.append((key, error.reason))
        see(session, new)
        if report is not None:
            report(pace.step(PHASE, done, len(wanted), failures=len(found.damaged)))


def _hashed(
    session: Session, wanted: Sequence[tuple[str, bytes]]
) -> Iterator[tuple[int, list[tuple[str, bytes, str | ImageReadError]]]]:
    """Batches of (key, path, SHA-256 or why there is none), with how many are done after each."""

    def digest(path: bytes) -> str | ImageReadError:
        try:
            with open(path, "rb") as file:  # noqa: PTH123 - a path of bytes
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            return ImageReadError(os.fsdecode(path), error.strerror or str(error))

    with ThreadPoolExecutor(session.settings.cores, "reading") as pool:
        rows = iter(wanted)
        done = 0
        while batch := list(islice(rows, AT_ONCE)):
            done += len(batch)
            digests = pool.map(digest, [path for _, path in batch])
            yield done, [(key, path, one) for (key, path), one in zip(batch, digests, strict=True)]


def rendered(session: Session, items: Sequence[RatedItem], report: Report | None = None) -> Found:
    """Draw the themes of items as five bars, and have the backbone see them.

    Raises
    ------
    MissingExtraError
    """
    session.backbone()
    found, pace = Found(), Pace()
    for start in range(0, len(items), AT_ONCE):
        batch = items[start : start + AT_ONCE]
        new: dict[str, Pixels] = {}
        for item in batch:
            pixels = bars(np.array(item.facts["colours"]))
            digest = hashlib.sha256(b"bars\n" + pixels.tobytes()).hexdigest()
            new[digest] = pixels
            found.ids[item.key] = digest
        held = session.library.rating_sets.seen(list(new))
        see(session, {digest: pixels for digest, pixels in new.items() if digest not in held})
        if report is not None:
            report(pace.step(PHASE, min(start + AT_ONCE, len(items)), len(items)))
    found.note_duplicates()
    return found


def see(session: Session, pictures: Mapping[str, Pixels]) -> None:
    """Have the backbone see what it is shown of some pictures, (224, 224, 3) uint8 each, and keep it by their ids."""
    if pictures:
        pooled = session.backbone().features(np.stack(list(pictures.values()))).pooled
        session.library.rating_sets.put_seen(list(pictures), pooled)
