"""Compare candidates: one call from models, columns, arrays or earlier outputs to a verdict."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from assay.errors import InputError
from assay.jobs.analyze import Value, place_of, silent
from assay.jobs.comparing.naming import Typed, split_name
from assay.jobs.comparing.options import CompareOptions, check_gates
from assay.jobs.comparing.report import CompareReport
from assay.jobs.comparing.result import CompareResult
from assay.jobs.comparing.steps import Comparing
from assay.jobs.config_file import Keys, config_from_flags, config_from_options
from assay.jobs.inputs import IN_MEMORY, Given, Inputs, take_inputs
from assay.jobs.out_folder import reserved
from assay.jobs.running import Progress

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

SOMEWHERE = "candidate"
"""Stands in a config for the place of a model, which the candidates name."""


def compare(
    candidates: Mapping[str, object] | Sequence[str],
    data: object = None,
    y: "ArrayLike | None" = None,
    *,
    label: str | Sequence[str] | None = None,
    positive: Value | None = None,
    against: str | None = None,
    metric: str | Sequence[str] = (),
    margin: float = 0.0,
    level: float = 0.95,
    seed: int = 0,
    weight: "str | ArrayLike | None" = None,
    group: "str | ArrayLike | None" = None,
    time: "str | ArrayLike | None" = None,
    id: str | None = None,
    query_id: "str | ArrayLike | None" = None,
    series: "str | ArrayLike | None" = None,
    ignore: str | Sequence[str] = (),
    kinds: Mapping[str, str] | None = None,
    missing: Sequence[str] | None = None,
    read: Mapping[str, object] | None = None,
    validation: object = None,
    threshold: float | str | None = None,
    cost_fp: float | None = None,
    cost_fn: float | None = None,
    use: Literal["probability", "ranking"] | None = None,
    task: Literal["binary", "multiclass", "multilabel", "regression", "ranking", "forecasting"]
    | None = None,
    label_map: Mapping[Value, Value] | None = None,
    trust: bool = False,
    cache: bool = True,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> CompareResult:
    """Compare candidates on the same rows: which is better, by how much, how sure is that.

    Parameters
    ----------
    candidates : mapping of str to object, or sequence of str
        Name → a fitted estimator, a function, what `load_model` returns; the place of a model;
        a column of `data` with its answers; an array of answers of shape (n_rows,), or of scores
        of shape (n_rows, n_classes); or the folder of an earlier `analyze`. A sequence holds
        columns and places as the command line takes them.
    data : Dataset, path, frame or array, or None
        The rows; with `y`, the features alone. None where `y` and arrays of answers say all, or
        earlier outputs know their data.
    y : array-like or None, shape (n_rows,)
        The true answers, where they are not a column of `data`.
    label, positive, weight, group, time, id, query_id, series, ignore, kinds, missing, read
        What the columns mean; see `analyze`. Not with a Dataset, which knows.
    against : str or None
        Name of the candidate that the others are compared with; None takes the first.
    metric : str or sequence of str
        The first decides, further ones are shown beside it; () takes the usual one.
    margin : float
        Smallest difference worth having, in units of the metric.
    level : float
        Coverage of the intervals, in (0, 1): of all comparisons together.
    seed : int
    validation, threshold, cost_fp, cost_fn, use, task, label_map
        As in `analyze`; a threshold holds for every candidate with scores, and a goal chooses
        one for each on `validation`.
    trust : bool
        Whether model files that can run code may be loaded.
    cache : bool
        Whether predictions of models that were named by their place are kept.
    out : path or None
        Folder for report.html and results.json; None writes nothing.
    progress : callable or None
        Called with (stage, done, total or None).

    Returns
    -------
    CompareResult

    Raises
    ------
    InputError
        If the data, a candidate or an option are wrong.
    ModelError
        If a model fails.

    Examples
    --------
    >>> import numpy as np
    >>> y = np.tile([0, 1], 100)
    >>> old = np.where(np.arange(200) < 60, 1 - y, y)
    >>> new = np.where(np.arange(200) < 20, 1 - y, y)
    >>> found = compare({"old": old, "new": new}, y=y)
    >>> found["new"].verdict, round(found["new"].difference.value, 3)
    ('better', 0.2)
    """
    columns = {
        "weight": weight,
        "group": group,
        "time": time,
        "query_id": query_id,
        "series": series,
    }
    beside = columns if y is not None else {}
    parts: dict[str, object] = {
        "data": place_of(data) if data is not None or y is None else IN_MEMORY,
        "validation": place_of(validation),
        "model": {"path": SOMEWHERE, "trust": trust, "cache": cache},
        "read": dict(read or {}),
        "roles": {
            "label": label,
            "positive": positive,
            "id": id,
            "ignore": ignore,
            "kinds": dict(kinds or {}),
            "missing": missing,
            "label_map": dict(label_map or {}),
            **({} if beside else columns),
        },
        "options": {
            "task": task,
            "threshold": threshold,
            "cost_fp": cost_fp,
            "cost_fn": cost_fn,
            "use": use,
            "margin": margin,
            "level": level,
            "seed": seed,
        },
    }
    config = config_from_options(parts, ())
    options = CompareOptions(against=against, metrics=metric)  # type: ignore[arg-type]
    show = progress or silent
    comparing = Comparing(config=config, options=options, progress=show)
    named = candidates if isinstance(candidates, Mapping) else {}
    typed = [split_name(text) for text in candidates] if not named else _typed(named)
    objects = {name: each for name, each in named.items() if not isinstance(each, str | Path)}

    def provide() -> Inputs:
        given = Given(None, data, y, None, validation, beside)
        return take_inputs(config.model_copy(update={"model": None}), given, show)

    target = None if out is None else Path(out)
    known = data is not None or y is not None
    with reserved(target):
        report = comparing.perform(typed, objects, provide if known else None)
        if target is not None:
            report.save(target)
    return report.result


def compare_from_flags(
    candidates: Sequence[str],
    flags: Mapping[Keys, tuple[str, object]],
    *,
    out: Path | None = None,
    progress: Progress | None = None,
) -> CompareReport:
    """Do what `assay compare` was told.

    Parameters
    ----------
    candidates : sequence of str
        As they were typed.
    flags : mapping
        Path inside the config → (the flag's name, its value); those under "compare" are fields
        of `CompareOptions`.
    out : Path or None
        Folder for the files; None writes nothing.
    progress : callable or None

    Raises
    ------
    InputError, ModelError
        As `compare`.
    """
    show = progress or silent
    own = {keys[1]: value for keys, (_, value) in flags.items() if keys[0] == "compare"}
    options = CompareOptions(**own)  # type: ignore[arg-type]
    told = {keys: value for keys, value in flags.items() if keys[0] not in ("compare", "out")}
    told["model", "path"] = ("CANDIDATE", SOMEWHERE)
    config = config_from_flags(told, ())
    check_gates(config.options.fail_on)
    comparing = Comparing(config=config, options=options, progress=show, flags=told)
    with reserved(out):
        if options.folds is not None or options.datasets is not None:
            report = _from_scores(candidates, comparing)
        else:
            typed = [split_name(text) for text in candidates]
            known = config.data is not None
            report = comparing.perform(typed, {}, comparing.open if known else None)
        if out is not None:
            show("Writing the report", 0, None)
            report.save(out)
    return report


def _typed(named: Mapping[str, object]) -> list[Typed]:
    """Return the candidates of a Python call as if they had been typed."""
    return [
        Typed(f"{name}={each}", name) if isinstance(each, str | Path) else Typed(name)
        for name, each in named.items()
    ]


def _from_scores(candidates: Sequence[str], comparing: Comparing) -> CompareReport:
    from assay.jobs.comparing.from_scores import compare_scores  # noqa: PLC0415 - seldom asked

    if candidates:
        msg = (
            f"--folds and --datasets name the candidates in their table; leave "
            f"{', '.join(candidates)} out"
        )
        raise InputError(msg)
    result, source = compare_scores(comparing.config, comparing.options)
    return comparing.report(result, None, source=source)
