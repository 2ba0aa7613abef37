"""Owns pairs of pictures as pix2pix keeps them, side by side in one file, and results as its tools write them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np

from leitmotiv.errors import ImageReadError
from leitmotiv.imaging import read
from leitmotiv.imaging.square import middle_square
from leitmotiv.records import Pixels

Direction = Literal["BtoA", "AtoB"]
"""Which half is learnt: BtoA makes the left of the right (photo | edges), AtoB the right of the left."""
SUFFIXES = {".jpg", ".jpeg", ".png"}
NAMES = (("_real_A", "_fake_B", "_real_B"), ("-inputs", "-outputs", "-targets"))
"""How the usual tools end the names of what is shown, what they made of it, and what is there."""
LONGEST_NAME = 136
PHOTO = "BtoA"


def file_name(folder: str, name: str, suffix: str = ".png") -> str:
    """What pix2pix's usual preparation calls a pair: its folder and name, the last 136 characters of them."""
    stem = f"{folder}_{Path(name).stem}" if folder else Path(name).stem
    return stem[-(LONGEST_NAME - len(suffix)) :] + suffix


def joined(x: Pixels, y: Pixels, direction: Direction = "BtoA") -> Pixels:
    """What is shown and what is there, (S, 2 S, 3), so that training in this direction learns x to y."""
    return np.concatenate([y, x] if direction == PHOTO else [x, y], axis=1)


def parted(pixels: Pixels, side: int, direction: Direction = "BtoA") -> tuple[Pixels, Pixels]:
    """What is shown and what is there of a pair, (S, S, 3) each.

    Raises
    ------
    ValueError
        It is not twice as wide as high.
    """
    height, width = pixels.shape[:2]
    if width != 2 * height:
        raise ValueError(f"it has {width} x {height} pixels, and a pair is twice as wide as high")
    left, right = (middle_square(half, side) for half in (pixels[:, :height], pixels[:, height:]))
    return (right, left) if direction == PHOTO else (left, right)


def listed(folder: Path) -> list[Path]:
    """The files of pairs of a folder, those of the folders in it included, in order."""
    return sorted(one for one in folder.rglob("*") if one.suffix.lower() in SUFFIXES and one.is_file())


def each(folder: Path, side: int, direction: Direction = "BtoA") -> Iterator[tuple[Path, Pixels, Pixels]]:
    """The pairs of a folder: file, x, y.

    Raises
    ------
    ImageReadError
        A file of it is none.
    """
    for path in listed(folder):
        try:
            yield path, *parted(read.read_pixels(path), side, direction)
        except ValueError as error:
            raise ImageReadError(str(path), str(error)) from error


def results(folder: Path) -> Iterator[tuple[str, Pixels, Pixels, Pixels]]:
    """What a tool made, in the folder of its results: name, what was shown, what it made, what is there.

    Files of other names are passed over.

    Raises
    ------
    ImageReadError
        A file cannot be read, or one of three is not there.
    """
    files = {one.stem: one for one in listed(folder)}
    for stem, path in files.items():
        for names in NAMES:
            if not stem.endswith(names[1]):
                continue
            name = stem.removesuffix(names[1])
            three = [files.get(name + one) for one in names]
            missing = [name + one for one, file in zip(names, three, strict=True) if file is None]
            if missing:
                raise ImageReadError(str(path), f"{missing[0]} is not there beside it")
            shown, made, there = (read.read_pixels(one) for one in three if one is not None)
            yield name, shown, made, there
