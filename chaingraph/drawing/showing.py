"""Pictures for a notebook: drawn without a server, shown in place, saved as a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from chaingraph.diagnosis import Diagnosis, diagnose
from chaingraph.drawing.picture import chain_picture
from chaingraph.drawing.raster import to_png
from chaingraph.errors import ChaingraphError
from chaingraph.export import replace_file
from chaingraph.graph import ChainGraph
from chaingraph.phrases import said


@dataclass(frozen=True, repr=False)
class Picture:
    """A picture as SVG, which a notebook shows: `svg` is the text of the file.

    >>> picture = cg.show(graph, "泵与电机")
    >>> picture.svg.startswith("<svg")
    True
    """

    svg: str
    title: str

    def save(self, path: str | Path) -> Path:
        """Write the picture to a file as its suffix says, .svg or .png (two pixels to one); return the path.

        ChaingraphError: another suffix, or a file that cannot be written; an old file is replaced whole or stays.
        """
        file = Path(path)
        content = {".svg": self.svg.encode, ".png": lambda: to_png(self.svg)}.get(file.suffix.lower())
        if content is None:
            raise ChaingraphError(f"cannot write '{file}': found suffix '{file.suffix}', expected .svg or .png. Name it so.")
        replace_file(file, content())
        return file

    def __repr__(self) -> str:
        return f"<Picture {self.title}>"

    # Not as HTML: of that, viewers of notebooks drop drawings until somebody says that they trust it.
    def _repr_svg_(self) -> str:
        return self.svg


def show(
    graph: ChainGraph,
    chain: str,
    region: str | Diagnosis | None = None,
    *,
    before: Diagnosis | None = None,
    lang: str = "zh",
    scheme: str = "light",
    selected: str = "",
    width: float = 1180.0,
) -> Picture:
    """Return the picture of a chain (id or name), for a notebook to show.

    Without a region what the chain is; with one (name, code, or the diagnosis already made) what the region has of it, and with the
    diagnosis `before` something came, what that changes. `lang` is ``zh`` or ``en``, `scheme` ``light`` or ``dark``. `selected`: id
    of a segment, or ``supplier>customer`` of a link, to be set off. `width` in pixels, at least 480; the height follows.

    Raises `UnknownNameError` for a chain or region that the graph does not have, with the nearest that it has.

    >>> cg.show(graph, "pump-motor", "台州", lang="en")
    <Picture Taizhou · Pumps and motors>
    """
    chain_id = graph.find_chain(chain)
    found = diagnose(graph, region, chain_id) if isinstance(region, str) else region
    name = found.heading if found else graph.chains[chain_id]
    svg = chain_picture(graph, chain_id, found, lang=lang, scheme=scheme, selected=selected, before=before, width=width)
    return Picture(svg, said(name, lang))
