"""`chaingraph retain`: the same cautions in every form, and never without the word that they are cautions."""

import json

import pandas as pd
import pytest
from command_line import run

from chaingraph import diagnose
from recommend import at_risk
from recommend.retention import CAUTION

PARTS = ("retain", "台州", "--chain", "汽车零部件", "--top", "3")


@pytest.fixture(scope="module")
def ask(shipped_store, tmp_path_factory):
    """Run the command on a store of the shipped data, in a folder of its own."""
    place = tmp_path_factory.mktemp("retain")
    return place, lambda *words, **env: run(*words, cwd=place, CHAINGRAPH_STORE=str(shipped_store), **env)


@pytest.fixture(scope="module")
def risks(graph):
    return at_risk(graph, diagnose(graph, "331000", "auto-parts"), 3)


def test_json_and_csv_say_what_python_gives(ask, risks):
    folder, command = ask
    plain = json.loads(json.dumps([r.as_dict() for r in risks]))
    done = command(*PARTS, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == plain
    for name in ("own.csv", "own.json"):
        done = command(*PARTS, "-o", name)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", f"wrote {name}\n")
    assert json.loads((folder / "own.json").read_text(encoding="utf-8")) == plain
    frame = pd.read_csv(folder / "own.csv", dtype={"region_code": str})
    assert frame["company_id"].tolist() == [r.company_id for r in risks]
    assert frame["points"].tolist() == pytest.approx([r.points for r in risks])
    assert set(frame["caution"]) == {str(CAUTION)}


@pytest.mark.parametrize("columns", ["150", "60"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_wide_and_narrow_terminals_name_firm_points_and_the_caution(ask, risks, columns, lang):
    _, command = ask
    shown = command(*PARTS, "--lang", lang, COLUMNS=columns).stdout
    for risk in risks:
        assert str(risk.name) in shown
        assert f"{risk.points:.1f}" in shown
    assert (str(CAUTION) if lang == "zh" else CAUTION.en) in shown
    assert ("┏" in shown) is (columns == "150")
    # What is printed unbroken on purpose is the caution alone.
    assert max(len(line) for line in shown.splitlines() if line not in (CAUTION, CAUTION.en)) <= int(columns)


def test_a_chain_without_own_firms_says_so_and_what_cannot_be_written_is_told(ask):
    _, command = ask
    assert "没有坐落本地" in command("retain", "桐城", "-c", "光伏").stdout
    done = command(*PARTS, "-o", "own.pdf")
    assert done.returncode == 2
    assert ".csv, .json" in done.stderr
