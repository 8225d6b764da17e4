"""Residuals by column, mistakes and disagreements."""

import numpy as np
import polars as pl
import pytest

import assay
from assay.data.schema import Column
from assay.evaluation.error_analysis.analyze import analyze_errors
from assay.evaluation.error_analysis.by_feature import bin_conditions, errors_by_feature
from assay.evaluation.error_analysis.mistakes import confused_pairs
from assay.evaluation.judged import Answers, JudgedRows, read_judged
from assay.evaluation.plan import plan_evaluation
from assay.evaluation.slices.atoms import code_column
from assay.evaluation.slices.material import SliceSettings
from assay.evaluation.slices.significance import LossRows


def coded(values: np.ndarray, name: str = "x"):
    return code_column(pl.Series(name, values), Column(name, "feature", "continuous", "float64"))


def test_p_values_from_sums_equal_scipy() -> None:
    from scipy.stats import false_discovery_control, ttest_ind

    rng = np.random.default_rng(0)
    x, residuals = rng.normal(size=1_000), rng.normal(size=1_000) + 1
    column = coded(x)[0]
    residuals[column.codes == 3] += 2
    found = errors_by_feature("residual", LossRows(residuals), [column])
    p = [
        ttest_ind(
            residuals[column.codes == k], residuals[column.codes != k], equal_var=False
        ).pvalue
        for k in range(10)
    ]
    expected = false_discovery_control(p)
    assert found.looked_at == 10
    assert found.found == sum(expected <= 0.05)
    first = found.leaning[0]
    assert first.p_adjusted == pytest.approx(expected[3], rel=1e-6)
    assert first.error.value == pytest.approx(residuals[column.codes == 3].mean())
    assert [each.column for each in bin_conditions(column, 3)] == ["x", "x"]


def test_weights_of_one_change_little() -> None:
    rng = np.random.default_rng(1)
    column, residuals = coded(rng.normal(size=800))[0], rng.normal(size=800)
    residuals[column.codes == 0] += 1
    plain = errors_by_feature("residual", LossRows(residuals), [column])
    weighted = errors_by_feature("residual", LossRows(residuals, np.ones(800)), [column])
    assert weighted.leaning[0].p_adjusted == pytest.approx(plain.leaning[0].p_adjusted, rel=1e-6)


def test_pairs_are_counted_with_their_lift() -> None:
    truth = np.repeat([0, 1, 2], [40, 40, 20])
    labels = truth.copy()
    labels[:10] = 1
    labels[40:46] = 2
    rows = JudgedRows(task="multiclass", truth=truth, classes=("a", "b", "c"))
    pairs = confused_pairs(rows, Answers(name="m", labels=labels))
    assert [(each.truth, each.answer, each.rows) for each in pairs] == [
        ("a", "b", 10),
        ("b", "c", 6),
    ]
    answered_b, answered_c = 44, 26
    assert pairs[0].lift == pytest.approx(10 / (10 * answered_b / (answered_b + answered_c)))


def test_a_baseline_shows_what_was_fixed_and_what_was_broken_where() -> None:
    rng = np.random.default_rng(2)
    n = 3_000
    sex = rng.choice(["F", "M"], n)
    y = rng.random(n) < 0.5
    broken = (sex == "F") & (rng.random(n) < 0.4)
    fixed = ~broken & (rng.random(n) < 0.2)
    frame = pl.DataFrame({"sex": sex, "z": rng.normal(size=n), "y": y, "answer": y ^ broken})
    data = assay.Dataset.read(frame, label="y", prediction="answer", positive=True)
    rows, answers = read_judged(plan_evaluation(data))
    before = Answers(name="old", labels=(y ^ fixed).astype(np.int64))
    found = analyze_errors(data, rows, answers, SliceSettings(), baselines=[before])
    told = found.disagreements[0]
    assert (told.fixed, told.broken) == (fixed.sum(), broken.sum())
    assert told.both_right == n - fixed.sum() - broken.sum()
    assert told.slices.confirmed[0].name == "sex = F"
    assert not told.slices.findings
    assert found.findings[0].rule == "weak_slice"


def test_numbers_are_compared_by_their_absolute_error() -> None:
    rng = np.random.default_rng(3)
    n = 2_000
    x, y = rng.normal(size=n), rng.normal(size=n)
    frame = pl.DataFrame(
        {"x": x, "y": y, "answer": y + rng.normal(size=n) * np.where(x > 1, 3, 1)}
    )
    data = assay.Dataset.read(frame, label="y", prediction="answer")
    rows, answers = read_judged(plan_evaluation(data))
    before = Answers(name="old", values=y + rng.normal(size=n))
    found = analyze_errors(data, rows, answers, baselines=[before])
    told = found.disagreements[0]
    assert told.both_right is None
    assert told.fixed + told.broken == n
    assert told.slices.confirmed[0].conditions[0].column == "x"
    assert found.by_feature.what == "residual"
    assert abs(found.mistakes[0].loss) == max(abs(frame["answer"] - frame["y"]))
