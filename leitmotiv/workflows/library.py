"""A library as a script sees it: a thin object over the other workflows."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from leitmotiv.records import Clusters, Image, Mixture, Ranking, Status
from leitmotiv.settings import load
from leitmotiv.workflows import activations, backgrounds, blending, browse, ingest
from leitmotiv.workflows.index import IndexReport, build_index
from leitmotiv.workflows.measuring import compared
from leitmotiv.workflows.session import Session


class Library:
    """A library folder: pictures, their mixtures, divergences and clusters.

    Use it as a context manager, or call `close`.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(
        self, *folders: str | os.PathLike[str], include: Sequence[str] = (), exclude: Sequence[str] = ()
    ) -> ingest.AddReport:
        """Bring the library up to date with folders; only what is new is read."""
        paths = [Path(folder) for folder in folders]
        return ingest.add_directories(self._session, paths, include=include, exclude=exclude)

    def build_index(self) -> IndexReport:
        """Compare what is new, and cluster; then have the backbone see it, unless the settings say later."""
        built = build_index(self._session)
        backgrounds.follow(self._session)
        return built

    def activation(self, image_id: str) -> NDArray[np.float32]:
        """What the backbone makes of a picture, (1280,) float32; without need of an index."""
        seen = activations.of_picture(self._session, browse.image(self._session, image_id).id)
        return np.asarray(seen.pooled[0])

    def __len__(self) -> int:
        return self._session.library.images.count()

    def __iter__(self) -> Iterator[Image]:
        """All pictures by date, newest first."""
        cursor: str | None = None
        while True:
            page = browse.images(self._session, limit=500, cursor=cursor)
            yield from page.images
            if (cursor := page.next) is None:
                return

    def __getitem__(self, image_id: str) -> Image:
        return browse.image(self._session, image_id)

    def mixture(self, image_id: str) -> Mixture:
        """The mixture of a picture."""
        return browse.mixture(self._session, image_id)

    def similar(self, image_id: str, n: int = 50, *, by: str | float = "look") -> Ranking:
        """The other pictures from most to least alike, by "look", by "subject", or by a number from 0 to 1 between."""
        return browse.similar(self._session, image_id, n=n, by=blending.read(str(by)))

    def clusters(self) -> Clusters | None:
        """The clusters and their tree; None before `build_index`."""
        return self._session.library.clusters.get()

    def divergences(self) -> tuple[tuple[str, ...], NDArray[np.float32]] | None:
        """Ids (N,) and the (N, N) float32 matrix of divergences in nats, of the pictures that were all compared.

        None before `build_index`, after another measure was set (`points`, `smoothing`, `spaces`), and in a library of
        more pictures than the setting `limit`, where not all pairs are compared; `similar` answers there, too.
        """
        stored = compared(self._session)
        if stored is None:
            return None
        rows = [row for row, image_id in enumerate(stored.ids) if image_id]
        return tuple(stored.ids[row] for row in rows), np.array(stored["values"][np.ix_(rows, rows)])

    def status(self) -> Status:
        """What the library holds."""
        return browse.status(self._session)

    def close(self) -> None:
        """Close the library."""
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_library(path: str | os.PathLike[str]) -> Library:
    """Open a library folder, or make one where there is none."""
    settings = replace(load({}, environ=os.environ), library=Path(path).absolute())
    return Library(Session(settings))
