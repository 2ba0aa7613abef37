import contextlib
import sqlite3
from datetime import timedelta

import numpy as np
import pytest

from leitmotiv.analysis.mixture import fit_image
from leitmotiv.errors import DiskFullError, LibraryDamagedError, LibraryTooNewError
from leitmotiv.records import Mixture
from leitmotiv.store import migrations, tables
from leitmotiv.store import sqlite as opening
from leitmotiv.store.library import Library
from leitmotiv.store.mixtures import encode

from .conftest import sqlite_only
from .making import NOON, add
from .oldest import ID, write_oldest


def schema(path) -> list[tuple[str, ...]]:
    """Every table's columns, indices and references, and every index's columns, whatever the layout of the SQL."""
    found = []
    with contextlib.closing(sqlite3.connect(path)) as database:
        for kind, name in database.execute("SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_s%'"):
            for pragma in ("table_info", "foreign_key_list") if kind == "table" else ("index_info",):
                found += [(name, *map(str, row)) for row in database.execute(f"PRAGMA {pragma}({name})")]
    return sorted(found)


def m998_adds_a_column(database: sqlite3.Connection) -> None:
    database.execute("ALTER TABLE images ADD COLUMN stars INTEGER NOT NULL DEFAULT 0")


def m999_fills_it(database: sqlite3.Connection) -> None:
    database.execute("UPDATE images SET stars = 5")


def m999_fails(database: sqlite3.Connection) -> None:
    database.execute("UPDATE images SET stars = 5")
    raise ZeroDivisionError


def later(monkeypatch, *steps) -> None:
    """Let the program know further migrations."""
    known = (*migrations.MIGRATIONS, *steps)
    monkeypatch.setattr(migrations.pending, "__defaults__", (known,))
    monkeypatch.setattr(migrations.migrate, "__defaults__", (known,))


def ask(path, statement: str) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(path)) as database:
        return database.execute(statement).fetchall()


def test_the_names_of_migrations_are_in_order():
    numbers = [int(step.__name__[1:4]) for step in migrations.MIGRATIONS]
    assert numbers == list(range(1, len(numbers) + 1))
    assert all(step.__doc__ for step in migrations.MIGRATIONS)


def test_a_new_library_and_the_oldest_one_end_with_the_same_schema(tmp_path):
    old = write_oldest(tmp_path / "old")
    for name in ("old", "new"):
        Library.open(tmp_path / name).close()
    assert schema(old) == schema(tmp_path / "new" / "leitmotiv.db")


@sqlite_only
def test_the_models_name_the_columns_of_the_schema(library, folder):
    for table in tables.TABLES:
        names = {row[1] for row in ask(folder / "leitmotiv.db", f"PRAGMA table_info({table._meta.table_name})")}
        assert {field.column_name for field in table._meta.sorted_fields} == names
    stored = ask(
        folder / "leitmotiv.db", "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    )
    assert {name for (name,) in stored} == {table._meta.table_name for table in tables.TABLES}


def test_the_rows_of_the_oldest_library_are_read(tmp_path):
    write_oldest(tmp_path / "old")
    with Library.open(tmp_path / "old") as library:
        image = library.images.get(ID)
        assert (image.width, image.height, image.facts, image.colour) == (640, 480, {"Camera": "GR"}, "#102030")
        assert image.paths == (b"/photos/\xff.jpg",)
        assert image.taken.at.replace(tzinfo=None) == NOON
        assert image.taken.at.utcoffset() == timedelta(hours=2)
        mixture = library.mixtures.get(ID)
        np.testing.assert_array_equal(mixture.cholesky, [[[0.5, 0], [0.25, 2]]])
        # 640 x 480, so that y is measured by four thirds of the height now, from the middle.
        np.testing.assert_array_equal(mixture.shift, [3, 0.5 + (4 - 0.5) * 0.75])
        np.testing.assert_array_equal(mixture.scale, [5, 6 * 0.75])
        assert mixture.aspect == 640 / 480
        assert library.images.thumbnail(ID, 256) == b"WebP"
        assert library.images.days() == [("2024-05-17", 1)]
        assert library.files.known([b"/photos"])[b"/photos/\xff.jpg"].mtime_ns == 1700000000123456789
        assert library.folders.list() == [(b"/photos", ("*.jpg",), ())]
        assert library.failures.list()[0].reason == "it is empty"
        assert library.clusters.get().ids == (ID,)
        assert library.clusters.names() == {0: "dusk"}
        assert library.jobs.list()[0].state == "done"
        library.images.forget([ID])
        add(library, 1)


@pytest.mark.parametrize(("width", "height"), [(90, 40), (40, 90), (50, 50), (64, 1), (1, 1)])
def test_a_mixture_of_the_oldest_library_becomes_what_a_new_fit_finds(tmp_path, width, height):
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3)).astype(np.uint8)
    wanted = fit_image(pixels)
    sides = np.array(wanted.frame)
    shift, scale = wanted.shift.copy(), wanted.scale.copy()
    shift[:2], scale[:2] = 0.5 + (shift[:2] - 0.5) / sides, scale[:2] / sides  # as the first schema had them
    old = Mixture(wanted.weights, wanted.means, wanted.cholesky, shift, scale)
    path = write_oldest(tmp_path / "old")
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE images SET width = ?, height = ?", (width, height))
        values = (len(old), 5, encode(old))
        database.execute("UPDATE mixtures SET components = ?, dimensions = ?, parameters = ?", values)
        database.commit()
    with Library.open(tmp_path / "old") as library:
        found = library.mixtures.get(ID)
    assert found.aspect == wanted.aspect
    for name in ("weights", "means", "cholesky"):
        np.testing.assert_array_equal(getattr(found, name), getattr(wanted, name))
    for name in ("shift", "scale"):
        np.testing.assert_allclose(getattr(found, name), getattr(wanted, name), rtol=1e-12)


def test_a_damaged_mixture_stops_no_migration(tmp_path):
    path = write_oldest(tmp_path / "old")
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE mixtures SET parameters = x'0102'")
        database.commit()
    with Library.open(tmp_path / "old") as library, pytest.raises(LibraryDamagedError, match="forget"):
        library.mixtures.get(ID)


def test_a_migration_of_an_existing_library_keeps_a_copy(tmp_path, monkeypatch):
    path = write_oldest(tmp_path / "old")
    later(monkeypatch, m998_adds_a_column, m999_fills_it)
    Library.open(tmp_path / "old").close()
    assert ask(path, "SELECT id, stars FROM images") == [(ID, 5)]
    assert [name for (name,) in ask(path, "SELECT name FROM migrations ORDER BY name")][-2:] == [
        "m998_adds_a_column",
        "m999_fills_it",
    ]
    (copy,) = (tmp_path / "old" / "backups").iterdir()
    assert copy.name == "leitmotiv-schema-1.db"
    assert ask(copy, "PRAGMA integrity_check") == [("ok",)]
    assert "stars" not in {row[1] for row in ask(copy, "PRAGMA table_info(images)")}
    assert ask(copy, "SELECT data FROM thumbnails") == [(b"WebP",)]


def test_opening_again_migrates_and_copies_nothing(tmp_path, monkeypatch):
    path = write_oldest(tmp_path / "old")
    later(monkeypatch, m998_adds_a_column)
    for _ in range(2):
        Library.open(tmp_path / "old").close()
    assert len(ask(path, "SELECT name FROM migrations")) == len(migrations.MIGRATIONS) + 1
    assert len(list((tmp_path / "old" / "backups").iterdir())) == 1


def test_a_new_library_needs_no_copy(library, folder):
    assert not (folder / "backups").exists()


def test_a_migration_that_fails_leaves_the_library_at_the_step_before(tmp_path, monkeypatch):
    path = write_oldest(tmp_path / "old")
    with monkeypatch.context() as changed:
        later(changed, m998_adds_a_column, m999_fails)
        with pytest.raises(ZeroDivisionError):
            Library.open(tmp_path / "old")
        assert ask(path, "SELECT stars FROM images") == [(0,)]
        assert ask(path, "PRAGMA user_version") == [(len(migrations.MIGRATIONS) + 1,)]
    later(monkeypatch, m998_adds_a_column, m999_fills_it)
    Library.open(tmp_path / "old").close()
    assert ask(path, "SELECT stars FROM images") == [(5,)]
    assert [file.name for file in (tmp_path / "old" / "backups").iterdir()] == [
        f"leitmotiv-schema-{len(migrations.MIGRATIONS) + 1}.db"
    ]


def test_without_room_for_the_copy_nothing_is_migrated(tmp_path, monkeypatch):
    path = write_oldest(tmp_path / "old")
    later(monkeypatch, m998_adds_a_column)

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(migrations, "backup", refuse)
    with pytest.raises(DiskFullError):
        Library.open(tmp_path / "old")
    assert "stars" not in {row[1] for row in ask(path, "PRAGMA table_info(images)")}


@pytest.mark.parametrize(
    "statement",
    ["INSERT INTO migrations VALUES ('m002_from_the_future', '2030-01-01')", "PRAGMA user_version = 99"],
)
def test_a_library_of_a_newer_version_is_left_as_it_is(tmp_path, statement, monkeypatch):
    path = write_oldest(tmp_path / "old")
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute(statement)
        database.commit()
    before = path.read_bytes()
    later(monkeypatch, m998_adds_a_column)
    with pytest.raises(LibraryTooNewError, match="newer leitmotiv"):
        Library.open(tmp_path / "old")
    assert path.read_bytes() == before
    assert not (tmp_path / "old" / "backups").exists()
    assert not (tmp_path / "old" / "leitmotiv.lock").exists()


def test_migrations_run_under_the_writer_lock(tmp_path, monkeypatch):
    write_oldest(tmp_path / "old")
    held = []

    def m998_looks(database: sqlite3.Connection) -> None:
        held.append((tmp_path / "old" / "leitmotiv.lock").read_text())

    later(monkeypatch, m998_looks)
    Library.open(tmp_path / "old").close()
    assert "upgrading" in held[0]
    assert opening.OPEN_WAIT_S == 5
