"""The check of the tables: one small function per kind of fault, every problem of every file at once."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date

import pandas as pd

from chaingraph.cells import FILE, WHERE, Frames, parse, place
from chaingraph.errors import Problem, did_you_mean, nearest
from chaingraph.fields import FIELDS
from chaingraph.model import SegmentKind, Stage
from chaingraph.tables import SPECS, Tables, TableSpec, empty

MAX_SAME = 20
"""At most so many problems of one kind in one column of one file are listed; the rest are counted."""


def check(frames: Frames, today: date | None = None, unread: Collection[str] = ()) -> tuple[Tables | None, list[Problem]]:
    """Read raw frames (any cell may be text) and return the validated tables, or None, with all problems found.

    Order of the checks: types and values of each cell, keys, references, then what spans rows (loops, twins, markets).
    `unread` names what the reader could not read whole: tables, chains by id, passports by path. That is a problem already;
    references to what stands there are not called broken as well.
    """
    today = today or date.today()
    problems: list[Problem] = []
    typed: dict[str, pd.DataFrame] = {}
    for name, frame in frames.items():
        problems += missing_columns(SPECS[name], frame)
        typed[name], found = parse(SPECS[name], frame, today, frames)
        problems += found
    for name, frame in typed.items():
        problems += duplicated_keys(SPECS[name], frame)
        problems += broken_references(SPECS[name], frame, typed, unread)
    for across in (unexplained_loops, segment_twins, essential_into_market, unknown_industry_codes, leading_without_evidence):
        problems += across(typed)
    problems = sorted(set(limited(problems)))
    return (None if problems else Tables.of(typed)), problems


def missing_columns(spec: TableSpec, frame: pd.DataFrame) -> Iterator[Problem]:
    """A column that every row needs and the file does not have; a column that nobody knows."""
    file = str(frame[FILE].iloc[0]) if FILE in frame.columns and len(frame) else str(frame.attrs.get(FILE, spec.name))
    for column in spec.columns:
        if column not in frame.columns and column not in spec.optional:
            yield Problem(
                file,
                f"column {column}",
                "missing-column",
                "no such column",
                "a column",
                f"Add it: {FIELDS[column].meaning}.",
            )
    for column in frame.columns:
        if column not in spec.columns and column not in (FILE, WHERE):
            hint = did_you_mean(nearest(str(column), [c for c in spec.columns if c not in frame.columns], floor=70))
            yield Problem(file, f"column {column}", "unknown-column", repr(column), "a column of the table", hint or "Remove it.")


def duplicated_keys(spec: TableSpec, frame: pd.DataFrame) -> Iterator[Problem]:
    """Two rows with one key."""
    keys = frame[list(spec.key)]
    complete = keys.dropna(subset=[k for k in spec.key if k not in spec.optional]).index
    first: dict[tuple[object, ...], str] = {}
    twice = keys.loc[complete].duplicated(keep=False)
    for index in complete[twice]:
        key = tuple("" if pd.isna(v) else v for v in keys.loc[index])
        file, where = place(spec.name, frame, index)
        if key in first:
            shown = " · ".join(map(str, key))
            yield Problem(
                file,
                where,
                "duplicate-key",
                f"{shown} again (first at {first[key]})",
                "each key once",
                "Remove one, or give it its own id.",
            )
        else:
            first[key] = f"{file} {where}"


def broken_references(spec: TableSpec, frame: pd.DataFrame, frames: Frames, unread: Collection[str] = ()) -> Iterator[Problem]:
    """A code that points at a row that is not there."""
    for column, target in spec.references.items():
        table, key = target.split(".")
        known = frames[table][key].dropna().unique().tolist() if table in frames else []
        if table in unread or (not known and len(frames.get(table, ()))):
            continue
        values = frame[column].dropna()
        lost = values[~values.isin(known)]
        lost = lost[~lost.map(lambda value: value.partition("/")[0]).isin(unread)]
        if column == "origin_id":
            lost = lost[~_passports(spec, frame.loc[lost.index]).isin(unread)]
        remedies: dict[object, str] = {}
        for index, value in lost.items():
            file, where = place(spec.name, frame, index)
            # Looking for likely words among thousands takes time, and after MAX_SAME nobody reads them.
            if value not in remedies:
                likely = nearest(value, known) if len(remedies) < MAX_SAME else []
                remedies[value] = did_you_mean(likely) or f"Add it to {table} first."
            yield Problem(
                file, f"{where}, {column}", "broken-reference", repr(value), f"a known {key} (table {table})", remedies[value]
            )


def _passports(spec: TableSpec, frame: pd.DataFrame) -> pd.Series:
    """Return the path of the passport beside the file of each row."""
    files = frame[FILE] if FILE in frame.columns else pd.Series(frame.attrs.get(FILE, spec.name), index=frame.index, dtype="str")
    return files.map(lambda file: f"{file.rpartition('/')[0]}/origin.toml")


def unexplained_loops(frames: Frames) -> Iterator[Problem]:
    """Supply loops: a segment that in the end supplies itself, although no link of the loop is recycling."""
    links = frames.get("supply_links")
    if links is None or links.empty:
        return
    forward = links[~links["is_recycling"].fillna(False).astype(bool)].dropna(subset=["supplier_id", "customer_id"])
    ahead: dict[str, list[str]] = {}
    for supplier, customer in zip(forward["supplier_id"], forward["customer_id"], strict=True):
        ahead.setdefault(supplier, []).append(customer)
    segments = frames.get("segments", empty("segments"))
    order = {stage.value: number for number, stage in enumerate(Stage)}
    stages = dict(zip(segments["segment_id"], segments["stage"].map(order).fillna(0), strict=True))
    for loop in (_against_the_stages(found, stages) for found in _loops(ahead)):
        row = forward.index[(forward["supplier_id"] == loop[-1]) & (forward["customer_id"] == loop[0])][0]
        file, where = place("supply_links", forward, row)
        yield Problem(
            file,
            where,
            "supply-loop",
            " → ".join([*loop, loop[0]]),
            "upstream to downstream without returning",
            "Turn the wrong link round, or mark the link by which waste returns with recycling = true.",
        )


def _against_the_stages(loop: list[str], stages: Mapping[str, float]) -> list[str]:
    """Turn a loop so that its last link is the one that leads furthest back upstream: the likeliest to be wrong."""
    back = [stages.get(s, 0) - stages.get(c, 0) for s, c in zip(loop, [*loop[1:], loop[0]], strict=True)]
    last = max(range(len(loop)), key=lambda i: (back[i], i))
    return [*loop[last + 1 :], *loop[: last + 1]]


def _loops(ahead: Mapping[str, list[str]]) -> Iterator[list[str]]:
    """Yield one loop per way back found by depth-first search."""
    state: dict[str, int] = {}
    for start in sorted(ahead):
        if state.get(start):
            continue
        path, stack = [start], [iter(sorted(ahead.get(start, ())))]
        state[start] = 1
        while stack:
            step = next(stack[-1], None)
            if step is None:
                state[path.pop()] = 2
                stack.pop()
            elif state.get(step) == 1:
                yield path[path.index(step) :]
            elif not state.get(step):
                state[step] = 1
                path.append(step)
                stack.append(iter(sorted(ahead.get(step, ()))))


def segment_twins(frames: Frames) -> Iterator[Problem]:
    """One segment under two ids: the same name twice in one chain."""
    segments = frames.get("segments")
    if segments is None or segments.empty:
        return
    named = segments.dropna(subset=["segment_id", "chain_id", "name_zh"])
    spelling = named["name_zh"].map(lambda name: "".join(unicodedata.normalize("NFKC", name).casefold().split()))
    for (chain, _), group in named.groupby([named["chain_id"], spelling]):
        if group["segment_id"].nunique() > 1:
            file, where = place("segments", segments, group.index[-1])
            name = group["name_zh"].iloc[-1]
            ids = " and ".join(group["segment_id"].unique())
            yield Problem(
                file,
                where,
                "segment-twin",
                f"'{name}' as {ids}",
                f"one id for each segment of {chain}",
                "Merge them, or name what differs.",
            )


def essential_into_market(frames: Frames) -> Iterator[Problem]:
    """An essential link into a market: demand is not produced, so nothing is essential to it."""
    segments, links = frames.get("segments"), frames.get("supply_links")
    if segments is None or links is None or links.empty:
        return
    markets = set(segments.loc[segments["segment_kind"] == SegmentKind.MARKET.value, "segment_id"])
    wrong = links["customer_id"].isin(markets) & links["is_essential"].fillna(False).astype(bool)
    for index in links.index[wrong]:
        file, where = place("supply_links", links, index)
        yield Problem(
            file,
            where,
            "essential-into-market",
            "essential = true",
            "false for a link into a market",
            "Set essential = false, or the segment's kind to making.",
        )


def unknown_industry_codes(frames: Frames) -> Iterator[Problem]:
    """GB/T 4754 codes of segments that the standard does not have."""
    segments, industries = frames.get("segments"), frames.get("industries")
    if segments is None or industries is None or "industry_codes" not in segments or industries.empty:
        return
    known = industries["industry_code"].dropna().unique().tolist()
    for index, codes in segments["industry_codes"].dropna().items():
        for code in str(codes).split(";"):
            if code not in known:
                file, where = place("segments", segments, index)
                if f"0{code}" in known:
                    remedy = f"A leading zero was lost: write '0{code}' as text."
                elif code.startswith("0") and code[1:] in known:
                    remedy = f"The table of industries has '{code[1:]}': a leading zero was lost there."
                else:
                    remedy = did_you_mean(nearest(code, known)) or "See GB/T 4754-2017."
                yield Problem(
                    file, f"{where}, industry_codes", "unknown-industry-code", repr(code), "a class of GB/T 4754-2017", remedy
                )


def leading_without_evidence(frames: Frames) -> Iterator[Problem]:
    """A leading firm without saying how that is known."""
    activities = frames.get("activities")
    if activities is None or activities.empty or "leading_evidence" not in activities:
        return
    wrong = activities["is_leading"].fillna(False).astype(bool) & activities["leading_evidence"].isna()
    for index in activities.index[wrong]:
        file, where = place("activities", activities, index)
        yield Problem(
            file,
            where,
            "missing-evidence",
            "is_leading without leading_evidence",
            "page, listed or gk",
            "Say how it is known that the firm leads.",
        )


def limited(problems: Iterable[Problem]) -> Iterator[Problem]:
    """At most `MAX_SAME` problems of one kind in one column of one file; the rest as one line that counts them."""
    seen: dict[tuple[str, str, str], int] = {}
    for problem in problems:
        column = problem.where.rpartition(", ")[2] if ", " in problem.where else ""
        key = (problem.file, problem.kind, column)
        seen[key] = seen.get(key, 0) + 1
        if seen[key] <= MAX_SAME:
            yield problem
    for (file, kind, column), number in seen.items():
        if number > MAX_SAME:
            yield Problem(
                file,
                f"… and more, {column}" if column else "… and more",
                kind,
                f"{number - MAX_SAME} more of the same kind",
                "none",
                "Mend the first ones and check again.",
            )
