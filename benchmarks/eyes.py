"""Eyes: how near they come, what they see as a sheet, and how many pictures a second they look at.

    python -m benchmarks.eyes DIR [--only frames|films] [--sheet FILE] [some options of leitmotiv evaluate eyes]

DIR is any folder of pictures. The sheet has a row for each held-out picture: what is shown, what each way sees, and
what is there. Pictures a second are those of networks that learnt nothing, which takes as long: each is decoded
already, part of it is taken, and it is looked at by itself, on as many threads as there are cores. Those of patches,
of 200 pictures of DIR, are of a film that pans over one more, by the clock and by the seconds of the processor, beside
what each frame would take by itself; flicker is how much one frame differs from the next, in levels of 255.
"""

import argparse
import os
import time
from pathlib import Path

import numpy as np

from leitmotiv.imaging import read as reading
from leitmotiv.imaging.square import middle_square
from leitmotiv.nets import eye_graph, trainers
from leitmotiv.records import Pixels
from leitmotiv.settings import Settings, load
from leitmotiv.workflows.evaluate_eyes import SHOWN, EyesReport, evaluate_eyes, squares
from leitmotiv.workflows.lookers import Patches
from leitmotiv.workflows.partial import IN_COLOUR, glimpse
from leitmotiv.workflows.training import network_of

SIZES = ((64, 16), (64, 32), (128, 16), (128, 32))
FRAMES = 60
KNOWN, PAN = 200, 16
"""Pictures that patches are taken of, and frames of the film that is seen through them."""


def frames(side: int, width: int, threads: int) -> dict[str, float]:
    """Pictures a second, by what is shown; "nothing" is the network alone."""
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 256, (8, 8, 3), np.uint8).repeat(side // 8, 0).repeat(side // 8, 1)
    network = network_of(side, width, "l1")
    trainer = trainers.trainer(network, picture[None], picture[None])
    eyes = eye_graph.Eyes(eye_graph.build(network, trainer.weights()), threads=threads)
    found = {}
    for name in ("nothing", *SHOWN):
        before = None
        eyes.run(picture[None])
        began = time.perf_counter()
        for _ in range(FRAMES):
            if name != "nothing":
                before = glimpse(picture, SHOWN[name], before)
            eyes.run(picture[None] if before is None else before.pixels[None])
        found[name] = FRAMES / (time.perf_counter() - began)
    return found


def patch_frames(folder: Path, side: int, settings: Settings) -> dict[str, str]:
    """A film through patches, by what is shown: pace, nearness, flicker; each frame after the other, and each alone."""
    pixels, _ = squares(settings, folder, side, KNOWN + 1, 0, None)
    known = np.stack([middle_square(one, side) for one in pixels[:KNOWN]])
    reach = 2 * side - PAN
    film = [middle_square(pixels[KNOWN][at : at + reach, at : at + reach], side) for at in range(PAN)]
    found = {}
    for name, partial in SHOWN.items():
        shown = np.stack([glimpse(one, partial, seed=row).pixels for row, one in enumerate(known)])
        eyes = Patches(known, shown, partial.kind in IN_COLOUR, 0)
        for way in ("film", "alone"):
            part, before, seen = glimpse(film[0], partial), None, []
            clock, busy = time.perf_counter(), time.process_time()
            for frame in film:
                part = glimpse(frame, partial, part)
                sight = eyes.look(part.pixels, before)
                before = sight if way == "film" else None
                seen.append(sight.pixels.astype(np.int16))
            clock, busy = time.perf_counter() - clock, time.process_time() - busy
            apart = np.abs(np.stack(seen) - np.stack(film)).mean()
            flicker = np.abs(np.diff(np.stack(seen), axis=0)).mean()
            paces = f"{PAN / clock:.1f} a second, {PAN / busy:.1f} a second of one core"
            found[f"{name}, {way}"] = f"{paces}; L1 {apart:.1f}, flicker {flicker:.1f}"
    return found


def sheet(found: EyesReport, rows: int) -> Pixels:
    """What is shown, seen and there, side by side."""
    blocks = []
    for name, shown in found.parts.items():
        seen = [one.pixels for one in found.results if one.shown == name and one.way not in ("copy", "mean")]
        strips = np.concatenate([shown[:rows], *(one[:rows] for one in seen), found.truth[:rows]], axis=2)
        blocks.append(strips.reshape(-1, *strips.shape[2:]))
    return np.concatenate(blocks)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--only", choices=["frames", "films"])
    parser.add_argument("--sheet", type=Path)
    parser.add_argument("--rows", type=int, default=6)
    parser.add_argument("--shown", nargs="+", choices=list(SHOWN), default=list(SHOWN))
    parser.add_argument("--loss", nargs="+", choices=["l1", "gan"], default=["l1", "gan"])
    parser.add_argument("--side", type=int, default=64)
    parser.add_argument("--width", type=int, default=16)
    chosen = parser.parse_args()
    settings = load({}, environ=os.environ)
    if chosen.only is None:
        found = evaluate_eyes(
            *(settings, chosen.folder),
            shown=chosen.shown,
            losses=chosen.loss,
            side=chosen.side,
            width=chosen.width,
            steps=chosen.steps,
        )
        for one in found.results:
            print(one.shown, one.way, one.figures, f"step {one.steps}, {one.seconds:.0f} s, {one.busy:.0f} s busy")
        if chosen.sheet is not None:
            chosen.sheet.write_bytes(reading.encode(sheet(found, chosen.rows), "PNG"))
    for side, width in SIZES if chosen.only != "films" else ():
        told = ", ".join(f"{name} {pace:.1f}" for name, pace in frames(side, width, settings.cores).items())
        print(f"{side} px, width {width}, pictures a second: {told}")
    for side in (64, 128) if chosen.only != "frames" else ():
        for name, told in patch_frames(chosen.folder, side, settings).items():
            print(f"{side} px, patches, {name}: {told}")


if __name__ == "__main__":
    main()
