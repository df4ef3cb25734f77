from dataclasses import replace
from datetime import date

import pytest
from messy_lists import LEXICONS, MESSY, list_graph, list_world

from chaingraph import build
from chaingraph.errors import ChaingraphError
from chaingraph.tables import Tables
from ingest.imports import Imports, read_firm_list

OWNER, OTHER = "专班甲", "专班乙"


@pytest.fixture(scope="module")
def world():
    return list_graph()


@pytest.fixture(scope="module")
def found(world):
    make, filename = MESSY["twins"]
    return read_firm_list(make(), filename, world, "330100", today=date(2026, 11, 26)).linked(world, LEXICONS)


@pytest.fixture
def kept(tmp_path, found):
    imports = Imports(tmp_path)
    imports.save(OWNER, found)
    return imports


def test_what_is_kept_comes_back_whole(kept, found):
    (entry,) = kept.list(OWNER)
    assert (entry.name, entry.file, entry.sha256, entry.firm_count, entry.rows, entry.read_on) == (
        "重复", "重复.csv", found.sha256, 2, 8, "2026-11-26",
    )  # fmt: skip
    again = kept.load(OWNER, entry)
    assert all(getattr(again, part).equals(getattr(found, part)) for part in ("firms", "matches", "links"))
    assert replace(again, firms=found.firms, matches=found.matches, links=found.links) == found
    assert [n.en for n in again.notices] == [n.en for n in found.notices]


def test_an_owner_sees_only_his_own_until_it_is_shared(kept, world):
    (entry,) = kept.list(OWNER)
    assert kept.list(OTHER) == ()
    assert kept.find(OTHER, "330100") is None
    with pytest.raises(ChaingraphError, match="没有共享"):
        kept.load(OTHER, entry)
    kept.share(OWNER, "330100", "重复")
    assert kept.own_firms(OTHER, kept.find(OTHER, "330100"), world).total == 2
    # A second save leaves it shared; nobody else can take it away.
    kept.save(OWNER, kept.load(OWNER, entry))
    assert kept.find(OTHER, "330100").is_shared
    assert not kept.remove(OTHER, "330100", "重复")
    kept.share(OWNER, "330100", "重复", shared=False)
    assert kept.list(OTHER) == ()
    with pytest.raises(ChaingraphError, match="没有名单"):
        kept.share(OTHER, "330100", "重复")


def test_a_list_of_the_same_region_and_name_is_replaced_whole(kept, found):
    kept.save(OWNER, replace(found, firms=found.firms.head(1), counts={**found.counts, "firms": 1}))
    (entry,) = kept.list(OWNER)
    assert entry.firm_count == 1
    kept.save(OWNER, replace(found, name="另一份"))
    assert [e.name for e in kept.list(OWNER)] == ["另一份", "重复"]
    assert kept.find(OWNER, "330100", "重复").name == "重复"
    assert kept.find(OWNER, "330200") is None


def test_a_removed_list_is_gone(kept):
    assert kept.remove(OWNER, "330100", "重复")
    assert not kept.remove(OWNER, "330100", "重复")
    assert kept.list(OWNER) == ()


def test_with_newer_data_the_kept_rows_are_matched_and_linked_anew(kept, found):
    frames = list_world().firm(3, "330100", "shaft").frames()
    frames["companies"].loc[frames["companies"]["company_id"] == "C-0003", "name_zh"] = "甲市春江泵业有限公司"
    newer = build(Tables.of(frames, version="newer"))
    assert found.own_firms(list_graph()).counts == {"c/pump": 1, "c/motor": 1}
    own = kept.own_firms(OWNER, kept.find(OWNER, "330100"), newer, LEXICONS)
    assert own.counts == {"c/pump": 1, "c/motor": 1, "c/shaft": 1}
    assert own.companies == {"c/pump": frozenset({"C-0003"}), "c/shaft": frozenset({"C-0003"})}
    assert kept.find(OWNER, "330100").version == "newer"


def test_nobody_keeps_nothing(kept, found):
    with pytest.raises(ChaingraphError, match="没有登录"):
        kept.save("", found)
