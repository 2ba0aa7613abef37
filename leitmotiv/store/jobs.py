"""Long work and how far it is: rows that the working process writes and every other reads; and the queue they form."""

import json
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from leitmotiv.records import Job
from leitmotiv.store import tables
from leitmotiv.store.database import Database, Row
from leitmotiv.store.processes import this_process

KEPT = 500
_COLUMNS = (
    tables.Jobs.id,
    tables.Jobs.kind,
    tables.Jobs.title,
    tables.Jobs.state,
    tables.Jobs.phase,
    tables.Jobs.done,
    tables.Jobs.total,
    tables.Jobs.rate,
    tables.Jobs.remaining,
    tables.Jobs.started,
    tables.Jobs.finished,
    tables.Jobs.message,
    tables.Jobs.failures,
    tables.Jobs.parameters,
    tables.Jobs.attempts,
    tables.Jobs.control,
)
ATTEMPTS = 3
"""How often the worker begins a job whose process ended early."""


class Jobs:
    """The jobs; reached as `library.jobs`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, kind: str, title: str, parameters: Mapping[str, Any] | None = None) -> int:
        """Begin a job of this process; returns its number. The oldest of very many are dropped.

        Parameters
        ----------
        parameters : mapping, optional
            With which the queue could do it, as plain JSON.
        """
        return self._new(kind, title, "running", parameters, pid=os.getpid(), process=this_process())

    def enqueue(self, kind: str, title: str, parameters: Mapping[str, Any], priority: int = 0) -> int:
        """Put a job into the queue; returns its number."""
        return self._new(kind, title, "queued", parameters, pid=0, process="", queue=1, priority=priority)

    def _new(self, kind: str, title: str, state: str, parameters: Mapping[str, Any] | None, **more: Any) -> int:
        jobs = tables.Jobs
        said = None if parameters is None else json.dumps(dict(parameters))
        nothing = {"phase": "", "done": 0, "total": 0, "rate": 0.0, "failures": 0, "message": ""}
        row = {"kind": kind, "title": title, "state": state, "started": _now(), "parameters": said, **nothing, **more}
        with self._database.transaction():
            number = self._database.insert(jobs.insert(**row))
            old = (jobs.id <= number - KEPT) & jobs.state.not_in(("running", "queued", "paused"))
            self._database.run(jobs.delete().where(old))
        return number

    def waiting(self, limit: int = 1000) -> list[Job]:
        """What the queue holds, in the order in which it will be done."""
        jobs = tables.Jobs
        query = jobs.select(*_COLUMNS).where((jobs.queue == 1) & (jobs.state == "queued"))
        rows = self._database.rows(query.order_by(jobs.priority.desc(), jobs.id).limit(limit))
        return [_as_job(row) for row in rows]

    def unfinished(self) -> bool:
        """Whether the queue holds work, or work of it was begun."""
        jobs = tables.Jobs
        query = jobs.select(jobs.id).where((jobs.queue == 1) & jobs.state.in_(("queued", "running"))).limit(1)
        return self._database.row(query) is not None

    def claim(self, id: int) -> bool:
        """Begin a job of the queue in this process; False where it no longer waits."""
        jobs = tables.Jobs
        with self._database.transaction():
            if self._database.row(jobs.select(jobs.id).where((jobs.id == id) & (jobs.state == "queued"))) is None:
                return False
            begun = {"state": "running", "pid": os.getpid(), "process": this_process(), "control": "", "message": ""}
            rest = {"started": _now(), "finished": None, "attempts": jobs.attempts + 1}
            self._database.run(jobs.update(**begun, **rest).where(jobs.id == id))
        return True

    def move(self, id: int, state: Literal["queued", "paused", "stopped"]) -> None:
        """Put a job that is not running (any more) back into the queue, to rest, or to its end."""
        changes: dict[str, Any] = {"state": state, "control": "", "rate": 0.0, "remaining": None, "queue": 1}
        if state == "paused":
            changes["attempts"] = 0  # a rest is no failure
        if state == "stopped":
            changes |= {"finished": _now(), "message": "Cancelled; what was finished is kept."}
        self._database.run(tables.Jobs.update(**changes).where(tables.Jobs.id == id))

    def ask(self, id: int, wish: Literal["pause", "cancel", ""]) -> None:
        """Note what a person wishes of a job that runs; whoever does it looks there."""
        self._database.run(tables.Jobs.update(control=wish).where(tables.Jobs.id == id))

    def asked(self, id: int) -> str:
        """What a person wishes of a job: "pause", "cancel" or nothing."""
        row = self._database.row(tables.Jobs.select(tables.Jobs.control).where(tables.Jobs.id == id))
        return "" if row is None else str(row[0])

    def explain(self, id: int, message: str) -> None:
        """Say why a job waits."""
        self._database.run(tables.Jobs.update(message=message).where(tables.Jobs.id == id))

    def requeue(self) -> int:
        """Put jobs of the queue back whose worker died; the caller is the one worker. Returns how many there were."""
        jobs = tables.Jobs
        mine = (jobs.queue == 1) & (jobs.state == "running")
        dead = self._database.rows(jobs.select(jobs.id, jobs.attempts, jobs.control).where(mine))
        for number, attempts, control in dead:
            if control in ("pause", "cancel"):
                self.move(number, "paused" if control == "pause" else "stopped")
            elif attempts >= ATTEMPTS:
                self.finish(number, "failed", f"Its process ended early, {attempts} times; what was finished is kept.")
            else:
                self.move(number, "queued")
                self.explain(number, "Its process ended early; it goes on.")
        return len(dead)

    def update(
        self,
        id: int,
        *,
        phase: str | None = None,
        done: int | None = None,
        total: int | None = None,
        rate: float | None = None,
        remaining: float | None = None,
        failures: int | None = None,
        message: str | None = None,
    ) -> None:
        """Record where a job is; what is not given stays, but `remaining` (seconds) becomes unknown."""
        given = {"phase": phase, "done": done, "total": total, "rate": rate, "failures": failures, "message": message}
        changes = {name: value for name, value in given.items() if value is not None}
        self._database.run(tables.Jobs.update(**changes, remaining=remaining).where(tables.Jobs.id == id))

    def finish(self, id: int, state: Literal["done", "failed", "stopped"], message: str = "") -> None:
        """End a job."""
        changes = {"state": state, "message": message, "finished": _now(), "remaining": None, "control": ""}
        self._database.run(tables.Jobs.update(**changes).where(tables.Jobs.id == id))

    def list(self, limit: int = 50) -> list[Job]:
        """The latest jobs, newest first."""
        query = tables.Jobs.select(*_COLUMNS).order_by(tables.Jobs.id.desc()).limit(limit)
        return [_as_job(row) for row in self._database.rows(query)]

    def get(self, id: int) -> Job | None:
        """One job; None where there is none of this number."""
        row = self._database.row(tables.Jobs.select(*_COLUMNS).where(tables.Jobs.id == id))
        return None if row is None else _as_job(row)

    def reap(self, alive: Callable[[int], bool]) -> int:
        """Mark running jobs as stopped whose process is gone; returns how many. Those of the queue are the worker's.

        Parameters
        ----------
        alive : callable
            Whether a process of this number runs on this machine; where several share a database, that knows.
        """
        jobs = tables.Jobs
        query = jobs.select(jobs.id, jobs.pid, jobs.process).where((jobs.state == "running") & (jobs.queue == 0))
        running = self._database.rows(query)
        living = self._database.living({process for _, _, process in running})
        gone = [
            number
            for number, pid, process in running
            if (
                process not in living
                if living is not None
                else process != this_process()
                if pid == os.getpid()
                else not alive(pid)
            )
        ]
        for number in gone:
            self.finish(number, "stopped", "Its process ended early; what was finished is kept.")
        return len(gone)


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _as_job(row: Row) -> Job:
    number, kind, title, state, phase, done, total, rate, remaining, started, finished, message, *rest = row
    failures, parameters, attempts, wish = rest
    return Job(
        id=number,
        kind=kind,
        title=title,
        state=state,
        phase=phase,
        done=done,
        total=total,
        rate=rate,
        remaining=remaining,
        started=datetime.fromisoformat(started),
        finished=None if finished is None else datetime.fromisoformat(finished),
        message=message,
        failures=failures,
        parameters={} if parameters is None else json.loads(parameters),
        repeatable=parameters is not None,
        attempts=attempts,
        wish=wish,
    )
