"""Judged slices in; what a person should know of them out."""

from assay.evaluation.slices.result import Slice, SliceSearch
from assay.result import Finding, Json

MAX_FINDINGS = 3
MATERIAL = 0.1
RARER = 0.5
AS_BAD = 0.5
MAX_NAMED_ROWS = 10


def slice_findings(search: SliceSearch) -> tuple[Finding, ...]:
    """Return one finding for each confirmed slice, at most three; the others are folded.

    A slice whose mean loss exceeds the rest's by less than a tenth is worth knowing, no more.

    Parameters
    ----------
    search : SliceSearch

    Returns
    -------
    tuple of Finding
    """
    made = [_finding(each, search) for each in search.confirmed]
    made.sort(key=lambda finding: finding.severity != "warning")
    if len(made) <= MAX_FINDINGS:
        return tuple(made)
    last = made[MAX_FINDINGS - 1]
    folded = Finding(**{**vars(last), "consequences": tuple(made[MAX_FINDINGS:])})
    return (*made[: MAX_FINDINGS - 1], folded)


def _finding(each: Slice, search: SliceSearch) -> Finding:
    difference, rest = each.difference.value or 0.0, each.rest.value or 0.0
    material = difference >= MATERIAL * abs(rest)
    columns: list[Json] = list(dict.fromkeys(c.column for c in each.conditions))
    examples: list[Json] = [row.row for row in each.examples[:MAX_NAMED_ROWS]]
    return Finding(
        rule="weak_slice",
        severity="warning" if material else "info",
        message=_message(each, search),
        where={"columns": columns, "slice": each.name, "rows": examples},
        evidence={
            "rows": each.rows,
            "loss": each.loss.value,
            "rest": each.rest.value,
            "difference": each.difference.value,
            "low": each.difference.low,
            "high": each.difference.high,
            "p_adjusted": each.p_adjusted,
            "share_of_loss": each.share_of_loss,
        },
        cause=_cause(each),
        advice=_advice(each),
    )


def _message(each: Slice, search: SliceSearch) -> str:
    loss, rest = each.loss.value or 0.0, each.rest.value or 0.0
    if search.loss == "error":
        told = f"{loss:.1%} of the answers are wrong, against {rest:.1%} elsewhere"
    else:
        what = "mean loss" if search.metric.startswith("mean of") else search.metric
        told = f"the {what} is {loss:.4g}, against {rest:.4g} elsewhere"
    carried = ""
    if each.share_of_loss is not None:
        what = "errors" if search.loss == "error" else "loss"
        carried = (
            f"; these {each.share:.0%} of the rows carry {each.share_of_loss:.0%} of all {what}"
        )
    return f"Where {each.name}, {told}{carried}."


def _cause(each: Slice) -> str:
    train = each.train
    if train is None:
        return (
            "Too few training rows of that kind, or features that do not tell these rows apart; "
            "with --train the report can say which."
        )
    if train.share < RARER * each.share:
        return (
            f"The training rows hold few of that kind: {train.share:.1%} of them, against "
            f"{each.share:.1%} here."
        )
    if train.loss is None or train.rest is None:
        return (
            f"The training rows hold as many of that kind ({train.share:.1%}): the features may "
            "not tell these rows apart, or their labels are noisy."
        )
    gap = (each.difference.value or 0.0) * AS_BAD
    if train.loss - train.rest >= gap:
        return (
            f"The model is weak there on its training rows too (mean loss {train.loss:.4g}, "
            f"elsewhere {train.rest:.4g}): the features do not tell these rows apart, or their "
            "labels are noisy."
        )
    return (
        f"The model fits its training rows there (mean loss {train.loss:.4g}, elsewhere "
        f"{train.rest:.4g}) and fails on new ones: too few or too varied rows of that kind."
    )


def _advice(each: Slice) -> str:
    train = each.train
    read = "Read the rows with the highest loss that the report lists"
    if train is not None and (train.share < RARER * each.share):
        return f"Collect more training rows of that kind, or weigh them up. {read}."
    if train is not None and train.loss is not None and train.rest is not None:
        if train.loss - train.rest >= (each.difference.value or 0.0) * AS_BAD:
            return f"{read}; add a feature that tells right from wrong there, or check the labels."
        return f"Collect more training rows of that kind, or fit a simpler model. {read}."
    return (
        f"{read}; then collect more rows of that kind, or add a feature that tells them apart. "
        "Until then treat answers there with care."
    )
