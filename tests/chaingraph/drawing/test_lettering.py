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
    assert told == whole or told.endswith(ELLIPSIS)
    if told != whole:
        kept = told.removesuffix(ELLIPSIS)
        assert whole.startswith(kept)
        assert len(kept) < len(whole)
        assert breadth(" ".join(text.split()), size) > room, "what has room on one line is not cut"


@given(TEXTS, SIZES, st.floats(40, 200))
def test_a_text_is_rough_when_it_is_cut(text, size, room):
    assert (roughness(text, size, room) == 2) is not whole_in(text, size, room)


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
