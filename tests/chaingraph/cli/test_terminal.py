import re
from dataclasses import replace

import pytest
from rich.cells import cell_len

from chaingraph import diagnose
from chaingraph.cli.terminal import show_diagnosis, show_target, show_targets
from chaingraph.phrases import Phrase, said
from recommend import shortlist

CHINESE = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]")


@pytest.fixture
def shown(graph, monkeypatch, capsys):
    """Language → what the three views print of 肇庆 · 新能源汽车, on a terminal so wide that no line is broken."""
    monkeypatch.setenv("COLUMNS", "900")
    found = diagnose(graph, "441200", "new-energy-vehicle")
    ranking = shortlist(graph, found, 5)

    def show(lang):
        show_diagnosis(found, lang)
        show_targets(found, ranking, lang)
        for target in ranking.targets:
            show_target(target, lang)
        return capsys.readouterr().out, ranking.targets

    return show


def test_in_english_only_quoted_words_and_names_of_firms_are_chinese(shown):
    text, targets = shown("en")
    for name in sorted((said(t.name, "en") for t in targets), key=len, reverse=True):
        assert name in text
        text = text.replace(name, "")
    assert CHINESE.findall(re.sub(r"“[^”]*”", "", text)) == []
    for sentence in ("Zhaoqing · New energy vehicles", "Bottleneck: needed by ", "Business fits: ", "left out"):
        assert sentence in text


def test_every_sentence_of_a_target_is_printed_in_its_language(shown):
    for lang in ("zh", "en"):
        text, targets = shown(lang)
        first = targets[0]
        for sentence in (*(r.text for r in first.reasons), first.against, first.rival_text, first.seat, *first.lists):
            assert isinstance(sentence, Phrase)
            assert said(sentence, lang) in text


@pytest.mark.parametrize("columns", ["150", "70"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_wide_and_narrow_lists_say_how_firm_a_target_is_and_name_the_packages(graph, monkeypatch, capsys, columns, lang):
    monkeypatch.setenv("COLUMNS", columns)
    found = diagnose(graph, "淮北", "酒类")
    ranking = shortlist(graph, found, 20)
    show_targets(found, ranking, lang)
    text = capsys.readouterr().out
    assert max(cell_len(line) for line in text.splitlines()[1:]) <= int(columns)
    assert ("┏" in text) is (columns == "150")
    whole = re.sub(r"[\s│]", "", text)
    for package in ranking.packages:
        assert re.sub(r"\s", "", said(package.text, lang)) in whole
    assert ranking.packages
    for target in ranking.targets:
        assert re.sub(r"\s", "", said(target.name, lang)) in whole
    if columns == "70":
        # Below one another nothing is broken up by other columns.
        for target in ranking.targets:
            assert re.sub(r"\s", "", said(target.standing, lang)) in whole


def test_what_is_said_beside_a_target_is_printed_and_nothing_twice(graph, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "150")
    ranking = shortlist(graph, diagnose(graph, "淮北", "酒类"), 20)
    target = replace(next(t for t in ranking if t.package and t.warm_path), alternatives=("甲（48.0）", "乙（47.0）"))
    show_target(target, "zh")
    text = capsys.readouterr().out
    for said_of_it in (target.phone_call, *target.warm_path, *target.package, target.standing, *target.alternatives):
        assert text.count(str(said_of_it)) == 1
    show_target(replace(target, rival_text=target.against), "zh")
    again = capsys.readouterr().out
    assert again.count(str(target.against)) == 1
    assert "⇄" not in again
