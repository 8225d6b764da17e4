"""A config of time series in; every forecast explained, in Clarify's files and a report, out."""

import json
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
from assay.jobs.clarify.plan import runs_series
from assay.jobs.clarify.request import ExplanationRequest, model_of, place_of_data
from assay.jobs.clarify.series_data import SeriesData, read_series
from assay.jobs.clarify.series_report import SeriesReport, make_report
from assay.jobs.clarify.time_series import AsymmetricShapley, SeriesBaseline
from assay.jobs.out_folder import reserved
from assay.jobs.running import Progress

KINDS = "a function package.module:function, a URL or command:…"
STAGE = "Forecasting with values switched off"


def explain_config(
    file: ClarifyFile,
    request: ExplanationRequest,
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
    request : ExplanationRequest
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
        place = place_of_data(file, request, "the series are with --data FILE")
        data = read_series(config, place)
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


def _prepare(
    file: ClarifyFile,
    asked: AsymmetricShapley,
    data: SeriesData,
    request: ExplanationRequest,
    progress: Progress | None,
) -> SeriesRun:
    place, options = model_of(file, request, "forecaster", KINDS)
    asking = Asking(find_forecaster(place, _templates(file), options=options))
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
