"""`/api/v1/eyes`: made, listed, renamed, removed, taken in; and looked through, by a picture or frame by frame."""

from typing import Any

from flask import Blueprint, Response, make_response, request

from leitmotiv.records import Eyes, Partial
from leitmotiv.web import parameters, schema
from leitmotiv.web.answers import body, json_answer
from leitmotiv.web.context import the_session
from leitmotiv.web.describe import describe
from leitmotiv.workflows import eye_files, eye_sights, eyes, films, live
from leitmotiv.workflows.measuring import ready
from leitmotiv.workflows.partial import COLOURS, KINDS, WHOLE

pages = Blueprint("eye_json", __name__)

API = "/api/v1/eyes"
ONE = f"{API}/<eyes_id>"
FILMS = {"gif": "image/gif", "png": "image/png", "mp4": "video/mp4"}
FRAME_BYTES = 4_000_000
EYES_BYTES = 600_000_000
EYES = schema.named(
    "Eyes",
    schema.answer(
        {
            "id": schema.text(),
            "name": schema.text(),
            "way": schema.text("How they see.", choices=eyes.WAYS),
            "partial": schema.anything("What they are shown of a picture."),
            "side": schema.whole(8, 1024, "Pixels a side of what they see."),
            "made": schema.text("When, ISO 8601."),
            "query": schema.text("The selection that they were made of."),
            "pictures": schema.listed(schema.text(), "Ids of the pictures that they know."),
            "card": schema.anything("What there is to know of them: figures, limits."),
        }
    ),
)
SHOWN = schema.record(
    {
        "kind": schema.text("What is shown of a picture.", choices=(*KINDS, WHOLE)),
        "low": schema.number(0, 2040, "Of edges."),
        "high": schema.number(0, 2040, "Of edges."),
        "regions": schema.whole(2, 12),
        "colours": schema.text(choices=COLOURS),
        "size": schema.number(0.001, 0.5, "Of blur and small, a share of the longest side."),
    },
    optional=("kind", "low", "high", "regions", "colours", "size"),
)
MADE = schema.record(
    {
        "query": schema.text("A selection, as searches take it.", most=2000),
        "name": schema.text(most=80),
        "way": schema.text(
            "Out of patches, or in colours; a network is trained by a job.", choices=("patches", "palette")
        ),
        "partial": SHOWN,
        "side": schema.whole(16, 256, f"One of {', '.join(map(str, eyes.SIDES))}."),
        "seed": schema.whole(0, 2**31),
    },
    optional=("name", "way", "partial", "side", "seed"),
)
NAME = schema.record({"name": schema.text(least=1, most=80)})


def _form(one: Eyes) -> dict[str, Any]:
    return one.as_json()


@pages.get(API)
@describe(answer=schema.answer({"eyes": schema.listed(EYES)}))
def index() -> Response:
    """All eyes, the last made first."""
    return json_answer({"eyes": [_form(one) for one in eyes.listed(the_session())]})


@pages.post(API)
@describe(body=MADE, answer=EYES, status=201, errors=(404, 409, 501, 503))
def make() -> Response:
    """Make eyes of a selection at once, without training."""
    form, session = body(MADE), the_session()
    given = form.get("partial")
    ready(session)
    with session.lane:
        one = eyes.make(
            session,
            form.get("name", ""),
            form.get("query", ""),
            way=form.get("way", "patches"),
            partial=None if given is None else Partial.from_json(given),
            side=form.get("side", eyes.USUAL_SIDE),
            seed=form.get("seed", 0),
        )
    return json_answer(_form(one), 201)


@pages.post(f"{API}/import")
@describe(answer=EYES, status=201, errors=(409, 413, 501, 503))
def take_in() -> Response:
    """Take eyes in from a file, which is the body; one whose card does not fit its parts is refused."""
    request.max_content_length = EYES_BYTES
    data, session = request.get_data(cache=False), the_session()
    ready(session)
    with session.lane:
        return json_answer(_form(eye_files.imported(session, data)), 201)


@pages.get(ONE)
@describe(answer=EYES, errors=(409,))
def card(eyes_id: str) -> Response:
    """The card of eyes."""
    return json_answer(_form(eyes.get(the_session(), eyes_id)))


@pages.patch(ONE)
@describe(body=NAME, answer=EYES, errors=(409, 503))
def rename(eyes_id: str) -> Response:
    """Call eyes something else; their id stays."""
    session, name = the_session(), body(NAME).get("name", "")
    return json_answer(_form(eyes.rename(session, eyes.get(session, eyes_id).id, name)))


@pages.delete(ONE)
@describe(answer=schema.answer({"removed": schema.text()}), errors=(409, 503))
def remove(eyes_id: str) -> Response:
    """Remove eyes; the pictures stay."""
    body({})
    session = the_session()
    one = eyes.get(session, eyes_id)
    eyes.remove(session, one.id)
    return json_answer({"removed": one.id})


@pages.post(f"{ONE}/look")
@describe(media="image/png", errors=(409, 413, 422, 501, 503))
def look(eyes_id: str) -> Response:
    """A picture, which is the body, through eyes: what is shown, what is seen and what is there, side by side."""
    session = the_session()
    one = eyes.get(session, eyes_id)
    request.max_content_length = int(1e6 * session.settings.max_upload_megabytes)
    return _picture(eye_sights.look(session, one, request.get_data(cache=False)))


@pages.post(f"{ONE}/film")
@describe(
    query={
        "name": schema.text("Of the file, for its suffix.", default="film.gif"),
        "as": schema.text("What is made of it.", choices=tuple(FILMS), default="gif"),
        "smoothing": schema.number(0, 0.95, "Share of the frame before.", default=0.5),
    },
    media=tuple(FILMS.values()),
    errors=(409, 413, 422, 501, 503),
)
def film(eyes_id: str) -> Response:
    """A short film, which is the body, through eyes: what is shown, what is seen and what is there, side by side."""
    session = the_session()
    one = eyes.get(session, eyes_id)
    kind = parameters.one_of("as", "gif", tuple(FILMS))
    smoothing = eye_sights.smoothing(request.args.get("smoothing", "0.5"))
    request.max_content_length = int(1e6 * session.settings.max_upload_megabytes)
    data, name = request.get_data(cache=False), request.args.get("name", "film.gif")
    ready(session)
    found, told = films.handed(session, one, data, name, f".{kind}", smoothing=smoothing)
    made = _picture(found, FILMS[kind])
    made.headers["Leitmotiv-Frames"] = f"{told.frames} of {max(told.frames, told.expected)}"
    if told.short:
        made.headers["Leitmotiv-Ends-Early"] = " ".join(told.fault.encode("ascii", "replace").decode().split()) or "yes"
    return made


@pages.post(f"{ONE}/live")
@describe(
    query={
        "film": schema.text("A name for frames that follow each other."),
        "preset": schema.text(
            "`own`: what the eyes were made with; else the controls of a preset make what is shown.",
            choices=("own", *live.PRESETS),
            default="own",
        ),
    },
    media="image/png",
    errors=(409, 413, 422, 501, 503),
)
def frame(eyes_id: str) -> Response:
    """A frame of a camera, which is the body: what is shown and what is seen, side by side; kept nowhere.

    Each control may be given by its name, such as `post_time_lerp=0.8`; those that are on or off as 1 or 0.
    """
    session = the_session()
    one = eyes.get(session, eyes_id)
    controls, own = eye_sights.read_controls(request.args)
    request.max_content_length = FRAME_BYTES
    data = request.get_data(cache=False)
    return _picture(eye_sights.frame(session, one, data, request.args.get("film", "")[:64], controls, own=own))


def _picture(data: bytes, kind: str = "image/png") -> Response:
    made = make_response(data)
    made.mimetype = kind
    made.headers["Cache-Control"] = "no-store"
    return made
