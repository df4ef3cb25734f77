"""The command line over a store that is missing, stale or damaged: it heals, or says in one line what to do."""

import json
import shutil
from pathlib import Path

import command_line
import pandas as pd
import pytest

from chaingraph import stores

DATA = Path(__file__).resolve().parents[3] / "data"
CHAIN = "pump-motor"


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The shipped data cut down to one chain, so that checking it and building its store take little."""
    data = tmp_path_factory.mktemp("small") / "data"
    for passport in DATA.glob("*/origin.toml"):
        (data / passport.parent.name).mkdir(parents=True)
        shutil.copy(passport, data / passport.parent.name)
    shutil.copytree(DATA / "reference", data / "reference", dirs_exist_ok=True)
    shutil.copy(DATA / "chains" / f"{CHAIN}.toml", data / "chains")
    tables = {p.stem: pd.read_csv(p, dtype="str", keep_default_na=False) for p in (DATA / "companies").glob("*.csv")}
    activities = tables["activities"]
    tables["activities"] = activities[activities["segment_id"].str.startswith(f"{CHAIN}/")]
    known = set(tables["activities"]["company_id"])
    establishments = tables["establishments"]
    tables["establishments"] = establishments[establishments["chain_id"].isin(["", CHAIN])]
    for name, frame in tables.items():
        kept = pd.Series(True, index=frame.index)
        for column in {"company_id", "other_id"} & set(frame.columns):
            kept &= frame[column].isin(known)
        frame[kept].to_csv(data / "companies" / f"{name}.csv", index=False)
    presence = pd.read_parquet(DATA / "presence" / "presence.parquet")
    presence[presence["segment_id"].str.startswith(f"{CHAIN}/")].to_parquet(data / "presence" / "presence.parquet", index=False)
    shutil.copy(DATA / "presence" / "coverage.parquet", data / "presence")
    return data


def run(*words, data, store):
    return command_line.run(*words, "--data", data, "--store", store)


def chains(data, store):
    """`chaingraph chains` needs the graph and no more: the answer, after looking that nothing went wrong."""
    done = run("chains", data=data, store=store)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(small, tmp_path_factory):
    store = tmp_path_factory.mktemp("built") / "store"
    assert chains(small, store) == f"{CHAIN}\t泵与电机\n"
    return store


@pytest.fixture
def store(built, tmp_path):
    return shutil.copytree(built, tmp_path / "store")


@pytest.fixture
def data(small, tmp_path):
    return shutil.copytree(small, tmp_path / "data")


def named(store):
    return json.loads((store / "current.json").read_text())["version"]


def test_a_missing_store_is_made_and_then_used_as_it_is(data, tmp_path):
    store = tmp_path / "deep" / "store"
    assert chains(data, store) == f"{CHAIN}\t泵与电机\n"
    before = {p: p.stat().st_mtime_ns for p in store.rglob("*")}
    assert chains(data, store) == f"{CHAIN}\t泵与电机\n"
    assert {p: p.stat().st_mtime_ns for p in store.rglob("*")} == before


def test_a_stale_store_is_rebuilt_from_the_data(data, store):
    before = named(store)
    chain = data / "chains" / f"{CHAIN}.toml"
    chain.write_text(chain.read_text().replace('name_zh = "泵与电机"', 'name_zh = "泵与新电机"', 1))
    assert chains(data, store) == f"{CHAIN}\t泵与新电机\n"
    assert named(store) != before == json.loads((store / "current.json").read_text())["previous"]


@pytest.mark.parametrize(
    "damage", ["index cut short", "index of garbage", "no index", "pointer of garbage", "no pointer", "lost table"]
)
def test_a_damaged_store_heals(small, store, damage):
    index, pointer, snapshot = store / stores.INDEX, store / "current.json", store / f"snapshot-{named(store)}"
    if damage == "index cut short":
        index.write_bytes(index.read_bytes()[: index.stat().st_size // 2])
    elif damage == "index of garbage":
        index.write_bytes(bytes(range(256)) * 100)
    elif damage == "no index":
        index.unlink()
    elif damage == "pointer of garbage":
        pointer.write_bytes(b"\xff\x00{[")
    elif damage == "no pointer":
        pointer.unlink()
    else:
        index.unlink()
        (snapshot / "companies.parquet").unlink()
    assert chains(small, store) == f"{CHAIN}\t泵与电机\n"
    assert f"snapshot-{named(store)}" == snapshot.name
    assert (snapshot / "companies.parquet").exists()


def test_a_snapshot_cut_short_without_index_says_in_one_line_what_to_do_and_that_helps(small, store):
    (store / stores.INDEX).unlink()
    table = store / f"snapshot-{named(store)}" / "companies.parquet"
    table.write_bytes(table.read_bytes()[:100])
    done = run("chains", data=small, store=store)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert f"chaingraph data store --store {store}" in done.stderr
    assert run("data", "store", data=small, store=store).returncode == 0
    assert chains(small, store) == f"{CHAIN}\t泵与电机\n"


def test_faulty_data_are_not_built_and_the_store_stays_as_it_was(data, store):
    before = named(store)
    companies = data / "companies" / "companies.csv"
    companies.write_text(companies.read_text().replace(",CN,", ",中国,", 3))
    done = run("chains", data=data, store=store)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert done.stderr.count("companies/companies.csv · row") == 3
    assert named(store) == before


def test_without_data_the_store_is_enough_and_without_both_one_line_says_so(store, tmp_path):
    nowhere = tmp_path / "nowhere"
    assert chains(nowhere, store) == f"{CHAIN}\t泵与电机\n"
    done = run("chains", data=nowhere, store=tmp_path / "no-store")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "chaingraph data store" in done.stderr


@pytest.mark.parametrize("place", ["file", "file/store"])
def test_a_store_that_cannot_be_made_says_why_in_one_line(small, tmp_path, place):
    (tmp_path / "file").write_text("not a folder")
    done = run("chains", data=small, store=tmp_path / place)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "--store" in done.stderr
