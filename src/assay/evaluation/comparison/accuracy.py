"""Right and wrong answers of two candidates in; the difference of their accuracies out."""

from dataclasses import replace

import numpy as np

from assay.evaluation.comparison.mean_loss import mean_difference
from assay.evaluation.comparison.paired import Pair, Paired
from assay.evaluation.losses import row_losses
from assay.result import Json
from assay.stats.mcnemar import mcnemar
from assay.stats.paired_rate_difference import paired_rate_difference


def accuracy_difference(pair: Pair) -> Paired:
    """Compare by the share of right answers: McNemar's test where rows are plain.

    The interval is Tango's score interval, which belongs to the test; where the exact test is
    more cautious and does not reject, it is drawn out to 0. Weighted rows and declared units are
    redrawn instead, with McNemar's test beside.

    Parameters
    ----------
    pair : Pair

    Returns
    -------
    Paired
        `further` holds the discordant counts, the exact (or corrected) p-value and the mid-p.
    """
    wrong = [row_losses(pair.rows, each, "error") for each in (pair.candidate, pair.baseline)]
    better = int(np.count_nonzero(wrong[0] < wrong[1]))
    worse = int(np.count_nonzero(wrong[0] > wrong[1]))
    test = mcnemar(better, worse)
    further: dict[str, Json] = {
        "only_candidate_right": better,
        "only_baseline_right": worse,
        "mcnemar_p": test.p_value,
        "mcnemar_mid_p": test.mid_p,
        "mcnemar_method": test.method,
    }
    if pair.rows.weight is not None or pair.parts.kind != "row":
        found = mean_difference(pair, wrong[1] - wrong[0])
        note = "McNemar's test is beside: it takes rows as independent and of equal weight."
        return replace(found, further={**found.further, **further}, notes=(*found.notes, note))
    n = pair.rows.n
    value = (better - worse) / n
    interval = paired_rate_difference(better, worse, n, level=pair.level).around(value)
    if test.p_value > 1 - pair.level:
        interval = interval.around(0.0)
    return Paired(
        value=value,
        low=interval.low,
        high=interval.high,
        error=float(np.sqrt(max(better + worse - n * value**2, 0.0))) / n,
        p_value=test.p_value,
        test=f"McNemar, {test.method}",
        method="Tango's score interval of paired rates",
        further=further,
    )
