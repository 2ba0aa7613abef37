"""What pages ask the database when nothing changed since they were last asked: no table of pictures is read through."""

import re
from dataclasses import replace

import pytest

from leitmotiv.settings import Settings
from leitmotiv.web.app import create_app
from leitmotiv.workflows import pinning
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.ingest import add_directories
from leitmotiv.workflows.session import Session
from tests.workflows.pictures import folder_of

GROWING = frozenset(
    ("images", "files", "thumbnails", "mixtures", "activations", "measures", "captions", "captions_read", "ratings")
)
"""Tables with a row a picture, or nearly."""
STREAMS = frozenset(("/api/v1/jobs/events",))
"""They have no end."""
SCANS = {
    "ratings": "only of pictures that somebody rated",
}
"""What may be read through at every request, and why."""


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plans")
    with Session(replace(Settings(), library=folder / "library", workers=1)) as opened:
        add_directories(opened, [folder_of(folder / "photos", 24)])
        build_index(opened)
        ids = opened.library.images.ids()
        pinning.made(opened, "a board", ids[:2])
        yield opened


def addresses(app, ids):
    """Every page and call that reads, with pictures of the library in it."""
    known = {"image_id": ids[0], "one": ids[0], "other": ids[1], "start": ids[0], "goal": ids[1], "size": 256}
    known |= {"cluster_id": 0, "board_id": 1, "number": 1, "level": 0}
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and rule.arguments <= known.keys() and rule.rule not in STREAMS:
            yield rule.build({one: known[one] for one in rule.arguments})[1]
    yield from ("/?q=year:2020", "/?sort=folder", "/api/v1/grid?sort=name", "/search?q=colour:teal", "/ranked?by=1")
    yield from (f"/api/v1/images?limit=5&sort={sort}" for sort in ("taken", "-added", "size", "cluster"))


def statements(session, client, address):
    """What a request asks of the database."""
    connection, asked = session.library._database._connection(), []
    connection.set_trace_callback(asked.append)
    try:
        answer = client.get(address)
        assert answer.status_code < 500 or answer.status_code in (501, 503), address
        answer.get_data()
    finally:
        connection.set_trace_callback(None)
    return [one for one in asked if one.startswith("SELECT")]


def scanned(session, statement):
    """The growing tables that a statement reads through, unless it stops early along an index that has its order.

    With a condition it would not stop before it met rows that fulfil it, of which there may be none.
    """
    plan = [row[3] for row in session.library._database._connection().execute(f"EXPLAIN QUERY PLAN {statement}")]
    names = {short: name for name, short in re.findall(r'"(\w+)" AS "(t\d+)"', statement)}
    limited = re.search(r" ORDER BY .* LIMIT ", statement) is not None and " WHERE " not in statement
    ordered = limited and not any("TEMP B-TREE" in step for step in plan)
    scans = [step for step in plan if step.startswith("SCAN")]
    tables = [step.split()[1] for step in scans if not (ordered and re.search(r"USING (COVERING )?INDEX", step))]
    return [name for name in (names.get(table, table) for table in tables) if name in GROWING]


@pytest.mark.parametrize(
    ("rest", "found"),
    [
        ("WHERE colour = '#000000' LIMIT 1", ["images"]),
        ("WHERE colour = '#000000' ORDER BY taken_key, id LIMIT 1", ["images"]),
        ("ORDER BY colour LIMIT 1", ["images"]),
        ("ORDER BY taken_key DESC, id DESC", ["images"]),
        ("ORDER BY taken_key DESC, id DESC LIMIT 1", []),
        ("WHERE taken_key > 0 ORDER BY taken_key DESC, id DESC LIMIT 1", []),
    ],
)
def test_only_a_scan_along_the_order_that_is_asked_for_counts_as_stopping_early(session, rest, found):
    assert scanned(session, f'SELECT t1."id" FROM "images" AS "t1" {rest}') == found


def test_no_request_reads_a_table_of_pictures_through_when_nothing_changed(session):
    app = create_app(session)
    client = app.test_client()
    asked = list(addresses(app, session.library.images.ids()))
    for address in asked:  # what holds until something changes is made now
        client.get(address).get_data()
    found = {}
    for address in asked:
        for statement in statements(session, client, address):
            for table in scanned(session, statement):
                if table not in SCANS:
                    found.setdefault(re.sub(r"'[^']*'", "?", statement)[:160], set()).add(address)
    assert len(asked) > 60
    assert not found
