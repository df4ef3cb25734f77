"""What a notebook shows: everything that a terminal says, escaped, in either language, with and without styles."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from planted_world import World, even_world

from chaingraph import diagnose
from chaingraph.labels import label
from chaingraph.model import Presence
from chaingraph.notebook import Html, block, chip, html_of, listed, quiet, table, two_lines
from chaingraph.palette import MARKS, PALETTES
from chaingraph.phrases import said
from recommend import shortlist

CHINESE = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]")
EVIL = '<script>alert("x")</script>&amp;'


class Reader(HTMLParser):
    """Reads HTML: its cells and lines as text, and whether every element is closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.rows: list[list[str]] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        if tag == "br":
            self.handle_data("\n")
            return
        self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data


@pytest.fixture(scope="module")
def found(graph):
    """肇庆 · 新能源汽车, which has gaps, constraints and unknown segments, and its targets."""
    diagnosis = diagnose(graph, "441200", "new-energy-vehicle")
    return diagnosis, shortlist(graph, diagnosis, 5)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_diagnosis_shows_every_segment_with_grade_interval_constraint_and_action(found, lang):
    diagnosis, _ = found
    seen = Reader(diagnosis.to_html(lang))
    head, *rows = seen.rows
    assert head == [label(c, lang) for c in diagnosis.segments[0].cells()]
    assert len(rows) == len(diagnosis.segments) > 10
    for s, row in zip(diagnosis.segments, rows, strict=True):
        cells = s.cells(lang)
        if s.kind.value != "market":
            cells["presence"] = f"{MARKS[s.presence]} {label(s.presence, lang)}"
        assert row == list(cells.values())
        for f in s.findings:
            assert f"{said(s.name, lang)}{'：' if lang == 'zh' else ': '}{said(f.text, lang)}" in seen.text
    for step in diagnosis.roadmap:
        assert f"{step.order}. {said(step.name_zh, lang)}" in seen.text
    assert said(diagnosis.coverage_text, lang) in seen.text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_list_shows_for_and_against_every_target_and_how_many_were_left_out(found, lang):
    _, ranking = found
    seen = Reader(ranking.to_html(lang))
    assert len(seen.rows) == 1 + len(ranking) == 6
    for t, row in zip(ranking, seen.rows[1:], strict=True):
        assert row[:2] == [str(t.rank), f"{said(t.name, lang)}\n{said(t.seat, lang)}"]
        assert row[3:5] == [f"{t.score:.1f}", f"{t.coverage:.0%}"]
        assert row[5].splitlines() == [f"+{r.points:.1f} {said(r.text, lang)}" for r in t.strongest]
        assert row[6] == said(t.against, lang)
    numbers = [int(n) for n in re.findall(r"\d+", seen.text[seen.text.rindex(str(len(ranking.excluded))) :])]
    assert numbers[0] == len(ranking.excluded) == sum(numbers[1:])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_target_shows_points_that_add_up_and_what_is_not_known(found, lang):
    for target in found[1]:
        seen = Reader(target.to_html(lang))
        rows = seen.rows[1:]
        points = [float(row[3]) for row in rows]
        assert sum(points) == pytest.approx(target.score, abs=0.05 * len(rows))
        assert all(a >= b for a, b in pairwise(points))
        assert {row[0] for row in rows if row[1] == "?"} == {label(s, lang) for s in target.not_known}
        assert said(target.against, lang) in seen.text
        assert said(target.rival_text, lang) in seen.text


def test_a_graph_shows_what_it_holds_and_what_is_assumed_to_land(graph):
    rows = dict(Reader(graph.to_html("en")).rows)
    counts = graph.tables.counts()
    assert rows["segments"] == str(counts["segments"])
    assert rows["companies"] == f"{counts['companies']:,}"
    assert rows["supply links"] == str(len(graph.links))
    assert "assumed landings" not in rows
    company = graph.tables["activities"].query("verdict == 'confirmed'")["company_id"].iloc[0]
    landed = graph.with_landing(company, "331000")
    assert dict(Reader(landed.to_html("en")).rows)["assumed landings"] == str(len(landed.landings))
    assert "landings" in repr(landed)


def test_in_english_only_quoted_words_and_names_of_firms_are_chinese(graph, found):
    diagnosis, ranking = found
    text = "\n".join(Reader(part).text for part in (graph.to_html("en"), diagnosis.to_html("en"), ranking.to_html("en")))
    text += "\n".join(Reader(t.to_html("en")).text for t in ranking)
    # One name may begin with another: the longest first.
    for sign in (*MARKS.values(), *sorted((said(t.name, "en") for t in ranking), key=len, reverse=True)):
        text = text.replace(sign, "")
    assert CHINESE.findall(re.sub(r"“[^”]*”", "", text)) == []


def test_the_notebook_shows_chinese_and_a_short_line_stands_for_the_text(graph, found):
    for shown in (graph, *found, found[1][1]):
        assert shown._repr_html_() == str(shown.to_html("zh"))
        assert len(repr(shown)) < 160
        assert "\n" not in repr(shown)


def test_nothing_from_data_becomes_html(monkeypatch):
    world = even_world("raw", "part", "whole").firm(1, "330200", "part").firm(2, "330200", "part")
    for row in [*world.segments, *world.companies]:
        row["name_zh"], row["name_en"] = EVIL, EVIL
    graph = world.graph()
    diagnosis = diagnose(graph, "330100", "c")
    for lang in ("zh", "en"):
        seen = Reader(diagnosis.to_html(lang))
        assert "script" not in seen.seen
        assert seen.text.count(EVIL) >= 3


def test_helpers_escape_what_is_not_html_and_only_that():
    safe = Html("<i>x</i>")
    for made in (block(EVIL, EVIL), table([EVIL], [[EVIL]]), listed([EVIL]), quiet(EVIL), two_lines(EVIL, EVIL)):
        assert "<script" not in made
        assert EVIL in Reader(made).text
    assert "<i>x</i>" in block("t", safe)
    assert html_of(html_of("a & b")) == "a &amp; b"
    assert listed([]) == ""
    assert block("t", "", listed([])) == block("t")
    assert Html("<b>")._repr_html_() == "<b>"


def contrast(a: str, b: str) -> float:
    """Contrast of two colours by WCAG 2: 1 to 21."""

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    high, low = sorted((light(a), light(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_colours_are_set_in_pairs_or_not_at_all(found):
    """Light or dark, the page gives ink and ground; whoever sets one sets the other, so that no grade is lost on either."""
    for part in (found[0].to_html(), found[1].to_html(), found[1][1].to_html()):
        for style in re.findall(r'style="([^"]*)"', part):
            names = {rule.split(":")[0].strip() for rule in style.split(";") if rule}
            assert ("color" in names) == ("background" in names)
    for presence in Presence:
        grade = PALETTES["light"].grades[presence]
        assert contrast(grade.fill, grade.ink) >= 4.5
        assert chip("x", fill=grade.fill, line=grade.line, ink=grade.ink).count(grade.ink) == 1


def test_it_asks_for_nothing_from_outside(graph, found):
    for part in (graph.to_html(), found[0].to_html(), found[1].to_html()):
        assert not re.search(r"https?:|src=|href=|<style|<script|<link", part)


def test_a_region_without_anything_is_shown_too():
    graph = World().chain("raw", "part", "whole").graph()
    seen = Reader(diagnose(graph, "330100", "c").to_html("en"))
    assert len(seen.rows) == 4
    assert "? " not in seen.rows[1][4]
