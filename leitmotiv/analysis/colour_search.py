r"""How much of a colour pictures have, and where: closed forms over their mixtures; it reads and orders nothing.

A colour c with its tolerance is a kernel over L*a*b*, :math:`K(u) = \exp(-(u - c)^T H^{-1} (u - c) / 2)`: 1 at the
colour itself, 0.61 at one `RADIUS` from it, near 0 at three. H follows the CIE94 difference [1]_: around a vivid colour
chroma and hue may differ by more than around grey before an eye minds. The *mass* of a colour in a place is

.. math:: \int_{place} \int p(x, u) K(u)\,du\,dx = \sum_k w_k \sqrt{\frac{|H|}{|A_k|}}
          \exp(-\tfrac12 d_k^T A_k^{-1} d_k) \int_{place} N(x; \mu_k, V_k)\,dx

with :math:`A_k = S_k^{uu} + H`, :math:`d_k = c - m_k^u`, :math:`\mu_k = m_k^x + S_k^{xu} A_k^{-1} d_k` and
:math:`V_k = S_k^{xx} - S_k^{xu} A_k^{-1} S_k^{ux}`: the product of two Gaussians is one [2]_. Divided by the share of
the frame that the place has, it is the *share* of the place that has the colour.

References
----------
.. [1] CIE 116-1995, Industrial colour-difference evaluation; R. McDonald, K. J. Smith, "CIE94, a new colour-difference
   formula", J. Soc. Dyers and Colourists 111 (1995).
.. [2] C. M. Bishop, Pattern Recognition and Machine Learning (2006), section 2.3.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis.patches import PLACE_OF, Patches, Rows
from leitmotiv.analysis.places import Place
from leitmotiv.records import Float

RADIUS = 6.0
"""Standard deviation of the kernel around grey, in L*a*b*; chosen, as the next three, on half of the sample photos."""
LIGHTNESS = 1.5
"""How much more lightness may differ than chroma: light and shade fall on one colour."""
CHROMA, HUE = 0.025, 0.015
"""What a unit of chroma adds to how much chroma and hue may differ."""
FAINT = 3e-5
"""A component that gives less of its picture to a colour is not asked where it lies."""


@dataclass(frozen=True, eq=False)
class Kernel:
    """A colour with its tolerance.

    Attributes
    ----------
    centre : (3,) float64
        L*a*b*.
    spread : (3, 3) float64
        H, a covariance.
    """

    centre: Float
    spread: Float


def kernel(lab: Float, radius: float = RADIUS) -> Kernel:
    """The kernel around a colour, (3,) L*a*b*.

    Its axes are lightness, chroma (away from grey) and hue (around it). As CIE94 does, the latter two are widened by
    1 + 0.025 C and 1 + 0.015 C, with C the chroma of the colour that is looked for; CIE94 itself has 0.045 for the
    first, which for vivid colours takes in too many dull ones.
    """
    chroma = float(np.hypot(lab[1], lab[2]))
    towards = np.array([lab[1], lab[2]]) / chroma if chroma > 1e-9 else np.array([1.0, 0.0])
    axes = np.array([[1, 0, 0], [0, towards[0], -towards[1]], [0, towards[1], towards[0]]])
    widths = radius * np.array([LIGHTNESS, 1 + CHROMA * chroma, 1 + HUE * chroma])
    return Kernel(np.asarray(lab, np.float64), (axes * widths**2) @ axes.T)


def weigh(one: Kernel, colours: Float) -> Float:
    """What colours (..., 3) L*a*b* count for under a kernel, 0 to 1."""
    apart = colours - one.centre
    return np.asarray(np.exp(-0.5 * np.einsum("...i,...i->...", apart @ np.linalg.inv(one.spread), apart)))


def shares(patches: Patches, colours: Sequence[Kernel], place: Place | None = None) -> Float:
    """Share of a place (None: of the whole frame) that has each colour, (len(colours), N) float64, 0 to 1."""
    found = np.stack([masses(patches, one, place) for one in colours]) if colours else np.zeros((0, len(patches)))
    return np.clip(found / (1.0 if place is None else place.extent), 0.0, 1.0)


def masses(patches: Patches, colour: Kernel, place: Place | None = None) -> Float:
    """Share of each picture that has the colour and lies in the place, (N,) float64.

    The masses in places that part the frame add up to the mass in the whole.
    """
    total = np.zeros(len(patches))
    for table, owner in patches.blocks():
        tinted = tint(table, colour)
        if place is None:
            total += patches.summed(owner, tinted.weights)
            continue
        rows = np.flatnonzero(tinted.weights > FAINT)
        middles, spreads = tinted.where(rows)
        inside = place.under(middles, spreads)
        total += patches.summed(owner[rows], tinted.weights[rows] * inside)
    return total


@dataclass(frozen=True, eq=False)
class Tinted:
    """Components seen through a kernel.

    Attributes
    ----------
    weights : (B,) float32
        Share of the picture that a component gives to the colour.
    table : (21, B) float32
        The components.
    lower : tuple of (B,) float32
        Cholesky factor of A, row by row.
    solved : tuple of (B,) float32
        The factor's inverse times d.
    """

    weights: Rows
    table: Rows
    lower: tuple[Rows, ...]
    solved: tuple[Rows, ...]

    def where(self, rows: NDArray[np.intp]) -> tuple[Float, Float]:
        """Middles (R, 2) and covariances (R, 2, 2) of what has the colour, in the frame's coordinates."""
        table = self.table[:, rows].astype(np.float64)
        d = np.stack([one[rows] for one in self.solved]).astype(np.float64)
        ll, al, aa, bl, ba, bb = (one[rows].astype(np.float64) for one in self.lower)
        crosses = []
        for axis in (0, 1):
            first, second, third = (table[PLACE_OF[colour, axis]] for colour in (2, 3, 4))
            one = first / ll
            other = (second - al * one) / aa
            crosses.append(np.stack([one, other, (third - bl * one - ba * other) / bb]))
        middles = np.stack([table[1 + axis] + (cross * d).sum(0) for axis, cross in enumerate(crosses)], axis=1)
        spreads = np.empty((len(rows), 2, 2))
        for i, j in ((0, 0), (1, 0), (1, 1)):
            spreads[:, i, j] = spreads[:, j, i] = table[PLACE_OF[i, j]] - (crosses[i] * crosses[j]).sum(0)
        # float32 has rounded the covariance: a thin component must not become thinner than nothing
        spreads[:, 0, 0] = np.maximum(spreads[:, 0, 0], 1e-8)
        bound = spreads[:, 1, 0] ** 2 / spreads[:, 0, 0]
        spreads[:, 1, 1] = np.maximum(spreads[:, 1, 1], bound + 1e-8)
        return middles, spreads


def tint(table: Rows, colour: Kernel) -> Tinted:
    """Look at components through a kernel: the Cholesky factor of S + H by hand, as all arrays are rows of memory."""
    spread = colour.spread.astype(np.float32)
    s = {(i, j): table[PLACE_OF[i + 2, j + 2]] + spread[i, j] for i in range(3) for j in range(i + 1)}
    ll = np.sqrt(s[0, 0])
    al, bl = s[1, 0] / ll, s[2, 0] / ll
    aa = np.sqrt(s[1, 1] - al * al)
    ba = (s[2, 1] - bl * al) / aa
    bb = np.sqrt(s[2, 2] - bl * bl - ba * ba)
    first, second, third = (np.float32(colour.centre[at]) - table[3 + at] for at in range(3))
    one = first / ll
    other = (second - al * one) / aa
    last = (third - bl * one - ba * other) / bb
    height = np.float32(math.sqrt(np.linalg.det(colour.spread)))
    weights = table[0] * height / (ll * aa * bb) * np.exp(np.float32(-0.5) * (one * one + other * other + last * last))
    return Tinted(weights, table, (ll, al, aa, bl, ba, bb), (one, other, last))


def presence(share: Float) -> Float:
    """How present a colour is where no share was asked for: rises from 0 to 1, half way at a share of one in eleven."""
    return np.asarray(share * (1 + _HALF) / (share + _HALF))


_HALF = 0.1


def agreement(share: Float, wanted: float, how: str = "about") -> Float:
    """How well shares fit what was asked for, 0 to 1: 2 s t / (s² + t²), which is 1 at t and 0.8 at half or twice it.

    With "least", more than enough is as good as enough; with "most", less is as good.
    """
    fit = 2 * share * wanted / np.maximum(share**2 + wanted**2, 1e-30)
    if how == "least":
        return np.where(share >= wanted, 1.0, fit)
    return np.where(share <= wanted, 1.0, fit) if how == "most" else np.asarray(fit)
