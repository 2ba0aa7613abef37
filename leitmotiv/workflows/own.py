"""What is a person's own: ratings and selections, each change of which can be undone; derived things are elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from leitmotiv.errors import ImageNotFoundError, NotFoundError, UsageError
from leitmotiv.records import LABELS, Rating, Selection
from leitmotiv.store.selections import now
from leitmotiv.workflows import selecting
from leitmotiv.workflows.session import Session

LONGEST_NAME = 120


def undo(session: Session) -> str | None:
    """Take the latest change back; its title, or None where there is nothing to undo."""
    return session.library.changes.undo()


def redo(session: Session) -> str | None:
    """Carry out again what was undone last; its title, or None where there is nothing."""
    return session.library.changes.redo()


def ratings(session: Session, ids: Sequence[str]) -> dict[str, Rating]:
    """What is thought of pictures, an empty rating for those of which nothing was said."""
    known = session.library.ratings.many(ids)
    return {image_id: known.get(image_id, Rating()) for image_id in ids}


def rate(
    session: Session,
    ids: Sequence[str],
    *,
    stars: int | None = None,
    favourite: bool | None = None,
    rejected: bool | None = None,
    label: str | None = None,
) -> dict[str, Rating]:
    """Give pictures stars, a heart, a rejection or a label; what is None stays. Returns their ratings after it.

    Raises
    ------
    UsageError
        Nothing to change, stars outside 0 to 5, or a label that there is not.
    ImageNotFoundError
        One of the pictures is not in the library; then none is changed.
    """
    given: dict[str, Any] = {"stars": stars, "favourite": favourite, "rejected": rejected, "label": label}
    changes = {name: value for name, value in given.items() if value is not None}
    if not changes:
        raise UsageError("Nothing to change: give stars, favourite, rejected or label.")
    if stars is not None and not 0 <= stars <= 5:
        raise UsageError(f"stars is {stars}, but must lie between 0 and 5.")
    if label is not None and label not in ("", *LABELS):
        raise UsageError(f"label is {label!r}, but must be {', '.join(LABELS)}, or empty.")
    # Read and written in one transaction: of two changes at one moment, such as 4 and f in a row, both must stay.
    with session.library.transaction():
        there = {image.id for image in session.library.images.many(ids)}
        for image_id in ids:
            if image_id not in there:
                raise ImageNotFoundError(f"No image {image_id} in the library; nothing was changed.")
        after = {image_id: replace(rating, **changes) for image_id, rating in ratings(session, ids).items()}
        title = f"{_said(changes)} for {len(after):,} picture{'' if len(after) == 1 else 's'}"
        session.library.changes.apply(title, session.library.ratings.edits(after))
    return after


def _said(changes: Mapping[str, object]) -> str:
    parts = []
    if (stars := changes.get("stars")) is not None:
        parts.append(f"{stars} star{'' if stars == 1 else 's'}" if stars else "no stars")
    if (favourite := changes.get("favourite")) is not None:
        parts.append("favourite" if favourite else "no favourite")
    if (rejected := changes.get("rejected")) is not None:
        parts.append("rejected" if rejected else "not rejected")
    if (label := changes.get("label")) is not None:
        parts.append(f"label {label}" if label else "no label")
    return ", ".join(parts)


def selections(session: Session) -> list[Selection]:
    """The selections that were kept, by name."""
    return session.library.selections.list()


def keep_selection(
    session: Session,
    name: str,
    *,
    query: str | None = None,
    ids: Sequence[str] | None = None,
    id: int | None = None,
) -> Selection:
    """Keep a selection under a name: a filter that is asked anew each time, or fixed pictures.

    Parameters
    ----------
    id : int, optional
        Of the selection that is changed; a new one is made without it.

    Raises
    ------
    UsageError
        No name or one that is taken, a filter that cannot be read, or both or neither of `query` and `ids`.
    NotFoundError
        There is no selection of this number.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise UsageError(f"A selection needs a name of at most {LONGEST_NAME} characters.")
    if '"' in name:
        raise UsageError("The name of a selection has no quotation marks: filters put it between them.")
    if (query is None) == (ids is None):
        raise UsageError("A selection is either a filter (query) or fixed pictures (ids).")
    if query is not None:
        selecting.check(session, query)
    store = session.library.selections
    with session.library.transaction():
        taken = store.get(name)
        if taken is not None and taken.id != id:
            raise UsageError(f"There is a selection {taken.name!r} already. Choose another name.")
        if id is not None and store.get(id) is None:
            raise NotFoundError(f"There is no selection {id}.")
        number = store.next_id() if id is None else id
        fixed = None if ids is None else tuple(dict.fromkeys(ids))
        kept = Selection(number, name, query, fixed, now())
        session.library.changes.apply(f"selection {name} kept", [store.edit(kept)])
    return kept


def remove_selection(session: Session, id: int) -> None:
    """Remove a selection; its pictures stay.

    Raises
    ------
    NotFoundError
        There is none of this number.
    """
    found = session.library.selections.get(id)
    if found is None:
        raise NotFoundError(f"There is no selection {id}.")
    session.library.changes.apply(f"selection {found.name} removed", [session.library.selections.removal(id)])
