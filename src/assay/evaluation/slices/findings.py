"""Judged slices in; what a person should know of them out."""

from dataclasses import replace

from assay.evaluation.slices.result import Slice, SliceSearch
from assay.evaluation.slices.severity import Weight, weight_of
from assay.evaluation.spoken import told as spoken
from assay.result import Finding, Json

MAX_FINDINGS = 3
RARER = 0.5
AS_BAD = 0.5
MAX_NAMED_ROWS = 10


def slice_findings(search: SliceSearch) -> tuple[Finding, ...]:
    """Return one finding for each confirmed slice; those that share its rows are folded under it.

    A warning is a slice whose losses are more than was to be expected: more than its scores
    foresee, or predicted numbers that lean to one side there. A slice whose errors the scores
    foresee is where the outcome is uncertain: worth knowing, no more. Where nothing can be
    foreseen, a mean loss that exceeds the rest's by a tenth is a warning. At most three stand by
    themselves; further ones are folded under the third.

    Parameters
    ----------
    search : SliceSearch

    Returns
    -------
    tuple of Finding
    """
    heads = {each.name: _finding(each, search) for each in search.confirmed if not each.part_of}
    for each in search.confirmed:
        if each.part_of in heads:
            _fold(heads, each.part_of, (_finding(each, search),))
    made = sorted(heads.values(), key=lambda finding: finding.severity != "warning")
    if len(made) <= MAX_FINDINGS:
        return tuple(made)
    last = replace(
        made[MAX_FINDINGS - 1],
        consequences=(*made[MAX_FINDINGS - 1].consequences, *made[MAX_FINDINGS:]),
    )
    return (*made[: MAX_FINDINGS - 1], last)


def _fold(heads: dict[str, Finding], name: str, under: tuple[Finding, ...]) -> None:
    """Put findings under another one, which is as severe as the worst of them."""
    head = heads[name]
    severe = "warning" in (head.severity, *(each.severity for each in under))
    heads[name] = replace(
        head,
        severity="warning" if severe else "info",
        consequences=(*head.consequences, *under),
    )


def _finding(each: Slice, search: SliceSearch) -> Finding:
    columns: list[Json] = list(dict.fromkeys(c.column for c in each.conditions))
    examples: list[Json] = [row.row for row in each.examples[:MAX_NAMED_ROWS]]
    beyond = each.beyond
    weight = weight_of(each, len(search.confirmed))
    return Finding(
        rule="weak_slice",
        severity="warning" if weight == "weak" else "info",
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
            "beyond": None if beyond is None else beyond.value,
        },
        cause=_cause(each, weight),
        advice=_advice(each, weight),
    )


def _message(each: Slice, search: SliceSearch) -> str:
    loss, rest = each.loss.value or 0.0, each.rest.value or 0.0
    if search.loss == "error":
        told = f"{loss:.1%} of the answers are wrong, against {rest:.1%} elsewhere"
    else:
        what = "mean loss" if search.metric.startswith("mean of") else search.metric
        told = f"the {what} is {spoken(loss)}, against {spoken(rest)} elsewhere"
    carried = ""
    if each.share_of_loss is not None:
        what = "errors" if search.loss == "error" else "loss"
        carried = (
            f"; these {each.share:.0%} of the rows carry {each.share_of_loss:.0%} of all {what}"
        )
    return f"Where {each.name}, {told}{carried}{_expected(each, search)}."


def _expected(each: Slice, search: SliceSearch) -> str:
    """Say how that compares with what the scores foresee, or where numbers lean."""
    beyond = each.beyond
    if beyond is None or beyond.value is None or beyond.low is None or beyond.high is None:
        return ""
    if each.beyond_kind == "lean":
        side = "too high" if beyond.value > 0 else "too low"
        if beyond.low > 0 or beyond.high < 0:
            return f"; predictions are {side} there by {spoken(abs(beyond.value))} on average"
        return "; predictions lean to neither side there"
    foreseen = (each.loss.value or 0.0) - beyond.value
    told = f"{foreseen:.1%}" if search.loss == "error" else spoken(foreseen)
    return f"; the scores foresee {told} there"


def _cause(each: Slice, weight: Weight) -> str:
    if weight == "slight":
        return "The rows differ a little from the rest, beyond chance as there are many."
    if weight == "foreseen":
        return "The outcome is uncertain there, and the scores say so."
    if weight == "no lean":
        return "The numbers vary more there; predictions are not off to one side."
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
            f"The model is weak there on its training rows too (mean loss {spoken(train.loss)}, "
            f"elsewhere {spoken(train.rest)}): the features do not tell these rows apart, or "
            "their labels are noisy."
        )
    return (
        f"The model fits its training rows there (mean loss {spoken(train.loss)}, elsewhere "
        f"{spoken(train.rest)}) and fails on new ones: too few or too varied rows of that kind."
    )


def _advice(each: Slice, weight: Weight) -> str:
    if weight == "slight":
        return "Nothing needs doing unless these rows matter more than others."
    if weight in ("foreseen", "no lean"):
        return "Only another feature would tell these rows apart; treat answers there with care."
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
