"""A region's own list of firms: an office's messy file → firms in segments, questions for a person, a kept list."""

from chaingraph.own_firms import Coverage, OwnFirms
from ingest.imports.firm_list import FirmList, RecognisedColumn, read_firm_list
from ingest.imports.layout import FIELDS
from ingest.imports.review import Question, reviewed_list
from ingest.imports.rows import REASONS
from ingest.imports.sheets import COMMAND, UPLOAD, Limits
from ingest.imports.store import ImportEntry, Imports

__all__ = [
    "COMMAND", "FIELDS", "REASONS", "UPLOAD", "Coverage", "FirmList", "ImportEntry", "Imports", "Limits", "OwnFirms", "Question",
    "RecognisedColumn", "read_firm_list", "reviewed_list",
]  # fmt: skip
