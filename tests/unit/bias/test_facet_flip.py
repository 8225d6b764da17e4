"""Asking a model about rows with only the facet changed."""

from dataclasses import replace

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from assay.bias.cells import GroupCells
from assay.bias.facet import Facet
from assay.bias.facet_flip import flip_facet
from assay.bias.outcomes import Outcomes
from assay.bias.post_training.flipped_facet import flipped_facet_changes, flipped_facet_gap
from assay.bias.split import FacetTables, Split
from assay.data.dataset import Dataset
from assay.models.callable import wrap_callable
from assay.models.reading import PREDICTION, SCORE
from assay.models.scikit_learn import wrap_estimator

SAYS_YES = Outcomes(
    task="binary",
    positive="paid 'yes'",
    prediction=nw.col(PREDICTION) == nw.lit("yes"),
    predictions_positive=(True,),
)
YES = replace(SAYS_YES, score=nw.col(SCORE).cast(nw.Float64), as_probabilities=True)
NUMBERS = Outcomes(
    task="regression", positive="", predicted_number=nw.col(PREDICTION).cast(nw.Float64)
)


def facet_of(column, groups, how="values", reported=None, **more):
    return Facet(
        **{
            "name": column,
            "columns": (column,),
            "how": how,
            "keys": (nw.col(column),),
            "key_groups": ({},),
            "groups": groups,
            "places": {(name,): place for place, name in enumerate(groups)},
            "reported": tuple(range(len(groups))) if reported is None else reported,
            **more,
        }
    )


SEX = facet_of("sex", ("f", "m"))


def people(n=400, **more):
    rng = np.random.default_rng(1)
    columns = {
        "sex": rng.choice(["f", "m"], n, p=[0.3, 0.7]).tolist(),
        "age": rng.integers(20, 60, n).tolist(),
        "paid": rng.choice(["yes", "no"], n).tolist(),
        **more,
    }
    return Dataset.read(pl.DataFrame(columns), label="paid", positive="yes", facets="sex")


def scorer(function, **more):
    return wrap_callable(
        function, container="polars", output="probability", classes=("no", "yes"), **more
    )


def split_of(answers, group):
    cells = GroupCells.from_counts(answers.groups, np.ones((len(answers.groups), 2), dtype=int))
    tables = FacetTables(groups=answers.groups, cells=cells, answers=answers)
    return Split.of(tables, group)


def two_columns(chance):
    chance = np.asarray(chance, dtype=float)
    return np.column_stack([1 - chance, chance])


def test_gap_worked_by_hand():
    model = scorer(lambda rows: two_columns(0.4 + 0.2 * (rows["sex"] == "m").to_numpy()))
    answers = flip_facet(people(), SEX, model, YES)
    assert answers.of == "probability"
    assert answers.how == "the other value"
    women, men = (flipped_facet_gap(split_of(answers, group)) for group in ("f", "m"))
    assert women.value == pytest.approx(0.2)
    assert men.value == pytest.approx(-0.2)
    assert women.ends(0.95) == pytest.approx((0.2, 0.2))
    changes = flipped_facet_changes(split_of(answers, "f"))
    assert changes.value == 1.0  # 0.4 is no, 0.6 is yes
    assert changes.ends(0.95).low < 1.0


def test_a_label_of_zero_and_one():
    numbers = people().sample(400).with_columns(paid=pl.col("paid").eq("yes").cast(pl.Int64))
    data = Dataset.read(numbers, label="paid", positive=1, facets="sex")
    model = wrap_callable(
        lambda rows: two_columns(0.4 + 0.2 * (rows["sex"] == "m").to_numpy()),
        container="polars",
        output="probability",
        classes=(0, 1),
    )
    ones = replace(YES, prediction=nw.col(PREDICTION) == nw.lit(1))
    answers = flip_facet(data, SEX, model, ones)
    assert answers.of == "probability"
    assert flipped_facet_gap(split_of(answers, "f")).value == pytest.approx(0.2)
    assert flipped_facet_changes(split_of(answers, "f")).value == 1.0


@pytest.mark.parametrize(("threshold", "changed"), [(0.5, 1.0), (0.3, 0.0)])
def test_answers_change_where_the_threshold_is(threshold, changed):
    model = scorer(lambda rows: two_columns(0.4 + 0.2 * (rows["sex"] == "m").to_numpy()))
    told = replace(YES, prediction=nw.col(SCORE) >= threshold)
    answers = flip_facet(people(), SEX, model, told)
    assert flipped_facet_gap(split_of(answers, "f")).value == pytest.approx(0.2)
    assert flipped_facet_changes(split_of(answers, "f")).value == changed


def test_many_values_are_averaged_by_their_shares():
    region = ["n"] * 100 + ["s"] * 60 + ["w"] * 40
    high = {"n": 0.1, "s": 0.3, "w": 0.9}
    model = scorer(lambda rows: two_columns([high[value] for value in rows["region"].to_list()]))
    facet = facet_of("region", ("n", "s", "w"))
    answers = flip_facet(people(200, region=region), facet, model, YES)
    expected = {
        "n": (0.6 * 0.3 + 0.4 * 0.9) - 0.1,
        "s": (100 * 0.1 + 40 * 0.9) / 140 - 0.3,
        "w": (100 * 0.1 + 60 * 0.3) / 160 - 0.9,
    }
    for group, value in expected.items():
        assert flipped_facet_gap(split_of(answers, group)).value == pytest.approx(value)
    assert flipped_facet_changes(split_of(answers, "w")).value == pytest.approx(1.0)
    assert flipped_facet_changes(split_of(answers, "n")).value == pytest.approx(0.4)


def test_of_very_many_values_some_are_drawn():
    codes = (np.arange(600) % 30).tolist()
    model = scorer(lambda rows: two_columns(rows["code"].to_numpy() / 30))
    facet = facet_of("code", tuple(str(code) for code in range(30)))
    answers = flip_facet(people(600, code=codes), facet, model, YES, max_values=4)
    assert answers.how.startswith("4 other values in each row")
    lowest = flipped_facet_gap(split_of(answers, "0"))
    low, high = lowest.ends(0.999)
    assert low < (15 * 30 / 29) / 30 < high


def test_values_of_one_group_are_not_put_in_for_each_other():
    region = ["n"] * 100 + ["s"] * 60 + ["w"] * 40
    high = {"n": 0.1, "s": 0.3, "w": 0.9}
    model = scorer(lambda rows: two_columns([high[v] for v in rows["region"].to_list()]))
    facet = facet_of(
        "region",
        ("n or s", "the others"),
        how="listed",
        reported=(0,),
        key_groups=({"n": "n or s", "s": "n or s", "w": "the others"},),
        places={("n or s",): 0, ("the others",): 1},
    )
    answers = flip_facet(people(200, region=region), facet, model, YES)
    gap = flipped_facet_gap(split_of(answers, "n or s"))
    assert gap.value == pytest.approx(0.9 - (100 * 0.1 + 60 * 0.3) / 160)


def test_a_pandas_category_stays_one_and_the_model_gets_the_own_frame():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "sex": pd.Categorical(rng.choice(["f", "m"], 300), categories=["m", "f", "x"]),
            "age": rng.normal(size=300),
            "paid": rng.choice(["yes", "no"], 300),
        },
        index=np.arange(300) * 2,
    )
    seen = []

    def predict(rows):
        seen.append((rows["sex"].dtype, tuple(rows.columns)))
        return two_columns(0.5 + 0.25 * (rows["sex"] == "m").to_numpy())

    model = wrap_callable(predict, output="probability", classes=("no", "yes"))
    data = Dataset.read(frame, label="paid", positive="yes", facets="sex")
    answers = flip_facet(data, SEX, model, YES)
    assert not answers.reason
    assert {kind for kind, _ in seen} == {frame["sex"].dtype}
    assert flipped_facet_gap(split_of(answers, "f")).value == pytest.approx(0.25)


def test_a_fitted_estimator_against_its_own_coefficients():
    rng = np.random.default_rng(2)
    X = pd.DataFrame({"man": rng.integers(0, 2, 500), "age": rng.normal(size=500)})
    y = 3.0 * X["man"] + X["age"] + rng.normal(size=500)
    model = LinearRegression().fit(X, y)
    data = Dataset.read(X.assign(y=y), label="y", facets="man")
    answers = flip_facet(data, facet_of("man", ("0", "1")), wrap_estimator(model), NUMBERS)
    assert answers.of == "number"
    gap = flipped_facet_gap(split_of(answers, "0"))
    assert gap.value == pytest.approx(model.coef_[0])


def test_gap_of_a_classifier_and_its_interval():
    rng = np.random.default_rng(3)
    n = 3_000
    X = pd.DataFrame({"sex": rng.choice(["f", "m"], n), "age": rng.normal(size=n)})
    y = np.where(rng.random(n) < 1 / (1 + np.exp(-(X["sex"] == "m") - X["age"])), "yes", "no")
    steps = make_pipeline(OneHotEncoder(max_categories=20, min_frequency=1), LogisticRegression())
    model = steps.fit(X.assign(age=X["age"].round()), y)
    data = Dataset.read(
        X.assign(age=X["age"].round(), paid=y), label="paid", positive="yes", facets="sex"
    )
    rows = X.assign(age=X["age"].round())
    women = rows[rows["sex"] == "f"]
    place = list(model.classes_).index("yes")
    before, after = (
        model.predict_proba(women.assign(sex=value))[:, place] for value in ("f", "m")
    )
    answers = flip_facet(data, SEX, wrap_estimator(model), YES, max_rows=800)
    gap = flipped_facet_gap(split_of(answers, "f"))
    low, high = gap.ends(0.999)
    assert low < np.mean(after - before) < high
    assert gap.n == 400
    assert gap.method.startswith(f"mean over 400 of {len(women):,} rows")
    whole = flipped_facet_gap(split_of(flip_facet(data, SEX, wrap_estimator(model), YES), "f"))
    assert whole.n == 1_000
    again = flipped_facet_gap(
        split_of(flip_facet(data, SEX, wrap_estimator(model), YES, max_rows=9_999), "f")
    )
    assert again.value == pytest.approx(np.mean(after - before))


def test_labels_alone_give_shares_of_rows():
    def predict(rows):
        return np.where((rows["sex"] == "m") & (rows["age"] > 40), "yes", "no")

    data = people()
    answers = flip_facet(data, SEX, wrap_callable(predict, output="label"), SAYS_YES)
    table = data.sample(400)
    women = table.filter(pl.col("sex") == "f")
    gap = flipped_facet_gap(split_of(answers, "f"))
    assert answers.of == "answer"
    assert gap.value == pytest.approx((women["age"] > 40).mean())
    changes = flipped_facet_changes(split_of(answers, "f"))
    assert changes.value == pytest.approx(gap.value)
    low, high = changes.ends(0.95)
    assert 0 < low < changes.value < high < 1


@pytest.mark.parametrize(
    ("facet", "said"),
    [
        (facet_of("sex", ("f", "m"), how="condition"), "cuts a number"),
        (facet_of("sex", ("f", "m"), how="intersection"), "combination of columns"),
        (facet_of("paid", ("no", "yes")), "does not read the column paid"),
    ],
)
def test_where_it_is_not_defined_there_is_a_reason(facet, said):
    model = scorer(lambda rows: two_columns(np.full(len(rows), 0.5)))
    answers = flip_facet(people(), facet, model, YES)
    assert said in answers.reason
    assert flipped_facet_gap(split_of(answers, facet.groups[0])).reason == answers.reason


def test_a_model_that_does_not_read_the_facet_is_not_asked():
    model = scorer(lambda rows: two_columns(rows["age"] / 100), feature_names=["age"])
    answers = flip_facet(people(), SEX, model, YES)
    assert "does not read the column sex" in answers.reason
    assert model.calls == 0


def test_a_constant_facet_has_nothing_to_put_in():
    data = people(sex=["f"] * 400)
    model = scorer(lambda rows: two_columns(np.full(len(rows), 0.5)))
    answers = flip_facet(data, facet_of("sex", ("f",)), model, YES)
    assert "all rows are of one group" in answers.reason


def test_a_model_that_fails_on_changed_rows_is_a_reason():
    answers = flip_facet(people(4), SEX, scorer(lambda rows: 1 / 0), YES)
    assert "could not be asked" in answers.reason
    assert "division by zero" in answers.reason


def test_rows_without_a_value_are_not_asked_about():
    data = people(sex=[None] * 100 + ["f"] * 100 + ["m"] * 200)
    model = scorer(lambda rows: two_columns(0.4 + 0.2 * (rows["sex"] == "m").to_numpy()))
    answers = flip_facet(data, SEX, model, YES)
    assert len(answers.gap) == 300
    assert flipped_facet_gap(split_of(answers, "f")).value == pytest.approx(0.2)


def test_weights_and_units_count():
    n = 200
    frame = (
        people(n)
        .sample(n)
        .with_columns(w=pl.Series([1.0, 3.0] * (n // 2)), who=pl.Series(np.arange(n) // 2))
    )
    data = Dataset.read(frame, label="paid", positive="yes", facets="sex", weight="w", group="who")
    model = scorer(
        lambda rows: two_columns((rows["age"] / 100 * (rows["sex"] == "m")).to_numpy()),
        feature_names=["sex", "age"],
    )
    women = frame.filter(pl.col("sex") == "f")
    gap = flipped_facet_gap(split_of(flip_facet(data, SEX, model, YES), "f"))
    expected = np.average(women["age"] / 100, weights=women["w"])
    assert gap.value == pytest.approx(expected)
    assert gap.unit == "group"
    assert gap.n_effective is not None


def test_without_a_model_there_is_a_reason():
    cells = GroupCells.from_counts(["a", "d"], [[1, 1], [1, 1]])
    split = Split.of(FacetTables(groups=cells.groups, cells=cells), "d")
    assert "no model" in flipped_facet_gap(split).reason
