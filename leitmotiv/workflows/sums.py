"""What is added, taken away and wanted together in a line of a search, put into one tree; it reads no text."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from leitmotiv.workflows import trees
from leitmotiv.workflows.trees import Group, Node


@dataclass
class _Entry:
    """What stands together between signs, and what of it is refused by NOT, before and behind what is wanted."""

    less: bool = False
    wanted: list[Node] = field(default_factory=list)
    early: list[Node] = field(default_factory=list)
    late: list[Node] = field(default_factory=list)

    def take(self, node: Node) -> None:
        # what a minus stands before is taken away as a whole, whatever it takes away itself
        refused = _refused(node) if self.wanted or not self.less else []
        if not refused:
            self.wanted.append(node)
        else:
            (self.late if self.wanted else self.early).extend(refused)

    def members(self, alone: bool) -> list[Node]:
        """Its parts in a sum; where others are wanted beside it, what it refuses is refused of it only."""
        if not self.wanted:
            return [*self.early]
        whole = trees.together(self.wanted)
        if self.less or not (alone or not (self.early or self.late)):
            whole = _sum([whole, *self.early, *self.late])
            return [replace(whole, weight=-whole.weight) if self.less else whole]
        return [*self.early, whole, *self.late]


class Sums:
    """A sum as it is read from left to right.

    NOT binds tighter than what stands together, and that tighter than plus and minus. A minus takes away all that is
    met behind it by &; what stands behind that without a sign belongs to the last thing that is wanted.
    """

    def __init__(self) -> None:
        self._entries: list[_Entry] = []
        self._last = _Entry()

    def __bool__(self) -> bool:
        return bool(self._entries)

    def add(self, node: Node, *, added: bool, less: bool, met: bool) -> None:
        """Take a node, its weight below 0 where it is refused.

        Parameters
        ----------
        added, less, met : bool
            Whether a plus, a minus, an & stand before it; a NOT is in the weight alone.
        """
        if less and node.weight > 0:  # what a minus stands before was refused itself
            less, added = False, True
        if less or added or not self._entries:
            self._last = _Entry(less)
            self._entries.append(self._last)
        elif self._last.less and not met:
            self._last = next((one for one in reversed(self._entries) if not one.less), _Entry())
            if self._last not in self._entries:
                self._entries.append(self._last)
        self._last.take(replace(node, weight=-node.weight) if less else node)

    def node(self) -> Node | None:
        """All of it as one; None of nothing."""
        several = sum(bool(one.wanted) and not one.less for one in self._entries) > 1
        return trees.joined("sum", [part for one in self._entries for part in one.members(not several)])


def _refused(node: Node) -> list[Node]:
    """A node as what it refuses, where it wants nothing; else nothing."""
    if node.weight < 0:
        return [node]
    if isinstance(node, Group) and node.how == "sum" and all(one.weight < 0 for one in node.members):
        return [replace(one, weight=trees.rounded(one.weight * node.weight)) for one in node.members]
    return []


def _sum(members: Sequence[Node]) -> Node:
    found = trees.joined("sum", members)
    return members[0] if found is None else found
