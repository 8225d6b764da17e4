"""The original's report where what it refuses is an entry, and the rest of the report stands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from assay.bias.compat.cell import DESCRIPTIONS
from assay.bias.compat.report import POST_KEY, PRE_KEY, report_sections
from assay.bias.compat.request import CompatFacet, CompatRequest
from assay.data.dataset import Dataset
from assay.errors import InputError
from assay.result import Json


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A part of the report that the original refuses, which ends its job.

    Parameters
    ----------
    section : str
        ``pre_training_bias_metrics`` or ``post_training_bias_metrics``.
    column : str
        The facet's.
    reason : str
        The original's words, and what was found.
    """

    section: str
    column: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class StandingReport:
    """What the original reports, and what it refuses.

    Parameters
    ----------
    sections : dict
        In the shape of analysis.json. A refused facet has one entry, in which every metric has
        no value and the reason as its error.
    refused : tuple of Refusal
    """

    sections: dict[str, Json]
    refused: tuple[Refusal, ...] = ()


def standing_report(
    dataset: Dataset,
    request: CompatRequest,
    *,
    pre: Sequence[str],
    post: Sequence[str],
    max_flip_rows: int | None = None,
) -> StandingReport:
    """Compute the original's report; each section of a facet that it refuses is an entry.

    The rows are read twice, and twice more for each section and facet where anything is refused.

    Parameters
    ----------
    dataset : Dataset
    request : CompatRequest
    pre, post : sequence of str
        Codes in the order of the report; () leaves the section out.
    max_flip_rows : int or None

    Examples
    --------
    >>> rows = {"sex": ["f", "m"] * 30, "pay": [1.5, 2.5] * 30, "y": ["a", "b", "b"] * 20}
    >>> facets = (CompatFacet(column="pay"), CompatFacet(column="sex", values=("f",)))
    >>> request = CompatRequest(label="y", positive=("a",), facets=facets)
    >>> made = standing_report(Dataset.read(rows), request, pre=("CI",), post=())
    >>> [each.column for each in made.refused]
    ['pay']
    >>> made.sections["pre_training_bias_metrics"]["facets"]["sex"][0]["metrics"][0]["value"]
    0.0
    """
    try:
        sections = report_sections(
            dataset, request, pre=pre, post=post, max_flip_rows=max_flip_rows
        )
    except InputError:
        return _piece_by_piece(dataset, request, pre, post, max_flip_rows)
    return StandingReport(sections=sections)


def _piece_by_piece(
    dataset: Dataset,
    request: CompatRequest,
    pre: Sequence[str],
    post: Sequence[str],
    max_flip_rows: int | None,
) -> StandingReport:
    sections: dict[str, Json] = {}
    refused: list[Refusal] = []
    for key, codes in ((PRE_KEY, pre), (POST_KEY, post)):
        if not codes:
            continue
        asked = {"pre": codes, "post": ()} if key == PRE_KEY else {"pre": (), "post": codes}
        text, facets = _listed(request.positive), dict[str, list[Json]]()
        for facet in request.facets:
            one = replace(request, facets=(facet,))
            try:
                made = report_sections(dataset, one, **asked, max_flip_rows=max_flip_rows)
            except InputError as refusal:
                found: list[Json] = [_refused_entry(facet, codes, str(refusal))]
                refused.append(Refusal(section=key, column=facet.column, reason=str(refusal)))
            else:
                section = cast("dict[str, Json]", made[key])
                text = str(section["label_value_or_threshold"])
                found = cast("dict[str, list[Json]]", section["facets"])[facet.column]
            facets.setdefault(facet.column, []).extend(found)
        sections[key] = {
            "label": request.label,
            "label_value_or_threshold": text,
            "facets": dict[str, Json](facets),
        }
    return StandingReport(sections=sections, refused=tuple(refused))


def _refused_entry(facet: CompatFacet, codes: Sequence[str], reason: str) -> dict[str, Json]:
    cells: list[Json] = [
        {"name": code, "description": DESCRIPTIONS[code], "value": None, "error": reason}
        for code in codes
    ]
    return {"value_or_threshold": _listed(facet.values), "metrics": cells}


def _listed(values: Sequence[object]) -> str:
    return ",".join(str(value) for value in values)
