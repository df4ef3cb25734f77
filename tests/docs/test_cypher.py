"""The questions of docs/cypher.md, asked of a real server with the shipped graph: the answers are those printed, and right.

`CHAINGRAPH_REWRITE=1 pytest tests/docs/test_cypher.py` prints the answers anew.
"""

import os
import re
from itertools import combinations, pairwise
from pathlib import Path

import networkx as nx
import pytest

from chaingraph.diagnosis import diagnose
from chaingraph.model import SegmentKind

pytestmark = pytest.mark.xdist_group("neo4j-bulk")

PAGE = Path(__file__).resolve().parents[2] / "docs" / "cypher.md"
QUESTION = re.compile(
    r"(^## (?P<title>.+?)\n.*?```cypher\n(?::params (?P<params>.+?)\n)?(?P<text>.*?)```\n)(?P<answer>(?:\n\|.*)*\n?)", re.S | re.M
)
SECTION = re.compile(r"^## .*?(?=^## |\Z)", re.S | re.M)


def sections():
    return {m["title"]: m for m in (QUESTION.match(s) for s in SECTION.findall(PAGE.read_text(encoding="utf-8")))}


def plain(value):
    if isinstance(value, list):
        return " · ".join(map(plain, value))
    return "" if value is None else {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def table(columns, rows):
    lines = [columns, ["---"] * len(columns), *([plain(v).replace("|", "\\|") for v in row] for row in rows)]
    return "\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines)


@pytest.fixture(scope="module")
def answers(ask):
    """By title: the question's columns and rows."""
    found = {}
    for title, question in sections().items():
        params = ask(f"RETURN {question['params']}")[0][0] if question["params"] else {}
        rows = ask(question["text"], **params)
        assert rows, f"nobody learns from an empty answer: {title}"
        found[title] = (list(rows[0].keys()), rows)
    if os.environ.get("CHAINGRAPH_REWRITE"):
        text = PAGE.read_text(encoding="utf-8")
        head = text[: text.index("\n## ") + 1]
        parts = [m[1] + table(*found[title]) for title, m in sections().items()]
        PAGE.write_text(head + "\n".join(parts), encoding="utf-8")
    return found


def test_there_are_questions_enough_and_each_says_why_it_is_asked():
    found = sections()
    assert len(found) >= 15
    for title, question in found.items():
        why = question[1].split("\n\n")[1]
        assert why.endswith((".", "?", "：以商引商.")), title
        assert not why.startswith("```"), title


@pytest.mark.parametrize("title", list(sections()))
def test_the_answer_is_the_one_printed(answers, title):
    columns, rows = answers[title]
    assert sections()[title]["answer"].strip() == table(columns, rows).strip()


def confirmed(graph):
    return graph.tables["activities"].query("verdict == 'confirmed'")[["company_id", "segment_id"]]


def test_the_ways_from_a_gap_are_the_shortest(answers, graph):
    links, gap = graph.to_networkx(), "pump-motor/magnet-wire"
    seats = graph.tables["companies"].set_index("company_id")["region_code"].dropna()
    local = seats.index[seats.map(graph.places.city_of) == "331000"]
    made = confirmed(graph).query("segment_id != @gap").set_index("company_id")["segment_id"]
    near = made[made.index.isin(local)]
    reached = nx.single_source_shortest_path_length(links, gap, cutoff=6)
    lengths = sorted(reached[s] for s in near if s in reached)
    names = {graph.segments[s].name_zh: s for s in graph.segments if s.startswith("pump-motor/")}
    ways = [[names[n] for n in way] for _, way in answers["From a gap to a firm that is here"][1]]
    assert [len(way) - 1 for way in ways] == lengths[: len(ways)]
    assert all(links.has_edge(a, b) for way in ways for a, b in pairwise(way))


def test_the_cities_with_the_same_gap_are_those_of_the_diagnosis(answers, graph):
    cities, gains = {}, {}
    for region in sorted(graph.tables["programmes"]["region_code"]):
        for chain in graph.chains:
            for s in diagnose(graph, region, chain).segments:
                lacking = s.presence.value in ("missing", "weak")
                if lacking and s.kind is not SegmentKind.MARKET and not graph.segments[s.segment_id].is_location_bound:
                    cities.setdefault(s.segment_id, []).append(graph.regions[region].name_zh)
                    gains[s.segment_id] = max(gains.get(s.segment_id, 0), s.keystone_gain)
    shared = sorted((s for s in cities if len(cities[s]) > 1), key=lambda s: (-len(cities[s]), -gains[s], s))
    assert [(s, names) for s, _, names, _ in answers["Cities with the same gap"][1]] == [(s, cities[s]) for s in shared[:8]]


def test_what_only_one_firm_makes(answers, graph):
    firms = confirmed(graph).groupby("segment_id")["company_id"].agg(list)
    alone = {s: f[0] for s, f in firms.items() if len(f) == 1 and graph.segments[s].kind is SegmentKind.MAKING}
    assert [(s, name) for s, _, name, _ in answers["What only one firm makes"][1]] == [
        (s, graph.company(alone[s])["name_zh"]) for s in sorted(alone)[:8]
    ]


def test_how_far_a_chokepoint_reaches(answers, graph):
    needed = nx.DiGraph()
    needed.add_nodes_from(graph.segments)
    for link in graph.links:
        if link.is_essential and not link.is_recycling and not link.substitute_group:
            needed.add_edge(link.supplier_id, link.customer_id)
    reach = {s.id: len(nx.descendants(needed, s.id)) for s in graph.segments.values() if s.is_import_dependent}
    expected = sorted(((s, n) for s, n in reach.items() if n), key=lambda x: (-x[1], x[0]))
    assert [(s, n) for s, _, n in answers["How far a chokepoint reaches"][1]] == expected[:8]


def test_the_largest_firms_of_a_segment(answers, graph):
    linked = graph.tables["activities"].query("segment_id == 'power-battery/cell' and verdict != 'rejected'")
    ranks = graph.tables["memberships"].query("list_id == 'china-500'").groupby("company_id")["rank"].min()
    expected = linked.assign(rank=linked["company_id"].map(ranks)).dropna(subset=["rank"]).sort_values("rank").head(8)
    found = answers["The largest firms of a segment"][1]
    assert [(name, rank) for name, rank, _ in found] == [
        (graph.company(c)["name_zh"], r) for c, r in zip(expected["company_id"], expected["rank"], strict=True)
    ]


def test_chains_of_a_programme_that_share_firms(answers, graph):
    named = graph.tables["programme_chains"].query("programme_id == 'taizhou-456'")["chain_id"].dropna().unique()
    firms = {c: set() for c in sorted(named)}
    for company, segment in confirmed(graph).itertuples(index=False):
        if (chain := segment.split("/")[0]) in firms:
            firms[chain].add(company)
    pairs = [(str(graph.chains[a]), str(graph.chains[b]), len(firms[a] & firms[b])) for a, b in combinations(firms, 2)]
    expected = sorted((p for p in pairs if p[2]), key=lambda p: (-p[2], p[0], p[1]))
    assert [tuple(row) for row in answers["Chains of a programme that share firms"][1]] == expected[:8]


def test_which_firm_is_meant_and_since_when_a_city_has_a_segment(answers, graph):
    assert [row[0] for row in answers["Which firm is meant"][1]] == [graph.find_company("宁德时代")]
    presence = graph.tables["presence"].query("segment_id == 'sewing-equipment/sew-machine'")
    mine = presence[presence["region_code"].map(lambda code: graph.places.city_of(code) == "331000")]
    assert dict(answers["Since when a city has a segment"][1]) == mine.groupby("period")["company_count"].sum().to_dict()


def test_whom_to_see_first_is_who_leads_the_list_of_a_keystone(answers, graph, shipped_targets):
    found = {s.name_zh: s for s in diagnose(graph, "331000", "new-energy-vehicle").segments}
    ranks = shipped_targets.rows.groupby("segment_id")["rank"].min()
    rows = answers["Whom to see first where a gap holds up most"][1]
    assert [row["gain"] for row in rows] == sorted((row["gain"] for row in rows), reverse=True)
    for row in rows:
        segment = found[row["gap"]]
        assert row["gain"] == round(segment.keystone_gain, 2) > 0
        assert (row["grade"], row["best_place"]) == (segment.presence.value, ranks[segment.segment_id])


def test_targets_of_more_than_one_chain(answers, graph, shipped_targets):
    places = shipped_targets.rows.sort_values("chain_id").groupby("company_id")["rank"].agg(list)
    twice = sorted((c for c in places.index if len(places[c]) > 1), key=lambda c: (sum(places[c]), c))
    assert [(row["company"], row["places"]) for row in answers["Targets of more than one chain"][1]] == [
        (graph.company(c)["name_zh"], places[c]) for c in twice[:6]
    ]
