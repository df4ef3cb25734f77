import importlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageFont

from chaingraph.drawing.lettering import ELLIPSIS, breadth, clipped, roughness, whole_in, wrapped

TEXTS = st.text(st.sampled_from("硅钢、漆包线与磁材（）·A bcmW,-🔋𠮷é"), max_size=30)
SIZES = st.sampled_from([11.0, 12.0, 14.0, 17.0])


def test_a_chinese_character_is_an_em_wide_and_a_combining_mark_nothing():
    assert breadth("电机", 14) == 28
    assert breadth("e\u0301", 10) == breadth("e", 10)


def test_no_shipped_name_is_wider_than_measured(tables):
    folder = Path(importlib.import_module("cvttf_NotoSansCJK_Regular").__file__).parent
    font = ImageFont.truetype(str(next(folder.glob("*.otf"))), 1000)
    frame = tables["segments"]
    names = [*frame["name_zh"], *frame["name_en"]]
    assert len(names) > 800
    assert [n for n in names if font.getlength(n) > breadth(n, 1000) + 1] == []


@given(TEXTS, SIZES, st.floats(40, 200), st.integers(1, 3), st.booleans())
def test_wrapped_lines_fit_and_lose_nothing_unless_they_say_so(text, size, room, lines, even):
    broken = wrapped(text, size, room, lines, even=even)
    assert 1 <= len(broken) <= lines
    assert all(breadth(line, size) <= room for line in broken)
    told, whole = "".join("".join(broken).split()), "".join(text.split())
    kept = told.removesuffix(ELLIPSIS)
    assert whole.startswith(kept)
    assert told == (whole if len(kept) == len(whole) else kept + ELLIPSIS)
    if told != whole:
        assert breadth(" ".join(text.split()), size) > room, "what has room on one line is not cut"


@pytest.mark.parametrize(
    ("text", "room", "lines", "rough"),
    [
        ("电机", 60, ("电机",), 0),
        ("Seals and bearings", 80, ("Seals and", "bearings"), 0),
        ("变频与智能控制", 80, ("变频", "与智能控制"), 0),
        ("高温合金母材", 60, ("高温合", "金母材"), 1),
        ("永磁直驱变频电机总成", 60, ("永磁直驱", "变频电…"), 2),
        ("anti-vibration parts", 60, ("anti-", "vibrat…"), 2),
    ],
)
def test_a_text_is_rough_when_it_is_broken_within_a_phrase_and_rougher_when_it_is_cut(text, room, lines, rough):
    assert wrapped(text, 14, room) == lines
    assert roughness(text, 14, room) == rough
    assert whole_in(text, 14, room) is (rough < 2)


def test_with_a_line_more_nothing_is_cut():
    assert wrapped("永磁直驱变频电机总成", 14, 60, 3) == ("永磁直驱", "变频电", "机总成")
    assert whole_in("永磁直驱变频电机总成", 14, 60, 3)
    assert roughness("永磁直驱变频电机总成", 14, 60, 3) == 1


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("电机", 60, ("电机",)),
        ("变频与智能控制", 80, ("变频", "与智能控制")),
        ("车身、底盘与热管理部件", 120, ("车身、底盘", "与热管理部件")),
        ("Seals and bearings", 80, ("Seals and", "bearings")),
        ("anti-vibration parts", 110, ("anti-vibration", "parts")),
        ("模组（低压）", 60, ("模组", "（低压）")),
    ],
)
def test_lines_end_where_the_sense_does(text, room, lines):
    assert wrapped(text, 14, room) == lines


def test_a_list_fills_the_first_line():
    assert wrapped("电芯、模组、电池包、BMS", 12, 120, even=False) == ("电芯、模组、电池包、", "BMS")


def test_what_is_cut_ends_in_an_ellipsis_without_a_comma_before_it():
    assert clipped("电芯、模组、电池包", 12, 70) == "电芯、模…"
    assert clipped("电芯、模组、电池包", 12, 50) == "电芯…"
    assert clipped("电芯", 12, 24) == "电芯"


def test_breaking_within_a_phrase_is_worse_than_at_its_end():
    assert roughness("车规功率半导体", 14, 70) == 1
    assert roughness("变频与智能控制", 14, 80) == 0
    assert roughness("Electronic components", 14, 100) == 0
