"""Pictures of a board that are one picture, in several formats or sizes: tested on itself, it would seem known."""

from collections.abc import Sequence

import numpy as np

from leitmotiv.analysis.background import unit
from leitmotiv.errors import LeitmotivError
from leitmotiv.imaging import read as reading
from leitmotiv.imaging.square import middle_square
from leitmotiv.records import Float32, Pixels
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.session import Session

ALIKE = 0.9995
"""Cosine of what the backbone makes of two pictures from which they are the same without a look at their pixels."""
LIKELY = 0.9
"""From this one on their pixels are compared: files saved anew in another format have 0.95 and more."""
SIDE = 32
APART = 3.0
"""Root mean square of what the same picture, saved anew, differs by at 32 x 32 pixels at most, in levels of 255."""


def groups(session: Session, ids: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Those of these pictures, of the library or handed in to a board, that are there more than once: groups of ids."""
    known, rows = _features(session, list(dict.fromkeys(ids)))
    if len(known) < 2:
        return ()
    seen = unit(rows)
    cosine = seen @ seen.T
    same = cosine > ALIKE
    small: dict[str, Pixels | None] = {}

    def look(image_id: str) -> Pixels | None:
        if image_id not in small:
            small[image_id] = _small(session, image_id)
        return small[image_id]

    for one, other in np.argwhere(np.triu((cosine > LIKELY) & ~same, 1)).tolist():
        first, second = look(known[one]), look(known[other])
        if first is not None and second is not None:
            apart = float(np.sqrt(np.mean((first.astype(np.float32) - second) ** 2)))
            same[one, other] = same[other, one] = apart < APART
    first_of = list(range(len(known)))
    for one, other in np.argwhere(np.triu(same, 1)).tolist():
        old, new = first_of[other], first_of[one]
        first_of = [new if at == old else at for at in first_of]
    found: dict[int, list[str]] = {}
    for image_id, place in zip(known, first_of, strict=True):
        found.setdefault(place, []).append(image_id)
    return tuple(tuple(some) for some in found.values() if len(some) > 1)


def _features(session: Session, ids: Sequence[str]) -> tuple[list[str], Float32]:
    library = session.library
    key = ("activation rows", library.revision("activations"))  # before what it stands for is read
    names, pooled = library.activations.matrix()
    row_of = remember(session, key, lambda: {image_id: row for row, image_id in enumerate(names)})
    rows = {one: pooled[row_of[one]] for one in ids if one in row_of and row_of[one] < len(pooled)}
    handed = library.boards.pictures([one for one in ids if one not in rows])
    rows |= {one: picture.activation for one, picture in handed.items() if picture.activation is not None}
    return list(rows), np.array(list(rows.values()), np.float32)


def _small(session: Session, image_id: str) -> Pixels | None:
    """The middle square of a picture at a few pixels; None where nothing of it can be seen."""
    handed = session.library.boards.pictures([image_id]).get(image_id)
    try:
        data = handed.data if handed is not None and handed.data else session.library.images.thumbnail(image_id, 256)
        return middle_square(reading.decoded(data), SIDE)
    except (OSError, LeitmotivError):
        return None
