"""What a session remembers between requests: derived values, made once, the oldest forgotten first."""

from collections.abc import Callable, Hashable
from typing import TypeVar

from leitmotiv.workflows.session import Session

KEPT = 512
"""Most values kept; pictures drawn for a page are about 20 kB each."""

T = TypeVar("T")


def remember(session: Session, key: Hashable, make: Callable[[], T], *, lane: bool = False) -> T:
    """The value of `key`, made on first use; `lane` holds the session's lane meanwhile."""
    memory = session.memory
    try:
        return memory[key]  # type: ignore[no-any-return]
    except KeyError:
        pass
    if lane:
        with session.lane:
            value = make()
    else:
        value = make()
    memory[key] = value
    while len(memory) > KEPT:
        memory.pop(next(iter(memory)), None)
    return value
