"""A model and texts in; what each word, sentence or paragraph adds to the score out."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from assay.errors import InputError
from assay.explainability.asking import predictor_of, scores_of
from assay.explainability.maskers.text import TextGames
from assay.explainability.repeating import not_repeatable, repeated_noise
from assay.explainability.result import Cost
from assay.explainability.scores import Tally
from assay.explainability.shapley.attributed import Budget
from assay.explainability.text.explanation import ExplainedText, TextExplanation
from assay.explainability.text.findings import imprecise, stopped, without_units
from assay.explainability.text.given import GivenTexts, read_texts
from assay.explainability.text.levels import Valued, value_units
from assay.explainability.text.units import MANY, check_granularity, split_text
from assay.models.predictor import ClassLabel
from assay.result import Finding


def explain_text(
    model: Any,  # noqa: ANN401  an estimator, a function, a Predictor or Scores
    texts: Any,  # noqa: ANN401  a text, texts, a table or a Dataset
    *,
    column: str | None = None,
    features: Sequence[str] | None = None,
    granularity: Any = "token",  # noqa: ANN401  a name, a function or a tokenizer
    background: str = "",
    background_rows: Any = None,  # noqa: ANN401  a table
    output: str | None = None,
    link: str | None = None,
    classes: Sequence[ClassLabel] | None = None,
    positive: ClassLabel | None = None,
    calls: int | None = None,
    tolerance: float | None = 0.01,
    many: int = MANY,
    seconds: float | None = None,
    batch_rows: int | None = None,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> TextExplanation:
    """Say what each unit of a text adds to the model's score of it.

    Parameters
    ----------
    model : object
        A function from a list of texts (or rows of the table) to scores; a fitted pipeline of
        texts; a network of transformers; whatever `as_predictor` takes.
    texts : str, sequence of str, table or Dataset
        In a table the other columns that the model reads are players beside the units.
    column : str or None
        The column of texts; None takes the only one.
    features : sequence of str or None
        Columns of the table that the model is given; None: those that it names, else all.
    granularity : {"token", "sentence", "paragraph", "auto"}, callable or tokenizer
        What is switched off as one; see `split_text`.
    background : str
        Stands in place of a unit that is off, for example "[MASK]"; all other characters stay.
    background_rows : table or None
        What the other columns are when off (at most 50 rows, else a sample); None: the rows of
        `texts` themselves.
    output, link, classes, positive
        The scale and the classes that are explained; see `scores_of`.
    calls : int or None
        Coalitions for a text at most; None: all 2^n for 8 units, 256 up to 16, 512 up to 32, then
        16 a unit, at most 4,096. In two levels as many again for each sentence.
    tolerance : float or None
        Enough when the largest standard error is at most this share of the sum of absolute
        values; None spends all calls.
    many : int
        A text of more tokens is taken in two levels: sentences, then the words of those that
        hold 90 % of the sum of absolute values, by the Owen rule: they sum to their sentence.
    seconds : float or None
        No further text is begun after this long.
    batch_rows : int or None
        Texts handed to the model at once.
    seed : int
    progress : callable or None
        Told how many texts are done, and of how many.

    Returns
    -------
    TextExplanation
        Of fewer texts, with the finding `explanation_stopped`, where time was up or Ctrl-C was
        pressed after the first.

    Raises
    ------
    InputError
        If a text or an option is wrong.
    ModelError
        If the model fails, or gives something that is no number.

    Examples
    --------
    >>> def shouting(texts):
    ...     return [text.count("!") + 2.0 * ("free" in text) for text in texts]
    >>> made = explain_text(shouting, "free money!")
    >>> [unit.text for unit in made.rows[0].units], made.rows[0].values.ravel().tolist()
    (['free', 'money'], [2.0, 0.0])
    """
    start = time.perf_counter()
    name = check_granularity(granularity)
    _check(background, many, seconds)
    asked = predictor_of(model)
    given = read_texts(
        asked, texts, column=column, features=features, background_rows=background_rows, seed=seed
    )
    first = given.beside[0]
    kept = np.ones((1, len(first.columns)), dtype=bool)
    probe = first.rows([given.texts[0]], kept, np.zeros(1, dtype=np.intp))
    scores = scores_of(asked, probe, output=output, link=link, classes=classes, positive=positive)
    scores = replace(scores, tally=Tally())
    games = [
        TextGames(text, (), scores, background, beside, batch_rows=batch_rows)
        for text, beside in zip(given.texts, given.beside, strict=True)
    ]
    noise = repeated_noise(games[0])
    run = _Run(given, granularity, Budget(calls=calls, tolerance=tolerance), many, seed)
    rows, why = run.rows([replace(each, noise=noise) for each in games], seconds, progress)
    made = TextExplanation(
        rows=tuple(rows),
        outputs=scores.outputs,
        output=scores.output,
        link=scores.link,
        column=given.column,
        granularity=name,
        background=background,
        n_background=given.n_background,
        cost=_cost(rows, scores.tally, time.perf_counter() - start),
        seed=seed,
    )
    return replace(made, notes=_notes(made, noise, len(given.texts), why))


def _check(background: str, many: int, seconds: float | None) -> None:
    if not isinstance(background, str):
        msg = f"background stands in place of a unit and must be a text, not {background!r}"
        raise InputError(msg)
    if many < 2:
        msg = f"many counts the units that are told apart at once, 2 or more, not {many}"
        raise InputError(msg)
    if seconds is not None and not seconds > 0:
        msg = f"seconds must be above 0, not {seconds}"
        raise InputError(msg)


class _Run:
    """Goes through the texts, and keeps what is finished."""

    def __init__(
        self,
        given: GivenTexts,
        granularity: Any,  # noqa: ANN401
        budget: Budget,
        many: int,
        seed: int,
    ) -> None:
        self._given, self._granularity = given, granularity
        self._budget, self._many, self._seed = budget, many, seed

    def rows(
        self,
        games: Sequence[TextGames],
        seconds: float | None,
        progress: Callable[[int, int], None] | None,
    ) -> tuple[list[ExplainedText], str | None]:
        """Return the explained texts, and why it stopped before the last."""
        start, rows = time.perf_counter(), list[ExplainedText]()
        for place, game in enumerate(games):
            if seconds is not None and rows and time.perf_counter() - start >= seconds:
                return rows, f"the limit of {seconds:g} seconds was reached"
            try:
                rows.append(self._row(place, game))
            except KeyboardInterrupt:
                if not rows:
                    raise
                return rows, "it was interrupted"
            if progress is not None:
                progress(len(rows), len(games))
        return rows, None

    def _row(self, place: int, game: TextGames) -> ExplainedText:
        units = split_text(game.text, self._granularity, many=self._many)
        opens = self._granularity not in ("sentence", "paragraph", "auto")
        made: Valued = value_units(
            game, units, self._budget, seed=self._seed, many=self._many, opens=opens
        )
        return ExplainedText(
            row=place,
            text=game.text,
            units=made.units,
            cells=self._given.cells[place],
            values=made.values,
            standard_errors=made.errors,
            base=made.base,
            prediction=made.prediction,
            exact=made.exact,
            converged=made.converged,
            calls=made.calls,
            method=made.method,
        )


def _cost(rows: Sequence[ExplainedText], tally: Tally, seconds: float) -> Cost:
    return Cost(
        calls=sum(each.calls for each in rows),
        asked=tally.asked,
        made=tally.made,
        batches=tally.batches,
        model_seconds=tally.seconds,
        other_seconds=max(0.0, seconds - tally.seconds),
    )


def _notes(
    made: TextExplanation, noise: "np.ndarray[Any, Any]", n_texts: int, why: str | None
) -> tuple[Finding, ...]:
    notes = [without_units(made), imprecise(made)]
    notes.append(not_repeatable(noise) if noise.any() else None)
    notes.append(None if why is None else stopped(len(made), n_texts, why))
    return tuple(note for note in notes if note is not None)
