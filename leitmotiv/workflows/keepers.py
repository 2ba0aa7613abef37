"""Which copy to keep, and why; and what the others are beside it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from leitmotiv.records import Copy, Image
from leitmotiv.store.duplicates import Decision

FINER, MORE, SHARPER, HEAVIER = 1.1, 1.05, 1.1, 1.05
"""By which factor a picture has to lead to be kept for it; where it lies in another is known to a sixteenth only."""
_COPY_NAME = re.compile(rb"copy|kopie|copie|backup|duplicate|export|thumb|cache|\(\d+\)|~\d*\.", re.IGNORECASE)
FORMATS = {"RAW": 3, "HEIC": 2, "JPEG": 2, "TIFF": 2, "PNG": 1}
"""What cameras write counts for more than what programs make of it; the others for 0."""


@dataclass(frozen=True)
class Member:
    """A picture of a group, or one file of a picture that lies at several places.

    Attributes
    ----------
    key : str
        What decisions name it by: the picture's id, or that, ":", and a path in base64url.
    path : bytes
    image : Image
    away : bool
        Whether its drive is away.
    content : float
        Share of the frame inside borders of one colour.
    toned : bool
        Whether it has a single tone.
    fineness : float
        Pixels for the same thing, a side, beside the finest of the group; at most 1.
    sharpness : float or None
        See `analysis.miniature.sharpness`; None before it was measured.
    copy : Copy or None
        How it was recognised: its pair with the keeper, or the likeliest it has in the group.
    decision : str or None
        "keep" or "remove", as a person said.
    reasons : tuple of str
        Why the keeper is proposed; of the others, what they are.
    """

    key: str
    path: bytes
    image: Image
    away: bool
    content: float = 1.0
    toned: bool = False
    fineness: float = 1.0
    sharpness: float | None = None
    copy: Copy | None = None
    decision: Decision | None = None
    reasons: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The path as text."""
        return self.path.decode("utf-8", "replace")

    @property
    def has_exif(self) -> bool:
        """Whether the file tells when or with what it was taken."""
        return self.image.taken.source == "exif" or "Camera" in self.image.facts


def area(member: Member) -> float:
    """Pixels inside borders."""
    return member.image.width * member.image.height * member.content


Test = tuple[str, Callable[[Member], float], float]
_TESTS: tuple[Test, ...] = (
    ("its drive is here", lambda one: 0.0 if one.away else 1.0, 1.0),
    ("larger", lambda one: one.fineness, FINER),
    ("in colour", lambda one: 0.0 if one.toned else 1.0, 1.0),
    ("holds EXIF", lambda one: float(one.has_exif), 1.0),
    ("shows more", lambda one: area(one) / one.fineness**2, MORE),
    ("without a border", lambda one: one.content, MORE),
    ("the camera's own format", lambda one: float(FORMATS.get(one.image.format, 0)), 1.0),
    # before sharpness: the edges of JPEG's blocks look sharp, and a blurred picture compresses well
    ("compressed less", lambda one: float(one.image.size), HEAVIER),
    ("sharper", lambda one: one.sharpness or 0.0, SHARPER),
    ("not named as a copy", lambda one: 0.0 if _COPY_NAME.search(one.path) else 1.0, 1.0),
    ("older", lambda one: -(one.image.taken.at.replace(tzinfo=None) - datetime.min).total_seconds(), 1.0),
)
"""What a keeper is chosen by, in this order: those that lie behind the best by more than the factor are out."""


def with_fineness(members: Sequence[Member], pairs: Sequence[Copy]) -> list[Member]:
    """Members with how many pixels each has for the same thing, a side, beside the finest.

    Frames differ: a crop has fewer pixels than its picture and a framed copy more, and yet neither is finer. So pixels
    are counted over what two of them share, from one member to the next along their pairs.
    """
    images = {member.image.id: member.image for member in members}
    ratios: dict[str, list[tuple[str, float]]] = {}
    for pair in pairs:
        left, right = images.get(pair.left), images.get(pair.right)
        if left is None or right is None:
            continue
        ratio = ((left.width * left.height) / (right.width * right.height)) ** 0.5
        share = (pair.box[2] * pair.box[3]) ** 0.5
        ratio *= {"left": 1 / share, "right": share}.get(pair.inside, 1.0)
        ratios.setdefault(pair.left, []).append((pair.right, 1 / ratio))
        ratios.setdefault(pair.right, []).append((pair.left, ratio))
    fineness = {members[0].image.id: 1.0}
    ahead = [members[0].image.id]
    while ahead:
        one = ahead.pop(0)
        for other, ratio in ratios.get(one, ()):
            if other not in fineness:
                fineness[other] = fineness[one] * ratio
                ahead.append(other)
    most = max(fineness.values())
    return [replace(member, fineness=fineness.get(member.image.id, most) / most) for member in members]


def propose(members: Sequence[Member]) -> tuple[Member, tuple[str, ...]]:
    """The member to keep, and why: each test leaves out those that fail it against the best, until one is left."""
    left = list(members)
    reasons = []
    for reason, value, factor in _TESTS:
        best = max(value(member) for member in left)
        kept = [member for member in left if value(member) * factor >= best or value(member) == best]
        if len(kept) < len(left):
            reasons.append(reason)
            left = kept
    if not reasons:
        reasons.append("known first")
    return left[0], tuple(reasons)


def described(member: Member, copy: Copy | None, keeper: Member) -> tuple[str, ...]:
    """What a copy is, in a few words."""
    if copy is None:
        return ("the same file",)
    if copy.kind == "exact":
        return ("the same pixels",)
    said = []
    if copy.mirrored:
        said.append("mirrored")
    if copy.grey:
        said.append("in one tone")
    width, height = copy.box[2:]
    if copy.inside:
        inner = copy.left if copy.inside == "left" else copy.right
        share = round(100 * (width * height) ** 0.5)
        said.append(f"a crop, {share} % of each side" if inner == member.image.id else "with more around it")
    if member.fineness * FINER < keeper.fineness:
        said.append("smaller")
    if member.sharpness and keeper.sharpness and member.sharpness * SHARPER < keeper.sharpness and not copy.inside:
        said.append("softer")
    return tuple(said) or ("nearly the same",)
