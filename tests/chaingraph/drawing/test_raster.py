import importlib
import io
from pathlib import Path

import numpy as np
import pytest
import resvg_py
from PIL import Image, ImageFont

from chaingraph import diagnose
from chaingraph.drawing.picture import chain_picture
from chaingraph.drawing.raster import FAMILY, to_png
from chaingraph.palette import FONT


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def text_picture(words, more=""):
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {40 * len(words)} 40" width="100%" font-family="{FONT}">'
        f'<rect width="100%" height="100%" fill="#FFFFFF"/><text x="4" y="31" font-size="32" fill="#000000"{more}>{words}</text></svg>'
    )


def letters(words, more=""):
    return pixels(to_png(text_picture(words, more), 1.0))


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
def test_a_picture_has_the_size_of_its_view_box_times_the_scale(graph, scale):
    svg = chain_picture(graph, "pump-motor", diagnose(graph, "331000", "pump-motor"))
    wide, high = map(float, svg.split('viewBox="0 0 ')[1].split('"')[0].split(" "))
    image = Image.open(io.BytesIO(to_png(svg, scale)))
    assert image.format == "PNG"
    assert image.size == (round(wide * scale), round(high * scale))
    shades = np.unique(np.asarray(image.convert("RGB")).reshape(-1, 3), axis=0)
    assert len(shades) > 50
    # the surface reaches every edge
    seen = np.asarray(image.convert("RGBA"))
    for edge in (seen[0], seen[-1], seen[:, 0], seen[:, -1]):
        assert (edge == 255).all()


def test_no_character_of_the_shipped_names_turns_to_a_box(tables):
    box = letters("\U0010fffd")
    assert (box < 128).any()
    folder = Path(importlib.import_module("cvttf_NotoSansCJK_Regular").__file__).parent
    font = ImageFont.truetype(str(next(folder.glob("*.otf"))), 32)
    nothing = font.getmask("\U0010fffd").getbbox(), bytes(font.getmask("\U0010fffd"))
    used = sorted({c for name in tables["segments"]["name_zh"] for c in name if c.strip()})
    assert len(used) > 300
    assert [c for c in used if (font.getmask(c).getbbox(), bytes(font.getmask(c))) == nothing] == []
    for c in ("硅", "熵", "泵", "A"):
        seen = letters(c)
        assert (seen < 128).any()
        assert not np.array_equal(seen, box)


@pytest.mark.parametrize("character", ["骨", "角", "令", "次", "遇"])
def test_letters_have_the_simplified_form_whatever_language_the_font_starts_with(character):
    folder = Path(importlib.import_module("cvttf_NotoSansCJK_Regular").__file__).parent
    plain = resvg_py.svg_to_bytes(
        svg_string=text_picture(character),
        font_files=[str(next(folder.glob("*.otf")))],
        skip_system_fonts=True,
        font_family=FAMILY,
    )
    assert not np.array_equal(letters(character), pixels(bytes(plain)))


def test_other_letters_are_left_as_they_are():
    folder = Path(importlib.import_module("cvttf_NotoSansCJK_Regular").__file__).parent
    plain = resvg_py.svg_to_bytes(
        svg_string=text_picture("中电机"),
        font_files=[str(next(folder.glob("*.otf")))],
        skip_system_fonts=True,
        font_family=FAMILY,
    )
    assert np.array_equal(letters("中电机"), pixels(bytes(plain)))


def test_strong_text_is_darker():
    strong = ' class="cg-strong" stroke="#000000" stroke-width="0"'
    assert letters("电机", strong).sum() < letters("电机").sum()


def test_the_same_picture_gives_the_same_bytes():
    assert to_png(text_picture("电机")) == to_png(text_picture("电机"))


@pytest.mark.parametrize("scale", [0.0, -1.0, float("nan")])
def test_a_scale_of_nothing_is_refused(scale):
    with pytest.raises(ValueError, match="more than 0"):
        to_png(text_picture("电"), scale)
