"""`/api/v1/boards`: mood boards and what is on them; each change can be undone."""

from typing import Any, cast

from flask import Blueprint, Response, request

from leitmotiv.errors import UsageError
from leitmotiv.records import Board, Side
from leitmotiv.web import answers, board_forms, parameters, schema
from leitmotiv.web import board_shapes as shapes
from leitmotiv.web.answers import body, json_answer
from leitmotiv.web.context import the_session
from leitmotiv.web.describe import describe
from leitmotiv.web.images import FOREVER, send_bytes
from leitmotiv.web.own import LARGE
from leitmotiv.workflows import boards, pinning, samples

pages = Blueprint("board_json", __name__)

API = "/api/v1/boards"
ONE = f"{API}/<int:number>"


def answer(board: Board, status: int = 200) -> Response:
    """A board in JSON."""
    return json_answer(board_forms.board(the_session(), board), status)


def weights(pictures: list[Any], usual: float = 1.0) -> dict[str, float]:
    """Weights by id, of a list as `board_shapes.PICTURES` has it."""
    pairs = ((one, usual) if isinstance(one, str) else (one["id"], one.get("weight", usual)) for one in pictures)
    return {image_id: float(weight) for image_id, weight in pairs}


@pages.get(API)
@describe(
    query={
        "q": schema.text("Words that stand in the name or in what was written."),
        "trashed": schema.text("`1` for those in the trash.", choices=("", "1")),
    },
    answer=shapes.BOARDS,
)
def index() -> Response:
    """The boards, the last changed first."""
    session, trashed = the_session(), parameters.one_of("trashed", "", ("", "1")) == "1"
    found = boards.listed(session, request.args.get("q", ""), trashed=trashed)
    return json_answer({"boards": [board_forms.board(session, one) for one in found]})


@pages.post(API)
@describe(body=shapes.MADE, answer=shapes.BOARD, status=201, errors=(404,))
def create() -> Response:
    """Make a board, with the pictures that are given on it."""
    form = body(shapes.MADE, most=LARGE)
    positive, negative = (weights(form.get(side, [])) for side in ("positive", "negative"))
    name, words = form.get("name", ""), form.get("words", "")
    made = pinning.made(the_session(), name, positive, negative, words=words)
    return answer(made, 201)


@pages.delete(API)
@describe(
    body=shapes.form_of(ids=schema.listed(schema.whole(1, 2**53), "Boards in the trash; all of them if not given.")),
    answer=schema.answer({"removed": schema.whole(0)}),
    errors=(404,),
)
def empty() -> Response:
    """Remove boards that are in the trash for good; this cannot be undone."""
    session = the_session()
    form = body(shapes.form_of(ids=schema.listed(schema.whole(1, 2**53))), most=LARGE)
    gone = form["ids"] if "ids" in form else [one.id for one in boards.listed(session, trashed=True)]
    return json_answer({"removed": boards.remove(session, gone)})


@pages.post(f"{API}/samples")
@describe(answer=shapes.BOARDS, status=201)
def sample_boards() -> Response:
    """Make the three boards that leitmotiv brings along; those that are there stay as they are."""
    body({})
    session = the_session()
    return json_answer({"boards": [board_forms.board(session, one) for one in samples.make(session)]}, 201)


@pages.get(ONE)
@describe(answer=shapes.BOARD)
def board(number: int) -> Response:
    """One board; one in the trash, too."""
    return answer(boards.get(the_session(), number))


@pages.patch(ONE)
@describe(body=shapes.CHANGED, answer=shapes.BOARD, errors=(404, 409))
def rename(number: int) -> Response:
    """Name a board, or write about it."""
    form = body(shapes.CHANGED)
    name, words = form.get("name"), form.get("words")
    if name is None and words is None:
        raise UsageError("Nothing to change: give name, words or both.")
    return answer(boards.rename(the_session(), number, name, words=words, revision=form.get("revision")))


@pages.delete(ONE)
@describe(body=shapes.SEEN, answer=shapes.BOARD, errors=(404, 409))
def trash(number: int) -> Response:
    """Throw a board away; `restore` brings it back."""
    return answer(boards.trash(the_session(), number, revision=body(shapes.SEEN).get("revision")))


@pages.post(f"{ONE}/restore")
@describe(answer=shapes.BOARD, errors=(404,))
def restore(number: int) -> Response:
    """Bring a board back from the trash."""
    body({})
    return answer(boards.bring_back(the_session(), number))


@pages.post(f"{ONE}/duplicate")
@describe(answer=shapes.BOARD, status=201, errors=(404,))
def duplicate(number: int) -> Response:
    """Make a second board like it, with all it learnt."""
    body({})
    return answer(boards.duplicate(the_session(), number), 201)


@pages.post(f"{ONE}/examples")
@describe(body=shapes.PUT, answer=shapes.BOARD, errors=(404, 409))
def put(number: int) -> Response:
    """Put pictures on a side of a board, from the library or the other side."""
    form = body(shapes.PUT, most=LARGE)
    given = weights(form["ids"], form.get("weight", 1.0))
    side, revision = form.get("side", "positive"), form.get("revision")
    return answer(pinning.put(the_session(), number, given, side, revision=revision))


@pages.put(f"{ONE}/examples")
@describe(body=shapes.PUT, answer=shapes.BOARD, errors=(404, 409))
def weigh(number: int) -> Response:
    """Let pictures that are on a board count for more or less; `side` moves them."""
    session, form = the_session(), body(shapes.PUT, most=LARGE)
    given = weights(form["ids"], form.get("weight", 1.0))
    change, more = (pinning.put, {"side": form["side"]}) if "side" in form else (pinning.weigh, {})
    return answer(change(session, number, given, revision=form.get("revision"), **more))


@pages.delete(f"{ONE}/examples")
@describe(body=shapes.TAKEN, answer=shapes.BOARD, errors=(404, 409))
def take_off(number: int) -> Response:
    """Take pictures off a board; they stay in the library."""
    form = body(shapes.TAKEN, most=LARGE)
    return answer(pinning.take_off(the_session(), number, weights(form["ids"]), revision=form.get("revision")))


@pages.post(f"{ONE}/draw")
@describe(body=shapes.DRAWN, answer=shapes.BOARD, errors=(404, 409))
def draw(number: int) -> Response:
    """Have pictures drawn that are probably not what the board means: {"count", "replace": [ids]}."""
    form = body(shapes.DRAWN, most=LARGE)
    replacing, revision = form.get("replace", ()), form.get("revision")
    return answer(pinning.draw(the_session(), number, form.get("count"), replacing=replacing, revision=revision))


@pages.post(f"{ONE}/pictures")
@describe(form=shapes.HANDED_IN, answer=shapes.BOARD_AND_PICTURE, status=201, errors=(404, 409, 422))
def hand_in(number: int) -> Response:
    """Put a file on a board that need not be in the library: the field `picture` of a form."""
    session = the_session()
    file = answers.upload("picture", megabytes=session.settings.max_upload_megabytes + 1)
    side = request.form.get("side", "positive")
    revision = request.form.get("revision", "")
    if side not in ("positive", "negative"):
        raise UsageError(f"side is {side!r}, but must be positive or negative.")
    if revision and not (revision.isascii() and revision.isdecimal() and len(revision) <= 16):
        raise UsageError(f"revision is {revision[:40]!r}, but must be a whole number.")
    changed, picture_id = pinning.hand_in(
        session,
        number,
        file.read(),
        file.filename or "",
        cast(Side, side),
        revision=int(revision) if revision else None,
    )
    return json_answer({"board": board_forms.board(session, changed), "id": picture_id}, 201)


@pages.get("/boards/pictures/<image_id>.jpg")
def handed_in(image_id: str) -> Response:
    """A picture that was handed in to a board."""
    session = the_session()
    return send_bytes(f"{image_id}-board", FOREVER, lambda: (pinning.shown(session, image_id), "image/jpeg"))
