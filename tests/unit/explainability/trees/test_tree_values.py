"""Attributions of trees against all coalitions of the model itself, shap and the boosters' own."""

import warnings
from math import factorial

import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost
from catboost import CatBoostClassifier, CatBoostRegressor
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, PolynomialFeatures, StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from assay.explainability.scores import Scores
from assay.explainability.trees import explain as explaining
from assay.explainability.trees import prepared as preparing
from assay.explainability.trees.explain import prepare_trees
from assay.explainability.trees.prepared import PreparedTrees, rows_at_once
from assay.explainability.trees.ways import NativeContributions, OwnPatterns, ShapTrees
from assay.models.native import native_of, raw_scores
from assay.models.wrap import as_predictor

N = 5
EACH = [(place,) for place in range(N)]


def quiet(**settings):
    return {"n_estimators": 8, "verbose": -1, "n_jobs": 1, "min_child_samples": 5, **settings}


REGRESSORS = {
    "tree": lambda: DecisionTreeRegressor(max_depth=5, random_state=0),
    "forest": lambda: RandomForestRegressor(4, max_depth=5, random_state=0),
    "extra": lambda: ExtraTreesRegressor(4, max_depth=5, random_state=0),
    "gradient": lambda: GradientBoostingRegressor(n_estimators=6, random_state=0),
    "histogram": lambda: HistGradientBoostingRegressor(max_iter=8, random_state=0),
    "lightgbm": lambda: lightgbm.LGBMRegressor(**quiet()),
    "lightgbm dart": lambda: lightgbm.LGBMRegressor(**quiet(boosting_type="dart")),
    "lightgbm forest": lambda: lightgbm.LGBMRegressor(
        **quiet(boosting_type="rf", subsample=0.5, subsample_freq=1)
    ),
    "xgboost": lambda: xgboost.XGBRegressor(n_estimators=8, max_depth=4, n_jobs=1),
    "catboost": lambda: CatBoostRegressor(
        iterations=8, depth=4, verbose=0, thread_count=1, allow_writing_files=False
    ),
}
CLASSIFIERS = {
    "tree": lambda: DecisionTreeClassifier(max_depth=5, random_state=0),
    "forest": lambda: RandomForestClassifier(4, max_depth=5, random_state=0),
    "gradient": lambda: GradientBoostingClassifier(n_estimators=4, random_state=0),
    "histogram": lambda: HistGradientBoostingClassifier(max_iter=4, random_state=0),
    "lightgbm": lambda: lightgbm.LGBMClassifier(**quiet(n_estimators=4)),
    "xgboost": lambda: xgboost.XGBClassifier(n_estimators=4, max_depth=4, n_jobs=1),
    "catboost": lambda: CatBoostClassifier(
        iterations=5, depth=3, verbose=0, thread_count=1, allow_writing_files=False
    ),
}


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def table(rng):
    """Numbers with ties and gaps, and what depends on them."""
    rows = rng.normal(size=(260, N)).round(1)
    rows[rng.random(rows.shape) < 0.04] = np.nan
    known = np.nan_to_num(rows)
    return rows, known[:, 0] * known[:, 1] + known[:, 2] + 0.3 * np.isnan(rows[:, 3])


def fitted(model, table, n_classes=0):
    rows, truth = table
    if "GradientBoosting" in type(model).__name__ and "Hist" not in type(model).__name__:
        rows = np.nan_to_num(rows)
    if n_classes:
        truth = np.digitize(truth, [-0.4, 0.6][: n_classes - 1])
    return model.fit(rows, truth), rows


def prepared(model, rows, background=None, *, weights=None, players=EACH, **told):
    native = native_of(as_predictor(model))
    ask = told.pop("ask", None) or raw_scores(native)
    width = np.asarray(ask(rows[:1])).reshape(1, -1).shape[1]
    return prepare_trees(
        native,
        rows=rows,
        players=players,
        background=background,
        weights=weights,
        scores=Scores(ask, tuple(map(str, range(width))), **told),
    )


def enumerated(ask, row, background, weights, players):
    """Shapley values by all coalitions, shape (n_players, n_outputs)."""
    n = len(players)
    values = []
    for mask in range(2**n):
        on = [column for place in range(n) if mask >> place & 1 for column in players[place]]
        mixed = background.copy()
        if isinstance(mixed, pd.DataFrame):
            repeat = row.iloc[np.zeros(len(mixed), dtype=int)].set_index(mixed.index)
            mixed = pd.concat(
                [(repeat if c in on else mixed).iloc[:, c] for c in range(mixed.shape[1])], axis=1
            )
        else:
            mixed[:, on] = row[on]
        values.append(weights @ np.asarray(ask(mixed), dtype=float).reshape(len(mixed), -1))
    out = np.zeros((n, len(values[0])))
    for player in range(n):
        for mask in range(2**n):
            if not mask >> player & 1:
                size = mask.bit_count()
                share = factorial(size) * factorial(n - size - 1) / factorial(n)
                out[player] += share * (values[mask | 1 << player] - values[mask])
    return out


def check_against_enumeration(model, rows, rng, *, tolerance=1e-8):
    background, weights = rows[200:215], rng.dirichlet(np.ones(15))
    ask = raw_scores(native_of(as_predictor(model)))
    trees = prepared(model, rows, background, weights=weights)
    assert isinstance(trees, PreparedTrees)
    found = trees.values(rows[:40])
    assert not found.left.any()
    assert "own tables" in found.reason
    assert found.value_function == "interventional"
    for place in range(3):
        wanted = enumerated(ask, rows[place], background, weights, EACH)
        np.testing.assert_allclose(found.values[place], wanted, atol=tolerance)
    np.testing.assert_allclose(found.predictions, ask(rows[:40]).reshape(40, -1))


@pytest.mark.parametrize("name", REGRESSORS)
def test_regressors_agree_with_enumeration(name, table, rng):
    model, rows = fitted(REGRESSORS[name](), table)
    tolerance = 1e-5 if name == "xgboost" else 1e-8  # it adds in float32
    check_against_enumeration(model, rows, rng, tolerance=tolerance)


@pytest.mark.parametrize("name", CLASSIFIERS)
@pytest.mark.parametrize("n_classes", [2, 3])
def test_classifiers_agree_with_enumeration(name, n_classes, table, rng):
    model, rows = fitted(CLASSIFIERS[name](), table, n_classes)
    tolerance = 1e-5 if name == "xgboost" else 1e-8
    check_against_enumeration(model, rows, rng, tolerance=tolerance)


def by_shap(model, rows, background=None):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import shap

    told = {"feature_perturbation": "tree_path_dependent"}
    if background is not None:
        masker = shap.maskers.Independent(background, max_samples=len(background))
        told = {"data": masker, "feature_perturbation": "interventional"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = shap.TreeExplainer(model, **told).shap_values(rows, check_additivity=False)
    found = np.asarray(found)
    return found[:, :, None] if found.ndim == 2 else found


SHAP_READS = [name for name in REGRESSORS if "lightgbm " not in name]


@pytest.mark.parametrize("name", [name for name in REGRESSORS if name != "catboost"])
def test_the_way_by_shap_agrees_with_tables(name, table):
    """On values with ties and gaps."""
    model, rows = fitted(REGRESSORS[name](), table)
    own, by = prepared(model, rows).ways[:2]
    assert isinstance(by, ShapTrees)
    for mine, theirs in zip(own(rows[:40]), by(rows[:40]), strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-6)


@pytest.mark.parametrize("name", [*REGRESSORS, *(f"{name} of classes" for name in CLASSIFIERS)])
def test_the_two_ways_of_our_own_agree(name, table, rng):
    kind = name.removesuffix(" of classes")
    made = CLASSIFIERS[kind]() if kind != name else REGRESSORS[kind]()
    model, rows = fitted(made, table, 3 if kind != name else 0)
    players = [(0, 3), (1,), (4, 2)]
    trees = prepared(
        model, rows, rows[100:130], weights=rng.dirichlet(np.ones(30)), players=players
    )
    tables, patterns = trees.ways
    assert isinstance(patterns, OwnPatterns)
    for mine, theirs in zip(tables(rows[:40]), patterns(rows[:40]), strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-12)


@pytest.mark.parametrize("name", SHAP_READS)
@pytest.mark.parametrize("with_background", [True, False])
def test_regressors_agree_with_shap(name, with_background, table, rng):
    # Ties are taken out: with values that several splits share, shap's interventional values
    # differ from those of all coalitions, with which ours are compared above.
    rows = np.nan_to_num(table[0]) + 0.01 * rng.normal(size=table[0].shape)
    model, _ = fitted(REGRESSORS[name](), (rows[:220], table[1][:220]))
    background = rows[100:220] if with_background else None
    found = prepared(model, rows, background).values(rows[:60])
    np.testing.assert_allclose(found.values, by_shap(model, rows[:60], background), atol=1e-6)


@pytest.mark.parametrize("name", ["tree", "forest", "histogram", "lightgbm", "xgboost"])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_classifiers_agree_with_shap_by_the_paths(name, n_classes, table):
    model, rows = fitted(CLASSIFIERS[name](), table, n_classes)
    found = prepared(model, rows).values(rows[:60])
    assert found.value_function == "path_dependent"
    np.testing.assert_allclose(found.values, by_shap(model, rows[:60]), atol=1e-6)


@pytest.mark.parametrize("name", ["lightgbm", "xgboost", "catboost"])
def test_own_tables_agree_with_the_boosters_contributions(name, table):
    model, rows = fitted(CLASSIFIERS[name](), table, 3)
    trees = prepared(model, rows)
    own, native = trees.ways[0], trees.ways[-1]
    assert isinstance(native, NativeContributions)
    for mine, theirs in zip(own(rows[:50]), native(rows[:50]), strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-6)


@pytest.fixture
def mixed(rng):
    """Two numbers, two categorical columns, of which one has a gap."""
    n = 300
    frame = pd.DataFrame(
        {
            "a": rng.normal(size=n),
            "k": pd.Categorical(rng.choice(list("pqrst"), n)),
            "b": rng.normal(size=n),
            "m": pd.Categorical(rng.choice(["x", "y", None], n)),
        }
    )
    truth = frame.a + frame.k.isin(["p", "s"]) * frame.b + (frame.m == "x") + 0.0
    return frame, truth.to_numpy()


BY_CATEGORY = {
    "lightgbm": lambda: lightgbm.LGBMRegressor(**quiet(cat_smooth=1, max_cat_to_onehot=1)),
    "xgboost": lambda: xgboost.XGBRegressor(
        n_estimators=6, max_depth=4, n_jobs=1, enable_categorical=True, max_cat_to_onehot=1
    ),
    "xgboost one": lambda: xgboost.XGBRegressor(
        n_estimators=6, max_depth=4, n_jobs=1, enable_categorical=True, max_cat_to_onehot=9
    ),
    "histogram": lambda: HistGradientBoostingRegressor(
        max_iter=6, categorical_features="from_dtype", random_state=0
    ),
}


@pytest.mark.parametrize("name", BY_CATEGORY)
def test_categorical_splits_agree_with_enumeration(name, mixed):
    frame, truth = mixed
    model = BY_CATEGORY[name]().fit(frame, truth)
    background, weights = frame[100:112], np.full(12, 1 / 12)
    players = [(0,), (1,), (2,), (3,)]
    trees = prepared(model, frame, background, players=players)
    assert isinstance(trees, PreparedTrees)
    found = trees.values(frame[:30])
    assert not found.left.any()
    assert "own tables" in found.reason
    ask = raw_scores(native_of(as_predictor(model)))
    for place in range(3):
        row = frame[place : place + 1]
        wanted = enumerated(ask, row, background, weights, players)
        np.testing.assert_allclose(found.values[place], wanted, atol=1e-6)


def test_catboosts_own_coding_is_left_to_catboost(mixed):
    frame, truth = mixed
    frame = frame.astype({"k": str, "m": object}).fillna({"m": "none"})
    model = CatBoostRegressor(
        iterations=5, depth=3, verbose=0, cat_features=["k", "m"], allow_writing_files=False
    ).fit(frame, truth)
    players = [(0,), (1,), (2,), (3,)]
    trees = prepared(model, frame, players=players)
    found = trees.values(frame[:20])
    assert not found.left.any()
    assert "own tables" not in found.reason
    refused = prepared(model, frame, frame[:5], players=players)
    assert isinstance(refused, str)
    assert "CatBoost's own coding" in refused


def test_groups_of_columns_are_switched_together(table, rng):
    model, rows = fitted(REGRESSORS["lightgbm"](), table)
    players = [(0, 3), (1,), (4, 2)]
    background, weights = rows[200:215], rng.dirichlet(np.ones(15))
    trees = prepared(model, rows, background, weights=weights, players=players)
    found = trees.values(rows[:10])
    for place in range(3):
        wanted = enumerated(model.predict, rows[place], background, weights, players)
        np.testing.assert_allclose(found.values[place], wanted, atol=1e-8)
    each = prepared(model, rows, background, weights=weights).values(rows[:10]).values
    apart = each[:, [0, 1, 4]] + each[:, [3, 1, 2]] * [[[1], [0], [1]]]
    assert np.abs(found.values - apart).max() > 1e-3  # a group is not the sum of its columns


def test_one_hot_columns_are_one_player(mixed, rng):
    frame, truth = mixed
    frame = frame.astype({"k": str}).drop(columns="m")
    step = ColumnTransformer(
        [("k", OneHotEncoder(), ["k"])], remainder=make_pipeline(StandardScaler())
    )
    model = make_pipeline(step, RandomForestRegressor(5, max_depth=5, random_state=0))
    model.fit(frame, truth)
    players = [(0,), (1,), (2,)]
    background, weights = frame[100:110], rng.dirichlet(np.ones(10))
    found = prepared(model, frame, background, weights=weights, players=players).values(frame[:5])
    for place in range(3):
        row = frame[place : place + 1]
        wanted = enumerated(model.predict, row, background, weights, players)
        np.testing.assert_allclose(found.values[place], wanted, atol=1e-10)


def test_margins_of_a_pipeline_are_explained(table):
    rows, truth = table
    model = make_pipeline(StandardScaler(), lightgbm.LGBMClassifier(**quiet()))
    model.fit(rows, truth > 0)
    found = prepared(model, rows, rows[:20]).values(rows[:9])
    margin = model[-1].predict_proba(model[0].transform(rows[:9]), raw_score=True)
    np.testing.assert_allclose(found.predictions[:, 0], margin)
    assert not found.left.any()


def test_repeated_background_rows_are_weights(table):
    model, rows = fitted(REGRESSORS["forest"](), table)
    weights = np.array([0.5, 0.25, 0.25])
    weighted = prepared(model, rows, rows[:3], weights=weights).values(rows[10:20])
    twice = prepared(model, rows, rows[[0, 0, 1, 2]]).values(rows[10:20])
    np.testing.assert_allclose(weighted.values, twice.values, atol=1e-12)


def test_rows_may_come_in_any_pieces(table, monkeypatch):
    model, rows = fitted(REGRESSORS["lightgbm"](), table)
    whole = prepared(model, rows, rows[:30]).values(rows)
    monkeypatch.setattr("assay.explainability.trees.game.PIECE", 7)
    pieces = prepared(model, rows, rows[:30]).values(rows)
    np.testing.assert_allclose(whole.values, pieces.values, atol=1e-13)
    alone = prepared(model, rows, rows[:30])
    one = np.concatenate([alone.values(rows[place : place + 1]).values for place in range(9)])
    np.testing.assert_allclose(whole.values[:9], one, atol=1e-13)


def test_interactions_agree_with_enumeration(table, rng):
    model, rows = fitted(REGRESSORS["forest"](), table)
    background, weights = rows[200:210], rng.dirichlet(np.ones(10))
    found = prepared(model, rows, background, weights=weights).interactions(rows[:4])
    assert found.shape == (4, N, N, 1)
    for i, j in ((0, 1), (2, 4)):
        for place in range(2):
            wanted = 0.0
            others = [player for player in range(N) if player not in (i, j)]
            for mask in range(2 ** len(others)):
                on = [player for bit, player in enumerate(others) if mask >> bit & 1]
                share = factorial(len(on)) * factorial(N - len(on) - 2) / factorial(N - 1)
                for sign, more in ((1, [i, j]), (-1, [i]), (-1, [j]), (1, [])):
                    made = background.copy()
                    made[:, on + more] = rows[place, on + more]
                    wanted += sign * share * (weights @ model.predict(made))
            np.testing.assert_allclose(found[place, i, j, 0], wanted, atol=1e-10)
            assert found[place, i, j, 0] == found[place, j, i, 0]


@pytest.fixture
def in_pieces(monkeypatch):
    """Rows in pieces of about 30."""
    monkeypatch.setattr(preparing, "rows_at_once", lambda way, n_rows: 30)


def test_pieces_of_rows_make_the_whole(table, in_pieces):
    model, rows = fitted(CLASSIFIERS["forest"](), table, 3)
    trees = prepared(model, rows, rows[:20])
    seen = []
    found = trees.values(rows[:100], finished=lambda done, total: seen.append((done, total)))
    assert seen == [(0, 100), (30, 100), (60, 100), (90, 100), (100, 100)]
    assert found.stopped is None
    each = [trees.values(rows[:100][part]) for part in np.array_split(np.arange(100), 5)]
    for name in ("values", "base", "predictions", "errors", "left"):
        joined = np.concatenate([getattr(part, name) for part in each])
        np.testing.assert_allclose(getattr(found, name), joined, atol=1e-13)
    assert found.reason == each[0].reason


def test_pieces_end_where_they_are_stopped(table, in_pieces):
    model, rows = fitted(REGRESSORS["forest"](), table)
    trees = prepared(model, rows, rows[:20])
    answers = iter([None, "the time was over"])
    found = trees.values(rows[:100], stop=lambda: next(answers))
    assert (len(found.values), found.stopped) == (60, "the time was over")
    np.testing.assert_allclose(found.values, trees.values(rows[:60]).values, atol=1e-13)


def test_an_interruption_leaves_the_pieces_that_are_done(table, in_pieces):
    model, rows = fitted(REGRESSORS["forest"](), table)
    trees = prepared(model, rows, rows[:20])
    ask = trees.scores
    times = iter(range(9))

    def interrupted(given, n):
        if next(times) == 2:
            raise KeyboardInterrupt
        return ask(given, n)

    trees.scores = interrupted
    found = trees.values(rows[:100])
    assert len(found.values) == 60
    assert isinstance(found.interrupt, KeyboardInterrupt)
    times = iter([2])
    with pytest.raises(KeyboardInterrupt):
        trees.values(rows[:100])


def test_pieces_end_where_nothing_adds_up(table, in_pieces):
    model, rows = fitted(REGRESSORS["forest"](), table)
    trees = prepared(model, rows, rows[:20])
    trees.ways = [Wrong(way, slice(None)) for way in trees.ways]
    found = trees.values(rows[:100])
    assert len(found.left) == 30
    assert found.left.all()


@pytest.mark.parametrize(
    ("once", "per_row", "wanted"),
    [(0.0, 0.001, 2000), (10.0, 0.001, 30_000), (0.0, 1e-6, 100_000), (0.0, np.inf, 10_000)],
)
def test_a_piece_takes_seconds_and_pays_for_its_tables(once, per_row, wanted):
    class Way:
        def seconds(self, n_rows):
            return once + per_row * n_rows

    assert rows_at_once(Way(), 100_000) == pytest.approx(wanted, abs=1)


def test_early_stopping_counts_the_best_rounds(table):
    rows, truth = table
    noise = np.random.default_rng(1).normal(size=len(truth))
    boosted = lightgbm.LGBMRegressor(**quiet(n_estimators=200))
    boosted.fit(
        rows,
        truth + noise,
        eval_X=rows[:80],
        eval_y=-noise[:80],
        callbacks=[lightgbm.early_stopping(3, verbose=False)],
    )
    extreme = xgboost.XGBRegressor(n_estimators=200, max_depth=3, early_stopping_rounds=3)
    extreme.fit(rows, truth + noise, eval_set=[(rows[:80], -noise[:80])], verbose=False)
    assert extreme.best_iteration < 100
    for model in (boosted, extreme):
        for background in (None, rows[:20]):
            found = prepared(model, rows, background).values(rows[:20])
            assert not found.left.any()
            assert found.recomputed == 0


def test_probabilities_of_a_forest_are_its_raw_scores(table):
    model, rows = fitted(CLASSIFIERS["forest"](), table, 2)
    both = prepared(model, rows, rows[:20]).values(rows[:5])
    np.testing.assert_allclose(both.values.sum(axis=2), 0, atol=1e-12)
    one = prepared(
        model,
        rows,
        rows[:20],
        ask=lambda given: model.predict_proba(given)[:, 1],
        output="probability",
    )
    np.testing.assert_allclose(one.values(rows[:5]).values[:, :, 0], both.values[:, :, 1])


def test_probabilities_of_boosting_are_refused(table):
    model, rows = fitted(CLASSIFIERS["lightgbm"](), table, 2)
    told = prepared(
        model,
        rows,
        rows[:20],
        ask=lambda given: model.predict_proba(given)[:, 1],
        output="probability",
    )
    assert isinstance(told, str)
    assert "no sum of its trees" in told


@pytest.mark.parametrize("link", ["logit_then_mean", "mean_then_logit"])
def test_log_odds_are_a_sum_when_the_logit_comes_first(link, table):
    model, rows = fitted(CLASSIFIERS["lightgbm"](), table, 2)
    told = prepared(
        model,
        rows,
        rows[:20],
        ask=lambda given: model.predict_proba(given)[:, 1],
        output="log_odds",
        link=link,
    )
    assert isinstance(told, str) == (link == "mean_then_logit")


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (LinearRegression(), "not known as a sum of trees"),
        (make_pipeline(PolynomialFeatures(), DecisionTreeRegressor()), "may mix columns"),
    ],
)
def test_other_models_are_refused(model, reason, table):
    rows, truth = np.nan_to_num(table[0]), table[1]
    assert reason in prepared(model.fit(rows, truth), rows, rows[:5])


def test_functions_are_refused():
    scores = Scores(lambda rows: rows[:, 0], ("a",))
    rows = np.zeros((2, 1))
    told = prepare_trees(
        None, rows=rows, players=[(0,)], background=rows, weights=None, scores=scores
    )
    assert told == "the model does not show whether it is made of trees"


class Wrong:
    """A way that is wrong about some rows."""

    name = "a wrong way"

    def __init__(self, way, rows):
        self.way, self.rows = way, rows

    def __call__(self, encoded):
        values, base = self.way(encoded)
        values[self.rows] += 1.0
        return values, base

    def seconds(self, n_rows):
        return self.way.seconds(n_rows)


def test_rows_that_do_not_add_up_are_done_again(table):
    model, rows = fitted(REGRESSORS["forest"](), table)
    trees = prepared(model, rows, rows[:20])
    right = trees.values(rows[:10])
    own, by = trees.ways
    trees.ways = [Wrong(own, [2, 5]), by]
    again = trees.values(rows[:10])
    assert again.recomputed == 2
    assert not again.left.any()
    np.testing.assert_allclose(again.values, right.values, atol=1e-12)
    trees.ways = [Wrong(own, [2, 5])]
    lost = trees.values(rows[:10])
    assert np.flatnonzero(lost.left).tolist() == [2, 5]
    assert not lost.values[[2, 5]].any()
    np.testing.assert_allclose(lost.errors[[2, 5]], 5.0)
    assert lost.additivity_error < 1e-10


WIDE = 40
ALONE = [(place,) for place in range(WIDE)]


@pytest.fixture
def deep(rng):
    """A forest whose trees ask about more than 16 columns on a way, and its rows."""
    wide = rng.normal(size=(1200, WIDE))
    truth = wide.sum(axis=1) + rng.normal(size=1200)
    return RandomForestRegressor(3, random_state=0, max_features=1).fit(wide, truth), wide


def test_deep_trees_agree_with_shap(deep):
    model, wide = deep
    players = ALONE
    trees = prepared(model, wide, wide[:20], players=players)
    assert trees.own is None
    found = trees.values(wide[-10:])
    assert "own patterns" in found.reason
    assert "too many for tables" in found.notes[0]
    wanted = by_shap(model, wide[-10:], wide[:20])
    np.testing.assert_allclose(found.values, wanted, atol=1e-6)
    by_paths = prepared(model, wide, players=players)
    assert by_paths.own is None
    found = by_paths.values(wide[:10])
    assert "shap" in found.reason
    np.testing.assert_allclose(found.values, by_shap(model, wide[:10]), atol=1e-6)


def test_deep_trees_agree_with_enumeration(deep, rng):
    model, wide = deep
    players = [tuple(range(place, WIDE, 7)) for place in range(7)]
    background, weights = wide[:12], rng.dirichlet(np.ones(12))
    each = prepared(model, wide, background, weights=weights, players=ALONE)
    assert each.own is None
    trees = prepared(model, wide, background, weights=weights, players=players)
    patterns = trees.ways[-1]
    assert isinstance(patterns, OwnPatterns)
    values, _ = patterns(wide[-3:])
    for place in range(3):
        wanted = enumerated(model.predict, wide[-3 + place], background, weights, players)
        np.testing.assert_allclose(values[place], wanted, atol=1e-10)


def test_deep_trees_do_not_depend_on_the_pieces(deep, rng, monkeypatch):
    model, wide = deep
    told = {"weights": rng.dirichlet(np.ones(40)), "players": ALONE}
    whole = prepared(model, wide, wide[:40], **told).values(wide)
    for name, size in (
        ("CHECKED_AT_ONCE", 3000),
        ("BACKGROUND_AT_ONCE", 7),
        ("KEPT_CELLS", 9000),
        ("SPREAD_CELLS", 20_000),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(f"assay.explainability.trees.patterns.{name}", size)
            pieces = prepared(model, wide, wide[:40], **told).values(wide)
        np.testing.assert_allclose(whole.values, pieces.values, atol=1e-12)
    alone = prepared(model, wide, wide[:40], **told).values(wide[7:8])
    np.testing.assert_allclose(whole.values[7:8], alone.values, atol=1e-12)


def test_a_path_may_have_more_players_than_a_small_number_has_bits():
    """One tree that asks about 40 columns one after the other, as a chain."""
    n = 40
    rows = np.triu(np.ones((n + 1, n)), 0)
    model = DecisionTreeRegressor().fit(rows, np.arange(n + 1.0) ** 2)
    players = [(place,) for place in range(n)]
    most = 0
    for background in (rows[:1], rows[-1:], rows[3:20]):
        trees = prepared(model, rows, background, players=players)
        found = trees.values(rows)
        assert not found.left.any()
        most = max(most, trees.ways[-1].game.paths[0].players.shape[1])
        np.testing.assert_allclose(
            found.values, by_shap(model, rows, background), rtol=1e-5, atol=1e-4
        )
    assert most <= n


def test_paths_with_too_many_players_are_left_to_others(deep, monkeypatch):
    model, wide = deep
    monkeypatch.setattr(explaining, "MOST_ON_PATH", 5)
    told = prepared(model, wide, wide[:20], players=ALONE)
    assert "too many for tables" in told


def test_the_quicker_way_goes_first(table):
    model, rows = fitted(REGRESSORS["forest"](), table)
    trees = prepared(model, rows, rows[:20])
    tables, patterns = trees.ways
    assert trees._in_order(10) == [tables, patterns]  # both are quick
    slow = prepared(model, rows, rows[:20])
    slow.own.seconds = lambda n_rows: 2.0
    assert [type(way) for way in slow._in_order(10)] == [OwnPatterns, type(tables)]
    assert [type(way) for way in slow._in_order(10**7)] == [type(tables), OwnPatterns]
    slow.own._kept = (7, [])
    assert [type(way) for way in slow._in_order(10)] == [type(tables), OwnPatterns]


def test_leaves_without_training_rows_are_refused_by_shap(table):
    model, rows = fitted(REGRESSORS["catboost"](), table)
    by = prepared(model, rows).ways[1]
    assert isinstance(by, ShapTrees)
    with pytest.raises(ValueError, match="shap refuses it"):
        by(rows[:3])


def test_nothing_is_left_without_libraries_and_tables(table, monkeypatch):
    model, rows = fitted(REGRESSORS["forest"](), table)
    monkeypatch.setattr(explaining, "find_spec", lambda name: None)
    monkeypatch.setattr(explaining, "MOST_LEAVES", 1)
    nothing = prepared(model, rows).values(rows[:3])
    assert nothing.left.all()
    assert "too many for tables" in nothing.notes[0]
    assert "own patterns" in prepared(model, rows, rows[:20]).values(rows[:3]).reason


def test_a_constant_model_gives_nothing_to_anybody():
    rows = np.zeros((30, 2))
    model = DecisionTreeRegressor().fit(rows, np.ones(30))
    found = prepared(model, rows, rows[:3], players=[(0,), (1,)]).values(rows[:2])
    assert found.base.tolist() == [[1.0], [1.0]]
    assert not found.values.any()


def test_no_rows_give_no_values(table):
    model, rows = fitted(REGRESSORS["forest"](), table)
    trees = prepared(model, rows, rows[:20])
    trees.scores = Scores(lambda given: np.zeros(len(given)), ("y",))
    assert trees.values(rows[:0]).values.shape == (0, N, 1)
