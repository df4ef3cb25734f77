import io
import threading
import time

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted_books import workbook

from chaingraph import Tables, build
from chaingraph.errors import ChaingraphError, DataError
from chaingraph.phrases import said
from ingest import own_lists
from ingest.own_lists import LONGEST_NAME, OwnList, OwnLists, read_own_list

OWNER, OTHER = "专班甲", "专班乙"
CODE, CODE_2, UNKNOWN_CODE = "91331000704676274Q", "91310000631696382C", "91330200144071888N"
FIRMS = [
    ("A-1", "利欧集团股份有限公司", "利欧股份", CODE),
    ("A-2", "浙江大元泵业股份有限公司", "大元泵业", CODE_2),
    ("A-3", "新界泵业集团股份有限公司", None, None),
    ("A-4", "宁波东方电缆股份有限公司", "东方电缆", None),
    ("A-5", "浙江东方电机有限公司", None, None),
    ("A-6", "浙江阳光照明电器集团股份有限公司", "阳光照明", None),
]


def firms_graph(firms=FIRMS, aliases=()):
    companies = pd.DataFrame(firms, columns=["company_id", "name_zh", "short_name", "uscc"])
    names = pd.DataFrame(aliases, columns=["company_id", "alias", "alias_kind", "origin_id"])
    return build(Tables.of({"companies": companies.assign(country="CN"), "company_names": names}))


@pytest.fixture(scope="module")
def firms():
    return firms_graph(aliases=[("A-3", "新界水泵有限公司", "former", "o")])


def problems(content, filename, graph):
    with pytest.raises(DataError) as told:
        read_own_list(content, filename, graph)
    for problem in told.value.problems:
        assert all(said(part, "en") for part in (problem.where, problem.found, problem.expected, problem.remedy))
    return told.value.problems


# --- files and columns ------------------------------------------------------------------------------------------------

TABLE = [
    ["序号", "企业名称", "所在地"],
    ["1", "利欧集团股份有限公司", "台州"],
    ["2", "大元泵业", "台州"],
    ["3", "无名机械厂", "杭州"],
]
CSV = "\n".join(",".join(row) for row in TABLE)
FILES = {
    "utf-8.csv": CSV.encode(),
    "bom.csv": CSV.encode("utf-8-sig"),
    "gbk.csv": CSV.encode("gbk"),
    "utf-16.txt": CSV.replace(",", "\t").encode("utf-16"),
    "semicolon.csv": CSV.replace(",", ";").encode("gbk"),
    "tab.tsv": CSV.replace(",", "\t").encode(),
    "crlf.csv": CSV.replace("\n", "\r\n").encode(),
    "book.xlsx": workbook(("名单", TABLE)),
    "titled.xlsx": workbook(("名单", [["台州市企业名单公示"], [], *TABLE])),
    "names.txt": "\n".join(row[1] for row in TABLE[1:]).encode("gbk"),
    "untitled.csv": "\n".join(",".join(row) for row in TABLE[1:]).encode(),
}


@pytest.mark.parametrize("filename", FILES)
def test_a_list_is_the_same_in_any_file_an_office_writes(firms, filename):
    found = read_own_list(FILES[filename], filename, firms)
    assert (found.matched, found.to_review, found.unmatched, found.rows) == (("A-1", "A-2"), (), ("无名机械厂",), 3)
    assert found.name == filename.rpartition(".")[0]


@pytest.mark.parametrize(
    "title", ["企业名称", " 企业 名称* ", "企业名称（必填）", "公司名称：", "单位名称", "入选企业名称", "名称", "企业", "Company Name", "company_name", "NAME", "企业名称 Company name"]
)  # fmt: skip
def test_the_column_of_names_is_known_by_its_title(firms, title):
    # The other column holds firms too, and more of them.
    text = f"推荐单位,{title}\n利欧集团股份有限公司,大元泵业\n利欧集团股份有限公司,大元泵业\n"
    assert read_own_list(text.encode(), "a.csv", firms).matched == ("A-2",)


def test_the_surest_title_wins_wherever_it_stands(firms):
    text = "单位,名称,企业名称,全称\n利欧股份,利欧股份,大元泵业,利欧股份\n"
    assert read_own_list(text.encode(), "a.csv", firms).matched == ("A-2",)


def test_a_line_above_the_titles_is_no_title(firms):
    text = "台州市企业名称公示,\n编号,公司\n1,大元泵业\n"
    assert read_own_list(text.encode(), "a.csv", firms).matched == ("A-2",)


def test_titles_that_come_again_on_a_page_are_no_firms(firms):
    text = "编号,公司\n1,大元泵业\n编号,公司\n2,利欧股份\n"
    found = read_own_list(text.encode(), "a.csv", firms)
    assert (found.matched, found.unmatched, found.rows) == (("A-2", "A-1"), (), 2)


def test_a_column_without_title_is_known_by_known_short_names(firms):
    text = "水泵,利欧股份\n水泵,大元泵业\n电缆,东方电缆\n"
    assert read_own_list(text.encode(), "a.csv", firms).matched == ("A-1", "A-2", "A-4")


def test_all_sheets_with_titles_are_read_and_notes_are_not(firms):
    content = workbook(("说明", [["本名单由协会提供"]]), ("台州", TABLE), ("宁波", [["名称"], ["东方电缆"]]))
    found = read_own_list(content, "a.xlsx", firms)
    assert (found.matched, found.rows) == (("A-1", "A-2", "A-4"), 4)


def test_a_file_without_names_is_told_what_is_wanted(firms):
    (problem,) = problems("产品,数量\n水泵,3\n电机,4\n".encode(), "a.csv", firms)
    assert problem.kind == "missing-column"
    assert "产品、数量" in problem.found
    assert "企业名称" in problem.remedy
    assert problems(workbook(("空", [])), "a.xlsx", firms)[0].kind == "missing-column"
    assert problems("企业名称\n".encode(), "a.csv", firms)[0].kind == "missing-value"


def test_all_rows_without_a_usable_name_are_told_at_once(firms):
    text = f"序号,企业名称,备注\n1,利欧股份,\n2,,待补\n3,,\n4,{'长' * (LONGEST_NAME + 1)},\n注：以上按笔画,,\n"
    found = problems(text.encode(), "a.csv", firms)
    assert [(p.where, p.kind) for p in found] == [
        ("第 3 行", "missing-value"),
        ("第 5 行", "impossible-value"),
        ("第 6 行", "missing-value"),
    ]
    assert said(found[0].where, "en") == "row 3"
    assert "待补" in found[0].found
    where = problems(workbook(("名单", [["企业名称", "备注"], ["", "待补"]])), "a.xlsx", firms)[0].where
    assert where == "工作表“名单”第 2 行"


def test_what_is_too_large_is_refused_before_it_is_matched(firms):
    assert problems(b"x" * (5 * 2**20 + 1), "a.csv", firms)[0].kind == "too-large"
    assert problems(("企业名称\n" + "甲\n" * 20_000).encode(), "a.csv", firms)[0].kind == "too-large"


# --- matching ---------------------------------------------------------------------------------------------------------


def test_names_are_matched_as_everywhere(firms):
    names = [
        "利欧集团股份有限公司",
        "利欧股份",
        "新界水泵有限公司",
        "新界泵业集團股份有限公司",
        "寧波東方電纜股份有限公司",
        "大元泵业",
    ]
    found = read_own_list("\n".join(names).encode(), "a.txt", firms)
    assert found.matched == ("A-1", "A-3", "A-4", "A-2")
    assert (found.to_review, found.unmatched, found.rows) == ((), (), 6)


def test_a_doubtful_name_comes_with_the_companies_it_may_mean(firms):
    found = read_own_list("阳光照明有限公司\n利欧股份".encode(), "a.txt", firms)
    assert (found.matched, found.unmatched) == (("A-1",), ())
    ((text, candidates),) = found.to_review
    assert (text, candidates[0]) == ("阳光照明有限公司", "A-6")
    assert len(candidates) == len(set(candidates))


def test_a_name_of_several_companies_offers_them_all():
    graph = firms_graph([("A-1", "甲方圆有限公司", "方圆", None), ("A-2", "乙方圆有限公司", "方圆", None), *FIRMS[2:]])
    ((_, candidates),) = read_own_list("方圆".encode(), "a.txt", graph).to_review
    assert candidates[:2] == ("A-1", "A-2")


def test_a_known_credit_code_decides(firms):
    rows = [
        "企业名称,统一社会信用代码",
        f"改了名的公司,{CODE}",
        f"大元泵业,{CODE_2}",
        f"东方电缆,{UNKNOWN_CODE}",
        "新界泵业集团股份有限公司,-",
    ]
    found = read_own_list("\n".join(rows).encode(), "a.csv", firms)
    assert (found.matched, found.to_review, found.unmatched) == (("A-1", "A-2", "A-4", "A-3"), (), ())


def test_a_credit_code_is_read_however_it_is_written(firms):
    text = f"公司\t信用代码（18位）\n改了名的公司\t'{CODE.lower()[:9]} {CODE[9:]}\n"
    assert read_own_list(text.encode(), "a.tsv", firms).matched == ("A-1",)
    untitled = f"改了名的公司,{CODE}\n另一家公司,{CODE_2}\n"
    assert read_own_list(untitled.encode(), "a.csv", firms).matched == ("A-1", "A-2")


def test_a_code_against_a_name_is_for_a_person_to_judge(firms):
    found = read_own_list(f"企业名称,信用代码\n大元泵业,{CODE}\n".encode(), "a.csv", firms)
    assert (found.matched, found.to_review) == ((), (("大元泵业", ("A-1", "A-2")),))


def test_hostile_cells_are_names_like_any_other(firms):
    hostile = ["=cmd|'/c calc'!A1", "'; DROP TABLE lists; --", "<script>alert(1)</script>", "@SUM(A1)", "-1+1"]
    content = workbook(("名单", [["企业名称"]]))
    made = openpyxl.load_workbook(io.BytesIO(content))
    for row, text in enumerate(hostile, 2):
        cell = made["名单"].cell(row, 1)
        cell.value, cell.data_type = text, "s"
    out = io.BytesIO()
    made.save(out)
    assert read_own_list(out.getvalue(), "a.xlsx", firms).unmatched == tuple(hostile)
    assert read_own_list("\n".join(hostile).encode(), "a.txt", firms).unmatched == tuple(hostile)
    assert read_own_list("\u202e利欧\x1b股份\ufeff".encode(), "a.txt", firms).matched == ("A-1",)


@settings(max_examples=60)
@given(
    names=st.lists(
        st.text(alphabet=st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20), min_size=1, max_size=8
    )
)
def test_every_name_is_matched_or_asked_about_or_named_as_unmatched(firms, names):
    rows = [["企业名称"], *([name] for name in names)]
    quoted = "\n".join('"' + row[0].replace('"', '""') + '"' for row in rows)
    found = read_own_list(quoted.encode(), "a.csv", firms)
    assert found.rows == len([n for n in names if n != "企业名称"])
    told = {text for text, _ in found.to_review} | set(found.unmatched)
    assert told <= {" ".join(n.split()) for n in names}
    assert len(told) + len(found.matched) <= len(set(names))
    assert told or found.matched or not found.rows
    assert set(found.matched) | {i for _, ids in found.to_review for i in ids} <= {f[0] for f in FIRMS}


def test_a_thousand_names_take_less_than_two_seconds_and_the_index_is_made_once(graph, monkeypatch):
    companies = graph.tables["companies"]
    names = [*companies["name_zh"].sample(500, random_state=1), *companies["short_name"].dropna().sample(300, random_state=1)]
    names += [f"台州市第{n}水泵机械厂有限公司" for n in range(200)]
    content = ("企业名称\n" + "\n".join(f'"{n}"' for n in names)).encode()
    read_own_list("利欧股份".encode(), "a.txt", graph)
    monkeypatch.setattr(own_lists, "NameIndex", None)
    started = time.process_time()
    found = read_own_list(content, "a.csv", graph)
    assert time.process_time() - started < 2
    assert found.rows == 1000
    assert len(found.matched) > 700
    assert len(found.unmatched) > 100


def test_each_data_version_is_matched_with_its_own_companies(firms):
    other = firms_graph([("B-1", "利欧集团股份有限公司", "利欧股份", None)])
    for _ in range(2):
        assert read_own_list("利欧股份".encode(), "a.txt", firms).matched == ("A-1",)
        assert read_own_list("利欧股份".encode(), "a.txt", other).matched == ("B-1",)


def test_lists_read_at_the_same_time_do_not_disturb_each_other(firms):
    other = firms_graph([("B-1", "利欧集团股份有限公司", "利欧股份", None)])
    wrong = []

    def read(graph, expected):
        found = [read_own_list("利欧股份".encode(), "a.txt", graph).matched for _ in range(5)]
        wrong.extend(ids for ids in found if ids != expected)

    threads = [threading.Thread(target=read, args=pair) for pair in [(firms, ("A-1",)), (other, ("B-1",))] * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


# --- judging doubtful names -------------------------------------------------------------------------------------------

DOUBTFUL = OwnList("own-1", "名单", ("A-1",), (("甲", ("A-2", "A-3")), ("乙", ("A-4",)), ("丙", ("A-1",))), ("丁",), 5)


def test_a_verdict_moves_a_name_to_the_matched_or_the_unmatched():
    judged = DOUBTFUL.resolved({"甲": "A-3", "乙": "", "丙": "A-1"})
    assert (judged.matched, judged.to_review, judged.unmatched) == (("A-1", "A-3"), (), ("丁", "乙"))
    assert DOUBTFUL.resolved({"乙": "A-4"}).to_review == (DOUBTFUL.to_review[0], DOUBTFUL.to_review[2])
    assert DOUBTFUL.resolved({}) == DOUBTFUL


@pytest.mark.parametrize("verdicts", [{"甲": "A-9"}, {"丁": "A-1"}, {"戊": ""}])
def test_a_verdict_on_something_else_is_refused(verdicts):
    with pytest.raises(ChaingraphError, match="请在候选企业中选择"):
        DOUBTFUL.resolved(verdicts)


# --- kept lists -------------------------------------------------------------------------------------------------------


def test_a_kept_list_comes_back_as_it_was(tmp_path, firms):
    brought = read_own_list("利欧股份\n阳光照明有限公司\n无名厂\n'; DROP TABLE lists; --".encode(), "专精特新.txt", firms)
    assert all((brought.matched, brought.to_review, brought.unmatched))
    kept = OwnLists(tmp_path)
    assert kept.lists(OWNER) == ()
    kept.save(OWNER, brought)
    kept.save(OWNER, DOUBTFUL)
    assert OwnLists(tmp_path).lists(OWNER) == (brought, DOUBTFUL)
    assert (tmp_path / "own_lists.sqlite").stat().st_mode & 0o777 == 0o600


def test_a_list_of_the_same_name_replaces_the_one_before(tmp_path, firms):
    kept = OwnLists(tmp_path)
    for names in ("利欧股份", "大元泵业"):
        kept.save(OWNER, read_own_list(names.encode(), "专精特新.txt", firms))
    assert [(brought.name, brought.matched) for brought in kept.lists(OWNER)] == [("专精特新", ("A-2",))]
    kept.save(OWNER, read_own_list(b"x", "其他.txt", firms))
    assert len({brought.list_id for brought in kept.lists(OWNER)}) == 2


def test_a_removed_list_is_gone(tmp_path):
    kept = OwnLists(tmp_path)
    kept.save(OWNER, DOUBTFUL)
    assert kept.remove(OTHER, DOUBTFUL.list_id) is False
    assert kept.remove(OWNER, DOUBTFUL.list_id) is True
    assert kept.remove(OWNER, DOUBTFUL.list_id) is False
    assert kept.lists(OWNER) == ()


NAMES = st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
ACTS = st.lists(st.tuples(st.integers(0, 1), st.booleans(), st.sampled_from(["own-1", "own-2"])), max_size=10)


@settings(max_examples=40)
@given(owners=st.lists(NAMES, min_size=2, max_size=2, unique=True), acts=ACTS)
def test_two_owners_never_see_nor_remove_each_others_lists(tmp_path_factory, owners, acts):
    kept = OwnLists(tmp_path_factory.mktemp("owners"))
    expected = ({}, {})
    for number, (who, is_save, list_id) in enumerate(acts):
        if is_save:
            expected[who][list_id] = OwnList(list_id, list_id, (f"A-{number}",), (), (), 1)
            kept.save(owners[who], expected[who][list_id])
        else:
            assert kept.remove(owners[who], list_id) is (expected[who].pop(list_id, None) is not None)
        for owner, lists in zip(owners, expected, strict=True):
            assert {brought.list_id: brought for brought in kept.lists(owner)} == lists


def test_nobody_keeps_no_list(tmp_path):
    with pytest.raises(ChaingraphError, match="请先登录"):
        OwnLists(tmp_path).save("", DOUBTFUL)
