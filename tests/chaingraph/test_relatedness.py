import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.linear_model import Ridge

from chaingraph.relatedness import (
    feasibility,
    peer_regression,
    sapling_score,
    sapling_similarity,
    spread_out,
)

HELD = np.array(
    [
        [1, 1, 0, 0, 0],
        [1, 1, 1, 0, 0],
        [0, 0, 0, 1, 0],
        [0, 0, 0, 1, 1],
    ]
)
PRESENCES = st.tuples(st.integers(2, 7), st.integers(2, 7)).flatmap(lambda s: arrays(int, s, elements=st.integers(0, 1)))


# --- peers -----------------------------------------------------------------------------------------------------------


def test_peers_worked_by_hand():
    # XXᵀ is [[2, 2], [2, 3]] and [[1, 1], [1, 2]]; the mean of 2, 3, 1, 2 is 2, so λ = 1 with shrink ½.
    # [[3, 2], [2, 4]]⁻¹ = [[4, −2], [−2, 3]] / 8: row 0 is 2/4 of row 1, row 1 is 2/3 of row 0;
    # [[2, 1], [1, 3]]⁻¹ = [[3, −1], [−1, 2]] / 5: row 2 is 1/3 of row 3, row 3 is 1/2 of row 2.
    wanted = [[1 / 2, 1 / 2, 1 / 2, 0, 0], [2 / 3, 2 / 3, 0, 0, 0], [0, 0, 0, 1 / 3, 1 / 3], [0, 0, 0, 1 / 2, 0]]
    assert peer_regression(HELD, 0.5) == pytest.approx(np.array(wanted))


def test_peers_are_the_ridge_regression_of_each_row_on_the_others():
    x = np.random.default_rng(3).gamma(1.0, 1.0, (8, 30))
    ridge = Ridge(alpha=0.3 * float((x**2).sum(axis=1).mean()), fit_intercept=False)
    found = peer_regression(x, 0.3)
    for row in range(len(x)):
        others = np.delete(x, row, axis=0).T
        assert found[row] == pytest.approx(ridge.fit(others, x[row]).predict(others), rel=1e-9)


def test_a_place_that_has_nothing_is_like_no_other():
    x = np.array([[1.0, 2.0], [0.0, 0.0], [2.0, 1.0]])
    assert peer_regression(x)[1].tolist() == [0, 0]
    assert peer_regression(np.zeros((3, 2))).tolist() == np.zeros((3, 2)).tolist()


# --- Sapling ---------------------------------------------------------------------------------------------------------


def test_sapling_worked_by_hand():
    # Columns a = b = 1100, c = 0100, d = 0011, e = 0001; φ: ab 1, ac 1/√3, ad −1, ae −1/√3, cd −1/√3, ce −1/3, de 1/√3.
    third, ninth = 1 / 3, 1 / 9
    wanted = [
        [0, 1, third, -1, -third],
        [1, 0, third, -1, -third],
        [third, third, 0, -third, -ninth],
        [-1, -1, -third, 0, third],
        [-third, -third, -ninth, third, 0],
    ]
    assert sapling_similarity(HELD) == pytest.approx(np.array(wanted))
    # Σ|S| of a: 8/3, of c: 10/9. What a place has itself says nothing of it.
    found = sapling_score(HELD, 2.0)
    assert found[:, 0] == pytest.approx([3 / 8, 1 / 2, -3 / 8, -1 / 2])
    assert found[:, 2] == pytest.approx([0.6, 0.6, -0.3, -0.4])


def gini_gain(one, other):
    """Sapling similarity as it is published: what a split by `other` takes from the Gini impurity of `one`, with its sign."""
    n, k, j, both = len(one), one.sum(), other.sum(), (one & other).sum()
    within = both * (1 - both / j) + (k - both) * (1 - (k - both) / (n - j))
    return np.sign(both * n - k * j) * (1 - within / (k * (1 - k / n)))


def test_sapling_similarity_is_the_published_one():
    m = np.random.default_rng(5).integers(0, 2, (20, 6))
    found = sapling_similarity(m)
    for i in range(6):
        for j in range(6):
            if i != j:
                assert found[i, j] == pytest.approx(gini_gain(m[:, i], m[:, j]), abs=1e-12)


@given(PRESENCES)
def test_sapling_is_symmetric_and_in_its_range(m):
    similarity = sapling_similarity(m)
    assert similarity == pytest.approx(similarity.T)
    assert (np.abs(similarity) <= 1 + 1e-9).all()
    assert (np.abs(sapling_score(m)) <= 1 + 1e-9).all()


def test_an_activity_that_all_or_none_have_goes_with_nothing():
    m = np.array([[1, 1, 0], [1, 0, 0], [1, 1, 0]])
    assert sapling_similarity(m).tolist() == np.zeros((3, 3)).tolist()
    assert sapling_score(m).tolist() == np.zeros((3, 3)).tolist()


def test_columns_that_have_nothing_to_do_with_each_other_say_nothing_of_each_other():
    # Three of six and two of six, one of them both: exactly what chance gives, so φ is 0 but for rounding, in either order.
    m = np.array([[1, 1], [1, 0], [0, 1], [1, 0], [0, 0], [0, 0]])
    for order in ([0, 1, 2, 3, 4, 5], [5, 3, 1, 0, 2, 4]):
        assert sapling_similarity(m[order]).tolist() == [[0, 0], [0, 0]]
        assert sapling_score(m[order]).tolist() == np.zeros((6, 2)).tolist()


# --- feasibility -----------------------------------------------------------------------------------------------------


def test_feasibility_is_the_sum_of_three_in_standard_deviations():
    amounts = HELD * np.array([[3.0], [1.0], [2.0], [5.0]])
    parts = (amounts, peer_regression(amounts), sapling_score(HELD))
    assert feasibility(amounts, HELD) == pytest.approx(sum(p / p.std() for p in parts))
    assert spread_out(np.full((2, 2), 4.0), np.array([True, True])).tolist() == [[0, 0], [0, 0]]


@given(PRESENCES, st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_does_not_matter(m, random):
    rows, columns = (random.sample(range(n), n) for n in m.shape)
    moved = m[np.ix_(rows, columns)]
    assert feasibility(moved, moved) == pytest.approx(feasibility(m, m)[np.ix_(rows, columns)], abs=1e-6)


def test_a_planted_product_space_is_found():
    # Two families of ten products; every place makes nine of one family: what is lacking of it stands before the other family.
    rng = np.random.default_rng(0)
    m = np.zeros((40, 20))
    lacking = rng.integers(0, 10, 40)
    for place in range(40):
        m[place, 10 * (place % 2) : 10 * (place % 2) + 10] = 1
        m[place, 10 * (place % 2) + lacking[place]] = 0
    scores = np.where(m > 0, -np.inf, feasibility(m, m))
    assert (scores.argmax(axis=1) == 10 * (np.arange(40) % 2) + lacking).all()


def test_an_activity_that_nobody_looked_for_changes_nothing_for_the_others():
    amounts = np.log1p(np.array([[5, 2, 0, 0], [4, 3, 1, 0], [0, 0, 6, 2], [0, 1, 5, 3]], dtype=float))
    plain = feasibility(amounts, (amounts > 1).astype(float))
    wider = np.hstack([amounts, np.zeros((4, 3))])
    assert feasibility(wider, (wider > 1).astype(float))[:, :4] == pytest.approx(plain, abs=1e-12)
