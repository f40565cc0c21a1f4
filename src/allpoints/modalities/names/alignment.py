"""Two names side by side: which part stands for which, and how each pair agrees."""

from math import inf
from typing import NamedTuple

from rapidfuzz.distance import OSA

from allpoints.modalities.names.alike import PLAIN, Agreement, Likeness, alike
from allpoints.modalities.names.parts import ParsedName, Part, PartRole, is_initial
from allpoints.modalities.names.rarity import information
from allpoints.modalities.names.romanise import readings
from allpoints.modalities.names.scripts import script_of


class Pair(NamedTuple):
    """Parts that stand for each other; none on one side where the other has no counterpart."""

    probe: tuple[Part, ...]
    reference: tuple[Part, ...]
    agreement: Agreement
    quality: float
    """From -1, nothing in common, over 0, tells nothing, to 1, equal."""
    information: float
    """Of the commoner of the two, in log10 units."""


Unit = tuple[Part, ...]
"""A part, or neighbouring parts that are written as one on the other side."""


def align(probe: ParsedName, reference: ParsedName) -> tuple[Pair, ...]:
    """Return the pairs of the best alignment, in the probe's order, then what only the reference has.

    Parts are paired 1:1 so that the sum of quality times information is greatest. Where parts are left,
    neighbours are joined that together are one part of the other side, if that brings more. What is left on
    both sides contradicts, on one side is missing.
    """
    cut_off = probe.truncated, reference.truncated
    ours: list[Unit] = [(part,) for part in probe.parts]
    theirs: list[Unit] = [(part,) for part in reference.parts]
    table = _table(ours, theirs, cut_off)
    at = assigned([[_gain(each) for each in row] for row in table], len(theirs))
    if not len(at) == len(ours) == len(theirs):
        joined = _joined(ours, theirs), _joined(theirs, ours)
        if joined != (ours, theirs):
            together = _table(*joined, cut_off)
            at_together = assigned([[_gain(each) for each in row] for row in together], len(joined[1]))
            if _sum(together, at_together) > _sum(table, at):
                (ours, theirs), table, at = joined, together, at_together
    return _in_order(ours, theirs, at, table, cut_off)


def _table(ours: list[Unit], theirs: list[Unit], cut_off: tuple[bool, bool]) -> list[list[Likeness]]:
    if any(cut_off):
        return [[_begun(a, b) for b in theirs] for a in ours]
    return [[_of_units(a, b) for b in theirs] for a in ours]


def _gain(each: Likeness) -> float:
    return each.quality * each.information if each.quality > 0 else 0.0


def _sum(table: list[list[Likeness]], at: dict[int, int]) -> float:
    return sum(_gain(table[i][j]) for i, j in at.items())


def _joined(units: list[Unit], others: list[Unit]) -> list[Unit]:
    """Join two to four neighbours that are more like one of the others together than each by itself."""
    if len(units) > _JOINED_OF:
        return units
    runs = [(at, at + length) for length in (2, 3, 4) for at in range(len(units) - length + 1)]
    worth = {
        run: quality for run in runs if (quality := _together(units[slice(*run)], others)) > _WORTH_JOINING
    }
    taken: list[tuple[int, int]] = []
    for first, stop in sorted(worth, key=worth.__getitem__, reverse=True):
        if all(stop <= start or end <= first for start, end in taken):
            taken.append((first, stop))
    inside = {at for first, stop in taken for at in range(first, stop)}
    taken += [(at, at + 1) for at in range(len(units)) if at not in inside]
    return [tuple(part for (part,) in units[first:stop]) for first, stop in sorted(taken)]


def _together(run: list[Unit], others: list[Unit]) -> float:
    """The quality of neighbours as one word; 0 where one of them alone does as well."""
    parts = [part for (part,) in run]
    # A patronymic is no piece of a name: `Пётр Иванович` sounds a little like `Petrovich`.
    if any(part.role is PartRole.PATRONYMIC or is_initial(part.word) for part in parts):
        return 0.0
    whole = "".join(part.word for part in parts)
    best = 0.0
    for (other,) in others:
        if _differ_in_length_or_letters(whole, other.word):
            continue
        together = alike(whole, other.word).quality
        if together > best and all(alike(part.word, other.word).quality < together for part in parts):
            best = together
    return best


def _differ_in_length_or_letters(one: str, other: str) -> bool:
    """Whether two words of one script plainly differ: most pairs do, and to hear a new word takes long."""
    return script_of(one) is script_of(other) and OSA.normalized_similarity(one, other) < _PLAINLY_DIFFERENT


_PLAINLY_DIFFERENT = 0.5
_WORTH_JOINING = 0.45
_JOINED_OF = 8
"""Names of more parts are not searched for neighbours to join."""


def _in_order(
    ours: list[Unit],
    theirs: list[Unit],
    at: dict[int, int],
    table: list[list[Likeness]],
    cut_off: tuple[bool, bool],
) -> tuple[Pair, ...]:
    """The pairs, with those that contradict, closest first, and with what is missing."""
    pairs = {i: Pair(ours[i], theirs[j], *table[i][j]) for i, j in at.items()}
    left = [i for i in range(len(ours)) if i not in at]
    right = [j for j in range(len(theirs)) if j not in at.values()]
    absent = [Agreement.TRUNCATED if cut else Agreement.MISSING for cut in cut_off]
    closeness = {(i, j): _closeness(ours[i], theirs[j], table[i][j]) for i in left for j in right}
    for i, j in sorted(closeness, key=lambda at: (-closeness[at], sum(at), abs(at[0] - at[1]))):
        if i in left and j in right:
            left.remove(i)
            right.remove(j)
            unread = table[i][j].agreement is Agreement.UNREAD
            agreement = Agreement.UNREAD if unread else Agreement.CONTRADICTING
            pairs[i] = Pair(ours[i], theirs[j], agreement, *table[i][j][1:])
    pairs |= {i: Pair(ours[i], (), absent[1], 0.0, information(ours[i][0].word)) for i in left}
    extra = [Pair((), theirs[j], absent[0], 0.0, information(theirs[j][0].word)) for j in right]
    return (*(pairs[i] for i in sorted(pairs)), *extra)


def _closeness(a: Unit, b: Unit, found: Likeness) -> float:
    """How likely two parts that disagree stand for each other."""
    return found.quality + (_OF_ONE_ROLE if a[0].role is b[0].role else 0.0)


_OF_ONE_ROLE = 0.5


def _of_units(a: Unit, b: Unit) -> Likeness:
    if len(a) == len(b) == 1:
        return _of_parts(a[0], b[0])
    whole = alike("".join(part.word for part in a), "".join(part.word for part in b))
    return whole._replace(agreement=Agreement.JOINED)


def _of_parts(a: Part, b: Part) -> Likeness:
    found = alike(a.word, b.word)
    if found.quality < PLAIN and a.prefix != b.prefix:
        joined = alike(a.prefix + a.word, b.prefix + b.word)
        if joined.quality > found.quality:
            return joined
    return found


_OF_A_BEGINNING, _OF_A_LONG_BEGINNING = 0.7, 0.95
_OF_A_LETTER, _A_FEW = 0.05, 4


def _begun(a: Unit, b: Unit) -> Likeness:
    """How two units agree where either may be the other's beginning: a document had no room for the rest."""
    found = _of_units(a, b)
    if found.quality < _OF_A_BEGINNING and (_begins(a[0].word, b[0].word) or _begins(b[0].word, a[0].word)):
        letters = min(len(a[0].word), len(b[0].word))
        quality = min(_OF_A_BEGINNING + _OF_A_LETTER * max(letters - _A_FEW, 0), _OF_A_LONG_BEGINNING)
        return Likeness(Agreement.TRUNCATED, quality, found.information)
    return found


def _begins(short: str, long: str) -> bool:
    return any(b.text.startswith(a.text) for a in readings(short) for b in readings(long) if len(a.text) > 1)


def assigned(gains: list[list[float]], width: int) -> dict[int, int]:
    """Return which column each row gets so that the sum of gains is greatest; rows that gain nothing get none."""
    best = {
        i: max(range(width), key=row.__getitem__) for i, row in enumerate(gains) if width and max(row) > 0
    }
    if len(set(best.values())) == len(best):
        return best
    rows = list(best)
    if len(rows) <= width:
        found = _hungarian([[-gain for gain in gains[i]] for i in rows])
        return {rows[r]: c for r, c in enumerate(found) if gains[rows[r]][c] > 0}
    found = _hungarian([[-gains[i][j] for i in rows] for j in range(width)])
    return {rows[r]: c for c, r in enumerate(found) if gains[rows[r]][c] > 0}


def _hungarian(costs: list[list[float]]) -> list[int]:
    """Return each row's column at least cost, for at most as many rows as columns.

    Kuhn (1955) and Munkres (1957), by shortest augmenting paths as Jonker and Volgenant (1987).
    """
    rows, columns = len(costs), len(costs[0])
    of_row, of_column = [0.0] * rows, [0.0] * (columns + 1)
    row_at = [-1] * (columns + 1)
    for row in range(rows):
        row_at[columns] = row
        column, before = columns, [columns] * columns
        least, seen = [inf] * columns, set[int]()
        while row_at[column] >= 0:
            seen.add(column)
            at = row_at[column]
            for j in range(columns):
                if j not in seen and (reduced := costs[at][j] - of_row[at] - of_column[j]) < least[j]:
                    least[j], before[j] = reduced, column
            column = min((j for j in range(columns) if j not in seen), key=least.__getitem__)
            step = least[column]
            for j in seen:
                of_row[row_at[j]] += step
                of_column[j] -= step
            least = [value - step for value in least]
        while column != columns:
            row_at[column] = row_at[before[column]]
            column = before[column]
    return [row_at.index(row) for row in range(rows)]
