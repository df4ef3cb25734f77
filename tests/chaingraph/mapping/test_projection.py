"""Projections: worked examples of the textbook and by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from chaingraph.mapping.projection import albers, equirectangular, fitted


def test_albers_gives_the_worked_example_of_snyder():
    """Snyder, Map Projections: A Working Manual (1987), p. 291: the sphere of radius 1, parallels 29.5° and 45.5°."""
    x, y = albers(np.array([-75.0]), np.array([35.0]), parallels=(29.5, 45.5), meridian=-96.0, origin=23.0)
    assert (x[0], y[0]) == (pytest.approx(0.2952720, abs=1e-7), pytest.approx(0.2416774, abs=1e-7))


def test_albers_of_maps_of_china_by_hand():
    """On a standard parallel ρ = cos φ / n: n = (0.4226183 + 0.7313537) / 2 = 0.5769860, ρ(25°) = 0.9063078 / n = 1.5707622.

    ρ₀ = √(cos² 25° + 2n sin 25°) / n = √(0.8213938 + 0.4876896) / n = 1.9829803; θ(125°) = 20° n = 0.2014061.
    """
    x, y = albers(np.array([105.0, 125.0]), np.array([25.0, 25.0]))
    assert (x[0], y[0]) == (0.0, pytest.approx(1.9829803 - 1.5707622, abs=2e-6))
    assert x[1] == pytest.approx(1.5707622 * math.sin(0.2014061), abs=1e-6)
    assert y[1] == pytest.approx(1.9829803 - 1.5707622 * math.cos(0.2014061), abs=2e-6)


@pytest.mark.parametrize("corner", [(75, 38), (105, 20), (120, 28), (130, 48)])
def test_albers_keeps_areas(corner):
    lon, lat = corner
    side = np.linspace(0, 1, 50)
    ring = [(lon + s, lat) for s in side] + [(lon + 1, lat + s) for s in side]
    ring += [(lon + 1 - s, lat + 1) for s in side] + [(lon, lat + 1 - s) for s in side]
    x, y = albers(*np.array(ring).T)
    area = abs((x * np.roll(y, -1) - np.roll(x, -1) * y).sum()) / 2
    assert area == pytest.approx(math.radians(1) * (math.sin(math.radians(lat + 1)) - math.sin(math.radians(lat))), rel=1e-4)


def test_a_city_is_true_to_scale_along_its_parallel():
    x, y = equirectangular(60.0)(np.array([10.0, 11.0]), np.array([60.0, 61.0]))
    assert (x[1] - x[0]) / (y[1] - y[0]) == pytest.approx(0.5)


def test_a_frame_brings_points_into_its_box_as_large_as_they_fit():
    points = np.array([[110.0, 20.0], [120.0, 45.0], [90.0, 30.0]])
    pixels = fitted(albers, [points], (10, 20, 300, 100)).pixels(points)
    assert pixels.min(axis=0).tolist() == pytest.approx([pixels[:, 0].min(), 20])
    assert np.ptp(pixels[:, 1]) == pytest.approx(100)
    assert (pixels[:, 0].min() + pixels[:, 0].max()) / 2 == pytest.approx(160)
