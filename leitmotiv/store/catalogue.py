"""The whole library in columns, for filtering and sorting: each read once and kept by the caller while it holds.

Those of a large library are kept on disk as well, mapped by every process that asks, with what they hold of the counts
of changes. What was only added since is read and put behind them; after any other change all is read anew.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.errors import DiskFullError, PermissionDeniedError
from leitmotiv.store import revisions, tables
from leitmotiv.store.arrays import Arrays, Stored
from leitmotiv.store.database import Database
from leitmotiv.store.orm import fn
from leitmotiv.store.texts import Texts, as_hex

FACTS = {"camera": "Camera", "lens": "Lens"}
"""Columns that come from the facts of a picture, with the labels that imaging gives them."""
KEYWORDS = "Keywords"
"""The fact that holds a picture's keywords, semicolons between them."""


NAME, REVISION = "catalogue", 2
"""Of the stored arrays; the number grows whenever the same library would give others."""
KEPT_FROM = 20_000
"""Pictures from which columns are kept on disk: fewer are read as quickly."""
ADDED = 0.02
"""Share of pictures that may come before what is on disk is written anew."""


@dataclass(frozen=True, eq=False)
class Columns:
    """All pictures of a library, one row each, in the order of adding.

    Attributes
    ----------
    hashes : (N, 32) uint8
        Ids as bytes.
    taken : (N,) int64
        Microseconds since the year 1 by the camera's clock.
    timed : (N,) bool
        Whether that is what the camera wrote down, and not the time of the file.
    added : (N,) int64
        Days since the year 1, of the day on which the library got it.
    width, height, size : (N,) int64
        Pixels, pixels, bytes.
    colour : (N, 3) uint8
        Mean colour, sRGB.
    format, state, camera, lens : Texts
    path_rows : (P,) int64
        Row of the picture that each path belongs to; a picture may have several.
    folders, names : Texts
        Of each path, length P.
    first_path : (N,) int64
        Index into the paths of the first one of each row; -1 without any.
    keyword_rows : (M,) int64
        Row of the picture that each keyword belongs to; a picture may have several.
    keywords : Texts
        Length M.
    id_ranks : (N,) int64
        The place of each row's id among all.
    newest : (N,) int64
        Rows, the one that was taken last first; of equal ones the higher id first.
    """

    hashes: NDArray[np.uint8]
    taken: NDArray[np.int64]
    timed: NDArray[np.bool_]
    added: NDArray[np.int64]
    width: NDArray[np.int64]
    height: NDArray[np.int64]
    size: NDArray[np.int64]
    colour: NDArray[np.uint8]
    format: Texts
    state: Texts
    camera: Texts
    lens: Texts
    path_rows: NDArray[np.int64]
    folders: Texts
    names: Texts
    first_path: NDArray[np.int64]
    keyword_rows: NDArray[np.int64]
    keywords: Texts
    id_ranks: NDArray[np.int64]
    newest: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.hashes)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """All ids; of a million they take a tenth of a gigabyte, so a page asks for `some`."""
        return tuple(as_hex(self.hashes))

    def some(self, rows: NDArray[np.integer[Any]]) -> list[str]:
        """The ids of some rows."""
        return list(as_hex(self.hashes[rows]))

    @cached_property
    def row_of(self) -> dict[str, int]:
        """The row of each id."""
        return {image_id: row for row, image_id in enumerate(self.ids)}

    @cached_property
    def ratio(self) -> NDArray[np.float32]:
        """Width by height, (N,)."""
        return (self.width / np.maximum(1, self.height)).astype(np.float32)

    @cached_property
    def root(self) -> "Columns":
        """What these grew from by rows that came behind; themselves where nothing came."""
        return self

    @cached_property
    def _ranked(self) -> NDArray[np.int64]:
        """Rows by their ids, ascending."""
        rows = np.empty(len(self), np.int64)
        rows[self.id_ranks] = np.arange(len(self))
        return rows

    @cached_property
    def _beginnings(self) -> NDArray[np.uint64]:
        """The first eight bytes of the ids, ascending."""
        return np.ascontiguousarray(self.hashes[self._ranked, :8]).view(">u8")[:, 0].astype(np.uint64)

    def rows_of(self, ids: Sequence[str]) -> NDArray[np.int64]:
        """The rows of some ids; -1 for one that is not there."""
        wanted = np.frombuffer(bytes.fromhex("".join(ids)), np.uint8).reshape(-1, 32)
        found = np.full(len(wanted), -1, np.int64)
        beginnings = np.ascontiguousarray(wanted[:, :8]).view(">u8")[:, 0].astype(np.uint64)
        at = np.searchsorted(self._beginnings, beginnings)
        left = np.arange(len(wanted))
        while len(left := left[at[left] < len(self)]) and len(
            left := left[self._beginnings[at[left]] == beginnings[left]]
        ):
            rows = self._ranked[at[left]]
            same = (self.hashes[rows] == wanted[left]).all(axis=1)
            found[left[same]] = rows[same]
            left = left[~same]  # other ids may begin alike
            at[left] += 1
        return found

    def places_in(self, ids: Sequence[str]) -> NDArray[np.int64]:
        """The place of each row's picture in a list of ids, of which "" names none; -1 where it is not there, (N,)."""
        rows = self.named_rows(ids)
        places = np.full(len(self), -1, np.int64)
        there = np.flatnonzero(rows >= 0)
        places[rows[there]] = there
        return places

    def named_rows(self, ids: Sequence[str]) -> NDArray[np.int64]:
        """As `rows_of`, of ids of which "" names none."""
        if "" not in ids:
            return self.rows_of(ids)
        named = np.array([bool(image_id) for image_id in ids], bool)
        rows = np.full(len(ids), -1, np.int64)
        rows[named] = self.rows_of([image_id for image_id in ids if image_id])
        return rows

    def first(self, column: Texts) -> Texts:
        """A column of paths as one of pictures: what the first path of each says, "" without any."""
        codes = np.append(column.codes, len(column.values))[self.first_path]
        return Texts((*column.values, ""), codes)


class Catalogue:
    """Columns of the library; reached as `library.catalogue`."""

    def __init__(self, database: Database, arrays: Arrays) -> None:
        self._database = database
        self._arrays = arrays
        self._kept: tuple[Stored, Columns] | None = None
        self._last: tuple[dict[str, int], Columns] | None = None

    def columns(self) -> Columns:
        """Everything that can be filtered by, as one state of the library."""
        stored, hold = self._arrays.get(NAME), not self._database.is_inside()
        with self._database.snapshot():
            now = self._state()
            found = self._followed(stored, now)
            if found is None:
                found = _columns(*self._rows({}))
        self._last = (now, found) if hold else None  # what a transaction sees may be taken back
        kept = self._kept is not None and found.root is self._kept[1]
        if not kept and len(found) >= KEPT_FROM and self._database.mode == "rw":
            with suppress(DiskFullError, PermissionDeniedError):  # then the next process reads them again, too
                self._arrays.put(NAME, _packed(found), (), _digest(now))
                if (stored := self._arrays.get(NAME)) is not None and stored.digest == _digest(now):
                    found = _unpacked(stored)
                    self._kept, self._last = (stored, found), None
        return found

    def ids(self) -> list[str] | None:
        """What `Images.ids` tells, from the disk, which takes a fifth of the time; None where that is out of date."""
        stored = self._arrays.get(NAME)
        if stored is None:
            return None
        with self._database.snapshot():
            if stored.digest != _digest(self._state()):
                return None
        found = _unpacked(stored)
        missing = [code for code, state in enumerate(found.state.values) if state == "missing"]
        return found.some(np.flatnonzero(~np.isin(found.state.codes, missing)))

    def _followed(self, stored: Stored | None, now: Mapping[str, int]) -> Columns | None:
        """What was read last or lies on disk, with what was added since; None where neither will do."""
        known = [] if self._last is None else [self._last]
        if stored is not None and (before := _read(stored.digest)) is not None:
            if self._kept is None or self._kept[0] is not stored:
                self._kept = stored, _unpacked(stored)
            known.append((before, self._kept[1]))
        for state, columns in known:
            found = columns if state == now else self._with_added(columns, state, now)
            if found is not None:
                return found
        return None

    def _with_added(self, known: Columns, before: Mapping[str, int], now: Mapping[str, int]) -> Columns | None:
        """What is known with what was added since; None where that is much, or where anything else changed."""
        room = ADDED * len(known.root) - (len(known) - len(known.root))
        if not 0 <= now["images"] - before.get("images", 0) <= room or not self._only_added(before, now):
            return None
        rows, held = self._rows(before)
        if not {image_id for image_id, _ in held} <= {row[len(_NUMBERS)] for row in rows}:
            return None  # another path of a picture that was there
        return _followed(known, _columns(rows, held))

    def _only_added(self, before: Mapping[str, int], now: Mapping[str, int]) -> bool:
        """Whether all changes since were new rows: as many changes as there are rows behind the last one.

        Serial numbers do not tell it: a server's go on where rows were taken back.
        """
        for name, table in (("images", tables.Images), ("files", tables.Files)):
            new = table.select(fn.COUNT(table.serial)).where(table.serial > before.get(f"last {name}", 0))
            if self._database.row(new) != (now[name] - before.get(name, 0),):
                return False
        return True

    def forget(self, ids: Sequence[str]) -> None:
        """Leave no names of pictures behind that are about to be forgotten."""
        self._arrays.remove(NAME)

    def _state(self) -> dict[str, int]:
        """How often tables were changed, and the last serial number of each."""
        counts = revisions.numbers(self._database, ("images", "files"))
        for name, table in (("images", tables.Images), ("files", tables.Files)):
            row = self._database.row(table.select(fn.MAX(table.serial)))
            counts[f"last {name}"] = int((row or (0,))[0] or 0)
        return counts

    def _rows(self, after: Mapping[str, int]) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        """Rows of pictures and of paths, those of all or of what came after a state."""
        images, files = tables.Images, tables.Files
        query = images.select(*_NUMBERS, *_SAID).where(images.serial > after.get("last images", 0))
        paths = files.select(files.image_id, files.path)
        paths = paths.where(files.image_id.is_null(False), files.serial > after.get("last files", 0))
        return self._database.rows(query.order_by(images.serial)), self._database.rows(paths.order_by(files.serial))


# ---- what is kept on disk ----

_NUMBERS = (tables.Images.taken_key, tables.Images.width, tables.Images.height, tables.Images.size)
_SAID = (
    *(tables.Images.id, tables.Images.colour, tables.Images.added),
    *(tables.Images.format, tables.Images.state, tables.Images.facts, tables.Images.taken_source),
)
_TEXTS = ("format", "state", "camera", "lens", "folders", "names", "keywords")


def _digest(state: Mapping[str, int]) -> str:
    return f"{NAME} {REVISION} {json.dumps(state, sort_keys=True)}"


def _read(digest: str) -> dict[str, int] | None:
    name, revision, *rest = digest.split(" ", 2)
    if (name, revision) != (NAME, str(REVISION)) or not rest:
        return None
    state: dict[str, int] = json.loads(rest[0])
    return state


def _packed(found: Columns) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {}
    for one in fields(found):
        value = getattr(found, one.name)
        if isinstance(value, Texts):
            arrays |= {f"{one.name} codes": value.codes, f"{one.name} values": value.packed}
        else:
            arrays[one.name] = value
    return arrays


def _unpacked(stored: Stored) -> Columns:
    columns: dict[str, Any] = {name: Texts(stored[f"{name} values"], stored[f"{name} codes"]) for name in _TEXTS}
    columns |= {one.name: stored[one.name] for one in fields(Columns) if one.name not in columns}
    return Columns(**columns)


def _followed(found: Columns, more: Columns) -> Columns:
    """Columns with what was added behind them."""
    n, paths = len(found), len(found.path_rows)
    shifted = {
        "path_rows": more.path_rows + n,
        "keyword_rows": more.keyword_rows + n,
        "first_path": np.where(more.first_path < 0, -1, more.first_path + paths),
    }
    joined: dict[str, Any] = {}
    for one in fields(found):
        first, then = getattr(found, one.name), shifted.get(one.name, getattr(more, one.name))
        joined[one.name] = first.followed_by(then) if isinstance(first, Texts) else np.concatenate([first, then])
    ranks, derived = _ranks_with(found, more)
    whole = replace(found, **joined | ranks)
    vars(whole).update(derived, root=found.root)  # so that they are not sorted again
    return whole


# ---- reading ----


def _columns(rows: Sequence[tuple[Any, ...]], held: Sequence[tuple[str, bytes]]) -> Columns:
    numbers = np.array([row[:4] for row in rows], np.int64).reshape(-1, 4)
    said = zip(*(row[4:] for row in rows), strict=True) if rows else ((),) * 7
    ids, colours, added, formats, states, told, sources = said
    # one text is read five times as fast as a hundred thousand
    facts: list[dict[str, str]] = json.loads(f"[{','.join(told)}]")
    row_of = {image_id: row for row, image_id in enumerate(ids)}
    paths = [
        (row_of[image_id], bytes(path).decode("utf-8", "replace")) for image_id, path in held if image_id in row_of
    ]
    path_rows = np.array([row for row, _ in paths], np.int64)
    first = np.full(len(ids), -1, np.int64)
    first[path_rows[::-1]] = np.arange(len(paths))[::-1]
    keywords = [(row, word) for row, fact in enumerate(facts) for word in split_keywords(fact.get(KEYWORDS, ""))]
    days = {text: date.fromisoformat(text).toordinal() for text in {at[:10] for at in added}}
    hashes = np.frombuffer(bytes.fromhex("".join(ids)), np.uint8).reshape(-1, 32)
    return Columns(
        hashes=hashes,
        taken=numbers[:, 0],
        timed=np.fromiter((source == "exif" for source in sources), bool, len(ids)),
        added=np.fromiter((days[at[:10]] for at in added), np.int64, len(ids)),
        width=numbers[:, 1],
        height=numbers[:, 2],
        size=numbers[:, 3],
        colour=np.frombuffer(bytes.fromhex("".join(colour[1:] for colour in colours)), np.uint8).reshape(-1, 3),
        format=Texts.of(formats),
        state=Texts.of(states),
        camera=Texts.of(fact.get(FACTS["camera"], "") for fact in facts),
        lens=Texts.of(fact.get(FACTS["lens"], "") for fact in facts),
        path_rows=path_rows,
        folders=Texts.of(path.rpartition("/")[0] for _, path in paths),
        names=Texts.of(path.rpartition("/")[2] for _, path in paths),
        first_path=first,
        keyword_rows=np.array([row for row, _ in keywords], np.int64),
        keywords=Texts.of(word for _, word in keywords),
        **_ranks(hashes, numbers[:, 0]),
    )


def _ranks(hashes: NDArray[np.uint8], taken: NDArray[np.int64]) -> dict[str, NDArray[np.int64]]:
    """The ranks of ids, and the order by time."""
    rows = np.lexsort(np.ascontiguousarray(hashes).view(">u8").T[::-1]) if len(hashes) else np.zeros(0, np.int64)
    ranks = np.empty(len(rows), np.int64)
    ranks[rows] = np.arange(len(rows))
    return {"id_ranks": ranks, "newest": np.lexsort((-ranks, -taken)).astype(np.int64)}


def _ranks_with(found: Columns, more: Columns) -> tuple[dict[str, NDArray[np.int64]], dict[str, Any]]:
    """The same with a few pictures more, without sorting all; and what columns else derive from the ranks."""
    order = more._ranked
    names = [one.tobytes() for one in more.hashes[order]]
    beginnings = more._beginnings
    places = np.searchsorted(found._beginnings, beginnings)
    for row, name in enumerate(names):
        while places[row] < len(found) and found.hashes[found._ranked[places[row]]].tobytes() < name:
            places[row] += 1  # others may begin alike
    n, m = len(found), len(more)
    shifted = found.id_ranks + np.searchsorted(places, found.id_ranks, side="right")
    ranks = np.concatenate([shifted, np.empty(m, np.int64)])
    ranks[n + order] = places + np.arange(m)
    latest = more.newest
    times = -found.taken[found.newest]
    slots = np.empty(m, np.int64)
    for at, row in enumerate(latest.tolist()):
        start, stop = (np.searchsorted(times, -more.taken[row], side=side) for side in ("left", "right"))
        slots[at] = start + np.searchsorted(-ranks[found.newest[start:stop]], -ranks[n + row])
    derived = {
        "_ranked": np.insert(found._ranked, places, n + order),
        "_beginnings": np.insert(found._beginnings, places, beginnings),
    }
    return {"id_ranks": ranks, "newest": np.insert(found.newest, slots, n + latest)}, derived


def split_keywords(text: str) -> list[str]:
    """The keywords of a picture, as imaging writes them into its facts."""
    return [word for part in text.split(";") if (word := part.strip())]
