"""Lines of a TOML file: of every key the parser finds, and the line really begins with it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.toml_lines import Steps, lines

DATA = Path(__file__).resolve().parents[2] / "data"
TEXT = '''title = "a"
both.inner = 1

[[segments]]  # a comment with [[brackets]]
id = "first"
many = [
    "[[segments]]",
    # id = "no key"
    "b",
]
[segments.lexicon]
specific = ["a"]
text = """
id = "no key either"
"""

[[segments]]
"id" = "second"
firms = {"甲" = "page"}
[segments.lexicon]
specific = []
[[segments.notes]]
by = "x"
[[segments.notes]]
by = "y"
[other.table]
key = 1979-05-27
'''


def test_every_kind_of_statement_has_its_line() -> None:
    assert lines(TEXT) == {
        ("title",): 1,
        ("both",): 2,
        ("both", "inner"): 2,
        ("segments", 0): 4,
        ("segments", 0, "id"): 5,
        ("segments", 0, "many"): 6,
        ("segments", 0, "lexicon"): 11,
        ("segments", 0, "lexicon", "specific"): 12,
        ("segments", 0, "lexicon", "text"): 13,
        ("segments", 1): 17,
        ("segments", 1, "id"): 18,
        ("segments", 1, "firms"): 19,
        ("segments", 1, "firms", "甲"): 19,
        ("segments", 1, "lexicon"): 20,
        ("segments", 1, "lexicon", "specific"): 21,
        ("segments", 1, "notes", 0): 22,
        ("segments", 1, "notes", 0, "by"): 23,
        ("segments", 1, "notes", 1): 24,
        ("segments", 1, "notes", 1, "by"): 25,
        ("other", "table"): 26,
        ("other", "table", "key"): 27,
    }


def keys(content: object, at: Steps = ()) -> Iterator[Steps]:
    """Every key and every entry of a list of tables, as the parser has them."""
    for step, inner in content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ():
        if isinstance(step, str) or isinstance(inner, dict):
            yield (*at, step)
            yield from keys(inner, (*at, step))


@pytest.mark.parametrize("path", sorted(DATA.glob("*/p*.toml")), ids=lambda path: path.stem)
def test_every_key_of_a_shipped_file_is_found_where_it_stands(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace("\r\n", "\n")
    found, told = lines(text), text.split("\n")
    wanted = {steps for steps in keys(tomllib.loads(text)) if steps[-1] not in ("segments", "links", "clusters", "local_firms")}
    assert set(found) == wanted
    for steps, line in found.items():
        assert str(steps[-1] if isinstance(steps[-1], str) else steps[-2]) in told[line - 1]


def test_lines_with_carriage_returns_are_counted_alike() -> None:
    assert lines(TEXT.replace("\n", "\r\n")) == lines(TEXT)
