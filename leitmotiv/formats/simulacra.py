"""Reading Simulacra Aesthetic Captions: votes 1 to 10 on generated pictures, in an SQLite file, by column names."""

import contextlib
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from leitmotiv.errors import RatingsError
from leitmotiv.formats.rated import Reading, Troubles, checked_vote
from leitmotiv.records import RatedItem

SCALE = 10
RATERS = ("sid", "rater", "rater_id", "uid", "user", "user_id", "userid")
"""Columns that may say who voted; without one of them votes have no rater."""


def read(path: Path) -> Reading:
    """Read the votes of each picture that has a path; several are kept, and those that are NULL are left out.

    Raises
    ------
    RatingsError
        There is no such file, it is damaged or no such database, or it has no vote.
    """
    if not path.is_file():
        raise RatingsError(f"There is no file {path}.")
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as opened:
            return _read(opened, path)
    except sqlite3.Error as error:
        raise RatingsError(f"{path} is no whole SQLite file of ratings ({error}). Download it again.") from error


def _read(opened: sqlite3.Connection, path: Path) -> Reading:
    columns = _columns(opened, "ratings")
    lacking = {"iid", "rating"} - columns or {"iid", "path"} - _columns(opened, "paths")
    if lacking:
        raise RatingsError(
            f"{path} has not the tables ratings (iid, rating) and paths (iid, path): {', '.join(sorted(lacking))} "
            "is not there. It is another database, or another version of it."
        )
    rater = next((name for name in RATERS if name in columns), None)
    prompts = dict(_prompts(opened))
    troubles = Troubles()
    votes: dict[str, list[tuple[str, float]]] = {}
    facts: dict[str, dict[str, str]] = {}
    empty: Counter[str] = Counter()
    query = (
        f"SELECT ratings.iid, paths.path, ratings.rating, {f'ratings.{rater}' if rater else 'NULL'} FROM ratings "
        "LEFT JOIN paths ON paths.iid = ratings.iid ORDER BY ratings.iid, ratings.rowid"
    )
    for number, file, value, who in opened.execute(query):
        if file is None:
            troubles.corrupt.append((f"image {number}", "it has no path"))
            continue
        if value is None:
            empty[str(file)] += 1
            continue
        try:
            vote = checked_vote(value, SCALE)
        except ValueError as error:
            troubles.corrupt.append((str(file), str(error)))
            continue
        votes.setdefault(str(file), []).append(("" if who is None else str(who), vote))
        if number in prompts:
            facts[str(file)] = {"prompt": prompts[number]}
    troubles.corrupt += [(file, "its only vote is NULL") for file in empty if file not in votes]
    items = [RatedItem(file, votes=tuple(cast), facts=facts.get(file, {})) for file, cast in votes.items()]
    return troubles.reading(items, SCALE, path)


def _columns(opened: sqlite3.Connection, table: str) -> set[str]:
    return {str(row[1]).lower() for row in opened.execute(f"PRAGMA table_info({table})")}


def _prompts(opened: sqlite3.Connection) -> Iterator[tuple[int, str]]:
    """What each picture was made from, where the tables tell."""
    if {"id", "gid"} <= _columns(opened, "images") and {"id", "prompt"} <= _columns(opened, "generations"):
        query = "SELECT images.id, generations.prompt FROM images JOIN generations ON generations.id = images.gid"
        yield from ((number, str(prompt)) for number, prompt in opened.execute(query) if prompt is not None)
