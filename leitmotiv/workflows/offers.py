"""What a library has to begin a search with."""

import numpy as np

from leitmotiv.analysis import views
from leitmotiv.records import Swatch
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.session import Session

OFFERED = 60
"""Pictures that the offered colours are drawn from."""
MOST_COLOURS = 12


def colours(session: Session) -> tuple[Swatch, ...]:
    """Colours that a library has, to begin with: the palette of pictures spread evenly over it."""
    chosen = remember(session, ("offered", session.library.revision("images", "files")), lambda: _chosen(session))
    if not chosen:
        return ()
    return remember(
        session,
        ("palette", tuple(chosen), MOST_COLOURS),
        lambda: views.palette(session.library.mixtures.many(chosen), MOST_COLOURS),
        lane=True,
    )


def _chosen(session: Session) -> list[str]:
    """Pictures spread evenly over the library."""
    ids = session.library.images.ids()
    return [ids[round(at)] for at in np.linspace(0, len(ids) - 1, min(OFFERED, len(ids)))] if ids else []
