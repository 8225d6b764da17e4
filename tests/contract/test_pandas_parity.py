"""A model fitted on pandas answers here exactly as in its owner's own pandas script."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    OneHotEncoder,
    OrdinalEncoder,
    StandardScaler,
)
from sklearn.tree import DecisionTreeClassifier

from assay.data.dataset import Dataset
from assay.models.reading import PREDICTION, SCORE
from assay.models.scoring import score_dataset
from assay.models.wrap import as_predictor

ROWS = 80
BATCHES = (1, 7, 1000)
FEW_BATCHES = (9, 1000)  # the frames themselves are compared for every size
FEATURES = ["age", "visits", "income", "job", "city", "member", "smoker", "joined", "empty"]
LABEL = "late"


def people() -> pd.DataFrame:
    rng = np.random.default_rng(17)
    joined = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, ROWS), unit="D")
    frame = pd.DataFrame(
        {
            "row_id": np.arange(ROWS),
            "age": rng.integers(18, 90, ROWS),
            "visits": pd.Series(rng.integers(0, 9, ROWS), dtype="Int64"),
            "income": rng.normal(30_000, 9_000, ROWS),
            "job": rng.choice(["cook", "nurse", "007", "naïve, quoted"], ROWS),
            "city": pd.Series(rng.choice(["Oslo", "Rome"], ROWS), dtype=object),
            "member": rng.choice([True, False], ROWS),
            "smoker": pd.Series(rng.choice([True, False], ROWS), dtype=object),
            "joined": joined.strftime("%Y-%m-%d"),
            "empty": np.full(ROWS, np.nan),
            "note": rng.choice(["x", "y"], ROWS),
            LABEL: rng.choice(["no", "yes"], ROWS),
        }
    )
    # Nulls only far from the first rows, so that one batch alone would show another type.
    frame.loc[ROWS - 4, ["visits", "smoker"]] = None
    frame.loc[ROWS - 3, "income"] = np.nan
    frame.loc[ROWS - 2, "city"] = None
    return frame


@pytest.fixture(scope="module")
def csv_path(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("parity") / "people.csv"
    people().to_csv(path, index=False)
    return path


def days_since(frame):
    days = (pd.to_datetime(frame["joined"]) - pd.Timestamp("2020-01-01")).dt.days
    return frame.assign(joined=days)[["joined", "age"]]


def with_categories(frame):
    return frame.astype({"job": "category", "city": "category"})[["job", "city", "age", "income"]]


class Selector(BaseEstimator, TransformerMixin):
    """A user's own step that knows no feature names."""

    def fit(self, X, y=None):
        self.fitted_ = True
        return self

    def transform(self, X):
        return X[["age", "income"]].fillna(0).to_numpy()


def one_hot():
    text = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder())
    return make_pipeline(
        make_column_transformer(
            (make_pipeline(SimpleImputer(), StandardScaler()), ["age", "visits", "income"]),
            (text, ["job", "city"]),
            (OneHotEncoder(handle_unknown="ignore"), ["smoker", "member"]),
        ),
        LogisticRegression(),
    )


def without_empty(frame):
    return frame.drop(columns="empty").astype({"visits": "float64"})


def boosting():
    ordinal = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    return make_pipeline(
        FunctionTransformer(without_empty),
        make_column_transformer(
            (ordinal, make_column_selector(dtype_include=["object", "string", "bool"])),
            remainder="passthrough",
        ),
        HistGradientBoostingClassifier(max_iter=5, random_state=0),
    )


def boosting_of_categories():
    model = HistGradientBoostingClassifier(max_iter=5, categorical_features="from_dtype")
    return make_pipeline(FunctionTransformer(with_categories), model)


PIPELINES = {
    "one_hot": one_hot,
    "boosting": boosting,
    "boosting_of_categories": boosting_of_categories,
    "dates_from_text": lambda: make_pipeline(
        FunctionTransformer(days_since), StandardScaler(), LogisticRegression()
    ),
    "own_step": lambda: make_pipeline(Selector(), StandardScaler(), LogisticRegression()),
}


def agrees(model, data: Dataset, X: pd.DataFrame, batch_rows: int) -> None:
    scored = score_dataset(as_predictor(model), data, batch_rows=batch_rows)
    table = scored.frame.collect().to_polars()
    expected = model.predict_proba(X)[:, list(model.classes_).index("yes")]
    np.testing.assert_allclose(table[SCORE].to_numpy(), expected, rtol=0, atol=1e-12)
    assert table[PREDICTION].to_list() == list(model.predict(X))


def given_frame(data: Dataset, batch_rows: int) -> pd.DataFrame:
    """Return what a function is given, all batches together; each must have the same types."""
    seen: list[pd.DataFrame] = []

    def see(frame):
        seen.append(frame)
        return np.zeros(len(frame))

    score_dataset(
        as_predictor(see, output="number"), data, task="regression", batch_rows=batch_rows
    )
    batches = seen[3:]  # before, the first rows are asked about together, and in two pieces
    for batch in batches:
        pd.testing.assert_series_equal(batch.dtypes, batches[0].dtypes)
    return pd.concat(batches, ignore_index=True)


def same_frame(given: pd.DataFrame, expected: pd.DataFrame) -> None:
    # pandas 2 reads some floats from text one unit in the last place off.
    pd.testing.assert_frame_equal(given, expected, rtol=1e-15, atol=0)
    for name in expected.columns:
        if expected[name].dtype == object:  # None and NaN are two categories to an encoder
            kinds = [type(value) for value in expected[name]]
            assert [type(value) for value in given[name]] == kinds, name


@pytest.mark.parametrize("batch_rows", BATCHES)
def test_frame_from_csv_is_that_of_read_csv(csv_path, batch_rows):
    data = Dataset.read(csv_path, label=LABEL, positive="yes", features=FEATURES)
    same_frame(given_frame(data, batch_rows), pd.read_csv(csv_path)[FEATURES])


def test_declared_time_is_parsed(csv_path):
    kinds = {"joined": "time"}
    data = Dataset.read(csv_path, label=LABEL, positive="yes", features=FEATURES, kinds=kinds)
    expected = pd.read_csv(csv_path, parse_dates=["joined"])[FEATURES]
    same_frame(given_frame(data, 7), expected)


@pytest.mark.parametrize("batch_rows", FEW_BATCHES)
@pytest.mark.parametrize("pipeline", PIPELINES)
def test_csv_is_read_as_pandas_reads_it(csv_path, pipeline, batch_rows):
    frame = pd.read_csv(csv_path)
    model = PIPELINES[pipeline]().fit(frame[FEATURES], frame[LABEL])
    data = Dataset.read(csv_path, label=LABEL, positive="yes", features=FEATURES)
    agrees(model, data, frame[FEATURES], batch_rows)


def test_columns_come_in_the_order_of_the_fit(csv_path):
    frame = pd.read_csv(csv_path)
    mixed = ["income", "age"]
    model = DecisionTreeClassifier(random_state=0).fit(frame[mixed].fillna(0), frame[LABEL])
    complete = frame.assign(income=frame["income"].fillna(0))
    data = Dataset.read(complete, label=LABEL, positive="yes")
    agrees(model, data, complete[mixed], 7)


@pytest.mark.parametrize("batch_rows", FEW_BATCHES)
@pytest.mark.parametrize("pipeline", PIPELINES)
def test_frame_in_memory_is_handed_over_as_it_is(pipeline, batch_rows):
    frame = people()
    model = PIPELINES[pipeline]().fit(frame[FEATURES], frame[LABEL])
    data = Dataset.read(frame, label=LABEL, positive="yes", features=FEATURES)
    agrees(model, data, frame[FEATURES], batch_rows)


def categories_of(frame):
    """Answer with the codes: another order of the categories, or a part of them, shows."""
    return pd.DataFrame(
        {"code": frame["job"].cat.codes, "n": len(frame["job"].cat.categories), "a": frame["age"]}
    )


def typed_people() -> pd.DataFrame:
    jobs = pd.CategoricalDtype(["nurse", "cook", "naïve, quoted", "007", "none of them"])
    return people().assign(
        job=lambda frame: frame["job"].astype(jobs),
        joined=lambda frame: pd.to_datetime(frame["joined"]),
        small=np.arange(ROWS, dtype=np.int8),
        half=np.arange(ROWS, dtype=np.float32),
    )


TYPED = {
    "codes": lambda: make_pipeline(
        FunctionTransformer(categories_of), DecisionTreeClassifier(random_state=0)
    ),
    "boosting_of_categories": lambda: make_pipeline(
        FunctionTransformer(lambda frame: frame[["job", "age", "income", "small", "half"]]),
        HistGradientBoostingClassifier(max_iter=5, categorical_features="from_dtype"),
    ),
}


@pytest.mark.parametrize("batch_rows", FEW_BATCHES)
@pytest.mark.parametrize("pipeline", TYPED)
def test_parquet_of_pandas_is_read_as_pandas_reads_it(tmp_path, pipeline, batch_rows):
    path = tmp_path / "people.parquet"
    typed_people().to_parquet(path, index=False)
    frame = pd.read_parquet(path)
    features = [*FEATURES, "small", "half"]
    model = TYPED[pipeline]().fit(frame[features], frame[LABEL])
    data = Dataset.read(path, label=LABEL, positive="yes", features=features)
    agrees(model, data, frame[features], batch_rows)


@pytest.mark.parametrize("batch_rows", BATCHES)
def test_frame_from_parquet_of_pandas_is_that_of_read_parquet(tmp_path, batch_rows):
    path = tmp_path / "people.parquet"
    typed_people().to_parquet(path, index=False)
    data = Dataset.read(path, label=LABEL, positive="yes", features=[*FEATURES, "small", "half"])
    expected = pd.read_parquet(path)[[*FEATURES, "small", "half"]]
    same_frame(given_frame(data, batch_rows), expected)


@pytest.mark.parametrize("batch_rows", BATCHES)
def test_frame_from_parquet_of_polars_is_that_of_read_parquet(tmp_path, batch_rows):
    path = tmp_path / "typed.parquet"
    made = {
        "whole": pl.Series([1, 2, 3, 4, None], dtype=pl.Int16),
        "truth": [True, False, True, False, None],
        "day": [date(2020, 1, day) for day in (1, 2, 3, 4)] + [None],
        "at": [*pd.date_range("2020-01-01", periods=4).to_pydatetime(), None],
        "zoned": pl.Series(pd.date_range("2020-01-01", periods=5)).dt.replace_time_zone("UTC"),
        "text": ["a", "b", "c", "d", None],
        "kind": pl.Series(["a", "b", "a", "b", "a"], dtype=pl.Enum(["b", "a", "z"])),
        "single": pl.Series([0.5, 1.5, 2.5, 3.5, None], dtype=pl.Float32),
    }
    pl.DataFrame({**made, LABEL: ["no", "yes"] * 2 + ["no"]}).write_parquet(path)
    data = Dataset.read(path, label=LABEL, positive="yes", features=list(made))
    same_frame(given_frame(data, batch_rows), pd.read_parquet(path)[list(made)])


@pytest.mark.parametrize("batch_rows", FEW_BATCHES)
@pytest.mark.parametrize("pipeline", ["boosting", "one_hot"])
def test_parquet_of_polars_is_read_as_pandas_reads_it(tmp_path, pipeline, batch_rows):
    path = tmp_path / "people.parquet"
    frame = people()
    pl.from_pandas(frame.astype({"smoker": "boolean"})).write_parquet(path)
    frame = pd.read_parquet(path)
    model = PIPELINES[pipeline]().fit(frame[FEATURES], frame[LABEL])
    data = Dataset.read(path, label=LABEL, positive="yes", features=FEATURES)
    agrees(model, data, frame[FEATURES], batch_rows)


def test_regressor_agrees(csv_path):
    frame = pd.read_csv(csv_path)
    X = frame[["age", "visits", "member"]]
    model = HistGradientBoostingRegressor(max_iter=5).fit(X, frame["row_id"])
    data = Dataset.read(csv_path, label="row_id", features=["age", "visits", "member"])
    scored = score_dataset(as_predictor(model), data, batch_rows=7).frame.collect().to_polars()
    np.testing.assert_allclose(scored[PREDICTION].to_numpy(), model.predict(X), atol=1e-12)
