"""`chaingraph link`: a table of firms in, their segments out."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from command_line import run

DATA = Path(__file__).resolve().parents[3] / "data"
FIRMS = "编号,企业名称,经营范围\nK1,甲厂,漆包线制造\nK2,乙公司,漆包线销售\nK3,=丙,轴承、水泵制造\n"


@pytest.fixture
def firms(tmp_path) -> Path:
    (tmp_path / "firms.csv").write_bytes(FIRMS.encode("gbk"))
    return tmp_path / "firms.csv"


def test_makers_are_linked_traders_are_not_and_every_line_says_why(firms):
    done = run("link", firms, "--chain", "泵与电机", "--data", DATA)
    assert done.returncode == 0, done.stderr
    found = pl.read_csv(done.stdout.encode())
    assert found.columns == ["id", "chain_id", "segment_id", "verdict", "confidence", "terms", "because"]
    assert found.row(0) == (
        "K1",
        "pump-motor",
        "magnet-wire",
        "confirmed",
        found["confidence"][0],
        "漆包线",
        "经营范围第1项“漆包线制造”：制造“漆包线”",
    )
    assert set(found["id"]) == {"K1", "K3"}
    assert "3 firms: 2 in a segment, 0 for review only, 1 in none" in done.stderr


@pytest.mark.parametrize("suffix", [".xlsx", ".parquet"])
def test_tables_are_read_and_written_as_their_suffix_says(tmp_path, suffix):
    table = pl.DataFrame({"公司": ["甲厂"], "范围": ["漆包线制造"]})
    path = tmp_path / f"firms{suffix}"
    table.write_parquet(path) if suffix == ".parquet" else table.write_excel(path)
    done = run("link", path, "--scope-column", "范围", "--chain", "pump-motor", "--data", DATA, "-o", tmp_path / "links.parquet")
    assert done.returncode == 0, done.stderr
    assert pl.read_parquet(tmp_path / "links.parquet").select("id", "segment_id").rows() == [("1", "magnet-wire")]


def test_faults_are_one_line_with_a_remedy(firms, tmp_path):
    for words, said in (
        (["link", firms, "--chain", "泵与电", "--data", DATA], "did you mean '泵与电机'"),
        (["link", firms, "--scope-column", "范围", "--data", DATA], "范围"),
        (["link", tmp_path / "none.csv", "--data", DATA], "none.csv"),
        (["link", firms, "-o", tmp_path / "x.docx", "--data", DATA], ".docx"),
    ):
        done = run(*words)
        assert done.returncode == 2
        assert said.lower() in done.stderr.lower()
        assert "Traceback" not in done.stderr
