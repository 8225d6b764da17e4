"""One number in, the same in plain words out: what it compares, and what its sign says here."""

import re
from collections.abc import Mapping
from math import isfinite

from assay.bias.metric import BiasMetric

DIRECTION = re.compile(r"(?<!\ba )\b(less|more|fewer|lower|higher|smaller|larger|rarer)\b")
OFTEN = re.compile(r"\b(?:less|more) often than\b")
OF_COUNTS = frozenset({"group", "label", "prediction", "both", "strata"})
ONE_DECIMAL_BELOW = 10.0
LEAST_POINTS = 0.05


def read_value(
    metric: BiasMetric,
    value: float | None,
    *,
    group: str,
    rest: str = "the rest",
    outcome: str = "",
    reason: str | None = None,
) -> str:
    """Return what a value says of these two groups, as one sentence without its full stop.

    Parameters
    ----------
    metric : BiasMetric
        Its `positive_means` and `negative_means` are the sentences.
    value : float or None
        May be infinite; None where it is undefined.
    group, rest : str
        Facet d and facet a in words; see `group_words`.
    outcome : str
        The positive outcome in words; "the positive outcome" stands in where there is none.
    reason : str or None
        Why it is undefined.

    Returns
    -------
    str

    Examples
    --------
    >>> dppl = BiasMetric(name="dppl", title="difference", stage="post_training",
    ...                   function=print, needs="prediction", help=("", "", ""),
    ...                   positive_means="{group} is predicted {outcome} less often than {rest}")
    >>> read_value(dppl, 0.18, group="sex = Female", outcome="income '>50K'")
    "sex = Female is predicted income '>50K' 18 points less often than the rest"
    """
    names = {"group": group, "rest": rest, "outcome": outcome or "the positive outcome"}
    if value is None:
        return f"not defined here: {reason}" if reason else "not defined here"
    if value == metric.parity:
        return f"no difference between {group} and {rest}"
    above = value > metric.parity
    template = metric.positive_means if above else metric.negative_means
    if not template:
        return f"{metric.title} of {group} against {rest} is {plain_number(value)}"
    return filled(_with_amount(metric, value, template.rstrip(" .")), names)


def group_words(facet: str, group: str, *, how: str = "values") -> str:
    """Return a group with the name of its facet, where its own name does not say it.

    Examples
    --------
    >>> group_words("sex", "Female"), group_words("age > 40", "age > 40", how="condition")
    ('sex = Female', 'age > 40')
    >>> group_words("age: 25, 45", "(25, 45]", how="bands")
    'age (25, 45]'
    >>> group_words("sex × race", "Female × Black", how="intersection")
    'Female × Black'
    """
    if not group:
        return facet
    says_it = group == facet or group.startswith(f"{facet} ") or facet.endswith(f" = {group}")
    if says_it and how == "listed" and group != facet:
        return facet
    if how in ("condition", "intersection") or not facet or says_it:
        return group
    if how in ("bands", "quantiles"):  # the facet is named by its column and where it is cut
        return f"{facet.rpartition(': ')[0] or facet} {group}"
    return f"{facet} = {group}"


def amount_words(metric: BiasMetric, value: float) -> str:
    """Return how large a disparity is: points for differences of shares, times for ratios.

    Examples
    --------
    >>> share = BiasMetric(name="dpl", title="", stage="pre_training", function=print,
    ...                    needs="label", help=("", "", ""))
    >>> amount_words(share, -0.034)
    '3.4 points'
    """
    if not isfinite(value):
        return "without bound"
    if is_of_shares(metric):
        return points(value)
    if metric.parity == 1.0:
        return f"{plain_number(value)} times"
    return plain_number(abs(value - metric.parity))


def is_of_shares(metric: BiasMetric) -> bool:
    """Whether a metric is a difference of shares, so that 0.18 is 18 percentage points."""
    return (
        metric.needs in OF_COUNTS
        and metric.parity == 0.0
        and metric.upper_bound == 1.0
        and not metric.is_distance
        and "correlation" not in metric.name
    )


def points(difference: float) -> str:
    """Return a difference of shares in percentage points, without its sign.

    Examples
    --------
    >>> points(0.1834), points(-0.042), points(0.01), points(0.0001)
    ('18 points', '4.2 points', '1 point', 'less than 0.1 points')
    """
    size = abs(difference) * 100
    if size < LEAST_POINTS:
        return "less than 0.1 points"
    text = f"{size:.0f}" if size >= ONE_DECIMAL_BELOW else f"{size:.1f}".removesuffix(".0")
    return f"{text} {'point' if text == '1' else 'points'}"


def plain_number(value: float) -> str:
    """Return a number with three significant digits and thousands separated.

    Examples
    --------
    >>> plain_number(0.6412), plain_number(1234.5), plain_number(float("-inf"))
    ('0.641', '1,234', 'minus infinity')
    """
    if not isfinite(value):
        return "infinity" if value > 0 else "minus infinity"
    whole = 999.5
    return f"{value:,.0f}" if abs(value) >= whole else f"{value:.3g}"


def _with_amount(metric: BiasMetric, value: float, template: str) -> str:
    """Put the amount before the one word that says the direction, else behind the sentence."""
    if not isfinite(value):
        return f"{template}: the value is {plain_number(value)}"
    amount = amount_words(metric, value)
    if metric.parity == 1.0:
        said, found = OFTEN.subn(f"{amount} as often as", template)
        return said if found == 1 else f"{template} ({amount})"
    if is_of_shares(metric) and len(DIRECTION.findall(template)) == 1:
        return DIRECTION.sub(rf"{amount} \1", template)
    return f"{template}, by {amount}"


def filled(template: str, names: Mapping[str, str]) -> str:
    """Fill the fields of a sentence in one pass, so that braces in names stay as they are.

    Examples
    --------
    >>> filled("{group} and {rest}", {"group": "{rest}", "rest": "b", "outcome": ""})
    '{rest} and b'
    """
    return re.sub(r"\{(group|rest|outcome)\}", lambda field: names[field.group(1)], template)
