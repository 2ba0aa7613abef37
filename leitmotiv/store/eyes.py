"""The folder `models/eyes` of a library: a folder for each pair of eyes, with its card and its parts."""

import hashlib
import json
import os
import re
import secrets
import shutil
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from leitmotiv.errors import EyesError, NotFoundError, UsageError
from leitmotiv.records import Eyes, Partial
from leitmotiv.store.explain import from_system
from leitmotiv.store.lock import WriterLock

SCHEMA = "leitmotiv.eyes/1"
CARD = "card.json"
CARD_WAIT_S = 10.0
ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
PART = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
_WAYS = ("patches", "palette", "network")


class EyesFolder:
    """Eyes and their parts; reached as `library.eyes`.

    The card names the hash of every part that was put beside it: a part that is another one now is refused. Parts that
    are written while eyes learn (checkpoints, samples) are not on the card, and come and go by `add`. So the folder of
    eyes that are there is never another one: parts are replaced one by one, and the card comes last.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def list(self) -> list[Eyes]:
        """All that can be read, the last made first."""
        found = []
        with suppress(FileNotFoundError):
            for entry in self._folder.iterdir():
                if ID.fullmatch(entry.name):
                    with suppress(EyesError, NotFoundError):
                        found.append(self.get(entry.name))
        return sorted(found, key=lambda eyes: (eyes.made, eyes.id), reverse=True)

    def ids(self) -> tuple[str, ...]:
        """Of all folders, in order; those whose eyes have no card yet, too."""
        with suppress(FileNotFoundError):
            return tuple(sorted(one.name for one in self._folder.iterdir() if ID.fullmatch(one.name)))
        return ()

    def get(self, id: str) -> Eyes:
        """One pair.

        Raises
        ------
        NotFoundError
            There is none.
        EyesError
            Its card is damaged.
        """
        return read_card(self._card(id), id)

    def free(self, name: str) -> str:
        """An id made of a name, that no eyes have."""
        plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
        slug = "-".join(re.findall("[a-z0-9]+", plain))[:50].strip("-") or "eyes"
        number = 1
        while (self._folder / (found := slug if number == 1 else f"{slug}-{number}")).exists():
            number += 1
        return found

    @contextmanager
    def hold(self, id: str, purpose: str) -> Iterator[None]:
        """Be the only one who trains or removes these eyes, over all processes, while the block runs.

        Raises
        ------
        LibraryLockedError
            Another one does; the text names it.
        UsageError, DiskFullError, PermissionDeniedError
        """
        self.path(id)
        self._folder.mkdir(parents=True, exist_ok=True)
        said = f"The eyes {id!r} are held by"
        with WriterLock(self._folder, f".{id}.lock", said).hold(purpose, wait=0.0):
            yield

    def put(self, eyes: Eyes, files: Mapping[str, bytes], *, renamed: bool = False) -> Eyes:
        """Keep eyes with their parts, whole or not at all.

        Parts that are there already and not among `files` stay, and so does what the card said of them.

        Parameters
        ----------
        renamed : bool
            Keep the name of the card that is there: it may have been given since `eyes` were read.

        Raises
        ------
        UsageError
            The id or the name of a part cannot be that of a file.
        DiskFullError, PermissionDeniedError
        """
        target = self.path(eyes.id)
        files = {_part(name): data for name, data in files.items()}
        if not target.is_dir():
            self._put_new(eyes, files)
            return eyes
        with self._card_held(eyes.id):
            if renamed:
                with suppress(NotFoundError, EyesError):
                    eyes = replace(eyes, name=self.get(eyes.id).name)
            self._put_into(eyes, files)
        return eyes

    def _card_held(self, id: str) -> AbstractContextManager[None]:
        """The card, for the moment in which it is read and written anew."""
        said = f"The card of the eyes {id!r} is being written by"
        return WriterLock(self.path(id), ".card.lock", said).hold("keeping eyes", CARD_WAIT_S)

    def _put_into(self, eyes: Eyes, files: Mapping[str, bytes]) -> None:
        hashes = {}
        with suppress(NotFoundError, EyesError):
            hashes = _parts(self._card(eyes.id))
        hashes |= _hashes(files)
        try:
            _replaced(self.path(eyes.id), {**files, CARD: card_of(eyes, hashes)})
        except OSError as error:
            raise from_system(error, self._folder) or error from error

    def _put_new(self, eyes: Eyes, files: Mapping[str, bytes]) -> None:
        made = self._folder / f".{secrets.token_hex(8)}.part"
        try:
            made.mkdir(parents=True)
            for name, data in files.items():
                (made / name).write_bytes(data)
            (made / CARD).write_bytes(card_of(eyes, _hashes(files)))
            made.rename(self.path(eyes.id))
        except OSError as error:
            raise from_system(error, self._folder) or error from error
        finally:
            shutil.rmtree(made, ignore_errors=True)

    def add(self, id: str, name: str, data: bytes) -> None:
        """Keep a part that the card does not vouch for, whole or not at all; its folder is made where it is not there.

        Raises
        ------
        UsageError, DiskFullError, PermissionDeniedError
        """
        path = self.path(id, name)
        part = path.parent / f".{secrets.token_hex(8)}.part"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(data)
            part.replace(path)
        except OSError as error:
            raise from_system(error, self._folder) or error from error
        finally:
            part.unlink(missing_ok=True)

    def part(self, id: str, name: str) -> bytes:
        """The bytes of a part.

        Raises
        ------
        NotFoundError
            There is none of this name.
        EyesError
            It is not the one that the card was written for.
        """
        path = self.path(id, name)
        try:
            data = path.read_bytes()
        except FileNotFoundError as error:
            raise NotFoundError(f"The eyes {id!r} have no part {name!r}.") from error
        except OSError as error:
            raise from_system(error, self._folder) or error from error
        known = ""
        with suppress(NotFoundError):
            known = _parts(self._card(id)).get(name, "")
        if known and hashlib.sha256(data).hexdigest() != known:
            raise EyesError(
                f"{name} of the eyes {id!r} is not the one that their card was written for. Import them again, or "
                f"remove them: leitmotiv eyes delete {id}."
            )
        return data

    def parts(self, id: str) -> tuple[str, ...]:
        """Names of the parts that are there, in order; those that the card does not vouch for, too."""
        with suppress(FileNotFoundError):
            entries = self.path(id).iterdir()
            return tuple(sorted(one.name for one in entries if PART.fullmatch(one.name) and one.name != CARD))
        return ()

    def vouched(self, id: str) -> Mapping[str, str]:
        """Names and SHA-256 of the parts that the card vouches for.

        Raises
        ------
        NotFoundError, EyesError
        """
        return _parts(self._card(id))

    def path(self, id: str, name: str = "") -> Path:
        """Where a part lies, or is to be written; without a name, the folder.

        Raises
        ------
        UsageError
            The id or the name cannot be that of a file.
        """
        if not ID.fullmatch(id):
            raise UsageError(f"{id[:80]!r} is no id of eyes: those have small letters, digits and dashes.")
        return self._folder / id / _part(name) if name else self._folder / id

    def rename(self, id: str, name: str) -> Eyes:
        """Call eyes something else; their id stays.

        Raises
        ------
        NotFoundError, EyesError, DiskFullError, PermissionDeniedError
        """
        self.get(id)
        with self._card_held(id):
            eyes = replace(self.get(id), name=name)
            self._put_into(eyes, {})
        return eyes

    def remove(self, id: str) -> None:
        """Remove eyes with all their parts.

        Raises
        ------
        NotFoundError
        """
        path = self.path(id)
        if not path.is_dir():
            raise NotFoundError(self._none(id))
        aside = self._folder / f".{secrets.token_hex(8)}.old"
        try:
            path.rename(aside)
        except OSError as error:
            raise from_system(error, self._folder) or error from error
        shutil.rmtree(aside, ignore_errors=True)

    def stamp(self, id: str) -> tuple[int, int]:
        """Changes with the card: (modification time in ns, size); zeros where there is none."""
        try:
            status = (self.path(id) / CARD).stat()
        except OSError:
            return 0, 0
        return status.st_mtime_ns, status.st_size

    def _card(self, id: str) -> bytes:
        try:
            return (self.path(id) / CARD).read_bytes()
        except FileNotFoundError as error:
            raise NotFoundError(self._none(id)) from error
        except OSError as error:
            raise from_system(error, self._folder) or error from error

    def _none(self, id: str) -> str:
        there = [one for one in self.ids() if (self._folder / one / CARD).is_file()]
        known = ", ".join(there[:8]) or "none yet; make some with leitmotiv eyes make"
        return f"There are no eyes {id!r}. There are: {known}."


def card_of(eyes: Eyes, hashes: Mapping[str, str]) -> bytes:
    """A card as it is kept: what is told of eyes, and the SHA-256 of each part."""
    form = {"schema": SCHEMA, **eyes.as_json(), "parts": dict(hashes)}
    return (json.dumps(form, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def read_card(data: bytes, id: str = "") -> Eyes:
    """The eyes that a card tells of, under an id of the library.

    Raises
    ------
    EyesError
        It is damaged, or of a later leitmotiv.
    """
    form = _form(data)
    try:
        eyes = Eyes(
            id=id or str(form["id"]),
            name=_text(form["name"]),
            way=form["way"],
            partial=Partial.from_json(form["partial"]),
            side=form["side"],
            made=datetime.fromisoformat(form["made"]),
            query=_text(form["query"]),
            pictures=tuple(map(_text, form["pictures"])),
            card=dict(form["card"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise EyesError(f"The card of the eyes {id!r} is damaged: {type(error).__name__} {error}.") from error
    if eyes.way not in _WAYS or type(eyes.side) is not int or not 8 <= eyes.side <= 1024 or eyes.made.tzinfo is None:
        raise EyesError(f"The card of the eyes {id!r} is damaged: its way, side or date cannot be.")
    seed = eyes.card.get("seed", 0)
    if type(seed) is not int or seed < 0:
        raise EyesError(f"The card of the eyes {id!r} is damaged: its seed is {str(seed)[:40]!r}, and no whole number.")
    for field in fields(Partial):
        value = getattr(eyes.partial, field.name)
        if type(value) not in ((str,) if isinstance(field.default, str) else (int, float)):
            raise EyesError(f"The card of the eyes {id!r} is damaged: {field.name} is {str(value)[:40]!r}.")
    return eyes


def parts_of(data: bytes) -> dict[str, str]:
    """Names and SHA-256 of the parts that a card vouches for.

    Raises
    ------
    EyesError
    """
    return _parts(data)


def _form(data: bytes) -> dict[str, Any]:
    try:
        form = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise EyesError(f"The card of eyes is no JSON: {error}.") from error
    if not isinstance(form, dict) or form.get("schema") != SCHEMA:
        found = form.get("schema") if isinstance(form, dict) else None
        raise EyesError(f"The card of eyes is {found!r}, and this leitmotiv reads {SCHEMA}.")
    return form


def _parts(data: bytes) -> dict[str, str]:
    found = _form(data).get("parts", {})
    if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
        raise EyesError("The card of eyes is damaged: its list of parts cannot be read.")
    return dict(found)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _part(name: str) -> str:
    if not PART.fullmatch(name) or name == CARD:
        raise UsageError(f"{name[:80]!r} cannot be the name of a part: small letters, digits, dots and dashes.")
    return name


def _hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}


def _replaced(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put files in the place of others, one after the other; where one fails, all are as they were."""
    mark = secrets.token_hex(8)
    begun: list[str] = []
    try:
        for name, data in files.items():
            (folder / f".{name}.{mark}.part").write_bytes(data)
        for name in files:
            with suppress(FileNotFoundError):
                _linked(folder / name, folder / f".{name}.{mark}.old")
            begun.append(name)
            (folder / f".{name}.{mark}.part").replace(folder / name)
    except BaseException:
        for name in begun:
            try:
                (folder / f".{name}.{mark}.old").replace(folder / name)
            except FileNotFoundError:
                (folder / name).unlink(missing_ok=True)
        raise
    finally:
        for name in files:
            for end in ("part", "old"):
                (folder / f".{name}.{mark}.{end}").unlink(missing_ok=True)


def _linked(source: Path, target: Path) -> None:
    """The same file under another name; a copy where the disk knows no links."""
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copy2(source, target)
