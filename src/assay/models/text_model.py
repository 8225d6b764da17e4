"""Adapter for text classifiers of transformers: one or two columns of text in, scores out."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assay.errors import InputError
from assay.models.features import Wanted
from assay.models.local import Answer, CallCounter, LocalModel
from assay.models.network_output import KINDS, Meaning, read_output
from assay.models.network_rows import columns_of, stretches, texts_of
from assay.models.predictor import ClassLabel, ModelInfo, Prediction
from assay.models.torch_module import evaluating

BATCH_ROWS = 32
SORTED_BATCHES = 32
"""Batches among whose texts those of like length are put together."""
NO_LIMIT = 10**9
"""Tokenizers that know no limit have a number far above this."""
AFTER_PADDING = {"roberta", "xlm-roberta", "camembert", "xlm-roberta-xl", "roberta-prelayernorm"}
"""Models that count positions from the one after that of padding."""


@dataclass(frozen=True, kw_only=True)
class TextInput:
    """How texts are cut into tokens and batches.

    Parameters
    ----------
    max_length : int or None
        Tokens of a text that are read; None is what tokenizer and model can take.
    batch_rows : int
        Texts in one call.
    nulls : {"refuse", "empty"}
        What becomes of missing texts.
    """

    max_length: int | None = None
    batch_rows: int = BATCH_ROWS
    nulls: Literal["refuse", "empty"] = "refuse"


def wrap_text_classifier(
    model: Any,  # noqa: ANN401  a PreTrainedModel, known by its config and logits
    tokenizer: Callable[..., Any],
    *,
    name: str | None = None,
    classes: Sequence[ClassLabel] | None = None,
    output: str | None = None,
    feature_names: Sequence[str] | None = None,
    takes: TextInput | None = None,
    library_version: str = "",
) -> LocalModel:
    """Make a Predictor of a model with a head for classes (or one number) and its tokenizer.

    Texts longer than the model can read are cut, with a warning; shorter ones are padded to the
    longest of their batch and masked.

    Parameters
    ----------
    model : transformers.PreTrainedModel
    tokenizer : transformers.PreTrainedTokenizerBase
    name : str or None
        For people; None takes the class's.
    classes : sequence or None
        In the order of its columns; None takes ``id2label`` of its config.
    output : {"auto", "logits", "probability", "number", "label"} or None
        A head of one column predicts a number, unless this says that it is a probability.
    feature_names : sequence of str or None
        The column of text, or the two columns of pairs; None takes the table's only text column.
    takes : TextInput or None
    library_version : str
        Version of transformers that made it, where known.

    Returns
    -------
    LocalModel

    Raises
    ------
    InputError
        If the classes are not as many as its columns, or more than two columns are named.
    """
    told = takes or TextInput()
    width = int(model.config.num_labels)
    several = model.config.problem_type == "multi_label_classification"
    meaning = meaning_of(width, output)
    labels = labels_of(model.config.id2label, width, classes)
    names = None if feature_names is None else tuple(feature_names)
    if names is not None and len(names) not in (1, 2):
        msg = f"a text model reads one column, or two for pairs of texts, not {len(names)}"
        raise InputError(msg)
    kind, score_kind = ("multilabel", "probability") if several else KINDS[meaning]
    info = ModelInfo(
        name=name or type(model).__name__,
        kind=kind,
        library="transformers",
        library_version=library_version,
        class_name=type(model).__name__,
        container="polars",
        feature_names=names,
        classes=labels,
        score_kind=score_kind,
        batch_rows=told.batch_rows * SORTED_BATCHES,
    )
    encode = _encoder(model, tokenizer, told)
    answer = _answer(model, encode, told, meaning, labels, multilabel=several, names=names)
    return LocalModel(info, answer, Wanted(names=names))


def meaning_of(width: int, output: str | None) -> Meaning:
    """Say what a head of `width` columns gives.

    Examples
    --------
    >>> meaning_of(1, None), meaning_of(1, "probability"), meaning_of(3, None)
    ('number', 'logits', 'logits')
    """
    if width == 1 and output in (None, "auto", "number"):
        return "number"
    if output == "number":
        msg = f"the model has {width} columns of classes, and no number to predict"
        raise InputError(msg)
    return "logits"


def labels_of(
    id2label: object, width: int, classes: Sequence[ClassLabel] | None
) -> tuple[ClassLabel, ...] | None:
    """Return the classes in the order of the head's columns; None for a head of one column.

    Raises
    ------
    InputError
        If `classes` are not as many.

    Examples
    --------
    >>> labels_of({"1": "spam", "0": "ham"}, 2, None)
    ('ham', 'spam')
    """
    if width == 1:
        return None if classes is None else tuple(classes)
    if classes is None:
        named = dict(id2label) if isinstance(id2label, dict) else {}
        texts = {int(place): str(label) for place, label in named.items()}
        return tuple(texts.get(place, f"LABEL_{place}") for place in range(width))
    if len(classes) != width:
        msg = f"{len(classes)} classes were named, and the model has {width} columns of scores"
        raise InputError(msg)
    return tuple(classes)


def choose_texts(columns: dict[str, pl.Series], *, named: bool) -> dict[str, pl.Series]:
    """Return the column of text, or the two columns that were named.

    Raises
    ------
    InputError
        If no column or several columns hold text and none was named.
    """
    if named:
        return columns
    texts = {
        name: column
        for name, column in columns.items()
        if column.dtype in (pl.String, pl.Categorical, pl.Enum)
    }
    if len(texts) == 1:
        return texts
    offered = ", ".join(list(texts or columns)[:20])
    found = f"several columns hold text: {offered}" if texts else f"no column of: {offered}"
    what = found if texts else f"{found} holds text"
    msg = (
        f"the model reads one column of text, and {what}; name it with --feature COLUMN (two "
        "columns for a model of pairs; in Python features=[…])"
    )
    raise InputError(msg)


def _answer(
    model: Any,  # noqa: ANN401
    encode: Callable[[list[list[str]]], Any],
    told: TextInput,
    meaning: Meaning,
    classes: tuple[ClassLabel, ...] | None,
    *,
    multilabel: bool,
    names: tuple[str, ...] | None,
) -> Answer:
    import torch

    def forward(texts: list[list[str]]) -> NDArray[np.float64]:
        with torch.inference_mode(), evaluating(model):
            logits = model(**encode(texts)).logits
        return logits.detach().cpu().to(torch.float64).numpy()

    def answer(call: CallCounter, rows: object, n_rows: int) -> Prediction:
        chosen = choose_texts(columns_of(rows), named=names is not None)
        empty = told.nulls == "empty"
        texts = [texts_of(column, name, empty_for_null=empty) for name, column in chosen.items()]
        # Texts of like length side by side need less padding.
        order = np.argsort(
            [-sum(map(len, row)) for row in zip(*texts, strict=True)], kind="stable"
        )
        made: NDArray[np.float64] | None = None
        for part in stretches(n_rows, told.batch_rows):
            places = order[part]
            logits = np.asarray(call(forward, [[column[at] for at in places] for column in texts]))
            made = np.empty((n_rows, *logits.shape[1:])) if made is None else made
            made[places] = logits
        assert made is not None
        return read_output(made, n_rows, meaning=meaning, classes=classes, multilabel=multilabel)

    return answer


def _encoder(
    model: Any,  # noqa: ANN401
    tokenizer: Any,  # noqa: ANN401
    told: TextInput,
) -> Callable[[list[list[str]]], Any]:
    """Return the function from columns of texts to padded, cut and masked tensors."""
    limit = told.max_length or _limit(model.config, tokenizer)
    if tokenizer.pad_token is None:
        # Models that only generate text have no padding; it is masked, so any token will do.
        tokenizer.pad_token = tokenizer.eos_token
    if getattr(model.config, "pad_token_id", None) is None:
        model.config.pad_token_id = tokenizer.pad_token_id

    def encode(texts: list[list[str]]) -> Any:  # noqa: ANN401  tensors by name
        made = tokenizer(
            *texts,
            truncation=limit is not None,
            max_length=limit,
            padding=True,
            return_tensors="pt",
        )
        if limit is not None and _is_cut(tokenizer, texts, made["attention_mask"], limit):
            warnings.warn(f"texts of more than {limit} tokens were cut", stacklevel=2)
        return made.to(next(model.parameters()).device)

    return encode


def _is_cut(tokenizer: Any, texts: list[list[str]], mask: Any, limit: int) -> bool:  # noqa: ANN401
    """Whether a text is longer than the limit, looking only at those that reach it."""
    full = np.flatnonzero((mask.sum(dim=1) == limit).numpy()).tolist()
    return any(
        len(tokenizer(*[each[place] for each in texts], verbose=False).input_ids) > limit
        for place in full
    )


def _limit(config: Any, tokenizer: Any) -> int | None:  # noqa: ANN401
    """Return how many tokens of a text can be read; None where there is no limit."""
    known = int(tokenizer.model_max_length)
    positions = getattr(config, "max_position_embeddings", None)
    if not isinstance(positions, int) or positions <= 0:
        return known if known < NO_LIMIT else None
    if config.model_type in AFTER_PADDING:
        positions -= (getattr(config, "pad_token_id", None) or 0) + 1
    return min(known, positions)
