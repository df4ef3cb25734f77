"""A small graph that brings out every fault of a format, and a world whose segments have the names one likes."""

import math

import pandas as pd
import pytest
from planted_world import World

from chaingraph import Tables, build
from chaingraph.fields import Type
from chaingraph.tables import SPECS


@pytest.fixture(scope="session")
def small():
    """Two chains with three links, one of unknown strength, and firms whose names a spreadsheet would run."""
    flags = {f.name: False for f in SPECS["segments"].fields if f.type is Type.FLAG}
    segment = {"stage": "upstream", "segment_kind": "making", "products_zh": "甲；乙", **flags}
    names = ["=1+1", "@SUM(A1)", "+8613", "-1", "\t制表", "普通", "负-号", "'=已有", "''+两个", "'撇号"]
    return build(
        Tables.of(
            {
                "chains": pd.DataFrame({"chain_id": ["p", "q"], "name_zh": ["泵", "阀"], "name_en": ["pump", "valve"]}),
                "segments": pd.DataFrame(
                    [
                        {"segment_id": s, "chain_id": s[0], "name_zh": f'{s} <&> "“”', "name_en": s, **segment}
                        for s in ("p/iron", "p/part", "p/whole", "q/seat")
                    ]
                ),
                "supply_links": pd.DataFrame(
                    [("p/iron", "p/part", True, 0.25), ("p/part", "p/whole", True, math.nan), ("q/seat", "p/whole", False, 0.0)],
                    columns=["supplier_id", "customer_id", "is_essential", "strength"],
                ).assign(is_recycling=False),
                "companies": pd.DataFrame(
                    {
                        "company_id": [f"C-{i:04d}" for i in range(len(names))],
                        "name_zh": names,
                        "uscc": ["91330000000000000A"] * 9 + [None],
                        "stock_code": ["000001", "0610", None, "1e5", None, "600000", "NULL", "NA", "nan", None],
                        "founded_on": pd.to_datetime(["1999-01-02"] * 3 + [None] * 7),
                        "revenue_cny": [0.0, math.nan, 0.1 + 0.2, 1e16, -5.5, 123456789012.34, 1.0, -0.0, 5e-324, math.inf],
                        "employees": pd.Series([0, None, 2**53 + 1, 1, 2, 3, 4, -(2**63), 2**63 - 1, 5], dtype="Int64"),
                    }
                ),
            }
        )
    )


def named(names, links=()):
    """A graph of one chain whose segments have these names, a third of them in each stage and of each kind."""
    world = World()
    for i, _ in enumerate(names):
        where, kind = ("upstream", "midstream", "downstream")[i % 3], ("making", "service", "market")[i // 3 % 3]
        world.segment(f"end-{i}", stage=where, kind=kind)
    for a, b, more in links:
        world.link(f"end-{a}", f"end-{b}", **more)
    tables = world.tables()
    rows = tables["segments"]
    number = rows["segment_id"].str.rpartition("-")[2].astype(int)
    return build(tables.replace(segments=rows.assign(name_zh=[names[n] for n in number])))


@pytest.fixture(scope="session")
def of_names():
    return named


AWKWARD = [
    '引"号', "<b>&amp;</b>", "`x`", "1. 钢", "- x", "# h", "a;b", "#35;", "钢铁🏭𠮷", "\\n", "\\", "end", "很长" * 150, "两\n行",
    "a--b-->c", "it's", "=1+1", "控\x07制\x00", "{花}|(圆)[方]", "http://a.b/c?d=e&f", "%% no comment", " 空 白 ", "]]>", "graph",
]  # fmt: skip


@pytest.fixture(scope="session")
def awkward():
    """A chain of names that some format reads as more than a name, with every sort of link."""
    links = [
        (0, 1, {}),
        (1, 4, {"group": "body"}),
        (3, 4, {"group": "body"}),
        (4, 8, {"essential": False}),
        (8, 0, {"essential": False, "recycling": True}),
    ]
    return named(AWKWARD, links)
