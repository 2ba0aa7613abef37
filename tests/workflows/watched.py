"""A library of small pictures with thumbnails, for eyes to be made of."""

import io

import numpy as np
from PIL import Image

from tests.store.making import file, image, mixture
from tests.workflows.pictures import picture


def jpeg(drawn: Image.Image) -> bytes:
    made = io.BytesIO()
    drawn.save(made, "JPEG", quality=92)
    return made.getvalue()


def fill(library, folder, count=8, width=48, height=40):
    """Pictures named p000.jpg and so on, whose files are not there."""
    for number in range(count):
        one = image(number, width=width, height=height)
        library.images.add(
            one,
            files=[file(bytes(folder / f"p{number:03}.jpg"), one)],
            thumbnails={256: jpeg(picture(number, width, height))},
            mixture=mixture(number),
        )


def stripes(side=48):
    """A picture unlike those."""
    pixels = np.zeros((side, side, 3), np.uint8)
    pixels[:, ::8] = 255
    return pixels
