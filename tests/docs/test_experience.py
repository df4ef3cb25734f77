"""The eight lines of Python with which a researcher starts run as they stand."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
EIGHT_LINES = """\
import chaingraph as cg, ingest, recommend

tables    = ingest.load("data")
graph     = cg.build(tables)
diagnosis = cg.diagnose(graph, region="331000", chain="pump-motor")
targets   = recommend.rank(graph, diagnosis, top=30)
print(targets[0].explain())
after     = cg.diagnose(graph.with_landing(targets[0].company_id, region="331000"), region="331000", chain="pump-motor")
"""
SHOW = """
first = targets[0]
ranks = {"unknown": 0, "missing": 0, "weak": 1, "adequate": 2, "strong": 3}
print("==")
print(len(targets), len({t.company_id for t in targets}), first.name)
print(after[first.segment_id].company_count - diagnosis[first.segment_id].company_count)
print(ranks[after[first.segment_id].presence] >= ranks[diagnosis[first.segment_id].presence])
print(first.company_id in after[first.segment_id].companies, first.company_id in diagnosis[first.segment_id].companies)
"""


def test_the_eight_lines_run_as_they_stand_and_the_landing_shows():
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", EIGHT_LINES + SHOW], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    said, _, shown = done.stdout.partition("==\n")
    number, different, name, gained, no_worse, there, before = shown.split()
    assert number == different
    assert 10 < int(number) <= 30
    assert said.startswith(f"1. {name} → ")
    assert len(said.splitlines()) >= 3
    assert (gained, no_worse, there, before) == ("1", "True", "True", "False")


@pytest.mark.raw
def test_the_eight_lines_are_those_that_were_asked_for(raw):
    asked = re.findall(r"```python\n(.*?)```", (raw / "design" / "experience.md").read_text(encoding="utf-8"), re.DOTALL)
    assert EIGHT_LINES in asked
