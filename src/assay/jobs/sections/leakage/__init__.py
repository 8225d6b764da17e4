"""Train and judged rows in; what makes their numbers look better than they are, on the report."""

from assay.jobs.sections.leakage.section import LeakageSection

SECTION = LeakageSection()
