import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from assay.data.dataset import Dataset
from assay.errors import InputError, ModelError
from assay.models.containers import container_of
from assay.models.features import MissingFeatureError
from assay.models.predictor import ModelInfo, Prediction
from assay.models.reading import PREDICTION, SCORE, score_name
from assay.models.scoring import score_dataset
from assay.models.wrap import as_predictor

FRAME = pl.DataFrame(
    {"x": [0.1, 0.4, 0.6, 0.9], "who": ["a", "b", "a", "b"], "y": ["no", "no", "yes", "yes"]}
)


def data(frame=FRAME, positive="yes", **roles) -> Dataset:
    return Dataset.read(frame, label="y", positive=positive, **roles)


def made(scored: Dataset) -> pl.DataFrame:
    names = [name for name in scored.schema.names if name.startswith("__assay_")]
    return scored.frame.collect().to_polars().select(names)


def probability(rows):
    return rows["x"]


def rules(scored: Dataset) -> list[str]:
    return [finding.rule for finding in scored.notes]


class Binary:
    """A classifier of 0 and 1."""

    classes_ = np.array([0, 1])

    def predict_proba(self, X):
        return np.column_stack([1 - X["x"], X["x"]])

    def predict(self, X):
        return (X["x"] > 0.5).astype(int)


def test_sound_model_is_silent():
    scored = score_dataset(as_predictor(probability), data())
    assert scored.notes == ()
    assert made(scored)[PREDICTION].to_list() == FRAME["y"].to_list()
    assert made(scored)[SCORE].to_list() == FRAME["x"].to_list()
    assert scored.classes == ("no", "yes")
    assert scored.schema.prediction == PREDICTION
    assert scored.schema.scores == (SCORE,)


def test_strange_labels_need_a_map():
    with pytest.raises(InputError, match="--label-map '0=no' --label-map '1=yes'"):
        score_dataset(as_predictor(Binary()), data())
    scored = score_dataset(as_predictor(Binary()), data(), label_map={"0": "no", "1": "yes"})
    assert made(scored)[PREDICTION].to_list() == FRAME["y"].to_list()
    turned = score_dataset(as_predictor(Binary()), data(), label_map={"0": "yes", "1": "no"})
    assert made(turned)[SCORE].to_list() == pytest.approx([0.9, 0.6, 0.4, 0.1])


def test_strange_labels_of_a_function_need_a_map():
    def function(rows):
        return (rows["x"] > 0.5).astype(int)

    with pytest.raises(InputError, match="--label-map '0=no' --label-map '1=yes'"):
        score_dataset(as_predictor(function), data())
    scored = score_dataset(as_predictor(function), data(), label_map={"0": "no", "1": "yes"})
    assert made(scored)[PREDICTION].to_list() == FRAME["y"].to_list()


def test_positive_must_be_known():
    with pytest.raises(InputError, match="--positive"):
        score_dataset(as_predictor(probability), data(positive=None))
    scored = score_dataset(as_predictor(probability), data(positive=None), positive="no")
    assert scored.classes == ("yes", "no")


def test_one_is_the_positive_of_zero_and_one():
    frame = FRAME.with_columns(y=pl.Series([0, 0, 1, 1]))
    assert score_dataset(as_predictor(probability), data(frame, None)).classes == (0, 1)


def test_model_reads_its_own_columns_whatever_their_role():
    class Named(Binary):
        feature_names_in_ = np.array(["x", "who"])

        def predict(self, X):
            assert list(X.columns) == ["x", "who"]
            return super().predict(X)

    scored = score_dataset(
        as_predictor(Named()), data(group="who"), label_map={"0": "no", "1": "yes"}
    )
    assert scored.schema.group == "who"


def test_missing_columns_are_named_before_the_model_is_asked():
    class Named(Binary):
        feature_names_in_ = np.array(["X", "age"])

    model = as_predictor(Named())
    with pytest.raises(MissingFeatureError, match="X, age"):
        score_dataset(model, data())
    assert model.calls == 0


def test_table_with_predictions_takes_no_model():
    with pytest.raises(InputError, match=r"already has predictions \(who\)"):
        score_dataset(as_predictor(probability), data(prediction="who"))


def test_progress_is_told():
    seen = []
    score_dataset(
        as_predictor(probability),
        data(),
        batch_rows=3,
        progress=lambda *done: seen.append(done),
    )
    assert seen == [("predicting", 3, 4), ("predicting", 4, 4)]


def test_two_looks_at_the_first_rows_and_one_at_all():
    model = as_predictor(probability)
    score_dataset(model, data(), batch_rows=2)
    together, in_two_pieces, batches = 1, 2, 2
    assert model.calls == together + in_two_pieces + batches


def test_wavering_model_is_a_finding():
    rng = np.random.default_rng(0)
    scored = score_dataset(as_predictor(lambda rows: rng.uniform(size=len(rows))), data())
    assert rules(scored) == ["model_not_deterministic"]


def test_warnings_of_the_model_are_one_finding():
    def function(rows):
        warnings.warn("trust me not", UserWarning, stacklevel=1)
        return rows["x"]

    scored = score_dataset(as_predictor(function), data(), batch_rows=1)
    assert rules(scored) == ["model_warnings"]
    assert "trust me not" in scored.notes[0].message


def test_interrupt_passes_through():
    def function(rows):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        score_dataset(as_predictor(function), data())


def test_order_of_columns_is_told_for_a_model_without_names():
    class Positions:
        n_features_in_ = 2

        def predict(self, X):
            return X[:, 1]

    frame = FRAME.drop("who").with_columns(b=pl.col("x"), y=pl.col("x") * 3)
    scored = score_dataset(as_predictor(Positions()), data(frame, None))
    assert rules(scored) == ["columns_by_position"]
    assert scored.notes[0].where == {"columns": ["x", "b"]}
    assert "in the table's order: x, b" in scored.notes[0].message


@pytest.mark.parametrize("container", ["numpy", "pandas", "polars"])
@pytest.mark.parametrize("source", [lambda frame: frame, pl.DataFrame.to_pandas])
def test_declared_order_of_columns_is_that_of_a_model_without_names(container, source):
    class Positions:
        n_features_in_ = 3

        def predict(self, X):
            return np.asarray(X) @ [100.0, 10.0, 1.0]

    frame = pl.DataFrame({"a": [1.0, 2.0], "y": [0.5, 1.5], "b": [3.0, 4.0], "c": [5.0, 6.0]})
    declared = Dataset.read(source(frame), label="y", features=["c", "a", "b"])
    scored = score_dataset(as_predictor(Positions(), container=container), declared)
    assert made(scored)[PREDICTION].to_list() == [513.0, 624.0]
    if container == "numpy":
        assert scored.notes[0].where == {"columns": ["c", "a", "b"]}
        assert "in the order declared: c, a, b" in scored.notes[0].message


def test_declared_order_holds_for_another_table():
    first = Dataset.read({"a": [1], "b": [2]}, features=["b", "a"])
    scored = score_dataset(
        as_predictor(lambda rows: rows @ [10.0, 1.0], container="numpy"),
        first.like({"b": [4.0, 6.0], "a": [3.0, 5.0]}),
        task="regression",
    )
    assert made(scored)[PREDICTION].to_list() == [43.0, 65.0]


def test_scores_that_only_rank_are_marked():
    class Ranks:
        classes_ = np.array(["no", "yes"])

        def decision_function(self, X):
            return 10 * X["x"] - 5

        def predict(self, X):
            return self.classes_[(X["x"] > 0.5).astype(int)]

    scored = score_dataset(as_predictor(Ranks()), data())
    assert made(scored)[SCORE].to_list() == pytest.approx([-4, -1, 1, 4])
    assert rules(scored) == ["scores_are_not_probabilities"]


def test_unsummed_probabilities_are_a_finding():
    def function(rows):
        return pd.DataFrame({"no": rows["x"], "yes": rows["x"]})

    scored = score_dataset(as_predictor(function), data())
    assert rules(scored) == ["probabilities_do_not_sum_to_one"]
    assert scored.notes[0].evidence == {"rows": 4}


def test_three_columns_without_names_are_refused():
    frame = FRAME.with_columns(y=pl.Series(["a", "b", "c", "a"]))

    def function(rows):
        return np.full((len(rows), 3), 1 / 3)

    with pytest.raises(InputError, match="3 columns of probabilities and does not say"):
        score_dataset(as_predictor(function), data(frame, None))
    named = as_predictor(function, classes=["c", "a", "b"])
    scored = score_dataset(named, data(frame, None))
    assert scored.classes == ("c", "a", "b")
    assert scored.schema.scores == tuple(score_name(place) for place in range(3))


def test_label_that_the_model_does_not_know_gets_no_belief():
    frame = FRAME.with_columns(y=pl.Series(["a", "b", "c", "a"]))
    model = as_predictor(lambda rows: np.full((len(rows), 2), 0.5), classes=["a", "b"])
    scored = score_dataset(model, data(frame, None))
    assert rules(scored) == ["labels_unknown_to_model"]
    assert scored.classes == ("a", "b", "c")
    assert made(scored)[score_name(2)].to_list() == [0.0] * 4


def test_third_class_is_no_binary_task():
    model = as_predictor(lambda rows: np.full((len(rows), 3), 1 / 3), classes=["no", "yes", "?"])
    with pytest.raises(InputError, match="3 classes: no, yes, \\?; say --task multiclass"):
        score_dataset(model, data(), task="binary")
    assert len(score_dataset(model, data()).schema.scores) == 3


def test_numbers_that_are_neither_are_refused():
    with pytest.raises(InputError, match=r"numbers such as 7, which are neither labels"):
        score_dataset(as_predictor(lambda rows: rows["x"] * 0 + 7.0), data())


def test_zero_and_one_for_truths_are_labels():
    frame = pl.DataFrame({"x": [0.0, 1.0, 1.0], "y": [False, True, True]})
    scored = made(score_dataset(as_predictor(probability), data(frame, positive=True)))
    assert scored[PREDICTION].to_list() == [False, True, True]
    assert SCORE not in scored.columns


def test_whole_probabilities_first_are_caught_later():
    frame = pl.DataFrame({"x": [0.0, 1.0] * 150 + [0.5], "y": [0, 1] * 150 + [1]})
    with pytest.raises(ModelError, match=r"row 301 .*0\.5") as caught:
        score_dataset(as_predictor(probability), data(frame, 1))
    assert caught.value.row == 300
    told = as_predictor(probability, output="probability")
    assert made(score_dataset(told, data(frame, 1)))[SCORE][300] == 0.5


def test_kind_of_model_must_suit_the_task():
    with pytest.raises(
        InputError, match="task is regression, and the model Binary predicts classes"
    ):
        score_dataset(as_predictor(Binary()), data(), task="regression")
    numbers = as_predictor(probability, output="number", name="price")
    with pytest.raises(InputError, match="price predicts numbers, and the task is binary"):
        score_dataset(numbers, data(), task="binary")


def test_regression_is_taken_from_a_continuous_label():
    frame = FRAME.with_columns(y=pl.Series([1.5, 2.5, 3.25, 4.125]))
    scored = score_dataset(as_predictor(lambda rows: rows["x"] * 4), data(frame, None))
    assert scored.classes is None
    assert made(scored).columns == [PREDICTION]
    assert made(scored).dtypes == [pl.Float64]


def test_model_without_label_column_keeps_its_words():
    unlabelled = Dataset.read(FRAME.drop("y"))
    scored = score_dataset(as_predictor(Binary()), unlabelled)
    assert made(scored)[PREDICTION].to_list() == [0, 0, 1, 1]
    assert scored.classes == (0, 1)


@pytest.mark.parametrize("kind", ["pandas", "polars", "numpy"])
def test_rows_of_the_caller_are_handed_over_as_they_are(kind):
    own = {
        "pandas": FRAME.select("x").to_pandas().set_index(pd.Index(list("wxyz"))),
        "polars": FRAME.select("x"),
        "numpy": FRAME.select("x").to_numpy(),
    }[kind]
    kinds = set()

    def function(rows):
        kinds.add(type(rows))
        return rows[:, 0] if kind == "numpy" else rows["x"]

    scored = score_dataset(as_predictor(function), data(), rows=own, batch_rows=3)
    assert kinds == {type(own)}
    assert made(scored)[SCORE].to_list() == FRAME["x"].to_list()


def write_into_array(rows):
    rows[:, 0] += 0.1


def write_into_pandas(rows):
    rows["x"] += 0.1


def write_into_polars(rows):
    rows.replace_column(0, rows["x"] + 0.1)


@pytest.mark.parametrize("given", ["rows", "dataset"])
@pytest.mark.parametrize(
    ("make", "write"),
    [
        (lambda frame: frame.to_numpy(), write_into_array),
        (lambda frame: frame.to_pandas(), write_into_pandas),
        (lambda frame: frame.clone(), write_into_polars),
    ],
)
def test_model_that_writes_into_its_rows_changes_nothing(make, write, given):
    own = make(FRAME.select("x"))

    class Writes:
        classes_ = np.array(["no", "yes"])

        def predict_proba(self, rows):
            write(rows)
            positive = np.asarray(rows)[:, 0] - 0.1
            return np.column_stack([1 - positive, positive])

        def predict(self, rows):
            return self.classes_[self.predict_proba(rows).argmax(axis=1)]

    container = container_of(own)
    model = as_predictor(Writes(), container=container)
    if given == "rows":
        scored = score_dataset(model, data(), rows=own, batch_rows=3)
    else:
        table = FRAME.select("x", "y")
        table = table.to_pandas() if container == "pandas" else table
        scored = score_dataset(model, data(table), batch_rows=3)
    assert made(scored)[SCORE].to_list() == pytest.approx(FRAME["x"].to_list(), abs=1e-15)
    assert np.asarray(own)[:, 0].tolist() == FRAME["x"].to_list()


def test_pipeline_that_scales_in_place_is_asked_twice_about_the_same_rows():
    rng = np.random.default_rng(5)
    X = rng.normal(3.0, 2.0, (300, 2))
    y = np.where(X[:, 0] + rng.normal(size=300) > 3, "yes", "no")
    model = make_pipeline(StandardScaler(copy=False), SVC(random_state=0)).fit(X.copy(), y)
    before = X.copy()
    scored = score_dataset(
        as_predictor(model),
        Dataset.read({"a": X[:, 0], "b": X[:, 1], "y": y}, label="y", positive="yes"),
        rows=X,
        batch_rows=100,
    )
    assert (before == X).all()
    assert made(scored)[PREDICTION].to_list() == model.predict(X.copy()).tolist()
    assert made(scored)[SCORE].to_list() == pytest.approx(model.decision_function(X.copy()))


def test_rows_of_another_length_are_refused():
    with pytest.raises(InputError, match="the rows for the model are 1, and the table has 4"):
        score_dataset(as_predictor(probability), data(), rows=np.zeros((1, 1)))


def test_rows_of_the_caller_that_fail_are_named():
    def function(rows):
        if (rows[:, 0] == 0.6).any():
            raise ValueError("0.6")
        return rows[:, 0]

    with pytest.raises(ModelError) as caught:
        score_dataset(as_predictor(function), data(), rows=FRAME.select("x").to_numpy())
    assert caught.value.row == 2


def test_filtered_pandas_frame_stays_aligned():
    import narwhals as nw

    frame = FRAME.to_pandas()
    half = Dataset.read(frame, label="y", positive="yes").filter(nw.col("who") == "b")
    assert made(score_dataset(as_predictor(probability), half))[SCORE].to_list() == [0.4, 0.9]


def test_predictor_of_another_kind_is_welcome():
    class Remote:
        info = ModelInfo(name="remote", container="polars", classes=("no", "yes"))
        calls = 0

        def predict(self, batch):
            self.calls += 1
            x = batch["x"].to_numpy()
            return Prediction(probabilities=np.column_stack([1 - x, x]))

    scored = score_dataset(as_predictor(Remote()), data())
    assert made(scored)[SCORE].to_list() == FRAME["x"].to_list()
