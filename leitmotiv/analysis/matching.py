r"""Why two pictures are alike or not: what of their divergence is place and what is colour, and which components meet.

The divergence of two pictures is the mutual information of a point z = (place s, colour c) and of the coin B that chose
the picture which the point was drawn from. The chain rule of mutual information divides it without loss:

.. math:: I(S, C; B) = I(S; B) + I(C; B) + R, \quad R = I(C; B \mid S) - I(C; B)

The three terms are the divergence of the marginals over place, that of the marginals over colour, and what only both
together tell: above zero where it matters *which* colour lies *where*, below zero where place and colour say the same.

References
----------
.. [1] T. M. Cover, J. A. Thomas, Elements of Information Theory (2006), section 2.5.
.. [2] L. S. Shapley, "A value for n-person games", Contributions to the Theory of Games II (1953).
.. [3] J. Delon, A. Desolneux, "A Wasserstein-type distance in the space of Gaussian mixture models", SIAM J. Imaging
   Sci. 13 (2020).
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack
from scipy.special import expit, logsumexp, xlogy

from leitmotiv.analysis.colour import to_srgb
from leitmotiv.analysis.look import DEFAULT, Look
from leitmotiv.analysis.packing import SHARPEST, draw, place_all
from leitmotiv.analysis.palette import hexadecimal
from leitmotiv.kernels.divergence import DIMENSIONS
from leitmotiv.records import Ellipse, Float, Mixture

PLACE, COLOUR = slice(0, 2), slice(2, DIMENSIONS)
_WHOLE = slice(0, DIMENSIONS)
MEETINGS = 6
"""Most meetings that are told of: as many as an eye follows from one picture to the other."""
NEGLIGIBLE = 1e-9
"""Mass below which a match is the solver's rounding."""


@dataclass(frozen=True)
class Parts:
    """A divergence and what it is made of, nats.

    Attributes
    ----------
    whole : float
        ``place + colour + together``.
    place, colour : float
        Divergences of the marginals over (x, y) and over colour.
    together : float
        What only place and colour together tell; below 0 where both tell the same.
    """

    whole: float
    place: float
    colour: float
    together: float

    @property
    def by_place(self) -> float:
        r"""What of the whole is due to place: its Shapley value, ½ (I(S; B) + I(S; B | C)), nats."""
        return self.place + self.together / 2

    @property
    def by_colour(self) -> float:
        """What of the whole is due to colour: its Shapley value, nats; with `by_place` it adds up to the whole."""
        return self.colour + self.together / 2


@dataclass(frozen=True)
class Match:
    """A component of one picture that meets one of the other.

    Attributes
    ----------
    one, other : int
        Which: positions among the components of each mixture.
    mass : float
        How much of both pictures meets here; all masses add up to 1.
    likeness, place, colour : float
        Bhattacharyya coefficients of the two components, and of their marginals: 1 is the same, 0 nothing in common.
    share : float
        Of all that the pictures have in common: mass * likeness, as a share of its sum.
    """

    one: int
    other: int
    mass: float
    likeness: float
    place: float
    colour: float
    share: float


@dataclass(frozen=True)
class Meeting:
    """Matches that lie side by side and look alike: a sky and a sky, of however many components each is made.

    Attributes
    ----------
    one, other : Ellipse
        What takes part of each picture as a single component, by its moments; the weight is how much.
    share : float
        Of all that the pictures have in common; so are those of the matches.
    place, colour : float
        Mean likeness of its matches in place and in colour.
    matches : tuple of Match
        Largest share first.
    """

    one: Ellipse
    other: Ellipse
    share: float
    place: float
    colour: float
    matches: tuple[Match, ...]


@dataclass(frozen=True)
class Explanation:
    """Why two pictures are as alike as they are.

    Attributes
    ----------
    parts : Parts
        Of the divergence of the look: the weighted mean of the two spaces below.
    centred, common : Parts
        Of the divergence where each picture is measured from its own mean, and where both are from one constant.
    matches : tuple of Match
        Largest share first.
    meetings : tuple of Meeting
        The same matches, joined to a few that an eye can follow; largest share first.
    met : float
        How much of the pictures meets its like, sum of mass * likeness: 1 is the same picture.
    """

    parts: Parts
    centred: Parts
    common: Parts
    matches: tuple[Match, ...]
    meetings: tuple[Meeting, ...]
    met: float


def explain(a: Mixture, b: Mixture, look: Look = DEFAULT) -> Explanation:
    """Divide the divergence of two pictures, and match their components.

    Raises
    ------
    ValueError
        A mixture is not over (x, y, colour), is not finite, or the colour spaces differ.
    """
    if a.colour_space != b.colour_space:
        raise ValueError(f"A mixture in {a.colour_space} cannot be compared with one in {b.colour_space}.")
    centred, common = divide(a, b, look)
    matches = match(a, b, look)
    met = sum(one.mass * one.likeness for one in matches)
    return Explanation(_mean(centred, common, look), centred, common, matches, join(a, b, matches, look), met)


# ---- what the divergence is made of ----


def divide(a: Mixture, b: Mixture, look: Look = DEFAULT) -> tuple[Parts, Parts]:
    r"""Divide the divergence in the centred and in the common space.

    Every term is the same expectation as the whole, over the same points as `divergence.js_divergence` uses,

    .. math:: I(X; B) = E_M[\ln 2 - H(p(x) / (p(x) + q(x)))]

    with x the place, the colour or both of a point z of M = (P + Q) / 2, and p, q the marginal densities there. As a
    marginal of a mixture of Gaussians is one again, nothing is approximated beyond the choice of points.

    Returns
    -------
    tuple of Parts
        Nats; the weighted mean of their wholes is what `js_divergence` gives.
    """
    both = [place_all([mixture], look) for mixture in (a, b)]
    one, other = (_Placed(each.weights, each.means, each.factors, each.origins[0]) for each in both)
    points, others = (draw(each, look.points)[0].T.astype(np.float64) for each in both)
    offset = one.origin - other.origin
    spaces = []
    for shift in (np.zeros(DIMENSIONS), offset):
        terms = [
            (_told(points, one, other, shift, over) + _told(others, other, one, -shift, over)) / 2
            for over in (_WHOLE, PLACE, COLOUR)
        ]
        spaces.append(Parts(terms[0], terms[1], terms[2], terms[0] - terms[1] - terms[2]))
    return spaces[0], spaces[1]


@dataclass(frozen=True, eq=False)
class _Placed:
    """A mixture in the shared scale, about its own mean."""

    weights: Float
    means: Float
    factors: Float
    origin: Float

    def log_density(self, points: Float, over: slice) -> Float:
        """Of the marginal over some dimensions, (N,) nats."""
        # the leading block of a covariance keeps its factor; that of the colours has to be found anew
        rows = self.factors[:, over]
        factors = np.linalg.cholesky(rows @ rows.transpose(0, 2, 1)) if over.start else rows[:, :, over]
        heights = np.log(self.weights) - np.log(np.diagonal(factors, axis1=1, axis2=2)).sum(1)
        apart = (points[:, None, over] - self.means[None, :, over])[..., None]
        whitened = np.linalg.solve(factors[None], apart)[..., 0]
        density = heights - 0.5 * (whitened**2).sum(2) - 0.5 * whitened.shape[2] * math.log(2 * math.pi)
        return np.asarray(logsumexp(density, axis=1))


def _told(points: Float, own: _Placed, foreign: _Placed, shift: Float, over: slice) -> float:
    """How much the points of one mixture tell which of two they come from, nats."""
    r = expit(own.log_density(points, over) - foreign.log_density(points + shift, over))
    told = math.log(2) + xlogy(r, r) + xlogy(1 - r, 1 - r)
    return float(np.maximum(told, 0).mean())


def _mean(centred: Parts, common: Parts, look: Look) -> Parts:
    names = ("whole", "place", "colour", "together")
    pairs = np.array([[getattr(centred, name), getattr(common, name)] for name in names])
    whole, by_place, by_colour, together = look.combine(pairs).tolist()
    return Parts(whole, by_place, by_colour, together)


# ---- which components meet ----


def match(a: Mixture, b: Mixture, look: Look = DEFAULT) -> tuple[Match, ...]:
    r"""Which components of two pictures meet: the transport of all mass that keeps most likeness.

    .. math:: \max_T \sum_{ij} T_{ij} \beta_{ij}, \quad \sum_j T_{ij} = w_i, \; \sum_i T_{ij} = v_j, \; T \ge 0

    with w, v the weights and beta the Bhattacharyya coefficient of two Gaussians, for the smoothed covariances of the
    look, as the weighted mean over its two spaces,

    .. math:: \beta(N_1, N_2) = \frac{|S_1|^{1/4} |S_2|^{1/4}}{|S|^{1/2}}
              \exp\left(-\tfrac18 (m_1 - m_2)^T S^{-1} (m_1 - m_2)\right), \quad S = (S_1 + S_2) / 2

    As 1 - beta is jointly convex, what the plan costs is no less than the squared Hellinger distance of the two
    pictures, and that no less than their divergence [3]_. Equal mixtures are matched to themselves.

    Returns
    -------
    tuple of Match
        At most K + L - 1, largest share first.
    """
    one, other = _scaled(a, look), _scaled(b, look)
    likeness, by_place, by_colour = (_likeness(one, other, over, look) for over in (_WHOLE, PLACE, COLOUR))
    plan = _transport(one[0], other[0], likeness)
    kept = np.argwhere(plan > NEGLIGIBLE)
    shared = plan * likeness
    total = float(shared.sum())
    matches = [
        Match(
            one=int(i),
            other=int(j),
            mass=float(plan[i, j]),
            likeness=float(likeness[i, j]),
            place=float(by_place[i, j]),
            colour=float(by_colour[i, j]),
            share=float(shared[i, j]) / total if total > 0 else float(plan[i, j]),
        )
        for i, j in kept
    ]
    return tuple(sorted(matches, key=lambda found: (-found.share, -found.mass, found.one, found.other)))


def _scaled(mixture: Mixture, look: Look) -> tuple[Float, Float, Float]:
    """Weights, means and smoothed covariances in the common space, components in their own order."""
    space = look.space(mixture.colour_space)
    scale = np.asarray(space.scale)
    means = (mixture.shift + mixture.scale * mixture.means - np.asarray(space.shift)) / scale
    factors = (mixture.scale / scale)[:, None] * mixture.cholesky
    covariances = factors @ factors.transpose(0, 2, 1) + max(look.smoothing, SHARPEST) ** 2 * np.eye(DIMENSIONS)
    return mixture.weights / mixture.weights.sum(), means, covariances


def _likeness(one: tuple[Float, ...], other: tuple[Float, ...], over: slice, look: Look) -> Float:
    """Bhattacharyya coefficients of all pairs over some dimensions, the weighted mean of both spaces, (K, L)."""
    (w, means, covariances), (v, others, foreign) = one, other
    covariances, foreign = covariances[:, over, over], foreign[:, over, over]
    middle = np.linalg.cholesky((covariances[:, None] + foreign[None]) / 2)
    heights = (
        np.linalg.slogdet(covariances)[1][:, None] / 4
        + np.linalg.slogdet(foreign)[1][None] / 4
        - np.log(np.diagonal(middle, axis1=2, axis2=3)).sum(2)
    )
    apart = means[:, None, over] - others[None, :, over]
    spaces = []
    for offset in ((w @ means - v @ others)[over], 0.0):
        whitened = np.linalg.solve(middle, (apart - offset)[..., None])[..., 0]
        spaces.append(np.exp(np.minimum(0.0, heights - (whitened**2).sum(2) / 8)))
    return np.asarray(look.combine(np.stack(spaces, axis=-1)), np.float64)


def _transport(w: Float, v: Float, likeness: Float) -> Float:
    """The plan that keeps most likeness, (K, L)."""
    rows, columns = likeness.shape
    if rows == 1 or columns == 1:
        return np.outer(w, v)
    cells = np.arange(rows * columns)
    ones = np.ones(rows * columns)
    sums = [
        csr_array((ones, (cells // columns, cells)), shape=(rows, rows * columns)),
        csr_array((ones, (cells % columns, cells)), shape=(columns, rows * columns)),
    ]
    found = linprog(-likeness.ravel(), A_eq=vstack(sums), b_eq=np.concatenate([w, v]), method="highs")
    return np.asarray(found.x).reshape(rows, columns)


# ---- a few meetings that an eye can follow ----


def join(
    a: Mixture, b: Mixture, matches: tuple[Match, ...], look: Look = DEFAULT, most: int = MEETINGS
) -> tuple[Meeting, ...]:
    """Join matches two by two until at most `most` are left.

    Joined are always those whose joining moves their components least (Ward's criterion) in the shared scale, each
    picture measured from its own mean, where a match counts with its share. No share is lost.
    """
    rows = np.hstack([_centres(a, look)[[m.one for m in matches]], _centres(b, look)[[m.other for m in matches]]])
    counts = np.array([max(found.share, NEGLIGIBLE) for found in matches])
    groups = [[at] for at in range(len(matches))]
    while len(groups) > most:
        apart = ((rows[:, None] - rows[None]) ** 2).sum(2)
        costs = apart * (counts[:, None] * counts[None] / (counts[:, None] + counts[None]))
        costs[np.tril_indices(len(groups))] = np.inf
        i, j = divmod(int(costs.argmin()), len(groups))
        rows[i] = (counts[i] * rows[i] + counts[j] * rows[j]) / (counts[i] + counts[j])
        counts[i] += counts[j]
        groups[i] += groups.pop(j)
        rows, counts = np.delete(rows, j, axis=0), np.delete(counts, j)
    meetings = [_meeting(a, b, tuple(matches[at] for at in sorted(group))) for group in groups]
    return tuple(sorted(meetings, key=lambda found: (-found.share, found.one.x, found.one.y)))


def _centres(mixture: Mixture, look: Look) -> Float:
    weights, means, _ = _scaled(mixture, look)
    return np.asarray(means - weights @ means)


def _meeting(a: Mixture, b: Mixture, matches: tuple[Match, ...]) -> Meeting:
    counts = np.array([max(found.mass * found.likeness, NEGLIGIBLE) for found in matches])
    mass = sum(found.mass for found in matches)
    counts /= counts.sum()
    return Meeting(
        one=_pool(a, [found.one for found in matches], counts, mass),
        other=_pool(b, [found.other for found in matches], counts, mass),
        share=sum(found.share for found in matches),
        place=float(counts @ [found.place for found in matches]),
        colour=float(counts @ [found.colour for found in matches]),
        matches=matches,
    )


def _pool(mixture: Mixture, members: list[int], counts: Float, mass: float) -> Ellipse:
    """Several components as one of the same mean and covariance, each as heavy as its matches."""
    means = (mixture.shift + mixture.scale * mixture.means)[members]
    factors = (mixture.scale[:, None] * mixture.cholesky)[members]
    mean = counts @ means
    apart = (means - mean)[:, PLACE]
    spread = np.einsum("k,kij->ij", counts, (factors @ factors.transpose(0, 2, 1))[:, PLACE, PLACE])
    spread += np.einsum("k,ki,kj->ij", counts, apart, apart)
    colour = hexadecimal(to_srgb(mean[None, COLOUR], mixture.colour_space)[0])
    x, y = mean[PLACE].tolist()
    return Ellipse(x, y, float(spread[0, 0]), float(spread[0, 1]), float(spread[1, 1]), colour, mass)
