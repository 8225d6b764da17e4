"""Single columns that tell the label: planted ones are found, honest ones are left alone."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier

from assay.data.schema import Column
from assay.data_quality.leakage.id_column import check_id_column
from assay.data_quality.leakage.id_order import check_id_order
from assay.data_quality.leakage.leak_missing import check_leak_missing
from assay.data_quality.leakage.leak_name import check_leak_name
from assay.data_quality.leakage.leak_target import check_leak_target
from assay.data_quality.leakage.leak_time_col import check_leak_time_col
from assay.data_quality.leakage.skill import (
    area_under_curve,
    column_skill,
    fold_codes,
    indicator_skill,
    value_codes,
)
from assay.data_quality.leakage.truth import Truth
from leak_samples import found, tables_of

N = 600
X = Column("x", "feature", "continuous", "float64")


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def base(rng, n=N):
    x = rng.standard_normal((n, 3))
    y = (x[:, 0] + rng.standard_normal(n) > 0).astype(int)
    return {"a": x[:, 0], "b": x[:, 1], "c": x[:, 2]}, y


def binary_truth(y):
    return Truth(known=np.ones(len(y), bool), codes=y, indicators=y[:, None] == 1, names=("1",))


def test_the_skill_of_a_column_is_that_of_a_small_tree_of_scikit_learn(rng):
    y = rng.integers(0, 2, N)
    x = y + rng.standard_normal(N)
    truth = binary_truth(y)
    folds = fold_codes(truth)
    areas = []
    for fold in range(3):
        tree = DecisionTreeClassifier(max_depth=3, min_samples_leaf=5, random_state=0)
        tree.fit(x[folds != fold, None], y[folds != fold])
        score = tree.predict_proba(x[folds == fold, None])[:, 1]
        areas.append(roc_auc_score(y[folds == fold], score))
    expected = 2 * np.mean(areas) - 1
    assert column_skill(pl.Series(x), X, truth).value == pytest.approx(expected, abs=0.02)


def test_the_area_is_scikit_learns(rng):
    y, score = rng.integers(0, 2, 200).astype(bool), rng.integers(0, 9, 200) / 1.0
    assert area_under_curve(y, score) == pytest.approx(roc_auc_score(y, score), abs=1e-12)


def test_a_mark_of_rows_has_the_skill_of_its_rates(rng):
    y, mark = rng.integers(0, 2, N), rng.random(N) < 0.4
    rates = abs(mark[y == 1].mean() - mark[y == 0].mean())
    assert indicator_skill(mark, binary_truth(y)).value == pytest.approx(rates)


def test_a_column_of_dates_keeps_its_order_to_the_last_nanosecond():
    at = [datetime(2024, 1, 1) + timedelta(microseconds=k) for k in (3, 1, 2)]  # noqa: DTZ001
    codes = value_codes(pl.Series(at), Column("t", "feature", "time", "time"))
    assert codes.tolist() == [2, 0, 1]


def test_noise_has_no_skill_and_a_constant_neither(rng):
    truth = binary_truth(rng.integers(0, 2, N))
    assert column_skill(pl.Series(rng.standard_normal(N)), X, truth).value < 0.2
    assert column_skill(pl.Series(np.ones(N)), X, truth).value == 0.0


@pytest.mark.parametrize("disguise", ["number", "text", "date", "boolean"])
def test_a_copy_of_the_label_is_an_error(rng, disguise):
    columns, y = base(rng)
    copies = {
        "number": y * 7.5,
        "text": np.where(y == 1, "done", "open"),
        "date": [datetime(2024, 1, 1) + timedelta(days=int(v)) for v in y],  # noqa: DTZ001
        "boolean": y == 1,
    }
    (finding,) = check_leak_target(tables_of({**columns, "copy": copies[disguise]}, y)).findings
    assert (finding.rule, finding.severity, finding.where["columns"]) == (
        "leak_target",
        "error",
        ["copy"],
    )
    assert "--ignore copy" in finding.advice


def test_a_subtle_copy_with_some_labels_wrong_is_an_error(rng):
    columns, y = base(rng, 2_000)
    flipped = np.where(rng.random(2_000) < 0.03, 1 - y, y) + 0.01 * rng.standard_normal(2_000)
    (finding,) = check_leak_target(tables_of({**columns, "k": flipped}, y)).findings
    assert finding.severity == "error"
    assert finding.evidence["skill_of_the_others"] < finding.evidence["skill"]


def test_a_number_made_from_a_skewed_label_is_an_error(rng):
    columns, _ = base(rng)
    y = np.exp(rng.standard_normal(N))
    (finding,) = check_leak_target(tables_of({**columns, "tax": 0.2 * y}, y)).findings
    assert finding.severity == "error"


def test_a_leak_in_one_of_many_classes_copied_as_codes_is_an_error(rng):
    columns, _ = base(rng)
    y = rng.integers(0, 12, N)
    (finding,) = check_leak_target(tables_of({**columns, "code": y * 1.0}, y)).findings
    assert finding.where["columns"] == ["code"]


def test_a_leak_that_the_model_does_not_read_is_told_as_info(rng):
    columns, y = base(rng)
    tables = tables_of({**columns, "copy": y * 1.0}, y, used=frozenset({"a", "b"}))
    (finding,) = check_leak_target(tables).findings
    assert finding.severity == "info"


def test_a_strong_honest_column_beside_as_strong_ones_is_silent(rng):
    y = rng.integers(0, 2, N)
    columns = {f"x{k}": y + 0.9 * rng.standard_normal(N) for k in range(6)}
    assert check_leak_target(tables_of(columns, y)).findings == ()


@pytest.mark.parametrize("n_rare", [0, 9])
def test_too_few_rows_of_a_class_are_not_judged(rng, n_rare):
    columns, _ = base(rng)
    y = (np.arange(N) < n_rare).astype(int)
    check = check_leak_target(tables_of({**columns, "copy": y * 1.0}, y))
    assert check.status == "not judged"
    assert "no class has 10 rows" in check.said


@pytest.mark.parametrize("gone", [np.nan, 0.0])
def test_a_column_that_is_missing_or_filled_where_the_label_is_zero(rng, gone):
    columns, y = base(rng)
    empty = (y == 0) ^ (rng.random(N) < 0.04)
    reason = np.where(empty, gone, rng.normal(50, 9, N))
    tables = tables_of({**columns, "reason": reason}, y)
    (finding,) = check_leak_missing(tables).findings
    assert (finding.severity, finding.where["columns"]) == ("error", ["reason"])
    assert check_leak_target(tables).findings == ()  # one cause, one finding


def test_an_empty_text_counts_as_missing(rng):
    columns, y = base(rng)
    texts = np.where(y == 0, " ", [f"reason {k % 40}" for k in range(N)])
    assert found(check_leak_missing(tables_of({**columns, "why": texts}, y))) == ["leak_missing"]


def test_missing_values_that_go_with_the_label_moderately_are_silent(rng):
    columns, y = base(rng)
    columns["a"] = np.where(rng.random(N) < 0.1 + 0.4 * y, np.nan, columns["a"])
    assert check_leak_missing(tables_of(columns, y)).findings == ()


def test_a_name_like_an_outcome_is_worth_a_look_only_where_it_tells_something(rng):
    columns, y = base(rng)
    tables = tables_of({**columns, "refund_status": columns["a"], "closed": columns["b"]}, y)
    (finding,) = check_leak_name(tables).findings
    assert (finding.severity, finding.where["columns"]) == ("info", ["refund_status"])


def at(days):
    return [datetime(2024, 1, 1) + timedelta(days=float(d)) for d in days]  # noqa: DTZ001


def test_times_after_the_event_are_an_error_and_planned_ones_can_be_ignored(rng):
    columns, y = base(rng)
    days = rng.uniform(0, 300, N)
    late = np.where(rng.random(N) < 0.03, days + 2, days - 2)
    timed = {**columns, "event": at(days), "changed": at(late), "opened": at(days - 5)}
    (finding,) = check_leak_time_col(tables_of(timed, y, time="event")).findings
    assert (finding.severity, finding.where["columns"]) == ("error", ["changed", "event"])
    assert finding.evidence["later"] == int((late > days).sum())


def test_without_a_declared_time_the_check_names_its_flag(rng):
    columns, y = base(rng)
    check = check_leak_time_col(tables_of(columns, y))
    assert (check.status, check.turn_on) == ("not run", "--time COLUMN")


def test_identifiers_are_named_and_quantities_are_not(rng):
    columns, y = base(rng)
    tables = tables_of(
        {
            **columns,
            "account_no": rng.permutation(N) * 977 + 13,
            "ref": [f"AB-{k:05d}" for k in rng.permutation(N)],
            "line": np.arange(N),
            "income": rng.integers(10_000, 10_000_000, N),
        },
        y,
    )
    named = [each.where["columns"][0] for each in check_id_column(tables).findings]
    assert named == ["account_no", "ref", "line"]


def test_a_file_sorted_by_label_is_a_warning_and_an_id_that_is_read_an_error(rng):
    columns, y = base(rng)
    order = np.argsort(y, kind="stable")
    rows = {name: values[order] for name, values in columns.items()}
    sorted_y = y[order]
    assert [f.severity for f in check_id_order(tables_of(rows, sorted_y)).findings] == ["warning"]
    read = tables_of({**rows, "row_id": np.arange(N)}, sorted_y, used=frozenset({"row_id"}))
    assert [f.severity for f in check_id_order(read).findings] == ["error"]
    assert check_id_order(tables_of(columns, y)).findings == ()


def test_a_trend_in_time_is_no_order_by_label(rng):
    days = np.sort(rng.uniform(0, 300, N))
    check = check_id_order(tables_of({"at": at(days), "b": rng.standard_normal(N)}, days))
    assert check.status == "not judged"
    assert "'at'" in check.said
