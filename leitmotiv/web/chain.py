"""`/chain/<id>/<id>`: a path of looks from one picture to another."""

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from leitmotiv.errors import UsageError
from leitmotiv.web import parameters, schema, trend_shapes
from leitmotiv.web.clusters import asked
from leitmotiv.web.context import address, tagged, the_session
from leitmotiv.web.describe import describe
from leitmotiv.workflows import browse, chains, diverse, selecting

pages = Blueprint("chain", __name__)


def _chain(start: str, goal: str) -> chains.Chain:
    steps = parameters.whole("n", chains.STEPS, 1, chains.MOST_STEPS)
    return chains.chain(the_session(), start, goal, steps=steps, query=asked())


@pages.get("/chain")
def between() -> BaseResponse:
    """The chain between the two pictures of `?q=`."""
    ids = selecting.select(the_session(), asked(), sort="taken")
    if len(ids) != 2:
        raise UsageError(f"A chain leads from one picture to another. Pick two; this selection has {len(ids):,}.")
    return redirect(address("chain.show", start=ids[0], goal=ids[1]))


@pages.get("/chain/<start>/<goal>")
def show(start: str, goal: str) -> str | BaseResponse:
    """The chain of `?n=` steps, through the pictures of `?q=`."""
    session = the_session()
    ends = [browse.image(session, one) for one in (start, goal)]
    if [one.id for one in ends] != [start, goal]:
        return redirect(address("chain.show", **{**request.args, "start": ends[0].id, "goal": ends[1].id}))
    found = _chain(start, goal)
    return render_template(
        "chain.html",
        found=found,
        query=asked(),
        images=[browse.image(session, image_id) for image_id in found.ids],
        steps=parameters.whole("n", chains.STEPS, 1, chains.MOST_STEPS),
        most=chains.MOST_STEPS,
        as_filter=diverse.as_filter(found.ids),
    )


@pages.get("/api/v1/chain/<start>/<goal>")
@describe(
    query={"n": schema.whole(1, chains.MOST_STEPS, "Steps.", default=chains.STEPS), "q": trend_shapes.OF},
    answer=trend_shapes.CHAIN,
    errors=(409, 503),
)
def as_json(start: str, goal: str) -> Response:
    """The same as ids and divergences, nats."""
    found = _chain(start, goal)
    return tagged(
        {
            "ids": list(found.ids),
            "steps": list(found.steps),
            "direct": found.direct,
            "usual": found.usual,
            "considered": found.considered,
            "estimated": found.estimated,
        }
    )
