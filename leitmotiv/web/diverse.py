"""`/diverse`: a few pictures of a selection in place of all."""

from flask import Blueprint, Response, render_template

from leitmotiv.errors import UsageError
from leitmotiv.web import forms, parameters, schema, trend_shapes
from leitmotiv.web.clusters import asked
from leitmotiv.web.context import tagged, the_session
from leitmotiv.web.describe import describe
from leitmotiv.workflows import browse, diverse
from leitmotiv.workflows.diverse import Diverse

pages = Blueprint("diverse", __name__)

LINKED = 60
"""Pictures whose ids an address holds."""


def _diverse() -> Diverse:
    count = parameters.whole("n", diverse.COUNT, 1, diverse.MOST_CHOSEN)
    way = parameters.one_of("by", diverse.WAYS[0], diverse.WAYS)
    return diverse.diverse(the_session(), asked(), count=count, way=way)


@pages.get("/diverse")
def show() -> str | tuple[str, int]:
    """`?n=` pictures of `?q=`, the most different ones or, `?by=typical`, those that stand for all."""
    session, query = the_session(), asked()
    found, fault = None, ""
    try:
        found = _diverse()
    except UsageError as error:
        if not query:
            raise
        fault = str(error)
    page = render_template(
        "diverse.html",
        found=found,
        fault=fault,
        query=query,
        n=parameters.whole("n", diverse.COUNT, 1, diverse.MOST_CHOSEN),
        way=parameters.one_of("by", diverse.WAYS[0], diverse.WAYS),
        most=diverse.MOST_CHOSEN,
        images=[browse.image(session, image_id) for image_id in found.ids] if found else [],
        as_filter=diverse.as_filter(found.ids) if found and len(found.ids) <= LINKED else "",
    )
    return page, 400 if fault else 200


@pages.get("/api/v1/diverse")
@describe(
    query={
        "q": trend_shapes.OF,
        "n": schema.whole(1, diverse.MOST_CHOSEN, "How many.", default=diverse.COUNT),
        "by": schema.text(choices=diverse.WAYS, default=diverse.WAYS[0]),
    },
    answer=trend_shapes.DIVERSE,
    errors=(409, 503),
)
def as_json() -> Response:
    """The same as a ranking; `within` tells what share of the selection lies how near to the choice, nats."""
    session = the_session()
    found = _diverse()
    ranking = diverse.as_ranking(session, found, asked())
    form = forms.ranking(ranking, browse.odd_paths(session, ranking))
    within = [{"share": share, "nats": nats} for share, nats in found.within]
    return tagged(form | {"within": within, "usual": found.usual, "size": found.size, "left_out": found.left_out})
