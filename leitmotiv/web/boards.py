"""`/boards`: the page of all boards, and one board with what is on it, what it learnt and what it found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request

from leitmotiv.errors import LeitmotivError, UsageError
from leitmotiv.records import Board, Image, Snapshot
from leitmotiv.web import board_forms, board_words, parameters
from leitmotiv.web.board_words import Fit
from leitmotiv.web.context import address, the_session
from leitmotiv.workflows import boards, browse, learning, ranking
from leitmotiv.workflows.session import Session

pages = Blueprint("boards", __name__)

PAGE = 100
MANY = 10_000_000
ASKED = 10
"""Pictures whose answer would teach a board most."""
SELECTED = 200
"""Most results that "as a selection" names one by one, so that the address stays short enough."""
VIEWS = ("preview", "crop", "heatmap", "focus")
LAYOUTS = ("mosaic", "grid")
HEATS = ("share", "tiles")
SORTS = (
    *(("-score", "Fits best"), ("score", "Fits least"), ("-taken", "Newest"), ("taken", "Oldest")),
    *(("-rating", "Rating"), ("name", "Name"), ("folder", "Folder")),
)


@dataclass(frozen=True)
class Asked:
    """What the address of a board asks for."""

    q: str
    sort: str
    view: str
    layout: str
    heat: str
    offset: int

    def arguments(self, **changes: Any) -> dict[str, Any]:
        """What an address must say of it: whatever is not usual."""
        usual = {"sort": SORTS[0][0], "view": VIEWS[0], "layout": LAYOUTS[0], "heat": HEATS[0]}
        values = {"q": self.q, "sort": self.sort, "view": self.view, "layout": self.layout, "heat": self.heat}
        values |= changes
        return {name: value for name, value in values.items() if value and value != usual.get(name)}


@dataclass(frozen=True)
class Example:
    """A picture of a board as the page shows it.

    Attributes
    ----------
    image : Image or None
        Its record, where the library has it.
    src : str or None
        Where to see it, if anywhere.
    odd : float
        How strongly the others speak against it, 0 to 1; 0 where they do not.
    """

    id: str
    weight: float
    label: str
    image: Image | None
    src: str | None
    uploaded: bool
    odd: float


@pages.get("/boards")
def index() -> str:
    """Cards of the boards, the last changed first, and the trash; `?q=` are words in name or description."""
    session, q = the_session(), " ".join(request.args.get("q", "").split())
    found = boards.listed(session, q)
    return render_template(
        "boards.html",
        q=q,
        cards=[_card(session, one) for one in found],
        total=len(boards.listed(session)),
        trash=[_card(session, one) for one in boards.listed(session, trashed=True)],
    )


def _card(session: Session, board: Board) -> dict[str, Any]:
    """A board among others: its JSON, and what its card counts."""
    return board_forms.board(session, board) | {
        "positives": len(board.side("positive")),
        "negatives": sum(not one.drawn for one in board.side("negative")),
        "trainings": len(board.snapshots),
        "changed": board.changed,
    }


@pages.get("/boards/<int:board_id>")
def show(board_id: int) -> str:
    """One board as it is; `?part=board` are the parts that change, `?part=results` a stretch of what it found."""
    session = the_session()
    board = boards.get(session, board_id)
    return _page(session, board, board.snapshot)


@pages.get("/boards/<int:board_id>/snapshots/<int:snapshot_id>")
def snapshot(board_id: int, snapshot_id: int) -> str:
    """A board as it was when it learnt something, and what that finds."""
    session = the_session()
    board = boards.get(session, board_id)
    return _page(session, board, learning.snapshot(board, snapshot_id), frozen=True)


def _page(session: Session, board: Board, learnt: Snapshot | None, *, frozen: bool = False) -> str:
    asked, part = _asked(), parameters.one_of("part", "", ("", "board", "results"))
    found = _found(session, board, learnt, asked)
    values = {"board": board, "snapshot": learnt, "frozen": frozen, "part": part, "view": asked.view}
    values |= {"heat": asked.heat, "layout": asked.layout, "sort": asked.sort, "q": asked.q, "sorts": SORTS}
    values |= _addresses(board, learnt, asked, frozen) | found
    if part != "results":
        values |= _sides(session, board, learnt if frozen else None)
        values |= _beside(session, board, learnt, frozen)
    results, known = [], {}
    for place, (fit, image) in enumerate(found["fits"]):
        results.append((fit, image, asked.offset + place))
        known[image.id] = image
    shown = [*known.values(), *values.get("shown", ())]
    values |= {"results": results, "images": list({image.id: image for image in shown}.values())}
    return render_template("board_part.html" if part else "board.html", **values)


def _asked() -> Asked:
    choices = {"view": VIEWS, "layout": LAYOUTS, "heat": HEATS}
    chosen = {name: parameters.one_of(name, usual[0], usual) for name, usual in choices.items()}
    q = " ".join(request.args.get("q", "").split())
    sort = request.args.get("sort") or SORTS[0][0]
    return Asked(q, sort, offset=parameters.whole("from", 0, 0, MANY), **chosen)
