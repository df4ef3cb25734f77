"""Methods of relatedness on exports: worked by hand, against libraries, against the published scorer."""

import importlib.util

import numpy as np
import pandas as pd
import pytest
from command_line import run
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import Ridge

from chaingraph.errors import DataError
from recommend.exports import (
    FOLDER,
    METHOD,
    METHODS,
    Exports,
    cosine,
    ease,
    factors,
    inner_splits,
    ndcg,
    popularity,
    predict,
    read,
    sapling_countries,
    spreading,
    trial,
)

HELD = np.array([[1, 1, 0, 0, 0], [1, 1, 1, 0, 0], [0, 0, 0, 1, 0], [0, 0, 0, 1, 1]], dtype=float)
SETS = st.dictionaries(st.integers(0, 9), st.frozensets(st.integers(0, 12), min_size=1), min_size=2, max_size=8)


# --- methods ---------------------------------------------------------------------------------------------------------


def test_popularity_and_cosine_worked_by_hand():
    assert popularity(HELD)[0].tolist() == [2, 2, 1, 2, 1]
    # Countries 0 and 1: 2/√6; countries 2 and 3: 1/√2; nothing between the pairs.
    assert cosine(HELD, 1.0)[:, 2] == pytest.approx([2 / 6**0.5, 0, 0, 0])
    assert cosine(HELD, 2.0)[:, 4] == pytest.approx([0, 0, 0.5, 0])


def test_spreading_worked_by_hand():
    # Probabilities (heat 0): of country 0's two products each gives half to each of its two exporters, which give on by their
    # number of products: 1/2 of country 0 to a and b, 1/3 of country 1 to a, b and c.
    assert spreading(HELD, 0.0)[0] == pytest.approx([1 / 2 + 1 / 3, 1 / 2 + 1 / 3, 1 / 3, 0, 0])
    # Heat (heat 1): country 0 holds 1, country 1 2/3, by its share of hot products; a product is the mean of its exporters.
    assert spreading(HELD, 1.0)[0] == pytest.approx([(1 + 2 / 3) / 2, (1 + 2 / 3) / 2, 2 / 3, 0, 0])


def test_sapling_of_countries_worked_by_hand():
    # φ of countries: 01 √(4/9), as both have 2 of 5, 3 of 5 and 2 together: (2/5 − 6/25) / (6/25) = 2/3, so S = 4/9.
    # 02: (−2/25) / (√6/5 · 2/5) = −1/√6, S = −1/6; 03: (−4/25) / (6/25) = −2/3, S = −4/9.
    assert sapling_countries(HELD)[0] == pytest.approx(np.array([4, 4, 4, -1.5 - 4, -4]) / (4 + 1.5 + 4))


def test_all_factors_together_are_the_matrix_itself_by_the_size_of_the_country():
    whole = HELD / np.sqrt(HELD.sum(axis=1, keepdims=True))
    assert factors(HELD, 4) == pytest.approx(whole)
    assert factors(HELD, 1) != pytest.approx(whole)


def test_ease_is_the_ridge_regression_of_each_product_on_the_others():
    m = np.random.default_rng(1).integers(0, 2, (30, 7)).astype(float)
    found = ease(m, 4.0)
    for product in range(7):
        others = np.delete(m, product, axis=1)
        fitted = Ridge(alpha=4.0, fit_intercept=False).fit(others, m[:, product]).predict(others)
        assert found[:, product] == pytest.approx(fitted, rel=1e-9)


@pytest.mark.parametrize("name", METHODS)
def test_the_order_of_countries_and_products_does_not_matter(name):
    drawn = np.random.default_rng(2)
    m = (drawn.random((30, 40)) < drawn.random(40)).astype(float)
    rows, columns = drawn.permutation(30), drawn.permutation(40)
    moved = METHODS[name](m[np.ix_(rows, columns)])
    assert moved == pytest.approx(METHODS[name](m)[np.ix_(rows, columns)], abs=1e-9)


# --- predictions -----------------------------------------------------------------------------------------------------


@given(SETS)
def test_known_exports_are_never_ranked_and_all_else_is_ranked_once(sets):
    found = predict(sets)
    ranked = set(zip(found["country"], found["product"], strict=True))
    assert len(ranked) == len(found)
    products = frozenset().union(*sets.values())
    assert ranked == {(c, p) for c, known in sets.items() for p in products - known}
    assert np.isfinite(found["score"]).all()


def test_of_a_country_without_exports_nothing_is_foreseen():
    found = predict({1: frozenset({1, 2}), 2: frozenset({2, 3}), 3: frozenset()})
    assert set(found["country"]) == {1, 2}


def test_the_command_reads_several_files_and_writes_what_the_library_says(tmp_path):
    one, two, out = tmp_path / "one.txt", tmp_path / "two.txt", tmp_path / "out.csv"
    one.write_text("1 10 11\n2 11 12\n3 10 12\n", encoding="utf-8")
    two.write_text("1 13\n\n4\n", encoding="utf-8")
    done = run("predict", "exports", "--known", one, two, "-o", out)
    assert (done.returncode, done.stdout) == (0, "")
    assert "nothing is foreseen: 4" in done.stderr
    found = pd.read_csv(out)
    assert found.columns.tolist() == ["country", "product", "score"]
    pd.testing.assert_frame_equal(found, predict(read(one, two)), check_exact=False)
    assert 13 not in set(found.loc[found["country"] == 1, "product"])


def test_every_fault_of_every_file_is_said_at_once(tmp_path):
    bad = tmp_path / "bad.txt"
    bad.write_text("1 2 x\n3 4\n-5 6\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read(bad, tmp_path / "none.txt")
    assert [(p.where, p.kind) for p in caught.value.problems] == [
        ("line 1", "impossible-value"), ("line 3", "impossible-value"), ("—", "unreadable"),
    ]  # fmt: skip
    (tmp_path / "empty.txt").write_text("1\n", encoding="utf-8")
    with pytest.raises(DataError, match="no export"):
        read(tmp_path / "empty.txt")
    done = run("predict", "exports", "--known", bad, "-o", tmp_path / "out.csv")
    assert done.returncode == 2
    assert "line 3" in done.stderr
    assert "Traceback" not in done.stderr
    assert "expected .parquet or .csv" in run("predict", "exports", "--known", bad, "-o", tmp_path / "out.txt").stderr


# --- measuring -------------------------------------------------------------------------------------------------------


def test_ndcg_worked_by_hand():
    scores = np.array([[9.0, 4.0, 3.0, 2.0], [1.0, 2.0, 3.0, 4.0], [1.0, 1.0, 1.0, 1.0]])
    known = np.array([[1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1]])
    truth = np.array([[0, 0, 1, 1], [0, 0, 0, 1], [0, 0, 0, 0]])
    discount = 1 / np.log2([2, 3, 4])
    assert ndcg(scores, known, truth) == pytest.approx([(discount[1] + discount[2]) / (1 + discount[1]), 1, np.nan], nan_ok=True)


def test_an_inner_split_holds_back_a_tenth_of_each_country():
    m = (np.random.default_rng(4).random((6, 50)) < 0.6).astype(float)
    splits = list(inner_splits(m))
    for kept, held in splits:
        assert (kept + held == m).all()
        assert held.sum(axis=1).tolist() == [max(1, round(0.1 * k)) for k in m.sum(axis=1)]
    assert not (splits[0][1] == splits[1][1]).all()


def test_a_trial_finds_families_of_products_and_popularity_does_not():
    drawn = np.random.default_rng(6)
    families = {c: frozenset((10 * (c % 4) + drawn.permutation(10)[:8]).tolist()) for c in range(40)}
    truth = {c: frozenset(range(10 * (c % 4), 10 * (c % 4) + 10)) - known for c, known in families.items()}
    found = trial(families, truth).set_index("method")
    assert found.at[METHOD, "ndcg"] == pytest.approx(1.0)
    assert found.at["popularity", "ndcg"] < 0.5
    assert found.at["popularity", "better"] == 1.0
    assert (found["low"] <= found["ndcg"] + 1e-12).all()
    assert (found["ndcg"] <= found["high"] + 1e-12).all()


@pytest.mark.raw
def test_on_the_published_benchmark_it_is_ahead_of_sapling_by_the_published_scorer(raw, tmp_path):
    spec = importlib.util.spec_from_file_location("score", raw / "evaluation/score.py")
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    train, validation = raw / FOLDER / "train.txt", raw / FOLDER / "validation.txt"
    truth = read(validation)
    known = {c: products - truth[c] for c, products in read(train).items()}
    without = tmp_path / "known.txt"
    without.write_text("\n".join(" ".join(map(str, (c, *sorted(p)))) for c, p in known.items()), encoding="utf-8")
    published = score.exports(predict(known), validation, [without])
    whole = Exports.of(read(train))
    old = Exports.of(known, whole.products).matrix
    ours, sapling = (ndcg(METHODS[m](old), old, whole.matrix - old).mean() for m in (METHOD, "Sapling, both"))
    assert published["ndcg@20"]["mean"] == pytest.approx(ours, abs=1e-3)
    assert ours > sapling + 0.03
