"""All tables as a data package: CSV files for spreadsheets, with a `datapackage.json` that says what every column is.

The description is a Frictionless Data Package (version 1, Table Schema): types, units, keys, references, what stands for not
known, and of every table the sources and licences of its rows.
"""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pandas as pd

from chaingraph.errors import ChaingraphError
from chaingraph.exchange.excerpt import excerpt
from chaingraph.exchange.format import Format, Scope
from chaingraph.fields import Field, Type
from chaingraph.graph import ChainGraph
from chaingraph.phrases import Phrase
from chaingraph.tables import SPECS, Tables, TableSpec

DESCRIPTION = "datapackage.json"
TYPES = {
    Type.TEXT: "string",
    Type.CODE: "string",
    Type.INTEGER: "integer",
    Type.NUMBER: "number",
    Type.FLAG: "boolean",
    Type.DATE: "date",
}
_RISKY = r"'*[=+\-@\t\r]"
"""What a spreadsheet would run as a formula, with the apostrophes that already stand before it."""
_APOSTROPHES = (
    "A text that a spreadsheet would run as a formula (it begins with = + - @, a tab or a carriage return, after any apostrophes) "
    "has one apostrophe more in front; take that one away to have the text as it is."
)


def write(graph: ChainGraph, folder: Path, scope: Scope) -> None:
    """Write one CSV file a table and the description; `read` gives the tables back."""
    tables = excerpt(graph.tables, scope.chain) if scope.chain else graph.tables
    for name in SPECS:
        frame = tables[name].copy()
        for column in frame.columns[frame.dtypes == "str"]:
            risky = frame[column].str.match(_RISKY, na=False)
            frame.loc[risky, column] = "'" + frame.loc[risky, column]
        frame.to_csv(folder / f"{name}.csv", index=False, encoding="utf-8-sig", date_format="%Y-%m-%d", lineterminator="\r\n")
    description = json.dumps(describe(tables), ensure_ascii=False, indent=1)
    (folder / DESCRIPTION).write_text(description + "\n", encoding="utf-8")


def read(folder: Path) -> Tables:
    """Read a data package that `write` has written. A folder without one, or with a table missing, raises.

    What CSV cannot tell apart is read as not known: an empty text and none. Checked data have no empty text.
    """
    try:
        described = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        frames = {r["name"]: _frame(SPECS[r["name"]], folder / r["path"]) for r in described["resources"] if r["name"] in SPECS}
        return Tables.of(frames, str(described["version"]))
    except OSError as error:
        raise ChaingraphError(f"cannot read '{error.filename}': {error.strerror}. Give the folder of a whole package.") from error
    except (KeyError, TypeError, ValueError) as error:
        remedy = "Write it anew with `chaingraph export --to csv`."
        raise ChaingraphError(f"'{folder}' is no data package of chaingraph ({error!r}). {remedy}") from error


def _frame(spec: TableSpec, path: Path) -> pd.DataFrame:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    raw = pd.DataFrame(rows, columns=list(spec.columns), dtype="str").replace("", None)
    return pd.DataFrame({f.name: _column(f, raw[f.name]) for f in spec.fields})


def _column(field: Field, cells: pd.Series) -> pd.Series:
    if field.type in (Type.TEXT, Type.CODE):
        return cells.str.replace(rf"^'({_RISKY})", r"\1", regex=True)
    if field.type is Type.FLAG:
        return cells.map({"True": True, "False": False}).astype("boolean")
    if field.type is Type.DATE:
        return pd.to_datetime(cells, format="%Y-%m-%d").astype("datetime64[s]")
    return cells.astype("Int64" if field.type is Type.INTEGER else "float64")


def describe(tables: Tables) -> dict[str, object]:
    """Return the description of the package."""
    return {
        "profile": "tabular-data-package",
        "name": "chaingraph",
        "title": "Industrial chains, their segments and firms, by region",
        "description": _APOSTROPHES,
        "version": tables.version,
        "licenses": _licences(tables["origins"]),
        "sources": _sources(tables["origins"]),
        "resources": [_resource(spec, tables) for spec in SPECS.values()],
    }


def _resource(spec: TableSpec, tables: Tables) -> dict[str, object]:
    frame = tables[spec.name]
    known = tables["origins"]["origin_id"].isin(frame["origin_id"])
    origins = tables["origins"][known]
    more: dict[str, object] = {"licenses": _licences(origins), "sources": _sources(origins)} if known.any() else {}
    return {
        "profile": "tabular-data-resource",
        "name": spec.name,
        "title": spec.meaning,
        "path": f"{spec.name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        **more,
        "schema": {
            "fields": [_field(f, is_optional=f.name in spec.optional) for f in spec.fields],
            "missingValues": [""],
            "primaryKey": list(spec.key),
            "foreignKeys": [_foreign_key(spec, column, target) for column, target in spec.references.items()],
        },
    }


def _field(field: Field, *, is_optional: bool) -> dict[str, object]:
    constraints = {
        "required": not is_optional or None,
        "pattern": field.pattern,
        "minimum": field.low,
        "maximum": field.high,
        "enum": list(field.values) or None,
    }
    known = {k: v for k, v in constraints.items() if v is not None}
    return {
        "name": field.name,
        "type": TYPES[field.type],
        "description": field.meaning,
        **({"unit": field.unit} if field.unit else {}),
        **({"constraints": known} if known else {}),
    }


def _foreign_key(spec: TableSpec, column: str, target: str) -> dict[str, object]:
    table, key = target.split(".")
    return {"fields": column, "reference": {"resource": "" if table == spec.name else table, "fields": key}}


def _sources(origins: pd.DataFrame) -> list[dict[str, str]]:
    """Every origin as a source: title and path as the standard has them, the rest under our own names."""
    return [
        {
            "path" if k == "url" else k: f"{v:%Y-%m-%d}" if isinstance(v, pd.Timestamp) else str(v)
            for k, v in row.items()
            if pd.notna(v)
        }
        for row in origins.to_dict("records")
    ]


def _licences(origins: pd.DataFrame) -> list[dict[str, str]]:
    """Every licence once; terms that are no licence of a known name are called ``other`` and stand in the title."""
    texts = origins["licence"].dropna().unique()
    return [{"name": t if re.fullmatch(r"[-.\w]+", t, re.ASCII) else "other", "title": t} for t in texts]


FORMAT = Format(
    "csv",
    Phrase(
        "数据包：全部数据表及其说明，供电子表格等使用",
        "data package: all tables with their description, for spreadsheets and others",
    ),
    ".csv",
    write,
    is_folder=True,
)
