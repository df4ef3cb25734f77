"""An exporter: a chain as a matrix, who supplies whom and how strongly."""

from pathlib import Path

import pandas as pd

from chaingraph import ChainGraph
from chaingraph.exchange import Format, Scope
from chaingraph.phrases import Phrase


def write(graph: ChainGraph, path: Path, scope: Scope) -> None:
    """Write suppliers as rows and customers as columns; a cell is the strength, empty where there is no link or it is not known."""
    ids = [s.id for s in graph.chain_segments(scope.chain or "")]
    matrix = pd.DataFrame(float("nan"), index=ids, columns=ids)
    for link in graph.links:
        if link.supplier_id in matrix.index and link.customer_id in matrix.columns:
            matrix.loc[link.supplier_id, link.customer_id] = link.strength
    matrix.to_csv(path, index_label="supplier", float_format="%.4f")


MATRIX = Format(
    "matrix",
    Phrase("一条链的供给矩阵（CSV）", "one chain as a matrix of supply, CSV"),
    ".csv",
    write,
    of_one_chain=True,
)
