"""Stars, favourites, rejections and labels; they are changed through the journal, see `changes`."""

from collections.abc import Mapping, Sequence

from leitmotiv.records import Rating
from leitmotiv.store import tables
from leitmotiv.store.changes import Edit
from leitmotiv.store.database import Database, chunks

_COLUMNS = (
    tables.Ratings.image_id,
    tables.Ratings.stars,
    tables.Ratings.favourite,
    tables.Ratings.rejected,
    tables.Ratings.label,
)


class Ratings:
    """What a person thinks of pictures; reached as `library.ratings`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def many(self, ids: Sequence[str]) -> dict[str, Rating]:
        """Ratings by picture; pictures without one are left out."""
        query = tables.Ratings.select(*_COLUMNS)
        rows = (
            row for part in chunks(ids) for row in self._database.rows(query.where(tables.Ratings.image_id.in_(part)))
        )
        return {row[0]: _as_rating(row[1:]) for row in rows}

    def all(self) -> dict[str, Rating]:
        """Every rating by picture."""
        return {row[0]: _as_rating(row[1:]) for row in self._database.rows(tables.Ratings.select(*_COLUMNS))}

    @staticmethod
    def edits(ratings: Mapping[str, Rating]) -> list[Edit]:
        """What `changes.apply` takes to give pictures these ratings; an empty rating removes the row."""
        return [
            Edit("ratings", {"image_id": image_id}, None if rating == Rating() else _as_row(rating))
            for image_id, rating in ratings.items()
        ]


def _as_rating(row: tuple[int, int, int, str]) -> Rating:
    stars, favourite, rejected, label = row
    return Rating(stars, bool(favourite), bool(rejected), label)


def _as_row(rating: Rating) -> dict[str, int | str]:
    return {
        "stars": rating.stars,
        "favourite": int(rating.favourite),
        "rejected": int(rating.rejected),
        "label": rating.label,
    }
