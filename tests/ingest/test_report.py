"""The report of a build: counts by source and reason, as plain values."""

from __future__ import annotations

import json

from ingest.report import Report


def test_a_report_is_plain_values_with_reasons_in_order():
    report = Report()
    source = report.start("registrations")
    source.read, source.kept = 5, 3
    source.rejected["zz"] += 1
    source.rejected["aa"] += 1
    source.repaired["city"] += 2
    source.notes.append("a remark")
    report.facts["rows"] = {"regions": 3}
    assert json.loads(json.dumps(report.as_dict())) == {
        "sources": [
            {
                "source": "registrations",
                "read": 5,
                "kept": 3,
                "repaired": {"city": 2},
                "rejected": {"aa": 1, "zz": 1},
                "notes": ["a remark"],
            }
        ],
        "rows": {"regions": 3},
    }
    assert list(report.as_dict()["sources"][0]["rejected"]) == ["aa", "zz"]


def test_sources_are_counted_apart():
    report = Report()
    first, second = report.start("one"), report.start("two")
    first.rejected["reason"] += 1
    assert (second.rejected, second.notes, second.read) == ({}, [], 0)
    assert [s.source for s in report.sources] == ["one", "two"]
