"""Where a page of pictures ended, as text in an address: the next one begins behind it."""

import base64
import re

from leitmotiv.errors import UsageError


def write(key: int, image_id: str) -> str:
    """The text of a place: a key that an index orders by, and an id."""
    return base64.urlsafe_b64encode(f"{key}.{image_id}".encode()).decode().rstrip("=")


def read(cursor: str) -> tuple[int, str]:
    """The key and the id.

    Raises
    ------
    UsageError
        No page gave this text.
    """
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
        key, image_id = text.split(".", 1)
        if not re.fullmatch("[0-9]{1,18}", key):
            raise ValueError(key)
        return int(key), image_id
    except ValueError as error:
        raise UsageError(f"The cursor {cursor!r} is not one that this library gave. Begin again without it.") from error
