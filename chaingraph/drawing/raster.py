"""SVG → PNG, the same on every machine: with one font that is part of the installation, and no other."""

from __future__ import annotations

import struct
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory

import resvg_py

FAMILY = "Noto Sans CJK TC"
"""Name of the family in the font file, which has the letters of all of China, Japan and Korea."""
STRONG = ".cg-strong{stroke-width:0.5px}"
"""The file has one weight: strong text is drawn with a thin rim of its own colour."""


def to_png(svg: str, scale: float = 2.0) -> bytes:
    """Return a picture as PNG, `scale` pixels to a pixel of the SVG (greater than 0)."""
    if not scale > 0:
        raise ValueError(f"scale {scale}: expected more than 0")
    with TemporaryDirectory(prefix="chaingraph-") as folder:
        font = Path(folder) / "font.otf"
        font.write_bytes(_simplified(_font()))
        return bytes(
            resvg_py.svg_to_bytes(
                svg_string=svg,
                zoom=scale,
                font_files=[str(font)],
                skip_system_fonts=True,
                font_family=FAMILY,
                sans_serif_family=FAMILY,
                languages=["zh-Hans", "zh", "en"],
                style_sheet=STRONG,
            )
        )


def _font() -> bytes:
    folder = files("cvttf_NotoSansCJK_Regular")
    found = next(f for f in folder.iterdir() if f.name.lower().endswith((".otf", ".ttf", ".ttc")))
    with as_file(found) as path:
        return path.read_bytes()


def _simplified(font: bytes) -> bytes:
    """Return the font with the letter forms of simplified Chinese as its own.

    The file draws traditional forms unless asked for others by language, and the renderer does not ask. In the table of glyph
    substitutions (OpenType GSUB) every script names a default language system beside those of languages: here the default
    becomes the one of ``ZHS``.
    """
    data = bytearray(font)
    for i in range(struct.unpack_from(">H", data, 4)[0]):
        tag, _, table, _ = struct.unpack_from(">4sIII", data, 12 + 16 * i)
        if tag == b"GSUB":
            scripts = table + struct.unpack_from(">H", data, table + 4)[0]
            for j in range(struct.unpack_from(">H", data, scripts)[0]):
                script = scripts + struct.unpack_from(">H", data, scripts + 2 + 6 * j + 4)[0]
                for k in range(struct.unpack_from(">H", data, script + 2)[0]):
                    language, system = struct.unpack_from(">4sH", data, script + 4 + 6 * k)
                    if language == b"ZHS ":
                        struct.pack_into(">H", data, script, system)
    return bytes(data)
