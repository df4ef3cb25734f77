import re

import pytest

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
