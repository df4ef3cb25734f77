"""Sources → tables: reading, checking, matching names to companies, linking companies to segments."""

from ingest.imports import FirmList, Imports, read_firm_list
from ingest.load import check_folder, load
from ingest.own_lists import OwnList, read_own_list
from ingest.signings import SigningList, read_signings

__all__ = [
    "FirmList", "Imports", "OwnList", "SigningList", "check_folder", "load", "read_firm_list", "read_own_list", "read_signings",
]  # fmt: skip
