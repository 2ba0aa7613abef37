"""`/duplicates`: copies in groups, what to keep and what may go; the same as JSON, and the plans that move files."""

from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template, request

from leitmotiv.errors import UsageError
from leitmotiv.records import Copy
from leitmotiv.web import parameters, schema, shapes
from leitmotiv.web.context import address, the_session
from leitmotiv.web.describe import describe
from leitmotiv.web.own import body
from leitmotiv.workflows import deduplicate, grouping, plans, queue
from leitmotiv.workflows.grouping import KINDS, Group
from leitmotiv.workflows.keepers import Member

pages = Blueprint("duplicates", __name__)

PAGE = 24
"""Groups a page."""
MOST = 1_000_000
API = "/api/v1/duplicates"
SURE = KINDS[:3]
NAMES = {"same file": "Same file", "same pixels": "Same pixels", "near": "Near", "perhaps": "Perhaps"}


@pages.get("/duplicates")
def index() -> str:
    """Groups of `?kind=`, with a file in `?folder=` or a picture of `?q=`, from place `?from=`."""
    session = the_session()
    everything = grouping.overview(session)
    asked = _asked()
    groups = grouping.chosen(session, **asked)
    offset = parameters.whole("from", 0, 0, MOST)
    shown = groups[offset : offset + PAGE]
    going = [member for group in everything.groups for member in group.members if member.decision == "remove"]
    return render_template(
        "duplicates.html",
        everything=everything,
        counts={kind: sum(group.kind == kind for group in everything.groups) for kind in KINDS},
        names=NAMES,
        kind=request.args.get("kind", ""),
        folder=asked["folder"],
        within=asked["within"],
        undecided=asked["undecided"],
        folders=grouping.folders(session)[:60],
        groups=shown,
        total=len(groups),
        spare=sum(group.spare for group in everything.groups if group.kind != "perhaps"),
        open=sum(group.kind in SURE and group.state == "open" for group in groups),
        going=len({member.key for member in going}),
        moved=[row for row in deduplicate.moved(session) if row[2]],
        offset=offset,
        before=offset - PAGE if offset else None,
        following=offset + PAGE if offset + PAGE < len(groups) else None,
        here=lambda **changes: address("duplicates.index", **_arguments(changes)),
        pair=_pair,
    )


def _asked() -> dict[str, Any]:
    kind = request.args.get("kind", "")
    return {
        "kinds": (kind,) if kind else (),
        "folder": request.args.get("folder", ""),
        "within": request.args.get("q", ""),
        "undecided": parameters.one_of("open", "", ("", "1")) == "1",
    }


def _arguments(changes: dict[str, object]) -> dict[str, object]:
    """What the address of this page says, with some of it changed; what is empty is left out."""
    kept = {name: request.args[name] for name in ("kind", "folder", "q", "open") if name in request.args}
    return {name: value for name, value in (kept | changes).items() if value not in ("", None)}


def _pair(member: Member, keeper: Member) -> dict[str, object]:
    """How a member lies over the keeper: which of both is the outer frame, and where the other is in it."""
    copy: Copy | None = member.copy
    if copy is None or keeper.image.id not in (copy.left, copy.right) or member.image.id == keeper.image.id:
        return {"outer": "keeper", "box": [0, 0, 1, 1], "mirrored": False}
    inner = {"left": copy.left, "right": copy.right}.get(copy.inside, member.image.id)
    outer = "keeper" if inner == member.image.id else "member"
    return {"outer": outer, "box": list(copy.box), "mirrored": copy.mirrored}


@pages.get(f"{API}")
@describe(
    query={
        "limit": schema.whole(1, 1000, default=50),
        "offset": schema.whole(0, MOST),
        "kind": schema.text(),
        "folder": schema.text(),
        "q": shapes.SELECTED["q"],
        "open": schema.text(choices=("", "1")),
    },
    answer=schema.answer({"next": schema.anything(), "groups": shapes.THINGS, "total": shapes.COUNT}),
    errors=(409,),
)
def groups() -> Response:
    """Groups, `?limit=` of them from `?offset=`, filtered as on the page."""
    session = the_session()
    limit, offset = parameters.whole("limit", 50, 1, 1000), parameters.whole("offset", 0, 0, MOST)
    found, everything = grouping.chosen(session, **_asked()), grouping.overview(session)
    more = offset + limit < len(found)
    following = {"limit": limit, "offset": offset + limit}
    return _json(
        {
            "groups": [grouping.as_form(group) for group in found[offset : offset + limit]],
            "total": len(found),
            "searched": everything.searched,
            "pictures": everything.pictures,
            "next": address("duplicates.groups", **_arguments(dict(following))) if more else None,
        }
    )


@pages.get(f"{API}/<group_id>")
@describe(answer=shapes.FORM)
def group(group_id: str) -> Response:
    """One group."""
    try:
        return _json(grouping.as_form(grouping.find_group(the_session(), group_id)))
    except UsageError as error:
        abort(404, str(error))


@pages.post(f"{API}/search")
@describe(answer=shapes.form(started=schema.anything()), status=202, errors=(409,))
def search() -> tuple[Response, int]:
    """Put the search for copies into the queue; /api/v1/jobs tells how far it is."""
    body({})
    return jsonify({"job": queue.enqueue(the_session(), "duplicates", "Duplicates").id}), 202


@pages.patch(f"{API}/decisions")
@describe(body={"decisions": dict}, answer=shapes.form(decisions=schema.anything()), errors=(404,))
def decide() -> Response:
    """Keep or remove members: {"decisions": {key: "keep", "remove" or null}}."""
    decisions = body({"decisions": dict}).get("decisions")
    if not decisions:
        raise UsageError("decisions must be an object of keys with keep, remove or null.")
    grouping.decide(the_session(), decisions)
    return jsonify({"decisions": decisions})


@pages.post(f"{API}/denials")
@describe(body={"group": str, "key": str}, answer=shapes.form(denied=schema.text()), errors=(404,))
def deny() -> Response:
    """Say that a member is no copy of the others: {"group", "key"}."""
    form = body({"group": str, "key": str})
    grouping.deny(the_session(), form.get("group", ""), form.get("key", ""))
    return jsonify({"denied": form["key"]})


@pages.post(f"{API}/accept")
@describe(
    body={"kind": str, "folder": str, "q": str, "group": str},
    answer=shapes.form(accepted=shapes.COUNT),
    errors=(404,),
)
def accept() -> Response:
    """Decide as proposed in sure groups that are open: all, or those of {"kind", "folder", "q", "group"}."""
    session = the_session()
    form = body({"kind": str, "folder": str, "q": str, "group": str})
    if "group" in form:
        chosen: tuple[Group, ...] = (grouping.find_group(session, form["group"]),)
    else:
        kinds = (form["kind"],) if form.get("kind") else SURE
        chosen = grouping.chosen(session, kinds=kinds, folder=form.get("folder", ""), within=form.get("q", ""))
    return jsonify({"accepted": grouping.accept(session, chosen)})


@pages.post(f"{API}/plans")
@describe(answer=shapes.FORM, status=201, errors=(404, 409))
def plan() -> tuple[Response, int]:
    """Plan what was decided; nothing is moved."""
    body({})
    session = the_session()
    made = deduplicate.make(session)
    plans.keep(session.library, made)
    return jsonify(plans.as_form(made)), 201


@pages.get(f"{API}/plans/<plan_id>")
@describe(answer=shapes.FORM)
def one_plan(plan_id: str) -> Response:
    """A plan that was made."""
    try:
        return _json(plans.as_form(plans.kept(the_session(), plan_id)))
    except UsageError as error:
        abort(404, str(error))


@pages.post(f"{API}/plans/<plan_id>/apply")
@describe(
    body={"confirm": bool},
    answer=schema.answer(
        {
            "files": shapes.THINGS,
            "freed": shapes.COUNT,
            "failed": shapes.THINGS,
        }
    ),
    errors=(404, 409),
)
def apply(plan_id: str) -> Response:
    """Move the files of a plan that was looked at to the trash: {"confirm": true}."""
    if body({"confirm": bool}).get("confirm") is not True:
        raise UsageError('Look at the plan first, then send {"confirm": true}. Nothing was moved.')
    session = the_session()
    return jsonify(_outcome(deduplicate.apply(session, plans.kept(session, plan_id))))


@pages.post(f"{API}/plans/<plan_id>/undo")
@describe(
    answer=shapes.form(files=shapes.THINGS, failed=shapes.THINGS),
    errors=(404, 409),
)
def undo(plan_id: str) -> Response:
    """Bring back what a plan moved."""
    body({})
    session = the_session()
    plans.kept(session, plan_id)
    return jsonify(_outcome(deduplicate.undo(session, plan_id)))


def _outcome(outcome: deduplicate.Outcome) -> dict[str, object]:
    return {
        "files": [path.decode("utf-8", "replace") for path in outcome.moved],
        "freed": outcome.freed,
        "merged": outcome.merged,
        "failed": [{"path": path.decode("utf-8", "replace"), "reason": reason} for path, reason in outcome.failed],
    }


def _json(form: dict[str, object]) -> Response:
    answer = jsonify(form)
    answer.add_etag()
    answer.make_conditional(request.environ)
    return answer
