"""What two forecasts lose at each time of one series in; which is better out."""

import numpy as np

from assay.errors import InputError
from assay.evaluation.comparison.result import Comparison
from assay.evaluation.comparison.words import NOT_SHOWN, check_margin, verdict_word
from assay.evaluation.judged import Floats
from assay.metrics.metric import Metric
from assay.result import Estimate
from assay.stats.block_bootstrap import block_length, redraw_block_means
from assay.stats.diebold_mariano import diebold_mariano
from assay.stats.rows_needed import rows_needed
from assay.stats.totals_bootstrap import bootstrap_p_value

FEWEST_TIMES = 8
N_DRAWS = 2_000


def compare_over_time(
    metric: Metric,
    names: tuple[str, str],
    losses: tuple[Floats, Floats],
    *,
    horizon: int = 1,
    margin: float = 0.0,
    level: float = 0.95,
    seed: int = 0,
) -> Comparison:
    """Compare two forecasts of one series by a mean loss: Diebold and Mariano's test.

    The factor of Harvey, Leybourne and Newbold mends it for few times. A stationary bootstrap of
    blocks, of mean length max(horizon, n^(1/3)), stands beside.

    Parameters
    ----------
    metric : Metric
        A mean of the losses, for example "mae".
    names : (str, str)
        Candidate and baseline.
    losses : (ndarray of float, ndarray of float), each of shape (n_times,)
        In the order of time; the less the better.
    horizon : int
        Steps ahead that were forecast.
    margin : float
        The smallest gain worth having, at least 0.
    level : float
        Coverage of the interval, in (0, 1).
    seed : int
        Of the blocks.

    Returns
    -------
    Comparison

    Raises
    ------
    InputError
        If the two are not of the same times, fewer than eight or than twice the horizon, or a
        loss is not finite.

    Examples
    --------
    >>> from assay.metrics.catalogue import find_metric
    >>> rng = np.random.default_rng(0)
    >>> losses = rng.random(60), rng.random(60) + 0.5
    >>> mae = find_metric("mae", task="regression")
    >>> compare_over_time(mae, ("new", "naive"), losses).verdict
    'better'
    """
    check_margin(margin)
    apart = _checked(names, losses, horizon)
    n = len(apart)
    test = diebold_mariano(apart, horizon=horizon)
    low, high = test.interval(level)
    word = verdict_word(low, high, margin)
    length = block_length(n, horizon=horizon)
    rng = np.random.default_rng(seed)
    drawn = redraw_block_means(apart, length=length, n_draws=N_DRAWS, rng=rng)
    target = max(margin, abs(test.mean))
    needed = rows_needed(n, test.error, target, level=level) if word == NOT_SHOWN else None
    candidate, baseline = (
        Estimate(
            value=float(each.mean()),
            level=level,
            n=n,
            reason="neighbouring times go together: the interval of the difference is given",
        )
        for each in losses
    )
    return Comparison(
        candidate=names[0],
        baseline=names[1],
        metric=metric.name,
        title=metric.title,
        greater_is_better=False,
        candidate_value=candidate,
        baseline_value=baseline,
        difference=Estimate(
            value=test.mean,
            low=low,
            high=high,
            level=level,
            n=n,
            unit="block",
            method=f"Diebold-Mariano, {test.weights} weights, {test.horizon - 1} lags",
            conditional_on="the fitted models",
        ),
        p_value=test.p_value,
        test="Diebold-Mariano (Harvey, Leybourne and Newbold's factor)",
        margin=margin,
        verdict=word,
        rows_needed=needed,
        further={
            "statistic": test.statistic,
            "horizon": test.horizon,
            "block_length": length,
            "block_bootstrap_p": bootstrap_p_value(drawn),
            "block_bootstrap_interval": np.quantile(
                drawn, [(1 - level) / 2, (1 + level) / 2]
            ).tolist(),
        },
    )


def _checked(names: tuple[str, str], losses: tuple[Floats, Floats], horizon: int) -> Floats:
    """Return the losses of the baseline less those of the candidate."""
    if len(losses[0]) != len(losses[1]):
        msg = (
            f"{names[0]!r} has {len(losses[0]):,} times and {names[1]!r} {len(losses[1]):,}; "
            "forecasts are compared on the same times"
        )
        raise InputError(msg)
    n, least = len(losses[0]), max(FEWEST_TIMES, 2 * horizon)
    if n < least:
        msg = (
            f"{n} times are too few to compare forecasts by, {least} are needed; judge more times"
        )
        raise InputError(msg)
    apart = losses[1] - losses[0]
    if not np.isfinite(apart).all():
        msg = "a forecast has no finite loss at some time; leave that time out for both"
        raise InputError(msg)
    return apart
