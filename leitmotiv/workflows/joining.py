"""What a query says of every picture, from what each of its terms says: its tree, walked from the leaves up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import log
from types import MappingProxyType

from leitmotiv.analysis import joining
from leitmotiv.analysis.joining import Joined, Mask
from leitmotiv.records import Float
from leitmotiv.workflows import contradictions
from leitmotiv.workflows.terms import Colour
from leitmotiv.workflows.trees import Group, Node, Term, is_trait

NOTHING: Mapping[int, bool] = MappingProxyType({})


def joined(
    tree: Node,
    values: Sequence[Float],
    found: Sequence[Mask],
    beside: Sequence[Mask | None] | None = None,
    silent: Mapping[int, bool] = NOTHING,
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
    silent : mapping of int to bool
        Terms that say nothing, without which the others are asked; and of each whether it asks for anything at all,
        which nobody knows: then nothing parts from chance beside which it is wanted.
    """
    whole = _Walk(values, found, beside or [None] * len(values), silent).of(tree, 0.0, False)
    return joining.turned(whole) if tree.weight < 0 else whole


class _Walk:
    """Terms are met in the order in which they are numbered."""

    def __init__(
        self,
        values: Sequence[Float],
        found: Sequence[Mask],
        beside: Sequence[Mask | None],
        silent: Mapping[int, bool],
    ) -> None:
        self.values = values
        self.found = found
        self.beside = beside
        self.silent = silent
        self.numbers: Iterator[int] = iter(range(len(values)))

    def of(self, node: Node, ahead: float, ranked: bool) -> Joined:
        """What a node says, without its sign; what is wanted in it is ahead by so much, and told by its rank."""
        if isinstance(node, Term):
            at = next(self.numbers)
            values = joining.by_rank(self.values[at]) if ranked else self.values[at]
            return joining.alone(at, values, self.found[at], ahead)
        if node.how == "all":
            return self._meeting([self._met(one, ahead, ranked) for one in node.members], node.members)
        if node.how == "any":
            found = self._lifted(node.members, ahead)
            return self._largest(
                [joining.turned(one) if each.weight < 0 else one for each, one in zip(node.members, found, strict=True)]
            )
        return self._sum(node, ahead, ranked)

    def _meeting(self, found: Sequence[Joined], members: Sequence[Node]) -> Joined:
        """All of them, as far as they say anything; where one of them does not, nothing parts from chance."""
        told = [(one, node.weight) for one, node in zip(found, members, strict=True) if not self._is_silent(one)]
        if not told:
            return joining.meeting(found, [node.weight for node in members])
        whole = joining.meeting([one for one, _ in told], [weight for _, weight in told])
        asked = any(self.silent[at] for one in found if self._is_silent(one) for at in one.parts)
        return joining.lost(whole) if asked else whole

    def _largest(self, found: Sequence[Joined]) -> Joined:
        return joining.largest(joining.abreast([one for one in found if not self._is_silent(one)] or found))

    def _is_silent(self, one: Joined) -> bool:
        return all(at in self.silent for at in one.parts)

    def _met(self, node: Node, ahead: float, ranked: bool) -> Joined:
        """What a node says beside others that are wanted with it: of a colour, or of several, how much is there."""
        if isinstance(node, Group) and node.how == "any" and all(map(_is_colour, node.members)):
            most = _heaviest(node.members)
            return joining.largest([self._met(one, ahead + log(one.weight / most), ranked) for one in node.members])
        one = self.of(node, ahead, ranked)
        if _is_union(node):
            return joining.standing_out(one)
        if not _is_colour(node):
            return one
        less_strict = self.beside[next(iter(one.parts))]
        return joining.from_nothing(one if less_strict is None else replace(one, found=less_strict))

    def _lifted(self, members: Sequence[Node], ahead: float) -> list[Joined]:
        """The heavier one is ahead of the others where one is enough."""
        most = _heaviest(members)
        return [self.of(one, ahead + log(abs(one.weight) / most), len(members) > 1) for one in members]

    def _sum(self, node: Group, ahead: float, ranked: bool) -> Joined:
        members = node.members
        wanted = [one for one in members if one.weight > 0]
        if not wanted:
            return joining.turned(self._largest(self._lifted(members, ahead)))
        things = [one for one in wanted if not is_trait(one)]
        most, thing = _heaviest(wanted), _heaviest(things) if things else 0.0
        ranked = ranked or len(things) > 1
        traits: list[Joined] = []
        enough: list[Joined] = []
        taken: list[tuple[float, Joined]] = []
        owners: list[Node] = []
        for one in members:  # each is asked in its place, as terms are numbered from left to right
            if one.weight < 0:
                taken.append((-one.weight / most, self.of(one, 0.0, False)))
            elif is_trait(one):
                told = self._met(one, ahead, False) if len(wanted) > 1 else self.of(one, ahead, False)
                traits.append(self._left(told, one, node))
                owners.append(one)
            else:
                told = self.of(one, ahead + log(one.weight / thing), ranked)
                enough.append(self._left(told, one, node))
        if enough:
            things_told = self._largest(enough)
            traits.append(joining.standing_out(things_told) if traits and len(enough) > 1 else things_told)
            owners.append(max(things, key=lambda one: one.weight))
        whole = self._meeting(traits, owners) if len(traits) > 1 else traits[0]
        return joining.less(whole, [(weight, one) for weight, one in taken if not self._is_silent(one)])

    def _left(self, told: Joined, one: Node, node: Group) -> Joined:
        """What a member of a sum says; nothing parts from chance where all of it is taken away again."""
        return told if contradictions.by_what(one, node) is None else joining.lost(told)


def _is_colour(node: Node) -> bool:
    return isinstance(node, Term) and isinstance(node.wanted, Colour) and node.weight > 0


def _heaviest(members: Sequence[Node]) -> float:
    return max(abs(one.weight) for one in members)


def _is_union(node: Node) -> bool:
    """Whether one of several things that pictures show is enough."""
    if isinstance(node, Term) or node.how == "all":
        return False
    return len([one for one in node.members if (one.weight > 0 or node.how == "any") and not is_trait(one)]) > 1
