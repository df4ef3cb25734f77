"""What other packages bring: found, loaded when named, and of a broken one a line that says whose it is and what to do."""

from __future__ import annotations

import json
import math

import pytest
from planted_packages import plant
from planted_world import even_world
from typer.testing import CliRunner

from chaingraph import ChaingraphError, diagnose, labels
from chaingraph.cli import app
from chaingraph.diagnosis import Diagnosis
from chaingraph.exchange import FORMATS, find_format, write
from chaingraph.extensions import Kind, find, installed
from chaingraph.measures import METRICS, measured
from chaingraph.sections import diagnosis_table
from recommend import catalogue

MODULE = """
from chaingraph.exchange import Format
from chaingraph.measures import Metric
from chaingraph.phrases import Phrase
from recommend.catalogue import DeclaredSignal

def steps(graph, diagnosis):
    return {s.segment_id: float(n) for n, s in enumerate(diagnosis.segments)}

def fails(*_):
    raise ValueError("nothing\\nthere")

LABEL, UNIT = Phrase("步数", "steps of it"), Phrase("步", "steps")
STEPS = Metric(steps, LABEL, LABEL, UNIT, 0, 2)
SHORT = Metric(steps, Phrase("短", "short"), LABEL, UNIT, 0, 1)
FAILS = Metric(fails, Phrase("败", "fails"), LABEL, UNIT)
SAME = Metric(steps, LABEL, LABEL, UNIT)
FORM = Format("form", LABEL, ".txt", lambda graph, path, scope: path.write_text(f"{scope.chain}", encoding="utf-8"))
def full(*_):
    raise OSError(28, "No space left on device")

FULL = Format("full", LABEL, ".txt", full)
BAD_FORM = Format("bad", LABEL, ".txt", fails)
SIGNAL = DeclaredSignal(fails, LABEL, LABEL, 5, 0.5, LABEL)
"""


@pytest.fixture
def bring(tmp_path, monkeypatch):
    """Install a package of this test; nothing of it is left after the test."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(labels, "_BARE", dict(labels._BARE))

    def install(*points, name="planted_extension", module=MODULE):
        plant(tmp_path, name, module, *points)
        monkeypatch.delitem(__import__("sys").modules, name, raising=False)

    return install


@pytest.fixture(scope="module")
def world():
    return even_world("ore", "part", "pump").graph()


@pytest.fixture
def found(world) -> Diagnosis:
    return diagnose(world, "330100", "c")


def test_what_a_package_declares_is_found_by_kind_without_being_imported(bring):
    bring(("metrics", "steps", "STEPS"), ("exporters", "form", "FORM"), module="raise RuntimeError('imported')")
    before = {kind: {(e.name, e.package, e.version) for e in installed(kind)} for kind in Kind}
    assert ("steps", "planted_extension", "1.0") in before[Kind.METRIC]
    assert ("form", "planted_extension", "1.0") in before[Kind.EXPORTER]
    assert ("steps", "planted_extension", "1.0") not in before[Kind.SIGNAL]


def test_a_metric_of_a_package_stands_beside_every_segment_in_frame_json_and_sheet(bring, world, found):
    bring(("metrics", "steps", "STEPS"))
    with_steps = measured(world, found, ["steps", "steps"])
    assert with_steps.to_pandas()["steps"].tolist() == [0.0, 1.0, 2.0]
    assert with_steps.as_dict()["metrics"] == {"steps": {"label": "步数", "unit": "步"}}
    assert [row["steps"] for row in with_steps.as_dict()["segments"]] == [0.0, 1.0, 2.0]
    columns, rows = diagnosis_table(with_steps)
    assert (columns[-1].title, [row[-1] for row in rows]) == ("步数（步）", [0.0, 1.0, 2.0])
    assert labels.label("steps", "en") == "steps of it"
    assert "metrics" not in found.as_dict()
    assert "steps" not in found.to_pandas()


def test_the_shipped_metrics_are_those_of_the_city_and_not_known_of_a_province_and_of_a_market():
    world = (
        even_world("ore", "part", "pump")
        .segment("users", stage="downstream", kind="market")
        .link("pump", "users", essential=False)
    )
    world.register("330200", "part", 7, period="2016-19")
    graph = world.graph()
    of_city = measured(graph, diagnose(graph, "330100", "c"), METRICS)
    density, reach = of_city.metrics
    row, column = graph.places.cities.index("330100"), graph.segment_ids.index("c/part")
    assert density.values["c/part"] == graph.places.density[row, column]
    within_150_km = ("330100", "330200", "340100")
    assert reach.values["c/part"] == sum(graph.places.counts[graph.places.cities.index(c), column] for c in within_150_km)
    assert math.isnan(reach.values["c/users"])
    province = measured(graph, diagnose(graph, "330000", "c"), METRICS)
    assert all(math.isnan(v) for m in province.metrics for v in m.values.values())


def test_an_exporter_of_a_package_writes_under_its_name(bring, world, tmp_path):
    bring(("exporters", "form", "FORM"))
    write(world, "form", tmp_path / "out.txt", "c")
    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == "c"
    assert "form" not in FORMATS


SHIPPED = {Kind.SIGNAL: "distance", Kind.METRIC: "relatedness", Kind.EXPORTER: "csv"}


@pytest.mark.parametrize("kind", Kind)
def test_nothing_shipped_can_be_replaced(bring, kind, world, found):
    name = SHIPPED[kind]
    bring((f"{kind}s", name, "STEPS"))
    with pytest.raises(ChaingraphError, match=f"planted_extension 1.0, chaingraph.{kind}s: {name} = .*Rename the entry point"):
        find(kind, name, [name])
    assert measured(world, found, ["relatedness"]).metrics[0].label == "关联密度"
    assert find_format("csv") is FORMATS["csv"]


@pytest.mark.parametrize(
    ("module", "attribute", "told"),
    [
        (
            "import nowhere_to_be_found",
            "STEPS",
            "cannot be imported (ModuleNotFoundError: No module named 'nowhere_to_be_found')",
        ),
        ("def broken(:", "STEPS", "cannot be imported (SyntaxError"),
        (MODULE, "NOT_THERE", "cannot be imported (AttributeError"),
        (MODULE, "UNIT", "found a Phrase, expected a chaingraph.measures.Metric"),
        (MODULE, "steps", "found a function, expected a chaingraph.measures.Metric"),
    ],
)
def test_a_broken_package_is_a_line_with_package_entry_point_and_remedy_for_who_asks_only(
    bring, world, found, module, attribute, told
):
    bring(("metrics", "steps", attribute), module=module)
    with pytest.raises(ChaingraphError) as caught:
        measured(world, found, ["steps"])
    text = str(caught.value)
    assert text.startswith(f"package planted_extension 1.0, chaingraph.metrics: steps = planted_extension:{attribute}: {told}")
    assert text.endswith("Mend or uninstall the package.")
    assert "\n" not in text
    assert measured(world, found, ["relatedness"]).metrics


@pytest.mark.parametrize(
    ("attribute", "told"),
    [
        ("FAILS", "failed (ValueError: nothing there)"),
        ("SHORT", "failed (ValueError: gave 2 for c/pump, declared from 0 to 1)"),
    ],
)
def test_a_metric_that_fails_or_leaves_its_range_names_its_package(bring, world, found, attribute, told):
    bring(("metrics", "steps", attribute))
    with pytest.raises(ChaingraphError) as caught:
        measured(world, found, ["steps"])
    assert f"steps = planted_extension:{attribute}: {told}. Tell its makers" in str(caught.value)


def test_an_exporter_that_fails_names_its_package_and_leaves_what_was_there(bring, world, tmp_path):
    bring(("exporters", "form", "BAD_FORM"))
    out = tmp_path / "out.txt"
    out.write_text("before", encoding="utf-8")
    with pytest.raises(ChaingraphError, match=r"exporters: form = planted_extension:BAD_FORM: failed \(ValueError"):
        write(world, "form", out)
    assert out.read_text(encoding="utf-8") == "before"


def test_a_name_that_cannot_be_a_column_is_refused(bring, world, found):
    bring(("metrics", "steps:all", "STEPS"))
    with pytest.raises(ChaingraphError, match="found the name 'steps:all', expected letters, digits and _"):
        measured(world, found, ["steps:all"])


def test_a_disk_that_is_full_is_no_fault_of_the_exporter(bring, world, tmp_path):
    bring(("exporters", "form", "FULL"))
    with pytest.raises(ChaingraphError, match=r"cannot write '.*out\.txt': No space left on device"):
        write(world, "form", tmp_path / "out.txt")


def test_two_packages_of_one_name_are_both_named(bring, world, found):
    bring(("metrics", "steps", "STEPS"))
    bring(("metrics", "steps", "STEPS"), name="planted_other")
    with pytest.raises(ChaingraphError, match=r"planted_extension 1\.0.* planted_other brings a metric of that name too"):
        measured(world, found, ["steps"])


def test_a_name_that_is_called_something_else_already_is_refused(bring, world, found):
    bring(("metrics", "coverage", "STEPS"))
    with pytest.raises(ChaingraphError, match=r"'coverage' is called 覆盖度 / coverage already.*Rename the entry point"):
        measured(world, found, ["coverage"])


def test_a_name_nobody_brings_is_met_with_the_nearest(world, found):
    with pytest.raises(ChaingraphError, match=r"no metric 'relatednes'\. Did you mean 'relatedness'"):
        measured(world, found, ["relatednes"])


def test_the_list_names_each_with_package_version_and_status_though_some_are_broken(bring):
    bring(
        ("signals", "lag", "SIGNAL"),
        ("metrics", "steps", "STEPS"),
        ("metrics", "lost", "NOT_THERE"),
        ("exporters", "form", "FORM"),
    )
    bring(("signals", "distance", "SIGNAL"), name="planted_other")
    done = CliRunner().invoke(app, ["extensions", "--json"])
    assert done.exit_code == 0, done.output
    lines = json.loads(done.stdout)
    own = {(e["kind"], e["name"]): (e["package"], e["version"], e["status"]) for e in lines if e["status"] != "shipped"}
    assert own["signal", "lag"] == own["metric", "steps"] == own["exporter", "form"] == ("planted_extension", "1.0", "ready")
    assert "AttributeError" in own["metric", "lost"][2]
    assert own["signal", "distance"][2].endswith("Rename the entry point, or uninstall the package.")
    shipped = [(e["kind"], e["name"]) for e in lines if e["status"] == "shipped"]
    assert shipped == [
        *(("signal", n) for n in catalogue.SIGNALS),
        *(("metric", n) for n in METRICS),
        *(("exporter", n) for n in FORMATS),
    ]
    assert all(e["meaning"] for e in lines if e["status"] in ("shipped", "ready"))
    assert "2 cannot be used" in done.stderr
    plain = CliRunner().invoke(app, ["extensions"]).stdout.splitlines()
    assert len(plain) == len(lines)
    assert all(line.count("\t") == 5 for line in plain)


def test_the_help_of_export_names_what_packages_bring_even_broken_ones(bring):
    bring(("exporters", "form", "NOT_THERE"))
    done = CliRunner().invoke(app, ["export", "--help"])
    assert done.exit_code == 0
    assert "form: brought by planted_extension 1.0" in " ".join(done.stdout.split())
