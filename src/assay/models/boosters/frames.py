"""Frames as the owner of a booster would hand them over: categories, and numbers as numbers."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from assay.errors import InputError
from assay.models.containers import require_pandas
from assay.models.labels import label_text
from assay.models.predictor import ClassLabel

if TYPE_CHECKING:
    import pandas as pd

MADE_UP_NAME = re.compile(r"(Column_|f|x|)\d+")
"""Names that LightGBM, XGBoost and CatBoost give to the columns of an array."""
Categories = Sequence[ClassLabel]


def real_names(names: Sequence[str] | None) -> tuple[str, ...] | None:
    """Return the names of a model's columns; None where a library made them up.

    Examples
    --------
    >>> real_names(["age", "f1"]), real_names(["f0", "f1"]), real_names(["0", "1"])
    (('age', 'f1'), None, None)
    """
    if names is None or len(names) == 0:
        return None
    found = tuple(str(name) for name in names)
    prefix = found[0].rstrip("0123456789")
    made_up = tuple(f"{prefix}{place}" for place in range(len(found)))
    return None if found == made_up and MADE_UP_NAME.fullmatch(found[0]) else found


def text_columns(frame: "pd.DataFrame") -> list[str]:
    """Return the columns that a booster can only read as categories: neither number nor time.

    Examples
    --------
    >>> import pandas as pd
    >>> text_columns(pd.DataFrame({"a": [1], "b": ["x"], "c": pd.Categorical(["y"])}))
    ['b', 'c']
    """
    return [
        name
        for name, dtype in zip(frame.columns, frame.dtypes, strict=True)
        if str(dtype) == "category" or dtype.kind not in "biufcmM"
    ]


def truths_as_numbers(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Return the frame with truth values beside missing ones as 0, 1 and NaN.

    pandas keeps such a column as objects, which no booster reads. Columns of objects without
    any value become NaN.
    """
    changed = {}
    kinds = zip(frame.columns, frame.dtypes, strict=True)
    for name in [name for name, each in kinds if each.kind == "O" and str(each) != "category"]:
        known = frame[name].dropna()
        if known.map(lambda value: isinstance(value, bool)).all():
            changed[name] = frame[name].astype("float64")
    return frame.assign(**changed) if changed else frame


def with_categories(
    frame: "pd.DataFrame", categories: Mapping[str, Categories | None]
) -> "pd.DataFrame":
    """Return the frame with columns made categorical.

    Parameters
    ----------
    frame : pandas.DataFrame
    categories : mapping of str to sequence or None
        The categories that a model knows, in its order: any other value becomes missing. None
        keeps those of the column.

    Examples
    --------
    >>> import pandas as pd
    >>> made = with_categories(pd.DataFrame({"a": ["x", "q", "y"]}), {"a": ["y", "x"]})
    >>> made["a"].cat.codes.tolist()
    [1, -1, 0]
    """
    changed = {
        name: _categorical(frame[name], known)
        for name, known in categories.items()
        if known is not None
    }
    return frame.assign(**changed) if changed else frame


def _categorical(column: "pd.Series", known: Categories) -> "pd.Series":
    pandas = require_pandas()
    target = pandas.CategoricalDtype(list(known))
    if column.dtype == target:
        return column
    values = column.astype(object) if str(column.dtype) == "category" else column
    texts = [isinstance(value, str) for value in values.dropna().head(1)]
    if known and texts and texts[0] != isinstance(known[0], str):
        # "1" in the table and 1 in the model (or the reverse) are the same category.
        by_text = {label_text(each): each for each in known}
        values = values.map(lambda value: by_text.get(label_text(value)), na_action="ignore")
    codes = target.categories.get_indexer(values)  # -1 for what it does not hold
    return pandas.Series(pandas.Categorical.from_codes(codes, dtype=target), index=column.index)


def refuse_unknown_text(frame: "pd.DataFrame", allowed: Collection[str], library: str) -> None:
    """Refuse text in a column that the model reads as a number.

    Raises
    ------
    InputError
        Naming the column.
    """
    strange = [name for name in text_columns(frame) if name not in allowed]
    if strange:
        listed = ", ".join(map(str, strange[:10])) + (", …" if len(strange) > 10 else "")
        msg = (
            f"the {library} model reads these columns as numbers, and the table has text in them: "
            f"{listed}; give the table as it was when the model was fitted (numbers, or the codes "
            "that stood for the text)"
        )
        raise InputError(msg)
