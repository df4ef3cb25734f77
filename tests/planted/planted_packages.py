"""Packages that extend chaingraph, installed into a folder as an installer does: modules, metadata, entry points."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "chaingraph-example"


def entry_points(groups: Mapping[str, Mapping[str, str]]) -> str:
    """Return the content of `entry_points.txt`: group → name → module:attribute."""
    return "".join(f"[{g}]\n" + "".join(f"{n} = {v}\n" for n, v in of.items()) for g, of in groups.items())


def plant(folder: Path, name: str, module: str, *points: tuple[str, str, str]) -> Path:
    """Put a package of one module into a folder; `points`: (group without its prefix, name, attribute)."""
    (folder / f"{name}.py").write_text(module, encoding="utf-8")
    about = folder / f"{name}-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    groups: dict[str, dict[str, str]] = {}
    for group, point, attribute in points:
        groups.setdefault(f"chaingraph.{group}", {})[point] = f"{name}:{attribute}"
    (about / "entry_points.txt").write_text(entry_points(groups), encoding="utf-8")
    return folder


def installed(source: Path, folder: Path) -> Path:
    """Install a project into a folder with pip, from a wheel made of its pyproject.toml: no index, nothing fetched, nothing built."""
    project = tomllib.loads((source / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    stem = f"{project['name'].replace('-', '_')}-{project['version']}"
    wheel, about = folder / f"{stem}-py3-none-any.whl", f"{stem}.dist-info"
    with zipfile.ZipFile(wheel, "w") as out:
        for path in sorted((source / stem.partition("-")[0]).glob("*.py")):
            out.write(path, path.relative_to(source).as_posix())
        out.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
        out.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        out.writestr(f"{about}/entry_points.txt", entry_points(project["entry-points"]))
        out.writestr(f"{about}/RECORD", "".join(f"{name},,\n" for name in out.namelist()))
    target = folder / "site"
    words = ["install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check", "--target", str(target), str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", *words], check=True, capture_output=True)
    return target
