"""The name of this process, apart from any other that ever had its number (in a container they return)."""

import os
import secrets

_tokens: dict[int, str] = {}


def this_process() -> str:
    """Sixteen characters, the same for as long as the process lives."""
    return _tokens.setdefault(os.getpid(), secrets.token_hex(8))
