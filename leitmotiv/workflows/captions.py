"""Texts about pictures: read from beside them, from inside them, from their names or a table, and kept by source."""

import hashlib
import os
import stat
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from leitmotiv.analysis import captions as cleaning
from leitmotiv.errors import UsageError
from leitmotiv.formats import captions as reading
from leitmotiv.formats import xmp
from leitmotiv.imaging.captions import embedded
from leitmotiv.records import Caption, CaptionKind, CaptionSource
from leitmotiv.workflows import asking
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.metadata import Finder
from leitmotiv.workflows.places import is_file
from leitmotiv.workflows.progress import Pace, Report
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.sidecars import names_of

BESIDE = ("text", "json", "xmp", "picture", "name")
"""What is looked at for each picture: files of its own beside it (.txt, .json, .xmp), its own file, and its names."""
PHASE = "Reading captions"
AT_ONCE = 100
"""Pictures of a batch, which is kept whole."""
REVISION = 2
"""Grows whenever the same files would give other texts."""
_MOST_BYTES = 1 + max(reading.LARGEST, xmp.LARGEST)
"""Read of a file beside a picture: enough to see that it is too large."""
Text = tuple[CaptionKind, str]


@dataclass
class Import:
    """What an import found.

    Attributes
    ----------
    pictures : int
        Of the library, or rows of the table.
    found : mapping of str to int
        Texts by source.
    same : int
        Pictures passed over, since their files are as they were.
    none : list of str
        Paths of pictures that have no text, but their names where more than those was read; or keys of rows whose text
        is empty when it is cleaned.
    missing, ambiguous : list of str
        Keys of a table that no picture has, and that several have.
    failed : list of (path as text, reason)
    away : int
        Pictures of which no file is there now: what was read of them before stays.
    replaced : int
        Texts that the same table had said before, which are gone.
    encoding : str
        Of a table.
    alike : str
        The text, where all pictures have the same one.
    """

    pictures: int = 0
    found: Counter[str] = field(default_factory=Counter)
    same: int = 0
    none: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    ambiguous: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    away: int = 0
    replaced: int = 0
    encoding: str = "utf-8"
    alike: str = ""

    def __str__(self) -> str:
        """As people read it."""
        texts = ", ".join(f"{count:,} from {name}" for name, count in sorted(self.found.items())) or "no new text"
        lines = [f"{self.pictures:,} looked at: {texts}" + (f"; {self.same:,} as before" if self.same else "")]
        if self.replaced:
            lines.append(f"  {self.replaced:,} texts that the same file said before are replaced.")
        if self.away:
            lines.append(f"  {self.away:,} are not there now; what was read of them before stays.")
        troubles = (
            ("without a caption but their names" if self.found["name"] else "without a caption", self.none),
            ("of no picture in the library", self.missing),
            ("that several pictures may mean", self.ambiguous),
        )
        for what, names in troubles:
            if names:
                lines.append(f"  {len(names):,} {what}: {', '.join(names[:3])}{', …' if len(names) > 3 else ''}")
        if self.encoding == "windows-1252":
            lines.append("  The file is not UTF-8; it was read as windows-1252.")
        if self.alike:
            lines.append(
                f"  All pictures have the same caption ({self.alike[:60]!r}): nothing can be learnt from that."
            )
        return "\n".join(lines)


def read_beside(
    session: Session, *, kinds: Collection[str] = BESIDE, again: bool = False, report: Report | None = None
) -> Import:
    """Read the texts of all pictures from beside them, inside them and from their names.

    Batches are kept as they go; the next run passes over pictures whose files are as they were.

    Parameters
    ----------
    kinds : collection of str
        Of `BESIDE`; the others are left as they are.
    again : bool
        Look at all pictures, whatever was looked at before.

    Raises
    ------
    UsageError
        A kind that there is not.
    LibraryLockedError
        Another process is writing.
    """
    if strange := sorted(set(kinds) - set(BESIDE)):
        raise UsageError(f"There is no kind of captions {strange[0]!r}. There are: {', '.join(BESIDE)}.")
    library, done, pace = session.library, Import(), Pace()
    ids = library.images.ids()
    chosen = [one for one in BESIDE if one in kinds]
    with library.writer("reading captions"):
        known = {} if again else library.captions.stamps()
        for start in range(0, len(ids), AT_ONCE):
            captions: list[Caption] = []
            stamps: dict[str, str] = {}
            for image in library.images.many(ids[start : start + AT_ONCE]):
                done.pictures += 1
                if chosen != ["name"] and not any(map(is_file, image.paths)):
                    done.away += 1
                    continue
                stamp = _stamp(image.paths, chosen)
                if known.get(image.id) == stamp:
                    done.same += 1
                    continue
                stamps[image.id] = stamp
                before = len(captions)
                for path in image.paths:
                    told = of_file(path, chosen, done.failed)
                    captions += [Caption(image.id, text, kind, source) for source, (kind, text) in told]
                captions[before:] = dict.fromkeys(captions[before:])
                if all(one.source == "name" and chosen != ["name"] for one in captions[before:]):
                    done.none.append(image.path)
            library.captions.replace(list(stamps), chosen, captions)
            library.captions.note(stamps)
            done.found.update(one.source for one in captions)
            if report is not None:
                report(pace.step(PHASE, min(start + AT_ONCE, len(ids)), len(ids), failures=len(done.failed)))
    done.alike = _alike(session)
    return done


def work(session: Session, parameters: Mapping[str, object], report: Report) -> str:
    """Read the captions of all pictures as the queue does it."""
    return str(read_beside(session, report=report)).partition("\n")[0]


def read_table(
    session: Session, path: Path, *, key: str | None = None, columns: Sequence[str] = (), report: Report | None = None
) -> Import:
    """Read texts from a table, a JSON map or COCO's captions; what the same file said before is replaced.

    The source of a text is the whole path of the file: tables of one name in two folders are two sources.

    Raises
    ------
    UsageError
        The file cannot be read, holds no text, or none of its keys finds a picture.
    """
    source = os.fsencode(path.resolve()).decode("utf-8", "replace")
    told = reading.read(path, key=key, columns=columns)
    finder = Finder(asking.columns(session))
    done = Import(pictures=len(told.texts), encoding=told.encoding)
    captions: list[Caption] = []
    pace = Pace()
    for number, (called, texts) in enumerate(told.texts.items()):
        if report is not None and number % 500 == 0:
            report(pace.step(PHASE, number, len(told.texts)))
        ids = finder.find(called)
        if len(ids) != 1:
            (done.ambiguous if ids else done.missing).append(called)
            continue
        kept = [Caption(ids[0], text, kind, source) for kind, text in texts if cleaning.says_something(text)]
        if not kept:
            done.none.append(called)
        captions += kept
    if not captions:
        troubles = done.missing or done.ambiguous or done.none
        why = "names a picture of this library" if done.missing or done.ambiguous else "has words in its caption"
        raise UsageError(f"None of the {len(told.texts):,} captions of {path} {why} ({', '.join(troubles[:3])}).")
    captions = list(dict.fromkeys(captions))
    library = session.library
    with library.writer("reading captions"), library.transaction():
        done.replaced = library.captions.replace(library.images.ids(all=True), [source], captions)
    done.found[source] = len(captions)
    done.alike = _alike(session)
    return done


def sources(session: Session) -> list[CaptionSource]:
    """What is kept, by source."""
    return session.library.captions.sources()


def clear(session: Session, names: Sequence[str] = ()) -> int:
    """Remove what some sources said, or everything; returns how many texts are gone.

    Raises
    ------
    UsageError
        There is no such source; nothing is removed.
    """
    known = [one.name for one in sources(session)]
    for name in names:
        if name not in known:
            raise UsageError(f"No caption comes from {name!r}. There are: {', '.join(known) or 'none yet'}.")
    with session.library.writer("removing captions"):
        return session.library.captions.clear(names)


def told(session: Session, image_id: str) -> list[tuple[str, str]]:
    """What is written of one picture, for people: what each text is, and the text; its names are known already."""
    found = dict.fromkeys(
        (one.kind.capitalize(), one.text) for one in session.library.captions.of(image_id) if one.source != "name"
    )
    return list(found)


def by_picture(session: Session, sources: Collection[str] = ()) -> dict[str, str]:
    """One caption for each picture that has any, cleaned; its names where it has nothing else.

    Parameters
    ----------
    sources : collection of str
        What counts; everything without any.
    """
    wanted = tuple(sorted(sources))
    key = ("captions", wanted, session.library.revision("captions"))
    return remember(session, key, lambda: _by_picture(session.library.captions.all(wanted)))


def _by_picture(captions: Iterable[Caption]) -> dict[str, str]:
    texts: dict[str, tuple[list[str], list[str]]] = {}
    for one in captions:
        own, names = texts.setdefault(one.image_id, ([], []))
        (names if one.source == "name" else own).append(one.text)
    found = {}
    for image_id, (own, names) in texts.items():
        text = cleaning.joined(own)
        if not cleaning.says_something(text):
            text = cleaning.joined(names)
        if cleaning.says_something(text):
            found[image_id] = text
    return found


def _alike(session: Session) -> str:
    texts = by_picture(session)
    return next(iter(texts.values())) if len(texts) > 1 and len(set(texts.values())) == 1 else ""


# ---- single files ----


def of_file(path: bytes, kinds: Collection[str], failed: list[tuple[str, str]]) -> list[tuple[str, Text]]:
    """What is written of a picture's file, each with its source; what cannot be read is added to `failed`."""
    found: list[tuple[str, Text]] = []
    if "text" in kinds:
        for name, data in _there(_beside(path, ".txt"), failed):
            found += [("text", one) for one in _tried(_captioned, data, name, failed)]
    if "json" in kinds:
        for name, data in _there(_beside(path, ".json"), failed):
            found += [("json", one) for one in _tried(reading.of_json, data, name, failed)]
    if "xmp" in kinds:
        for name, data in _there(names_of(path), failed):
            found += [("xmp", one) for one in _tried(xmp.texts, data, name, failed)]
    if "picture" in kinds:
        inside = embedded(path)
        packet = _tried(xmp.texts, inside.xmp, path, []) if inside.xmp else ()
        found += [("picture", one) for one in dict.fromkeys((*inside.texts, *packet))]
    if "name" in kinds:
        file = Path(os.fsdecode(path))
        for part in (file.parent.name, file.name):
            text = cleaning.of_name(os.fsencode(part).decode("utf-8", "replace"))
            found += [("name", ("title", text))] if text else []
    return [(source, (kind, text)) for source, (kind, text) in found if cleaning.says_something(text)]


def _captioned(data: bytes) -> list[Text]:
    text = reading.of_text(data)
    return [("caption", text)] if text else []


def _tried(
    read: Callable[[bytes], Sequence[Text]], data: bytes, name: bytes, failed: list[tuple[str, str]]
) -> Sequence[Text]:
    try:
        return read(data)
    except (UsageError, xmp.SidecarError) as error:
        failed.append((name.decode("utf-8", "replace"), str(error)))
        return ()


def _beside(path: bytes, suffix: str) -> tuple[bytes, bytes]:
    return path + suffix.encode(), os.fsencode(Path(os.fsdecode(path)).with_suffix(suffix))


def _there(names: Iterable[bytes], failed: list[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """The first of some files that is there, and what it holds."""
    for name in names:
        path = Path(os.fsdecode(name))
        try:
            # what is no file, a pipe for one, may never end
            if not stat.S_ISREG(path.stat().st_mode):
                raise OSError("it is no file")
            with path.open("rb") as file:
                return [(name, file.read(_MOST_BYTES))]
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            failed.append((name.decode("utf-8", "replace"), error.strerror or str(error)))
    return []


def _stamp(paths: Sequence[bytes], kinds: Sequence[str]) -> str:
    """Changes with the files that texts are read from."""
    told = hashlib.sha256(f"{REVISION} {' '.join(kinds)}".encode())
    for path in paths:
        for name in (path, *_beside(path, ".txt"), *_beside(path, ".json"), *names_of(path)):
            try:
                status = Path(os.fsdecode(name)).stat()
            except OSError:
                continue
            told.update(name + f" {status.st_size} {status.st_mtime_ns}".encode())
    return told.hexdigest()[:16]
