"""Long work and how far it is: rows that the working process writes and every other reads."""

import os
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal

from leitmotiv.records import Job
from leitmotiv.store import tables
from leitmotiv.store.database import Database, Row

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
)
_tokens: dict[int, str] = {}


def this_process() -> str:
    """Name this process, apart from any other that ever had its number (in a container they return)."""
    return _tokens.setdefault(os.getpid(), secrets.token_hex(8))


class Jobs:
    """The jobs; reached as `library.jobs`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, kind: str, title: str) -> int:
        """Begin a job of this process; returns its number. The oldest of very many are dropped."""
        with self._database.transaction():
            number = self._database.insert(
                tables.Jobs.insert(
                    kind=kind,
                    title=title,
                    state="running",
                    phase="",
                    done=0,
                    total=0,
                    rate=0.0,
                    failures=0,
                    message="",
                    started=_now(),
                    pid=os.getpid(),
                    process=this_process(),
                )
            )
            old = (tables.Jobs.id <= number - KEPT) & (tables.Jobs.state != "running")
            self._database.run(tables.Jobs.delete().where(old))
        return number

    def update(
        self,
        id: int,  # noqa: A002
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
        changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        self._database.run(tables.Jobs.update(**changes, remaining=remaining).where(tables.Jobs.id == id))

    def finish(self, id: int, state: Literal["done", "failed", "stopped"], message: str = "") -> None:  # noqa: A002
        """End a job."""
        changes = {"state": state, "message": message, "finished": _now(), "remaining": None}
        self._database.run(tables.Jobs.update(**changes).where(tables.Jobs.id == id))

    def list(self, limit: int = 50) -> list[Job]:
        """The latest jobs, newest first."""
        query = tables.Jobs.select(*_COLUMNS).order_by(tables.Jobs.id.desc()).limit(limit)
        return [_as_job(row) for row in self._database.rows(query)]

    def get(self, id: int) -> Job | None:  # noqa: A002
        """One job; None where there is none of this number."""
        row = self._database.row(tables.Jobs.select(*_COLUMNS).where(tables.Jobs.id == id))
        return None if row is None else _as_job(row)

    def reap(self, alive: Callable[[int], bool]) -> int:
        """Mark running jobs as stopped whose process is gone; returns how many.

        Parameters
        ----------
        alive : callable
            Whether a process of this number runs.
        """
        jobs = tables.Jobs
        query = jobs.select(jobs.id, jobs.pid, jobs.process).where(jobs.state == "running")
        gone = [
            number
            for number, pid, process in self._database.rows(query)
            if (process != this_process() if pid == os.getpid() else not alive(pid))
        ]
        for number in gone:
            self.finish(number, "stopped", "Its process ended early; what was finished is kept.")
        return len(gone)


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _as_job(row: Row) -> Job:
    number, kind, title, state, phase, done, total, rate, remaining, started, finished, message, failures = row
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
    )
