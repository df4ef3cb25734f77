"""The code of docs/extending.md, by the file that its first line names."""

from __future__ import annotations

import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
RECIPE = re.compile(r"^```(?:toml|python)\n# (\S+)[^\n]*\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def recipes() -> dict[str, str]:
    """File → the content that the page tells to write into it."""
    return dict(RECIPE.findall((PROJECT / "docs" / "extending.md").read_text(encoding="utf-8")))
