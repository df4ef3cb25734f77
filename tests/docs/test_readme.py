"""The READMEs are executed: every command of a console block, every Python block, every file they say to write.

A console block holds commands after `$ ` and, if it likes, what they print; a line `…` stands for lines left out.
`python tests/docs/test_readme.py` puts the present output in place of the shown one, keeping how much is shown.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from loaded_program import program

PROJECT = Path(__file__).resolve().parents[2]
READMES = ("README.md", "README.zh.md")
CUT = "…"
NAMED = re.compile(r"# (\S+\.\w+)\n")
"""First line of a block that is to be saved as the file it names."""
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
VERSION = re.compile(r"\b[0-9a-f]{12}\b")
BIN = ".venv/bin"
SHELL = ("awk ", "cp ", "echo ")
"""Beginnings of the commands that are run as they stand, beside chaingraph itself."""


@dataclass(frozen=True)
class Step:
    """A command, a Python block or a file to write; of a command the output shown and where that stands in the page."""

    kind: str
    text: str
    shown: tuple[str, ...] = ()
    start: int = 0
    end: int = 0


@dataclass(frozen=True)
class Outcome:
    """What a step printed, both streams as a terminal shows them, and its exit code."""

    code: int
    printed: list[str]


def steps(page: str) -> Iterator[Step]:
    """What a page tells a reader to do, in order."""
    for block in BLOCK.finditer(page):
        kind, body = block.group(1), block.group(2)
        if kind == "console":
            yield from commands(body, block.start(2))
        elif kind == "python" or NAMED.match(body):
            yield Step(kind, body)


def commands(body: str, at: int) -> Iterator[Step]:
    """Cut a console block that begins at `at` into its commands."""
    lines = body.splitlines(keepends=True)
    starts = [i for i, line in enumerate(lines) if line.startswith("$ ")]
    for i, following in zip(starts, [*starts[1:], len(lines)], strict=True):
        begin = at + len("".join(lines[: i + 1]))
        shown = "".join(lines[i + 1 : following])
        yield Step("console", lines[i][2:].strip(), tuple(shown.splitlines()), begin, begin + len(shown))


def workplace(folder: Path) -> dict[str, str]:
    """Make a folder look like a fresh clone to a command, with `chaingraph` on the path; return the environment."""
    shutil.copytree(PROJECT / "data", folder / "data")
    (folder / "recommend").symlink_to(PROJECT / "recommend")
    clean = {k: v for k, v in os.environ.items() if not k.startswith("CHAINGRAPH_")}
    return {
        **clean,
        "PATH": f"{folder / BIN}{os.pathsep}{os.environ['PATH']}",
        "CHAINGRAPH_STORE": str(folder / "store"),
        "CHAINGRAPH_WORKSPACE": str(folder / "workspace"),
        "COLUMNS": "112",
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
    }


def run(command: str, folder: Path, env: dict[str, str]) -> Outcome:
    """Run a command of a README."""
    if command.startswith("make "):
        # Only asked what it would do: `make test` runs these very tests.
        command = f"make -n -C '{PROJECT}' {command.removeprefix('make ')}"
    elif command == "source .venv/bin/activate":
        command = f"grep -qx 'VENV := .venv' '{PROJECT / 'Makefile'}'"
    elif not command.startswith(("chaingraph ", *SHELL)):
        return Outcome(1, ["this test does not know how to run it"])
    return _printed(["bash", "-c", command], folder, env)


def _printed(command: list[str], folder: Path, env: dict[str, str]) -> Outcome:
    done = subprocess.run(
        command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", check=False
    )
    return Outcome(done.returncode, [line.rstrip() for line in done.stdout.splitlines()])


def follow(told: Sequence[Step], folder: Path) -> list[Outcome]:
    """Do in a folder what a page says, step by step."""
    env, out = workplace(folder), []
    with program(folder / BIN / "chaingraph"):
        for step in told:
            named = NAMED.match(step.text)
            if step.kind == "console":
                out.append(run(step.text, folder, env))
            elif step.kind == "python":
                out.append(_printed([sys.executable, "-W", "error", "-c", step.text], folder, env))
            elif named:
                (folder / named.group(1)).write_text(step.text, encoding="utf-8")
                out.append(Outcome(0, []))
    return out


def differences(shown: Sequence[str], printed: Sequence[str]) -> list[str]:
    """Return the shown lines that are not printed in that order; `…` skips any number of lines."""
    known = [VERSION.sub("", line) for line in printed]
    at, free, lost = 0, False, []
    for line in shown:
        if line == CUT:
            free = True
            continue
        wanted = VERSION.sub("", line.rstrip())
        found = next((i for i in range(at, len(known)) if known[i] == wanted), None) if free else at
        if found is None or found >= len(known) or known[found] != wanted:
            lost.append(line)
        else:
            at, free = found + 1, False
    if shown and not free and not lost and any(known[at:]):
        lost.append(f"(not shown, and no {CUT}) {printed[at]}")
    return lost


def told(name: str) -> list[Step]:
    return list(steps((PROJECT / name).read_text(encoding="utf-8")))


def test_readmes_say_the_same() -> None:
    """The two languages tell the reader to do the same things, so that doing them once is enough for both."""
    english, chinese = ([(s.kind, s.text) for s in told(name)] for name in READMES)
    assert english == chinese
    assert sum(kind == "python" for kind, _ in english) == 1
    assert sum(text.startswith("chaingraph ") for _, text in english) > 10


def test_readmes_do_what_they_say(tmp_path: Path) -> None:
    outcomes = follow(told(READMES[0]), tmp_path)
    faults = []
    for name in READMES:
        for step, outcome in zip(told(name), outcomes, strict=True):
            lost = differences(step.shown, outcome.printed) if step.shown else []
            if outcome.code:
                faults.append(f"{name}: `{step.text}` exits {outcome.code}:\n" + "\n".join(outcome.printed[-15:]))
            elif lost:
                faults.append(f"{name}: `{step.text}` does not print:\n" + "\n".join(lost))
    assert not faults, "\n\n".join([*faults, "python tests/docs/test_readme.py puts the present output into the pages"])


def test_make_run_makes_what_the_readme_names() -> None:
    outcome = run("make run REGION=青岛 CHAIN=橡胶轮胎", PROJECT, dict(os.environ))
    assert any("run --region '青岛' --chain '橡胶轮胎'" in line for line in outcome.printed)


def test_differences_are_seen() -> None:
    printed = ["one", "two", "three", "data 0123456789ab"]
    assert differences(["one", CUT, "data ba9876543210"], printed) == []
    assert differences(["one", CUT], printed) == []
    assert differences(["one", "three", CUT], printed) == ["three"]
    assert differences(["one", "two"], printed) == [f"(not shown, and no {CUT}) three"]
    assert differences(["four"], printed) == ["four"]


def refreshed(page: str, outcomes: Sequence[Outcome]) -> str:
    """Return a page with the present output of its commands: as many lines before and after `…` as it has now."""
    out, done = "", 0
    for step, outcome in zip(steps(page), outcomes, strict=True):
        if not step.shown:
            continue
        printed = outcome.printed
        if CUT in step.shown:
            head = step.shown.index(CUT)
            tail = len(step.shown) - head - 1
            printed = [*printed[:head], CUT, *printed[len(printed) - tail :]]
        out += page[done : step.start] + "".join(f"{line}\n" for line in printed)
        done = step.end
    return out + page[done:]


def refresh() -> None:
    """Put the present output into both pages."""
    with tempfile.TemporaryDirectory() as folder:
        outcomes = follow(told(READMES[0]), Path(folder))
    for step, outcome in zip(told(READMES[0]), outcomes, strict=True):
        if outcome.code:
            print(f"{step.text} exits {outcome.code}", *outcome.printed[-15:], sep="\n", file=sys.stderr)
    for name in READMES:
        path = PROJECT / name
        path.write_text(refreshed(path.read_text(encoding="utf-8"), outcomes), encoding="utf-8")


if __name__ == "__main__":
    refresh()
