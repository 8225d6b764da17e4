"""What a run is given: tables and a model, from a config's paths or from objects in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from assay.data.dataset import Dataset
from assay.data.sources.source import HELPER_PREFIX
from assay.errors import InputError
from assay.evaluation.ordered_tasks import ordered_task
from assay.jobs.config import AnalyzeConfig
from assay.jobs.section import Section
from assay.jobs.set_apart import set_apart
from assay.models.containers import container_of
from assay.models.formats.place import SCHEME
from assay.models.predictor import Predictor
from assay.notify.registry import channel_names

Value = bool | int | float | str | None
IN_MEMORY = "(in memory)"
GLOB = "*?["

if TYPE_CHECKING:
    from assay.data.sources.reader import ReadOptions
    from assay.jobs.running import Progress
ASKED = ("facets", "group_variable", "join_on")  # roles that ask, and say nothing of the columns


@dataclass(frozen=True, kw_only=True, eq=False)
class Rows:
    """The caller's own frames or arrays of features, handed to the model as they are."""

    data: object = None
    train: object = None
    validation: object = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Inputs:
    """The tables and the model of one run.

    Parameters
    ----------
    data : Dataset
    train, validation, before : Dataset or None
        With the same columns as `data`.
    predictor : Predictor or None
    rows : Rows
        What the model is given in place of the tables' columns, where the caller gave arrays.
    """

    data: Dataset
    train: Dataset | None = None
    validation: Dataset | None = None
    before: Dataset | None = None
    predictor: Predictor | None = None
    rows: Rows = field(default_factory=Rows)

    def with_positive(self, positive: Value) -> "Inputs":
        """Return the same inputs with what counts as positive settled in every table."""
        return replace(
            self,
            data=_with_positive(self.data, positive),
            train=None if self.train is None else _with_positive(self.train, positive),
            validation=(
                None if self.validation is None else _with_positive(self.validation, positive)
            ),
            before=None if self.before is None else _with_positive(self.before, positive),
        )


def check_config(config: AnalyzeConfig, sections: Sequence[Section]) -> None:
    """Refuse at once what can be told without reading a row.

    Raises
    ------
    InputError
        If options contradict each other, or a section or a channel does not exist.
    """
    roles, options = config.roles, config.options
    asks = config.clarify is not None and config.clarify.explanations is not None
    if config.model is not None and (roles.prediction or roles.scores) and not asks:
        given = "--prediction" if roles.prediction else "--score"
        msg = f"a model and {given} were both given; judge one of them: leave the other out"
        raise InputError(msg)
    check_goal(config)
    for table in ("train", "validation"):
        if getattr(config.read, f"{table}_query") is not None and getattr(config, table) is None:
            msg = (
                f"--{table}-query says which rows of a database to take for {table}, and there is "
                f"no --{table}; give its URL there, or leave the query out"
            )
            raise InputError(msg)
    sides = (config.facet_data, config.prediction_data, config.clarify)
    if roles.join_on is not None and all(side is None for side in sides):
        msg = (
            f"--join-on {roles.join_on} matches the rows of two tables, and there is one; give "
            "the other with --facet-data, or leave it out"
        )
        raise InputError(msg)
    _check_named(options.only, [section.name for section in sections], "section")
    if config.notify:
        _check_named(config.notify, channel_names(), "notification channel")


def check_goal(config: AnalyzeConfig) -> None:
    """Refuse a goal of the threshold where there are no rows to choose on.

    Raises
    ------
    InputError
        If there are no validation rows.
    """
    goal = config.options.threshold
    if isinstance(goal, str) and config.validation is None:
        msg = (
            f"the threshold goal {goal!r} needs rows to choose on: give them with "
            "--validation (choosing on the judged rows would flatter the result)"
        )
        raise InputError(msg)


def open_inputs(config: AnalyzeConfig, progress: "Progress") -> Inputs:
    """Open the tables and load the model that a config names.

    Raises
    ------
    InputError
        If a table or the model cannot be read.
    """
    if config.data is None:
        msg = "no data were named; say where the table is (data: in the file, or DATA)"
        raise InputError(msg)
    for place in ("data", "train", "validation", "before", "facet_data", "prediction_data"):
        _check_exists(place, getattr(config, place))
    predictor = _load(config, progress)
    progress("Opening the data", 0, None)
    data = with_prediction_data(read_table(config.data, config), config)
    data = set_apart(data, config, predictor)
    return Inputs(
        data=with_facet_data(data, config.facet_data, config),
        before=_like(data, config.before, None),
        train=_train_like(data, config),
        validation=_like(data, config.validation, config.read.validation_query),
        predictor=predictor,
    )


def _like(data: Dataset, place: str | None, query: str | None) -> Dataset | None:
    if place is None:
        return None
    return data.like(place) if query is None else data.like(place, query=query)


def _train_like(data: Dataset, config: AnalyzeConfig) -> Dataset | None:
    place, query = config.train, config.read.train_query
    if place is None:
        return None
    return data.like(place, query=query, needs=_needed_to_learn(data, config))


def _needed_to_learn(data: Dataset, config: AnalyzeConfig) -> list[str] | None:
    """Return the columns that rows to learn from must have: they need no answers.

    The past of a forecast needs its label, time and series alone.
    """
    schema = data.schema
    if not schema.has_answers:
        return None
    answers = {*schema.predictions, *schema.scores}
    if ordered_task(schema, config.options.task) == "forecasting":
        needed = {*schema.labels, schema.time, schema.series}
        return [name for name in schema.names if name in needed]
    return [n for n in schema.names if n not in answers and not n.startswith(HELPER_PREFIX)]


@dataclass(frozen=True, eq=False)
class Given:
    """What a Python call was given, as it came.

    Parameters
    ----------
    model, data, y, train, validation : object
        As in `analyze`.
    beside : mapping
        Arrays of weights, groups and times that go with `y`.
    before, facet_data : object
        As in `analyze`.
    """

    model: object
    data: object
    y: object
    train: object
    validation: object
    beside: Mapping[str, object]
    before: object = None
    facet_data: object = None


def take_inputs(config: AnalyzeConfig, given: Given, progress: "Progress") -> Inputs:
    """Open the tables and the model that a Python call was given.

    Raises
    ------
    InputError
        If one of them is of a kind that cannot be used, or does not fit the others.
    """
    progress("Opening the data", 0, None)
    positive = config.roles.positive
    predictor = _take_model(config, given.model, progress)
    data, rows = _first_table(config, given, positive)
    data = set_apart(data, config, predictor)
    train, train_rows = _further_table(data, given.train, positive, _needed_to_learn(data, config))
    validation, validation_rows = _further_table(data, given.validation, positive)
    before, _ = _further_table(data, given.before, positive)
    return Inputs(
        data=with_facet_data(data, given.facet_data, config),
        train=train,
        validation=validation,
        before=before,
        predictor=predictor,
        rows=Rows(data=rows, train=train_rows, validation=validation_rows),
    )


def _first_table(config: AnalyzeConfig, given: Given, positive: Value) -> tuple[Dataset, object]:
    if given.y is not None:
        if config.roles.label is not None:
            msg = "the true answers were given twice: y and label=; give one"
            raise InputError(msg)
        return _from_arrays(given.data, given.y, positive, given.beside), _own(given.data)
    if isinstance(given.data, Dataset):
        told = config.roles.model_dump(exclude_defaults=True, exclude={*ASKED})
        if told:
            msg = f"a Dataset knows its columns; say {', '.join(told)} where it is made"
            raise InputError(msg)
        return given.data, None
    return read_table(given.data, config), None


def _further_table(
    data: Dataset, given: object, positive: Value, needs: Sequence[str] | None = None
) -> tuple[Dataset | None, object]:
    if given is None or isinstance(given, Dataset):
        return given, None
    if isinstance(given, tuple):
        if len(given) != 2:
            msg = f"further rows are a pair (X, y), a table or a path; found {len(given)} parts"
            raise InputError(msg)
        return _from_arrays(given[0], given[1], positive, {}), _own(given[0])
    return data.like(given, needs=needs), None


def _from_arrays(X: object, y: object, positive: Value, beside: Mapping[str, object]) -> Dataset:
    return Dataset.from_arrays(
        y_true=y,
        X=X,
        positive=positive,
        weight=beside.get("weight"),
        group=beside.get("group"),
        time=beside.get("time"),
        query_id=beside.get("query_id"),
        series=beside.get("series"),
    )


def _own(rows: object) -> object:
    """Return the caller's rows where a model can be given slices of them as they are."""
    return None if container_of(rows) is None else rows


def _take_model(config: AnalyzeConfig, model: object, progress: "Progress") -> Predictor | None:
    if isinstance(model, str | Path):
        return _load(config, progress)
    if model is None or config.model is None:
        return None
    from assay.models.wrap import as_predictor  # noqa: PLC0415 - a model is not always there

    told = config.model
    return as_predictor(model, container=told.input, classes=told.classes, output=told.output)


def read_table(source: object, config: AnalyzeConfig) -> Dataset:
    """Open one table as a config says, with the roles that it gives the columns."""
    roles, read = config.roles, config.read
    return Dataset.read(
        source,
        label=roles.label,
        positive=roles.positive,
        prediction=roles.prediction if config.prediction_data is None else None,
        score=roles.scores or None,
        group=roles.group,
        weight=roles.weight,
        time=roles.time,
        id=roles.id,
        query_id=roles.query_id,
        series=roles.series,
        ignore=roles.ignore,
        kinds=roles.kinds or None,
        missing=roles.missing,
        engine=config.options.engine,
        **read.told(),
    )


def with_facet_data(data: Dataset, source: object, config: AnalyzeConfig) -> Dataset:
    """Return the data with the columns of a side file, which no model reads.

    Raises
    ------
    InputError
        If the two tables cannot be joined.
    """
    if source is None:
        return data
    from assay.data.side_file import join_side_file  # noqa: PLC0415 - seldom there

    # Of an analysis_config.json only rows of both files count, and only the facets it names.
    asked = config.clarify
    return join_side_file(
        data,
        source,
        columns=None if asked is None else [each.column for each in asked.facets],
        on=config.roles.join_on,
        how="left" if asked is None else "inner",
        options=_headers(config.read.facet_headers),
    )


def with_prediction_data(data: Dataset, config: AnalyzeConfig) -> Dataset:
    """Return the data with the column of predictions from the file that holds it.

    Raises
    ------
    InputError
        If no column of predictions is named, or the two tables cannot be joined.
    """
    if config.prediction_data is None:
        return data
    from assay.data.side_file import join_side_file  # noqa: PLC0415 - seldom there

    if config.roles.prediction is None:
        msg = "prediction_data holds predictions, and no column of it is named; say --prediction"
        raise InputError(msg)
    told = config.roles.prediction
    return join_side_file(
        data,
        config.prediction_data,
        columns=[told] if isinstance(told, str) else told,
        on=config.roles.join_on,
        how="inner",
        role="prediction",
        options=_headers(config.read.prediction_headers),
    )


def _headers(names: tuple[str, ...] | None) -> "ReadOptions | None":
    """Say how a side file is read that has no header line; None where nothing was told."""
    from assay.data.sources.reader import ReadOptions  # noqa: PLC0415 - seldom there

    return None if names is None else ReadOptions(headers=names)


def _load(config: AnalyzeConfig, progress: "Progress") -> Predictor | None:
    if config.model is None:
        return None
    from assay.models.loading import load_model  # noqa: PLC0415 - a model is not always there

    progress("Loading the model", 0, None)
    model = config.model
    return load_model(
        model.path,
        trust=model.trust,
        container=model.input,
        python_path=model.python_path,
        classes=model.classes,
        output=model.output,
        features=model.features,
        version=model.version,
        options=model.options,
    )


def _check_exists(place: str, path: str | None) -> None:
    if path is None or SCHEME.fullmatch(path) or set(path) & set(GLOB):
        return  # the reader looks for it
    if not Path(path).exists():
        msg = f"{place} file not found: {path}" + _similar(Path(path))
        raise InputError(msg)


def _check_named(given: Sequence[str], known: Sequence[str], what: str) -> None:
    for name in given:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            meant = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(known)}"
            msg = f"there is no {what} {name!r}; {meant}"
            raise InputError(msg)


def _similar(path: Path) -> str:
    """Suggest a file of a similar name in the same folder."""
    try:
        names = [each.name for each in path.parent.iterdir() if each.is_file()]
    except OSError:
        return f"; the folder {path.parent} cannot be read"
    near = get_close_matches(path.name, names, n=1)
    return f"; did you mean {path.with_name(near[0])}?" if near else "; check the path"


def _with_positive(data: Dataset, positive: Value) -> Dataset:
    return replace(data, schema=replace(data.schema, positive=positive))
