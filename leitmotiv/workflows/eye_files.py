"""Eyes as one file, `.eyes`: a zip of their card and the parts that it vouches for; nothing else is taken in."""

import hashlib
import io
import zipfile
from dataclasses import replace
from pathlib import Path

from leitmotiv.errors import EyesError
from leitmotiv.records import Eyes
from leitmotiv.store.eyes import CARD, PART, card_of, parts_of, read_card
from leitmotiv.workflows import eye_names, lookers
from leitmotiv.workflows.partial import check
from leitmotiv.workflows.session import Session

SUFFIX = ".eyes"
LARGEST = 512 << 20
"""Bytes of all parts together."""
MOST_PARTS = 16
TAKEN = {"patches": {lookers.PICTURES, lookers.SHOWN}, "palette": {lookers.PALETTE}, "network": {lookers.NETWORK}}
_UNFIT = (ArithmeticError, LookupError, MemoryError, RuntimeError, TypeError, ValueError)
"""What looking through eyes may raise whose numbers make no sense."""
_EPOCH = (1980, 1, 1, 0, 0, 0)


def read_file(path: Path) -> bytes:
    """The bytes of a file that may be eyes.

    Raises
    ------
    EyesError
        It cannot be read, or is larger than any.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise EyesError(f"{path} is too large: eyes have {LARGEST >> 20} MB at most.")
        return path.read_bytes()
    except OSError as error:
        raise EyesError(f"{path} cannot be read: {error.strerror or error}.") from error


def exported(session: Session, eyes: Eyes) -> bytes:
    """Eyes as a file; the same eyes give the same bytes. Ids of pictures stay here: they are hashes of your files.

    Raises
    ------
    EyesError
        They are not finished yet, or a part is not the one that the card was written for.
    """
    parts = {name: session.library.eyes.part(eyes.id, name) for name in sorted(_known(session, eyes))}
    if lookers.WANTED[eyes.way] not in parts:
        raise EyesError(f"The eyes {eyes.id!r} are not finished yet: they have no {lookers.WANTED[eyes.way]}.")
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in parts.items()}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {CARD: card_of(replace(eyes, pictures=()), hashes), **parts}.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def imported(session: Session, data: bytes, name: str = "") -> Eyes:
    """Keep eyes from a file, under an id of their own, after looking through them once.

    Raises
    ------
    EyesError
        It is no such file, a part is not the one that the card was written for, or does not fit it.
    MissingExtraError, LibraryLockedError, DiskFullError, PermissionDeniedError
    """
    card, parts = _read(data)
    given = check(read_card(card, "import").partial)
    eyes = replace(read_card(card, "import"), partial=given)
    eyes = replace(eyes, name=" ".join((name or eyes.name).split())[:80] or "Eyes", pictures=())
    wanted, known = lookers.WANTED[eyes.way], parts_of(card)
    if wanted not in parts:
        raise EyesError(f"The file is no whole pair of eyes: its card says {eyes.way}, but there is no {wanted}.")
    for part in parts:
        if part not in TAKEN[eyes.way] or hashlib.sha256(parts[part]).hexdigest() != known.get(part):
            raise EyesError(f"The card of these eyes does not match their {part}: they were changed, or put together.")
    with session.library.writer("keeping eyes"):
        eyes = replace(eyes, name=eye_names.free(session, eyes.name))
        eyes = replace(eyes, id=session.library.eyes.free(eyes.name))
        session.library.eyes.put(eyes, parts)
        try:
            lookers.try_out(session, eyes)
        except BaseException as error:
            session.library.eyes.remove(eyes.id)
            if isinstance(error, _UNFIT):
                raise EyesError(f"Nothing can be seen through these eyes: {type(error).__name__} {error}.") from error
            raise
    return eyes


def _known(session: Session, eyes: Eyes) -> set[str]:
    return set(session.library.eyes.vouched(eyes.id)) & TAKEN[eyes.way]


def _read(data: bytes) -> tuple[bytes, dict[str, bytes]]:
    """The card and the parts of a file; names that lead elsewhere, twins and bombs are refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            names = [one.filename for one in entries]
            if CARD not in names:
                raise EyesError("The file is no pair of eyes: it has no card.json.")
            if len(set(names)) < len(names) or len(names) > MOST_PARTS:
                raise EyesError(f"The file is no pair of eyes: it has {len(names)} parts, or one of them twice.")
            if odd := [name for name in names if not PART.fullmatch(name)]:
                raise EyesError(f"The file is no pair of eyes: {odd[0][:80]!r} cannot be the name of a part.")
            if sum(one.file_size for one in entries) > LARGEST:
                raise EyesError(f"The file is too large: eyes have {LARGEST >> 20} MB at most.")
            parts = {}
            left = LARGEST
            for one in entries:
                with archive.open(one) as file:  # sizes in the file may lie
                    parts[one.filename] = file.read(left + 1)
                left -= len(parts[one.filename])
                if left < 0:
                    raise EyesError(f"The file is too large: eyes have {LARGEST >> 20} MB at most.")
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise EyesError(f"The file is no pair of eyes, or damaged: {error}.") from error
    return parts.pop(CARD), parts
