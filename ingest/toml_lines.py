"""Which line of a TOML file says what: the parser keeps no places, so each statement is read by itself."""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Iterator, Mapping

Steps = tuple[str | int, ...]


def lines(text: str) -> dict[Steps, int]:
    """Return the line, from 1, of every key, table and entry of a list of tables of a valid TOML text."""
    out: dict[Steps, int] = {}
    table: Steps = ()
    statement, begun = "", 1
    for number, line in enumerate(text.split("\n"), start=1):
        begun = begun if statement else number
        statement += line + "\n"
        try:
            said = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            # A list or a text that goes on in the next line.
            continue
        if statement.lstrip().startswith("["):
            table = _opened(said, out)
            out.setdefault(table, begun)
        for steps in () if statement.lstrip().startswith("[") else _keys(said):
            out.setdefault((*table, *steps), begun)
        statement = ""
    return out


def _opened(said: Mapping[str, object], out: Mapping[Steps, int]) -> Steps:
    """Return the table that a header opens: `[[segments]]` a further entry, `[segments.lexicon]` something in the latest one."""
    steps: Steps = ()
    here: object = said
    while isinstance(here, dict) and here:
        ((key, here),) = here.items()
        steps = (*steps, key)
        number = next(n for n in itertools.count() if (*steps, n) not in out)
        if isinstance(here, list):
            steps, here = (*steps, number), here[0]
        elif number:
            steps = (*steps, number - 1)
    return steps


def _keys(said: Mapping[str, object]) -> Iterator[Steps]:
    for key, value in said.items():
        yield (key,)
        if isinstance(value, dict):
            yield from ((key, *inner) for inner in _keys(value))
