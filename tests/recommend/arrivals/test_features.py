"""Features worked out by hand, on three firms and two cities."""

from dataclasses import replace
from math import exp, log

import numpy as np
import pandas as pd
import polars as pl
import pytest

from chaingraph.metrics import great_circle_km
from recommend.arrivals.events import past_of
from recommend.arrivals.features import Market

FIRMS = pd.DataFrame(
    {
        "stock_code": ["000001", "000002", "000003"],
        "trade_name": ["岚砚水泵", "桐澜乳品", "珩璟玻璃"],
        "full_name": ["岚砚水泵股份有限公司", "桐澜乳品股份有限公司", "珩璟玻璃股份有限公司"],
        "hq_province": ["浙江", "江苏", "上海"],
        "hq_city": ["台州", "苏州", "上海"],
        "industry": ["水泵", "乳品", "玻璃"],
        "business": ["水泵及真空设备的生产与销售", "液态乳制品和奶粉的加工", "浮法玻璃原片与钢化玻璃制造"],
        "revenue_cny": [1e9, 1e10, np.nan],
        "employees": [100.0, 1000.0, np.nan],
    }
)
ROWS = [
    ("宁波岚砚水泵有限公司", "1999-05-01", "水泵及真空设备的生产与销售", "浙江", "宁波"),
    ("温州岚砚水泵有限公司", "2003-05-01", "水泵及真空设备的生产与销售", "浙江", "温州"),
    ("上海珩璟玻璃加工厂", "1998-01-02", "浮法玻璃原片与钢化玻璃制造", "上海", "嘉定"),
]
ARRIVALS = pd.DataFrame(
    {"stock_code": ["000001", "000001"], "province": ["浙江"] * 2, "city": ["宁波", "温州"], "day": ["1999-05-01", "2003-05-01"]}
)
CITIES = (("浙江", "温州"), ("上海", "嘉定"))


@pytest.fixture
def past(seats):
    at = seats.of_all(FIRMS["hq_province"], FIRMS["hq_city"])
    firms = FIRMS.assign(longitude_deg=at[:, 0], latitude_deg=at[:, 1])
    rows = pl.DataFrame(ROWS, schema=["name", "day", "scope", "province", "city"], orient="row")
    return past_of(firms, ARRIVALS, rows, "2007-12-31", seats)


def km(seats, one, other):
    return float(great_circle_km(*seats.of(*one), *seats.of(*other)))


def test_the_footprint_is_the_sum_over_plants_founded_before(past, seats):
    found = Market.at(past, 2001, CITIES)["footprint"]
    near = km(seats, ("浙江", "宁波"), ("浙江", "温州"))
    assert found[0] == pytest.approx([log(0.01 + exp(-near / 600)), log(0.01), log(0.01)])
    later = Market.at(past, 2004, CITIES)["footprint"]
    assert later[0, 0] == pytest.approx(log(0.01 + exp(-near / 600) + 1))


def test_nearness_province_and_staff(past, seats):
    market = Market.at(past, 2001, CITIES)
    assert market["nearness"][0, 0] == pytest.approx(-log(50 + km(seats, ("浙江", "台州"), ("浙江", "温州"))))
    assert market["same_province"].tolist() == [[1, 0, 0], [0, 0, 1]]
    # What is not known stands at the median of what is.
    assert market["staff"][0] == pytest.approx([log(100), log(1000), (log(100) + log(1000)) / 2])


def test_the_nearest_site_is_a_plant_or_the_seat(past, seats):
    plant, seat = km(seats, ("浙江", "宁波"), ("上海", "嘉定")), km(seats, ("浙江", "台州"), ("浙江", "温州"))
    found = Market.at(past, 2001, CITIES)["nearest_site"]
    assert found[1, 0] == pytest.approx(-log(50 + plant))
    assert found[0, 0] == pytest.approx(-log(50 + seat))
    assert Market.at(past, 1998, CITIES)["nearest_site"][1, 0] < found[1, 0]


def test_a_plant_that_bears_the_brand_alone_counts_by_its_likeness_and_never_fully(seats):
    at = seats.of_all(FIRMS["hq_province"], FIRMS["hq_city"])
    firms = FIRMS.assign(longitude_deg=at[:, 0], latitude_deg=at[:, 1])
    branded = [
        ("江苏省南通市岚砚机电有限公司", "2000-01-01", "水泵及真空设备的生产与销售", "江苏", "南通"),
        ("南通岚砚服饰有限公司", "2000-02-01", "针织内衣的加工", "江苏", "南通"),
        ("南通新岚砚机电有限公司", "2000-03-01", "水泵及真空设备的生产与销售", "江苏", "南通"),
        ("台州岚砚机电有限公司", "2000-04-01", "水泵及真空设备的生产与销售", "浙江", "台州"),
    ]
    rows = pl.DataFrame([*ROWS, *branded], schema=["name", "day", "scope", "province", "city"], orient="row")
    plants = past_of(firms, ARRIVALS, rows, "2007-12-31", seats).plants
    found = plants[plants["city"] == "南通"]
    assert found["day"].tolist() == ["2000-01-01"]
    assert found["weight"].tolist() == [0.5]
    assert not (plants["day"] == "2000-04-01").any()


def test_what_is_made_in_many_places_is_a_common_trade(past):
    found = Market.at(past, 2004, CITIES)["common_trade"]
    assert found[0].tolist() == found[1].tolist()
    assert found.min() >= log(2)


def test_names_say_how_readily_a_plant_bears_them(seats):
    at = seats.of_all(FIRMS["hq_province"], FIRMS["hq_city"])
    firms = FIRMS.assign(longitude_deg=at[:, 0], latitude_deg=at[:, 1], trade_name=["岚砚水泵", "桐澜乳品", "珩璟玉"])
    rows = pl.DataFrame(ROWS, schema=["name", "day", "scope", "province", "city"], orient="row")
    market = Market.at(past_of(firms, ARRIVALS, rows, "2007-12-31", seats), 2004, CITIES)
    # Of three names two hold 水泵, none holds 乳品; the third firm is a brand alone and stands at the median.
    assert market["name_word"][0] == pytest.approx([log(5 / 6), log(3 / 6), (log(5 / 6) + log(3 / 6)) / 2])
    assert market["bare_name"].tolist() == [[0, 0, 1], [0, 0, 1]]


def test_an_industry_is_related_to_a_city_that_makes_what_goes_with_it(past):
    places = {
        ("浙江", "温州"): (30, 28, 2),
        ("上海", "嘉定"): (2, 2, 30),
        ("江苏", "苏州"): (22, 18, 9),
        ("江苏", "南通"): (9, 12, 18),
    }
    makeup = pd.DataFrame(
        [(p, c, 2000, i, n) for (p, c), row in places.items() for i, n in zip(("水泵", "玻璃", "乳品"), row, strict=True)],
        columns=["province", "city", "year", "industry", "firms"],
    )
    market = Market.at(replace(past, makeup=makeup), 2004, CITIES)
    pumps, dairies = (int(np.flatnonzero(market.past.firms["industry"] == i)[0]) for i in ("水泵", "乳品"))
    # Pumps go with glass, which 温州 makes; nothing goes with dairies.
    assert market["related"][0, pumps] > 0 > market["related"][1, pumps]
    assert market["related"][:, dairies].tolist() == [0, 0]
    assert Market.at(past, 2004, CITIES)["related"].tolist() == [[0, 0, 0], [0, 0, 0]]


def test_branches_in_other_districts_of_the_own_municipality_count_as_a_beginning(past):
    assert Market.at(past, 2001, CITIES)["home_branches"][0] == pytest.approx([0, 0, log(2)])


def test_the_rate_of_an_industry_is_shrunk_to_the_mean(past):
    found = Market.at(past, 2004, CITIES)["industry_moves"]
    assert found[0] == pytest.approx([log((2 + 10 * 1) / 11), log(10 / 11), log(10 / 11)])


def test_closed_are_firms_at_home_in_their_municipality_and_those_that_came(past):
    assert Market.at(past, 2001, CITIES).closed.tolist() == [[False] * 3, [False, False, True]]
    assert Market.at(past, 2004, CITIES).closed.tolist() == [[True, False, False], [False, False, True]]


def test_the_city_draws_from_farther_the_larger_it_is(past):
    market = Market.at(past, 2004, CITIES)
    assert market["draw"] == pytest.approx(market["nearness"] * market.log_size[:, None])
    # Each of the two has one registration so far, and so has every other place: all are of mean size.
    assert market.log_size == pytest.approx([0, 0])


@pytest.mark.parametrize(
    ("province", "city", "like"),
    [("新疆", "伊犁哈萨克", ("新疆", "伊犁")), ("上海", "自贸区", ("上海", "黄浦")), ("浙江", "台州市", ("浙江", "台州"))],
)
def test_cities_of_other_names_lie_where_they_belong(seats, province, city, like):
    assert km(seats, (province, city), like) < 30


def test_an_unknown_province_has_no_place(seats):
    assert np.isnan(seats.of("火星", "台州")).all()
