"""`/critic/pairs`: which of these two? What is preferred teaches a taste, beside what everybody's critic says."""

import math
from typing import Any

from flask import Blueprint, Response, render_template, request

from leitmotiv.errors import LeitmotivError
from leitmotiv.web import forms, parameters, schema, shapes
from leitmotiv.web.answers import body, json_answer
from leitmotiv.web.context import tagged, the_session
from leitmotiv.web.describe import describe
from leitmotiv.workflows import activations, browse, taste
from leitmotiv.workflows.session import Session

pages = Blueprint("taste", __name__)

SHOWN = 12
MANY = 10_000_000
_PAIR = schema.record(
    {
        "left": schema.text("Id of a picture."),
        "right": schema.text("Id of another."),
        "likely": schema.number(0, 1, "How likely the left one is preferred, as far as is known."),
        "gain": schema.number(0, 1, "What the answer tells, bits."),
        "images": schema.keyed(shapes.IMAGE, "Both pictures by their ids."),
    }
)
KNOWN = schema.answer(
    {
        "critic": schema.text("The global critic."),
        "stars": schema.whole(0, about="Pictures with stars."),
        "pairs": schema.whole(0, about="Pairs that were decided."),
        "sure": schema.number(0, about="How far the worth of a picture may be off in the median, scores."),
        "agreement": schema.maybe(schema.number(-1.001, 1.001, "Correlation with the global critic.")),
        "next": schema.maybe(_PAIR),
    }
)
_ASKED = {"q": shapes.SELECTED["q"], "critic": schema.text("The global critic.", default="")}


@pages.get("/critic/pairs")
def show() -> str:
    """Two pictures to choose from, and the order that follows; `?q=` asks about pictures of a selection."""
    session = the_session()
    text = request.args.get("q", "")
    part = request.args.get("part") == "orders"  # what follows from an answer; the next pair came with it
    try:
        _catch_up(session)
        known, asked = taste.taste(session), None if part else taste.question(session, text=text)
    except LeitmotivError as error:
        return render_template("critic-pairs.html", fault=str(error), query=text)
    best, worst = (taste.rank(session, text=text, sort=sort, n=SHOWN) for sort in ("-score", "score"))
    ids = [one.id for one in (*best.results, *worst.results)]
    ids += [asked.left, asked.right] if asked else []
    return render_template(
        "critic-orders.html" if part else "critic-pairs.html",
        part=part,
        fault="",
        query=text,
        known=known,
        sure=_sure(known),
        asked=asked,
        best=best,
        worst=worst,
        beside=taste.side_by_side(session, ids),
        images={one.id: one for one in session.library.images.many(ids)},
    )


def _catch_up(session: Session) -> None:
    activations.catch_up(session)


def _sure(known: taste.Taste) -> float:
    return float(sorted(known.sure.tolist())[len(known.sure) // 2])


def _form(session: Session, text: str, critic: str) -> dict[str, Any]:
    known, asked = taste.taste(session, critic), taste.question(session, critic, text=text)
    following = None
    if asked is not None:
        both = [browse.image(session, one) for one in (asked.left, asked.right)]
        following = vars(asked) | {"images": {one.id: forms.image(one, colour=True) for one in both}}
    return {
        "critic": known.critic,
        "stars": known.stars,
        "pairs": known.pairs,
        "sure": _sure(known),
        "agreement": None if math.isnan(known.agreement) else known.agreement,
        "next": following,
    }


@pages.get("/api/v1/pairs")
@describe(query=_ASKED, answer=KNOWN, errors=(404, 409))
def following() -> Response:
    """What is known of your taste, and the pair whose answer would tell most."""
    session = the_session()
    return json_answer(_form(session, request.args.get("q", ""), request.args.get("critic", "")))


@pages.post("/api/v1/pairs")
@describe(
    query=_ASKED,
    body=schema.record(
        {
            "preferred": schema.text("Id of a picture.", least=4, most=64),
            "other": schema.text("Id of the other.", least=4, most=64),
            "decided": schema.truth("False where neither is preferred: the pair is not asked again."),
        },
        optional=("decided",),
    ),
    answer=KNOWN,
    status=201,
    errors=(404, 409, 503),
)
def choose() -> Response:
    """Write down which of two pictures is preferred; it can be undone. The answer is as of GET."""
    form = body(
        {
            "preferred": schema.text(least=4, most=64),
            "other": schema.text(least=4, most=64),
            "decided": schema.truth(),
        }
    )
    session = the_session()
    one, other = (browse.image(session, str(form.get(name, ""))).id for name in ("preferred", "other"))
    taste.prefer(session, one, other, decided=bool(form.get("decided", True)))
    return json_answer(_form(session, request.args.get("q", ""), request.args.get("critic", "")), 201)


@pages.get("/api/v1/taste")
@describe(
    query={
        "q": shapes.SELECTED["q"],
        "critic": schema.text("The global critic.", default=""),
        "sort": schema.text("The order.", choices=taste.SORTS, default="-score"),
        "n": schema.whole(1, MANY, "Pictures of one answer.", default=100),
    },
    answer=shapes.RANKING,
    errors=(404, 409),
)
def results() -> Response:
    """The pictures of a selection in the order of your taste."""
    session = the_session()
    sort, n = parameters.one_of("sort", "-score", taste.SORTS), parameters.whole("n", 100, 1, MANY)
    text, critic = request.args.get("q", ""), request.args.get("critic", "")
    found = taste.rank(session, critic, text=text, sort=sort, n=n)
    return tagged(forms.ranking(found, browse.odd_paths(session, found), None))
