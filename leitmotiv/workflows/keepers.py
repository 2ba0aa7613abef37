"""Which copy to keep, and why; and what the others are beside it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from leitmotiv.records import Copy, Image
from leitmotiv.store.duplicates import Decision

LARGER, SHARPER, HEAVIER = 1.03, 1.1, 1.05
"""By which factor a picture has to lead to be kept for it."""
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
    ("larger", area, LARGER),
    ("sharper", lambda one: one.sharpness or 0.0, SHARPER),
    ("holds EXIF", lambda one: float(one.has_exif), 1.0),
    ("the camera's own format", lambda one: float(FORMATS.get(one.image.format, 0)), 1.0),
    ("compressed less", lambda one: float(one.image.size), HEAVIER),
    ("older", lambda one: -one.image.taken.at.replace(tzinfo=None).toordinal(), 1.0),
)
"""What a keeper is chosen by, in this order: those that lie behind the best by more than the factor are out."""


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
    if len(left) > 1:
        left.sort(key=lambda one: (one.path.count(b"/"), len(one.path), one.path))
        reasons.append("the shortest path" if not reasons else "")
    return left[0], tuple(reason for reason in reasons if reason)


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
    ratio = (member.image.width * member.image.height) / (keeper.image.width * keeper.image.height)
    if not copy.inside and ratio < 1 / LARGER:
        said.append("smaller")
    if member.sharpness and keeper.sharpness and member.sharpness * SHARPER < keeper.sharpness and not copy.inside:
        said.append("softer")
    return tuple(said) or ("nearly the same",)
