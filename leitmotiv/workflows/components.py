"""The components of all pictures side by side, kept while the library stays as it is, and extended when it grows."""

from collections.abc import Sequence

import numpy as np

from leitmotiv.analysis import patches
from leitmotiv.analysis.patches import Patches
from leitmotiv.workflows.session import Session

PART = 2000
"""Pictures whose exact mixtures are read at a time."""
_KEY = ("patches",)


def side_by_side(session: Session, ids: Sequence[str]) -> Patches:
    """The components of pictures, in the order of `ids`; only those that are new are read from the library.

    About 3 kB a picture; one such table is kept, that of the last pictures asked for.
    """
    wanted = tuple(ids)
    with session.lane:
        known: tuple[str, ...]
        table: Patches | None
        known, table = session.memory.get("patches", {}).get(_KEY, ((), None))
        if table is not None and known == wanted:
            return table
        made = _extended(session, known, table, wanted)
        with session.guard:
            session.memory["patches"] = {_KEY: (wanted, made)}
        return made


def _extended(session: Session, known: Sequence[str], table: Patches | None, wanted: Sequence[str]) -> Patches:
    row_of = {image_id: row for row, image_id in enumerate(known)}
    new = [image_id for image_id in wanted if image_id not in row_of]
    row_of |= {image_id: len(known) + at for at, image_id in enumerate(new)}
    added = patches.gather_in_parts(session.library.mixtures.many, new, PART)
    whole = added if table is None else patches.joined([table, added])
    rows = np.array([row_of[image_id] for image_id in wanted], np.int64)
    in_order = len(rows) == len(whole) and bool((rows == np.arange(len(rows))).all())
    return whole if in_order else patches.chosen(whole, rows)
