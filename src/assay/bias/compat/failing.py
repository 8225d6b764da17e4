"""A cell that the original leaves without a value, and its message."""

from assay.errors import AssayError


class MetricFailure(AssayError):  # noqa: N818 - an outcome that is told, not a mistake
    """One metric cannot be computed; the report holds the message and goes on."""
