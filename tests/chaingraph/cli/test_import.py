import io
import json

import openpyxl
import pytest
from command_line import run
from messy_lists import CODE

from ingest.imports.review import HEADINGS, MARK

FILE = f"""台州市泵业企业名单,,,,
序号,企业名称,信用代码,主要产品,注册资本（万元）
1,台州某甲泵业有限公司,{CODE},水泵；离心泵,"1,200"
2,台州某乙电机有限公司,,电机,约５００
3,台州某丙铸造贸易有限公司,,铸件销售,10
4,台州某丙铸造贸易有限公司,,,10
合计,,,,1710
"""


@pytest.fixture(scope="module")
def place(shipped_store, tmp_path_factory):
    """A folder with a workspace and the list as an office's GBK file."""
    folder = tmp_path_factory.mktemp("import")
    (folder / "store").symlink_to(shipped_store)
    (folder / "泵业.csv").write_bytes(FILE.encode("gbk"))
    return folder


def called(place, *words, **env):
    kept = {"CHAINGRAPH_STORE": str(place / "store"), "CHAINGRAPH_WORKSPACE": str(place / "workspace")}
    return run(*words, cwd=place, **{**kept, **env})


@pytest.fixture(scope="module")
def imported(place):
    return called(place, "import", "泵业.csv", "--region", "台州", "-o", "待核.xlsx")


def test_a_list_is_imported_with_what_was_recognised_and_where_every_row_went(imported):
    assert imported.returncode == 0, imported.stderr
    assert "读入 7 行 = 企业 3 + 重复企业 1 + 合计行 1 + 标题和表头 2" in imported.stdout
    assert "“注册资本（万元）” → 注册资本（万元）（按表头，单位：万元）" in imported.stdout
    assert "泵与电机 · 水泵整机" in imported.stdout
    assert "diagnose 台州市 --chain CHAIN --own 泵业" in imported.stderr


def test_the_diagnosis_uses_it_and_says_so(place, imported):
    told = called(place, "diagnose", "台州", "--chain", "泵与电机", "--own", "泵业", "--json")
    assert told.returncode == 0, told.stderr
    found = json.loads(told.stdout)
    assert found["own_list"]["firms"] == 3
    assert found["coverage_text"].startswith("自有名单“泵业”3 家")
    plain = json.loads(called(place, "diagnose", "台州", "--chain", "泵与电机", "--json").stdout)
    assert "own_list" not in plain


def test_a_review_sheet_comes_back_through_the_same_command(place, imported):
    book = openpyxl.load_workbook(place / "待核.xlsx")
    sheet = book[MARK]
    asked = sheet.max_row - 5
    assert asked > 0
    sheet.cell(6, len(HEADINGS), "否")
    book.save(place / "填好.xlsx")
    back = called(place, "import", "填好.xlsx", "--json", "-o", "余下.xlsx")
    assert back.returncode == 0, back.stderr
    assert json.loads(back.stdout)["questions"] == asked - 1
    sheet.cell(6, len(HEADINGS), "也许")
    book.save(place / "填错.xlsx")
    wrong = called(place, "import", "填错.xlsx")
    assert wrong.returncode == 2
    assert "第 6 行" in wrong.stderr


def test_lists_are_listed_and_removed_by_their_owner_alone(place):
    called(
        place,
        "import",
        "泵业.csv",
        "--region",
        "台州",
        "--name",
        "另一份",
        "--owner",
        "专班甲",
        "--coverage",
        "partial",
        "-o",
        "甲.xlsx",
    )
    mine = json.loads(called(place, "import", "--list", "--json", CHAINGRAPH_OWNER="专班甲").stdout)
    assert [(e["name"], e["owner"], e["coverage"], e["shared"], e["file"]) for e in mine] == [
        ("另一份", "专班甲", "partial", False, "泵业.csv")
    ]
    assert "另一份" not in called(place, "import", "--list").stdout
    refused = called(place, "import", "--remove", "另一份", "--region", "台州")
    assert refused.returncode == 2
    assert called(place, "import", "--remove", "另一份", "--region", "台州", "--owner", "专班甲").returncode == 0
    assert json.loads(called(place, "import", "--list", "--json", "--owner", "专班甲").stdout) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("import",), "nothing to import"),
        (("import", "泵业.csv"), "--region"),
        (("import", "没有.csv", "--region", "台州"), "no file"),
        (("import", "泵业.csv", "--region", "台州", "--column", "企业名称"), "FIELD=HEADING"),
        (("import", "泵业.csv", "--region", "台州", "--coverage", "half"), "complete, partial"),
        (("import", "泵业.csv", "--from", "neo4j"), "with a file"),
        (("import", "--from", "elsewhere"), "elsewhere"),
        (("import", "--from", "neo4j"), "-o"),
        (("diagnose", "青岛", "--chain", "泵与电机", "--own", "泵业"), "import FILE --region 青岛市"),
    ],
)
def test_a_fault_is_one_line_with_its_remedy(place, words, told):
    done = called(place, *words)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_a_bad_file_is_one_problem(place):
    (place / "空.csv").write_bytes(io.BytesIO().getvalue())
    done = called(place, "import", "空.csv", "--region", "台州")
    assert (done.returncode, done.stdout) == (2, "")
    assert "空文件" in done.stderr
