"""`/eyes`: pairs of eyes and what they see; making new ones; the world, and a camera, through them."""

from dataclasses import fields
from typing import Any, get_args

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from leitmotiv.errors import LeitmotivError, NotFoundError
from leitmotiv.records import Controls, Eyes, Image, Partial, PartialKind, RegionColours
from leitmotiv.web import parameters
from leitmotiv.web.context import address, the_session
from leitmotiv.workflows import browse, eye_learning, eye_names, eye_sights, eyes, live, queue, selecting, training
from leitmotiv.workflows.partial import COLOURS, KINDS
from leitmotiv.workflows.session import Session

pages = Blueprint("eyes", __name__)

SIGHTS = 5
AT_ONCE = 120
"""Pictures of a page of all."""
OFFERED = 12
"""Pictures that can be looked at with one click."""
SHOWN = {
    "edges": "Lines where the picture changes most; what is between them is for the eyes to fill in.",
    "sobel": "How strongly it changes, everywhere.",
    "drawing": "What is darker than its surroundings, as ink on paper.",
    "regions": "A few areas, each of one colour.",
    "blur": "All of it, out of focus.",
    "small": "A few large squares.",
    "grey": "All of it, without colours.",
    "mixture": "Its own mixture of soft patches, as leitmotiv keeps it.",
    "whole": "All of it.",
}
"""What each kind shows, in words."""
WAY = {"patches": "patches", "palette": "colours", "network": "trained"}


@pages.get("/eyes")
def index() -> str | BaseResponse:
    """All eyes, and what they see of `?image=` and the same few pictures; `?job=` leads to those that it trains."""
    session = the_session()
    wanted = parameters.optional_whole("job", 1, 2**53)
    if wanted is not None and (id := queue.get(session, wanted).parameters.get("eyes")):
        return redirect(address("eyes.show", eyes_id=id))
    found = eyes.listed(session)
    asked = request.args.get("image", "")
    first = (browse.image(session, asked),) if asked else ()
    sights = (*first, *(one for one in eye_sights.sights(session, SIGHTS) if one not in first))[:SIGHTS]
    return render_template(
        "eyes.html",
        found=found,
        begun=_begun(session, found),
        sights=sights,
        ways=WAY,
        trains="eyes" in queue.KINDS,
    )


def _begun(session: Session, found: list[Eyes]) -> list[tuple[str, Any]]:
    """Trainings of eyes that cannot see yet: the id of each, and its job."""
    known = {one.id for one in found}
    jobs = [job for job in browse.jobs(session) if job.kind == "eyes" and job.state in queue.LIVE]
    return [(job.parameters["eyes"], job) for job in jobs if job.parameters.get("eyes") not in (None, *known)]


@pages.get("/eyes/new")
def new() -> Response:
    """Making eyes of `?q=`, with what each kind would be shown of `?image=`."""
    session = the_session()
    asked = _asked()
    query = asked["q"]
    ids: tuple[str, ...] = ()
    fault, nearest = "", False
    try:
        ids = eyes.chosen(session, query)
        nearest = bool(query) and eyes.by_chance(session, query)
    except LeitmotivError as error:
        fault = str(error)
    chosen = _image(session, request.args.get("image", ""), ids)
    few = eye_sights.images(session, ids[:OFFERED])
    answer = make_response(
        render_template(
            "eyes_new.html",
            asked=asked,
            fault=fault,
            count=len(ids),
            nearest=nearest,
            called=eye_names.called(session, "", query) if query else "Everything",
            most=eyes.MOST,
            fewest=eyes.FEWEST,
            image=chosen,
            offered=few,
            shown=[(kind, SHOWN[kind], _preview(asked, chosen, kind)) for kind in KINDS],
            sides=[(side, side in training.SIDES) for side in eyes.SIDES],
            widths=training.WIDTHS,
            beginnings=[one for one in eyes.listed(session) if one.way == "network"],
            colours=COLOURS,
            trains="eyes" in queue.KINDS,
            to=lambda **changes: address("eyes.new", **{**_plain(asked), **changes}),
        )
    )
    return answer


def _asked() -> dict[str, Any]:
    """What the form of new eyes holds."""
    return {
        "q": " ".join(request.args.get("q", "").split()),
        "name": " ".join(request.args.get("name", "").split())[:80],
        "way": parameters.one_of("way", "patches", ("patches", "palette", "network")),
        "kind": parameters.one_of("kind", "edges", KINDS),
        "low": parameters.whole("low", 100, 0, 2040),
        "high": parameters.whole("high", 200, 0, 2040),
        "regions": parameters.whole("regions", 7, 2, 12),
        "colours": parameters.one_of("colours", "ordered", COLOURS),
        "blur": parameters.whole("blur", 5, 1, 50),
        "side": parameters.whole("side", 64, 16, 256),
    }


def _plain(asked: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if value not in ("", None)}


def _preview(asked: dict[str, Any], image: Image | None, kind: str) -> str:
    if image is None:
        return ""
    kept = {name: asked[name] for name in ("low", "high", "regions", "colours", "blur", "side")}
    return address("eye_views.shown", image_id=image.id, kind=kind, **kept)


def partial() -> Partial:
    """What an address says that eyes are shown.

    Raises
    ------
    UsageError
    """
    return Partial(
        kind=parameters.one_of("kind", "edges", get_args(PartialKind)),
        low=parameters.whole("low", 100, 0, 2040),
        high=parameters.whole("high", 200, 0, 2040),
        regions=parameters.whole("regions", 7, 2, 12),
        colours=parameters.one_of("colours", "ordered", get_args(RegionColours)),
        size=parameters.whole("blur", 5, 1, 50) / 100,
    )


def _image(session: Session, wanted: str, ids: tuple[str, ...]) -> Image | None:
    """The picture that is looked at: the one that is named, the first of a selection, or any."""
    if wanted:
        return browse.image(session, wanted)
    if ids:
        return browse.image(session, ids[0])
    return next(iter(eye_sights.sights(session, 1)), None)


@pages.get("/eyes/camera")
def camera() -> Response:
    """A camera through `?eyes=`, and through `?and=` beside."""
    session = the_session()
    found = eyes.listed(session)
    first, second = _pair(session, found, request.args.get("eyes", ""))
    answer = make_response(
        render_template(
            "eyes_camera.html",
            found=found,
            first=first,
            second=second,
            presets=_presets(),
            controls=[(field.name, eye_sights.RANGES.get(field.name)) for field in fields(Controls)],
            usual=_values(eye_sights.OWN),
        )
    )
    # one of the pages that may ask for the camera
    answer.headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=(), interest-cohort=()"
    return answer


def _presets() -> dict[str, dict[str, Any]]:
    return {"own": _values(eye_sights.OWN), **{name: _values(one) for name, one in live.PRESETS.items()}}


def _values(controls: Controls) -> dict[str, Any]:
    return {field.name: getattr(controls, field.name) for field in fields(controls)}


def _pair(session: Session, found: list[Eyes], wanted: str) -> tuple[Eyes | None, Eyes | None]:
    """The eyes of an address, and those beside them; the last made where none is named."""
    first = eyes.get(session, wanted) if wanted else next(iter(found), None)
    beside = request.args.get("and", "")
    return first, eyes.get(session, beside) if beside else None


@pages.get("/eyes/<eyes_id>")
def show(eyes_id: str) -> str:
    """The world through a pair of eyes: `?image=`, and through `?and=` beside; their card, and how they learnt."""
    session = the_session()
    try:
        one = eyes.get(session, eyes_id)
    except NotFoundError:
        if not eye_learning.begun(session, eyes_id):
            raise
        return render_template("eyes_begun.html", id=eyes_id, name=eyes_id, lesson=_job(session, eyes_id))
    _, second = _pair(session, [one], one.id)
    offered = eye_sights.sights(session, OFFERED)
    wanted = request.args.get("image", "")
    image = browse.image(session, wanted) if wanted else next(iter(offered), None)
    return render_template(
        "eyes_one.html",
        one=one,
        second=second,
        pair=[two for two in (one, second) if two is not None],
        others=[other for other in eyes.listed(session) if other.id != one.id],
        image=image,
        offered=offered,
        learning=eye_learning.learning(session, one),
        usable=eye_sights.usable(session, one),
        known=eye_sights.images(session, one.pictures[:8]),
        shown=SHOWN[one.partial.kind],
        way=WAY[one.way],
        facts=_facts(one),
        figures=_figures(one),
        lesson=_job(session, one.id),
        stamp=eye_sights.stamp(session, one),
        to=lambda **changes: address(
            "eyes.show",
            eyes_id=one.id,
            **{
                name: value
                for name, value in {"image": wanted, "and": second.id if second else "", **changes}.items()
                if value
            },
        ),
    )


@pages.get("/eyes/<eyes_id>/all")
def everything(eyes_id: str) -> str:
    """The pictures of `?q=`, or all, through a pair of eyes, and through `?and=` beside; from `?start=` on."""
    session = the_session()
    one = eyes.get(session, eyes_id)
    _, second = _pair(session, [one], one.id)
    query, fault = " ".join(request.args.get("q", "").split()), ""
    ids: tuple[str, ...] = ()
    try:
        ids = selecting.select(session, query)
    except LeitmotivError as error:
        fault = str(error)
    start = min(parameters.whole("start", 0, 0, 2**31), max(0, len(ids) - 1)) // AT_ONCE * AT_ONCE
    found = {image.id: image for image in eye_sights.images(session, ids[start : start + AT_ONCE])}
    return render_template(
        "eyes_all.html",
        one=one,
        pair=[two for two in (one, second) if two is not None],
        second=second,
        others=[other for other in eyes.listed(session) if other.id != one.id and eye_sights.usable(session, other)],
        usable=eye_sights.usable(session, one),
        images=[found[id] for id in ids[start : start + AT_ONCE] if id in found],
        query=query,
        fault=fault,
        total=len(ids),
        start=start,
        at_once=AT_ONCE,
        to=lambda at: address(
            "eyes.everything",
            eyes_id=one.id,
            **{
                name: value
                for name, value in {"q": query, "and": second.id if second else "", "start": at}.items()
                if value
            },
        ),
    )


def _job(session: Session, id: str) -> Any:
    """The training of these eyes that runs, waits or rests, if any."""
    jobs = (job for job in browse.jobs(session) if job.kind == "eyes" and job.state in queue.LIVE)
    return next((job for job in jobs if job.parameters.get("eyes") == id), None)


FIGURES = {
    "l1": "levels from the truth",
    "ssim": "likeness of structure",
    "edges": "edges that agree",
    "to_known": "colours to those that they know",
    "to_shown": "colours to what is shown",
}
"""What each figure of a card measures, in words; less is better of the first and the last two."""
SEERS = {"network": "these eyes", "copy": "copy", "mean": "mean", "patches": "patches"}


def _figures(one: Eyes) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """The figures of a card as a table: who sees, and for each measure how well; empty where there are none."""
    card = one.card.get("figures")
    figures = {name: of for name, of in card.items() if isinstance(of, dict)} if isinstance(card, dict) else {}
    seers = [name for name in SEERS if name in figures]
    if not seers:
        return [], []

    def said(value: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return "–"
        return f"{value:.1f}" if value >= 1 else f"{value:.2f}"

    rows = [(words, [said(figures[name].get(key)) for name in seers]) for key, words in FIGURES.items()]
    return [SEERS[name] for name in seers], rows


def _facts(one: Eyes) -> list[tuple[str, str]]:
    """The numbers of a card, in words."""
    return [
        (name, f"{value:,}" if isinstance(value, int) else f"{value:.3g}" if isinstance(value, float) else value[:200])
        for name, value in eye_names.facts(one).items()
        if name != "pictures" and value
    ]
