"""The workers of a Dask cluster as an executor; the only dask.

Workers read pictures and compare them; nothing is written there. One that dies loses only what it had in hand, which
another does again, and a file counts as unreadable only where this machine cannot read it either.
"""

import asyncio
import contextlib
import logging
import os
import secrets
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

import numpy as np
from distributed import Client, Future, Security
from distributed.comm import CommClosedError
from distributed.core import rpc
from distributed.scheduler import KilledWorker
from numpy.typing import NDArray

from leitmotiv.analysis.look import Divergences, Look
from leitmotiv.errors import ExecutorError, LeitmotivError
from leitmotiv.settings import Settings
from leitmotiv.store.library import Library
from leitmotiv.workflows import at_worker
from leitmotiv.workflows.at_worker import Asked, Introduction, Part, Seen
from leitmotiv.workflows.executors import Progress
from leitmotiv.workflows.readers import Reading, Task, readings
from leitmotiv.workflows.tiles import MOST, SIDE, tiles

CONNECT_S = 10.0
ANSWER_S = 20.0
"""How long whoever listens at a scheduler's place, or a worker that has come, may take to say who it is."""
LOOK_S = 2.0
TOGETHER_S = 0.2
"""How long results are let gather before they are fetched, in one go, while workers have others to work on."""
ALONE_S = 60.0
"""How long a run waits for workers when the last one is gone."""
AHEAD = 40
"""Tasks in flight for each thread of the workers, so that they work on while a batch is written."""
FEW = 20_000
"""Pairs that are compared faster than they are sent away."""
Item = TypeVar("Item")
_GONE = (CancelledError, CommClosedError, TimeoutError, OSError)


class Cluster:
    """The workers of one scheduler.

    Parameters
    ----------
    name : str
        "dask://host:port", or "dask+tls://host:port": then certificates are those of Dask's own configuration.

    Raises
    ------
    ExecutorError
        No scheduler answers, it has no workers, or it or one of them is of another version.
    """

    def __init__(self, name: str, settings: Settings) -> None:
        self._name = name
        self._settings = settings
        self._token = secrets.token_hex(8)
        for one in [one for one in logging.root.manager.loggerDict if one.startswith("distributed")]:
            logging.getLogger(one).setLevel(logging.CRITICAL)  # what they have to say, our errors say
        way, _, place = name.partition("://")
        try:
            where = f"{'tls' if way == 'dask+tls' else 'tcp'}://{place}"
            who = _asked(where)
            if who != "Scheduler":
                raise self._another(place.rpartition(":")[2], who)
            self._client = Client(where, timeout=CONNECT_S, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise self._away("no scheduler answers there") from error
        except (RuntimeError, TypeError) as error:  # what Dask says of certificates
            raise self._away(f"{str(error).rstrip('.')}; see docs/more-machines.md, Encrypted connections") from error
        try:
            self._wait_for_workers()
            self._introduced()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Leave; the scheduler and its workers stay."""
        with contextlib.suppress(*_GONE, RuntimeError):
            self._client.close(timeout=LOOK_S)

    def width(self) -> int:
        """As many more as there are more threads than on one machine: a step ends with waiting for the last."""
        return max(1, self._threads() // 4)

    def spreads(self, pairs: int) -> bool:
        """Whether so many pairs are worth sending away."""
        return pairs > FEW

    def readings(self, tasks: Iterable[Task], settings: Settings) -> Iterator[Reading]:
        """Read files where the workers are.

        Raises
        ------
        ExecutorError
            A worker does not see the folder of a picture that is there, or none is left.
        """
        doubtful: list[Task] = []
        for task, seen in self._spread(at_worker.read, tasks, wanted=at_worker.mark(), settings=settings):
            if isinstance(seen, KilledWorker):
                # It may have been the machines' fault, so the failure is not remembered of the file as it is.
                reason = "the workers that read it died, one after the other"
                yield Reading(replace(task, size=-1, mtime_ns=-1), failure=reason)
            elif not seen.reading.failure:
                yield seen.reading
            elif not seen.there and os.path.lexists(task.path):
                raise self._not_shared(task, seen)
            elif seen.barred and not at_worker.barred(task.path):
                raise self._barred(task, seen)
            else:
                doubtful.append(task)
        # What failed may be a worker's fault: too little memory, a disk that hung. What this machine finds counts.
        yield from readings(doubtful, settings)

    def compare(
        self, library: Library, ids: Sequence[str], pairs: NDArray[np.int64], look: Look, progress: Progress | None
    ) -> Divergences:
        """Compare in tiles, whose pictures workers fetch from the library's database.

        Raises
        ------
        ExecutorError
            Workers died over and over, or none is left.
        """
        ids, pairs = _near_each_other(ids, pairs)
        blocks: dict[int, bytes] = {}

        def block(number: int) -> bytes:
            if number not in blocks:
                blocks[number] = at_worker.packed_ids(ids[number * SIDE : (number + 1) * SIDE])
            return blocks[number]

        out = np.empty(len(pairs), np.float32)
        places_of: dict[Part, NDArray[np.int64]] = {}

        def parts() -> Iterator[Part]:
            for tile in tiles(pairs, side=SIDE, most=MOST):
                part = Part(block(tile.left), block(tile.right), tile.pairs)
                places_of[part] = tile.places
                yield part

        done = 0
        state = (self._token, *library.revision("images"))
        asked = Asked(at_worker.mark(), library.source, socket.gethostname(), look, state)
        for part, values in self._spread(at_worker.compare, parts(), asked=asked):
            if isinstance(values, KilledWorker):
                raise ExecutorError(
                    "Comparing some pictures ended the workers that tried, one after the other; they may lack memory "
                    "(about 1 GB each). What was compared is kept, and the next run goes on from there."
                )
            places = places_of.pop(part)
            out[places] = values
            done += len(places)
            if progress is not None:
                progress(done, len(pairs))
        return out

    # ---- the client ----

    def _spread(self, function: Callable[..., Any], items: Iterable[Item], **common: Any) -> Iterator[tuple[Item, Any]]:
        """Have workers call a function on each item; gives each with its result, in the order in which they finish.

        What is sent, and what is fetched, goes together: the way to the scheduler costs more than what goes along it.
        """
        flying: dict[Future, Item] = {}
        ended: SimpleQueue[Future] = SimpleQueue()
        waiting = iter(items)
        try:
            while True:
                # with no worker at the moment one thing is sent all the same, and waits for who comes
                most = max(1, AHEAD * self._threads())
                more = list(islice(waiting, max(0, most - len(flying))))
                sent = self._client.map(function, more, pure=False, **common) if more else []
                for future, item in zip(sent, more, strict=True):
                    flying[future] = item
                    future.add_done_callback(ended.put)
                if not flying:
                    return
                for future, outcome in self._outcomes(self._finished(ended, len(flying))):
                    yield flying.pop(future), outcome
        except _GONE as error:
            raise self._away("the connection to the scheduler was lost") from error
        finally:
            with contextlib.suppress(*_GONE, RuntimeError):
                self._client.cancel(list(flying), force=True)

    def _finished(self, ended: "SimpleQueue[Future]", most: int) -> list[Future]:
        since = time.monotonic()
        while True:
            try:
                found = [ended.get(timeout=LOOK_S)]
            except Empty:
                if self._client.status != "running":
                    raise self._away("the connection to the scheduler was lost") from None
                if self._threads():
                    since = time.monotonic()
                elif time.monotonic() - since > ALONE_S:
                    raise self._away("it has had no workers for a minute") from None
            else:
                until = time.monotonic() + TOGETHER_S
                with contextlib.suppress(Empty):
                    while len(found) < most:
                        found.append(ended.get(timeout=max(0.0, until - time.monotonic())))
                return found

    def _outcomes(self, futures: Sequence[Future]) -> Iterator[tuple[Future, Any]]:
        """What came of each; those that did not fail are fetched in one go, unless one of them is lost on the way."""
        whole = [future for future in futures if future.status == "finished"]
        try:
            values = dict(zip(whole, self._client.gather(whole), strict=True))
        except Exception:
            values = {}
        for future in futures:
            yield future, values[future] if future in values else self._outcome(future)

    def _outcome(self, future: Future) -> Any:
        if future.status != "error":
            return future.result()
        error = future.exception()
        if isinstance(error, KilledWorker):
            return error
        if isinstance(error, LeitmotivError):
            raise error
        raise ExecutorError(
            f"A worker of {self._name} failed ({type(error).__name__}: {error}). What was finished is kept; see to the "
            "worker, and run the command again."
        ) from error

    def _threads(self) -> int:
        return sum(self._client.nthreads().values())

    def _wait_for_workers(self) -> None:
        try:
            self._client.wait_for_workers(1, timeout=CONNECT_S)
        except TimeoutError as error:
            raise self._away("it has no workers: dask worker tcp://HOST:PORT --nworkers auto --nthreads 1") from error

    def _introduced(self) -> None:
        """Refuse whoever is not the same leitmotiv, and let the workers compile what they will need."""
        self._scheduler_introduced()
        wanted = at_worker.mark()
        introduced = self._asked(at_worker.introduce, ANSWER_S)
        if not introduced:
            raise self._away("its workers went as soon as they had come; see what they say where they were started")
        for address, found in introduced.items():
            if not isinstance(found, Introduction):
                raise ExecutorError(
                    f"The worker {address} has no leitmotiv, or another one ({type(found).__name__}: {found}). It must "
                    f"have {wanted}: install the same there, and start that worker again."
                )
            if found.mark != wanted:
                who = f"The worker {found.pid} on {found.host}"
                raise ExecutorError(at_worker.other_version(who, found.mark, wanted))
        for address, found in self._asked(at_worker.warm).items():
            if isinstance(found, BaseException):
                raise ExecutorError(f"The worker {address} could not be prepared ({type(found).__name__}: {found}).")

    def _scheduler_introduced(self) -> None:
        """It unpacks what it passes on, for which it needs our code."""
        try:
            found = self._client.run_on_scheduler(at_worker.code)
        except _GONE as error:
            raise self._away("the connection to the scheduler was lost") from error
        except Exception as error:
            raise ExecutorError(
                f"The scheduler {self._name} has no leitmotiv, or another one ({type(error).__name__}: {error}). It "
                f"must have {at_worker.code()}: install the same there, and start the scheduler again."
            ) from error
        if found != at_worker.code():
            raise ExecutorError(at_worker.other_version(f"The scheduler {self._name}", found, at_worker.code()))

    def _asked(self, function: Callable[[], Any], most_s: float | None = None) -> dict[str, Any]:
        """What each worker answers; ExecutorError where one takes longer than `most_s` seconds."""

        async def ask() -> dict[str, Any]:
            answers: dict[str, Any] = await self._client.run(function, on_error="return")
            return answers

        try:
            answers: dict[str, Any] = self._client.sync(ask, callback_timeout=most_s)
        except TimeoutError as error:
            workers = ", ".join(sorted(self._client.nthreads())) or "none any more"
            raise self._away(f"a worker does not answer (there are: {workers}); start it again") from error
        except _GONE as error:
            raise self._away("the connection to the scheduler was lost") from error
        return answers

    def _away(self, why: str) -> ExecutorError:
        return ExecutorError(
            f"The cluster {self._name} cannot be used: {why}. What was finished is kept; start it and run the command "
            "again, or leave --executor out to use this machine alone."
        )

    def _another(self, port: str, who: str) -> ExecutorError:
        if who:
            return self._away(
                f"no Dask scheduler answers there, but a {who.lower()}. A scheduler usually has port 8786"
            )
        encrypted = "" if self._name.startswith("dask+tls") else " (with certificates: dask+tls://HOST:8786)"
        return self._away(
            f"no Dask scheduler answers there, but something else. Is {port} its dashboard? It usually listens on 8786"
            f"{encrypted}"
        )

    def _not_shared(self, task: Task, seen: Seen) -> ExecutorError:
        path = task.path.decode("utf-8", "replace")
        return ExecutorError(
            f"The worker on {seen.host} does not see {path}. Mount the folder of the pictures there, at the same path "
            "as here. What was read is kept."
        )

    def _barred(self, task: Task, seen: Seen) -> ExecutorError:
        path = task.path.decode("utf-8", "replace")
        return ExecutorError(
            f"The worker on {seen.host} cannot read {path} ({seen.barred}), which this machine can. Let the user that "
            "it runs as read the pictures, or mount their disk there again. What was read is kept."
        )


def _asked(where: str) -> str:
    """Who answers, asked in a thread of its own: a notebook has a loop that runs already."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(_answering(where))).result()


async def _answering(where: str) -> str:
    """What of Dask listens at a place: "Scheduler", "Worker", "Nanny", or "" for anything else.

    A client waits without end for the answer of whoever takes its connection and is none of these.

    Raises
    ------
    OSError
        Nobody listens there.
    RuntimeError, TypeError
        Dask lacks a certificate.
    """
    options = Security().get_connection_args("client")
    async with rpc(where, timeout=CONNECT_S, connection_args=options) as there:
        try:
            found = await asyncio.wait_for(there.identity(), ANSWER_S)
        except (TimeoutError, CommClosedError):
            return ""
        except (OSError, RuntimeError, TypeError):
            raise
        except Exception:  # what came is no message of Dask's, and fails in many ways
            return ""
    return str(found.get("type", ""))


def _near_each_other(ids: Sequence[str], pairs: NDArray[np.int64]) -> tuple[Sequence[str], NDArray[np.int64]]:
    """The same pairs, with pictures in the order in which pairs name them: so those share blocks that are compared.

    Where workers can keep all pictures, the order stays as it is, and blocks the same for whatever is asked.
    """
    if len(ids) <= SIDE * at_worker.KEPT:
        return ids, pairs
    rows, first, places = np.unique(pairs, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(rows), np.int64)
    rank[order] = np.arange(len(rows))
    return [ids[row] for row in rows[order]], rank[places.reshape(-1)].reshape(-1, 2)
