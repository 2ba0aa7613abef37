"""Ratings that others gave, set by set, and what the backbone made of the pictures that they are about.

A person's own stars are elsewhere, see `ratings`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.errors import LibraryDamagedError
from leitmotiv.records import ACTIVATIONS, Half, RatedItem, RatingSet
from leitmotiv.store import tables
from leitmotiv.store.activations import WIDTH
from leitmotiv.store.database import Database, Row, chunks
from leitmotiv.store.orm import fn

_STORED = np.dtype("<f2")


class RatingSets:
    """Imported ratings; reached as `library.rating_sets`."""

    def __init__(self, database: Database, version: str = ACTIVATIONS) -> None:
        self._database = database
        self._version = version

    def all(self) -> list[RatingSet]:
        """The sets, by name."""
        sets, items, votes = tables.RatingSets, tables.RatedItems, tables.RatedVotes
        columns = (sets.id, sets.name, sets.format, sets.source, sets.scale, sets.made, sets.report)
        with self._database.snapshot():
            found = self._database.rows(sets.select(*columns).order_by(sets.name))
            counts = self._database.rows(
                items.select(items.set_id, fn.COUNT(items.id), fn.COUNT(fn.NULLIF(items.image_id, ""))).group_by(
                    items.set_id
                )
            )
            cast = self._database.rows(
                votes.select(items.set_id, fn.COUNT(votes.id), fn.COUNT(fn.DISTINCT(fn.NULLIF(votes.rater, ""))))
                .join(items, on=items.id == votes.item_id)
                .group_by(items.set_id)
            )
        held = {row[0]: row[1:] for row in counts}
        told = {row[0]: row[1:] for row in cast}
        return [
            RatingSet(
                name=row[1],
                format=row[2],
                source=row[3],
                scale=row[4],
                made=datetime.fromisoformat(row[5]),
                report=json.loads(row[6]),
                items=held.get(row[0], (0, 0))[0],
                pictures=int(held.get(row[0], (0, 0))[1] or 0),
                votes=told.get(row[0], (0, 0))[0],
                raters=told.get(row[0], (0, 0))[1],
            )
            for row in found
        ]

    def get(self, name: str) -> RatingSet | None:
        """One by its name."""
        return next((one for one in self.all() if one.name == name), None)

    def put(self, made: RatingSet, items: Sequence[RatedItem]) -> None:
        """Keep a set, whole or not at all, in the place of an older one with its name; its counts are counted here."""
        sets, rated, votes = tables.RatingSets, tables.RatedItems, tables.RatedVotes
        with self._database.transaction():
            self._database.run(sets.delete().where(sets.name == made.name))
            number = self._database.insert(
                sets.insert(
                    name=made.name,
                    format=made.format,
                    source=made.source,
                    scale=made.scale,
                    made=made.made.isoformat(timespec="seconds"),
                    report=json.dumps(dict(made.report)),
                )
            )
            (last,) = self._database.row(rated.select(fn.MAX(rated.id))) or (0,)
            first = int(last or 0) + 1
            self._database.insert_many(rated, [_row(one, first + place, number) for place, one in enumerate(items)])
            self._database.insert_many(
                votes,
                [
                    {"item_id": first + place, "rater": rater, "value": value}
                    for place, one in enumerate(items)
                    for rater, value in one.votes
                ],
            )
            self._sweep()

    def remove(self, name: str) -> bool:
        """Remove a set and what only it needed; whether it was there."""
        sets = tables.RatingSets
        with self._database.transaction():
            gone = self._database.run(sets.delete().where(sets.name == name))
            self._sweep()
        return bool(gone)

    def items(self, name: str) -> Iterator[RatedItem]:
        """What a set tells, in the order of its file."""
        sets, rated, votes = tables.RatingSets, tables.RatedItems, tables.RatedVotes
        columns = (rated.id, rated.key, rated.image_id, rated.counts, rated.mean, rated.deviation, rated.facts)
        with self._database.snapshot():
            found = self._database.rows(
                rated.select(*columns)
                .join(sets, on=sets.id == rated.set_id)
                .where(sets.name == name)
                .order_by(rated.id)
            )
            cast: dict[int, list[tuple[str, float]]] = {}
            if found:
                query = votes.select(votes.item_id, votes.rater, votes.value).order_by(votes.id)
                between = votes.item_id.between(found[0][0], found[-1][0])  # a set's items follow each other
                for item, rater, value in self._database.rows(query.where(between)):
                    cast.setdefault(item, []).append((rater, value))
        return (_item(row, cast.get(row[0], ())) for row in found)

    # ---- what the backbone makes of them ----

    def put_seen(self, ids: Sequence[str], pooled: NDArray[Any]) -> None:
        """Keep activations (N, 1280) of rated pictures, in the place of older ones."""
        table, values = tables.RatedPictures, np.asarray(pooled).astype(_STORED)
        if values.shape != (len(ids), WIDTH) or not np.isfinite(values).all():
            raise ValueError(f"pooled must be ({len(ids)}, {WIDTH}) finite values, and is {values.shape}.")
        with self._database.transaction():
            for part in chunks(ids):
                self._database.run(table.delete().where(table.id.in_(part)))
            self._database.insert_many(
                table,
                [
                    {"id": one, "version": self._version, "pooled": row.tobytes()}
                    for one, row in zip(ids, values, strict=True)
                ],
            )

    def seen(self, ids: Sequence[str]) -> set[str]:
        """Those of these pictures that have an activation here."""
        table = tables.RatedPictures
        query = table.select(table.id).where(table.version == self._version)
        return {one for part in chunks(ids) for (one,) in self._database.rows(query.where(table.id.in_(part)))}

    def activations(self, ids: Sequence[str]) -> Mapping[str, Half]:
        """Activations (1280,) float16 of those of these pictures that have one here.

        Raises
        ------
        LibraryDamagedError
            One is not as long as it must be.
        """
        table = tables.RatedPictures
        query = table.select(table.id, table.pooled).where(table.version == self._version)
        found = {}
        for part in chunks(ids):
            for one, blob in self._database.rows(query.where(table.id.in_(part))):
                if len(blob) != WIDTH * _STORED.itemsize:
                    raise LibraryDamagedError(
                        f"What was seen of the rated picture {one[:12]} is damaged. Import again."
                    )
                found[one] = np.frombuffer(blob, _STORED).astype(np.float16, copy=False)
        return found

    def _sweep(self) -> None:
        table, rated = tables.RatedPictures, tables.RatedItems
        self._database.run(table.delete().where(table.id.not_in(rated.select(rated.image_id))))


def _row(one: RatedItem, number: int, set_id: int) -> dict[str, Any]:
    return {
        "id": number,
        "set_id": set_id,
        "key": one.key,
        "image_id": one.image_id,
        "counts": None if one.counts is None else json.dumps(one.counts),
        "mean": one.mean,
        "deviation": one.deviation,
        "facts": json.dumps(dict(one.facts)),
    }


def _item(row: Row, votes: Sequence[tuple[str, float]]) -> RatedItem:
    _, key, image_id, counts, mean, deviation, facts = row
    return RatedItem(
        key=key,
        counts=None if counts is None else tuple(json.loads(counts)),
        votes=tuple(votes),
        mean=mean,
        deviation=deviation,
        facts=json.loads(facts),
        image_id=image_id,
    )
