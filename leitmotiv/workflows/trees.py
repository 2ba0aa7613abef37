"""What a search looks for as a tree of terms: put together, changed, and written as a line again."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Literal

from leitmotiv.workflows.terms import TRAITS, Wanted, Words, label

MOST_WEIGHT = 100.0
How = Literal["sum", "all", "any"]


@dataclass(frozen=True)
class Term:
    """One thing that is looked for.

    Attributes
    ----------
    text : str
        In one way of writing it, without sign and weight.
    weight : float
        Negative where it counts against.
    at : int
        Which of the query's terms it is.
    """

    text: str
    wanted: Wanted
    weight: float = 1.0
    at: int = field(default=-1, compare=False)

    @property
    def label(self) -> str:
        """What it is called under results."""
        return label(self.text, self.wanted)


@dataclass(frozen=True)
class Group:
    """Terms and groups together.

    Attributes
    ----------
    how : str
        "sum": any of those with a positive weight, without those with a negative one; "all": all at once; "any".
    """

    how: How
    members: tuple["Node", ...]
    weight: float = 1.0


Node = Term | Group


def leaves(node: Node | None) -> tuple[Term, ...]:
    """The terms of a tree from left to right, numbered, with the weights that they have in the whole."""
    found = () if node is None else enumerate(_leaves(node, 1.0))
    return tuple(replace(term, at=at) for at, term in found)


def _leaves(node: Node, factor: float) -> Iterator[Term]:
    if isinstance(node, Term):
        yield replace(node, weight=rounded(node.weight * factor))
    else:
        for member in node.members:
            yield from _leaves(member, factor * node.weight)


def changed(node: Node | None, at: int, change: Callable[[Term], Term | None]) -> Node | None:
    """A tree with one of its terms changed or, where that becomes None, without it."""
    return None if node is None else _changed(node, count(), at, change)


def _changed(node: Node, numbers: Iterator[int], at: int, change: Callable[[Term], Term | None]) -> Node | None:
    if isinstance(node, Term):
        return change(node) if next(numbers) == at else node
    members = [found for one in node.members if (found := _changed(one, numbers, at, change)) is not None]
    against = [one for one in members if one.weight < 0] if node.how == "all" else []
    whole = joined(node.how, [one for one in members if one not in against], node.weight)
    if not against:
        return whole
    return joined("sum", [*([] if whole is None else [whole]), *against])


def into(other: Term) -> Callable[[Term], Term]:
    """A change of a term into another; its own weight stays."""
    return lambda term: replace(other, weight=term.weight)


def holding(node: Node | None, other: Node) -> Node | None:
    """A tree of several things that would do, with what holds for all of them; None where it holds so by itself.

    What is written behind ``cat + dog`` or ``cat | dog`` would belong to the last of them alone.
    """
    if not isinstance(node, Group) or node.how == "all":
        return None
    if node.weight < 0:  # what is taken away stays so
        return joined("sum", [node, other])
    things = [one for one in node.members if one.weight > 0 and not is_trait(one)]
    if node.how == "sum" and (len(things) < 2 or other.weight < 0):
        return None
    return joined("sum", [node, other]) if other.weight < 0 else together([node, other])


def is_trait(node: Node) -> bool:
    """Whether it says what a picture has, and nothing of what it shows."""
    if isinstance(node, Term):
        return isinstance(node.wanted, TRAITS)
    return all(is_trait(one) for one in node.members)


def plus(node: Node | None, more: Sequence[Node]) -> Node | None:
    """A tree to which others are added."""
    if isinstance(node, Group) and node.how == "sum" and node.weight == 1:
        return joined("sum", [*node.members, *more])
    return joined("sum", [*([] if node is None else [node]), *more])


def joined(how: How, members: Sequence[Node], weight: float = 1.0) -> Node | None:
    """Nodes as one; a single one stays what it is, and several of the same are one of their weights together."""
    if how == "sum":
        members = _merged(members)
    if not members:
        return None
    if len(members) == 1:
        (one,) = members
        return replace(one, weight=rounded(one.weight * weight))
    return Group(how, tuple(members), weight)


def parts(how: How, node: Node) -> tuple[Node, ...]:
    """Members of a group of this kind that counts once; else the node alone. They may stand in place of it."""
    return node.members if isinstance(node, Group) and node.how == how and node.weight == 1 else (node,)


def _merged(members: Sequence[Node]) -> list[Node]:
    """The same terms as one of their weights together; where that is nothing, what is added and what is taken away."""
    found: dict[tuple[object, bool], Node] = {}
    for number, one in enumerate(members):
        key: object = (one.text, one.wanted) if isinstance(one, Term) else number
        if (before := found.get((key, one.weight > 0))) is not None:
            weight = rounded(before.weight + one.weight)
            one = replace(one, weight=max(-MOST_WEIGHT, min(MOST_WEIGHT, weight)))
        found[key, one.weight > 0] = one
    for (key, wanted), one in list(found.items()):
        against = found.get((key, False)) if wanted else None
        if against is not None and (weight := rounded(one.weight + against.weight)):
            del found[key, weight < 0]
            found[key, weight > 0] = replace(one, weight=weight)
    return list(found.values())


def rounded(weight: float) -> float:
    """A weight as it is written."""
    return round(weight, 6)


def written(node: Node | None, *, inside: How | None = None) -> str:
    """A tree as text that is read as the same tree; the sign is left to whoever holds it, but for the outermost."""
    if node is None:
        return ""
    sign = "-" if inside is None and node.weight < 0 else ""
    size = abs(node.weight)
    weight = "" if size == 1 else f"{size:.6f}".rstrip("0").rstrip(".") + "*"
    if isinstance(node, Term):
        return sign + weight + node.text
    if node.how == "any":
        text = " | ".join(written(one) for one in node.members)
    elif node.how == "all":
        text = _side_by_side([(one, written(one, inside="all")) for one in node.members])
    else:
        text = ""
        for one in node.members:
            joint = ("-" if one.weight < 0 else "") if not text else (" -" if one.weight < 0 else " + ")
            text += joint + written(one, inside="sum")
    bare = inside is None or (inside == "sum" and node.how == "all" and node.weight > 0)
    return sign + weight + (text if bare and not weight and not sign else f"({text})")


def _side_by_side(members: Sequence[tuple[Node, str]]) -> str:
    """Members of "all"; two phrases need a sign between them, as they would be one."""
    text, before = "", False
    for node, said in members:
        words = isinstance(node, Term) and isinstance(node.wanted, Words) and not said.endswith('"')
        text += (" & " if words and before else " " if text else "") + said
        before = words
    return text


def together(members: Sequence[Node]) -> Node:
    """Several at once; the only one as it is."""
    found = [part for one in members for part in parts("all", one)]
    return found[0] if len(found) == 1 else Group("all", tuple(found))
