"""What filters and orders may look at: the library in columns, with what was said of the pictures beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from leitmotiv.records import LABELS, CatalogueColumn, CatalogueValue, Cluster, Rating
from leitmotiv.store.catalogue import Columns
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.session import Session

SIDECAR_KEYWORDS = "sidecar keywords"
"""The column of catalogues that holds what XMP sidecars say in dc:subject."""


@dataclass(frozen=True, eq=False)
class Rated:
    """What a person said of each picture.

    Attributes
    ----------
    stars, label : (N,) int64
        0 to 5; 0 for no label, else 1 + its place in `LABELS`.
    favourite, rejected : (N,) bool
    """

    stars: NDArray[np.int64]
    label: NDArray[np.int64]
    favourite: NDArray[np.bool_]
    rejected: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Asking:
    """One question to a library; `depth` counts selections that name selections."""

    session: Session
    columns: Columns
    depth: int = 0

    @cached_property
    def rated(self) -> Rated:
        """Ratings in the order of the rows."""
        state = self.session.library.revision("ratings"), id(self.columns)
        # the columns are kept with them: others may have been read since, with other rows
        return remember(self.session, ("ratings", state), lambda: (self.columns, _rated(self.session, self.columns)))[1]

    @cached_property
    def catalogue(self) -> Mapping[str, CatalogueColumn]:
        """Columns of imported catalogues by their names in small letters."""
        state = self.session.library.revision("catalogue_columns")
        return remember(self.session, ("catalogue", state), lambda: _catalogue(self.session))

    @cached_property
    def captions(self) -> Mapping[str, Sequence[str]]:
        """Texts about pictures, by id; names of files are columns of their own."""
        state = self.session.library.revision("captions")
        return remember(self.session, ("caption texts", state), lambda: _captions(self.session))

    @cached_property
    def trends(self) -> tuple[Cluster, ...]:
        """The trends that are shown first, the same ones for all of one question.

        Raises
        ------
        NoIndexError
            There is no index.
        """
        from leitmotiv.workflows import trends  # what cuts trees has kernels: no other question waits for their import

        return trends.cut(self.session)

    @cached_property
    def trend_places(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Which of the `trends` each row is in, -1 for none, and its place there, (N,) int64 each."""
        groups, found = self.trends, self.columns
        key = ("trend places", id(groups), id(found))
        # both are kept with the places, so that no others can be where they are in memory
        return remember(self.session, key, lambda: (groups, found, trend_places(groups, found)))[2]

    def entries(self, name: str) -> Mapping[int, CatalogueValue]:
        """What a column of a catalogue says, by row."""
        entries = self.catalogue[name].entries
        rows = self.columns.rows_of(list(entries)).tolist()
        return {row: value for row, value in zip(rows, entries.values(), strict=True) if row >= 0}


def columns(session: Session) -> Columns:
    """The library in columns, read again when pictures or files changed."""
    state = session.library.revision("images", "files")
    return remember(session, ("columns", state), session.library.catalogue.columns)


def ask(session: Session) -> Asking:
    """A question to the library as it is now."""
    return Asking(session, columns(session))


def trend_places(groups: Sequence[Cluster], found: Columns) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which of some groups each picture of the library is in, -1 for none, and its place there, (N,) int64 each."""
    codes, places = np.full(len(found), -1, np.int64), np.arange(len(found))
    rows = found.rows_of([member for group in groups for member in group.members])
    sizes = np.array([len(group.members) for group in groups], np.int64)
    code = np.repeat(np.arange(len(groups)), sizes)
    place = np.arange(len(rows)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    codes[rows[rows >= 0]], places[rows[rows >= 0]] = code[rows >= 0], place[rows >= 0]
    return codes, places


def _captions(session: Session) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in session.library.captions.all():
        if one.source != "name":
            found.setdefault(one.image_id, []).append(one.text)
    return found


def _catalogue(session: Session) -> dict[str, CatalogueColumn]:
    return {one.name.casefold(): one for one in session.library.metadata.all()}


def _rated(session: Session, found: Columns) -> Rated:
    n = len(found)
    stars, label = np.zeros(n, np.int64), np.zeros(n, np.int64)
    favourite, rejected = np.zeros(n, bool), np.zeros(n, bool)
    known: dict[str, Rating] = session.library.ratings.all()
    for row, rating in zip(found.rows_of(list(known)).tolist(), known.values(), strict=True):
        if row >= 0:
            stars[row], favourite[row], rejected[row] = rating.stars, rating.favourite, rating.rejected
            label[row] = LABELS.index(rating.label) + 1 if rating.label in LABELS else 0
    return Rated(stars, label, favourite, rejected)
