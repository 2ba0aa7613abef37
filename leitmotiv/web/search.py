"""`/search`: pictures by words, other pictures, boards, colours, sketches and regions; the page and its JSON."""

from typing import Any

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as Redirection

from leitmotiv.errors import CompilingError, LeitmotivError, UsageError
from leitmotiv.records import Ranking
from leitmotiv.web import errors, forms, parameters, schema, search_asked, search_shown, shapes
from leitmotiv.web.context import address, the_session
from leitmotiv.web.describe import describe
from leitmotiv.web.search_asked import Asked
from leitmotiv.workflows import browse, offers, ordering, seeking, spaces, uploads
from leitmotiv.workflows.query import Query
from leitmotiv.workflows.session import Session

pages = Blueprint("search", __name__)

PAGE = 60
MANY = 10_000_000
SELECTED = 200
"""Most pictures that "as a selection" names one by one, so that the address stays short enough."""
TOOLS = ("colour", "sketch", "region", "picture")
_PLACES = (
    *("top-left", "top", "top-right"),
    *("left", "centre", "right"),
    *("bottom-left", "bottom", "bottom-right"),
)


@pages.get("/search")
def show() -> str | Redirection:
    """The page; without a query it offers ways to begin, and with a term to `add` it goes on to the line with it."""
    session, asked = the_session(), search_asked.of(request.args)
    offset = parameters.whole("offset", 0, 0, MANY)
    everything = parameters.one_of("all", "0", ("0", "1")) == "1"
    offer = parameters.one_of("examples", "0", ("0", "1")) == "1"
    tool = parameters.one_of("tool", _tool(asked), ("", *TOOLS))
    added = request.args.get("add", "").strip()
    try:
        if added:
            line = search_asked.with_term(session, asked, added)
            return redirect(address("search.show", **asked.arguments(q=line, tool=tool)))
        asked, own, query = search_asked.read(session, asked)
        ranking = None
        if not query.is_empty:
            ranking = search_asked.found(session, asked, query, n=PAGE, offset=offset, everything=everything)
            if offset and not ranking.results and ranking.total:  # an address from when there were more
                offset = 0
                ranking = search_asked.found(session, asked, query, n=PAGE, everything=everything)
        return _rendered(
            session, asked, own, query, ranking, offset=offset, everything=everything, tool=tool, offer=offer
        )
    except CompilingError:
        raise
    except LeitmotivError as error:
        answer = make_response(_rendered(session, asked, Query(), Query(), None, tool=tool, fault=error))
        answer.status_code = errors.status_of(error)
        return answer


@pages.get("/search/examples")
def examples() -> str:
    """The list of examples by itself, for a page that did not wait for it."""
    session = the_session()
    return render_template("search_examples.html", examples=offers.examples(session, offers.words(session)))


def _tool(asked: Asked) -> str:
    """Which tool is open: that of what is looked for, the colours where nothing is."""
    return next((name for name in ("sketch", "region") if name in asked.apart), "" if asked.text else "colour")


def _rendered(
    session: Session,
    asked: Asked,
    own: Query,
    query: Query,
    ranking: Ranking | None,
    *,
    tool: str,
    offset: int = 0,
    everything: bool = False,
    offer: bool = False,
    fault: LeitmotivError | None = None,
) -> str:
    results = ranking.results if ranking else ()
    found = {one.id: one for one in session.library.images.many([result.id for result in results])}
    chips = [search_shown.chip(asked, own, term) for term in query.terms]
    region = search_shown.region(session, asked)
    said = offers.words(session)
    decimals = ranking.decimals if ranking else 2
    sums = [sum(part for part in result.parts if part > 0) for result in results]
    longest = max([1.0, *sums]) if decimals == 2 else max(sums, default=1.0) or 1.0
    return render_template(
        "search.html",
        asked=asked,
        fault=fault,
        marked=search_shown.marked(asked, fault),
        sees=search_shown.sees(session, query, fault),
        terms=chips,
        line=search_shown.line(query.tree, chips),
        filters=query.filters,
        like=query.like,
        ranking=ranking,
        images=found,
        phrase=search_shown.phrase,
        bars=lambda result: search_shown.bars(result, longest, decimals),
        given=lambda result: search_shown.given(result, [one.label for one in chips], decimals),
        figure=f"%.{decimals}f",
        signed=f"%+.{decimals}f",
        by_looks=query.is_of_looks,
        linked=lambda note: search_shown.linked(note, asked),
        comparings=search_shown.comparings(asked, own, query),
        encoder=search_shown.encoder(session, query),
        unknown=[(one, search_shown.instead(asked, one)) for one in (ranking.unknown if ranking else ())],
        heading=search_shown.heading(query, ranking, asked.mode) if ranking and ranking.terms else None,
        said=said,
        examples=() if ranking or fault else (offers.examples if offer else offers.examples_at_hand)(session, said),
        tool=tool,
        thirds=_PLACES,
        offered=offers.colours(session),
        region=region,
        box=search_shown.box(query),
        offset=offset,
        page=PAGE,
        everything=everything,
        to=lambda **changes: address("search.show", **asked.arguments(**changes)),
        selection=_selection(session, asked, query, ranking, offset),
        most=SELECTED,
        spread=ordering.SPREAD,
        folded=any(result.copies for result in results),
    )


def _selection(session: Session, asked: Asked, query: Query, ranking: Ranking | None, offset: int) -> str:
    """The line of filters that means the results before the cut-off, or those of this page where there is none."""
    if ranking is None:
        return ""
    results = ranking.results
    if ranking.cut and (offset or len(results) < min(ranking.cut, SELECTED)):
        results = search_asked.found(session, asked, query, n=min(ranking.cut, SELECTED)).results
    return f"id:{','.join(result.id[:16] for result in results[:SELECTED])}" if results else ""


# ---- pictures that are handed in ----


@pages.get("/search/uploads/<upload_id>.jpg")
def upload(upload_id: str) -> Response:
    """A preview of a picture that was handed in."""
    answer = make_response(uploads.get(the_session(), upload_id).preview)
    answer.mimetype = "image/jpeg"
    return answer


@pages.post("/api/v1/search/uploads")
@describe(answer=shapes.FORM, status=201, errors=(400, 413, 422))
def hand_in() -> tuple[Response, int]:
    """Take a picture, the bytes of its file as the body; nothing of it goes into the library."""
    session = the_session()
    request.max_content_length = int(1e6 * session.settings.max_upload_megabytes)
    kept = uploads.keep(session, request.get_data(cache=False))
    form = {"id": kept.id, "term": f"upload:{kept.id}", "width": kept.width, "height": kept.height}
    return jsonify(form | {"page": address("search.show", upload=kept.id)}), 201


# ---- JSON ----


@pages.get("/api/v1/search")
@describe(
    query={
        "q": schema.text("What to look for."),
        "n": schema.whole(1, MANY, "How many; without it, 60 at most, and none past the cut-off."),
        "offset": schema.whole(0, MANY),
        "all": schema.text("1 goes on past the cut-off, 0 ends there.", choices=("0", "1")),
        "mode": schema.text("How terms go together; by their scores without it.", choices=spaces.MODES),
        "diverse": schema.number(0, 1, "Variety among the best: what is like a picture before it comes later."),
        "copies": schema.text("1 shows copies one by one, not only the best of them.", choices=("0", "1")),
        "from": schema.text("What [IMG_0] counts in: another search, or the address of a ranking."),
    },
    answer=shapes.RANKING,
    errors=(404, 409, 501, 503),
)
def results() -> Response:
    """A search as a ranking."""
    asked = search_asked.of(request.args)
    n, offset = parameters.optional_whole("n", 1, MANY), parameters.whole("offset", 0, 0, MANY)
    everything = parameters.one_of("all", "0" if n is None else "1", ("0", "1")) == "1"
    form = _ranking(asked, n or PAGE, offset, everything)
    answer = jsonify(form)
    answer.add_etag()
    answer.make_conditional(request.environ)
    return answer


@pages.post("/api/v1/search")
@describe(
    body=schema.keyed(schema.anything(), "The parameters of GET, as fields."),
    answer=shapes.RANKING,
    errors=(404, 409, 501, 503),
)
def ask() -> Response:
    """The same with a JSON body, for queries too long for an address."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise UsageError('The body must be a JSON object such as {"q": "beach + 2*sunrise - snow"}.')
    n, offset = body.get("n", PAGE), body.get("offset", 0)
    everything = body.get("all", "n" in body)
    for name, value, low in (("n", n, 1), ("offset", offset, 0)):
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= MANY:
            raise UsageError(f"{name} is {value!r}, but must be a whole number between {low} and {MANY}.")
    if not isinstance(everything, bool):
        raise UsageError(f"all is {everything!r}, but must be true or false.")
    return jsonify(_ranking(search_asked.of(body), n, offset, everything))


def _ranking(asked: Asked, n: int, offset: int, everything: bool) -> dict[str, Any]:
    session = the_session()
    seeking.read_asked(session, asked.text)
    asked, _, query = search_asked.read(session, asked)
    ranking = search_asked.found(session, asked, query, n=n, offset=offset, everything=everything)
    end = ranking.total if everything or not ranking.cut else ranking.cut
    more = {"n": n, "offset": offset + n, "all": int(everything)}
    following = address("search.results", **asked.arguments(**more)) if offset + n < end else None
    return forms.ranking(ranking, browse.odd_paths(session, ranking), following)
