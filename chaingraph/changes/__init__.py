"""What changed between two versions of the data, in words, and what that does to a diagnosis."""

from chaingraph.changes.chains import compare
from chaingraph.changes.diagnosis import diagnosis_changes
from chaingraph.changes.reach import chains_to_look_at, chains_touched
from chaingraph.changes.version import Change, DataVersion

__all__ = ["Change", "DataVersion", "chains_to_look_at", "chains_touched", "compare", "diagnosis_changes"]
