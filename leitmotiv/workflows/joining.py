"""What a query says of every picture, from what each of its terms says: its tree, walked from the leaves up."""

from collections.abc import Iterator, Sequence
from math import log

from leitmotiv.analysis import joining
from leitmotiv.analysis.joining import Joined, Mask
from leitmotiv.records import Float
from leitmotiv.workflows.query import Node, Term
from leitmotiv.workflows.terms import TRAITS


def joined(tree: Node, values: Sequence[Float], found: Sequence[Mask]) -> Joined:
    """What a query says of pictures.

    Parameters
    ----------
    tree : Term or Group
    values : sequence of (N,) float64
        What each of its terms says, from left to right, standardised.
    found : sequence of (N,) bool
        Which pictures part from chance for each.
    """
    whole = _Walk(values, found).of(tree, 0.0)
    return joining.turned(whole) if tree.weight < 0 else whole


class _Walk:
    """Terms are met in the order in which they are numbered."""

    def __init__(self, values: Sequence[Float], found: Sequence[Mask]) -> None:
        self.values = values
        self.found = found
        self.numbers: Iterator[int] = iter(range(len(values)))

    def of(self, node: Node, ahead: float) -> Joined:
        """What a node says, without its sign; what is wanted in it is ahead by so much."""
        if isinstance(node, Term):
            at = next(self.numbers)
            return joining.alone(at, self.values[at], self.found[at], ahead)
        if node.how == "all":
            return joining.smallest(self._eased(node.members, ahead))
        if node.how == "any":
            found = self._lifted(node.members, ahead)
            return joining.largest(
                [joining.turned(one) if each.weight < 0 else one for each, one in zip(node.members, found, strict=True)]
            )
        return self._sum(node.members, ahead)

    def _lifted(self, members: Sequence[Node], ahead: float) -> list[Joined]:
        """The heavier one is ahead of the others where one is enough."""
        most = _heaviest(members)
        return [self.of(one, ahead + log(abs(one.weight) / most)) for one in members]

    def _eased(self, members: Sequence[Node], ahead: float) -> list[Joined]:
        """The lighter one is forgiven more where all are needed."""
        most = _heaviest(members)
        return [self.of(one, ahead + log(most / abs(one.weight))) for one in members]

    def _sum(self, members: Sequence[Node], ahead: float) -> Joined:
        wanted = [one for one in members if one.weight > 0]
        against = [one for one in members if one.weight < 0]
        if not wanted:
            return joining.turned(joining.largest(self._lifted(against, ahead)))
        # each is asked in its place, as terms are numbered from left to right
        things, traits = [one for one in wanted if not _is_trait(one)], [one for one in wanted if _is_trait(one)]
        most, thing = _heaviest(wanted), _heaviest(things) if things else 0.0
        found: list[Joined] = []
        enough: list[Joined] = []
        taken: list[tuple[float, Joined]] = []
        for one in members:
            if one.weight < 0:
                taken.append((-one.weight / most, self.of(one, 0.0)))
            elif _is_trait(one):
                found.append(self.of(one, ahead + log(most / one.weight)))
            else:
                lead = log(one.weight / thing) + (log(most / thing) if traits else 0.0)
                enough.append(self.of(one, ahead + lead))
        if enough:
            found.append(joining.largest(enough))
        return joining.less(joining.smallest(found), taken)


def _heaviest(members: Sequence[Node]) -> float:
    return max(abs(one.weight) for one in members)


def _is_trait(node: Node) -> bool:
    """Whether it says what a picture has, and nothing of what it shows."""
    if isinstance(node, Term):
        return isinstance(node.wanted, TRAITS)
    return all(_is_trait(one) for one in node.members)
