"""What of a search can be no picture, as the same is looked for and taken away at once; it asks no library."""

from collections.abc import Iterator
from dataclasses import replace

from leitmotiv.analysis.lexical import stems
from leitmotiv.workflows.terms import Words
from leitmotiv.workflows.trees import Group, Node, Term, is_trait, written

Key = tuple[str, ...]


def of(node: Node | None) -> Iterator[tuple[Node, Node]]:
    """What is looked for of which nothing is left, each with what takes all of it away, in the whole of a tree."""
    if isinstance(node, Group):
        if node.how == "sum":
            for one in node.members:
                taken = by_what(one, node)
                if taken is not None:
                    yield one, taken
        for one in node.members:
            yield from of(one)


def notes(node: Node | None) -> tuple[str, ...]:
    """Sentences on what of a search nothing is left of."""
    return tuple(dict.fromkeys(_note(_quoted(one), _quoted(taken)) for one, taken in of(node)))


def _note(one: str, taken: str) -> str:
    both = "and taken away at once" if one == taken else f"and {taken} taken away from it"
    return f"{one} is looked for {both}: nothing of it is left."


def _quoted(node: Node) -> str:
    """A part of a query as it is written, without its sign."""
    return f"“{written(replace(node, weight=abs(node.weight)))}”"


def by_what(one: Node, whole: Group) -> Node | None:
    """What in a sum takes all of one of its members away; None where something of it is left.

    What weighs less than the member only lowers it.
    """
    if one.weight < 0:
        return None
    taken = [each for each in whole.members if -each.weight >= one.weight]
    together = [Group("any", tuple(replace(each, weight=1.0) for each in taken))] if len(taken) > 1 else []
    return next((each for each in [*taken, *together] if _is_always(one, each)), None)


def is_nothing(node: Node | None) -> bool:
    """Whether no picture can be what is looked for."""
    if not isinstance(node, Group) or node.weight < 0:
        return False
    if node.how != "sum":
        told = [is_nothing(one) for one in node.members]
        return any(told) if node.how == "all" else all(told)
    wanted = [one for one in node.members if one.weight > 0]
    lost = [one for one in wanted if by_what(one, node) is not None or is_nothing(one)]
    enough = [one for one in wanted if not is_trait(one)]
    return any(is_trait(one) or len(enough) == 1 for one in lost) or (bool(lost) and len(lost) == len(wanted))


def _is_always(one: Node, other: Node) -> bool:
    """Whether any picture of one is one of the other, signs aside."""
    if _is_in(other, _held(one)):
        return True
    if not isinstance(one, Group) or one.how == "all" or any(each.weight < 0 for each in one.members):
        return False
    return all(_is_always(each, other) for each in one.members)


def _held(node: Node) -> frozenset[Key]:
    """The terms that any picture of what is looked for has."""
    if isinstance(node, Term):
        return frozenset([_key(node)])
    members = [_held(one) for one in node.members if one.weight > 0]
    if not members or (node.how == "any" and len(members) < len(node.members)):
        return frozenset()
    if node.how == "all":
        return frozenset().union(*members)
    if node.how == "any":
        return members[0].intersection(*members[1:])
    things = [_held(one) for one in node.members if one.weight > 0 and not is_trait(one)]
    traits = [_held(one) for one in node.members if one.weight > 0 and is_trait(one)]
    return frozenset().union(*traits, *([things[0].intersection(*things[1:])] if things else []))


def _is_in(node: Node, held: frozenset[Key]) -> bool:
    """Whether whatever has these terms is what a node says, its sign aside."""
    if isinstance(node, Term):
        return _key(node) in held
    if node.how == "all":
        return all(_is_in(one, held) for one in node.members)
    if node.how == "sum" and any(one.weight < 0 for one in node.members):
        return False
    return any(_is_in(one, held) for one in node.members if one.weight > 0)


def _key(term: Term) -> Key:
    """The same for what is the same: also for a plural, and for capitals."""
    words = stems(term.wanted.phrase) if isinstance(term.wanted, Words) else []
    return tuple(words) or (":", term.text)
