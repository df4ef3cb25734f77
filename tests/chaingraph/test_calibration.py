"""The interval of a location quotient against what all the data say, on cities made thin."""

import re
from pathlib import Path

import pytest
from command_line import run
from planted_world import even_world

from chaingraph.calibration import BANDS, presence_calibration

PAGE = Path(__file__).resolve().parents[2] / "docs" / "accuracy.md"


@pytest.fixture(scope="module")
def found(graph):
    return presence_calibration(graph)


def test_the_interval_holds_the_full_value_in_85_to_95_of_100_cases(found):
    whole = found[(found["expected_from"] == 0) & (found["expected_to"] == float("inf"))]
    assert whole["trial"].tolist() == ["thin", "thin-and-holes"]
    assert (whole["cells"] > 10_000).all()
    assert whole["held"].between(0.85, 0.955).all()


def test_no_band_of_thinness_is_far_off_and_the_shares_add_up(found):
    judged = found[found["cells"] > 0]
    assert judged["held"].between(0.85, 0.98).all()
    assert (judged["held"] + judged["too_high"] + judged["too_low"]).round(12).eq(1).all()
    bands = judged[~((judged["expected_from"] == 0) & (judged["expected_to"] == float("inf")))]
    assert bands.groupby("trial")["cells"].sum().nunique() == 1


def test_in_a_world_where_every_quotient_is_one_nine_intervals_of_ten_hold_it():
    found = presence_calibration(even_world("a", "b", each=2000).graph(), rounds=100)
    whole = found[(found["expected_from"] == 0) & (found["expected_to"] == float("inf"))]
    assert whole["cells"].tolist() == [whole["cells"].iloc[0]] * 2 != [0, 0]
    assert whole["held"].between(0.87, 0.93).all()


def test_cities_that_are_nowhere_covered_well_give_no_figure_rather_than_a_wrong_one():
    world = even_world("a", "b")
    world.coverage = {k: v for k, v in world.coverage.items() if k[1] > 2000}
    found = presence_calibration(world.graph(), rounds=1)
    assert len(found) == 2 * (len(BANDS) + 1)
    assert (found["cells"] == 0).all()
    assert found["held"].isna().all()


def test_the_table_of_the_page_of_figures_is_what_the_command_prints(shipped_store):
    done = run("evaluate", "presence", "--store", shipped_store)
    assert (done.returncode, done.stderr) == (0, "")
    shown = re.search(r"\| Trial \|.*?\n\n", PAGE.read_text(encoding="utf-8"), re.S)
    assert done.stdout.strip() == shown[0].strip()
