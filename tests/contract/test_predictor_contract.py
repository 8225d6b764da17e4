"""What every Predictor must do, whatever model is behind it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from assay.data.dataset import Dataset
from assay.errors import InputError, ModelError
from assay.models.predictor import Prediction, Predictor
from assay.models.reading import PREDICTION, SCORE, score_name
from assay.models.scoring import score_dataset
from assay.models.wrap import as_predictor

N = 60
FEATURES = ("a", "b")
KINDS = {
    "text": ("no", "yes"),
    "truth": (False, True),
    "whole": (0, 1),
    "signed": (-1, 1),
}


def table(labels=("no", "yes")) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"a": rng.normal(size=N), "b": rng.normal(size=N)})
    sums = frame["a"] + frame["b"]
    edges = np.quantile(sums, np.linspace(0, 1, len(labels) + 1)[1:-1])
    frame["y"] = [labels[place] for place in np.searchsorted(edges, sums)]
    return frame


@dataclass
class Estimator:
    """Looks like scikit-learn, is not: the adapter goes by methods."""

    classes_: np.ndarray
    feature_names_in_ = np.array(FEATURES)

    def predict_proba(self, X):
        positive = 1 / (1 + np.exp(-(X["a"] + X["b"])))
        return np.column_stack([1 - positive, positive])

    def predict(self, X):
        return self.classes_[(self.predict_proba(X)[:, 1] >= 0.5).astype(int)]


def logistic(frame: pd.DataFrame) -> Predictor:
    return as_predictor(LogisticRegression().fit(frame[list(FEATURES)], frame["y"]))


def logistic_of_arrays(frame: pd.DataFrame) -> Predictor:
    return as_predictor(LogisticRegression().fit(frame[list(FEATURES)].to_numpy(), frame["y"]))


def tree_of_polars(frame: pd.DataFrame) -> Predictor:
    X = pl.from_pandas(frame[list(FEATURES)])
    model = DecisionTreeClassifier(max_depth=3, random_state=0).fit(X, frame["y"].to_numpy())
    return as_predictor(model, container="polars")


def vector_machine(frame: pd.DataFrame) -> Predictor:
    return as_predictor(LinearSVC(random_state=0).fit(frame[list(FEATURES)], frame["y"]))


def look_alike(frame: pd.DataFrame) -> Predictor:
    return as_predictor(Estimator(np.array(sorted(frame["y"].unique()))))


def function_of_labels(frame: pd.DataFrame) -> Predictor:
    negative, positive = sorted(frame["y"].unique())
    return as_predictor(lambda X: [positive if s > 0 else negative for s in X["a"] + X["b"]])


def function_of_positive(frame: pd.DataFrame) -> Predictor:
    return as_predictor(lambda X: 1 / (1 + np.exp(-(X["a"] + X["b"]))))


def function_of_both(frame: pd.DataFrame) -> Predictor:
    model = Estimator(np.array(sorted(frame["y"].unique())))
    return as_predictor(model.predict_proba)


def function_of_polars(frame: pd.DataFrame) -> Predictor:
    return as_predictor(
        lambda X: X.select(1 / (1 + (-(pl.col("a") + pl.col("b"))).exp())), container="polars"
    )


MODELS: dict[str, Callable[[pd.DataFrame], Predictor]] = {
    make.__name__: make
    for make in (
        logistic,
        logistic_of_arrays,
        tree_of_polars,
        vector_machine,
        look_alike,
        function_of_labels,
        function_of_positive,
        function_of_both,
        function_of_polars,
    )
}


@pytest.fixture(params=MODELS)
def make(request) -> Callable[[pd.DataFrame], Predictor]:
    return MODELS[request.param]


def dataset(frame: pd.DataFrame, positive=None) -> Dataset:
    """Read through Polars, so that the table's own columns are handed over."""
    return Dataset.read(pl.from_pandas(frame), label="y", positive=positive, features=FEATURES)


def answers(scored: Dataset) -> pl.DataFrame:
    names = [name for name in scored.schema.names if name.startswith("__assay_")]
    return scored.frame.collect().to_polars().select(names)


def equal(first: Prediction, second: Prediction) -> None:
    for name in ("labels", "values", "probabilities"):
        a, b = getattr(first, name), getattr(second, name)
        assert (a is None) == (b is None)
        if a is not None:
            np.testing.assert_array_equal(a, b)


def test_answer_has_one_entry_a_row(make):
    frame = table()
    answer = make(frame).predict(pl.from_pandas(frame[list(FEATURES)]))
    given = [answer.labels, answer.values, answer.probabilities]
    assert any(part is not None for part in given)
    assert all(len(part) == N for part in given if part is not None)


def test_calls_are_counted(make):
    frame = table()
    model, batch = make(frame), pl.from_pandas(frame[list(FEATURES)])
    assert model.calls == 0
    model.predict(batch)
    once = model.calls
    assert once >= 1
    model.predict(batch)
    assert once < model.calls <= 2 * once


def test_same_rows_same_answer(make):
    frame = table()
    model, batch = make(frame), pl.from_pandas(frame[list(FEATURES)])
    equal(model.predict(batch), model.predict(batch))


def test_extra_columns_are_left_out(make):
    frame = table()
    model = make(frame)
    wider = dataset(frame.assign(c=1.0, d="x"), "yes")
    narrow = dataset(frame, "yes")
    assert answers(score_dataset(model, wider)).equals(answers(score_dataset(model, narrow)))


@pytest.mark.parametrize("kind", KINDS)
def test_batching_does_not_change_the_answer(make, kind):
    frame = table(KINDS[kind])
    model, data = make(frame), dataset(frame, KINDS[kind][1])
    whole = answers(score_dataset(model, data))
    for batch_rows in (1, 7):
        pieces = answers(score_dataset(model, data, batch_rows=batch_rows))
        assert pieces[PREDICTION].equals(whole[PREDICTION])
        if SCORE in whole.columns:
            np.testing.assert_allclose(pieces[SCORE], whole[SCORE], rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_predictions_are_in_the_words_of_the_data(make, kind):
    frame = table(KINDS[kind])
    scored = score_dataset(make(frame), dataset(frame, KINDS[kind][1]))
    made = answers(scored)[PREDICTION]
    assert made.dtype == pl.from_pandas(frame)["y"].dtype
    assert set(made.to_list()) <= set(KINDS[kind])
    assert (made == pl.from_pandas(frame)["y"]).mean() > 0.8
    assert scored.schema.prediction == PREDICTION


@pytest.mark.parametrize("positive", ["no", "yes"])
def test_score_grows_with_the_positive_class(make, positive):
    if make is function_of_positive or make is function_of_polars:
        pytest.skip("its probability is that of the positive class by definition")
    if make is function_of_both and positive == "no":
        pytest.skip("its columns are (negative, positive) by convention")
    frame = table()
    scored = score_dataset(make(frame), dataset(frame, positive))
    made = answers(scored)
    if SCORE not in made.columns:
        assert scored.classes is None
        return
    is_positive = (frame["y"] == positive).to_numpy()
    score = made[SCORE].to_numpy()
    assert score[is_positive].mean() > score[~is_positive].mean()
    assert scored.classes == (("yes", "no") if positive == "no" else ("no", "yes"))


def test_missing_feature_is_named(make):
    frame = table()
    model = make(frame)
    batch = pl.from_pandas(frame[["a"]])
    with pytest.raises((InputError, ModelError), match="b"):
        model.predict(batch)


def test_labels_of_text_match_whatever_type_the_model_has():
    frame = table(KINDS["whole"])
    model = logistic(frame)
    texts = frame.assign(y=frame["y"].astype(str))
    made = answers(score_dataset(model, dataset(texts, "1")))[PREDICTION]
    assert made.dtype == pl.String
    assert set(made.to_list()) == {"0", "1"}


THREE = ("low", "middle", "high")


@pytest.mark.parametrize("fitted", [logistic, logistic_of_arrays, tree_of_polars, vector_machine])
def test_more_classes_have_a_score_each(fitted):
    frame = table(THREE)
    model = fitted(frame)
    scored = score_dataset(model, dataset(frame), batch_rows=7)
    made = answers(scored)
    assert scored.classes == model.info.classes == tuple(sorted(THREE))
    assert scored.schema.scores == tuple(score_name(place) for place in range(3))
    best = made.select(scored.schema.scores).to_numpy().argmax(axis=1)
    assert [scored.classes[place] for place in best] == made[PREDICTION].to_list()


def test_numbers_of_a_regressor():
    frame = table().assign(y=lambda f: 3 * f["a"] + 1)
    model = as_predictor(LinearRegression().fit(frame[["a"]], frame["y"]))
    scored = score_dataset(model, dataset(frame), batch_rows=7)
    np.testing.assert_allclose(answers(scored)[PREDICTION], frame["y"])
    assert scored.schema.scores == ()


class Fails(Estimator):
    """Fails where a is exactly 0.125."""

    def predict_proba(self, X):
        if (X["a"] == 0.125).any():
            raise ValueError("cannot take 0.125")
        return super().predict_proba(X)


@pytest.mark.parametrize("row", [0, 17, N - 1])
@pytest.mark.parametrize("batch_rows", [1, 7, 1000])
@pytest.mark.parametrize("as_function", [False, True])
def test_failing_row_is_named(row, batch_rows, as_function):
    frame = table()
    frame.loc[row, "a"] = 0.125
    model = Fails(np.array(["no", "yes"]))
    predictor = as_predictor(model.predict_proba if as_function else model)
    with pytest.raises(ModelError, match=rf"row {row + 1:,} .*ValueError: cannot take 0.125") as e:
        score_dataset(predictor, dataset(frame, "yes"), batch_rows=batch_rows)
    assert e.value.row == row
    assert e.value.exit_status == 3


SHAPES = {
    "a row too few": (lambda p: p[:-1], "59 predictions for 60 rows"),
    "a row too many": (lambda p: np.vstack([p, p[:1]]), "61 predictions for 60 rows"),
    "three columns": (lambda p: np.column_stack([p, p[:, 0]]), "3 column"),
    "nothing": (lambda p: None, "NoneType"),
    "a number": (lambda p: 0.5, "float"),
    "text": (lambda p: p.astype(str).astype(object) + "%", "str"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_wrong_shape_is_refused(shape):
    spoil, found = SHAPES[shape]

    class Wrong(Estimator):
        def predict_proba(self, X):
            return spoil(super().predict_proba(X))

        def predict(self, X):
            return np.array(["no", "yes"])[(X["a"] > 0).astype(int)]

    model = as_predictor(Wrong(np.array(["no", "yes"])))
    with pytest.raises(ModelError, match=found):
        score_dataset(model, dataset(table(), "yes"))


VALUES = {
    "NaN": (np.nan, "nan"),
    "infinite": (np.inf, "inf"),
    "above one": (1.5, "1.5"),
    "below zero": (-0.5, "-0.5"),
}


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("as_function", [False, True])
def test_wrong_probability_is_named_with_its_row(value, as_function):
    wrong, shown = VALUES[value]
    frame = table()
    frame.loc[41, "a"] = 0.125

    class Wrong(Estimator):
        def predict_proba(self, X):
            out = super().predict_proba(X)
            out[(X["a"] == 0.125).to_numpy(), 1] = wrong
            return out

    model = Wrong(np.array(["no", "yes"]))
    predictor = as_predictor(model.predict_proba if as_function else model)
    with pytest.raises(ModelError, match=f"row 42 .*{shown}") as e:
        score_dataset(predictor, dataset(frame, "yes"), batch_rows=10)
    assert e.value.row == 41
