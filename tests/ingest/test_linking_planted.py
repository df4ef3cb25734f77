"""Fifteen invented firms for each of five chains, their segments known by construction, on the shipped lexicons."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from ingest.chains import read_chains
from ingest.linking import Lexicons, link

PLANTED = pd.read_csv(Path(__file__).parent / "planted_firms.csv", dtype="str", keep_default_na=False)
FLOORS = {
    "pump-motor": (0.95, 0.95),
    "rubber-tyre": (0.95, 0.95),
    "power-battery": (0.95, 0.90),
    "green-packaging": (0.95, 0.90),
    "smart-toilet": (0.95, 0.95),
}
"""Chain → least precision and recall of the confirmed links within the chain."""


@pytest.fixture(scope="module")
def found() -> pd.DataFrame:
    """The confirmed links of the planted firms, found with the lexicons of all fifty chains at once."""
    lexicons = Lexicons.of(read_chains(Path(__file__).resolve().parents[2] / "data").segments())
    frame = pl.DataFrame({"id": range(len(PLANTED)), "name": PLANTED["name"].tolist(), "text": PLANTED["scope"].tolist()})
    linked = link(frame, lexicons).to_pandas()
    return linked[linked["verdict"] == "confirmed"]


def test_five_chains_have_fifteen_firms_each_and_every_making_or_service_segment_of_them_is_planted():
    assert PLANTED.groupby("chain").size().to_dict() == dict.fromkeys(FLOORS, 15)
    chains = read_chains(Path(__file__).resolve().parents[2] / "data").chains
    for chain, group in PLANTED.groupby("chain"):
        planted = {segment for cell in group["segments"] for segment in cell.split()}
        assert planted == {s.id for s in chains[str(chain)].segments if s.kind != "market"}


@pytest.mark.parametrize("chain", FLOORS)
def test_planted_firms_are_found_in_their_segments_and_in_no_others(found, chain):
    firms = PLANTED[PLANTED["chain"] == chain]
    truth = {(i, f"{chain}/{s}") for i, cell in firms["segments"].items() for s in cell.split()}
    links = {
        (i, s) for i, s in zip(found["id"], found["segment_id"], strict=True) if s.startswith(f"{chain}/") and i in firms.index
    }
    precision, recall = len(links & truth) / len(links), len(links & truth) / len(truth)
    told = [
        f"{PLANTED.at[i, 'name']} {'should not be' if (i, s) in links else 'is not'} in {s}" for i, s in sorted(links ^ truth)
    ]
    message = f"{chain}: precision {precision:.3f}, recall {recall:.3f}; {'; '.join(told)}"
    least_precision, least_recall = FLOORS[chain]
    assert precision >= least_precision, message
    assert recall >= least_recall, message


def test_planted_traders_and_strangers_are_confirmed_nowhere_in_their_chain(found):
    strangers = PLANTED.index[PLANTED["segments"] == ""]
    wrong = [
        (PLANTED.at[i, "name"], s)
        for i, s in zip(found["id"], found["segment_id"], strict=True)
        if i in strangers and s.startswith(PLANTED.at[i, "chain"] + "/")
    ]
    assert len(strangers) == 21
    assert wrong == []
