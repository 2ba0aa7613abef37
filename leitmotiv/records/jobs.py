"""Long work, and the state of a library."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from leitmotiv.records.pictures import Failure


@dataclass(frozen=True)
class Job:
    """A long piece of work, as the jobs page shows it.

    Attributes
    ----------
    kind : str
        "add", "index" or "place".
    phase : str
        What it is doing now, in plain words.
    state : str
        "queued", "running", "paused", "done", "failed" or "stopped".
    parameters : mapping
        What it was asked to do, as plain JSON.
    repeatable : bool
        Whether the queue can do it (again): its parameters are known.
    attempts : int
        How often the worker began it.
    wish : str
        What a person asked of it while it runs: "pause", "cancel" or nothing.
    """

    id: int
    kind: str
    title: str
    state: Literal["queued", "running", "paused", "done", "failed", "stopped"]
    phase: str
    done: int
    total: int
    rate: float
    remaining: float | None
    started: datetime
    finished: datetime | None
    message: str
    failures: int
    parameters: Mapping[str, Any] = field(default_factory=dict)
    repeatable: bool = False
    attempts: int = 0
    wish: str = ""


@dataclass(frozen=True)
class Status:
    """What `leitmotiv status` and `/api/v1/status` tell of a library.

    `way` is how pictures were compared for the index; with neighbours, `recall` is the share of the true ten nearest
    pictures that was among the candidates when it was measured. `gap` is the share by which the trends
    cost more than any choice must, at most; None where that is not known. `seen` counts the pictures that the backbone
    has seen.
    """

    library: str
    images: int
    missing: int
    offline: int
    failed: int
    clusters: int
    indexed: int
    stale: bool
    disk_bytes: int
    version: str
    folders: tuple[bytes, ...]
    failures: tuple[Failure, ...]
    jobs: tuple[Job, ...]
    way: Literal["all pairs", "neighbours", "none"] = "none"
    recall: float | None = None
    gap: float | None = None
    seen: int = 0
