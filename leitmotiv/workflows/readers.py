"""The worker processes that read and fit pictures: what runs in them, and how a crash of one is survived."""

import hashlib
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import ModuleType

import numpy as np

from leitmotiv.errors import ImageReadError
from leitmotiv.records import Mixture, Picture
from leitmotiv.settings import Settings


@dataclass(frozen=True)
class Task:
    """A file to read.

    Attributes
    ----------
    known : frozenset of str
        SHA-256 of files of the same size that the library has: such a file is only hashed.
    pixel_hash : str
        Of the image that this path held before: where the pixels are the same, no mixture is fitted.
    """

    path: bytes
    size: int
    mtime_ns: int
    known: frozenset[str] = frozenset()
    pixel_hash: str = ""


@dataclass(frozen=True, eq=False)
class Reading:
    """What came of a task: the hash alone of a known file, a picture with its mixture, or the reason of a failure."""

    task: Task
    sha256: str = ""
    picture: Picture | None = None
    mixture: Mixture | None = None
    failure: str = ""


def read_one(task: Task, settings: Settings) -> Reading:
    """Read, and fit where needed; a bad file is an answer, not an exception."""

    def read() -> Reading:
        if task.known:
            sha256 = _sha256(task.path)
            if sha256 in task.known:
                return Reading(task, sha256)
        picture, mixture = _fit(task, settings)
        return Reading(task, picture.sha256, replace(picture, pixels=np.empty((0, 0, 3), np.uint8)), mixture)

    return answered(task, read)


def answered(task: Task, read: Callable[[], Reading]) -> Reading:
    """What `read` gives, or a reading with the reason of its failure."""
    try:
        return read()
    except ImageReadError as error:
        return Reading(task, failure=error.reason)
    except FileNotFoundError:
        return Reading(task, failure="it vanished before it was read")
    except OSError as error:
        return Reading(task, failure=f"the system cannot read it ({error.strerror or error})")
    except MemoryError:
        return Reading(task, failure="it needs more memory than there is")
    except Exception as error:  # a fault of ours: told as this file's failure, so that it stops no other
        return Reading(task, failure=f"leitmotiv failed on it ({type(error).__name__}: {error}); please report this")


def _fit(task: Task, settings: Settings) -> tuple[Picture, Mixture | None]:
    """The picture, and its mixture unless the pixels are those that this path held before."""
    from leitmotiv.analysis.mixture import fit_image
    from leitmotiv.imaging.read import read

    picture = read(task.path, working_size=settings.working_size, max_megapixels=settings.max_megapixels)
    if picture.pixel_hash == task.pixel_hash:
        return picture, None
    mixture = fit_image(
        picture.pixels,
        seed=settings.seed,
        blur=settings.blur,
        samples=settings.samples,
        components=settings.components,
        alpha=settings.alpha,
        colour_space=settings.colour_space,
    )
    return picture, mixture


def _sha256(path: bytes) -> str:
    with open(path, "rb") as file:  # noqa: PTH123 - a path of bytes
        return hashlib.file_digest(file, "sha256").hexdigest()


def readings(
    tasks: Iterable[Task], settings: Settings, *, single_below: int = 1, worker: Callable[..., Reading] = read_one
) -> Iterator[Reading]:
    """Readings in the order in which they finish.

    A worker that dies takes only its own file with it: what was in flight is read again, a file at a time, and the
    one that kills its worker twice is a failure like any other.

    Parameters
    ----------
    tasks : iterable of Task
    single_below : int
        With fewer tasks than this no process is started.
    worker : callable
        (Task, Settings) -> Reading; importable, for the tests.
    """
    waiting = list(tasks)
    if len(waiting) < single_below:
        yield from (worker(task, settings) for task in waiting)
        return
    waiting.reverse()
    while waiting:
        suspects: list[Task] = []
        yield from _drain(waiting, suspects, settings, worker)
        for task in suspects:
            yield _read_alone(task, settings, worker)


def _drain(
    waiting: list[Task], suspects: list[Task], settings: Settings, worker: Callable[..., Reading]
) -> Iterator[Reading]:
    pool = _pool(min(settings.cores, len(waiting)))
    flying: dict[Future[Reading], Task] = {}
    try:
        while waiting or flying:
            while waiting and len(flying) < 3 * settings.cores:
                task = waiting.pop()
                try:
                    with apart_from_main():
                        flying[pool.submit(worker, task, settings)] = task
                except BrokenProcessPool:
                    suspects.append(task)
                    break
            finished, _ = wait(flying, return_when=FIRST_COMPLETED)
            for future in finished:
                task = flying.pop(future)
                try:
                    yield future.result()
                except BrokenProcessPool:
                    suspects.append(task)
            if suspects:
                suspects.extend(flying.values())
                return
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _read_alone(task: Task, settings: Settings, worker: Callable[..., Reading]) -> Reading:
    pool = _pool(1)
    try:
        with apart_from_main():
            future = pool.submit(worker, task, settings)
        return future.result()
    except BrokenProcessPool:
        return Reading(task, failure="reading it crashed the decoder")
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def apart_from_main() -> Iterator[None]:
    """Start processes that do not run the caller's script again: ours need nothing of it, and it may have no guard."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _pool(workers: int) -> ProcessPoolExecutor:
    # Spawned, not forked: the parent may hold threads and locks (a server, a progress bar).
    return ProcessPoolExecutor(
        workers, mp_context=multiprocessing.get_context("spawn"), initializer=begin_worker, initargs=(os.getpid(),)
    )


def begin_worker(parent: int) -> None:
    """Leave Ctrl-C to the parent, keep linear algebra on one thread, and end with the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Decoders written in C print lines of their own about damaged files, in the middle of the progress bar.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    _watch(parent)


def _watch(parent: int) -> None:
    import threading
    import time

    def wait_for_orphanhood() -> None:
        while os.getppid() == parent:
            time.sleep(1.0)
        os._exit(1)

    threading.Thread(target=wait_for_orphanhood, daemon=True).start()
