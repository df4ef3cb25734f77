"""The check of the tables: one small function per kind of fault, every problem of every file at once.

A frame to be checked may carry two extra columns, `FILE` and `WHERE`, that say where each row stands (``row 12``,
``segments.pump-whole``); without them the table's name and the row's key are named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

import pandas as pd

from chaingraph.errors import Problem, did_you_mean, nearest
from chaingraph.fields import DTYPES, FIELDS, Field, Type
from chaingraph.model import SegmentKind
from chaingraph.tables import SPECS, Tables, TableSpec, conform

FILE, WHERE = "__file__", "__where__"
MAX_SAME = 20
"""At most so many problems of one kind in one column of one table are listed; the rest are counted."""

Frames = Mapping[str, pd.DataFrame]


def check(frames: Frames, today: date | None = None) -> tuple[Tables | None, list[Problem]]:
    """Read raw frames (any cell may be text) and return the validated tables, or None, with all problems found.

    Order of the checks: types and values of each cell, keys, references, then what spans rows (loops, twins, markets).
    """
    today = today or date.today()
    problems: list[Problem] = []
    typed: dict[str, pd.DataFrame] = {}
    for name, frame in frames.items():
        problems += missing_columns(SPECS[name], frame)
        typed[name], found = parse(SPECS[name], frame, today)
        problems += found
    for name, frame in typed.items():
        problems += duplicated_keys(SPECS[name], frame)
        problems += broken_references(SPECS[name], frame, typed)
    for across in (unexplained_loops, segment_twins, essential_into_market, unknown_industry_codes, leading_without_evidence):
        problems += across(typed)
    problems = sorted(set(_limited(problems)))
    return (None if problems else Tables.of({n: conform(n, f) for n, f in typed.items()})), problems


def place(name: str, frame: pd.DataFrame, index: object) -> tuple[str, str]:
    """Return the file and the row or key of a row."""
    row = frame.loc[index]
    if FILE in frame.columns:
        return str(row[FILE]), str(row[WHERE])
    return name, " ".join(str(row[k]) for k in SPECS[name].key if k in frame.columns)


def missing_columns(spec: TableSpec, frame: pd.DataFrame) -> Iterator[Problem]:
    """A column that every row needs and the file does not have; a column that nobody knows."""
    file = str(frame[FILE].iloc[0]) if FILE in frame.columns and len(frame) else spec.name
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
            hint = did_you_mean(nearest(str(column), spec.columns))
            yield Problem(file, f"column {column}", "unknown-column", repr(column), "a column of the table", hint or "Remove it.")


def parse(spec: TableSpec, frame: pd.DataFrame, today: date) -> tuple[pd.DataFrame, list[Problem]]:
    """Turn the cells of a raw frame into the types of its fields; a cell that cannot be is a problem and becomes missing."""
    out, problems = frame.copy(deep=False), []
    for field in spec.fields:
        if field.name not in frame.columns:
            out[field.name] = pd.Series(pd.NA, index=frame.index, dtype=DTYPES[field.type])
            continue
        raw = frame[field.name]
        missing = raw.isna() | raw.map(lambda v: isinstance(v, str) and not v.strip()).astype(bool)
        for index in raw.index[missing] if field.name not in spec.optional else ():
            file, where = place(spec.name, frame, index)
            kind = "missing-origin" if field.name == "origin_id" else "missing-value"
            remedy = (
                "Name the source in origin.toml and put its id here."
                if field.name == "origin_id"
                else f"Fill it in: {field.meaning}."
            )
            problems.append(Problem(file, f"{where}, {field.name}", kind, "nothing", _expected(field), remedy))
        if str(raw.dtype) == DTYPES[field.type] and field.type in (Type.NUMBER, Type.INTEGER, Type.FLAG, Type.DATE):
            parsed = raw
        else:
            present = raw[~missing].astype("object")
            keys = [(type(value), value) for value in present]
            cells = {key: _cell(field, key[1]) for key in set(keys)}
            if any(fault for _, fault in cells.values()):
                for index, key in zip(present.index, keys, strict=True):
                    if cells[key][1]:
                        problems.append(_fault(spec, frame, index, field, cells[key][1]))
            values = pd.Series([cells[key][0] for key in keys], index=present.index, dtype="object")
            parsed = values.reindex(frame.index).astype(DTYPES[field.type])
        problems += list(_outside(spec, frame, field, parsed, today))
        out[field.name] = parsed
    return out, problems


def _cell(field: Field, value: object) -> tuple[object, str]:
    """Return a cell in the type of its field and the fault, empty when there is none."""
    text = value.strip() if isinstance(value, str) else value
    if field.type in (Type.TEXT, Type.CODE):
        if not isinstance(text, str):
            if field.type is Type.CODE:
                return None, "a number where a code is a string"
            text = str(text)
        if field.pattern and not re.fullmatch(field.pattern, text):
            return None, "a code of another form"
        if field.values and text not in field.values:
            return None, "an unknown word"
        return text, ""
    if field.type is Type.FLAG:
        known = {"true": True, "false": False, "1": True, "0": False}
        flag = text if isinstance(text, bool) else known.get(str(text).lower())
        return flag, "" if flag is not None else "neither true nor false"
    if field.type is Type.DATE:
        day = pd.to_datetime(str(text), format="%Y-%m-%d", errors="coerce")
        return day, "no date" if pd.isna(day) else ""
    number = pd.to_numeric(str(text), errors="coerce")
    if pd.isna(number) or isinstance(text, bool):
        return None, "no number"
    if field.type is Type.INTEGER:
        return (int(number), "") if float(number).is_integer() else (None, "no whole number")
    return float(number), ""


def _expected(field: Field) -> str:
    bounds = ""
    if field.low is not None or field.high is not None:
        bounds = f" from {field.low if field.low is not None else '−∞'} to {field.high if field.high is not None else '∞'}"
    if field.values:
        return "one of " + ", ".join(field.values)
    return f"{field.type.value}{bounds}{f' of the form {field.pattern}' if field.pattern else ''}{f' in {field.unit}' if field.unit else ''}"


def _fault(spec: TableSpec, frame: pd.DataFrame, index: object, field: Field, fault: str) -> Problem:
    value = frame.at[index, field.name]
    file, where = place(spec.name, frame, index)
    remedy = f"{field.meaning[0].upper()}{field.meaning[1:]}."
    kind = "wrong-type"
    if field.values:
        kind, remedy = "unknown-word", did_you_mean(nearest(str(value), field.values)) or remedy
    elif field.type is Type.CODE:
        kind = "wrong-code"
        if re.fullmatch(r"\d+", str(value)) and field.pattern and re.fullmatch(field.pattern, f"0{value}"):
            remedy = f"A leading zero was lost, as when a spreadsheet reads a code as a number: write it as text, '0{value}'."
        elif not isinstance(value, str):
            remedy = "Write it as text, in quotes."
    elif field.type is Type.DATE:
        remedy = "Write it as YYYY-MM-DD."
    return Problem(file, f"{where}, {field.name}", kind, f"{value!r} ({fault})", _expected(field), remedy)


def _outside(spec: TableSpec, frame: pd.DataFrame, field: Field, parsed: pd.Series, today: date) -> Iterator[Problem]:
    """Values outside the bounds of a field: a share above 1, a date in the future."""
    bad: dict[object, str] = {}
    if field.type in (Type.NUMBER, Type.INTEGER):
        low = parsed.lt(field.low).fillna(False) if field.low is not None else pd.Series(False, index=parsed.index)
        high = parsed.gt(field.high).fillna(False) if field.high is not None else pd.Series(False, index=parsed.index)
        bad |= dict.fromkeys(parsed.index[(low | high).astype(bool)], "impossible-value")
        if field.not_future:
            bad |= dict.fromkeys(parsed.index[parsed.gt(today.year).fillna(False).astype(bool)], "future-date")
    elif field.type is Type.DATE and field.not_future:
        bad |= dict.fromkeys(parsed.index[parsed.gt(pd.Timestamp(today)).fillna(False).astype(bool)], "future-date")
    for index, kind in bad.items():
        file, where = place(spec.name, frame, index)
        expected = f"not after {today.isoformat()}" if kind == "future-date" else _expected(field)
        remedy = "Is the year mistyped?" if kind == "future-date" else f"Check the unit: {field.meaning}."
        value = frame.at[index, field.name]
        yield Problem(
            file,
            f"{where}, {field.name}",
            kind,
            str(value.date() if isinstance(value, pd.Timestamp) else value),
            expected,
            remedy,
        )


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


def broken_references(spec: TableSpec, frame: pd.DataFrame, frames: Frames) -> Iterator[Problem]:
    """A code that points at a row that is not there."""
    for column, target in spec.references.items():
        table, key = target.split(".")
        known = pd.Index(frames[table][key].dropna().unique()) if table in frames else pd.Index([])
        values = frame[column].dropna()
        lost = values[~values.isin(known)]
        names = (
            dict(zip(frames[table]["name_zh"], frames[table][key], strict=True))
            if table in frames and "name_zh" in frames[table]
            else {}
        )
        for index, value in lost.items():
            file, where = place(spec.name, frame, index)
            hint = f"Did you mean '{names[value]}'?" if value in names else did_you_mean(nearest(str(value), map(str, known)))
            remedy = hint or f"Add it to {table} first."
            yield Problem(file, f"{where}, {column}", "broken-reference", repr(value), f"a {key} of {table}", remedy)


def unexplained_loops(frames: Frames) -> Iterator[Problem]:
    """Supply loops: a segment that in the end supplies itself, although no link of the loop is recycling."""
    links = frames.get("supply_links")
    if links is None or links.empty:
        return
    forward = links[~links["is_recycling"].fillna(False).astype(bool)].dropna(subset=["supplier_id", "customer_id"])
    ahead: dict[str, list[str]] = {}
    for supplier, customer in zip(forward["supplier_id"], forward["customer_id"], strict=True):
        ahead.setdefault(supplier, []).append(customer)
    for loop in _loops(ahead):
        row = forward.index[(forward["supplier_id"] == loop[-1]) & (forward["customer_id"] == loop[0])][0]
        file, _ = place("supply_links", forward, row)
        yield Problem(
            file,
            f"supplies {loop[-1]} → {loop[0]}",
            "supply-loop",
            " → ".join([*loop, loop[0]]),
            "upstream to downstream without returning",
            "Turn the wrong link round, or mark the link by which waste returns with recycling = true.",
        )


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
    for (chain, name), group in segments.dropna(subset=["chain_id", "name_zh"]).groupby(["chain_id", "name_zh"]):
        if group["segment_id"].nunique() > 1:
            file, where = place("segments", segments, group.index[-1])
            ids = " and ".join(group["segment_id"])
            yield Problem(
                file,
                where,
                "segment-twin",
                f"'{name}' as {ids}",
                f"one id for one segment of {chain}",
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
    known = set(industries["industry_code"].dropna())
    for index, codes in segments["industry_codes"].dropna().items():
        for code in str(codes).split(";"):
            if code not in known:
                file, where = place("segments", segments, index)
                lost = f"0{code}" in known
                remedy = (
                    f"A leading zero was lost: write '0{code}' as text."
                    if lost
                    else did_you_mean(nearest(code, known)) or "See GB/T 4754-2017."
                )
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


def _limited(problems: Iterable[Problem]) -> Iterator[Problem]:
    """At most `MAX_SAME` problems of one kind in one file; the rest as one line that counts them."""
    seen: dict[tuple[str, str], int] = {}
    key: Callable[[Problem], tuple[str, str]] = lambda p: (p.file, p.kind)  # noqa: E731
    for problem in problems:
        seen[key(problem)] = seen.get(key(problem), 0) + 1
        if seen[key(problem)] <= MAX_SAME:
            yield problem
    for (file, kind), number in seen.items():
        if number > MAX_SAME:
            yield Problem(
                file,
                "and more",
                kind,
                f"{number - MAX_SAME} more of the same kind",
                "none",
                "Mend the first ones and check again.",
            )
