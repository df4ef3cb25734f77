"""docs/foreign.md: the figures are those of the shipped collections. Run as a program, it puts them there anew."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PAGE = PROJECT / "docs" / "foreign.md"
PLACE = re.compile(
    r"(?<=\| Collection \| Chains \| Segments \| Links \| Activities \|\n\| --- \| --- \| --- \| --- \| --- \|\n).*?(?=## Your own)",
    re.DOTALL,
)


def figures() -> str:
    """The rows of both tables, from the files of the collections."""
    collections, accounts = [], []
    for folder in sorted((PROJECT / "data" / "optional").iterdir()):
        report = json.loads((folder / "losses.json").read_text(encoding="utf-8"))
        with (folder / "activities.csv").open(encoding="utf-8", newline="") as file:
            activities = len(list(csv.DictReader(file)))
        counts = [report["chains"], report["segments"], report["links"], activities]
        collections.append(" | ".join([f"| `{folder.name}`", *(f"{n:,}" for n in counts)]) + " |")
        for account in report["accounts"]:
            lost = sum(entry["count"] for entry in account["lost"])
            why = "; ".join(f"{entry['count']:,} {entry['reason']}" for entry in account["lost"])
            numbers = (account["total"], account["kept"], account["as_words"], lost)
            accounts.append(
                " | ".join([f"| `{folder.name}`: {account['what']}", *(f"{n:,}" for n in numbers), why]).rstrip() + " |"
            )
    head = "\n| Account | Total | Kept | As words | Lost | Why |\n| --- | --- | --- | --- | --- | --- |"
    return "\n".join([*collections, head, *accounts]) + "\n\n"


def test_the_figures_are_those_of_the_collections():
    (said,) = PLACE.findall(PAGE.read_text(encoding="utf-8"))
    assert said == figures()


if __name__ == "__main__":
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(PLACE.sub(lambda _: figures(), page), encoding="utf-8")
