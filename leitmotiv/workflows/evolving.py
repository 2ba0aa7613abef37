"""Evolutions: begun, carried on round by round, overruled by a person; each round is kept whole before the next."""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from leitmotiv.analysis import designs, evolution
from leitmotiv.errors import EmptyLibraryError, NotFoundError, UsageError
from leitmotiv.records import Half, Job, Judged, Pixels, Round, Run
from leitmotiv.workflows import designing, judging, queue, selecting
from leitmotiv.workflows.judging import Judge
from leitmotiv.workflows.progress import Report, Step
from leitmotiv.workflows.session import Session

BATCH, ROUNDS = 32, 10
LEAST, MOST, LONGEST = 4, 64, 200
"""Designs of a round, and rounds of a run."""
PICTURES = 48
"""Pictures that crops and collages choose from."""
SMALL = 16
"""Side at which designs are compared for twins, pixels."""
PHASE = "Evolving designs"


def start(
    session: Session,
    design: str = "landscape",
    *,
    critic: str = "",
    rounds: int = ROUNDS,
    batch: int = BATCH,
    seed: int = 0,
    greedy: bool = False,
    pictures: str = "",
    first: Sequence[float] | None = None,
) -> Run:
    """Begin a run; nothing is drawn yet.

    Parameters
    ----------
    design : str
        One of `designs.KINDS`.
    critic : str
        A critic, or "plain"; the last one trained if not given, and "plain" where there is none.
    greedy : bool
        The plain loop, to compare with: variations of the best design, nothing else.
    pictures : str
        A line of filters, for crops and collages; all pictures without it.
    first : sequence of float, optional
        A genome to begin with.

    Raises
    ------
    UsageError
        No such design or critic, numbers out of bounds, or a line that cannot be read.
    EmptyLibraryError
        Crops and collages need pictures.
    """
    kind = designs.kind_of(design)
    _bounded("rounds", rounds, 1, LONGEST)
    _bounded("batch", batch, LEAST, MOST)
    _bounded("seed", seed, 0, 2**31)
    if first is not None and (len(first) != kind.genes or not all(0 <= gene <= 1 for gene in first)):
        raise UsageError(f"A genome of a {design} has {kind.genes} numbers from 0 to 1.")
    name = judging.known(session, critic)
    chosen = _pictures(session, pictures, seed) if kind.needs_pictures else ()
    asked = Run(
        id=0,
        made=datetime.now(UTC),
        design=design,
        critic=name,
        seed=seed,
        rounds=rounds,
        batch=batch,
        greedy=greedy,
        pictures=chosen,
        first=None if first is None else tuple(map(float, first)),
        facts={"pictures": pictures} if pictures else {},
    )
    return session.library.evolutions.start(asked)


def go_on(
    session: Session, number: int, *, until: int | None = None, report: Report | None = None
) -> tuple[Run, list[Round]]:
    """Carry a run on, to its end or up to a number of rounds; what is finished is kept, whatever happens.

    Raises
    ------
    NotFoundError, CriticError, MissingExtraError
    """
    run, found = designing.of(session, number)
    rounds = list(found)
    last = run.rounds if until is None else min(run.rounds, until)
    if len(rounds) >= last:
        return run, rounds
    _, judge = judging.judge(session, run.critic)
    began = time.monotonic()
    while len(rounds) < last:
        if report is not None:
            done = len(rounds)
            report(Step(PHASE, done, last, f"round {done + 1} of {last}"))
        made = one_round(session, run, rounds, judge)
        now = session.library.evolutions.rounds(run.id)
        if [one.picks for one in now] != [one.picks for one in rounds]:
            rounds = now  # a person chose meanwhile: what was bred without that does not count
            continue
        session.library.evolutions.add(run.id, made)
        rounds.append(made)
    if report is not None:
        rate = last / max(1e-9, time.monotonic() - began)
        report(Step(PHASE, len(rounds), last, rate=rate, remaining=0.0))
    return replace(run, done=len(rounds)), rounds


def one_round(session: Session, run: Run, rounds: Sequence[Round], judge: Judge) -> Round:
    """Breed and judge the next round; nothing is kept."""
    genes = designs.kind_of(run.design).genes
    bred = evolution.brood(rounds, genes, run.batch, run.seed, greedy=run.greedy, first=run.first)
    pictures = designing.seen(session, run, bred.genomes)
    old = [row for row, _, _ in bred.kept]
    fresh = [row for row in range(len(pictures)) if row not in old]
    judged = _merged(judge(pictures[fresh]), fresh, rounds, bred.kept, len(pictures))
    won = np.stack([one.traits[one.chosen] for one in rounds]) if rounds else np.empty((0, judged.traits.shape[1]))
    novel = evolution.novelty(judged.traits, won)
    twins = evolution.twins(small(pictures), judged.scores)
    winner = int(np.argmax(judged.scores))
    if not run.greedy:
        winner = evolution.winner(judged.scores, judged.bands, novel, twins)
    return Round(
        number=len(rounds),
        genomes=bred.genomes,
        scores=judged.scores,
        bands=judged.bands,
        novelty=novel,
        twins=twins,
        traits=np.asarray(judged.traits, np.float16),
        winner=winner,
        note=bred.note,
        fresh=len(fresh),
    )


def small(pictures: Pixels) -> Pixels:
    """Pictures (B, 224, 224, 3) as (B, 16, 16, 3), to compare."""
    size = pictures.shape[1] // SMALL
    means = pictures.reshape(len(pictures), SMALL, size, SMALL, size, 3).mean(axis=(2, 4))
    return np.asarray(np.rint(means).astype(np.uint8))


def _merged(
    said: Judged, fresh: Sequence[int], rounds: Sequence[Round], kept: Sequence[tuple[int, int, int]], count: int
) -> Judged:
    """What the judge said now and before, in the order of the brood."""
    scores, bands = np.empty(count), np.empty(count)
    traits: Half = np.empty((count, said.traits.shape[1]), np.float16)
    scores[fresh], bands[fresh], traits[fresh] = said.scores, said.bands, said.traits
    for row, where, there in kept:
        before = rounds[where]
        scores[row], bands[row] = before.scores[there], before.bands[there]
        traits[row] = before.traits[there]
    return Judged(scores, bands, traits)


def pick(session: Session, number: int, place: int, rows: Sequence[int]) -> Run:
    """Overrule the critic: a round's winners are those that a person chose, the dearest first; no rows take it back.

    Each choice is a vote over the critic's own. Where later rounds exist already, they stay: what follows from the
    choice is a new run that shares the rounds up to here.

    Returns
    -------
    Run
        The one that goes on from the choice.

    Raises
    ------
    NotFoundError
        There is no such run, round or design.
    """
    run, rounds = designing.of(session, number)
    rows = list(dict.fromkeys(rows))
    for row in rows:
        designing.genome(rounds, place, row)
    if not 0 <= place < len(rounds):
        raise NotFoundError(f"There is no round {place} yet.")
    with session.library.transaction():
        if place < len(rounds) - 1:
            run = _branched(session, run, rounds[: place + 1])
        session.library.evolutions.pick(run.id, place, rows, [rounds[place].winner] if rows else [])
    return run


def _branched(session: Session, run: Run, rounds: Sequence[Round]) -> Run:
    """A run that shares the first rounds of another."""
    facts = {**run.facts, "from": run.id, "round": len(rounds) - 1}
    made = session.library.evolutions.start(replace(run, id=0, made=datetime.now(UTC), facts=facts))
    for one in rounds:
        session.library.evolutions.add(made.id, one)
        if one.picks:
            session.library.evolutions.pick(made.id, one.number, one.picks, [one.winner])
    return replace(made, done=len(rounds))


def extend(session: Session, number: int, rounds: int) -> Run:
    """Let a run have more rounds than it was begun with.

    Raises
    ------
    NotFoundError, UsageError
    """
    run, _ = designing.of(session, number)
    _bounded("rounds", rounds, max(1, run.done), LONGEST)
    session.library.evolutions.extend(number, rounds)
    return replace(run, rounds=rounds)


def of(session: Session, number: int) -> tuple[Run, Sequence[Round]]:
    """A run and its rounds.

    Raises
    ------
    NotFoundError
    """
    return designing.of(session, number)


def listed(session: Session, limit: int = 100) -> list[Run]:
    """The runs, the last begun first."""
    return session.library.evolutions.latest(limit)


def best(session: Session, number: int) -> tuple[int, int]:
    """The design (round, row) that a run came to so far.

    Raises
    ------
    NotFoundError
        There is no such run, or it has no round yet.
    """
    _, rounds = designing.of(session, number)
    designing.genome(rounds, 0, 0)
    return evolution.champion(rounds)


def remove(session: Session, number: int) -> None:
    """Remove a run with its rounds and votes.

    Raises
    ------
    NotFoundError
    """
    if not session.library.evolutions.remove(number):
        raise NotFoundError(f"There is no evolution {number}.")


def ask(session: Session, number: int, until: int) -> Job:
    """Have the queue carry a run on, up to a number of rounds.

    Raises
    ------
    NotFoundError, UsageError
    """
    run, _ = designing.of(session, number)
    title, parameters = check(session, {"run": number, "until": min(until, run.rounds)})
    return queue.enqueue(session, "evolve", title, parameters, priority=1)


def check(session: Session, parameters: queue.Parameters) -> tuple[str, dict[str, Any]]:
    """Look at {"run": number, "until": rounds}."""
    number, until = parameters.get("run"), parameters.get("until")
    if type(number) is not int or type(until) is not int or set(parameters) - {"run", "until"}:
        raise UsageError("An evolution needs run and until, both whole numbers.")
    run, _ = designing.of(session, number)
    if until <= run.done:
        raise UsageError(f"Evolution {number} has {run.done} rounds already.")
    return f"{designs.KINDS[run.design].title}, to round {until}", {"run": number, "until": until}


def work(session: Session, parameters: queue.Parameters, report: Report) -> str:
    """Carry a run on, as the queue does it."""
    run, rounds = go_on(session, parameters["run"], until=parameters["until"], report=report)
    where, row = evolution.champion(rounds)
    return f"{run.done} rounds, best {rounds[where].scores[row]:.2f}"


def _pictures(session: Session, text: str, seed: int) -> tuple[tuple[str, float], ...]:
    ids = selecting.select(session, text)
    if not ids:
        raise EmptyLibraryError("Crops and collages are made of pictures, and there is none. Add some first.")
    drawn = np.sort(np.random.default_rng([seed, 1 << 20]).permutation(len(ids))[:PICTURES])
    found = session.library.images.many([ids[at] for at in drawn.tolist()])
    return tuple((one.id, one.width / max(1, one.height)) for one in found)


def _bounded(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise UsageError(f"{name} is {value}, but must be {least} to {most}.")
