"""The file with which a new chain begins: every key explained, examples to be replaced, what must be filled left empty."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from string import Template

from pypinyin import lazy_pinyin

from chaingraph.errors import ChaingraphError
from chaingraph.fields import FIELDS, FORMS
from ingest.chains import ForeignChain
from ingest.origins import PASSPORT


def new_chain(chain_id: str, name_zh: str, known: Mapping[str, ForeignChain]) -> str:
    """Return the text of the file of a new chain; raises where its id has another form, or it or its name is taken in `known`."""
    pattern = FIELDS["chain_id"].pattern or ""
    if not re.fullmatch(pattern, chain_id):
        proposed = _slug(chain_id)
        remedy = f"Did you mean '{proposed}'?" if proposed else "Give one such as pet-food."
        raise ChaingraphError(f"no id of a chain: found '{chain_id}', expected {FORMS[pattern]}. {remedy}")
    if f"{chain_id}.toml" == PASSPORT:
        raise ChaingraphError(f"no id of a chain: found '{chain_id}', expected another: {PASSPORT} is the folder's passport")
    if chain_id in known:
        raise ChaingraphError(
            f"there is a chain '{chain_id}' ({known[chain_id].name_zh}): give the new one another id, or change chains/{chain_id}.toml"
        )
    namesake = next((c.id for c in known.values() if c.name_zh == name_zh), "")
    if namesake:
        raise ChaingraphError(
            f"'{name_zh}' is the chain '{namesake}': give the new one another name, or change chains/{namesake}.toml"
        )
    if re.search(r'["\\\x00-\x1f\x7f]', name_zh):
        raise ChaingraphError(f"no name of a chain: found {name_zh!r}, expected one line without quotation marks and backslashes")
    template = Template((files("ingest") / "chain_template.toml").read_text(encoding="utf-8"))
    return template.substitute(id=chain_id, name_zh=name_zh)


def place_of(out: Path | None, chain_id: str) -> Path:
    """Return where the file of a chain goes: the file named, chains/ of the data folder named, or here."""
    if out is None:
        return Path(f"{chain_id}.toml")
    if out.suffix == ".toml":
        if out.stem != chain_id:
            raise ChaingraphError(f"the file of chain '{chain_id}' is called {chain_id}.toml: found '{out.name}'")
        return out
    if not (out / "chains").is_dir():
        raise ChaingraphError(f"'{out}' is no data folder, it has no chains/: give one, or a file that ends in .toml")
    return out / "chains" / f"{chain_id}.toml"


def _slug(text: str) -> str:
    """Return a text as an id is written, Chinese in pinyin."""
    return "-".join(re.findall(r"[a-z0-9]+", " ".join(lazy_pinyin(text)).lower()))
