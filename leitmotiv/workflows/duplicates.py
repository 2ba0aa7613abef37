"""Finding the copies in a library: incremental, resumable, stored; `grouping` says what they are to each other."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import copies, divergence, miniature
from leitmotiv.analysis.copies import Pairs, Traits
from leitmotiv.errors import EmptyLibraryError, ImageReadError
from leitmotiv.imaging import read as reading
from leitmotiv.records import Copy, Mixture, Pixels
from leitmotiv.settings import Settings
from leitmotiv.store.library import Library
from leitmotiv.workflows.cascade import Judge
from leitmotiv.workflows.measuring import compared, look, measure_digest, ready
from leitmotiv.workflows.neighbours import stored_neighbours
from leitmotiv.workflows.progress import Report, recorded
from leitmotiv.workflows.session import Session

TRAITS = "miniatures"
"""The name of the stored arrays: what copies are recognised by, a row a picture."""
TRAITS_DIGEST = "miniatures 1"
AT_ONCE = 400
"""New pictures after which what was found is stored."""
DESCRIBED_AT_ONCE = 5000
"""Pictures after which what they are recognised by is stored."""
LOOKED_AT = 20
"""Candidates of each picture by look."""
SMALL = 256
Tell = Callable[[str, int, int], None]
"""Told a phase, how much of it is done, and of how much."""


@dataclass(frozen=True)
class FindReport:
    """What a search for copies found.

    Attributes
    ----------
    searched, new : int
        Pictures in the library, and how many of them had not been compared yet.
    measured, closer : int
        Pairs that were measured, and whose keypoints were compared.
    exact, sure, suggested : int
        Pairs found now: of the same pixels, sure enough to group by themselves, and the others.
    by_look : bool
        Whether candidates came from the index too; without one, only pictures alike in their layout are compared.
    """

    searched: int
    new: int
    measured: int
    closer: int
    exact: int
    sure: int
    suggested: int
    by_look: bool

    def __str__(self) -> str:
        if not self.new:
            return f"All {self.searched:,} pictures were compared before."
        text = (
            f"{self.new:,} new of {self.searched:,} pictures, {self.measured:,} pairs measured: {self.exact:,} with the"
            f" same pixels, {self.sure:,} near, {self.suggested:,} perhaps"
        )
        return text + ("" if self.by_look else "; there is no index, so close crops may be missed")


@dataclass(frozen=True, eq=False)
class Shelf:
    """The pictures of a library as a source of the cascade."""

    library: Library
    ids: Sequence[str]
    traits: Traits

    def mixtures(self, rows: Sequence[int]) -> list[Mixture]:
        """Mixtures of some rows."""
        return self.library.mixtures.many([self.ids[row] for row in rows])

    def small(self, row: int) -> Pixels:
        """One picture at about 256 pixels."""
        return reading.decoded(self.library.images.thumbnail(self.ids[row], SMALL))


def revision(settings: Settings) -> str:
    """By which method pairs are judged; what another one found does not count."""
    text = f"{copies.REVISION} {TRAITS_DIGEST} {measure_digest(settings)}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def find_duplicates(session: Session, *, again: bool = False, report: Report | None = None) -> FindReport:
    """Find copies: pictures with the same pixels, and those of which one was made from another.

    Only pairs with a picture that had not been compared yet are looked at; what is found is stored every few hundred
    pictures, so that an interrupted search goes on where it was.

    Parameters
    ----------
    again : bool
        Whether everything is compared anew; what a person decided stays.

    Raises
    ------
    EmptyLibraryError
        No pictures yet.
    LibraryLockedError
        Another process writes to the library.
    """
    ready(session)
    library, settings = session.library, session.settings
    with library.writer("looking for duplicates"), recorded(library, "duplicates", "Find duplicates", report) as tell:
        ids = library.images.ids()
        if not ids:
            raise EmptyLibraryError("The library holds no picture yet. Add some with `leitmotiv add-directory FOLDER`.")
        if again:
            library.duplicates.clear()
        method = revision(settings)
        seen = library.duplicates.seen(method)
        ids = [*(one for one in ids if one in seen), *(one for one in ids if one not in seen)]
        new = np.arange(len(ids) - sum(one not in seen for one in ids), len(ids))
        if not len(new):
            return FindReport(len(ids), 0, 0, 0, 0, 0, 0, True)
        overall = _Overall(tell, len(new))
        shelf = Shelf(library, ids, described(library, ids, overall.described))
        return _search(session, shelf, new, method, overall.compared)


class _Overall:
    """Tells both parts of a search, making miniatures and comparing, as one stretch of work."""

    def __init__(self, tell: Tell, new: int) -> None:
        self._tell, self._new, self._before = tell, new, 0

    def described(self, phase: str, done: int, total: int) -> None:
        """Of so many pictures without a miniature, so many have one now."""
        self._before = total
        self._tell(phase, done, total + self._new)

    def compared(self, phase: str, done: int, total: int) -> None:
        """Of so many new pictures, so many were compared."""
        self._tell(phase, self._before + done, self._before + total)


def _search(session: Session, shelf: Shelf, new: NDArray[np.int64], method: str, tell: Tell) -> FindReport:
    library, settings, ids = session.library, session.settings, shelf.ids
    tell("Finding candidates", 0, len(new))
    views = copies.views(shelf.traits.miniatures)
    alike = _Alike(session, ids)
    judge = Judge(shelf, settings, lambda phase, done, total: None)
    same = _same_pixels(library, ids)
    done: set[int] = set()
    exact = sure = suggested = 0
    for start in range(0, len(new), AT_ONCE):
        rows = new[start : start + AT_ONCE]
        tell("Comparing pictures", start, len(new))
        pairs = copies.ordered(
            np.concatenate([_allowed(alike.pairs(rows), views), copies.candidates(views, rows, threads=settings.cores)])
        )
        keys = pairs[:, 0] * len(ids) + pairs[:, 1]
        # a pair that an earlier stretch saw, and pairs whose pixels are the same, need no measuring
        fresh = np.array(
            [
                key not in done and _key(ids, pair) not in same
                for key, pair in zip(keys.tolist(), pairs.tolist(), strict=True)
            ],
            bool,
        )
        done.update(keys.tolist())
        found = [_looked_at(session, copy) for copy in judge.copies(pairs[fresh])]
        mine = {ids[row] for row in rows.tolist()}
        equal = [copy for key, copy in same.items() if mine.intersection(key)]
        library.duplicates.add([*equal, *found], [ids[row] for row in rows.tolist()], method)
        exact += len(equal) + sum(copy.kind == "exact" for copy in found)
        sure += sum(copy.sure and copy.kind == "near" for copy in found)
        suggested += sum(not copy.sure for copy in found)
    tell("Comparing pictures", len(new), len(new))
    return FindReport(len(ids), len(new), judge.measured, judge.looked_closer, exact, sure, suggested, alike.known)


def _key(ids: Sequence[str], pair: Sequence[int]) -> tuple[str, str]:
    one, other = ids[pair[0]], ids[pair[1]]
    return (one, other) if one < other else (other, one)


def _allowed(pairs: Pairs, views: copies.Views) -> Pairs:
    return pairs[~views.blank[pairs].any(axis=1)] if len(pairs) else pairs.reshape(-1, 2)


def _same_pixels(library: Library, ids: Sequence[str]) -> dict[tuple[str, str], Copy]:
    """Pairs of pictures with the same pixels under other bytes: each with the first of its kind."""
    wanted = set(ids)
    groups: dict[str, list[str]] = defaultdict(list)
    for image_id, pixel_hash in library.images.pixel_hashes():
        if image_id in wanted:
            groups[pixel_hash].append(image_id)
    found = {}
    for members in groups.values():
        for other in members[1:]:
            left, right = sorted((members[0], other))
            found[left, right] = Copy(left, right, "exact", EXACT_ODDS, True)
    return found


def _looked_at(session: Session, copy: Copy) -> Copy:
    """A pair that may have the same pixels in another format, told as such where it has: both files are read whole."""
    if copy.inside or copy.mirrored or copy.bits or copy.correlation < SAME:
        return copy
    left, right = (session.library.images.get(one) for one in (copy.left, copy.right))
    if (left.width, left.height) != (right.width, right.height):
        return copy
    most = session.settings.max_megapixels
    try:
        one, other = (reading.read_pixels(image.paths[0], max_megapixels=most) for image in (left, right))
    except (ImageReadError, OSError, IndexError):
        return copy  # one of them is away: it stays a near one
    return replace(copy, kind="exact", score=EXACT_ODDS) if np.array_equal(one, other) else copy


SAME = 0.999
"""Least correlation of pictures whose pixels are worth comparing one by one."""
EXACT_ODDS = 99.0
"""Log odds of a pair whose pixels are the same: more than any that is only near."""


def described(library: Library, ids: Sequence[str], tell: Tell) -> Traits:
    """What pictures are recognised by, in the order of `ids`; made from their thumbnails where it is not stored."""
    stored = library.arrays.get(TRAITS)
    if stored is not None and stored.digest != TRAITS_DIGEST:
        stored = None
    place = {} if stored is None else {image_id: row for row, image_id in enumerate(stored.ids) if image_id}
    where = np.array([place.get(image_id, -1) for image_id in ids], np.int64)
    small = np.zeros((len(ids), miniature.SIDE, miniature.SIDE, 3), np.uint8)
    hashes = np.zeros((len(ids), 2, 8), np.uint8)
    sharp = np.zeros(len(ids), np.float32)
    if stored is not None:
        known = where >= 0
        small[known], hashes[known] = stored["small"][where[known]], stored["hashes"][where[known]]
        sharp[known] = stored["sharpness"][where[known]]
    lacking = np.flatnonzero(where < 0)
    for done, row in enumerate(lacking.tolist(), 1):
        pixels = reading.decoded(library.images.thumbnail(ids[row], 512))
        small[row], hashes[row] = miniature.miniature(pixels), miniature.perceptual_hashes(pixels)
        sharp[row] = miniature.sharpness(pixels)
        tell("Making miniatures", done, len(lacking))
        if done % DESCRIBED_AT_ONCE == 0 or done == len(lacking):
            made = np.flatnonzero(where >= 0).tolist() + lacking[:done].tolist()
            arrays = {"small": small[made], "hashes": hashes[made], "sharpness": sharp[made]}
            library.arrays.put(TRAITS, arrays, [ids[at] for at in made], TRAITS_DIGEST)
    return Traits(small, hashes)


class _Alike:
    """The pictures nearest by look: from the index where it has them, else compared now, while all pairs are few."""

    def __init__(self, session: Session, ids: Sequence[str]) -> None:
        self._session, self._ids = session, ids
        self._row = {image_id: row for row, image_id in enumerate(ids)}
        self._matrix = compared(session)
        self._lists = None if self._matrix is not None else stored_neighbours(session.library, session.settings)
        self._small = len(ids) <= session.settings.limit
        self._packed: divergence.Packed | None = None
        stored = self._matrix or self._lists
        self._place = {} if stored is None else {one: row for row, one in enumerate(stored.ids) if one}
        self._to = np.zeros(0, np.int64) if stored is None else np.array([self._row.get(one, -1) for one in stored.ids])

    @property
    def known(self) -> bool:
        """Whether looks can be compared at all."""
        return self._small or self._matrix is not None or self._lists is not None

    def pairs(self, rows: NDArray[np.int64]) -> Pairs:
        """Each of some rows with the nearest to it, (P, 2)."""
        parts = [np.zeros((0, 2), np.int64)]
        for row in rows.tolist():
            near = self._nearest(row)
            parts.append(np.stack([np.full(len(near), row), near], axis=1))
        return np.concatenate(parts)

    def _nearest(self, row: int) -> NDArray[np.int64]:
        stored = self._place.get(self._ids[row])
        if stored is not None and self._matrix is not None:
            values, columns = np.array(self._matrix["values"][stored]), self._to
        elif stored is not None and self._lists is not None:
            columns = np.asarray(self._lists["lists"][stored], np.int64)
            values = np.array(self._lists["values"][stored])
            columns = np.where(columns >= 0, self._to[columns], -1)
        elif self._small:
            values, columns = self._compare(row), np.arange(len(self._ids))
        else:
            return np.zeros(0, np.int64)
        values = np.where((columns < 0) | (columns == row) | np.isnan(values), np.inf, values)
        best = np.argsort(values, kind="stable")[:LOOKED_AT]
        return np.asarray(columns[best[np.isfinite(values[best])]], np.int64)

    def _compare(self, row: int) -> NDArray[np.float32]:
        """One picture with all, where no index has it."""
        measure, library = look(self._session.settings), self._session.library
        if self._packed is None:
            self._packed = divergence.pack(library.mixtures.many(self._ids), look=measure)
        query = library.mixtures.get(self._ids[row])
        return divergence.js_to(query, self._packed, look=measure, threads=self._session.settings.cores)


def find_all(session: Session, parameters: Mapping[str, Any], report: Report) -> str:
    """Find copies as the queue of long work asks for it: {"again": true} compares everything anew."""
    return str(find_duplicates(session, again=bool(parameters.get("again", False)), report=report))
