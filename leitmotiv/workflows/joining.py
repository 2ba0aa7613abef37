"""What a query says of every picture, from what each of its terms says: its tree, walked from the leaves up."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import log

from leitmotiv.analysis import joining
from leitmotiv.analysis.joining import Joined, Mask
from leitmotiv.records import Float
from leitmotiv.workflows.query import Node, Term
from leitmotiv.workflows.terms import Colour
from leitmotiv.workflows.trees import is_trait


def joined(
    tree: Node, values: Sequence[Float], found: Sequence[Mask], beside: Sequence[Mask | None] | None = None
) -> Joined:
    """What a query says of pictures.

    Parameters
    ----------
    tree : Term or Group
    values : sequence of (N,) float64
        What each of its terms says, from left to right, standardised.
    found : sequence of (N,) bool
        Which pictures part from chance for each.
    beside : sequence of (N,) bool or None, optional
        Which do where the term is wanted together with what pictures show; without it the same.
    """
    whole = _Walk(values, found, beside or [None] * len(values)).of(tree, 0.0, False)
    return joining.turned(whole) if tree.weight < 0 else whole


class _Walk:
    """Terms are met in the order in which they are numbered."""

    def __init__(self, values: Sequence[Float], found: Sequence[Mask], beside: Sequence[Mask | None]) -> None:
        self.values = values
        self.found = found
        self.beside = beside
        self.numbers: Iterator[int] = iter(range(len(values)))

    def of(self, node: Node, ahead: float, ranked: bool) -> Joined:
        """What a node says, without its sign; what is wanted in it is ahead by so much, and told by its rank."""
        if isinstance(node, Term):
            at = next(self.numbers)
            values = joining.by_rank(self.values[at]) if ranked else self.values[at]
            return joining.alone(at, values, self.found[at], ahead)
        if node.how == "all":
            found = [self._met(one, ahead, ranked) for one in node.members]
            return joining.meeting(found, [one.weight for one in node.members])
        if node.how == "any":
            found = self._lifted(node.members, ahead)
            return joining.largest(
                joining.abreast(
                    [
                        joining.turned(one) if each.weight < 0 else one
                        for each, one in zip(node.members, found, strict=True)
                    ]
                )
            )
        return self._sum(node.members, ahead, ranked)

    def _met(self, node: Node, ahead: float, ranked: bool) -> Joined:
        """What a node says beside others that are wanted with it: of a colour, how much is there."""
        one = self.of(node, ahead, ranked)
        if _is_union(node):
            return joining.standing_out(one)
        if not isinstance(node, Term) or not isinstance(node.wanted, Colour):
            return one
        less_strict = self.beside[next(iter(one.parts))]
        return joining.from_nothing(one if less_strict is None else replace(one, found=less_strict))

    def _lifted(self, members: Sequence[Node], ahead: float) -> list[Joined]:
        """The heavier one is ahead of the others where one is enough."""
        most = _heaviest(members)
        return [self.of(one, ahead + log(abs(one.weight) / most), len(members) > 1) for one in members]

    def _sum(self, members: Sequence[Node], ahead: float, ranked: bool) -> Joined:
        wanted = [one for one in members if one.weight > 0]
        if not wanted:
            return joining.turned(joining.largest(self._lifted(members, ahead)))
        things = [one for one in wanted if not is_trait(one)]
        most, thing = _heaviest(wanted), _heaviest(things) if things else 0.0
        ranked = ranked or len(things) > 1
        traits: list[Joined] = []
        enough: list[Joined] = []
        taken: list[tuple[float, Joined]] = []
        weights: list[float] = []
        for one in members:  # each is asked in its place, as terms are numbered from left to right
            if one.weight < 0:
                taken.append((-one.weight / most, self.of(one, 0.0, False)))
            elif is_trait(one):
                traits.append(self._met(one, ahead, False) if len(wanted) > 1 else self.of(one, ahead, False))
                weights.append(one.weight)
            else:
                enough.append(self.of(one, ahead + log(one.weight / thing), ranked))
        if enough:
            things_told = joining.largest(joining.abreast(enough))
            traits.append(joining.standing_out(things_told) if traits and len(enough) > 1 else things_told)
            weights.append(thing)
        return joining.less(joining.meeting(traits, weights) if len(traits) > 1 else traits[0], taken)


def _heaviest(members: Sequence[Node]) -> float:
    return max(abs(one.weight) for one in members)


def _is_union(node: Node) -> bool:
    """Whether one of several things that pictures show is enough."""
    if isinstance(node, Term) or node.how == "all":
        return False
    return len([one for one in node.members if (one.weight > 0 or node.how == "any") and not is_trait(one)]) > 1
