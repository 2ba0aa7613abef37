"""`/api/v1/evolutions`: runs and their rounds for programs and for the page."""

from typing import Any

from flask import Blueprint, Response

from leitmotiv.errors import UsageError
from leitmotiv.records import Run
from leitmotiv.web import forms, parameters, schema, shapes
from leitmotiv.web.answers import body, json_answer
from leitmotiv.web.context import tagged, the_session
from leitmotiv.web.describe import describe
from leitmotiv.workflows import designing, evolved, evolving

pages = Blueprint("evolve_json", __name__)

API = "/api/v1/evolutions"
ONE = f"{API}/<int:number>"
ASKED = schema.record(
    {
        "design": schema.text("What evolves.", choices=tuple(designing.KINDS)),
        "critic": schema.text("A critic, or `plain`; the last one trained if not given.", most=80),
        "rounds": schema.whole(1, evolving.LONGEST, "How many.", default=evolving.ROUNDS),
        "batch": schema.whole(evolving.LEAST, evolving.MOST, "Designs a round.", default=evolving.BATCH),
        "seed": schema.whole(0, 2**31, "The same seed, the same designs.", default=0),
        "greedy": schema.truth("Only variations of the best one.", default=False),
        "q": schema.text("For crops and collages: a line of filters.", most=2000),
        "go": schema.whole(0, evolving.LONGEST, "Rounds that the queue does at once.", default=1),
    },
    optional=("critic", "rounds", "batch", "seed", "greedy", "q", "go"),
)
UNTIL = schema.record({"until": schema.whole(1, evolving.LONGEST, "To which round.")}, optional=())
PICKS = schema.record(
    {
        "places": schema.listed(
            schema.whole(0, evolving.MOST), "Designs, the dearest first; none takes it back.", most=evolving.MOST
        )
    },
    optional=(),
)
_DESIGN = schema.answer(
    {
        "place": schema.whole(0, about="In the order of birth."),
        "score": schema.number(1, 10),
        "band": schema.number(0, about="How much the score hangs on strips of the picture."),
        "novelty": schema.number(0, 1, "How far from earlier winners."),
        "twin": schema.maybe(schema.whole(0, about="The better design that it nearly equals.")),
    }
)
RUN = schema.named(
    "Evolution",
    schema.answer(
        {
            "id": schema.whole(1),
            "design": schema.text(),
            "critic": schema.text(),
            "seed": schema.whole(0),
            "rounds": schema.whole(1),
            "batch": schema.whole(1),
            "greedy": schema.truth(),
            "done": schema.whole(0, about="Rounds that were judged."),
        }
    ),
)
WHOLE = schema.named(
    "EvolutionWithRounds",
    schema.answer(
        {
            "run": RUN,
            "rounds": schema.listed(
                schema.answer(
                    {
                        "number": schema.whole(0),
                        "winner": schema.whole(0, about="What the critic chose."),
                        "picks": schema.listed(schema.whole(0), "What a person chose instead."),
                        "note": schema.text(),
                        "designs": schema.listed(_DESIGN),
                    }
                )
            ),
        }
    ),
)


def _form(run: Run) -> dict[str, Any]:
    names = ("id", "design", "critic", "seed", "rounds", "batch", "greedy", "done")
    return {name: getattr(run, name) for name in names}


@pages.get(API)
@describe(answer=schema.answer({"evolutions": schema.listed(RUN)}))
def listed() -> Response:
    """The evolutions, the last begun first."""
    return tagged({"evolutions": [_form(run) for run in evolving.listed(the_session())]})


@pages.post(API)
@describe(body=ASKED, answer=RUN, status=201, errors=(404, 409, 501))
def start() -> Response:
    """Begin an evolution; the queue does its first round, or as many as `go` says."""
    form = body(ASKED)
    session = the_session()
    run = evolving.start(
        session,
        form["design"],
        critic=form.get("critic", ""),
        rounds=form.get("rounds", evolving.ROUNDS),
        batch=form.get("batch", evolving.BATCH),
        seed=form.get("seed", 0),
        greedy=form.get("greedy", False),
        pictures=form.get("q", ""),
    )
    if go := form.get("go", 1):
        evolving.ask(session, run.id, go)
    return json_answer(_form(run), 201)


@pages.get(ONE)
@describe(
    query={"rounds": schema.text("`none` to ask only how far it is.", choices=("all", "none"))},
    answer=WHOLE,
    errors=(404,),
)
def show(number: int) -> Response:
    """An evolution with all its rounds."""
    if parameters.one_of("rounds", "all", ("all", "none")) == "none":
        return tagged({"run": _form(designing.asked(the_session(), number)), "rounds": []})
    run, rounds = evolving.of(the_session(), number)
    told = [
        {
            "number": one.number,
            "winner": one.winner,
            "picks": list(one.picks),
            "note": one.note,
            "designs": [
                {
                    "place": row,
                    "score": float(one.scores[row]),
                    "band": float(one.bands[row]),
                    "novelty": float(one.novelty[row]),
                    "twin": one.twins[row] if one.twins[row] >= 0 else None,
                }
                for row in evolved.in_order(one)
            ],
        }
        for one in rounds
    ]
    return tagged({"run": _form(run), "rounds": told})


@pages.post(f"{ONE}/rounds")
@describe(body=UNTIL, answer=shapes.JOB, status=202, errors=(404,))
def go_on(number: int) -> Response:
    """Have the queue carry an evolution on to a round; more than were planned are added."""
    session, until = the_session(), body(UNTIL)["until"]
    run, _ = evolving.of(session, number)
    if until > run.rounds:
        evolving.extend(session, number, until)
    return json_answer(forms.job(evolving.ask(session, number, until)), 202)


@pages.put(f"{ONE}/rounds/<int:place>/picks")
@describe(body=PICKS, answer=RUN, errors=(404, 503))
def pick(number: int, place: int) -> Response:
    """Overrule the critic in a round; where later rounds are there, the answer is a new run that goes on from it."""
    places = body(PICKS)["places"]
    if len(set(places)) != len(places):
        raise UsageError("A design is named twice.")
    return json_answer(_form(evolving.pick(the_session(), number, place, places)))


@pages.delete(ONE)
@describe(answer=schema.answer({"removed": schema.whole(1)}), errors=(404, 503))
def remove(number: int) -> Response:
    """Remove an evolution with its votes."""
    body({})
    evolving.remove(the_session(), number)
    return json_answer({"removed": number})
