"""What is on a mood board: pictures put on, taken off, weighed, drawn from the library, handed in from elsewhere."""

import hashlib
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from leitmotiv.errors import ImageNotFoundError, ImageReadError, UsageError
from leitmotiv.imaging import read as reading
from leitmotiv.records import Board, BoardExample, BoardPicture, Side
from leitmotiv.workflows.boards import change, create, get
from leitmotiv.workflows.session import Session

MOST = 2000
"""Pictures of one board."""
HEAVIEST = 10.0
KEPT_SIDE = 1024
"""Longest side at which a picture is kept that was handed in, pixels."""
MOST_MEGAPIXELS = 120.0


def made(
    session: Session,
    name: str = "",
    positive: Mapping[str, float] | Iterable[str] = (),
    negative: Mapping[str, float] | Iterable[str] = (),
    *,
    words: str = "",
) -> Board:
    """Make a board with pictures on it, all or nothing.

    Raises
    ------
    UsageError, ImageNotFoundError
        As `boards.create` and `put`.
    """
    with session.library.transaction():
        board = create(session, name, words=words)
        sides: dict[Side, Mapping[str, float] | Iterable[str]] = {"positive": positive, "negative": negative}
        for side, pictures in sides.items():
            if pictures:
                board = put(session, board.id, pictures, side)
    return board


def put(
    session: Session,
    board: int | str,
    pictures: Mapping[str, float] | Iterable[str],
    side: Side = "positive",
    *,
    revision: int | None = None,
) -> Board:
    """Put pictures on a side of a board; those that are on it already go to that side with the weight given here.

    Parameters
    ----------
    pictures : mapping of str to float, or iterable of str
        Weights by id, or ids, which weigh 1. Unique beginnings of ids will do.

    Raises
    ------
    ImageNotFoundError
        One is not in the library, nor was it handed in; then none is put on.
    UsageError
        A weight below 0 or above 10, or too many pictures for one board.
    NotFoundError, BoardChangedError
    """
    weights = dict(pictures) if isinstance(pictures, Mapping) else dict.fromkeys(pictures, 1.0)
    for weight in weights.values():
        _check(weight)
    found = known(session, list(weights))
    new = {found[given]: BoardExample(found[given], side, float(weight)) for given, weight in weights.items()}

    def make(before: Board) -> Board:
        kept = [new.pop(one.id, one) for one in before.examples]
        examples = (*kept, *new.values())
        if len(examples) > MOST:
            raise UsageError(f"A board holds at most {MOST:,} pictures; this one would have {len(examples):,}.")
        return replace(before, examples=examples)

    where = "board {name}" if side == "positive" else "the other side of board {name}"
    return change(session, board, make, f"{_counted(len(new))} put on {where}", revision=revision)


def take_off(session: Session, board: int | str, ids: Iterable[str], *, revision: int | None = None) -> Board:
    """Take pictures off a board; those that are not on it are passed over.

    Raises
    ------
    NotFoundError, BoardChangedError
    """
    given = tuple(dict.fromkeys(ids))

    def make(before: Board) -> Board:
        gone = {_on(before, one, missing_ok=True) for one in given}
        return replace(before, examples=tuple(one for one in before.examples if one.id not in gone))

    return change(session, board, make, f"{_counted(len(given))} taken off board {{name}}", revision=revision)


def weigh(session: Session, board: int | str, weights: Mapping[str, float], *, revision: int | None = None) -> Board:
    """Let pictures of a board count for more or less; 0 leaves one on the board that is not asked.

    Raises
    ------
    ImageNotFoundError
        One is not on the board; then none is changed.
    UsageError
        A weight below 0 or above 10.
    NotFoundError, BoardChangedError
    """
    for weight in weights.values():
        _check(weight)

    def make(before: Board) -> Board:
        new = {_on(before, given): float(weight) for given, weight in weights.items()}
        examples = tuple(replace(one, weight=new.get(one.id, one.weight)) for one in before.examples)
        return replace(before, examples=examples)

    said = {f"{weight:g}" for weight in weights.values()}
    title = f"weight {said.pop()}" if len(said) == 1 else "weights"
    return change(session, board, make, f"{title} for {_counted(len(weights))} of board {{name}}", revision=revision)


def draw(
    session: Session,
    board: int | str,
    count: int | None = None,
    *,
    replacing: Iterable[str] = (),
    revision: int | None = None,
) -> Board:
    """Have pictures drawn from the library that are probably not what a board means.

    The order in which they are drawn is that of the hashes of seed and id: a board draws the same pictures from the
    same library. Those that are drawn stay when others join it; the next may be among the new ones.

    Parameters
    ----------
    count : int, optional
        How many drawn pictures the board shall have; None keeps their number.
    replacing : iterable of str
        Drawn pictures that make way for the next in the order.

    Raises
    ------
    ImageNotFoundError
        One to be replaced is not on the board.
    UsageError
        `count` is out of bounds, or one to be replaced was not drawn.
    NotFoundError, BoardChangedError
    """
    if count is not None and not 0 <= count <= MOST:
        raise UsageError(f"count is {count}, but must lie between 0 and {MOST:,}.")
    out = tuple(replacing)

    def make(before: Board) -> Board:
        drawn = [one for one in before.examples if one.drawn]
        gone = {_on(before, given) for given in out}
        for one in before.examples:
            if one.id in gone and not one.drawn:
                raise UsageError(f"The picture {one.id[:12]} was put on the board by hand; take it off instead.")
        wanted = len(drawn) if count is None else count
        kept = [one for one in drawn if one.id not in gone][:wanted]
        others = [one for one in before.examples if not one.drawn]
        if len(others) + wanted > MOST:
            raise UsageError(f"A board holds at most {MOST:,} pictures; this one would have {len(others) + wanted:,}.")
        passed = [*gone, *(one.id for one in kept)]
        after = max((order_of(before.seed, one) for one in passed), default=b"")
        on = {one.id for one in before.examples}
        fresh = drawn_ids(session, before.seed, wanted - len(kept), without=on, after=after)
        return replace(before, examples=(*others, *kept, *(BoardExample(one, "negative", 1.0, True) for one in fresh)))

    return change(session, board, make, "pictures drawn for board {name}", revision=revision)


def drawn_ids(
    session: Session, seed: int, count: int, *, without: Iterable[str] = (), after: bytes = b""
) -> tuple[str, ...]:
    """Ids in the order in which a seed draws them.

    Parameters
    ----------
    after : bytes
        Where in the order to begin, see `order_of`; at its end the order begins anew.
    """
    if count < 1:
        return ()
    passed = set(without)
    ordered = sorted((order_of(seed, one), one) for one in session.library.images.ids() if one not in passed)
    ordered.sort(key=lambda pair: pair[0] <= after)
    return tuple(one for _, one in ordered[:count])


def order_of(seed: int, image_id: str) -> bytes:
    """Where a picture stands in the order of a seed."""
    return hashlib.sha256(f"{seed} {image_id}".encode()).digest()


def hand_in(
    session: Session,
    board: int | str,
    data: bytes,
    name: str = "",
    side: Side = "positive",
    *,
    revision: int | None = None,
) -> tuple[Board, str]:
    """Put a file on a board that need not be in the library; returns the board and the id of the picture.

    A file that the library has is put on as that picture. Of another one a JPEG is kept, at most 1,024 pixels a side,
    beside the board and not among the pictures of the library.

    Raises
    ------
    ImageReadError
        It is no readable picture, or has too many pixels.
    UsageError
        Too many bytes.
    NotFoundError, BoardChangedError
    """
    get(session, board)
    return pin(session, board, taken_in(session, data, name), side, revision=revision)


def taken_in(session: Session, data: bytes, name: str = "") -> BoardPicture | str:
    """A file as a picture that `pin` puts on boards; of one that the library has, its id.

    It is decoded here, where nobody waits for the library: nothing is written.

    Raises
    ------
    ImageReadError, UsageError
        As `hand_in`.
    """
    most = session.settings.max_upload_megabytes
    if len(data) > 1e6 * most:
        raise UsageError(f"The picture has {len(data) / 1e6:,.1f} MB, but may have {most:g} (max_upload_megabytes).")
    picture_id = hashlib.sha256(data).hexdigest()
    held = session.library.images.by_sha256(picture_id)
    return _read(session, picture_id, data, name) if held is None else held.id


def pin(
    session: Session,
    board: int | str,
    picture: BoardPicture | str,
    side: Side = "positive",
    weight: float = 1.0,
    *,
    revision: int | None = None,
) -> tuple[Board, str]:
    """Put what `taken_in` gave, or an id, on a board; returns the board and the id of the picture.

    Raises
    ------
    ImageNotFoundError, UsageError, NotFoundError, BoardChangedError
        As `put`.
    """
    picture_id = picture if isinstance(picture, str) else picture.id
    with session.library.transaction():
        if isinstance(picture, BoardPicture):
            session.library.boards.put_picture(picture)
        return put(session, board, {picture_id: weight}, side, revision=revision), picture_id


def known(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """Whole ids by what was given for them: pictures of the library, and those that were handed in to boards.

    Raises
    ------
    ImageNotFoundError, AmbiguousImageError
    """
    there = {one.id for one in session.library.images.many(ids)} | set(session.library.boards.handed_in(ids))
    return {given: given if given in there else session.library.images.get(given).id for given in ids}


def shown(session: Session, picture_id: str) -> bytes:
    """A picture that was handed in, as JPEG.

    Raises
    ------
    ImageNotFoundError
        None was, under this id, or there is nothing to see of it any more.
    """
    found = session.library.boards.picture(picture_id)
    if found is None or not found.data:
        raise ImageNotFoundError(f"No picture {picture_id[:12]} was handed in to a board.")
    return found.data


def states(session: Session, board: Board) -> dict[str, str]:
    """What there is of each picture of a board or its snapshots: "library", "handed in", "remembered" or "gone".

    A remembered one was forgotten by the library, and what the network saw in it is kept: the board learns from it as
    before. Of one that is gone nothing is left.
    """
    taught = (one for made in board.snapshots for one in made.examples)
    ids = list(dict.fromkeys(one.id for one in (*board.examples, *taught)))
    library = {one.id for one in session.library.images.many(ids)}
    handed = session.library.boards.handed_in(ids)
    words = {True: "handed in", False: "remembered"}
    return {one: "library" if one in library else words[handed[one]] if one in handed else "gone" for one in ids}


def _read(session: Session, picture_id: str, data: bytes, name: str) -> BoardPicture:
    with tempfile.TemporaryDirectory(prefix="leitmotiv-") as folder:
        path = Path(folder) / "picture"
        path.write_bytes(data)
        try:
            picture = reading.read(
                bytes(path),
                max_megapixels=min(session.settings.max_megapixels, MOST_MEGAPIXELS),
                thumbnails=(KEPT_SIDE,),
            )
        except ImageReadError as error:
            raise ImageReadError(name or "The picture cannot be put on the board", error.reason) from error
    jpeg = picture.thumbnails[KEPT_SIDE]
    return BoardPicture(picture_id, name[:200], picture.width, picture.height, jpeg, None, "")


def _on(board: Board, given: str, *, missing_ok: bool = False) -> str:
    """The whole id of a picture of a board, which may be told by a unique beginning."""
    found = [one.id for one in board.examples if one.id == given] or [
        one.id for one in board.examples if len(given) >= 4 and one.id.startswith(given.lower())
    ]
    if len(found) == 1:
        return found[0]
    if missing_ok and not found:
        return given
    several = f"{len(found)} pictures of board {board.name!r} have an id that begins with {given}."
    raise ImageNotFoundError(several if found else f"The picture {given[:64]} is not on board {board.name!r}.")


def _check(weight: float) -> None:
    if not 0 <= weight <= HEAVIEST:
        raise UsageError(f"The weight is {weight:g}, but must lie between 0 and {HEAVIEST:g}.")


def _counted(count: int) -> str:
    return f"{count:,} picture{'' if count == 1 else 's'}"
