import csv
import io

import openpyxl
import polars as pl
import pytest
from command_line import run

COMPANIES = """代码,企业名称,简称,英文名,曾用名,统一社会信用代码
01,浙江阳光照明电器集团股份有限公司,,,,
02,珠海格力电器股份有限公司,,,海利空调器股份有限公司,
03,西门子股份公司,,Siemens AG,,
"""
NAMES = "供应商\n阳光照明\n阳光照明(江西)有限公司\n格力電器\nSIEMENS\n海利空调器股份有限公司\n格力电器股份有限公司北京分公司\n无名厂\n"


@pytest.fixture
def files(tmp_path):
    (tmp_path / "companies.csv").write_bytes(COMPANIES.encode("gbk"))
    (tmp_path / "names.csv").write_text(NAMES, "utf-8")
    return tmp_path


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_names_are_matched_against_a_table(files):
    done = run("match", "names.csv", "--against", "companies.csv", cwd=files)
    assert done.returncode == 0, done.stderr
    found = {row["alias"]: row for row in rows(done.stdout)}
    assert list(found) == NAMES.split()[1:]
    assert [row["verdict"] for row in found.values()] == ["accept", "reject", "accept", "accept", "accept", "reject", "reject"]
    assert [row["company_id"] for row in found.values()] == ["01", "", "02", "03", "02", "", ""]
    own = found["阳光照明(江西)有限公司"]
    assert (own["full_name"], own["relation"], own["related_to"]) == ("", "subsidiary_of", "浙江阳光照明电器集团股份有限公司")
    assert done.stderr.strip() == "7 name(s): 4 accept, 0 review, 3 reject"


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet"])
def test_results_are_written_as_the_suffix_says(files, suffix):
    out = files / f"out{suffix}"
    done = run("match", "names.csv", "--against", "companies.csv", "-o", out, cwd=files)
    assert (done.returncode, done.stdout) == (0, "")
    if suffix == ".xlsx":
        titles, *lines = openpyxl.load_workbook(out).active.iter_rows(values_only=True)
    else:
        frame = pl.read_parquet(out) if suffix == ".parquet" else pl.read_csv(out)
        titles, lines = frame.columns, frame.rows()
    assert list(titles) == ["alias", "company_id", "full_name", "verdict", "score", "why", "relation", "related_to"]
    assert len(lines) == 7


def test_without_ids_there_is_no_id(files):
    (files / "few.txt").write_text("全称\n浙江阳光照明电器集团股份有限公司\n", "utf-8")
    done = run("match", "names.csv", "--against", "few.txt", cwd=files)
    assert done.stdout.splitlines()[0] == "alias,full_name,verdict,score,why,relation,related_to"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["names.csv", "--against", "companys.csv"], "companys.csv · file: found no file"),
        (["names.csv", "--against", "companies.csv", "--column", "供货商"], "Did you mean '供应商'?"),
        (["names.csv", "--against", "companies.csv", "-o", "out.doc"], "its suffix must be one of"),
        (["companies.csv", "--against", "twice.csv"], "twice.csv · row 3: found the id '1'"),
    ],
)
def test_a_fault_is_one_line(files, words, said):
    (files / "twice.csv").write_text("id,name\n1,长城泵业\n1,海角电机\n", "utf-8")
    done = run("match", *words, cwd=files)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_evaluating_names_needs_the_truth(tmp_path):
    done = run("evaluate", "names", "--raw", tmp_path)
    assert done.returncode == 2
    assert "no truth in" in done.stderr
