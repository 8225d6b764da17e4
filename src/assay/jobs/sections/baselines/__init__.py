"""What a model must beat, and whether it does, as a section of the report."""

from assay.jobs.sections.baselines.section import BaselinesSection

SECTION = BaselinesSection()
