"""The library folder and the way into it: opening, the writer lock, transactions, and the parts that hold the data."""

import contextlib
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Self

from leitmotiv.errors import LeitmotivError, MissingExtraError, NotALibraryError
from leitmotiv.settings import cache_folder
from leitmotiv.store import library_file, revisions, sqlite
from leitmotiv.store.activations import Activations
from leitmotiv.store.arrays import Arrays
from leitmotiv.store.boards import Boards
from leitmotiv.store.captions import Captions
from leitmotiv.store.catalogue import Catalogue
from leitmotiv.store.changes import Changes
from leitmotiv.store.choices import Choices
from leitmotiv.store.clusters import ClusterTree
from leitmotiv.store.comparisons import Comparisons
from leitmotiv.store.database import Database
from leitmotiv.store.duplicates import Duplicates
from leitmotiv.store.evolutions import Evolutions
from leitmotiv.store.explain import closed_off, from_system
from leitmotiv.store.exports import Exports
from leitmotiv.store.eyes import EyesFolder
from leitmotiv.store.files import Failures, Files, Folders
from leitmotiv.store.forgotten import Following, Forgotten
from leitmotiv.store.images import Images
from leitmotiv.store.jobs import Jobs
from leitmotiv.store.library_file import Places
from leitmotiv.store.measures import Measures
from leitmotiv.store.metadata import Metadata
from leitmotiv.store.mixtures import Mixtures
from leitmotiv.store.models import Models
from leitmotiv.store.placed import PlacedPictures
from leitmotiv.store.rating_sets import RatingSets
from leitmotiv.store.ratings import Ratings
from leitmotiv.store.selections import Selections
from leitmotiv.store.sights import Sights
from leitmotiv.store.sprites import Sprites
from leitmotiv.store.trend_edits import TrendEdits

NAME = "leitmotiv.db"
WRITER_WAIT_S = 5.0
_HARMLESS = frozenset(
    {"arrays", "backups", "exports", "models", "plans", "secrets", "library.toml", "lost+found", "desktop.ini"}
)


@dataclass(frozen=True)
class Source:
    """Where another process, or another machine, finds a library; it may be sent there."""

    folder: Path
    database: str | None


class Library:
    """An open library: the one object through which everything under its folder is read and written.

    Several threads may use it, and several processes may have it open; `writer` keeps them from writing at once.

    Durability: a committed transaction survives the end of its process at any moment. A loss of power leaves a whole
    library too, which may lack the transactions of the last moments; adding the same folders again brings them back.

    Attributes
    ----------
    folder : Path
    images, files, folders, failures, mixtures, clusters, jobs, arrays, catalogue, ratings, selections, trend_edits,
    changes, exports, duplicates, activations, measures, comparisons, boards, rating_sets, models, eyes, captions,
    choices, evolutions, forgotten, placed
        The parts; see their classes.
    sprites, sights
        Sheets of small pictures; small pictures through eyes.
    places : Places
        Where `library.toml` says that the database and the arrays are kept.
    """

    def __init__(self, folder: Path, database: Database, places: Places) -> None:
        self.folder = folder
        self.places = places
        self._database = database
        self._lock = database.lock("write")
        self.mixtures = Mixtures(database)
        self.activations = Activations(database)
        self.measures = Measures(database)
        self.comparisons = Comparisons(database)
        self.placed = PlacedPictures(database)
        self.clusters = ClusterTree(database, self.placed)
        self.forgotten = Forgotten(database)
        self.arrays = _arrays(folder, places, self.forgotten)
        self.sprites = Sprites(folder / "arrays" / "sprites", self._follow)
        self.sights = Sights(folder / "arrays" / "sights", self._follow)
        shown = (self.sprites.forget, self.sights.forget)
        self._following = Following(self.forgotten, folder / "arrays" / "forgotten", shown)
        self.boards = Boards(database)
        self.catalogue = Catalogue(database, self.arrays)
        told = (self.boards.keep_seen, self.arrays.forget, self.catalogue.forget, self.clusters.forget)
        self.images = Images(database, (self.forgotten.note, *told, *shown))
        self.files = Files(database)
        self.folders = Folders(database)
        self.failures = Failures(database)
        self.jobs = Jobs(database)
        self.ratings = Ratings(database)
        self.selections = Selections(database)
        self.trend_edits = TrendEdits(database)
        self.metadata = Metadata(database)
        self.changes = Changes(database)
        self.exports = Exports(folder / "exports")
        self.duplicates = Duplicates(database)
        self.rating_sets = RatingSets(database)
        self.evolutions = Evolutions(database)
        self.models = Models(folder / "models")
        self.eyes = EyesFolder(folder / "models" / "eyes")
        self.captions = Captions(database)
        self.choices = Choices(database)

    @classmethod
    def open(cls, folder: Path, *, create: bool = True) -> Self:
        """Open the library in a folder, after bringing its schema up to date (a copy is kept first).

        Parameters
        ----------
        create : bool
            Whether a library is made where the folder is empty or not there.

        Raises
        ------
        NotALibraryError
            The folder has other things in it, or there is no library and `create` is false.
        LibraryTooNewError, LibraryDamagedError
            Nothing was touched.
        LibraryLockedError
            Its schema has to change, and another process is writing.
        PermissionDeniedError, DiskFullError
        """
        folder = Path(folder).absolute()
        path = folder / NAME
        places = library_file.read(folder)
        if places.database is not None:
            opened = cls(folder, _of_server(places.database, folder, create), places)
            opened._follow()
            return opened
        if not os.path.exists(path):  # noqa: PTH110 - Path.exists raises in a folder that is closed to us
            _make_folder(folder, create)
        return cls(folder, sqlite.opened(path), places)

    def _follow(self) -> None:
        """Leave no small pictures on this machine of what another one forgot."""
        self._following.follow()

    @property
    def writable(self) -> bool:
        """Whether this process may write to it; reading works on a disk that is read-only, too."""
        return self._database.mode == "rw"

    @property
    def source(self) -> Source:
        """Where another process finds it."""
        return Source(self.folder, self.places.database)

    @contextlib.contextmanager
    def writer(self, purpose: str, *, wait: float = WRITER_WAIT_S) -> Iterator[None]:
        """Be the one writer of this library, over all processes, while the block runs.

        Parameters
        ----------
        purpose : str
            What for, as another process will be told: "adding pictures".
        wait : float
            Seconds to wait for another writer.

        Raises
        ------
        LibraryLockedError
            Another process, or another thread, is still writing; the text names it.
        PermissionDeniedError
            The library is only readable.
        """
        if not self.writable:
            raise self._database.refusal(self.folder)
        with self._lock.hold(purpose, wait):
            try:
                yield
            finally:
                with contextlib.suppress(LeitmotivError):
                    self._database.checkpoint()

    @contextlib.contextmanager
    def lone_worker(self) -> Iterator[None]:
        """Be the one process that does what the queue holds, while the block runs.

        Raises
        ------
        LibraryLockedError
            Another one does.
        """
        with self._database.lock("work").hold("working through the queue", 0.0):
            yield

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, for this thread; a transaction inside another is part of it.

        Raises
        ------
        DiskFullError, LibraryDamagedError, LibraryLockedError, PermissionDeniedError
            What was written inside is taken back.
        """
        with self._database.transaction():
            yield

    def revision(self, *names: str) -> tuple[int, ...]:
        """How often each of these tables was changed, by any process: what was derived from them holds as long.

        The tables that are counted are those that `migrations.count_changes` was told of.
        """
        found = revisions.numbers(self._database, names)
        return tuple(found[name] for name in names)

    def secret(self, name: str) -> str:
        """A random token of this library, made on first use and readable by its owner only."""
        if not re.fullmatch("[a-z0-9_-]+", name):
            raise ValueError(f"{name!r} is no name for a secret.")
        path = self.folder / "secrets" / name
        try:
            if token := path.read_text("ascii").strip():
                return token
            path.unlink()
        except FileNotFoundError:
            pass
        except OSError as error:
            raise closed_off(path) from error
        return _new_secret(path)

    def size(self) -> int:
        """Bytes that the whole folder takes on disk, and its database elsewhere."""
        total = self._database.bytes()
        for parent, _, names in os.walk(self.folder):
            for name in names:
                with contextlib.suppress(OSError):
                    total += Path(parent, name).lstat().st_size
        return total

    def close(self) -> None:
        """Close it; every thread has ended its work."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def mixtures_of(source: Source) -> Mixtures:
    """The mixtures of a library for one who only reads them; its tables are as they were found by whoever sent it."""
    if source.database is None:
        return Mixtures(sqlite.SqliteFile(source.folder / NAME, "ro"))
    return Mixtures(_postgres(source.folder).Postgres(source.database, source.folder))


def exists(folder: Path) -> bool:
    """Whether there is a library in a folder: its database, or the name of one."""
    try:
        return (folder / NAME).exists() or library_file.read(folder).database is not None
    except (LeitmotivError, OSError):
        return True  # opening it tells what is wrong


def _of_server(url: str, folder: Path, create: bool) -> Database:
    database: Database = _postgres(folder).opened(url, folder, create=create)
    return database


def _arrays(folder: Path, places: Places, forgotten: Forgotten) -> Arrays:
    if places.arrays is None:
        return Arrays(folder / "arrays", forgotten)
    try:
        from leitmotiv.store.shared_arrays import SharedArrays
    except ImportError as error:
        raise MissingExtraError(
            f"The library {folder} keeps its arrays on shared storage, for which a package is missing: pip install "
            "'leitmotiv[cluster]'"
        ) from error
    return SharedArrays(places.arrays, cache_folder(os.environ) / "arrays", forgotten)


def _postgres(folder: Path) -> ModuleType:
    """The module of servers, whose package is an extra."""
    try:
        from leitmotiv.store import postgres
    except ImportError as error:
        raise MissingExtraError(
            f"The library {folder} keeps its database on a server, for which a package is missing: pip install "
            "'leitmotiv[cluster]'"
        ) from error
    return postgres


def _make_folder(folder: Path, create: bool) -> None:
    if not create:
        raise NotALibraryError(
            f"There is no library at {folder}. Make one with `leitmotiv add-directory FOLDER`, or name another with "
            "--library."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        foreign = sorted(entry.name for entry in folder.iterdir() if not _is_ours(entry.name))
    except (FileExistsError, NotADirectoryError) as error:
        raise NotALibraryError(f"{folder} is a file, not a folder. Name another with --library.") from error
    except OSError as error:
        raise from_system(error, folder / NAME) or error from error
    if foreign:
        some = ", ".join(foreign[:3]).encode("utf-8", "replace").decode()
        raise NotALibraryError(
            f"The folder {folder} is no library and not empty (it has {some}). Name an empty or a new folder with "
            "--library."
        )


def _is_ours(name: str) -> bool:
    """Whether a file may lie in a folder without a database: hidden, or left over from a library of ours."""
    return name in _HARMLESS or name.startswith((".", "leitmotiv.db", "leitmotiv.lock"))


def _new_secret(path: Path) -> str:
    """Write a token with mode 0600; where another process was faster, its token counts."""
    part = path.with_name(f"{path.name}-{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(descriptor, secrets.token_urlsafe(24).encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        try:
            os.link(part, path)
        except FileExistsError:
            pass
        except OSError:
            part.replace(path)
        return path.read_text("ascii").strip()
    except OSError as error:
        raise from_system(error, path.parent) or error from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
