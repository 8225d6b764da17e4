"""Labels that are wrong together, in words and in a table."""

import numpy as np

from assay.evaluation.evaluator import evaluate
from assay.jobs.sections.evaluation.figures import MAX_DRAWN, evaluation_figures
from assay.jobs.sections.evaluation.label_figures import error_pairs_figure
from assay.tables.curves import ErrorPairs


def pairs(share):
    share = np.array(share)
    alone = np.diag(share)
    return ErrorPairs(("a", "b", "c"), share, np.outer(alone, alone))


def test_the_most_frequent_pair_and_the_one_most_beyond_chance():
    (found,) = error_pairs_figure(pairs([[0.5, 0.3, 0.1], [0.3, 0.5, 0.1], [0.1, 0.1, 0.1]]))
    assert found.alternative == (
        "Most often a and b are wrong in the same row: in 30.0% of the rows, where 25.0% would be "
        "expected if errors were independent. Most beyond chance are a and c: 2.0 times as often."
    )
    assert found.table.rows[0] == ("a", "b", "30.0%", "25.0%", 1.2)
    assert len(found.table.rows) == 3


def test_no_figure_where_fewer_than_two_labels_are_ever_wrong():
    assert error_pairs_figure(pairs(np.diag([0.1, 0.0, 0.0]))) == ()


def test_of_many_labels_the_lowest_are_drawn_and_all_are_in_the_table():
    rng = np.random.default_rng(0)
    truth = rng.random((300, MAX_DRAWN + 5)) < 0.4
    given = truth ^ (rng.random(truth.shape) < np.linspace(0.02, 0.4, truth.shape[1]))
    result = evaluate(y_true=truth, y_pred=given)
    (found,) = evaluation_figures(result)
    assert found.title == f"The {MAX_DRAWN} lowest by F1"
    drawn = {row["name"] for row in found.chart.to_dict()["data"]["values"]}
    assert len(drawn) == MAX_DRAWN
    assert "label_0" not in drawn
    assert {row[0] for row in found.table.rows} == set(result.classes)
