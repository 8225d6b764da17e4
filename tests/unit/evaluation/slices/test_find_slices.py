"""Slices end to end: named, found, confirmed, and data that give nothing."""

import json
from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest

import assay
from assay.errors import ColumnNotFoundError, InputError


def people(n: int = 3_000, seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {
        "age": rng.integers(18, 80, n),
        "sex": rng.choice(["F", "M"], n),
        "region": rng.choice(["north", "south", "east"], n),
        "pay": np.where(rng.random(n) < 0.1, np.nan, rng.lognormal(8, 1, n)),
    }


def answers(wrong: np.ndarray, seed: int = 1) -> dict[str, np.ndarray]:
    y = np.random.default_rng(seed).random(len(wrong)) < 0.5
    return {"y": y, "answer": np.where(wrong, ~y, y)}


def dataset(columns: dict, **roles: object) -> assay.Dataset:
    told = {"label": "y", "prediction": "answer", "positive": True, **roles}
    return assay.Dataset.read(pl.DataFrame(columns), **told)


def planted(n: int = 3_000, rate: float = 0.5) -> tuple[dict, np.ndarray]:
    columns = people(n)
    weak = (columns["age"] <= 36) & (columns["region"] == "south")
    wrong = np.random.default_rng(2).random(n) < np.where(weak, rate, 0.1)
    return columns | answers(wrong), weak


def test_a_planted_slice_is_found_described_and_explained() -> None:
    columns, weak = planted()
    found = assay.find_slices(None, dataset(columns))
    best = found.confirmed[0]
    assert {each.column for each in best.conditions} == {"age", "region"}
    assert best.difference.low > 0.2
    assert best.metric.value == pytest.approx(1 - best.loss.value)
    assert best.rows == pytest.approx(weak.sum(), rel=0.2)
    assert all(row.truth != row.answer for row in best.examples)
    assert len(best.examples) == 10
    finding = found.findings[0]
    assert (finding.rule, finding.severity) == ("weak_slice", "warning")
    assert finding.cause
    assert finding.advice
    json.dumps(found.to_dict(), allow_nan=False)
    assert found.to_frame().height == len(found.slices)
    assert found.plot().to_dict()
    assert best.name in found._repr_html_()


def test_the_same_seed_gives_the_same_slices() -> None:
    columns, _ = planted()
    data = dataset(columns)
    assert assay.find_slices(None, data).to_dict() == assay.find_slices(None, data).to_dict()


def test_what_a_report_calls_a_slice_can_be_named() -> None:
    columns, _ = planted()
    found = assay.find_slices(None, dataset(columns)).confirmed[0]
    named = assay.find_slices(None, dataset(columns), named=found.name)
    again = next(each for each in named.slices if each.origin == "named")
    assert (again.name, again.rows) == (found.name, found.rows)
    assert again.confirmed


def test_named_slices_are_judged_on_all_rows() -> None:
    columns = people()
    rng = np.random.default_rng(3)
    columns |= answers(rng.random(3_000) < 0.2)
    found = assay.find_slices(None, dataset(columns), named=["age>40", "sex=F & pay is missing"])
    old = next(each for each in found.slices if each.name == "age > 40")
    inside = columns["age"] > 40
    wrong = columns["y"] != columns["answer"]
    assert old.loss.value == pytest.approx(wrong[inside].mean())
    assert old.rest.value == pytest.approx(wrong[~inside].mean())
    assert old.rows == inside.sum()
    assert old.p_value <= old.p_adjusted
    assert not old.confirmed
    assert found.worst_named is not None
    assert "80 % of searches" in found.sensitivity.text


def test_the_worst_named_slice_is_not_the_smallest() -> None:
    columns = people()
    wrong = np.random.default_rng(4).random(3_000) < np.where(columns["sex"] == "F", 0.3, 0.1)
    tiny = np.flatnonzero((columns["age"] == 79) & (columns["sex"] == "M"))[:12]
    wrong[tiny] = np.arange(len(tiny)) < 5
    columns["mark"] = np.isin(np.arange(3_000), tiny)
    found = assay.find_slices(
        None, dataset(columns | answers(wrong)), named=["mark=true", "sex=F"]
    )
    values = {e.name: e.difference.value for e in found.slices if e.origin == "named"}
    assert values["mark = true"] > values["sex = F"]
    assert found.worst_named.name == "sex = F"


def test_a_slice_without_rows_is_undefined_with_its_reason() -> None:
    columns, _ = planted()
    found = assay.find_slices(None, dataset(columns), named=["sex=X", "age>0"])
    by_name = {each.name: each for each in found.slices}
    assert "0 rows in the slice" in by_name["sex = X"].difference.reason
    assert "0 rows outside" in by_name["age > 0"].difference.reason
    json.dumps(found.to_dict(), allow_nan=False)


def test_wrong_settings_are_told_before_any_work() -> None:
    data = dataset(planted()[0])
    with pytest.raises(ColumnNotFoundError):
        assay.find_slices(None, data, named="agee>4")
    with pytest.raises(ColumnNotFoundError):
        assay.find_slices(None, data, columns="nothing")
    with pytest.raises(InputError, match="loss of each row"):
        assay.find_slices(None, data, loss_column="sex")
    with pytest.raises(InputError, match="no row loss"):
        assay.find_slices(None, data, loss="hinge")
    with pytest.raises(InputError, match="find_slices"):
        assay.find_slices(X=people(), y_true=[1, 0])
    with pytest.raises(InputError, match="beside a Dataset"):
        assay.find_slices(None, data, y_pred=[1])


@pytest.mark.parametrize("wrong", [0.0, 1.0])
@pytest.mark.parametrize("n", [1, 2, 30, 400])
def test_all_right_or_all_wrong(n: int, wrong: float) -> None:
    columns = people(max(n, 3))
    columns = {name: values[:n] for name, values in columns.items()}
    y = np.arange(n) % 2 == 0
    told = columns | {"y": y, "answer": ~y if wrong else y}
    found = (
        assay.find_slices(X=told, y_true=y, y_pred=told["answer"], task="binary")
        if n > 1
        else None
    )
    if found is not None:
        assert found.slices == ()
        assert found.reason == "All rows have the same loss."
        assert not found.findings


def test_odd_columns_are_survived() -> None:
    n = 1_500
    rng = np.random.default_rng(5)
    columns = people(n) | {
        "constant": np.ones(n),
        "many": np.array([f"v{k}" for k in rng.integers(0, 10_000, n)]),
        "infinite": np.where(rng.random(n) < 0.2, np.inf, rng.normal(size=n)),
        "ties": np.zeros(n) + (rng.random(n) < 0.01),
        "note": np.array(["word " * int(k) for k in rng.integers(6, 30, n)]),
        "day": pl.Series([datetime(2023, 1, 1) + timedelta(hours=int(k)) for k in range(n)]),  # noqa: DTZ001
    }
    columns |= answers(rng.random(n) < np.where(columns["infinite"] > 5, 0.6, 0.1))
    found = assay.find_slices(None, dataset(columns))
    assert {each.conditions[0].column for each in found.confirmed} == {"infinite"}
    json.dumps(found.to_dict(), allow_nan=False)


def test_nothing_to_search_says_so() -> None:
    y = np.arange(100) % 2 == 0
    data = dataset({"y": y, "answer": np.roll(y, 3)})
    found = assay.find_slices(None, data)
    assert "no columns" in found.reason
    assert found.slices == ()


def test_ignored_columns_are_searched_when_they_are_named() -> None:
    columns, _ = planted()
    columns["secret"] = columns.pop("region")
    data = dataset(columns, ignore=["secret"])
    without = assay.find_slices(None, data)
    told = assay.find_slices(None, data, columns="secret")
    used = {each.column for found in told.confirmed for each in found.conditions}
    assert "secret" in used
    assert "secret" not in without.columns


def test_a_loss_of_ones_own_and_rows_of_a_regression() -> None:
    columns = people()
    rng = np.random.default_rng(6)
    noise = rng.standard_t(4, 3_000) * np.where(columns["sex"] == "F", 3, 1)
    y = rng.normal(size=3_000) * 20
    data = assay.Dataset.read(
        pl.DataFrame(columns | {"y": y, "answer": y + noise, "cost": np.abs(noise) * 2}),
        label="y", prediction="answer", ignore=["cost"],
    )  # fmt: skip
    plain = assay.find_slices(None, data)
    own = assay.find_slices(None, data, loss_column="cost")
    assert plain.loss == "absolute_error"
    assert plain.confirmed[0].name == own.confirmed[0].name == "sex = F"
    assert own.confirmed[0].loss.value == pytest.approx(2 * plain.confirmed[0].loss.value)
    assert own.metric == "mean of cost"


def test_groups_are_halved_whole_and_their_noise_is_not_reported() -> None:
    rng = np.random.default_rng(7)
    n, n_groups = 2_000, 40
    group = rng.integers(0, n_groups, n)
    rate = rng.beta(0.5, 2, n_groups)[group]
    site = rng.choice(["a", "b", "c"], n_groups)[group]
    columns = {"site": site, "x": rng.normal(size=n_groups)[group], "g": group}
    columns |= answers(rng.random(n) < rate)
    found = assay.find_slices(None, dataset(columns, group="g"))
    assert found.confirmed == ()
    assert found.mean.unit == "group"


def test_above_the_most_rows_whole_groups_are_sampled() -> None:
    columns, _ = planted()
    sampled = assay.find_slices(None, dataset(columns), max_rows=1_000)
    assert (sampled.rows, sampled.rows_read) == (3_000, 1_000)
    columns["g"] = np.arange(3_000) // 7
    grouped = assay.find_slices(None, dataset(columns, group="g"), max_rows=1_000)
    assert 900 <= grouped.rows_read <= 1_000


def test_confidence_and_truth_are_searched_when_asked_for() -> None:
    rng = np.random.default_rng(8)
    p = rng.random(2_000)
    y = rng.random(2_000) < p
    data = assay.Dataset.read(
        pl.DataFrame({"x": rng.normal(size=2_000), "y": y, "p": p}),
        label="y",
        score="p",
        positive=True,
    )
    assert assay.find_slices(None, data).confirmed == ()
    found = assay.find_slices(None, data, by_confidence=True)
    assert "confidence" in found.confirmed[0].name


def test_a_model_is_asked() -> None:
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(9)
    X = rng.normal(size=(2_000, 3))
    y = (X[:, 0] * np.where(X[:, 1] > 0, 1, -1) > 0).astype(int)
    model = LogisticRegression().fit(X[X[:, 1] > 0], y[X[:, 1] > 0])
    found = assay.find_slices(model, X, y)
    assert found.confirmed[0].name.startswith("x1 ")
    assert found.confirmed[0].examples[0].score is not None


def test_true_classes_are_searched_by_name_and_nothing_is_foreseen_of_them() -> None:
    rng = np.random.default_rng(6)
    n = 3_000
    y = rng.choice(["cat", "dog", "owl"], n)
    scores = np.full((n, 3), 0.1) + 0.7 * (y[:, None] == np.array(["cat", "dog", "owl"]))
    lost = (y == "owl") & (rng.random(n) < 0.5)
    scores[lost] = [0.8, 0.1, 0.1]
    frame = pl.DataFrame({"x": rng.normal(size=n)})
    found = assay.find_slices(X=frame, y_true=y, y_score=scores, loss="error", by_truth=True)
    worst = found.confirmed[0]
    assert worst.name == "(true answer) = owl"
    assert worst.beyond is None
    assert "foresee" not in found.findings[0].message
