"""Each format read: what becomes a chain, what of everything is kept or lost, and each fault with its message."""

from __future__ import annotations

import csv
import io
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chaingraph.errors import ChaingraphError, DataError, UnknownNameError
from ingest import foreign
from ingest.foreign.readings import Reading


def segments(reading: Reading, chain: int = 0) -> list[tuple[str, str, str, str]]:
    return [(s.id, s.name_zh, s.stage, s.kind) for s in reading.chains[chain].segments]


def balance(reading: Reading) -> dict[str, tuple[int, int, int, int]]:
    return {a.what: (a.total, a.kept, a.words, a.lost_count) for a in reading.losses.accounts.values()}


def messages(path, format_name: str | None = None) -> list[str]:
    with pytest.raises(DataError) as raised:
        foreign.read(path, format_name)
    return [str(p) for p in raised.value.problems]


# -- what becomes of a source ------------------------------------------------------------------------------------


def test_a_chain_map_becomes_segments_at_its_deepest_level_with_the_rest_as_a_note(maps):
    reading = foreign.read(maps)
    assert [(c.id, c.name_zh) for c in reading.chains] == [("maps-kong-tian", "空天"), ("maps-hai-yang", "海洋")]
    assert segments(reading) == [
        ("tai-he-jin", "钛合金", "upstream", "making"),
        ("dan-jing", "单晶", "upstream", "making"),
        ("meng-pi", "蒙皮（机身, 机翼）", "midstream", "making"),
        ("meng-pi-2", "蒙皮（机尾）", "midstream", "making"),
        ("hang-kong-wu-liu", "航空物流", "downstream", "market"),
    ]
    assert segments(reading, 1) == [("chuan-jian", "船检", "midstream", "service")]
    assert reading.chains[0].segments[1].note == "上游：材料 › 金属 › 高温合金"
    assert not any(c.links for c in reading.chains)


def test_a_chain_map_leaves_no_row_and_no_cell_uncounted(maps):
    found = balance(foreign.read(maps))
    assert found == {
        "rows": (8, 7, 0, 1),
        "cells of chain": (8, 8, 0, 0),
        "cells of stage": (8, 8, 0, 0),
        "cells of l1": (8, 0, 8, 0),
        "cells of l2": (8, 7, 1, 0),
        "cells of l3": (1, 1, 0, 0),
        "cells of l4": (0, 0, 0, 0),
        "firms": (8, 0, 0, 1),
    }


def test_an_atlas_becomes_segments_and_the_links_that_its_companies_show(atlas):
    reading = foreign.read(atlas)
    (chain,) = reading.chains
    assert (chain.id, chain.name_zh, chain.name_en) == ("atlas-semiconductor", "半导体", None)
    assert segments(reading) == [
        ("semi-wafer", "硅片", "upstream", "making"),
        ("semi-fab", "晶圆制造", "midstream", "making"),
        ("semi-car", "汽车电子", "downstream", "market"),
    ]
    wafer = chain.segments[0]
    assert (wafer.domestic_share, wafer.note, wafer.io_sector) == (0.3, "材料", None)
    assert wafer.leading_firms == {"万华化学": "gk", "TCL中环": "gk"}
    assert [(k.supplier, k.customer, k.essential, k.note) for k in chain.links] == [
        ("semi-wafer", "semi-fab", None, "硅片；抛光垫")
    ]
    assert [(f.name, f.stock_code) for f in reading.firms][:2] == [("万华化学", "600309"), ("TCL中环", "002129")]


def test_an_atlas_leaves_no_supply_and_no_field_uncounted(atlas):
    reading = foreign.read(atlas)
    assert balance(reading) | {"firms": (5, 5, 0, 0)} == {
        "supply relationships": (7, 2, 0, 5),
        "chains": (1, 1, 0, 0),
        "segments": (3, 3, 0, 0),
        "segments: group": (3, 0, 3, 0),
        "group labels": (2, 0, 2, 0),
        "icon": (1, 0, 0, 1),
        "group colours": (2, 0, 0, 2),
        "group_order": (2, 0, 0, 2),
        "segments: tier": (3, 0, 0, 3),
        "segments: layer": (3, 0, 0, 3),
        "segments: description": (3, 0, 0, 3),
        "firms: role": (2, 0, 0, 2),
        "data points": (2, 1, 0, 1),
        "data points: unit": (2, 0, 0, 2),
        "data points: type": (2, 0, 0, 2),
        "data points: source_name": (1, 0, 0, 1),
        "data points: last_updated": (1, 0, 0, 1),
        "new capacity": (1, 0, 0, 1),
        "supply relationships: relationship_type": (7, 0, 0, 7),
        "supply relationships: confidence": (7, 0, 0, 7),
        "supply relationships: notes": (1, 0, 0, 1),
        "firms": (5, 5, 0, 0),
    }
    assert {why: dict(names) for why, names in reading.losses.accounts["supply relationships"].lost.items()} == {
        "would close a loop": {"688981 → 600309: 回收硅": 1},
        "within one segment": {"600309 → 002129: 浆料": 1},
        "of a company in several segments: from or to which is not said": {"600703 → 688981: 衬底": 1},
        "name no buyer": {"600309 → ?: 树脂": 1},
        "between companies of which one is in no segment of the file": {"600309 → 999999: 树脂": 1},
    }


def test_the_products_of_openspg_become_one_chain_whose_stages_follow_from_the_links(spg):
    reading = foreign.read(spg)
    (chain,) = reading.chains
    assert segments(reading) == [
        ("xiang-jiao", "橡胶", "upstream", "making"),
        ("lun-tai", "轮胎", "midstream", "making"),
        ("qi-che", "汽车", "downstream", "making"),
        ("hua-gong-mao-yi", "化工贸易", "downstream", "service"),
        ("xiang-jiao-2", "香蕉", "downstream", "making"),
    ]
    assert chain.segments[0].note == "化工-橡胶（原材料-化工）"
    assert {(k.supplier, k.customer) for k in chain.links} == {
        ("xiang-jiao", "lun-tai"),
        ("xiang-jiao", "hua-gong-mao-yi"),
        ("lun-tai", "qi-che"),
        ("lun-tai", "xiang-jiao-2"),
    }
    assert balance(reading) == {
        "Product.csv: rows": (4, 3, 0, 1),
        "Product.csv: belongToIndustry": (3, 0, 2, 1),
        "Product.csv: hasSupplyChain": (6, 4, 0, 2),
        "Industry.csv: rows": (2, 0, 1, 1),
        "firms": (1, 0, 0, 1),
        "Company.csv: product": (2, 0, 0, 2),
        "Company_fundTrans_Company.csv: rows": (1, 0, 0, 1),
        "other files": (1, 0, 0, 1),
    }


# -- formats -----------------------------------------------------------------------------------------------------


def test_a_format_is_known_by_content_not_by_name(maps, atlas, spg):
    assert [foreign.read(p).format for p in (maps, atlas, spg)] == ["chain-maps", "chain-atlas", "openspg"]
    assert foreign.read(maps.rename(maps.with_name("other.csv"))).format == "chain-maps"


def test_what_cannot_be_read_is_refused_with_what_there_is(tmp_path, maps):
    (tmp_path / "notes.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(
        ChaingraphError, match=r"cannot tell the format of '.*notes.csv': name it with --format \(chain-maps: a CSV"
    ):
        foreign.read(tmp_path / "notes.csv")
    with pytest.raises(UnknownNameError, match=r"no format 'chainmaps'\. Did you mean 'chain-maps'.*There are chain-maps"):
        foreign.read(maps, "chainmaps")
    with pytest.raises(ChaingraphError, match="no file or folder"):
        foreign.read(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    for name in foreign.FORMATS:
        assert "missing-file" in _kinds(tmp_path / "empty", name)


def _kinds(path, name: str) -> set[str]:
    with pytest.raises(DataError) as raised:
        foreign.read(path, name)
    return {p.kind for p in raised.value.problems}


# -- faults ------------------------------------------------------------------------------------------------------

MAPS_FAULTS = {
    "a column that nobody knows, in place of one that is missing": (
        ("l4,company", "l4,compan"),
        [
            "maps.csv · column compan: found 'compan', expected a column of the format. Did you mean 'company'?",
            "maps.csv · column company: found no such column, expected a column of the format. Did you mean 'compan'?",
        ],
    ),
    "cells that must be filled": (
        ("空天,中游：制造,机尾,蒙皮,,,宝钛股份", ",中游：制造,机尾,蒙皮,,,"),
        [
            "maps.csv · row 6, chain: found nothing, expected a value for chain. Fill it in.",
            "maps.csv · row 6, company: found nothing, expected a value for company. Fill it in.",
        ],
    ),
    "a stage of another word": (
        ("下游：应用领域", "末端：应用领域"),
        [
            "maps.csv · row 7, stage: found '末端：应用领域', expected a text that opens with 上游, 中游, 下游. "
            "Say where in the chain it stands."
        ],
    ),
    "a gap between levels": (
        ("高温合金,单晶", ",单晶"),
        ["maps.csv · row 4, l2: found nothing, above a level that is filled, expected levels filled from l1 on. Fill it in."],
    ),
    "a row of another width": (
        ("顺丰\n", "顺丰,更多\n"),
        ["maps.csv · row 7: found 8 cells, expected 7, as in the header. Put a text that holds a comma in quotes."],
    ),
    "a quotation mark left open": (
        ('"机身, 机翼"', '"机身, 机翼'),
        ["maps.csv · line 9: found a quoted text that never ends, expected CSV. Is a quotation mark left open?"],
    ),
}


@pytest.mark.parametrize("fault", MAPS_FAULTS)
def test_each_fault_of_a_chain_map_has_its_message(fault, maps):
    (old, new), expected = MAPS_FAULTS[fault]
    text = maps.read_text(encoding="utf-8")
    assert text.count(old) == 1
    maps.write_text(text.replace(old, new), encoding="utf-8")
    assert messages(maps, "chain-maps") == expected


ATLAS_FAULTS = {
    "a key that nobody knows": (
        ("    role: 龙头", "    rule: 龙头"),
        "segments.semi_wafer.key_companies.1.rule: found the key rule, expected a key of the format. Did you mean 'role'?",
    ),
    "a key that is missing": (
        ("  position: midstream\n", ""),
        "segments.semi_fab.position: found nothing, expected a value for position. Fill it in.",
    ),
    "a position of another word": (
        ("position: midstream", "position: middle"),
        "segments.semi_fab.position: found 'middle', expected one of upstream, midstream, downstream. Did you mean 'midstream'?",
    ),
    "a share that is none": (
        ("current_value: 30", "current_value: 130"),
        "segments.semi_wafer.data_points.国产化率_百分比: found no percentage, expected one number from 0 to 100. Mend the value.",
    ),
    "a segment twice": (
        ("id: semi_fab", "id: semi-wafer"),
        "segments, id: found semi-wafer again, expected each id once. Rename one.",
    ),
    "a key twice": (
        ("icon: x", "icon: x\nicon: y"),
        "line 3: found the key icon twice, expected YAML of plain keys and values. Restore it, or write it out.",
    ),
    "an alias": (
        ("icon: x", "icon: &a x\nflow_description: *a"),
        "line 3: found an alias *a, expected YAML of plain keys and values. Restore it, or write it out.",
    ),
    "brackets without end": (
        ("icon: x", f"icon: {'[' * 200_000}"),
        "line 2: found brackets nested too deep, expected YAML of plain keys and values. Restore it, or write it out.",
    ),
    "a bracket left open": (
        ("[material, end]", "[material, end"),
        "line 57: found broken YAML, did not find expected ',' or ']', expected YAML of plain keys and values. Restore it, or write it out.",
    ),
    "a list where text belongs": (
        ("icon: x", "icon: [x]"),
        "icon: found ['x'], expected text in quotes. Write text in quotes.",
    ),
}


@pytest.mark.parametrize("fault", ATLAS_FAULTS)
def test_each_fault_of_an_atlas_has_its_message(fault, atlas):
    (old, new), expected = ATLAS_FAULTS[fault]
    text = atlas.read_text(encoding="utf-8")
    assert text.count(old) == 1
    atlas.write_text(text.replace(old, new), encoding="utf-8")
    assert messages(atlas, "chain-atlas") == [f"semiconductor.yaml · {expected}"]


def test_all_faults_of_all_files_are_told_at_once(atlas):
    whole = atlas.read_text(encoding="utf-8")
    atlas.write_text(whole.replace("  tier: 2\n", "").replace("icon", "ikon"), encoding="utf-8")
    atlas.with_name("second.yaml").write_bytes("industry: 半导体".encode("gbk"))
    atlas.with_name("third.yml").write_text("industry: x\nsegments: []\n", encoding="utf-8")
    found = messages(atlas.parent, "chain-atlas")
    assert [m.split(":")[0] for m in found] == [
        "second.yaml · line 1",
        "semiconductor.yaml · ikon",
        "semiconductor.yaml · segments.semi_fab.tier",
        "third.yml · segments",
    ]


def test_faults_of_openspg_are_told_with_their_file(spg):
    (spg / "Product.csv").write_text("id,belongToIndustry,hasSupplychain\n,,\nx,,\n", encoding="utf-8")
    (spg / "Company.csv").write_text("id,name\n", encoding="utf-8")
    assert messages(spg) == [
        "Company.csv · column product: found no such column, expected a column of the format. Add it.",
        "Product.csv · column hasSupplyChain: found no such column, expected a column of the format. Did you mean 'hasSupplychain'?",
        "Product.csv · column hasSupplychain: found 'hasSupplychain', expected a column of the format. Did you mean 'hasSupplyChain'?",
    ]


@pytest.mark.parametrize(("products", "loop"), [("a,,b\nb,,a\n", "→"), ("a,,a\n", "a")])
def test_products_that_go_into_themselves_are_a_fault(spg, products, loop):
    (spg / "Product.csv").write_text(f"id,belongToIndustry,hasSupplyChain\n{products}", encoding="utf-8")
    (found,) = messages(spg)
    assert found.startswith("Product.csv · hasSupplyChain: found a") or found.startswith("Product.csv · hasSupplyChain: found b")
    assert loop in found


# -- whatever comes ----------------------------------------------------------------------------------------------

damaged = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@damaged
@given(cut=st.integers(0, 5000), put=st.binary(max_size=4))
def test_a_damaged_file_gives_a_reading_or_problems_and_nothing_else(maps, atlas, spg, cut, put):
    for path, name in ((maps, "chain-maps"), (atlas, "chain-atlas"), (spg / "Product.csv", "openspg")):
        whole = path.read_bytes()
        at = cut % (len(whole) + 1)
        for content in (whole[:at], whole[:at] + put + whole[at + len(put) :]):
            path.write_bytes(content)
            with suppress(DataError):
                reading = foreign.read(path.parent if name == "openspg" else path, name)
                assert all(a.is_balanced for what, a in reading.losses.accounts.items() if what != "firms")
        path.write_bytes(whole)


names = st.sampled_from(["钛", "钛 合金", "RF", "服务", "应用", "‘x’", '"', "→", "钛合金", "-"])


@damaged
@given(
    st.lists(st.tuples(names, st.sampled_from(["上游", "中游：x", "下游：应用"]), names, names, names), min_size=1, max_size=12)
)
def test_every_chain_map_is_counted_whole_and_has_ids_of_its_own(tmp_path, rows):
    out = io.StringIO()
    csv.writer(out).writerows(
        [["chain", "stage", "l1", "l2", "l3", "l4", "company"], *([c, s, a, b, "", "", f] for c, s, a, b, f in rows)]
    )
    path = tmp_path / "any.csv"
    path.write_text(out.getvalue(), encoding="utf-8")
    reading = foreign.read(path)
    ids = [f"{c.id}/{s.id}" for c in reading.chains for s in c.segments]
    assert len(ids) == len(set(ids)) == len({row[:4] for row in rows})
    assert len(reading.firms) == len(set(rows))
    assert reading.losses.accounts["rows"].total == len(rows)
    assert all(a.is_balanced for what, a in reading.losses.accounts.items() if what != "firms")
