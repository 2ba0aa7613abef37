"""What stands beside a board: one result with its crops, two trainings, several boards together, the camera."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from flask import Blueprint, Response, make_response, render_template, request

from leitmotiv.errors import ImageReadError, LeitmotivError, UsageError
from leitmotiv.records import Board, Crop, Image, Result, Snapshot
from leitmotiv.web import board_views, errors, parameters
from leitmotiv.web.boards import said
from leitmotiv.web.context import address, the_session
from leitmotiv.workflows import board_viewing, boards, browse, finding, inspecting, learning
from leitmotiv.workflows.finding import Joined
from leitmotiv.workflows.session import Session

pages = Blueprint("board_tools", __name__)

CROPS = 5
"""Alternatives that are offered."""
BESIDE = 60
"""Results of a training beside those of another."""
MIXED = 60
WAYS = (("and", "and"), ("or", "or"), ("minus", "without"))
"""How a board joins those before it, and the word for it."""
MOST_TERMS = 12
_NUMBER = re.compile(r"[0-9]{1,2}(\.[0-9]{1,4})?", re.ASCII)


def _chosen(board: Board) -> tuple[Snapshot, dict[str, int]]:
    """The snapshot that `?snapshot=` means, and what an address says of it: nothing of the current one."""
    wanted = parameters.optional_whole("snapshot", 1, 2**53)
    learnt = learning.snapshot_of(board, wanted)
    return learnt, {} if learnt.id == board.current else {"snapshot": learnt.id}


def _up(board: Board, learnt: Snapshot) -> str:
    """The page of a training."""
    if learnt.id == board.current:
        return address("boards.show", board_id=board.id)
    return address("boards.snapshot", board_id=board.id, snapshot_id=learnt.id)


# ---- one result ----


@pages.get("/boards/<int:board_id>/results/<image_id>")
def inspect(board_id: int, image_id: str) -> str:
    """Why a picture fits: where in it the score comes from, and the crops that fit best; `?snapshot=`, `?view=`."""
    session = the_session()
    board, image = boards.get(session, board_id), browse.image(session, image_id)
    learnt, _ = _chosen(board)
    fit = board_viewing.fit(session, board, learnt, image.id)
    # a search for crops takes a second or two: the page comes first, and asks for them
    part = parameters.one_of("part", "", ("", "crops"))
    wanted = bool(part) or parameters.one_of("crops", "", ("", "1")) == "1"
    crops, alone, fault = _crops(session, board, learnt, image) if wanted else ([], None, "")

    def heat(kind: str) -> str:
        return address("board_views.heat", number=board.id, image_id=image.id, kind=kind, snapshot=learnt.id)

    def own(**more: str) -> str:
        return address("board_tools.inspect", board_id=board.id, image_id=image.id, snapshot=learnt.id, **more)

    return render_template(
        "board_crops.html" if part else "board_inspect.html",
        board=board,
        image=image,
        up=_up(board, learnt),
        view=parameters.one_of("view", "focus", ("preview", "heatmap", "focus")),
        fit=fit,
        likely=None if fit is None or fit.probability is None else f"{100 * fit.probability:.0f} %",
        side=next((one.side for one in board.examples if one.id == image.id), ""),
        crops=crops,
        alone=alone,
        fault=fault,
        crops_wanted=wanted,
        crops_address=own(part="crops"),
        crops_page=own(crops="1"),
        heats={kind: heat(kind) for kind in board_views.KINDS},
    )


@dataclass(frozen=True)
class Cutting:
    """A crop as a row of its picture.

    Attributes
    ----------
    box : str
        x, y, width and height in shares of the sides, with commas between.
    said, shape : str
        How well it fits, and its proportions and pixels.
    """

    box: str
    said: str
    shape: str
    preview: str
    download: str


def _crops(session: Session, board: Board, learnt: Snapshot, image: Image) -> tuple[list[Cutting], float | None, str]:
    """The crops that fit best and what the whole picture scores, or why there are none."""
    try:
        concept = learning.concept_of(session, board, learnt.id)
        found = inspecting.crops(session, concept, image.id, CROPS)
        alone = inspecting.whole_score(session, concept, image.id)
    except (ImageReadError, LeitmotivError) as error:
        return [], None, str(error)
    return [_cutting(image, one) for one in found], alone, ""


def _cutting(image: Image, one: Crop) -> Cutting:
    form = board_views.crop_form(image, one)
    width, height = round(one.width * image.width), round(one.height * image.height)
    whole = one.width > 0.999 and one.height > 0.999
    box = ",".join(f"{side:.5f}" for side in (one.x, one.y, one.width, one.height))
    shape = f"{'whole picture' if whole else one.aspect}, {width} × {height}"
    return Cutting(box, f"{one.score:.2f}", shape, str(form["preview"]), str(form["download"]))


# ---- two trainings ----


@pages.get("/boards/<int:board_id>/compare")
def compare(board_id: int) -> str:
    """Two trainings of a board side by side: `?a=` and `?b=`, by default the two last."""
    session = the_session()
    board = boards.get(session, board_id)
    if len(board.snapshots) < 2:
        return render_template("board_compare.html", board=board, alone=True)
    usual = (board.snapshots[1].id, board.snapshots[0].id)
    first, second = (
        learning.snapshot_of(board, parameters.whole(name, number, 1, 2**53))
        for name, number in zip("ab", usual, strict=True)
    )
    both = board_viewing.beside(session, board, first, second, BESIDE)
    changes = _changes(session, board, first, second)
    ids = [one.result.id for one in (*both.first, *both.second)] + [one for _, some in changes for one, _ in some]
    images = board_viewing.pictures(session, ids)
    return render_template(
        "board_compare.html",
        board=board,
        first=first,
        second=second,
        shown=max(len(both.first), len(both.second)),
        common=both.common,
        columns=[(first, _column(both.first)), (second, _column(both.second))],
        changes=changes,
        images=images,
    )


def _column(results: Sequence[board_viewing.Moved]) -> list[dict[str, Any]]:
    """Results with where they lie in the other training."""
    return [_placed(here, one) for here, one in enumerate(results)]


def _placed(here: int, one: board_viewing.Moved) -> dict[str, Any]:
    fit = said(one.result)
    if one.place is None:
        moved, words = "…", "far behind in the other"
    elif one.place == here:
        moved, words = "=", "in the same place in the other"
    else:
        step = abs(one.place - here)
        back = one.place > here
        moved = f"{'↓' if back else '↑'} {step}"
        words = f"{step} place{'s' if step > 1 else ''} {'further back' if back else 'nearer'} in the other"
    return {"id": one.result.id, "short": fit.short, "said": fit.said, "moved": moved, "words": words}


def _changes(
    session: Session, board: Board, first: Snapshot, second: Snapshot
) -> list[tuple[str, list[tuple[str, str]]]]:
    """What was taught otherwise, with words about each picture."""
    found = learning.compare(session, board.id, first.id, second.id)
    sides = {one.id: one for one in (*first.examples, *second.examples)}
    before = {one.id: one.weight for one in first.examples}

    def about(image_id: str) -> str:
        return ": it is" if sides[image_id].side == "positive" else ": it is not"

    weighed = [(one, f": {before[one]:g}, then {sides[one].weight:g}") for one in found.weighed]
    told = (
        ("Only in the second", [(one, about(one)) for one in found.added]),
        ("Only in the first", [(one, about(one)) for one in found.removed]),
        ("With another weight", weighed),
    )
    return [(title, some) for title, some in told if some]


# ---- several boards ----


@pages.get("/boards/combine")
def combine() -> Response:
    """Several boards together: `?board=3&op=minus&board=5&weight=0.5`; the first needs neither `op` nor `weight`."""
    session = the_session()
    trained = [one for one in boards.listed(session) if one.snapshots]
    q = " ".join(request.args.get("q", "").split())
    terms: list[Joined] = []
    results: Sequence[Result] = ()
    total, fault, status = 0, "", 200
    try:
        terms = _terms()
        if terms:
            ranking = finding.joined(session, terms, text=q, n=MIXED)
            results, total = ranking.results, ranking.total
    except LeitmotivError as error:
        fault, status = str(error), errors.status_of(error)
    images = board_viewing.pictures(session, (one.id for one in results))
    answer = make_response(
        render_template(
            "board_combine.html",
            boards=trained,
            terms=terms,
            ways=WAYS,
            q=q,
            most=MOST_TERMS,
            results=[(said(one), images[one.id]) for one in results if one.id in images],
            total=total,
            fault=fault,
        )
    )
    answer.status_code = status
    return answer


def _terms() -> list[Joined]:
    """The boards that an address names, in their order; an empty choice is none.

    Where there are fewer ways or weights than boards, they are those of the last ones.

    Raises
    ------
    UsageError
        Too many, or a number that is none.
    """
    numbers, ways, weights = (request.args.getlist(name) for name in ("board", "op", "weight"))
    ways = [*["and"] * (len(numbers) - len(ways)), *ways]
    weights = [*["1"] * (len(numbers) - len(weights)), *weights]
    found = []
    for number, way, weight in zip(numbers, ways, weights, strict=False):
        if not number:
            continue
        if not (number.isascii() and number.isdecimal() and len(number) < 16):
            raise UsageError(f"board is {number[:40]!r}, but must be the number of a board.")
        if way not in dict(WAYS):
            raise UsageError(f"op is {way[:40]!r}, but must be and, or or minus.")
        if _NUMBER.fullmatch(weight) is None:
            raise UsageError(f"weight is {weight[:40]!r}, but must be a number from 0 to 10.")
        found.append(Joined(int(number), cast(Literal["and", "or", "minus"], way), float(weight)))
    if len(found) > MOST_TERMS:
        raise UsageError(f"{len(found)} boards are too many; {MOST_TERMS} can be combined.")
    return found


# ---- the camera ----


@pages.get("/boards/<int:board_id>/camera")
def camera(board_id: int) -> Response:
    """What a camera sees, scored as it goes; `?snapshot=`."""
    board = boards.get(the_session(), board_id)
    learnt, chosen = _chosen(board)
    live = address("board_views.live", number=board.id, **chosen)
    answer = make_response(render_template("board_camera.html", board=board, up=_up(board, learnt), live_address=live))
    # the one page that may ask for the camera
    answer.headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=(), interest-cohort=()"
    return answer
