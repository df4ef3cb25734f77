"""A TOML file → a validated entry, with every fault said in the words of the format and at the name of its segment or link."""

from __future__ import annotations

import copy
import typing
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from chaingraph.errors import Problem, did_you_mean, nearest
from ingest.files import Toml, read_toml, shown


class Entry(BaseModel):
    """A table of a TOML file: unknown keys and values of another type are faults."""

    model_config = ConfigDict(extra="forbid", strict=True)


AnyEntry = TypeVar("AnyEntry", bound=Entry)
_EXPECTED = {
    "string_type": "text in quotes",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
    "list_type": "a list in [ ]",
    "dict_type": "a table",
    "model_type": "a table",
}


def read_entry(path: Path, root: Path, model: type[AnyEntry]) -> tuple[AnyEntry | None, list[Problem]]:
    """Read and validate a file. What is sound of a faulty file is returned too, so that its other faults can be found."""
    file = shown(path, root)
    content, problems = read_toml(path, file)
    return (None, problems) if problems else validated(content, file, model)


def validated(content: Toml, file: str, model: type[AnyEntry]) -> tuple[AnyEntry | None, list[Problem]]:
    """Validate the content of a file, as `read_entry` does."""
    try:
        return model.model_validate(content), []
    except ValidationError as error:
        faults = error.errors(include_url=False)
        problems = [_problem(file, content, model, fault) for fault in faults]
    try:
        return model.model_validate(_sound(content, faults)), problems
    except ValidationError:
        return None, problems


def _sound(content: Toml, faults: list[ErrorDetails]) -> Toml:
    """Leave out what is at fault: an unknown key alone, otherwise the whole entry of the list it stands in."""
    out = copy.deepcopy(content)
    wrong: dict[str, set[int]] = {}
    for fault in faults:
        steps = fault["loc"]
        if fault["type"] == "extra_forbidden":
            here: typing.Any = out
            for step in steps[:-1]:
                here = here[step]
            del here[steps[-1]]
        elif len(steps) > 1 and isinstance(steps[0], str) and isinstance(steps[1], int):
            wrong.setdefault(steps[0], set()).add(steps[1])
    for key, numbers in wrong.items():
        entries = out[key]
        if isinstance(entries, list):
            out[key] = [entry for number, entry in enumerate(entries) if number not in numbers]
    return out


def _problem(file: str, content: Toml, model: type[BaseModel], fault: ErrorDetails) -> Problem:
    """Turn one fault of pydantic into a problem that names the segment or link it stands in."""
    steps, kind, value = fault["loc"], fault["type"], fault["input"]
    where = ".".join(names(content, steps))
    last = str(steps[-1]) if steps else ""
    if kind == "missing":
        return Problem(file, where, "missing-value", "nothing", f"a value for {last}", "Fill it in.")
    if kind == "extra_forbidden":
        remedy = did_you_mean(nearest(last, _keys(model, steps[:-1]), floor=70)) or "Remove it."
        return Problem(file, where, "unknown-key", f"the key {last}", "a key of the format", remedy)
    limits: Mapping[str, object] = fault.get("ctx") or {}
    if kind == "literal_error":
        words = str(limits.get("expected", ""))
        known = [w.strip(" '") for w in words.replace(" or ", ", ").split(",")]
        remedy = (did_you_mean(nearest(value, known)) if isinstance(value, str) else "") or "See the glossary."
        return Problem(file, where, "unknown-word", _said(value), f"one of {', '.join(known)}", remedy)
    if kind == "string_type" and isinstance(value, int) and not isinstance(value, bool):
        found = f"{value} (a number where a code is a string)"
        remedy = f'Write "{value}", with the zeros that it begins with: 0610 stays "0610".'
        return Problem(file, where, "wrong-code", found, "text in quotes", remedy)
    if kind.startswith(("less_than", "greater_than")):
        expected = " ".join(f"{'at most' if bound == 'le' else 'at least'} {limit:g}" for bound, limit in limits.items())
        return Problem(file, where, "impossible-value", _said(value), expected, "Check the unit: a share is between 0 and 1.")
    expected = _EXPECTED.get(kind, fault["msg"])
    return Problem(file, where, "wrong-type", _said(value), expected, f"Write {expected}.")


def names(content: Toml, steps: tuple[int | str, ...]) -> list[str]:
    """Return steps into a file as people are told them: an entry of a list by its id, a link by its ends, else by its number."""
    here: object = content
    told: list[str] = []
    for step in steps:
        if isinstance(here, list) and isinstance(step, int) and step < len(here):
            here = here[step]
        else:
            here = here.get(str(step)) if isinstance(here, dict) else None
        named = here if isinstance(here, dict) else {}
        if isinstance(step, int) and "id" in named:
            told.append(str(named["id"]))
        elif isinstance(step, int) and "supplier" in named:
            told.append(f"{named['supplier']} → {named.get('customer')}")
        else:
            told.append(str(step + 1 if isinstance(step, int) else step))
    return told


def _keys(model: type[BaseModel], steps: tuple[int | str, ...]) -> list[str]:
    """Return the keys that the format knows at a place."""
    for step in steps:
        if isinstance(step, str) and step in model.model_fields:
            annotation = model.model_fields[step].annotation
            inner = [a for a in (annotation, *typing.get_args(annotation)) if isinstance(a, type) and issubclass(a, BaseModel)]
            model = inner[0] if inner else model
    return list(model.model_fields)


def _said(value: object) -> str:
    return value.isoformat() if isinstance(value, (date, time)) else repr(value)
