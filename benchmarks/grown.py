"""A library several times as large as another, quickly: for how pages and searches fare with a million pictures.

    python -m benchmarks.grown FROM TO [--times 10]

FROM is a library of `benchmarks.synthetic`, best one that `python -m benchmarks.search_server --fill` gave activations.
Each of its pictures is there `--times` times: with another id, path and minute, and with the same mixture, activations
and thumbnail (the small one only). Rows are copied inside the database. What is derived and takes long (the background,
places among words) is copied, too, each copy of a picture with the neighbours of its original among its own copies; the
clusters are the old ones with more members, and vectors, lists of neighbours and places on the map are as often there.
So times and sizes are those of a library of that size, and what is found is not.
"""

import argparse
import hashlib
import sqlite3
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from leitmotiv.records import Clusters
from leitmotiv.settings import load
from leitmotiv.workflows import backgrounds, map_page, word_space
from leitmotiv.workflows.index import digest
from leitmotiv.workflows.session import Session

LATER = timedelta(minutes=7)


def name(number: int) -> str:
    """An id that no picture of `synthetic` has."""
    return hashlib.sha256(f"grown {number}".encode()).hexdigest()


def images(rows: list[tuple[object, ...]], copy: int) -> Iterator[tuple[object, ...]]:
    """Rows of another copy of pictures: id, taken, taken_key and pixel_hash are its own."""
    for number, row in enumerate(rows):
        (width, height, taken, key, *facts) = row[1:]
        own = name(copy * len(rows) + number)
        moment = datetime.fromisoformat(str(taken)) + copy * LATER
        later = int(str(key)) + copy * (LATER // timedelta(microseconds=1))
        source, kind, size, _, *rest = facts
        yield own, width, height, moment.isoformat(), later, source, kind, size, own[::-1], *rest


def grow(database: sqlite3.Connection, times: int) -> None:
    """Copy the rows of pictures and of what belongs to them."""
    columns = "id, width, height, taken, taken_key, taken_source, format, size, pixel_hash, colour, added, facts, state"
    rows = database.execute(f"SELECT {columns} FROM images ORDER BY serial").fetchall()
    old = [row[0] for row in rows]
    database.execute("CREATE TEMP TABLE copies (old TEXT PRIMARY KEY, new TEXT) WITHOUT ROWID")
    for copy in range(1, times):
        began = time.perf_counter()
        with database:
            database.executemany(f"INSERT INTO images ({columns}) VALUES ({', '.join('?' * 13)})", images(rows, copy))
            database.execute("DELETE FROM copies")
            pairs = [(one, name(copy * len(old) + number)) for number, one in enumerate(old)]
            database.executemany("INSERT INTO copies VALUES (?, ?)", sorted(pairs))
            database.execute(
                "INSERT INTO files (path, image_id, sha256, size, mtime_ns, state) "
                f"SELECT CAST(replace(CAST(path AS TEXT), '/IMG_', ' {copy}/IMG_') AS BLOB), new, new, size, mtime_ns, "
                "state FROM files JOIN copies ON image_id = old ORDER BY serial"
            )
            for table, own, where in (
                ("thumbnails", "size, data", " WHERE size = 256"),
                ("mixtures", "components, dimensions, colour_space, parameters, aspect", ""),
                ("activations", "version, pooled", ""),
            ):
                database.execute(
                    f"INSERT INTO {table} (image_id, {own}) SELECT new, {own} "
                    f"FROM copies JOIN {table} ON image_id = old{where} ORDER BY new"
                )
        print(f"{(copy + 1) * len(old):,} pictures, {time.perf_counter() - began:.0f} s", flush=True)


def regrouped(old: Clusters, ids: list[str], times: int) -> Clusters:
    """The clusters of all copies: a copy is in the cluster of its original."""
    place = {image: row for row, image in enumerate(old.ids)}
    rows = np.array([place[image] for image in ids[: len(old.ids)]], np.int64)
    back = np.empty_like(rows)
    back[rows] = np.arange(len(rows))
    labels, distances = np.tile(old.labels[rows], times), np.tile(old.distances[rows], times)
    merges = tuple(type(one)(one.left, one.right, one.height, int(back[one.exemplar])) for one in old.merges)
    exemplars = back[old.exemplars]
    distances[exemplars] = 0.0
    return Clusters(tuple(ids), labels, exemplars, distances, merges, old.default_count, old.preference, old.cost)


def indexed(session: Session, ids: list[str], times: int) -> None:
    """Vectors, lists of neighbours, remoteness and the map of all copies, in the order of ids."""
    library = session.library
    for kind in ("vectors", "neighbours", "remoteness", "map"):
        stored = library.arrays.get(kind)
        if stored is None:
            continue
        few = len(stored.ids)
        row_in = {image: row for row, image in enumerate(stored.ids)}
        first = np.array([row_in[image] for image in ids[:few]], np.int64)  # the old row of each original, as added
        order = sorted(range(len(ids)), key=ids.__getitem__)
        number = np.array(order, np.int64)
        from_row, copy_of = first[number % few], number // few
        row_of = np.empty((times, few), np.int64)
        row_of[copy_of, from_row] = np.arange(len(ids))
        arrays = {name: np.asarray(stored[name]) for name in stored}
        if kind == "neighbours":
            lists = arrays["lists"][from_row]
            there = lists >= 0
            lists[there] = row_of[np.broadcast_to(copy_of[:, None], lists.shape)[there], lists[there]]
            arrays |= {name: arrays[name][:0] for name in ("pairs", "pair_values")} | {"lists": lists}
            every: tuple[str, ...] = ("values", "served", "near")
        else:
            every = {"vectors": ("coordinates",), "remoteness": ("values",), "map": ("look", "grid", "later")}[kind]
        arrays |= {name: arrays[name][from_row] for name in every}
        if kind == "remoteness":
            arrays["witnesses"] = row_of[0, arrays["witnesses"]]
        library.arrays.put(kind, arrays, [ids[at] for at in order], stored.digest)
        print(f"{kind} of {len(ids):,}", flush=True)


def derived(session: Session, ids: list[str], times: int) -> None:
    """The background and the places among words of all copies, in the order of ids."""
    library = session.library
    ground, places = library.arrays.get(backgrounds.BACKGROUND), library.arrays.get(word_space.PLACES)
    if ground is None or places is None:
        return
    few = len(ground.ids)
    first = {image: row for row, image in enumerate(ids[:few])}
    number = np.array([first[image] for image in ground.ids], np.int64)  # of each old row
    names = np.array(ids)
    every = np.concatenate([number + copy * few for copy in range(times)])  # numbers in the order of old rows
    order = np.argsort(names[every], kind="stable")
    row_of = np.empty(len(every), np.int64)
    row_of[order] = np.arange(len(every))
    now = tuple(names[every[order]].tolist())
    from_row, copy_of = order % few, order // few
    packed = {key: np.asarray(ground[key]) for key in ground}
    near = row_of[packed["near"][from_row] + (copy_of * few)[:, None]].astype(np.int32)
    packed |= {key: packed[key][from_row] for key in ("plain", "rows", "closeness")} | {"near": near}
    library.arrays.put(backgrounds.BACKGROUND, packed, now, backgrounds.digest(now))
    told = {key: np.asarray(places[key]) for key in places}
    told |= {key: told[key][from_row] for key in ("classes", "shares")}
    told["found"] = told["found"] * np.float32(times)
    key = hashlib.sha256(f"{backgrounds.digest(now)} {word_space._key(session.encoder())}".encode()).hexdigest()
    library.arrays.put(word_space.PLACES, told, now, key)


def main() -> None:
    """Make the library."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", metavar="FROM", type=Path)
    parser.add_argument("target", metavar="TO", type=Path)
    parser.add_argument("--times", type=int, default=10)
    asked = parser.parse_args()
    began = time.perf_counter()
    asked.target.mkdir(parents=True)
    (asked.target / "arrays").mkdir()
    kept = ("background", "words", "vectors", "neighbours", "remoteness", "map")
    for one in (asked.source / "arrays").glob("*"):
        if one.is_file() and one.name.startswith(kept):
            (asked.target / "arrays" / one.name).write_bytes(one.read_bytes())
    source = sqlite3.connect(f"file:{asked.source / 'leitmotiv.db'}?mode=ro", uri=True)
    database = sqlite3.connect(asked.target / "leitmotiv.db")
    source.backup(database)
    database.execute("DELETE FROM thumbnails WHERE size = 512")
    database.commit()
    for pragma in ("journal_mode = wal", "synchronous = off", "cache_size = -400000", "temp_store = memory"):
        database.execute(f"PRAGMA {pragma}")
    grow(database, asked.times)
    database.close()
    with Session(load({"library": asked.target}, environ={})) as session:
        library = session.library
        ids, old = library.images.ids(), library.clusters.get()
        with library.writer("growing"):
            if old is not None:
                tree = regrouped(old, ids, asked.times)
                library.clusters.replace(tree, digest=digest(ids, session.settings))
            derived(session, ids, asked.times)
            indexed(session, ids, asked.times)
            map_page.keep_page(library, session.settings)
        print(f"{len(ids):,} pictures, {library.size() / 1e6:,.0f} MB after {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
