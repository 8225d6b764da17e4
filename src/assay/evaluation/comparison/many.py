"""Several candidates against one baseline in; a comparison of each, allowing for all, out."""

from collections.abc import Sequence
from dataclasses import replace

from assay.errors import InputError
from assay.evaluation.comparison.compare import compare_answers
from assay.evaluation.comparison.result import Comparison
from assay.evaluation.comparison.usual_metric import usual_metric
from assay.evaluation.judged import Answers, JudgedRows
from assay.stats.multiple import bonferroni_level, holm


def compare_many(
    rows: JudgedRows,
    candidates: Sequence[Answers],
    baseline: Answers,
    *,
    metric: str | None = None,
    margin: float = 0.0,
    level: float = 0.95,
    seed: int = 0,
) -> tuple[Comparison, ...]:
    """Compare several candidates with one baseline by one metric.

    The same rows are redrawn for all. Intervals are at the Bonferroni level, so that all of them
    hold together as often as `level` says; p-values are also given after Holm's step-down.

    Parameters
    ----------
    rows : JudgedRows
    candidates : sequence of Answers
        At least one.
    baseline : Answers
    metric : str or None
        None takes the usual one of all together.
    margin : float
        The smallest gain worth having, at least 0.
    level : float
        Coverage of all intervals together, in (0, 1).
    seed : int

    Returns
    -------
    tuple of Comparison
        In the order of the candidates.

    Raises
    ------
    InputError
        If there is no candidate, or as `compare_answers` does.

    Examples
    --------
    >>> import numpy as np
    >>> truth, row = np.tile([0, 1], 50), np.arange(100)
    >>> rows = JudgedRows(task="binary", truth=truth, classes=("no", "yes"))
    >>> made = [
    ...     Answers(name=f"{wrong} wrong", labels=np.where(row < wrong, 1 - truth, truth))
    ...     for wrong in (10, 25, 30)
    ... ]
    >>> [each.verdict for each in compare_many(rows, made[:2], made[2])]
    ['better', 'not shown to be better']
    """
    if not candidates:
        msg = "there is no candidate to compare with the baseline; give at least one"
        raise InputError(msg)
    name = metric or usual_metric(rows, *candidates, baseline)
    each_level = bonferroni_level(level, len(candidates))
    found = [
        compare_answers(
            rows, each, baseline, metric=name, margin=margin, level=each_level, seed=seed
        )
        for each in candidates
    ]
    return adjusted(found, level=level)


def adjusted(comparisons: Sequence[Comparison], *, level: float) -> tuple[Comparison, ...]:
    """Put Holm's p-values beside those of comparisons that are shown together.

    Parameters
    ----------
    comparisons : sequence of Comparison
        With intervals at the Bonferroni level already; a single one is left as it is.
    level : float
        Coverage of all intervals together.

    Returns
    -------
    tuple of Comparison
    """
    tested = [at for at, each in enumerate(comparisons) if each.p_value is not None]
    m = len(comparisons)
    if m < 2:
        return tuple(comparisons)
    p_values = holm([comparisons[at].p_value or 0.0 for at in tested])
    by_place = dict(zip(tested, p_values.tolist(), strict=True))
    each_level = 100 * bonferroni_level(level, m)
    note = (
        f"One of {m} comparisons: the interval is at {each_level:.4g} %, so that all {m} hold "
        f"together at {100 * level:.4g} % (Bonferroni); the adjusted p-value is Holm's."
    )
    return tuple(
        replace(
            each,
            p_adjusted=by_place.get(at),
            further={**each.further, "comparisons": m, "correction": "Holm, Bonferroni"},
            notes=(*each.notes, note),
        )
        for at, each in enumerate(comparisons)
    )
