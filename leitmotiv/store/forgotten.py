"""Which pictures were forgotten, one after the other: by it each machine finds out what it still keeps of them.

A picture that is added again has the id that it had, and may have another mixture and other thumbnails. So what is
derived on one machine cannot tell from the ids alone that it is about pictures that another machine forgot since. Only
the beginnings of ids are kept, as nothing should be left of a picture that is forgotten. Where, once in thousands of
times, another id begins alike, that picture is computed anew, too.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from leitmotiv.store import tables
from leitmotiv.store.database import Database
from leitmotiv.store.orm import fn

BEGINNING = 8
"""Characters of an id that are kept."""


class Forgotten:
    """The log of forgetting; reached as `library.forgotten`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, ids: Sequence[str]) -> None:
        """Write down that pictures are forgotten."""
        self._database.insert_many(tables.Forgotten, [{"beginning": image_id[:BEGINNING]} for image_id in ids])

    def last(self) -> int:
        """The number of the last entry; 0 where nothing was ever forgotten."""
        row = self._database.row(tables.Forgotten.select(fn.MAX(tables.Forgotten.serial)))
        return int((row or (0,))[0] or 0)

    def since(self, number: int) -> set[str]:
        """How the ids of pictures begin that were forgotten after an entry.

        A number that is still to come is from a state that the database was brought back from: then all are given.
        """
        log = tables.Forgotten
        after = number if number <= self.last() else 0
        return {beginning for (beginning,) in self._database.rows(log.select(log.beginning).where(log.serial > after))}


class Following:
    """What a folder of this machine keeps of pictures, so that it forgets those that another machine forgot.

    Parameters
    ----------
    path : Path
        A file in which stands up to where the log was followed.
    tell : sequence of callables
        Told how ids begin.
    """

    def __init__(self, forgotten: Forgotten, path: Path, tell: Sequence[Callable[[Sequence[str]], None]]) -> None:
        self._forgotten = forgotten
        self._path = path
        self._tell = tell
        self._done: int | None = None

    def follow(self) -> None:
        """Forget what was forgotten since; it costs one question where that is nothing."""
        last = self._forgotten.last()
        if last == self._done:
            return
        done = self._read()
        if done != last:
            beginnings = sorted(self._forgotten.since(done))
            for tell in self._tell:
                tell(beginnings)
            with suppress(OSError):  # then the next one follows again
                self._path.parent.mkdir(exist_ok=True)
                self._path.write_text(f"{last}\n", "ascii")
        self._done = last

    def _read(self) -> int:
        try:
            return int(self._path.read_text("ascii"))
        except (OSError, ValueError):
            return 0
