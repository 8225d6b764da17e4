"""A model and a Dataset in, the Dataset with the model's predictions out."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import narwhals as nw

from assay.data.engines.protocol import LazyFrame
from assay.data.schema import Column, Kind, Role, Schema, Storage
from assay.errors import InputError, ModelError
from assay.models.containers import container_of, copy_rows
from assay.models.features import Wanted, choose_columns
from assay.models.kept.key import make_key
from assay.models.kept.recorder import Recorder
from assay.models.kept.store import PredictionStore
from assay.models.label_facts import find_label_facts
from assay.models.layout import Layout
from assay.models.local import LocalModel
from assay.models.predictor import ClassLabel, ModelInfo, Prediction, Predictor, TableReader
from assay.models.reading import AnyReading, make_reading
from assay.models.scorer import Progress, Scorer, by_position
from assay.models.timing import PredictionTiming
from assay.result import Finding

if TYPE_CHECKING:
    from assay.data.dataset import Dataset

PROBE_ROWS = 200
"""How many rows the first look at a model takes."""
SHOWN_COLUMNS = 20


def score_dataset(
    predictor: Predictor,
    dataset: "Dataset",
    *,
    task: str | None = None,
    positive: ClassLabel | None = None,
    label_map: Mapping[str, str] | None = None,
    rows: object = None,
    batch_rows: int | None = None,
    progress: Progress | None = None,
    store: PredictionStore | None = None,
    timed: Callable[[PredictionTiming], None] | None = None,
) -> "Dataset":
    """Ask the model about every row and add its answers as columns.

    A classifier adds ``__assay_prediction__`` in the words of the data's labels, and scores when
    it has any: for two classes ``__assay_score__`` of the positive one, for more
    ``__assay_score_<i>__`` in the order of the returned Dataset's ``classes``. A regressor adds
    ``__assay_prediction__`` as a number. A model that gives many labels adds
    ``__assay_prediction_<i>__`` and ``__assay_score_<i>__`` in the order of ``classes``. The
    returned Dataset's notes gain the findings of the model and of its answers.

    Parameters
    ----------
    predictor : Predictor
    dataset : Dataset
    task : {"binary", "multiclass", "multilabel", "regression"} or None
        None takes it from the model, else from the label's kind.
    positive : bool, int, float, str or None
        The label that counts as positive; None takes the schema's, else True or 1.
    label_map : mapping of str to str or None
        Model's class → data's label, where they are not the same text.
    rows : pandas or Polars frame, or numpy array, or None
        The user's own rows, as many as the dataset's and in its order; the model then gets
        slices of them as they are, instead of the dataset's columns.
    batch_rows : int or None
        How many rows to ask about at once; None takes the model's wish, else 65,536, and fewer
        for a model that would need more than 10 seconds for that many.
    progress : callable or None
        Called with ("predicting", rows done, rows).
    store : PredictionStore or None
        Keeps the answers, also when the model fails or the run is interrupted, and has those of
        earlier runs, for which the model is not asked. None, or a model without identity (an
        object of this process), or `rows`: nothing is kept.
    timed : callable or None
        Called with how long it took, at the end.

    Raises
    ------
    InputError
        If columns are missing, labels cannot be matched, or the model does not suit the task.
    ModelError
        If the model fails or answers in a form that cannot be used; with the row.
    """
    _refuse_second_prediction(dataset.schema)
    total = dataset.count_rows()
    if total == 0:
        msg = f"{dataset.name} has no rows to predict"
        raise InputError(msg)
    lent = rows is None
    if rows is None:
        rows = _rows_of_caller(predictor, dataset, total)
    supply = _own_rows(predictor, rows, total) if rows is not None else None
    columns = _columns(predictor, dataset.schema) if supply is None else ()
    recorder = _open(store, predictor, dataset, columns, own=supply is not None and not lent)
    try:
        model = predictor
        if isinstance(predictor, TableReader) and supply is None:
            model = predictor.reading(layout_of(dataset))
        scorer = Scorer(model, dataset, supply, columns, recorder)
        # Asking an object of this process again costs little, and shows how fast it is.
        probe = scorer.probe(min(total, PROBE_ROWS), reuse=not isinstance(predictor, TableReader))
        facts = find_label_facts(
            predictor.info, probe, dataset, task=task, positive=positive, label_map=label_map or {}
        )
        reading = make_reading(predictor.info, probe, facts)
        frame = scorer.run(reading, batch_rows or scorer.batch_rows(), total, progress)
    except ModelError as error:
        recorder.close()
        _say_what_is_kept(error, recorder.kept_rows, total)
        raise
    finally:
        recorder.close()
    if timed is not None:
        timed(scorer.timing(total))
    schema = _with_predictions(dataset.schema, frame, reading)
    found = (*dataset.notes, *_findings(predictor, dataset, supply is not None, scorer, reading))
    return replace(dataset.with_frame(frame, schema), classes=reading.classes, notes=found)


def layout_of(dataset: "Dataset") -> Layout:
    """Return the whole-column facts by which batches of a dataset become pandas frames."""
    if dataset.original is not None:
        return Layout.from_pandas(dataset.original)
    # Only a reader of text has a list of texts that mean "no value".
    text = bool(dataset.schema.missing_values)
    return Layout.from_schema(dataset.schema, "csv" if text else "frame", dataset.path)


def _open(
    store: PredictionStore | None,
    predictor: Predictor,
    dataset: "Dataset",
    columns: tuple[str, ...],
    *,
    own: bool,
) -> Recorder:
    """Open what is kept of this model's answers for this table."""
    if store is None or own or not _is_plain(dataset):
        return Recorder()
    info = predictor.info
    read = columns or info.feature_names or dataset.schema.features
    key = make_key(info, dataset, read, layout_of(dataset))
    if key is None:
        return Recorder()
    return store.open(key, dataset.count_rows(), model=info.name, data=dataset.name)


def _is_plain(dataset: "Dataset") -> bool:
    """Whether the fingerprint covers all that the model gets: an index of pandas may be more."""
    index = None if dataset.original is None else dataset.original.index
    return index is None or type(index).__name__ == "RangeIndex"


def _say_what_is_kept(error: ModelError, rows: int, total: int) -> None:
    if rows:
        error.args = (
            f"{error}; the model's answers for {rows:,} of {total:,} rows are kept, and running "
            "the same command again goes on from there",
        )


def _findings(
    predictor: Predictor, dataset: "Dataset", own: bool, scorer: Scorer, reading: AnyReading
) -> tuple[Finding, ...]:
    """Return what was found about the model and its answers."""
    info, schema = predictor.info, dataset.schema
    ranks_only = info.score_kind == "score" and reading.classes is not None
    columns = () if own or not by_position(predictor) else _columns(predictor, schema)
    unnamed = len(columns) > 1  # a single column of lists has no order
    return (
        *info.findings,
        *((_columns_by_position(info, columns, schema),) if unnamed else ()),
        *scorer.findings(reading, probabilities=not ranks_only),
        *((_ranks_only(info),) if ranks_only else ()),
    )


def _rows_of_caller(predictor: Predictor, dataset: "Dataset", total: int) -> object:
    """Return the caller's own pandas frame, where the dataset is made of one and it is wanted."""
    frame = dataset.original
    wants = isinstance(predictor, TableReader) and predictor.info.container == "pandas"
    if frame is None or not wants or len(frame) != total:
        return None
    if predictor.info.feature_names is not None:
        return frame
    places = {str(name): place for place, name in enumerate(frame.columns)}
    return frame.iloc[:, [places[name] for name in dataset.schema.features]]


def _own_rows(predictor: Predictor, rows: object, total: int) -> Callable[[int, int], Prediction]:
    """Return a function that predicts a stretch of the user's own rows."""
    container = container_of(rows)
    if container is None or not isinstance(predictor, TableReader):
        msg = (
            f"{predictor.info.name} cannot read rows of type {type(rows).__name__}; give a "
            "pandas or Polars frame or a numpy array"
        )
        raise InputError(msg)
    if len(rows) != total:  # type: ignore[arg-type]
        msg = f"the rows for the model are {len(rows):,}, and the table has {total:,}"  # type: ignore[arg-type]
        raise InputError(msg)

    def predict(start: int, stop: int) -> Prediction:
        piece = rows.iloc[start:stop] if container == "pandas" else rows[start:stop]  # type: ignore[index, attr-defined]
        return predictor.predict_rows(copy_rows(piece))

    return predict


def _columns(predictor: Predictor, schema: Schema) -> tuple[str, ...]:
    """Return the columns that the model reads: by its own names, else all features."""
    names = predictor.info.feature_names
    wanted = predictor.wanted if isinstance(predictor, LocalModel) else Wanted(names)
    return choose_columns(wanted, schema.names if names is not None else schema.features)


def _refuse_second_prediction(schema: Schema) -> None:
    there = [*schema.with_role("prediction"), *schema.with_role("score")]
    if there:
        msg = (
            f"the table already has predictions ({', '.join(there)}), and a model was given too; "
            "give one of them: --model, or --prediction and --score"
        )
        raise InputError(msg)


def _with_predictions(schema: Schema, frame: "LazyFrame", reading: AnyReading) -> Schema:
    """Return the schema with a column for each that the model added."""
    added = [name for name in frame.collect_schema().names() if name not in schema.names]
    types = frame.select(added).collect_schema()
    storages: dict[str, Storage] = {}
    for name, dtype in types.items():
        number: Storage = "int64" if dtype.is_integer() else "float64"
        storages[name] = "bool" if dtype == nw.Boolean else number
        if dtype == nw.String:
            storages[name] = "utf8"
    made = []
    for name, storage in storages.items():
        role: Role = "prediction" if name.startswith("__assay_prediction") else "score"
        classes = role == "prediction" and not reading.is_regression
        kind: Kind = "categorical" if classes else "continuous"
        made.append(Column(name, role, kind, storage, why="made by the model"))
    return replace(schema, columns=(*schema.columns, *made))


def _columns_by_position(info: ModelInfo, columns: tuple[str, ...], schema: Schema) -> Finding:
    order = "the table's order" if schema.feature_order is None else "the order declared"
    return Finding(
        rule="columns_by_position",
        severity="info",
        message=f"{info.name} was fitted without column names; it was given "
        f"{len(columns)} feature columns in {order}: {_list_columns(columns)}.",
        where={"columns": list(columns)},
        evidence={"n_columns": len(columns)},
        cause="The model was fitted on an array.",
        advice="Check that it was fitted on these columns in this order; if not, put the table's "
        "columns into its order (in Python Dataset.read(…, features=[…]) says the order), or fit "
        "it on a frame, so that it knows their names.",
    )


def _list_columns(columns: tuple[str, ...]) -> str:
    return ", ".join(columns[:SHOWN_COLUMNS]) + (", …" if len(columns) > SHOWN_COLUMNS else "")


def _ranks_only(info: ModelInfo) -> Finding:
    return Finding(
        rule="scores_are_not_probabilities",
        severity="info",
        message=f"{info.name} gives scores that rank the rows and are no probabilities: a "
        "decision function, a raw score or logits.",
        evidence={"score_kind": info.score_kind},
        cause="The model does not turn its scores into probabilities, or does not say so.",
        advice="Ranking (ROC AUC, average precision) is measured; for calibration, log loss and "
        "Brier score wrap it in sklearn.calibration.CalibratedClassifierCV, or, where its form "
        "has the setting, say what makes probabilities of logits (--model-option activation=…).",
    )
