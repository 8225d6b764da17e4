"""The fit section: did training go well, and what would more rows bring."""

from assay.jobs.sections.fit.section import FitSection

SECTION = FitSection()
