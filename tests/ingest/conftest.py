"""A small data folder written by hand, in which every table has rows and nothing is wrong; tests put faults into it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from chaingraph.errors import Problem
from chaingraph.tables import Tables, conform
from ingest import check_folder

TODAY = date(2030, 6, 30)

ORIGIN = """[[origins]]
origin_id = "{id}"
publisher = "统计局"
title = "A table"
licence = "MIT"
retrieved_on = 2030-01-01
published_on = 2029-05-01
confidence_level = "single-source"
"""

CHAIN = """id = "plastics"
name_zh = "塑料"
name_en = "Plastics"
confidence = "judgement"

[[segments]]
id = "coal"
name_zh = "煤炭"
name_en = "Coal"
stage = "upstream"
kind = "making"
location_bound = true
products_zh = ["无烟煤"]
industry_codes = ["0610"]
io_sector = "007"

[[segments]]
id = "resin"
name_zh = "树脂"
name_en = "Resin"
stage = "midstream"
kind = "making"
industry_codes = ["2651", "2659"]
io_sector = "046"
domestic_share = 0.8
leading_firms = {"万华化学" = "listed"}
[segments.lexicon]
specific = ["聚乙烯树脂"]

[[segments]]
id = "recycler"
name_zh = "再生塑料"
name_en = "Recycled plastics"
stage = "downstream"
kind = "making"
io_sector = "046"

[[segments]]
id = "packaging"
name_zh = "包装用户"
name_en = "Packaging users"
stage = "downstream"
kind = "market"
io_sector = "046"

[[links]]
supplier = "coal"
customer = "resin"
essential = true
strength = 0.1

[[links]]
supplier = "resin"
customer = "packaging"
essential = false

[[links]]
supplier = "packaging"
customer = "recycler"
essential = true

[[links]]
supplier = "recycler"
customer = "resin"
essential = false
recycling = true
"""

PROGRAMME = """id = "ningbo"
name_zh = "宁波计划"
region_code = "330200"
year = 2029
confidence = "verified"

[[clusters]]
name_zh = "绿色石化"
chains = ["plastics"]
confidence = "verified"

[[local_firms]]
chain = "plastics"
firms_zh = ["万华化学"]
confidence = "verified"
"""

COMPANY_HEADER = (
    "company_id,name_zh,short_name,name_en,uscc,stock_code,country,region_code,industry_label,ownership,controller,founded_on,"
    "listed_on,registered_capital_cny,revenue_cny,revenue_year,employees,company_status,founded_elsewhere,"
    "founded_elsewhere_last,origin_id"
)

FILES = {
    "reference/origin.toml": ORIGIN.format(id="standards"),
    "companies/origin.toml": ORIGIN.format(id="exchange"),
    "presence/origin.toml": ORIGIN.format(id="registrations"),
    "chains/origin.toml": ORIGIN.format(id="chain-facts") + ORIGIN.format(id="chain-judgement"),
    "programmes/origin.toml": "origins = []\n",
    "decisions/origin.toml": ORIGIN.format(id="decisions"),
    "chains/plastics.toml": CHAIN,
    "programmes/ningbo.toml": PROGRAMME,
    "reference/regions.csv": """region_code,name_zh,region_level,parent_code,longitude_deg,latitude_deg,origin_id
330000,浙江省,province,,120.15,30.26,standards
330200,宁波市,prefecture,330000,121.54,29.86,standards
331000,台州市,prefecture,330000,121.42,28.65,standards
""",
    "reference/industries.csv": """industry_code,name_zh,origin_id
06,煤炭开采和洗选业,standards
0610,烟煤和无烟煤开采洗选,standards
26,化学原料和化学制品制造业,standards
2651,初级形态塑料及合成树脂制造,standards
2659,其他合成材料制造,standards
""",
    "reference/io_sectors.csv": """io_sector,name_zh,name_en,domestic_share,origin_id
007,煤炭,Coal,0.93,standards
046,合成材料,Synthetic materials,0.8,standards
""",
    "reference/io_coefficients.csv": """supplier_sector,customer_sector,coefficient,origin_id
007,046,0.05,standards
046,046,0.2,standards
""",
    "companies/companies.csv": f"""{COMPANY_HEADER}
A-600309,万华化学集团股份有限公司,万华化学,,,600309,CN,330200,化工,,,1998-12-20,2001-01-05,3.1e+09,1.7e+11,2029,25000,active,3,2015,exchange
A-000001,宁波树脂股份有限公司,宁波树脂,,,000001,CN,330200,化工,,,2001-03-04,,,,,,,,,exchange
C-0a1b2c3d,台州塑料有限公司,,,,,CN,331000,,,,,,,,,,,,,exchange
""",
    "companies/company_names.csv": """company_id,alias,alias_kind,origin_id
A-600309,烟台万华,former,exchange
""",
    "companies/activities.csv": """company_id,segment_id,verdict,confidence,basis,matched_terms,is_leading,leading_evidence,origin_id
A-600309,plastics/resin,confirmed,0.9,main_business,聚乙烯树脂,True,listed,exchange
C-0a1b2c3d,plastics/recycler,to_review,0.4,name,塑料,False,,exchange
""",
    "companies/establishments.csv": """company_id,region_code,chain_id,confidence_level,source_url,note,origin_id
A-600309,331000,plastics,verified,,,exchange
""",
    "companies/firm_lists.csv": """list_id,name_zh,name_en,year,publisher,definition,origin_id
top-500,五百强,Top 500,2029,Fortune,按营业收入,exchange
""",
    "companies/memberships.csv": """list_id,company_id,year,rank,industry_label,listed_name,origin_id
top-500,A-600309,2029,7,,万华化学,exchange
""",
    "companies/ties.csv": """company_id,other_id,tie_kind,tie_text,origin_id
A-000001,A-600309,controlled_by,实际控制人,exchange
""",
    "decisions/lint.toml": '[[accepted]]\nrule = "orphan"\nwhere = "plastics/coal"\nbecause = "示例"\nbecause_en = "an example"\n',
    "decisions/names.csv": "name,means,reason\n万华,600309,简称\n",
    "decisions/activities.csv": "company,segment_id,verdict,reason\n台州塑料有限公司,plastics/resin,rejected,只做再生料\n",
    "decisions/seats.csv": "company,country,region_code,reason\n台州塑料有限公司,CN,331000,公开常识\nBASF,DE,,公开常识\n",
}
PARQUET: dict[str, list[dict[str, object]]] = {
    "presence": [
        {"region_code": "331000", "segment_id": "plastics/resin", "period": "2001-05", "company_count": 4}
        | {"capital_cny": 2e7, "capital_sq_cny2": 1.5e14, "origin_id": "registrations"}
    ],
    "coverage": [{"region_code": "331000", "year": 2005, "registration_count": 812, "origin_id": "registrations"}],
}


@dataclass(frozen=True)
class DataFolder:
    """A data folder to put faults into."""

    root: Path

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace a text that must occur exactly once."""
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{file} has {old!r} {text.count(old)} times"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def append(self, file: str, text: str) -> None:
        """Add a text at the end of a file."""
        with (self.root / file).open("a", encoding="utf-8") as out:
            out.write(text)

    def write(self, file: str, content: bytes) -> None:
        """Replace a whole file."""
        (self.root / file).write_bytes(content)

    def parquet(self, table: str, rows: list[dict[str, object]]) -> None:
        """Write `presence` or `coverage`."""
        conform(table, pd.DataFrame(rows)).to_parquet(self.root / f"presence/{table}.parquet", index=False)

    def check(self) -> tuple[Tables | None, list[Problem]]:
        """Check the folder on the day on which it is without fault."""
        return check_folder(self.root, TODAY)

    def messages(self) -> list[str]:
        """Return the problems as a person reads them."""
        return [str(problem) for problem in self.check()[1]]


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """A data folder without fault."""
    made = DataFolder(tmp_path / "data")
    for file, text in FILES.items():
        (made.root / file).parent.mkdir(parents=True, exist_ok=True)
        (made.root / file).write_text(text, encoding="utf-8")
    for table, rows in PARQUET.items():
        made.parquet(table, rows)
    return made
