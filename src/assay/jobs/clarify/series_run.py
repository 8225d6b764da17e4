"""A config of time series in; every forecast explained, in Clarify's files and a report, out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from assay.errors import InputError
from assay.explainability.series.asking import Asking
from assay.explainability.series.explain import SeriesRun
from assay.explainability.series.filling import Baseline
from assay.explainability.series.forecasters import Templates, find_forecaster
from assay.explainability.series.plan import Options
from assay.explainability.series.result import ItemExplanation
from assay.jobs.clarify.file import ClarifyFile
from assay.jobs.clarify.models import choose_model
from assay.jobs.clarify.plan import runs_series
from assay.jobs.clarify.series_data import SeriesData, read_series
from assay.jobs.clarify.series_report import SeriesReport, make_report
from assay.jobs.clarify.time_series import AsymmetricShapley, SeriesBaseline
from assay.jobs.out_folder import reserved
from assay.jobs.running import Progress
from assay.models.loading import extend_path

STAGE = "Forecasting with values switched off"


@dataclass(frozen=True, kw_only=True)
class SeriesRequest:
    """What a command says beside the config.

    Parameters
    ----------
    data : str or None
        Path of the JSON document; None takes the config's `dataset_uri`.
    model : str or None
        Place of the forecaster; None takes what stands for the config's predictor.
    model_options : mapping
        Settings of its form, such as the time-out.
    python_path : tuple of str
    endpoints : mapping
        Name of a model or an endpoint → what stands for it.
    seed : int
    """

    data: str | None = None
    model: str | None = None
    model_options: Mapping[str, object] = field(default_factory=dict[str, object])
    python_path: tuple[str, ...] = ()
    endpoints: Mapping[str, Mapping[str, Any]] = field(
        default_factory=dict[str, Mapping[str, Any]]
    )
    seed: int = 0


def explain_config(
    file: ClarifyFile,
    request: SeriesRequest = SeriesRequest(),
    *,
    out: Path | None = None,
    progress: Progress | None = None,
) -> SeriesReport:
    """Do what an analysis_config.json of time series says.

    Writes ``asymmetric_shapley_value/<granularity>_<direction>/out.jsonl`` and ``analysis.json``
    in Clarify's shape, and ``results.json`` and ``report.html``.

    Parameters
    ----------
    file : ClarifyFile
        That asks for asymmetric_shapley_value.
    request : SeriesRequest
    out : Path or None
        Folder for the files; None writes nothing.
    progress : callable or None
        Called with (stage, done, total or None).

    Returns
    -------
    SeriesReport

    Raises
    ------
    InputError
        If the data or the model cannot be had, or are not as the config says.
    ModelError
        If the forecaster fails.
    KeyboardInterrupt
        When interrupted, after the items that were finished have been written.
    """
    config, asked = file.config, file.config.methods.asymmetric_shapley_value
    if not runs_series(config) or asked is None:
        msg = f"{file.path.name} does not ask for asymmetric_shapley_value of time series"
        raise InputError(msg)
    with reserved(out):
        data = read_series(config, _data_place(file, request))
        run = _prepare(file, asked, data, request, progress)
        done: list[ItemExplanation] = []
        created = datetime.now(UTC)
        try:
            for each in run.explained():
                done.append(each)
        except KeyboardInterrupt as stop:
            if done and out is not None:
                made = make_report(
                    file, run.result(tuple(done)), data.ids, created, n_items=len(data.items)
                )
                made.save(out)
                stop.add_note(f"the {len(done)} items that were finished are in {out}")
            raise
        report = make_report(
            file, run.result(tuple(done)), data.ids, created, n_items=len(data.items)
        )
        if out is not None:
            report.save(out)
    return report


def _data_place(file: ClarifyFile, request: SeriesRequest) -> str:
    place = request.data
    if place is None and file.config.dataset_uri is not None:
        told = file.config.dataset_uri
        local = "://" not in told
        place = (file.path.resolve().parent / Path(told)).as_posix() if local else told
    if place is None:
        msg = f"{file.path.name} names no dataset_uri; say where the series are with --data FILE"
        raise InputError(msg)
    return place


def _prepare(
    file: ClarifyFile,
    asked: AsymmetricShapley,
    data: SeriesData,
    request: SeriesRequest,
    progress: Progress | None,
) -> SeriesRun:
    config = file.config
    model = choose_model(config.predictor, request.model, request.endpoints, file.path)
    if model is None:
        name = (config.predictor.name if config.predictor else None) or "NAME"
        msg = (
            f"nothing on this machine stands for the model {name!r} of {file.path.name}; name the "
            "forecaster with --model (a function package.module:function, a URL or command:…), "
            f"with --endpoint {name}=PLACE, with --endpoints TABLE.yaml, or in the config with "
            '"predictor": {"assay": {"python": "package.module:function"}}'
        )
        raise InputError(msg)
    extend_path([Path(each) for each in (*model.get("python_path", ()), *request.python_path)])
    options = {**model.get("options", {}), **request.model_options}
    asking = Asking(find_forecaster(str(model["path"]), _templates(file), options=options))
    baseline = _baseline(file, asked, request.seed, data)
    plan = Options(
        direction=asked.direction,
        fine=asked.granularity == "fine_grained",
        orders=asked.num_samples,
        seed=request.seed,
    )
    run = SeriesRun(data.items, plan, baseline, asking)
    if progress is not None:
        asking.progress = _shown(progress, run.forecasts)
    return run


def _shown(progress: Progress, total: int) -> Any:  # noqa: ANN401  a counter of forecasts
    made = 0
    progress(STAGE, 0, total)

    def show(n: int) -> None:
        nonlocal made
        made += n
        progress(STAGE, min(made, total), total)

    return show


def _templates(file: ClarifyFile) -> Templates:
    predictor = file.config.predictor
    if predictor is None:
        return Templates()
    content = predictor.content_template
    found = predictor.time_series_predictor_config
    told = {"content_type": predictor.content_type} if predictor.content_type else {}
    return Templates(
        **told,
        accept_type=predictor.accept_type,
        content_template=content if isinstance(content, str) else None,
        record_template=predictor.record_template,
        forecast=found.forecast if found is not None else None,
    )


def _baseline(
    file: ClarifyFile, asked: AsymmetricShapley, seed: int, data: SeriesData
) -> Baseline:
    told = asked.baseline
    if isinstance(told, str):
        told = _read_baseline(file, told)
    told = told or SeriesBaseline()
    static = told.static_covariates
    absent = [item.item_id for item in data.items if item.item_id not in (static or {})]
    if static is not None and absent:
        msg = (
            f"the baseline has no static_covariates for {len(absent)} of {len(data.items)} items, "
            f"the first is {absent[0]!r}; give every item one value for each covariate"
        )
        raise InputError(msg)
    return Baseline(
        target=told.target_time_series,
        related=told.related_time_series,
        static=static,
        seed=seed,
    )


def _read_baseline(file: ClarifyFile, told: str) -> SeriesBaseline:
    """Read a baseline that the config names by its place.

    Raises
    ------
    InputError
    """
    path = file.path.resolve().parent / told
    try:
        return SeriesBaseline.model_validate(json.loads(path.read_text(encoding="utf-8-sig")))
    except (OSError, UnicodeDecodeError, ValidationError, ValueError) as error:
        msg = (
            f"the baseline {told} of asymmetric_shapley_value cannot be read: {error}; it must be "
            'a local JSON file such as {"target_time_series": "mean"}'
        )
        raise InputError(msg) from error
