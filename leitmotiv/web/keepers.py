"""`/keepers`: pictures of one moment side by side, with the one that is proposed to be kept, and why."""

from typing import Any

from flask import Blueprint, Response, render_template, request

from leitmotiv.web import parameters, schema, shapes
from leitmotiv.web.answers import body, json_answer
from leitmotiv.web.context import tagged, the_session
from leitmotiv.web.describe import describe
from leitmotiv.workflows import browse, bursts, technical
from leitmotiv.workflows.bursts import Burst

pages = Blueprint("keepers", __name__)

PAGE, MANY = 30, 1_000_000
_MEMBER = schema.answer(
    {
        "id": schema.text(),
        "path": schema.text(),
        "score": schema.maybe(schema.number(1, 10, "Of the technical critic.")),
        "worth": schema.maybe(schema.number(about="By your taste, scores.")),
        "flags": schema.listed(schema.text()),
        "reasons": schema.listed(schema.text(), "Why it is kept, or what it lacks beside the one that is."),
    }
)
BURSTS = schema.answer(
    {
        "total": schema.whole(0),
        "bursts": schema.listed(
            schema.answer(
                {
                    "keeper": schema.text("Id of the one that is proposed, or was chosen."),
                    "chosen": schema.truth("Whether a person said so."),
                    "seconds": schema.number(0, about="From the first to the last."),
                    "members": schema.listed(_MEMBER, "The keeper first."),
                }
            )
        ),
    }
)


@pages.get("/keepers")
def show() -> str:
    """The bursts of `?q=`, the latest first."""
    session = the_session()
    technical.catch_up(session)
    text, start = request.args.get("q", ""), parameters.whole("from", 0, 0, MANY)
    found = bursts.bursts(session, text=text)
    shown = found[start : start + PAGE]
    return render_template("keepers.html", query=text, bursts=shown, total=len(found), start=start, page=PAGE)


def form(burst: Burst) -> dict[str, Any]:
    """A burst as JSON has it."""
    return {
        "keeper": burst.keeper.image.id,
        "chosen": burst.chosen,
        "seconds": burst.seconds,
        "members": [
            {
                "id": one.image.id,
                "path": one.image.path,
                "score": one.score,
                "worth": one.worth,
                "flags": list(one.flags),
                "reasons": list(one.reasons),
            }
            for one in burst.members
        ],
    }


@pages.get("/api/v1/keepers")
@describe(
    query={
        "q": shapes.SELECTED["q"],
        "n": schema.whole(1, MANY, "Bursts of one answer.", default=100),
    },
    answer=BURSTS,
    errors=(404,),
)
def index() -> Response:
    """Bursts, the latest first, each with the picture that is proposed to be kept."""
    session = the_session()
    found = bursts.bursts(session, text=request.args.get("q", ""))
    return tagged({"total": len(found), "bursts": [form(one) for one in found[: parameters.whole("n", 100, 1, MANY)]]})


@pages.post("/api/v1/keepers")
@describe(
    body=schema.record(
        {
            "keep": schema.text("Id of the picture.", least=4, most=64),
            "others": schema.listed(schema.text(least=4, most=64), "Ids of the others.", least=1, most=100),
        }
    ),
    answer=schema.answer({"kept": schema.text()}),
    errors=(404, 503),
)
def keep() -> Response:
    """Say which picture of a burst is kept; it counts as preferred to the others, and can be undone."""
    given = body(
        {
            "keep": schema.text(least=4, most=64),
            "others": schema.listed(schema.text(least=4, most=64), least=1, most=100),
        }
    )
    session = the_session()
    kept = browse.image(session, str(given.get("keep", ""))).id
    bursts.keep(session, kept, [browse.image(session, str(one)).id for one in given.get("others", [])])
    return json_answer({"kept": kept})
