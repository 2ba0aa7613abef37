"""Sheets of small pictures for the map: made from thumbnails when they are asked for, kept in the library, never stale.

A sheet is named by the pictures on it, in their order, so that one stays as long as its rows of the map do.
"""

import hashlib
from collections.abc import Sequence
from contextlib import suppress

from leitmotiv.errors import DiskFullError, ImageNotFoundError, PermissionDeniedError, UsageError
from leitmotiv.imaging import sprites
from leitmotiv.store.library import Library
from leitmotiv.workflows import small
from leitmotiv.workflows.map_page import map_page
from leitmotiv.workflows.progress import Recorder
from leitmotiv.workflows.session import Session

LEVELS = {sprites.LARGE: sprites.EACH, sprites.SMALL: sprites.EACH * sprites.JOINED}
"""Pixels of a cell to pictures of a sheet."""
READ = 256
"""Size of the thumbnails that sheets are made from."""


def map_sheet(session: Session, level: int, number: int) -> bytes:
    """A sheet of the map, as JPEG.

    Parameters
    ----------
    level : int
        Pixels of a cell: one of `LEVELS`.

    Raises
    ------
    UsageError
        The map has no such sheet.
    NoMapError
    """
    ids = map_page(session).ids
    if level not in LEVELS or not 0 <= number * LEVELS[level] < max(1, len(ids)):
        raise UsageError(f"The map has no sheet {number} with cells of {level} pixels.")
    return _sheet(session.library, ids, level, number)


def sheet_name(ids: Sequence[str], level: int, number: int) -> str:
    """The name of a sheet, which tells what is on it."""
    part = ids[number * LEVELS[level] : (number + 1) * LEVELS[level]]
    return f"{level}-{hashlib.sha256('|'.join(part).encode()).hexdigest()[:16]}"


def keep_sprites(library: Library, ids: Sequence[str], step: Recorder) -> None:
    """Make all sheets of a map that are not there, and remove those of earlier maps."""
    names = set()
    lacking = []
    for level in sorted(LEVELS, reverse=True):  # the small ones are made from the large ones
        for number in range(-(-len(ids) // LEVELS[level])):
            name = sheet_name(ids, level, number)
            names.add(name)
            if library.sprites.get(name) is None:
                lacking.append((level, number))
    library.sprites.keep(names)
    for done, (level, number) in enumerate(lacking):
        step("Drawing the map's pictures", done, len(lacking))
        _sheet(library, ids, level, number)


def _sheet(library: Library, ids: Sequence[str], level: int, number: int) -> bytes:
    name = sheet_name(ids, level, number)
    data = library.sprites.get(name)
    if data is None:
        if level == sprites.LARGE:
            part = ids[number * sprites.EACH : (number + 1) * sprites.EACH]
            data = sprites.sheet([_thumbnail(library, image) for image in part])
        else:
            last = -(-len(ids) // sprites.EACH)
            larger = range(number * sprites.JOINED, min(last, (number + 1) * sprites.JOINED))
            data = sprites.joined([_sheet(library, ids, sprites.LARGE, other) for other in larger])
        with suppress(DiskFullError, PermissionDeniedError):  # it is made again when it is asked for again
            library.sprites.put(name, data)
    return data


def _thumbnail(library: Library, image_id: str) -> bytes | None:
    try:
        return small.thumbnail(library, image_id, READ) if image_id else None
    except ImageNotFoundError:
        return None
