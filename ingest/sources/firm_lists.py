"""Published lists of firms: Fortune Global and China 500 (July 2025), ACFIC private 500 (August 2025), central SOEs (July 2025)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ingest.report import Report
from ingest.sources import File, Source


@dataclass(frozen=True)
class ListSource:
    """A published list: its file, the columns of rank and name, and what it is."""

    list_id: str
    file: str
    rank: str
    name: str
    ignored: tuple[str, ...]
    name_zh: str
    name_en: str
    publisher: str
    definition: str
    ordered: bool = True
    country: str = ""
    province: str = ""
    kept: tuple[int, int] = (500, 500)

    @property
    def origin_id(self) -> str:
        """Origin of the list's rows."""
        return f"list-{self.list_id}"

    @property
    def source(self) -> Source:
        """The list as a source: its whole length is known."""
        columns = (self.rank, self.name, *(c for c in (self.country, self.province) if c))
        return Source(self.origin_id, (self.origin_id,), (File(f"{FOLDER}/{self.file}", columns, self.ignored),), self.kept)


FOLDER, YEAR = "data/firm-lists-2025", 2025
LISTS = (
    ListSource(
        "central-soe", "list-soe_1.csv", "序号", "企业(集团)名称", ("官网链接",), "央企", "Central state-owned enterprises", "国务院国资委",
        "国务院国资委直接监管的中央企业名录（2025年7月），不含子公司；名录次序不是排名", ordered=False, kept=(95, 105),
    ),
    ListSource(
        "global-500", "list-glb500-y2025_1.csv", "排名", "公司名称(中文)", ("营业收入(百万美元)", "利润(百万美元)"), "世界500强", "Fortune Global 500",
        "Fortune", "2025年《财富》世界500强，按2024财年营业收入排名", country="国家",
    ),
    ListSource(
        "china-500", "list-chn500-y2025_1.csv", "排名", "公司名称(中文)", ("营业收入(百万美元)", "利润(百万美元)"), "中国500强", "Fortune China 500",
        "Fortune", "2025年《财富》中国500强，按2024年营业收入排名，含未上市公司",
    ),
    ListSource(
        "private-500", "list-fic500-y2025_1.csv", "序号", "企业名称", ("营收总额(万元)",), "民企500强", "China private 500", "全国工商联",
        "2025中国民营企业500强，按2024年营收总额排名", province="省份",
    ),
    ListSource(
        "private-manufacturing-500", "list-fic500-y2025_2.csv", "序号", "企业名称", ("营收总额(万元)",), "制造业民企500强", "China private manufacturing 500",
        "全国工商联", "2025中国制造业民营企业500强，按2024年营收总额排名", province="省份",
    ),
)  # fmt: skip
SOURCES = tuple(one.source for one in LISTS)

COUNTRIES = {
    "中国": "CN", "美国": "US", "日本": "JP", "德国": "DE", "法国": "FR", "英国": "GB", "韩国": "KR", "荷兰": "NL", "瑞士": "CH", "加拿大": "CA",
    "意大利": "IT", "西班牙": "ES", "印度": "IN", "巴西": "BR", "俄罗斯": "RU", "澳大利亚": "AU", "新加坡": "SG", "墨西哥": "MX", "爱尔兰": "IE",
    "瑞典": "SE", "泰国": "TH", "比利时": "BE", "丹麦": "DK", "卢森堡": "LU", "马来西亚": "MY", "挪威": "NO", "波兰": "PL", "沙特阿拉伯": "SA",
    "土耳其": "TR", "奥地利": "AT", "芬兰": "FI", "印度尼西亚": "ID", "以色列": "IL", "阿联酋": "AE", "阿拉伯联合酋长国": "AE", "卡塔尔": "QA", "葡萄牙": "PT", "哥伦比亚": "CO", "越南": "VN", "智利": "CL",
}  # fmt: skip


def read(raw: Path, report: Report) -> pd.DataFrame:
    """Return the rows of all lists: list_id, rank, listed_name, name_zh, name_en, country, province_name, origin_id.

    Fortune prints foreign firms as 沃尔玛（WALMART）: the Latin part in brackets is the English name.
    """
    frames = []
    for source in LISTS:
        counts, frame = source.source.start(report), source.source.files[0].read_csv(raw)
        parts = frame[source.name].map(split_listed_name)
        out = pd.DataFrame(
            {
                "list_id": source.list_id,
                "rank": pd.to_numeric(frame[source.rank], errors="coerce") if source.ordered else None,
                "listed_name": frame[source.name],
                "name_zh": [zh for zh, _ in parts],
                "name_en": [en for _, en in parts],
                "country": frame[source.country].map(COUNTRIES) if source.country else "CN",
                "province_name": frame[source.province] if source.province else None,
                "origin_id": source.origin_id,
            }
        )
        counts.read, counts.kept = len(frame), len(out)
        if source.country and out["country"].isna().any():
            counts.notes.append(
                f"country not in the table: {sorted(set(frame.loc[out['country'].isna(), source.country].dropna()))}"
            )
        frames.append(out)
    return pd.concat(frames, ignore_index=True)


def split_listed_name(listed: str) -> tuple[str, str | None]:
    """Return the Chinese and the English name of a listed name.

    >>> split_listed_name("沃尔玛（WALMART)")
    ('沃尔玛', 'WALMART')
    >>> split_listed_name("中国通用技术（集团）控股有限责任公司")
    ('中国通用技术（集团）控股有限责任公司', None)
    """
    found = re.fullmatch(r"(.+?)\s*[（(]([A-Z0-9&.,'’\-\s/À-Ý()]{2,}?)[)）]\s*", listed)
    return (found[1], found[2].strip()) if found else (listed.strip(), None)


def definitions() -> pd.DataFrame:
    """Return the table of the published lists."""
    return pd.DataFrame(
        [
            {
                "list_id": s.list_id,
                "name_zh": s.name_zh,
                "name_en": s.name_en,
                "year": YEAR,
                "publisher": s.publisher,
                "definition": s.definition,
                "origin_id": s.origin_id,
            }
            for s in LISTS
        ]
    )
