"""`/boards`: the page of all boards, and one board with what is on it, what it learnt and what it found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, render_template, request

from leitmotiv.records import Board, BoardExample, Image, Snapshot
from leitmotiv.web import board_forms, parameters
from leitmotiv.web.context import the_session
from leitmotiv.workflows import boards, browse, pinning
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
    odd : float or None
        Where the others speak against it: how little they agree with it, 0 to 1.
    """

    id: str
    weight: float
    label: str
    image: Image | None
    src: str | None
    uploaded: bool
    odd: float | None


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
        there=there,
    )


def there(ending: str) -> bool:
    """Whether this app has a route of boards that ends so."""
    return any("boards" in rule.rule and rule.rule.endswith(ending) for rule in current_app.url_map.iter_rules())


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
    return _page(session, board, board.snapshot, board.examples)


def _page(session: Session, board: Board, learnt: Snapshot | None, examples: Sequence[BoardExample]) -> str:
    """A board, or with the examples of an earlier snapshot what it was then."""
    asked, part = _asked(), parameters.one_of("part", "", ("", "board", "results"))
    frozen = examples is not board.examples
    values: dict[str, Any] = {"board": board, "snapshot": learnt, "frozen": frozen, "part": part, "asked": asked}
    values |= _sides(session, board, learnt, examples)
    values |= {
        "ready": False,
        "results": (),
        "following": "",
        "worth": (),
        "snapshots": (),
        "why_not": "",
        "warnings": (),
    }
    values |= {"there": there, "exports": (), "view": asked.view}
    values["images"] = values["shown"]
    return render_template("board_part.html" if part else "board.html", **values)


def _asked() -> Asked:
    choices = {"view": VIEWS, "layout": LAYOUTS, "heat": HEATS}
    chosen = {name: parameters.one_of(name, usual[0], usual) for name, usual in choices.items()}
    q = " ".join(request.args.get("q", "").split())
    sort = request.args.get("sort") or SORTS[0][0]
    return Asked(q, sort, offset=parameters.whole("from", 0, 0, MANY), **chosen)


def _sides(session: Session, board: Board, learnt: Snapshot | None, examples: Sequence[BoardExample]) -> dict[str, Any]:
    """What is on the board: its two sides, and apart from them what was drawn."""
    states = pinning.states(session, board)
    images = {one.id: browse.image(session, one.id) for one in examples if states.get(one.id) == "library"}
    odd = {} if learnt is None else dict(learnt.contradictions)
    shown = [_example(one, states.get(one.id, "gone"), images.get(one.id), odd.get(one.id)) for one in examples]
    by_hand = [(one, made) for one, made in zip(examples, shown, strict=True) if not one.drawn]
    return {
        "positive": [made for one, made in by_hand if one.side == "positive"],
        "negative": [made for one, made in by_hand if one.side == "negative"],
        "drawn": [made for one, made in zip(examples, shown, strict=True) if one.drawn],
        "sides": {one.id: one.side for one in examples},
        "shown": list(images.values()),
    }


def _example(one: BoardExample, state: str, image: Image | None, odd: float | None) -> Example:
    form = board_forms.example(one, state)
    label = image.name if image else "a picture from the disk" if form["uploaded"] else "a picture that is gone"
    return Example(one.id, one.weight, label, image, form["src"], form["uploaded"], odd)
