"""The page 数据导入: a file is taken, read, corrected, kept, answered, used in the diagnosis, shared and removed."""

from __future__ import annotations

import io

import openpyxl
import pytest
from messy_lists import zip_bomb

from chaingraph import ChainGraph, diagnose
from dashboard.sentences import literal
from ingest.imports import Imports, read_firm_list

HERE = {"region": "331000", "chain": "pump-motor"}
FIRST, SECOND = "专班甲", "专班乙"
HEAD = ["序号", "企业名称", "主要产品", "注册资本", "联系人"]
FIRMS = [(f"台州{n}泵业有限公司", "离心泵；屏蔽泵", 1000) for n in "春夏秋冬"]


def book(*rows: tuple[object, ...], head: list[str] = HEAD) -> bytes:
    """A list as an office has it: a title, the unit in a corner, headings, firms, a total, a note."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.append(["台州市泵业企业名单（2026年）"])
    sheet.append(["填报单位：某局", None, None, None, "单位：万元"])
    sheet.append(head)
    for n, row in enumerate(rows, 1):
        sheet.append([n, *row, "某某"])
    sheet.append([None, "合计", None, 1000 * len(rows)])
    sheet.append(["备注：数据由企业填报。"])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


MESSY = book(*FIRMS, FIRMS[0], ("台州晚霞设备厂", "铸造", 50))


def uploaded(at, content: bytes, name: str = "泵业名单.xlsx"):
    at.file_uploader[0].set_value((name, content, "application/octet-stream"))
    at.run()
    assert not at.exception, at.exception[0].value
    return at


def words(at) -> str:
    kinds = ("title", "markdown", "caption", "subheader", "info", "success", "warning", "error")
    return "\n".join(str(e.value) for kind in kinds for e in getattr(at, kind))


def click(at, key: str):
    next(b for b in at.button if b.key == key).click().run()
    assert not at.exception, at.exception[0].value
    return at


def column(at, heading: str):
    return next(s for s in at.selectbox if s.label == literal(heading))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_guest_is_told_what_the_page_is_for_and_can_bring_nothing(opened, lang):
    at = opened("imports", **HERE, lang=lang)
    assert any(("登录" if lang == "zh" else "Log in") in i.value for i in at.info)
    assert not at.file_uploader


def test_a_file_is_read_and_kept_only_when_its_reader_says_so(opened, as_user, workspace, graph: ChainGraph):
    as_user(FIRST)
    at = uploaded(opened("imports", **HERE), MESSY)
    assert column(at, "企业名称").value == "name"
    assert column(at, "注册资本").value == "registered_capital_wan"
    assert "万元" in words(at)
    assert any("都会判为缺失" in w.value for w in at.warning)
    assert Imports(workspace).list(FIRST) == ()
    click(at, "draft-keep")
    (entry,) = Imports(workspace).list(FIRST)
    read = read_firm_list(MESSY, "泵业名单.xlsx", graph, "331000")
    assert (entry.name, entry.firm_count, dict(entry.counts)) == ("泵业名单", 5, dict(read.counts))
    assert entry.counts["duplicates"] == entry.counts["totals"] == entry.counts["notes"] == 1
    assert at.query_params["list"]
    assert not at.get("file_uploader") or "draft" not in at.session_state


def test_a_column_can_be_given_another_meaning_or_none_and_the_file_is_read_again(opened, as_user):
    as_user(FIRST)
    at = uploaded(opened("imports", **HERE), MESSY)
    column(at, "主要产品").set_value("scope").run()
    assert column(at, "主要产品").value == "scope"
    assert at.session_state["draft"].found.firms["products"].null_count() == 5
    column(at, "注册资本").set_value("").run()
    assert at.session_state["draft"].found.firms["registered_capital_wan"].null_count() == 5
    assert column(at, "注册资本").value == ""
    click(at, "draft-anew")
    assert column(at, "主要产品").value == "products"
    assert column(at, "注册资本").value == "registered_capital_wan"


def test_a_file_without_a_column_of_names_asks_which_it_is(opened, as_user):
    as_user(FIRST)
    at = uploaded(opened("imports", **HERE), "抬头,数\n春江,1\n秋水,2\n".encode(), "名.csv")
    assert len(at.error) == 1
    at.text_input(key="draft-heading").set_value("抬头").run()
    click(at, "draft-by-heading")
    assert not at.error
    assert at.session_state["draft"].found.firms["name"].to_list() == ["春江", "秋水"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("空.xlsx", b" "),
        ("锁.xlsx", b"\xd0\xcf\x11\xe0" + b"0" * 512),
        ("坏.xlsx", b"PK\x03\x04broken"),
        ("无.csv", "甲,乙\n1,2\n".encode()),
        ("弹.xlsx", zip_bomb()),
    ],
)
def test_a_file_that_cannot_be_read_is_told_and_can_be_put_away(opened, as_user, workspace, name, content):
    as_user(FIRST)
    at = uploaded(opened("imports", **HERE), content, name)
    assert len(at.error) == 1
    assert next(b for b in at.button if b.key == "draft-keep").disabled
    click(at, "draft-away")
    assert at.file_uploader
    assert Imports(workspace).list(FIRST) == ()


@pytest.fixture
def kept_list(as_user, workspace, graph: ChainGraph):
    """A list of the first account, as the page keeps it."""
    as_user(FIRST)
    found = read_firm_list(MESSY, "泵业名单.xlsx", graph, "331000").matched(graph).linked(graph)
    Imports(workspace).save(FIRST, found)
    return found


def address_of(at) -> str:
    return str(at.query_params["list"][0] if isinstance(at.query_params["list"], list) else at.query_params["list"])


def open_list(opened, workspace, owner=FIRST, **more):
    from dashboard import basis

    (entry,) = Imports(workspace).list(owner)
    return opened("imports", **HERE, list=basis.number(entry), **more)


def test_the_switch_makes_every_page_rest_on_the_list_until_it_is_switched_off(opened, kept_list, workspace, graph: ChainGraph):
    at = open_list(opened, workspace)
    at.toggle(key="use-list").set_value(True).run()
    assert not at.exception
    expected = diagnose(graph, *HERE.values(), own=kept_list.own_firms(graph))
    for page in ("diagnosis", "targets", "chain_map", "overview"):
        at.switch_page(f"dashboard/pages/{page}.py")
        at.run()
        assert not at.exception
        assert any("泵业名单" in o for o in at.selectbox(key="_own").options)
        assert at.selectbox(key="_own").value
    at.switch_page("dashboard/pages/diagnosis.py")
    at.run()
    assert str(expected.coverage_text) in words(at)
    at.selectbox(key="_own").set_value("").run()
    assert str(diagnose(graph, *HERE.values()).coverage_text) in words(at)


def test_answers_are_kept_and_link_the_list_anew(opened, kept_list, workspace, graph: ChainGraph):
    assert kept_list.questions, "the list has no doubtful firm"
    at = open_list(opened, workspace)
    q = next(q for q in kept_list.questions if q.kind == "company" or q.segment_id.startswith("pump-motor/"))
    answer = "是" if q.kind == "segment" else "都不是"
    if q.kind == "segment":
        at.segmented_control(key=f"answer-{q.number}").set_value(answer)
    else:
        at.selectbox(key=f"answer-{q.number}").set_value(answer)
    next(b for b in at.button if b.label == "保存判定").click().run()
    assert not at.exception
    (entry,) = Imports(workspace).list(FIRST)
    assert Imports(workspace).load(FIRST, entry).answers == {q.key: answer}
    assert any("保存了 1 个判定" in s.value for s in at.success)


def test_a_review_sheet_that_was_filled_in_is_known_and_taken(opened, kept_list, workspace, graph: ChainGraph):
    sheet = openpyxl.load_workbook(io.BytesIO(kept_list.review_sheet(graph)))
    q = kept_list.questions[0]
    sheet.worksheets[0].cell(6, 7).value = "否" if q.kind == "segment" else "都不是"
    out = io.BytesIO()
    sheet.save(out)
    at = uploaded(opened("imports", **HERE), out.getvalue(), "待核表.xlsx")
    (entry,) = Imports(workspace).list(FIRST)
    assert set(Imports(workspace).load(FIRST, entry).answers) == {q.key}
    assert any("读入 1 个判定" in s.value for s in at.success)


def test_nobody_else_sees_a_list_until_it_is_shared_nor_after(opened, as_user, kept_list, workspace):
    at = open_list(opened, workspace)
    number = address_of(at)
    as_user(SECOND)
    other = opened("diagnosis", **HERE, own=number)
    assert any("没有共享给你" in w.value for w in other.warning)
    assert "own" not in other.query_params
    assert not [s for s in other.selectbox if s.key == "_own"]
    as_user(FIRST)
    at.toggle(key="share-list").set_value(True).run()
    as_user(SECOND)
    other = opened("diagnosis", **HERE, own=number)
    assert not other.warning
    assert "泵业名单" in words(other)
    seen = opened("imports", **HERE, list=number)
    assert not [t for t in seen.toggle if t.key == "share-list"]
    assert not [b for b in seen.button if b.key == "remove-import"]
    as_user(FIRST)
    at.run()
    at.toggle(key="share-list").set_value(False).run()
    as_user(SECOND)
    other.run()
    assert any("没有共享给你" in w.value for w in other.warning)
    assert "泵业名单" not in words(other)


def test_a_removed_list_is_gone_from_the_page_and_the_diagnosis(opened, kept_list, workspace):
    at = open_list(opened, workspace)
    at.toggle(key="use-list").set_value(True).run()
    click(at, "remove-import")
    assert Imports(workspace).list(FIRST) == ()
    assert "own" not in at.query_params
    assert "list" not in at.query_params
    assert any("还没有名单" in i.value for i in at.info)


def test_what_a_file_says_is_shown_as_it_is_and_never_as_a_picture_or_link(opened, as_user, workspace):
    as_user(FIRST)
    at = uploaded(opened("imports", **HERE), MESSY, "![x](http://elsewhere.test/x.png) [y](http://elsewhere.test).xlsx")
    at.text_input(key="draft-name").set_value("![x](http://elsewhere.test/x.png)").run()
    click(at, "draft-keep")
    assert "](" not in words(at).replace("\\]\\(", "")


def test_in_english_the_page_has_no_chinese_but_what_the_file_says(opened, kept_list, workspace):
    at = open_list(opened, workspace, lang="en")
    labels = [w.label for kind in ("button", "toggle", "expander") for w in getattr(at, kind)]
    assert labels
    assert not [x for x in labels if any("一" <= c <= "鿿" for c in x)]
