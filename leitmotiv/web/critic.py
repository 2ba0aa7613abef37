"""`/critic`: pictures by what a critic says of them, with how votes would fall, and what there is to know of it."""

from typing import Any

import numpy as np
from flask import Blueprint, Response, render_template, request, url_for

from leitmotiv.errors import NotFoundError
from leitmotiv.records import Critic
from leitmotiv.web import forms, parameters, schema, shapes
from leitmotiv.web.answers import body, json_answer
from leitmotiv.web.context import address, tagged, the_session
from leitmotiv.web.describe import describe
from leitmotiv.workflows import browse, critics, critiques, reasons, technical
from leitmotiv.workflows.critics import BEST, SORTS

pages = Blueprint("critic", __name__)

API = "/api/v1/critics"
PAGE = 60
MANY = 10_000_000
MOST_TRAINED = 1000
"""Rated pictures that a request learns from: it answers within some seconds."""
WORDS = {"-score": "Best", "score": "Worst", "controversial": "Raters differ"}
_NAME = schema.text("Letters, digits, dots, dashes and underscores.", least=1, most=80)
_SHARES = schema.listed(schema.number(0, 1), "Shares of the votes for 1 to 10.", least=10, most=10)
CARD = schema.named("Critic", schema.anything("What it learnt from, its figures with baselines, its limits."))
CRITIQUE = schema.answer(
    {
        "id": schema.text(),
        "critic": schema.text(),
        "score": schema.number(1, 10, "Mean of the votes."),
        "deviation": schema.number(0, 4.5, "Of the votes, in scores."),
        "percentile": schema.number(0, 100, "Percent of the library that score less."),
        "histogram": _SHARES,
    }
)


@pages.get("/critic")
def show() -> str:
    """The order of `?critic=`, else of the last that beats its baseline; `?image=` is the picture that is shown.

    Where none was trained, the technical critic is asked, which needs no ratings.
    """
    session = the_session()
    asked: dict[str, Any] = {
        "name": request.args.get("critic", ""),
        "q": request.args.get("q", ""),
        "sort": parameters.one_of("sort", BEST, SORTS),
        "offset": parameters.whole("from", 0, 0, MANY),
    }
    critic = critics.get(session, asked["name"])
    if critic.lift is not None:
        technical.catch_up(session)
    ranking = critics.rank(session, critic, text=asked["q"], sort=asked["sort"], n=PAGE, offset=asked["offset"])
    images = {one.id: browse.image(session, one.id) for one in ranking.results}
    chosen = request.args.get("image") or next(iter(images), "")
    picture = browse.image(session, chosen) if chosen else None
    return render_template(
        "critic.html",
        critic=critic,
        known=critics.every(session),
        trained=critics.names(session),
        starred=critics.starred(session),
        most=MOST_TRAINED,
        told=technical.told(session, picture.id) if picture else None,
        asked=asked,
        ranking=ranking,
        images=images,
        picture=picture,
        said=_critique(critic, picture.id) if picture else None,
        usual=critiques.of_library(session, critic).shares.mean(axis=0).tolist() if ranking.total else [],
        mean=critiques.usual(session, critic),
        doubt=critics.doubt(session, asked["name"]) if asked["name"] else critics.passed_over(session),
        doubted=next(iter(critics.names(session)), ""),
        page=PAGE,
        sorts=WORDS,
        figures=[
            (critics.NAMES.get(name, name), one, critic.card.get("head", {}).get(name))
            for name, one in critic.card["figures"].items()
        ],
        to=lambda **changes: _to(asked, **changes),
    )


def _to(asked: dict[str, Any], **changes: Any) -> str:
    values = {"critic": asked["name"], "q": asked["q"], "sort": asked["sort"], "from": asked["offset"]} | changes
    usual = {"sort": BEST, "from": 0}
    return address("critic.show", **{key: one for key, one in values.items() if one and one != usual.get(key)})


def _critique(critic: Critic, image_id: str) -> dict[str, Any] | None:
    """What a critic says of one picture; None where the backbone has not seen it."""
    found = critiques.of_library(the_session(), critic)
    row = int(np.searchsorted(found.ids, image_id))  # ids ascend
    if row >= len(found.ids) or found.ids[row] != image_id:
        return None
    return {
        "id": image_id,
        "critic": critic.name,
        "score": float(found.mean[row]),
        "deviation": float(found.deviation[row]),
        "percentile": float(found.percentile[row]),
        "histogram": found.shares[row].tolist(),
    }


def _card(critic: Critic) -> dict[str, Any]:
    return {"name": critic.name, "layer": critic.layer, **critic.card}


@pages.get(API)
@describe(answer=schema.answer({"critics": schema.listed(schema.text())}))
def index() -> Response:
    """The names of the critics, the last trained first; the technical one is always there."""
    return json_answer({"critics": critics.every(the_session())})


@pages.post(API)
@describe(
    body=schema.record(
        {
            "sets": schema.listed(schema.text(least=1, most=60), "Imported sets, or `stars`.", least=1, most=20),
            "name": _NAME,
            "spread": schema.text("Where stars lie on 1 to 10.", choices=("wide", "narrow")),
        },
        optional=("name", "spread"),
    ),
    answer=CARD,
    status=201,
    errors=(404, 409, 501, 503),
)
def train() -> Response:
    """Learn a critic from ratings, at most a thousand; one with its name is replaced."""
    form = body(
        {
            "sets": schema.listed(schema.text(least=1, most=60), least=1, most=20),
            "name": _NAME,
            "spread": schema.text(choices=("wide", "narrow")),
        }
    )
    session = the_session()
    with session.lane:
        made = critics.train(
            session,
            form.get("sets", []),
            name=form.get("name", ""),
            spread=form.get("spread", "wide"),
            most=MOST_TRAINED,
        )
    return json_answer(_card(made), 201)


@pages.get(f"{API}/<name>")
@describe(answer=CARD, errors=(404, 409))
def card(name: str) -> Response:
    """A critic's card."""
    return json_answer(_card(critics.get(the_session(), name)))


@pages.delete(f"{API}/<name>")
@describe(answer=schema.answer({"removed": schema.text()}), errors=(404, 503))
def remove(name: str) -> Response:
    """Remove a critic; the ratings stay."""
    body({})
    critics.remove(the_session(), name)
    return json_answer({"removed": name})


@pages.get(f"{API}/<name>/results")
@describe(
    query={
        "q": shapes.SELECTED["q"],
        "sort": schema.text("By score, or where raters would differ most first.", choices=SORTS, default=BEST),
        "n": schema.whole(1, MANY, "Pictures of one answer.", default=100),
        "cursor": schema.whole(0, MANY, "Where to go on; `next` of the page before has it.", default=0),
    },
    answer=shapes.RANKING,
    errors=(404, 409),
)
def results(name: str) -> Response:
    """The pictures of a selection in the order of a critic."""
    session = the_session()
    text, sort = request.args.get("q", ""), parameters.one_of("sort", BEST, SORTS)
    n, offset = parameters.whole("n", 100, 1, MANY), parameters.whole("cursor", 0, 0, MANY)
    found = critics.rank(session, critics.get(session, name), text=text, sort=sort, n=n, offset=offset)
    following = None
    if offset + n < found.total:
        following = url_for("critic.results", name=name, q=text or None, sort=sort, n=n, cursor=offset + n)
    return tagged(forms.ranking(found, browse.odd_paths(session, found), following))


@pages.get("/api/v1/images/<image_id>/critique")
@describe(
    query={"critic": schema.text("Which critic; else the last that beats its baseline.")},
    answer=CRITIQUE,
    errors=(404, 409),
)
def critique(image_id: str) -> Response:
    """What a critic says of one picture."""
    session = the_session()
    image = browse.image(session, image_id)
    found = _critique(critics.get(session, request.args.get("critic", "")), image.id)
    if found is None:
        raise NotFoundError(f"What {image.id[:12]} shows was not seen yet. Run `leitmotiv critic rank` once.")
    return json_answer(found)


REASONS = schema.answer(
    {
        "id": schema.text(),
        "critic": schema.text(),
        "score": schema.number(1, 10),
        "deviation": schema.number(0, 4.5),
        "histogram": _SHARES,
        "parts": schema.maybe(
            schema.listed(
                schema.listed(schema.number()),
                "7 rows of 7: by how much the score is higher with each part of the seen square than without it.",
            )
        ),
        "moved": schema.listed(
            schema.answer({"what": schema.text(), "by": schema.number(about="Scores.")}),
            "Measures that move the score beside an ordinary picture, the strongest first; of the technical critic.",
        ),
        "flags": schema.listed(schema.text()),
        "bars": schema.keyed(schema.text(), "What it is like, in words."),
    }
)


@pages.get("/api/v1/images/<image_id>/reasons")
@describe(
    query={"critic": schema.text("Which critic; else the last that beats its baseline.")},
    answer=REASONS,
    errors=(404, 409, 422, 501),
)
def why(image_id: str) -> Response:
    """Why a critic scores a picture as it does."""
    session = the_session()
    image, critic = browse.image(session, image_id), critics.get(session, request.args.get("critic", ""))
    with session.lane:
        found = reasons.of_picture(session, critic, image.id)
    return json_answer({"id": image.id, "critic": critic.name, **reasons.form(found)})


@pages.get("/images/<image_id>/reasons.png")
def parts(image_id: str) -> Response:
    """A map to lay over what the network sees of a picture: bright raises the score, dark lowers it."""
    session = the_session()
    image, critic = browse.image(session, image_id), critics.get(session, request.args.get("critic", ""))
    with session.lane:
        found = reasons.of_picture(session, critic, image.id)
    if found.parts is None:
        raise NotFoundError(f"The critic {critic.name} judges pictures as a whole, and has no map of their parts.")
    return Response(
        reasons.coloured(found.parts), mimetype="image/png", headers={"Cache-Control": "private, max-age=60"}
    )
