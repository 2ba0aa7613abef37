"""Which space of words the searches of a library use: the untrained one, or one that was learnt here and chosen."""

from leitmotiv.workflows.session import Session

KIND, CHOICE = "space", "space"
UNTRAINED = "untrained"
"""What the space is called that every library has."""


def in_use(session: Session) -> str:
    """Its name: what was chosen for the library, else by the settings; "untrained" where that is gone, or none was."""
    chosen = session.library.choices.get(CHOICE) or session.settings.space
    return chosen if session.library.models.stamp(KIND, chosen) != (0, 0) else UNTRAINED


def stamp(session: Session) -> tuple[str, int, int]:
    """Changes with the space that searches use: its name, and when and what was learnt."""
    name = in_use(session)
    return name, *(session.library.models.stamp(KIND, name) if name != UNTRAINED else (0, 0))
