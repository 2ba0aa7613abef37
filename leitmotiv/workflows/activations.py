"""Having the backbone see pictures: those of the library once, in steps that are kept, and single ones when asked."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from leitmotiv.errors import ImageNotFoundError, ImageReadError, LeitmotivError, MissingExtraError
from leitmotiv.imaging.square import SHORT, network_input
from leitmotiv.records import SEEN_SIDE, Image, Pixels
from leitmotiv.workflows.progress import Report, recorded
from leitmotiv.workflows.session import Session

if TYPE_CHECKING:
    from leitmotiv.nets.backbone import Features

PHASE = "Seeing what pictures show"
AT_ONCE = 16
"""Pictures of a batch: they are seen together, and stored together."""
FEW = 32
"""Pictures that the backbone sees while somebody waits; more of them are a job."""
NOTHING_SEEN = (
    'Nobody has looked at what these pictures show yet. Run `leitmotiv build-index`, or start the job "activations".'
)
READ = 1.25 * SHORT
"""Short side at which a picture is read, pixels: some more than is needed, so that it is shrunk once and well."""


def ensure(session: Session, report: Report | None = None, *, wait: float = 5.0) -> int:
    """Have the backbone see every picture of the library that it has not seen yet.

    What is seen is stored batch by batch: interrupted, the next call goes on from there.

    Returns
    -------
    int
        How many pictures were seen now. One whose file and thumbnails are all unreadable is passed over.

    Raises
    ------
    MissingExtraError
        The weights are not installed, or damaged; nothing was begun.
    LibraryLockedError
        Another process is writing.
    """
    library = session.library
    if not library.activations.missing():
        return 0
    session.backbone()  # first: without it nothing begins
    seen = passed = 0
    with (
        library.writer("seeing what pictures show", wait=wait),
        recorded(library, "activations", "Subjects", report, {}) as step,
    ):
        lacking = library.activations.missing()
        step(PHASE, 0, len(lacking))
        for now, failed in _seen(session, lacking):
            seen += now
            passed += failed
            step.failures = passed
            step(PHASE, seen + passed, len(lacking))
    return seen


def see(session: Session, ids: Sequence[str]) -> int:
    """Have the backbone see a few pictures at once, without a job; returns how many.

    Raises
    ------
    MissingExtraError
        The weights are not installed, or damaged.
    """
    return sum(now for now, _ in _seen(session, ids))


def catch_up(session: Session) -> None:
    """Show the backbone what it has not seen, where that is quick; the rest is done when it can be.

    Raises
    ------
    LeitmotivError
        It has seen nothing yet, and cannot look now.
    """
    library = session.library
    if not 0 < len(library.activations.missing()) <= FEW or not library.writable:
        return
    with session.lane:
        try:
            see(session, library.activations.missing())
        except LeitmotivError:
            if not library.activations.count():
                raise


def _seen(session: Session, ids: Sequence[str]) -> Iterator[tuple[int, int]]:
    """See and store batch by batch: how many of each were seen, and how many could not be read."""
    backbone = session.backbone()
    for names, pictures in read_ahead(session, ids):
        shown = [(image_id, one) for image_id, one in zip(names, pictures, strict=True) if one is not None]
        if shown:
            pooled = backbone.features(np.stack([one for _, one in shown])).pooled
            session.library.activations.put([image_id for image_id, _ in shown], pooled)
        yield len(shown), len(names) - len(shown)


def follow(session: Session, report: Report | None = None, *, wait: float = 5.0) -> str:
    """After an index, have the backbone see what is new, if the settings want it then.

    Returns
    -------
    str
        What came of it, in a line: empty where there was nothing to do, or why it was left out.
    """
    if session.settings.activations != "index":
        return ""
    try:
        seen = ensure(session, report, wait=wait)
    except MissingExtraError as error:
        return f"What pictures show was left out, and their looks are whole. {error}"
    said = [f"{seen:,} pictures seen by subject"] if seen else []
    if passed := len(session.library.activations.missing()):
        said.append(f"{passed:,} pictures have no file and no thumbnail that can be read, and were not looked at")
    return "; ".join(said)


def of_pixels(session: Session, pixels: Pixels) -> "Features":
    """What the backbone makes of one picture, (H, W, 3) uint8, upright sRGB; the first axis of all features is 1.

    Raises
    ------
    MissingExtraError
        The weights are not installed, or damaged.
    """
    return session.backbone().features(network_input(pixels)[None])


def of_picture(session: Session, image_id: str) -> "Features":
    """What the backbone makes of a picture of the library, by its full id; from its file, else from its thumbnail.

    Raises
    ------
    MissingExtraError
        The weights are not installed, or damaged.
    ImageNotFoundError
        The library has no such picture.
    ImageReadError
        Neither can be read.
    """
    return session.backbone().features(shown(session, session.library.images.get(image_id))[None])


def shown(session: Session, image: Image, side: int = SEEN_SIDE) -> Pixels:
    """What the backbone is shown of a picture of the library, (side, side, 3) uint8; up to 256, with some around it.

    Raises
    ------
    ImageReadError
        Neither its files nor its thumbnail can be read.
    """
    from leitmotiv.imaging import read as reading  # who only asks what was seen does not wait for what decodes

    size = ceil(READ * max(image.width, image.height) / max(1, min(image.width, image.height)))
    for path in image.paths:
        with suppress(ImageReadError):
            megapixels = session.settings.max_megapixels
            return network_input(reading.read_pixels(path, max_size=size, max_megapixels=megapixels), side=side)
    try:
        return network_input(reading.decoded(session.library.images.thumbnail(image.id, 512)), side=side)
    except (OSError, ImageNotFoundError) as error:
        raise ImageReadError(
            image.path or image.id, "its file is away, and its thumbnail is damaged or gone"
        ) from error


def read_ahead(session: Session, ids: Sequence[str]) -> Iterator[tuple[Sequence[str], list[Pixels | None]]]:
    """Batches of ids with what is shown of them; threads read those that come next while the last ones are seen."""
    batches = [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]

    def read(image: Image) -> Pixels | None:
        try:
            return shown(session, image)
        except ImageReadError:
            return None

    with ThreadPoolExecutor(session.settings.cores, "reading") as pool:

        def begin(batch: Sequence[str]) -> tuple[list[str], list[Future[Pixels | None]]]:
            # Those that were forgotten meanwhile are not among them.
            images = session.library.images.many(batch)
            return [image.id for image in images], [pool.submit(read, image) for image in images]

        begun = map(begin, batches)
        waiting = list(islice(begun, 2))
        try:
            while waiting:
                names, futures = waiting.pop(0)
                pictures = [future.result() for future in futures]
                waiting += islice(begun, 1)
                yield names, pictures
        finally:
            pool.shutdown(cancel_futures=True)
