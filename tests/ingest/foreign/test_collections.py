"""A reading as a collection: written and read back as it was, its firms matched, added to a data folder, refused when faulty."""

from __future__ import annotations

import csv
import json
import tomllib
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from chaingraph import build, exchange
from chaingraph.cli import app
from chaingraph.diagnosis import diagnose
from chaingraph.drawing.picture import chain_picture
from chaingraph.errors import ChaingraphError, DataError, UnknownNameError
from chaingraph.model import Presence
from ingest import check_folder, foreign, load, optional
from ingest.chains import ForeignChain, ForeignLink, ForeignSegment, read_chain_files
from ingest.foreign.writing import chain_toml
from ingest.load import folder_version

PASSPORT = {
    "origin_id": "else",
    "publisher": "Somebody",
    "title": "A source",
    "licence": "MIT",
    "retrieved_on": "2020-01-01",
    "confidence_level": "single-source",
}


@pytest.fixture
def data(folder) -> Path:
    """The small data folder, with its days before today."""
    for path in folder.root.rglob("*"):
        if path.suffix in (".csv", ".toml"):
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace("2030-", "2020-").replace("2029", "2019"), encoding="utf-8")
    return folder.root


@pytest.fixture
def companies(data) -> foreign.Companies:
    """Its companies."""
    return foreign.Companies(load(data), {})


@pytest.fixture
def collection(data, atlas, companies) -> Path:
    """The small atlas as an optional collection of the data folder."""
    place = data / "optional" / "else"
    reading = foreign.read(atlas)
    foreign.write(reading, foreign.place(reading, companies), PASSPORT, place)
    return place


# -- firms -------------------------------------------------------------------------------------------------------


def test_firms_of_a_map_are_kept_where_the_match_is_accepted_and_lost_by_name_elsewhere(maps, companies):
    reading = foreign.read(maps)
    placed = foreign.place(reading, companies)
    assert placed[["company_id", "segment_id", "verdict", "is_leading"]].to_numpy().tolist() == [
        ["A-600309", "maps-kong-tian/tai-he-jin", "to_review", False]
    ]
    account = reading.losses.accounts["firms"]
    assert account.is_balanced
    assert (account.total, account.kept, account.words) == (8, 1, 0)
    assert account.lost["not among our companies"] == {"宝钛股份": 4, "顺丰": 1, "中国船级社": 1}
    assert account.lost["the same row again"] == {"宝钛股份": 1}


def test_a_firm_must_be_the_company_of_its_code_by_name_as_well(atlas, companies):
    reading = foreign.read(atlas)
    assert foreign.place(reading, companies)["company_id"].tolist() == ["A-600309"]
    atlas.write_text(atlas.read_text(encoding="utf-8").replace("- code: '600309'", "- code: '600300'"), encoding="utf-8")
    other = foreign.read(atlas)
    assert foreign.place(other, companies).empty
    assert (other.losses.accounts["firms"].words, other.losses.accounts["firms"].is_balanced) == (5, True)


def test_one_company_under_two_names_is_one_activity_and_a_persons_word_decides(maps, data):
    maps.write_text(
        maps.read_text(encoding="utf-8-sig").replace(
            "空天,上游：材料,金属,钛合金,,,宝钛股份\n", "空天,上游：材料,金属,钛合金,,,万华\n", 1
        ),
        encoding="utf-8-sig",
    )
    reading = foreign.read(maps)
    placed = foreign.place(reading, foreign.Companies(load(data), {"万华": "600309"}))
    assert len(placed) == 1
    assert reading.losses.accounts["firms"].lost["of a company that the segment has under another name"] == {"万华": 1}


# -- files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["maps", "atlas", "spg"])
def test_what_is_written_is_read_back_as_it_was_and_is_without_fault(source, request, data, companies):
    reading = foreign.read(request.getfixturevalue(source))
    place = data / "optional" / "else"
    foreign.write(reading, foreign.place(reading, companies), PASSPORT, place)
    chains, problems = read_chain_files(place, place.parent, ForeignChain)
    assert problems == []
    assert {c.id: c for c in reading.chains} == chains
    tables, problems = check_folder(data, also=["else"])
    assert [str(p) for p in problems] == []
    assert {f"{c.id}/{s.id}" for c in reading.chains for s in c.segments} < set(tables["segments"]["segment_id"])
    report = json.loads((place / "losses.json").read_text(encoding="utf-8"))
    assert report["accounts"] == reading.losses.as_dict()
    with (place / "activities.csv").open(encoding="utf-8") as file:
        assert {row["origin_id"] for row in csv.DictReader(file)} <= {"else"}


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


@given(name=texts, note=texts, firm=texts, share=st.floats(0, 1), essential=st.sampled_from([None, True, False]))
def test_any_text_survives_the_file_of_a_chain(name, note, firm, share, essential):
    segment = ForeignSegment(
        id="a", name_zh=name, stage="upstream", kind="making", note=note, domestic_share=share, leading_firms={firm: "gk"}
    )
    link = ForeignLink(supplier="a", customer="b", essential=essential, note=note)
    chain = ForeignChain(id="x", name_zh=name, confidence="judgement", segments=[segment], links=[link])
    assert ForeignChain.model_validate(tomllib.loads(chain_toml(chain))) == chain


def test_only_a_collection_is_ever_replaced(collection, atlas, companies, tmp_path):
    reading = foreign.read(atlas)
    (collection / "left-over.toml").write_text("", encoding="utf-8")
    foreign.write(reading, foreign.place(reading, companies), PASSPORT, collection)
    assert not (collection / "left-over.toml").exists()
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(ChaingraphError, match="holds something else than a collection of chains"):
        foreign.write(reading, foreign.place(reading, companies), PASSPORT, mine)
    assert [p.name for p in mine.iterdir()] == ["thesis.txt"]
    assert not list(tmp_path.glob(".*"))


# -- in a data folder --------------------------------------------------------------------------------------------


def test_a_collection_is_in_the_graph_only_when_it_is_asked_for(data, collection):
    without, also = load(data), load(data, ["else"])
    assert without.counts()["chains"] == 1
    assert also.counts()["chains"] == 2
    assert without.version != also.version
    before = folder_version(data)
    (collection / "activities.csv").unlink()
    assert folder_version(data) == before
    assert folder_version(data, ["else"]) != also.version
    assert load(data, [str(collection)]).version == load(data, ["optional"]).version == folder_version(data, ["else"])


def test_what_a_source_does_not_say_is_missing_in_the_tables_and_stops_nothing(data, collection):
    graph = build(load(data, ["else"]))
    links = graph.tables["supply_links"].set_index("supplier_id")
    assert links.loc["atlas-semiconductor/semi-wafer", ["is_essential", "strength"]].isna().all()
    row = graph.tables["segments"].set_index("segment_id").loc["atlas-semiconductor/semi-wafer"]
    assert (row["name_en"], row["domestic_share"]) == ("“硅片”", 0.3)
    assert row[["io_sector", "industry_codes"]].isna().all()
    (link,) = graph.inputs("atlas-semiconductor/semi-fab")
    assert (link.is_essential, link.is_judged) == (False, False)
    assert graph.to_networkx("atlas-semiconductor").edges[link.supplier_id, link.customer_id].get("essential") is None
    found = diagnose(graph, "台州", "半导体")
    drawn = chain_picture(graph, "atlas-semiconductor", found)
    assert "是否必需不详" in drawn
    assert "一般投入" not in drawn
    exchange.write(graph, "graphml", data.parent / "g.graphml", "atlas-semiconductor")
    (read,) = nx.read_graphml(data.parent / "g.graphml").edges(data=True)
    assert set(read[2]) == {"recycling", "substitute_group", "confidence", "origin"}
    assert {s.presence for s in found.segments} == {Presence.UNKNOWN}
    assert "登记数据没有按这条链查过" in found["semi-wafer"].because
    assert "registrations were not looked through for this chain" in found["semi-wafer"].because.en
    assert not any(s.findings for s in found.segments)


def test_a_collection_that_is_not_there_is_named_with_those_that_are(data, collection):
    with pytest.raises(
        UnknownNameError, match=r"no optional chains 'elze'\. Did you mean 'else'\? There are else; or give a folder"
    ):
        load(data, ["elze"])
    assert optional.find(data, ["optional", "else", str(collection)]) == [collection]


def test_the_problems_of_a_collection_are_those_of_its_files_all_at_once(data, collection):
    chain = collection / "atlas-semiconductor.toml"
    text = chain.read_text(encoding="utf-8")
    chain.write_text(
        text.replace('customer = "semi-fab"', 'customer = "semi-fob"').replace('id = "semi-car"', 'id = "semi-fab"'),
        encoding="utf-8",
    )
    with (collection / "activities.csv").open("a", encoding="utf-8") as out:
        out.write("A-999999,atlas-semiconductor/semi-fab,to_review,0.5,fact,,False,,else\n")
    passport = collection / "origin.toml"
    passport.write_text(passport.read_text(encoding="utf-8").replace('licence = "MIT"\n', ""), encoding="utf-8")
    with pytest.raises(DataError) as raised:
        load(data, ["else"])
    assert [(p.file, p.where, p.kind) for p in raised.value.problems] == [
        ("else/activities.csv", "row 3, company_id", "broken-reference"),
        ("else/atlas-semiconductor.toml", "links semi-wafer → semi-fob, customer_id", "broken-reference"),
        ("else/atlas-semiconductor.toml", "segments.semi-fab", "duplicate-key"),
        ("else/origin.toml", "origins 1 (else), licence", "missing-value"),
    ]


def test_an_id_of_ours_and_a_second_origin_are_faults(data, collection):
    (collection / "plastics.toml").write_text((data / "chains" / "plastics.toml").read_text(encoding="utf-8"), encoding="utf-8")
    passport = collection / "origin.toml"
    text = passport.read_text(encoding="utf-8")
    passport.write_text(text + "\n" + text.replace('"else"', '"other"'), encoding="utf-8")
    with pytest.raises(DataError) as raised:
        load(data, ["else"])
    found = {(p.file, p.kind) for p in raised.value.problems}
    assert {("else/plastics.toml", "duplicate-key"), ("else/origin.toml", "duplicate-key")} <= found


# -- commands ----------------------------------------------------------------------------------------------------


def test_the_commands_read_a_source_and_add_it_beside_the_store_of_the_data(data, atlas, tmp_path, monkeypatch):
    def run(*words: str):
        return CliRunner().invoke(app, list(words), catch_exceptions=False)

    out, store = tmp_path / "my chains", tmp_path / "store"
    here = ("--data", str(data), "--store", str(store))
    done = run("foreign", str(atlas), "-o", str(out), "--data", str(data), "--licence", "MIT", "--retrieved", "2020-02-03")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "supply relationships: 7 = 2 kept + 5 lost (1 between companies" in done.stderr
    (origin,) = tomllib.loads((out / "origin.toml").read_text(encoding="utf-8"))["origins"]
    assert (origin["origin_id"], origin["licence"], origin["publisher"]) == ("my-chains", "MIT", "not stated")
    assert run("check", str(data), "--with", str(out)).exit_code == 0
    assert run("chains", *here).stdout == "plastics\t塑料\n"
    assert run("chains", *here, "--with", str(out)).stdout == "atlas-semiconductor\t半导体\nplastics\t塑料\n"
    first = json.loads((store / "current.json").read_text(encoding="utf-8"))
    assert (store / "with-my chains" / "current.json").is_file()
    out.rename(data / "optional")
    monkeypatch.setenv("CHAINGRAPH_WITH", str(data / "optional"))
    said = run("lint", *here).stdout
    assert "orphan\tatlas-semiconductor/semi-car\t" in said
    monkeypatch.delenv("CHAINGRAPH_WITH")
    run("chains", *here)
    assert json.loads((store / "current.json").read_text(encoding="utf-8")) == first
