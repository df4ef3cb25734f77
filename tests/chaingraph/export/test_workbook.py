import math
import warnings
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from planted_targets import ODDS, ORIGINS, WEIGHTS, argued

from chaingraph import export
from chaingraph.errors import ChaingraphError
from chaingraph.labels import label
from chaingraph.recommendation import Recommendation

SCORE_RANK = "S"
"""Column of the live rank by score, behind the evidence."""


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
    assert column(cells, "按得分排序", "D", 2, n) == [t.name for t in targets]
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
    assert compared == 5 * 3 + 8 + 5 * 11 + 4 + 2 + 5 * 4 * 2


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
    assert column(cells, "目标企业", "A", 4, 5) == [1, 2, 3, 4, 5]
    assert column(cells, "目标企业", SCORE_RANK, 4, 5) == [order.index(i) + 1 for i in range(5)]
    assert column(cells, "按得分排序", "D", 2, 5) == [targets[i].name for i in order]
    assert column(cells, "按得分排序", "B", 2, 5) == [i - place for place, i in enumerate(order)]
    points = column(cells, "证据", "G", 2, 20)
    assert [sum(points[4 * i : 4 * i + 4]) for i in range(5)] == pytest.approx(expected, abs=1e-9)


def test_a_list_that_spreads_keeps_its_order_beside_that_of_the_scores(tmp_path, diagnosis, targets):
    # The fourth by score stands first, as the only one for a gap.
    spread = [replace(targets[i], rank=place) for place, i in enumerate((3, 0, 1, 2, 4), 1)]
    path = tmp_path / "spread.xlsx"
    export.write_targets(path, diagnosis, spread[::-1], [], WEIGHTS, ORIGINS)
    cells = recalculate(path)
    assert column(cells, "目标企业", "A", 4, 5) == [1, 2, 3, 4, 5]
    assert column(cells, "目标企业", "B", 4, 5) == [t.name for t in spread]
    assert column(cells, "目标企业", SCORE_RANK, 4, 5) == [4, 1, 2, 3, 5]
    assert column(cells, "按得分排序", "D", 2, 5) == [t.name for t in targets]
    assert column(cells, "按得分排序", "C", 2, 5) == [2, 3, 4, 1, 5]
    assert column(cells, "按得分排序", "B", 2, 5) == [0] * 5


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
        assert cells["按得分排序", "D2"] == targets[0].name
    else:
        assert cells["目标企业", "A4"] == "（没有）"
    assert cells["未入选", "A2"] == "（没有）"


def test_weights_that_the_targets_were_not_scored_with_are_refused(tmp_path, diagnosis, targets):
    other = WEIGHTS.assign(weight=[0.1, 0.2, 0.3, 0.4])
    for suffix in (".xlsx", ".md"):
        with pytest.raises(ChaingraphError, match="weights that the targets were scored with"):
            export.write_targets(tmp_path / f"x{suffix}", diagnosis, targets, [], other, ORIGINS)
    assert list(tmp_path.iterdir()) == []


# --- what is argued beside the reasons ---------------------------------------------------------------------------------


@pytest.fixture
def told(tmp_path, diagnosis, targets, excluded):
    path = tmp_path / "argued.xlsx"
    export.write_targets(path, diagnosis, [argued(t) for t in targets], excluded, WEIGHTS, ORIGINS, odds=ODDS)
    return path


def letter(path, title):
    """The column of a title on the sheet of targets."""
    (found,) = (c.column_letter for c in openpyxl.load_workbook(path)["目标企业"][3] if c.value == title)
    return found


def under(path, title):
    """What stands below a title of the sheet of targets, formulas by the value written beside them."""
    sheet = openpyxl.load_workbook(path, data_only=True)["目标企业"]
    return [sheet[f"{letter(path, title)}{n}"].value for n in range(4, 9)]


def test_a_probability_follows_its_score(told, targets, tmp_path):
    title = label("probability")
    expected = [argued(t).probability for t in targets]
    assert under(told, title) == pytest.approx(expected, abs=1e-12)
    assert column(recalculate(told), "目标企业", letter(told, title), 4, 5) == pytest.approx(expected, abs=1e-12)
    book = openpyxl.load_workbook(told)
    for n, value in enumerate((1.0, 0.0, 0.5, 3.0), 3):
        book["权重"][f"C{n}"] = value
    book.save(tmp_path / "changed.xlsx")
    cells = recalculate(tmp_path / "changed.xlsx")
    scores = column(cells, "目标企业", "F", 4, 5)
    again = [1 / (1 + math.exp(-(ODDS[0] + ODDS[1] * s))) for s in scores]
    assert column(cells, "目标企业", letter(told, title), 4, 5) == pytest.approx(again, abs=1e-12)
    assert again != pytest.approx(expected)
    by_score = column(cells, "按得分排序", "I", 2, 5)
    assert by_score == pytest.approx(sorted(again, reverse=True), abs=1e-12)


def test_without_odds_a_probability_is_the_number_it_had(tmp_path, diagnosis, targets):
    path = tmp_path / "plain.xlsx"
    export.write_targets(path, diagnosis, [argued(t) for t in targets], [], WEIGHTS, ORIGINS)
    assert under(path, label("probability")) == pytest.approx([argued(t).probability for t in targets])
    assert openpyxl.load_workbook(path)["目标企业"][f"{letter(path, label('probability'))}4"].data_type == "n"


def test_the_sheet_of_targets_carries_every_argument_and_runs_none_of_them(told, targets):
    assert under(told, "稳定度") == [0.875] * 5
    assert under(told, "名次范围") == [f"1–{t.rank + 1}" for t in targets]
    assert under(told, "类型") == ["扩张型" if t.rank % 2 else None for t in targets]
    assert under(told, "对手领先（分）") == [-3.25] * 5
    assert under(told, "引荐路径") == ["=甲公司已在本地（同一集团）\n可能的本地客户（关系未核实）：乙公司（整泵）"] * 5
    assert under(told, "一个电话") == [argued(targets[0]).phone_call] * 5
    assert under(told, "组合招商") == ["先有丁公司，得分升 2.0 分（下游市场）"] * 5
    assert under(told, "备选企业") == ["丙公司（40.0）"] * 5
    cell = openpyxl.load_workbook(told)["目标企业"][f"{letter(told, '引荐路径')}4"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    heads = [row[0].value for row in openpyxl.load_workbook(told)["封面"].iter_rows()]
    assert {"概率", "稳定度", "名次范围", "类型", "引荐路径"} <= set(heads)


def test_the_scores_are_still_live_and_what_nothing_is_said_of_has_no_column(told, workbook, targets):
    cells = recalculate(told)
    assert column(cells, "目标企业", "F", 4, 5) == pytest.approx([t.score for t in targets], abs=1e-9)
    assert column(cells, "按得分排序", "D", 2, 5) == [t.name for t in targets]
    titles = {c.value for c in openpyxl.load_workbook(workbook)["目标企业"][3]}
    assert not titles & {
        label(n) for n in ("probability", "stability", "rank_range", "mover", "phone_call", "warm_path", "package")
    }


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
