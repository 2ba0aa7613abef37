"""The one place that builds things: the library now, networks later; workflows are handed a Session."""

import os
import threading
from collections.abc import Hashable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from leitmotiv.errors import MissingExtraError
from leitmotiv.settings import Settings, cache_folder
from leitmotiv.store.library import Library, exists

if TYPE_CHECKING:
    from leitmotiv.nets.backbone import Backbone
    from leitmotiv.nets.text import Encoder
    from leitmotiv.workflows.executors import Executor


def is_library(folder: Path) -> bool:
    """Whether there is a library in a folder, its database on a server or not."""
    return exists(folder)


def _executor(settings: Settings) -> "Executor":
    if settings.executor == "local":
        from leitmotiv.workflows.executors import Here  # what compares has kernels: no page waits for their import

        return Here(settings)
    try:
        from leitmotiv.workflows.cluster import Cluster
    except ImportError as error:
        raise MissingExtraError(
            f"executor is {settings.executor}, for which a package is missing: pip install 'leitmotiv[cluster]'"
        ) from error
    return Cluster(settings.executor, settings)


class Session:
    """The settings of one run and what they open, each on first use.

    Parameters
    ----------
    settings : Settings
        Read once, by the caller.
    create : bool
        Whether a library folder that does not exist is made.
    patient : bool
        Whether whoever asks waits while the mathematics is compiled; a page is told instead.

    Attributes
    ----------
    lane : threading.RLock
        Held by whatever computes for a page, so that a busy server never computes on two threads at once.
    looking : threading.Lock
        Held while the backbone looks at one picture many times, as for tiles and crops: those wait for each other.
    reading : threading.Lock
        Held while the words of classes are read and pictures placed among them, which takes long and needs no lane;
        who holds the lane may wait for it, never the other way about.
    memory : dict of dict
        Derived values of this process by kind and by what they were derived from; safe to empty at any time.
    guard : threading.Lock
        Held for each look into the memory.
    """

    def __init__(self, settings: Settings, *, create: bool = True, patient: bool = True) -> None:
        self.settings = settings
        self.patient = patient
        self.lane = threading.RLock()
        self.looking = threading.Lock()
        self.reading = threading.Lock()
        self.memory: dict[str, dict[Hashable, Any]] = {}
        self.guard = threading.Lock()
        self._create = create
        self._library: Library | None = None
        self._executor: Executor | None = None
        self._opening = threading.Lock()
        self._backbone: Backbone | None = None
        self._network: tuple[bytes, Backbone] | None = None
        self._encoder: Encoder | None = None
        self._loading = threading.Lock()

    @property
    def library(self) -> Library:
        """The library, opened on first use."""
        with self._opening:
            if self._library is None:
                self._library = Library.open(self.settings.library, create=self._create)
            return self._library

    @property
    def executor(self) -> "Executor":
        """Who reads and compares pictures, by the setting `executor`; reached on first use.

        Raises
        ------
        ExecutorError, MissingExtraError
            It cannot be reached.
        """
        with self._opening:
            if self._executor is None:
                self._executor = _executor(self.settings)
            return self._executor

    def backbone(self) -> "Backbone":
        """The network that sees what pictures show, loaded on first use.

        Raises
        ------
        MissingExtraError
            Its weights are not installed, or damaged.
        """
        with self._loading:
            if self._backbone is None:
                from leitmotiv.nets.backbone import Backbone  # onnxruntime: only who asks waits for it

                self._backbone = Backbone(cache_folder(os.environ), threads=self.settings.cores)
            return self._backbone

    def network(self, data: bytes) -> "Backbone":
        """A backbone that was trained with a critic, loaded on first use; the last one asked for is kept.

        Raises
        ------
        CriticError
            It is damaged.
        """
        with self._loading:
            if self._network is None or self._network[0] != data:
                from leitmotiv.nets.backbone import Backbone

                made = Backbone(cache_folder(os.environ), threads=self.settings.cores, network=data)
                self._network = data, made
            return self._network[1]

    def encoder(self) -> "Encoder":
        """What turns words into vectors, by the setting `words`; loaded on first use.

        Raises
        ------
        MissingExtraError
            It is not installed, or damaged.
        """
        with self._loading:
            if self._encoder is None:
                from leitmotiv.nets.text import encoder  # its 90 MB: only who asks waits for them

                self._encoder = encoder(self.settings.words, cache_folder(os.environ))
            return self._encoder

    def close(self) -> None:
        """Close what was opened."""
        with self._opening:
            if self._executor is not None:
                self._executor.close()
                self._executor = None
            if self._library is not None:
                self._library.close()
                self._library = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
