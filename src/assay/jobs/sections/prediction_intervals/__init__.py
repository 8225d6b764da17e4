"""Intervals, sets, quantiles and probabilities in; whether they hold what they promise, shown."""

from assay.jobs.sections.prediction_intervals.section import SECTION as SECTION
