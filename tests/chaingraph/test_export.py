import csv
import dataclasses
import io
import json
import warnings
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from chaingraph import export
from chaingraph.constraints import Finding
from chaingraph.diagnosis import Diagnosis, RoadmapStep, SegmentDiagnosis
from chaingraph.errors import ChaingraphError
from chaingraph.graph import Region
from chaingraph.labels import label
from chaingraph.model import (
    Action,
    Area,
    ChainState,
    Constraint,
    Exclusion,
    Presence,
    Reason,
    Recommendation,
    RegionLevel,
    SegmentKind,
    Stage,
)
from chaingraph.presence import Thresholds

WEIGHTS = pd.DataFrame(
    [
        ("segment_fit", 0.4, 0.0, "先看做不做这个环节"),
        ("expansion", 0.3, 0.2, "出过来过的更可能再出来"),
        ("distance", 0.2, 0.5, "近的更可能来"),
        ("mobility", 0.1, 0.5, "=民营决策快"),
    ],
    columns=["signal", "weight", "when_unknown", "reason"],
)
ORIGINS = pd.DataFrame(
    {
        "origin_id": ["chains", "registrations", "unused"],
        "publisher": ["本项目", "@工商登记", "无人"],
        "title": ["产业链", "登记", "没有用到"],
        "url": ["https://example.org/chains", None, None],
        "licence": ["CC BY 4.0", "事实", "?"],
        "retrieved_on": pd.to_datetime(["2025-03-01", "2025-04-02", None]).astype("datetime64[s]"),
        "definition": [None, "制造业登记", None],
    }
)
VALUES = {
    "利欧集团": (1.0, 0.8, 0.9, None),
    '=HYPERLINK("http://x","点我")': (0.7, 0.9, None, 1.0),
    "@SUM": (0.7, 0.9, None, 1.0),
    "+1": (0.2, None, None, None),
    "-1": (0.9, 0.1, 0.1, 0.0),
}
NAN = float("nan")


def a_target(rank: int, name: str, values: tuple[float | None, ...]) -> Recommendation:
    reasons = tuple(
        Reason(w.signal, v, w.weight, 100 * w.weight * (w.when_unknown if v is None else v), f"{label(w.signal)}：说明", "chains")
        for w, v in zip(WEIGHTS.itertuples(), values, strict=True)
    )
    hollow = tuple(r.signal for r in reasons if not r.known)
    return Recommendation(
        rank, f"A-00000{rank}", name, "pump-motor/casting", "铸件", "331000", reasons, "离得远", "320200", "无锡更近",
        "宁波市", ("民企500强",), ("整泵",), hollow,
    )  # fmt: skip


@pytest.fixture
def targets():
    found = [a_target(n, name, values) for n, (name, values) in enumerate(VALUES.items(), 1)]
    ordered = sorted(found, key=lambda t: -t.score)
    return [dataclasses.replace(t, rank=n) for n, t in enumerate(ordered, 1)]


@pytest.fixture
def diagnosis():
    whole = SegmentDiagnosis(
        "pump-motor/whole", "整泵", "pumps", Stage.DOWNSTREAM, SegmentKind.MAKING, Presence.STRONG, 4.2, 3.9, 4.5, 812, (), 0.9,
        (), Action.STABILIZE, False, 0.0, 0, "812 家，按全国比重应有 190.0 家",
    )  # fmt: skip
    casting = SegmentDiagnosis(
        "pump-motor/casting", "铸件", "castings", Stage.UPSTREAM, SegmentKind.MAKING, Presence.MISSING, 0.1, 0.0, 0.3, 0, (), 0.9,
        (Finding(Constraint.BREAK, Area.CITY, "断点：整泵要用，本地没有生产者"),), Action.FILL, True, 0.25, 1, "未见企业",
    )  # fmt: skip
    market = SegmentDiagnosis(
        "pump-motor/farms", "农|业", "farms", Stage.DOWNSTREAM, SegmentKind.MARKET, Presence.UNKNOWN, NAN, NAN, NAN, 0, (), 0.9,
        (), None, False, 0.0, 0, "需求侧：不是可招的环节",
    )  # fmt: skip
    return Diagnosis(
        Region("331000", "台州市", RegionLevel.PREFECTURE, "330000", 121.4, 28.7), "pump-motor", "泵与电机", ChainState.PARTIAL,
        (whole, casting, market), (0.5, 0.75), 0.9, 9000, "来源在台州市共有 9000 条制造业登记",
        (RoadmapStep(1, "pump-motor/casting", "铸件", Action.FILL, ("铸件", "整泵"), 1.0),), "0123456789ab", Thresholds(),
    )  # fmt: skip


@pytest.fixture
def excluded():
    return [Exclusion("A-999999", "-本地企业", "pump-motor/casting", "already_here", "已在台州")]


@pytest.fixture
def workbook(tmp_path, diagnosis, targets, excluded):
    path = tmp_path / "targets.xlsx"
    export.write_targets(path, diagnosis, targets, excluded, WEIGHTS, ORIGINS)
    return path


def recalculate(path: Path) -> dict[tuple[str, str], object]:
    """Return (sheet, cell) → value as the `formulas` package calculates it, from the formulas alone."""
    with warnings.catch_warnings():
        # Deprecations inside formulas and its parser; ours still raise everywhere else.
        warnings.filterwarnings("ignore", module=r"(formulas|schedula)(\..*)?")
        formulas = pytest.importorskip("formulas")
        solution = formulas.ExcelModel().loads(str(path)).finish().calculate()
    cells = {}
    for key, value in solution.items():
        sheet, _, cell = str(key).rpartition("!")
        if hasattr(value, "value") and ":" not in cell:
            cells[sheet.strip("'").split("]")[-1], cell] = value.value[0, 0]
    return cells


def column(cells: dict[tuple[str, str], object], sheet: str, letter: str, first: int, count: int) -> list[object]:
    return [cells[sheet, f"{letter}{n}"] for n in range(first, first + count)]


def rescored(target: Recommendation, weights: dict[str, float]) -> float:
    otherwise = dict(zip(WEIGHTS["signal"], WEIGHTS["when_unknown"], strict=True))
    values = {r.signal: otherwise[r.signal] if r.value is None else r.value for r in target.reasons}
    return 100 * sum(weights[s] * v for s, v in values.items()) / sum(weights.values())


# --- the workbook calculates -----------------------------------------------------------------------------------------


def test_the_formulas_give_the_scores_coverages_and_ranks_of_the_targets(workbook, targets):
    cells = recalculate(workbook)
    n = len(targets)
    assert column(cells, "目标企业", "B", 4, n) == [t.name for t in targets]
    assert column(cells, "目标企业", "F", 4, n) == pytest.approx([t.score for t in targets], abs=1e-9)
    assert column(cells, "目标企业", "G", 4, n) == pytest.approx([t.coverage for t in targets], abs=1e-9)
    assert column(cells, "目标企业", "A", 4, n) == [t.rank for t in targets] == [1, 2, 3, 4, 5]
    assert column(cells, "按得分排序", "C", 2, n) == [t.name for t in targets]
    assert column(cells, "按得分排序", "B", 2, n) == [0] * n
    assert cells["权重", "C7"] == pytest.approx(1)
    assert cells["权重", "F7"] == pytest.approx(1)


def test_the_values_written_beside_the_formulas_are_those_that_they_give(workbook):
    cells = recalculate(workbook)
    live = openpyxl.load_workbook(workbook)
    cached = openpyxl.load_workbook(workbook, data_only=True)
    compared = 0
    for sheet in live:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    stored = cached[sheet.title][cell.coordinate].value
                    found = cells[sheet.title, cell.coordinate]
                    assert found == (pytest.approx(stored, abs=1e-9) if isinstance(stored, int | float) else stored or "")
                    compared += 1
    assert compared == 5 * 3 + 8 + 5 * 10 + 4 + 2 + 5 * 4 * 2


def test_other_weights_give_the_ranks_that_python_predicts(workbook, targets, tmp_path):
    weights = {"segment_fit": 1.0, "expansion": 0.0, "distance": 0.5, "mobility": 3.0}
    book = openpyxl.load_workbook(workbook)
    for n, value in enumerate(weights.values(), 3):
        book["权重"][f"C{n}"] = value
    book.save(tmp_path / "changed.xlsx")
    cells = recalculate(tmp_path / "changed.xlsx")
    expected = [rescored(t, weights) for t in targets]
    order = sorted(range(5), key=lambda i: -round(expected[i], 10))
    assert order != [0, 1, 2, 3, 4]
    assert column(cells, "目标企业", "F", 4, 5) == pytest.approx(expected, abs=1e-9)
    assert column(cells, "目标企业", "A", 4, 5) == [order.index(i) + 1 for i in range(5)]
    assert column(cells, "按得分排序", "C", 2, 5) == [targets[i].name for i in order]
    assert column(cells, "按得分排序", "B", 2, 5) == [i - place for place, i in enumerate(order)]
    points = column(cells, "证据", "G", 2, 20)
    assert [sum(points[4 * i : 4 * i + 4]) for i in range(5)] == pytest.approx(expected, abs=1e-9)


def test_filling_in_what_was_unknown_raises_coverage_and_score(workbook, targets, tmp_path):
    book = openpyxl.load_workbook(workbook)
    row = 4 + [t.name for t in targets].index("利欧集团")
    assert book["目标企业"][f"Q{row}"].value is None
    book["目标企业"][f"Q{row}"] = 1
    book.save(tmp_path / "filled.xlsx")
    cells = recalculate(tmp_path / "filled.xlsx")
    before = targets[row - 4]
    assert cells["目标企业", f"G{row}"] == pytest.approx(1)
    assert cells["目标企业", f"F{row}"] == pytest.approx(before.score + 100 * 0.1 * (1 - 0.5), abs=1e-9)


def test_weights_of_zero_give_zero_not_an_error(workbook, tmp_path):
    book = openpyxl.load_workbook(workbook)
    for n in range(3, 7):
        book["权重"][f"C{n}"] = 0
    book.save(tmp_path / "zero.xlsx")
    cells = recalculate(tmp_path / "zero.xlsx")
    assert column(cells, "目标企业", "F", 4, 5) == [0] * 5
    assert column(cells, "目标企业", "G", 4, 5) == [0] * 5
    assert column(cells, "目标企业", "A", 4, 5) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("count", [0, 1])
def test_no_target_or_one(tmp_path, diagnosis, targets, count):
    path = tmp_path / "few.xlsx"
    export.write_targets(path, diagnosis, targets[:count], [], WEIGHTS, ORIGINS)
    cells = recalculate(path)
    if count:
        assert cells["目标企业", "A4"] == 1
        assert cells["目标企业", "F4"] == pytest.approx(targets[0].score, abs=1e-9)
        assert cells["按得分排序", "C2"] == targets[0].name
    else:
        assert cells["目标企业", "A4"] == "（没有）"
    assert cells["未入选", "A2"] == "（没有）"


def test_weights_that_the_targets_were_not_scored_with_are_refused(tmp_path, diagnosis, targets):
    other = WEIGHTS.assign(weight=[0.1, 0.2, 0.3, 0.4])
    for suffix in (".xlsx", ".md"):
        with pytest.raises(ChaingraphError, match="weights that the targets were scored with"):
            export.write_targets(tmp_path / f"x{suffix}", diagnosis, targets, [], other, ORIGINS)
    assert list(tmp_path.iterdir()) == []


# --- what the workbook shows -----------------------------------------------------------------------------------------


def test_sheets_in_reading_order(workbook):
    assert openpyxl.load_workbook(workbook).sheetnames == [
        "封面", "目标企业", "按得分排序", "权重", "诊断", "证据", "未入选", "数据来源",
    ]  # fmt: skip


def test_what_is_not_known_is_blank_not_zero(workbook, targets):
    sheet = openpyxl.load_workbook(workbook)["目标企业"]
    assert [sheet.cell(3, j).value for j in range(14, 18)] == [label(s) for s in WEIGHTS["signal"]]
    for row, target in enumerate(targets, 4):
        assert [sheet.cell(row, j).value for j in range(14, 18)] == [r.value for r in target.reasons]
        assert (sheet.cell(row, 13).value or "") == "、".join(label(r.signal) for r in target.reasons if not r.known)
    least = min(targets, key=lambda t: t.coverage)
    assert least.name == "+1"
    assert least.coverage == pytest.approx(0.4)


def test_text_that_begins_like_a_formula_stays_text(workbook, targets):
    book = openpyxl.load_workbook(workbook)
    names = [book["目标企业"][f"B{n}"] for n in range(4, 9)]
    assert [c.value for c in names] == [t.name for t in targets]
    assert {c.data_type for c in names} == {"s"}
    assert [c.quotePrefix or False for c in names] == [t.name[0] in "=+-@" for t in targets]
    assert book["权重"]["E6"].data_type == "s"
    assert book["权重"]["E6"].value == "=民营决策快"
    assert book["未入选"]["A2"].data_type == "s"
    assert not [c for sheet in book for row in sheet.iter_rows() for c in row if c.hyperlink]
    for row in book["按得分排序"].iter_rows(min_row=2):
        assert all(c.value.startswith("=INDEX('目标企业'!") for c in row[1:])


def test_evidence_names_its_origin(workbook, targets):
    rows = list(openpyxl.load_workbook(workbook, data_only=True)["证据"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == 20
    assert rows[0][7:12] == ("环节契合：说明", "chains", "本项目", "https://example.org/chains", "CC BY 4.0")
    assert rows[0][12].date() == date(2025, 3, 1)
    for n, target in enumerate(targets):
        assert sum(r[6] for r in rows[4 * n : 4 * n + 4]) == pytest.approx(target.score, abs=1e-9)
    origins = list(openpyxl.load_workbook(workbook)["数据来源"].iter_rows(min_row=2, values_only=True))
    assert [(o[0], o[-1]) for o in origins] == [("chains", 20)]


def test_the_cover_says_where_how_complete_and_what_is_not_known(workbook):
    rows = openpyxl.load_workbook(workbook)["封面"].iter_rows(values_only=True)
    cover = {str(row[0]): str(row[1]) for row in rows if row[0]}
    assert "台州市 · 泵与电机 目标企业清单" in cover
    assert cover["数据版本"] == "0123456789ab"
    assert cover["链条完整度"].startswith("50%–75%")
    assert cover["数据覆盖"] == "来源在台州市共有 9000 条制造业登记"
    assert cover["未入选"] == "1 条：已在本地 1"
    assert cover["未知的信号"] == "异地布局 1 条（按 0.2 计）；距离 3 条（按 0.5 计）；体制灵活 2 条（按 0.5 计）"
    assert cover["不详的环节"] == "没有"
    assert cover["第 1 步"] == "补链 · 铸件，之后链条完整度 100%，带动：整泵"
    assert "日期" not in cover


def test_the_diagnosis_is_told_without_colour(workbook):
    rows = list(openpyxl.load_workbook(workbook)["诊断"].iter_rows(min_row=2, values_only=True))
    assert [r[3] for r in rows] == ["● 优势", "✕ 缺失", "–"]
    assert rows[1][8:12] == ("断点", "本市", "补链（待核）", 0.25)
    assert rows[2][4:7] == (None, None, None)


def test_headers_stay_in_view_and_on_every_page(workbook):
    for sheet in openpyxl.load_workbook(workbook):
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows
        if sheet.title != "封面":
            assert sheet.page_setup.fitToHeight == 0
            assert sheet.freeze_panes
            assert sheet.auto_filter.ref


def test_the_same_content_is_the_same_file(tmp_path, workbook, diagnosis, targets, excluded):
    export.write_targets(tmp_path / "again.xlsx", diagnosis, targets, excluded, WEIGHTS, ORIGINS)
    assert (tmp_path / "again.xlsx").read_bytes() == workbook.read_bytes()
    assert openpyxl.load_workbook(workbook).properties.created.date() == date(2025, 4, 2)


def test_the_date_given_is_shown_and_dates_the_file(tmp_path, diagnosis, targets):
    path = tmp_path / "dated.xlsx"
    export.write_targets(path, diagnosis, targets, [], WEIGHTS, ORIGINS, today=date(2025, 5, 6))
    book = openpyxl.load_workbook(path)
    assert book.properties.created.date() == date(2025, 5, 6)
    assert ("日期", "2025-05-06") in list(book["封面"].iter_rows(values_only=True))


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
    assert list(export.targets_frame([]).columns) == list(export.targets_frame(targets).columns)[:16]
    frame = export.targets_frame(targets)
    assert frame["mobility"].isna().sum() == 2
    assert frame["score"].tolist() == [t.score for t in targets]


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
