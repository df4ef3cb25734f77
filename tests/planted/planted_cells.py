"""Tables with every value that a column of their types could hold: what a store, or a file, has to give back."""

import numpy as np
import pandas as pd

from chaingraph import Tables
from chaingraph.fields import DTYPES, Type
from chaingraph.tables import SPECS

TEXTS = [
    None, "", " ", "  两头有空格  ", "𠮷野家", "👩‍👩‍👧‍👦 🇨🇳", "é", "e\u0301", "行\n换\r\n行\r\t", "\"双\" '单' ‘’ “” `", "; -- ,|\\", "\\N",
    "'; DROP TABLE companies; --", "\" UNION SELECT * FROM companies", "$1 ? :x {y} %s", "NULL", "null", "None", "nan", "NaN", "<NA>",
    "0610", "00", "1e5", "1.0", "2024-02-29", "true", "=1+1", "@SUM(A1)", "\ufeff标记", "\u2028\u200b", "\x00零", "长" * 70_000,
]  # fmt: skip
VALUES = {
    Type.TEXT: TEXTS,
    Type.CODE: TEXTS,
    Type.INTEGER: [None, 0, 1, -1, 2**53 + 1, 2**63 - 1, -(2**63), 20240229],
    Type.NUMBER: [np.nan, 0.0, -0.0, 0.1 + 0.2, 123456789012345.67, 5e-324, 1.7976931348623157e308, -1e-300, np.inf, -np.inf],
    Type.FLAG: [None, True, False],
    Type.DATE: [None, "1970-01-01", "1949-10-01", "2024-02-29", "0001-01-01", "1582-10-10", "9999-12-31"],
}
ROWS = 2 * len(TEXTS)


def a_column(kind: Type, shift: int) -> pd.Series:
    values = [VALUES[kind][(i + shift) % len(VALUES[kind])] for i in range(ROWS)]
    if kind is Type.DATE:
        values = [None if v is None else np.datetime64(v, "s") for v in values]
    return pd.Series(values, dtype="float64" if kind is Type.NUMBER else "object").astype(DTYPES[kind])


def awkward_tables():
    """Every table with every value its columns could hold, each column shifted against the next."""
    return Tables.of(
        {name: pd.DataFrame({f.name: a_column(f.type, n) for n, f in enumerate(spec.fields)}) for name, spec in SPECS.items()}
    )
