"""What the page of searches shows of a query and of its results: chips, bars, examples, and where a line breaks."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from leitmotiv.errors import LeitmotivError, NoActivationsError, QueryError
from leitmotiv.records import Image, Job, Ranking, Result, Unknown
from leitmotiv.web import figures
from leitmotiv.web.context import address, the_session
from leitmotiv.web.search_asked import Asked
from leitmotiv.web.search_asked import term as term_of
from leitmotiv.web.words import pictures as _pictures
from leitmotiv.workflows import browse, degrees, seeking, slips, space_training, words
from leitmotiv.workflows.query import Colour, Node, Picture, Query, Region, Sketch, Term, Upload
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.terms import TRAITS, Words, canonical
from leitmotiv.workflows.trees import Group

MARKED = 98.765432
"""A weight that nobody writes."""
SEEING = ("activations", "index", "add")
"""Kinds of jobs that have the backbone see pictures."""
_FILTER = re.compile(r"""(\bfolder:(?:"[^"]*"|\S+))""")
"""A filter that a sentence names."""
AROUND = 40
"""How much of a line is shown around a place, characters."""


@dataclass(frozen=True)
class Shown:
    """A term as a chip.

    Attributes
    ----------
    without, turned : str
        Addresses of the search without it, and with its sign the other way.
    weighed : str
        Address with `MARKED` as its weight, for the script to put another in its place; empty where it has none, or
        where the same is taken away, beside which another weight is no weight of its own.
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


Piece = tuple[str, Any]
"""A part of the line of chips: "term" with its chip, or "sign" with what stands between or around chips."""


def line(tree: Node | None, chips: Sequence[Shown]) -> list[Piece]:
    """A query as it was read: its chips in their order, with the signs and parentheses between them."""
    return [] if tree is None else _pieces(tree, iter(chips), "−" if tree.weight < 0 else "")


def _pieces(node: Node, chips: Iterator[Shown], sign: str, inside: str = "") -> list[Piece]:
    before: list[Piece] = [("sign", sign)] if sign else []
    if isinstance(node, Term):
        return [*before, ("term", next(chips))]
    found: list[Piece] = []
    for number, member in enumerate(node.members):
        between = "" if not number else {"sum": "+", "all": "&", "any": "or"}[node.how]
        found += _pieces(member, chips, "−" if member.weight < 0 else between, node.how)
    bare = node.weight > 0 and (not inside or (inside == "sum" and node.how == "all"))
    return [*before, *([] if bare else [("sign", "(")]), *found, *([] if bare else [("sign", ")")])]


def phrase(word: str) -> str:
    """A word as a term of a search: an orange is in quotation marks, as it would be a colour."""
    return canonical(word, Words(word))


def instead(asked: Asked, one: Unknown) -> list[tuple[str, str]]:
    """What may be meant by a word that nobody knows, and the address of the search with that in its place."""
    return [
        (near, address("search.show", **asked.arguments(q=slips.with_word(asked.q, one.word, near))))
        for near in one.near
    ]


def instead_of_pole(axis: str, one: Unknown, kept: Mapping[str, str]) -> list[tuple[str, str]]:
    """The same of the poles of an axis; a filter is no pole."""
    return [
        (near, address("search_places.between", **{**kept, "axis": slips.with_word(axis, one.word, near)}))
        for near in one.near
        if ":" not in near
    ]


def linked(note: str, asked: Asked | None = None) -> list[tuple[str, str]]:
    """A sentence in its parts, each with the address that it leads to; "" for plain text."""
    kept = asked or Asked("", {})
    parts = _FILTER.split(note)
    return [
        (part, address("search.show", **kept.arguments(q=part)) if at % 2 else "")
        for at, part in enumerate(parts)
        if part
    ]


def heading(query: Query, ranking: Ranking, mode: str) -> tuple[str, str]:
    """What stands over the results of a search for terms: how many there are, and what that means."""
    whole = ranking.total
    if not whole:
        unknown = "Nobody here knows what is looked for." if ranking.unknown else ""
        return "No picture", unknown or next(reversed(ranking.notes), "Nothing that is looked for says anything.")
    if all(term.weight < 0 for term in query.terms):
        return (
            "What has least of it",
            f"of {whole:,}. Nothing is looked for, only taken away: the least of that comes first.",
        )
    if ranking.cut is None:
        return _pictures(whole), f"As vectors ({mode}); nobody knows where chance begins."
    if ranking.cut:
        larger = " Of what is added, the larger counts." if _adds(query) else ""
        return (
            f"{ranking.cut:,} above the cut-off",
            f"of {whole:,}. The others score little better than chance.{larger}",
        )
    if query.is_of_looks:
        return "Nothing stands out", f"of {whole:,}. Scores are no better than chance; these fit best."
    return (
        "Nothing stands out",
        f"of {whole:,}. None fits clearly better than words that have nothing to do with these pictures would; these "
        "come nearest, and may be right.",
    )


def _adds(query: Query) -> bool:
    """Whether things are added, of which a picture need show but one."""
    wanted = [term for term in query.terms if term.weight > 0 and not isinstance(term.wanted, TRAITS)]
    return isinstance(query.tree, Group) and query.tree.how == "sum" and len(wanted) > 1 and not query.is_of_looks


def encoder(session: Session, query: Query) -> str:
    """What words are compared by, where some are looked for; empty where nothing can."""
    if not any(isinstance(term.wanted, Words) for term in query.terms):
        return ""
    try:
        used = space_training.in_use(session)
        return words.encoder_name(session) + ("" if used == space_training.UNTRAINED else f" and the space {used}")
    except LeitmotivError:
        return ""


def comparings(asked: Asked, own: Query, query: Query) -> list[tuple[str, str, bool]]:
    """The ways to compare the pictures that are looked for: what it says, its address, and whether it is in use.

    Empty where no picture is looked for, or terms go together as vectors.
    """
    if asked.mode or not any(isinstance(term.wanted, Picture | Region | Upload) for term in query.terms):
        return []
    used = seeking.compared(query)
    ways = (("by look", "look", degrees.LOOK), ("by subject", "subject", degrees.SUBJECT))
    usual = seeking.compared(replace(query, like=""))
    return [
        (
            said,
            address("search.show", **asked.arguments(q=replace(own, like="" if by == usual else name).text)),
            used == by,
        )
        for said, name, by in ways
    ]


def marked(asked: Asked, fault: LeitmotivError | None) -> tuple[str, str, str] | None:
    """The line before, at and behind the place where it cannot be read."""
    if not isinstance(fault, QueryError):
        return None
    at, until = max(0, fault.at - AROUND), min(len(asked.q), fault.until + AROUND)
    return asked.q[at : fault.at], asked.q[fault.at : fault.until], asked.q[fault.until : until]


def sees(session: Session, query: Query, fault: LeitmotivError | None) -> tuple[Job | None] | None:
    """Where pictures that a search needs seen were not: the job that sees them, if there is one; None elsewhere."""
    if not isinstance(fault, NoActivationsError) and (query.is_of_looks or not query.terms):
        return None
    states = ("running", "queued", "paused")
    jobs = [job for job in browse.jobs(session) if job.kind in SEEING and job.state in states]
    if fault is None and not (jobs and session.library.activations.count() < session.library.images.count()):
        return None
    return (min(jobs, key=lambda job: states.index(job.state), default=None),)


def region(session: Session, asked: Asked) -> Image | None:
    """The picture that a region is cut from."""
    name = asked.apart.get("region", "").partition("@")[0]
    try:
        return browse.image(session, name) if name else None
    except LeitmotivError:
        return None


def box(query: Query) -> tuple[list[int], bool] | None:
    """The region's box in percent, and whether it may lie anywhere."""
    for term in query.terms:
        if isinstance(term.wanted, Region):
            box = term.wanted.box
            return [round(100 * side) for side in (box.x, box.y, box.width, box.height)], term.wanted.anywhere
    return None


def chip(asked: Asked, own: Query, term: Term) -> Shown:
    """A term of the query; what comes from a parameter of its own has no weight."""
    if term.at < len(own.terms):
        without = address("search.show", **asked.arguments(q=own.without(term.at)))
        turned = address("search.show", **asked.arguments(q=own.turned(term.at)))
        weighed = own.weighed(term.at, MARKED)
        weighed = address("search.show", **asked.arguments(q=weighed)) if f"{MARKED}*" in weighed else ""
    else:
        weighed = ""
        name = next(name for name, value in asked.apart.items() if term_of(name, value) == term.text)
        without = address("search.show", **asked.arguments(**{name: None}))
        turned = address("search.show", **asked.arguments(**{name: None, "q": f"{asked.q} -{term.text}".strip()}))
    shown = Shown(term.label, term.weight, without, turned, weighed)
    wanted, look = term.wanted, {}
    if isinstance(wanted, Colour):
        look = {"swatch": wanted.colour}
    elif isinstance(wanted, Picture | Region):
        one = browse.image(the_session(), wanted.id)
        look = {"picture": one.id, "label": f"part of {one.name}" if isinstance(wanted, Region) else one.name}
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


@dataclass(frozen=True)
class Given:
    """What a term gave to a result or took from it, by its name; `kind` is that of its `Bar`."""

    label: str
    value: float
    kind: str


def bars(result: Result, most: float = 1.0, decimals: int = 2) -> list[Bar]:
    """A result's score in its parts: what terms gave one after the other, and hatched what others took.

    Parameters
    ----------
    most : float
        A score that fills the line.
    """
    found, at = [], 0.0
    for kind, part in zip(_kinds(result, decimals), result.parts, strict=True):
        width = min(100 * abs(part) / most, 100 - at)
        if kind and width > 0.2:
            found.append(Bar(round(at, 1), round(width, 1), kind))
            at += width
    return found


def given(result: Result, labels: Sequence[str], decimals: int = 2) -> list[Given]:
    """What each term gave to a result, in the order of the stretches; those are left out that gave nothing."""
    told = zip(labels, result.parts, _kinds(result, decimals), strict=True)
    return [Given(label, part, kind) for label, part, kind in told if kind]


def _kinds(result: Result, decimals: int) -> list[str]:
    """How each part is drawn: stretches side by side differ, however many terms between them gave nothing."""
    kinds, drawn = [], 0
    for part in result.parts:
        told = abs(part) >= 0.5 * 10**-decimals
        kinds.append("" if not told else "less" if part < 0 else ("one", "two")[drawn % 2])
        drawn += told and part > 0
    return kinds


def poles(result: Result, most: float) -> tuple[float, float]:
    """Where a picture lies between two poles, as a stretch of a line 100 long from its middle: start and width."""
    reach = 50 * min(1.0, abs(result.score) / most)
    return (round(50.0 if result.score >= 0 else 50 - reach, 1), round(max(reach, 0.6), 1))
