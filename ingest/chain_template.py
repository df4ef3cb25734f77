"""The file with which a new chain begins: every key explained and what must be filled left empty, or a copy of another chain."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from string import Template

from pypinyin import lazy_pinyin

from chaingraph.errors import ChaingraphError, UnknownNameError
from chaingraph.fields import FIELDS, FORMS
from chaingraph.model import Confidence
from ingest.chains import ForeignChain
from ingest.origins import PASSPORT

COPIED = """\
# 由 {model}（{name}）复制而来：逐个环节改成您的链。名称、依据、环节出处、代表企业、词库都要重新核对，`chaingraph check 本文件` 指出还缺什么。
# Begun as a copy of {model}: make every segment your own. Names, sources, pages of segments, leading firms and terms are still those of the
# model and must be read again; `chaingraph check` on this file says what is missing, `chaingraph new chain` without --from explains every key.

"""


def new_chain(chain_id: str, name_zh: str, known: Mapping[str, ForeignChain]) -> str:
    """Return the text of the file of a new chain; raises where its id has another form, or it or its name is taken in `known`."""
    _must_be_free(chain_id, name_zh, known)
    template = Template((files("ingest") / "chain_template.toml").read_text(encoding="utf-8"))
    return template.substitute(id=chain_id, name_zh=name_zh)


def copied_chain(chain_id: str, name_zh: str, model: str, folder: Path, known: Mapping[str, ForeignChain]) -> str:
    """Return the text of the file of a new chain that begins as a copy of one of `known`, named by id or name; raises as `new_chain`.

    Its segments have the same words under the new chain's id. Its names are empty and its support is judgement until somebody
    writes otherwise: a page that was read for one chain says nothing of another. `folder` is that of the model's file.
    """
    _must_be_free(chain_id, name_zh, known)
    found = next((c for c in known.values() if model in (c.id, c.name_zh, c.name_en)), None)
    if found is None:
        raise UnknownNameError("chain", model, [*known, *(c.name_zh for c in known.values())])
    text = (folder / f"{found.id}.toml").read_text(encoding="utf-8")
    head, mark, rest = text[text.index("id = ") :].partition("\n[[")
    for key, value in {"id": chain_id, "name_zh": name_zh, "name_en": "", "confidence": Confidence.JUDGEMENT.value}.items():
        head = re.sub(rf'^{key} = ".*"', f'{key} = "{value}"', head, count=1, flags=re.MULTILINE)
    head = re.sub(r"^sources = \[[^]]*\]", "sources = []", head, count=1, flags=re.MULTILINE)
    # Links within a file name segments without the chain, or with it.
    return COPIED.format(model=found.id, name=found.name_zh) + head + mark + rest.replace(f'"{found.id}/', f'"{chain_id}/')


def _must_be_free(chain_id: str, name_zh: str, known: Mapping[str, ForeignChain]) -> None:
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
