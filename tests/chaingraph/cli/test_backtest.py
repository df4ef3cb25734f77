"""The command `chaingraph backtest`: a messy list in, tables, JSON, CSV and a workbook out; faults in one line with exit 2."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from chaingraph import ChainGraph
from chaingraph.cli.main import app
from chaingraph.errors import ChaingraphError, DataError

LIST = """温州市签约项目一览表,,,
序号,投资方,签约时间,项目名称
1,大元泵业,2018年3月,水泵
2,某某厂,43164,
3,利欧股份,2018,水泵
4,新界泵业,,泵
5,大元泵业,2019,二期
,合计,5,
"""


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    place = tmp_path / "签约.csv"
    place.write_bytes(LIST.encode("gb18030"))
    return place


def run(shipped_store: Path, *words: str, lang: str = "zh") -> str:
    data = str(Path(__file__).resolve().parents[3] / "data")
    said = CliRunner().invoke(app, ["backtest", *words, "--region", "温州", "--chain", "泵与电机", "--lang", lang], env={"CHAINGRAPH_STORE": str(shipped_store), "CHAINGRAPH_DATA": data, "COLUMNS": "200"})  # fmt: skip
    if said.exception and not isinstance(said.exception, SystemExit):
        raise said.exception
    return str(said.stdout)


def test_tables_counts_and_the_honest_sentence(shipped_store: Path, listed: Path) -> None:
    said = run(shipped_store, str(listed))
    assert "5 个签约 = 排出名次 2 + 没有日期 1 + 此前已签约 1 + 没有对上企业 1" in said
    assert "2 个签约太少，还说明不了这份排序比“" in said
    assert "大元泵业" in said
    assert "命中率不是拜访的成功率" in said


def test_english_is_complete(shipped_store: Path, listed: Path) -> None:
    said = run(shipped_store, str(listed), lang="en")
    assert "5 signings = placed 2 + no date 1 + signed before 1 + no known firm 1" in said
    assert "2 signings: too few to tell" in said


def test_json_and_csv_are_data_alone(shipped_store: Path, listed: Path, graph: ChainGraph) -> None:
    said = json.loads(run(shipped_store, str(listed), "--json"))
    assert sum(said["fates"].values()) == len(said["signings"]) == said["rows"]["signings"] == 5
    assert said["data_version"] == graph.version
    rows = list(csv.DictReader(io.StringIO(run(shipped_store, str(listed), "--csv"))))
    assert [r["fate"] for r in rows] == [s["fate"] for s in said["signings"]]
    assert [float(r["place"]) for r in rows if r["place"]] == [s["place"] for s in said["signings"] if s["place"]]


@pytest.mark.parametrize("suffix", ["xlsx", "csv", "json"])
def test_files_are_written(shipped_store: Path, listed: Path, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"out.{suffix}"
    run(shipped_store, str(listed), "-o", str(out))
    if suffix == "xlsx":
        assert openpyxl.load_workbook(out).sheetnames == ["结论与局限", "命中率", "签约"]
    else:
        assert "大元泵业" in out.read_text(encoding="utf-8-sig")


def test_faults_are_said_before_the_work(shipped_store: Path, listed: Path, tmp_path: Path) -> None:
    with pytest.raises(ChaingraphError, match="exclude each other"):
        run(shipped_store, str(listed), "--json", "--csv")
    with pytest.raises(ChaingraphError, match="suffix"):
        run(shipped_store, str(listed), "-o", str(tmp_path / "out.doc"))
    with pytest.raises(ChaingraphError, match="no file"):
        run(shipped_store, str(tmp_path / "none.csv"))
    with pytest.raises(ChaingraphError, match="FIELD=HEADING"):
        run(shipped_store, str(listed), "--column", "date")
    undated = tmp_path / "a.csv"
    undated.write_text("企业名称\n利欧股份\n", encoding="utf-8")
    with pytest.raises(DataError, match="签约日期"):
        run(shipped_store, str(undated))
