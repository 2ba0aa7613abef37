"""Evolutions: begun, carried on round by round, overruled by a person; each round is kept whole before the next."""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from leitmotiv.analysis import designs, evolution
from leitmotiv.errors import CriticError, EmptyLibraryError, NotFoundError, UsageError
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
    genome = None if first is None else tuple(map(float, first))
    asked = Run(0, datetime.now(UTC), design, critic, seed, rounds, batch, greedy, first=genome)
    kind = _checked(asked)
    name = judging.known(session, critic)
    facts = {"judge": judging.fingerprint(session, name)} | ({"pictures": pictures} if pictures else {})
    chosen = pictures_of(session, pictures, seed) if kind.needs_pictures else ()
    return session.library.evolutions.start(replace(asked, critic=name, pictures=chosen, facts=facts))


def _checked(asked: Run) -> designs.Kind:
    """What is to evolve, if all that is asked for can be had."""
    kind = designs.kind_of(asked.design)
    _bounded("rounds", asked.rounds, 1, LONGEST)
    _bounded("batch", asked.batch, LEAST, MOST)
    _bounded("seed", asked.seed, 0, 2**31)
    first = asked.first
    if first is not None and (len(first) != kind.genes or not all(0 <= gene <= 1 for gene in first)):
        raise UsageError(f"A genome of a {asked.design} has {kind.genes} numbers from 0 to 1.")
    return kind


def go_on(
    session: Session, number: int, *, until: int | None = None, report: Report | None = None
) -> tuple[Run, list[Round]]:
    """Carry a run on, to its end or up to a number of rounds; what is finished is kept, whatever happens.

    Raises
    ------
    NotFoundError, MissingExtraError
    CriticError
        The critic is another than the one that judged the rounds before.
    """
    run, found = designing.of(session, number)
    rounds = list(found)
    last = run.rounds if until is None else min(run.rounds, until)
    if len(rounds) >= last:
        return run, rounds
    mark = judging.fingerprint(session, run.critic)
    if run.facts.get("judge", mark) != mark:
        raise CriticError(
            f"The critic {run.critic} learnt anew since evolution {number} began: its scores are no longer those of "
            f"the rounds before. Begin another: leitmotiv evolve --critic {run.critic}."
        )
    _, judge = judging.judge(session, run.critic)
    began = time.monotonic()
    while len(rounds) < last:
        if report is not None:
            done = len(rounds)
            report(Step(PHASE, done, last, f"round {done + 1} of {last}"))
        made = one_round(session, run, rounds, judge)
        with session.library.transaction():
            now = session.library.evolutions.picks(run.id)
            if now is None:
                raise NotFoundError(f"Evolution {run.id} was removed while its round {len(rounds) + 1} was bred.")
            if now == [one.picks for one in rounds]:
                session.library.evolutions.add(run.id, made)
                rounds.append(made)
            else:  # a person chose meanwhile, or another process was quicker: what was bred does not count
                rounds = session.library.evolutions.rounds(run.id)
    if report is not None:
        rate = max(0, len(rounds) - len(found)) / max(1e-9, time.monotonic() - began)
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
    rows = list(dict.fromkeys(rows))
    library = session.library
    with library.transaction():  # what is read is what is overruled, whoever else is at the run
        run, rounds = designing.of(session, number)
        for row in rows:
            designing.genome(rounds, place, row)
        if not 0 <= place < len(rounds):
            raise NotFoundError(f"There is no round {place} yet.")
        if tuple(rows) == rounds[place].picks:
            return run
        if place < len(rounds) - 1:
            run = _branched(session, run, rounds[: place + 1])
        title = f"choice {'in' if rows else 'let go in'} round {place + 1} of evolution {run.id}"
        library.changes.apply(title, library.evolutions.edits(run.id, place, rows, [rounds[place].winner]))
    return run


def _branched(session: Session, run: Run, rounds: Sequence[Round]) -> Run:
    """A run that shares the first rounds of another, with their choices, but not its votes."""
    last = len(rounds) - 1
    line = run.facts.get("line") or ([[run.facts["from"], run.facts["round"]]] if "from" in run.facts else [])
    shared = [[before, min(there, last)] for before, there in line]
    facts = {**run.facts, "from": run.id, "round": last, "line": [*shared, [run.id, last]]}
    made = session.library.evolutions.start(replace(run, id=0, made=datetime.now(UTC), facts=facts))
    for one in rounds:
        session.library.evolutions.add(made.id, one)
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


def listed(session: Session, limit: int = 100, offset: int = 0) -> list[Run]:
    """The runs, the last begun first."""
    return session.library.evolutions.latest(limit, offset)


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


def bests(session: Session, numbers: Sequence[int]) -> dict[int, tuple[int, int]]:
    """The designs that runs came to so far; those without a round are left out. Genomes are not read."""
    found = session.library.evolutions.judged(numbers)
    return {number: evolution.champion(rounds) for number, rounds in found.items()}


def remove(session: Session, number: int) -> None:
    """Remove a run with its rounds and votes.

    Raises
    ------
    NotFoundError
    """
    library = session.library
    with library.transaction():
        if not library.evolutions.remove(number):
            raise NotFoundError(f"There is no evolution {number}.")
        library.changes.forget(lambda table, row: table.startswith("evolution_") and row["run"] == number)


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
    """Carry a run on, as the queue does it; one that is removed meanwhile is no failure."""
    try:
        run, rounds = go_on(session, parameters["run"], until=parameters["until"], report=report)
    except NotFoundError:
        if session.library.evolutions.picks(parameters["run"]) is not None:
            raise
        return f"Evolution {parameters['run']} was removed."
    where, row = evolution.champion(rounds)
    return f"{run.done} rounds, best {rounds[where].scores[row]:.2f}"


def pictures_of(session: Session, text: str, seed: int) -> tuple[tuple[str, float], ...]:
    """Pictures of a line of filters that a run may use, with their widths over heights; drawn by the seed.

    Raises
    ------
    EmptyLibraryError
        There is none.
    UsageError
        The line cannot be read.
    """
    ids = selecting.select(session, text)
    if not ids:
        raise EmptyLibraryError("Crops and collages are made of pictures, and there is none. Add some first.")
    drawn = np.sort(np.random.default_rng([seed, 1 << 20]).permutation(len(ids))[:PICTURES])
    found = session.library.images.many([ids[at] for at in drawn.tolist()])
    return tuple((one.id, one.width / max(1, one.height)) for one in found)


def _bounded(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise UsageError(f"{name} is {value}, but must be {least} to {most}.")
