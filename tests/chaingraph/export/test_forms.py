import csv
import dataclasses
import io
import json
from datetime import date

import openpyxl
import pytest
from planted_targets import ORIGINS, WEIGHTS, argued

from chaingraph import export
from chaingraph.errors import ChaingraphError
from chaingraph.labels import label

# --- JSON, CSV, Markdown ---------------------------------------------------------------------------------------------


def test_points_in_json_add_up_to_the_score(tmp_path, diagnosis, targets):
    path = tmp_path / "targets.json"
    export.write_targets(path, diagnosis, targets, [], WEIGHTS, ORIGINS)
    read = json.loads(path.read_text(encoding="utf-8"))
    assert [t["name"] for t in read] == [t.name for t in targets]
    for found, target in zip(read, targets, strict=True):
        assert sum(r["points"] for r in found["reasons"]) == pytest.approx(found["score"], abs=1e-9)
        assert found == json.loads(json.dumps(target.as_dict()))
    assert "利欧集团" in path.read_text(encoding="utf-8")


def test_not_a_number_is_null_in_json(tmp_path, targets, diagnosis):
    odd = dataclasses.replace(targets[0].reasons[0], value=float("nan"))
    text = export.targets_json([dataclasses.replace(targets[0], reasons=(odd,))])
    assert json.loads(text)[0]["reasons"][0]["value"] is None
    export.write_diagnosis(tmp_path / "d.json", diagnosis)
    read = json.loads((tmp_path / "d.json").read_text(encoding="utf-8"))
    assert read["segments"][2]["location_quotient"] is None
    assert read["completeness_low"] == 0.5


def test_csv_opens_in_excel_and_runs_nothing(tmp_path, diagnosis, targets):
    path = tmp_path / "targets.csv"
    export.write_targets(path, diagnosis, targets, [], WEIGHTS, ORIGINS)
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [r["name"] for r in rows] == [f"'{t.name}" if t.name[0] in "=+-@" else t.name for t in targets]
    assert [float(r["score"]) for r in rows] == [t.score for t in targets]
    assert rows[-1]["mobility"] == ("" if targets[-1].reasons[-1].value is None else str(targets[-1].reasons[-1].value))


def test_the_frame_has_its_columns_without_rows_too(targets):
    assert list(export.targets_frame([]).columns) == list(export.targets_frame(targets).columns)[:30]
    frame = export.targets_frame(targets)
    assert frame["mobility"].isna().sum() == 2
    assert frame["score"].tolist() == [t.score for t in targets]


def test_csv_json_and_markdown_carry_what_is_argued(tmp_path, diagnosis, targets):
    told = [argued(t) for t in targets]
    for suffix in (".csv", ".json", ".md"):
        export.write_targets(tmp_path / f"t{suffix}", diagnosis, told, [], WEIGHTS, ORIGINS)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "t.csv").read_bytes().decode("utf-8-sig"))))
    assert [float(r["probability"]) for r in rows] == [t.probability for t in told]
    assert {(r["stability"], r["rival_lead"], r["package"]) for r in rows} == {("0.875", "-3.25", told[0].package[0])}
    # A text that a spreadsheet would run has an apostrophe in front.
    assert rows[0]["warm_path"] == "'" + "；".join(told[0].warm_path)
    assert [t["phone_call_signal"] for t in json.loads((tmp_path / "t.json").read_text())] == ["mobility"] * 5
    page = (tmp_path / "t.md").read_text()
    assert "| 五年内到来的概率 | 稳定度 | 名次范围 | 类型 |" in page
    assert f"| {told[0].probability:.2%} | 88% | 1–2 | 扩张型 |" in page
    assert "| -3.2 | 问清由谁实际控制" in page


def test_every_column_people_see_has_a_label(diagnosis, targets):
    for frame in (diagnosis.to_pandas(), export.targets_frame(targets), ORIGINS, WEIGHTS):
        assert [c for c in frame.columns if label(c) == c] == []


def test_markdown_is_a_table_that_no_cell_breaks(tmp_path, diagnosis, targets, excluded):
    export.write_diagnosis(tmp_path / "d.md", diagnosis, today=date(2025, 5, 6))
    text = (tmp_path / "d.md").read_text(encoding="utf-8")
    assert text.startswith("# 台州市 · 泵与电机 诊断\n")
    assert "| 铸件 | 上游 | 制造 | ✕ 缺失 | 0.10 | 0.00 | 0.30 | 0 | 断点 | 本市 | 补链（待核） | 25% | 1 |" in text
    assert "| 农\\|业 |" in text
    assert "**日期**：2025-05-06" in text
    export.write_targets(tmp_path / "t.md", diagnosis, targets, excluded, WEIGHTS, ORIGINS)
    assert "黄色格" not in (tmp_path / "t.md").read_text(encoding="utf-8")
    lines = (tmp_path / "t.md").read_text(encoding="utf-8").splitlines()
    table = [line for line in lines if line.startswith("| ")]
    assert len({line.count(" | ") for line in table[:7]}) == 1
    assert [line.split(" | ")[1] for line in table[2:7]] == [t.name for t in targets]


# --- files -----------------------------------------------------------------------------------------------------------


def test_another_suffix_names_those_that_can_be_written(tmp_path, diagnosis, targets):
    with pytest.raises(ChaingraphError, match=r"\.xlsx, \.csv, \.json, \.md"):
        export.write_targets(tmp_path / "targets.pdf", diagnosis, targets, [], WEIGHTS, ORIGINS)
    with pytest.raises(ChaingraphError, match=r"\.xlsx"):
        export.write_diagnosis(tmp_path / "diagnosis", diagnosis)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".json", ".md", ".XLSX"])
def test_every_suffix_in_a_folder_that_is_not_there_yet(tmp_path, diagnosis, targets, excluded, suffix):
    folder = tmp_path / "新" / "夹"
    export.write_targets(folder / f"targets{suffix}", diagnosis, targets, excluded, WEIGHTS, ORIGINS)
    export.write_diagnosis(folder / f"diagnosis{suffix}", diagnosis)
    assert sorted(p.name for p in folder.iterdir()) == [f"diagnosis{suffix}", f"targets{suffix}"]
    if suffix.lower() == ".xlsx":
        assert openpyxl.load_workbook(folder / f"diagnosis{suffix}").sheetnames == ["封面", "诊断"]


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, MemoryError])
@pytest.mark.parametrize("where", ["os.fsync", "pathlib.Path.replace"])
def test_an_interrupted_write_leaves_the_old_file(tmp_path, diagnosis, monkeypatch, interruption, where):
    path = tmp_path / "diagnosis.json"
    path.write_text("old", encoding="utf-8")

    def interrupt(*_args):
        raise interruption

    monkeypatch.setattr(where, interrupt)
    with pytest.raises(interruption):
        export.write_diagnosis(path, diagnosis)
    assert [p.name for p in tmp_path.iterdir()] == ["diagnosis.json"]
    assert path.read_text(encoding="utf-8") == "old"


def test_a_file_that_cannot_be_written_is_an_error_with_a_remedy(tmp_path, diagnosis):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(ChaingraphError, match="choose another place"):
        export.write_diagnosis(tmp_path / "file" / "d.json", diagnosis)
