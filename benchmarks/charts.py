"""Cost against the number of pictures, 100 to 20,000, as two small charts.

    python -m benchmarks.charts FOLDER [--sizes 100 300 1000 3000 10000 20000] [--dense 3000] [--into docs/charts]

FOLDER holds photos, from whose mixtures those of the libraries are drawn (benchmarks.sampler says how). The first
chart has what comparing takes: all pairs up to `--dense` pictures, and the neighbours of each at every size. The second
has what finding the trends takes: scikit-learn's affinity propagation and ours over all pairs, and ours along the pairs
of neighbours, without and with shortlists. Prints the figures; every point is measured once.
"""

import argparse
import math
import os
import warnings
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
from sklearn.cluster import affinity_propagation

from benchmarks.sampler import Sampler
from benchmarks.scale import timed
from benchmarks.spaces import find, pictures
from leitmotiv.analysis import candidates, divergence, embedding, graph, packing, sparse_exemplars, warming
from leitmotiv.analysis.exemplars import exemplars
from leitmotiv.analysis.mixture import fit_image
from leitmotiv.records import Mixture
from leitmotiv.workflows.neighbours import CANDIDATES
from leitmotiv.workflows.sparse_index import EDGES, SHORTLIST

Series = dict[str, list[tuple[int, float]]]

MOST = math.log(2)
PRICE = 1.0
COLOURS = ("#8a8a8a", "#2a7f9e", "#c8741a", "#7a4fa3")
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 580, 300, 76, 34, 170, 40


def measure(mixtures: list[Mixture], dense: int, threads: int, comparing: Series, finding: Series) -> None:
    """One size: a point for each series that reaches so far."""
    size = len(mixtures)

    def note(series: Series, name: str, seconds: float) -> None:
        series.setdefault(name, []).append((size, seconds))
        print(f"{size:7,}  {name:34}{seconds:10.3f} s", flush=True)

    packed, _ = timed(packing.pack, mixtures)
    if size <= dense:
        matrix, seconds = timed(divergence.js_matrix, packed, threads=threads)
        note(comparing, "all pairs", seconds)
        _, seconds = timed(affinity_propagation, -matrix.astype(float), preference=-PRICE, random_state=0)
        note(finding, "scikit-learn, all pairs", seconds)
        _, seconds = timed(exemplars, matrix, preference=PRICE, threads=threads)
        note(finding, "all pairs", seconds)

    def compare_neighbours():
        model = embedding.fit(packed, threads=threads)
        vectors = embedding.embed(model, packed, threads=threads)
        lists = candidates.nearest(vectors, min(CANDIDATES, size - 1), threads=threads)
        keys = np.unique(graph.keys_of(np.arange(size)[:, None], lists, size))
        values = divergence.js_pairs(packed, graph.ends(keys, size), threads=threads)
        return vectors, lists, graph.Pairs(size, keys, values)

    (vectors, lists, pairs), seconds = timed(compare_neighbours)
    note(comparing, "neighbours", seconds)
    nearest = graph.listed(lists, pairs.look_up(graph.keys_of(np.arange(size)[:, None], lists, size)), EDGES)
    _, seconds = timed(sparse_exemplars.exemplars, nearest.graph(), preference=PRICE, most=MOST)
    note(finding, "neighbours", seconds)
    _, seconds = timed(
        sparse_exemplars.augmented,
        nearest,
        preference=PRICE,
        most=MOST,
        shortlist=lambda rows: candidates.nearest(vectors, min(SHORTLIST, len(rows)), columns=rows, threads=threads),
        compare=lambda keys: divergence.js_pairs(packed, graph.ends(keys, size), threads=threads),
    )
    note(finding, "neighbours and shortlists", seconds)


def chart(title: str, series: Series, unit: str = "s") -> str:
    """An SVG with both axes logarithmic; greys and colours that stand on white and on black."""
    points = [point for line in series.values() for point in line]
    xs, ys = (np.log10([point[axis] for point in points]) for axis in (0, 1))
    low, high = math.floor(ys.min()), math.ceil(ys.max())
    x = lambda n: LEFT + (math.log10(n) - xs.min()) / np.ptp(xs) * (WIDTH - LEFT - RIGHT)  # noqa: E731
    y = lambda s: TOP + (high - math.log10(s)) / (high - low) * (HEIGHT - TOP - BOTTOM)  # noqa: E731
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'font-family="system-ui, sans-serif" font-size="12" fill="#808080" role="img" aria-label="{escape(title)}">',
        f'<text x="{LEFT}" y="18" font-weight="bold">{escape(title)}</text>',
    ]
    for power in range(low, high + 1):
        level = y(10.0**power)
        label = f"{10.0**power:g} {unit}"
        parts.append(
            f'<path d="M{LEFT} {level:.1f}H{WIDTH - RIGHT}" stroke="#808080" stroke-opacity=".25"/>'
            f'<text x="{LEFT - 6}" y="{level + 4:.1f}" text-anchor="end">{label}</text>'
        )
    for n in sorted({point[0] for point in points}):
        parts.append(f'<text x="{x(n):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{_short(n)}</text>')
    parts.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 4}" text-anchor="middle">pictures</text>')
    ends = sorted((y(line[-1][1]), name) for name, line in series.items())
    at = -math.inf
    for level, name in ends:
        at = max(level, at + 16)
        line, colour = series[name], COLOURS[list(series).index(name)]
        path = "L".join(f"{x(n):.1f} {y(s):.1f}" for n, s in line)
        parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x(n):.1f}" cy="{y(s):.1f}" r="3" fill="{colour}"/>' for n, s in line]
        parts.append(f'<text x="{WIDTH - RIGHT + 12}" y="{at + 4:.1f}" fill="{colour}">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>\n"])


def _short(n: int) -> str:
    return f"{n // 10**6}M" if n >= 10**6 else f"{n // 1000}k" if n >= 1000 else str(n)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", type=int, nargs="*", default=[100, 300, 1000, 3000, 10000, 20000])
    parser.add_argument("--dense", type=int, default=3000)
    parser.add_argument("--into", type=Path, default=Path("docs/charts"))
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    warming.warm()
    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    photos = [fit_image(pixels) for _, pixels in pictures(find([options.folder]))]
    made = Sampler(photos).first(max(options.sizes))
    comparing: Series = {}
    finding: Series = {}
    for size in options.sizes:
        measure(made[:size], options.dense, threads, comparing, finding)
    options.into.mkdir(parents=True, exist_ok=True)
    (options.into / "comparing.svg").write_text(chart(f"Comparing pictures, {threads} cores", comparing))
    (options.into / "trends.svg").write_text(chart(f"Finding the trends, {threads} cores", finding))


if __name__ == "__main__":
    main()
