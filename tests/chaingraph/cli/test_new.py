"""A new chain on the command line: written, checked while it is filled in, refused where something stands in its place."""

import json
import re
import shutil
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from chaingraph.cli import app
from chaingraph.errors import ChaingraphError
from ingest.chain_template import copied_chain, new_chain
from ingest.chains import ChainFile, Lexicon, LinkEntry, SegmentEntry, read_chains

DATA = Path(__file__).resolve().parents[3] / "data"
FILLED = {
    'name_zh = ""': ('name_zh = "肉粉"', 'name_zh = "宠物主粮"', 'name_zh = "宠物门店"'),
    'name_en = ""': ('name_en = "Pet food"', 'name_en = "Meat meal"', 'name_en = "Pet feed"', 'name_en = "Pet shops"'),
    'io_sector = ""': ('io_sector = "016"', 'io_sector = "013"', 'io_sector = "107"'),
}


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run a command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(app, [*map(str, words)])


def test_a_new_chain_is_written_and_says_what_is_left_to_fill_in(run):
    made = run("new", "chain", "pet-food", "--name", "宠物食品")
    assert (made.exit_code, made.stdout) == (0, "")
    assert "check pet-food.toml" in made.stderr
    checked = run("check", "pet-food.toml")
    assert checked.exit_code == 2
    problems = [line for line in checked.stdout.splitlines() if line.startswith("pet-food.toml")]
    empty = [
        n
        for n, line in enumerate(Path("pet-food.toml").read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r'^\w+ = ""', line)
    ]
    assert [int(re.search(r"line (\d+)", p)[1]) for p in problems] == empty
    assert checked.stderr.startswith(f"{len(empty)} problems and ")


def test_filled_in_it_has_no_problem(run):
    run("new", "chain", "pet-food", "--name", "宠物食品")
    path = Path("pet-food.toml")
    text = path.read_text(encoding="utf-8")
    for empty, values in FILLED.items():
        for value in values:
            text = text.replace(f"\n{empty}", f"\n{value}", 1)
    path.write_text(text, encoding="utf-8")
    checked = run("check", path)
    assert (checked.exit_code, checked.stderr) == (0, "pet-food.toml: 3 segments, 2 links, no problem, 9 hints\n"), checked.stdout
    as_json = json.loads(run("check", path, "--json").stdout)
    assert as_json["problems"] == []
    assert {h["rule"] for h in as_json["hints"]} == {
        "no-source",
        "no-terms",
        "no-leading-firm",
        "no-industry-code",
        "no-products",
    }


def test_a_copy_has_the_segments_of_its_model_and_asks_for_its_own_names(run):
    made = run("new", "chain", "fire-pumps", "--name", "消防泵", "--from", "泵与电机")
    assert made.exit_code == 0, made.output
    text = Path("fire-pumps.toml").read_text(encoding="utf-8")
    assert text.startswith("# 由 pump-motor（泵与电机）复制而来")
    copy, model = (tomllib.loads(t) for t in (text, (DATA / "chains" / "pump-motor.toml").read_text(encoding="utf-8")))
    own = {"id": "fire-pumps", "name_zh": "消防泵", "name_en": "", "confidence": "judgement", "sources": []}
    assert copy == {**model, **own}
    checked = run("check", "fire-pumps.toml", "--json")
    assert [(p["where"], p["kind"]) for p in json.loads(checked.stdout)["problems"]] == [("line 7, name_en", "missing-value")]


def test_every_shipped_chain_can_be_the_model():
    known = read_chains(DATA).chains
    for model in known:
        text = copied_chain("a-new-one", "新链", model, DATA / "chains", known)
        copy, of = tomllib.loads(text), tomllib.loads((DATA / "chains" / f"{model}.toml").read_text(encoding="utf-8"))
        assert (copy["id"], copy["segments"], len(copy["links"])) == ("a-new-one", of["segments"], len(of["links"]))
        assert f'"{model}/' not in text, "no link leads back into the model"


def test_the_file_explains_every_key_of_the_format(run):
    run("new", "chain", "pet-food")
    text = Path("pet-food.toml").read_text(encoding="utf-8")
    explained = set(re.findall(r"^(?:# )?(\w+) = .*# .", text, re.MULTILINE))
    of = {key for entry in (ChainFile, SegmentEntry, LinkEntry, Lexicon) for key in entry.model_fields}
    # A remark explains itself, and the confidence of a link is judgement unless said.
    assert explained == of - {"segments", "links", "lexicon", "note"}


def test_into_a_data_folder_it_goes_among_the_chains(run, tmp_path):
    (tmp_path / "mine" / "chains").mkdir(parents=True)
    assert run("new", "chain", "pet-food", "-o", "mine").exit_code == 0
    assert (tmp_path / "mine" / "chains" / "pet-food.toml").is_file()
    with pytest.raises(ChaingraphError, match=r"there is a chain 'pet-food'"):
        CliRunner().invoke(app, ["new", "chain", "pet-food", "-o", "mine"], catch_exceptions=False)


REFUSED = {
    "an id of another form": (("Pet Food",), "expected small letters, digits and hyphens. Did you mean 'pet-food'?"),
    "a Chinese id": (("宠物",), "Did you mean 'chong-wu'?"),
    "an id of signs": (("！",), "Give one such as pet-food."),
    "an id that is taken": (("pump-motor",), "there is a chain 'pump-motor' (泵与电机)"),
    "the passport's name": (("origin",), "origin.toml is the folder's passport"),
    "a name that is taken": (("pumps", "--name", "泵与电机"), "'泵与电机' is the chain 'pump-motor'"),
    "a name with a quotation mark": (("pumps", "--name", 'a"b'), "without quotation marks"),
    "a file of another name": (("pumps", "-o", "motors.toml"), "is called pumps.toml: found 'motors.toml'"),
    "a model nobody knows": (("pumps", "--from", "pump-moter"), "Did you mean 'pump-motor'"),
    "a folder without chains": (("pumps", "-o", "."), "'.' is no data folder"),
}


@pytest.fixture(scope="module")
def one_chain(tmp_path_factory):
    """A folder that knows one chain, quicker to read than all."""
    folder = tmp_path_factory.mktemp("one")
    (folder / "chains").mkdir()
    shutil.copy(DATA / "chains" / "pump-motor.toml", folder / "chains")
    return folder


@pytest.mark.parametrize(("words", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_refused_and_nothing_is_written(run, tmp_path, one_chain, words, message):
    done = run("new", "chain", *words, "--data", one_chain)
    assert isinstance(done.exception, ChaingraphError)
    assert message in str(done.exception)
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_there_is_kept(run):
    Path("pet-food.toml").write_text("mine", encoding="utf-8")
    assert "there is a file 'pet-food.toml'" in str(run("new", "chain", "pet-food").exception)
    assert Path("pet-food.toml").read_text(encoding="utf-8") == "mine"
    assert "no file 'none.toml'" in str(run("check", "none.toml").exception)


def test_a_name_with_signs_stays_as_it_is():
    assert 'name_zh = "$id与$"' in new_chain("a", "$id与$", {})


def test_a_file_of_a_data_folder_is_checked_in_that_folder(run, tmp_path):
    """The codes are those of the folder around the file, not of the shipped one."""
    (tmp_path / "mine" / "chains").mkdir(parents=True)
    (tmp_path / "mine" / "reference").mkdir()
    run("new", "chain", "pet-food", "-o", "mine")
    done = run("check", "mine/chains/pet-food.toml")
    assert "reference/io_sectors.csv" in str(done.exception)
