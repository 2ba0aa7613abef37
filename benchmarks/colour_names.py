"""A word and a colour by its name, measured on photos that somebody looked at: is the ferry with blue found?

    python -m benchmarks.colour_names LIBRARY

LIBRARY has the sample photos. Of 17 pairs of a kind and a colour, SEEN says which photos of the kind plainly have that
colour, on a twentieth of the frame or more, and which are left out since two people might not agree; told by one person
who looked at them in sheets of 32, before any ranking was seen. All other photos of the library are wrong.

Of basic names alone it tells how many pictures have them, how far their shares are off what counting pixels tells,
and how long they take with 25 times the pictures.
"""

import os
import sys
import time
from itertools import combinations
from pathlib import Path

import numpy as np
from PIL import Image

from leitmotiv.analysis import colour_words, joining, patches
from leitmotiv.analysis.colour import from_srgb
from leitmotiv.analysis.joining import from_nothing, meeting
from leitmotiv.analysis.named_colours import NAMES
from leitmotiv.analysis.retrieval import average_precision
from leitmotiv.settings import load
from leitmotiv.workflows import scoring, seeking
from leitmotiv.workflows.components import side_by_side
from leitmotiv.workflows.query import parse
from leitmotiv.workflows.session import Session

SEEN = [
    (
        "ferry",
        "blue",
        "0001 0023 0030 0031 0038 0040 0041 0042 0046 0050 0056 0057 0065 0067",
        "0008 0010 0011 0016 0019 0053 0055 0062",
    ),
    (
        "ferry",
        "red",
        "0008 0034 0040",
        "0011 0023 0036 0043 0059",
    ),
    (
        "butterfly",
        "orange",
        "0002 0004 0025 0028 0033 0038 0047 0049 0068",
        "0010 0013 0024 0030 0044 0051 0077 0080 0088 0089",
    ),
    (
        "butterfly",
        "blue",
        "0039 0077",
        "0002 0016 0018 0030 0047 0089",
    ),
    (
        "butterfly",
        "green",
        "0010 0018 0030 0038 0068",
        "0002 0016 0024 0025 0036 0062 0076 0088",
    ),
    (
        "butterfly",
        "red",
        "0025 0030 0078",
        "0004 0013 0021 0039 0044 0051 0088 0089",
    ),
    (
        "butterfly",
        "pink",
        "0026 0036",
        "0021 0051 0054 0076 0088",
    ),
    (
        "lotus",
        "pink",
        "0001 0002 0010 0011 0017 0019 0028 0029 0031 0041 0065",
        "0006 0015 0033 0037 0047 0062",
    ),
    (
        "lotus",
        "white",
        "0006 0015 0026 0030 0036 0045 0049 0052 0063 0064 0066",
        "0001 0003 0038 0050",
    ),
    (
        "helicopter",
        "blue",
        "0005 0013 0016 0027 0031 0035 0042 0047 0051 0053 0054 0067",
        "0007 0008 0014 0024 0028 0033 0039 0041 0043 0055 0066 0069 0085",
    ),
    (
        "helicopter",
        "red",
        "0003 0051 0055 0069",
        "0009 0025 0041 0054 0079 0082",
    ),
    (
        "helicopter",
        "green",
        "0014 0022 0033 0039 0082",
        "0005 0008 0009 0027 0028 0041 0043 0047 0051 0067",
    ),
    (
        "accordion",
        "red",
        "0010 0024 0034 0048 0049 0050 0053",
        "0003 0009 0017 0020 0027 0028 0041 0042 0047",
    ),
    (
        "accordion",
        "blue",
        "0029 0030 0048",
        "0014 0033 0037 0043 0053",
    ),
    (
        "ketch",
        "blue",
        "0040 0041 0048 0052 0060 0070 0071 0075 0079 0089 0100 0103 0107 0109",
        "0014 0024 0027 0030 0033 0034 0036 0053 0064 0068 0076 0077 0084 0093",
    ),
    (
        "Leopards",
        "blue",
        "0023 0089 0115 0123 0172 0189",
        "0031 0036 0103 0110",
    ),
    (
        "Leopards",
        "green",
        "0054 0055 0096 0098 0110 0115 0117 0128 0130 0143 0160",
        "0016 0020 0021 0091 0100 0121 0127 0153 0156",
    ),
]
"""Kind, colour, the numbers of photos that have it, and of those that are left out."""


def names_alone(session: Session, ids: list[str]) -> None:
    """Names by themselves."""
    pictures = side_by_side(session, ids)
    some = session.library.images.many(ids[::16])
    pixels = [np.asarray(Image.open(one.path).convert("RGB").resize((64, 64), 0)).reshape(-1, 3) for one in some]
    colours = [from_srgb(one, "lab").astype(np.float32) for one in pixels]
    many = patches.joined([pictures] * 25)
    for name in ("blue", "red", "yellow", "green", "black", "white"):
        shares = colour_words.shares(pictures, name)
        called = colour_words.inside(name).ravel()
        counted = np.array([called[colour_words.cells(*one.T)].mean() for one in colours])
        told = np.array([shares[ids.index(one.id)] for one in some])
        ranking = seeking.search(session, f"colour:{name}", copies=True)
        start = time.process_time()
        colour_words.shares(many, name)
        took = time.process_time() - start
        print(
            f"{name}: {ranking.cut} have it; off the pixels' share by {np.abs(told - counted).mean():.3f} in the mean; "
            f"{took:.2f} s of one processor for {len(many)}"
        )


def unions(session: Session, ids: list[str], kinds: np.ndarray, numbers: np.ndarray) -> None:
    """Two kinds of which either will do, with a colour: as it is, and told by rank whatever stands out."""
    by_colour: dict[str, list[tuple[str, str, str]]] = {}
    for kind, colour, has, apart in SEEN:
        by_colour.setdefault(colour, []).append((kind, has, apart))
    both = [(colour, two) for colour, rows in by_colour.items() for two in combinations(rows, 2)]
    now = joining.standing_out
    for label, way in (("by rank, whatever stands out", lambda one: one), ("as in searches", now)):
        joining.standing_out = way
        found = []
        for colour, two in both:
            right, kept = np.zeros(len(ids), bool), np.ones(len(ids), bool)
            for kind, has, apart in two:
                right |= (kinds == kind) & np.isin(numbers, has.split())
                kept &= ~((kinds == kind) & np.isin(numbers, apart.split()))
            names = " + ".join(f'"{kind.replace("_", " ")}"' for kind, _, _ in two)
            values = seeking.totals(session, f"({names}) colour:{colour}").values
            found.append(average_precision(values[kept], right[kept]))
        print(f"either of two kinds with a colour, {label}: mAP {np.mean(found):.3f} over {len(both)} pairs")
    joining.standing_out = now


def main(library: Path) -> None:
    """Measure and print."""
    with Session(load({"library": library}, environ=os.environ)) as session:
        ids = session.library.images.ids()
        names_alone(session, ids)
        paths = {one.id: Path(one.path) for one in session.library.images.many(ids)}
        kinds = np.array([paths[image_id].parent.name for image_id in ids])
        numbers = np.array([paths[image_id].stem[-4:] for image_id in ids])

        def said(text: str) -> tuple[np.ndarray, np.ndarray]:
            return scoring.standardised(scoring.said(session, parse(text).terms[0], ids, 1.0))

        shown: dict[str, list[tuple[float, float, int]]] = {}
        found: dict[str, list[tuple[float, float]]] = {}
        for kind, colour, has, apart in SEEN:
            right = (kinds == kind) & np.isin(numbers, has.split())
            kept = ~((kinds == kind) & np.isin(numbers, apart.split()))
            word = joining.alone(0, *said('"' + kind.replace("_", " ") + '"'))
            for label, name in (("name", colour), ("CSS point", NAMES[colour])):
                one = joining.alone(1, *said(f"colour:{name}"))
                within = kept & (kinds == kind)
                alone = average_precision(one.values[within], right[within])
                for way, trait in (("as much as there is", from_nothing(one)), ("in standard deviations", one)):
                    whole = meeting([word, trait], [1, 1]).values
                    both = average_precision(whole[kept], right[kept])
                    found.setdefault(f"{label}, {way}", []).append((both, alone))
                    if label == "name" and way.startswith("as"):
                        spot = scoring.said(session, parse(f"colour:{name}").terms[0], ids, 1.0).beside
                        told = [f"{kind} & {colour}: average precision {both:.2f}"]
                        for how, has_it in (("visible", one.found), ("a spot", spot)):
                            stands = word.found & has_it & kept
                            precision = float(right[stands].mean()) if stands.any() else float("nan")
                            recall = float(right[stands].sum() / right.sum())
                            shown.setdefault(how, []).append((precision, recall, int(stands.sum())))
                            told.append(
                                f"{how}: {int(stands.sum())} stand out, {precision:.2f} right, {recall:.2f} found"
                            )
                        print("; ".join(told))
        unions(session, ids, kinds, numbers)
        for how, rows in shown.items():
            for half, name in (
                (slice(None), "all pairs"),
                (slice(0, None, 2), "every second"),
                (slice(1, None, 2), "others"),
            ):
                precision, recall, count = np.nanmean(rows[half], axis=0)
                share = f"{precision:.3f} right, {recall:.3f} found, {count:.1f} in the mean"
                print(f"stand out with the colour {how}, {name}: {share}")
        for label, values in found.items():
            both, alone = np.mean(values, axis=0)
            print(f"{label}: mAP {both:.3f} over {len(values)} pairs; the colour alone, within the kind {alone:.3f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
