"""Listed A-share firms: who is listed (May 2024), seat and capital (May 2024), revenue 2020 and business (to March 2022)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from chaingraph.model import Ownership
from ingest.names import plain
from ingest.report import Report
from ingest.sources import File, Source

ORIGIN = "a-shares"
BASIC = File(
    "data/a-share-firms/stock_basic_202405.csv",
    ("symbol", "name", "industry", "list_date", "act_name", "act_ent_type"),
    ("ts_code", "area", "cnspell", "market"),
)
COMPANY = File(
    "data/a-share-firms/stock_company_202405.csv",
    ("ts_code", "reg_capital", "setup_date", "province", "city", "employees"),
    ("exchange", "website"),
)
EARLIER = File(
    "data/a-share-firms/cn_corp202012.csv",
    ("stockid", "sname", "name", "prov", "city", "revenue20", "industry", "producttype", "mainbusiness"),
    ("revenue18", "netprofit18", "revenue19", "netprofit19", "netprofit20", "employee", "listingdate"),
)
ARRIVED = File(
    "data/arrivals/arrivals.csv",
    ("stock_code", "province", "city", "registered_on"),
    ("short_name", "parent_name", "industry", "hq_city", "arrival_name"),
)
FIRMS = Source("a-share-firms", (ORIGIN,), (BASIC, COMPANY, EARLIER), (5_000, 6_500))
ARRIVALS = Source("arrivals", (ORIGIN,), (ARRIVED,), (500, 700))
SOURCES = (FIRMS, ARRIVALS)
OWNERSHIP = {
    "民营企业": Ownership.PRIVATE.value,
    "地方国企": Ownership.LOCAL_STATE.value,
    "中央国企": Ownership.CENTRAL_STATE.value,
    "外资企业": Ownership.FOREIGN.value,
    "集体企业": Ownership.COLLECTIVE.value,
    "校办企业": Ownership.LOCAL_STATE.value,
    "无": Ownership.NONE.value,
}
ORGANISATION = r"公司|集团|委员会|政府|财政|国资|厅$|局$|大学|学院|联合社|企业联合会|研究院|合作社|基金会|中心"


def read(raw: Path, report: Report) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return (companies, texts): one row per listed firm; texts have company_id, products and business (never shipped).

    A controller is kept only when it is an organisation: names of persons do not enter.
    """
    counts = FIRMS.start(report)
    basic, company, earlier = BASIC.read_csv(raw), COMPANY.read_csv(raw), EARLIER.read_csv(raw)
    counts.read = len(basic)
    company = company.assign(symbol=company["ts_code"].str[:6]).drop_duplicates("symbol")
    frame = basic.merge(company, on="symbol", how="left").merge(
        earlier.drop_duplicates("stockid").rename(
            columns={"stockid": "symbol", "name": "full_name", "city": "city_2020", "industry": "industry_2020"}
        ),
        on="symbol",
        how="left",
    )
    counts.notes.append(f"{int(frame['full_name'].isna().sum())} listed after March 2022: full name and 2020 revenue not known")
    # A code changes hands through back-door listings: name, revenue and business of the earlier row are then another firm's.
    other = _other_business(frame)
    former_full = frame["full_name"].where(other)
    frame.loc[other, ["full_name", "revenue20", "producttype", "mainbusiness"]] = None
    counts.notes.append(f"{int(other.sum())} with another name and industry than in 2022: earlier revenue and business left out")
    revenue = pd.to_numeric(frame["revenue20"], errors="coerce")
    special = frame["name"].str.contains("ST", regex=False)
    out = pd.DataFrame(
        {
            "company_id": "A-" + frame["symbol"],
            "name_zh": frame["full_name"].fillna(frame["name"]),
            "short_name": frame["name"],
            "stock_code": frame["symbol"],
            "country": "CN",
            "province_name": frame["province"].fillna(frame["prov"]),
            "city_name": frame["city"].fillna(frame["city_2020"]),
            "industry_label": frame["industry"],
            "ownership": frame["act_ent_type"].map(OWNERSHIP),
            "controller": frame["act_name"].where(frame["act_name"].str.contains(ORGANISATION, na=False)),
            "founded_on": _day(frame["setup_date"]),
            "listed_on": _day(frame["list_date"]),
            "registered_capital_cny": pd.to_numeric(frame["reg_capital"], errors="coerce") * 1e4,
            "revenue_cny": revenue,
            "revenue_year": revenue.notna().map({True: 2020, False: None}),
            "employees": pd.to_numeric(frame["employees"], errors="coerce").round(),
            "company_status": special.map({True: "special_treatment", False: "active"}),
            "origin_id": ORIGIN,
        }
    )
    former = frame["sname"].where(frame["sname"].notna() & (frame["sname"] != frame["name"]))
    out = out.assign(former_short=former, former_full=former_full).drop_duplicates("company_id")
    counts.kept = len(out)
    counts.rejected["listed twice"] += counts.read - counts.kept
    texts = pd.DataFrame(
        {"company_id": "A-" + frame["symbol"], "products": frame["producttype"], "business": frame["mainbusiness"]}
    )
    return out, texts.drop_duplicates("company_id")


def _other_business(frame: pd.DataFrame) -> pd.Series:
    """Whether neither the short name (no two neighbouring characters in common) nor the industry is that of the earlier row."""

    def pairs(name: str) -> set[str]:
        text = plain(name)
        return {text[i : i + 2] for i in range(len(text) - 1)}

    renamed = [
        isinstance(earlier, str) and not pairs(name) & pairs(earlier)
        for name, earlier in zip(frame["name"], frame["sname"], strict=True)
    ]
    return pd.Series(renamed, index=frame.index) & (frame["industry"] != frame["industry_2020"])


def _day(text: pd.Series) -> pd.Series:
    return pd.to_datetime(text, format="%Y%m%d", errors="coerce")


def read_founded_elsewhere(raw: Path, report: Report) -> pd.DataFrame:
    """Return by listed firm in how many other cities a subsidiary bearing its name was registered to 2019: totals only."""
    counts, frame = ARRIVALS.start(report), ARRIVED.read_csv(raw)
    counts.read = counts.kept = len(frame)
    places = frame["province"].str.cat(frame["city"])
    grouped = frame.assign(place=places, year=frame["registered_on"].str[:4].astype(int)).groupby("stock_code")
    return pd.DataFrame(
        {"founded_elsewhere": grouped["place"].nunique(), "founded_elsewhere_last": grouped["year"].max()}
    ).reset_index()
