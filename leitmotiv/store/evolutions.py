"""Designs that evolve: runs, their rounds, each written whole or not at all, and what people preferred in between."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from leitmotiv.errors import LibraryDamagedError
from leitmotiv.records import DesignVote, Float, Round, Run
from leitmotiv.store import tables
from leitmotiv.store.changes import Edit
from leitmotiv.store.database import Database, Row
from leitmotiv.store.orm import fn

_RUN = (
    tables.EvolutionRuns.id,
    tables.EvolutionRuns.made,
    tables.EvolutionRuns.design,
    tables.EvolutionRuns.critic,
    tables.EvolutionRuns.seed,
    tables.EvolutionRuns.rounds,
    tables.EvolutionRuns.batch,
    tables.EvolutionRuns.greedy,
    tables.EvolutionRuns.pictures,
    tables.EvolutionRuns.first,
    tables.EvolutionRuns.facts,
)
_ROUND = (
    tables.EvolutionRounds.number,
    tables.EvolutionRounds.genomes,
    tables.EvolutionRounds.traits,
    tables.EvolutionRounds.judged,
    tables.EvolutionRounds.winner,
    tables.EvolutionRounds.picks,
    tables.EvolutionRounds.note,
    tables.EvolutionRounds.fresh,
)


class Evolutions:
    """The runs; reached as `library.evolutions`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, asked: Run) -> Run:
        """Keep a run that has no round yet; it gets its number."""
        table = tables.EvolutionRuns
        number = self._database.insert(
            table.insert(
                made=asked.made.isoformat(),
                design=asked.design,
                critic=asked.critic,
                seed=asked.seed,
                rounds=asked.rounds,
                batch=asked.batch,
                greedy=int(asked.greedy),
                pictures=json.dumps(asked.pictures),
                first=None if asked.first is None else json.dumps(asked.first),
                facts=json.dumps(dict(asked.facts)),
            )
        )
        return replace(asked, id=number, done=0)

    def get(self, number: int) -> Run | None:
        """One run by its number."""
        return next(iter(self._runs(tables.EvolutionRuns.id == number, 1)), None)

    def latest(self, limit: int = 100, offset: int = 0) -> list[Run]:
        """The latest runs, the last begun first."""
        return self._runs(None, limit, offset)

    def _runs(self, where: Any, limit: int, offset: int = 0) -> list[Run]:
        runs, rounds = tables.EvolutionRuns, tables.EvolutionRounds
        query = runs.select(*_RUN).order_by(runs.id.desc()).limit(limit).offset(offset)
        with self._database.snapshot():
            found = self._database.rows(query if where is None else query.where(where))
            counted = rounds.select(rounds.run, fn.COUNT(rounds.id)).group_by(rounds.run)
            done: dict[int, int] = dict(self._database.rows(counted.where(rounds.run.in_([row[0] for row in found]))))
        return [_as_run(row, done.get(row[0], 0)) for row in found]

    def extend(self, number: int, rounds: int) -> None:
        """Let a run have that many rounds."""
        table = tables.EvolutionRuns
        self._database.run(table.update(rounds=rounds).where(table.id == number))

    def remove(self, number: int) -> bool:
        """Remove a run with its rounds and votes; whether it was there."""
        table = tables.EvolutionRuns
        return bool(self._database.run(table.delete().where(table.id == number)))

    def add(self, number: int, judged: Round) -> None:
        """Keep a round of a run.

        Raises
        ------
        IntegrityError
            It is kept already.
        """
        said = {
            "scores": judged.scores.tolist(),
            "bands": judged.bands.tolist(),
            "novelty": judged.novelty.tolist(),
            "twins": list(judged.twins),
        }
        self._database.insert(
            tables.EvolutionRounds.insert(
                run=number,
                number=judged.number,
                genomes=np.asarray(judged.genomes, "<f8").tobytes(),
                traits=np.asarray(judged.traits, "<f2").tobytes(),
                judged=json.dumps(said),
                winner=judged.winner,
                picks=json.dumps(judged.picks),
                note=judged.note,
                fresh=judged.fresh,
            )
        )

    def rounds(self, number: int) -> list[Round]:
        """The rounds of a run, in order.

        Raises
        ------
        LibraryDamagedError
            One of them is not whole.
        """
        table = tables.EvolutionRounds
        rows = self._database.rows(table.select(*_ROUND).where(table.run == number).order_by(table.number))
        try:
            return [_as_round(row) for row in rows]
        except (ValueError, KeyError, TypeError) as error:
            raise LibraryDamagedError(f"A round of evolution {number} is damaged: {error}. Remove the run.") from error

    def judged(self, numbers: Sequence[int]) -> dict[int, list[Round]]:
        """The rounds of runs, in order, without genomes and traits, which are most of what is stored.

        Raises
        ------
        LibraryDamagedError
            One of them is not whole.
        """
        table = tables.EvolutionRounds
        columns = (table.run, table.number, table.judged, table.winner, table.picks, table.note, table.fresh)
        found: dict[int, list[Round]] = {}
        query = table.select(*columns).where(table.run.in_(list(numbers))).order_by(table.run, table.number)
        for run, number, judged, *rest in self._database.rows(query):
            try:
                found.setdefault(run, []).append(_as_round((number, b"", b"", judged, *rest)))
            except (ValueError, KeyError, TypeError) as error:
                raise LibraryDamagedError(f"A round of evolution {run} is damaged: {error}. Remove the run.") from error
        return found

    def picks(self, number: int) -> list[tuple[int, ...]] | None:
        """What a person chose in each round; None where the run is gone."""
        runs, rounds = tables.EvolutionRuns, tables.EvolutionRounds
        if self._database.row(runs.select(runs.id).where(runs.id == number)) is None:
            return None
        query = rounds.select(rounds.picks).where(rounds.run == number).order_by(rounds.number)
        return [tuple(json.loads(picks)) for (picks,) in self._database.rows(query)]

    def genomes(self, number: int, place: int, genes: int) -> Float | None:
        """The genomes (B, `genes`) of one round, without what was said of them; None where there is no such round."""
        table = tables.EvolutionRounds
        row = self._database.row(table.select(table.genomes).where((table.run == number) & (table.number == place)))
        return None if row is None else np.frombuffer(row[0], "<f8").astype(np.float64).reshape(-1, genes)

    def edits(self, number: int, place: int, picks: Sequence[int], over: Sequence[int]) -> list[Edit]:
        """For the journal: what a person chose in a round, in the place of an earlier choice, and over which others."""
        here = {"run": number, "round": place}
        given = {(vote.preferred, vote.over) for vote in self.votes(number) if vote.round == place}
        wanted = dict.fromkeys((one, other) for one in picks for other in over if other not in picks)
        made = {"made": datetime.now(UTC).isoformat()}
        return [
            Edit("evolution_picks", {"run": number, "number": place}, {"picks": json.dumps([*picks])}),
            *(
                Edit("evolution_votes", {**here, "preferred": one, "over": other}, None)
                for one, other in sorted(given - set(wanted))
            ),
            *(
                Edit("evolution_votes", {**here, "preferred": one, "over": other}, made)
                for one, other in wanted
                if (one, other) not in given
            ),
        ]

    def votes(self, number: int | None = None) -> list[DesignVote]:
        """What people preferred, in one run or in all, in the order of giving.

        Runs that went on from a choice in another share its first rounds: of all runs together, a preference between
        two designs of a shared round counts once.
        """
        table, runs = tables.EvolutionVotes, tables.EvolutionRuns
        query = table.select(table.run, table.round, table.preferred, table.over, table.made).order_by(table.id)
        with self._database.snapshot():
            rows = self._database.rows(query if number is None else query.where(table.run == number))
            asked = self._database.rows(runs.select(runs.id, runs.facts)) if number is None else []
        facts: dict[int, str] = dict(asked)
        found: dict[tuple[int, ...], DesignVote] = {}
        for run, place, one, over, made in rows:
            vote = DesignVote(run, place, one, over, datetime.fromisoformat(made))
            found.setdefault((_born(run, place, json.loads(facts.get(run, "{}"))), place, one, over), vote)
        return list(found.values())


def _born(run: int, place: int, facts: Mapping[str, Any]) -> int:
    """The run in which a round of a run was bred; runs before may be removed meanwhile."""
    line = facts.get("line") or ([[facts["from"], facts["round"]]] if "from" in facts else [])
    return next((int(before) for before, shared in line if place <= shared), run)


def _as_run(row: Row, done: int) -> Run:
    number, made, design, critic, seed, rounds, batch, greedy, pictures, first, facts = row
    return Run(
        id=number,
        made=datetime.fromisoformat(made),
        design=design,
        critic=critic,
        seed=seed,
        rounds=rounds,
        batch=batch,
        greedy=bool(greedy),
        pictures=tuple((str(one), float(ratio)) for one, ratio in json.loads(pictures)),
        first=None if first is None else tuple(json.loads(first)),
        done=done,
        facts=json.loads(facts),
    )


def _as_round(row: Row) -> Round:
    number, genomes, traits, judged, winner, picks, note, fresh = row
    said = json.loads(judged)
    count = len(said["scores"])
    if not 0 <= winner < count:
        raise ValueError(f"design {winner} of {count}")
    return Round(
        number=number,
        genomes=np.frombuffer(genomes, "<f8").astype(np.float64).reshape(count, len(genomes) // 8 // max(1, count)),
        scores=np.array(said["scores"], np.float64),
        bands=np.array(said["bands"], np.float64),
        novelty=np.array(said["novelty"], np.float64),
        twins=tuple(said["twins"]),
        traits=np.frombuffer(traits, "<f2").astype(np.float16).reshape(count, len(traits) // 2 // max(1, count)),
        winner=winner,
        picks=tuple(json.loads(picks)),
        note=note,
        fresh=fresh,
    )
