import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import names
from ingest.names import normalise, parse, short_key, uscc_is_valid

PLACES = ["台州市", "黄岩区", "深圳市", "东莞市", "苏州市", "沈阳市", "玉环市", "通州区", "宁波市"]


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("比亚迪股份有限公司", "比亚迪股份有限公司"),
        ("  比亚迪 股份 有限公司 。", "比亚迪股份有限公司"),
        ("ＴＣＬ科技集团股份有限公司", "TCL科技集团股份有限公司"),
        ("深圳市振業（集團）股份有限公司", "深圳市振业(集团)股份有限公司"),
        ("乐鑫信息科技【上海】股份有限公司", "乐鑫信息科技(上海)股份有限公司"),
        ("沃爾瑪〔Walmart〕", "沃尔玛(WALMART)"),
        ("Robert   Bosch\u3000GmbH", "ROBERT BOSCH GMBH"),
        ("HCA 医疗保健公司", "HCA医疗保健公司"),
        ("厦门乾照光电股份有限公司", "厦门乾照光电股份有限公司"),
        ("乾燥設備廠", "干燥设备厂"),
        ("菲利普－莫里斯国际公司", "菲利普-莫里斯国际公司"),
        ("比亚迪\u200b股份有限公司", "比亚迪股份有限公司"),
        ("", ""),
    ],
)
def test_normalise(written, normal):
    assert normalise(written) == normal


@given(st.text(max_size=40))
def test_normalise_is_idempotent(text):
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(alphabet="浙江陽光照明電器集團股份有限公司（）() ＡaB*-後裏乾", max_size=30))
def test_normalise_is_idempotent_on_names(text):
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(max_size=30))
def test_any_text_parses(text):
    parts = parse(text, PLACES)
    assert parts.raw == text
    assert parts.normal == normalise(text)


@pytest.mark.parametrize(
    ("name", "place", "trade_name", "industry", "legal_form"),
    [
        ("浙江阳光照明电器集团股份有限公司", "浙江", "阳光", "照明电器", "集团股份有限公司"),
        ("浙江省阳光照明有限责任公司", "浙江", "阳光", "照明", "有限责任公司"),
        ("浙江台州星星冷链有限公司", "浙江台州", "星星", "冷链", "有限公司"),
        ("深圳市振业（集团）股份有限公司", "深圳", "振业", "", "集团股份有限公司"),
        ("乐鑫信息科技（上海）股份有限公司", "上海", "乐鑫", "信息科技", "股份有限公司"),
        ("中国石油天然气股份有限公司", "中国", "中国", "石油天然气", "股份有限公司"),
        ("重庆啤酒股份有限公司", "重庆", "重庆", "啤酒", "股份有限公司"),
        ("台州市黄岩区罗氏模具厂", "台州黄岩区", "罗氏", "模具", "厂"),
        ("玉环县柚农专业合作社", "玉环", "柚农", "", "专业合作社"),
        ("内蒙古自治区伊利实业有限公司", "内蒙古", "伊利", "实业", "有限公司"),
        ("Siemens AG", "", "SIEMENS", "", "AG"),
        ("Ford Motor Company", "", "FORD MOTOR", "", "COMPANY"),
    ],
)
def test_parts(name, place, trade_name, industry, legal_form):
    parts = parse(name, PLACES)
    assert (parts.place, parts.trade_name, parts.industry, parts.legal_form) == (place, trade_name, industry, legal_form)
    assert not parts.is_branch


@pytest.mark.parametrize(
    ("name", "trade_name", "branch_place"),
    [
        ("华为技术有限公司东莞分公司", "华为", "东莞"),
        ("浙江苏泊尔股份有限公司深圳办事处", "苏泊尔", "深圳"),
        ("国泰君安证券股份有限公司宁波彩虹北路营业部", "国泰君安", "宁波"),
        ("比亚迪股份有限公司第二分厂", "比亚迪", ""),
    ],
)
def test_branches(name, trade_name, branch_place):
    parts = parse(name, PLACES)
    assert parts.is_branch
    assert (parts.trade_name, parts.branch_place) == (trade_name, branch_place)


def test_a_second_place_in_brackets_is_the_branch_place():
    parts = parse("浙江阳光照明（江西）有限公司")
    assert (parts.place, parts.branch_place, parts.is_branch) == ("浙江", "江西", False)


def test_places_come_from_the_regions_table(tmp_path, monkeypatch):
    path = tmp_path / "regions.csv"
    monkeypatch.setattr(names, "REGIONS_PATH", path)
    assert parse("台州罗氏模具厂").place == ""
    path = tmp_path / "written.csv"
    path.write_text("region_code,name_zh,level\n331000,台州市,prefecture\n", encoding="utf-8")
    monkeypatch.setattr(names, "REGIONS_PATH", path)
    assert parse("台州罗氏模具厂").place == "台州"
    assert names.gazetteer().province["台州"] == "浙江"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("*ST全新", "全新"),
        ("ST星源", "星源"),
        ("深振业A", "深振业"),
        ("九号公司-WD", "九号"),
        ("N三峡", "三峡"),
        ("万科企业股份有限公司", "万科企业"),
        ("深圳市振业（集团）股份有限公司", "深圳市振业"),
        ("阳光照明（江西）有限公司", "阳光照明江西"),
        ("Walmart Inc.", "WALMART"),
        ("BASF SE", "BASF"),
        ("Toyota Motor Co., Ltd.", "TOYOTA MOTOR"),
        ("TCL科技", "TCL科技"),
        ("*STTCL", "TCL"),
        ("STMicroelectronics N.V.", "STMICROELECTRONICS"),
        ("Coca-Co", "COCACO"),
    ],
)
def test_short_key(name, key):
    assert short_key(name) == key


def test_a_branch_has_another_key_than_its_firm():
    assert short_key("华为技术有限公司东莞分公司") != short_key("华为技术有限公司")


@pytest.mark.parametrize("code", ["91350100M000100Y43", "914403001922038216", "9144030071526726XG"])
def test_valid_codes(code):
    assert uscc_is_valid(code)


@pytest.mark.parametrize(
    "code",
    ["91350100M000100Y44", "91350100M000100Y4", "", "91350100M000100Y433", "91350100I000100Y43", "91350100m000100y43", "N/A"],
)
def test_invalid_codes(code):
    assert not uscc_is_valid(code)


@given(st.integers(0, 16), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_one_wrong_sign_is_always_found(position, sign):
    code = "91350100M000100Y43"
    changed = code[:position] + sign + code[position + 1 :]
    assert uscc_is_valid(changed) == (changed == code)


@given(st.text(alphabet="深圳市乾坤回覆機电（A)(·９9 么九限有公司"))
def test_the_quick_way_to_a_normal_form_is_the_slow_one(text):
    slow = names._normal_once(names._normal_once(names._normal_once(text)))
    assert normalise(text) == slow
