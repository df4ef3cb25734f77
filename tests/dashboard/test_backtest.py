"""The page 签约回测: a list is taken by who is logged in, placed, told, taken along and forgotten; what is no list is refused."""

from __future__ import annotations

import re

import pytest

HERE = {"region": "330300", "chain": "pump-motor"}
FIRST, SECOND = "专班甲", "专班乙"
CJK = re.compile(r"[\u4e00-\u9fff]")
LIST = """温州市签约项目一览表,,,
序号,投资方,签约时间,项目名称
1,大元泵业,2018年3月,![x](http://elsewhere.test/x.png)
2,<b>某某厂</b>,43164,
3,利欧股份,2018,水泵
4,新界泵业,,泵
,合计,4,
""".encode("gb18030")


def uploaded(at, content: bytes = LIST, name: str = "签约.csv"):
    at.file_uploader[0].set_value((name, content, "text/csv"))
    at.run()
    assert not at.exception, at.exception[0].value
    return at


def words(at) -> str:
    kinds = ("title", "markdown", "caption", "subheader", "info", "success", "warning", "error")
    return "\n".join(str(e.value) for kind in kinds for e in getattr(at, kind)).replace("\\", "")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_guest_is_told_what_the_page_is_for_and_can_bring_nothing(opened, lang):
    at = opened("backtest", **HERE, lang=lang)
    assert any(("登录" if lang == "zh" else "Log in") in i.value for i in at.info)
    assert not at.file_uploader


def test_a_list_is_placed_counted_and_told_and_another_user_sees_none_of_it(opened, as_user):
    as_user(FIRST)
    at = uploaded(opened("backtest", **HERE))
    said = words(at)
    assert "读入 7 行 = 签约 4 + 合计行 1 + 标题和表头 2" in said
    assert "4 个签约 = 排出名次 2 + 没有日期 1 + 没有对上企业 1" in said
    assert "2 个签约太少，还说明不了" in at.info[0].value.replace("\\", "")
    assert "命中率不是拜访的成功率" in said
    assert at.session_state["signings"].found.chain_id == ""
    at.segmented_control(key="signings-chain").set_value("pump-motor").run()
    assert at.session_state["signings"].found.chain_id == "pump-motor"
    assert {p.among for p in at.session_state["signings"].found.placed} == {at.session_state["signings"].found.placed[0].among}
    as_user(SECOND)
    at.run()
    assert "signings" not in at.session_state
    assert "大元泵业" not in words(at)
    assert at.file_uploader


def test_in_english_only_names_are_chinese(opened, as_user):
    as_user(FIRST)
    at = uploaded(opened("backtest", **HERE, lang="en"))
    said = words(at)
    assert "2 signings: too few to tell" in said
    assert "4 signings = placed 2 + no date 1 + no known firm 1" in said
    left = [line for line in said.splitlines() if CJK.search(line)]
    assert all("→" in line or line == "签约.csv" for line in left), left


def test_a_file_can_be_put_away(opened, as_user):
    as_user(FIRST)
    at = uploaded(opened("backtest", **HERE))
    at.button(key="signings-away").click().run()
    assert "signings" not in at.session_state
    assert at.file_uploader


def test_a_file_without_a_column_of_dates_asks_which_it_is(opened, as_user):
    as_user(FIRST)
    at = uploaded(opened("backtest", **HERE), "企业名称,何年\n利欧股份,2018\n".encode())
    assert any("签约日期" in e.value for e in at.error)
    at.text_input(key="signings-date").set_value("何年").run()
    at.button(key="signings-by-heading").click().run()
    assert not at.error
    assert at.session_state["signings"].found.fates == {"placed": 1}


@pytest.mark.parametrize(("content", "name"), [(b"<html>", "a.xlsx"), (b"", "a.csv"), (b"\x00\x01", "a.csv")])
def test_what_is_no_list_is_refused_with_what_to_do(opened, as_user, content, name):
    as_user(FIRST)
    at = uploaded(opened("backtest", **HERE), content, name)
    assert len(at.error) == 1
    assert "signings" in at.session_state
    assert at.session_state["signings"].found is None
