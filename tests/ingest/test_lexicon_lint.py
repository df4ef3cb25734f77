"""The lint of lexicons: each rule is planted once, in lexicons that break nothing else, and told as the page tells it."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from chaingraph.errors import ChaingraphError, DataError
from chaingraph.lint import LintFinding
from chaingraph.phrases import Phrase
from ingest.chains import ForeignSegment, Lexicon, read_chains
from ingest.lexicon_lint import RULES, USAGE_RULES, LexiconRule, lint_lexicons, read_accepted
from ingest.lexicon_usage import Usage, read_firms, usage
from tests.planted.command_line import run

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "lint.md").read_text(encoding="utf-8")


def segment(name: str, *specific: str, kind: str = "making", codes: str = "3441", sector: str = "067", **levels: list[str]):
    """A segment of a pump chain unless it says otherwise."""
    lexicon = Lexicon(specific=list(specific), **levels)
    return ForeignSegment(
        id="s", name_zh=name, stage="midstream", kind=kind, industry_codes=[codes], io_sector=sector, lexicon=lexicon
    )


PUMP = segment("泵", "水泵", "离心泵", exclude=["汽车水泵"])


def firms(*scopes: str) -> pl.DataFrame:
    return pl.DataFrame({"name": ["一厂"] * len(scopes), "scope": scopes}, schema={"name": pl.String, "scope": pl.String})


def many(*counted: tuple[str, int]) -> pl.DataFrame:
    return firms(*(scope for scope, number in counted for _ in range(number)))


BROKEN: list[tuple[dict[str, ForeignSegment], pl.DataFrame | None]] = [
    ({"c/pump": segment("泵", indicative=["水泵"])}, None),
    ({"c/pump": segment("泵", "水泵", generic=["泵"])}, None),
    ({"c/cast": segment("铸件", "铸铁件", "铸造")}, None),
    ({"c/pump": segment("泵", "水泵", indicative=["水泵"])}, None),
    ({"c/pump": PUMP, "d/toy": segment("玩具", "水泵", codes="2452", sector="040")}, None),
    ({"c/pump": segment("泵", "水泵", "汽车水泵", exclude=["汽车水泵"])}, None),
    ({"c/pump": segment("泵", "水泵", exclude=["消防泵房"])}, None),
    ({"c/pump": PUMP}, many(("生产水泵", 5), ("生产离心泵", 1), ("生产纸箱", 800))),
    ({"c/pump": PUMP}, many(("生产水泵", 100), ("生产离心泵", 1), ("生产纸箱", 30_000))),
    ({"c/pump": PUMP}, many(("生产水泵、离心泵", 4))),
    ({"c/pump": segment("泵", "水泵", "智慧泵", "云泵")}, many(("生产水泵", 3), ("生产水泵、泵", 3), ("生产纸箱", 5_000))),
]


@pytest.fixture(scope="module")
def found() -> list[list[LintFinding]]:
    return [lint_lexicons(segments, None if body is None else usage(body, segments)) for segments, body in BROKEN]


def test_each_rule_is_broken_once_by_lexicons_that_break_no_other(found):
    rules = [{f.rule for f in findings} for findings in found]
    assert rules == [{rule} for rule in (*RULES, *USAGE_RULES)]


def test_lexicons_as_they_should_be_have_no_finding():
    body = many(("生产水泵", 5), ("生产水泵、离心泵", 5), ("生产离心泵", 5), ("生产纸箱", 5_000))
    assert lint_lexicons({"c/pump": PUMP}, usage(body, {"c/pump": PUMP})) == []


def test_the_page_has_every_rule_with_an_example_and_the_remedy_that_the_rule_gives(found):
    stale = lint_lexicons({"c/pump": PUMP}, None, {("no-terms", "c/pump"): Phrase("因", "why")})
    part = PAGE.split("## Lexicons\n")[1]
    told = {
        rule: f"{where}: {text}\n{remedy}"
        for rule, where, text, remedy in re.findall(
            r"^### ([a-z-]+)\n.*?^Example: `(.+?)`: (.+?)$\n\nRemedy: (.+?)$", part, re.DOTALL | re.MULTILINE
        )
    }
    assert told == {f.rule: f"{f.where}: {f.text}\n{f.remedy}" for findings in [*found, stale] for f in findings}
    assert set(told) == set(LexiconRule)


def test_a_term_is_shared_only_by_what_does_unrelated_things():
    def shared(**other: str) -> list[str]:
        both = {"c/pump": PUMP, "d/other": segment("别的", "水泵", **other)}
        return [f.where for f in lint_lexicons(both)]

    assert shared(codes="2452", sector="040") == ["d/other · 水泵"]
    assert shared(codes="3499", sector="040") == shared(codes="2452", sector="067") == []
    assert shared(codes="2452", sector="040", kind="market") == []


def test_segments_with_a_second_term_in_common_are_two_views_of_one_product():
    both = {"c/pump": PUMP, "d/other": segment("别的", "水泵", codes="2452", sector="040", generic=["离心泵"])}
    assert lint_lexicons(both) == []


def test_an_exclusion_that_a_term_begins_in_keeps_it_from_being_found():
    """密封泵 ends in 泵, where 泵车 would begin: the longer phrase that begins first wins the place."""
    assert lint_lexicons({"c/truck": segment("泵车", "泵车", exclude=["密封泵"])}) == []


def test_usage_counts_firms_and_not_mentions():
    segments = {"c/pump": PUMP, "c/box": segment("纸箱", "纸箱")}
    used = usage(firms("生产水泵；水泵制造；水泵加工", "生产离心泵、水泵", "销售水泵", "生产汽车水泵", None), segments)
    assert used == Usage(5, frozenset({"水泵", "离心泵"}), {"c/pump": 2}, (("c/pump", "水泵", 1),))


def test_a_term_is_heard_in_any_width_and_case():
    segments = {"c/pipe": segment("管", "PPR管")}
    assert usage(firms("生产ｐｐｒ管"), segments).heard == {"PPR管"}


def test_a_finding_that_may_stand_says_why_and_what_is_gone_is_told():
    bare = {"c/pump": segment("泵")}
    ledger = {("no-terms", "c/pump"): Phrase("因", "why"), ("links-nothing", "c/pump"): Phrase("因", "why")}
    (explained,) = lint_lexicons(bare, None, ledger)
    assert (explained.rule, explained.because) == ("no-terms", "因")
    (stale,) = lint_lexicons({"c/pump": PUMP}, None, ledger)
    assert (stale.rule, stale.text) == ("stale-acceptance", "explains a finding of no-terms that is no longer there")


def test_an_explanation_of_what_firms_write_is_never_stale():
    ledger, body = (
        {("links-nothing", "c/pump"): Phrase("因", "why")},
        many(("生产水泵", 5), ("生产离心泵", 5), ("生产纸箱", 5_000)),
    )
    assert lint_lexicons({"c/pump": PUMP}, None, ledger) == []
    assert lint_lexicons({"c/pump": PUMP}, usage(body, {"c/pump": PUMP}), ledger) == []


def test_a_ledger_with_an_unknown_rule_or_no_reason_names_its_entry(tmp_path):
    (tmp_path / "decisions").mkdir()
    (tmp_path / "decisions" / "lexicons.toml").write_text(
        '[[accepted]]\nrule = "shared-terms"\nwhere = "c/pump"\nbecause = "因"\nbecause_en = ""\n', encoding="utf-8"
    )
    with pytest.raises(DataError) as failed:
        read_accepted(tmp_path)
    assert {p.kind for p in failed.value.problems} == {"unknown-word", "wrong-type"}
    assert any("Did you mean 'shared-term'" in p.remedy for p in failed.value.problems)


def test_firms_are_read_from_csv_and_parquet_alike(tmp_path):
    frame = pd.DataFrame({"id": ["1", "2"], "name": ["甲", "乙"], "scope": ["生产水泵", None]})
    frame.to_csv(tmp_path / "f.csv", index=False)
    frame.to_parquet(tmp_path / "f.parquet")
    expected = [("甲", "生产水泵"), ("乙", None)]
    assert read_firms(tmp_path / "f.csv").rows() == read_firms(tmp_path / "f.parquet").rows() == expected


def test_a_file_without_scopes_or_of_another_kind_is_refused(tmp_path):
    (tmp_path / "f.csv").write_text("name,scopes\n甲,生产水泵\n", encoding="utf-8")
    with pytest.raises(DataError, match="Did you mean 'scopes'"):
        read_firms(tmp_path / "f.csv")
    with pytest.raises(ChaingraphError, match=r"give a \.csv or \.parquet"):
        read_firms(tmp_path / "f.xlsx")


def test_the_shipped_lexicons_have_no_finding_without_an_explanation():
    """The rules that need firms are run on data that do not ship."""
    segments = dict(read_chains(ROOT / "data").segments())
    assert [f for f in lint_lexicons(segments, None, read_accepted(ROOT / "data")) if not f.is_explained] == []


def test_the_command_tries_one_chain_on_ones_own_firms(tmp_path):
    (tmp_path / "f.csv").write_text("name,scope\n甲,生产水泵\n", encoding="utf-8")
    done = run("lexicons", "--chain", "泵与电机", "--against", tmp_path / "f.csv", cwd=ROOT)
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert {where.split("/")[0] for _, where, *_ in rows} == {"pump-motor"}
    assert {rule for rule, *_ in rows} >= {"links-nothing", "unheard-terms"}


def test_a_chain_or_a_file_that_is_not_there_is_named():
    assert "no chain '泵和电机'" in run("lexicons", "-c", "泵和电机", cwd=ROOT).stderr
    assert "no file 'nowhere.csv'" in run("lexicons", "--against", "nowhere.csv", cwd=ROOT).stderr
