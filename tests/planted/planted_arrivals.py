"""A world in which it is known by what rule firms come to cities: raw sources of it, written as the published ones are."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from chaingraph.metrics import great_circle_km

CITIES = (
    "浙江 台州;浙江 宁波;浙江 温州;浙江 金华;江苏 苏州;江苏 南通;江苏 徐州;安徽 芜湖;安徽 安庆;安徽 阜阳;山东 青岛;山东 德州;山东 临沂;"
    "河北 唐山;河北 保定;河南 洛阳;河南 南阳;湖北 宜昌;湖北 襄阳;湖南 岳阳;湖南 永州;江西 赣州;江西 九江;福建 泉州;福建 南平;"
    "广东 佛山;广东 湛江;广西 柳州;广西 玉林;四川 绵阳;四川 宜宾;贵州 遵义;云南 曲靖;陕西 宝鸡;甘肃 天水;辽宁 鞍山;吉林 四平;黑龙江 大庆"
)
BUSINESS = {
    "水泵": "水泵及真空设备的生产与销售",
    "乳品": "液态乳制品和奶粉的加工",
    "玻璃": "浮法玻璃原片与钢化玻璃制造",
    "轮胎": "全钢子午线轮胎及橡胶制品",
    "电缆": "电力电缆和光纤的研制生产",
    "饲料": "畜禽配合饲料的加工与销售",
}
SYLLABLES = "岚砚桐澜珩璟昶翊霁鸢祺瀚煦"
FOOTPRINT, NEARNESS = 1.2, 1.5
"""The rule: the odds of a firm among all for a city are exp(1.2 · ln(0.01 + Σ exp(−km / 600)) − 1.5 · ln(km + 50))."""


@dataclass
class ArrivalWorld:
    """Firms, arrivals and registrations of a planted world; `write` puts them below a folder as raw sources."""

    firms: pd.DataFrame
    arrivals: pd.DataFrame
    rows: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    """name, day, scope, province, city."""

    def write(self, raw: Path) -> Path:
        """Write the files that the published sources have."""
        for part in ("evaluation/arrivals", "data/arrivals", "data/a-share-firms", "data/registrations"):
            (raw / part).mkdir(parents=True, exist_ok=True)
        candidates = self.firms.drop(columns=["employee", "mainbusiness"])
        candidates.to_csv(raw / "evaluation/arrivals/candidates.csv", index=False)
        listed = self.firms[["stock_code", "employee", "mainbusiness"]].rename(columns={"stock_code": "stockid"})
        listed.assign(producttype="").to_csv(raw / "data/a-share-firms/cn_corp202012.csv", index=False, encoding="utf-8-sig")
        self.arrivals.to_csv(raw / "data/arrivals/arrivals.csv", index=False)
        rows = pd.DataFrame(self.rows, columns=["name", "registered_on", "scope", "province", "city"])
        rows.to_parquet(raw / "data/registrations/registrations.parquet", index=False)
        return raw


def arrival_world(
    seats, *, firms: int = 150, first: int = 1992, last: int = 2012, seed: int = 5, certain: bool = False
) -> ArrivalWorld:
    """Return a world in which, every year, each second city gets one firm, drawn by the rule.

    `certain`: none is drawn, the one with the best odds at the beginning of the year comes.
    """
    chance = np.random.default_rng(seed)
    cities = [tuple(c.split()) for c in CITIES.split(";")]
    at = seats.of_all(*zip(*cities, strict=True))
    km = great_circle_km(at[:, :1], at[:, 1:], at[None, :, 0], at[None, :, 1])
    names = [f"{a}{b}" for a in SYLLABLES for b in SYLLABLES if a != b][:firms]
    industry = chance.choice(list(BUSINESS), firms)
    seat = chance.integers(len(cities), size=firms)
    table = pd.DataFrame(
        {
            "stock_code": [f"{i:06d}" for i in range(1, firms + 1)],
            "short_name": [f"{n}{i}" for n, i in zip(names, industry, strict=True)],
            "full_name": [f"{n}{i}股份有限公司" for n, i in zip(names, industry, strict=True)],
            "hq_province": [cities[s][0] for s in seat],
            "hq_city": [cities[s][1] for s in seat],
            "industry": industry,
            "revenue_2020_cny": (10 ** chance.uniform(8, 11, firms)).round().astype(int),
            "employee": chance.integers(50, 20_000, firms),
            "mainbusiness": [BUSINESS[i] for i in industry],
        }
    )
    world, pull, came = ArrivalWorld(table, pd.DataFrame()), np.zeros((len(cities), firms)), set()
    arrivals = []
    for year in range(first, last + 1):
        standing = pull.copy() if certain else pull
        for city in chance.permutation(len(cities))[: len(cities) // 2]:
            odds = FOOTPRINT * np.log(0.01 + standing[city]) - NEARNESS * np.log(km[city, seat] + 50)
            closed = (seat == city) | np.array([(city, f) in came for f in range(firms)])
            share = np.where(closed, 0.0, np.exp(odds))
            firm = int(share.argmax() if certain else chance.choice(firms, p=share / share.sum()))
            came.add((city, firm))
            pull[:, firm] += np.exp(-km[:, city] / 600)
            day, name = f"{year}-{1 + year % 12:02d}-15", f"{cities[city][1]}{table.at[firm, 'short_name']}有限公司"
            arrivals.append((table.at[firm, "stock_code"], *cities[city], day))
            world.rows.append((name, day, table.at[firm, "mainbusiness"], *cities[city]))
        for province, city in cities:
            for n in range(6):
                made = chance.choice(list(BUSINESS))
                world.rows.append((f"{city}第{n}{made}厂", f"{year}-03-{n + 1:02d}", BUSINESS[made], province, city))
    world.arrivals = pd.DataFrame(arrivals, columns=["stock_code", "province", "city", "registered_on"])
    return world
