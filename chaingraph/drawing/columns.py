"""In which column a segment of a chain stands and in what order: a layered drawing from left to right.

After Sugiyama, Tagawa and Toda (1981): columns by stage and topological layer, a lane in every column that a link skips so that
no link runs behind a box, order within a column by barycentre sweeps.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from chaingraph.graph import Segment, SupplyLink
from chaingraph.model import Stage

Cell = tuple[str, int]
"""Something with a place in a column: a segment at its own column, or the lane of its links where they pass another column."""

ROWS = 7
"""More segments than this in a column are spread over further columns, as long as there is room."""
TALL_PENALTY = 0.25
"""What the square of a column's segments counts, where one column of a link's length counts one; above `ROWS`, six times that."""


@dataclass(frozen=True)
class Arrangement:
    """Which segment is in which column and in what order, lanes among them; the links by the way they go."""

    columns: tuple[tuple[Cell, ...], ...]
    stages: tuple[Stage, ...]
    column_of: Mapping[str, int]
    forward: tuple[SupplyLink, ...]
    beside: tuple[SupplyLink, ...]
    back: tuple[SupplyLink, ...]


def arrange(segments: Sequence[Segment], links: Iterable[SupplyLink], most: int = 8) -> Arrangement:
    """Return the columns of a chain; `segments` stage by stage in topological order, at most `most` columns (never fewer than stages).

    A customer stands right of its suppliers, or in their column where a stage has more layers than columns are left. Links that
    recycle, or that run against the order of the segments, go back. A link to another chain has no place here.
    """
    place = {s.id: i for i, s in enumerate(segments)}
    inside = sorted(
        {(k.supplier_id, k.customer_id): k for k in links if k.supplier_id in place and k.customer_id in place}.values(),
        key=lambda k: (place[k.customer_id], place[k.supplier_id]),
    )
    back = tuple(k for k in inside if k.is_recycling or place[k.supplier_id] >= place[k.customer_id])
    ahead = [k for k in inside if k not in set(back)]
    column_of, stages = _columns(segments, ahead, most)
    forward = tuple(k for k in ahead if column_of[k.supplier_id] < column_of[k.customer_id])
    beside = tuple(k for k in ahead if column_of[k.supplier_id] == column_of[k.customer_id])
    return Arrangement(_ordered(segments, column_of, forward, len(stages)), stages, column_of, forward, beside, back)


def _columns(segments: Sequence[Segment], ahead: Sequence[SupplyLink], most: int) -> tuple[dict[str, int], tuple[Stage, ...]]:
    """Return the column of every segment, and the stage of every column."""
    stage_of = {s.id: s.stage for s in segments}
    layer = dict.fromkeys(stage_of, 0)
    for k in ahead:  # by the order of customers, so that a supplier's own layer is final before it is used
        if stage_of[k.supplier_id] is stage_of[k.customer_id]:
            layer[k.customer_id] = max(layer[k.customer_id], layer[k.supplier_id] + 1)
    used = [stage for stage in Stage if stage in stage_of.values()]
    members = {stage: [s.id for s in segments if s.stage is stage] for stage in used}
    depth = {stage: 1 + max(layer[s] for s in members[stage]) for stage in used}
    # Every layer its column if there is room; then columns to the fullest stages. Else by segments and, less, by layers.
    count = dict(depth) if sum(depth.values()) <= most else dict.fromkeys(used, 1)
    while sum(count.values()) < most:
        wanting = [g for g in used if count[g] < depth[g] or len(members[g]) > ROWS * count[g]]
        if not wanting:
            break
        count[max(wanting, key=lambda g: (len(members[g]) / ROWS + depth[g] / 3) / count[g])] += 1
    first = 0
    column: dict[str, int] = {}
    for stage in used:
        squeeze = min(1.0, count[stage] / depth[stage])
        column |= {s: first + int(layer[s] * squeeze + 1e-9) for s in members[stage]}
        first += count[stage]
    stages = tuple(stage for stage in used for _ in range(count[stage]))
    column = _settled(column, stages, ahead)
    filled = sorted(set(column.values()))
    return {s: filled.index(c) for s, c in column.items()}, tuple(stages[c] for c in filled)


def _settled(column: dict[str, int], stages: Sequence[Stage], ahead: Sequence[SupplyLink]) -> dict[str, int]:
    """Move segments within their stage and between suppliers and customers, to shorten links and to even out columns."""
    apart = {(k.supplier_id, k.customer_id): min(1, column[k.customer_id] - column[k.supplier_id]) for k in ahead}
    before: dict[str, list[str]] = {s: [] for s in column}
    after: dict[str, list[str]] = {s: [] for s in column}
    for supplier, customer in apart:
        before[customer].append(supplier)
        after[supplier].append(customer)
    rows = [0] * len(stages)
    for c in column.values():
        rows[c] += 1
    for _ in range(6):
        moved = False
        for s in reversed(column):
            here = column[s]
            low = max([stages.index(stages[here])] + [column[b] + apart[b, s] for b in before[s]])
            high = min([len(stages) - 1 - stages[::-1].index(stages[here])] + [column[a] - apart[s, a] for a in after[s]])
            rows[here] -= 1

            def cost(c: int, s: str = s) -> float:
                length = sum(abs(c - column[n]) for n in (*before[s], *after[s]))
                return length + TALL_PENALTY * (2 * rows[c] + 1) * (6 if rows[c] >= ROWS else 1)

            best = min(range(low, high + 1), key=lambda c: (round(cost(c), 9), abs(c - here), c))
            rows[best] += 1
            moved |= best != here
            column[s] = best
        if not moved:
            break
    return column


def _ordered(
    segments: Sequence[Segment], column_of: Mapping[str, int], forward: Sequence[SupplyLink], count: int
) -> tuple[tuple[Cell, ...], ...]:
    """Return the cells of every column, ordered so that few links cross; the best of several sweeps from two starts."""
    reach = {s.id: column_of[s.id] for s in segments}
    for k in forward:
        reach[k.supplier_id] = max(reach[k.supplier_id], column_of[k.customer_id] - 1)
    plain = [[(s.id, c) for s in segments if column_of[s.id] <= c <= reach[s.id]] for c in range(count)]
    right: dict[Cell, list[Cell]] = {cell: [] for cells in plain for cell in cells}
    for s in segments:
        for c in range(column_of[s.id], reach[s.id]):
            right[s.id, c].append((s.id, c + 1))
    for k in forward:
        right[k.supplier_id, column_of[k.customer_id] - 1].append((k.customer_id, column_of[k.customer_id]))
    left: dict[Cell, list[Cell]] = {cell: [] for cell in right}
    for a, ends in right.items():
        for b in ends:
            left[b].append(a)
    best, fewest = plain, _all_crossings(plain, right)
    for start in (plain, [cells[::-1] for cells in plain]):
        columns = [list(cells) for cells in start]
        for sweep in range(10):
            if not fewest:
                break
            toward = left if sweep % 2 == 0 else right
            walk = range(1, count) if sweep % 2 == 0 else range(count - 2, -1, -1)
            for c in walk:
                where = {cell: i for i, cell in enumerate(columns[c - 1 if sweep % 2 == 0 else c + 1])}
                columns[c] = _by_barycentre(columns[c], toward, where)
            crossings = _all_crossings(columns, right)
            if crossings < fewest:
                best, fewest = [list(cells) for cells in columns], crossings
    return tuple(tuple(cells) for cells in _switched(best, right))


def _by_barycentre(cells: Sequence[Cell], toward: Mapping[Cell, Sequence[Cell]], where: Mapping[Cell, int]) -> list[Cell]:
    """Return cells by the mean place of their neighbours; a cell without any keeps its own place among the rest."""
    places = {
        cell: sum(where[n] for n in toward[cell]) / len(toward[cell]) if toward[cell] else i * len(where) / max(1, len(cells))
        for i, cell in enumerate(cells)
    }
    return sorted(cells, key=places.__getitem__)


def _switched(columns: list[list[Cell]], right: Mapping[Cell, Sequence[Cell]]) -> list[list[Cell]]:
    """Swap neighbours in a column as long as that leaves fewer crossings."""
    for _ in range(3):
        better = False
        for c, cells in enumerate(columns):
            around = slice(max(0, c - 1), c + 2)
            for i in range(len(cells) - 1):
                before = _all_crossings(columns[around], right)
                if not before:
                    break
                cells[i], cells[i + 1] = cells[i + 1], cells[i]
                if _all_crossings(columns[around], right) < before:
                    better = True
                else:
                    cells[i], cells[i + 1] = cells[i + 1], cells[i]
        if not better:
            break
    return columns


def _all_crossings(columns: Sequence[Sequence[Cell]], right: Mapping[Cell, Sequence[Cell]]) -> int:
    """Count the crossings between neighbouring columns (pairs of links in opposite order)."""
    total = 0
    for here, there in pairwise(columns):
        where = {cell: i for i, cell in enumerate(there)}
        seen: list[int] = []
        for cell in here:
            ends = sorted(where[n] for n in right[cell])
            total += sum(len(seen) - bisect_left(seen, end + 1) for end in ends)
            for end in ends:
                insort(seen, end)
    return total
