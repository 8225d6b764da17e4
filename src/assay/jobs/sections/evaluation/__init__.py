"""How good the model is, as a section of the report."""

from assay.jobs.sections.evaluation.section import EvaluationSection

SECTION = EvaluationSection()
