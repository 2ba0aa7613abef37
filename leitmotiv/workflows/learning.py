"""What mood boards learn: each training is a snapshot, which is named, brought back, compared and removed."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from leitmotiv.errors import NotFoundError, UsageError
from leitmotiv.imaging import read as reading
from leitmotiv.records import (
    ACTIVATIONS,
    Board,
    BoardExample,
    BoardPicture,
    Concept,
    Contradiction,
    Example,
    Float32,
    Snapshot,
)
from leitmotiv.workflows import activations, concepts, twins
from leitmotiv.workflows.boards import change, get
from leitmotiv.workflows.concept_files import from_cav, to_cav
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.own import LONGEST_NAME
from leitmotiv.workflows.progress import Report
from leitmotiv.workflows.session import Session

NEXT_TO_NONE = 1e-9


@dataclass(frozen=True)
class Taught:
    """A board after a training, and its pictures that taught nothing: gone, or not yet seen by the network."""

    board: Board
    left_out: tuple[str, ...]


def train(
    session: Session,
    board: int | str,
    *,
    method: str = "ridge",
    name: str = "",
    revision: int | None = None,
    report: Report | None = None,
) -> Taught:
    """Have a board learn from what is on it; the new snapshot becomes its current one.

    Pictures that changed while it learnt, or that it could not learn from, are not in the snapshot, and the board is
    stale then. The same pictures teach the same while the library is the same: where the current snapshot is that
    already, none is made.

    Parameters
    ----------
    method : str
        "ridge", or "sgd", the classifier of cavlib.

    Raises
    ------
    BoardError
        There is nothing to learn from, or the board is in the trash.
    EmptyLibraryError, MissingExtraError, NotFoundError, BoardChangedError
    """
    name = _called(name)
    before = change(session, board, lambda one: one, "", revision=revision)
    concept, left_out = learn(session, before.examples, method=method, seed=before.seed, report=report)
    examples = tuple(one for one in before.examples if one.id not in left_out)
    if concept.drawn:
        examples = (*examples, *(BoardExample(one, "negative", 1.0, True) for one in concept.drawn))
    data = to_cav(concept)

    def make(now: Board) -> Board:
        library = session.library.boards
        made = Snapshot(
            id=library.next_snapshot_id(),
            board=now.id,
            name=name,
            made=datetime.now(UTC),
            concept=library.put_concept(data),
            layer=concept.layer,
            method=concept.method,
            quality=concept.quality,
            examples=examples,
            contradictions=_contradictions(concept.contradictions, before.examples),
        )
        current = now.snapshot
        same = current is not None and current.examples == examples
        if same and not name and concept_of(session, now).id == concept.id:
            return now
        shown = now.examples
        if concept.drawn and shown == before.examples:
            shown = (*shown, *examples[-len(concept.drawn) :])
        return replace(now, examples=shown, snapshots=(made, *now.snapshots), current=made.id)

    return Taught(change(session, before.id, make, "board {name} trained"), left_out)


def learn(
    session: Session,
    examples: Sequence[BoardExample],
    *,
    method: str = "ridge",
    seed: int = 0,
    report: Report | None = None,
) -> tuple[Concept, tuple[str, ...]]:
    """What is learnt from pictures, and those of them that taught nothing, gone or not yet seen; nothing is kept.

    Raises
    ------
    BoardError, EmptyLibraryError, MissingExtraError
    """
    given = [one for one in examples if one.weight > 0]
    library = {one.id for one in session.library.images.many([one.id for one in given])}
    handed = session.library.boards.pictures([one.id for one in given if one.id not in library])
    sides: dict[str, list[Example]] = {"positive": [], "negative": []}
    for one in examples:
        picture = handed.get(one.id)
        features = None if picture is None or one.weight <= 0 else _seen(session, picture)
        sides[one.side].append(Example("" if features is not None else one.id, features, one.weight))
    same = _labels(session, [one.id for one in examples if one.side == "positive"])
    concept = concepts.teach(
        session, sides["positive"], sides["negative"], method=method, seed=seed, same=same, report=report
    )
    missing = set(concept.missing)
    return concept, tuple(one.id for one in given if one.id in missing)


def _labels(session: Session, ids: Sequence[str]) -> list[int]:
    """A number for each picture: the same for those that are the same picture."""
    first_of = {one: some[0] for some in twins.groups(session, ids) for one in some}
    return [ids.index(first_of.get(one, one)) for one in ids]


def _seen(session: Session, picture: BoardPicture) -> Float32 | None:
    """What the backbone makes of a picture that was handed in, (M,) float32; kept, so that it is looked at once."""
    if picture.activation is not None and (picture.measured == ACTIVATIONS or not picture.data):
        return picture.activation.astype(np.float32)
    if not picture.data:
        return None
    pooled = activations.of_pixels(session, reading.decoded(picture.data)).pooled[0].astype(np.float16)
    session.library.boards.put_picture(replace(picture, activation=pooled, measured=ACTIVATIONS))
    return np.asarray(pooled, np.float32)


def _contradictions(said: Iterable[Contradiction], examples: Sequence[BoardExample]) -> tuple[tuple[str, float], ...]:
    sides = {side: [one.id for one in examples if one.side == side] for side in ("positive", "negative")}
    found: dict[str, float] = {}
    for one in said:
        image_id = sides[one.side][one.index]
        found[image_id] = max(one.strength, found.get(image_id, 0.0))
    return tuple(found.items())


# ---- snapshots ----


def snapshot_of(board: Board, number: int | None = None) -> Snapshot:
    """A snapshot of a board by its number; without one the current.

    Raises
    ------
    NotFoundError
        The board has none of this number, or was never trained.
    """
    if number is None:
        if board.snapshot is None:
            raise NotFoundError(f"The board {board.name!r} has learnt nothing yet. Train it first.")
        return board.snapshot
    found = next((one for one in board.snapshots if one.id == number), None)
    if found is None:
        raise NotFoundError(f"The board {board.name!r} has no snapshot {number}.")
    return found


def concept_of(session: Session, board: Board, number: int | None = None) -> Concept:
    """What a board learnt, at its current snapshot or another.

    Raises
    ------
    NotFoundError
        See `snapshot_of`.
    CavFileError
        What was stored is damaged.
    """
    name = snapshot_of(board, number).concept
    return remember(session, ("concept", name), lambda: from_cav(data_of(session, name)))


def data_of(session: Session, name: str) -> bytes:
    """The bytes of a concept as they are stored.

    Raises
    ------
    NotFoundError
        They are gone.
    """
    data = session.library.boards.concept(name)
    if data is None:
        raise NotFoundError("What this snapshot had learnt is gone. Restore it, and train the board again.")
    return data


def call(session: Session, board: int | str, number: int, name: str) -> Board:
    """Name a snapshot; an empty name takes it away.

    Raises
    ------
    NotFoundError, UsageError
    """
    name = _called(name)

    def make(before: Board) -> Board:
        old = snapshot_of(before, number)
        return replace(
            before, snapshots=tuple(replace(one, name=name) if one == old else one for one in before.snapshots)
        )

    return change(session, board, make, "a snapshot of board {name} named")


def bring_back(session: Session, board: int | str, number: int, *, revision: int | None = None) -> Board:
    """Make a board what it was when a snapshot was made; one that was imported brings no pictures.

    Raises
    ------
    NotFoundError, BoardChangedError
    """

    def make(before: Board) -> Board:
        found = snapshot_of(before, number)
        return replace(before, examples=found.examples or before.examples, current=found.id)

    return change(session, board, make, "a snapshot of board {name} brought back", revision=revision)


def prune(session: Session, board: int | str, numbers: Collection[int]) -> Board:
    """Remove snapshots; where the current one goes, the newest that is left takes its place.

    Raises
    ------
    NotFoundError
        One is not there; then none is removed.
    """

    def make(before: Board) -> Board:
        gone = {snapshot_of(before, number).id for number in numbers}
        kept = tuple(one for one in before.snapshots if one.id not in gone)
        current = before.current if before.current not in gone else next((one.id for one in kept), None)
        return replace(before, snapshots=kept, current=current)

    said = "a snapshot" if len(numbers) == 1 else f"{len(numbers)} snapshots"
    return change(session, board, make, f"{said} of board {{name}} removed")


@dataclass(frozen=True)
class Difference:
    """What two snapshots differ in.

    Attributes
    ----------
    added, removed : tuple of str
        Pictures of the second that are not in the first, and the other way round, on the same side.
    weighed : tuple of str
        Pictures that have another weight.
    cosine : float or None
        Of what was learnt, where both look at the same layer: 1 is the same.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    weighed: tuple[str, ...]
    cosine: float | None


def compare(session: Session, board: int | str, one: int | None, other: int | None) -> Difference:
    """What was taught and learnt otherwise, from one snapshot to another.

    Raises
    ------
    NotFoundError
    """
    found = get(session, board)
    sides = [
        {(each.id, each.side): each.weight for each in snapshot_of(found, number).examples} for number in (one, other)
    ]
    before, after = sides
    vectors = [concept_of(session, found, number).vector.astype(np.float64) for number in (one, other)]
    cosine = None
    if vectors[0].shape == vectors[1].shape:
        lengths = max(float(np.prod([np.linalg.norm(vector) for vector in vectors])), NEXT_TO_NONE)
        cosine = float(np.clip(vectors[0] @ vectors[1] / lengths, -1, 1))
    return Difference(
        tuple(image_id for image_id, side in after if (image_id, side) not in before),
        tuple(image_id for image_id, side in before if (image_id, side) not in after),
        tuple(key[0] for key, weight in after.items() if key in before and before[key] != weight),
        cosine,
    )


def _called(name: str) -> str:
    name = " ".join(name.split())
    if len(name) > LONGEST_NAME:
        raise UsageError(f"A name has at most {LONGEST_NAME} characters; this one has {len(name)}.")
    return name
