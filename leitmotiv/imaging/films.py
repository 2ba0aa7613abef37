"""Owns films: folders of frames, animated pictures and videos, read and written one frame at a time.

Videos go through the ffmpeg that the package imageio-ffmpeg carries (extra `film`); everything else is Pillow's.
"""

import re
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import IO

import numpy as np
from PIL import Image

from leitmotiv.errors import ImageReadError, MissingExtraError, UsageError
from leitmotiv.imaging import pixels, read
from leitmotiv.imaging.kinds import RefusedError
from leitmotiv.imaging.opening import bounded, check_size
from leitmotiv.imaging.quiet import quiet
from leitmotiv.records import Pixels

RATE = 12.0
"""Frames a second where nothing tells."""
LONGEST = 20_000
"""Frames of a film."""
KEPT = 2_000
"""Frames of an animated picture that is written: all of them are in memory until it is."""
SHORT = 0.95
"""A video that gives less than this share of what its head promises ended early."""
PATIENCE_S = 30.0
"""Seconds in which a video has to give another frame."""
VIDEOS = frozenset(
    f".{one}"
    for one in (
        *("mp4", "m4v", "mov", "qt", "3gp", "3g2", "mkv", "webm", "avi", "ts", "mts", "m2ts"),
        *("mpg", "mpeg", "vob", "wmv", "asf", "flv", "ogv", "ogg", "mxf"),
    )
)
"""Suffixes of videos that are read. All are containers: a playlist, or whatever else names other files, is none."""
_FORMATS = "mov,matroska,webm,avi,mpegts,mpeg,asf,flv,ogg,mxf"
"""The same as ffmpeg calls them; what a file holds counts, whatever its suffix says."""
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
def opened(path: Path, *, side: int = 512, max_megapixels: float = read.MAX_MEGAPIXELS) -> Iterator[Film]:
    """A folder of pictures in the order of their names, an animated GIF, PNG or WebP, or a video.

    Parameters
    ----------
    side : int
        Short side that is enough: videos and animated pictures are shrunk to it while they are read.
    max_megapixels : float
        Films with larger frames are refused.

    Raises
    ------
    ImageReadError
        It cannot be read, is of no kind that is known, has no frame, a frame of it is damaged or too large, or does
        not come.
    MissingExtraError
        It is a video, and the extra is not installed.
    """
    if path.is_dir():
        yield _folder(path, max_megapixels)
    elif not path.is_file():
        raise ImageReadError(str(path), "there is no such file or folder")
    elif path.suffix.lower() in _ANIMATED:
        yield _animated(path, side, max_megapixels)
    elif path.suffix.lower() not in VIDEOS:
        raise ImageReadError(str(path), f"films are {', '.join(sorted(VIDEOS | _ANIMATED))}, or a folder of pictures")
    else:
        with _video(path, side, max_megapixels) as film:
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


def _folder(path: Path, max_megapixels: float) -> Film:
    names = sorted((one for one in path.iterdir() if one.is_file() and not one.name.startswith(".")), key=_natural)
    if not names:
        raise ImageReadError(str(path), "the folder has no file")
    frames = (read.read_pixels(one, max_megapixels=max_megapixels) for one in names[:LONGEST])
    return Film(frames, RATE, len(names))


def _natural(path: Path) -> list[tuple[int, int | str]]:
    """Frame 2 comes before frame 10."""
    parts = re.split("([0-9]+)", path.name)
    return [(0, int(part)) if part.isdecimal() and part.isascii() else (1, part) for part in parts]


def _animated(path: Path, side: int, max_megapixels: float) -> Film:
    with _plain(path), _picture(path, max_megapixels) as image:
        count = min(LONGEST, getattr(image, "n_frames", 1))
        lasting = float(image.info.get("duration") or 0)
    return Film(_frames(path, side, max_megapixels), 1000 / lasting if lasting >= 5 else RATE, count)


def _frames(path: Path, side: int, max_megapixels: float) -> Iterator[Pixels]:
    with _plain(path):
        image = _picture(path, max_megapixels)
    with image:
        for at in range(LONGEST):
            with _plain(path):
                try:
                    with bounded(max_megapixels):
                        image.seek(at)
                except EOFError:
                    return
                check_size(image.size, max_megapixels)  # a later frame may enlarge the whole
                image.load()
                longest = max(1, -(-side * max(image.size) // min(image.size)))
                frame = np.array(pixels.srgb(image, longest))
            yield frame


def _picture(path: Path, max_megapixels: float) -> Image.Image:
    with bounded(max_megapixels):
        image = Image.open(path)
    try:
        check_size(image.size, max_megapixels)
    except RefusedError:
        image.close()
        raise
    return image


@contextmanager
def _plain(path: Path) -> Iterator[None]:
    try:
        with quiet():
            yield
    except RefusedError as error:
        raise ImageReadError(str(path), str(error)) from error
    except (OSError, ValueError, SyntaxError) as error:
        raise ImageReadError(str(path), f"it cannot be read, or a frame of it is damaged: {error}") from error


def _ffmpeg() -> str:
    try:
        import imageio_ffmpeg
    except ImportError as error:
        raise MissingExtraError(
            f"Videos need ffmpeg: {_COMMAND}. A folder of frames, GIF and animated PNG work without."
        ) from error
    return str(imageio_ffmpeg.get_ffmpeg_exe())


@contextmanager
def _video(path: Path, side: int, max_megapixels: float) -> Iterator[Film]:
    smaller = f"scale='if(gt(iw,ih),-2,min(iw,{side}))':'if(gt(iw,ih),min(ih,{side}),-2)'"
    # Nothing that names other files is read, and nothing else than a file is opened; each frame comes as a picture that
    # tells its own size.
    asked = [_ffmpeg(), "-nostdin", "-hide_banner", "-format_whitelist", _FORMATS, "-protocol_whitelist", "file"]
    asked += ["-max_pixels", str(round(1e6 * max_megapixels)), "-i", f"file:{path.absolute()}"]
    asked += ["-an", "-vf", smaller, "-f", "image2pipe", "-c:v", "ppm", "pipe:1"]
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=said) as process,
    ):
        try:
            frames = _frames_of(path, process)
            first = next(frames, None)
            if first is None:
                raise ImageReadError(str(path), "it is no video that can be read, or it is cut short")
            rate, expected = _head(said)
            yield Film(islice(chain([first], frames), LONGEST), rate, expected)
        finally:
            process.kill()


def _frames_of(path: Path, process: subprocess.Popen[bytes]) -> Iterator[Pixels]:
    """Frames as they come; a process that gives none for long is killed."""
    stream = process.stdout
    assert stream is not None
    while True:
        late = threading.Event()
        watch = threading.Timer(PATIENCE_S, _give_up, (process, late))
        watch.daemon = True
        watch.start()
        try:
            frame = _frame(stream)
        finally:
            watch.cancel()
        if frame is None and late.is_set():
            raise ImageReadError(str(path), f"no frame came for {PATIENCE_S:g} seconds")
        if frame is None:
            return
        yield frame


def _give_up(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    process.kill()


def _frame(stream: IO[bytes]) -> Pixels | None:
    """The next picture of a stream of PPM; None at its end, or where it breaks off."""
    if stream.readline() != b"P6\n":
        return None
    size = stream.readline().split()
    stream.readline()
    if len(size) != 2:
        return None
    width, height = map(int, size)
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
