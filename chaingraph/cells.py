"""Cells of raw frames → the types of their fields; every cell that cannot be is a problem with its place and remedy.

A frame to be checked may carry two extra columns, `FILE` and `WHERE`, that say where each row stands (``row 12``,
``segments.pump-whole``); without them the file in `frame.attrs[FILE]`, or the table's name, and the row's key are named.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from datetime import date

import pandas as pd

from chaingraph.errors import Problem, did_you_mean, nearest
from chaingraph.fields import DTYPES, FORMS, Field, Type
from chaingraph.tables import SPECS, TableSpec, absent

FILE, WHERE = "__file__", "__where__"
MAX_SHOWN = 80
"""A longer value is cut in a message."""
EXACT = 2**53
"""The largest whole number up to which every whole number is itself as a float."""

Frames = Mapping[str, pd.DataFrame]


def place(name: str, frame: pd.DataFrame, index: object) -> tuple[str, str]:
    """Return the file and the row or key of a row."""
    if FILE in frame.columns:
        return str(frame.at[index, FILE]), str(frame.at[index, WHERE])
    key = [str(frame.at[index, column]) for column in SPECS[name].key if column in frame.columns]
    return str(frame.attrs.get(FILE, name)), " ".join(key)


def parse(spec: TableSpec, frame: pd.DataFrame, today: date, frames: Frames | None = None) -> tuple[pd.DataFrame, list[Problem]]:
    """Turn the cells of a raw frame into the types of its fields; a cell that cannot be is a problem and becomes missing.

    A code that lost its leading zeros is a problem too, but goes on as what was meant, so that rows which refer to it
    are not faults as well. `frames` are the raw tables in which a name given in place of a code is looked up.
    """
    out, problems = frame.copy(deep=False), []
    for field in spec.fields:
        if field.name not in frame.columns:
            out[field.name] = absent(field, frame.index)
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
            keys = [(type(value), str(value)) for value in present]
            cells = {key: _cell(field, value) for key, value in dict(zip(keys, present, strict=True)).items()}
            if any(fault for _, fault in cells.values()):
                for index, key in zip(present.index, keys, strict=True):
                    if cells[key][1]:
                        problems.append(_fault(spec, frame, index, field, cells[key][1], frames or {}))
            values = pd.Series([cells[key][0] for key in keys], index=present.index, dtype="object")
            parsed = values.reindex(frame.index).astype(DTYPES[field.type])
        problems += list(_outside(spec, frame, field, parsed, today))
        out[field.name] = parsed
    return out, problems


def _cell(field: Field, value: object) -> tuple[object, str]:
    """Return a cell in the type of its field and the fault, empty when there is none."""
    if not pd.api.types.is_scalar(value):
        return None, "several values where one belongs"
    text = value.strip() if isinstance(value, str) else value
    if field.type in (Type.TEXT, Type.CODE):
        if not isinstance(text, str):
            if field.type is Type.CODE:
                return _whole(str(text), field) or None, "a number where a code is a string"
            text = str(text)
        if field.pattern and not re.fullmatch(field.pattern, text, re.ASCII):
            return _whole(text, field) or None, "a code of another form"
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
    number = float(pd.to_numeric(str(text), errors="coerce"))
    if not math.isfinite(number) or isinstance(text, bool):
        return None, "no number"
    if field.type is Type.INTEGER:
        return (int(number), "") if number.is_integer() and abs(number) <= EXACT else (None, "no whole number")
    return number, ""


def _expected(field: Field) -> str:
    if field.values:
        return "one of " + ", ".join(field.values)
    if field.type is Type.FLAG:
        return "true or false"
    if field.type is Type.DATE:
        return "a day such as 2024-05-31"
    if field.pattern:
        return FORMS[field.pattern]
    kind = {Type.INTEGER: "a whole number", Type.NUMBER: "a number"}.get(field.type, field.type.value)
    if field.low is not None:
        kind += f" at least {field.low:g}" if field.high is None else f" from {field.low:g} to {field.high:g}"
    return f"{kind} ({field.unit})" if field.unit else kind


def _fault(spec: TableSpec, frame: pd.DataFrame, index: object, field: Field, fault: str, frames: Frames) -> Problem:
    value = frame.at[index, field.name]
    value = value.item() if hasattr(value, "item") and pd.api.types.is_scalar(value) else value
    file, where = place(spec.name, frame, index)
    kind, remedy = "wrong-type", f"Meaning: {field.meaning}."
    if field.values:
        kind, remedy = "unknown-word", did_you_mean(nearest(str(value), field.values)) or remedy
    elif field.type is Type.CODE:
        kind = "wrong-code"
        whole, code = _whole(str(value).strip(), field), _by_name(spec, field, value, frames)
        if whole:
            remedy = f"A leading zero was lost, as when a spreadsheet reads a code as a number: write it as text, '{whole}'."
            if not whole.startswith("0"):
                remedy = f"Write it as text, '{whole}'."
        elif code:
            remedy = f"That is a name; its code is '{code}'."
    elif field.type is Type.DATE:
        remedy = "Write it as YYYY-MM-DD."
    found = repr(value) if len(repr(value)) <= MAX_SHOWN else f"{repr(value)[:MAX_SHOWN]}…"
    return Problem(file, f"{where}, {field.name}", kind, f"{found} ({fault})", _expected(field), remedy)


def _whole(text: str, field: Field) -> str:
    """Return the code that these digits are once its leading zeros are back and a decimal `.0` is gone, or nothing."""
    digits = re.fullmatch(r"(\d{1,8})(\.0)?", text, re.ASCII)
    if not digits or "\\d" not in (field.pattern or ""):
        return ""
    return next((code for n in range(6) if re.fullmatch(field.pattern or "", code := "0" * n + digits[1], re.ASCII)), "")


def _by_name(spec: TableSpec, field: Field, name: object, frames: Frames) -> str:
    """Return the code of the only row with this name in the table that the column refers to, or nothing."""
    table, _, key = spec.references.get(field.name, "").partition(".")
    if not isinstance(name, str) or table not in frames or not {"name_zh", key} <= set(frames[table].columns):
        return ""
    codes = frames[table].loc[frames[table]["name_zh"] == name, key]
    return str(codes.iloc[0]) if len(codes) == 1 else ""


def _outside(spec: TableSpec, frame: pd.DataFrame, field: Field, parsed: pd.Series, today: date) -> Iterator[Problem]:
    """Values outside the bounds of a field: a share above 1, a date in the future."""
    bad: dict[object, str] = {}
    if field.type in (Type.NUMBER, Type.INTEGER):
        low = parsed.lt(field.low).fillna(False) if field.low is not None else pd.Series(False, index=parsed.index)
        high = parsed.gt(field.high).fillna(False) if field.high is not None else pd.Series(False, index=parsed.index)
        endless = parsed.isin([math.inf, -math.inf])
        bad |= dict.fromkeys(parsed.index[(low | high | endless).astype(bool)], "impossible-value")
        if field.not_future:
            bad |= dict.fromkeys(parsed.index[parsed.gt(today.year).fillna(False).astype(bool)], "future-date")
    elif field.type is Type.DATE and field.not_future:
        bad |= dict.fromkeys(parsed.index[parsed.gt(pd.Timestamp(today)).fillna(False).astype(bool)], "future-date")
    for index, kind in bad.items():
        file, where = place(spec.name, frame, index)
        expected = f"not after {today.isoformat()}" if kind == "future-date" else _expected(field)
        remedy = "Is the year mistyped?" if kind == "future-date" else f"Is the unit right? Meaning: {field.meaning}."
        value = frame.at[index, field.name]
        yield Problem(
            file,
            f"{where}, {field.name}",
            kind,
            str(value.date() if isinstance(value, pd.Timestamp) else value),
            expected,
            remedy,
        )
