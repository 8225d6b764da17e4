"""Whom the data or the model treats differently, as a section of the report."""

from assay.jobs.sections.bias.section import BiasSection

SECTION = BiasSection()
