"""Slow twins of the kernels on graphs: dense where they are sparse, sorted where they keep heaps."""

import numpy as np


def nearest(coordinates, count):
    """The rows at the least squared distance, ties by row, -1 where there are no more."""
    lists = np.full((len(coordinates), count), -1)
    for i, mine in enumerate(coordinates.astype(int)):
        squares = np.square(coordinates.astype(int) - mine).sum(axis=1)
        others = sorted((int(squares[j]), j) for j in range(len(coordinates)) if j != i)[:count]
        lists[i, : len(others)] = [j for _, j in others]
    return lists


def dense(graph, most):
    """The whole matrix of a graph: `most` where there is no edge, 0 on the diagonal."""
    size = len(graph.first) - 1
    matrix = np.full((size, size), most)
    np.fill_diagonal(matrix, 0)
    for i in range(size):
        for e in range(graph.first[i], graph.first[i + 1]):
            matrix[i, graph.column[e]] = graph.value[e]
    return matrix


class DenseMessages:
    """Affinity propagation over a matrix, -inf where there is no edge, with a last column for nobody."""

    def __init__(self, matrix, linked, price, most, damping):
        size = len(matrix)
        self.similarity = np.where(linked, -matrix, -np.inf)
        self.similarity[np.arange(size), np.arange(size)] = -price
        self.similarity = np.column_stack([self.similarity, np.full(size, -most)])
        self.damping = damping
        self.availability = np.zeros((size, size + 1))
        self.responsibility = np.zeros((size, size + 1))

    def step(self):
        size = len(self.similarity)
        totals = np.where(np.eye(size, size + 1), self.responsibility, np.maximum(self.responsibility, 0))
        totals = np.where(np.isfinite(totals), totals, 0)[:, :size].sum(axis=0)
        with np.errstate(invalid="ignore"):
            fresh = np.minimum(0, totals - np.maximum(self.responsibility[:, :size], 0))
        fresh[np.arange(size), np.arange(size)] = totals - self.responsibility[np.arange(size), np.arange(size)]
        self.availability[:, :size] *= self.damping
        self.availability[:, :size] += (1 - self.damping) * fresh
        sums = self.availability + self.similarity
        for i in range(size):
            for k in range(size):
                rival = np.delete(sums[i], k).max()
                self.responsibility[i, k] = self.damping * self.responsibility[i, k]
                self.responsibility[i, k] += (1 - self.damping) * (self.similarity[i, k] - rival)
        after = np.maximum(self.responsibility[:, :size], 0)
        own = self.responsibility[np.arange(size), np.arange(size)]
        after[np.arange(size), np.arange(size)] = own
        availability = self.damping * self.availability[np.arange(size), np.arange(size)]
        availability += (1 - self.damping) * (after.sum(axis=0) - own)
        return availability + own > 0


def merged(one, other):
    """Keys and values of two dictionaries, ascending; of a key in both, the value of the first."""
    both = {**other, **one}
    return sorted(both), [both[key] for key in sorted(both)]
