"""Facets as people write them: ``sex``, ``age>40``, ``race=Black,Asian``, ``sex*race``.

====================  =============================================================================
text                  groups
====================  =============================================================================
``sex``               each value against the rest; a continuous column is cut at its quantiles
``race=Black,Asian``  the rows with any of these values against the rest
``age>40``            the rows for which it holds against the rest; also ``>=``, ``<`` and ``<=``
``age:25,45,65``      bands: up to 25, (25, 45], (45, 65], above 65
``sex*race``          each combination; the parts are any of the above; ``×`` does as well
====================  =============================================================================

Whitespace around the signs is ignored. A text that is itself the name of a column is that column,
whatever signs it has; the part before a sign is the longest one that names a column. Backquotes
keep the signs within a name or a value from being read: ```` `a>b` > 3 ````; a backquote within
them is written twice.
"""

import re
from collections.abc import Collection, Sequence
from itertools import pairwise
from math import isfinite

from assay.bias.facet import FacetSpec, Sign
from assay.errors import ColumnNotFoundError, InputError

_SIGNS = re.compile(r">=|<=|==|≥|≤|>|<|=|:")
_QUOTED = re.compile(r"`(?:[^`]|``)*`")
_COMPARISONS: dict[str, Sign] = {">": ">", "<": "<", ">=": ">=", "<=": "<=", "≥": ">=", "≤": "<="}
_SHOWN = {">": ">", "<": "<", ">=": "≥", "<=": "≤"}
_HOW = (
    "write a column, column=value,value, column>number, column:number,number for bands, or join "
    "two of these with *"
)


def parse_facet(text: str, columns: Collection[str]) -> FacetSpec:
    """Read one facet.

    Parameters
    ----------
    text : str
    columns : collection of str
        Names of the columns that the table has.

    Returns
    -------
    FacetSpec

    Raises
    ------
    ColumnNotFoundError
        If it names a column that is not there.
    InputError
        If it cannot be read.

    Examples
    --------
    >>> parse_facet("age > 40", ["age", "sex"]).comparison
    '>'
    >>> [part.columns for part in parse_facet("sex * age:25,45", ["age", "sex"]).parts]
    [('sex',), ('age',)]
    """
    if text in columns:
        return FacetSpec(column=text)
    parts = tuple(_parse_part(piece, columns) for piece in _parts_of(text, columns))
    if len(parts) == 1:
        return parts[0]
    names = [part.column for part in parts]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        msg = (
            f"the facet {text!r} combines {', '.join(twice)} with itself; name each column once, "
            "or give two facets"
        )
        raise InputError(msg)
    return FacetSpec(parts=parts)


def check_facets(specs: Sequence[FacetSpec]) -> None:
    """Refuse the same facet twice; the order of an intersection's parts makes no difference.

    Raises
    ------
    InputError
    """
    seen: dict[object, FacetSpec] = {}
    for spec in specs:
        same = frozenset(map(_told, spec.parts)) if spec.parts else _told(spec)
        if same in seen:
            names = dict.fromkeys((facet_name(seen[same]), facet_name(spec)))
            msg = f"the facet {' and '.join(names)} was named twice; name it once"
            raise InputError(msg)
        seen[same] = spec


def _told(spec: FacetSpec) -> tuple[object, ...]:
    values = frozenset((type(value).__name__, value) for value in spec.values)
    return spec.column, values, spec.comparison, spec.cuts


def facet_name(spec: FacetSpec) -> str:
    """Return a facet as people read it.

    Examples
    --------
    >>> facet_name(FacetSpec(column="age", comparison=">=", cuts=(40.0,)))
    'age ≥ 40'
    >>> facet_name(FacetSpec(parts=(FacetSpec(column="sex"), FacetSpec(column="race"))))
    'sex × race'
    """
    if spec.parts:
        return " × ".join(facet_name(part) for part in spec.parts)
    cuts = ", ".join(number_text(cut) for cut in spec.cuts)
    if spec.comparison is not None:
        return f"{spec.column} {_SHOWN[spec.comparison]} {cuts}"
    if spec.cuts:
        return f"{spec.column}: {cuts}"
    if spec.values:
        return f"{spec.column} = {', '.join(value_text(value) for value in spec.values)}"
    return spec.column


def number_text(number: float) -> str:
    """Return a number without the point that a whole one does not need.

    Examples
    --------
    >>> number_text(40.0), number_text(0.25)
    ('40', '0.25')
    """
    if isfinite(number) and number == int(number) and abs(number) < 1e15:
        return str(int(number))
    return repr(float(number))


def value_text(value: object) -> str:
    """Return the name of a value; whole floats read like the integers they are."""
    return number_text(value) if isinstance(value, float) else str(value)


def _masked(text: str) -> str:
    """Return the text with what is in backquotes blanked out, of the same length."""
    return _QUOTED.sub(lambda found: "\0" * len(found[0]), text)


def _parts_of(text: str, columns: Collection[str]) -> list[str]:
    """Split at ``*`` and ``×``, but not within the name of a column."""
    ends = [at for at, letter in enumerate(_masked(text)) if letter in "*×"] + [len(text)]
    parts: list[str] = []
    start = 0
    while ends:
        longest = range(len(ends) - 1, 0, -1)
        at = next((i for i in longest if text[start : ends[i]].strip() in columns), 0)
        parts.append(text[start : ends[at]])
        start = ends[at] + 1
        ends = ends[at + 1 :]
    return parts


def _plain(text: str) -> str:
    """Return a name or value without whitespace around it and without its backquotes."""
    text = text.strip()
    whole = _QUOTED.fullmatch(text)
    return text[1:-1].replace("``", "`") if whole else text


def _parse_part(text: str, columns: Collection[str]) -> FacetSpec:
    """Read a facet of one column."""
    name = _plain(text)
    if text.strip() in columns or name in columns:
        return FacetSpec(column=text.strip() if text.strip() in columns else name)
    signs = list(_SIGNS.finditer(_masked(text)))
    for sign in reversed(signs):
        column = _plain(text[: sign.start()])
        if column in columns:
            return _parse_told(text, column, sign[0], text[sign.end() :])
    if not name:
        msg = f"a facet is empty; {_HOW}"
        raise InputError(msg)
    raise ColumnNotFoundError([_plain(text[: signs[0].start()]) if signs else name], columns)


def _parse_told(text: str, column: str, sign: str, told: str) -> FacetSpec:
    pieces = _between_commas(told)
    if any(not piece.strip() for piece in pieces):
        msg = (
            f"the facet {text.strip()!r} has an empty value after {sign!r}; {_HOW}; rows without "
            "a value are left out and counted, or kept as a group of their own where asked for"
        )
        raise InputError(msg)
    if sign in ("=", "=="):
        return FacetSpec(column=column, values=tuple(dict.fromkeys(map(_plain, pieces))))
    cuts = tuple(_number(piece, text) for piece in pieces)
    if sign == ":":
        if any(later <= earlier for earlier, later in pairwise(cuts)):
            msg = (
                f"the bands of {text.strip()!r} must end at rising numbers, for example "
                f"{column}:{','.join(number_text(cut) for cut in sorted(set(cuts)))}"
            )
            raise InputError(msg)
        return FacetSpec(column=column, cuts=cuts)
    if len(cuts) > 1:
        msg = (
            f"the facet {text.strip()!r} compares with {len(cuts)} numbers, and one is needed; "
            f"for bands write {column}:{','.join(number_text(cut) for cut in sorted(set(cuts)))}"
        )
        raise InputError(msg)
    return FacetSpec(column=column, comparison=_COMPARISONS[sign], cuts=cuts)


def _between_commas(text: str) -> list[str]:
    commas = [at for at, letter in enumerate(_masked(text)) if letter == ","]
    return [text[start + 1 : end] for start, end in pairwise([-1, *commas, len(text)])]


def _number(piece: str, text: str) -> float:
    try:
        number = float(_plain(piece))
    except ValueError:
        number = float("nan")
    if not isfinite(number):
        msg = (
            f"the facet {text.strip()!r} needs a number where it has {_plain(piece)!r}; write "
            "numbers with a point before the decimals, and column=value for values that are text"
        )
        raise InputError(msg)
    return number
