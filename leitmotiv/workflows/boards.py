"""Mood boards as a whole: made, found, named, copied, thrown away and brought back; every change can be undone.

What is on a board is changed by `pinning`, what it learns by `learning`.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime

from leitmotiv.errors import BoardChangedError, BoardError, NotFoundError, UsageError
from leitmotiv.records import Board
from leitmotiv.workflows.own import LONGEST_NAME
from leitmotiv.workflows.session import Session

LONGEST_WORDS = 2000
COPIES = 1000
"""Numbers that are tried to tell a new name from those that there are."""


def listed(session: Session, text: str = "", *, trashed: bool = False) -> list[Board]:
    """The boards in use, or those in the trash, the last changed first.

    Parameters
    ----------
    text : str
        Words that all have to stand in the name or in what was written about a board; capitals do not count.
    """
    words = text.casefold().split()
    return [
        board
        for board in session.library.boards.all()
        if (board.trashed is not None) == trashed
        and all(word in f"{board.name}\n{board.words}".casefold() for word in words)
    ]


def get(session: Session, board: int | str) -> Board:
    """One by its number, also from the trash, or by its name, in which capitals do not count.

    Raises
    ------
    NotFoundError
        There is none.
    """
    if isinstance(board, int):
        found = session.library.boards.get(board)
        if found is None:
            raise NotFoundError(f"There is no board {board}. `leitmotiv board list` prints those that there are.")
        return found
    wanted = board.strip().casefold()
    named = [number for number, name in session.library.boards.names().items() if name.casefold() == wanted]
    if not named and board.strip().isdecimal() and len(board) < 16:
        return get(session, int(board))
    if not named:
        raise NotFoundError(f"There is no board {board!r}. `leitmotiv board list` prints those that there are.")
    return get(session, named[0])


def create(session: Session, name: str = "", *, words: str = "", seed: int | None = None) -> Board:
    """Make an empty board; without a name it gets one that is free.

    Raises
    ------
    UsageError
        The name is taken or too long, or there are too many words.
    """
    with session.library.transaction():
        name = _named(session, name) if name.strip() else free_name(session, "Board", first=1)
        number, now = session.library.boards.next_id(), datetime.now(UTC)
        seed = number if seed is None else seed
        made = Board(number, name, _worded(words), seed, now, now)
        return _apply(session, f"board {name} made", None, made)


def change(
    session: Session,
    board: int | str,
    make: Callable[[Board], Board],
    title: str,
    *,
    revision: int | None = None,
    in_trash: bool = False,
) -> Board:
    """Make another state of a board in one transaction; the one way in which all changes go.

    Parameters
    ----------
    make : callable
        The state that shall be, from the one that is.
    title : str
        What undoing takes back; "{name}" stands for the name of the board.
    revision : int, optional
        The state that whoever asks saw last.
    in_trash : bool
        Whether a board in the trash may be changed.

    Raises
    ------
    NotFoundError
        There is no such board.
    BoardError
        It is in the trash.
    BoardChangedError
        Meanwhile it was changed elsewhere.
    """
    with session.library.transaction():
        before = get(session, board)
        if before.trashed and not in_trash:
            raise BoardError(f"The board {before.name!r} is in the trash. Bring it back, then change it.")
        if revision is not None and revision != before.revision:
            raise BoardChangedError(
                f"The board {before.name!r} was changed in another place meanwhile. Look at it anew, then change it."
            )
        return _apply(session, title.format(name=before.name), before, make(before))


def rename(
    session: Session,
    board: int | str,
    name: str | None = None,
    *,
    words: str | None = None,
    revision: int | None = None,
) -> Board:
    """Give a board another name, other words, or both.

    Raises
    ------
    UsageError
        The name is empty, taken or too long, or there are too many words.
    NotFoundError, BoardChangedError
    """

    def make(before: Board) -> Board:
        called = before.name if name is None else _named(session, name, but=before.id)
        return replace(before, name=called, words=before.words if words is None else _worded(words))

    title = "words of board {name}" if name is None else f"board {{name}} called {_escaped(name)}"
    return change(session, board, make, title, revision=revision)


def duplicate(session: Session, board: int | str) -> Board:
    """A second board like one, with its pictures and all it ever learnt.

    Raises
    ------
    NotFoundError
        There is no such board.
    """
    with session.library.transaction():
        old, now = get(session, board), datetime.now(UTC)
        number, first = session.library.boards.next_id(), session.library.boards.next_snapshot_id()
        oldest = list(reversed(old.snapshots))
        ids = {one.id: first + place for place, one in enumerate(oldest)}
        snapshots = tuple(replace(one, id=ids[one.id], board=number) for one in old.snapshots)
        name = free_name(session, f"{old.name[: LONGEST_NAME - 10]} copy")
        current = None if old.current is None else ids.get(old.current)
        made = replace(old, id=number, name=name, made=now, changed=now, trashed=None)
        made = replace(made, snapshots=snapshots, current=current)
        return _apply(session, f"board {old.name} copied", None, made)


def trash(session: Session, board: int | str, *, revision: int | None = None) -> Board:
    """Throw a board away; it can be brought back until the trash is emptied.

    Raises
    ------
    NotFoundError, BoardChangedError
    """
    now = datetime.now(UTC)
    return change(
        session,
        board,
        lambda before: before if before.trashed else replace(before, trashed=now),
        "board {name} thrown away",
        revision=revision,
        in_trash=True,
    )


def bring_back(session: Session, board: int) -> Board:
    """Bring a board back from the trash, under another name where its own is taken meanwhile.

    Raises
    ------
    NotFoundError
        There is no such board.
    """

    def make(before: Board) -> Board:
        if before.trashed is None:
            return before
        return replace(before, trashed=None, name=free_name(session, before.name))

    return change(session, board, make, "board {name} brought back", in_trash=True)


def remove(session: Session, boards: Iterable[int]) -> int:
    """Remove boards from the trash for good, with all that only they needed; this cannot be undone.

    Raises
    ------
    UsageError
        One of them is not in the trash; then none is removed.
    NotFoundError
        There is no such board.
    """
    library = session.library
    with library.transaction():
        gone = {number: get(session, number) for number in boards}
        for board in gone.values():
            if board.trashed is None:
                raise UsageError(f"The board {board.name!r} is in use. Throw it away first; nothing was removed.")
        library.boards.remove(gone)
        library.changes.forget(
            lambda table, row: (
                (table == "boards" and row["id"] in gone)
                or (table in ("board_examples", "board_snapshots") and row["board"] in gone)
            )
        )
        library.boards.sweep()
    return len(gone)


def _apply(session: Session, title: str, before: Board | None, after: Board) -> Board:
    """Write a change down; where nothing changed, the board stays as it is."""
    if after == before:
        return after
    after = replace(after, changed=datetime.now(UTC))
    session.library.changes.apply(title, session.library.boards.edits(before, after))
    return after


def _named(session: Session, name: str, but: int | None = None) -> str:
    """A name as it is kept, if it may be used."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise UsageError(f"A board needs a name of at most {LONGEST_NAME} characters.")
    if '"' in name:
        raise UsageError("The name of a board has no quotation marks: searches put it between them.")
    for number, taken in session.library.boards.names().items():
        if taken.casefold() == name.casefold() and number != but:
            raise UsageError(f"There is a board {taken!r} already. Choose another name.")
    return name


def free_name(session: Session, name: str, first: int | None = None) -> str:
    """A name that no board has: this one, or with the first number that makes it one."""
    taken = {one.casefold() for one in session.library.boards.names().values()}
    numbered = (f"{name} {number}" for number in range(first or 2, COPIES))
    names = numbered if first else iter((name, *numbered))
    return next((one for one in names if one.casefold() not in taken), f"{name} {datetime.now(UTC):%Y%m%d%H%M%S}")


def _worded(words: str) -> str:
    if len(words) > LONGEST_WORDS:
        raise UsageError(f"The words about a board have at most {LONGEST_WORDS:,} characters; these {len(words):,}.")
    return words.strip()


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
