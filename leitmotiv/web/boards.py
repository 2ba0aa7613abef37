"""`/boards`: the page of all boards, and one board with what is on it, what it learnt and what it found."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from leitmotiv.errors import (
    BoardError,
    EmptyLibraryError,
    LayerError,
    MissingExtraError,
    NoActivationsError,
    UsageError,
)
from leitmotiv.records import Board, BoardExample, Image, Ranking, Result, Snapshot
from leitmotiv.web import board_forms, parameters
from leitmotiv.web.context import address, the_session
from leitmotiv.workflows import backgrounds, board_viewing, boards, finding, learning, pinning
from leitmotiv.workflows.layers import POOLED
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
FILES = (
    ("html", "The board as a page"),
    ("cav", "Concept, .cav"),
    ("json", "Concept, JSON"),
    ("onnx", "Concept, ONNX"),
)
NOTHING = Ranking("board", finding.UNIT, "descending", {}, (), 0)


@dataclass(frozen=True)
class Asked:
    """What the address of a board asks for."""

    q: str
    sort: str
    view: str
    layout: str
    heat: str
    own: str
    offset: int

    def arguments(self, **changes: Any) -> dict[str, Any]:
        """What an address must say of it: whatever is not usual."""
        usual = {"sort": SORTS[0][0], "view": VIEWS[0], "layout": LAYOUTS[0], "heat": HEATS[0]}
        values = {"q": self.q, "sort": self.sort, "view": self.view, "layout": self.layout, "heat": self.heat}
        values |= {"own": self.own} | changes
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
        Where the others speak against it: how strongly, 0 to 1.
    """

    id: str
    weight: float
    label: str
    image: Image | None
    src: str | None
    uploaded: bool
    odd: float | None


@dataclass(frozen=True)
class Fit:
    """How well a picture fits, in words.

    Attributes
    ----------
    short, long, said : str
        A number for a tile, more for its caption, and all of it.
    """

    short: str
    long: str
    said: str


@dataclass(frozen=True)
class Found:
    """What a training finds, or why nothing is.

    Attributes
    ----------
    why_not : str
        Why this concept cannot be asked at all.
    fault : str
        What is wrong with the question.
    """

    ranking: Ranking = NOTHING
    why_not: str = ""
    fault: str = ""


@pages.get("/boards")
def index() -> str:
    """Cards of the boards, the last changed first, and the trash; `?q=` are words in name or description."""
    session, q = the_session(), " ".join(request.args.get("q", "").split())
    found, total = boards.listed(session, q), len(boards.listed(session))
    trash = [_card(session, one) for one in boards.listed(session, trashed=True)]
    return render_template("boards.html", q=q, cards=[_card(session, one) for one in found], total=total, trash=trash)


def _card(session: Session, board: Board) -> dict[str, Any]:
    """A board among others: its JSON, and what its card counts."""
    return board_forms.board(session, board) | {
        "positives": len(board.side("positive")),
        "negatives": sum(not one.drawn for one in board.side("negative")),
        "trainings": len(board.snapshots),
        "changed": board.changed,
        # a concept that came without pictures shows its layer and method in their place
        "concept": board.snapshot,
    }


@pages.get("/boards/<int:board_id>")
def show(board_id: int) -> Response:
    """One board as it is; `?part=board` are the parts that change, `?part=results` a stretch of what it found."""
    board = boards.get(the_session(), board_id)
    return _page(board, board.snapshot, board.examples)


@pages.get("/boards/<int:board_id>/snapshots/<int:snapshot_id>")
def snapshot(board_id: int, snapshot_id: int) -> Response:
    """A board as it was when it learnt something, and what that finds."""
    board = boards.get(the_session(), board_id)
    learnt = learning.snapshot_of(board, snapshot_id)
    return _page(board, learnt, learnt.examples, earlier=True)


def _page(
    board: Board, learnt: Snapshot | None, examples: Sequence[BoardExample], *, earlier: bool = False
) -> Response:
    session, asked = the_session(), _asked()
    part = parameters.one_of("part", "", ("", "board", "results"))
    found = _found(session, board, learnt, asked)
    frozen = earlier or board.trashed is not None
    values: dict[str, Any] = {"board": board, "snapshot": learnt, "frozen": frozen, "part": part}
    values |= {"asked": asked, "sorts": SORTS}
    values |= {"why_not": found.why_not, "fault": found.fault, "total": found.ranking.total}
    values |= {"ready": learnt is not None and not found.why_not, "sides": {one.id: one.side for one in board.examples}}
    values |= _addresses(board, learnt, asked, found.ranking, earlier)
    shown = board_viewing.pictures(session, (one.id for one in found.ranking.results))
    values["results"] = [
        (said(one), shown[one.id], asked.offset + place)
        for place, one in enumerate(found.ranking.results)
        if one.id in shown
    ]
    if part != "results":
        values["lacking"] = backgrounds.waiting(session) if not found.ranking.total else ""
        values["look"] = look = board_viewing.looking(session, board)
        # what the page waits for: a picture of it that says the same needs no drawing anew
        values["waits"] = ("wished" if look.wished else "looks") if look else "lacking" if values["lacking"] else ""
        values["to_see"] = board_viewing.unseen(session)
        values["unseen"] = values["to_see"] if values["ready"] else 0
        sides = _sides(session, board, learnt, examples)
        usable = values["ready"] and not found.fault
        beside = _beside(session, board, learnt, asked.q, usable=usable, frozen=frozen)
        shown |= {image.id: image for image in (*sides.pop("shown"), *beside["worth"])}
        values |= sides | beside
    values["images"] = list(shown.values())
    answer = make_response(render_template("board_part.html" if part else "board.html", **values))
    answer.status_code = 400 if found.fault and not part else 200
    return answer


def _asked() -> Asked:
    choices = {"view": VIEWS, "layout": LAYOUTS, "heat": HEATS, "own": ("", "1")}
    chosen = {name: parameters.one_of(name, usual[0], usual) for name, usual in choices.items()}
    q = " ".join(request.args.get("q", "").split())
    sort = request.args.get("sort") or SORTS[0][0]
    return Asked(q, sort, offset=parameters.whole("from", 0, 0, MANY), **chosen)


def _found(session: Session, board: Board, learnt: Snapshot | None, asked: Asked) -> Found:
    if learnt is None:
        return Found()
    try:
        ranking = finding.results(
            session,
            board.id,
            learnt.id,
            text=asked.q,
            sort=asked.sort,
            n=PAGE,
            offset=asked.offset,
            own=asked.own == "1",
        )
        return Found(ranking)
    except UsageError as error:
        return Found(fault=str(error))
    except (BoardError, LayerError, MissingExtraError, EmptyLibraryError, NoActivationsError) as error:
        return Found(why_not=str(error))


def said(one: Result) -> Fit:
    """How well a result fits: how likely it is, where that is known, else its cosine."""
    percentile, likely = one.percentile or 0.0, one.probability
    below = f"better than {percentile:.{1 if percentile < 99.95 else 0}f} %"
    cosine = f"cosine {one.cosine or 0.0:.3f}"
    whole = f"score {one.score:.2f}, {below} of the library, {cosine}"
    if likely is None:
        return Fit(f"{one.cosine or 0.0:.2f}", below, whole)
    short = f"{100 * likely:.0f} %"
    return Fit(short, f"score {one.score:.2f}", f"{short} likely (roughly calibrated), {whole}")


def _addresses(board: Board, learnt: Snapshot | None, asked: Asked, ranking: Ranking, earlier: bool) -> dict[str, Any]:
    """Where things of this page lead."""
    place = {"board_id": board.id} | ({"snapshot_id": learnt.id} if earlier and learnt else {})
    page = "boards.snapshot" if earlier else "boards.show"
    chosen = {"snapshot": learnt.id} if learnt else {}
    layer = learnt.layer if learnt else ""
    files = [one for one in FILES if one[0] == "html" or (learnt and (one[0] != "onnx" or layer == POOLED))]
    more = asked.offset + len(ranking.results) < ranking.total and ranking.results
    ids = ",".join(one.id[:16] for one in ranking.results[:SELECTED])
    return {
        "to": lambda **changes: address(page, **place, **asked.arguments(**changes)),
        "here": address(page, **place),
        "following": address(page, **place, **asked.arguments(**{"from": asked.offset + PAGE})) if more else "",
        "exports": [
            (label, address("board_results.export", number=board.id, kind=kind, **chosen)) for kind, label in files
        ],
        "list_address": address("pictures.index", q=f"id:{ids}") if ids else "",
        "chosen": chosen if earlier else {},
    }


def _sides(session: Session, board: Board, learnt: Snapshot | None, examples: Sequence[BoardExample]) -> dict[str, Any]:
    """What is on the board: its two sides, and apart from them what was drawn."""
    states = pinning.states(session, replace(board, examples=tuple(examples)))
    images = board_viewing.pictures(session, (one.id for one in examples))
    odd = {} if learnt is None else dict(learnt.contradictions)
    made = [_example(one, states.get(one.id, "gone"), images.get(one.id), odd.get(one.id)) for one in examples]
    pairs = list(zip(examples, made, strict=True))
    return {
        "positive": [one for example, one in pairs if example.side == "positive"],
        "negative": [one for example, one in pairs if example.side == "negative" and not example.drawn],
        "drawn": [one for example, one in pairs if example.drawn],
        "shown": list(images.values()),
    }


def _example(one: BoardExample, state: str, image: Image | None, odd: float | None) -> Example:
    form = board_forms.example(one, state)
    label = image.name if image else "a picture from the disk" if form["uploaded"] else "a picture that is gone"
    return Example(one.id, one.weight, label, image, form["src"], form["uploaded"], odd)


def _beside(
    session: Session, board: Board, learnt: Snapshot | None, q: str, *, usable: bool, frozen: bool
) -> dict[str, Any]:
    """What stands beside the results: trainings, what to ask, and what to know of the concept."""
    asking: Sequence[str] = ()
    above = None
    if learnt is not None and usable:
        above = board_viewing.likely(session, board, learnt, q)
        # what was imported learns nothing from an answer: training makes another concept
        if not frozen and learnt.layer == POOLED and learnt.examples:
            asking = finding.informative(session, board.id, learnt.id, ASKED)
    states = pinning.states(session, board)
    other = next((one for one in board.snapshots if learnt and one.id != learnt.id), None)
    pair = {"a": other.id, "b": learnt.id} if other and learnt else {}
    return {
        "above": above,
        "worth": list(board_viewing.pictures(session, asking).values()),
        "snapshots": [_training(board, one, states) for one in board.snapshots],
        "compare_address": address("board_tools.compare", board_id=board.id, **pair) if pair else "",
        "quality_said": _quality(learnt),
        "same": "" if frozen else board_viewing.same(session, board),
        # nothing on the board taught it: training replaces what it means
        "imported": learnt is not None and not learnt.examples,
    }


def _training(board: Board, one: Snapshot, states: dict[str, str]) -> dict[str, Any]:
    """A snapshot in the row of them."""
    to = address("boards.show", board_id=board.id)
    if one.id != board.current:
        to = address("boards.snapshot", board_id=board.id, snapshot_id=one.id)
    return board_forms.snapshot(one, states) | {"made": one.made, "address": to, "title": _quality(one)}


def _quality(one: Snapshot | None) -> str:
    if one is None or one.quality is None:
        return "With one picture nobody can tell how well it holds out."
    return f"A picture of the board that it was not taught comes before {100 * one.quality:.1f} % of the library."
