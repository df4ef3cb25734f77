"""The comparison on the command line: the shipped data with one link changed, in a region, as text and as JSON."""

import json
import shutil
import tomllib
from pathlib import Path

import command_line
import pytest
from planted_world import World

from chaingraph import build, diagnose, stores
from chaingraph.changes import compare
from chaingraph.errors import ChaingraphError
from chaingraph.model import Constraint
from ingest.versions import read_versions

DATA = Path(__file__).resolve().parents[3] / "data"
PUMPS = DATA / "chains" / "pump-motor.toml"
WIRE = ("pump-motor/magnet-wire", "pump-motor/motor")
REGIONS = ("桐城", "连云港", "台州")
LINK = 'supplier = "magnet-wire"\ncustomer = "motor"\nessential = '


@pytest.fixture(scope="session")
def store(tables, tmp_path_factory):
    """A store of the shipped data."""
    place = tmp_path_factory.mktemp("diff") / "store"
    stores.write(tables, place)
    return place


@pytest.fixture(scope="session")
def eased(tmp_path_factory):
    """The shipped chain of pumps with one essential link that is none any more."""
    text = PUMPS.read_text(encoding="utf-8")
    assert text.count(f"{LINK}true") == 1
    path = tmp_path_factory.mktemp("eased") / PUMPS.name
    path.write_text(text.replace(f"{LINK}true", f"{LINK}false"), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def run(store):
    """Compare on the command line, with the session's store."""
    return lambda *words: command_line.run("diff", *words, CHAINGRAPH_STORE=str(store), COLUMNS="300")


@pytest.fixture(scope="module")
def as_json(run, eased):
    """What the eased link does in three cities."""
    done = run(DATA, eased, *(word for region in REGIONS for word in ("--region", region)), "--json", "--exit-code")
    assert done.returncode == 1
    return json.loads(done.stdout)


def producible(chain, available):
    """Segments that can be made, straight from the file: again and again until nothing more can."""
    by_id = {s["id"]: s for s in chain["segments"]}
    secured = {i for i, s in by_id.items() if s.get("location_bound") or s["kind"] == "market"}
    made = set()
    while True:
        more = set(made)
        for i in available - made:
            needed = [k for k in chain["links"] if k["customer"] == i and k["essential"] and not k.get("recycling")]
            groups = {}
            for k in needed:
                groups.setdefault(k.get("substitute_group", k["supplier"]), set()).add(k["supplier"])
            if all(group & (made | secured) for group in groups.values()):
                more.add(i)
        if more == made:
            return made
        made = more


def share(chain, available):
    producing = {s["id"] for s in chain["segments"] if s["kind"] != "market"}
    return f"{len(producible(chain, available & producing) & producing) / len(producing):.0%}"


def test_the_change_itself_is_one_sentence(as_json):
    (change,) = as_json["changes"]
    assert change == {"kind": "link-essential", "where": " → ".join(WIRE), "text": "供需 硅钢、漆包线与磁材 → 电机改为非必需"}
    assert as_json["old"]["data_version"] != as_json["new"]["data_version"]
    assert as_json["notes"] == []


@pytest.mark.parametrize("region", REGIONS)
def test_a_link_eased_in_the_shipped_chain_does_what_is_worked_out_from_the_files(as_json, graph, eased, region):
    (effect,) = [e for e in as_json["regions"] if e["region"] == f"{region}市"]
    assert effect["chain_id"] == "pump-motor"
    texts = [c["text"] for c in effect["diagnosis"]]
    before = diagnose(graph, region, "pump-motor")
    grades = {s.segment_id.split("/")[1]: s.presence.value for s in before.segments}
    sure = {i for i, grade in grades.items() if grade not in ("missing", "unknown")}
    maybe = {i for i, grade in grades.items() if grade != "missing"}
    was, now = (
        [share(tomllib.loads(path.read_text(encoding="utf-8")), some) for some in (sure, maybe)] for path in (PUMPS, eased)
    )
    shown = ["–".join(dict.fromkeys(pair)) for pair in (was, now)]
    assert (f"链条完整度 {shown[0]} → {shown[1]}" in texts) == (shown[0] != shown[1])
    # Nothing else needs the wire, so whatever constraint it carried is gone, and no grade has changed.
    held = {f.constraint for f in before["magnet-wire"].findings}
    lost = [c["where"] for c in effect["diagnosis"] if c["kind"] == "constraint-lost"]
    assert lost == [WIRE[0]] * len(held)
    assert (Constraint.BOTTLENECK in held) == (region == "连云港")
    assert not [c for c in effect["diagnosis"] if c["kind"] == "grade"]


def test_the_answer_is_read_in_english(run, eased):
    english = run(DATA, eased, "--region", "连云港", "--lang", "en").stdout.splitlines()
    assert english[0].endswith("pump-motor.toml: 1 change")
    assert english[1:5] == [
        "  The link Silicon steel, magnet wire and magnets → Electric motors is not essential now",
        "",
        "Lianyungang · Pumps and motors",
        "  Silicon steel, magnet wire and magnets is no longer a bottleneck",
    ]
    assert any("精达股份 (Silicon steel, magnet wire and magnets, " in line for line in english[5:])


def test_the_regions_with_a_programme_are_looked_at_and_those_without_change_share_a_line(run, eased):
    done = run(DATA, eased)
    assert done.returncode == 0
    heads = [line for line in done.stdout.splitlines() if line.endswith(" · 泵与电机")]
    regions = {"台州市", "青岛市", "淮北市", "肇庆市", "桐城市"}
    assert {r for r in regions if any(r in head for head in heads)} == regions
    assert heads[-1].startswith("诊断和目标企业没有变化：")


def test_equal_sides_do_not_differ(run, store):
    done = run(DATA, PUMPS, "--exit-code")
    assert (done.returncode, done.stdout) == (0, f"{DATA} 与 {PUMPS} 没有差别\n")
    assert run(DATA, store, "--lang", "en").stdout.splitlines()[1].endswith("changes of terms cannot be seen")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((DATA, "nowhere"), "no 'nowhere': give a data folder"),
        ((DATA, DATA.parent / "docs"), "is neither a data folder"),
        ((DATA, PUMPS, "--region", "台洲"), "no region '台洲'"),
    ],
)
def test_what_cannot_be_compared_is_said(run, eased, words, message):
    words = [eased if w is PUMPS else w for w in words]
    done = run(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_a_faulty_file_is_refused_with_its_lines(run, tmp_path):
    (tmp_path / PUMPS.name).write_text(
        PUMPS.read_text(encoding="utf-8").replace('io_sector = "066"', 'io_sector = "66"'), encoding="utf-8"
    )
    done = run(DATA, tmp_path / PUMPS.name)
    assert (done.returncode, done.stdout) == (2, "")
    assert "pump-motor.toml · line 17, segments.pump-metal.io_sector: found '66'" in done.stderr


# --- what a side may be -----------------------------------------------------------------------------------------------


def test_a_chain_file_stands_in_the_place_of_its_chain_and_nowhere_else(tables, store, tmp_path):
    text = PUMPS.read_text(encoding="utf-8")
    (tmp_path / PUMPS.name).write_text(text.replace('name_zh = "泵与电机"', 'name_zh = "泵"', 1), encoding="utf-8")
    old, new = read_versions(DATA, tmp_path / PUMPS.name, DATA, store)
    assert old.tables.version == tables.version
    same = [name for name in tables if old.tables[name].equals(new.tables[name])]
    assert set(tables) - set(same) == {"chains"}
    assert new.tables["chains"].set_index("chain_id").loc["pump-motor", "name_zh"] == "泵"
    assert new.words == old.words


def test_rows_of_a_segment_that_went_go_with_it_and_that_is_said(tables, store, tmp_path):
    text = PUMPS.read_text(encoding="utf-8")
    start = text.index('[[segments]]\nid = "pump-seal"')
    text = text[:start] + text[text.index("[[segments]]", start + 1) :]
    links = text.index("[[links]]")
    kept = [part for part in text[links:].split("[[links]]\n")[1:] if "pump-seal" not in part]
    (tmp_path / PUMPS.name).write_text(text[:links] + "".join(f"[[links]]\n{part}" for part in kept), encoding="utf-8")
    _, new = read_versions(DATA, tmp_path / PUMPS.name, DATA, store)
    of = {name: int((tables[name]["segment_id"] == "pump-motor/pump-seal").sum()) for name in ("activities", "presence")}
    assert all(of.values())
    assert {n: len(tables[n]) - len(new.tables[n]) for n in of} == of
    (note,) = new.notes
    assert f"略去它的 {of['activities']} 条企业—环节关系和 {of['presence']:,} 行登记数" in note
    assert build(new.tables).chain_segments("pump-motor")


def test_a_new_chain_shows_what_it_would_be_in_a_region(run, tmp_path):
    text = (DATA / "chains" / "pump-motor.toml").read_text(encoding="utf-8")
    path = tmp_path / "pump-two.toml"
    path.write_text(text.replace('id = "pump-motor"', 'id = "pump-two"').replace('"泵与电机"', '"泵二"'), encoding="utf-8")
    shown = run(DATA, path, "--region", "台州").stdout
    assert "新增产业链 泵二" in shown
    assert "  新的链：尚未成链，链条完整度 0%–100%" in shown
    assert "注意：新环节（" in shown


def test_a_snapshot_and_a_store_are_sides_too(tables, store, tmp_path):
    copy = shutil.copytree(store / f"snapshot-{tables.version}", tmp_path / "kept")
    old, new = read_versions(copy, store, DATA, store)
    assert all(old.tables[name].equals(new.tables[name]) for name in tables)
    assert (old.words, new.words) == ({}, {})
    (copy / "ties.parquet").write_bytes(b"")
    with pytest.raises(ChaingraphError, match="damaged snapshot"):
        read_versions(copy, store, DATA, store)


def test_optional_chains_are_on_the_sides_that_are_data_folders(run, tables):
    done = run(DATA, PUMPS, "--with", "openspg", "--json")
    assert json.loads(done.stdout)["changes"] == []
    assert json.loads(done.stdout)["old"]["data_version"] != tables.version


def test_optional_chains_that_came_are_told(tables, store, tmp_path):
    shutil.copytree(DATA / "optional" / "openspg", tmp_path / "openspg")
    collection = str(tmp_path / "openspg")
    (old, _), (with_them, _) = (read_versions(DATA, store, DATA, store, also) for also in ((), (collection,)))
    added = [c.text.en for c in compare(old, with_them) if c.kind == "chain-added"]
    assert len(added) == len(with_them.tables["chains"]) - len(tables["chains"]) == 1
    assert set(with_them.words) > set(old.words)


@pytest.mark.xdist_group("neo4j")
def test_a_graph_at_a_server_is_a_side_too(empty_neo4j, tmp_path, monkeypatch):
    monkeypatch.setenv("NEO4J_PASSWORD", empty_neo4j.password)
    world = World()
    world.segment("end-a", stage="upstream")
    world.segment("end-b", stage="downstream")
    less = world.tables()
    world.link("end-a", "end-b")
    stores.write(less, empty_neo4j)
    stores.write(world.tables(), tmp_path / "store")
    server, folder = read_versions(str(empty_neo4j), tmp_path / "store", DATA, tmp_path / "store")
    assert (server.name, server.tables.version) == (str(empty_neo4j), less.version)
    assert [c.kind for c in compare(server, folder)] == ["link-added"]
    done = command_line.run("diff", f"{empty_neo4j.uri}#nobody", tmp_path / "store", NEO4J_PASSWORD=empty_neo4j.password)
    assert done.returncode == 2
    assert "no graph 'nobody'" in done.stderr
