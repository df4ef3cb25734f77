"""Worlds drawn from a seed whose gaps, breaks and right targets are known by construction, and the same worlds scrambled.

Cities lie on a parallel, 96 km from one to the next. Every city has all segments of a chain of essential inputs but one, its gap;
neighbours lack different ones. For each gap `RIGHT` firms make just that segment, sit next door, have built plants elsewhere and are
large and private; who sits next door for another city's equal gap is right too. Twice as many decoys for each make it too, but far away, small, owned by their locality, never moved, on weaker evidence.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from planted_world import YEARS, World

from chaingraph import ChainGraph, Tables, build

RIGHT = 3
DECOYS = 6
RIGHT_FIRM = {"ownership": "private", "founded_elsewhere": 4, "revenue_cny": 9e10, "confidence": 0.99}
DECOY = {"ownership": "local_state", "founded_elsewhere": None, "revenue_cny": 1e8, "confidence": 0.6}


@dataclass(frozen=True)
class PlantedRegions:
    """A drawn world: the segment that each city lacks, the firms that should come to it, and what is said of every firm."""

    gaps: dict[str, str]
    right: dict[str, frozenset[str]]
    firms: pd.DataFrame
    names: tuple[str, ...]

    @classmethod
    def drawn(cls, seed: int, cities: int, segments: int) -> PlantedRegions:
        """Draw a world of some size."""
        rng = np.random.default_rng(seed)
        names = tuple(f"s{i}" for i in range(segments))
        codes = [f"33{i + 1:02d}00" for i in range(cities)]
        lacking = [int(rng.integers(segments))]
        while len(lacking) < cities:
            lacking.append(int((lacking[-1] + 1 + rng.integers(segments - 1)) % segments))
        rows = []
        for i in range(cities):
            beside = [j for j in (i - 1, i + 1) if 0 <= j < cities]
            far = [j for j in range(cities) if abs(i - j) > 2 and lacking[j] != lacking[i]]
            seats = [*rng.choice(beside, RIGHT), *rng.choice(far, DECOYS)]
            for place, seat in enumerate(seats):
                company = f"C-{len(rows):04d}"
                rows.append({"company_id": company, "seat": codes[seat], "segment": names[lacking[i]]})
                rows[-1] |= RIGHT_FIRM if place < RIGHT else DECOY
        firms = pd.DataFrame(rows)
        right = {}
        for i, code in enumerate(codes):
            next_door = firms["seat"].isin([codes[j] for j in (i - 1, i + 1) if 0 <= j < cities])
            fits = (firms["segment"] == names[lacking[i]]) & (firms["ownership"] == "private")
            right[code] = frozenset(firms.loc[next_door & fits, "company_id"])
        return cls({c: names[k] for c, k in zip(codes, lacking, strict=True)}, right, firms, names)

    def scrambled(self, seed: int) -> PlantedRegions:
        """Return the world with seats, segments and all else dealt anew among the firms: who should come is then no more to be seen."""
        order = np.random.default_rng(seed).permutation(len(self.firms))
        dealt = self.firms.drop(columns="company_id").iloc[order].reset_index(drop=True)
        return PlantedRegions(self.gaps, self.right, dealt.assign(company_id=self.firms["company_id"]), self.names)

    def graph(self) -> ChainGraph:
        """Return the world as a graph."""
        world = World().chain(*self.names)
        for code, gap in self.gaps.items():
            world.cover(code, 400)
            for name in self.names:
                for period in YEARS:
                    if name != gap:
                        world.register(code, name, 20, period=period)
        for firm in self.firms.itertuples():
            world.firm(int(firm.company_id[2:]), firm.seat, firm.segment)
        frames = world.frames()
        said = self.firms.set_index("company_id")
        companies, activities = frames["companies"], frames["activities"]
        for column in ("ownership", "founded_elsewhere", "revenue_cny"):
            companies[column] = companies["company_id"].map(said[column])
        companies["revenue_year"] = 2020
        activities["confidence"] = activities["company_id"].map(said["confidence"])
        regions = [("330000", "东省", "province", None, 110.0, 30.0)]
        regions += [(code, f"城{i}市", "prefecture", "330000", 110.0 + i, 30.0) for i, code in enumerate(self.gaps)]
        columns = ["region_code", "name_zh", "region_level", "parent_code", "longitude_deg", "latitude_deg"]
        frames["regions"] = pd.DataFrame(regions, columns=columns).assign(origin_id="planted")
        return build(Tables.of(frames, version="planted"))
