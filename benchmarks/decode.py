"""What reading a photo costs beyond its bare scaled decode, side by side in one run.

    python -m benchmarks.decode [FOLDER]

Without a folder it makes JPEGs of 12 megapixels and about 2 MB: photos that scikit-learn carries, enlarged and with a
little noise. With a folder it takes the first JPEGs in it. In turn, every file is decoded bare (Pillow's draft at 512,
the file's bytes already in memory) and read (`leitmotiv.imaging.read.read`: hashes, tags, pixels, two thumbnails).
"""

import io
import itertools
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from sklearn.datasets import load_sample_images

from leitmotiv.imaging import pixels
from leitmotiv.imaging.read import THUMBNAIL_QUALITY, read, shrink
from leitmotiv.imaging.scan import scan

SIZE = (4000, 3000)
BYTES = 2_000_000
ROUNDS = 15
FILES = 8


def made(folder: Path, count: int = FILES) -> list[bytes]:
    """Write JPEGs of `SIZE` and about `BYTES`: crops of the sample photos, then the same ones moved sideways."""
    rng = np.random.default_rng(0)
    crops = itertools.product(load_sample_images().images, ((0, 0), (160, 100)))
    large = []
    for photo, (left, top) in crops:
        crop = Image.fromarray(photo).crop((left, top, left + 480, top + 320))
        smooth = np.asarray(crop.resize(SIZE, Image.Resampling.BICUBIC)).astype(np.float32)
        noisy = smooth + rng.normal(0, 2.5, (*smooth.shape[:2], 1)).astype(np.float32)
        values = noisy.clip(0, 255).astype(np.uint8)
        sizes = {quality: len(jpeg(Image.fromarray(values), quality)) for quality in (82, 85, 88, 90, 92)}
        large.append((values, min(sizes, key=lambda quality: abs(sizes[quality] - BYTES))))
    paths = []
    for number in range(count):
        turn, which = divmod(number, len(large))
        values, quality = large[which]
        path = folder / f"{number}.jpg"
        path.write_bytes(jpeg(Image.fromarray(np.roll(values, 203 * turn, axis=1)), quality))
        paths.append(os.fsencode(path))
    return paths


def jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def bare(data: bytes) -> None:
    image = Image.open(io.BytesIO(data))
    image.draft("RGB", (512, 512))
    image.load()


def milliseconds(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return 1000 * (time.perf_counter() - start)


def compare(paths: list[bytes]) -> None:
    print(f"{'file':<24}{'MP':>6}{'MB':>6}{'bare ms':>10}{'read ms':>10}{'ratio':>7}")
    ratios = []
    for path in paths:
        data = Path(os.fsdecode(path)).read_bytes()
        bare(data)
        picture = read(path)
        # In turn, so that a busy moment of the machine meets both.
        times = [(milliseconds(lambda: bare(data)), milliseconds(lambda: read(path))) for _ in range(ROUNDS)]  # noqa: B023
        alone, whole = (statistics.median(column) for column in zip(*times, strict=True))
        ratios.append(whole / alone)
        name = os.path.basename(os.fsdecode(path))[:22]  # noqa: PTH119
        megapixels = picture.width * picture.height / 1e6
        print(f"{name:<24}{megapixels:>6.1f}{len(data) / 1e6:>6.1f}{alone:>10.1f}{whole:>10.1f}{ratios[-1]:>7.2f}")
    print(f"median ratio {statistics.median(ratios):.2f}")


def thumbnails(paths: list[bytes]) -> None:
    """What thumbnails cost in time and bytes, and how far they are off: why `read` makes them JPEG."""
    print(f"\n{'thumbnail':<24}{'ms':>8}{'kB':>8}{'RMS of 255':>12}")
    kinds: list[tuple[str, dict[str, Any]]] = [
        *((f"WebP {q}, method {m}", {"format": "WEBP", "quality": q, "method": m}) for q, m in ((75, 0), (75, 4))),
        *((f"JPEG {q}", {"format": "JPEG", "quality": q}) for q in (75, THUMBNAIL_QUALITY, 85)),
    ]
    for size, (name, options) in itertools.product((256, 512), kinds):
        found = []
        for path in paths:
            image = Image.fromarray(shrink(read(path).pixels, size))
            out = io.BytesIO()
            spent = milliseconds(lambda: image.save(out, **options))  # noqa: B023
            again = np.asarray(Image.open(out).convert("RGB")).astype(float)
            found.append((spent, len(out.getvalue()) / 1000, np.sqrt(np.mean((again - np.asarray(image)) ** 2))))
        spent, kilobytes, error = np.median(found, axis=0)
        print(f"{size:<5}{name:<19}{spent:>8.1f}{kilobytes:>8.1f}{error:>12.2f}")


def scaling(path: bytes) -> None:
    """How far the decoder's own reduction lies from a full decode reduced with LANCZOS."""
    picture = read(path)
    height, width, _ = picture.pixels.shape
    full = Image.open(os.fsdecode(path)).convert("RGB")
    fine = np.asarray(full.resize((width, height), Image.Resampling.LANCZOS)).astype(float)
    fitted = np.asarray(pixels.fit(full, max(width, height))).astype(float)
    own = np.sqrt(np.mean((picture.pixels - fine) ** 2))
    print(f"\nRMS to LANCZOS from the full decode, of 255: read {own:.2f}, full decode with HAMMING ", end="")
    print(f"{np.sqrt(np.mean((fitted - fine) ** 2)):.2f}")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        if len(sys.argv) > 1:
            found = scan([Path(sys.argv[1])], include=["*.jpg", "*.jpeg"], on_error=lambda path, reason: None)
            paths = [one.path for one in itertools.islice(found, FILES)]
        else:
            paths = made(Path(folder))
        compare(paths)
        thumbnails(paths)
        scaling(paths[0])


if __name__ == "__main__":
    main()
