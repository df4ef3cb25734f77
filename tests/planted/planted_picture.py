"""A small chain that has every grade but one, and what a picture of it says, read from its SVG."""

from __future__ import annotations

from xml.etree import ElementTree

from planted_world import CITIES, World

SVG = "{http://www.w3.org/2000/svg}"
HERE = "330100"


def small_world() -> World:
    """Return ore → steel → motor → pump → user: in 甲市 steel is missing and breaks the chain, pump is not known, user is a market."""
    world = World()
    for name, stage, kind in [
        ("ore", "upstream", "making"),
        ("steel", "upstream", "making"),
        ("motor", "midstream", "making"),
        ("pump", "midstream", "service"),
        ("user", "downstream", "market"),
    ]:
        world.segment(name, stage=stage, kind=kind)
    world.link("ore", "steel").link("steel", "motor").link("motor", "pump", essential=False).link("pump", "user")
    world.link("user", "steel", essential=False, recycling=True)
    for city in CITIES:
        world.cover(city, 1000)
        for name in ("ore", "steel", "motor"):
            if city != HERE:
                world.register(city, name, 40)
    return world.register(HERE, "ore", 60).register(HERE, "motor", 1)


def parsed(svg: str) -> ElementTree.Element:
    """Return a picture as a tree; it is valid XML or this raises."""
    return ElementTree.fromstring(svg)


def parts(svg: str, kind: str) -> dict[str, ElementTree.Element]:
    """Return the groups of a class by what is picked with them."""
    return {g.get("data-id"): g for g in parsed(svg).iter(f"{SVG}g") if g.get("class") == kind}


def words(element: ElementTree.Element) -> list[str]:
    """Return the lines of text that are read, in the order they are drawn."""
    return ["".join(t.itertext()) for t in element.iter(f"{SVG}text") if t.get("aria-hidden") is None]
