"""How a look at test rows stands among earlier ones, as a section of the report."""

from assay.jobs.sections.discipline.section import DisciplineSection

SECTION = DisciplineSection()
