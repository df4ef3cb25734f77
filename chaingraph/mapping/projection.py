"""From degrees on the globe to pixels on a map."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from chaingraph.mapping.geojson import Floats

Projection = Callable[[Floats, Floats], tuple[Floats, Floats]]
"""(longitude, latitude) in degrees → (east, north) in radii of the globe."""


def albers(
    longitude: Floats,
    latitude: Floats,
    *,
    parallels: tuple[float, float] = (25.0, 47.0),
    meridian: float = 105.0,
    origin: float = 0.0,
) -> tuple[Floats, Floats]:
    """Return (east, north), in radii of the globe, by Albers' equal-area conic projection of the sphere (Snyder 1987, p. 100).

    n = (sin φ₁ + sin φ₂) / 2, C = cos² φ₁ + 2n sin φ₁, ρ = √(C − 2n sin φ) / n, θ = n(λ − λ₀), x = ρ sin θ, y = ρ₀ − ρ cos θ.
    The standard parallels 25° and 47° north and the meridian 105° east are those of maps of China.
    """
    south, north, start = (np.sin(np.radians(degrees)) for degrees in (*parallels, origin))
    n = (south + north) / 2
    c = 1 - south**2 + 2 * n * south
    rho = np.sqrt(c - 2 * n * np.sin(np.radians(latitude))) / n
    theta = n * np.radians(longitude - meridian)
    return rho * np.sin(theta), np.sqrt(c - 2 * n * start) / n - rho * np.cos(theta)


def equirectangular(latitude: float) -> Projection:
    """Return the projection that is true along a parallel: x = λ cos φ₁, y = φ. Good for a city, which is small."""

    def project(longitude: Floats, latitudes: Floats) -> tuple[Floats, Floats]:
        return np.radians(longitude) * np.cos(np.radians(latitude)), np.radians(latitudes)

    return project


@dataclass(frozen=True)
class Frame:
    """A projection laid on a picture: `scale` pixels to a radius of the globe, (`left`, `top`) where (0, 0) comes to lie."""

    project: Projection
    scale: float
    left: float
    top: float

    def pixels(self, points: Floats) -> Floats:
        """Return points × (x, y) in pixels of points × (longitude, latitude) in degrees."""
        east, north = self.project(points[:, 0], points[:, 1])
        return np.column_stack((self.left + east * self.scale, self.top - north * self.scale))

    def pixel(self, place: tuple[float, float]) -> tuple[float, float]:
        """Return where one place lies."""
        x, y = self.pixels(np.array([place]))[0]
        return float(x), float(y)


def fitted(project: Projection, points: Iterable[Floats], box: tuple[float, float, float, float]) -> Frame:
    """Return the frame that brings points amid a box (left, top, width, height), as large as they fit."""
    east, north = project(*np.concatenate(list(points)).T)
    left, top, width, height = box
    across, up = float(np.ptp(east)), float(np.ptp(north))
    scale = min(width / across if across else np.inf, height / up if up else np.inf)
    x = left + (width - across * scale) / 2 - float(east.min()) * scale
    y = top + (height - up * scale) / 2 + float(north.max()) * scale
    return Frame(project, float(scale), x, y)
