"""Tables and models in: what is checked, what is offered, what is refused."""

import json
import warnings

import numpy as np
import polars as pl
import pytest

from assay.data.dataset import Dataset
from assay.errors import InputError
from assay.evaluation.plan import plan_evaluation, resolve_data_target
from assay.evaluation.prediction_intervals.measure import UncertaintyOptions, check_uncertainty
from assay.evaluation.prediction_intervals.reliability import calibration_gap, equal_bins
from assay.models.wrap import as_predictor


def numbers(n=800, seed=0):
    rng = np.random.default_rng(seed)
    a, g = rng.normal(size=n), rng.choice(["x", "y"], n)
    y = a + np.where(g == "y", 2.0, 0.5) * rng.normal(size=n)
    return pl.DataFrame({"a": a, "g": g, "y": y, "p": a, "lo": a - 2, "hi": a + 2})


def checked(frame, *, predicted=True, validation=None, facets=(), predictor=None, **options):
    data = Dataset.read(frame, label="y", prediction="p" if predicted else None, facets=facets)
    target = resolve_data_target(data, task="regression")
    other = None if validation is None else Dataset.read(validation, label="y", prediction="p")
    return check_uncertainty(
        data,
        target,
        options=UncertaintyOptions(**options),
        plan=plan_evaluation(data, target=target) if predicted else None,
        validation=None if other is None else plan_evaluation(other, target=target),
        facets=facets,
        predictor=predictor,
    )


def test_columns_of_ends_are_checked_by_facet_and_by_predicted_value():
    found = checked(numbers(), facets=("g",), low=("lo",), high=("hi",), nominal=(0.8,))
    one = found.checked[0]
    frame = numbers()
    inside = ((frame["y"] >= frame["lo"]) & (frame["y"] <= frame["hi"])).to_numpy()
    assert one.coverage.value == pytest.approx(inside.mean())
    of_y = next(each for each in one.groups if (each.by, each.value) == ("g", "y"))
    assert of_y.coverage.value == pytest.approx(inside[(frame["g"] == "y").to_numpy()].mean())
    assert {each.by for each in one.groups} == {"predicted value", "g", "a"}
    assert any(each.rule == "coverage_uneven" for each in found.findings)
    json.dumps(found.to_dict(), allow_nan=False)
    assert found.to_frame().height == 1 + len(one.groups)


def test_quantile_columns_are_found_by_name_and_paired():
    frame = numbers().with_columns(**{"q0.1": pl.col("a") - 1, "q0.9": pl.col("a") + 1})
    found = checked(frame.drop("lo", "hi"))
    assert [each.quantile for each in found.quantiles] == [0.1, 0.9]
    assert [each.nominal for each in found.checked] == [0.8]
    assert not {"q0.1", "q0.9"} & {each.by for each in found.checked[0].groups}


def test_validation_rows_offer_intervals_where_there_are_none():
    plain = numbers().drop("lo", "hi")
    found = checked(plain, validation=numbers(400, seed=1).drop("lo", "hi"))
    assert found.offered.n_validation == 400
    assert found.offered.coverage.low < 0.9 < found.offered.coverage.high
    assert checked(plain).empty


def test_without_predictions_the_label_and_the_ends_are_enough():
    found = checked(numbers().drop("p"), predicted=False, low=("lo",), high=("hi",))
    assert found.checked[0].coverage.n == 800


def test_several_levels_have_a_promise_each():
    frame = numbers().with_columns(l2=pl.col("a") - 1, h2=pl.col("a") + 1)
    found = checked(frame, low=("lo", "l2"), high=("hi", "h2"), nominal=(0.9, 0.5))
    assert [each.nominal for each in found.checked] == [0.9, 0.5]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"low": ("lo",)}, "1 columns of lower ends and 0 of upper ends"),
        ({"low": ("lo",), "high": ("hi",), "nominal": (1.5,)}, "lies between 0 and 1"),
        ({"low": ("g",), "high": ("hi",)}, "is no number"),
        ({"low": ("low",), "high": ("hi",)}, "columns not found: low"),
        ({"quantiles": ("lo",)}, "does not tell its level"),
        ({"sets": ("g",)}, "sets of classes were named, and the task is regression"),
    ],
)
def test_columns_that_cannot_be_used_are_refused(options, said):
    with pytest.raises(InputError, match=said):
        checked(numbers(), **options)


def test_a_mapie_model_is_asked_for_its_intervals():
    from mapie.regression import SplitConformalRegressor
    from sklearn.linear_model import LinearRegression

    frame = numbers(900)
    X, y = frame.select("a").to_pandas(), frame["y"].to_numpy()
    inner = LinearRegression().fit(X[:300], y[:300])
    model = SplitConformalRegressor(inner, confidence_level=[0.8, 0.9])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # MAPIE hands arrays on without names
        model.conformalize(X[300:600], y[300:600])
        ends = model.predict_interval(X[600:])[1]
        found = checked(
            frame[600:].drop("p", "lo", "hi"), predicted=False, predictor=as_predictor(model)
        )
    assert [each.nominal for each in found.checked] == [0.8, 0.9]
    for at, each in enumerate(found.checked):
        inside = (ends[:, 0, at] <= y[600:]) & (y[600:] <= ends[:, 1, at])
        assert each.coverage.value == pytest.approx(inside.mean())


def test_a_mapie_classifier_is_asked_for_its_sets():
    from mapie.classification import SplitConformalClassifier
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(3)
    frame = pl.DataFrame({"a": rng.normal(size=900), "b": rng.normal(size=900)})
    X = frame.to_pandas()
    y = np.where(X["a"] + rng.normal(size=900) > 0.5, "hi", np.where(X["b"] > 0, "mid", "lo"))
    inner = LogisticRegression().fit(X[:300], y[:300])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # MAPIE hands arrays on without names
        model = SplitConformalClassifier(inner, confidence_level=0.9)
        model.conformalize(X[300:600], y[300:600])
        sets = model.predict_set(X[600:])[1][:, :, 0]
        data = Dataset.read(frame[600:].with_columns(y=pl.Series(y[600:])), label="y")
        found = check_uncertainty(
            data, resolve_data_target(data), predictor=as_predictor(model)
        ).checked[0]
    place = {name: at for at, name in enumerate(inner.classes_)}
    inside = sets[np.arange(300), [place[each] for each in y[600:]]]
    assert found.coverage.value == pytest.approx(inside.mean())
    assert found.size.value == pytest.approx(sets.sum(axis=1).mean())
    assert {each.value for each in found.groups if each.by == "true class"} <= {"hi", "lo", "mid"}


def sets_table(n=200):
    rng = np.random.default_rng(4)
    y = rng.choice(["cat", "dog", "owl"], n)
    held = rng.random((n, 3)) < 0.7
    names = np.array(["cat", "dog", "owl"])
    lists = [names[row].tolist() for row in held]
    flags = {f"in_{name}": held[:, at].astype(int) for at, name in enumerate(names)}
    return pl.DataFrame({"y": y, "set": lists, **flags})


def test_sets_are_read_from_lists_or_from_a_column_a_class():
    data = Dataset.read(sets_table(), label="y")
    target = resolve_data_target(data)
    of_lists, of_columns = (
        check_uncertainty(data, target, options=UncertaintyOptions(sets=sets)).checked[0]
        for sets in (("set",), ("in_owl", "in_cat", "in_dog"))
    )
    assert of_lists.coverage == of_columns.coverage
    assert of_lists.size == of_columns.size
    with pytest.raises(InputError, match="0 of the columns in_cat"):
        check_uncertainty(data, target, options=UncertaintyOptions(sets=("in_cat", "in_dog")))


def test_calibration_is_told_for_each_group():
    rng = np.random.default_rng(5)
    g = rng.choice(["x", "y"], 4_000)
    p = rng.uniform(0.05, 0.95, 4_000)
    y = (rng.random(4_000) < np.where(g == "y", p**2, p)).astype(int)
    data = Dataset.read({"y": y, "p": p, "g": g}, label="y", score="p", facets=["g"])
    target = resolve_data_target(data)
    plan = plan_evaluation(data, target=target)
    x_group, y_group = check_uncertainty(data, target, plan=plan, facets=("g",)).reliability
    assert x_group.gap.low < 0 < x_group.gap.high
    assert x_group.ece < 2 * x_group.ece_by_chance
    assert y_group.gap.low > 0.1
    assert y_group.ece > 3 * y_group.ece_by_chance
    inside = g == "y"
    assert y_group.gap.value == pytest.approx(p[inside].mean() - y[inside].mean())
    bins = equal_bins(p[inside])
    by_hand = (
        sum(abs(p[inside][bins == b].sum() - y[inside][bins == b].sum()) for b in np.unique(bins))
        / inside.sum()
    )
    assert calibration_gap(
        y[inside].astype(float), p[inside], bins, np.ones(inside.sum())
    ) == pytest.approx(by_hand)
