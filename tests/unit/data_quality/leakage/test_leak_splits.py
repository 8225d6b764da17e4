"""Rows, groups and times on both sides of a split: planted ones are found, clean ones are not."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from scipy.stats import fisher_exact

from assay.data_quality.leakage.build import check_leakage
from assay.data_quality.leakage.chance import more_often_p
from assay.data_quality.leakage.dup_train import check_dup_train
from assay.data_quality.leakage.group_split import alike_p, check_group_split
from assay.data_quality.leakage.label_conflict import check_label_conflict, conflict_of
from assay.data_quality.leakage.label_noise import check_label_noise
from assay.data_quality.leakage.near_numbers import near_number_twins
from assay.data_quality.leakage.new_category import check_new_category
from assay.data_quality.leakage.new_label import check_new_label
from assay.data_quality.leakage.overlap_exact import check_overlap_exact, weigh_twins
from assay.data_quality.leakage.overlap_near import check_overlap_near
from assay.data_quality.leakage.overlap_rowid import check_overlap_rowid
from assay.data_quality.leakage.split_shift import check_split_shift
from assay.data_quality.leakage.time_split import check_time_split
from leak_samples import found, tables_of

N = 800
JUDGED = np.arange(N) % 4 == 0


@pytest.fixture
def rng():
    return np.random.default_rng(11)


def base(rng):
    x = rng.standard_normal((N, 3))
    y = (x[:, 0] + rng.standard_normal(N) > 0).astype(int)
    return {"a": x[:, 0], "b": x[:, 1], "c": x[:, 2]}, y


def copied(rng, columns, y, n):
    """Put `n` train rows in the place of judged ones."""
    rows = np.arange(N)
    rows[np.flatnonzero(JUDGED)[:n]] = rng.choice(np.flatnonzero(~JUDGED), n, replace=False)
    return {name: np.asarray(values)[rows] for name, values in columns.items()}, y[rows]


@pytest.mark.parametrize(("n", "severity"), [(20, "error"), (1, "warning")])
def test_train_rows_among_the_judged_ones(rng, n, severity):
    columns, y = copied(rng, *base(rng), n)
    check = check_overlap_exact(tables_of(columns, y, JUDGED))
    (finding,) = check.findings
    assert finding.severity == severity
    assert finding.evidence["shared"] == n == check.affected.sum()
    assert finding.evidence["other_label"] == 0


def test_twins_with_another_label_are_counted(rng):
    columns, y = copied(rng, *base(rng), 20)
    y[np.flatnonzero(JUDGED)[:5]] = 1 - y[np.flatnonzero(JUDGED)[:5]]
    (finding,) = check_overlap_exact(tables_of(columns, y, JUDGED)).findings
    assert finding.evidence["other_label"] == 5


def test_rows_are_equal_in_what_they_mean():
    train = pl.DataFrame({"a": [0.0, 1.5, np.nan] * 20, "t": ["Zoë", "b ", None] * 20})
    train = train.with_columns(pl.Series("k", np.arange(60) / 7.0))
    judged = pl.DataFrame({"a": [-0.0, 1.5, None], "t": ["Zoe\u0308 ", "b", None]})
    judged = judged.with_columns(pl.Series("k", np.arange(3) / 7.0))
    both = pl.concat([train, judged])
    flags = np.arange(63) >= 60
    tables = tables_of(both.to_dict(as_series=False), np.arange(63) % 2, flags)
    assert check_overlap_exact(tables).affected.tolist() == [True, True, True]


def test_few_values_make_twins_by_chance_and_no_alarm(rng):
    columns = {f"k{at}": rng.integers(0, 6, N) for at in range(4)}
    check = check_overlap_exact(tables_of(columns, rng.integers(0, 2, N), JUDGED))
    assert [finding.severity for finding in check.findings] in ([], ["info"])


@pytest.mark.parametrize(
    ("shared", "within", "telling", "word"),
    [
        (0, 0, True, "clear"),
        (1, 0, True, "warning"),
        (2, 0, True, "warning"),
        (1, 0, False, "open"),
        (30, 0, False, "error"),
        (30, 900, True, "info"),
        (90, 100, True, "error"),
        (70, 100, True, "warning"),
        (70, 100, False, "open"),
        (5, 8, True, "warning"),
    ],
)
def test_what_twins_mean(shared, within, telling, word):
    assert weigh_twins(shared, 1_000, within, 4_000, telling=telling) == word


def test_the_comparison_with_chance_is_fishers_test():
    for table in ((3, 10, 1, 12), (0, 5, 2, 7), (5, 5, 0, 9)):
        k, n, c, m = table
        expected = fisher_exact([[k, n - k], [c, m - c]], alternative="greater").pvalue
        assert more_often_p(k, n, c, m) == pytest.approx(expected)


def test_the_same_table_twice_is_one_finding_of_the_run_alone(rng):
    columns, y = base(rng)
    tables = tables_of(
        {k: np.tile(v, 2) for k, v in columns.items()}, np.tile(y, 2), np.arange(2 * N) < N
    )
    rules = [f.rule for f in check_leakage(tables).findings if f.severity != "info"]
    assert rules == []
    assert tables.same_rows


def test_near_twins_in_numbers(rng):
    columns, y = copied(rng, *base(rng), 15)
    shaken = {name: values + 1e-4 * rng.standard_normal(N) for name, values in columns.items()}
    tables = tables_of(shaken, y, JUDGED)
    check = check_overlap_near(tables)
    assert found(check) == ["overlap_near"]
    assert check.affected.sum() == 15
    assert check_overlap_near(tables_of(*base(rng), JUDGED)).findings == ()


def test_near_twins_are_those_of_a_search_by_brute_force(rng):
    columns, y = copied(rng, *base(rng), 15)
    shaken = {name: values + 1e-4 * rng.standard_normal(N) for name, values in columns.items()}
    group = np.array(["u", "v"])[rng.integers(0, 2, N)]
    tables = tables_of({**shaken, "g": group}, y, JUDGED)
    twins = near_number_twins(tables)
    points = np.column_stack(list(shaken.values()))
    train = points[~JUDGED]
    low, mid, high = np.percentile(train, [25, 50, 75], axis=0)
    points = (points - mid) / (high - low)
    away = np.linalg.norm(points[JUDGED][:, None] - points[~JUDGED][None], axis=2)
    inside = np.linalg.norm(points[~JUDGED][:, None] - points[~JUDGED][None], axis=2)
    np.fill_diagonal(inside, np.inf)
    reach = 0.01 * np.median(inside.min(axis=1))
    same = group[JUDGED][:, None] == group[~JUDGED][None]
    assert twins.near.tolist() == (np.where(same, away, np.inf).min(axis=1) < reach).tolist()


def test_near_twins_in_texts(rng):
    words = np.array([f"word{k}" for k in range(300)])
    texts = [" ".join(rng.choice(words, 15)) for _ in range(N)]
    y = rng.integers(0, 2, N)
    assert check_overlap_near(tables_of({"t": texts}, y, JUDGED)).findings == ()
    for at in np.flatnonzero(JUDGED)[:12]:
        texts[at] = texts[at + 1] + " indeed"
    check = check_overlap_near(tables_of({"t": texts}, y, JUDGED))
    assert found(check) == ["overlap_near"]
    assert check.affected.sum() == 12


def test_row_ids_on_both_sides(rng):
    columns, y = base(rng)
    ids = np.where(np.arange(N) == 0, 1, np.arange(N))  # row 0 is judged, row 1 is not
    (finding,) = check_overlap_rowid(tables_of({**columns, "n": ids}, y, JUDGED, id="n")).findings
    assert (finding.severity, finding.evidence["shared"]) == ("error", 1)


def test_ids_that_count_anew_in_each_file_are_a_warning(rng):
    columns, y = base(rng)
    ids = np.where(JUDGED, np.cumsum(JUDGED), np.cumsum(~JUDGED))
    (finding,) = check_overlap_rowid(tables_of({**columns, "n": ids}, y, JUDGED, id="n")).findings
    assert finding.severity == "warning"
    assert "anew" in finding.cause


def test_groups_on_both_sides(rng):
    columns, _ = base(rng)
    who = rng.integers(0, 80, N)
    y = (rng.standard_normal(80)[who] + 0.7 * rng.standard_normal(N) > 0).astype(int)
    told = check_group_split(tables_of({**columns, "w": who}, y, JUDGED, group="w"))
    assert [f.severity for f in told.findings] == ["error"]
    guessed = check_group_split(tables_of({**columns, "patient_id": who}, y, JUDGED))
    assert [f.severity for f in guessed.findings] == ["warning"]
    apart = check_group_split(tables_of({**columns, "patient_id": who}, y, who < 20))
    assert apart.findings == ()
    idle = check_group_split(
        tables_of({**columns, "patient_id": who}, rng.integers(0, 2, N), JUDGED)
    )
    assert idle.findings == ()


def test_labels_alike_within_values_are_tested_as_scipy_does(rng):
    from scipy.stats import f_oneway

    who, y = rng.integers(0, 30, N), rng.standard_normal(N)
    truth = tables_of({"a": y}, y).truth
    expected = f_oneway(*(y[who == each] for each in range(30))).pvalue
    assert alike_p(pl.Series(who), truth) == pytest.approx(expected)


def times(days):
    return [datetime(2024, 1, 1) + timedelta(days=float(day)) for day in days]  # noqa: DTZ001


def test_times_on_both_sides(rng):
    columns, y = base(rng)
    timed = {**columns, "at": times(np.arange(N))}
    (told,) = check_time_split(tables_of(timed, y, JUDGED, time="at")).findings
    assert (told.severity, told.evidence["early"]) == ("error", 200)
    (guessed,) = check_time_split(tables_of(timed, y, JUDGED)).findings
    assert guessed.severity == "warning"
    after = np.arange(N) >= 600
    assert check_time_split(tables_of(timed, y, after, time="at")).findings == ()
    assert check_time_split(tables_of(timed, y, after)).findings == ()


def test_a_gap_between_train_and_test_is_asked_for(rng):
    from dataclasses import replace

    columns, y = base(rng)
    after = np.arange(N) >= 600
    tables = tables_of({**columns, "at": times(np.arange(N))}, y, after, time="at")
    (finding,) = check_time_split(replace(tables, gap=7.0)).findings
    assert finding.evidence["early"] == 7


def test_a_last_moment_that_is_shared_is_a_warning(rng):
    columns, y = base(rng)
    days = np.minimum(np.arange(N), 600)
    tables = tables_of({**columns, "at": times(days)}, y, np.arange(N) >= 700, time="at")
    assert [f.severity for f in check_time_split(tables).findings] == ["warning"]


def test_a_moved_column_tells_the_tables_apart(rng):
    columns, y = base(rng)
    moved = {**columns, "b": columns["b"] + 1.5 * JUDGED}
    (finding,) = check_split_shift(tables_of(moved, y, JUDGED)).findings
    assert finding.where["columns"][0] == "b"
    assert check_split_shift(tables_of(columns, y, JUDGED)).findings == ()


def test_new_spellings_of_a_category(rng):
    columns, y = base(rng)
    town = np.array([f"town {k}" for k in range(6)])[rng.integers(0, 6, N)]
    assert check_new_category(tables_of({**columns, "t": town}, y, JUDGED)).findings == ()
    spelled = np.where(JUDGED & (rng.random(N) < 0.1), np.char.upper(town), town)
    (finding,) = check_new_category(tables_of({**columns, "t": spelled}, y, JUDGED)).findings
    assert (finding.severity, finding.where["columns"]) == ("warning", ["t"])


def test_categories_without_end_are_no_news(rng):
    columns, y = base(rng)
    names = np.array([f"name {k}" for k in rng.integers(0, 900, N)])
    assert check_new_category(tables_of({**columns, "n": names}, y, JUDGED)).findings == ()


def test_a_new_label_is_an_error(rng):
    columns, _ = base(rng)
    y = rng.integers(0, 3, N)
    y[0] = 7
    (finding,) = check_new_label(tables_of(columns, y, JUDGED)).findings
    assert (finding.severity, finding.evidence["rows"]) == ("error", 1)


def test_repeated_train_rows_and_their_labels(rng):
    columns, y = base(rng)
    rows = np.concatenate([np.arange(N), np.arange(80)])
    twice = {name: values[rows] for name, values in columns.items()}
    labels = y[rows]
    labels[N:] = 1 - labels[N:]
    tables = tables_of(twice, labels)
    (repeated,) = check_dup_train(tables).findings
    assert (repeated.severity, repeated.evidence["repeated"]) == ("warning", 160)
    (conflict,) = check_label_conflict(tables).findings
    assert conflict.evidence["attainable_accuracy"] == pytest.approx(1 - 80 / 880)
    assert check_dup_train(tables_of(columns, y)).findings == ()


def test_columns_of_few_values_say_only_what_is_attainable(rng):
    columns = {"a": rng.integers(0, 3, N), "b": rng.integers(0, 3, N)}
    tables = tables_of(columns, rng.integers(0, 2, N))
    assert check_dup_train(tables).status == "not judged"
    (finding,) = check_label_conflict(tables).findings
    assert finding.severity == "info"


def test_the_attainable_accuracy_is_that_of_the_best_lookup(rng):
    codes, labels = rng.integers(0, 40, N), rng.integers(0, 3, N)
    frame = pl.DataFrame({"c": codes, "l": labels})
    most = frame.group_by("c", "l").len().group_by("c").agg(pl.col("len").max())["len"].sum()
    assert conflict_of(codes, labels).attainable == pytest.approx(most / N)


def test_wrong_labels_are_listed_first(rng):
    x = rng.standard_normal((N, 3))
    y = (x[:, 0] > 0).astype(int)
    wrong = np.flatnonzero(np.abs(x[:, 0]) > 1)[:6]
    y[wrong] = 1 - y[wrong]
    check = check_label_noise(tables_of({"a": x[:, 0], "b": x[:, 1]}, y))
    (finding,) = check.findings
    listed = {each["row"] for each in check.figures["first"]}
    assert len(listed & set(wrong.tolist())) >= 5
    assert finding.severity == "info"
    assert len(listed) <= 20
