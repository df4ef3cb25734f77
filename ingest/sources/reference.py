"""National standards and tables: GB/T 4754-2017 and the input–output table of 2020 (National Bureau of Statistics)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ingest.report import Report
from ingest.sources import File, Source

GBT_ORIGIN, IO_ORIGIN = "gbt4754-2017", "io-table-2020"
SECTORS = [f"{i:03d}" for i in range(1, 154)]
CODES = File("data/gbt4754-2017/gbt4754_2017.csv", ("section", "division", "group", "class", "name"), ("level", "remark"))
IO_TABLE = File(
    "data/china-io-tables/china_2020_153.csv",
    ("Code", "Description", "DescriptionInChinese", *SECTORS, "EX", "IM", "GO"),
    ("TIU", "FU101", "FU102", "THC", "FU103", "TC", "FU201", "FU202", "GCF", "TFU"),
)
INDUSTRIES = Source("gbt4754-2017", (GBT_ORIGIN,), (CODES,), (1_771, 1_771))
INPUT_OUTPUT = Source("io-table-2020", (IO_ORIGIN,), (IO_TABLE,), (15_000, 15_500))
SOURCES = (INDUSTRIES, INPUT_OUTPUT)


def read_industries(raw: Path, report: Report) -> pd.DataFrame:
    """Return code and name of every section, division, group and class."""
    counts, frame = INDUSTRIES.start(report), CODES.read_csv(raw)
    code = frame["class"].fillna(frame["group"]).fillna(frame["division"]).fillna(frame["section"])
    out = pd.DataFrame({"industry_code": code, "name_zh": frame["name"], "origin_id": GBT_ORIGIN}).drop_duplicates(
        "industry_code"
    )
    counts.read, counts.kept = len(frame), len(out)
    counts.rejected["listed twice"] = len(frame) - len(out)
    return out


def read_io_table(raw: Path, report: Report) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the sectors with their domestic share, and the direct-input coefficients a_ij = z_ij / x_j (Leontief 1936).

    Coefficients below 1e-5 are left out; they round to nothing. Domestic share = (GO − EX) / (GO − EX + IM).
    """
    counts, frame = INPUT_OUTPUT.start(report), IO_TABLE.read_csv(raw)
    body = frame.set_index("Code").loc[SECTORS]
    numbers = body[[*SECTORS, "EX", "IM", "GO"]].astype(float)
    output = numbers["GO"]
    coefficients = numbers[SECTORS].to_numpy() / output.to_numpy()[None, :]
    home = output - numbers["EX"]
    share = (home / (home + numbers["IM"])).clip(0, 1).round(4)
    sectors = pd.DataFrame(
        {
            "io_sector": SECTORS,
            "name_zh": body["DescriptionInChinese"].to_numpy(),
            "name_en": body["Description"].to_numpy(),
            "domestic_share": share.to_numpy(),
            "origin_id": IO_ORIGIN,
        }
    )
    links = pd.DataFrame(coefficients, index=SECTORS, columns=SECTORS).rename_axis("supplier_sector").reset_index()
    links = links.melt("supplier_sector", var_name="customer_sector", value_name="coefficient")
    links["coefficient"] = links["coefficient"].round(6)
    kept = links[links["coefficient"] >= 1e-5].assign(origin_id=IO_ORIGIN)
    counts.read, counts.kept = len(links), len(kept)
    counts.rejected["coefficient below 0.00001"] = len(links) - len(kept)
    return sectors, kept
