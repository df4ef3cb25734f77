import dataclasses

import pytest
from planted_targets import NAN, ORIGINS, VALUES, WEIGHTS, a_target

from chaingraph import export
from chaingraph.constraints import Finding
from chaingraph.diagnosis import Diagnosis, SegmentDiagnosis
from chaingraph.graph import Region
from chaingraph.model import Action, Area, ChainState, Constraint, Presence, RegionLevel, SegmentKind, Stage
from chaingraph.presence import Thresholds
from chaingraph.recommendation import Exclusion
from chaingraph.roadmap import RoadmapStep


@pytest.fixture
def targets():
    found = [a_target(n, name, values) for n, (name, values) in enumerate(VALUES.items(), 1)]
    ordered = sorted(found, key=lambda t: -t.score)
    return [dataclasses.replace(t, rank=n) for n, t in enumerate(ordered, 1)]


@pytest.fixture
def diagnosis():
    whole = SegmentDiagnosis(
        "pump-motor/whole", "整泵", "pumps", Stage.DOWNSTREAM, SegmentKind.MAKING, Presence.STRONG, 4.2, 3.9, 4.5, 812, (), 0.9,
        (), Action.STABILIZE, False, 0.0, 0, "812 家，按全国比重应有 190.0 家",
    )  # fmt: skip
    casting = SegmentDiagnosis(
        "pump-motor/casting", "铸件", "castings", Stage.UPSTREAM, SegmentKind.MAKING, Presence.MISSING, 0.1, 0.0, 0.3, 0, (), 0.9,
        (Finding(Constraint.BREAK, Area.CITY, "断点：整泵要用，本地没有生产者"),), Action.FILL, True, 0.25, 1, "未见企业",
    )  # fmt: skip
    market = SegmentDiagnosis(
        "pump-motor/farms", "农|业", "farms", Stage.DOWNSTREAM, SegmentKind.MARKET, Presence.UNKNOWN, NAN, NAN, NAN, 0, (), 0.9,
        (), None, False, 0.0, 0, "需求侧：不是可招的环节",
    )  # fmt: skip
    return Diagnosis(
        Region("331000", "台州市", RegionLevel.PREFECTURE, "330000", 121.4, 28.7), "pump-motor", "泵与电机", ChainState.PARTIAL,
        (whole, casting, market), (0.5, 0.75), 0.9, 9000, "来源在台州市共有 9000 条制造业登记",
        (RoadmapStep(1, "pump-motor/casting", "铸件", Action.FILL, ("铸件", "整泵"), 1.0),), "0123456789ab", Thresholds(),
    )  # fmt: skip


@pytest.fixture
def excluded():
    return [Exclusion("A-999999", "-本地企业", "pump-motor/casting", "already_here", "已在台州")]


@pytest.fixture
def workbook(tmp_path, diagnosis, targets, excluded):
    path = tmp_path / "targets.xlsx"
    export.write_targets(path, diagnosis, targets, excluded, WEIGHTS, ORIGINS)
    return path
