"""The data dictionary as Markdown, made from fields.py and tables.py; `python -m chaingraph.dictionary` prints it.

docs/data_dictionary.md is this text; a test keeps it current.
"""

from __future__ import annotations

import sys

from chaingraph.fields import FIELDS, FORMS, Field, Type
from chaingraph.tables import SPECS, TableSpec

HEAD = """# Data dictionary

Generated from `chaingraph/fields.py` and `chaingraph/tables.py` by `python -m chaingraph.dictionary`; do not edit.

A column is defined once: a name means the same, in the same type and unit, in every table that has it.
A code is text even when it looks like a number: `0610` stays `0610`. A missing value means *not known*, never zero.
"""
TYPES: dict[Type, str] = {
    Type.TEXT: "text",
    Type.CODE: "code (text)",
    Type.INTEGER: "whole number",
    Type.NUMBER: "number",
    Type.FLAG: "true or false",
    Type.DATE: "day, YYYY-MM-DD",
}
ESCAPED_BAR = r"\|"


def to_markdown() -> str:
    """Return the dictionary: each table with its meaning, key, references and columns; then every column and its tables."""
    contents = [f"- [{spec.name}](#{spec.name}): {spec.meaning}" for spec in SPECS.values()]
    sections = [_table(spec) for spec in SPECS.values()]
    return "\n".join([HEAD, "## Tables\n", *contents, "", *sections, _index()])


def _table(spec: TableSpec) -> str:
    optional = [column for column in spec.key if column in spec.optional]
    key = ", ".join(f"`{column}`" for column in spec.key)
    key += f" ({', '.join(f'`{c}`' for c in optional)} may be missing; missing counts as a value)" if optional else ""
    lines = [f"### {spec.name}\n", f"{_sentence(spec.meaning)}\n", f"Key: {key}.\n"]
    if spec.references:
        references = [f"- `{column}` → {_link(target)}" for column, target in spec.references.items()]
        lines += ["References:\n", *references, ""]
    rows = [_row(field, field.name in spec.optional) for field in spec.fields]
    lines += ["| Column | Type | Unit | Allowed | Meaning | May be missing |", "| --- | --- | --- | --- | --- | --- |", *rows, ""]
    return "\n".join(lines)


def _row(field: Field, optional: bool) -> str:
    cells = [f"`{field.name}`", TYPES[field.type], field.unit, allowed(field), field.meaning, "yes" if optional else "no"]
    escaped = [cell.replace("|", ESCAPED_BAR) for cell in cells]
    return f"| {' | '.join(escaped)} |"


def allowed(field: Field) -> str:
    """Return in words which values a field allows; empty where any value of its type is allowed."""
    said = [", ".join(f"`{word}`" for word in field.values)] if field.values else []
    said += [FORMS[field.pattern]] if field.pattern else []
    if field.low is not None and field.high is not None:
        said.append(f"{field.low:g} to {field.high:g}")
    elif field.low is not None:
        said.append(f"{field.low:g} or more")
    elif field.high is not None:
        said.append(f"{field.high:g} or less")
    said += ["not in the future"] if field.not_future else []
    return "; ".join(said)


def _index() -> str:
    lines = ["## Columns\n", "Every column with the tables that have it.\n", "| Column | Tables |", "| --- | --- |"]
    for name in sorted(FIELDS):
        tables = [_link(spec.name) for spec in SPECS.values() if name in spec.columns]
        lines.append(f"| `{name}` | {', '.join(tables)} |")
    return "\n".join([*lines, ""])


def _link(target: str) -> str:
    table, _, column = target.partition(".")
    return f"[{table}](#{table})" + (f".`{column}`" if column else "")


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


if __name__ == "__main__":
    sys.stdout.write(to_markdown())
