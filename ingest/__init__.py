"""Sources → tables: reading, checking, matching names to companies, linking companies to segments."""

from ingest.load import check_folder, load

__all__ = ["check_folder", "load"]
