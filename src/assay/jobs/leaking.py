"""What the leakage section found in; the columns that no simple model may learn from, out."""

from collections.abc import Mapping

from assay.result import Finding, Result

RULES = frozenset({"leak_target", "leak_missing", "leak_time_col"})


def leaking_columns(
    finished: Mapping[str, Result], *, judged: bool, ignored: frozenset[str] = frozenset()
) -> frozenset[str]:
    """Return the columns that know the label and that the judged model does not read.

    A simple model that learns from them would be a bar that nothing honest can reach. Where the
    judged model reads such a column, simple models read it too: both then know as much, and the
    finding says so. Where there is no model, columns are left out that are found to be errors.

    Parameters
    ----------
    finished : mapping of str to Result
        Sections that have run.
    judged : bool
        Whether answers are judged.
    ignored : frozenset of str
        Rules whose findings the user set aside: the columns are honest then.

    Returns
    -------
    frozenset of str

    Examples
    --------
    >>> leaking_columns({}, judged=True)
    frozenset()
    """
    found = finished.get("leakage")
    if found is None:
        return frozenset()
    told = [each for each in found.findings if each.rule in RULES - ignored]
    return frozenset(
        str(name) for each in told if _left_out(each, judged=judged) for name in _columns(each)
    )


def _left_out(finding: Finding, *, judged: bool) -> bool:
    if judged:
        return finding.evidence.get("read_by_the_model") is False
    return finding.severity == "error"


def _columns(finding: Finding) -> list[object]:
    columns = finding.where.get("columns")
    return list(columns) if isinstance(columns, list) else []
