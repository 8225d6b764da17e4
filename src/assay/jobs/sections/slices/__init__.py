"""The slices section: where, when and how the model goes wrong."""

from assay.jobs.sections.slices.section import SlicesSection

SECTION = SlicesSection()
