"""Texts that others wrote of pictures, each with its source, and which pictures were looked at for them."""

from collections.abc import Mapping, Sequence

from leitmotiv.records import Caption, CaptionSource
from leitmotiv.store import tables
from leitmotiv.store.database import Database, chunks
from leitmotiv.store.orm import fn
from leitmotiv.store.revisions import Held


class Captions:
    """What is written of pictures; reached as `library.captions`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held = Held(database, "captions")

    def all(self, sources: Sequence[str] = ()) -> list[Caption]:
        """Every text, of these sources where some are named; by picture, then in the order of reading."""
        table = tables.Captions
        query = table.select(table.image_id, table.text, table.kind, table.source)
        if sources:
            query = query.where(table.source.in_(list(sources)))
        return [Caption(*row) for row in self._database.rows(query.order_by(table.image_id, table.id))]

    def of(self, image_id: str) -> list[Caption]:
        """The texts of one picture."""
        table = tables.Captions
        query = table.select(table.image_id, table.text, table.kind, table.source).where(table.image_id == image_id)
        return [Caption(*row) for row in self._database.rows(query.order_by(table.id))]

    def sources(self) -> list[CaptionSource]:
        """What is kept from each source, by name."""
        table = tables.Captions
        query = table.select(table.source, fn.COUNT(table.id), fn.COUNT(fn.DISTINCT(table.image_id)))
        grouped = query.group_by(table.source).order_by(table.source)
        return [CaptionSource(*row) for row in self._held.get("sources", lambda: self._database.rows(grouped))]

    def pictures(self) -> int:
        """How many pictures have a text."""
        query = tables.Captions.select(fn.COUNT(fn.DISTINCT(tables.Captions.image_id)))
        row = self._held.get("pictures", lambda: self._database.row(query))
        return 0 if row is None else int(row[0])

    def stamp(self) -> tuple[int, int, int, int]:
        """Changes whenever a text comes or goes: how many there are, and sums of their numbers and lengths."""
        table = tables.Captions
        sums = (fn.COUNT(table.id), fn.MAX(table.id), fn.SUM(table.id), fn.SUM(fn.LENGTH(table.text)))
        row = self._held.get("stamp", lambda: self._database.row(table.select(*sums)))
        first, second, third, fourth = (int(value or 0) for value in row or (0, 0, 0, 0))
        return first, second, third, fourth

    def replace(self, ids: Sequence[str], sources: Sequence[str], captions: Sequence[Caption]) -> int:
        """Put texts in the place of what these sources said of these pictures; forgotten pictures are passed over.

        Returns how many texts are gone.
        """
        table, images = tables.Captions, tables.Images
        with self._database.transaction():
            there: set[str] = set()
            gone = 0
            for part in chunks(ids):
                there.update(
                    name for (name,) in self._database.rows(images.select(images.id).where(images.id.in_(part)))
                )
                old = table.delete().where(table.image_id.in_(part), table.source.in_(list(sources)))
                gone += self._database.run(old)
            rows = [
                {"image_id": one.image_id, "kind": one.kind, "source": one.source, "text": one.text}
                for one in captions
                if one.image_id in there
            ]
            self._database.insert_many(table, rows)
        return gone

    def clear(self, sources: Sequence[str] = ()) -> int:
        """Remove what some sources said, or all of them; returns how many texts are gone."""
        table = tables.Captions
        with self._database.transaction():
            query = table.delete().where(table.source.in_(list(sources))) if sources else table.delete()
            gone = self._database.run(query)
            self._database.run(tables.CaptionsRead.delete())
        return gone

    # ---- what was looked at ----

    def stamps(self) -> dict[str, str]:
        """By picture, what its files and sidecars were when they were looked at."""
        table = tables.CaptionsRead
        return dict(self._database.rows(table.select(table.image_id, table.stamp)))

    def note(self, stamps: Mapping[str, str]) -> None:
        """Note that pictures were looked at."""
        table = tables.CaptionsRead
        with self._database.transaction():
            for part in chunks(list(stamps)):
                self._database.run(table.delete().where(table.image_id.in_(part)))
            rows = [{"image_id": image_id, "stamp": stamp} for image_id, stamp in stamps.items()]
            self._database.insert_many(table, rows)
