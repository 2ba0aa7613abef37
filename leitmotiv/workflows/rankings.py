"""Rankings by what names them: another search, the address of one, or a file that lists pictures."""

import json
import os
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from leitmotiv.errors import ImageReadError, UsageError
from leitmotiv.workflows import blending, browse, ordering, seeking
from leitmotiv.workflows.session import Session

MOST = 1000
"""Pictures of a ranking that can be counted."""
DEEPEST = 3
"""How far a ranking may count in another."""
_RANKED = re.compile(r"/(?:ranked|api/v1/images)/([0-9a-f]{4,64})(?:/similar)?/?")
_SEARCH = re.compile(r"/(?:api/v1/)?search/?")


def named(session: Session, name: str, *, deep: int = 0) -> tuple[str, ...]:
    """Ids of the ranking that a text names, in its order.

    Parameters
    ----------
    name : str
        A search, or the address of a search or of the pictures most like one: ``/search?q=beach``, ``/ranked/3f2a``.

    Raises
    ------
    UsageError
        It names no ranking, or one that counts in another, and so on.
    LeitmotivError
        See `seeking.search`.
    """
    if deep >= DEEPEST:
        raise UsageError(f"A search may count in another, but not more than {DEEPEST} deep.")
    address = urlsplit(name)
    asked = {key: values[0] for key, values in parse_qs(address.query).items()}
    if found := _RANKED.fullmatch(address.path):
        by = blending.read(asked.get("by", ""))
        image_id = session.library.images.get(found[1]).id
        return tuple(one.id for one in browse.similar(session, image_id, n=MOST, by=by).results)
    if _SEARCH.fullmatch(address.path):
        numbered = named(session, asked["from"], deep=deep + 1) if "from" in asked else ()
        apart = (f"{kind}:{asked[kind]}" for kind in ("sketch", "upload") if kind in asked)
        text = " ".join([asked.get("q", ""), *apart])
        mode, diverse = asked.get("mode", "scores"), ordering.read_diverse(asked.get("diverse", ""))
        ranking = seeking.search(
            session,
            text,
            n=MOST,
            everything=True,
            numbered=numbered,
            mode=mode,
            diverse=diverse,
            copies=asked.get("copies", "0") == "1",
        )
        return tuple(one.id for one in ranking.results)
    if name.startswith("/"):
        raise UsageError(f"{name[:80]!r} is the address of no ranking; name a search, or /ranked/ and a picture's id.")
    return tuple(one.id for one in seeking.search(session, name, n=MOST, everything=True).results)


def of_file(session: Session, path: Path) -> tuple[str, ...]:
    """Ids of the pictures that a file lists in its order: a ranking in JSON, or paths or ids, one a line.

    Raises
    ------
    ImageReadError
        It cannot be read.
    UsageError
        It lists no picture of this library.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ImageReadError(str(path), error.strerror or "it cannot be read") from error
    found = tuple(filter(None, (_id(session, one) for one in _listed(data))))
    if not found:
        raise UsageError(f"{path} lists no picture of this library. Write one with: leitmotiv search … --json > FILE")
    return found


def _listed(data: bytes) -> list[bytes]:
    """Ids and paths in a file."""
    try:
        form = json.loads(data)
        return [str(one["id"]).encode() for one in form["results"]]
    except (ValueError, KeyError, TypeError):
        return [line for line in re.split(rb"[\0\r\n]+", data) if line]


def _id(session: Session, name: bytes) -> str | None:
    """The id of a picture by its path, or by its id; None where the library has neither."""
    known = session.library.images.find_path(os.path.abspath(name))
    if known is not None:
        return known.id
    text = name.decode("ascii", "replace").strip()
    if not re.fullmatch("[0-9a-f]{64}", text):
        return None
    return next((one.id for one in session.library.images.many([text])), None)
