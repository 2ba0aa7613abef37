"""A library whose pictures show made-up things: what a network would see of them is put there."""

from pathlib import Path

import numpy as np

from leitmotiv.settings import Settings
from leitmotiv.workflows import index, ingest
from leitmotiv.workflows.session import Session

from .pictures import folder_of

SIZE, EACH = 24, 8


def make_library(folder: Path, photos: Path) -> Path:
    """An indexed library of `SIZE` pictures: by their names, the first `EACH` show one thing, the next another."""
    rng = np.random.default_rng(0)
    with Session(Settings(library=folder, workers=1)) as opened:
        ingest.add_directories(opened, [folder_of(photos, SIZE)])
        index.build_index(opened)
        images = sorted((image.path, image.id) for image in opened.library.images.many(opened.library.images.ids()))
        shows = rng.uniform(0, 3, (SIZE // EACH, 1280))[[row // EACH for row in range(SIZE)]]
        opened.library.activations.put([one for _, one in images], shows + rng.uniform(0, 0.6, shows.shape))
    return folder
