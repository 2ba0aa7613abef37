"""The pixels of rated pictures, for a critic whose network is trained: of the library, of a folder, or drawn anew."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from leitmotiv.errors import CriticError, ImageNotFoundError, ImageReadError, UsageError
from leitmotiv.imaging import read as reading
from leitmotiv.imaging.bars import bars
from leitmotiv.imaging.scan import scan
from leitmotiv.imaging.square import SHORT, network_input
from leitmotiv.records import Pixels
from leitmotiv.workflows import activations, rated_pictures
from leitmotiv.workflows.progress import Pace, Report
from leitmotiv.workflows.session import Session

SIDE = SHORT
"""Pixels a side of what is kept of each: its middle square, of which 224 are seen."""
PHASE = "Reading rated pictures"
_AT_ONCE = 32
Source = Callable[[], Pixels]


def sources(session: Session, ids: Sequence[str], sets: Sequence[str], images: Path | None) -> Mapping[str, Source]:
    """How to read each rated picture that can be: from the library, a folder of files, or the colours of a theme.

    Parameters
    ----------
    ids : sequence of str
        Different ones.
    images : Path, optional
        A folder; its files are known by their hashes.

    Raises
    ------
    UsageError
        There is no such folder.
    """
    found: dict[str, Source] = {}
    for image in session.library.images.many(ids):
        found[image.id] = partial(activations.shown, session, image, SIDE)
    wanted = set(ids)
    for name in sets:
        for item in session.library.rating_sets.items(name):
            if item.image_id in wanted - found.keys() and "colours" in item.facts:
                colours = np.array(item.facts["colours"])
                found[item.image_id] = partial(bars, colours, SIDE, SIDE)
    if images is not None:
        if not images.is_dir():
            raise UsageError(f"There is no folder {images}.")
        for path, digest in _digests(session, images):
            if digest in wanted - found.keys():
                found[digest] = partial(_of_file, session, path)
    return found


def fill(session: Session, read: Sequence[Source], report: Report | None) -> Callable[[Pixels], None]:
    """What writes all pictures into an array (N, 256, 256, 3), several threads reading.

    Raises
    ------
    CriticError
        From what it returns: a picture cannot be read, though it could before.
    """

    def one(source: Source) -> Pixels | str:
        try:
            return source()
        except (ImageReadError, ImageNotFoundError) as error:
            return str(error)

    def write(target: Pixels) -> None:
        pace, row = Pace(), 0
        with ThreadPoolExecutor(session.settings.cores, "reading") as pool:
            while row < len(read):
                for found in pool.map(one, read[row : row + _AT_ONCE]):
                    if isinstance(found, str):
                        raise CriticError(f"{found} Import the ratings again, or take its file away from the folder.")
                    target[row] = found
                    row += 1
                if report is not None:
                    report(pace.step(PHASE, row, len(read)))

    return write


def _of_file(session: Session, path: bytes) -> Pixels:
    megapixels = session.settings.max_megapixels
    pixels = reading.read_pixels(path, max_size=rated_pictures.READ, max_megapixels=megapixels)
    return network_input(pixels, side=SIDE)


def _digests(session: Session, folder: Path) -> Iterator[tuple[bytes, str]]:
    def digest(path: bytes) -> str:
        try:
            with open(path, "rb") as file:  # noqa: PTH123 - a path of bytes
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            return ""

    paths = [one.path for one in scan([folder], on_error=lambda _path, _why: None)]
    with ThreadPoolExecutor(session.settings.cores, "reading") as pool:
        yield from zip(paths, pool.map(digest, paths), strict=True)
