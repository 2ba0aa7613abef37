"""Three boards to begin with, of pictures that leitmotiv paints itself: they show how a board works on any library."""

from leitmotiv.analysis import paintings
from leitmotiv.imaging import read as reading
from leitmotiv.records import Board
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
    made = []
    with session.library.transaction():
        for name, words, painter in SAMPLES:
            board = there.get(name) or _made(session, name, words, painter)
            made.append(board)
    return made


def picture(painter: paintings.Painter, seed: int) -> bytes:
    """One picture of a sample board, as JPEG."""
    return reading.encode(paintings.painted(painter, seed), "JPEG", 88)


def _made(session: Session, name: str, words: str, painter: paintings.Painter) -> Board:
    board = boards.create(session, name, words=words, seed=0)
    for seed in range(FOR):
        board, _ = pinning.hand_in(session, board.id, picture(painter, seed), f"{name} {seed + 1}.jpg")
    for _, _, other in SAMPLES:
        if other is not painter:
            board, _ = pinning.hand_in(session, board.id, picture(other, FOR), "other.jpg", "negative")
    return board
