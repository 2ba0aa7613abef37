"""Three boards to begin with, of pictures that leitmotiv paints itself: they show how a board works on any library."""

from collections.abc import Sequence

from leitmotiv.analysis import paintings
from leitmotiv.imaging import read as reading
from leitmotiv.records import Board, BoardPicture, Side
from leitmotiv.workflows import boards, pinning
from leitmotiv.workflows.session import Session

SAMPLES: tuple[tuple[str, str, paintings.Painter], ...] = (
    ("Dusk over water", "A low sun, its path on the water, a dark foreground.", paintings.dusk),
    ("Lit from one side", "One round thing before a dark ground, half of it in shadow.", paintings.sphere),
    ("Stripes", "Bands that go on and on: facades, fields, fabrics.", paintings.stripes),
)
"""Name, words and painter of each."""
FOR = 6
"""Pictures that a sample board is; it is not one of each of the others."""


def make(session: Session) -> list[Board]:
    """Make the sample boards; one that is there already stays as it is.

    Returns
    -------
    list of Board
        All three.
    """
    there = {board.name: board for board in boards.listed(session)}
    painted = {
        name: _painted(session, name, painter)
        for name, _, painter in SAMPLES
        if name not in there  # before the transaction, so that nobody waits for the painting
    }
    made = []
    with session.library.transaction():
        for name, words, _ in SAMPLES:
            made.append(there.get(name) or _made(session, name, words, painted[name]))
    return made


def picture(painter: paintings.Painter, seed: int) -> bytes:
    """One picture of a sample board, as JPEG."""
    return reading.encode(paintings.painted(painter, seed), "JPEG", 88)


def _painted(session: Session, name: str, painter: paintings.Painter) -> list[tuple[BoardPicture | str, Side]]:
    others = [other for _, _, other in SAMPLES if other is not painter]
    wanted: list[tuple[bytes, str, Side]] = [
        *((picture(painter, seed), f"{name} {seed + 1}.jpg", "positive") for seed in range(FOR)),
        *((picture(other, FOR), "other.jpg", "negative") for other in others),
    ]
    return [(pinning.taken_in(session, data, called), side) for data, called, side in wanted]


def _made(session: Session, name: str, words: str, pictures: Sequence[tuple[BoardPicture | str, Side]]) -> Board:
    board = boards.create(session, name, words=words, seed=0)
    for one, side in pictures:
        board, _ = pinning.pin(session, board.id, one, side)
    return board
