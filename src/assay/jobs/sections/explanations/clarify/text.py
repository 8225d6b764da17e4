"""Shapley values of the pieces of free text, as text_config asks for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.errors import InputError
from assay.explainability.planning import FEW_CALLS
from assay.explainability.scores import Scores
from assay.explainability.text.clarify import aggregated
from assay.explainability.text.explain import explain_text
from assay.explainability.text.explanation import TextExplanation
from assay.explainability.text.findings import stopped
from assay.explainability.text.units import split_text
from assay.jobs.asked import AskedExplanations, AskedShap, AskedText
from assay.jobs.section import SectionContext
from assay.jobs.sections.explanations.clarify.baseline import Baseline, make_baseline
from assay.jobs.sections.explanations.clarify.rows import AllRows
from assay.jobs.sections.explanations.clarify.scored import find_scores
from assay.jobs.sections.explanations.clarify.shap import sample_count, seed_of, told_cost
from assay.jobs.sections.explanations.config import ExplanationsConfig
from assay.result import Finding

Floats = NDArray[np.float64]
WORDS = r"\S+"
FEW_WORDS = 3
"""Text with fewer words a value, on average, is a category beside a longer one."""
MOST_EXACT = 62
"""Players whose coalitions are all counted; of more there are too many in any case."""


@dataclass(frozen=True, eq=False)
class TextFound:
    """Explained texts by Clarify's labels.

    Parameters
    ----------
    text : TextExplanation
    baseline : Baseline
    samples : int
        Coalitions of a text at most, besides none and all.
    categorical : tuple of str
        Columns beside the text that hold no numbers.
    """

    text: TextExplanation
    baseline: Baseline
    samples: int
    categorical: tuple[str, ...]

    def global_values(self, features: Sequence[str], how: str) -> dict[str, dict[str, float]]:
        """Return label → feature → aggregated attribution; of a text that of its whole."""
        made = self.text
        found: dict[str, dict[str, float]] = {}
        for at, label in enumerate(made.outputs):
            columns: dict[str, Floats] = {}
            for name in features:
                columns[name] = np.array(
                    [_value(each.values[: len(each.units)], at) for each in made.rows]
                    if name == made.column
                    else [
                        _column_value(each.cells, each.column_values, name, at)
                        for each in made.rows
                    ]
                )
            found[label] = {name: aggregated(column, how) for name, column in columns.items()}
        return found

    def expected(self) -> list[float]:
        """Return the mean score with everything off, of each label."""
        return np.mean([each.base for each in self.text.rows], axis=0).tolist()


def _value(values: Floats, at: int) -> float:
    return float(values[:, at].sum())


def _column_value(cells: Mapping[str, str], values: Floats, name: str, at: int) -> float:
    return float(values[list(cells).index(name), at]) if name in cells else 0.0


def explain_pieces(
    context: SectionContext,
    config: ExplanationsConfig,
    asked: AskedExplanations,
    shap: AskedShap,
    rows: AllRows,
) -> TextFound:
    """Explain the text of every row piece by piece, with the other columns as players beside it.

    Raises
    ------
    InputError
        If there is no column of text, or the baseline does not fit the data.
    """
    request, told = context.request, shap.text
    assert told is not None
    seed = seed_of(shap, request.seed)
    column, others = text_column(rows, asked.kinds)
    frame = rows.frame.with_columns(pl.col(column).cast(pl.String).fill_null(""))
    rows = rows.with_frame(frame)
    context.progress("Making the baseline", 0, None)
    baseline = make_baseline(shap, asked.features, rows, seed=seed, texts=(column, *others))
    native = rows.native()
    alone = len(rows.columns) == 1
    reads_text = bool(getattr(getattr(rows.predictor, "wanted", None), "one_column", False))
    scored = find_scores(rows.predictor, native, asked.label_headers, use_logit=shap.use_logit)
    scores: Scores = scored.scores
    most = max(len(split_text(text, told.granularity)) for text in frame[column])
    n_players = min(most + len(rows.columns) - 1, MOST_EXACT)
    samples = max(2, sample_count(max(2, n_players), shap.num_samples))
    filling = 1 if alone else len(baseline.background)
    n, fitting = within(config.predictions, len(rows), samples, filling)
    context.progress(f"Explaining {told_cost(n, fitting, filling)}", 0, None)
    made = explain_text(
        rows.predictor if reads_text else scores,
        frame[column][:n].to_list() if reads_text else native[:n],
        column=column,
        granularity=told.granularity,
        background=_mask(baseline, column, given=shap.baseline is not None),
        background_rows=None if alone else baseline.background.rows,
        output="log_odds" if shap.use_logit and reads_text else None,
        calls=fitting + 2,
        tolerance=None,
        seconds=config.seconds,
        seed=seed,
        progress=lambda done, total: context.progress("Explaining texts", done, total),
    )
    arranged = replace(
        made,
        outputs=scored.labels,
        rows=tuple(
            replace(
                each,
                values=scored.by_label(each.values),
                standard_errors=np.abs(scored.by_label(each.standard_errors)),
                base=scored.by_label(each.base, levels=True),
                prediction=scored.by_label(each.prediction, levels=True),
            )
            for each in made.rows
        ),
        notes=(*made.notes, *_left_out(n, len(rows), config), *_read_as(told, column, others)),
    )
    categorical = tuple(
        name for name in rows.columns if name != column and not frame[name].dtype.is_numeric()
    )
    return TextFound(arranged, baseline, fitting, categorical)


def within(limit: int | None, rows: int, samples: int, filling: int) -> tuple[int, int]:
    """Return how many rows and coalitions a limit of predictions allows, one row at least.

    Coalitions are given up first, down to 64 a row, then rows.

    Examples
    --------
    >>> within(None, 10, 500, 2), within(4000, 10, 500, 2), within(400, 10, 500, 2)
    ((10, 500), (10, 198), (3, 62))
    """
    if limit is None or rows * (samples + 2) * filling <= limit:
        return rows, samples
    calls = max(min(samples + 2, FEW_CALLS), limit // (rows * filling))
    return max(1, min(rows, limit // (calls * filling))), calls - 2


def _left_out(n: int, n_rows: int, config: ExplanationsConfig) -> list[Finding]:
    if n == n_rows:
        return []
    return [stopped(n, n_rows, f"the limit of {config.predictions:,} predictions allows no more")]


def text_column(rows: AllRows, kinds: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Return the column of free text, and further ones that are switched as a whole.

    Of several it is the one with the most words.

    Raises
    ------
    InputError
        If no column that the model reads holds text.
    """
    words: dict[str, float] = {}
    for name in rows.columns:
        column = rows.frame[name]
        if column.dtype in (pl.String, pl.Categorical) and kinds.get(name, "text") == "text":
            mean = column.cast(pl.String).str.count_matches(WORDS).mean()
            words[name] = float(mean) if isinstance(mean, int | float) else 0.0
    if not words:
        msg = (
            "text_config is given, and none of the columns that the model reads holds text: "
            f"{', '.join(rows.columns[:20])}"
        )
        raise InputError(msg)
    column = max(words, key=lambda name: words[name])
    others = tuple(n for n, mean in words.items() if n != column and mean >= FEW_WORDS)
    return column, others


def _mask(baseline: Baseline, column: str, *, given: bool) -> str:
    """Return what stands where a piece of text is off: the baseline's text, else nothing."""
    told = baseline.rows[column][0] if given else None
    return "" if told is None else str(told)


def _read_as(told: AskedText, column: str, others: Sequence[str]) -> list[Finding]:
    if not others:
        return []
    listed = ", ".join(map(repr, others))
    return [
        Finding(
            rule="config_read_as",
            severity="info",
            message=f"The text of {column!r} is cut into {told.granularity}s, and {listed} "
            "counted as one piece each.",
            where={"columns": [column, *others]},
            cause="Several columns hold free text, and one of them is taken apart.",
            advice="Leave the others out of the model's columns, or explain one after the other.",
        )
    ]
