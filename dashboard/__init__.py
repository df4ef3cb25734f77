"""The dashboard: the same results as the command line, on pages for a chain team."""
