"""Copies as groups, each with a keeper that is proposed and the reason; and what a person decides about them."""

import base64
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from leitmotiv.analysis import miniature
from leitmotiv.errors import UsageError
from leitmotiv.records import Copy, Image
from leitmotiv.store.changes import Edit
from leitmotiv.store.duplicates import Decision
from leitmotiv.workflows.duplicates import TRAITS
from leitmotiv.workflows.keepers import Member, area, described, propose, with_fineness
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.selecting import select
from leitmotiv.workflows.session import Session

Kind = Literal["same file", "same pixels", "near", "perhaps"]
KINDS: tuple[Kind, ...] = ("same file", "same pixels", "near", "perhaps")
"""In the order in which they are shown: the surest first."""


@dataclass(frozen=True)
class Group:
    """Copies of one picture.

    Attributes
    ----------
    id : str
        12 hex digits of who is in it.
    members : tuple of Member
        The keeper first.
    """

    id: str
    kind: Kind
    members: tuple[Member, ...]
    state: Literal["open", "decided"] = field(default="open")

    @property
    def keeper(self) -> Member:
        """The one to keep: as a person said, else as proposed."""
        return self.members[0]

    @property
    def spare(self) -> int:
        """Bytes of the others."""
        return sum(member.image.size for member in self.members[1:])


@dataclass(frozen=True)
class Overview:
    """The groups of a library.

    Attributes
    ----------
    searched, pictures : int
        Pictures that were compared, and that there are.
    """

    groups: tuple[Group, ...]
    searched: int
    pictures: int


def file_key(image_id: str, path: bytes) -> str:
    """What a file of a picture with several files is named by."""
    return f"{image_id}:{base64.urlsafe_b64encode(path).decode().rstrip('=')}"


def overview(session: Session) -> Overview:
    """All groups, the surest kinds first, in each the most bytes first."""
    library = session.library
    state = library.revision("images", "files", "copies", "copy_decisions", "copy_denials")
    return remember(session, ("duplicates", state), lambda: _overview(session))


def chosen(
    session: Session,
    *,
    kinds: Iterable[str] = (),
    folder: str = "",
    within: str = "",
    undecided: bool = False,
) -> tuple[Group, ...]:
    """Groups of some kinds, with a member in a folder, or with one in a selection.

    Parameters
    ----------
    kinds : iterable of str
        Of `KINDS`; all but "perhaps" where none is given.
    folder : str
        A folder that a member lies in or below.
    within : str
        A line of filters.
    undecided : bool
        Whether groups that a person decided about are left out.

    Raises
    ------
    UsageError
        A kind that there is not, or a line that cannot be read.
    """
    wanted = tuple(kinds) or KINDS[:3]
    for kind in wanted:
        if kind not in KINDS:
            raise UsageError(f"kind is {kind!r}, but must be one of {', '.join(KINDS)}.")
    ids = set(select(session, within)) if within else None
    start = folder.rstrip("/").encode("utf-8", "surrogateescape") + b"/" if folder else b""
    return tuple(
        group
        for group in overview(session).groups
        if group.kind in wanted
        and (ids is None or any(member.image.id in ids for member in group.members))
        and (not start or any(member.path.startswith(start) for member in group.members))
        and not (undecided and group.state == "decided")
    )


def find_group(session: Session, group_id: str) -> Group:
    """One group by its id.

    Raises
    ------
    UsageError
        There is none (any more).
    """
    for group in overview(session).groups:
        if group.id == group_id:
            return group
    raise UsageError(f"There is no group {group_id} of duplicates (any more). Load the list again.")


def folders(session: Session) -> list[tuple[str, int]]:
    """Folders that hold members of groups, with the number of groups; the fullest first."""
    counts: dict[str, int] = defaultdict(int)
    for group in overview(session).groups:
        for name in {member.shown.rpartition("/")[0] for member in group.members}:
            counts[name] += 1
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def decide(session: Session, decisions: Mapping[str, Decision | None]) -> int | None:
    """Keep or remove members, by their keys; None leaves one open again. Undoable.

    Raises
    ------
    UsageError
        A key of no member, or another word.
    """
    known = {member.key: member for group in overview(session).groups for member in group.members}
    for key, decision in decisions.items():
        if key not in known:
            raise UsageError(f"{key[:24]!r} is in no group of duplicates (any more). Load the list again.")
        if decision not in ("keep", "remove", None):
            raise UsageError(f"decision is {decision!r}, but must be keep, remove or null.")
    words = [f"{word} {count:,}" for word in ("keep", "remove") if (count := list(decisions.values()).count(word))]
    title = f"duplicates: {', '.join(words) or 'left open again'}"
    store = session.library.duplicates
    return session.library.changes.apply(title, [store.decision(key, word) for key, word in decisions.items()])


def deny(session: Session, group_id: str, key: str) -> int | None:
    """Say that a member is no copy of the others of its group. Undoable.

    Raises
    ------
    UsageError
        No such group or member, or files that are the same byte for byte.
    """
    group = find_group(session, group_id)
    member = next((one for one in group.members if one.key == key), None)
    if member is None:
        raise UsageError(f"{key[:24]!r} is not in the group {group_id} (any more). Load the list again.")
    if group.kind == "same file":
        raise UsageError("These files are the same byte for byte. Keep both, if both shall stay.")
    store = session.library.duplicates
    mine = {one.id for one in _cluster(session, member.image.id, group)}
    rest = {one.image.id for one in group.members if one.key != key}
    edits = [store.denial(one, other) for one in mine for other in rest - mine]
    edits.append(store.decision(key, None))
    return session.library.changes.apply(f"{member.image.name} is not a duplicate", edits)


def _cluster(session: Session, image_id: str, group: Group) -> list[Image]:
    """Of a suggested group, a member stands for all of the group that it keeps."""
    if group.kind != "perhaps":
        return session.library.images.many([image_id])
    for other in overview(session).groups:
        if other.kind in ("same pixels", "near") and any(one.image.id == image_id for one in other.members):
            return [one.image for one in other.members]
    return session.library.images.many([image_id])


def accept(session: Session, groups: Sequence[Group]) -> int:
    """Decide as proposed, in all groups that are sure and not decided yet, as one change; how many groups."""
    edits: list[Edit] = []
    count = 0
    store = session.library.duplicates
    for group in groups:
        if group.kind == "perhaps" or group.state == "decided":
            continue
        count += 1
        for member in group.members:
            if member.decision is None:
                edits.append(store.decision(member.key, "keep" if member is group.keeper else "remove"))
    session.library.changes.apply(f"proposals of {count:,} group{'' if count == 1 else 's'} accepted", edits)
    return count


def _overview(session: Session) -> Overview:
    library = session.library
    decisions, denied = library.duplicates.decisions(), library.duplicates.denied()
    copies = [copy for copy in library.duplicates.copies() if (copy.left, copy.right) not in denied]
    traits = _Seen(session, {end for copy in copies for end in (copy.left, copy.right)})
    groups = [*_same_files(session, traits, decisions)]
    sure: list[Group] = []
    owner: dict[str, str] = {}
    for ids, pairs in _components([copy for copy in copies if copy.sure and traits.holds(copy)]):
        kind: Kind = "same pixels" if all(copy.kind == "exact" for copy in pairs) else "near"
        group = _group(kind, [traits.member(one, decisions) for one in ids], pairs)
        sure.append(group)
        owner |= dict.fromkeys(ids, group.keeper.image.id)
    groups += sure
    loose = [copy for copy in copies if not copy.sure and traits.holds(copy)]
    # keepers stand for their groups, so that nobody is asked twice about the same picture
    lifted: dict[tuple[str, str], Copy] = {}
    for copy in loose:
        left, right = sorted((owner.get(copy.left, copy.left), owner.get(copy.right, copy.right)))
        if left != right and (left, right) not in denied:
            as_is = (left, right) == (copy.left, copy.right)
            lifted.setdefault((left, right), copy if as_is else replace(copy, left=left, right=right))
    for ids, pairs in _components(list(lifted.values())):
        groups.append(_group("perhaps", [traits.member(one, decisions) for one in ids], pairs))
    groups.sort(key=lambda one: (KINDS.index(one.kind), -one.spare, one.id))
    return Overview(tuple(groups), library.duplicates.searched(), library.images.count())


class _Seen:
    """The pictures that copies name, with what a keeper is chosen by."""

    def __init__(self, session: Session, ids: set[str]) -> None:
        library = session.library
        self._images = {one.id: one for one in library.images.many(sorted(ids)) if one.state != "missing"}
        self._content: dict[str, float] = {}
        self._sharpness: dict[str, float] = {}
        self._toned: set[str] = set()
        stored = library.arrays.get(TRAITS)
        if stored is not None and self._images:
            rows = [row for row, one in enumerate(stored.ids) if one in self._images]
            names = [stored.ids[row] for row in rows]
            small = np.asarray(stored["small"][rows])
            shares = miniature.content(small)
            self._toned = {one for one, toned in zip(names, miniature.is_toned(small).tolist(), strict=True) if toned}
            self._content = dict(zip(names, shares.tolist(), strict=True))
            self._sharpness = dict(zip(names, stored["sharpness"][rows].tolist(), strict=True))

    def holds(self, copy: Copy) -> bool:
        return copy.left in self._images and copy.right in self._images

    def member(self, image_id: str, decisions: Mapping[str, Decision]) -> Member:
        image = self._images[image_id]
        return Member(
            key=image_id,
            path=image.paths[0],
            image=image,
            away=image.state == "offline",
            content=self._content.get(image_id, 1.0),
            toned=image_id in self._toned,
            sharpness=self._sharpness.get(image_id),
            decision=decisions.get(image_id),
        )


def _same_files(session: Session, traits: _Seen, decisions: Mapping[str, Decision]) -> Iterable[Group]:
    """Pictures with several files, which are the same byte for byte."""
    library = session.library
    for image_id, paths in library.files.shared().items():
        image = library.images.get(image_id)
        members = [
            Member(key=key, path=path, image=image, away=state == "offline", decision=decisions.get(key))
            for path, state in paths
            for key in (file_key(image_id, path),)
        ]
        yield _group("same file", members, [])


def _components(copies: Sequence[Copy]) -> list[tuple[list[str], list[Copy]]]:
    """Pictures that copies connect, each with its pairs."""
    parent: dict[str, str] = {}

    def root(one: str) -> str:
        while parent.setdefault(one, one) != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for copy in copies:
        parent[root(copy.left)] = root(copy.right)
    ids: dict[str, list[str]] = defaultdict(list)
    pairs: dict[str, list[Copy]] = defaultdict(list)
    for one in sorted(parent):
        ids[root(one)].append(one)
    for copy in copies:
        pairs[root(copy.left)].append(copy)
    return [(ids[one], pairs[one]) for one in ids]


def _group(kind: Kind, members: Sequence[Member], pairs: Sequence[Copy]) -> Group:
    digest = hashlib.sha256("\n".join(sorted(member.key for member in members)).encode()).hexdigest()[:12]
    members = with_fineness(members, pairs)
    keeper, reasons = propose(members)
    said = [member for member in members if member.decision == "keep"]
    if said and keeper not in said:
        keeper, reasons = propose(said)
        reasons = ("as you said",)
    if keeper.decision == "remove" and not said:
        rest = [member for member in members if member.decision != "remove"]
        if rest:
            keeper, reasons = propose(rest)
    others = sorted((member for member in members if member is not keeper), key=lambda one: (-area(one), one.path))
    by_pair = {frozenset((copy.left, copy.right)): copy for copy in pairs}

    def evidence(member: Member) -> Copy | None:
        own = by_pair.get(frozenset((member.image.id, keeper.image.id)))
        return own or next((copy for copy in pairs if member.image.id in (copy.left, copy.right)), None)

    shown = [replace(keeper, reasons=reasons)]
    shown += [replace(one, copy=evidence(one), reasons=described(one, evidence(one), keeper)) for one in others]
    decided = all(member.decision is not None for member in members)
    return Group(digest, kind, tuple(shown), "decided" if decided else "open")


def as_form(group: Group) -> dict[str, object]:
    """A group in JSON."""
    return {
        "id": group.id,
        "kind": group.kind,
        "state": group.state,
        "spare_bytes": group.spare,
        "members": [_member_form(member, member is group.keeper) for member in group.members],
    }


def _member_form(member: Member, keeper: bool) -> dict[str, object]:
    form: dict[str, object] = {"key": member.key, "id": member.image.id, "path": member.shown}
    if "\ufffd" in member.shown:
        form["path_base64"] = base64.b64encode(member.path).decode()
    copy = member.copy
    return form | {
        "width": member.image.width,
        "height": member.image.height,
        "bytes": member.image.size,
        "format": member.image.format,
        "taken": member.image.taken.at.isoformat(),
        "exif": member.has_exif,
        "sharpness": member.sharpness,
        "state": "offline" if member.away else "present",
        "proposed": "keep" if keeper else "remove",
        "decision": member.decision,
        "reasons": list(member.reasons),
        "copy": None if copy is None else vars(copy),
    }
