"""Copies that were found, what a person decided about them, and which files went to the trash; it finds nothing."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from leitmotiv.records import Copy
from leitmotiv.store import tables
from leitmotiv.store.changes import Edit
from leitmotiv.store.database import Database, Row, chunks
from leitmotiv.store.orm import fn

Decision = Literal["keep", "remove"]
_COPY = (
    tables.Copies.left,
    tables.Copies.right,
    tables.Copies.kind,
    tables.Copies.score,
    tables.Copies.sure,
    tables.Copies.mirrored,
    tables.Copies.grey,
    tables.Copies.inside,
    tables.Copies.box,
    tables.Copies.correlation,
    tables.Copies.divergence,
    tables.Copies.bits,
    tables.Copies.keypoints,
)
_REMOVAL = (
    tables.Removals.serial,
    tables.Removals.plan,
    tables.Removals.image_id,
    tables.Removals.path,
    tables.Removals.size,
    tables.Removals.mtime_ns,
    tables.Removals.sha256,
    tables.Removals.trashed,
    tables.Removals.note,
    tables.Removals.state,
    tables.Removals.at,
)


@dataclass(frozen=True)
class Removal:
    """A file that was moved to the trash, or was about to be.

    Attributes
    ----------
    plan : str
        The plan that said so.
    trashed, note : bytes or None
        Where the file and the trash's own note of it lie now; None where the system does not tell.
    state : str
        "moving" (begun, not known to be finished), "trashed", "restored" or "kept" (it stayed where it was).
    """

    serial: int
    plan: str
    image_id: str
    path: bytes
    size: int
    mtime_ns: int
    sha256: str
    trashed: bytes | None
    note: bytes | None
    state: Literal["moving", "trashed", "restored", "kept"]
    at: datetime


class Duplicates:
    """Copies and decisions; reached as `library.duplicates`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, copies: Iterable[Copy], seen: Sequence[str], revision: str) -> None:
        """Keep copies, and that these pictures were compared with all that were compared before, at once."""
        table, done = tables.Copies, tables.CopiesSeen
        with self._database.transaction():
            for part in chunks(copies, 50):
                kept = [name for name in table._meta.sorted_field_names if name not in ("left", "right")]
                self._database.run(
                    table.insert_many([_copy_row(copy) for copy in part]).on_conflict(
                        conflict_target=[table.left, table.right], preserve=[getattr(table, name) for name in kept]
                    )
                )
            for part in chunks(seen, 200):
                rows = [{"image_id": image_id, "revision": revision} for image_id in part]
                self._database.run(
                    done.insert_many(rows).on_conflict(conflict_target=[done.image_id], preserve=[done.revision])
                )

    def seen(self, revision: str) -> set[str]:
        """Pictures that were compared by this revision of the method."""
        table = tables.CopiesSeen
        return {
            image_id
            for (image_id,) in self._database.rows(table.select(table.image_id).where(table.revision == revision))
        }

    def searched(self) -> int:
        """How many pictures were compared, by whatever revision."""
        (count,) = self._database.row(tables.CopiesSeen.select(fn.COUNT(tables.CopiesSeen.image_id))) or (0,)
        return int(count)

    def clear(self) -> None:
        """Forget what was found; decisions stay."""
        with self._database.transaction():
            self._database.run(tables.Copies.delete())
            self._database.run(tables.CopiesSeen.delete())

    def copies(self) -> list[Copy]:
        """All pairs, the likeliest first."""
        table = tables.Copies
        rows = self._database.rows(table.select(*_COPY).order_by(table.score.desc(), table.left, table.right))
        return [_as_copy(row) for row in rows]

    def decisions(self) -> dict[str, Decision]:
        """What a person decided, by member: the id of a picture, or that with a path of it (see `member`)."""
        table = tables.CopyDecisions
        return dict(self._database.rows(table.select(table.member, table.decision)))

    def denied(self) -> set[tuple[str, str]]:
        """Pairs of pictures that a person said are no copies."""
        table = tables.CopyDenials
        return set(self._database.rows(table.select(table.left, table.right)))

    @staticmethod
    def decision(member: str, decision: Decision | None) -> Edit:
        """What `changes.apply` takes to decide about a member, or with None to leave it open."""
        values = None if decision is None else {"image_id": member.partition(":")[0], "decision": decision}
        return Edit("copy_decisions", {"member": member}, values)

    @staticmethod
    def denial(one: str, other: str, denied: bool = True) -> Edit:
        """What `changes.apply` takes to say that two pictures are no copies."""
        left, right = sorted((one, other))
        values = {"at": datetime.now(UTC).isoformat(timespec="seconds")} if denied else None
        return Edit("copy_denials", {"left": left, "right": right}, values)

    def begin_removal(self, plan: str, image_id: str, path: bytes, size: int, mtime_ns: int, sha256: str) -> int:
        """Write down that a file is about to be moved; returns its number."""
        return self._database.insert(
            tables.Removals.insert(
                plan=plan,
                image_id=image_id,
                path=path,
                size=size,
                mtime_ns=mtime_ns,
                sha256=sha256,
                state="moving",
                at=datetime.now(UTC).isoformat(timespec="seconds"),
            )
        )

    def end_removal(self, serial: int, state: str, *, trashed: bytes | None = None, note: bytes | None = None) -> None:
        """Write down what became of it."""
        changes: dict[str, Any] = {"state": state}
        if state == "trashed":
            changes |= {"trashed": trashed, "note": note}
        self._database.run(tables.Removals.update(**changes).where(tables.Removals.serial == serial))

    def removals(self, plan: str | None = None) -> list[Removal]:
        """Files of one plan, or of all, in the order in which they went."""
        table = tables.Removals
        query = table.select(*_REMOVAL).order_by(table.serial)
        rows = self._database.rows(query if plan is None else query.where(table.plan == plan))
        return [_as_removal(row) for row in rows]


def _copy_row(copy: Copy) -> dict[str, Any]:
    return {
        **vars(copy),
        "sure": int(copy.sure),
        "mirrored": int(copy.mirrored),
        "grey": int(copy.grey),
        "box": json.dumps(copy.box),
    }


def _as_copy(row: Row) -> Copy:
    left, right, kind, score, sure, mirrored, grey, inside, box, correlation, divergence, bits, keypoints = row
    return Copy(
        left=left,
        right=right,
        kind=kind,
        score=score,
        sure=bool(sure),
        mirrored=bool(mirrored),
        grey=bool(grey),
        inside=inside,
        box=tuple(json.loads(box)),
        correlation=correlation,
        divergence=divergence,
        bits=bits,
        keypoints=keypoints,
    )


def _as_removal(row: Row) -> Removal:
    serial, plan, image_id, path, size, mtime_ns, sha256, trashed, note, state, at = row
    return Removal(
        serial=serial,
        plan=plan,
        image_id=image_id,
        path=bytes(path),
        size=size,
        mtime_ns=int(mtime_ns),
        sha256=sha256,
        trashed=None if trashed is None else bytes(trashed),
        note=None if note is None else bytes(note),
        state=state,
        at=datetime.fromisoformat(at),
    )
