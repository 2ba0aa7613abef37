"""Pictures that were handed in to be looked for: kept in memory for a while, never in the library."""

import hashlib
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

from leitmotiv.errors import ImageNotFoundError, ImageReadError, UsageError
from leitmotiv.imaging import read as reading
from leitmotiv.records import Mixture
from leitmotiv.workflows.fitting import fit_pixels
from leitmotiv.workflows.measuring import ready
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.session import Session

MOST_MEGAPIXELS = 120.0
KEPT_S = 24 * 3600.0
"""How long a picture is kept after it was handed in, seconds; fewer where many others follow."""
_SIDE = 512


@dataclass(frozen=True, eq=False)
class Upload:
    """A picture that was handed in.

    Attributes
    ----------
    id : str
        SHA-256 of its bytes.
    pixel_hash : str
        As of pictures of the library.
    preview : bytes
        JPEG.
    at : float
        When it came, on the clock that only goes forward.
    """

    id: str
    pixel_hash: str
    mixture: Mixture
    preview: bytes
    width: int
    height: int
    at: float


def keep(session: Session, data: bytes) -> Upload:
    """Read a picture and keep its mixture and a preview, under the hash of its bytes.

    Raises
    ------
    UsageError
        Too many bytes.
    ImageReadError
        It is no readable picture, or has too many pixels.
    """
    most = session.settings.max_upload_megabytes
    if len(data) > 1e6 * most:
        raise UsageError(f"The picture has {len(data) / 1e6:,.1f} MB, but may have {most:g} (max_upload_megabytes).")
    name = hashlib.sha256(data).hexdigest()
    with session.guard:
        session.memory.setdefault("upload", {}).pop(("upload", name), None)
    return remember(session, ("upload", name), lambda: _read(session, name, data), lane=True)


def get(session: Session, upload_id: str) -> Upload:
    """One that was handed in lately.

    Raises
    ------
    ImageNotFoundError
        It was never handed in, or too long ago.
    """
    with session.guard:
        found: Upload | None = session.memory.get("upload", {}).get(("upload", upload_id))
    if found is None or time.monotonic() - found.at > KEPT_S:
        raise ImageNotFoundError("The picture that was looked for is not kept any more. Hand it in again.")
    return found


def own(session: Session, upload_id: str) -> str | None:
    """The id of the picture of the library that was handed in: the same file, or the same pixels; None for another.

    Raises
    ------
    ImageNotFoundError
        See `get`.
    """
    upload = get(session, upload_id)
    images = session.library.images
    same = images.by_sha256(upload.id) or next(iter(images.by_pixel_hash(upload.pixel_hash)), None)
    return None if same is None else same.id


def _read(session: Session, name: str, data: bytes) -> Upload:
    ready(session)
    chosen = replace(session.settings, max_megapixels=min(session.settings.max_megapixels, MOST_MEGAPIXELS))
    with tempfile.TemporaryDirectory(prefix="leitmotiv-") as folder:
        path = Path(folder) / "picture"
        path.write_bytes(data)
        try:
            picture = reading.read(
                bytes(path),
                working_size=chosen.working_size,
                max_megapixels=chosen.max_megapixels,
                thumbnails=(_SIDE,),
            )
        except ImageReadError as error:
            raise ImageReadError("The picture cannot be looked for", error.reason) from error
    mixture = fit_pixels(picture.pixels, chosen)
    return Upload(
        name,
        picture.pixel_hash,
        mixture,
        picture.thumbnails[_SIDE],
        picture.width,
        picture.height,
        time.monotonic(),
    )
