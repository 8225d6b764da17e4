"""Every curve becomes a figure with words, numbers that are right, and a table."""

from dataclasses import replace

import numpy as np
import pytest

from assay.evaluation.evaluator import evaluate
from assay.evaluation.goal import Costs
from assay.jobs.sections.evaluation.constant import constant_answers
from assay.jobs.sections.evaluation.figures import evaluation_figures
from assay.jobs.sections.evaluation.page import evaluation_page
from assay.jobs.sections.evaluation.ranking_figures import ratio_table
from assay.reports.page import Figure, Table


@pytest.fixture(scope="module")
def binary():
    rng = np.random.default_rng(0)
    score = rng.beta(0.6, 0.9, 800)
    return evaluate(y_true=rng.random(800) < score, y_score=score)


@pytest.fixture(scope="module")
def multiclass():
    rng = np.random.default_rng(1)
    p = rng.dirichlet([0.4, 0.4, 0.4], 500)
    y = np.array(["a", "b", "c"])[[rng.choice(3, p=row) for row in p]]
    return evaluate(y_true=y, y_score=p)


@pytest.fixture(scope="module")
def regression():
    rng = np.random.default_rng(2)
    y = rng.normal(10, 3, 400)
    return evaluate(y_true=y, y_pred=y + rng.normal(0, 1, 400))


def by_title(result):
    return {figure.title: figure for figure in evaluation_figures(result)}


def test_binary_has_the_seven_charts(binary):
    assert len(by_title(binary)) == 7


def test_prices_add_the_cost_of_each_threshold():
    rng = np.random.default_rng(3)
    y = (rng.random(800) < 0.4).astype(int)
    score = np.clip(0.3 * y + 0.7 * rng.random(800), 0, 1)
    result = evaluate(y_true=y, y_score=score, costs=Costs(false_positive=1, false_negative=4))
    figure = by_title(result)["What each threshold would cost"]
    assert "the prices ask for 0.2" in figure.alternative
    assert "not for choosing" in figure.caption
    assert result.curves.cost_ratios is None


def test_the_gain_table_has_the_lift(binary):
    figure = by_title(binary)["How many positives the highest scores hold"]
    assert [row[0] for row in figure.table.rows][:3] == ["1%", "5%", "10%"]
    _, gain, lift = figure.table.rows[2]
    assert lift == pytest.approx(binary["lift_at_10"].value, abs=0.006)
    assert gain.value == pytest.approx(binary["lift_at_10"].value / 10)
    assert gain.low < gain.value < gain.high


def test_prices_in_view_say_that_they_flatter(binary):
    table = ratio_table(binary.curves.cost_ratios)
    assert "not for choosing" in table.note
    assert [row[0] for row in table.rows] == [
        "5 : 1", "2 : 1", "1 : 1", "1 : 2", "1 : 5", "1 : 10", "1 : 20",
    ]  # fmt: skip
    of_validation = replace(binary.curves.cost_ratios, rows="validation")
    assert "validation rows, and all numbers" in ratio_table(of_validation).note


def test_regression_has_its_four(regression):
    assert list(by_title(regression)) == [
        "Predicted against actual",
        "How far off the predictions are",
        "Where the predictions lean to one side",
        "Where the predictions are far off",
    ]


def test_multiclass_shows_three_metrics_a_class(multiclass):
    figure = by_title(multiclass)["Each class by itself"]
    assert {row[1] for row in figure.table.rows} == {"Precision", "Recall", "F1"}
    assert len(figure.table.rows) == 9


@pytest.mark.parametrize("kind", ["binary", "multiclass", "regression"])
def test_each_has_words_and_a_table_of_some_rows(kind, request):
    for figure in evaluation_figures(request.getfixturevalue(kind)):
        assert figure.alternative.endswith(".")
        assert any(letter.isdigit() for letter in figure.alternative)
        assert figure.table.folded
        assert figure.table.rows
        assert all(len(row) == len(figure.table.columns) for row in figure.table.rows)
        assert figure.chart.to_dict()


def test_the_words_of_the_confusion_matrix_count_right(binary):
    figure = by_title(binary)["Which answers were right, and which were mixed up"]
    counts = binary.curves.confusion.counts
    assert f"{np.trace(counts):,} answers are right" in figure.alternative
    assert f"mistake: {max(counts[0, 1], counts[1, 0]):,} rows that are" in figure.alternative
    assert sum(row[-1] for row in figure.table.rows) == 800


def test_a_long_table_is_thinned_and_says_so(binary):
    table = by_title(binary)["ROC curve: found positives against false alarms"].table
    assert len(table.rows) == 21
    assert table.rows[0][1:3] == (0.0, 0.0)
    assert table.rows[-1][1:3] == (1.0, 1.0)
    assert "results.json has them all" in table.note


def test_infinite_thresholds_are_no_numbers(binary):
    for figure in evaluation_figures(binary):
        for row in figure.table.rows:
            assert all(not isinstance(cell, float) or np.isfinite(cell) for cell in row)


def test_the_page_puts_the_head_first_and_misleading_metrics_last():
    rng = np.random.default_rng(3)
    y = rng.random(900) < 0.1
    result = evaluate(y_true=y, y_score=np.clip(0.1 + 0.3 * y + rng.normal(0, 0.1, 900), 0, 1))
    page = evaluation_page(result, None, constant_answers(result))
    table = next(block for block in page.blocks if isinstance(block, Table))
    assert table.rows[0][0].startswith(result["f1"] and "F1")
    assert table.rows[-1][0] == "Accuracy"
    assert "Accuracy can mislead here" in table.note
    assert table.columns == ("metric", "value", "constant answer")
    assert all(text for text in table.help.values())


def test_the_page_of_many_classes_has_a_row_a_class(multiclass):
    page = evaluation_page(multiclass, None, constant_answers(multiclass))
    table = next(
        block for block in page.blocks if isinstance(block, Table) and block.columns[0] == "class"
    )
    assert [row[0] for row in table.rows] == ["a", "b", "c"]
    assert sum(isinstance(block, Figure) for block in page.blocks) >= 2


def test_one_wrong_row_is_told_in_the_singular():
    y = np.array(["no"] * 60 + ["yes"] * 20)
    given = y.copy()
    given[-1] = "no"
    matrix = by_title(evaluate(y_true=y, y_pred=given))
    words = matrix["Which answers were right, and which were mixed up"].alternative
    assert words.endswith("The most frequent mistake: 1 row that is 'yes', answered 'no'.")


def test_a_quantile_is_not_told_to_be_too_high_on_average():
    rng = np.random.default_rng(4)
    mean = rng.normal(size=500)
    given = {"y_true": mean + rng.normal(size=500), "y_pred": mean + 1.2816}
    title = "Where the predictions lean to one side"
    assert "too high or too low" in by_title(evaluate(**given))[title].alternative
    quantile = by_title(evaluate(**given, quantile=0.9))[title]
    assert quantile.alternative.endswith("its interval excludes zero.")
    assert "not meant to be zero" in quantile.caption


def test_errors_in_units_have_no_bars(regression, binary):
    def first_table(result):
        page = evaluation_page(result, None, constant_answers(result))
        return next(block for block in page.blocks if isinstance(block, Table))

    assert not first_table(regression).bars
    assert first_table(binary).bars
