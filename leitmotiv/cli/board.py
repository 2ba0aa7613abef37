"""`leitmotiv board`: what is on mood boards; what they learn and find is in `board_finding`."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leitmotiv.cli.board_finding import COMMANDS, named
from leitmotiv.cli.export import chosen
from leitmotiv.cli.verbs import Verb, common_options, printable, session, show, version_option

if TYPE_CHECKING:
    from leitmotiv.records import Board, BoardPicture
    from leitmotiv.workflows.learning import Difference
    from leitmotiv.workflows.session import Session


@click.group("board", params=[*common_options(), version_option()])
def command() -> None:
    """Mood boards: teach a visual concept by pictures that show it, and find others.

    BOARD is a name or a number. Pictures are files, in the library or not, or ids (4 or more of their characters).
    `leitmotiv board undo` takes any change of a board back.
    """


for _verb in COMMANDS:
    command.add_command(_verb)

against = click.option("--not", "against", is_flag=True, help="They are what it is not.")
pictures_argument = click.argument("pictures", metavar="PICTURE...", nargs=-1)


@command.command("create", cls=Verb)
@click.argument("name")
@click.argument("pictures", metavar="[PICTURE]...", nargs=-1)
@click.option("--not", "negative", metavar="PICTURE", multiple=True, help="A picture that it is not; may be repeated.")
@click.option("--words", default="", help="Some words about it.")
def create(name: str, pictures: tuple[str, ...], negative: tuple[str, ...], words: str) -> None:
    """Make a board, with pictures on it."""
    from leitmotiv.workflows import boards

    with session() as opened:
        sides = (("positive", _taken_in(opened, pictures)), ("negative", _taken_in(opened, negative)))
        with opened.library.transaction():
            board = boards.create(opened, name, words=words)
            for side, taken in sides:
                board = _put(opened, board, taken, side, 1.0)
        _tell(opened, board)


@command.command("list", cls=Verb)
@click.argument("words", nargs=-1)
@click.option("--trash", is_flag=True, help="Those in the trash.")
def list_(words: tuple[str, ...], trash: bool) -> None:
    """Print the boards, the last changed first; with WORDS those that have them in name or words."""
    from leitmotiv.web import board_forms
    from leitmotiv.workflows import boards

    with session() as opened:
        found = boards.listed(opened, " ".join(words), trashed=trash)
        show(
            {"boards": [board_forms.board(opened, one) for one in found]},
            lambda: "\n".join(map(_line, found)) or "No boards yet. Make one: leitmotiv board create NAME PICTURE...",
        )
    if not found:
        sys.exit(1)


@command.command("show", cls=Verb)
@click.argument("board")
def show_(board: str) -> None:
    """Print what is on a board and what it learnt."""
    from leitmotiv.workflows import boards

    with session() as opened:
        _tell(opened, boards.get(opened, board))


@command.command("add", cls=Verb)
@click.argument("board")
@pictures_argument
@against
@click.option("--weight", type=click.FloatRange(0, 10), default=1.0, show_default=True, help="How much they count.")
@chosen
def add(board: str, pictures: tuple[str, ...], against: bool, weight: float, of: str, sort: str) -> None:
    """Put pictures on a board: files, ids, or with --of those that filters hold for."""
    from leitmotiv.cli.export import select
    from leitmotiv.errors import UsageError
    from leitmotiv.workflows import boards

    if not pictures and not of:
        raise UsageError("Say which pictures: files, ids, or --of with filters.")
    with session() as opened:
        more = select(opened, of, sort) if of else ()
        side = "negative" if against else "positive"
        _tell(opened, _put(opened, boards.get(opened, board), [*_taken_in(opened, pictures), *more], side, weight))


@command.command("remove", cls=Verb)
@click.argument("board")
@click.argument("pictures", metavar="PICTURE...", nargs=-1, required=True)
def remove(board: str, pictures: tuple[str, ...]) -> None:
    """Take pictures off a board; they stay in the library."""
    from leitmotiv.workflows import pinning

    with session() as opened:
        found = named(opened, board)
        _tell(opened, pinning.take_off(opened, found.id, [_id(opened, found, one) for one in pictures]))


@command.command("weigh", cls=Verb)
@click.argument("board")
@click.argument("weight", type=click.FloatRange(0, 10))
@click.argument("pictures", metavar="PICTURE...", nargs=-1, required=True)
def weigh(board: str, weight: float, pictures: tuple[str, ...]) -> None:
    """Let pictures of a board count for more or less: 1 is usual, 0 leaves them aside."""
    from leitmotiv.workflows import pinning

    with session() as opened:
        found = named(opened, board)
        _tell(opened, pinning.weigh(opened, found.id, {_id(opened, found, one): weight for one in pictures}))


@command.command("draw", cls=Verb)
@click.argument("board")
@click.argument("count", type=click.IntRange(0, 2000))
@click.option("--replace", metavar="PICTURE", multiple=True, help="A drawn one that makes way; may be repeated.")
def draw(board: str, count: int, replace: tuple[str, ...]) -> None:
    """Draw COUNT pictures from the library that are probably not what a board means.

    The same board draws the same pictures from the same library; they stand on its other side, and can be replaced.
    """
    from leitmotiv.workflows import pinning

    with session() as opened:
        found = named(opened, board)
        _tell(opened, pinning.draw(opened, found.id, count, replacing=[_id(opened, found, one) for one in replace]))


@command.command("rename", cls=Verb)
@click.argument("board")
@click.argument("name")
@click.option("--words", default=None, help="Other words about it.")
def rename(board: str, name: str, words: str | None) -> None:
    """Give a board another name."""
    from leitmotiv.workflows import boards

    with session() as opened:
        _tell(opened, boards.rename(opened, named(opened, board).id, name, words=words))


@command.command("duplicate", cls=Verb)
@click.argument("board")
def duplicate(board: str) -> None:
    """Make a second board like one, with all it learnt."""
    from leitmotiv.workflows import boards

    with session() as opened:
        _tell(opened, boards.duplicate(opened, named(opened, board).id))


@command.command("delete", cls=Verb)
@click.argument("board")
@click.option("--for-good", is_flag=True, help="Remove it from the trash too, which cannot be undone.")
def delete(board: str, for_good: bool) -> None:
    """Throw a board away; `leitmotiv board restore` brings it back."""
    from leitmotiv.workflows import boards

    with session() as opened:
        found = named(opened, board)
        boards.trash(opened, found.id)
        if for_good:
            boards.remove(opened, [found.id])
        said = "removed for good" if for_good else f"in the trash; leitmotiv board restore {found.id} brings it back"
        show({"id": found.id, "name": found.name, "removed": for_good}, lambda: f"{found.name}: {said}")


@command.command("restore", cls=Verb)
@click.argument("board")
@click.option("--snapshot", type=click.IntRange(1), help="Make it what it was at this training.")
def restore(board: str, snapshot: int | None) -> None:
    """Bring a board back from the trash, by its number; or with --snapshot what it was at a training."""
    from leitmotiv.workflows import boards, learning

    with session() as opened:
        found = named(opened, board)
        if snapshot is None:
            _tell(opened, boards.bring_back(opened, found.id))
        else:
            _tell(opened, learning.bring_back(opened, found.id, snapshot))


@command.command("snapshot", cls=Verb)
@click.argument("board")
@click.argument("snapshot", type=click.IntRange(1))
@click.option("--name", default=None, help="Call it so; an empty name takes its name away.")
@click.option("--remove", is_flag=True, help="Remove it.")
@click.option("--compare", "other", type=click.IntRange(1), help="Tell what this other training was taught otherwise.")
def snapshot(board: str, snapshot: int, name: str | None, remove: bool, other: int | None) -> None:
    """Name a training of a board, remove it, or compare it with another; `board show` has their numbers."""
    from leitmotiv.errors import UsageError
    from leitmotiv.workflows import learning

    if (name is not None) + remove + (other is not None) != 1:
        raise UsageError("Say one of --name, --remove and --compare.")
    with session() as opened:
        found = named(opened, board)
        if other is not None:
            changed = learning.compare(opened, found.id, snapshot, other)
            show(vars(changed), lambda: _difference(changed))
        elif remove:
            _tell(opened, learning.prune(opened, found.id, [snapshot]))
        else:
            _tell(opened, learning.call(opened, found.id, snapshot, name or ""))


def _difference(changed: "Difference") -> str:
    groups = (("+", changed.added), ("-", changed.removed), ("weighed", changed.weighed))
    lines = [f"{sign} {image_id[:12]}" for sign, ids in groups for image_id in ids]
    return "\n".join([*lines, "" if changed.cosine is None else f"cosine of what was learnt: {changed.cosine:.3f}"])


def _step(verb: str, text: str) -> None:
    @command.command(verb, cls=Verb, help=text)
    def step() -> None:
        from leitmotiv.workflows import own

        with session() as opened:
            title = getattr(own, verb)(opened)
        show({"title": title}, lambda: f"{verb}: {title}" if title else f"Nothing to {verb}.")
        if not title:
            sys.exit(1)


_step("undo", "Take the latest change back, of boards or of anything that can be undone.")
_step("redo", "Carry out again what was undone last.")


@command.command("samples", cls=Verb)
def samples() -> None:
    """Make the three boards that leitmotiv brings along, from pictures that it paints."""
    from leitmotiv.web import board_forms
    from leitmotiv.workflows import samples as painted

    with session() as opened:
        made = painted.make(opened)
        show({"boards": [board_forms.board(opened, one) for one in made]}, lambda: "\n".join(map(_line, made)))


def _taken_in(opened: "Session", pictures: Sequence[str]) -> "list[BoardPicture | str]":
    """Ids for ids and for files that the library has; other files are read."""
    from leitmotiv.workflows import pinning

    taken: list[BoardPicture | str] = []
    for picture in pictures:
        path = Path(picture)
        known = opened.library.images.find_path(os.fsencode(os.path.abspath(path)))
        if known is not None:
            taken.append(known.id)
        elif os.path.lexists(path):
            taken.append(pinning.taken_in(opened, _read(path), path.name))
        else:
            taken.append(_as_id(picture))
    return taken


def _put(
    opened: "Session", board: "Board", pictures: "Sequence[BoardPicture | str]", side: Any, weight: float
) -> "Board":
    """Put pictures on a board, those that the library does not have first; all or nothing."""
    from leitmotiv.workflows import pinning

    with opened.library.transaction():
        for one in pictures:
            if not isinstance(one, str):
                board, _ = pinning.pin(opened, board.id, one, side, weight)
        ids = [one for one in pictures if isinstance(one, str)]
        return pinning.put(opened, board.id, dict.fromkeys(ids, weight), side) if ids else board


def _read(path: Path) -> bytes:
    """The bytes of a file.

    Raises
    ------
    ImageReadError
        It cannot be read, is a folder, or a link to nowhere.
    """
    from leitmotiv.errors import ImageReadError

    try:
        return path.read_bytes()
    except OSError as error:
        raise ImageReadError(printable(str(path)), (error.strerror or type(error).__name__).lower()) from error


def _as_id(picture: str) -> str:
    """What is no file, if it may be an id.

    Raises
    ------
    ImageNotFoundError
        It is meant for a file.
    """
    from leitmotiv.errors import ImageNotFoundError

    if os.sep in picture or "." in picture:
        raise ImageNotFoundError(f"There is no file {picture}, and ids of pictures look otherwise.")
    return picture


def _id(opened: "Session", board: "Board", picture: str) -> str:
    """The id of a picture of a board, which may be named by its file."""
    import hashlib

    path = Path(picture)
    if not path.is_file():
        return _as_id(picture)
    known = opened.library.images.find_path(os.fsencode(os.path.abspath(path)))
    own = {one.id for one in board.examples}
    if known is not None and known.id in own:
        return known.id
    return hashlib.sha256(_read(path)).hexdigest()


def _tell(opened: "Session", board: "Board") -> None:
    from leitmotiv.web import board_forms
    from leitmotiv.workflows import pinning

    def text() -> str:
        states = pinning.states(opened, board)
        paths = {one.id: one.path for one in opened.library.images.many(list(states))}
        lines = [_line(board), *filter(None, [board.words])]
        for one in board.examples:
            sign, drawn = "+" if one.side == "positive" else "-", "  drawn" if one.drawn else ""
            where = paths.get(one.id) or f"({states[one.id]})"
            lines.append(f"  {sign} {one.weight:<4g} {one.id[:12]}  {printable(where)}{drawn}")
        for made in board.snapshots:
            current = "*" if made.id == board.current else " "
            quality = "" if made.quality is None else f"  holds out {made.quality:.3f}"
            counts = f"{made.on('positive')} + {made.on('negative')}"
            lines.append(f"{current} snapshot {made.id:<4} {made.made:%Y-%m-%d %H:%M}  {counts}{quality}  {made.name}")
        return "\n".join(line.rstrip() for line in lines)

    show(board_forms.board(opened, board), text)


def _line(board: "Board") -> str:
    counts = f"{len(board.side('positive'))} + {len(board.side('negative'))}"
    state = (
        "in the trash"
        if board.trashed
        else "not trained"
        if board.current is None
        else "to train"
        if board.stale
        else ""
    )
    return f"{board.id:>4}  {board.name:<30} {counts:>9}  {board.changed:%Y-%m-%d}  {state}".rstrip()
