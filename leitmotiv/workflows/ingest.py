"""From folders and files to images of the library: what is new, what moved, what is gone; it decodes nothing itself."""

import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from leitmotiv.errors import SettingsError
from leitmotiv.imaging.scan import Found, scan
from leitmotiv.records import Image, KnownFile, Mixture
from leitmotiv.workflows.added import AddReport as AddReport
from leitmotiv.workflows.compiling import compile_ahead
from leitmotiv.workflows.progress import Recorder, Report, recorded
from leitmotiv.workflows.readers import Reading, Task
from leitmotiv.workflows.roots import as_known, root_of
from leitmotiv.workflows.session import Session

BATCH_S = 1.0
BATCH = 64


def add_directories(
    session: Session,
    folders: Sequence[Path],
    *,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    report: Report | None = None,
    wait: float = 5.0,
) -> AddReport:
    """Bring the library up to date with folders, recursively.

    Only files that are new or whose size or time changed are read. Batches commit as they go: an interruption loses
    at most the last second of work, and the next run goes on from there.

    Parameters
    ----------
    folders : sequence of Path
        A folder that is away but known marks its pictures as offline.
    include, exclude : sequence of str
        Patterns for paths relative to the folder, or for names. They are remembered: without any, those of the last
        time count.

    Raises
    ------
    UsageError
        A folder that is not there and was never added, or is no folder.
    LibraryLockedError
        Another process is writing.
    """
    library = session.library
    roots = [root_of(folder, library) for folder in folders]
    _same_colours(session)
    title = ", ".join(root.decode("utf-8", "replace") for root in roots)
    told = {"folders": [os.fsdecode(root) for root in roots]}
    with library.writer("adding pictures", wait=wait), recorded(library, "add", title, report, told) as step:
        stored = {path: (inside, outside) for path, inside, outside in library.folders.list()}
        chosen = {
            root: (tuple(include), tuple(exclude)) if include or exclude else stored.get(root, ((), ()))
            for root in roots
        }
        for root, patterns in chosen.items():
            library.folders.add(root, *patterns)
        return _Adding(session, step).folders(chosen)


def add_files(session: Session, files: Sequence[Path], *, report: Report | None = None, wait: float = 5.0) -> AddReport:
    """Add single files, whatever their names.

    Raises
    ------
    LibraryLockedError
        Another process is writing.
    """
    library = session.library
    known = [root for root, _, _ in library.folders.list()]
    paths = [as_known(os.fsencode(os.path.abspath(file)), known) for file in files]
    _same_colours(session)
    title = ", ".join(path.decode("utf-8", "replace") for path in paths[:3]) + (" …" if len(paths) > 3 else "")
    with library.writer("adding pictures", wait=wait), recorded(library, "add", title, report) as step:
        return _Adding(session, step).files(paths)


def _same_colours(session: Session) -> None:
    """Refuse to mix colour spaces: mixtures of different ones cannot be compared."""
    library, wanted = session.library, session.settings.colour_space
    first = library.images.ids(all=True)[:1]
    if first and (has := library.mixtures.get(first[0]).colour_space) != wanted:
        raise SettingsError(
            f"This library's pictures are in {has}, but colour_space is {wanted}. "
            f"Set colour_space to {has}, or use another library (--library)."
        )


class _Adding:
    """One run: classify what the scan finds, read what is new, and write it in batches."""

    def __init__(self, session: Session, step: Recorder) -> None:
        self._library = session.library
        self._settings = session.settings
        self._executor = session.executor
        self._step = step
        self._report = AddReport()
        self._by_size: dict[int, set[str]] = defaultdict(set)
        self._held: set[str] = set()  # hashes of the batch in hand that the library knows
        self._new: list[tuple[Image, KnownFile, Mixture, Mapping[int, bytes]]] = []  # of it, not written yet
        self._known: dict[bytes, KnownFile] = {}
        self._gone: set[bytes] = set()
        self._there: dict[bytes, bool] = {}
        self._unwanted: set[str] = set()

    def folders(self, roots: Mapping[bytes, tuple[Sequence[str], Sequence[str]]]) -> AddReport:
        """Bring the library up to date with folders, each with its include and exclude patterns."""
        self._forget_old_failures(list(roots))
        self._known = self._library.files.known(list(roots))
        self._unwanted = self._library.files.forgotten()
        troubled: list[bytes] = []

        def trouble(path: bytes, reason: str) -> None:
            troubled.append(path)
            self._fail(path, reason)

        found: dict[bytes, Found] = {}
        for root, (include, exclude) in roots.items():
            if not os.path.isdir(root):
                continue
            folder = Path(os.fsdecode(root))
            for item in scan([folder], include=include, exclude=exclude, on_error=trouble):
                found[item.path] = item
                if len(found) % 500 == 0:
                    self._step("Looking for pictures", len(found), 0)
        self._step("Looking for pictures", len(found), len(found))
        self._vanished(found, troubled)
        self._read(self._unknown(list(found.values()), list(roots)))
        return self._report

    def files(self, paths: Sequence[bytes]) -> AddReport:
        """Add single files."""
        self._known = self._library.files.known(paths)
        found: list[Found] = []
        for path in paths:
            name = path.decode("utf-8", "replace")
            if os.path.isdir(path):
                self._report.failed.append((name, "it is a folder: use `leitmotiv add-directory`"))
            elif not os.path.lexists(path):
                self._report.failed.append((name, "there is no such file"))
            else:
                found.extend(scan([Path(os.fsdecode(path))], on_error=self._fail))
        self._read(self._unknown(found, paths))
        return self._report

    def _forget_old_failures(self, roots: Sequence[bytes]) -> None:
        """Clear what is gone, and every folder: whether it can be read shows again in the scan."""
        failures = self._library.failures
        failures.clear([path for path in failures.known(roots) if not os.path.lexists(path) or os.path.isdir(path)])

    def _fail(self, path: bytes, reason: str, size: int = -1, mtime_ns: int = -1) -> None:
        self._report.failed.append((path.decode("utf-8", "replace"), reason))
        self._library.failures.put(path, reason, size, mtime_ns)
        self._step.failures += 1

    def _vanished(self, found: Mapping[bytes, Found], troubled: Sequence[bytes]) -> None:
        """Mark known files that the scan did not meet: gone if their folder is there, offline if it is away.

        What was forgotten and is gone needs no memory any more.

        A RAW file that is the pair of a JPEG now, and was a picture by itself before, is gone as such.
        """
        paired = {item.paired for item in found.values() if item.paired is not None}
        states: dict[str, list[bytes]] = {"missing": [], "offline": [], "forgotten": []}
        for path, known in self._known.items():
            if path in found or (os.path.lexists(path) and path not in paired):
                continue
            unseen = any(path.startswith(folder + b"/") for folder in troubled)
            if known.state == "forgotten":
                states["forgotten"] += [] if unseen or self._is_away(path) else [path]
                continue
            state = "missing" if path in paired or not (unseen or self._is_away(path)) else "offline"
            if known.state not in (state, "missing"):
                states[state].append(path)
        self._library.files.remove(states.pop("forgotten"))
        for state, paths in states.items():
            self._library.files.set_state(paths, state)
        self._gone.update(states["missing"])
        self._report.gone += len(states["missing"])
        self._report.offline += len(states["offline"])

    def _is_away(self, path: bytes) -> bool:
        """Whether a file that is not there lies on a drive that is away: no folder of it is there, or all are empty."""
        roots = [root for root, _, _ in self._library.folders.list() if path.startswith(root.rstrip(b"/") + b"/")]
        folders = roots or [path.rpartition(b"/")[0] or b"/"]
        for folder in folders:
            if folder not in self._there:
                try:
                    with os.scandir(folder) as entries:
                        self._there[folder] = next(entries, None) is not None
                except OSError:
                    self._there[folder] = False
        return not any(self._there[folder] for folder in folders)

    def _unknown(self, found: Sequence[Found], roots: Sequence[bytes]) -> list[Found]:
        """Keep what has to be read; count the rest as same."""
        failures = self._library.failures.known(roots)
        back: list[bytes] = []
        rest: list[Found] = []
        for item in found:
            known = self._known.get(item.path)
            stamp = (item.size, item.mtime_ns)
            if known is not None and known.image_id and (known.size, known.mtime_ns) == stamp:
                self._report.same += 1
                if item.path in failures:
                    self._library.failures.clear([item.path])
                if known.state != "present":
                    back.append(item.path)
            elif known is not None and known.sha256 in self._unwanted and (known.size, known.mtime_ns) == stamp:
                self._report.forgotten += 1
            elif item.path in failures and failures[item.path][1:] == stamp:
                self._report.failed.append((item.path.decode("utf-8", "replace"), failures[item.path][0]))
                self._step.failures += 1
            else:
                rest.append(item)
        self._library.files.set_state(back, "present")
        return rest

    def _read(self, items: Sequence[Found]) -> None:
        if not items:
            return
        for size, sha256 in self._library.files.sizes():
            self._by_size[size].add(sha256)
        if len(items) > 2:
            self._step("Preparing the mathematics", 0, 0)
            compile_ahead(self._settings)
            from leitmotiv.analysis.mixture import warm

            warm()
        self._step("Reading pictures", 0, len(items))
        done = 0
        for batch in _batches(self._executor.readings(map(self._task, items), self._settings), BATCH, BATCH_S):
            with self._library.transaction():
                self._begin(batch)
                for reading in batch:
                    self._write(reading)
                self._write_new()
            done += len(batch)
            self._step("Reading pictures", done, len(items), batch[-1].task.path.decode("utf-8", "replace"))

    def _task(self, item: Found) -> Task:
        known = self._known.get(item.path)
        pixel_hash = ""
        if known is not None and known.image_id:
            pixel_hash = self._library.images.get(known.image_id).pixel_hash
        return Task(item.path, item.size, item.mtime_ns, frozenset(self._by_size.get(item.size, ())), pixel_hash)

    def _begin(self, batch: Sequence[Reading]) -> None:
        """Ask once for a whole batch what else would be asked for each of its files."""
        read = [reading for reading in batch if not reading.failure]
        self._library.failures.clear(reading.task.path for reading in read)
        self._held = self._library.images.held(
            [reading.sha256 for reading in read],
            [reading.picture.pixel_hash for reading in read if reading.picture is not None],
        )

    def _write(self, reading: Reading) -> None:
        path = reading.task.path
        if reading.failure:
            self._fail(path, reading.failure, reading.task.size, reading.task.mtime_ns)
            return
        if reading.sha256 in self._unwanted and reading.sha256 not in self._held:
            self._library.files.put(replace(_file(reading, None), state="forgotten"))
            self._report.forgotten += 1
            return
        before = self._known.get(path)
        image = self._same_image(reading)
        if image is None and reading.picture is not None:
            if reading.mixture is None:  # the same pixels, but their image was forgotten meanwhile
                self._fail(path, "it changed while it was read; add it again")
                return
            self._add_new(reading, at_once=before is not None)
            changed = before is not None and before.image_id is not None
            if before is not None and before.image_id is not None and not self._has_files(before.image_id):
                self._report.replaced += 1
            self._report.changed += changed
            self._report.new += not changed
        elif image is not None:
            self._attach(reading, image, before)
        self._held.add(reading.sha256)
        if reading.picture is not None:
            self._held.add(reading.picture.pixel_hash)

    def _has_files(self, image_id: str) -> bool:
        return bool(self._library.images.get(image_id).paths)

    def _same_image(self, reading: Reading) -> Image | None:
        """Find the image of these bytes; of these pixels where only the metadata changed or the file also moved."""
        library, held = self._library, self._held
        if reading.sha256 not in held and (reading.picture is None or reading.picture.pixel_hash not in held):
            return None
        self._write_new()
        if (image := library.images.by_sha256(reading.sha256)) is not None:
            return image
        if reading.picture is None:
            return None
        before = self._known.get(reading.task.path)
        for image in library.images.by_pixel_hash(reading.picture.pixel_hash):
            if (before is not None and before.image_id == image.id) or image.state == "missing":
                return image
        return None

    def _add_new(self, reading: Reading, *, at_once: bool) -> None:
        """Have a picture added with those of its batch, or at once where its path held something before."""
        picture, mixture = reading.picture, reading.mixture
        assert picture is not None
        assert mixture is not None
        image = Image(
            id=picture.sha256,
            paths=(reading.task.path,),
            width=picture.width,
            height=picture.height,
            taken=picture.taken,
            format=picture.format,
            size=picture.size,
            pixel_hash=picture.pixel_hash,
            colour=picture.colour,
            added=datetime.now(UTC),
            facts=picture.facts,
        )
        file = _file(reading, image.id)
        if at_once:
            self._library.images.add(image, files=[file], thumbnails=picture.thumbnails, mixture=mixture)
        else:
            self._new.append((image, file, mixture, picture.thumbnails))

    def _write_new(self) -> None:
        """Write what is new of a batch, in a few statements."""
        waiting, self._new = self._new, []
        if waiting:
            rows = [(image, file, mixture) for image, file, mixture, _ in waiting]
            self._library.images.add_all(rows, [thumbnails for *_, thumbnails in waiting])

    def _attach(self, reading: Reading, image: Image, before: KnownFile | None) -> None:
        """Give an image one more path, or its path back; a path that is gone gives way to the new one."""
        others = [path for path in image.paths if path != reading.task.path]
        gone = [path for path in others if not os.path.lexists(path) and not self._is_away(path)]
        self._library.files.put(_file(reading, image.id))
        self._library.files.remove(gone)
        if before is not None and before.image_id is not None:
            self._report.changed += 1
        elif gone:
            self._report.moved += 1
            self._report.gone -= len(self._gone.intersection(gone))
        else:
            self._report.copies += 1


def _file(reading: Reading, image_id: str | None) -> KnownFile:
    picture = reading.picture
    size, mtime_ns = (picture.size, picture.mtime_ns) if picture else (reading.task.size, reading.task.mtime_ns)
    return KnownFile(reading.task.path, image_id, reading.sha256, size, mtime_ns, "present")


def _batches(
    items: Iterator[Reading], most: int, seconds: float, clock: Callable[[], float] = time.monotonic
) -> Iterator[list[Reading]]:
    """Group what arrives: a batch ends when it is full or `seconds` old. The first one is short, to show something."""
    batch: list[Reading] = []
    since = clock() - seconds * 0.7
    try:
        for item in items:
            batch.append(item)
            if len(batch) >= most or clock() - since > seconds:
                yield batch
                batch, since = [], clock()
    except (KeyboardInterrupt, Exception):
        if batch:
            yield batch
        raise
    if batch:
        yield batch
