"""Pictures read back as a reader sees them: words with the room they take, paths as lines of points."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np

from chaingraph.drawing.lettering import breadth
from chaingraph.mapping.spacing import Box

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg):
    return ElementTree.fromstring(svg)


def groups(root, name):
    return [g for g in root.iter(f"{SVG}g") if name in g.get("class", "").split()]


def lines_of(path) -> list[np.ndarray]:
    """Read a path of our own form (M, l or L, z) back into lines of points."""
    lines = []
    for part in path.split("M")[1:]:
        numbers = [float(n) for n in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", part)]
        points = np.array(numbers).reshape(-1, 2)
        if "l" in part:
            points = points.cumsum(axis=0)
        lines.append(np.vstack((points, points[:1])) if part.rstrip().endswith("z") else points)
    return lines


def texts(root) -> list[str]:
    return ["".join(t.itertext()) for t in root.iter(f"{SVG}text") if t.get("aria-hidden") != "true"]


def text_boxes(root) -> dict[str, Box]:
    """The words of a picture with the rectangles they take, a little narrowed: their measure is rounded up."""
    found = {}
    for t in root.iter(f"{SVG}text"):
        if t.get("aria-hidden") != "true":
            words, size = "".join(t.itertext()), float(t.get("font-size"))
            width = 0.92 * breadth(words, size)
            left = float(t.get("x")) - (width / 2 if t.get("text-anchor") == "middle" else 0)
            found[words] = Box(left, float(t.get("y")) - 0.8 * size, width, 0.9 * size)
    return found
