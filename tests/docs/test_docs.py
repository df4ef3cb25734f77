"""What the documentation says of the code is so: commands, constants, words, modules, layers, links, origins."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest
import typer.main

import chaingraph
import dashboard
import ingest
import recommend
from chaingraph.cli import app
from chaingraph.presence import Thresholds
from recommend.signals import SIGNALS

PROJECT = Path(__file__).resolve().parents[2]
DOCS = PROJECT / "docs"
PAGES = sorted([*PROJECT.glob("*.md"), *DOCS.rglob("*.md")])
PACKAGES = (chaingraph, ingest, recommend)
CONSTANT = re.compile(r"`([A-Za-z_]\w*(?:\.[\w-]+)?) = ([^`]+)`")


@cache
def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def names(pages: list[Path]) -> list[str]:
    return [page.relative_to(PROJECT).as_posix() for page in pages]


def rows(page: str, heading: str) -> Iterator[list[str]]:
    """The rows of the first table whose head begins with `heading`."""
    lines = page.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith(f"| {heading} |")) + 2
    while at < len(lines) and lines[at].startswith("|"):
        yield [cell.strip() for cell in lines[at].strip("|").split(" | ")]
        at += 1


# -- commands ----------------------------------------------------------------------------------------------------


def command_names() -> list[str]:
    def below(command: click.Command, path: str) -> Iterator[str]:
        inside = getattr(command, "commands", {})
        for name, inner in inside.items():
            yield from below(inner, f"{path} {name}")
        if not inside:
            yield path

    return sorted(below(typer.main.get_command(app), "chaingraph"))


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_every_command_is_in_the_readme(readme: str) -> None:
    lost = [c for c in command_names() if not re.search(rf"{c}(?![\w-])", text(PROJECT / readme))]
    assert not lost, f"{readme} does not name {', '.join(lost)}"


# -- constants ---------------------------------------------------------------------------------------------------


@cache
def modules() -> dict[str, object]:
    found = {}
    for package in PACKAGES:
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not info.name.endswith("__main__"):
                found[info.name] = importlib.import_module(info.name)
    return found


def in_code(name: str) -> object:
    """The value of a constant, of a member (`Thresholds.radius_km`, `NEED.weak`) or of a parameter's default."""
    root, _, member = name.partition(".")
    owners = [getattr(m, root) for m in modules().values() if hasattr(m, root)]
    assert owners, f"no {root} in the code"
    assert all(o == owners[0] for o in owners), f"{root} means several things"
    owner = owners[0]
    if member and isinstance(owner, dict):
        owner = owner[member]
    elif member and inspect.isfunction(owner):
        owner = inspect.signature(owner).parameters[member].default
    elif member:
        owner = getattr(owner, member)
    return owner[0] if isinstance(owner, tuple) else owner


@pytest.mark.parametrize("page", names(PAGES))
def test_constants_are_those_of_the_code(page: str) -> None:
    wrong = [
        f"{name} = {said}, in the code {in_code(name)}"
        for name, said in CONSTANT.findall(text(PROJECT / page))
        if in_code(name) != ast.literal_eval(said)
    ]
    assert not wrong, "; ".join(wrong)


def test_methods_give_every_threshold_and_signal() -> None:
    page = text(DOCS / "methods.md")
    quoted = {name for name, _ in CONSTANT.findall(page)}
    assert len(quoted) > 40
    lost = {f"Thresholds.{f}" for f in Thresholds.__dataclass_fields__} - quoted
    assert not lost
    assert [r[0].strip("`") for r in rows(page, "Signal | Value")] == [*sorted(SIGNALS, key=list(SIGNALS).index)]


def test_weights_are_those_of_the_file() -> None:
    said = {r[0].strip("`"): (float(r[1]), float(r[2])) for r in rows(text(DOCS / "methods.md"), "Signal | Weight")}
    shipped = tomllib.loads(text(PROJECT / "recommend" / "weights.toml"))
    assert said == {n: (float(w["weight"]), float(w["when_unknown"])) for n, w in shipped.items()}


# -- words -------------------------------------------------------------------------------------------------------


@cache
def words() -> tuple[frozenset[str], frozenset[str]]:
    """(every word the code uses, every name it defines): identifiers, and words inside its strings."""
    used: set[str] = set()
    defined: set[str] = set()
    for package in PACKAGES:
        for path in Path(package.__path__[0]).rglob("*.py"):
            for node in ast.walk(ast.parse(text(path))):
                if isinstance(node, ast.ClassDef | ast.FunctionDef):
                    defined.add(node.name)
                elif isinstance(node, ast.arg):
                    used.add(node.arg)
                elif isinstance(node, ast.Attribute):
                    used.add(node.attr)
                elif isinstance(node, ast.Name):
                    used.add(node.id)
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    used.update(node.value.split())
    return frozenset(used | defined), frozenset(defined)


def test_glossary_words_exist_or_are_planned() -> None:
    used, defined = words()
    wrong = []
    for row in rows(text(DOCS / "glossary.md"), "中文"):
        assert len(row) == 4, row
        status = row[3]
        assert status in ("now", "planned"), row
        for word in re.findall(r"`([^`]+)`", row[2]):
            if status == "planned" and word.split(".")[0] in defined:
                wrong.append(f"{word} exists by now")
            elif status == "now" and "." in word:
                root, member = word.split(".")
                if not any(hasattr(getattr(m, root, None), member) for m in modules().values()):
                    wrong.append(f"no {word}")
            elif status == "now" and word not in used:
                wrong.append(f"no {word}")
    assert not wrong, "; ".join(wrong)


# -- the tree ----------------------------------------------------------------------------------------------------


def test_architecture_names_every_module() -> None:
    tree = re.search(r"## The tree\n.*?```text\n(.*?)```", text(DOCS / "architecture.md"), re.DOTALL)
    assert tree
    place, inner, told = "", "", set()
    for line in tree.group(1).splitlines():
        if not line.startswith(" "):
            place = line.split()[0]
        if not line.startswith("    "):
            inner = place
        for word in line.split():
            if line.startswith("  ") and word.endswith("/") and inner == place:
                inner = f"{place}{word}"
            elif line.startswith(" ") and word.endswith(".py") and "/" not in word:
                told.add(f"{inner}{word}")
    there = {
        path.relative_to(PROJECT).as_posix()
        for package in (*PACKAGES, dashboard)
        for path in Path(package.__path__[0]).rglob("*.py")
        if path.name != "__init__.py"
    }
    told = {t for t in told if not t.endswith("__init__.py")}
    assert told == there, f"not told: {sorted(there - told)}; not there: {sorted(told - there)}"


def test_layers_are_those_that_are_enforced() -> None:
    page = re.search(r"## Who may import whom\n.*?```text\n(.*?)```", text(DOCS / "architecture.md"), re.DOTALL)
    assert page
    contracts = tomllib.loads(text(PROJECT / "pyproject.toml"))["tool"]["importlinter"]["contracts"]
    assert page.group(1).splitlines() == next(c["layers"] for c in contracts if c["type"] == "layers")


# -- links, decisions, origins -----------------------------------------------------------------------------------


def slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("page", names(PAGES))
def test_links_lead_somewhere(page: str) -> None:
    path = PROJECT / page
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text(path)):
        if target.startswith(("http://", "https://")):
            continue
        file, _, anchor = target.partition("#")
        found = (path.parent / file).resolve() if file else path
        if not found.exists() or (
            anchor and anchor not in {slug(h) for h in re.findall(r"^#+ (.+)$", text(found), re.MULTILINE)}
        ):
            broken.append(target)
    assert not broken


@pytest.mark.parametrize("page", names(PAGES))
def test_no_place_on_somebodys_machine(page: str) -> None:
    assert not re.findall(r"(?<![\w.])/(?:home|root|tmp|work|Users|mnt)/", text(PROJECT / page))


def test_decisions_have_their_form() -> None:
    decisions = sorted((DOCS / "decisions").glob("*.md"))
    assert [int(d.name[:4]) for d in decisions] == list(range(1, len(decisions) + 1))
    for path in decisions:
        lines = text(path).splitlines()
        assert len(lines) <= 25, path.name
        assert lines[0].startswith(f"# {path.name[:4]} · "), path.name
        assert [line for line in lines if line.startswith("## ")] == ["## Context", "## Decision", "## Consequences"], path.name


def test_notice_names_every_origin() -> None:
    notice = text(PROJECT / "NOTICE")
    origins = [
        entry for passport in PROJECT.glob("data/*/origin.toml") for entry in tomllib.loads(text(passport)).get("origins", [])
    ]
    assert len(origins) > 10
    lost = [o["origin_id"] for o in origins if not re.search(rf"^{o['origin_id']}\b", notice, re.MULTILINE)]
    assert not lost, f"NOTICE does not name {', '.join(lost)}"
    assert sum("MIT" in o["licence"] for o in origins) == 3
    for holder in ("2019 wabg", "2018 QinYuan Du", "2023 Jeroen Bouma", "2017 jaska"):
        assert f"Copyright (c) {holder}" in notice
    for line in ("Copyright 2017-2020 The Apache Software Foundation", "This product includes software developed at"):
        assert line in notice, "the notice of Apache ECharts, whose maps are shipped"


def test_licence_is_apache_whole() -> None:
    licence = text(PROJECT / "LICENSE")
    assert "Apache License" in licence
    assert "END OF TERMS AND CONDITIONS" in licence
    assert "APPENDIX: How to apply the Apache License to your work." in licence
