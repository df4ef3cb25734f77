"""What commands do only when they are asked: show explained findings, further numbers, weights of one's own."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from planted_world import even_world
from typer.testing import CliRunner

from chaingraph import stores
from chaingraph.cli import app
from chaingraph.errors import ChaingraphError


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Path:
    """A store of a world with an orphan that is explained and one that is not."""
    world = even_world("ore", "part", "pump").segment("alone").segment("lost")
    for name in ("alone", "lost"):
        world.register("330100", name, 1)
    row = {"lint_rule": "orphan", "found_at": "c/alone", "because_zh": "示例", "because_en": "an example", "origin_id": "planted"}
    place = tmp_path_factory.mktemp("lint") / "store"
    stores.write(world.tables().replace(accepted_findings=pd.DataFrame([row])), place)
    return place


@pytest.fixture
def cli(store, tmp_path):
    def run(*words: str, code: int = 0):
        done = CliRunner().invoke(app, [*words, "--data", str(tmp_path / "none"), "--store", str(store)], env={"COLUMNS": "200"})
        assert done.exit_code == code, done.output
        return done

    return run


def test_lint_prints_what_nothing_explains_and_with_all_the_rest_with_its_reason(cli):
    few = cli("lint")
    assert [line.split("\t")[:2] for line in few.stdout.splitlines()] == [["orphan", "c/lost"]]
    assert few.stderr == "1 finding(s), 1 explained: --all shows them\n"
    every = cli("lint", "--all", "--lang", "en")
    assert [(line.split("\t")[1], line.split("\t")[4:]) for line in every.stdout.splitlines()] == [
        ("c/alone", ["an example"]),
        ("c/lost", []),
    ]
    assert every.stderr == "1 finding(s), 1 explained\n"


def test_the_json_of_lint_has_the_reasons(cli):
    assert [(f["where"], f["because"]) for f in json.loads(cli("lint", "--json").stdout)] == [("c/lost", "")]
    assert [(f["where"], f["because"]) for f in json.loads(cli("lint", "--all", "--json").stdout)] == [
        ("c/alone", "示例"),
        ("c/lost", ""),
    ]


def test_a_metric_is_a_column_of_the_diagnosis_on_the_terminal_and_in_a_file(cli, tmp_path):
    shown = cli(
        "diagnose", "330100", "--chain", "c", "--metric", "firms_in_reach", "--metric", "relatedness", "--lang", "en"
    ).stdout
    assert "firms in reach" in shown
    assert "relatedness" in shown
    cli("diagnose", "330100", "--chain", "c", "--metric", "firms_in_reach", "-o", str(tmp_path / "d.csv"))
    frame = pd.read_csv(tmp_path / "d.csv")
    assert frame.columns[-1] == "firms_in_reach"
    assert frame.set_index("segment_id")["firms_in_reach"]["c/lost"] == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("diagnose", "330100", "--chain", "c", "--metric", "nearnes"), "no metric 'nearnes'"),
        (
            ("dashboard", "--no-open", "--weights", "nowhere.toml"),
            "no profile and no file 'nowhere.toml'. Give hand-set, learned, or a TOML file with weights.",
        ),
    ],
)
def test_what_is_not_there_is_said_in_a_line(cli, words, told):
    done = cli(*words, code=1)
    assert isinstance(done.exception, ChaingraphError)
    assert told in str(done.exception)
