"""How often would a group have been answered otherwise, as similar rows of the others were."""

from assay.bias.flip_test_matching import N_HALVINGS, Matching, Vote
from assay.bias.flip_test_sample import FlipRows
from assay.bias.measurement import Measurement
from assay.bias.metric import BiasMetric
from assay.bias.split import Split
from assay.metrics.few import MIN_ROWS, few_rows


def flip_test(split: Split) -> Measurement:
    """Compare each row of a group with the rows of facet a that are most like it.

    FT = (up − down) / n_d: `up` are rows of facet d predicted negative whose nearest neighbours
    in facet a are mostly predicted positive, `down` the reverse.

    Parameters
    ----------
    split : Split
        With `tables.rows`.

    Returns
    -------
    Measurement
        In [-1, 1]; undefined where the features are no numbers or a facet has no row.

    Notes
    -----
    Of rows equally far from a row, any are the nearest: the mean over their orders is taken.
    Neighbours have one vote each; weights count in facet d. The variance has two parts: that of
    facet d's rows, and that of facet a's rows, which many rows share as neighbours. For the
    latter facet a is halved at random again and again: the two halves are independent samples,
    and the products of two rows' differences between them show how these rows vary together.
    Redrawing rows with replacement would not, since copies of a row are its nearest neighbours.

    References
    ----------
    Black, Yeom and Fredrikson 2020, FAT*, doi:10.1145/3351095.3372845.
    Abadie and Imbens 2008, Econometrica 76:1537, doi:10.3982/ECTA6474, on the bootstrap.

    Examples
    --------
    >>> import numpy as np
    >>> from assay.bias.split import FacetTables
    >>> from assay.bias.cells import GroupCells
    >>> rows = FlipRows.of_arrays(
    ...     ["a", "d"], np.array([0, 0, 1, 1]), np.array([[0.0], [1.0], [0.1], [0.9]]),
    ...     np.array([True, False, False, False]))
    >>> cells = GroupCells.from_counts(["a", "d"], [[1, 1], [2, 0]])
    >>> split = Split.of(FacetTables(groups=cells.groups, cells=cells, rows=rows), "d")
    >>> flip_test(split).value
    0.5
    """
    return _measure(split, "majority")


def matched_prediction_gap(split: Split) -> Measurement:
    """Compare how often rows of a group, and the rows of facet a most like them, are accepted.

    The mean over the rows of facet d of the share of its nearest neighbours in facet a that are
    predicted positive, less the share of facet d that is. Unlike the flip test it is 0 on average
    where similar rows are treated alike, also when the features do not settle the prediction.

    Parameters
    ----------
    split : Split
        With `tables.rows`.

    Returns
    -------
    Measurement
        In [-1, 1]; see `flip_test`.

    References
    ----------
    Abadie and Imbens 2006, Econometrica 74:235, doi:10.1111/j.1468-0262.2006.00655.x.
    """
    return _measure(split, "share")


def _measure(split: Split, vote: Vote) -> Measurement:
    rows = split.tables.rows
    if rows is None:
        return Measurement.undefined("no rows were sampled for the flip test")
    if rows.reason:
        return Measurement.undefined(rows.reason)
    matched = _matched(split, rows)
    if not len(matched.asked) or not len(matched.rest):
        name = split.rest_name if len(matched.asked) else split.group_name
        return Measurement.undefined(
            f"{name} has no row with a value in every feature",
            n_group=len(matched.asked),
            n_rest=len(matched.rest),
            warnings=rows.warnings,
        )
    flips = matched.flips(vote)
    up, down = flips.rates
    return Measurement(
        value=float(up - down),
        n=len(matched.asked) + len(matched.rest),
        n_group=len(matched.asked),
        n_rest=len(matched.rest),
        interval=flips.interval,
        method=_method(matched, split),
        error=flips.error,
        n_effective=None if rows.is_plain else flips.n_effective,
        unit=rows.unit_kind,
        seed=rows.seed,
        warnings=(*_few(matched, split), *rows.warnings),
    )


def _matched(split: Split, rows: FlipRows) -> Matching:
    """Return the matching of a split, which both metrics share."""
    known = split.cache.get("matching")
    if isinstance(known, Matching):
        return known
    limit = int(rows.n_asked[split.group].sum()) or rows.max_rest
    asked, rest = rows.uniform(split.group, limit), rows.uniform(split.rest, rows.max_rest)
    split.cache["matching"] = made = Matching(rows, asked, rest)
    return made


def _few(matched: Matching, split: Split) -> tuple[str, ...]:
    """Say where a facet, or the rarer answer in facet a, has too few rows."""
    n_asked, n_rest = len(matched.asked), len(matched.rest)
    positive = int(matched.rows.predicted[matched.rest].sum())
    rarer = min(positive, n_rest - positive)
    answer = "positive" if positive == rarer else "negative"
    return (
        *few_rows(n_asked, least=MIN_ROWS, what=f"rows of {split.group_name}"),
        *few_rows(n_rest, least=MIN_ROWS, what=f"rows of {split.rest_name}"),
        *few_rows(rarer, what=f"rows predicted {answer} in {split.rest_name}"),
    )


def _method(matched: Matching, split: Split) -> str:
    in_group = int(matched.rows.n_data[split.group].sum())
    in_rest = int(matched.rows.n_data[split.rest].sum())
    return (
        f"{matched.k} nearest neighbours of {len(matched.asked):,} of {in_group:,} rows among "
        f"{len(matched.rest):,} of {in_rest:,}; hybrid score with the variance of the matching "
        f"({N_HALVINGS} halvings)"
    )


FLIP_TEST = BiasMetric(
    name="flip_test",
    title="Flip test",
    acronym="FT",
    stage="post_training",
    function=flip_test,
    needs="rows",
    tolerated=None,
    positive_means="More rows of {group} would get the better answer ({outcome}) than would lose "
    "it, if they were answered as the most similar rows of {rest}.",
    negative_means="More rows of {group} would lose the better answer ({outcome}) than would get "
    "it, if they were answered as the most similar rows of {rest}.",
    help=(
        "What the model says about each row of the group, against what it says about the rows of "
        "the others that are most like it.",
        "Not where features differ much in scale or stand for the group itself: the nearest rows "
        "are then not alike in what matters. Where similar rows get different answers, a majority "
        "of neighbours gives the rarer answer less often than the rows have it, and the value is "
        "not 0 though groups are treated alike; so it makes no finding by itself.",
        "The matched difference in predictions, which has no such lean, and the gap in scores "
        "when only the facet is changed in each row.",
    ),
    reference="Black, Yeom and Fredrikson 2020, FAT*, doi:10.1145/3351095.3372845",
    clarify=True,
)

MATCHED = BiasMetric(
    name="matched_prediction_gap",
    title="Matched difference in predictions",
    stage="post_training",
    function=matched_prediction_gap,
    needs="rows",
    positive_means="Rows of {rest} that are most like those of {group} get the better answer "
    "({outcome}) more often.",
    negative_means="Rows of {rest} that are most like those of {group} get the better answer "
    "({outcome}) less often.",
    help=(
        "How often the rows of the others that are most like each row of the group are predicted "
        "positive, against how often the group is.",
        "Not where features differ much in scale or stand for the group itself: the nearest rows "
        "are then not alike in what matters.",
        "The difference in positive predictions, which compares all rows, alike or not.",
    ),
    reference="Abadie and Imbens 2006, Econometrica 74:235",
)
METRICS = (FLIP_TEST, MATCHED)
