"""Results, computed once for a data version: when the snapshot is replaced under a running dashboard, the old ones go."""

from __future__ import annotations

import os
from pathlib import Path

import streamlit as st

import recommend
from chaingraph import ChainGraph, Diagnosis, build, diagnose, stores
from chaingraph.errors import ChaingraphError
from chaingraph.mapping.maps import Boundaries, load_boundaries
from chaingraph.overview import ChainGlance, glance
from chaingraph.own_firms import OwnFirms
from chaingraph.recommendation import Recommendation
from dashboard import basis
from dashboard.basis import Basis
from dashboard.state import kept
from recommend.retention import RetentionRisk
from recommend.scorecard import Evidence, Ranking, Weights
from recommend.weights import DEFAULT, PROFILES

PROJECT = Path(__file__).resolve().parents[1]


def store() -> Path | stores.Address:
    """Return where the store is: a folder, or a graph at a server."""
    return stores.place(os.environ.get("CHAINGRAPH_STORE") or PROJECT / "store")


def version() -> str:
    """Return the data version in the store now; what was computed from another one is dropped."""
    found = _current()
    if found is None:
        raise ChaingraphError(f"no data in '{store()}': make the store with `chaingraph data store`")
    if st.session_state.get("version") not in (None, found):
        st.session_state["replaced"] = True
    st.session_state["version"] = found
    return found


def _current() -> str | None:
    return stores.current(store()) if isinstance(store(), Path) else _current_at_server()


# A page asks for the version with every result, and a server takes longer to say it than a folder.
@st.cache_data(ttl=2.0, max_entries=1, show_spinner=False)
def _current_at_server() -> str | None:
    return stores.current(store())


def graph() -> ChainGraph:
    """Return the graph of the current data."""
    return _graph(version())


@st.cache_resource(max_entries=1, show_spinner=False)
def _graph(of: str) -> ChainGraph:
    for older in (_own_firms, _diagnosis, _evidence, _ranking, _cautions, _glances):
        older.clear()
    return build(stores.read(store()))


def companies() -> dict[str, str]:
    """Return the name in common use of every company."""
    return _companies(version())


@st.cache_resource(max_entries=1, show_spinner=False)
def _companies(of: str) -> dict[str, str]:
    frame = _graph(of).tables["companies"]
    return dict(zip(frame["company_id"], frame["short_name"].fillna(frame["name_zh"]), strict=True))


def own_firms(own: Basis) -> OwnFirms:
    """Return a kept list as evidence. ChaingraphError: it is gone, or no longer shared with its reader."""
    return _own_firms(version(), own)


@st.cache_resource(max_entries=20, show_spinner=False)
def _own_firms(of: str, own: Basis) -> OwnFirms:
    return own.firms(_graph(of))


def diagnosis(region: str, chain: str, landing: str = "") -> Diagnosis:
    """Return the diagnosis of a chain in a region, by the list the reader has chosen; `landing`: as if this company came."""
    return _diagnosis(version(), region, chain, landing, basis.chosen(region))


def diagnosis_by(own: Basis | None, region: str, chain: str) -> Diagnosis:
    """Return the diagnosis of a chain in a region by a list of its own, or by the registrations, whatever the reader has chosen."""
    return _diagnosis(version(), region, chain, "", own)


@st.cache_resource(max_entries=2000, show_spinner=False)
def _diagnosis(of: str, region: str, chain: str, landing: str, own: Basis | None) -> Diagnosis:
    known = _graph(of)
    listed = _own_firms(of, own) if own else None
    return diagnose(known.with_landing(landing, region) if landing else known, region, chain, own=listed)


def evidence(region: str, chain: str, segment: str = "") -> Evidence:
    """Return the candidates of a chain, or of one segment, with their signals."""
    return _evidence(version(), region, chain, segment, profile(), basis.chosen(region))


@st.cache_resource(max_entries=200, show_spinner=False)
def _evidence(of: str, region: str, chain: str, segment: str, profile: str, own: Basis | None) -> Evidence:
    return recommend.gather(_graph(of), _diagnosis(of, region, chain, "", own), segment or None, _profile(profile).of)


def base_weights() -> Weights:
    """Return the weights that sliders start from: those of the profile the reader has chosen."""
    return _profile(profile())


def profiles() -> tuple[str, ...]:
    """Return the profiles a reader can choose among, first the one used unasked: that which `CHAINGRAPH_WEIGHTS` names, or the default."""
    named = os.environ.get("CHAINGRAPH_WEIGHTS") or DEFAULT
    return (named, *(name for name in PROFILES if name != named))


def profile() -> str:
    """Return the profile the reader has chosen."""
    return kept("profile") if kept("profile") in profiles() else profiles()[0]


@st.cache_resource(max_entries=8, show_spinner=False)
def _profile(name: str) -> Weights:
    return Weights.load(name)


def ranking(region: str, chain: str, segment: str = "", weights: str = "", top: int = 200, *, argued: bool = False) -> Ranking:
    """Return the targets of a chain or segment; `weights` as in the address: signal:points, by commas.

    `argued`: with all that speaks for and against each, which takes ten times as long as their order.
    """
    return _ranking(version(), region, chain, segment, profile(), weights, top, argued, basis.chosen(region))


@st.cache_resource(max_entries=400, show_spinner=False)
def _ranking(
    of: str, region: str, chain: str, segment: str, profile: str, weights: str, top: int, argued: bool, own: Basis | None
) -> Ranking:
    found = _evidence(of, region, chain, segment, profile, own)
    return found.ranked(weights_of(weights, _profile(profile)), top, argued=argued)


def cautions(region: str, chain: str, top: int) -> tuple[RetentionRisk, ...]:
    """Return the region's own leading firms of a chain that other cities draw most."""
    return _cautions(version(), region, chain, profile(), top, basis.chosen(region))


@st.cache_resource(max_entries=200, show_spinner=False)
def _cautions(of: str, region: str, chain: str, profile: str, top: int, own: Basis | None) -> tuple[RetentionRisk, ...]:
    return tuple(recommend.at_risk(_graph(of), _diagnosis(of, region, chain, "", own), top, _profile(profile)))


def best(region: str, chain: str, top: int) -> tuple[Recommendation, ...]:
    """Return the best targets of a chain, one for each segment at the most, with the shipped weights."""
    seen: dict[str, Recommendation] = {}
    for target in ranking(region, chain).targets:
        seen.setdefault(target.segment_id, target)
    _known().add((version(), region, chain, basis.chosen(region)))
    return tuple(seen.values())[:top]


def pending(region: str, chain: str) -> bool:
    """Tell whether the targets of a chain are still to be computed."""
    return (version(), region, chain, basis.chosen(region)) not in _known()


@st.cache_resource(max_entries=1, show_spinner=False)
def _known() -> set[tuple[str, str, str, Basis | None]]:
    return set()


def warm_up() -> None:
    """Compute, before the first reader asks, what every page needs and what the overviews of the programmes show."""
    found = _current()
    if found is None:
        return
    own = _graph(found)
    _companies(found)
    programmes = own.tables["programmes"][["programme_id", "region_code"]]
    named = own.tables["programme_chains"].dropna(subset=["chain_id"]).merge(programmes, on="programme_id")
    for region, chain in dict.fromkeys(zip(named["region_code"], named["chain_id"], strict=True)):
        _ranking(found, region, chain, "", profiles()[0], "", 200, False, None)
        _known().add((found, region, chain, None))


def weights_of(text: str, base: Weights) -> Weights:
    """Return some weights with the changes that an address names; what is no weight is left as it was."""
    changes: dict[str, float] = {}
    for part in text.split(","):
        name, _, number = part.partition(":")
        if name in base.of and number.replace(".", "", 1).isdigit():
            changes[name] = min(100.0, float(number))
    try:
        return base.changed(changes) if changes else base
    except ChaingraphError:
        return base


def glances(region: str, chains: tuple[str, ...]) -> list[ChainGlance]:
    """Return each chain of a region at a glance."""
    return list(_glances(version(), region, chains, basis.chosen(region)))


@st.cache_resource(max_entries=60, show_spinner=False)
def _glances(of: str, region: str, chains: tuple[str, ...], own: Basis | None) -> tuple[ChainGlance, ...]:
    return tuple(glance(_diagnosis(of, region, chain, "", own)) for chain in chains)


def boundaries() -> Boundaries:
    """Return the boundaries of the maps: the shipped ones, or those of the GeoJSON file that `CHAINGRAPH_BOUNDARIES` names."""
    return _boundaries(os.environ.get("CHAINGRAPH_BOUNDARIES", ""))


@st.cache_resource(max_entries=2, show_spinner=False)
def _boundaries(replacement: str) -> Boundaries:
    return load_boundaries(replacement=Path(replacement) if replacement else None)
