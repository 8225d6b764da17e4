"""One run, step by step; what is finished stays in it, wherever it is stopped."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import cast

from assay.data.dataset import Dataset
from assay.errors import AssayError, InputError
from assay.evaluation.baselines.incumbents import check_incumbents
from assay.evaluation.checks import check_label
from assay.evaluation.forecast_history import split_history
from assay.evaluation.ordered_tasks import ORDERED
from assay.evaluation.plan import plan_evaluation, resolve_data_target
from assay.jobs.clarify.findings import threshold_without_scores
from assay.jobs.config import AnalyzeConfig
from assay.jobs.inputs import Inputs
from assay.jobs.ledger.look import Look, look_at
from assay.jobs.ledger.recording import record_look
from assay.jobs.running import (
    CALLS_MODEL,
    Outcome,
    Progress,
    complete_sections,
    judges,
    missing_need,
    run_sections,
    waits_for,
)
from assay.jobs.section import Section, SectionConfig, SectionRequest
from assay.jobs.sections.evaluation.shown import Heading, shown_first
from assay.jobs.store import kept_folder, prediction_store
from assay.jobs.thresholds import settle_threshold
from assay.models.predictor import Predictor
from assay.models.scoring import score_dataset
from assay.models.timing import PredictionTiming
from assay.reports.page import Skipped
from assay.result import Finding, Json

ROWS_OF = {
    "data": "the rows",
    "train": "the train rows",
    "validation": "the validation rows",
    "before": "the earlier rows",
}


@dataclass(kw_only=True)
class Run:
    """What a run is to do, and how far it has come.

    Parameters
    ----------
    config : AnalyzeConfig
    sections : sequence of Section
        In the order of the report.
    progress : callable
    bare : bool
        Only the sections' values are wanted: no page is laid out, and no table identified.
    """

    config: AnalyzeConfig
    sections: Sequence[Section]
    progress: Progress
    bare: bool = False
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    skipped: dict[str, Skipped] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    task: str | None = None
    data: dict[str, Json] = field(default_factory=dict)
    model: dict[str, Json] | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    looks: list[Look] = field(default_factory=list)
    _timings: dict[str, PredictionTiming] = field(default_factory=dict)

    def perform(self, inputs: Inputs) -> None:
        """Settle what is predicted, ask the model, and run every section that can run.

        Sections that do not need the model's answers run before it is asked: it may be slow, and
        what does not wait for it is then safe.

        Raises
        ------
        AssayError
            If the input is wrong or the model fails.
        """
        have = self._have(inputs)
        runnable = self._runnable(have)
        request, inputs = self._settle(
            inputs, judged=any("label" in waits_for(s) for s in runnable)
        )
        if request.target is not None and request.baselines:
            label_map = dict(request.label_map) or None
            check_incumbents(request.data, request.target, request.baselines, label_map=label_map)
        self._check(runnable, request)
        early: list[Section] = []
        if inputs.predictor is not None:
            early = [section for section in runnable if not CALLS_MODEL & waits_for(section)]
            self._run(early, request)
        late = [section for section in runnable if section not in early]
        if late:
            request = self._with_predictions(request, inputs)
            complete_sections(early, request, self.outcomes, pages=not self.bare)
            if not self.bare and any(judges(section) for section in late):
                request = self._looked(request)
            self._run(late, request)
        self.count_looks()

    def count_looks(self) -> None:
        """Write into the ledger that this model was looked at on these rows."""
        judging = [s.name for s in self.sections if judges(s)]
        results = {n: self.outcomes[n].result for n in judging if n in self.outcomes}
        if not any(result is not None for result in results.values()):
            return  # nothing was shown
        result = results.get("evaluation")
        heading = Heading() if result is None else shown_first(result)
        for look in self.looks:
            judged = look.part == "test"
            recorded = record_look(
                look,
                metrics=heading.metrics if judged else (),
                chance=heading.chance if judged else None,
                purpose="final" if self.config.options.final and judged else "development",
                run="evaluate" if self.config.options.only == ("evaluation",) else "analyze",
            )
            self.findings += recorded.findings
        self.looks.clear()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Note how long a stage takes."""
        start = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - start
            self.seconds[name] = round(self.seconds.get(name, 0.0) + spent, 3)

    def _have(self, inputs: Inputs) -> frozenset[str]:
        schema = inputs.data.schema
        answers = inputs.predictor is not None or schema.has_answers
        there = {
            "label": bool(schema.labels),
            "prediction": answers,
            "model": inputs.predictor is not None,
            "train": inputs.train is not None,
            "validation": inputs.validation is not None,
            "facets": bool(self.config.roles.facets or schema.facets),
        }
        return frozenset(name for name, given in there.items() if given)

    def _runnable(self, have: frozenset[str]) -> list[Section]:
        """Choose the sections that can run; those asked for by name must."""
        only = self.config.options.only
        chosen: list[Section] = []
        for section in self.sections:
            if only and section.name not in only:
                self.skipped[section.name] = Skipped(
                    section.title,
                    "other sections were asked for by name",
                    f"--only {section.name}, or no --only",
                )
                continue
            lacking = missing_need(section, have)
            if lacking is None:
                chosen.append(section)
            elif only:
                msg = f"the section {section.name!r} cannot run: {lacking.reason}; give "
                raise InputError(msg + lacking.turn_on)
            else:
                self.skipped[section.name] = lacking
        return chosen

    def _settle(self, inputs: Inputs, *, judged: bool) -> tuple[SectionRequest, Inputs]:
        """Look at the identity of the tables and, if it is used, at the label.

        Nothing is predicted yet. Where no section needs the label, nobody is asked what its
        positive value is.
        """
        options = self.config.options
        with self.stage("reading"):
            self.progress("Reading the label", 0, None)
            self._note(inputs)
            target = None
            model = None if inputs.predictor is None else inputs.predictor.info
            if judged and inputs.data.schema.labels:
                target = resolve_data_target(
                    inputs.data,
                    task=options.task,
                    positive=inputs.data.schema.positive,
                    model=model,
                    assume=not {"prediction", "facets"} & self._have(inputs),
                )
                self.findings += target.findings
                self.task = target.task
                inputs = inputs.with_positive(target.positive)
                if inputs.train is not None:
                    check_label(inputs.train, target)
                if target.task == "forecasting":
                    inputs = _without_history(inputs)
        request = SectionRequest(
            data=inputs.data.with_units(),
            train=inputs.train,
            validation=inputs.validation,
            before=inputs.before,
            model=model,
            predictor=inputs.predictor,
            facets=self.config.roles.facets or inputs.data.schema.facets,
            group_variable=self.config.roles.group_variable,
            compat=options.compat,
            asked=self.config.clarify,
            target=target,
            costs=options.costs,
            use=options.use,
            # A model's answers are put into the labels' words when they are made.
            label_map=_texts(self.config.roles.label_map) if inputs.predictor is None else {},
            margin=options.margin,
            budget=options.budget,
            baselines=self.config.baselines,
            trust=self.config.model is not None and self.config.model.trust,
            ignored=frozenset(options.ignore_rules),
            final=options.final,
            store=kept_folder(self.config),
            level=options.level,
            seed=options.seed,
        )
        return request, inputs

    def _note(self, inputs: Inputs) -> None:
        """Keep what the tables and the model are."""
        if not self.bare:
            self._identify(inputs)
        self.findings += inputs.data.notes
        for name in ("train", "validation", "before"):
            table = getattr(inputs, name)
            if table is not None:
                self.findings += table.notes
        if inputs.predictor is not None:
            self.model = inputs.predictor.info.to_dict()

    def _identify(self, inputs: Inputs) -> None:
        """Keep the content hash of every table, and notice one that was given twice."""
        self.progress("Taking fingerprints", 0, None)
        self.data = {"test": _identity(inputs.data)}
        for name in ("train", "validation", "before"):
            table = getattr(inputs, name)
            self.data[name] = None if table is None else _identity(table)
        if inputs.train is not None:
            self.findings += _judged_on_train(inputs.data, inputs.train)

    def _with_predictions(self, request: SectionRequest, inputs: Inputs) -> SectionRequest:
        """Ask the model about every table that is there, and settle the threshold."""
        if inputs.predictor is not None and not _only_explains(self.config):
            with self.stage("predicting"):
                request = self._ask(inputs.predictor, request, inputs)
        if request.target is None:
            return request
        with self.stage("threshold"):
            threshold = settle_threshold(
                self._wanted_threshold(request.data),
                data=request.data,
                validation=request.validation,
                target=request.target,
                costs=request.costs,
                use=request.use,
                seed=request.seed,
            )
        return _with_labels_apart(replace(request, threshold=threshold))

    def _looked(self, request: SectionRequest) -> SectionRequest:
        """Identify the rows and the model, so that the look can be counted."""
        if request.target is None or not request.data.schema.has_answers:
            return request
        with self.stage("reading"):
            self.progress("Taking fingerprints", 0, None)
            look = look_at(request.data, info=request.model)
            self.looks.append(look)
            if request.validation is not None and request.validation.schema.has_answers:
                further = look_at(request.validation, info=request.model, part="validation")
                self.looks.append(further)
        return replace(request, look=look)

    def _wanted_threshold(self, data: Dataset) -> float | str | None:
        """Return the threshold that was told; of an analysis_config.json it counts for scores."""
        told, asked = self.config.options.threshold, self.config.clarify
        if told is None or asked is None or asked.threshold != told or data.schema.scores:
            return told
        self.findings.append(threshold_without_scores())
        return None

    def _ask(
        self, predictor: Predictor, request: SectionRequest, inputs: Inputs
    ) -> SectionRequest:
        """Add the model's answers to the judged rows, and to the train and validation rows."""
        rows, known = inputs.rows, request.data.notes
        data = self._score(predictor, request.data, rows.data, "data")
        self.findings += [each for each in data.notes if each not in known]
        train, validation, before = request.train, request.validation, request.before
        if train is not None:
            train = self._score(predictor, train, rows.train, "train")
        if validation is not None:
            validation = self._score(predictor, validation, rows.validation, "validation")
        if before is not None:
            before = self._score(predictor, before, None, "before")
        timing = {name: each.to_dict() for name, each in self._timings.items()}
        self.model = {
            **predictor.info.to_dict(),
            "calls": predictor.calls,
            "timing": cast("Json", timing),
        }
        return replace(request, data=data, train=train, validation=validation, before=before)

    def _score(self, predictor: Predictor, data: Dataset, rows: object, table: str) -> Dataset:
        def show(_: str, done: int, total: int | None) -> None:
            self.progress(f"Predicting {ROWS_OF[table]}", done, total)

        show("", 0, None)
        return score_dataset(
            predictor,
            data,
            task="regression" if self.task in ORDERED else self.task,
            positive=data.schema.positive,
            label_map=_texts(self.config.roles.label_map),
            rows=rows,
            progress=show,
            store=prediction_store(self.config),
            timed=lambda timing: self._timings.update({table: timing}),
        )

    def _run(self, sections: Sequence[Section], request: SectionRequest) -> None:
        if not sections:
            return
        configs = {section.name: self._config_of(section) for section in sections}
        asked = bool(self.config.options.only) or _explains_as_asked(self.config)
        refused: dict[str, AssayError] = {}
        with self.stage("sections"):
            run_sections(
                sections,
                request,
                configs,
                self.outcomes,
                self.progress,
                pages=not self.bare,
                refused=None if asked else refused,
            )
        for section in sections:
            if section.name in refused:
                reason = str(refused[section.name])
                self.skipped[section.name] = Skipped(section.title, reason, "")

    def _check(self, sections: Sequence[Section], request: SectionRequest) -> None:
        """Let sections refuse their settings before the model is asked.

        A section that can has a method `check(request)`.
        """
        for section in sections:
            check = getattr(section, "check", None)
            if check is not None:
                check(replace(request, config=self._config_of(section)))

    def _config_of(self, section: Section) -> SectionConfig:
        """Return a section's part of the config."""
        told = getattr(self.config.sections, section.name, section.config())
        return cast("SectionConfig", told)


def _without_history(inputs: Inputs) -> Inputs:
    """Let the rows without a prediction be the train rows, where there are no others."""
    data, history = split_history(inputs.data)
    return replace(inputs, data=data, train=history if inputs.train is None else inputs.train)


def _explains_as_asked(config: AnalyzeConfig) -> bool:
    """Whether an analysis_config.json names methods of explanation."""
    return config.clarify is not None and config.clarify.explanations is not None


def _only_explains(config: AnalyzeConfig) -> bool:
    """Whether the model is only explained: a column of answers is judged, or nothing is."""
    if not _explains_as_asked(config):
        return False
    return config.roles.label is None or bool(config.roles.prediction or config.roles.scores)


def _with_labels_apart(request: SectionRequest) -> SectionRequest:
    """Where a row may have many labels, add the columns that the scan reads of them."""
    if request.target is None or request.target.task != "multilabel":
        return request
    if not request.data.schema.has_answers:
        return request
    plan = plan_evaluation(
        request.data,
        target=request.target,
        threshold=request.threshold,
        use=request.use,
        label_map=request.label_map or None,
    )
    return replace(request, data=plan.data)


def _texts(label_map: Mapping[str, object]) -> dict[str, str]:
    return {answer: str(label) for answer, label in label_map.items()}


def _judged_on_train(data: Dataset, train: Dataset) -> tuple[Finding, ...]:
    """Notice that the judged rows are the very rows that the model was fitted on."""
    mark = data.fingerprint()
    if mark.order_free != train.fingerprint().order_free:
        return ()
    return (
        Finding(
            rule="judged_on_train_rows",
            severity="error",
            message="The judged rows are the rows that the model was fitted on.",
            where={"tables": [data.name, train.name]},
            evidence={"rows": mark.rows, "fingerprint_order_free": mark.order_free},
            cause="The same table was given twice, or the model was judged where it learned.",
            advice="Judge it on rows that were kept apart from fitting.",
        ),
    )


def _identity(data: Dataset) -> dict[str, Json]:
    mark = data.fingerprint()
    return {
        "name": data.name,
        "rows": mark.rows,
        "fingerprint": mark.ordered,
        "fingerprint_order_free": mark.order_free,
        "schema": data.schema.to_dict(),
    }
