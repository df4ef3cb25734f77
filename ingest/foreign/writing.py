"""A reading → a collection: a folder with one TOML file a chain, the firms' activities, a passport and the loss report."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pandas as pd

from chaingraph.errors import ChaingraphError
from ingest.chains import ForeignChain, ForeignLink, ForeignSegment
from ingest.foreign.readings import Reading
from ingest.optional import ACTIVITIES, LOSSES
from ingest.origins import PASSPORT

Passport = Mapping[str, str | date]


def write(reading: Reading, activities: pd.DataFrame, passport: Passport, folder: Path) -> None:
    """Write a collection beside the folder and put it in its place whole; only a collection is ever replaced.

    `passport` holds the columns of the table `origins`; its `origin_id` becomes that of every row.
    """
    if folder.exists() and not _may_replace(folder):
        raise ChaingraphError(f"'{folder}' holds something else than a collection of chains: give a new folder with -o")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            _fill(draft, reading, activities, passport)
            draft.chmod(0o755)
            _swap(draft, folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise ChaingraphError(f"cannot write '{folder}': {error.strerror or error}. Choose another place with -o.") from error


def _may_replace(folder: Path) -> bool:
    return folder.is_dir() and (not any(folder.iterdir()) or (folder / LOSSES).is_file())


def _swap(draft: Path, folder: Path) -> None:
    old = draft.with_name(f"{draft.name}.old")
    if folder.exists():
        folder.rename(old)
    draft.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _fill(folder: Path, reading: Reading, activities: pd.DataFrame, passport: Passport) -> None:
    for chain in reading.chains:
        _text(folder / f"{chain.id}.toml", chain_toml(chain))
    _text(folder / PASSPORT, passport_toml(passport))
    made = activities.assign(origin_id=passport["origin_id"]).to_csv(index=False, lineterminator="\n")
    _text(folder / ACTIVITIES, made)
    _text(folder / LOSSES, losses_json(reading))


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def losses_json(reading: Reading) -> str:
    """Return the loss report of a reading as JSON."""
    report = {
        "format": reading.format,
        "files": list(reading.files),
        "chains": len(reading.chains),
        "segments": sum(len(c.segments) for c in reading.chains),
        "links": sum(len(c.links) for c in reading.chains),
        "accounts": reading.losses.as_dict(),
    }
    return json.dumps(report, ensure_ascii=False, indent=1) + "\n"


# -- TOML --------------------------------------------------------------------------------------------------------


def chain_toml(chain: ForeignChain) -> str:
    """Return the file of a chain; what is absent or has its default is left out."""
    blocks = ["\n".join(_lines(chain, but=("segments", "links")))]
    blocks += ["\n".join(["[[segments]]", *_lines(segment, but=("lexicon",))]) for segment in chain.segments]
    blocks += ["\n".join(["[[links]]", *_lines(link)]) for link in chain.links]
    return "\n\n".join(blocks) + "\n"


def passport_toml(passport: Passport) -> str:
    """Return a passport with one origin."""
    return "\n".join(["[[origins]]", *(f"{key} = {_value(value)}" for key, value in passport.items())]) + "\n"


def _lines(entry: ForeignChain | ForeignSegment | ForeignLink, but: tuple[str, ...] = ()) -> Iterator[str]:
    fields = type(entry).model_fields
    for key, field in fields.items():
        value = getattr(entry, key)
        if key not in but and value is not None and value != field.get_default(call_default_factory=True):
            yield f"{key} = {_value(value)}"


def _value(value: object) -> str:
    r"""Return a value as TOML writes it.

    >>> print(_value({"宝钢股份": "gk"}), _value(0.3), _value(["a", 'b"']))
    {"宝钢股份" = "gk"} 0.3 ["a", "b\""]
    """
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return repr(value)
        case date():
            return value.isoformat()
        case list():
            return f"[{', '.join(map(_value, value))}]"
        case dict():
            return f"{{{', '.join(f'{_value(k)} = {_value(v)}' for k, v in value.items())}}}"
        case _:
            return _quoted(str(value))


def _quoted(text: str) -> str:
    """JSON and TOML quote a text alike, but for one sign that JSON leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
