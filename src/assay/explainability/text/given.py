"""What the user gave to be explained: texts alone, or a table with a column of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from assay.data.dataset import Dataset
from assay.errors import ColumnNotFoundError, InputError
from assay.explainability.maskers.text import Beside, ColumnsBeside, TextsAlone
from assay.explainability.pool import pool_rows
from assay.explainability.rows import rows_for, take_rows, to_polars
from assay.models.containers import container_of
from assay.models.local import LocalModel

TEXT = "text"
BACKGROUND_ROWS = 50
"""Background rows of the columns beside a text; of more a sample is taken."""


@dataclass(frozen=True, eq=False)
class GivenTexts:
    """Texts, and what is beside each.

    Parameters
    ----------
    texts : tuple of str
    column : str
    beside : sequence of Beside
        One for each text.
    cells : tuple of dict
        The columns that are players, and the row's values in them, as text; one for each text.
    n_background : int
    """

    texts: tuple[str, ...]
    column: str
    beside: Sequence[Beside]
    cells: tuple[dict[str, str], ...]
    n_background: int = 0


def is_table(given: object) -> bool:
    """Tell a table with columns from a sequence of texts.

    Examples
    --------
    >>> is_table(["a text"]), is_table(pl.DataFrame({"text": ["a text"]}))
    (False, True)
    """
    return isinstance(given, Dataset | dict) or hasattr(given, "columns")


def read_texts(
    model: object,
    given: Any,  # noqa: ANN401  texts, a table or a Dataset
    *,
    column: str | None,
    features: Sequence[str] | None,
    background_rows: Any,  # noqa: ANN401
    seed: int,
) -> GivenTexts:
    """Read what is to be explained.

    Raises
    ------
    InputError
        If there is no text, a text is missing, the column of texts cannot be told, or columns
        beside it have no background rows.
    """
    if not is_table(given):
        texts = _texts([given] if isinstance(given, str) else given)
        name = column or TEXT
        alone = TextsAlone(_wrapper(model, name))
        return GivenTexts(texts, name, [alone] * len(texts), ({},) * len(texts))
    rows = _features(rows_for(model, given), column, features)
    frame = to_polars(rows)
    name = _text_column(frame, column)
    texts = _texts(frame[name].to_list())
    if _reads_only_text(model):
        alone = TextsAlone(_wrapper(model, name))
        return GivenTexts(texts, name, [alone] * len(texts), ({},) * len(texts))
    players = [each for each in frame.columns if each != name]
    filling = _filling(rows, background_rows, name, players, seed)
    weights = np.full(len(filling), 1 / len(filling))
    beside = [
        ColumnsBeside(pool_rows([take_rows(rows, [place]), filling]), weights, name, players)
        for place in range(len(texts))
    ]
    cells = tuple({key: str(row[key]) for key in players} for row in frame.to_dicts())
    return GivenTexts(texts, name, beside, cells, len(filling) if players else 0)


def _wrapper(model: object, column: str) -> Any:  # noqa: ANN401  a function, or None
    """Return what makes the model's container of a list of texts; None where it reads the list."""
    if isinstance(model, LocalModel):
        polars = model.info.container == "polars"
        return (lambda texts: pl.Series(column, texts, dtype=pl.String)) if polars else None
    if hasattr(model, "info") and hasattr(model, "calls"):
        return lambda texts: pl.DataFrame({column: texts}, schema={column: pl.String})
    return None


def _reads_only_text(model: object) -> bool:
    if not isinstance(model, LocalModel):
        return False
    return model.wanted.one_column or (
        model.info.library == "transformers" and model.wanted.names is None
    )


def _texts(given: Any) -> tuple[str, ...]:  # noqa: ANN401
    if not isinstance(given, Iterable):
        msg = f"a text or a list of texts is wanted, not {type(given).__name__}"
        raise InputError(msg)
    texts = list(given)
    if not texts:
        msg = "no text was given; give at least one"
        raise InputError(msg)
    bad = [place for place, text in enumerate(texts) if not isinstance(text, str)]
    if bad:
        found = texts[bad[0]]
        what = "missing" if found is None or found != found else f"{type(found).__name__}"
        msg = (
            f"{len(bad):,} of {len(texts):,} texts are none, the first is row {bad[0]} ({what}); "
            "leave these rows out, or give an empty text"
        )
        raise InputError(msg)
    return tuple(str(text) for text in texts)


def _features(rows: Any, column: str | None, features: Sequence[str] | None) -> Any:  # noqa: ANN401
    if container_of(rows) == "numpy":
        msg = "columns beside a text are known by name; give a frame instead of an array"
        raise InputError(msg)
    if features is None:
        return rows
    missing = [name for name in features if name not in list(rows.columns)]
    if missing:
        raise ColumnNotFoundError(missing, [str(name) for name in rows.columns])
    wanted = {*features} | ({column} if column else set())
    return rows[[name for name in rows.columns if name in wanted]]


def _text_column(frame: pl.DataFrame, column: str | None) -> str:
    if column is not None:
        if column not in frame.columns:
            raise ColumnNotFoundError([column], frame.columns)
        return column
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    if len(texts) == 1:
        return texts[0]
    found = f"several columns hold text: {', '.join(texts)}" if texts else "no column holds text"
    msg = f"{found}; name the one to be cut into units with column="
    raise InputError(msg)


def _filling(
    rows: Any,  # noqa: ANN401
    background: Any,  # noqa: ANN401
    column: str,
    players: Sequence[str],
    seed: int,
) -> Any:  # noqa: ANN401
    """Return the background rows of the columns beside the text, in the rows' container."""
    if background is None:
        background = rows
        if players and len(rows) == 1:
            msg = (
                f"the columns beside the text ({', '.join(players)}) need background rows to be "
                f"switched off; give background_rows=, or leave them out: features=[{column!r}]"
            )
            raise InputError(msg)
    missing = [name for name in players if name not in list(background.columns)]
    if missing:
        raise ColumnNotFoundError(missing, list(background.columns), where="the background")
    if len(background) == 0:
        msg = "background_rows hold no rows; give at least one"
        raise InputError(msg)
    if len(background) > BACKGROUND_ROWS:
        drawn = np.random.default_rng(seed).permutation(len(background))[:BACKGROUND_ROWS]
        background = take_rows(background, np.sort(drawn))
    if container_of(background) == "polars":
        return background.with_columns(pl.lit("").alias(column)).select(rows.columns)
    background = background.copy()
    background[column] = ""
    return background[list(rows.columns)]
