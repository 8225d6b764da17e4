"""What a report of the original is made of: columns, values and metrics."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import narwhals as nw

from assay.errors import InputError
from assay.tables.cube import Level


@dataclass(frozen=True, kw_only=True, eq=False)
class CompatFacet:
    """One facet as a config names it.

    Parameters
    ----------
    column : str
    values : tuple
        Listed values, or one threshold; () reports each value of the column.
    """

    column: str
    values: tuple[Level, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class CompatRequest:
    """What is asked of the rows.

    Parameters
    ----------
    label : str
    positive : tuple
        Values of the label that are positive, or one threshold.
    facets : tuple of CompatFacet
    prediction : str, narwhals.Expr or None
        The column of predicted labels, or what makes them from the dataset's columns as values of
        the label.
    predicted_positive : tuple or None
        Positive values of the prediction; None for those of the label.
    group_variable : str or None
        Column of subgroups, for CDDL and CDDPL.
    features : tuple of str or None
        Columns that the flip test may look at; None is every column of the dataset but those with
        the roles label, prediction and score.
    """

    label: str
    positive: tuple[Level, ...]
    facets: tuple[CompatFacet, ...]
    prediction: str | nw.Expr | None = None
    predicted_positive: tuple[Level, ...] | None = None
    group_variable: str | None = None
    features: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse a report without positive values, or without a facet.

        Raises
        ------
        InputError
            If there is neither value nor threshold, or no facet.
        """
        if not self.positive:
            msg = "Positive label values or threshold are empty: say which label is positive"
            raise InputError(msg)
        if not self.facets:
            msg = "no facet is given; name at least one column whose groups are compared"
            raise InputError(msg)


FacetsAsked = (
    Sequence[CompatFacet] | Mapping[str, Sequence[Level]] | Sequence[tuple[str, Sequence[Level]]]
)


def as_facets(asked: FacetsAsked) -> tuple[CompatFacet, ...]:
    """Return facets from pairs of a column and its values, or from a mapping.

    Examples
    --------
    >>> [facet.values for facet in as_facets({"sex": ["f"], "age": []})]
    [('f',), ()]
    """
    pairs = asked.items() if isinstance(asked, Mapping) else asked
    return tuple(
        each if isinstance(each, CompatFacet) else CompatFacet(column=each[0], values=(*each[1],))
        for each in pairs
    )


def choose_methods(asked: Sequence[str] | str | None, known: Sequence[str]) -> tuple[str, ...]:
    """Return codes in alphabetical order, each once; "all" is all, None is none.

    Raises
    ------
    InputError
        If a code is unknown.

    Examples
    --------
    >>> choose_methods(["KL", "CI", "KL"], ["CI", "KL", "LP"])
    ('CI', 'KL')
    """
    if asked is None:
        return ()
    if isinstance(asked, str):
        asked = known if asked == "all" else (asked,)
    unknown = [code for code in dict.fromkeys(asked) if code not in known]
    if unknown:
        msg = f"unknown metrics: {', '.join(map(str, unknown))}; there is: {', '.join(known)}"
        raise InputError(msg)
    return tuple(sorted(set(asked)))
