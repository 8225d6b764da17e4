"""Metrics of rows that may have many labels."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from assay.evaluation.comparison.accuracy import accuracy_difference
from assay.evaluation.comparison.mean_loss import by_mean
from assay.evaluation.comparison.paired import Pair, Paired, from_redraws
from assay.evaluation.comparison.ranks import OF_LABELS
from assay.evaluation.comparison.small_tables import need
from assay.evaluation.judged import Answers, Flags, Floats, JudgedRows
from assay.metrics.averages.weighted_f1 import weighted_f1_of
from assay.metrics.margins import Margins
from assay.metrics.multilabel.macro_f1 import macro_f1_of
from assay.metrics.multilabel.macro_precision import macro_precision_of
from assay.metrics.multilabel.macro_recall import macro_recall_of
from assay.metrics.multilabel.micro_f1 import micro_f1_of
from assay.metrics.multilabel.micro_precision import micro_precision_of
from assay.metrics.multilabel.micro_recall import micro_recall_of
from assay.metrics.multilabel.quantities import answer_quantities, rank_quantities


def whole_rows_difference(pair: Pair) -> Paired:
    """Compare by the share of rows with all labels right, as accuracies are."""
    truth = np.ones(pair.rows.n, dtype=np.int64)
    whole = [
        replace(each, labels=(_given(each) == pair.rows.truth).all(axis=1).astype(np.int64))
        for each in (pair.candidate, pair.baseline)
    ]
    rows = replace(pair.rows, task="binary", truth=truth, classes=(False, True))
    return accuracy_difference(replace(pair, rows=rows, candidate=whole[0], baseline=whole[1]))


def by_label_margins(statistic: Callable[[Margins], Floats]) -> Callable[[Pair], Paired]:
    """Return the comparison of a metric that is a function of each label's margins."""

    def compare(pair: Pair) -> Paired:
        truth = pair.rows.truth.astype(np.bool_)
        one, other = _given(pair.candidate), _given(pair.baseline)
        columns = np.hstack([truth & one, one, truth & other, other, truth])

        def difference(totals: Floats) -> Floats:
            right_a, given_a, right_b, given_b, actual = np.split(totals, 5, axis=-1)
            first = statistic(Margins(right_a, actual, given_a))
            return first - statistic(Margins(right_b, actual, given_b))

        found = pair.redraw(list(columns.T.astype(np.float64)), difference)
        return from_redraws(pair, found, bounds=(-1.0, 1.0))

    return compare


def _given(answers: Answers) -> Flags:
    return need(answers.labels, "labels", answers).astype(np.bool_)


def _answer(name: str) -> Callable[[Pair], Paired]:
    def term(rows: JudgedRows, answers: Answers) -> Floats:
        return answer_quantities(rows.truth.astype(np.bool_), _given(answers))[name]

    return by_mean(term)


def _rank(name: str) -> Callable[[Pair], Paired]:
    def term(rows: JudgedRows, answers: Answers) -> Floats:
        scores = need(answers.scores, "scores", answers)
        return rank_quantities(rows.truth.astype(np.bool_), scores)[name]

    return by_mean(term)


COMPARERS: Mapping[str, Callable[[Pair], Paired]] = {
    "macro_f1": by_label_margins(macro_f1_of),
    "micro_f1": by_label_margins(micro_f1_of),
    "weighted_f1": by_label_margins(weighted_f1_of),
    "macro_precision": by_label_margins(macro_precision_of),
    "macro_recall": by_label_margins(macro_recall_of),
    "micro_precision": by_label_margins(micro_precision_of),
    "micro_recall": by_label_margins(micro_recall_of),
    "subset_accuracy": whole_rows_difference,
    "hamming_loss": _answer("hamming_loss"),
    "samples_f1": _answer("f1"),
    "samples_jaccard": _answer("jaccard"),
    "label_ranking_average_precision": _rank("average_precision"),
    "ranking_loss": _rank("ranking_loss"),
    "coverage_error": _rank("coverage"),
    **OF_LABELS,
}
