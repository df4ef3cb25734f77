"""Sources → tables: reading, checking, matching names to companies, linking companies to segments."""

from ingest.load import check_folder, load
from ingest.own_lists import OwnList, read_own_list

__all__ = ["OwnList", "check_folder", "load", "read_own_list"]
