"""The schema's history: each function brings a database one step on, and never changes once it was released."""

import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from leitmotiv.errors import LibraryDamagedError, LibraryTooNewError
from leitmotiv.store import (
    schema_of_activations,
    schema_of_boards,
    schema_of_captions,
    schema_of_comparisons,
    schema_of_evolutions,
    schema_of_forgotten,
    schema_of_measures,
    schema_of_placed,
    schema_of_ratings,
)
from leitmotiv.store.database import Connection

APPLICATION_ID = 0x6C656974  # "leit", so that `file` and we know our databases
Migration = Callable[[Connection], None]


def m001_images_files_clusters_jobs(database: Connection) -> None:
    """Make the first schema."""
    for statement in _M001.split(";"):
        database.execute(statement)


_M001 = """
CREATE TABLE images (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    taken TEXT NOT NULL,
    taken_key INTEGER NOT NULL,
    taken_source TEXT NOT NULL,
    format TEXT NOT NULL,
    size INTEGER NOT NULL,
    pixel_hash TEXT NOT NULL,
    colour TEXT NOT NULL,
    added TEXT NOT NULL,
    facts TEXT NOT NULL,
    state TEXT NOT NULL
);
CREATE INDEX images_by_taken ON images (taken_key, id);
CREATE INDEX images_by_pixels ON images (pixel_hash);
CREATE INDEX images_by_state ON images (state, serial, id);
CREATE TABLE files (
    serial INTEGER PRIMARY KEY,
    path BLOB NOT NULL UNIQUE,
    image_id TEXT REFERENCES images (id) ON DELETE CASCADE,
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns TEXT NOT NULL,
    state TEXT NOT NULL
);
CREATE INDEX files_by_image ON files (image_id, state);
CREATE INDEX files_by_sha256 ON files (sha256);
CREATE TABLE thumbnails (
    image_id TEXT NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    size INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (image_id, size)
);
CREATE TABLE mixtures (
    image_id TEXT NOT NULL PRIMARY KEY REFERENCES images (id) ON DELETE CASCADE,
    components INTEGER NOT NULL,
    dimensions INTEGER NOT NULL,
    colour_space TEXT NOT NULL,
    parameters BLOB NOT NULL
);
CREATE TABLE folders (
    path BLOB NOT NULL PRIMARY KEY,
    include TEXT NOT NULL,
    exclude TEXT NOT NULL,
    added TEXT NOT NULL
);
CREATE TABLE failures (
    path BLOB NOT NULL PRIMARY KEY,
    reason TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE TABLE clusters (
    revision INTEGER PRIMARY KEY AUTOINCREMENT,
    digest TEXT NOT NULL,
    ids TEXT NOT NULL,
    labels BLOB NOT NULL,
    exemplars BLOB NOT NULL,
    distances BLOB NOT NULL,
    merges BLOB NOT NULL,
    heights BLOB NOT NULL,
    default_count INTEGER NOT NULL,
    preference REAL,
    cost REAL,
    at TEXT NOT NULL
);
CREATE TABLE cluster_names (
    node INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL
);
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    state TEXT NOT NULL,
    phase TEXT NOT NULL,
    done INTEGER NOT NULL,
    total INTEGER NOT NULL,
    rate REAL NOT NULL,
    remaining REAL,
    failures INTEGER NOT NULL,
    message TEXT NOT NULL,
    started TEXT NOT NULL,
    finished TEXT,
    pid INTEGER NOT NULL,
    process TEXT NOT NULL
);
CREATE INDEX jobs_by_state ON jobs (state)
"""


def m002_places_in_units_of_the_longest_side(database: Connection) -> None:
    """Measure x and y of every mixture by the picture's longest side, about its middle, and keep its shape beside it.

    A mixture lies in its own scaled space, and only the last of its numbers, shift and scale, lead out of it. So what
    was fitted with x and y as shares of width and height becomes, without a new fit, what a fit in the new units finds.
    """
    database.execute("ALTER TABLE mixtures ADD COLUMN aspect REAL NOT NULL DEFAULT 1.0")
    sizes = "SELECT image_id, width, height FROM mixtures JOIN images ON images.id = image_id"
    for image_id, width, height in database.execute(sizes).fetchall():
        row = database.execute("SELECT dimensions, parameters FROM mixtures WHERE image_id = ?", (image_id,))
        dimensions, blob = row.fetchone()
        end = len(blob) - 16 * dimensions
        if end < 0:  # a damaged one stays so: reading it names the picture and the remedy
            continue
        shift, scale = np.frombuffer(blob[end:], "<f8").reshape(2, dimensions).copy()
        sides = np.array([width, height]) / max(width, height)
        shift[:2] = 0.5 + (shift[:2] - 0.5) * sides
        scale[:2] *= sides
        moved = blob[:end] + np.concatenate([shift, scale]).astype("<f8").tobytes()
        update = "UPDATE mixtures SET parameters = ?, aspect = ? WHERE image_id = ?"
        database.execute(update, (moved, width / height, image_id))


def m003_ratings_selections_changes(database: Connection) -> None:
    """Add what a person says about pictures, the journal that undoes it, and numbers that tell when a table changed."""
    for statement in _M003.split(";"):
        database.execute(statement)
    count_changes(database, "images", "files", "ratings", "selections")


def count_changes(database: Connection, *tables: str) -> None:
    """Have the database count every change of these tables, whichever process makes it; see `Library.revision`."""
    for table in tables:
        database.execute("INSERT INTO revisions (name, number) VALUES (?, 0)", (table,))
        for event in ("INSERT", "UPDATE", "DELETE"):
            database.execute(
                f"CREATE TRIGGER {table}_{event.lower()}_counts AFTER {event} ON {table} BEGIN "
                f"UPDATE revisions SET number = number + 1 WHERE name = '{table}'; END"
            )


_M003 = """
CREATE TABLE ratings (
    image_id TEXT NOT NULL PRIMARY KEY REFERENCES images (id) ON DELETE CASCADE,
    stars INTEGER NOT NULL DEFAULT 0,
    favourite INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0,
    label TEXT NOT NULL DEFAULT ''
);
CREATE TABLE selections (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    query TEXT,
    ids TEXT,
    at TEXT NOT NULL
);
CREATE TABLE changes (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL,
    at TEXT NOT NULL,
    edits TEXT NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE revisions (
    name TEXT NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL
)
"""


def m004_grain_of_the_trends(database: Connection) -> None:
    """Give the trends a place for the number of them that a person asked for."""
    database.execute("ALTER TABLE clusters ADD COLUMN grain TEXT")


def m005_copies(database: Connection) -> None:
    """Keep pairs of copies, what was decided about them, and which files went to the trash."""
    for statement in _M005.split(";"):
        database.execute(statement)
    count_changes(database, "copies", "copy_decisions", "copy_denials")


_M005 = """
CREATE TABLE copies (
    left TEXT NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    right TEXT NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    score REAL NOT NULL,
    sure INTEGER NOT NULL,
    mirrored INTEGER NOT NULL,
    grey INTEGER NOT NULL,
    inside TEXT NOT NULL,
    box TEXT NOT NULL,
    correlation REAL NOT NULL,
    divergence REAL NOT NULL,
    bits INTEGER NOT NULL,
    keypoints INTEGER,
    PRIMARY KEY (left, right)
);
CREATE INDEX copies_by_right ON copies (right);
CREATE TABLE copies_seen (
    image_id TEXT NOT NULL PRIMARY KEY REFERENCES images (id) ON DELETE CASCADE,
    revision TEXT NOT NULL
);
CREATE TABLE copy_decisions (
    member TEXT NOT NULL PRIMARY KEY,
    image_id TEXT NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    decision TEXT NOT NULL
);
CREATE INDEX copy_decisions_by_image ON copy_decisions (image_id);
CREATE TABLE copy_denials (
    left TEXT NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    right TEXT NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    at TEXT NOT NULL,
    PRIMARY KEY (left, right)
);
CREATE INDEX copy_denials_by_right ON copy_denials (right);
CREATE TABLE removals (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    plan TEXT NOT NULL,
    image_id TEXT NOT NULL,
    path BLOB NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    trashed BLOB,
    note BLOB,
    state TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE INDEX removals_by_plan ON removals (plan, serial)
"""


def m006_columns_of_catalogues(database: Connection) -> None:
    """Add the columns of tables that others made about pictures."""
    database.execute(
        "CREATE TABLE catalogue_columns (name TEXT NOT NULL PRIMARY KEY, place INTEGER NOT NULL, kind TEXT NOT NULL, "
        "source TEXT NOT NULL, at TEXT NOT NULL, entries TEXT NOT NULL)"
    )
    count_changes(database, "catalogue_columns")


def m007_queue(database: Connection) -> None:
    """Let jobs wait, rest and begin again: what they were asked to do stands in their row."""
    for column in (
        "parameters TEXT",  # JSON; null where a job cannot be repeated
        "queue INTEGER NOT NULL DEFAULT 0",  # whether it is the worker's
        "priority INTEGER NOT NULL DEFAULT 0",
        "attempts INTEGER NOT NULL DEFAULT 0",
        "control TEXT NOT NULL DEFAULT ''",  # what a person wishes of one that runs: pause, cancel
    ):
        database.execute(f"ALTER TABLE jobs ADD COLUMN {column}")


def m008_edits_of_trends(database: Connection) -> None:
    """Add what a person says about trends."""
    database.execute(_M008)
    count_changes(database, "trend_edits")


_M008 = """
CREATE TABLE trend_edits (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    ids TEXT NOT NULL DEFAULT '[]',
    parts TEXT NOT NULL DEFAULT '[]',
    at TEXT NOT NULL
)
"""


def m009_boards(database: Connection) -> None:
    """Add mood boards: their pictures, what they learnt, and pictures that were handed in to them."""
    for statement in schema_of_boards.SCHEMA.split(";"):
        database.execute(statement)
    count_changes(database, "boards", "board_examples", "board_snapshots")


def m010_activations(database: Connection) -> None:
    """Add what the backbone makes of pictures; serials are not used twice, so that new rows are found by theirs."""
    for statement in schema_of_activations.SCHEMA.split(";"):
        database.execute(statement)
    count_changes(database, "activations")


def m011_imported_ratings(database: Connection) -> None:
    """Add sets of ratings that others gave, and what the backbone makes of the pictures that they are about."""
    for statement in schema_of_ratings.SCHEMA.split(";"):
        database.execute(statement)
    count_changes(database, "rating_sets")


def m012_captions(database: Connection) -> None:
    """Add texts about pictures, and what a person chooses for a library alone."""
    for statement in schema_of_captions.SCHEMA.split(";"):
        database.execute(statement)
    count_changes(database, "captions", "choices")


def m013_evolutions(database: Connection) -> None:
    """Add designs that evolve, round by round, and the votes that people gave in between."""
    for statement in schema_of_evolutions.SCHEMA.split(";"):
        database.execute(statement)


def m014_measures(database: Connection) -> None:
    """Add technical measures of pictures."""
    database.execute(schema_of_measures.SCHEMA)
    count_changes(database, "measures")


def m015_comparisons(database: Connection) -> None:
    """Add which of two pictures a person prefers."""
    database.execute(schema_of_comparisons.SCHEMA)
    count_changes(database, "comparisons")


def m016_bound_of_the_trends(database: Connection) -> None:
    """Give the trends a place for what any choice of them would cost at least."""
    database.execute("ALTER TABLE clusters ADD COLUMN bound REAL")


def m017_forgotten_pictures(database: Connection) -> None:
    """Add the log of forgetting, which other machines follow."""
    database.execute(schema_of_forgotten.SCHEMA)


def m018_placed_pictures(database: Connection) -> None:
    """Add the pictures that joined the clusters since these were found, and tell of which pictures clusters know."""
    database.execute(schema_of_placed.SCHEMA)
    count_changes(database, "placed")
    database.execute("ALTER TABLE clusters ADD COLUMN up_to INTEGER")
    database.execute("ALTER TABLE clusters ADD COLUMN unplaced TEXT")


MIGRATIONS: tuple[Migration, ...] = (
    m001_images_files_clusters_jobs,
    m002_places_in_units_of_the_longest_side,
    m003_ratings_selections_changes,
    m004_grain_of_the_trends,
    m005_copies,
    m006_columns_of_catalogues,
    m007_queue,
    m008_edits_of_trends,
    m009_boards,
    m010_activations,
    m011_imported_ratings,
    m012_captions,
    m013_evolutions,
    m014_measures,
    m015_comparisons,
    m016_bound_of_the_trends,
    m017_forgotten_pictures,
    m018_placed_pictures,
)


def pending(database: Connection, folder: Path, known: Sequence[Migration] = MIGRATIONS) -> list[Migration]:
    """Give the migrations that a database still lacks, in order; nothing is changed.

    Raises
    ------
    LibraryTooNewError
        It names a migration, or has a schema number, that this program does not know.
    LibraryDamagedError
        It is a database of another program.
    """
    tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "migrations" not in tables:
        if tables:
            raise LibraryDamagedError(
                f"The database in {folder} is not one of leitmotiv. Move it away, or name another folder with "
                "--library."
            )
        return list(known)
    done = {name for (name,) in database.execute("SELECT name FROM migrations")}
    (number,) = database.execute("PRAGMA user_version").fetchone()
    unknown = done.difference(step.__name__ for step in known)
    if unknown or number > len(known):
        what = ", ".join(sorted(unknown)) or f"schema {number}"
        raise LibraryTooNewError(
            f"The library {folder} was written by a newer leitmotiv ({what}). Update leitmotiv, or name another "
            "library with --library. Nothing was changed."
        )
    return [step for step in known if step.__name__ not in done]


def migrate(database: Connection, folder: Path, known: Sequence[Migration] = MIGRATIONS) -> Path | None:
    """Run what is pending, each step whole or not at all; the caller holds the writer lock.

    Returns
    -------
    Path or None
        The copy that was made before, and that replaces older copies; None for a new database, one of a server, or
        where nothing was pending.
    """
    steps = pending(database, folder, known)
    if not steps:
        return None
    before = len(known) - len(steps)
    copy = None
    if before and isinstance(database, sqlite3.Connection):  # a server's database is copied by its own programs
        copy = backup(database, folder / "backups" / f"leitmotiv-schema-{before}.db")
    for number, step in enumerate(steps, before + 1):
        database.execute("BEGIN IMMEDIATE")
        try:
            if number == 1:
                database.execute("CREATE TABLE migrations (name TEXT NOT NULL PRIMARY KEY, at TEXT NOT NULL)")
                database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            step(database)
            stamp = datetime.now(UTC).isoformat(timespec="seconds")
            database.execute("INSERT INTO migrations (name, at) VALUES (?, ?)", (step.__name__, stamp))
            database.execute(f"PRAGMA user_version = {number}")
            database.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(Exception):
                database.execute("ROLLBACK")
            raise
    for old in (folder / "backups").glob("leitmotiv-schema-*.db"):
        if copy is not None and old != copy:
            old.unlink(missing_ok=True)
    return copy


def backup(database: sqlite3.Connection, path: Path) -> Path:
    """Copy a database, as it is now, to `path`; a copy that did not finish leaves no file."""
    path.parent.mkdir(exist_ok=True)
    part = path.with_suffix(".part")
    try:
        with contextlib.closing(sqlite3.connect(part)) as copy:
            database.backup(copy)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return path
