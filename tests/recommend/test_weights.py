"""The weights file: shares of one, replaceable, and every fault of a user's file at once."""

import tomllib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaingraph import ChaingraphError, DataError
from chaingraph.phrases import said
from recommend import Weights
from recommend.signals import SIGNALS

SHIPPED = (files("recommend") / "weights.toml").read_text(encoding="utf-8")


@pytest.fixture
def written(tmp_path):
    """Content → the path of a file that has it."""

    def write(content):
        path = tmp_path / "mine.toml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def a_file(**changed):
    """A whole weights file; `changed` replaces the lines of a signal, or takes it out with None."""
    lines = dict.fromkeys(SIGNALS, "weight = 1\nwhen_unknown = 0.5") | changed
    return "\n".join(f"[{name}]\n{text}" for name, text in lines.items() if text is not None)


def problems(path):
    with pytest.raises(DataError) as caught:
        Weights.load(path)
    return caught.value.problems


def test_the_shipped_weights_add_up_to_one_in_the_proportion_of_the_file_each_with_a_reason():
    weights, content = Weights.load("hand-set"), tomllib.loads(SHIPPED)
    total = sum(entry["weight"] for entry in content.values())
    assert list(weights.of) == list(SIGNALS)
    assert {n: w.weight for n, w in weights.of.items()} == pytest.approx({n: e["weight"] / total for n, e in content.items()})
    assert sum(w.weight for w in weights.of.values()) == pytest.approx(1.0, abs=1e-12)
    assert all(len(w.reason) > 3 and 0 <= w.when_unknown <= 1 for w in weights.of.values())


def test_a_file_of_ones_weighs_every_signal_alike_and_a_zero_leaves_one_out(written):
    alike = Weights.load(written(a_file()))
    assert {w.weight for w in alike.of.values()} == {1 / len(SIGNALS)}
    without = Weights.load(written(a_file(scale="weight = 0\nwhen_unknown = 0")))
    assert without.of["scale"].weight == 0.0
    assert without.of["ties"].weight == 1 / (len(SIGNALS) - 1)


def test_the_frame_of_the_weights_says_what_they_are(written):
    frame = Weights.load(written(a_file(ties='weight = 3\nwhen_unknown = 0.25\nreason = "以商引商"'))).to_pandas()
    assert frame.columns.tolist() == ["signal", "weight", "when_unknown", "reason"]
    row = frame.set_index("signal").loc["ties"]
    assert row.tolist() == [3 / (len(SIGNALS) + 2), 0.25, "以商引商"]


def test_all_faults_of_a_file_are_reported_at_once_each_with_its_place(written):
    path = written(
        a_file(
            distance="weight = -1\nwhen_unknown = 0.5",
            expansion="weight = 1\nwhen_unknown = 1.5",
            leadership='weight = "10"\nwhen_unknown = 0.5',
            mobility="weight = true\nwhen_unknown = 0.5",
            gap_need="when_unknown = 0.5",
            scale="weight = nan",
            ties=None,
            regional_fit=None,
            region_fit="weight = 1\nwhen_unknown = 0.5",
        )
    )
    found = problems(path)
    assert {(p.where, p.kind) for p in found} == {
        ("distance.weight", "impossible-value"),
        ("expansion.when_unknown", "impossible-value"),
        ("leadership.weight", "impossible-value"),
        ("mobility.weight", "impossible-value"),
        ("gap_need.weight", "impossible-value"),
        ("scale.weight", "impossible-value"),
        ("scale.when_unknown", "impossible-value"),
        ("ties", "missing-value"),
        ("regional_fit", "missing-value"),
        ("region_fit", "unknown-key"),
    }
    assert len(found) == 10
    assert {p.file for p in found} == {"mine.toml"}
    assert "Did you mean 'regional_fit'" in next(p.remedy for p in found if p.where == "region_fit")
    assert all("\n" not in str(p) for p in found)


def test_a_signal_given_as_a_bare_number_is_a_fault_of_both_its_values(written):
    path = written("distance = 3\n" + a_file(distance=None))
    assert {p.where for p in problems(path)} == {"distance.weight", "distance.when_unknown"}


def test_weights_that_are_all_zero_say_that_one_must_not_be(written):
    path = written(a_file(**dict.fromkeys(SIGNALS, "weight = 0\nwhen_unknown = 0")))
    (problem,) = problems(path)
    assert "at least one above 0" in str(problem)


@pytest.mark.parametrize("content", ["[distance\nweight = 3", "weight: 3", '{"distance": 3}'])
def test_a_file_that_is_not_toml_is_named_with_the_form(written, content):
    (problem,) = problems(written(content))
    assert (problem.file, problem.kind) == ("mine.toml", "unreadable")
    assert "weights.toml" in problem.remedy


def test_an_infinite_weight_is_refused(written):
    (problem,) = problems(written(a_file(distance="weight = inf\nwhen_unknown = 0.5")))
    assert problem.where == "distance.weight"


def test_a_file_in_another_encoding_is_named_with_the_form(written):
    (problem,) = problems(written(a_file(distance='weight = 1\nwhen_unknown = 0\nreason = "近"').encode("gb18030")))
    assert problem.kind == "unreadable"


# --- sliders ----------------------------------------------------------------------------------------------------------


@given(points=st.dictionaries(st.sampled_from(list(SIGNALS)), st.floats(0, 1000), max_size=len(SIGNALS) - 1))
def test_changed_weights_add_up_to_one_and_keep_the_proportion_of_their_points(points):
    base = Weights.load()
    changed = base.changed(points)
    wanted = {n: points.get(n, 100 * w.weight) for n, w in base.of.items()}
    total = sum(wanted.values())
    assert sum(w.weight for w in changed.of.values()) == pytest.approx(1.0)
    assert {n: w.weight for n, w in changed.of.items()} == pytest.approx({n: v / total for n, v in wanted.items()})
    assert [(w.when_unknown, w.reason) for w in changed.of.values()] == [(w.when_unknown, w.reason) for w in base.of.values()]


def test_changing_leaves_the_weights_it_began_with_and_no_change_is_none():
    base = Weights.load()
    assert base.changed({"distance": 90.0}).of["distance"].weight > base.of["distance"].weight
    assert base == Weights.load()
    assert base.changed({}) == base


@pytest.mark.parametrize(
    ("points", "said"),
    [
        (dict.fromkeys(SIGNALS, 0.0), "all weights are 0: .* Raise at least one above 0"),
        ({"distence": 3.0}, "no signal 'distence'. Did you mean 'distance'"),
        ({"distance": -1.0}, "weight of distance: found -1.0, expected a number from 0"),
        ({"scale": float("nan")}, "weight of scale: found nan"),
        ({"scale": float("inf")}, "weight of scale: found inf"),
    ],
)
def test_sliders_that_cannot_be_weights_are_refused_with_what_to_do(points, said):
    with pytest.raises(ChaingraphError, match=said):
        Weights.load().changed(points)


def test_every_shipped_weight_says_why_in_both_languages():
    for weight in Weights.load().of.values():
        assert weight.reason
        assert said(weight.reason, "en").isascii() or "−" in said(weight.reason, "en")
        assert said(weight.reason, "en") != weight.reason


# --- profiles and their chance ----------------------------------------------------------------------------------------


def test_a_profile_goes_by_its_name_and_a_file_by_its_own(written):
    assert Weights.load("hand-set").name == "hand-set"
    assert Weights.load(written(a_file())).name == "mine"
    with pytest.raises(ChaingraphError, match=r"no profile and no file 'lerned'\. Did you mean 'learned'"):
        Weights.load("lerned")


def test_a_file_may_hold_a_chance_and_ranges_and_says_what_is_fitted(written):
    chance = "[chance]\nbase = -8\nslope = 0.1\nsize = 0.5\n"
    path = written(a_file(distance='weight = 1\nwhen_unknown = 0.5\nlow = 0.1\nhigh = 0.9\nsource = "fitted"') + "\n" + chance)
    weights = Weights.load(path)
    assert (weights.of["distance"].low, weights.of["distance"].high, weights.of["distance"].source) == (0.1, 0.9, "fitted")
    assert (weights.of["scale"].low, weights.of["scale"].high, weights.of["scale"].source) == (0.0, 1.0, "declared")
    # log-odds −8 + 0.1 · 60 + 0.5 · 2 = −1
    assert weights.chance.probability(60.0, 2.0) == pytest.approx(1 / (1 + 2.718281828459045))
    assert Weights.load(written(a_file())).chance is None


def test_faults_of_a_chance_and_of_a_range_are_reported_with_their_places(written):
    chance = '[chance]\nbase = "low"\nslope = -0.1\ncovariance = [[1, 2], [3, 4]]\n'
    path = written(a_file(scale='weight = 1\nwhen_unknown = 0.5\nhigh = 2\nsource = "guessed"') + "\n" + chance)
    where = {p.where for p in problems(path)}
    assert where == {"chance.base", "chance.slope", "chance.size", "chance.covariance", "scale.high", "scale.source"}


def test_weights_that_a_person_changed_say_no_chance_and_those_put_back_do(written):
    weights = Weights.load(written(a_file() + "\n[chance]\nbase = -8\nslope = 0.1\nsize = 0.5\n"))
    assert weights.changed({"distance": 90.0}).chance is None
    assert weights.changed({"distance": 100 * weights.of["distance"].weight}).chance == weights.chance
