"""What a build did with every source: rows read, kept, rejected by reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class SourceReport:
    """Counts of one source. read = kept + all rejected; repaired rows are among the kept."""

    source: str
    read: int = 0
    kept: int = 0
    repaired: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, object]:
        """Return the counts as plain values."""
        return {
            "source": self.source,
            "read": self.read,
            "kept": self.kept,
            "repaired": dict(sorted(self.repaired.items())),
            "rejected": dict(sorted(self.rejected.items())),
            "notes": self.notes,
        }


@dataclass
class Report:
    """The report of a whole build."""

    sources: list[SourceReport] = field(default_factory=list)
    facts: dict[str, object] = field(default_factory=dict)

    def start(self, source: str) -> SourceReport:
        """Begin the counts of a source."""
        self.sources.append(SourceReport(source))
        return self.sources[-1]

    def as_dict(self) -> dict[str, object]:
        """Return the report as plain values, ready for JSON."""
        return {"sources": [s.as_dict() for s in self.sources], **self.facts}
