"""The explanations section: why the model gives the scores that it gives."""

from assay.jobs.sections.explanations.section import ExplanationsSection

SECTION = ExplanationsSection()
