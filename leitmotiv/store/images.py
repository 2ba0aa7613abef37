"""Pictures of the library: records in and out, by id, by path, by date; `files` knows their states."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal

from leitmotiv.errors import AmbiguousImageError, ImageNotFoundError, UsageError
from leitmotiv.records import Image, KnownFile, Mixture, Taken
from leitmotiv.store import cursors, revisions, tables
from leitmotiv.store.database import Database, IntegrityError, Row, chunks
from leitmotiv.store.files import best_state, insert_files, paths_of, refresh_states, write_files
from leitmotiv.store.mixtures import write_mixtures
from leitmotiv.store.orm import SQL, Case, fn

Order = Literal["taken", "added"]
DAY = 86_400_000_000
LEAST_PREFIX = 4
_COLUMNS = (
    tables.Images.id,
    tables.Images.width,
    tables.Images.height,
    tables.Images.taken,
    tables.Images.taken_source,
    tables.Images.format,
    tables.Images.size,
    tables.Images.pixel_hash,
    tables.Images.colour,
    tables.Images.added,
    tables.Images.facts,
    tables.Images.state,
)
_KEYS: Mapping[str, Any] = {"taken": tables.Images.taken_key, "added": tables.Images.serial}


def taken_key(taken: datetime) -> int:
    """Microseconds since the year 1 on the camera's own clock, for ordering.

    The zone, where a file names one, is left out: times with and without a zone are in one order only so, and all
    pictures of a day stand together, as days are shown.
    """
    return (taken.replace(tzinfo=None) - datetime.min) // timedelta(microseconds=1)


class Images:
    """The pictures; reached as `library.images`.

    Parameters
    ----------
    forgetting : sequence of callables
        Told the ids before images are forgotten, for what is stored elsewhere and names them.
    """

    def __init__(self, database: Database, forgetting: Sequence[Callable[[Sequence[str]], None]] = ()) -> None:
        self._database = database
        self._forgetting = forgetting
        self._held = revisions.Held(database, "images")

    def add(
        self, image: Image, *, files: Sequence[KnownFile], thumbnails: Mapping[int, bytes], mixture: Mixture
    ) -> None:
        """Add a new picture with all that belongs to it.

        Parameters
        ----------
        image : Image
            Its `paths` and `state` are derived from `files`, whatever they say.
        thumbnails : mapping of int to bytes
            Longest side in pixels to JPEG.

        Raises
        ------
        ValueError
            The library has an image with this id.
        """
        with self._database.transaction():
            state = best_state(file.state for file in files)
            try:
                with self._database.attempt():
                    self._database.insert_many(tables.Images, [_as_row(image, state)])
            except IntegrityError as error:
                raise ValueError(f"The library already has an image {image.id}.") from error
            sized = [_thumbnail(image.id, one) for one in thumbnails.items()]
            self._database.insert_many(tables.Thumbnails, sized)
            write_mixtures(self._database, [(image.id, mixture)])
            try:
                with self._database.attempt():
                    insert_files(self._database, files)
            except IntegrityError:  # another image holds one of the paths
                before = self._holders([file.path for file in files])
                write_files(self._database, files)
                refresh_states(self._database, before)

    def add_all(
        self, rows: Sequence[tuple[Image, KnownFile, Mixture]], thumbnails: Sequence[Mapping[int, bytes]] = ()
    ) -> None:
        """Add many new pictures at once, each with the one file that it is from, and with thumbnails as `add`, or none.

        Raises
        ------
        ValueError
            The library has an image with one of the ids, or another image holds one of the paths; none is added.
        """
        database = self._database
        try:
            with database.transaction(), database.attempt():
                images = [_as_row(image, best_state([file.state])) for image, file, _ in rows]
                database.insert_many(tables.Images, images)
                sized = zip(rows, thumbnails or [{}] * len(rows), strict=True)
                small = [(image.id, one) for (image, *_), sizes in sized for one in sizes.items()]
                database.insert_many(tables.Thumbnails, [_thumbnail(*one) for one in small])
                write_mixtures(database, [(image.id, mixture) for image, _, mixture in rows])
                insert_files(database, [file for _, file, _ in rows])
        except IntegrityError as error:
            raise ValueError("The library already has some of these images, or others at their paths.") from error

    def get(self, id_or_prefix: str) -> Image:
        """One picture, by its id or a unique prefix of 4 or more characters.

        Raises
        ------
        ImageNotFoundError
            No picture, or too short a prefix.
        AmbiguousImageError
            Several pictures.
        """
        images = tables.Images
        with self._database.snapshot():
            found = self._where(images.id == id_or_prefix)
            return found[0] if found else self._by_prefix(id_or_prefix)

    def _by_prefix(self, prefix: str) -> Image:
        images = tables.Images
        lower = prefix.lower()
        if len(lower) < LEAST_PREFIX or not re.fullmatch("[0-9a-f]+", lower):
            raise ImageNotFoundError(
                f"No image {prefix!r} in the library. An id has 64 characters 0-9 a-f; {LEAST_PREFIX} or more will do."
            )
        found = self._where((images.id >= lower) & (images.id < lower + "g"), limit=4)
        if not found:
            raise ImageNotFoundError(f"No image of the library has an id that begins with {prefix}.")
        if len(found) > 1:
            some = ", ".join(image.id[: max(len(lower) + 4, 12)] for image in found[:3])
            more = " and others" if len(found) > 3 else ""
            raise AmbiguousImageError(
                f"Several images have an id that begins with {prefix}: {some}{more}. Give more of it."
            )
        return found[0]

    def find_path(self, path: bytes) -> Image | None:
        """The picture that a path holds, or held when it was last seen."""
        files = tables.Files
        holder = files.select(files.image_id).where(files.path == path)
        return self._first(tables.Images.id.in_(holder))

    def by_sha256(self, sha256: str) -> Image | None:
        """The picture of a file with these bytes: first seen as it, or holding it since its metadata changed."""
        files, images = tables.Files, tables.Images
        holder = files.select(files.image_id).where((files.sha256 == sha256) & files.image_id.is_null(False))
        return self._first(images.id == sha256) or self._first(images.id.in_(holder))

    def by_pixel_hash(self, pixel_hash: str) -> tuple[Image, ...]:
        """Pictures with the same pixels, in the order of adding."""
        with self._database.snapshot():
            return tuple(self._where(tables.Images.pixel_hash == pixel_hash, tables.Images.serial))

    def pixel_hashes(self) -> list[tuple[str, str]]:
        """Id and hash of the pixels of those pictures that share it with others, in the order of adding."""
        images = tables.Images
        shared = images.select(images.pixel_hash).group_by(images.pixel_hash).having(fn.COUNT(images.serial) > 1)
        query = images.select(images.id, images.pixel_hash).where(images.pixel_hash.in_(shared))
        return self._database.rows(query.order_by(images.serial))

    def held(self, sha256: Sequence[str], pixel_hashes: Sequence[str]) -> set[str]:
        """Which of these hashes of files and of pixels `by_sha256` and `by_pixel_hash` would find."""
        images, files = tables.Images, tables.Files
        asked = (
            (images.select(images.id), images.id, sha256),
            (files.select(files.sha256).where(files.image_id.is_null(False)), files.sha256, sha256),
            (images.select(images.pixel_hash), images.pixel_hash, pixel_hashes),
        )
        with self._database.snapshot():
            return {
                found
                for query, column, hashes in asked
                for part in chunks(hashes)
                for (found,) in self._database.rows(query.where(column.in_(part)))
            }

    def page(
        self, *, limit: int, cursor: str | None = None, order: Order = "taken"
    ) -> tuple[tuple[Image, ...], str | None]:
        """Some pictures, newest first, and the cursor of the next ones (None at the end).

        Each picture comes on exactly one page, whatever is added or forgotten between two requests.

        Parameters
        ----------
        cursor : str, optional
            As an earlier page with the same order gave it.

        Raises
        ------
        UsageError
            A cursor that no page gave, or a limit below 1.
        """
        if limit < 1:
            raise UsageError(f"limit is {limit}, but must be 1 or more.")
        images, key = tables.Images, _KEYS[order]
        condition = None
        if cursor is not None:
            at, image_id = cursors.read(cursor)
            condition = (key <= at) & ((key < at) | (images.id < image_id))  # the first half is a range of the index
        with self._database.snapshot():
            query = images.select(*_COLUMNS, key).order_by(key.desc(), images.id.desc()).limit(limit + 1)
            rows = self._database.rows(query if condition is None else query.where(condition))
            page = tuple(self._complete([row[:-1] for row in rows[:limit]]))
        following = cursors.write(rows[limit - 1][-1], rows[limit - 1][0]) if len(rows) > limit else None
        return page, following

    def many(self, ids: Sequence[str]) -> list[Image]:
        """Pictures in the order of `ids`; ids that the library does not have are passed over."""
        with self._database.snapshot():
            found = {image.id: image for image in self._complete(self._database.rows_of(_of_ids, ids))}
        return [found[image_id] for image_id in ids if image_id in found]

    def ids(self, all: bool = False) -> list[str]:
        """Ids in the order of adding: without the missing ones, unless `all`; remembered until pictures change."""
        return list(self._held.get(("ids", all), lambda: self._read_ids(all)))

    def _read_ids(self, all: bool) -> list[str]:
        images = tables.Images
        query = images.select(images.id).order_by(images.serial)
        if not all:
            query = query.where(images.state != "missing")
        return [image_id for (image_id,) in self._database.rows(query)]

    def count(self, state: str | None = None) -> int:
        """How many pictures, of one state or of all; remembered until pictures change."""
        query = tables.Images.select(fn.COUNT(tables.Images.serial))
        if state is not None:
            query = query.where(tables.Images.state == state)
        return int((self._held.get(("count", state), lambda: self._database.row(query)) or (0,))[0])

    def thumbnail(self, image_id: str, size: int) -> bytes:
        """A thumbnail with a longest side of `size` pixels, or the next larger one there is, or the largest.

        Raises
        ------
        ImageNotFoundError
            No picture has this full id.
        """
        thumbnails = tables.Thumbnails
        nearest = Case(None, ((thumbnails.size < size, thumbnails.size * -1),), thumbnails.size - 2**31)
        row = self._database.row(
            thumbnails.select(thumbnails.data).where(thumbnails.image_id == image_id).order_by(nearest).limit(1)
        )
        if row is None:
            raise ImageNotFoundError(f"No thumbnail of an image {image_id} in the library.")
        return bytes(row[0])

    def has_thumbnail(self, ids: Sequence[str]) -> bool:
        """Whether any of these pictures has a thumbnail, by full ids."""
        query = tables.Thumbnails.select(tables.Thumbnails.size).limit(1)
        return any(self._database.row(query.where(tables.Thumbnails.image_id.in_(part))) for part in chunks(ids))

    def brief(self, ids: Sequence[str]) -> list[tuple[int, int, int, str]]:
        """Of each picture when it was taken (microseconds since the year 1), width, height and mean colour.

        Raises
        ------
        ImageNotFoundError
            An id that the library does not have.
        """
        images = tables.Images
        query = images.select(images.id, images.taken_key, images.width, images.height, images.colour)
        few = len(ids) <= 1000  # one pass over all costs less than many searches
        queries = [query.where(images.id.in_(part)) for part in chunks(ids)] if few else [query]
        found = {row[0]: row[1:] for one in queries for row in self._database.rows(one)}
        try:
            return [found[image_id] for image_id in ids]
        except KeyError as error:
            raise ImageNotFoundError(f"No image {error.args[0]} in the library.") from None

    def away(self, state: Literal["missing", "offline"] | None = None) -> set[str]:
        """Ids of pictures whose files are not there now: missing, offline, or both without `state`."""
        where = tables.Images.state != "present" if state is None else tables.Images.state == state
        query = tables.Images.select(tables.Images.id).where(where)
        return {image_id for (image_id,) in self._held.get(("away", state), lambda: self._database.rows(query))}

    def days(self) -> list[tuple[str, int]]:
        """Each day with pictures by the cameras' clocks: ISO date and count, newest first."""
        day = tables.Images.taken_key / DAY
        first = SQL("1")  # by its place: PostgreSQL cannot know that two parameters hold the same number
        query = tables.Images.select(day, fn.COUNT(tables.Images.serial)).group_by(first).order_by(SQL("1 DESC"))
        return [(date.fromordinal(number + 1).isoformat(), count) for number, count in self._database.rows(query)]

    def neighbours_by_date(self, image_id: str, n: int) -> list[Image]:
        """The picture with the `n` taken before it and the `n` after it, earliest first.

        Raises
        ------
        ImageNotFoundError
            No picture has this full id.
        """
        images = tables.Images
        place, key = (images.taken_key, images.id), images.taken_key
        with self._database.snapshot():
            row = self._database.row(images.select(*place).where(images.id == image_id))
            if row is None:
                raise ImageNotFoundError(f"No image {image_id} in the library.")
            before = (key <= row[0]) & ((key < row[0]) | (images.id < image_id))
            after = (key >= row[0]) & ((key > row[0]) | (images.id > image_id))
            earlier = self._where(before, key.desc(), images.id.desc(), limit=n)
            own = self._where(images.id == image_id)
            return [*reversed(earlier), *own, *self._where(after, *place, limit=n)]

    def forget(self, ids: Iterable[str]) -> int:
        """Remove pictures and everything that was derived from them; returns how many there were."""
        ids = list(ids)
        with self._database.transaction():
            for tell in self._forgetting:
                tell(ids)
            where = (tables.Images.id.in_(part) for part in chunks(ids))
            return sum(self._database.run(tables.Images.delete().where(condition)) for condition in where)

    def _holders(self, paths: Sequence[bytes]) -> list[str]:
        files = tables.Files
        query = files.select(files.image_id)
        return [image for part in chunks(paths) for (image,) in self._database.rows(query.where(files.path.in_(part)))]

    def _first(self, condition: Any) -> Image | None:
        with self._database.snapshot():
            found = self._where(condition, tables.Images.serial, limit=1)
        return found[0] if found else None

    def _where(self, condition: Any, *order: Any, limit: int | None = None) -> list[Image]:
        query = tables.Images.select(*_COLUMNS).where(condition).order_by(*order).limit(limit)
        return self._complete(self._database.rows(query))

    def _complete(self, rows: Sequence[Row]) -> list[Image]:
        """Join rows of images with their paths: those that are there first, then in the order of adding."""
        paths: dict[str, list[bytes]] = defaultdict(list)
        for image_id, path in self._database.rows_of(paths_of, (row[0] for row in rows)):
            paths[image_id].append(path)
        return [_as_image(row, tuple(paths[row[0]])) for row in rows]


def _of_ids(ids: Sequence[str]) -> Any:
    return tables.Images.select(*_COLUMNS).where(tables.Images.id.in_(ids))


def _thumbnail(image_id: str, one: tuple[int, bytes]) -> dict[str, Any]:
    return {"image_id": image_id, "size": one[0], "data": one[1]}


def _as_row(image: Image, state: str) -> dict[str, Any]:
    return {
        "id": image.id,
        "width": image.width,
        "height": image.height,
        "taken": image.taken.at.isoformat(),
        "taken_key": taken_key(image.taken.at),
        "taken_source": image.taken.source,
        "format": image.format,
        "size": image.size,
        "pixel_hash": image.pixel_hash,
        "colour": image.colour,
        "added": image.added.isoformat(),
        "facts": json.dumps(dict(image.facts)),
        "state": state,
    }


def _as_image(row: Row, paths: tuple[bytes, ...]) -> Image:
    image_id, width, height, taken, source, kind, size, pixel_hash, colour, added, facts, state = row
    return Image(
        id=image_id,
        paths=paths,
        width=width,
        height=height,
        taken=Taken(datetime.fromisoformat(taken), source),
        format=kind,
        size=size,
        pixel_hash=pixel_hash,
        colour=colour,
        added=datetime.fromisoformat(added),
        facts=json.loads(facts),
        state=state,
    )
