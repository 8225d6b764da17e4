"""One comparison, step by step: tables opened, candidates asked, numbers compared."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from assay.data.dataset import Dataset
from assay.data.sources.secrets import hide_secrets
from assay.errors import AssayError, InputError
from assay.evaluation.plan import resolve_data_target
from assay.evaluation.task import Target, task_of_model
from assay.jobs.comparing.again import (
    Again,
    answer_again,
    check_like,
    parts_of,
    reopen,
    why_unreadable,
)
from assay.jobs.comparing.answering import Answered, Asker, truth_of
from assay.jobs.comparing.arrays import is_answers, with_arrays
from assay.jobs.comparing.earlier import EarlierRun, read_earlier
from assay.jobs.comparing.judging import Asked, judge
from assay.jobs.comparing.looks import count_looks
from assay.jobs.comparing.models import load_told
from assay.jobs.comparing.naming import (
    Candidate,
    Typed,
    check_count,
    choose_baseline,
    resolve,
)
from assay.jobs.comparing.options import CompareOptions
from assay.jobs.comparing.report import Circumstances, CompareReport, assemble_comparison
from assay.jobs.comparing.result import CompareResult
from assay.jobs.config import AnalyzeConfig
from assay.jobs.config_file import Keys, absolute_place, config_from_parts
from assay.jobs.inputs import IN_MEMORY, Inputs, check_goal, open_inputs
from assay.jobs.running import Progress
from assay.jobs.sharing import shareable
from assay.models.predictor import Predictor
from assay.models.wrap import as_predictor
from assay.result import worst_first

Provide = Callable[[], Inputs]
ROLELESS = ("feature", "ignored", "facet")


@dataclass(kw_only=True)
class Comparing:
    """One comparison, step by step.

    Parameters
    ----------
    config : AnalyzeConfig
        Its `model` says how models are called, not where they are.
    options : CompareOptions
    progress : callable
    flags : mapping
        What was told, to overrule what an earlier run was told.
    """

    config: AnalyzeConfig
    options: CompareOptions
    progress: Progress
    flags: Mapping[Keys, tuple[str, object]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def open(self) -> Inputs:
        """Open the tables that the config names; its model is no single one."""
        return open_inputs(self.config.model_copy(update={"model": None}), self.progress)

    def perform(
        self, typed: Sequence[Typed], objects: Mapping[str, object], provide: Provide | None
    ) -> CompareReport:
        """Ask every candidate, compare, and put the report together.

        Parameters
        ----------
        typed : sequence of Typed
        objects : mapping
            Candidate → what a Python call gave for it: a model or answers.
        provide : callable or None
            Opens the tables; None where no data were named.

        Raises
        ------
        InputError, ModelError
        """
        check_count(len(typed))
        check_goal(self.config)
        runs = [
            run
            for each in typed
            if each.text not in objects and (run := read_earlier(Path(each.place))) is not None
        ]
        with self.stage("opening"):
            inputs = self._inputs(runs, provide, len(typed))
        if inputs is None:
            return self._by_numbers(typed, runs)
        arrays = {name: each for name, each in objects.items() if is_answers(each)}
        data, columns = with_arrays(inputs.data, arrays)
        inputs = replace(inputs, data=data)
        found = self._candidates(typed, objects, columns, data)
        with self.stage("loading"):
            predictors = {each.name: self._predictor(each) for each in found}
        with self.stage("reading"):
            target, inputs = self._settle(inputs, found, predictors)
        with self.stage("asking"):
            answered = self._ask(found, predictors, inputs, target)
        return self._judged(answered, target, inputs)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Note how long a stage takes."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = round(time.perf_counter() - start, 3)

    def _inputs(
        self, runs: Sequence[EarlierRun], provide: Provide | None, n: int
    ) -> Inputs | None:
        """Open the rows: those named, else those of an earlier run; None where none can be."""
        if provide is not None:
            return provide()
        if not runs:
            msg = (
                "no data: name the table with the true answers (--data), or compare folders that "
                "assay analyze --out wrote"
            )
            raise InputError(msg)
        for run in runs:
            if reopen(run, self.progress) is not None:
                self.config = config_from_parts(
                    parts_of(run), (), source=str(run.path), flags=self.flags
                )
                return self.open()
        if len(runs) < n:
            why = why_unreadable(runs[0]) or "its data have changed"
            msg = (
                f"no data: the rows of {runs[0].name} cannot be read again ({why}); name the "
                "table with --data"
            )
            raise InputError(msg)
        return None

    def _candidates(
        self,
        typed: Sequence[Typed],
        objects: Mapping[str, object],
        columns: Mapping[str, tuple[str, ...]],
        data: Dataset,
    ) -> tuple[Candidate, ...]:
        """Say what each candidate is; objects of this process are what they are."""
        placed = iter(resolve([e for e in typed if e.text not in objects], data.schema.names))
        return tuple(
            _in_memory(each.text, objects[each.text], columns.get(each.text, ()))
            if each.text in objects
            else next(placed)
            for each in typed
        )

    def _predictor(self, candidate: Candidate) -> Predictor | None:
        if candidate.kind != "model":
            return None
        self.progress(f"Loading {candidate.name}", 0, None)
        if candidate.model is not None:
            return as_predictor(candidate.model)
        assert self.config.model is not None
        place = absolute_place(candidate.place, Path.cwd())
        return load_told(self.config.model.model_copy(update={"path": place}))

    def _settle(
        self,
        inputs: Inputs,
        found: Sequence[Candidate],
        predictors: Mapping[str, Predictor | None],
    ) -> tuple[Target, Inputs]:
        """Settle what is predicted; columns of answers are features of no model."""
        self.progress("Reading the label", 0, None)
        answers = [name for each in found for name in each.columns]
        for each in found:
            if each.earlier is not None:
                answers += _answers_of(each.earlier)
        known = [name for name in dict.fromkeys(answers) if name in inputs.data.schema.names]
        for name in known:
            role = inputs.data.schema[name].role
            if role not in ROLELESS:
                msg = f"the candidate {name!r} is the {role} of the data; name a column of answers"
                raise InputError(msg)
        data = inputs.data.with_roles(ignored=known) if known else inputs.data
        validation = inputs.validation
        if validation is not None and known:
            validation = validation.with_roles(ignored=known)
        infos = [each.info for each in predictors.values() if each is not None]
        model = next((info for info in infos if task_of_model(info) is not None), None)
        target = resolve_data_target(
            data, task=self.config.options.task, positive=data.schema.positive, model=model
        )
        inputs = replace(inputs, data=data, validation=validation).with_positive(target.positive)
        return target, replace(inputs, data=inputs.data.with_units())

    def _ask(
        self,
        found: Sequence[Candidate],
        predictors: Mapping[str, Predictor | None],
        inputs: Inputs,
        target: Target,
    ) -> tuple[Answered, ...]:
        asker = Asker(config=self.config, inputs=inputs, target=target, progress=self.progress)
        answered: list[Answered] = []
        for each in found:
            again: Again | None = None
            predictor = predictors[each.name]
            if each.earlier is not None:
                again = answer_again(each.earlier, inputs.data, target, self.config, self.progress)
                predictor = again.predictor
            try:
                answered.append(asker.ask(each, predictor, again))
            except AssayError as wrong:
                wrong.args = (f"the candidate {each.name}: {wrong}",)
                raise
        threshold = self.config.options.threshold
        plans = [each.plan for each in answered if each.plan is not None]
        if threshold is not None and not any(plan.scores for plan in plans):
            msg = f"--threshold {threshold} needs scores, and no candidate has any; leave it out"
            raise InputError(msg)
        return tuple(answered)

    def _judged(
        self, answered: Sequence[Answered], target: Target, inputs: Inputs
    ) -> CompareReport:
        with self.stage("comparing"):
            result = judge(
                answered,
                truth_of(answered),
                self._asked([each.name for each in answered]),
                task=target.task,
                n=inputs.data.count_rows(),
                data=inputs.data,
                findings=(*inputs.data.notes, *target.findings),
                progress=self.progress,
            )
        with self.stage("counting"):
            recorded = count_looks(answered, result)
        if recorded is not None:
            told = worst_first((*result.findings, *recorded.findings))
            seen = recorded.standing.looks
            result = replace(result, findings=told, models_seen=seen)
        return self.report(result, inputs.data, source=inputs.data.name)

    def _by_numbers(self, typed: Sequence[Typed], runs: Sequence[EarlierRun]) -> CompareReport:
        """Compare earlier outputs whose rows cannot be read again."""
        first = runs[0]
        for run in runs[1:]:
            check_like(run, first.label, None)
            if run.task != first.task:
                msg = f"{run.name} is a {run.task} task, and {first.name} is {first.task}"
                raise InputError(msg)
            if run.test["fingerprint_order_free"] != first.test["fingerprint_order_free"]:
                msg = (
                    f"not the same rows: {first.name} judged {first.test['rows']:,} rows with the "
                    f"fingerprint {first.test['fingerprint_order_free']}, and {run.name} "
                    f"{run.test['rows']:,} with {run.test['fingerprint_order_free']}"
                )
                raise InputError(msg)
        found = resolve(typed, ())
        answered = [
            Answered(
                candidate=each,
                earlier=each.earlier,
                model=None if each.earlier is None else each.earlier.content.get("model"),
                why_unpaired=_why(each.earlier),
            )
            for each in found
        ]
        result = judge(
            answered,
            None,
            self._asked([each.name for each in found]),
            task=str(first.task),
            n=first.test["rows"],
            progress=self.progress,
        )
        return self.report(result, None, source=first.test["name"], earlier=first.test)

    def _asked(self, names: Sequence[str]) -> Asked:
        options = self.config.options
        return Asked(
            baseline=choose_baseline(names, self.options.against),
            metrics=self.options.metrics,
            margin=options.margin,
            level=options.level,
            seed=options.seed,
            use=options.use,
        )

    def report(
        self,
        result: CompareResult,
        data: Dataset | None,
        *,
        source: str,
        earlier: Mapping[str, Any] | None = None,
    ) -> CompareReport:
        """Put the report together."""
        told = shareable(self.config.model_copy(update={"model": None}))
        places = {each.name: hide_secrets(str(each.about["place"])) for each in result.candidates}
        about = Circumstances(
            config={
                **told,
                "compare": {"candidates": places, **self.options.model_dump(mode="json")},
            },
            data=data,
            earlier=earlier,
            source=source,
            seconds=self.seconds,
            gates=self.config.options.fail_on,
        )
        return assemble_comparison(result, about)


def _in_memory(name: str, given: object, columns: tuple[str, ...]) -> Candidate:
    return Candidate(
        name=name,
        place=IN_MEMORY,
        kind="columns" if columns else "model",
        columns=columns,
        model=None if columns else given,
    )


def _why(run: EarlierRun | None) -> str:
    assert run is not None  # every one of them is an earlier output
    return why_unreadable(run) or "its data have changed since"


def _answers_of(run: EarlierRun) -> list[str]:
    roles = run.config["roles"]
    told = roles.get("prediction")
    return [*([told] if isinstance(told, str) else told or ()), *(roles.get("scores") or ())]
