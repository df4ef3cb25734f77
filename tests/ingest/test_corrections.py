"""Corrections of source rows: read instead of what stands there, and refused as soon as the source says another thing."""

import pandas as pd
import pytest

from chaingraph import ChaingraphError, DataError
from ingest import corrections

HEAD = "file,key_column,key,column,expect,value,reason\n"
FIX = "lists/top.csv,rank,2,name,青岛乙伦,青岛乙轮,公告里的写法\n"


@pytest.fixture
def raw(tmp_path):
    """Raw sources: a list to be corrected, another file beside it, a folder below."""
    folder = tmp_path / "raw"
    (folder / "lists" / "deep").mkdir(parents=True)
    (folder / "maps").mkdir()
    (folder / "lists" / "top.csv").write_text('\ufeffrank,name\n1,甲\n2,青岛乙伦\n3,"丙,丁"\n', encoding="utf-8")
    (folder / "lists" / "else.csv").write_text("a\n1\n", encoding="utf-8")
    (folder / "lists" / "deep" / "x.csv").write_text("b\n2\n", encoding="utf-8")
    (folder / "maps" / "m.json").write_text("{}", encoding="utf-8")
    return folder


@pytest.fixture
def ledger(tmp_path):
    folder = tmp_path / "decisions"
    folder.mkdir()
    return lambda rows, head=HEAD: (folder / "corrections.csv").write_text(head + rows, encoding="utf-8") and folder


def test_the_corrected_cell_is_read_and_everything_else_as_it_is(raw, ledger):
    before = {p: p.read_bytes() for p in raw.rglob("*") if p.is_file()}
    with corrections.corrected(raw, ledger(FIX)) as sources:
        assert pd.read_csv(sources / "lists/top.csv")["name"].tolist() == ["甲", "青岛乙轮", "丙,丁"]
        for path in ("lists/else.csv", "lists/deep/x.csv", "maps/m.json"):
            assert (sources / path).read_bytes() == (raw / path).read_bytes()
    assert not sources.exists()
    assert {p: p.read_bytes() for p in raw.rglob("*") if p.is_file()} == before


def test_without_corrections_the_sources_are_read_where_they_are(raw, tmp_path):
    with corrections.corrected(raw, tmp_path / "nowhere") as sources:
        assert sources == raw


LATE = {
    "another value": (
        FIX.replace("青岛乙伦", "青岛乙仑"),
        "row 2 (lists/top.csv, rank 2, name): found '青岛乙伦', expected '青岛乙仑'. The source has changed: remove the correction",
    ),
    "mended in the source": (FIX.replace(",青岛乙伦,", ",青岛乙轮,"), "found '青岛乙伦', expected '青岛乙轮'"),
    "no such row": (FIX.replace(",2,", ",9,"), "(lists/top.csv, rank 9): found 0 rows, expected one row"),
    "no such column": (
        FIX.replace(",name,", ",nam,"),
        "found no column 'nam', expected a column of the file. Did you mean 'name'?",
    ),
    "no such file": (FIX.replace("top", "tops"), "(lists/tops.csv, file): found no such file"),
    "a path out of the sources": (FIX.replace("lists/", "../lists/"), "expected a path below the raw sources"),
    "no reason": (FIX.replace("公告里的写法", ""), "row 2, reason: found nothing"),
}


@pytest.mark.parametrize(("row", "message"), LATE.values(), ids=LATE)
def test_a_correction_that_does_not_fit_stops_the_build(raw, ledger, row, message):
    with pytest.raises(ChaingraphError) as caught, corrections.corrected(raw, ledger(row)):
        pytest.fail("read all the same")
    assert message in str(caught.value)


def test_all_that_do_not_fit_are_told_at_once(raw, ledger):
    rows = FIX.replace(",2,", ",9,") + FIX.replace("青岛乙伦", "乙") + "maps/none.csv,a,b,c,d,e,f\n"
    with pytest.raises(DataError) as caught, corrections.corrected(raw, ledger(rows)):
        pytest.fail("read all the same")
    assert len(caught.value.problems) == 3


def test_a_fault_in_the_file_is_reported_by_the_check_of_the_folder(folder):
    folder.write("decisions/corrections.csv", HEAD.replace(",reason", "").encode())
    (message,) = folder.messages()
    assert message.startswith("decisions/corrections.csv · column reason: found no such column")
