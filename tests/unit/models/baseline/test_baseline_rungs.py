import numpy as np
import polars as pl
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.linear_model import LogisticRegression, PoissonRegressor, RidgeCV
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler, TargetEncoder

from assay.data.inference import infer_columns
from assay.models.baseline import rungs
from assay.models.baseline.linear import ALPHAS
from assay.models.baseline.problem import CannotFitError, Problem
from assay.models.baseline.rungs import fit_rung, rungs_for
from assay.models.baseline.target_encoding import CrossFittedTarget

BINARY = Problem(task="binary", n_classes=2)
REGRESSION = Problem(task="regression")


def columns_of(frame: pl.DataFrame):
    return infer_columns(frame.lazy())


def made(n: int = 600, seed: int = 0) -> tuple[pl.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    age = rng.normal(40, 10, n)
    age[rng.random(n) < 0.05] = np.nan
    job = rng.choice(["cook", "smith", "pilot"], n)
    score = np.where(np.isnan(age), 0, (age - 40) / 10) + (job == "pilot")
    y = (score + rng.normal(0, 1, n) > 0.5).astype(np.int64)
    frame = pl.DataFrame({"age": age, "job": job, "pay": rng.normal(0, 1, n)}).with_columns(
        pl.col("age").fill_nan(None)
    )
    return frame, y


def test_logistic_regression_equals_a_pipeline_built_by_hand():
    frame, y = made()
    fit, judge = frame[:400], frame[400:]
    ours = fit_rung(rungs.LOGISTIC, fit, columns_of(frame), y[:400], BINARY).numbers(judge)

    numbers = ["age", "pay"]
    prepare = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
        (MissingIndicator(features="all"), ["age"]),
        (OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=10), ["job"]),
    )
    theirs = make_pipeline(prepare, LogisticRegression(max_iter=500))
    theirs.fit(fit.to_pandas(), y[:400])

    np.testing.assert_allclose(ours, theirs.predict_proba(judge.to_pandas()), atol=1e-6)


def test_boosting_equals_the_library_s_own_on_native_categories_and_gaps():
    frame, y = made()
    fit, judge = frame[:400], frame[400:]
    ours = fit_rung(rungs.BOOSTING, fit, columns_of(frame), y[:400], BINARY).numbers(judge)

    def prepared(part: pl.DataFrame) -> np.ndarray:
        codes = OrdinalEncoder().fit(frame.select("job").to_numpy())
        first = codes.transform(part.select("job").to_numpy())
        return np.hstack([first, part.select("age", "pay").to_numpy()])

    theirs = HistGradientBoostingClassifier(categorical_features=[0], random_state=0)
    theirs.fit(prepared(fit), y[:400])

    np.testing.assert_allclose(ours, theirs.predict_proba(prepared(judge)))


def test_absolute_errors_are_fitted_where_they_count():
    frame, _ = made()
    y = frame["pay"].to_numpy() * 3
    problem = Problem(task="regression", absolute=True)
    ours = fit_rung(
        rungs.BOOSTING, frame.select("pay"), columns_of(frame.select("pay")), y, problem
    )

    theirs = HistGradientBoostingRegressor(loss="absolute_error", random_state=0)
    theirs.fit(frame.select("pay").to_numpy(), y)

    expected = theirs.predict(frame.select("pay").to_numpy())
    np.testing.assert_allclose(ours.numbers(frame)[:, 0], expected)


def test_ridge_equals_the_library_s_own():
    frame, _ = made()
    y = frame["pay"].to_numpy() * 2 + np.random.default_rng(1).normal(0, 1, frame.height)
    ours = fit_rung(rungs.RIDGE, frame, columns_of(frame), y, REGRESSION)

    numbers = ["age", "pay"]
    prepare = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
        (MissingIndicator(features="all"), ["age"]),
        (OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=10), ["job"]),
    )
    theirs = make_pipeline(prepare, RidgeCV(alphas=ALPHAS)).fit(frame.to_pandas(), y)

    expected = theirs.predict(frame.to_pandas())
    np.testing.assert_allclose(ours.numbers(frame)[:, 0], expected, rtol=1e-6)


def test_poisson_regression_equals_the_library_s_own():
    rng = np.random.default_rng(3)
    frame = pl.DataFrame({"x": rng.normal(0, 1, 500)})
    y = rng.poisson(np.exp(0.5 * frame["x"].to_numpy())).astype(float)
    ours = fit_rung(rungs.POISSON, frame, columns_of(frame), y, REGRESSION).numbers(frame)[:, 0]

    theirs = make_pipeline(StandardScaler(), PoissonRegressor(alpha=1 / 500, tol=1e-8))
    expected = theirs.fit(frame.to_numpy(), y).predict(frame.to_numpy())

    np.testing.assert_allclose(ours, expected.clip(y.min(), y.max()), rtol=1e-3)


def test_words_are_weighted_as_by_hand():
    texts = ["call this number now to win a prize", "see you at home this evening then"] * 30
    texts = [f"{text} {i}" for i, text in enumerate(texts)]
    frame, y = pl.DataFrame({"text": texts}), np.array([1, 0] * 30)
    ours = fit_rung(rungs.LOGISTIC, frame, columns_of(frame), y, BINARY).numbers(frame)

    counts = HashingVectorizer(n_features=2**14, alternate_sign=False, norm=None)
    theirs = make_pipeline(counts, TfidfTransformer(), LogisticRegression(max_iter=500))

    np.testing.assert_allclose(ours, theirs.fit(texts, y).predict_proba(texts), atol=1e-6)


@pytest.mark.parametrize("target", ["binary", "multiclass", "continuous"])
def test_targets_are_encoded_by_folds_that_do_not_hold_the_row(target: str):
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 40, (300, 2)).astype(float)
    y = {
        "binary": rng.integers(0, 2, 300),
        "multiclass": rng.integers(0, 3, 300),
        "continuous": rng.normal(0, 1, 300),
    }[target]
    ours = CrossFittedTarget(target, n_classes=3 if target == "multiclass" else 2, seed=0)  # type: ignore[arg-type]
    theirs = TargetEncoder(target_type=target, cv=KFold(5, shuffle=True, random_state=0))

    np.testing.assert_allclose(ours.fit_transform(codes, y), theirs.fit_transform(codes, y))
    np.testing.assert_allclose(ours.transform(codes), theirs.transform(codes))


def test_levels_of_noise_teach_nothing():
    rng = np.random.default_rng(0)
    city = [f"city {i}" for i in rng.integers(0, 200, 2_000)]
    frame, y = pl.DataFrame({"city": city}), rng.integers(0, 2, 2_000)
    fitted = fit_rung(rungs.LOGISTIC, frame[:1_000], columns_of(frame), y[:1_000], BINARY)

    area = roc_auc_score(y[1_000:], fitted.numbers(frame[1_000:])[:, 1])

    assert area == pytest.approx(0.5, abs=0.06)  # chance: a standard error of 0.018


@pytest.mark.parametrize("rung", rungs_for(BINARY), ids=lambda rung: rung.name)
def test_judged_rows_may_hold_what_no_training_row_had(rung: rungs.Rung):
    frame, y = made()
    odd = pl.DataFrame({"age": [None, 1e9], "job": ["baker", None], "pay": [None, float("inf")]})

    numbers = fit_rung(rung, frame, columns_of(frame), y, BINARY).numbers(odd)

    assert np.isfinite(numbers).all()
    np.testing.assert_allclose(numbers.sum(axis=1), 1.0)


@pytest.mark.parametrize("task", ["multiclass", "multilabel"])
def test_every_class_and_label_has_its_column(task: str):
    frame, y = made()
    truth = (y * 2) if task == "multiclass" else np.column_stack([y, 1 - y, y * 0]).astype(bool)
    problem = Problem(task=task, n_classes=3)  # type: ignore[arg-type]

    for rung in rungs_for(problem):
        numbers = fit_rung(rung, frame, columns_of(frame), truth, problem).numbers(frame)
        assert numbers.shape == (frame.height, 3)
        empty = 1 if task == "multiclass" else 2
        np.testing.assert_allclose(numbers[:, empty], 0.0, atol=1e-9)


def test_a_class_of_one_row_is_no_obstacle():
    frame, y = made()
    truth = y.copy()
    truth[0] = 2
    problem = Problem(task="multiclass", n_classes=3)

    for rung in rungs_for(problem):
        numbers = fit_rung(rung, frame, columns_of(frame), truth, problem).numbers(frame)
        np.testing.assert_allclose(numbers.sum(axis=1), 1.0)


def test_constants_are_those_of_the_training_rows():
    frame, y = made()
    prior = fit_rung(rungs.PRIOR, frame, (), y, BINARY)
    median = fit_rung(rungs.MEDIAN, frame, (), np.array([1.0, 2.0, 9.0]), REGRESSION)
    weighted = fit_rung(
        rungs.MEDIAN,
        frame,
        (),
        np.array([1.0, 2.0, 9.0]),
        REGRESSION,
        weight=np.array([1, 1, 8.0]),
    )

    assert prior.numbers(frame[:1])[0].tolist() == pytest.approx([1 - y.mean(), y.mean()])
    assert median.numbers(frame[:1])[0, 0] == 2.0
    assert weighted.numbers(frame[:1])[0, 0] == 9.0


def test_the_single_column_is_the_one_that_tells_most():
    frame, _ = made()
    y = (frame["pay"].to_numpy() > 0.3).astype(np.int64)

    fitted = fit_rung(rungs.SINGLE, frame, columns_of(frame), y, BINARY)

    assert fitted.rules[0] == "column: pay"
    assert fitted.rules[1].startswith("pay ≤ 0.298")


def test_a_categorical_column_is_said_by_its_levels():
    frame, _ = made()
    y = (frame["job"] == "pilot").to_numpy().astype(np.int64)

    rules = fit_rung(rungs.SINGLE, frame, columns_of(frame), y, BINARY).rules

    assert rules[0] == "column: job"
    assert {line.split(":")[0] for line in rules[1:]} == {"cook, smith", "pilot"}


@pytest.mark.parametrize(
    ("rung", "frame", "y", "why"),
    [
        (rungs.LOGISTIC, {"x": [0.5] * 20}, [0, 1] * 10, "no column is left"),
        (rungs.LOGISTIC, {"x": [0.5, 1.5] * 10}, [1] * 20, "one class alone"),
        (rungs.RIDGE, {"x": [0.5, 1.5] * 10}, [1.0] * 20, "same in all"),
        (rungs.RIDGE, {"x": [0.5, 1.5]}, [1.0, 2.0], "fewer than 5"),
        (rungs.GAMMA, {"x": [0.5, 1.5] * 10}, [-1.0, 2.0] * 10, "not positive"),
        (rungs.POISSON, {"x": [0.5, 1.5] * 10}, [0.5, 2.0] * 10, "counts"),
    ],
)
def test_what_cannot_be_fitted_says_why(
    rung: rungs.Rung, frame: dict[str, list[float]], y: list[float], why: str
):
    table, problem = pl.DataFrame(frame), REGRESSION if rung.name != "logistic" else BINARY

    with pytest.raises(CannotFitError, match=why):
        fit_rung(rung, table, columns_of(table), np.array(y), problem)


def test_a_table_wider_than_long():
    rng = np.random.default_rng(0)
    frame = pl.DataFrame({f"c{i}": rng.normal(0, 1, 30) for i in range(200)})
    y = (frame["c7"].to_numpy() > 0).astype(np.int64)

    for rung in rungs_for(BINARY):
        assert np.isfinite(
            fit_rung(rung, frame, columns_of(frame), y, BINARY).numbers(frame)
        ).all()


def test_of_many_columns_the_telling_one_is_on_the_short_list():
    rng = np.random.default_rng(0)
    frame = pl.DataFrame({f"c{i}": rng.normal(0, 1, 300) for i in range(100)})
    frame = frame.with_columns(many=pl.Series([f"l{i % 60}" for i in range(300)]))
    y = (np.abs(frame["c77"].to_numpy()) > 0.7).astype(np.int64)  # no line tells it

    assert fit_rung(rungs.SINGLE, frame, columns_of(frame), y, BINARY).rules[0] == "column: c77"
