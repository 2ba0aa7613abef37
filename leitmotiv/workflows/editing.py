"""Trends changed by hand: names, joining, taking apart, pinning, excluding; every change can be undone.

Each verb writes one statement about pictures; `handwork` applies them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from leitmotiv.analysis import overlaps
from leitmotiv.analysis.splitting import branches
from leitmotiv.errors import ImageNotFoundError, UsageError
from leitmotiv.records import Cluster, TrendEdit, TrendEditKind
from leitmotiv.workflows import portraits, trends
from leitmotiv.workflows.estimates import bounded_distances
from leitmotiv.workflows.handwork import nearest_part
from leitmotiv.workflows.own import LONGEST_NAME
from leitmotiv.workflows.session import Session

ANCHOR = 100
"""Central pictures by which a trend is found again that a picture was put into or kept out of."""
MOST_PARTS = 12
NAMED_AT_ONCE, NAMED_APART = 64, 4096
"""Largest trends of a cut that are told apart by their names: first so many, at most so many, wherever they are."""


@dataclass(frozen=True)
class Statement:
    """Something that a person said, and whether it holds.

    Attributes
    ----------
    text : str
        In plain words.
    orphaned : bool
        Whether no trend is there any more that it could be about.
    """

    edit: TrendEdit
    text: str
    orphaned: bool


def rename(session: Session, cluster_id: int, name: str, count: int | None = None) -> str:
    """Call a trend by a name; with an empty one it is called by its colours again. Returns what it is called now.

    Raises
    ------
    UsageError
        There is no such trend, or the name is too long.
    """
    name = " ".join(name.split())
    if len(name) > LONGEST_NAME:
        raise UsageError(f"A name has at most {LONGEST_NAME} characters; this one has {len(name)}.")
    group = trends.group(session, cluster_id, count)
    library = session.library
    with library.transaction():
        row_of = {image_id: row for row, image_id in enumerate(group.members)}
        edits = []
        for edit in trends.said(session)[1]:
            if edit.kind != "name":
                continue
            common = sum(image_id in row_of for image_id in edit.parts[0])
            if float(overlaps.jaccard(np.array(common), group.size, len(edit.parts[0]))) >= overlaps.SAME:
                edits.append(library.trend_edits.removal(edit.id))
        if name:
            made = TrendEdit(library.trend_edits.next_id(), "name", _now(), name=name, parts=(group.members,))
            edits.append(library.trend_edits.edit(made))
        title = f"a trend is called “{name}”" if name else f"the name “{group.name}” taken away"
        library.changes.apply(title, edits)
    return name or called(session, trends.group(session, cluster_id, count), count)


def merge(session: Session, cluster_ids: Sequence[int], count: int | None = None) -> Cluster:
    """Join trends into one; returns it.

    Raises
    ------
    UsageError
        Fewer than two, or one that there is not.
    """
    if len(set(cluster_ids)) < 2:
        raise UsageError("Joining takes two trends or more.")
    groups = [trends.group(session, cluster_id, count) for cluster_id in dict.fromkeys(cluster_ids)]
    names = [f"“{called(session, group, count)}”" for group in groups]
    said = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) < 4 else f"{len(names)} trends"
    _say(session, f"{said} joined", "join", parts=tuple(group.members for group in groups))
    return _with(session, groups[0].exemplar, count)


def split(
    session: Session,
    cluster_id: int,
    count: int | None = None,
    *,
    parts: int = 2,
    pictures: Sequence[str] = (),
) -> list[Cluster]:
    """Take a trend apart, along the tree or by picked pictures, which become a trend of their own; returns the parts.

    Raises
    ------
    UsageError
        There is no such trend, or it has too few pictures for so many parts.
    ImageNotFoundError
        A picked picture is not in it.
    """
    group = trends.group(session, cluster_id, count)
    name = called(session, group, count)
    if pictures:
        chosen = tuple(dict.fromkeys(_known(session, pictures)))
        if not set(chosen) <= set(group.members):
            raise ImageNotFoundError(f"Not all of these pictures are in “{name}”; nothing was changed.")
        if len(chosen) == group.size:
            raise UsageError(f"These are all pictures of “{name}”: it is a trend of its own already.")
        _say(session, f"{_pictures(len(chosen))} taken out of “{name}”", "own", parts=(chosen,))
        return [_with(session, chosen[0], count)]
    if not 2 <= parts <= min(MOST_PARTS, group.size):
        raise UsageError(
            f"“{name}” has {_pictures(group.size)}; it can be taken apart into 2 to {min(MOST_PARTS, group.size)} "
            f"trends, not {parts}."
        )
    sets = _branches(session, group, parts)
    _say(session, f"“{name}” taken apart into {len(sets)}", "part", parts=sets)
    return [_with(session, part[0], count) for part in sets]


def _branches(session: Session, group: Cluster, parts: int) -> tuple[tuple[str, ...], ...]:
    clusters = trends.stored(session)
    row_of = {image_id: row for row, image_id in enumerate(clusters.ids)}
    rows = np.array([row_of[image_id] for image_id in group.members], np.int64)
    found, rest = branches(clusters, np.sort(rows), parts)
    if len(found) < 2:
        raise UsageError(
            f"The tree has no branches below these {_pictures(group.size)}. Pick the pictures that shall be a trend of "
            "their own."
        )
    if len(rest):
        place = nearest_part(rest, found, bounded_distances(session, clusters))
        found = [np.concatenate([part, rest[place == at]]) for at, part in enumerate(found)]
    return tuple(tuple(clusters.ids[row] for row in part.tolist()) for part in found)


def pin(session: Session, ids: Sequence[str], cluster_id: int, count: int | None = None) -> Cluster:
    """Put pictures into a trend, where they stay whatever the index finds; returns the trend.

    Raises
    ------
    UsageError
        There is no such trend, or no picture.
    ImageNotFoundError
        A picture is not in the library.
    NoIndexError
        A picture came after the index.
    """
    chosen = _known(session, ids)
    group = trends.group(session, cluster_id, count)
    name = called(session, group, count)
    there = set(group.members)
    verb = "pinned to" if there.issuperset(chosen) else "moved to"
    _say(session, f"{_pictures(len(chosen))} {verb} “{name}”", "pin", ids=chosen, parts=(_anchor(group, chosen),))
    return _with(session, chosen[0], count)


def exclude(
    session: Session, ids: Sequence[str], cluster_id: int | None = None, count: int | None = None
) -> tuple[str, ...]:
    """Take pictures out of a trend, so that they stand alone, or without `cluster_id` out of all trends.

    Raises
    ------
    UsageError
        There is no such trend, no picture, or no other picture would be left in it.
    ImageNotFoundError
        A picture is not in the library, or not in that trend.
    """
    chosen = _known(session, ids)
    if cluster_id is None:
        _say(session, f"{_pictures(len(chosen))} left out of all trends", "leave", ids=chosen)
        return chosen
    group = trends.group(session, cluster_id, count)
    name = called(session, group, count)
    if not set(chosen) <= set(group.members):
        raise ImageNotFoundError(f"Not all of these pictures are in “{name}”; nothing was changed.")
    if len(chosen) == group.size:
        raise UsageError(f"These are all pictures of “{name}”. To have them in no trend, leave them out of all.")
    anchor = _anchor(group, chosen)
    _say(session, f"{_pictures(len(chosen))} taken out of “{name}”", "ban", ids=chosen, parts=(anchor,))
    return chosen


def statements(session: Session) -> list[Statement]:
    """Everything that was said, the latest first."""
    _, edits = trends.said(session)
    if not edits:
        return []
    clusters = trends.stored(session)
    row_of = {image_id: row for row, image_id in enumerate(clusters.ids)}
    labels = np.full(len(clusters.ids), -1, np.int64)
    for number, group in enumerate(trends.cut(session)):
        labels[[row_of[image_id] for image_id in group.members]] = number
    found = []
    for edit in reversed(edits):
        sets = [np.array([row_of[one] for one in part if one in row_of], np.int64) for part in edit.parts]
        found.append(Statement(edit, _text(edit), _orphaned(edit, sets, labels, clusters)))
    return found


def _orphaned(edit: TrendEdit, sets: Sequence[Any], labels: Any, clusters: Any) -> bool:
    """Whether a statement is about nothing any more."""
    if edit.kind in ("leave", "own"):
        return not any(one in set(clusters.ids) for one in edit.pictures)
    if edit.kind in ("pin", "ban"):
        inside = labels[sets[0]]
        inside = inside[inside >= 0]
        return not len(inside) or 2 * int(np.bincount(inside).max()) < len(sets[0])
    whole = np.unique(np.concatenate(sets))
    best = max(overlaps.best_nodes(clusters, [whole])[0][1], overlaps.best_group(labels, whole)[1])
    if best >= overlaps.SAME:
        return False
    each = [overlap >= overlaps.SAME for _, overlap in overlaps.best_nodes(clusters, sets)]
    return edit.kind == "name" or sum(each) < 2


def dismiss(session: Session, number: int) -> None:
    """Take a statement back.

    Raises
    ------
    UsageError
        There is none of this number.
    """
    edit = _said(session, number)
    session.library.changes.apply(f"taken back: {_text(edit)}", [session.library.trend_edits.removal(number)])


def give(session: Session, number: int, cluster_id: int, count: int | None = None) -> Cluster:
    """Let a name, or a picture's place, be about another trend; returns that trend.

    Raises
    ------
    UsageError
        There is no such statement or trend, or it is about more than one trend.
    """
    edit, group = _said(session, number), trends.group(session, cluster_id, count)
    if edit.kind not in ("name", "pin", "ban"):
        raise UsageError("Only a name, or a picture's place in a trend, can be given to another trend.")
    part = group.members if edit.kind == "name" else _anchor(group, edit.ids)
    library = session.library
    change = library.trend_edits.edit(replace(edit, parts=(part,)))
    library.changes.apply(f"{_text(edit)}: given to “{called(session, group, count)}”", [change])
    return trends.group(session, cluster_id, count)


def called(session: Session, group: Cluster, count: int | None = None) -> str:
    """What a trend is called on the page of its cut."""
    if group.name:
        return group.name
    apart = [one for one in trends.cut(session, count) if one.size > 1][:NAMED_APART]
    place = next((place for place, one in enumerate(apart) if one.id == group.id), None)
    if place is None:
        return portraits.names(session, [group])[group.id]
    # a few lengths, so that what is remembered serves whichever trend is asked for next
    length = NAMED_AT_ONCE
    while length <= place:
        length *= 4
    return portraits.names(session, apart[:length])[group.id]


def _say(
    session: Session,
    title: str,
    kind: TrendEditKind,
    *,
    ids: tuple[str, ...] = (),
    parts: tuple[tuple[str, ...], ...] = (),
) -> None:
    library = session.library
    with library.transaction():
        made = TrendEdit(library.trend_edits.next_id(), kind, _now(), ids=ids, parts=parts)
        library.changes.apply(title, [library.trend_edits.edit(made)])


def _said(session: Session, number: int) -> TrendEdit:
    edit = session.library.trend_edits.get(number)
    if edit is None:
        raise UsageError(f"There is no change of trends with the number {number}; it may have been undone.")
    return edit


def _anchor(group: Cluster, without: Sequence[str]) -> tuple[str, ...]:
    """The central pictures of a trend, but those that are put into it or out of it."""
    moved = set(without)
    others = [image_id for image_id in group.members if image_id not in moved]
    return tuple(others[:ANCHOR]) or group.members[:ANCHOR]


def _with(session: Session, image_id: str, count: int | None) -> Cluster:
    """The trend that a picture is in now."""
    return next(group for group in trends.cut(session, count) if image_id in group.members)


def _known(session: Session, ids: Sequence[str]) -> tuple[str, ...]:
    if not ids:
        raise UsageError("No picture was named.")
    found = tuple(dict.fromkeys(session.library.images.get(image_id).id for image_id in ids))
    there = set(trends.stored(session).ids)
    for image_id in found:
        if image_id not in there:
            raise UsageError(f"The picture {image_id[:12]} came after the index. Run `leitmotiv build-index` first.")
    return found


def _text(edit: TrendEdit) -> str:
    ids, first = _pictures(len(edit.ids)), _pictures(len(edit.parts[0]) if edit.parts else 0)
    return {
        "name": f"a trend of {first} is called “{edit.name}”",
        "join": f"{len(edit.parts)} trends joined",
        "part": f"a trend taken apart into {len(edit.parts)}",
        "own": f"{first} are a trend of their own",
        "pin": f"{ids} put into a trend",
        "ban": f"{ids} kept out of a trend",
        "leave": f"{ids} left out of all trends",
    }[edit.kind]


def _pictures(count: int) -> str:
    return f"{count:,} picture{'' if count == 1 else 's'}"


def _now() -> datetime:
    return datetime.now(UTC)
