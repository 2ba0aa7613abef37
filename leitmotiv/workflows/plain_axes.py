"""A few plain things that people name of pictures, for tastes to go along: light, hue, chroma, contrast."""

from collections.abc import Sequence

import numpy as np

from leitmotiv.analysis.colour import from_srgb
from leitmotiv.analysis.technical import column
from leitmotiv.records import Float, RatedItem
from leitmotiv.workflows import technical
from leitmotiv.workflows.session import Session

MEASURED = ("contrast", "colourfulness")
"""Measures that are taken beside the mean colour, where a picture was measured."""


def of_library(session: Session, ids: Sequence[str]) -> Float:
    """Of pictures of the library, (N, 6): lightness, a, b and chroma of the mean colour, contrast, colourfulness.

    What is not known of a picture is the mean of the others.
    """
    colours = {image.id: image.colour for image in session.library.images.many(list(ids))}
    levels = [bytes.fromhex(colours.get(one, "#808080")[1:]) for one in ids]
    lab = from_srgb(np.frombuffer(b"".join(levels), np.uint8).reshape(-1, 3), "lab")
    named, numbers = technical.matrix(session)
    row_of = {one: row for row, one in enumerate(named)}
    rows = np.array([row_of.get(one, -1) for one in ids], np.int64)
    told = np.zeros((len(ids), len(MEASURED)))
    if len(named) and (rows >= 0).any():
        for place, name in enumerate(MEASURED):
            values = column(numbers, name)
            told[:, place] = np.where(rows >= 0, values[rows], values[rows[rows >= 0]].mean())
    return np.column_stack([lab, np.hypot(lab[:, 1], lab[:, 2]), told])


def of_themes(items: Sequence[RatedItem]) -> Float | None:
    """Of themes, (N, 6): the same of five colours, contrast and colourfulness as they differ; None of other items."""
    if not all("colours" in item.facts for item in items):
        return None
    colours = np.array([item.facts["colours"] for item in items], float)
    levels = np.rint(255 * np.clip(colours, 0, 1)).astype(np.uint8)
    lab = from_srgb(levels.reshape(-1, 3), "lab").reshape(*colours.shape)
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    return np.column_stack([lab.mean(axis=1), chroma.mean(axis=1), lab[..., 0].std(axis=1), chroma.std(axis=1)])
