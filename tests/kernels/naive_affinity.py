"""Slow twins of the kernels of clustering: dense messages, costs counted out, linkage by trying every pair."""

import itertools

import numpy as np


class DenseMessages:
    """Affinity propagation with every message held, after Frey and Dueck (2007), equations 1 to 3."""

    def __init__(self, similarity, damping):
        self.similarity = similarity
        self.damping = damping
        self.responsibility = np.zeros_like(similarity)
        self.availability = np.zeros_like(similarity)
        self.totals = np.zeros(len(similarity))

    def step(self):
        size = len(self.similarity)
        fresh = np.empty_like(self.similarity)
        for i in range(size):
            sums = self.availability[i] + self.similarity[i]
            best = int(sums.argmax())
            rivals = np.delete(sums, best)
            fresh[i] = self.similarity[i] - sums[best]
            fresh[i, best] = self.similarity[i, best] - rivals.max()
        self.responsibility = self.responsibility * self.damping + fresh * (1 - self.damping)
        support = np.where(self.responsibility > 0, self.responsibility, 0.0)
        np.fill_diagonal(support, self.responsibility.diagonal())
        self.totals = np.zeros(size)
        for row in support:
            self.totals += row
        doubt = support - self.totals
        own = doubt.diagonal().copy()
        doubt = np.where(doubt > 0, doubt, 0.0)
        np.fill_diagonal(doubt, own)
        self.availability = self.availability * self.damping - doubt * (1 - self.damping)
        return self.availability.diagonal() + self.responsibility.diagonal() > 0


def cost(divergence, rows, price):
    """Summed divergence to the nearest of the exemplars, and the price of these."""
    return float(divergence[:, list(rows)].astype(float).min(axis=1).sum()) + price * len(rows)


def best_cost(divergence, price):
    """The least cost over all choices of exemplars."""
    everything = range(len(divergence))
    choices = itertools.chain.from_iterable(
        itertools.combinations(everything, count) for count in range(1, len(divergence) + 1)
    )
    return min(cost(divergence, rows, price) for rows in choices)


def neighbours(divergence, rows):
    """Every choice that is one drop, addition or swap away."""
    rows = set(rows)
    others = set(range(len(divergence))) - rows
    yield from (rows - {row} for row in rows if len(rows) > 1)
    yield from (rows | {row} for row in others)
    yield from ((rows - {old}) | {new} for old in rows for new in others)


def spread(divergence, members):
    """Summed divergence of the members to their medoid, and the medoid."""
    sums = divergence[np.ix_(members, members)].sum(axis=0)
    return float(sums.min()), members[int(sums.argmin())]


def growth(divergence, a, b):
    """What the union with the better of the two medoids costs more than both apart."""
    (cost_a, medoid_a), (cost_b, medoid_b) = spread(divergence, a), spread(divergence, b)
    return min(divergence[a + b, medoid_a].sum(), divergence[a + b, medoid_b].sum()) - cost_a - cost_b


def link(divergence, groups):
    """Merge the pair whose union costs least more, again and again: members, medoid and real growth of each union."""
    groups = [list(group) for group in groups]
    merges = []
    while len(groups) > 1:
        a, b = min(itertools.combinations(groups, 2), key=lambda pair: growth(divergence, *pair))
        union = sorted(a + b)
        after, medoid = spread(divergence, union)
        merges.append((frozenset(union), medoid, after - spread(divergence, a)[0] - spread(divergence, b)[0]))
        groups = [group for group in groups if group is not a and group is not b] + [union]
    return merges
