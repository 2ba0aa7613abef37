"""`/evolve`: designs that a critic breeds and a person overrules: begun, watched, chosen from, taken away."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template

from leitmotiv.records import Round, Run
from leitmotiv.web import evolve_curves, parameters
from leitmotiv.web.context import address, the_session
from leitmotiv.web.images import send_bytes
from leitmotiv.workflows import designing, evolved, evolving, judging, queue

pages = Blueprint("evolve", __name__)

SHOWN = 24
"""Runs of a page."""
MANY = 10_000_000
EXAMPLES = 3
ALIKE = 0.005
"""Scores of a round that differ by less tell no design from another: that is not certainty."""
TILE = 320
"""Longest side of a design that holds pictures, on a page; the others are drawn by the browser. Pixels."""
KEPT = "private, max-age=86400"


@dataclass(frozen=True)
class Tile:
    """A design on the sheet of a round."""

    row: int
    score: float
    band: float
    twin: bool
    won: bool
    picked: bool
    old: bool


@pages.get("/evolve")
def index() -> str:
    """What can be evolved, by whom, and the runs that there are, from place `?from=`."""
    session = the_session()
    offset = parameters.whole("from", 0, 0, MANY)
    found = evolving.listed(session, SHOWN + 1, offset)
    runs = found[:SHOWN]
    best = evolving.bests(session, [run.id for run in runs])
    return render_template(
        "evolve.html",
        kinds=designing.KINDS,
        judges=judging.choices(session),
        pictures=session.library.images.count() > 0,
        runs=runs,
        best=best,
        examples=range(EXAMPLES),
        usual=(evolving.ROUNDS, evolving.BATCH),
        picture=_picture,
        offset=offset,
        newer=_page(max(0, offset - SHOWN)) if offset else "",
        older=_page(offset + SHOWN) if len(found) > SHOWN else "",
    )


def _page(offset: int) -> str:
    return address("evolve.index", **({"from": offset} if offset else {}))


@pages.get("/evolve/<int:number>")
def show(number: int) -> str:
    """A run: what it came to, the winners so far, and the sheet of `?round=`, the last if not given."""
    session = the_session()
    run, rounds = evolving.of(session, number)
    place = parameters.whole("round", max(0, len(rounds) - 1), 0, max(0, len(rounds) - 1))
    one = rounds[place] if rounds else None
    where, row = evolved.best(rounds) if rounds else (-1, -1)
    return render_template(
        "evolution.html",
        run=run,
        kind=designing.KINDS[run.design],
        rounds=rounds,
        one=one,
        tiles=_tiles(one, rounds) if one else [],
        same=one is not None and float(one.scores.max() - one.scores.min()) < ALIKE,
        best=(where, row, rounds[where].scores[row]) if rounds else None,
        curves=evolve_curves.curves(rounds, run.rounds),
        at_work=_at_work(run),
        picture=_picture,
        vector=not designing.KINDS[run.design].needs_pictures,
        longest=evolving.LONGEST,
    )


def _tiles(one: Round, rounds: Sequence[Round]) -> list[Tile]:
    """The sheet: the best first, designs that were kept as they were."""
    return [
        Tile(
            row,
            float(one.scores[row]),
            float(one.bands[row]),
            one.twins[row] >= 0,
            row == one.chosen,
            row in one.picks,
            one.number > 0 and bool((rounds[one.number - 1].genomes == one.genomes[row]).all(axis=1).any()),
        )
        for row in evolved.in_order(one)
    ]


def _at_work(run: Run) -> int:
    """The job that is at this run, or will be; 0 for none."""
    return next(
        (
            job.id
            for job in the_session().library.jobs.list(20)
            if job.kind == "evolve" and job.parameters.get("run") == run.id and job.state in queue.LIVE
        ),
        0,
    )


def _picture(run: Run, place: int, row: int) -> str:
    """Where a design is to be seen: as SVG, or as PNG where pictures are in it."""
    if designing.KINDS[run.design].needs_pictures:
        return address("evolve.png", number=run.id, place=place, row=row, size=TILE)
    return address("evolve.svg", number=run.id, place=place, row=row)


@pages.get("/evolve/<int:number>/<int:place>/<int:row>.svg")
def svg(number: int, place: int, row: int) -> Response:
    """A design; `?keep=1` is one to keep, with its pictures as large as they are there."""
    session = the_session()
    run = designing.asked(session, number)
    keep = parameters.whole("keep", 0, 0, 1)
    side = designing.LARGEST if keep else 512

    def draw() -> tuple[bytes, str]:
        genome = designing.one(session, run, place, row)
        return designing.svg(session, run, genome, side=side).encode(), "image/svg+xml"

    return _sent(f"{number}-{place}-{row}-{keep}-{run.made.timestamp()}", draw, _name(run, place, keep, "svg"))


@pages.get("/evolve/<int:number>/<int:place>/<int:row>.png")
def png(number: int, place: int, row: int) -> Response:
    """A design whose longest side has `?size=` pixels; `?keep=1` is one to keep."""
    session = the_session()
    run = designing.asked(session, number)
    size, keep = parameters.whole("size", 1200, 16, designing.LARGEST), parameters.whole("keep", 0, 0, 1)

    def draw() -> tuple[bytes, str]:
        return designing.png(session, run, designing.one(session, run, place, row), size), "image/png"

    tag = f"{number}-{place}-{row}-{size}-{run.made.timestamp()}"
    return _sent(tag, draw, _name(run, place, keep, "png"))


@pages.get("/evolve/<int:number>/<int:place>/sheet.png")
def sheet(number: int, place: int) -> Response:
    """The sheet of a round, eight in a row, to keep."""
    session = the_session()
    run, rounds = evolving.of(session, number)
    designing.genome(rounds, place, 0)
    name = f"{run.design}-{run.id}-round-{place + 1}.png"
    tag = f"{number}-{place}-{rounds[place].picks}-{run.made.timestamp()}"
    return _sent(tag, lambda: (evolved.sheet(session, run, rounds[place]), "image/png"), name)


@pages.get("/evolve/<int:number>/winners.png")
def winners(number: int) -> Response:
    """The strip of winners, to keep."""
    session = the_session()
    run, rounds = evolving.of(session, number)
    designing.genome(rounds, 0, 0)
    tag = f"{number}-{[one.chosen for one in rounds]}-{run.made.timestamp()}"
    name = f"{run.design}-{run.id}-winners.png"
    return _sent(tag, lambda: (evolved.strip(session, run, rounds), "image/png"), name)


@pages.get("/evolve/examples/<kind>/<int:seed>.svg")
def example(kind: str, seed: int) -> Response:
    """A design of a kind that needs no pictures, to show what it is."""
    drawn = designing.example(kind, seed % 100)
    return send_bytes(f"{kind}-{seed % 100}", KEPT, lambda: (drawn.encode(), "image/svg+xml"))


def _name(run: Run, place: int, keep: int, kind: str) -> str:
    return f"{run.design}-{run.id}-round-{place + 1}.{kind}" if keep else ""


def _sent(tag: str, draw: Any, name: str) -> Response:
    answer = send_bytes(
        "".join(c if c.isalnum() else "-" for c in tag), KEPT if not name else "private, no-cache", draw
    )
    if name:
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
