"""Samples of judged and train texts in; those that are nearly the same out."""

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.data.engines.mixing import choose_rows
from assay.data_quality.leakage.near_numbers import NearTwins
from assay.data_quality.leakage.row_keys import trimmed
from assay.data_quality.leakage.tables import LeakTables

MOST_TRAIN, MOST_JUDGED = 20_000, 2_000
SHINGLE = 5
ALIKE = 0.8
MOST_CHARACTERS = 2_000
BUCKETS = 2**20
AT_ONCE = 250


def near_text_twins(tables: LeakTables) -> NearTwins | str:
    """Find judged texts that share most of their five-letter pieces with a train text.

    A near twin has a Jaccard index of 0.8 or more in a column of free text, and is not equal. The
    index is exact up to collisions of hashes; the first 2,000 letters of a text count.

    Parameters
    ----------
    tables : LeakTables
        With train rows.

    Returns
    -------
    NearTwins or str
        A text says why it cannot be told.
    """
    assert tables.train is not None
    columns = [column.name for column in tables.described if column.kind == "text"]
    if not columns:
        return "there is no column of free text"
    train = tables.train.data.sample(MOST_TRAIN, seed=tables.seed)
    judged = tables.data.data.sample(MOST_JUDGED, seed=tables.seed)
    own = np.sort(np.random.default_rng(tables.seed).permutation(train.height)[:MOST_JUDGED])
    near = np.zeros(judged.height, dtype=bool)
    within = np.zeros(len(own), dtype=bool)
    for name in columns:
        learned = _prepared(train[name])
        pieces = _pieces(learned)
        near |= _alike(_prepared(judged[name]), learned, pieces)
        within |= _alike([learned[at] for at in own], learned, pieces, own=own)
    return NearTwins(
        choose_rows(tables.data.rows, judged.height, seed=tables.seed),
        near,
        within,
        f"texts of {judged.height:,} judged rows against {train.height:,} train rows",
    )


def _prepared(values: pl.Series) -> list[str]:
    cut = trimmed(values).fill_null("").str.slice(0, MOST_CHARACTERS)
    return cut.str.to_lowercase().str.replace_all(r"\s+", " ").to_list()


def _pieces(texts: list[str]) -> Any:  # noqa: ANN401 - a sparse matrix of SciPy
    """Return which pieces each text has, a row a text."""
    from sklearn.feature_extraction.text import HashingVectorizer

    hashing = HashingVectorizer(
        analyzer="char",
        ngram_range=(SHINGLE, SHINGLE),
        n_features=BUCKETS,
        binary=True,
        norm=None,  # type: ignore[arg-type]
        alternate_sign=False,
        lowercase=False,
    )
    return hashing.transform(texts)


def _alike(
    texts: list[str],
    learned: list[str],
    pieces: Any,  # noqa: ANN401
    *,
    own: NDArray[np.int64] | None = None,
) -> NDArray[np.bool_]:
    """Return which texts have a near twin among the learned ones, and no equal one."""
    sizes = np.asarray(pieces.sum(axis=1)).ravel()
    known = {text: at for at, text in enumerate(learned)}
    turned = pieces.T.tocsr()
    flags = np.zeros(len(texts), dtype=bool)
    for start in range(0, len(texts), AT_ONCE):
        mine = _pieces(texts[start : start + AT_ONCE])
        shared = (mine @ turned).tocoo()
        counts = np.asarray(mine.sum(axis=1)).ravel()
        index = shared.data / (counts[shared.row] + sizes[shared.col] - shared.data)
        keep = index >= ALIKE
        if own is not None:
            keep &= own[start + shared.row] != shared.col
        for row, column in zip(shared.row[keep], shared.col[keep], strict=True):
            flags[start + row] |= learned[column] != texts[start + row]
    equal = np.array([text in known for text in texts])
    return flags & ~equal if own is None else flags
