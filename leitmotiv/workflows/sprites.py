"""Sheets of small pictures for the map: made from thumbnails when they are asked for, kept in the library, never stale.

A sheet is named by the pictures on it, in their order, so that one stays as long as its rows of the map do. With the
map the sheets are made whose pictures have thumbnails; pictures that have none are drawn from their mixtures, which
takes longer, and only once somebody looks at them.
"""

import hashlib
from collections.abc import Sequence
from contextlib import suppress

from leitmotiv.errors import DiskFullError, ImageNotFoundError, PermissionDeniedError, UsageError
from leitmotiv.imaging import sprites
from leitmotiv.records import Pixels
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
    """Make all sheets of a map that are not there and have thumbnails, and remove those of earlier maps."""
    names = set()
    lacking = []
    for level in sorted(LEVELS, reverse=True):  # the small ones are made from the large ones
        for number in range(-(-len(ids) // LEVELS[level])):
            name = sheet_name(ids, level, number)
            names.add(name)
            if library.sprites.get(name) is None and _is_kept(library, ids, level, number):
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
            data = sprites.sheet([_picture(library, image, level) for image in _on(ids, level, number)])
        else:
            last = -(-len(ids) // sprites.EACH)
            larger = range(number * sprites.JOINED, min(last, (number + 1) * sprites.JOINED))
            data = sprites.joined([_joint(library, ids, other) for other in larger])
        with suppress(DiskFullError, PermissionDeniedError):  # it is made again when it is asked for again
            library.sprites.put(name, data)
    return data


def _joint(library: Library, ids: Sequence[str], number: int) -> bytes:
    """A part of a sheet with small cells: one with large ones, or where that would have to be drawn, drawn as small."""
    if _is_kept(library, ids, sprites.LARGE, number):
        return _sheet(library, ids, sprites.LARGE, number)
    if (kept := library.sprites.get(sheet_name(ids, sprites.LARGE, number))) is not None:
        return kept
    drawn = [_picture(library, image, sprites.SMALL) for image in _on(ids, sprites.LARGE, number)]
    return sprites.sheet(drawn, sprites.SMALL)


def _on(ids: Sequence[str], level: int, number: int) -> Sequence[str]:
    """The pictures of a sheet; "" for a cell that stays empty."""
    return ids[number * LEVELS[level] : (number + 1) * LEVELS[level]]


def _is_kept(library: Library, ids: Sequence[str], level: int, number: int) -> bool:
    """Whether any picture of a sheet has a thumbnail, or all are gone and there is nothing to draw."""
    there = [image for image in _on(ids, level, number) if image]
    return not there or library.images.has_thumbnail(there)


def _picture(library: Library, image_id: str, side: int) -> bytes | Pixels | None:
    try:
        if not image_id:
            return None
        try:
            return library.images.thumbnail(image_id, READ)
        except ImageNotFoundError:
            return small.drawn(library.mixtures.get(image_id), side)
    except ImageNotFoundError:
        return None
