"""`/api/v1/boards/…`: what mood boards learn and find, their snapshots, and concepts in and out."""

from typing import Any

from flask import Blueprint, Response, make_response, request

from leitmotiv.errors import UsageError
from leitmotiv.records import Ranking
from leitmotiv.web import board_forms, forms, parameters, schema, shapes
from leitmotiv.web import board_shapes as board
from leitmotiv.web.answers import body, json_answer
from leitmotiv.web.board_json import API, ONE, answer, weights
from leitmotiv.web.context import address, the_session
from leitmotiv.web.describe import describe
from leitmotiv.web.own import LARGE
from leitmotiv.workflows import boards, browse, finding, learning, publishing
from leitmotiv.workflows.concept_files import MOST_BYTES

pages = Blueprint("board_results", __name__)

SNAPSHOTS = f"{ONE}/snapshots"
MANY = 10_000_000
ASKED = {
    **shapes.SELECTED,
    "sort": schema.text("`-score`, `score`, or an order of pictures.", default="-score"),
    "snapshot": board.SNAPSHOT_OF,
    "n": schema.whole(1, MANY, "Pictures of one answer.", default=100),
    "cursor": schema.whole(0, MANY, "Where to go on; `next` of the page before has it.", default=0),
    "own": schema.text("`1` ranks the pictures of the board, too.", choices=("", "1")),
}


@pages.post(f"{ONE}/train")
@describe(body=board.TAUGHT, answer=board.TRAINED, errors=(404, 409, 501))
def train(number: int) -> Response:
    """Have a board learn from what is on it; the new snapshot becomes its current one.

    `left_out` has the pictures that taught nothing: gone, or not yet seen by the network.
    """
    session, form = the_session(), body(board.TAUGHT)
    taught = learning.train(
        session,
        number,
        method=form.get("method", "ridge"),
        name=form.get("name", ""),
        revision=form.get("revision"),
    )
    return json_answer(board_forms.board(session, taught.board) | {"left_out": taught.left_out})


@pages.get(SNAPSHOTS)
@describe(answer=schema.answer({"snapshots": schema.listed(board.SNAPSHOT)}))
def snapshots(number: int) -> Response:
    """What a board had learnt, the newest first."""
    session = the_session()
    return json_answer({"snapshots": board_forms.board(session, boards.get(session, number))["snapshots"]})


@pages.get(f"{SNAPSHOTS}/<int:snapshot>")
@describe(answer=board.WHOLE_SNAPSHOT)
def snapshot(number: int, snapshot: int) -> Response:
    """One snapshot, with the pictures that it was taught."""
    session = the_session()
    of = boards.get(session, number)
    return json_answer(board_forms.whole_snapshot(session, of, learning.snapshot_of(of, snapshot)))


@pages.patch(f"{SNAPSHOTS}/<int:snapshot>")
@describe(body=board.NAMED, answer=board.BOARD, errors=(404, 409))
def call(number: int, snapshot: int) -> Response:
    """Name a snapshot; an empty name takes it away."""
    return answer(learning.call(the_session(), number, snapshot, body(board.NAMED).get("name", "")))


@pages.delete(f"{SNAPSHOTS}/<int:snapshot>")
@describe(answer=board.BOARD, errors=(404, 409))
def prune(number: int, snapshot: int) -> Response:
    """Remove a snapshot."""
    body({})
    return answer(learning.prune(the_session(), number, [snapshot]))


@pages.post(f"{SNAPSHOTS}/<int:snapshot>/restore")
@describe(body=board.SEEN, answer=board.BOARD, errors=(404, 409))
def restore(number: int, snapshot: int) -> Response:
    """Make a board what it was when the snapshot was made."""
    revision = body(board.SEEN).get("revision")
    return answer(learning.bring_back(the_session(), number, snapshot, revision=revision))


@pages.get(f"{ONE}/compare")
@describe(
    query={"a": board.SNAPSHOT_OF, "b": board.SNAPSHOT_OF},
    answer=board.DIFFERENCE,
    errors=(404,),
)
def compare(number: int) -> Response:
    """What snapshot `b` was taught and learnt otherwise than snapshot `a`; both are the current one if not given."""
    session = the_session()
    one, other = (parameters.optional_whole(name, 1, 2**53) for name in ("a", "b"))
    return json_answer(vars(learning.compare(session, number, one, other)))


@pages.get(f"{ONE}/results")
@describe(query=ASKED, answer=shapes.RANKING, errors=(409, 501))
def results(number: int) -> Response:
    """The pictures of `?q=` by what a board learnt, as a ranking."""
    session = the_session()
    n, offset = parameters.whole("n", 100, 1, MANY), parameters.whole("cursor", 0, 0, MANY)
    found = finding.results(
        session,
        number,
        parameters.optional_whole("snapshot", 1, 2**53),
        text=request.args.get("q", ""),
        sort=request.args.get("sort", finding.BEST),
        n=n,
        offset=offset,
        own=parameters.one_of("own", "", ("", "1")) == "1",
    )
    kept = {name: request.args[name] for name in ("snapshot", "q", "sort", "n", "own") if name in request.args}
    more = (
        address("board_results.results", number=number, **kept, cursor=offset + n) if offset + n < found.total else None
    )
    return json_answer(_ranking(found, more))


@pages.post(f"{API}/rank")
@describe(body=board.LOOSE, answer=shapes.RANKING, errors=(404, 409, 501))
def rank() -> Response:
    """Rank by pictures or by several boards, without keeping anything.

    {"positive": [ids], "negative": [ids], "n"} learns from pictures; {"terms": [{"board", "op", "weight"}]} joins what
    boards learnt: and, or, minus.
    """
    session, form = the_session(), body(board.LOOSE, most=LARGE)
    more = {"text": form.get("q", ""), "sort": form.get("sort", finding.BEST), "n": form.get("n", 50)}
    more["own"] = form.get("own", False)
    if ("positive" in form) == ("terms" in form):
        raise UsageError("Give either positive, a list of pictures, or terms, a list of boards.")
    if "terms" in form:
        return json_answer(_ranking(finding.joined(session, [_joined(one) for one in form["terms"]], **more), None))
    sides = (weights(form.get(side, [])) for side in ("positive", "negative"))
    found = finding.loose(session, *sides, method=form.get("method", "ridge"), **more)
    return json_answer(_ranking(found, None))


def _joined(term: dict[str, Any]) -> finding.Joined:
    return finding.Joined(term["board"], term.get("op", "and"), term.get("weight", 1.0), term.get("snapshot"))


@pages.get(f"{ONE}/informative")
@describe(
    query={"n": schema.whole(1, 100, default=10), "snapshot": board.SNAPSHOT_OF},
    answer=schema.answer({"ids": schema.listed(schema.text())}),
    errors=(409, 501),
)
def informative(number: int) -> Response:
    """The pictures whose answer, it is or it is not, would teach a board most.

    409 for a concept that knows places (`lite0_map`): what is not known of a collection is known by pooled activations.
    """
    n, snapshot = parameters.whole("n", 10, 1, 100), parameters.optional_whole("snapshot", 1, 2**53)
    return json_answer({"ids": finding.informative(the_session(), number, snapshot, n)})


@pages.post(f"{API}/import")
@describe(query={"name": board.NAME}, answer=board.BOARD, status=201)
def bring_in() -> Response:
    """Make a board of the .cav file that is the body; it is called as `?name=`, with a number where that is taken."""
    request.max_content_length = MOST_BYTES
    return answer(publishing.bring_in(the_session(), request.get_data(cache=False), request.args.get("name", "")), 201)


@pages.get(f"{ONE}/export.<kind>")
@describe(query={"snapshot": board.SNAPSHOT_OF}, media=tuple(sorted(set(publishing.MEDIA.values()))), errors=(409, 501))
def export(number: int, kind: str) -> Response:
    """A board as `html`, or what it learnt as `cav`, `json` or `onnx`."""
    session = the_session()
    snapshot = parameters.optional_whole("snapshot", 1, 2**53)
    data = publishing.written(session, number, publishing.as_kind(kind), snapshot)
    made = make_response(data)
    made.mimetype = publishing.MEDIA[publishing.as_kind(kind)]
    made.headers.set("Content-Disposition", "attachment", filename=f"{boards.get(session, number).name}.{kind}")
    return made


def _ranking(found: Ranking, following: str | None) -> dict[str, Any]:
    return forms.ranking(found, browse.odd_paths(the_session(), found), following) | {"total": found.total}
