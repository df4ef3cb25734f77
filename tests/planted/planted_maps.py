"""Maps as the tests ask for them: a city by counties, the nation."""

from __future__ import annotations

from chaingraph.mapping.maps import inward_map
from chaingraph.phrases import Phrase


def counties(bounds, values, **more):
    given = {
        "home": "331000",
        "title": Phrase("台州各区县", "Counties of Taizhou"),
        "unit": Phrase("登记企业（家）", "registered firms"),
    } | more
    return inward_map(bounds, values, **given)


def whole(bounds, values=None, **more):
    given = {"home": "331000", "title": Phrase("全国", "The nation"), "unit": "%", "level": "nation", "width": 1000} | more
    return inward_map(bounds, values or {}, **given)
