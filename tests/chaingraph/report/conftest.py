"""Reports of shipped data as python-docx reads them, made once for all tests of the report."""

import functools
import io
import zipfile
from datetime import date

import docx
import pytest
from docx.oxml.ns import qn

from chaingraph.diagnosis import diagnose
from chaingraph.drawing.raster import to_png
from chaingraph.report import figures, report_docx
from recommend.scorecard import shortlist

DAY = date(2026, 11, 26)


class Read:
    """A report as python-docx reads it, with what it should say."""

    def __init__(self, graph, diagnosis, ranking, lang="zh", **changed):
        self.graph, self.diagnosis, self.lang = graph, diagnosis, lang
        self.targets = changed.get("targets", ranking.targets)
        self.excluded = changed.get("excluded", ranking.excluded)
        self.weights = ranking.weights.to_pandas()
        self.content = report_docx(
            graph, diagnosis, self.targets, self.excluded, self.weights, graph.tables["origins"], today=DAY, lang=lang
        )
        self.document = docx.Document(io.BytesIO(self.content))

    def table(self, *titles):
        """Return the only table with these columns, as rows of texts without the head."""
        found = [t for t in self.document.tables if [c.text.split("\n")[0] for c in t.rows[0].cells] == list(titles)]
        assert len(found) == 1, [[c.text for c in t.rows[0].cells] for t in self.document.tables]
        return [[cell.text.replace("\u00a0", " ") for cell in row.cells] for row in found[0].rows[1:]]

    @property
    def segments(self):
        return self.table("位置", "环节", "现状", "企业数", "区位熵", "断堵卡点", "对策")

    @property
    def order(self):
        return self.table("次序", "对策", "环节", "现状", "理由", "首选企业", "得分")

    @property
    def named(self):
        return self.table("排名", "企业", "总部", "环节", "得分", "覆盖度", "稳定度", "概率", "榜单")

    @property
    def summary(self):
        return [p.text for p in self.document.tables[0].rows[0].cells[0].paragraphs]

    @property
    def cards(self):
        """Head and labelled rows of every card."""
        cards = [t for t in self.document.tables[1:] if len(t.columns) == 2]
        return [
            (t.rows[0].cells[0].text, {r.cells[0].text: r.cells[1].text.replace("\u00a0", " ") for r in t.rows[1:]})
            for t in cards
        ]

    @property
    def headings(self):
        return [(p.style.name, p.text) for p in self.document.paragraphs if p.style.name.startswith(("Title", "Heading"))]

    @property
    def text(self):
        return "\n".join(t.text or "" for t in self.document.element.body.iter(qn("w:t")))

    def xml(self, part="word/document.xml"):
        return zipfile.ZipFile(io.BytesIO(self.content)).read(part).decode()


@pytest.fixture(scope="session")
def read():
    """Make a report and read it: (graph, diagnosis, ranking, lang, targets, excluded) → `Read`."""
    return Read


@pytest.fixture(scope="module", autouse=True)
def _each_picture_once():
    """Turn the same drawing into dots only once: that takes half the time of a report."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "to_png", functools.cache(to_png))
        yield


@pytest.fixture(scope="session")
def zhaoqing(graph):
    """A chain with unknown segments, constraints and a roadmap, and its targets."""
    diagnosis = diagnose(graph, "肇庆", "new-energy-vehicle")
    return diagnosis, shortlist(graph, diagnosis, 50)


@pytest.fixture(scope="session")
def report(graph, zhaoqing):
    return Read(graph, *zhaoqing)


@pytest.fixture(scope="session")
def english(graph, zhaoqing):
    return Read(graph, *zhaoqing, lang="en")
