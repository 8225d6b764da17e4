import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import (
    ElasticNet,
    Lasso,
    LinearRegression,
    LogisticRegression,
    PoissonRegressor,
    Ridge,
    RidgeClassifier,
    SGDRegressor,
    TweedieRegressor,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    KBinsDiscretizer,
    OneHotEncoder,
    PolynomialFeatures,
    SplineTransformer,
    StandardScaler,
)
from sklearn.svm import SVR, LinearSVC, LinearSVR
from sklearn.tree import DecisionTreeRegressor

from assay.explainability.columnwise import NotColumnwiseError, split_pipeline
from assay.explainability.linear import linear_terms, linear_values
from assay.explainability.scores import Scores
from assay.models.native import native_of, raw_scores
from assay.models.wrap import as_predictor


def terms_of(model, rows, *, link="identity", ask=None):
    native = native_of(as_predictor(model))
    ask = ask or raw_scores(native)
    width = np.atleast_2d(np.asarray(ask(rows)).T).shape[0]
    return linear_terms(native, rows, Scores(ask, tuple(map(str, range(width))), link=link))


def brute_force(ask, row, background, weights, players):
    """Shapley values by all coalitions of players; one row of a frame, one output a column."""
    n = len(players)
    values = []
    for mask in range(2**n):
        mixed = background.copy()
        for place, columns in enumerate(players):
            if mask >> place & 1:
                for column in columns:
                    name = mixed.columns[column]
                    mixed[name] = [row[name].iloc[0]] * len(mixed)
        mixed = mixed.astype(background.dtypes.to_dict())
        values.append(weights @ np.asarray(ask(mixed)).reshape(len(mixed), -1))
    from math import factorial

    out = []
    for player in range(n):
        total = 0.0
        for mask in range(2**n):
            if not mask >> player & 1:
                size = mask.bit_count()
                share = factorial(size) * factorial(n - size - 1) / factorial(n)
                total = total + share * (values[mask | 1 << player] - values[mask])
        out.append(total)
    return np.array(out)


@pytest.fixture
def frame(rng):
    n = 80
    a = rng.normal(size=n)
    b = a + 0.1 * rng.normal(size=n)
    made = {"a": a, "b": b, "k": rng.choice(list("xyz"), n), "c": rng.normal(size=n)}
    frame = pd.DataFrame(made)
    frame.loc[::9, "c"] = np.nan
    return frame


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def encoder():
    return ColumnTransformer(
        [
            ("k", OneHotEncoder(drop="first", sparse_output=True), ["k"]),
            ("n", make_pipeline(SimpleImputer(add_indicator=True), StandardScaler()), ["c", "a"]),
            ("s", SplineTransformer(n_knots=4), [1]),
        ]
    )


def test_closed_form_equals_enumeration_behind_encoders(frame, rng):
    y = frame.a + (frame.k == "x") + rng.normal(size=len(frame))
    model = make_pipeline(encoder(), Ridge()).fit(frame, y)
    terms = terms_of(model, frame[:20])
    assert terms is not None
    weights = rng.dirichlet(np.ones(10))
    players = [(0,), (1,), (2,), (3,)]
    found = linear_values(terms, frame[:4], frame[20:30], weights, players)
    for place in range(4):
        row = frame[place : place + 1]
        wanted = brute_force(model.predict, row, frame[20:30], weights, players)
        np.testing.assert_allclose(found.values[place], wanted, atol=1e-10)
    np.testing.assert_allclose(found.base[:, 0], weights @ model.predict(frame[20:30]))
    np.testing.assert_allclose(found.predictions[:, 0], model.predict(frame[:4]))


def test_groups_are_the_sum_of_their_columns_and_columns_of_nobody_stay(frame, rng):
    y = frame.a + (frame.k == "x") + rng.normal(size=len(frame))
    model = make_pipeline(encoder(), Ridge()).fit(frame, y)
    terms = terms_of(model, frame)
    weights = np.full(10, 0.1)
    each = linear_values(terms, frame[:4], frame[20:30], weights, [(0,), (1,), (2,), (3,)])
    some = linear_values(terms, frame[:4], frame[20:30], weights, [(0, 2), (1,)])
    np.testing.assert_allclose(some.values[:, 0], each.values[:, 0] + each.values[:, 2])
    np.testing.assert_allclose(some.values[:, 1], each.values[:, 1])
    np.testing.assert_allclose(some.base + some.values.sum(axis=1), each.predictions)
    np.testing.assert_allclose(some.base - each.base, each.values[:, 3], atol=1e-12)


@pytest.mark.parametrize(
    "model",
    [
        LinearRegression(),
        Lasso(0.01),
        ElasticNet(0.01),
        SGDRegressor(random_state=0),
        LinearSVR(random_state=0),
        TweedieRegressor(power=0),
        SVR(kernel="linear"),
    ],
)
def test_linear_regressors_are_known(model, rng):
    rows = rng.normal(size=(60, 3))
    model.fit(rows, rows @ [1.0, 2.0, 0.0])
    terms = terms_of(model, rows)
    assert terms is not None
    found = linear_values(terms, rows[:5], rows[5:], np.full(55, 1 / 55), [(0,), (1,), (2,)])
    wanted = (rows[:5] - rows[5:].mean(axis=0)) * np.ravel(model.coef_)
    np.testing.assert_allclose(found.values[:, :, 0], wanted, atol=1e-12)


@pytest.mark.parametrize("model", [LogisticRegression(), LinearSVC(), RidgeClassifier()])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_margins_of_classifiers_are_known(model, n_classes, rng):
    rows = rng.normal(size=(90, 3))
    model.fit(rows, np.digitize(rows[:, 0], [-0.3, 0.3][: n_classes - 1]))
    terms = terms_of(model, rows)
    assert terms is not None
    found = linear_values(terms, rows[:5], rows[5:], np.full(85, 1 / 85), [(0,), (1,), (2,)])
    margin = model.decision_function(rows).reshape(90, -1)
    total = found.base + found.values.sum(axis=1)
    np.testing.assert_allclose(total, margin[:5])
    np.testing.assert_allclose(found.base, np.tile(margin[5:].mean(axis=0), (5, 1)))


def test_two_columns_of_scores_get_opposite_values(rng):
    rows = rng.normal(size=(60, 2))
    model = LogisticRegression().fit(rows, rows[:, 0] > 0)

    def ask(given):
        margin = model.decision_function(given)
        return np.column_stack([-margin, margin])

    terms = terms_of(model, rows, ask=ask)
    found = linear_values(terms, rows[:5], rows[5:], np.full(55, 1 / 55), [(0,), (1,)])
    np.testing.assert_allclose(found.values[:, :, 0], -found.values[:, :, 1])


def test_log_odds_are_linear_only_when_the_logit_comes_first(rng):
    rows = rng.normal(size=(60, 2))
    model = LogisticRegression().fit(rows, rows[:, 0] + rng.normal(size=60) > 0)

    def ask(given):
        return model.predict_proba(given)[:, 1]

    assert terms_of(model, rows, ask=ask, link="logit_then_mean") is not None
    assert terms_of(model, rows, ask=ask, link="mean_then_logit") is None
    assert terms_of(model, rows, ask=ask) is None


@pytest.mark.parametrize(
    "model",
    [
        PoissonRegressor(),
        SVR(),
        DecisionTreeRegressor(),
        make_pipeline(PolynomialFeatures(2), Ridge()),
    ],
)
def test_what_is_not_linear_falls_through(model, rng):
    rows = rng.normal(size=(60, 3))
    model.fit(rows, np.exp(rows[:, 0]))
    assert terms_of(model, rows) is None


def test_nothing_is_known_of_functions():
    assert native_of(as_predictor(lambda rows: rows)) is None


@pytest.mark.parametrize(
    ("step", "wanted"),
    [
        (OneHotEncoder(), [0, 0, 1, 1, 1]),
        (OneHotEncoder(drop="if_binary"), [0, 1, 1, 1]),
        (OneHotEncoder(min_frequency=3), [0, 0, 1]),
        (KBinsDiscretizer(2, strategy="uniform"), [0, 0, 1, 1]),
        (SplineTransformer(n_knots=2, degree=1), [0, 0, 1, 1]),
        (StandardScaler(), [0, 1]),
    ],
)
def test_encoded_columns_know_their_source(step, wanted):
    rows = np.array([[0, 0], [1, 0], [0, 1], [1, 1], [0, 2.0]])
    model = make_pipeline(step, Ridge()).fit(rows, np.arange(5))
    last, encoding = split_pipeline(model, 2)
    assert encoding.sources.tolist() == wanted
    assert last.n_features_in_ == len(wanted)


def test_an_empty_column_is_left_out_by_the_imputer():
    rows = np.array([[np.nan, 1.0], [np.nan, np.nan], [np.nan, 2.0]])
    step = SimpleImputer(add_indicator=True)
    with pytest.warns(UserWarning, match="Skipping features"):
        model = make_pipeline(step, Ridge()).fit(rows, [0, 1, 2])
    assert split_pipeline(model, 2)[1].sources.tolist() == [1, 0, 1]


def test_a_step_that_mixes_columns_is_named():
    model = make_pipeline(PolynomialFeatures(2), Ridge()).fit([[0.0], [1.0]], [0, 1])
    with pytest.raises(NotColumnwiseError, match="PolynomialFeatures may mix"):
        split_pipeline(model, 1)
