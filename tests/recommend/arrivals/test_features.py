"""Features worked out by hand, on three firms and two cities."""

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
