"""How a server answers what pages ask most: along indices, as SQLite does (see `tests.web.test_plans`)."""

import json

import pytest

from leitmotiv.store.library import Library
from tests.postgres import TEMPLATE, name_database, name_of

from .making import add, image_id, path_of

GROWING = frozenset(("images", "files", "thumbnails", "mixtures"))
ROWS = 1_000_000


@pytest.fixture(scope="module")
def library(postgres, tmp_path_factory):
    url = postgres.new(TEMPLATE)
    with Library.open(name_database(tmp_path_factory.mktemp("plans"), url)) as opened:
        for number in range(12):
            add(opened, number)
        # With few rows any server reads them all; so it is told that there are a million, and asked whether it could
        # do otherwise.
        postgres.sql(f"UPDATE pg_class SET reltuples = {ROWS}, relpages = 1 WHERE relkind IN ('r', 'i')", name_of(url))
        for way in ("seqscan", "bitmapscan"):
            opened._database._connection().execute(f"SET enable_{way} = off")
        yield opened
    postgres.drop(url)


def read_through(library, statement, values=()):
    """The growing tables that a statement reads through: all rows, or until enough fulfil a condition."""
    psycopg = pytest.importorskip("psycopg")
    with psycopg.ClientCursor(library._database._connection()) as cursor:
        (answer,) = cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", values).fetchone()
    plan = json.loads(answer) if isinstance(answer, str) else answer
    return sorted(_tables(plan[0]["Plan"], stops=False))


def _tables(node, *, stops):
    """Those below a node of a plan; `stops` where what is above takes only the first rows."""
    kind = node["Node Type"]
    if node.get("Relation Name") in GROWING and "Index Cond" not in node:
        along = kind in ("Index Scan", "Index Only Scan") and stops and "Filter" not in node
        yield from () if along else (node["Relation Name"],)
    below = (stops or kind == "Limit") and kind not in ("Sort", "Aggregate", "Hash")  # an "Incremental Sort" stops, too
    for one in node.get("Plans", ()):
        yield from _tables(one, stops=below)


@pytest.mark.parametrize(
    ("rest", "found"),
    [
        ("WHERE colour = '#000000' LIMIT 1", ["images"]),
        ("WHERE colour = '#000000' ORDER BY taken_key DESC, id DESC LIMIT 1", ["images"]),
        ("ORDER BY colour LIMIT 1", ["images"]),
        ("ORDER BY taken_key DESC, id DESC LIMIT 1", []),
        ("WHERE taken_key > 0 ORDER BY taken_key DESC, id DESC LIMIT 1", []),
    ],
)
def test_reading_through_is_told_from_stopping_early(library, rest, found):
    assert read_through(library, f"SELECT id FROM images {rest}") == found


def test_no_table_of_pictures_is_read_through_for_a_page_or_a_picture(library, monkeypatch):
    asked = []
    pool = library._database._peewee
    execute = pool.execute_sql
    monkeypatch.setattr(pool, "execute_sql", lambda sql, given=None: asked.append((sql, given)) or execute(sql, given))
    first = {order: library.images.page(limit=3, order=order)[1] for order in ("taken", "added")}
    for order, cursor in first.items():
        library.images.page(limit=3, order=order, cursor=cursor)
    one = image_id(4)
    library.images.get(one)
    library.images.get(one[:9])
    library.images.many([one, image_id(5)])
    library.images.find_path(path_of(4))
    library.images.by_sha256(one)
    library.images.by_pixel_hash(image_id(-5))
    library.images.thumbnail(one, 256)
    library.images.neighbours_by_date(one, 2)
    library.mixtures.many([one])
    library.files.holding([one])
    monkeypatch.undo()
    asked = [(sql, given) for sql, given in asked if sql.startswith("SELECT")]
    assert len(asked) > 20
    assert {sql: found for sql, given in asked if (found := read_through(library, sql, given))} == {}
