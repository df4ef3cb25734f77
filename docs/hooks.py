"""What the reference site is made of beside its pages: tutorials as pages, a list of the decisions, colours of code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from griffe import Extension, Object
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page
from pygments.formatters import HtmlFormatter

STYLES = {"light": "default", "dark": "github-dark"}
SITE = """.container { max-width: 1360px; }
.tutorial-output { overflow-x: auto; margin: 0 0 1rem; padding-left: 0.75rem; border-left: 3px solid rgba(127,127,127,0.3); font-size: 0.85rem; }
h3.doc-heading { font-size: 1.35rem; margin-top: 2rem; }
h4.doc-heading { font-size: 1.05rem; margin-top: 1rem; }
.doc-heading small { font-size: 0.7rem; opacity: 0.8; }
.doc-contents { padding-left: 1rem; }
[data-bs-theme=dark] pre, [data-bs-theme=dark] code { background: #161b22; color: #e6edf3; }
"""
_DOCTEST = re.compile(r"(?:^[ ]*>>> .*\n?(?:^[ ]*(?!>>> )\S.*\n?)*)+", re.MULTILINE)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages and styles that are made of other files."""
    docs = Path(config.docs_dir)
    for path in sorted((docs / "tutorials").glob("*.ipynb")):
        name = f"tutorials/{path.stem}"
        page, pictures = tutorial(path)
        files.append(File.generated(config, f"{name}.md", content=page))
        for number, svg in pictures.items():
            files.append(File.generated(config, f"{name}-{number}.svg", content=svg))
    decisions = sorted((docs / "decisions").glob("*.md"))
    listed = [f"- [{path.read_text(encoding='utf-8').splitlines()[0].lstrip('# ')}]({path.name})" for path in decisions]
    files.append(File.generated(config, "decisions/index.md", content="\n".join(["# Decisions", "", *listed, ""])))
    for path in decisions:
        found = files.get_file_from_path(f"decisions/{path.name}")
        if found:
            # Reached by their list.
            found.inclusion = InclusionLevel.NOT_IN_NAV
    rules = [HtmlFormatter(style=style).get_style_defs(f'[data-bs-theme="{mode}"] .highlight') for mode, style in STYLES.items()]
    files.append(File.generated(config, "style/code.css", content="\n".join(rules)))
    files.append(File.generated(config, "style/site.css", content=SITE))
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Lead links to the folder of decisions and to notebooks, as a repository has them, to their pages."""
    if page.file.generated_by:
        return markdown
    return to_pages(markdown.replace("](decisions/)", "](decisions/index.md)"))


def to_pages(markdown: str) -> str:
    """Return Markdown whose links to notebooks lead to their pages."""
    return re.sub(r"\]\(([\w/]+)\.ipynb\)", r"](\1.md)", markdown)


def tutorial(path: Path) -> tuple[str, dict[int, str]]:
    """Return a notebook as a Markdown page, with its pictures (number → SVG) as files of their own."""
    notebook = nbformat.read(path, as_version=4)
    parts, pictures = [], {}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(to_pages(cell.source))
            continue
        parts.append(f"```python\n{cell.source}\n```")
        for output in cell.outputs:
            svg = output.get("data", {}).get("image/svg+xml")
            if svg:
                pictures[len(pictures) + 1] = svg
                alt = output.data["text/plain"].strip("<>").removeprefix("Picture ")
                parts.append(f"![{alt}]({path.stem}-{len(pictures)}.svg)")
            else:
                parts += shown(output)
    download = f"*This page is a notebook, run as it stands: [{path.name}]({path.name}).*"
    return "\n\n".join([*parts, download, ""]), pictures


def shown(output: Any) -> Iterator[str]:
    """Yield an output of a cell as Markdown: HTML as it is, all else as text."""
    data = output.get("data", {})
    if "text/html" in data:
        yield f'<div class="tutorial-output">{data["text/html"]}</div>'
        return
    text = output.get("text") or data.get("text/plain") or "\n".join(output.get("traceback", ()))
    if text:
        yield f"```text\n{text.rstrip()}\n```"


class Doctests(Extension):
    """Sets the examples of docstrings as code: to Markdown, ``>>>`` would be a quotation in a quotation."""

    def on_object(self, *, obj: Object, **_: Any) -> None:
        """Fence the examples in an object's docstring."""
        if obj.docstring:
            obj.docstring.value = _DOCTEST.sub(lambda found: f"```pycon\n{found[0].rstrip()}\n```\n", obj.docstring.value)
