"""`--own` of the commands that rank: the list is the evidence on its region, and its firms are here already."""

import json

import docx
import pytest
from command_line import run

from chaingraph import diagnose
from recommend import shortlist

ASKED = ("台州", "--chain", "泵与电机")


@pytest.fixture(scope="module")
def first(graph):
    """The first target without a list."""
    return shortlist(graph, diagnose(graph, "台州", "泵与电机"), top=1).targets[0]


@pytest.fixture(scope="module")
def answer(graph, first, shipped_store, tmp_path_factory):
    """Run a command beside a kept list of two firms, the first target by its registered name and one that nobody knows."""
    folder = tmp_path_factory.mktemp("own")
    registered = graph.company(first.company_id)["name_zh"]
    (folder / "名单.csv").write_text(f"企业名称,主要产品\n{registered},\n台州某甲泵业有限公司,离心泵\n", encoding="utf-8")
    env = {"CHAINGRAPH_STORE": str(shipped_store), "CHAINGRAPH_WORKSPACE": str(folder / "workspace")}

    def told(*words):
        done = run(*words, cwd=folder, **env)
        assert done.returncode == 0, done.stderr
        return done

    told.folder = folder
    told.imported = told("import", "名单.csv", "--region", "台州")
    return told


def test_a_firm_of_the_list_is_no_target(answer, first):
    plain = json.loads(answer("recommend", *ASKED, "--json").stdout)
    assert first.company_id in {t["company_id"] for t in plain}
    own = json.loads(answer("recommend", *ASKED, "--own", "名单", "--json").stdout)
    assert own
    assert first.company_id not in {t["company_id"] for t in own}


def test_the_gaps_are_those_of_the_list(answer, graph):
    """Of a list with little but pumps nearly every other segment is a gap; the registrations of the city show most of them."""
    told = json.loads(answer("diagnose", *ASKED, "--own", "名单", "--json").stdout)["segments"]
    wanted = {s["segment_id"] for s in told if s["action"] in ("establish", "fill", "strengthen", "extend")}
    targeted = {t["segment_id"] for t in json.loads(answer("recommend", *ASKED, "--own", "名单", "--json").stdout)}
    assert targeted <= wanted
    assert targeted - {s.segment_id for s in diagnose(graph, "台州", "泵与电机").gaps}


def test_explain_names_the_list_a_firm_is_on(answer, first):
    target = ("explain", "台州", first.segment_id, first.company_id)
    left = json.loads(answer(*target, "--own", "名单", "--json").stdout)
    assert (left["reason"], left["text"]) == ("already_here", "已在台州市（自有名单“名单”）")
    assert "own list '名单'" in answer(*target, "--own", "名单", "--lang", "en").stdout
    assert json.loads(answer(*target, "--json").stdout)["company_id"] == first.company_id


def test_the_report_rests_on_the_list(answer, first):
    answer("report", *ASKED, "--own", "名单", "-o", "own.docx")
    text = "\n".join(p.text for p in docx.Document(answer.folder / "own.docx").paragraphs)
    assert "自有名单“名单”2 家" in text


@pytest.mark.parametrize(
    "words", [("recommend", *ASKED), ("explain", "台州", "pump-motor/pump-metal", "甬金股份"), ("report", *ASKED)]
)
def test_a_list_that_is_not_kept_is_a_fault_with_its_remedy(answer, words):
    done = run(*words, "--own", "没有", cwd=answer.folder, CHAINGRAPH_STORE=str(answer.folder / "store"))
    assert done.returncode == 2
    assert "import FILE --region 台州市" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_tiny_list_called_complete_is_warned_of_and_a_partial_one_is_not(answer):
    assert "只有 2 家企业，却按完整名单计" in answer.imported.stderr
    assert "--coverage partial" in answer.imported.stderr
    assert "只有" not in answer.imported.stdout
    again = ("import", "名单.csv", "--region", "台州", "--name", "部分")
    assert "却按完整名单计" not in answer(*again, "--coverage", "partial").stderr
    assert "Only 2 firms, taken as the whole list" in answer(*again, "--lang", "en").stderr
