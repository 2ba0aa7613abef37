"""What a run of adding pictures found, in numbers and in words."""

from dataclasses import dataclass, field


@dataclass
class AddReport:
    """What one run of adding found.

    Attributes
    ----------
    new, changed, gone, same, moved, copies, offline : int
        Files; "gone" are kept until `leitmotiv forget`.
    replaced : int
        Pictures whose only file now holds another picture; kept, as missing, until `leitmotiv forget`.
    forgotten : int
        Files of pictures that were forgotten; `leitmotiv add-image FILE` takes them back.
    failed : list of (path as text, reason)
        Every file and folder that could not be read.
    """

    new: int = 0
    changed: int = 0
    gone: int = 0
    same: int = 0
    moved: int = 0
    copies: int = 0
    offline: int = 0
    replaced: int = 0
    forgotten: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)

    def __str__(self) -> str:
        parts = [f"{self.new:,} new", f"{self.changed:,} changed", f"{self.gone:,} gone", f"{self.same:,} same"]
        rest = (
            *(("moved", self.moved), ("copies", self.copies), ("offline", self.offline)),
            *(("replaced", self.replaced), ("forgotten", self.forgotten), ("failed", len(self.failed))),
        )
        text = ", ".join([*parts, *(f"{count:,} {name}" for name, count in rest if count)])
        seen = self.new + self.changed + self.gone + self.same + sum(count for _, count in rest)
        return text if seen else f"{text}: no pictures were found there"
