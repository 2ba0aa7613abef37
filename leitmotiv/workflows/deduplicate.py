"""Plans of what goes to the trash: made from decisions, carried out and taken back; see `plans` and `merging`.

The photo folders are written to here, and only here, when a person confirmed a plan after seeing it. A plan names each
file with its size, time and hash; a file that is not what the plan says stays.
"""

import hashlib
import os
import secrets
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from leitmotiv.errors import LeitmotivError, UsageError
from leitmotiv.formats import trash
from leitmotiv.formats.trash import Trashed, TrashError
from leitmotiv.records import KnownFile
from leitmotiv.store.duplicates import Removal
from leitmotiv.store.library import Library
from leitmotiv.workflows import merging
from leitmotiv.workflows.grouping import Group, overview
from leitmotiv.workflows.keepers import Member
from leitmotiv.workflows.plans import Action, Plan, keep
from leitmotiv.workflows.progress import Report, recorded
from leitmotiv.workflows.session import Session

# Paths are bytes here, which pathlib does not hold.
# ruff: noqa: PTH110, PTH114, PTH116, PTH123


@dataclass
class Outcome:
    """What became of a plan.

    Attributes
    ----------
    moved : list of bytes
        Files that went to the trash, or came back.
    freed : int
        Bytes, once the trash is emptied.
    failed : list of (path, reason)
        Files that stayed where they were.
    merged : int
        Pictures whose ratings or places in selections went to the kept one, or came back.
    """

    moved: list[bytes] = field(default_factory=list)
    freed: int = 0
    failed: list[tuple[bytes, str]] = field(default_factory=list)
    merged: int = 0


def make(session: Session, groups: Sequence[Group] | None = None) -> Plan:
    """Plan what a person decided to remove, in some groups or in all; nothing is moved."""
    everything = overview(session).groups if groups is None else groups
    wanted, keepers = _wanted(everything)
    library = session.library
    paths = {path for path, _, _ in wanted}
    known = library.files.known([*paths, *(member.path for _, _, member in wanted)])
    actions, skipped = [], []
    for path, (group, member), keeper in wanted:
        stays = _staying(keeper, keepers, paths, library)
        reason = _refusal(known.get(path), path, stays)
        if reason or stays is None:
            skipped.append((path, reason))
            continue
        file = known[path]
        keep_id, keep_path = stays
        actions.append(
            Action(
                group=group.id,
                kind=group.kind,
                image_id=member.image.id,
                path=path,
                size=file.size,
                mtime_ns=file.mtime_ns,
                sha256=file.sha256,
                keep_id=keep_id,
                keep_path=keep_path,
            )
        )
    actions = merging.described(library, _freeing(actions))
    made = datetime.now(UTC).isoformat(timespec="seconds")
    return Plan(secrets.token_hex(8), made, str(library.folder), tuple(actions), tuple(skipped))


Wanted = tuple[bytes, tuple[Group, Member], Member]


def _wanted(groups: Sequence[Group]) -> tuple[list[Wanted], dict[str, Member]]:
    """Files to remove, each once, with their group and its keeper; and the keeper of each picture that goes whole."""
    found: dict[bytes, Wanted] = {}
    keepers: dict[str, Member] = {}
    for group in groups:
        if group.keeper.decision == "remove":
            continue  # all of them: there is nothing to keep them for
        for member in group.members[1:]:
            if member.decision != "remove":
                continue
            whole = group.kind != "same file"
            if whole:
                keepers.setdefault(member.image.id, group.keeper)
            for path in member.image.paths if whole else (member.path,):
                found.setdefault(path, (path, (group, member), group.keeper))
    return list(found.values()), keepers


def _staying(
    keeper: Member, keepers: Mapping[str, Member], going: set[bytes], library: Library
) -> tuple[str, bytes] | None:
    """The picture and the file that stay in the end: a keeper may itself be a copy that goes for another one."""
    seen = set()
    while keeper.image.id in keepers and keeper.image.id not in seen:
        seen.add(keeper.image.id)
        keeper = keepers[keeper.image.id]
    states = library.files.known(keeper.image.paths)
    first = (keeper.path, *keeper.image.paths)
    for path in first:
        if path not in going and path in states and states[path].state == "present":
            return keeper.image.id, path
    return None


def _refusal(file: KnownFile | None, path: bytes, stays: tuple[str, bytes] | None) -> str:
    """Why a file stays, as far as can be told before its content is read; "" where it may go."""
    if file is None or file.state == "missing":
        return "it is not there any more"
    if file.state == "offline":
        return "its drive is away"
    if stays is None:
        return "every copy of it would go, or the one to keep is not there"
    return _changed(path, file.size, file.mtime_ns) or _same_place(path, stays[1])


def _changed(path: bytes, size: int, mtime_ns: int) -> str:
    try:
        found = os.stat(path)
    except OSError:
        return "it is not there any more"
    if not stat.S_ISREG(found.st_mode):
        return "it is no regular file"
    if (found.st_size, found.st_mtime_ns) != (size, mtime_ns):
        return "it changed since the library read it: add its folder again"
    return ""


def _same_place(path: bytes, keep: bytes) -> str:
    """Why moving a path would take the kept file, too: one may be a link to the other."""
    if os.path.islink(path):
        return ""  # the link itself goes, what it leads to stays
    if os.path.realpath(path) == os.path.realpath(keep):
        return "the file to keep is this one, reached through a link"
    try:
        one, other = os.stat(path), os.stat(keep)
    except OSError:
        return ""  # whoever moves it looks again, and says why
    if os.path.samestat(one, other) and one.st_nlink == 1:
        return "the file to keep is this one, reached another way"
    return ""


def _freeing(actions: Sequence[Action]) -> list[Action]:
    """Say what each frees: the data of a file with several names go with the last of them."""
    names: dict[tuple[int, int], list[int]] = {}
    links: dict[tuple[int, int], int] = {}
    frees = [0] * len(actions)
    for at, action in enumerate(actions):
        if os.path.islink(action.path):
            continue
        found = os.stat(action.path)
        key = (found.st_dev, found.st_ino)
        names.setdefault(key, []).append(at)
        links[key] = found.st_nlink
    for key, several in names.items():
        if len(several) >= links[key]:
            frees[several[-1]] = actions[several[-1]].size
    return [replace(action, frees=value) for action, value in zip(actions, frees, strict=True)]


def apply(session: Session, plan: Plan, *, report: Report | None = None) -> Outcome:
    """Move the files of a plan to the trash, one after the other, each looked at right before.

    What was moved before is passed over, so that an interrupted plan can be applied again.

    Raises
    ------
    UsageError
        The plan is of another library.
    LibraryLockedError
        Another process writes to the library.
    """
    library = session.library
    if Path(plan.library) != library.folder:
        raise UsageError(f"This plan is for the library {plan.library}, not for {library.folder}. Nothing was moved.")
    outcome = Outcome()
    hashes: dict[bytes, str] = {}
    title = "Move duplicates to the trash"
    with library.writer("moving duplicates to the trash"), recorded(library, "trash", title, report) as tell:
        keep(library, plan)
        gone = {one.path for one in library.duplicates.removals(plan.id) if one.state == "trashed"}
        try:
            for done, action in enumerate(plan.actions):
                tell(title, done, len(plan.actions), action.path.decode("utf-8", "replace"))
                if action.path in gone:
                    continue
                try:
                    _move(library, plan, action, hashes)
                except LeitmotivError as error:
                    outcome.failed.append((action.path, str(error)))
                    tell.failures += 1
                    continue
                outcome.moved.append(action.path)
                outcome.freed += action.frees
        finally:  # what was moved before somebody stopped it leaves what it had to those that are kept
            outcome.merged = merging.merge(library, plan.id, _pairs(plan, library))
        tell(title, len(plan.actions), len(plan.actions))
    return outcome


def _pairs(plan: Plan, library: Library) -> list[tuple[str, str]]:
    """Pictures of which no file is left, each with the one that is kept for it."""
    states = {one.id: one.state for one in library.images.many(sorted({action.image_id for action in plan.actions}))}
    pairs = {action.image_id: action.keep_id for action in plan.actions if action.image_id != action.keep_id}
    return [(gone, kept) for gone, kept in pairs.items() if states.get(gone) == "missing"]


def _move(library: Library, plan: Plan, action: Action, hashes: dict[bytes, str]) -> None:
    """Move one file if it and the kept one are what they should be."""
    text = action.path.decode("utf-8", "replace")
    reason = (
        _changed(action.path, action.size, action.mtime_ns)
        or _lost(library, action, hashes)
        or _same_place(action.path, action.keep_path)
        or ("" if _sha256(action.path) == action.sha256 else "its content is not what the plan says")
    )
    if reason:
        raise TrashError(f"{text} stays: {reason}.")
    number = library.duplicates.begin_removal(
        plan.id, action.image_id, action.path, action.size, action.mtime_ns, action.sha256
    )
    try:
        where = trash.move(action.path)
    except LeitmotivError:
        library.duplicates.end_removal(number, "kept")
        raise
    library.duplicates.end_removal(number, "trashed", trashed=where.file, note=where.note)
    library.files.set_state([action.path], "missing")


def _lost(library: Library, action: Action, hashes: dict[bytes, str]) -> str:
    """Why the kept file is none to rely on."""
    keep = action.keep_path
    if keep not in hashes:
        known = library.files.known([keep]).get(keep)
        hashes[keep] = known.sha256 if known is not None and _sha256(keep) == known.sha256 else ""
    if not hashes[keep] or not os.path.exists(keep):
        return "the file to keep is not there any more, or it changed"
    if action.kind == "same file" and hashes[keep] != action.sha256:
        return "the file to keep is not the same any more"
    return ""


def _sha256(path: bytes) -> str:
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def undo(session: Session, plan_id: str, *, report: Report | None = None) -> Outcome:
    """Bring back what a plan moved, the last file first, and what was merged.

    Raises
    ------
    UsageError
        Nothing was moved by this plan, or all came back already.
    """
    library = session.library
    removals = [one for one in library.duplicates.removals(plan_id) if one.state in ("trashed", "moving")]
    if not removals:
        raise UsageError(f"The plan {plan_id} moved nothing that is still in the trash.")
    outcome = Outcome()
    title = "Bring duplicates back"
    with library.writer("bringing duplicates back"), recorded(library, "trash", title, report) as tell:
        for done, removal in enumerate(reversed(removals)):
            tell(title, done, len(removals), removal.path.decode("utf-8", "replace"))
            try:
                _bring_back(library, removal)
            except LeitmotivError as error:
                outcome.failed.append((removal.path, str(error)))
                tell.failures += 1
                continue
            outcome.moved.append(removal.path)
        back = {one.image_id for one in removals if one.path in set(outcome.moved)}
        outcome.merged = merging.part(library, plan_id, back)
        tell(title, len(removals), len(removals))
    return outcome


def _bring_back(library: Library, removal: Removal) -> None:
    where = Trashed(removal.trashed, removal.note)
    if removal.state == "moving":  # the process ended in between
        if os.path.lexists(removal.path):
            library.duplicates.end_removal(removal.serial, "kept")
            return
        where = trash.find(removal.path)
    if where.file is not None and not os.path.islink(where.file) and _sha256(where.file) not in (removal.sha256, ""):
        raise TrashError(f"{removal.path.decode('utf-8', 'replace')}: what lies in the trash is another file.")
    trash.restore(removal.path, where)
    library.duplicates.end_removal(removal.serial, "restored")
    library.files.set_state([removal.path], "present")


def moved(session: Session) -> list[tuple[str, datetime, int, int]]:
    """Plans that moved something: id, when, files still in the trash, bytes; the latest first."""
    found: dict[str, list[Removal]] = {}
    for removal in session.library.duplicates.removals():
        found.setdefault(removal.plan, []).append(removal)
    rows = []
    for plan_id, removals in found.items():
        there = [one for one in removals if one.state == "trashed"]
        rows.append((plan_id, removals[0].at, len(there), sum(one.size for one in there)))
    return sorted(rows, key=lambda row: row[1], reverse=True)
