"""Facets as they were asked for in, facets settled on the rows out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod

from assay.bias.facet import Facet, FacetSpec
from assay.bias.facet_text import check_facets, facet_name
from assay.bias.listed_values import converted, match_values
from assay.bias.resolve_columns import NUMBERS, ColumnValues, read_columns
from assay.bias.resolve_groups import nothing_to_compare
from assay.bias.resolve_intersections import MAX_COMBINED, intersection_facet, part_groups
from assay.bias.resolve_kinds import is_continuous, threshold_of
from assay.bias.resolve_numbers import bands_facet, condition_facet, quantiles_facet
from assay.bias.resolve_values import listed_facet, values_facet
from assay.bias.result import LeftOut
from assay.data.dataset import Dataset
from assay.data.requests import CubeRequest, Request
from assay.data.schema import Schema
from assay.errors import ColumnNotFoundError, InputError
from assay.result import Finding
from assay.tables.cube import Cube, Level

BINS = 4
MAX_GROUPS = 200
_NEVER = ("label", "prediction", "score", "weight")


@dataclass(frozen=True, kw_only=True, eq=False)
class ResolvedFacets:
    """The facets that can be looked at, and why others cannot.

    Parameters
    ----------
    facets : tuple of Facet
        In the order in which they were asked for.
    left_out : tuple of LeftOut
        Facets with fewer than two groups; the others stand.
    findings : tuple of Finding
    """

    facets: tuple[Facet, ...]
    left_out: tuple[LeftOut, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Options:
    bins: int
    max_groups: int
    keep_missing: bool


def resolve_facets(
    specs: Sequence[FacetSpec],
    data: Dataset,
    *,
    bins: int = BINS,
    max_groups: int = MAX_GROUPS,
    keep_missing: bool = False,
) -> ResolvedFacets:
    """Settle facets on the rows: which values there are, where to cut, which groups that makes.

    What a column without listed values, and a listed number that may be a threshold, means is
    decided by its kind: a kind that was declared wins; truth values, text and columns of two
    values are categories; a number with more than 20 distinct values, and with one threshold or
    none, is continuous; anything else is categories. `Facet.why` says which it was.

    One scan reads the facets' columns, a second one those of intersections.

    Parameters
    ----------
    specs : sequence of FacetSpec
    data : Dataset
    bins : int
        Groups of about equal size that a continuous column without thresholds is cut into.
    max_groups : int
        Most groups of a facet; rarer values are gathered in ``(other)``.
    keep_missing : bool
        Whether rows without a value are a group of their own, ``(missing)``.

    Returns
    -------
    ResolvedFacets

    Raises
    ------
    ColumnNotFoundError
        If a column is not in the table.
    InputError
        If a facet is the label, a threshold or a listed value means nothing there, or a facet was
        named twice.

    Examples
    --------
    >>> data = Dataset.read({"sex": ["f", "m", "f"], "paid": [True, False, True]}, label="paid")
    >>> resolve_facets([FacetSpec(column="sex")], data).facets[0].groups
    ('f', 'm')
    """
    if bins < 2 or max_groups < 3:
        msg = f"a facet needs 2 bins and 3 groups at least, not {bins} and {max_groups}"
        raise InputError(msg)
    check_facets(specs)
    for spec in specs:
        _check_columns(spec, data)
    names = dict.fromkeys(name for spec in specs for name in spec.columns)
    columns = read_columns(data, list(names), _listed(specs, data)) if names else {}
    told = _Options(bins=bins, max_groups=max_groups, keep_missing=keep_missing)
    settled = _settle_all(specs, data, columns, told)
    facets = tuple(each for each in settled if isinstance(each, Facet))
    return ResolvedFacets(
        facets=facets,
        left_out=tuple(each for each in settled if isinstance(each, LeftOut)),
        findings=tuple(_absent(specs, columns)),
    )


def _check_columns(spec: FacetSpec, data: Dataset) -> None:
    schema: Schema = data.schema
    missing = [name for name in spec.columns if name not in schema.names]
    if missing:
        raise ColumnNotFoundError(missing, schema.names)
    for name in spec.columns:
        role = schema[name].role
        if role in _NEVER:
            msg = (
                f"the facet {facet_name(spec)!r} is the {role} column {name!r}; a facet says "
                "whose rows are compared: name a column such as sex or age"
            )
            raise InputError(msg)
        if data.holds_lists(name) or schema[name].storage == "binary":
            msg = f"the facet column {name!r} holds no single values; name another column"
            raise InputError(msg)


def _settle_all(
    specs: Sequence[FacetSpec],
    data: Dataset,
    columns: Mapping[str, ColumnValues],
    told: _Options,
) -> list[Facet | LeftOut]:
    parts: dict[int, list[Facet]] = {}
    settled: list[Facet | LeftOut | None] = []
    for at, spec in enumerate(specs):
        if not spec.parts:
            settled.append(_settle(spec, columns[spec.column], told))
            continue
        found = _settle_parts(spec, columns, told)
        reasons = [each.reason for each in found if isinstance(each, LeftOut)]
        settled.append(_without_part(spec, reasons) if reasons else None)
        if not reasons:
            parts[at] = [each for each in found if isinstance(each, Facet)]
    cubes = data.scan({str(at): _meetings(each) for at, each in parts.items()}) if parts else {}
    for at, each in parts.items():
        cube = cubes[str(at)]
        assert isinstance(cube, Cube)
        settled[at] = intersection_facet(specs[at], each, cube, max_groups=told.max_groups)
    return [each for each in settled if each is not None]


def _settle_parts(
    spec: FacetSpec, columns: Mapping[str, ColumnValues], told: _Options
) -> list[Facet | LeftOut]:
    """Settle the parts of an intersection, more coarsely where too many combinations can be."""
    found = [_settle(part, columns[part.column], told) for part in spec.parts]
    if prod(len(each.groups) for each in found if isinstance(each, Facet)) <= MAX_COMBINED:
        return found
    fewer = replace(told, max_groups=part_groups(told.max_groups, len(spec.parts)))
    return [_settle(part, columns[part.column], fewer) for part in spec.parts]


def _meetings(parts: Sequence[Facet]) -> Request:
    keys = [key for part in parts for key in part.keys]
    return CubeRequest(by={f"key{at}": key for at, key in enumerate(keys)})


def _without_part(spec: FacetSpec, reasons: Sequence[str]) -> LeftOut:
    return replace(nothing_to_compare(spec, ""), reason="; ".join(reasons))


def _settle(spec: FacetSpec, values: ColumnValues, told: _Options) -> Facet | LeftOut:
    keep = told.keep_missing
    if not values.n_values:
        return nothing_to_compare(spec, f"no row has a value in {values.name!r}")
    if spec.comparison is not None:
        return condition_facet(spec, values, why="", keep_missing=keep)
    if spec.cuts:
        return bands_facet(spec, values, keep_missing=keep)
    continuous, why = is_continuous(spec, values)
    if spec.values:
        if not continuous:
            return listed_facet(spec, values, keep_missing=keep)
        cut = threshold_of(spec)
        assert cut is not None
        above = FacetSpec(column=spec.column, comparison=">", cuts=(cut,))
        why = f"{why}: the listed number is a threshold"
        return condition_facet(above, values, why=why, keep_missing=keep)
    if continuous:
        return quantiles_facet(spec, values, why=why, bins=told.bins, keep_missing=keep)
    return values_facet(spec, values, why=why, max_groups=told.max_groups, keep_missing=keep)


def _listed(specs: Sequence[FacetSpec], data: Dataset) -> dict[str, list[Level]]:
    """Return what the listed values of columns of numbers may mean there."""
    found: dict[str, list[Level]] = {}
    for spec in (part for each in specs for part in (each.parts or (each,))):
        storage = data.schema[spec.column].storage
        if spec.values and storage in NUMBERS:
            meant = (level for value in spec.values for level in converted(value, storage))
            found.setdefault(spec.column, []).extend(meant)
    return found


def _absent(specs: Sequence[FacetSpec], columns: Mapping[str, ColumnValues]) -> list[Finding]:
    """Return what was listed, matched, and only in part found."""
    findings: list[Finding] = []
    for spec in (part for each in specs for part in (each.parts or (each,))):
        values = columns[spec.column]
        if not spec.values or not values.n_values or is_continuous(spec, values)[0]:
            continue
        found, absent = match_values(spec.values, values)
        if absent:
            findings.append(_finding_of_absent(spec, found, absent))
    return findings


def _finding_of_absent(
    spec: FacetSpec, found: Sequence[Level], absent: Sequence[Level]
) -> Finding:
    gone = ", ".join(repr(value) for value in absent)
    return Finding(
        rule="facet_values_absent",
        severity="info",
        message=f"No row has {gone} in {spec.column!r}; the facet is made of the other values.",
        where={"columns": [spec.column], "facet": facet_name(spec)},
        evidence={"absent": list(absent), "found": list(found)},
        cause="The value is spelled otherwise in the data, or these rows do not hold it.",
        advice="Compare the spelling with the values of the column.",
    )
