"""Owns films: folders of frames, animated pictures and videos, read and written one frame at a time.

Videos go through the ffmpeg that the package imageio-ffmpeg carries (extra `film`); everything else is Pillow's.
"""

import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import IO

import numpy as np
from PIL import Image, ImageSequence

from leitmotiv.errors import ImageReadError, MissingExtraError, UsageError
from leitmotiv.imaging import pixels, read
from leitmotiv.records import Pixels

RATE = 12.0
"""Frames a second where nothing tells."""
LONGEST = 20_000
"""Frames of a film."""
KEPT = 2_000
"""Frames of an animated picture that is written: all of them are in memory until it is."""
SHORT = 0.95
"""A video that gives less than this share of what its head promises ended early."""
_ANIMATED = {".gif", ".png", ".apng", ".webp"}
_COMMAND = "pip install 'leitmotiv[film]'"


@dataclass(frozen=True)
class Film:
    """A film to be read once.

    Attributes
    ----------
    frames : iterator of (H, W, 3) uint8
    rate : float
        Frames a second.
    expected : int
        How many frames there should be; 0 where nothing tells.
    """

    frames: Iterator[Pixels]
    rate: float
    expected: int


@contextmanager
def opened(path: Path, *, side: int = 512) -> Iterator[Film]:
    """A folder of pictures in the order of their names, an animated GIF, PNG or WebP, or a video.

    Parameters
    ----------
    side : int
        Short side that is enough: videos are shrunk to it while they are read.

    Raises
    ------
    ImageReadError
        It cannot be read, has no frame, or a frame of it is damaged.
    MissingExtraError
        It is a video, and the extra is not installed.
    """
    if path.is_dir():
        yield _folder(path)
    elif not path.is_file():
        raise ImageReadError(str(path), "there is no such file or folder")
    elif path.suffix.lower() in _ANIMATED:
        yield _animated(path)
    else:
        with _video(path, side) as film:
            yield film


def write(path: Path, frames: Iterable[Pixels], rate: float, kind: str) -> int:
    """Write a film; returns how many frames it has.

    Parameters
    ----------
    kind : str
        ".gif", ".png" (animated) or ".mp4", whatever the name of the file.

    Raises
    ------
    UsageError
        There is no frame, or another kind.
    MissingExtraError
    OSError
    """
    rest = iter(frames)
    first = next(rest, None)
    if first is None:
        raise UsageError("The film has no frame.")
    whole = chain([first], rest)
    if kind == ".mp4":
        return _write_video(path, whole, first.shape, rate)
    if kind not in (".gif", ".png"):
        raise UsageError(f"A film is written as .gif, .png or .mp4, or into a folder; not as {kind or 'that'}.")
    images = [Image.fromarray(np.ascontiguousarray(frame)) for frame in islice(whole, KEPT + 1)]
    if len(images) > KEPT:
        raise UsageError(f"An animated picture can have {KEPT:,} frames here; write .mp4, or a folder, instead.")
    if kind == ".gif":
        images = [image.quantize(255) for image in images]
    images[0].save(
        path,
        "GIF" if kind == ".gif" else "PNG",
        save_all=True,
        append_images=images[1:],
        duration=round(1000 / rate),
        loop=0,
    )
    return len(images)


def _folder(path: Path) -> Film:
    names = sorted((one for one in path.iterdir() if one.is_file() and not one.name.startswith(".")), key=_natural)
    if not names:
        raise ImageReadError(str(path), "the folder has no file")
    return Film((read.read_pixels(one) for one in names[:LONGEST]), RATE, len(names))


def _natural(path: Path) -> list[tuple[int, int | str]]:
    """Frame 2 comes before frame 10."""
    parts = re.split("([0-9]+)", path.name)
    return [(0, int(part)) if part.isdecimal() and part.isascii() else (1, part) for part in parts]


def _animated(path: Path) -> Film:
    try:
        with Image.open(path) as image:
            count = min(LONGEST, getattr(image, "n_frames", 1))
            lasting = float(image.info.get("duration") or 0)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ImageReadError(str(path), f"it is no picture that can be read: {error}") from error
    return Film(_frames(path), 1000 / lasting if lasting >= 5 else RATE, count)


def _frames(path: Path) -> Iterator[Pixels]:
    with Image.open(path) as image:
        for frame in islice(ImageSequence.Iterator(image), LONGEST):
            try:
                yield np.array(pixels.srgb(frame.copy()))
            except (OSError, ValueError, SyntaxError) as error:
                raise ImageReadError(str(path), f"a frame of it is damaged: {error}") from error


def _ffmpeg() -> str:
    try:
        import imageio_ffmpeg
    except ImportError as error:
        raise MissingExtraError(
            f"Videos need ffmpeg: {_COMMAND}. A folder of frames, GIF and animated PNG work without."
        ) from error
    return str(imageio_ffmpeg.get_ffmpeg_exe())


@contextmanager
def _video(path: Path, side: int) -> Iterator[Film]:
    smaller = f"scale='if(gt(iw,ih),-2,min(iw,{side}))':'if(gt(iw,ih),min(ih,{side}),-2)'"
    # Lists of other files are not followed onto the network; each frame comes as a picture that tells its own size.
    asked = [_ffmpeg(), "-nostdin", "-hide_banner", "-protocol_whitelist", "file,pipe", "-i", f"file:{path.absolute()}"]
    asked += ["-an", "-vf", smaller, "-f", "image2pipe", "-c:v", "ppm", "pipe:1"]
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=said) as process,
    ):
        try:
            stream = process.stdout
            assert stream is not None
            first = _frame(stream)
            if first is None:
                raise ImageReadError(str(path), "it is no video that can be read, or it is cut short")
            rate, expected = _head(said)
            yield Film(islice(chain([first], _frames_of(stream)), LONGEST), rate, expected)
        finally:
            process.kill()


def _frames_of(stream: IO[bytes]) -> Iterator[Pixels]:
    while (frame := _frame(stream)) is not None:
        yield frame


def _frame(stream: IO[bytes]) -> Pixels | None:
    """The next picture of a stream of PPM; None at its end, or where it breaks off."""
    if stream.readline() != b"P6\n":
        return None
    width, height = map(int, stream.readline().split())
    stream.readline()
    data = stream.read(width * height * 3)
    if len(data) < width * height * 3:
        return None
    return np.frombuffer(data, np.uint8).reshape(height, width, 3)


def _head(said: IO[bytes]) -> tuple[float, int]:
    """Frames a second and how many there should be, from what ffmpeg says of a file."""
    said.seek(0)
    text = said.read(100_000).decode("utf-8", "replace")
    paced = re.search(r"Video:.*?([0-9.]+) fps", text)
    lasting = re.search(r"Duration: ([0-9]+):([0-9]+):([0-9.]+)", text)
    rate = float(paced[1]) if paced and float(paced[1]) > 0 else RATE
    if lasting is None:
        return rate, 0
    hours, minutes, seconds = map(float, lasting.groups())
    return rate, round((3600 * hours + 60 * minutes + seconds) * rate)


def _write_video(path: Path, frames: Iterable[Pixels], shape: tuple[int, ...], rate: float) -> int:
    height, width = shape[0] - shape[0] % 2, shape[1] - shape[1] % 2
    asked = [_ffmpeg(), "-hide_banner", "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24"]
    asked += ["-s", f"{width}x{height}", "-r", f"{rate:g}", "-i", "pipe:0", "-c:v", "libx264", "-pix_fmt", "yuv420p"]
    asked += ["-crf", "18", "-movflags", "+faststart", "-f", "mp4", f"file:{path.absolute()}"]
    count = 0
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(asked, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said) as process,
    ):
        assert process.stdin is not None
        try:
            for frame in frames:
                process.stdin.write(np.ascontiguousarray(frame[:height, :width]).tobytes())
                count += 1
            process.stdin.close()
        except BrokenPipeError:
            count = 0
        except BaseException:
            process.kill()
            raise
        if process.wait() or not count:
            said.seek(0)
            raise OSError(said.read(300).decode("utf-8", "replace").strip() or "ffmpeg gave up")
    return count
