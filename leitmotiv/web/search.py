"""`/search`: pictures by words, other pictures, boards, colours, sketches and regions; the page and its JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, render_template, request

from leitmotiv.errors import CompilingError, LeitmotivError, QueryError, UsageError
from leitmotiv.records import Image, Ranking, Result
from leitmotiv.web import errors, figures, forms, parameters, schema, shapes
from leitmotiv.web.context import address, the_session
from leitmotiv.web.describe import describe
from leitmotiv.workflows import browse, names, offers, rankings, seeking, spaces, uploads, words
from leitmotiv.workflows import query as asking
from leitmotiv.workflows.query import Colour, Picture, Query, Region, Sketch, Term, Upload
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.terms import Words

pages = Blueprint("search", __name__)

PAGE = 60
MANY = 10_000_000
SELECTED = 200
"""Most pictures that "as a selection" names one by one, so that the address stays short enough."""
OFFERED = 12
"""Most words of the library that are offered."""
MARKED = 98.765432
"""A weight that nobody writes."""
AROUND = 40
"""How much of a line is shown around a place, characters."""
TOOLS = ("colour", "sketch", "region", "picture")
SCORES = spaces.MODES[0]
_APART = ("sketch", "region", "upload")
"""Terms that have a parameter of their own beside `q`."""
_PLACES = (
    *("top-left", "top", "top-right"),
    *("left", "centre", "right"),
    *("bottom-left", "bottom", "bottom-right"),
)


@dataclass(frozen=True)
class Asked:
    """What an address asks for.

    Attributes
    ----------
    apart : mapping of str to str
        The values of `sketch`, `region` and `upload`.
    ranking : str
        What names the ranking that [IMG_0] and so on count: another search, or the address of a ranking.
    mode : str
        How terms go together, where that is not by their scores.
    """

    q: str
    apart: Mapping[str, str]
    ranking: str = ""
    mode: str = ""

    @property
    def text(self) -> str:
        """The whole query, as it was written."""
        return " ".join(filter(None, [self.q, *(_term(name, value) for name, value in self.apart.items())]))

    def arguments(self, **changes: Any) -> dict[str, Any]:
        """What an address says of it, with changes; empty values are left out."""
        values = {"q": self.q, **self.apart, "from": self.ranking, "mode": self.mode, **changes}
        return {name: value for name, value in values.items() if value not in ("", None)}


def _term(name: str, value: str) -> str:
    """A parameter as a term of the line; a region without a box is none yet."""
    if name == "region":
        return f"[img:{value}]" if value.partition("@")[2] else ""
    return f"{name}:{value}"


@dataclass(frozen=True)
class Shown:
    """A term as a chip.

    Attributes
    ----------
    without, turned : str
        Addresses of the search without it, and with its sign the other way.
    weighed : str
        Address with `MARKED` as its weight, for the script to put another in its place; empty where it has none.
    swatch, picture, preview : str
        "#rrggbb", an id, an address: what stands for it, where there is one.
    """

    label: str
    weight: float
    without: str
    turned: str
    weighed: str = ""
    swatch: str = ""
    picture: str = ""
    preview: str = ""
    sketch: Sequence[tuple[figures.Outline, str]] = ()
    ground: str = ""


@pages.get("/search")
def show() -> str | Response:
    """The page; without a query it offers ways to begin."""
    session, asked = the_session(), _asked(request.args)
    offset = parameters.whole("offset", 0, 0, MANY)
    everything = parameters.one_of("all", "0", ("0", "1")) == "1"
    tool = parameters.one_of("tool", _tool(asked), ("", *TOOLS))
    try:
        asked, own, query = _read(session, asked)
        ranking = None
        if not query.is_empty:
            ranking = seeking.search(
                session, query.text, n=PAGE, offset=offset, everything=everything, mode=asked.mode or SCORES
            )
        return _rendered(session, asked, own, query, ranking, offset=offset, everything=everything, tool=tool)
    except CompilingError:
        raise
    except LeitmotivError as error:
        answer = make_response(_rendered(session, asked, Query(), Query(), None, tool=tool, fault=error))
        answer.status_code = errors.status_of(error)
        return answer


def _read(session: Session, asked: Asked) -> tuple[Asked, Query, Query]:
    """What is asked for with pictures in place of places in a ranking: the line by itself, and the whole."""
    numbered = rankings.named(session, asked.ranking) if asked.ranking else ()
    own = whole = seeking.read(session, asked.q, numbered=numbered, mode=asked.mode or SCORES)
    for name, value in asked.apart.items():
        if term := _term(name, value):
            whole = whole.plus(asking.parse(term))
    return (replace(asked, q=own.text, ranking="") if numbered else asked), own, whole


def _asked(values: Mapping[str, Any]) -> Asked:
    texts = {name: values.get(name, "") for name in ("q", *_APART, "from", "mode")}
    if any(not isinstance(text, str) for text in texts.values()):
        raise UsageError("q, sketch, region, upload, from and mode must be text.")
    if any(len(text) > asking.MOST_CHARACTERS for text in texts.values()):
        raise UsageError(f"The search is longer than {asking.MOST_CHARACTERS:,} characters.")
    for name in _APART:
        if len(texts[name].split()) > 1:
            raise UsageError(f"{name} is {texts[name]!r}, but must be one word, without spaces.")
    return Asked(
        texts["q"].strip(),
        {name: texts[name].strip() for name in _APART if texts[name].strip()},
        texts["from"].strip(),
        texts["mode"].strip(),
    )


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
    fault: LeitmotivError | None = None,
) -> str:
    results = ranking.results if ranking else ()
    found = {result.id: browse.image(session, result.id) for result in results}
    region = _region(session, asked)
    said = tuple(" ".join(name.replace("_", " ").split()) for name in names.folders(session)[:OFFERED])
    longest = max([1.0, *(sum(part for part in result.parts if part > 0) for result in results)])
    return render_template(
        "search.html",
        asked=asked,
        fault=fault,
        marked=_marked(asked, fault),
        terms=[_shown(asked, own, term) for term in query.terms],
        filters=query.filters,
        like=query.like,
        ranking=ranking,
        images=found,
        bars=lambda result: bars(result, longest),
        by_looks=query.is_of_looks,
        encoder=_encoder(session, query),
        strange=_strange(query),
        said=said,
        examples=_examples(said),
        tool=tool,
        thirds=_PLACES,
        offered=offers.colours(session),
        region=region,
        box=_box(query),
        offset=offset,
        page=PAGE,
        everything=everything,
        to=lambda **changes: address("search.show", **asked.arguments(**changes)),
        selection=_selection(session, asked, query, ranking),
        most=SELECTED,
    )


def _examples(said: Sequence[str]) -> list[tuple[str, str]]:
    """Queries to begin with, in words of the library where it has some."""
    one, other = (*said, "beach", "sunrise")[:2]
    return [
        (one, "a word, or a few side by side"),
        (f"{one} + {other}", "either of them"),
        (f"{one} - {other}", "the one without the other"),
        (f"{one} & colour:red", "both at once"),
        ("colour:teal@top", "a colour, and where it lies"),
        ("colour:#d9a441@centre - colour:white", "golden in the middle, without white"),
    ]


def _encoder(session: Session, query: Query) -> str:
    """What words are compared by, where some are looked for; empty where nothing can."""
    if not any(isinstance(term.wanted, Words) for term in query.terms):
        return ""
    try:
        return words.encoder_name(session)
    except LeitmotivError:
        return ""


def _strange(query: Query) -> dict[str, tuple[str, ...]]:
    """Words that nobody knows, each with the nearest known ones."""
    said = (term.wanted.phrase for term in query.terms if isinstance(term.wanted, Words))
    return {word: near for phrase in said for word, near in words.unknown(phrase).items()}


def _marked(asked: Asked, fault: LeitmotivError | None) -> tuple[str, str, str] | None:
    """The line before, at and behind the place where it cannot be read."""
    if not isinstance(fault, QueryError):
        return None
    at, until = max(0, fault.at - AROUND), min(len(asked.q), fault.until + AROUND)
    return asked.q[at : fault.at], asked.q[fault.at : fault.until], asked.q[fault.until : until]


def _region(session: Session, asked: Asked) -> Image | None:
    """The picture that a region is cut from."""
    name = asked.apart.get("region", "").partition("@")[0]
    try:
        return browse.image(session, name) if name else None
    except LeitmotivError:
        return None


def _box(query: Query) -> tuple[list[int], bool] | None:
    """The region's box in percent, and whether it may lie anywhere."""
    for term in query.terms:
        if isinstance(term.wanted, Region):
            box = term.wanted.box
            return [round(100 * side) for side in (box.x, box.y, box.width, box.height)], term.wanted.anywhere
    return None


def _shown(asked: Asked, own: Query, term: Term) -> Shown:
    if term.at < len(own.terms):
        without = address("search.show", **asked.arguments(q=own.without(term.at)))
        turned = address("search.show", **asked.arguments(q=own.turned(term.at)))
        weighed = address("search.show", **asked.arguments(q=own.weighed(term.at, MARKED)))
    else:
        weighed = ""
        name = next(name for name, value in asked.apart.items() if _term(name, value) == term.text)
        without = address("search.show", **asked.arguments(**{name: None}))
        turned = address("search.show", **asked.arguments(**{name: None, "q": f"{asked.q} -{term.text}".strip()}))
    shown = Shown(term.label, term.weight, without, turned, weighed)
    wanted, look = term.wanted, {}
    if isinstance(wanted, Colour):
        look = {"swatch": wanted.colour}
    elif isinstance(wanted, Picture | Region):
        look = {"picture": browse.image(the_session(), wanted.id).id}
    elif isinstance(wanted, Upload):
        look = {"preview": address("search.upload", upload_id=wanted.id)}
    elif isinstance(wanted, Sketch):
        width, height = (100 * wanted.aspect, 100.0) if wanted.aspect >= 1 else (100.0, 100 / wanted.aspect)
        drawn = [(_outline(blob, width, height), blob.colour) for blob in wanted.blobs]
        return Shown(term.label, term.weight, without, turned, weighed, sketch=drawn, ground=wanted.ground)
    return Shown(**{**vars(shown), **look})


def _outline(blob: Any, width: float, height: float) -> figures.Outline:
    longest = max(width, height)
    places = (blob.x * width, blob.y * height, blob.rx * longest, blob.ry * longest, blob.angle)
    return figures.Outline(*(round(value, 1) for value in places))


@dataclass(frozen=True)
class Bar:
    """What a term gave, as a stretch of a line 100 long; `less` where it took away."""

    x: float
    width: float
    kind: str


def bars(result: Result, most: float = 1.0) -> list[Bar]:
    """A result's score in its parts: what terms gave one after the other, and hatched what others took.

    Parameters
    ----------
    most : float
        A score that fills the line.
    """
    found, at = [], 0.0
    for number, part in enumerate(result.parts):
        width = min(100 * abs(part) / most, 100 - at)
        if width > 0.2:
            found.append(Bar(round(at, 1), round(width, 1), "less" if part < 0 else ("one", "two")[number % 2]))
            at += width
    return found


def _selection(session: Session, asked: Asked, query: Query, ranking: Ranking | None) -> str:
    """The line of filters that means the results before the cut-off, or those of this page where there is none."""
    if ranking is None:
        return ""
    results = ranking.results
    if ranking.cut:
        results = seeking.search(session, query.text, n=min(ranking.cut, SELECTED), mode=asked.mode or SCORES).results
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
        "from": schema.text("What [IMG_0] counts in: another search, or the address of a ranking."),
    },
    answer=shapes.RANKING,
    errors=(404, 409, 501, 503),
)
def results() -> Response:
    """A search as a ranking."""
    asked = _asked(request.args)
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
    return jsonify(_ranking(_asked(body), n, offset, everything))


def _ranking(asked: Asked, n: int, offset: int, everything: bool) -> dict[str, Any]:
    session = the_session()
    asked, _, query = _read(session, asked)
    ranking = seeking.search(session, query.text, n=n, offset=offset, everything=everything, mode=asked.mode or SCORES)
    end = ranking.total if everything or not ranking.cut else ranking.cut
    more = {"n": n, "offset": offset + n, "all": int(everything)}
    following = address("search.results", **asked.arguments(**more)) if offset + n < end else None
    return forms.ranking(ranking, browse.odd_paths(session, ranking), following)
