"""A scheduler of Dask and its workers as processes of their own on loopback, to be killed one by one.

`way` is how they talk: "tcp", or "tls" with the certificates that Dask's configuration names, by `env`.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.postgres import wait_until

SCHEDULER = """
import asyncio, sys
from distributed import Scheduler
async def run():
    where = dict(host="127.0.0.1", port=int(sys.argv[1]), protocol=sys.argv[2] + "://")
    async with Scheduler(**where, dashboard=False) as scheduler:
        print("up", flush=True)
        await scheduler.finished()
asyncio.run(run())
"""
WORKER = """
import asyncio, sys
from distributed import Worker
async def run():
    where = f"{sys.argv[2]}://127.0.0.1:{sys.argv[1]}"
    async with Worker(where, nthreads=1, host="127.0.0.1", local_directory=sys.argv[3], dashboard=False) as worker:
        print("up", flush=True)
        await worker.finished()
asyncio.run(run())
"""


class Cluster:
    """Processes that may be killed one by one."""

    def __init__(self, folder: Path, before: str = "", way: str = "tcp", env: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.port = _free_port()
        self.way, self.env = way, env or {}
        self.name = f"{'dask+tls' if way == 'tls' else 'dask'}://127.0.0.1:{self.port}"
        self.scheduler = self._start(before + SCHEDULER)
        self.workers: list[subprocess.Popen[str]] = []

    def add_worker(self, before: str = "", env: Mapping[str, str] | None = None) -> "subprocess.Popen[str]":
        """Start one more; `before` is code that it runs first."""
        process = self._start(before + WORKER, str(self.folder), env=env)
        self.workers.append(process)
        return process

    def _start(self, code: str, *arguments: str, env: Mapping[str, str] | None = None) -> "subprocess.Popen[str]":
        command = [sys.executable, "-W", "ignore", "-c", code, str(self.port), self.way, *arguments]
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1", **self.env, **(env or {})},
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        return process

    def close(self) -> None:
        for process in (*self.workers, self.scheduler):
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGKILL)
            process.wait()
            if process.stdout is not None:
                process.stdout.close()


@contextlib.contextmanager
def cluster(folder: Path, workers: int = 2, **more: Any) -> Iterator[Cluster]:
    """A scheduler with workers of one thread each; `more` is for `Cluster`."""
    made = Cluster(folder, **more)
    try:
        for _ in range(workers):
            made.add_worker()
        yield made
    finally:
        made.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


__all__ = ["Cluster", "cluster", "wait_until"]
