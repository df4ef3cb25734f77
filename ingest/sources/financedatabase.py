"""Large foreign firms: FinanceDatabase's large caps outside China (MIT), manufacturing and materials industries only."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pandas as pd

from ingest.report import Report
from ingest.sources import File, Source

ORIGIN = "financedatabase"
LARGE_CAPS = File(
    "data/financedatabase/large_caps.csv",
    ("name", "summary", "industry", "country"),
    ("symbol", "sector", "industry_group", "city", "market_cap"),
)
SOURCES = (Source("financedatabase", (ORIGIN,), (LARGE_CAPS,), (450, 750)),)
INDUSTRIES = frozenset(
    """Machinery|Chemicals|Automobiles|Auto Components|Pharmaceuticals|Biotechnology|Metals & Mining|Electrical Equipment
Semiconductors & Semiconductor Equipment|Health Care Equipment & Supplies|Electronic Equipment, Instruments & Components
Household Durables|Household Products|Beverages|Food Products|Aerospace & Defense|Building Products|Construction Materials
Textiles, Apparel & Luxury Goods|Paper & Forest Products|Containers & Packaging|Industrial Conglomerates|Communications Equipment
Technology Hardware, Storage & Peripherals|Energy Equipment & Services|Life Sciences Tools & Services|Personal Products|Construction & Engineering""".replace(
        "\n", "|"
    ).split("|")
)
COUNTRIES = {
    "United States": "US", "Japan": "JP", "United Kingdom": "GB", "India": "IN", "France": "FR", "Canada": "CA", "Germany": "DE", "Switzerland": "CH",
    "Australia": "AU", "Sweden": "SE", "Netherlands": "NL", "South Korea": "KR", "Taiwan": "TW", "Italy": "IT", "Spain": "ES", "Denmark": "DK",
    "Finland": "FI", "Norway": "NO", "Belgium": "BE", "Ireland": "IE", "Brazil": "BR", "Israel": "IL", "Austria": "AT", "Luxembourg": "LU",
    "Singapore": "SG", "Mexico": "MX", "Thailand": "TH", "Indonesia": "ID", "Malaysia": "MY", "South Africa": "ZA", "Russia": "RU", "Turkey": "TR",
    "Saudi Arabia": "SA", "Hong Kong": "HK",
}  # fmt: skip
LEGAL = re.compile(
    r"\b(AKTIENGESELLSCHAFT|CORPORATION|CORP|INCORPORATED|INC|COMPANY|COMPANIES|CO|(PUBLIC )?LIMITED|LTD|PLC|(PUBLIC )?JOINT STOCK|SOCIETE ANONYME"
    r"|AG|SE|SA|S A B DE C V|S A|S E|NV|N V|AB|ASA|A S|OYJ|SPA|S P A|KGAA|HOLDINGS?|GROUP|THE)\b"
)
SHARE = re.compile(r"( - REGISTERED SHARES| SPONSORED .*| (SCA )?CLASS [A-Z]| (PREF|PFD|O\.N\.))+$")
"""What a listing adds to the firm's name: the class of share, a depositary receipt."""
CUT = re.compile(r"DRN$|GDRS")
"""A depositary receipt under a name cut short (KOPHILIPS   DRN): no name to know the firm by."""


def english_key(name: str) -> str:
    """Return the identifying words of an English firm name: without legal form, class of share, accents and what stands in
    brackets; upper case, one space between.

    >>> english_key("Siemens Aktiengesellschaft"), english_key("L'Oréal S.A."), english_key("KONE Oyj Class B")
    ('SIEMENS', 'LOREAL', 'KONE')
    """
    text = "".join(sign for sign in unicodedata.normalize("NFKD", name.upper()) if not unicodedata.combining(sign))
    text = re.sub(r"\(.*?\)|['’]", "", SHARE.sub("", text))
    text = LEGAL.sub(" ", " ".join(re.sub(r"[^A-Z0-9&]+", " ", text).split()))
    return re.sub(r"^COMPAGNIE DE |( &| AND)+$", "", " ".join(text.split()))


def read(raw: Path, report: Report) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return (companies, texts): foreign makers by name, one row per firm; texts have company key and English summary (never shipped)."""
    counts, frame = SOURCES[0].start(report), LARGE_CAPS.read_csv(raw)
    counts.read = len(frame)
    frame = frame.assign(country_code=frame["country"].map(COUNTRIES))
    for reason, kept in (
        ("Chinese, comes from better sources", ~frame["country"].isin(["China", "Hong Kong"])),
        ("not a making industry", frame["industry"].isin(INDUSTRIES)),
        ("country not given or not in the table", frame["country_code"].notna()),
        ("no name, or one cut short", frame["name"].notna() & ~frame["name"].str.contains(CUT, na=False)),
    ):
        now = kept.reindex(frame.index)
        counts.rejected[reason] += int((~now).sum())
        frame = frame[now]
    key = frame["name"].map(english_key)
    frame = frame.assign(key=key, length=frame["name"].str.len()).sort_values(["key", "length", "name"])
    named = frame[frame["key"] != ""]
    unique = named.drop_duplicates("key")
    counts.rejected["no name, or one cut short"] += len(frame) - len(named)
    counts.rejected["another listing of the same firm"] += len(named) - len(unique)
    counts.kept = len(unique)
    firms = pd.DataFrame(
        {
            "key": unique["key"],
            "name_zh": unique["name"].str.strip(),
            "name_en": unique["name"].str.strip(),
            "country": unique["country_code"],
            "industry_label": unique["industry"],
            "company_status": "active",
            "origin_id": ORIGIN,
        }
    )
    return firms.reset_index(drop=True), unique[["key", "summary"]].reset_index(drop=True)
