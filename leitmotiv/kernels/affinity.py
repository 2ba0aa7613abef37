"""The messages of affinity propagation, computed only where they can matter; it holds no rule for when to stop.

Every number that is computed is the one that the dense form would hold, to the bit: the same operations in the same
order, none of them contracted. What makes this fast is that most of the N² messages need not be looked at.

Within a row, the responsibility of an entry that was never the best of its row is a sum of the same terms for all
columns, and each operation in it (subtract, scale, add) grows or stays with the similarity, rounding included. So one
*bound* b of a row answers for all its similarities below: while the responsibility that b itself would have is not
positive, none of theirs is. Entries below the bound stay in the dense matrix, the *rest*; their positive part is 0,
so that the availability of each is the one that its column gives to all such entries. The others are *listed*, with
messages of their own, and stand as -inf in the dense matrix. An entry of the rest is listed when the bound must fall,
its responsibility played again from the history of row maxima; a listed entry returns to the rest when its
availability has become that of its column again.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leitmotiv.kernels.compiled import kernel

Values = NDArray[np.float32] | NDArray[np.float64]
Scalar = np.float32 | np.float64

CHUNK = 32
"""Columns that are passed over together in a search."""
PATIENCE = 32
"""Steps that are replayed for each entry that is listed, before it is cheaper to bring its whole row up to date."""
NO_NAN = frozenset({"nnan", "nsz"})
"""Fast-math flags that let a maximum become vector instructions; sums and products keep every bit."""


class Rule(NamedTuple):
    """Damping, 1 - damping, 0 and -inf, all of the type of the messages, so that no operation is widened."""

    damping: Scalar
    rest: Scalar
    zero: Scalar
    least: Scalar


class Listed(NamedTuple):
    """Entries with messages of their own; row i uses the first `filled[i]` places of its row, in no order.

    `column` (N, N) int32; `similarity`, `availability`, `responsibility` (N, N); `chosen` (N, N) bool: whether the
    entry was ever the best of its row.
    """

    filled: NDArray[np.int64]
    column: NDArray[np.int32]
    similarity: Values
    availability: Values
    responsibility: Values
    chosen: NDArray[np.bool_]


class Rest(NamedTuple):
    """All other entries: `similarity` (N, N) is -inf where listed and on the diagonal.

    `outline` (N, chunks): the largest similarity of each chunk of a row, listed entries included.
    `bound` (N,): every similarity of a row's rest is below it. `largest` (N,): none is above it.
    `guard` (N,): the responsibility that a similarity equal to the bound would have, not positive between steps.
    `history` (N, steps): the best sum of each row at each step.
    `responsibility` (N, N): as it was after the first `since[i]` steps, also that of listed entries never chosen.
    `level` (N,): the damped sum of the history; `top` (N,): the largest similarity of the row. These two only choose
    bounds, and no result depends on them.
    """

    similarity: Values
    outline: Values
    bound: Values
    largest: Values
    guard: Values
    history: Values
    responsibility: Values
    since: NDArray[np.int64]
    level: Values
    top: Values


class Points(NamedTuple):
    """What is known of each point, (N,), and of each column, (N,).

    Of point i, `similarity`, `availability` and `responsibility` to itself, and the column `place[i]` that is its own:
    columns have another order than rows, in which like ones are neighbours. Of each column, `column`, the availability
    of all its entries in the rest, and `totals`, the sum of its positive responsibilities and the point's own as it is.
    `ceiling` (chunks,) is the largest of `column` in each chunk.
    """

    place: NDArray[np.int64]
    similarity: Values
    availability: Values
    responsibility: Values
    column: Values
    ceiling: Values
    totals: Values


@kernel
def sweep(
    first: int, last: int, step: int, weight: float, listed: Listed, rest: Rest, points: Points, rule: Rule
) -> None:
    """Update the availabilities and then the responsibilities of rows `first` to `last`.

    `weight` is 1 - damping ** (step + 1).
    """
    for i in range(first, last):
        place, best, second = _best_listed(i, listed, points, rule)
        searched = second < rest.largest[i]
        if searched:
            found, best, second = _search(i, best, second, rest, points, rule)
            if found >= 0:
                place = listed.filled[i]
                _list(i, found, points.column[found], listed, rest, rule)
                _replay(i, place, step, listed, rest, rule)
        rest.history[i, step] = best
        _respond(i, place, best, second, listed, points, rule)
        rest.guard[i] = rest.guard[i] * rule.damping + (rest.bound[i] - best) * rule.rest
        rest.level[i] = rest.level[i] * rule.damping + best * rule.rest
        _rebound(i, step, weight, second, searched, listed, rest, points, rule)


@kernel
def _best_listed(i: int, listed: Listed, points: Points, rule: Rule) -> tuple[int, Scalar, Scalar]:
    """Update the availabilities of the listed entries; give the place and sum of the best, and the second sum.

    Which of two equal sums is the best makes no difference: then best and second are equal too.
    """
    columns = listed.column[i]
    similarities = listed.similarity[i]
    availabilities = listed.availability[i]
    responsibilities = listed.responsibility[i]
    place, best, second = -1, points.availability[i] + points.similarity[i], rule.least
    for j in range(listed.filled[i]):
        k = columns[j]
        excess = max(responsibilities[j], rule.zero) - points.totals[k]
        availability = availabilities[j] * rule.damping - max(excess, rule.zero) * rule.rest
        availabilities[j] = availability
        value = availability + similarities[j]
        if value > best:
            place, best, second = j, value, best
        elif value > second:
            second = value
    return place, best, second


@kernel
def _search(i: int, best: Scalar, second: Scalar, rest: Rest, points: Points, rule: Rule) -> tuple[int, Scalar, Scalar]:
    """Look for better sums in the rest of a row: the column of the best if it lies there or -1, the best, the second.

    A chunk of columns is passed over where even its largest similarity with its largest availability is too little.
    The point's own chunk comes first, as its neighbours are there.
    """
    found = -1
    chunks = len(points.ceiling)
    own = points.place[i] // CHUNK
    for turn in range(chunks):
        chunk = own + turn if own + turn < chunks else own + turn - chunks
        if rest.outline[i, chunk] + points.ceiling[chunk] <= second:
            continue
        first, last = chunk * CHUNK, min((chunk + 1) * CHUNK, len(points.column))
        similarities, availabilities = rest.similarity[i, first:last], points.column[first:last]
        if _largest_sum(similarities, availabilities, rule) <= second:
            continue
        for k in range(first, last):
            value = points.column[k] + rest.similarity[i, k]
            if value > best:
                found, best, second = k, value, best
            elif value > second:
                second = value
    return found, best, second


@kernel(fastmath=NO_NAN)
def _largest_sum(similarities: Values, availabilities: Values, rule: Rule) -> Scalar:
    largest = rule.least
    for k in range(len(similarities)):
        largest = max(largest, availabilities[k] + similarities[k])
    return largest


@kernel
def _list(i: int, k: int, availability: Scalar, listed: Listed, rest: Rest, rule: Rule) -> None:
    """Move an entry of the rest to the list; its responsibility must then be replayed."""
    j = listed.filled[i]
    listed.column[i, j] = k
    listed.similarity[i, j] = rest.similarity[i, k]
    listed.availability[i, j] = availability
    listed.responsibility[i, j] = rest.responsibility[i, k]
    listed.chosen[i, j] = False
    listed.filled[i] = j + 1
    rest.similarity[i, k] = rule.least


@kernel
def _replay(i: int, place: int, steps: int, listed: Listed, rest: Rest, rule: Rule) -> None:
    """Bring the responsibilities from `place` on, just listed, to step `steps`."""
    last = listed.filled[i]
    similarities, responsibilities = listed.similarity[i, place:last], listed.responsibility[i, place:last]
    for step in range(rest.since[i], steps):
        _pass(similarities, responsibilities, rest.history[i, step], rule)


@kernel
def _advance(i: int, steps: int, listed: Listed, rest: Rest, rule: Rule) -> None:
    """Bring the responsibilities of a row to step `steps`, at which those of listed entries already are."""
    for step in range(rest.since[i], steps):
        _pass(rest.similarity[i], rest.responsibility[i], rest.history[i, step], rule)
    for j in range(listed.filled[i]):
        rest.responsibility[i, listed.column[i, j]] = listed.responsibility[i, j]
    rest.since[i] = steps


@kernel
def _pass(similarities: Values, responsibilities: Values, best: Scalar, rule: Rule) -> None:
    for k in range(len(similarities)):
        responsibilities[k] = responsibilities[k] * rule.damping + (similarities[k] - best) * rule.rest


@kernel
def _replay_one(i: int, similarity: Scalar, steps: int, rest: Rest, rule: Rule) -> Scalar:
    """The responsibility that a similarity of the rest has after `steps` row maxima."""
    responsibility = rule.zero
    for step in range(steps):
        responsibility = responsibility * rule.damping + (similarity - rest.history[i, step]) * rule.rest
    return responsibility


@kernel
def _respond(i: int, place: int, best: Scalar, second: Scalar, listed: Listed, points: Points, rule: Rule) -> None:
    """Update the responsibilities of the listed entries and of the point itself; `place` -1 is the point."""
    similarities = listed.similarity[i, : listed.filled[i]]
    responsibilities = listed.responsibility[i, : listed.filled[i]]
    rival = second if place < 0 else best
    points.responsibility[i] = points.responsibility[i] * rule.damping + (points.similarity[i] - rival) * rule.rest
    before = responsibilities[place] if place >= 0 else rule.zero
    _pass(similarities, responsibilities, best, rule)
    if place >= 0:
        responsibilities[place] = before * rule.damping + (similarities[place] - second) * rule.rest
        listed.chosen[i, place] = True


@kernel
def _rebound(
    i: int,
    step: int,
    weight: float,
    second: Scalar,
    searched: bool,
    listed: Listed,
    rest: Rest,
    points: Points,
    rule: Rule,
) -> None:
    """Lower the bound of a row where it no longer holds, or a lower one spares searches; raise it if crowded."""
    size = len(points.totals)
    even = rest.level[i] / weight
    margin = abs(rest.top[i] - even) / 8
    wanted = even - margin
    if searched and second - margin < wanted and _are_few(i, second - margin, size // 16, rest):
        wanted = second - margin
    elif not rest.guard[i] > rule.zero:
        crowd = listed.filled[i] - 32
        if crowd > size // 4 or (crowd > size // 8 and step % 8 == 0):
            _return(i, step, wanted, listed, rest, points, rule)
        return
    while True:
        place = listed.filled[i]
        rest.bound[i] = wanted
        if rest.largest[i] >= rest.bound[i]:
            if step - rest.since[i] > PATIENCE:
                _advance(i, step + 1, listed, rest, rule)
            rest.largest[i] = _list_from_bound(i, listed, rest, points, rule)
        _replay(i, place, step + 1, listed, rest, rule)
        rest.guard[i] = _replay_one(i, rest.bound[i], step + 1, rest, rule)
        if not rest.guard[i] > rule.zero:
            return
        margin = margin * 4
        wanted = wanted - margin if margin > 0 else rule.least


@kernel
def _list_from_bound(i: int, listed: Listed, rest: Rest, points: Points, rule: Rule) -> Scalar:
    """List what does not lie below the bound of the row; give a similarity that none of what stays is above."""
    largest = rule.least
    bound = rest.bound[i]
    size = len(points.totals)
    for chunk in range(rest.outline.shape[1]):
        if rest.outline[i, chunk] < bound:
            largest = max(largest, rest.outline[i, chunk])
            continue
        for k in range(chunk * CHUNK, min((chunk + 1) * CHUNK, size)):
            similarity = rest.similarity[i, k]
            if similarity >= bound and similarity > rule.least:
                _list(i, k, points.column[k], listed, rest, rule)
            else:
                largest = max(largest, similarity)
    return largest


@kernel
def _are_few(i: int, wanted: Scalar, most: int, rest: Rest) -> bool:
    """Tell whether at most so many entries of the rest of a row have at least this similarity."""
    count = 0
    for chunk in range(rest.outline.shape[1]):
        if rest.outline[i, chunk] < wanted:
            continue
        for similarity in rest.similarity[i, chunk * CHUNK : (chunk + 1) * CHUNK]:
            count += similarity >= wanted
        if count > most:
            return False
    return True


@kernel
def _return(i: int, step: int, wanted: Scalar, listed: Listed, rest: Rest, points: Points, rule: Rule) -> None:
    """Give listed entries below `wanted` back to the rest, where their messages are again what the rest implies."""
    if wanted > rest.bound[i]:
        guard = _replay_one(i, wanted, step + 1, rest, rule)
        if guard > rule.zero:
            return
        rest.bound[i] = wanted
        rest.guard[i] = guard
    kept = 0
    for j in range(listed.filled[i]):
        k = listed.column[i, j]
        similarity = listed.similarity[i, j]
        if (
            similarity < rest.bound[i]
            and not listed.chosen[i, j]
            and listed.responsibility[i, j] <= rule.zero
            and listed.availability[i, j] == points.column[k]
        ):
            rest.similarity[i, k] = similarity
            rest.largest[i] = max(rest.largest[i], similarity)
            continue
        if kept < j:
            listed.column[i, kept] = k
            listed.similarity[i, kept] = similarity
            listed.availability[i, kept] = listed.availability[i, j]
            listed.responsibility[i, kept] = listed.responsibility[i, j]
            listed.chosen[i, kept] = listed.chosen[i, j]
        kept += 1
    listed.filled[i] = kept


@kernel
def add_up(first: int, last: int, totals: Values, listed: Listed, points: Points) -> None:
    """Add the positive responsibilities of rows `first` to `last` to the column totals, row after row."""
    for i in range(first, last):
        for j in range(listed.filled[i]):
            if listed.responsibility[i, j] > 0:
                totals[listed.column[i, j]] += listed.responsibility[i, j]
        totals[points.place[i]] += points.responsibility[i]


@kernel
def settle(points: Points, exemplar: NDArray[np.bool_], rule: Rule) -> None:
    """Update what the new totals say of each point and its column; mark the points that choose themselves."""
    for i in range(len(exemplar)):
        own = (points.responsibility[i] - points.totals[points.place[i]]) * rule.rest
        points.availability[i] = points.availability[i] * rule.damping - own
        exemplar[i] = points.availability[i] + points.responsibility[i] > 0
    for k in range(len(points.column)):
        excess = max(rule.zero - points.totals[k], rule.zero)
        points.column[k] = points.column[k] * rule.damping - excess * rule.rest
    for chunk in range(len(points.ceiling)):
        points.ceiling[chunk] = points.column[chunk * CHUNK : (chunk + 1) * CHUNK].max()


@kernel
def arrange(
    first: int, last: int, similarity: Values, order: NDArray[np.int64], points: Points, rest: Rest, rule: Rule
) -> None:
    """Copy rows `first` to `last` of a matrix with their columns in another order, and tell how large they get."""
    for i in range(first, last):
        arranged = rest.similarity[i]
        for k in range(len(order)):
            arranged[k] = similarity[i, order[k]]
        arranged[points.place[i]] = rule.least
        for chunk in range(rest.outline.shape[1]):
            rest.outline[i, chunk] = arranged[chunk * CHUNK : (chunk + 1) * CHUNK].max()
        rest.top[i] = rest.largest[i] = rest.outline[i].max()
